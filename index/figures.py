"""Read tables into typed figures: one cell is a metric, a breakdown, a unit, a period, a value and its place."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from index.chunk import Passage, RowPassage, chunk_row
from index.columns import (
    NOTE_HEADING,
    PARENTHESIS,
    UNIT_HEADING,
    Columns,
    Heading,
    Kind,
    ValueColumn,
    aside_kind,
    heading_text,
    heads,
    is_plain,
    read_columns,
    read_heading,
    squeeze,
    unmarked,
)
from index.lexicon import Concept, Lexicon, Member
from index.notes import Note, chapters, notes_for, notes_in
from index.period import read_period, years_in
from index.quantity import Cell as Reading
from index.quantity import find_quantities, read_cell
from index.report import Report, Row, Section, Table
from index.script import fold
from index.subject import (
    LONGEST_CAPTION,
    PER_UNIT,
    SUB_ROW,
    Above,
    Subject,
    Surroundings,
    after,
    after_heading,
    caption_metrics,
    concept_of,
    dimensions_of,
    divided,
    fits_unit,
    heading_metrics,
    is_bare_share,
    leaves_heading,
    names_group,
    names_people,
    names_table,
    names_whole,
    read_subject,
    residue,
    sums_up,
)
from index.units import Unit, read_unit, unit_name

Disclosure = Literal["number", "not_disclosed", "not_applicable"]

_CAPTION_UNIT = re.compile(r"(?:单位|unit)\s*[::]\s*(?P<unit>[^\s,;，；)）]+(?:\s*/\s*\S+)?)", re.I)
_STATED_IN = re.compile(
    r"(?:\b(?:expressed|stated|presented|shown|reported)?\s*\bin\s+|以\s*)"
    r"(?P<unit>[^,;，；()（）。]+?)\s*(?:,?\s*(?:unless|except|if\s+not)\b|,?\s*除(?:另有|非)|列示|呈列|为单位|表示|计(?!算)|[)）]|$)",
    re.I,
)
_UNLESS = re.compile(r"\s*[,，;；]?\s*(?:\b(?:unless|except|if\s+not)\b|除(?:另有|非)|如[无未]).*$", re.I)
_PER = re.compile(r"(?P<unit>.*[^\s])\s*(?:\bper\b|/|每)\s*(?P<what>\S.*)", re.I)
_CASES = re.compile(r"[宗起次]数|(?:number|no\.?)\s+of\s+(?:\w+\s+){0,2}(?:cases|incidents|accidents)", re.I)
_HOURS = re.compile(r"\bhours?\b|小时|时数|钟数", re.I)
_RESTATED_CELL = re.compile(
    r"\s*[(（\[]?\s*(?:restated|[经經]重列|[经經]重述|重列)\s*(?P<note>[,，、;；]\s*(?:[注註附]+|note)\s*\d{1,2})?\s*[)）\]]?\s*$",
    re.I,
)
_OWN_LABEL = re.compile(
    r"of\s+which|including|(?:fe)?males?\b|others?\b|total|below|under|above|over|aged?\b|by\b|kg|km", re.I
)
_CLASSIFIER = re.compile(r"[(（](?P<inside>[^\W\d_男女港澳台京沪滬粤粵](?<=[\u3400-\u9fff]))[)）]\s*$")
_NUMBER_OF = re.compile(r"(?:numbers?|no\.?|nos\.?|#|quantity|headcount|数[目量]|个数)", re.I)
_FURNITURE = re.compile(r"\breport\b.*\b20\d\d|\b20\d\d\b.*\breport\b|20\d\d.*报告|报告.*20\d\d", re.I)  # of a page
_UNITLESS = re.compile(r"\b(?:scores?|ratings?|ranks?|rankings?|index)\b|评分|得分|评级|排名|指数", re.I)
_SHARE_OF = re.compile(r"(?:%|percentage)\s*(?:of|to)\s|占.*(?:%|百分比|比例)$", re.I)
_NOTE_MARKS = re.compile(r"(?<![\w.])(?:\d{1,2}|[a-z])(?!\w)|[*#^†‡]+")
_UNIT_DIVIDERS = tuple(
    re.compile(rf"{divider}(?!.*{divider})")
    for divider in (r",(?!\d{3}(?!\d))", "，", r"(?<![A-Za-z])[-–]", ":", r"\sin\s")
)


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
    unit_text: str  # as printed, or named where a count of people prints none; empty: none
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
    kind: Kind = "value"  # a target, a base year, progress or a printed change is no figure of its period
    restated: bool = False  # printed as restated
    superseded: bool = False  # the original of a figure that the report prints restated
    words: str = ""  # the whole cell of a target or progress that is printed in words: "30% reduction"
    part: str = ""  # the label of a site, segment or group that the lexicon does not know: "Retail division"
    part_of: tuple[str, ...] = ()  # lexicon keys of the metric that it is a part of; `metrics` is then empty

    @property
    def plain(self) -> bool:
        """Tell a figure that answers for its period from one that stands beside it."""
        return self.kind == "value" and not self.superseded


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
class _Line:
    """A body row with its labels resolved."""

    number: int  # of the body row, counted from 0
    labels: tuple[str, ...]
    group: Row | None = None  # the earlier row whose group label this one continues
    marks: tuple[str, ...] = ()
    heading: Heading = field(default_factory=Heading)  # what a period column or a period row above says of it
    blank: bool = False  # holds no cell of its own beyond its labels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Rows of a table under one header: the table's own, or one that is repeated or changed further down."""

    header: tuple[Row, ...]
    header_numbers: tuple[int, ...]  # of the body rows that are this header; empty: the table's own
    numbers: tuple[int, ...]  # of the body rows under it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Where a table stands, and what is known there."""

    report: Report
    section: Section
    table: Table
    before: str  # the words above the table
    notes: Sequence[Note]
    chapter: str
    lexicon: Lexicon


