"""Cut a report's blocks into passages: whole sentences, whole rows, section and page kept, characters exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from index.report import Block, Items, Paragraph, Report, Row, Section, Table, Text
from index.text import join_texts, slice_text
from index.words import sentences, tokens

Kind = Literal["prose", "row"]
Place = Literal["block", "sentence", "led", "item"]  # "led": the first item of a list that a sentence leads to
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of one section that can be found, shown and quoted."""

    id: str
    report_id: str
    edition: str  # the language it is written in
    section_key: str
    section: tuple[str, ...]  # headings from the chapter down
    page: int | None
    page_end: int | None
    kind: Kind
    blocks: tuple[str, ...]  # keys of the paragraphs, items or row it holds; the same in every edition
    text: str  # the report's own characters
    source: tuple[tuple[int, int, int, int], ...]  # pieces: start and end in text, start and end in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPassage:
    """A table row as a passage, and where its cells stand in the passage's text."""

    passage: Passage
    row: Span  # the row's own line
    cells: tuple[Span, ...]


def chunk_prose(report: Report, *, max_tokens: int = 120) -> Iterator[Passage]:
    """Pack sentences and list items into passages of about `max_tokens` words, never across sections.

    A sentence longer than that stays whole. A list stays whole, with the sentence that leads to it, up to twice that.
    """
    for section in report.sections:
        pack: list[tuple[str, Text]] = []
        length = number = 0
        for key, text, place in _units(section.blocks):
            size = len(tokens(text.text))
            full = length + size > max_tokens
            may_break = place == "block" or (place == "sentence" and length * 2 > max_tokens)
            if pack and full and (may_break or length + size > 2 * max_tokens):
                number += 1
                led = [pack.pop()] if place == "led" and len(pack) > 1 else []
                yield _prose(report, section, pack, number)
                pack = led
                length = sum(len(tokens(lead.text)) for _, lead in led)
            pack.append((key, text))
            length += size
        if pack:
            yield _prose(report, section, pack, number + 1)


def chunk_row(
    report: Report,
    section: Section,
    table: Table,
    number: int,
    *,
    header: Sequence[Row] | None = None,
    group: Row | None,
    notes: Sequence[Text],
) -> RowPassage:
    """Make one table row a passage: header, the group label it continues, the row itself, its notes.

    `header` are the rows that name the columns at this row, where they are not the table's own.
    """
    above = [_line(row, table.divider) for row in (table.header if header is None else header)]
    if group is not None:
        above.append(_join([cell.text for cell in group.cells if cell.text.text][:1], table.divider))
    line = _line(table.body[number], table.divider)
    before = reduce(join_texts, above, Text(text="", pieces=()))
    start = len(before.text) + 1 if before.text and line.text else len(before.text)
    text = reduce(join_texts, [line, *notes], before)
    key = f"{table.key}.r{number + 1}"
    passage = _passage(report, section, "row", (key,), text, key, pages=(table.page, table.page))
    return RowPassage(
        passage=passage,
        row=(start, start + len(line.text)),
        cells=_cell_spans(table.body[number], table.divider, start),
    )


def _units(blocks: Sequence[Block]) -> Iterator[tuple[str, Text, Place]]:
    """Yield sentences and items with their keys, and what they begin or go on with.

    A sentence brings the white space that divides it from the one before.
    """
    led = False
    for block in blocks:
        if isinstance(block, Paragraph):
            spans = sentences(block.text.text)
            for n, (start, end) in enumerate(spans):
                after = spans[n - 1][1] if n else start
                yield block.key, slice_text(block.text, after, end), "sentence" if n else "block"
            led = block.text.text.rstrip().endswith(("：", ":"))
        elif isinstance(block, Items):
            for n, item in enumerate(block.items, start=1):
                yield f"{block.key}.{n}", item, "item" if n > 1 else "led" if led else "block"
            led = False


def _prose(report: Report, section: Section, pack: Sequence[tuple[str, Text]], number: int) -> Passage:
    text = Text(text="", pieces=())
    last = ""
    for key, sentence in pack:
        text = join_texts(text, sentence, divider="" if key == last else "\n")
        last = key
    text = slice_text(text, len(text.text) - len(text.text.lstrip()), len(text.text))
    blocks = tuple(dict.fromkeys(key for key, _ in pack))
    page_of = {block.key: block.page for block in section.blocks}
    held = [page_of.get(key, page_of.get(key.rpartition(".")[0])) for key in (blocks[0], blocks[-1])]
    return _passage(report, section, "prose", blocks, text, f"{section.key}.{number}", pages=(held[0], held[1]))


def _passage(
    report: Report,
    section: Section,
    kind: Kind,
    blocks: tuple[str, ...],
    text: Text,
    key: str,
    *,
    pages: tuple[int | None, int | None],
) -> Passage:
    metadata = report.metadata
    first, last = pages if pages[0] is not None else (section.page, section.page_end)
    return Passage(
        id=f"{metadata.report_id}.{metadata.language}.{key}",
        report_id=metadata.report_id,
        edition=metadata.language,
        section_key=section.key,
        section=section.path,
        page=first,
        page_end=last,
        kind=kind,
        blocks=blocks,
        text=text.text,
        source=tuple((piece.start, piece.end, piece.source, piece.source_end) for piece in text.pieces),
    )


def _line(row: Row, divider: str) -> Text:
    return _join([cell.text for cell in row.cells], divider)


def _join(texts: Sequence[Text], divider: str) -> Text:
    """Join cells; unlike join_texts, an empty cell keeps its divider."""
    text, pieces = "", []
    for n, cell in enumerate(texts):
        text += divider if n else ""
        for piece in cell.pieces:
            pieces.append(
                type(piece)(
                    start=piece.start + len(text),
                    end=piece.end + len(text),
                    source=piece.source,
                    source_end=piece.source_end,
                )
            )
        text += cell.text
    return Text(text=text, pieces=tuple(pieces))


def _cell_spans(row: Row, divider: str, start: int) -> tuple[Span, ...]:
    spans, position = [], start
    for n, cell in enumerate(row.cells):
        position += len(divider) if n else 0
        spans.append((position, position + len(cell.text.text)))
        position += len(cell.text.text)
    return tuple(spans)
