"""Find a report's table of contents and tell which page each section starts on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import UnreadableReport
from index.script import fold

_ENTRY = re.compile(r"^(?P<title>\S.*?)[\s.…·|]+(?P<page>\d{1,3})\s*$")
_CONTENTS = frozenset({"目录", "contents", "tableofcontents"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the contents."""

    title: str
    page: int  # as printed


def title_key(title: str) -> str:
    """Fold a heading so that line-break blanks and punctuation make no difference.

    >>> title_key("董事長 致辭：") == title_key("董事长致辞")
    True
    """
    return re.sub(r"[\s:：、,，]+", "", fold(title)).lower()


def entry_in_line(line: str) -> Entry | None:
    """Read a line as a title and a page number, or None.

    >>> entry_in_line("展望 ........ 65")
    Entry(title='展望', page=65)
    """
    match = _ENTRY.match(line.strip())
    return Entry(title=match["title"].strip(" .…·|\t"), page=int(match["page"])) if match else None


def find_entries(parts: Sequence[Sequence[str]], titles: set[str]) -> tuple[list[Entry], set[int]]:
    """Find the contents among a file's parts: their entries, and the numbers of the parts that are nothing else.

    A part belongs to the contents when each of its lines is an entry and most name a heading of the file, or when it
    stands under a heading that says so.
    """
    entries: list[Entry] = []
    used: set[int] = set()
    inside = False
    for number, lines in enumerate(parts):
        if len(lines) == 1 and title_key(lines[0]) in _CONTENTS:
            inside = True
            continue
        found = [entry for line in lines if (entry := entry_in_line(line))]
        if not found or len(found) < len(lines):
            inside = False
            continue
        known = sum(title_key(entry.title) in titles for entry in found)
        if inside or known * 2 > len(found):
            entries += found
            used.add(number)
    return entries, used


def page_ranges(titles: Sequence[str], entries: Sequence[Entry]) -> list[tuple[int | None, int | None]]:
    """Give each heading, in reading order, the page it starts on or after and the last page it can reach."""
    listed = {title_key(entry.title): entry.page for entry in reversed(entries)}
    starts: list[int | None] = []
    current: int | None = None
    for title in titles:
        page = listed.get(title_key(title))
        if page is not None and (current is None or page >= current):
            current = page
            del listed[title_key(title)]
        starts.append(current)
    ranges = []
    for number, start in enumerate(starts):
        later = (page for page in starts[number + 1 :] if page is not None and page != start)
        following = next(later, None)
        ranges.append((start, start if start is None else max(start, following or start)))
    return ranges


def require_whole(name: str, entries: Sequence[Entry], titles: set[str]) -> None:
    """Raise UnreadableReport when the sections that the contents name last are missing from the file."""
    in_order = sorted({entry.page: entry for entry in entries}.values(), key=lambda entry: entry.page)
    present = [title_key(entry.title) in titles for entry in in_order]
    if sum(present) < 3 or present[-1]:
        return
    last = max(number for number, here in enumerate(present) if here)
    if all(present[: last + 1]):
        missing = ", ".join(f"{entry.title} (p. {entry.page})" for entry in in_order[last + 1 :])
        raise UnreadableReport(
            f"{name}: the contents name sections that the file does not have: {missing}; it looks truncated. "
            "Fetch the file again, or build it as it is with --partial"
        )