def read_tables(report: Report, lexicon: Lexicon) -> TableReading:
    """Turn every table row of a report into a passage, and every cell it is certain about into a figure."""
    notes = notes_in(report, lexicon)
    chapter = chapters(report)
    readings: list[TableReading] = []
    for section in report.sections:
        before = ""
        for block in section.blocks:
            if not isinstance(block, Table):
                before = str(getattr(block, "text", "") or "")
                continue
            scene = _Scene(
                report=report,
                section=section,
                table=block,
                before=before,
                notes=notes,
                chapter=chapter[section.key],
                lexicon=lexicon,
            )
            readings.append(_read_table(scene))
    return TableReading(
        figures=tuple(figure for reading in readings for figure in reading.figures),
        passages=tuple(passage for reading in readings for passage in reading.passages),
        unread=tuple(unread for reading in readings for unread in reading.unread),
    )


def _read_table(scene: _Scene) -> TableReading:
    figures: list[Figure] = []
    passages: list[Passage] = []
    unread: list[Unread] = []
    for stretch in _stretches(scene.table):
        reading = _read_stretch(scene, stretch)
        figures += reading.figures
        passages += reading.passages
        unread += reading.unread
    told = _told_apart(figures, scene.lexicon)
    return TableReading(figures=tuple(told), passages=tuple(passages), unread=tuple(unread))


def _stretches(table: Table) -> list[_Stretch]:
    """Cut a table where its header is printed again, or where another header takes its place."""
    found: list[_Stretch] = [_Stretch(header=table.header, header_numbers=(), numbers=())]
    for number, row in enumerate(table.body):
        last = found[-1]
        if _heads(row, last.header):
            found.append(_Stretch(header=(row,), header_numbers=(number,), numbers=()))
        else:
            found[-1] = replace(last, numbers=(*last.numbers, number))
    return [stretch for stretch in found if stretch.numbers or stretch.header_numbers]


def _heads(row: Row, header: Sequence[Row]) -> bool:
    """Tell a body row that names columns: the header's own words again, or periods beside a heading's first cell."""
    texts = [squeeze(cell.text.text) for cell in row.cells]
    if any(texts == [squeeze(cell.text.text) for cell in above.cells] for above in header) and any(texts):
        return True
    periods = [squeeze(cell.text.text) for cell in row.cells[1:] if read_heading([cell.text.text]).period]
    others = [text for text in texts[1:] if text and text not in periods]
    first = row.cells[0]
    named = first.heading or not texts[0] or any(texts[0] == squeeze(above.cells[0].text.text) for above in header)
    words = all(heads(text, UNIT_HEADING | NOTE_HEADING) or aside_kind(text) != "value" for text in others)
    return len(periods) > 1 and len(set(periods)) == len(periods) and named and words


