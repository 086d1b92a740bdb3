"""Read a Markdown report, with the tab-separated tables and HTML fragments that PDF converters leave in it."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from index.readers.contents import entry_in_line
from index.readers.file import read_file
from index.readers.inline import visible
from index.readers.outline import Content, Heading, Part, assemble, clean_title
from index.readers.tables import Grid, heads_columns, html_grid, pipe_grid, tab_grid
from index.report import Report, Text
from index.text import join_texts

# Rules that would drop characters or read page furniture as structure are off.
_BLOCKS = MarkdownIt("commonmark").disable(["code", "fence", "html_block", "reference", "lheading"])

_FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?)\n---\n", re.DOTALL)
_HEADING_KEY = re.compile(r"\s*\{#(?P<key>[\w.-]+)\}\s*$")
_MARKER = re.compile(r"^[\s>]*(?:[-*+]|\d{1,9}[.)])?[ \t]+(?=\S)|^[\s>]+")
_BULLET = re.compile(r"^[●◎○■□◆•▪➢✓√][ \t]*")
_IMAGE_LINE = re.compile(r"^\s*(?:[-*+]\s+)?!\[[^\]]*\]\([^()]*\)\s*$")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^()\s]*\)")
_HTML_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.I | re.DOTALL)
_CAPTION = re.compile(r"<caption\b[^<>]*>(?P<words>.*?)</caption\s*>", re.I | re.DOTALL)
_PIPE_LINE = re.compile(r"^\s*(?:[-*+]\s+)?\|.*\|\s*$")
_TAB_LINE = re.compile(r"\S[^\n]*\t")
_TAB_CONTINUED = re.compile(r"^\t+\S")
_NO_GROUP = re.compile(
    r"^\s*(?:#|[-*+>●◎○■□◆•▪➢✓√]\s|\d+[.)]\s|<|!\[)|[。；;！!？?]|\.\s*$|^\s*(?:[注註附]|notes?\b)", re.I
)
_LONGEST_GROUP = 120  # characters; a longer line between two rows is a text

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """Lines that are one table, or HTML tables and the words beside them."""

    first: int
    last: int  # exclusive
    contents: tuple[Grid | Text, ...]


def read_markdown(path: Path, *, metadata: dict[str, Any] | None = None, partial: bool = False) -> Report:
    """Read a Markdown file into a Report; nothing is dropped without being counted in the summary.

    `metadata` overrides what the file says of itself. Raises UnreadableReport for a file that is not UTF-8 text, and,
    unless `partial`, for one whose contents name final sections that the file does not have.
    """
    file = read_file(path)
    lines = _line_spans(file.text)
    front, body_line = _front_matter(file.text)
    left_out: Counter[tuple[str, str]] = Counter()
    found = sorted(_parts(file.text, lines, body_line, left_out), key=lambda placed: placed[0])
    parts = [Part(content=content) for _, content in found]
    return assemble(file, parts, left_out, overrides=front | (metadata or {}), partial=partial)


def _line_spans(text: str) -> list[Span]:
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _front_matter(text: str) -> tuple[dict[str, Any], int]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    loaded = yaml.safe_load(match["yaml"])
    return (loaded if isinstance(loaded, dict) else {}), match.group().count("\n")


def _parts(
    text: str, lines: list[Span], first: int, left_out: Counter[tuple[str, str]]
) -> Iterator[tuple[int, Content]]:
    regions = list(_regions(text, lines, first))
    taken = {line for region in regions for line in range(region.first, region.last)} | set(range(first))
    for region in regions:
        for content in region.contents:
            yield region.first, content
    masked = "\n".join("" if n in taken else text[a:b] for n, (a, b) in enumerate(lines))
    yield from _prose(text, lines, masked, left_out)


def _regions(text: str, lines: list[Span], first: int) -> Iterator[_Region]:
    number = first
    while number < len(lines):
        start, end = lines[number]
        line = text[start:end]
        last = number + 1
        if _HTML_TABLE.search(text, start, end):
            last, contents = _html_tables(text, lines, number)
            yield _Region(first=number, last=last, contents=contents)
        elif _PIPE_LINE.match(line):
            while last < len(lines) and _PIPE_LINE.match(text[slice(*lines[last])]):
                last += 1
            yield _Region(first=number, last=last, contents=(pipe_grid(text, lines[number:last]),))
        elif _TAB_LINE.search(line):
            while last < len(lines) and (_is_tab_row(text[slice(*lines[last])]) or _is_group_row(text, lines, last)):
                last += 1
            if last - number > 1 or line.count("\t") > 1 or entry_in_line(line):
                yield _Region(first=number, last=last, contents=(tab_grid(text, lines[number:last]),))
        number = last


def _html_tables(text: str, lines: list[Span], first: int) -> tuple[int, tuple[Grid | Text, ...]]:
    """Read the HTML tables that begin on a line, their captions and what stands beside them on their lines."""
    contents: list[Grid | Text] = []
    last, position = first + 1, lines[first][0]
    while (table := _HTML_TABLE.search(text, position)) and table.start() <= lines[last - 1][1]:
        contents.append(visible(text, position, table.start()))
        contents += [visible(text, *caption.span("words")) for caption in _CAPTION.finditer(text, *table.span())]
        contents.append(html_grid(text, *table.span()))
        position = table.end()
        while last < len(lines) and lines[last][0] < position:
            last += 1
    contents.append(visible(text, position, lines[last - 1][1]))
    return last, tuple(each for each in contents if not isinstance(each, Text) or each.text)


def _is_tab_row(line: str) -> bool:
    return bool(_TAB_LINE.search(line) or _TAB_CONTINUED.match(line))


def _is_group_row(text: str, lines: list[Span], number: int) -> bool:
    """Tell the name of a group that stands alone on its line between two rows of a table."""
    if number + 1 >= len(lines):
        return False
    line, before, after = (text[slice(*lines[n])] for n in (number, number - 1, number + 1))
    wide = line.strip() and len(line) <= _LONGEST_GROUP and not _NO_GROUP.search(line)
    rows = _TAB_LINE.search(after) and max(before.count("\t"), after.count("\t")) > 1
    return bool(wide and rows and not heads_columns(after))


def _prose(
    text: str, lines: list[Span], masked: str, left_out: Counter[tuple[str, str]]
) -> Iterator[tuple[int, Content]]:
    level = 0  # of the headings
    lists = 0  # how deep in lists
    opened: list[Text] = []
    opened_line = 0
    for token in _BLOCKS.parse(masked):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
            if lists == 1:
                opened, opened_line = [], token.map[0] if token.map else 0
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
            if lists == 0 and opened:
                yield opened_line, tuple(opened)
        elif token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "hr":
            left_out["rules", "no text"] += 1
        elif token.type == "inline" and token.map:
            spans = lines[token.map[0] : token.map[1]]
            if level:
                left_out["images", "an image has no text"] += len(_IMAGE.findall(text, *spans[0]))
                heading = _heading(text, spans[0], level)
                level = 0
                if heading.title:
                    yield token.map[0], heading
                continue
            for line, content in _leaf(text, spans, token.map[0], left_out):
                if not lists:
                    yield line, content
                elif isinstance(content, Text):
                    opened.append(content)
                else:
                    opened.extend(content)


def _heading(text: str, span: Span, level: int) -> Heading:
    start, end = span
    while start < end and text[start] in "# \t":
        start += 1
    while end > start and text[end - 1] in "# \t":
        end -= 1
    key = _HEADING_KEY.search(text[start:end])
    title = visible(text, start, start + key.start() if key else end).text
    return Heading(title=clean_title(_BULLET.sub("", title)), level=level, key=key["key"] if key else None)


def _leaf(
    text: str, spans: Sequence[Span], first: int, left_out: Counter[tuple[str, str]]
) -> Iterator[tuple[int, Text | tuple[Text, ...]]]:
    """Split the lines of one paragraph into plain text and bulleted items."""
    plain: list[Span] = []
    items: list[Text] = []
    for start, end in spans:
        line = text[start:end]
        if _IMAGE_LINE.match(line):
            left_out["images", "an image has no text"] += 1
            continue
        left_out["images", "an image has no text"] += len(_IMAGE.findall(line))
        marker = _MARKER.match(line)
        begin = start + (marker.end() if marker else 0)
        bullet = _BULLET.match(text[begin:end])
        if bullet and (end - begin) > bullet.end() and len(spans) > 1:
            items.append(visible(text, begin + bullet.end(), end))
        elif items and begin > start:
            items.append(visible(text, begin, end))
        else:
            if items:  # plain lines below the items are a paragraph of their own
                yield from _gathered(text, plain, items, first, left_out)
                plain, items = [], []
            plain.append((begin + (bullet.end() if bullet else 0), end))
    yield from _gathered(text, plain, items, first, left_out)


def _gathered(
    text: str, plain: Sequence[Span], items: Sequence[Text], first: int, left_out: Counter[tuple[str, str]]
) -> Iterator[tuple[int, Text | tuple[Text, ...]]]:
    joined = _join(text, plain)
    if joined.text:
        yield first, joined
    elif plain:
        left_out["markup without text", "nothing to read in it"] += 1
    if items:
        yield first, tuple(item for item in items if item.text)


def _join(text: str, spans: Sequence[Span]) -> Text:
    """Read lines of one paragraph; where their spans touch in the file they are read as one."""
    if not spans:
        return Text(text="", pieces=())
    contiguous = all(b[0] == a[1] + 1 for a, b in itertools.pairwise(spans))
    if contiguous:
        return visible(text, spans[0][0], spans[-1][1])
    joined = visible(text, *spans[0])
    for start, end in spans[1:]:
        joined = join_texts(joined, visible(text, start, end))
    return joined
