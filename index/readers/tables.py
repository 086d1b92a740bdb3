"""Read tables written with tabs, pipes or HTML into one rectangular grid of cells that know their place."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

from index.errors import UnreadableReport
from index.period import read_period
from index.quantity import read_cell
from index.readers.inline import visible
from index.report import Cell, Row, Text
from index.script import fold
from index.units import read_unit

_SEPARATOR_CELL = re.compile(r"^\s*:?-{2,}:?\s*$")
_PIPE = re.compile(r"(?<!\\)\|")
_PERIOD = re.compile(r"(?:^|[^\d.])(?:19|20)\d\d(?:[^\d.]|$)|FY\s?\d\d", re.I)
_HEADER_WORDS = frozenset(
    "指标 项目 类别 范畴 议题 单位 披露章节 利益相关方 内容 章节 页 绩效指标 关键绩效指标 层面 目标 "
    "indicator indicators item items metric metrics category unit units section page topic stakeholder stakeholders "
    "kpi kpis target targets aspect description disclosure 年份 年度 财年 财政年度 year years period".split()
)


MOST_PLACES = 400_000  # cells of one table, counting each place that a spanning cell covers


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanCell:
    """A cell as its format has it, which may cover several rows and columns."""

    text: Text
    across: int
    down: int
    heading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of equal length; `header_rows` of them name the columns."""

    rows: tuple[Row, ...]
    header_rows: int
    divider: str  # what stands between two cells of a row in the file


def tab_grid(source: str, lines: Sequence[tuple[int, int]]) -> Grid:
    """Read lines whose cells are divided by tabs; `lines` are spans of the source."""
    rows = [_cells(source, start, end, re.compile("\t")) for start, end in lines]
    return _grid([row for row in rows if not _is_separator(row)], divider="\t")


def heads_columns(line: str) -> bool:
    """Tell a line of cells divided by tabs that names columns."""
    cells = [fold(cell).strip().lower() for cell in line.split("\t")]
    return sum(bool(_PERIOD.search(cell)) and len(cell) < 30 for cell in cells[1:]) > 1 or cells[0] in _HEADER_WORDS


def pipe_grid(source: str, lines: Sequence[tuple[int, int]]) -> Grid:
    """Read a GitHub pipe table; the row above the dashes is its header."""
    rows: list[list[Cell]] = []
    header: int | None = None
    for start, end in lines:
        bar = source.index("|", start, end)
        last = source.rindex("|", start, end)
        row = _cells(source, bar + 1, max(last, bar + 1), _PIPE)
        if _is_separator(row):
            header = len(rows) if header is None else header
        else:
            rows.append(row)
    return _grid(rows, header=header, divider=" | ")


def html_grid(source: str, start: int, end: int) -> Grid:
    """Read an HTML table; a cell that spans is repeated in each place it covers, marked as spanned."""
    parser = _TableParser(source, start, end)
    rows = [
        [
            SpanCell(text=visible(source, c.start, c.end), across=c.colspan, down=c.rowspan, heading=c.heading)
            for c in row
        ]
        for row in parser.rows
    ]
    return span_grid(rows, head_rows=parser.head_rows, empty=visible(source, start, start))


def span_grid(rows: Sequence[Sequence[SpanCell]], *, head_rows: int, empty: Text) -> Grid:
    """Lay cells that span rows and columns out as a grid; `head_rows` rows are header whatever their cells are.

    Raises UnreadableReport for a table of more places than any report prints.
    """
    placed: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in placed:
                column += 1
            down = min(cell.down, len(rows) - number)
            if len(placed) + down * cell.across > MOST_PLACES:
                raise UnreadableReport(f"a table has more than {MOST_PLACES:,} cells; give it as several tables")
            for below in range(down):
                for right in range(cell.across):
                    placed[number + below, column + right] = Cell(
                        text=cell.text,
                        heading=cell.heading,
                        spanned=below > 0 or right > 0,
                        across=cell.across,
                        down=down,
                    )
            column += cell.across
    width = max((column for _, column in placed), default=-1) + 1
    if width * len(rows) > MOST_PLACES:
        raise UnreadableReport(f"a table has more than {MOST_PLACES:,} cells; give it as several tables")
    laid = [[placed.get((r, c), Cell(text=empty)) for c in range(width)] for r in range(len(rows))]
    marked = 0
    while marked < len(laid) and laid[marked] and all(cell.heading for cell in laid[marked]):
        if marked >= head_rows and _holds_figures(laid[marked]):
            break  # a total that is set as a heading is still a row of figures
        marked += 1
    return _grid(laid, header=max(marked, head_rows) or None, divider=" | ")


def _holds_figures(row: Sequence[Cell]) -> bool:
    """Tell a row that has a number, other than a year, behind its label."""
    texts = [cell.text.text.strip() for cell in row[1:]]
    return any(text and read_cell(text).kind == "number" and read_period(text) is None for text in texts)