def _read_stretch(scene: _Scene, stretch: _Stretch) -> TableReading:
    body = [scene.table.body[number] for number in stretch.numbers]
    columns = read_columns(scene.table, stretch.header, body, *_named_year(scene))
    passages = [_place(scene, stretch, _Line(number=n, labels=()), ()).passage for n in stretch.header_numbers]
    figures: list[Figure] = []
    unread: list[Unread] = []
    above = Above()
    around = _around(scene, columns)
    ids: set[str] = set()
    rows: dict[tuple[tuple[str, ...], str], int] = {}
    for line in _apart(scene, columns, list(_lines(scene.table, stretch, columns, scene.lexicon))):
        row = scene.table.body[line.number]
        unit_text, unit = _row_unit(scene, stretch, columns, line)
        subject = read_subject(line.labels, unit, above, around, scene.lexicon)
        above = (
            after_heading(above, line.labels[-1], scene.lexicon)
            if line.blank
            else after(above, line.labels, subject, unit, scene.lexicon)
        )
        marks = {column.index: (*line.marks, *_cell_marks(row, column)) for column in columns.values}
        bearing = _bearing(scene, subject.bearing, [mark for own in marks.values() for mark in own] or line.marks)
        place = _place(scene, stretch, line, bearing)
        passages.append(place.passage)
        if line.blank:
            continue
        if columns.values and (beyond := _beyond_header(stretch.header, row)):
            held = sum(any(c.isdigit() for c in row.cells[column.index].text.text) for column in columns.values)
            unread.append(Unread(place=place.passage.id, why="more cells than the header names", cells=held + beyond))
            continue
        first = line.number if line.heading.period is None else rows.setdefault((line.labels, unit_text), line.number)
        for column in columns.values:
            text = row.cells[column.index].text.text
            holds = any(c.isdigit() for c in text)
            why = _uncertain(row, column, columns, line)
            figure = None
            if not (why and holds):
                notes = _bearing(scene, subject.bearing, marks[column.index])
                figure = _figure(scene, place, line, column, columns, first, row, subject, (unit_text, unit), notes)
                why = (
                    f"not a number of its row's unit: {text[:40]!r}"
                    if read_cell(text).unit
                    else f"not a number: {text[:40]!r}"
                )
            if figure is not None and figure.id in ids:
                why = f"a second column for {figure.period}: {figure.digits!r}"
                figure, holds = None, not row.cells[column.index].spanned
            if figure is not None:
                ids.add(figure.id)
                figures.append(figure)
            elif holds:
                unread.append(Unread(place=place.passage.id, why=why, cells=1))
    unread += _left(scene, stretch, columns)
    return TableReading(figures=tuple(figures), passages=tuple(passages), unread=tuple(unread))


def _named_year(scene: _Scene) -> tuple[str, int | None]:
    """Give the words nearest above a table that name its year, and the report's year for a table that none names.

    A heading of a year to come speaks of aims, and tells no year of what is in the table.
    """
    year = scene.report.metadata.year
    if years_in(scene.before):
        return scene.before, year
    first, *deeper = scene.section.path or ("",)
    titles = [*reversed(deeper), *([first] if read_period(first) else [])]  # a report's title names its own years
    title = next((title for title in titles if years_in(title)), "")
    aims = aside_kind(title) != "value" or (
        year is not None and any(int(named[:4]) > year for named in years_in(title))
    )
    return ("", None) if aims else (title or scene.before, year)


def _around(scene: _Scene, columns: Columns) -> Surroundings:
    return Surroundings(context=columns.context, caption=_over(scene), title=scene.section.title)


def _over(scene: _Scene) -> str:
    """Give the words above a table; where a heading stands right above it, or numbers it, that heading."""
    numbered = names_table(scene.section.title) and not names_table(scene.before)
    return scene.before if scene.before and not numbered else scene.section.title


def _place(scene: _Scene, stretch: _Stretch, line: _Line, bearing: Sequence[Note]) -> RowPassage:
    return chunk_row(
        scene.report,
        scene.section,
        scene.table,
        line.number,
        header=() if line.number in stretch.header_numbers else stretch.header,
        group=line.group,
        notes=[note.text for note in bearing],
    )


def _bearing(scene: _Scene, concept: Concept, marks: Sequence[str]) -> tuple[Note, ...]:
    return notes_for(
        concept,
        chapter=scene.chapter,
        marks=marks,
        notes=scene.notes,
        lexicon=scene.lexicon,
        section=scene.section.key,
        table=scene.table.key,
    )


def _cell_marks(row: Row, column: ValueColumn) -> tuple[str, ...]:
    """Give the footnote marks of a cell and its column's heading."""
    footnotes = read_cell(row.cells[column.index].text.text).footnotes
    return (*column.heading.marks, *(mark for note in footnotes for mark in unmarked(f"x{note}")[1]))


def _uncertain(row: Row, column: ValueColumn, columns: Columns, line: _Line) -> str:
    """Say why a cell's number cannot be told for certain to be that of its row and column; nothing when it can."""
    cell = row.cells[column.index]
    if column.heading.period is None and line.heading.period is None and _kind(line, column.heading) == "value":
        return "neither its column nor its row says which period it is for"
    if cell.across > 1 and sum(row.cells[other.index].text == cell.text for other in columns.values) > 1:
        return "one cell for several columns"
    return "one cell for several rows" if cell.down > 1 else ""


