"""Open a report where an answer cites it: the whole section, tables laid out again, the quotes marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from index.chunk import Passage
from index.script import Language
from index.snapshot import Snapshot
from qa.answer import Citation
from qa.catalogue import nearest_edition

Span = tuple[int, int]
DIVIDER = " | "  # between the cells of a row, as index/readers write it


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    source: int  # number of the citation whose quote begins here; 0: it goes on with one, or is not quoted
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A passage of prose, or one that could not be laid out as a row."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A row of a table."""

    cells: tuple[str, ...]
    group: bool  # a label that the rows below continue
    marked: bool
    source: int  # number of the citation that quotes it; 0: none


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table, laid out again from the passages of its rows."""

    header: tuple[tuple[str, ...], ...]
    rows: tuple[GridRow, ...]
    notes: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSection:
    """A section of an edition, opened at what an answer quotes."""

    title: str  # of the edition
    edition: str
    path: tuple[str, ...]
    page: int | None
    page_end: int | None
    sources: tuple[int, ...]  # numbers of the citations it holds
    blocks: tuple[Words | Grid, ...]


def open_report(snapshot: Snapshot, citations: Sequence[Citation]) -> list[OpenSection]:
    """Open each section that an answer cites, once, in the order of the citations."""
    cited: dict[tuple[str, str, str], list[Citation]] = {}
    for citation in citations:
        passage = snapshot.by_id[citation.passage_id]
        cited.setdefault((passage.report_id, passage.edition, passage.section_key), []).append(citation)
    return [_open(snapshot, place, held) for place, held in cited.items()]


def open_passage(snapshot: Snapshot, passage: Passage, span: Span) -> OpenSection:
    """Open the section of one passage, with a stretch of the passage marked."""
    start, end = span
    only = Citation(
        number=1,
        report=passage.report_id,
        edition=passage.edition,
        section=passage.section,
        page=passage.page,
        page_end=passage.page_end,
        passage_id=passage.id,
        passage=passage.text,
        quote=passage.text[start:end],
        start=start,
        end=end,
    )
    return open_report(snapshot, [only])[0]


def edition_title(snapshot: Snapshot, report: str, edition: str) -> str:
    """The title of an edition of a report as it names itself, or of the one nearest to that language."""
    titles: dict[str, str] = {
        one.metadata.language: one.metadata.title
        for one in snapshot.manifest.editions
        if one.metadata.report_id == report
    }
    return titles[nearest_edition(titles, cast("Language", edition))] if titles else report


def _open(snapshot: Snapshot, place: tuple[str, str, str], cited: Sequence[Citation]) -> OpenSection:
    report, edition, _ = place
    passages = [p for p in snapshot.passages if (p.report_id, p.edition, p.section_key) == place]
    first = passages[0]
    marks: dict[str, list[tuple[Span, int]]] = {}
    for citation in cited:
        marks.setdefault(citation.passage_id, []).append(((citation.start, citation.end), citation.number))
    return OpenSection(
        title=edition_title(snapshot, report, edition),
        edition=edition,
        path=first.section[1:] or first.section,
        page=first.page,
        page_end=first.page_end,
        sources=tuple(citation.number for citation in cited),
        blocks=tuple(_blocks(passages, marks)),
    )


def _blocks(passages: Sequence[Passage], marks: dict[str, list[tuple[Span, int]]]) -> Iterator[Words | Grid]:
    """Lay out the passages of a section in the order of the file."""
    ordered = sorted(passages, key=_where)
    said = "\n".join(passage.text for passage in passages if passage.kind == "prose")
    for table, group in groupby(ordered, key=_table):
        if table:
            yield from _grid(list(group), marks, said=said)
        else:
            yield from (_words(passage.text, marks.get(passage.id, [])) for passage in group)


def _where(passage: Passage) -> tuple[int, str]:
    """Where a passage begins in the file; the rows of a table all begin with its header."""
    return min((piece[2] for piece in passage.source), default=0), _table(passage)


def _table(passage: Passage) -> str:
    return passage.blocks[0].rpartition(".r")[0] if passage.kind == "row" and passage.blocks else ""


def _grid(rows: Sequence[Passage], marks: dict[str, list[tuple[Span, int]]], *, said: str) -> Iterator[Words | Grid]:
    """Lay out the rows of one table; a passage whose quote is not in a row stands below, marked there.

    Notes that the section's prose says, `said`, are left to it.
    """
    lines = [passage.text.split("\n") for passage in rows]
    heads = _common(lines)
    laid: list[GridRow] = []
    notes: dict[str, None] = {}
    apart: list[Words] = []
    group = ""
    for passage, own in zip(rows, lines, strict=True):
        at = heads
        if at < len(own) - 1 and DIVIDER not in own[at] and DIVIDER in own[at + 1]:
            if own[at] != group:
                group = own[at]
                if not laid or laid[-1].cells[0] != group:  # else its first row says the name itself
                    laid.append(GridRow(cells=(group,), group=True, marked=False, source=0))
            at += 1
        start = sum(len(line) + 1 for line in own[:at])
        end = start + len(own[at])
        marked = [(span, number) for span, number in marks.get(passage.id, []) if span[0] < end and span[1] > start]
        beyond = [mark for mark in marks.get(passage.id, []) if mark not in marked]
        laid.append(
            GridRow(
                cells=tuple(own[at].split(DIVIDER)),
                group=False,
                marked=bool(marked),
                source=marked[0][1] if marked else 0,
            )
        )
        notes |= dict.fromkeys(own[at + 1 :])
        if beyond:
            apart.append(_words(passage.text, beyond))
    yield Grid(
        header=tuple(tuple(line.split(DIVIDER)) for line in lines[0][:heads]),
        rows=tuple(laid),
        notes=tuple(_words(note, []) for note in notes if note.strip() and note not in said),
    )
    yield from apart


def _common(lines: Sequence[Sequence[str]]) -> int:
    """Count the lines that head every row of a table; of a lone row, the first of several."""
    shortest = min(len(own) for own in lines)
    if len(lines) == 1:
        return 1 if shortest > 1 else 0
    return next((n for n in range(shortest - 1) if len({own[n] for own in lines}) > 1), max(shortest - 1, 0))


def _words(text: str, marks: Sequence[tuple[Span, int]]) -> Words:
    pieces: list[Piece] = []
    at = 0
    for (start, end), number in sorted(marks):
        begun = max(start, at)
        if begun > at:
            pieces.append(Piece(text=text[at:begun], source=0, marked=False))
        if end > begun or number:
            pieces.append(Piece(text=text[begun : max(end, begun)], source=number, marked=True))
        at = max(at, end)
    if at < len(text):
        pieces.append(Piece(text=text[at:], source=0, marked=False))
    return Words(pieces=tuple(pieces))