def _cells(source: str, start: int, end: int, divider: re.Pattern[str]) -> list[Cell]:
    cells, position = [], start
    for match in divider.finditer(source, start, end):
        cells.append(Cell(text=visible(source, position, match.start())))
        position = match.end()
    cells.append(Cell(text=visible(source, position, end)))
    return cells


def _is_separator(row: Sequence[Cell]) -> bool:
    return len(row) > 0 and all(_SEPARATOR_CELL.match(cell.text.text) for cell in row)


def _grid(rows: list[list[Cell]], *, divider: str, header: int | None = None) -> Grid:
    width = max((len(row) for row in rows), default=0)
    padded = tuple(Row(cells=tuple(row) + _padding(row, width)) for row in rows)
    header_rows = _header_rows(padded) if header is None else header
    header_rows = _deeper_header(padded, header_rows)
    return Grid(rows=padded, header_rows=header_rows, divider=divider)


def _padding(row: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    if not row or len(row) == width:
        return ()
    last = row[-1].text
    return (Cell(text=type(last)(text="", pieces=())),) * (width - len(row))


def _header_rows(rows: tuple[Row, ...]) -> int:
    """Count the leading rows that name columns: those with a period, a unit or a heading word in them."""
    count = 0
    for row in rows[:3]:
        words = [fold(cell.text.text).strip().lower() for cell in row.cells]
        periods = sum(bool(_PERIOD.search(word)) and len(word) < 30 for word in words[1:])
        named = any(word in _HEADER_WORDS for word in words)
        if not (named or periods > 1 or (periods == 1 and not words[0])):
            break
        count += 1
        if periods:
            break
    return count if count < len(rows) else 0


def _deeper_header(rows: tuple[Row, ...], count: int) -> int:
    """Count the rows of words beneath a heading that spans several columns: 男性 and 女性 beneath each year."""
    while 0 < count < len(rows) - 1 and (_divides(rows[count - 1], rows[count]) or _gives_units(rows[count])):
        count += 1
    return count


def _gives_units(row: Row) -> bool:
    """Tell a row of nothing but units, beneath the periods: RMB'000 under each year."""
    texts = [cell.text.text.strip() for cell in row.cells]
    held = [text for text in texts[1:] if text]
    return not texts[0] and len(held) > 1 and all(read_unit(text) and read_cell(text).kind == "text" for text in held)


def _divides(above: Row, row: Row) -> bool:
    """Tell a row that names parts of the periods above it: no label of its own, and words under each."""
    names = [cell.text.text.strip() for cell in above.cells[1:]]
    texts = [cell.text.text.strip() for cell in row.cells[1:]]
    spans = any(_PERIOD.search(name) and after in ("", name) for name, after in itertools.pairwise(names))
    own = row.cells[0].spanned or not row.cells[0].text.text.strip()
    held = [text for text in texts if text]
    words = all(len(text) < 40 and (read_cell(text).kind == "text" or read_period(text)) for text in held)
    return spans and own and len(held) > 1 and words


@dataclass(slots=True, kw_only=True)
class _HtmlCell:
    start: int
    end: int
    rowspan: int
    colspan: int
    heading: bool


class _TableParser(HTMLParser):
    """Collects the cells of one table with their offsets in the source."""

    def __init__(self, source: str, start: int, end: int) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: list[list[_HtmlCell]] = []
        self.head_rows = 0
        self._in_head = False
        self._open: _HtmlCell | None = None
        text = source[start:end]
        self._starts = [start, *(start + n for n in accumulate(len(line) + 1 for line in text.split("\n")))]
        self.feed(text)
        self.close()
        self._close_cell(end)
        self.rows = [row for row in self.rows if row]

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "thead":
            self._in_head = True
        elif tag == "tr":
            self._close_cell(self._offset())
            self.rows.append([])
            self.head_rows += self._in_head
        elif tag in ("td", "th"):
            self._close_cell(self._offset())
            if not self.rows:
                self.rows.append([])
            named = dict(attrs)
            begin = self._offset() + len(self.get_starttag_text() or "")
            self._open = _HtmlCell(
                start=begin,
                end=begin,
                rowspan=read_span(named.get("rowspan")),
                colspan=read_span(named.get("colspan")),
                heading=tag == "th",
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._in_head = False
        if tag in ("td", "th", "tr", "table", "thead", "tbody"):
            self._close_cell(self._offset())

    def _close_cell(self, offset: int) -> None:
        if self._open is not None:
            self._open.end = offset
            self.rows[-1].append(self._open)
            self._open = None


def read_span(value: str | None) -> int:
    """Read a rowspan or colspan; what makes no sense is one, and what is absurd is bounded.

    >>> read_span("3"), read_span("0"), read_span("two"), read_span("99999")
    (3, 1, 1, 200)
    """
    return min(max(int(value), 1), 200) if value and value.isdecimal() else 1