def _left(scene: _Scene, stretch: _Stretch, columns: Columns) -> list[Unread]:
    """Report what no column was found for: the whole table, or the numbers in columns whose heading says no period."""
    rows = [scene.table.body[number] for number in stretch.numbers]
    if not columns.values and columns.pages:
        return []
    if not columns.values:
        held = sum(any(c.isdigit() for c in cell.text.text) for row in rows for cell in row.cells[1:])
        return [Unread(place=scene.table.key, why="no column says which period it is for", cells=held)] if held else []
    apart = {*columns.labels, columns.unit, columns.notes, columns.period, *columns.pages, *columns.years.values()}
    apart |= {column.index for column in columns.values}
    headed = {n for above in stretch.header for n, cell in enumerate(above.cells) if cell.text.text.strip()} - apart
    cells = [row.cells[n] for row in rows for n in headed]
    held = sum(read_cell(cell.text.text).kind == "number" and not cell.spanned for cell in cells)
    why = "no heading says which period their column is for"
    return [Unread(place=scene.table.key, why=why, cells=held)] if held else []


def _beyond_header(header: Sequence[Row], row: Row) -> int:
    """Count a row's values to the right of all headings: which heading is whose is then anybody's guess."""
    named = [n for above in header for n, cell in enumerate(above.cells) if cell.text.text.strip()]
    beyond = [cell.text.text for cell in row.cells[max(named, default=len(row.cells)) + 1 :]]
    return sum(bool(text.strip()) and read_cell(text).kind != "text" for text in beyond)


def _lines(table: Table, stretch: _Stretch, columns: Columns, lexicon: Lexicon) -> Iterator[_Line]:
    held: dict[int, str] = {}
    held_row: Row | None = None
    heading, before = "", ""
    heading_row: Row | None = None
    previous: Row | None = None
    period = Heading()
    under, summed = 0, False  # how many rows the heading has had, and whether one was their total
    for number in stretch.numbers:
        row = table.body[number]
        own = [row.cells[index].text.text.strip() for index in columns.labels]
        values = [row.cells[column.index].text.text.strip() for column in columns.values]
        unit = row.cells[columns.unit].text.text.strip() if columns.unit is not None else ""
        title = heading_text(row) if values else ""
        if title and any(column.period is None for column in columns.values) and read_period(title):
            period = read_heading([title])
            yield _Line(number=number, labels=(title,), blank=True)
            continue
        group: Row | None = None
        if own and own[0]:
            held, held_row = ({0: own[0]}, row)
        elif held and (any(own[1:]) or columns.period is not None):
            own[0], group = held[0], held_row
        label = [text for text in dict.fromkeys(own) if text]
        if columns.values and label and (title or (not any(values) and not unit)):
            if not _FURNITURE.search(fold(label[-1])):
                before, heading, heading_row = heading, label[-1], row
                under, summed = 0, False
            previous = row
            yield _Line(number=number, labels=tuple(label), blank=True)
            continue
        if label and heading_row is previous and _continues(heading, label[-1]):
            group = heading_row
            label[-1], heading, heading_row = f"{heading} {label[-1]}", before, None
        elif heading and label and leaves_heading(heading, label[-1], read_unit(unit), lexicon, total=summed):
            heading, heading_row = "", None
        elif heading:
            group = group or heading_row
            summed = summed or (under > 0 and bool(label) and sums_up(heading, label[-1], lexicon))
            under += 1
        label = [heading, *label] if heading else label
        previous = row
        said = read_heading([row.cells[columns.period].text.text]) if columns.period is not None else period
        marks = [*said.marks, *_note_cell(row, columns)]
        plain = []
        for text in label:
            bare, found = unmarked(text)
            plain.append(bare)
            marks += found
        yield _Line(number=number, labels=tuple(plain), group=group, marks=tuple(marks), heading=said)


def _apart(scene: _Scene, columns: Columns, lines: Sequence[_Line]) -> Iterator[_Line]:
    """Tell rows of the same labels apart: by the row that they are parts of, or by words in their column of units."""
    count = Counter(line.labels for line in lines if not line.blank and line.heading.period is None)
    whole = ""
    for line in lines:
        twin = bool(line.labels) and not line.blank and count[line.labels] > 1
        label = line.labels[-1] if line.labels else ""
        part = bool(SUB_ROW.match(fold(label))) or names_group(label, scene.lexicon)
        if not part:
            whole = "" if line.blank or twin else label
        text = scene.table.body[line.number].cells[columns.unit].text.text if columns.unit is not None else ""
        words = " ".join(text.split())
        if twin and part and whole:
            yield replace(line, labels=(*line.labels[:-1], whole, label))
        elif twin and words and not read_unit(words):
            yield replace(line, labels=(*line.labels, words))
        else:
            yield line


