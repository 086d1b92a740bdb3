"""Read lines that state a figure, "Complaints: 7 (2023: 9)", as the rows of a table beside the words themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.period import read_period
from index.quantity import read_cell
from index.report import Block, Cell, Items, Paragraph, Report, Row, Section, Table, Text
from index.script import fold
from index.text import slice_text

_STATED: Final = re.compile(
    r"(?P<label>[^：:（(。；;]{2,60}?(?:\s*[（(\[][^：:（(]{1,24}[)）\]])?)\s*[：:]\s*"
    r"(?P<value>[^（(；;。：:]{1,40}?)\s*"
    r"(?:[（(](?P<others>[^（()）]*\d{4}[^（()）]*)[)）])?\s*(?:[，,。；;.](?!\d).*)?"
)
_OTHER: Final = re.compile(
    r"(?P<period>[^：:；;,，]*\d{4}[^：:；;]{0,8}?)\s*[：:]\s*(?P<value>[^；;]+?)\s*(?:[；;]|[,，](?!\d{3})|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What one line states: its label, its value for the report's year, and those of other periods."""

    label: Text
    value: Text
    others: dict[str, Text]


def with_stated(report: Report) -> Report:
    """Add a table to a section for each run of lines that state figures, where one of them names an earlier year.

    The lines stay where they are. A report that names no year of its own has none.
    """
    year = report.metadata.year
    if year is None:
        return report
    sections = tuple(replace(section, blocks=_enriched(section, str(year))) for section in report.sections)
    return replace(report, sections=sections)


def _enriched(section: Section, year: str) -> tuple[Block, ...]:
    made: list[Block] = []
    run: list[_Line] = []
    page: int | None = None
    number = sum(isinstance(block, Table) for block in section.blocks)
    for block in (*section.blocks, None):
        lines = list(_lines(block, year)) if block is not None else []
        if not lines and run:
            if any(line.others for line in run):
                number += 1
                made.append(_table(f"{section.key}.t{number}", run, year, page))
            run = []
        if lines and block is not None:
            page = block.page if not run else page
            run += lines
        if block is not None:
            made.append(block)
    return tuple(made)


def _lines(block: Block, year: str) -> Iterator[_Line]:
    if isinstance(block, Items):
        texts: Sequence[Text] = block.items
    elif isinstance(block, Paragraph) and not block.note:
        texts = list(_split(block.text))
        if not all(_read(text, year) for text in texts):
            return
    else:
        return
    for text in texts:
        line = _read(text, year)
        if line is not None:
            yield line


def _split(text: Text) -> Iterator[Text]:
    start = 0
    for part in text.text.split("\n"):
        if part.strip():
            yield slice_text(text, start, start + len(part))
        start += len(part) + 1


def _read(text: Text, year: str) -> _Line | None:
    """Read a line that is a label, a colon and a number, with the numbers of other years behind it in parentheses."""
    match = _STATED.fullmatch(text.text)
    if match is None or read_cell(match["value"]).kind != "number" or read_period(match["label"].strip()):
        return None
    others: dict[str, Text] = {}
    for other in _OTHER.finditer(match["others"] or ""):
        period = read_period(fold(other["period"]).strip())
        start = match.start("others")
        if period is None or period in others or period == year:
            return None
        others[period] = slice_text(text, start + other.start("value"), start + other.end("value"))
    if match["others"] and not others:
        return None
    return _Line(
        label=slice_text(text, *match.span("label")), value=slice_text(text, *match.span("value")), others=others
    )


def _table(key: str, run: Sequence[_Line], year: str, page: int | None) -> Table:
    periods = sorted({period for line in run for period in line.others}, reverse=True)
    empty = Text(text="", pieces=())
    header = [empty, *(Text(text=period, pieces=()) for period in (year, *periods))]
    rows = [[line.label, line.value, *(line.others.get(period, empty) for period in periods)] for line in run]
    return Table(key=key, rows=tuple(_row(cells) for cells in (header, *rows)), header_rows=1, page=page)


def _row(texts: Sequence[Text]) -> Row:
    return Row(cells=tuple(Cell(text=text) for text in texts))
