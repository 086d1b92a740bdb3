"""Put the parts of a file together: headings, paragraphs, lists and tables become a report's sections of blocks."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.readers.contents import Entry, find_entries, page_ranges, require_whole, title_key
from index.readers.file import File
from index.readers.metadata import infer_metadata
from index.readers.tables import Grid
from index.report import Block, Items, LeftOut, Paragraph, ReadingSummary, Report, Section, Table, Text

_NOTE = re.compile(r"^(?:注|註|附註|附注|备注|備註|notes?)\s*\d*\s*[:：]", re.I)
_NOTE_TITLE = re.compile(r"^(?:注|註|附註|附注|备注|備註|notes?)$", re.I)
_FOOTNOTE = re.compile(
    r"""
    ^ (?: \((?:\d{1,2}|[a-z])\) | \[(?:\d{1,2}|[a-z])\] | [*\#^†‡§]+ | [¹²³⁴-⁹]+ | [①-⑳] ) \s* \S
  | ^ [注註] \s? \d{1,2} \b
    """,
    re.VERBOSE,
)
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff、，])\s+(?=[\u3400-\u9fff「《])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of the file."""

    title: str
    level: int  # 1 is a chapter
    key: str | None = None  # its own name in the file


Content = Heading | Text | tuple[Text, ...] | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing found in a file, in reading order."""

    content: Content
    page: int | None = None  # where the file itself says which page this is


def assemble(
    file: File,
    parts: Sequence[Part],
    left_out: Mapping[tuple[str, str], int],
    *,
    overrides: dict[str, Any],
    partial: bool,
) -> Report:
    """Make a report of a file's parts; the lines of its contents become page numbers.

    `overrides` win over what the file says of itself. Raises UnreadableReport, unless `partial`, for a file whose
    contents name final sections that it does not have.
    """
    left = Counter(left_out)
    titles = {title_key(part.content.title) for part in parts if isinstance(part.content, Heading)}
    entries, used = find_entries([_as_lines(part.content) for part in parts], titles)
    if not partial:
        require_whole(file.name, entries, titles)
    kept = [part for number, part in enumerate(parts) if number not in used]
    lines_used = sum(len(_as_lines(parts[number].content)) for number in used)
    if lines_used:
        left["contents lines", "read as page numbers"] = lines_used
    sections = _sections(kept, entries)
    return Report(
        metadata=infer_metadata(file.text, [s.title for s in sections], overrides=overrides),
        sections=sections,
        source=file.text,
        summary=_summary(sections, file, left),
        file_name=file.name,
        sha256=file.sha256,
    )


def clean_title(title: str) -> str:
    """Write a heading on one line, without the blanks that a line break left between Chinese characters.

    >>> clean_title("環境  績效\\n數據")
    '環境績效數據'
    """
    return " ".join(_CJK_GAP.sub("", title).split())


def _as_lines(content: Content) -> list[str]:
    """Show a part as lines, for finding the contents."""
    if isinstance(content, Heading):
        return [content.title]
    if isinstance(content, Grid):
        return ["\t".join(cell.text.text for cell in row.cells) for row in content.rows[content.header_rows :]]
    if isinstance(content, Text):
        return content.text.split("\n")
    return [item.text for item in content]


def _sections(parts: Sequence[Part], entries: Sequence[Entry]) -> tuple[Section, ...]:
    headings: list[tuple[Heading, int | None]] = [(Heading(title="", level=1, key="front"), None)]
    bodies: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part.content, Heading):
            headings.append((part.content, part.page))
            bodies.append([])
        else:
            bodies[-1].append(part)
    listed = page_ranges([heading.title for heading, _ in headings], entries)
    sections: list[Section] = []
    path: list[str] = []
    seen: set[str] = set()
    levels: list[int] = []
    for number, ((heading, page), body) in enumerate(zip(headings, bodies, strict=True)):
        while levels and levels[-1] >= heading.level:
            levels.pop()
            path.pop()
        if heading.title:
            levels.append(heading.level)
            path.append(heading.title)
        if number == 0 and not body:
            continue
        key = heading.key or f"s{number}"
        if key in seen:
            key = f"{key}-{number}"
        seen.add(key)
        first, last = _pages(page, body, listed[number])
        blocks = tuple(_blocks(key, body, notes=bool(_NOTE_TITLE.match(heading.title))))
        sections.append(
            Section(key=key, path=tuple(path), level=len(path) or 1, page=first, page_end=last, blocks=blocks)
        )
    return tuple(sections)


def _pages(
    page: int | None, body: Sequence[Part], listed: tuple[int | None, int | None]
) -> tuple[int | None, int | None]:
    """Tell the first and last page of a section: as the file has pages itself, else as its contents list them."""
    own = [each for each in (page, *(part.page for part in body)) if each is not None]
    return (own[0], max(own)) if own else listed


def _blocks(section: str, body: Sequence[Part], *, notes: bool) -> Iterator[Block]:
    count: Counter[str] = Counter()
    note = notes
    below = False  # a table, with nothing but its notes between
    for part in body:
        content, page = part.content, part.page
        if isinstance(content, Text):
            below = below and bool(_FOOTNOTE.match(content.text))
            note = notes or bool(_NOTE.match(content.text)) or below
            count["p"] += 1
            yield Paragraph(key=f"{section}.p{count['p']}", text=content, note=note, page=page)
        elif isinstance(content, Grid):
            note, below = notes, True
            count["t"] += 1
            yield Table(
                key=f"{section}.t{count['t']}",
                rows=content.rows,
                header_rows=content.header_rows,
                divider=content.divider,
                page=page,
            )
        elif isinstance(content, tuple):
            below = below and all(_FOOTNOTE.match(item.text) for item in content)
            count["l"] += 1
            yield Items(key=f"{section}.l{count['l']}", items=content, note=note or below, page=page)


def _summary(sections: Sequence[Section], file: File, left_out: Mapping[tuple[str, str], int]) -> ReadingSummary:
    blocks = [block for section in sections for block in section.blocks]
    tables = [block for block in blocks if isinstance(block, Table)]
    return ReadingSummary(
        sections=len(sections),
        paragraphs=sum(isinstance(block, Paragraph) for block in blocks),
        items=sum(len(block.items) for block in blocks if isinstance(block, Items)),
        tables=len(tables),
        cells=sum(not cell.spanned for table in tables for row in table.rows for cell in row.cells),
        characters=len(file.text),
        left_out=tuple(LeftOut(what=what, why=why, count=n) for (what, why), n in sorted(left_out.items()) if n),
    )