def _continues(heading: str, label: str) -> bool:
    """Tell the second half of a label that was broken over two rows from a label of its own.

    >>> _continues("Greenhouse gas", "emissions (Scope 1)"), _continues("Employees", "male")
    (True, False)
    """
    opened = len(re.findall("[(（]", heading)) > len(re.findall("[)）]", heading))
    closes = len(re.findall("[(（]", label)) < len(re.findall("[)）]", label))
    lower = label[:1].islower() and label[:1].isascii() and heading[:1].isupper() and not _OWN_LABEL.match(label)
    return bool(heading) and (lower or (opened and closes))


def _note_cell(row: Row, columns: Columns) -> list[str]:
    """Read the marks in a row's own column of notes; words there are no marks."""
    text = row.cells[columns.notes].text.text if columns.notes is not None else ""
    return _NOTE_MARKS.findall(text) if _NOTE_MARKS.sub("", text).strip(" ,、;()[]注註.") == "" else []


def _row_unit(scene: _Scene, stretch: _Stretch, columns: Columns, line: _Line) -> tuple[str, Unit | None]:
    """Find a row's unit: in its own column, its labels, the caption, or the name above the labels."""
    row = scene.table.body[line.number]
    if columns.unit is not None and row.cells[columns.unit].text.text.strip():
        text = " ".join(row.cells[columns.unit].text.text.split())
        return text, read_unit(text) or (read_unit("%") if _SHARE_OF.match(fold(text)) else None)
    for label in reversed(line.labels):
        found = _unit_in(label)
        if found is not None and (label == line.labels[-1] or _fits(scene.lexicon, line.labels[-1], label, found[1])):
            return found
    rate = next(
        (
            found["inside"]
            for found in PARENTHESIS.finditer(line.labels[-1] if line.labels else "")
            if PER_UNIT.match(fold(found["inside"])) or _unknown_rate(fold(found["inside"]))
        ),
        None,
    )
    if rate:
        return rate, None
    counted = _CLASSIFIER.search(line.labels[-1]) if line.labels else None
    if counted:  # what the row counts, though no unit that is known: households, batches
        return counted["inside"], None
    headings = " ".join(cell.text.text for above in stretch.header for cell in above.cells)
    caption = _CAPTION_UNIT.search(fold(scene.before)) or _CAPTION_UNIT.search(fold(headings))
    if caption:
        return caption["unit"], read_unit(caption["unit"])
    for above in stretch.header:
        for inside in PARENTHESIS.finditer(above.cells[0].text.text):
            unit = read_unit(inside["inside"])
            if unit:
                return inside["inside"], unit
    scored = bool(line.labels) and _UNITLESS.search(fold(line.labels[-1])) is not None
    return ("", None) if scored else _stated_unit(scene, columns, line)


def _unknown_rate(text: str) -> bool:
    """Tell a unit that we know, per something that we do not: "tCO2e per HK$ million invested"."""
    match = _PER.fullmatch(text.strip())
    return match is not None and read_unit(text) is None and read_unit(match["unit"]) is not None


def _unit_in(label: str) -> tuple[str, Unit] | None:
    for found in reversed(list(PARENTHESIS.finditer(label))):
        unit = read_unit(found["inside"])
        if unit:
            return found["inside"], unit
    for divider in _UNIT_DIVIDERS:  # 耗水量-立方米 and "Water - m³", but not "Full-time"
        head, *tail = divider.split(label, maxsplit=1) if divider.search(label) else (label,)
        unit = read_unit(tail[-1]) if head and tail else None
        if unit:
            return tail[-1].strip(), unit
    return None


def _stated_unit(scene: _Scene, columns: Columns, line: _Line) -> tuple[str, Unit | None]:
    """Read a unit that a short text above a table, or its heading, states for all of it, where it can be the row's."""
    label = line.labels[-1] if line.labels else ""
    whole = divided(line.labels, _around(scene, columns), scene.lexicon)
    for text, unit in _stated(scene):
        if unit.dimension in dimensions_of(whole, scene.lexicon) or _fits(scene.lexicon, label, "", unit):
            return text, unit
    return "", None


def _stated(scene: _Scene) -> Iterator[tuple[str, Unit]]:
    """Read the units that a short text above a table, or its heading, states for all of it."""
    before, over = _caption(scene), _over(scene)
    inside = [found["inside"] for text in (before, scene.section.title) for found in PARENTHESIS.finditer(text)]
    candidates = [
        before,
        over if len(over) <= LONGEST_CAPTION else "",
        *inside,
        *(part for text in inside for part in re.split("[,，;；、]", text)),
    ]
    candidates += [found["unit"] for text in candidates for found in _STATED_IN.finditer(fold(text))]
    for text in candidates:
        plain = _UNLESS.sub("", fold(text)).strip() if text in inside else text.strip()
        unit = read_unit(plain)
        if unit is not None:
            yield plain, unit


