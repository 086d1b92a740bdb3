"""Read tables into typed figures: one cell is a metric, a breakdown, a unit, a period, a value and its place."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from index.chunk import Passage, RowPassage, chunk_row
from index.lexicon import Concept, Lexicon, Member
from index.notes import Note, chapters, notes_for, notes_in
from index.period import read_period, years_in
from index.quantity import Cell as Reading
from index.quantity import read_cell
from index.report import Report, Row, Section, Table
from index.script import fold
from index.units import Unit, read_unit

Disclosure = Literal["number", "not_disclosed", "not_applicable"]

_UNIT_HEADING = frozenset(
    {"单位", "计量单位", "unit", "units", "unitofmeasurement", "unitofmeasure", "measurementunit"}
)
_PARENTHESIS = re.compile(r"[(（](?P<inside>[^()（）]*(?:\([^()]*\))?[^()（）]*)[)）]")
_CAPTION_UNIT = re.compile(r"(?:单位|unit)\s*[::]\s*(?P<unit>[^\s,;，；)）]+(?:\s*/\s*\S+)?)", re.I)
_COVERAGE = re.compile(r"包括|包含|涵盖|覆盖|不含|不包括|include|exclud|cover", re.I)
_DENOMINATOR = {"money": "per_revenue", "person": "per_employee", "area": "per_area"}
_MARK = re.compile(r"(?:\((?P<a>\d{1,2})\)|\[(?P<b>\d{1,2})\]|(?P<c>[*#^†]+)|[注註](?P<d>\d{1,2}))\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One typed table cell."""

    id: str  # "6608-2022.kpi-environment.t1.r2.2022", the same in every edition
    report_id: str
    edition: str
    row_key: str
    section_key: str
    labels: tuple[str, ...]  # from the group down to the row's own label, as printed
    metrics: tuple[str, ...]  # lexicon keys; empty: a row the lexicon does not know
    per: str | None  # lexicon qualifier of an intensity
    members: tuple[Member, ...]  # the breakdown
    unit_text: str  # as printed; empty: none printed
    unit: str | None  # canonical symbol; None: no unit, or one this service does not know
    period: str
    disclosure: Disclosure
    value: Decimal | None  # in the printed unit
    digits: str  # as printed, without footnote marks; "—" for a dash
    qualifier: str | None
    notes: tuple[str, ...]  # the notes' own words
    passage_id: str
    start: int  # of the cell in the passage
    end: int
    row_start: int  # of the row's line in the passage
    row_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A table or row whose numbers were kept as text, and why."""

    place: str
    why: str
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """All that was read from a report's tables."""

    figures: tuple[Figure, ...]
    passages: tuple[Passage, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What each column of a table is for."""

    labels: tuple[int, ...]
    unit: int | None
    values: tuple["_ValueColumn", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ValueColumn:
    index: int
    period: str
    label: str  # what the header says besides the period
    unit: Unit | None
    unit_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A body row with its labels resolved."""

    number: int
    labels: tuple[str, ...]
    group: Row | None  # the earlier row whose group label this one continues
    marks: tuple[str, ...]


def read_tables(report: Report, lexicon: Lexicon) -> TableReading:
    """Turn every table row of a report into a passage, and every cell it is certain about into a figure."""
    notes = notes_in(report, lexicon)
    chapter = chapters(report)
    figures: list[Figure] = []
    passages: list[Passage] = []
    unread: list[Unread] = []
    for section in report.sections:
        before = ""
        for block in section.blocks:
            if not isinstance(block, Table):
                before = str(getattr(block, "text", "") or "")
                continue
            reading = _read_table(report, section, block, before, notes, chapter[section.key], lexicon)
            figures += reading.figures
            passages += reading.passages
            unread += reading.unread
    return TableReading(figures=tuple(figures), passages=tuple(passages), unread=tuple(unread))


def _read_table(
    report: Report, section: Section, table: Table, before: str, notes: Sequence[Note], chapter: str, lexicon: Lexicon
) -> TableReading:
    columns = _columns(table, before, report.metadata.year)
    lines = list(_lines(table, columns))
    figures: list[Figure] = []
    passages: list[Passage] = []
    unread: list[Unread] = []
    total: Concept | None = None
    for line in lines:
        row = table.body[line.number]
        unit_text, unit = _row_unit(table, columns, line, before)
        concept = _concept(line, section, unit, total, lexicon)
        if concept.metrics and not concept.members:
            total = concept
        bearing = notes_for(concept, chapter=chapter, marks=line.marks, notes=notes, lexicon=lexicon)
        place = chunk_row(report, section, table, line.number, group=line.group, notes=[note.text for note in bearing])
        passages.append(place.passage)
        if columns.values and (beyond := _beyond_header(table, row)):
            held = sum(any(c.isdigit() for c in row.cells[column.index].text.text) for column in columns.values)
            unread.append(Unread(place=place.passage.id, why="more cells than the header names", cells=held + beyond))
            continue
        own: dict[str, Figure] = {}
        for column in columns.values:
            figure = _figure(place, line, column, row, concept, unit_text, unit, bearing, lexicon)
            if figure is not None and figure.id not in own:
                own[figure.id] = figure
            elif figure is not None:
                if not row.cells[column.index].spanned:
                    why = f"a second column for {column.period}: {figure.digits!r}"
                    unread.append(Unread(place=place.passage.id, why=why, cells=1))
            elif any(c.isdigit() for c in row.cells[column.index].text.text):
                unread.append(
                    Unread(
                        place=place.passage.id, why=f"not a number: {row.cells[column.index].text.text[:40]!r}", cells=1
                    )
                )
        figures += own.values()
    digits = sum(any(c.isdigit() for c in cell.text.text) for row in table.body for cell in row.cells[1:])
    if not columns.values and digits:
        unread.append(Unread(place=table.key, why="no column says which period it is for", cells=digits))
    return TableReading(figures=tuple(figures), passages=tuple(passages), unread=tuple(unread))


def _columns(table: Table, before: str, year: int | None) -> _Columns:
    width = len(table.rows[0].cells) if table.rows else 0
    headers = [[row.cells[index].text.text for row in table.header] for index in range(width)]
    unit = next((n for n, texts in enumerate(headers) if any(_squeeze(text) in _UNIT_HEADING for text in texts)), None)
    values: list[_ValueColumn] = []
    for index, texts in enumerate(headers):
        if index in (0, unit):
            continue
        column = _value_column(index, texts)
        if column is not None:
            values.append(column)
    if not values:
        values = _single_period(table, headers, unit, before, year)
    first = min((column.index for column in values), default=width)
    taken = {column.index for column in values} | {unit}
    labels = tuple(index for index in range(min(first, width)) if index not in taken) or (0,)
    if unit is None:
        unit = _unit_column(table, labels)
        labels = tuple(index for index in labels if index != unit)
    return _Columns(labels=labels, unit=unit, values=tuple(values))


def _beyond_header(table: Table, row: Row) -> int:
    """Count a row's values to the right of all headings: which heading is whose is then anybody's guess."""
    named = [n for header in table.header for n, cell in enumerate(header.cells) if cell.text.text.strip()]
    beyond = [cell.text.text for cell in row.cells[max(named, default=len(row.cells)) + 1 :]]
    return sum(bool(text.strip()) and read_cell(text).kind != "text" for text in beyond)


def _value_column(index: int, texts: Sequence[str]) -> _ValueColumn | None:
    """Read the header cells above one column; None when none of them is a period."""
    period, unit, unit_text, rest = None, None, "", []
    for text in dict.fromkeys(texts):
        found = _PARENTHESIS.search(text)
        inner = read_unit(found["inside"]) if found else None
        plain = text.replace(found.group(), " ").strip() if found and inner else text
        if inner and found:
            unit, unit_text = inner, found["inside"]
        read = read_period(plain)
        if read and period is None:
            period = read
        elif plain and not read:
            whole = read_unit(plain)
            if whole:
                unit, unit_text = whole, plain
            else:
                rest.append(plain)
    if period is None:
        return None
    return _ValueColumn(index=index, period=period, label=" ".join(rest), unit=unit, unit_text=unit_text)


def _single_period(
    table: Table, headers: Sequence[Sequence[str]], unit: int | None, before: str, year: int | None
) -> list[_ValueColumn]:
    """Read a table of one period: its columns of numbers, for the one year that header or lead-in names."""
    if not table.header:
        return []
    columns = []
    for index, texts in enumerate(headers):
        cells = [row.cells[index].text.text for row in table.body]
        numbers = sum(read_cell(cell).kind == "number" for cell in cells)
        if index in (0, unit) or numbers * 2 <= len([cell for cell in cells if cell.strip()]):
            continue
        header = " ".join(dict.fromkeys(texts))
        named = years_in(header) or years_in(before)
        if len(named) > 1 or not (named or year):
            continue
        period = named[0] if named else str(year)
        found = _PARENTHESIS.search(header)
        inner = read_unit(found["inside"]) if found else None
        label = header.replace(found.group(), " ") if found and inner else header
        label = re.sub(rf"{period}\s*(?:年度?)?", "", label).strip()
        columns.append(
            _ValueColumn(
                index=index,
                period=period,
                label=label,
                unit=inner,
                unit_text=found["inside"] if found and inner else "",
            )
        )
    return columns


def _unit_column(table: Table, labels: Sequence[int]) -> int | None:
    """Find a label column that holds nothing but units."""
    for index in labels[1:]:
        cells = [row.cells[index].text.text for row in table.body if row.cells[index].text.text.strip()]
        if cells and all(read_unit(cell) for cell in cells):
            return index
    return None


def _lines(table: Table, columns: _Columns) -> Iterator[_Line]:
    held: dict[int, str] = {}
    held_row: Row | None = None
    heading = ""
    heading_row: Row | None = None
    for number, row in enumerate(table.body):
        own = [row.cells[index].text.text.strip() for index in columns.labels]
        values = [row.cells[column.index].text.text.strip() for column in columns.values]
        unit = row.cells[columns.unit].text.text.strip() if columns.unit is not None else ""
        group: Row | None = None
        if own and own[0]:
            held, held_row = ({0: own[0]}, row)
        elif held and any(own[1:]):
            own[0], group = held[0], held_row
        label = [text for text in dict.fromkeys(own) if text]
        if columns.values and label and not any(values) and not unit:
            heading, heading_row = label[-1], row
            yield _Line(number=number, labels=tuple(label), group=None, marks=())
            continue
        if heading:
            label = [heading, *label]
            group = group or heading_row
        marks = tuple(mark for text in label for mark in _marks(text))
        yield _Line(number=number, labels=tuple(_unmarked(text) for text in label), group=group, marks=marks)


def _row_unit(table: Table, columns: _Columns, line: _Line, before: str) -> tuple[str, Unit | None]:
    row = table.body[line.number]
    if columns.unit is not None and row.cells[columns.unit].text.text.strip():
        text = " ".join(row.cells[columns.unit].text.text.split())
        return text, read_unit(text)
    for label in reversed(line.labels):
        for found in reversed(list(_PARENTHESIS.finditer(label))):
            unit = read_unit(found["inside"])
            if unit:
                return found["inside"], unit
        for divider in (",", "，", "-", "–", ":"):
            head, _, tail = label.rpartition(divider)
            unit = read_unit(tail) if head else None
            if unit:
                return tail.strip(), unit
    caption = _CAPTION_UNIT.search(fold(before)) or _CAPTION_UNIT.search(
        fold(" ".join(c.text.text for r in table.header for c in r.cells))
    )
    if caption:
        return caption["unit"], read_unit(caption["unit"])
    for header in table.header:
        for found in _PARENTHESIS.finditer(header.cells[0].text.text):
            unit = read_unit(found["inside"])
            if unit:
                return found["inside"], unit
    return "", None


def _concept(line: _Line, section: Section, unit: Unit | None, total: Concept | None, lexicon: Lexicon) -> Concept:
    """Read what a row speaks of; a label that names only a breakdown speaks of its group's or its table's total."""
    parts = [_label_concept(label, lexicon) for label in line.labels]
    own = parts[-1] if parts else Concept()
    metrics = own.metrics
    members = set(own.members)
    per = own.per
    for part in reversed(parts[:-1]):
        if not metrics:
            metrics = part.metrics
        if part.per and not per:
            per = part.per
        named = {dimension for dimension, _ in members}
        members |= {member for member in part.members if member[0] not in named}
    bare = not own.rest or len(own.rest) <= 2
    if not metrics and members and bare and total is not None:
        metrics = total.metrics
    if not metrics and members and bare:
        metrics = lexicon.concept(section.title).metrics
    denominator = _per(unit)
    if denominator and (per is None or per == "intensity"):
        per = denominator
    return replace(own, metrics=metrics, members=frozenset(members), per=per)


def _label_concept(label: str, lexicon: Lexicon) -> Concept:
    """Read one label; what its parentheses say of coverage or rank bounds the row, it does not break it down."""
    plain = lexicon.concept(_PARENTHESIS.sub(" ", label))
    whole = lexicon.concept(label)
    inside = whole.members - plain.members
    remark = bool(_COVERAGE.search(fold(label))) or any(n > 1 for n in Counter(dim for dim, _ in inside).values())
    members = plain.members if remark else plain.members | whole.members
    return replace(whole, members=members, rest=plain.rest)


def _per(unit: Unit | None) -> str | None:
    if unit is None or "/" not in unit.dimension:
        return None
    return _DENOMINATOR.get(unit.dimension.rsplit("/", 1)[1])


def _figure(
    place: RowPassage,
    line: _Line,
    column: _ValueColumn,
    row: Row,
    concept: Concept,
    unit_text: str,
    unit: Unit | None,
    notes: Sequence[Note],
    lexicon: Lexicon,
) -> Figure | None:
    unit, unit_text = (column.unit, column.unit_text) if column.unit and not unit else (unit, unit_text)
    cell = row.cells[column.index]
    reading = read_cell(cell.text.text, unit=unit)
    blank_row = not any(row.cells[c].text.text.strip() for c in range(len(row.cells)) if c not in (0,))
    if reading.kind == "text" or not line.labels or blank_row:
        return None
    if reading.unit is not None and unit is None:
        unit, unit_text = reading.unit, reading.unit.symbol
    labels = line.labels + ((column.label,) if column.label else ())
    extra = lexicon.concept(column.label) if column.label else Concept()
    start, end = place.cells[column.index]
    digits_start, digits_end = _digits_span(cell.text.text, reading, start, end)
    passage = place.passage
    row_key = passage.blocks[0] + (f".c{column.index}" if column.label else "")
    return Figure(
        id=f"{passage.report_id}.{row_key}.{column.period}",
        report_id=passage.report_id,
        edition=passage.edition,
        row_key=row_key,
        section_key=passage.section_key,
        labels=labels,
        metrics=tuple(sorted(concept.metrics or extra.metrics)),
        per=concept.per or extra.per,
        members=tuple(sorted(concept.members | extra.members)),
        unit_text=unit_text,
        unit=unit.symbol if unit else None,
        period=column.period,
        disclosure=reading.kind,
        value=reading.value,
        digits=reading.digits or cell.text.text.strip(),
        qualifier=reading.qualifier,
        notes=tuple(note.text.text for note in notes),
        passage_id=passage.id,
        start=digits_start,
        end=digits_end,
        row_start=place.row[0],
        row_end=place.row[1],
    )


def _digits_span(text: str, reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Point at the number itself where the cell has a footnote mark or a unit beside it."""
    at = text.find(reading.digits) if reading.kind == "number" and reading.digits else -1
    return (start + at, start + at + len(reading.digits)) if at >= 0 else (start, end)


def _marks(label: str) -> list[str]:
    match = _MARK.search(label)
    return [next(value for value in match.groups() if value)] if match else []


def _unmarked(label: str) -> str:
    match = _MARK.search(label)
    return label[: match.start()].rstrip() if match and match.start() else label


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_]+", "", fold(text)).lower()