def _fits(lexicon: Lexicon, label: str, heading: str, unit: Unit) -> bool:
    """Tell whether a unit stated for many rows can be that of one: of its metric's kind, or of the heading's metric."""
    own, above = concept_of(lexicon, label).metrics, concept_of(lexicon, heading).metrics
    if not own or any(lexicon.related(one, other) for one in own for other in above):
        return True
    return unit.dimension in dimensions_of(own, lexicon)


def _figure(
    scene: _Scene,
    place: RowPassage,
    line: _Line,
    column: ValueColumn,
    columns: Columns,
    first: int,
    row: Row,
    subject: Subject,
    row_unit: tuple[str, Unit | None],
    notes: Sequence[Note],
) -> Figure | None:
    head = column.heading
    kind = _kind(line, head)
    unit_text, unit = row_unit
    if head.label and _UNITLESS.search(fold(head.label)) and not head.unit:
        unit_text, unit = "", None
    if head.unit and (not unit or kind in ("change", "progress")):
        unit_text, unit = head.unit_text, head.unit
    cell = row.cells[column.index]
    text, restated = _without_restated(cell.text.text)
    reading, words = _read_aim(text, kind, read_cell(text, unit=unit))
    if column.index in columns.years.values():
        reading, unit_text, unit = replace(reading, kind="not_disclosed", value=None, digits=text, unit=None), "", None
    labels = line.labels + ((head.label,) if head.label and head.kind == "value" else ())
    if reading.kind == "text" or not labels or line.blank:
        return None
    if reading.unit is not None and (unit is None or reading.unit.symbol != unit.symbol):
        if unit is not None and reading.unit.dimension != unit.dimension and kind == "value":
            return None
        unit, unit_text = reading.unit, _named_unit(reading.unit, scene.report)
    extra = concept_of(scene.lexicon, head.label) if head.label and head.kind == "value" else Concept()
    metrics, part, part_of = _spoken_of(scene, line, head, columns, subject, extra, unit)
    around = " ".join((head.label, *line.labels, _over(scene)))
    label = line.labels[-1] if line.labels else ""
    if unit is None and not unit_text and (spelt := _spelt_unit(metrics, head.label, around, scene)):
        unit, unit_text = spelt
    if unit is None and not unit_text and _measured_else(metrics, scene) and residue(label, scene.lexicon):
        metrics, part_of, part = frozenset(), frozenset(), ""
    if unit is None and (counted := _counted_in(metrics | part_of, unit_text, label, scene.lexicon)):
        unit, unit_text = counted, _named_unit(counted, scene.report)
    per = subject.concept.per or extra.per
    if (
        unit is None
        and (rate := _PER.fullmatch(fold(unit_text).strip()))
        and concept_of(scene.lexicon, rate["what"]).rest
    ):
        per = "intensity"  # per something that no qualifier says: per HK$ million invested
    if unit is None and PER_UNIT.match(fold(unit_text)):  # "per million customers"
        rates = scene.lexicon.rates(metrics)
        metrics, per = rates or metrics, per if rates else per or "intensity"
    period = _period_of(scene, line, head, kind, row, columns)
    if not period and (kind == "value" or column.index in columns.years.values()):
        return None
    beside = kind if kind != "value" else "original" if head.original or line.heading.original else ""
    row_key = f"{scene.table.key}.r{first + 1}" + ("" if column.alone else f".c{column.series}")
    start, end = place.cells[column.index]
    digits_start, digits_end = _digits_span(cell.text.text, reading, start, end)
    passage = place.passage
    return Figure(
        id=".".join(part for part in (passage.report_id, row_key, period, beside) if part),
        report_id=passage.report_id,
        edition=passage.edition,
        row_key=row_key,
        section_key=passage.section_key,
        labels=labels,
        metrics=tuple(sorted(metrics)),
        per=per,
        members=tuple(sorted(subject.concept.members | extra.members)),
        unit_text=unit_text,
        unit=unit.symbol if unit else None,
        period=period,
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
        kind=kind,
        restated=restated or head.restated or line.heading.restated,
        superseded=beside == "original",
        words=words,
        part=part,
        part_of=tuple(sorted(part_of)),
    )


def _measured_else(metrics: frozenset[str], scene: _Scene) -> bool:
    """Tell a count from the name alone in a table that states another unit for all: money for "Accident and health"."""
    kinds = dimensions_of(metrics, scene.lexicon)
    counts = bool(metrics) and all(scene.lexicon.metrics[key].kind == "count" for key in metrics)
    stated = [unit for _, unit in _stated(scene)]
    return counts and bool(stated) and not any(unit.dimension in kinds for unit in stated)


def _spelt_unit(metrics: frozenset[str], label: str, around: str, scene: _Scene) -> tuple[Unit, str] | None:
    """Read the unit of an average that its column, row or caption names within a word: 人均小時, "average hours"."""
    says_hours = _HOURS.search(fold(around)) is not None
    for key in metrics:
        unit = read_unit(scene.lexicon.metrics[key].units[0]) if scene.lexicon.metrics[key].units else None
        name = _named_unit(unit, scene.report) if unit else ""
        hours = says_hours and unit is not None and unit.dimension == "duration"
        if unit and scene.lexicon.metrics[key].kind == "average" and (hours or fold(name) in fold(label).lower()):
            return unit, name
    return None


def _counted_in(metrics: frozenset[str], unit_text: str, label: str, lexicon: Lexicon) -> Unit | None:
    """Give what a metric counts where its row prints no unit, or only that it is a number."""
    if not metrics or (unit_text and not _NUMBER_OF.fullmatch(fold(unit_text).strip())):
        return None
    units = [read_unit(text) for key in metrics for text in lexicon.metrics[key].units[:1]]
    if _CASES.search(fold(label)):  # how often, of what people are usually counted for
        units = [read_unit("case")]
    counts = all(lexicon.metrics[key].kind == "count" for key in metrics)
    one = units[0] if units and len({unit.symbol if unit else "" for unit in units}) == 1 else None
    return one if counts and one is not None and one.dimension not in ("item", "piece") else None


def _spoken_of(
    scene: _Scene, line: _Line, head: Heading, columns: Columns, subject: Subject, extra: Concept, unit: Unit | None
) -> tuple[frozenset[str], str, frozenset[str]]:
    """Tell a cell's metric from its row, else its column, else the caption; or the part of one that its row names."""
    if subject.concept.metrics or subject.part:
        return subject.concept.metrics, subject.part, subject.part_of
    named = extra.metrics
    if not named and extra.per and head.label and names_whole(line.labels[-1] if line.labels else "", scene.lexicon):
        named = _average_of_topic(scene, head.label)
    if not named and names_people(head.label) and (unit is None or unit.dimension == "person"):
        named = next(iter(heading_metrics(head.label, scene.lexicon)), named)
    if is_bare_share(head.label) and not _of_people(scene, columns):
        return frozenset(), "", frozenset()
    together = concept_of(scene.lexicon, " ".join([*line.labels[-1:], head.label]))
    if named and not together.rest and together.metrics not in (named, frozenset()):  # the board's, number of meetings
        return together.metrics, "", frozenset()
    if not named and (extra.members or is_plain(head.label)) and head.label:
        named = caption_metrics(_over(scene), scene.lexicon)
        named = named if fits_unit(named, unit, scene.lexicon) else frozenset()
    if not named and line.labels and names_people(line.labels[-1]) and unit is not None and unit.dimension == "person":
        named = next(iter(heading_metrics(line.labels[-1], scene.lexicon)), named)
    if not named and (not head.label or is_plain(head.label) or names_group(head.label, scene.lexicon)):
        named = subject.otherwise
    if not named or not line.labels or names_whole(line.labels[-1], scene.lexicon):
        return named, "", frozenset()
    return frozenset(), line.labels[-1], named


def _caption(scene: _Scene) -> str:
    """Give the words above a table where they are short enough to be its caption."""
    return scene.before if len(scene.before) <= LONGEST_CAPTION else ""


def _average_of_topic(scene: _Scene, label: str) -> frozenset[str]:
    """Read a column of hours a head by the topic that stands above its table: training."""
    for text in (_caption(scene), scene.section.title):
        metrics = concept_of(scene.lexicon, f"{PARENTHESIS.sub(' ', text)} {label}").metrics if text else frozenset()
        if len(metrics) == 1 and all(scene.lexicon.metrics[key].kind == "average" for key in metrics):
            return metrics
    return frozenset()


def _of_people(scene: _Scene, columns: Columns) -> bool:
    """Tell a table that counts people, by its other columns, the name above its labels, or the words around it."""
    beside = [column.heading.label for column in columns.values if not is_bare_share(column.heading.label)]
    for text in (*beside, columns.context, scene.before, scene.section.title):
        for metrics in heading_metrics(text, scene.lexicon):
            return all(scene.lexicon.metrics[key].aspect == "B1" for key in metrics)
    return True


def _named_unit(unit: Unit, report: Report) -> str:
    """Name the unit that a cell itself carries in the edition's language, where that name reads back to it."""
    name = unit_name(unit, report.metadata.language)
    read = read_unit(name)
    return name if read is not None and read.symbol == unit.symbol else unit.symbol


def _read_aim(text: str, kind: Kind, reading: Reading) -> tuple[Reading, str]:
    """Read a target or progress that is printed in words: the one number in it, or none."""
    if kind not in ("target", "progress") or reading.kind != "text" or not text.strip():
        return reading, ""
    words = " ".join(text.split())
    held = [quantity for quantity in find_quantities(text) if quantity.kind in ("amount", "share")]
    if len(held) != 1 or held[0].scale != 1:
        return replace(reading, kind="not_disclosed", value=None, digits=words, unit=None), words
    found = held[0]
    unit = found.unit or (read_unit("%") if found.kind == "share" else None)
    return replace(reading, kind="number", value=found.value, digits=found.digits, unit=unit), words


def _period_of(scene: _Scene, line: _Line, head: Heading, kind: Kind, row: Row, columns: Columns) -> str:
    """Tell the period of a cell: its column's, its row's year of the target or base, or the last its heading names.

    Progress that names none is the report's year's.
    """
    own = columns.years.get(kind)
    year = read_period(row.cells[own].text.text.strip()) if own is not None else None
    named = head.period or year or line.heading.period or _named_last(f"{head.label} {line.heading.label}")
    latest = scene.report.metadata.year
    return named or (str(latest) if kind == "progress" and latest else "")


def _kind(line: _Line, head: Heading) -> Kind:
    """Take the column's word for what a figure is, then the row's, then its label's."""
    if head.kind != "value":
        return head.kind
    if line.heading.kind != "value":
        return line.heading.kind
    return aside_kind(line.labels[-1]) if line.labels else "value"


def _named_last(words: str) -> str:
    """The last year that the heading of a target or change names; empty when it names none."""
    return next(iter(reversed(years_in(words))), "")


def _without_restated(text: str) -> tuple[str, bool]:
    match = _RESTATED_CELL.search(text)
    return (text[: match.start()].rstrip(), True) if match and match.start() else (text, False)


def _told_apart(figures: Sequence[Figure], lexicon: Lexicon) -> list[Figure]:
    """Unname figures that are one metric to the lexicon although a site, a group or a unit sets them apart.

    Of those the one for the whole keeps the metric; the others can be asked for by their printed labels only.
    """
    groups: dict[tuple[object, ...], list[Figure]] = {}
    for figure in figures:
        if figure.plain and figure.metrics:
            groups.setdefault((figure.metrics, figure.per, figure.members, figure.period), []).append(figure)
    parts: dict[str, Figure] = {}
    for group in groups.values():
        lesser = [one for one in group if any(_set_apart(one, other, lexicon) for other in group)]
        parts |= {one.id: _as_part(one, group) for one in lesser}
    return [parts.get(figure.id, figure) for figure in figures]


def _as_part(figure: Figure, rivals: Sequence[Figure]) -> Figure:
    """Take the metric's name off a figure that is only a part of it; the label that its rivals lack tells which."""
    shared = Counter(label for other in rivals for label in set(other.labels))
    own = min(reversed(figure.labels), key=lambda label: (is_plain(label), shared[label]))
    return replace(figure, metrics=(), part=own, part_of=figure.metrics)


def _set_apart(one: Figure, other: Figure, lexicon: Lexicon) -> bool:
    """Tell whether a figure is the lesser of two that share a label: of a part named beside it, or in a stray unit."""
    if one.id == other.id:
        return False
    if one.unit == other.unit and one.row_key.rpartition(".r")[0] == other.row_key.rpartition(".r")[0]:
        narrower = residue(one.labels[-1], lexicon, headings=one.labels[:-1])
        if narrower and not residue(other.labels[-1], lexicon, headings=other.labels[:-1]):
            return True
    if not set(one.labels) & set(other.labels):
        return False
    beside = one.passage_id == other.passage_id
    if one.labels == other.labels:
        return beside and not _in_own_unit(one, lexicon) and _in_own_unit(other, lexicon)
    own = [label for label in one.labels if label not in other.labels]
    return (beside or one.labels[-1] == other.labels[-1]) and not all(is_plain(label) for label in own)


def _in_own_unit(figure: Figure, lexicon: Lexicon) -> bool:
    unit = read_unit(figure.unit or "")
    kinds = dimensions_of(figure.metrics, lexicon)
    return unit is None or not kinds or unit.dimension in kinds


def _digits_span(text: str, reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Point at the number itself where the cell has a footnote mark or a unit beside it."""
    at = text.find(reading.digits) if reading.kind == "number" and reading.digits else -1
    return (start + at, start + at + len(reading.digits)) if at >= 0 else (start, end)
