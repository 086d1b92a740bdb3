"""Write figures with their sources as CSV or as a workbook; no cell of either is ever a formula."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from api.console.explorer import Cell, Line
from api.console.words import Words

COLUMNS = (
    *("report", "aspect", "metric", "label", "breakdown", "period", "value", "unit", "printed", "disclosure", "notes"),
    *("edition", "section", "page", "row", "metric-key", "figure", "passage", "snapshot"),
)
_WIDTHS = {"label": 42, "metric": 30, "section": 42, "row": 60, "notes": 40, "figure": 34, "passage": 34}  # characters
_FORMULA = re.compile(
    r"""
    \s* [=@＝＠]                              # begins a formula, or a function in old spreadsheets
    | \s* [+\-＋－] (?! [\d.,]+ \s* %? \s* $ ) # so does a sign, unless all of it is a number
    | [\t\r]
    """,
    re.VERBOSE,
)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARK = "\ufeff"  # by it spreadsheets know that a CSV file is in UTF-8

Value = str | int | Decimal | None


def to_csv(found: Sequence[Line], *, say: Words, snapshot: str) -> bytes:
    """Write lines as CSV, one figure a row (RFC 4180, UTF-8)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([say(f"column.{name}") for name in COLUMNS])
    for row in _rows(found, say=say, snapshot=snapshot):
        writer.writerow([harmless(value) if isinstance(value, str) else _digits(value) for value in row])
    return (_MARK + out.getvalue()).encode()


def to_workbook(found: Sequence[Line], *, say: Words, snapshot: str) -> bytes:
    """Write lines as an XLSX workbook, one figure a row; values are numbers, all else is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(say("nav.figures"))
    sheet.freeze_panes = "A2"
    for number, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(name, 14)
    heads = []
    for name in COLUMNS:
        head = WriteOnlyCell(sheet, value=say(f"column.{name}"))
        head.font = Font(bold=True)
        heads.append(head)
    sheet.append(heads)
    for row in _rows(found, say=say, snapshot=snapshot):
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def harmless(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula (OWASP, CSV injection).

    >>> harmless("=1+1"), harmless("-5.6%"), harmless(" @SUM(A1)")
    ("'=1+1", '-5.6%', "' @SUM(A1)")
    """
    kept = _UNWRITABLE.sub("\ufffd", text)
    return f"'{kept}" if _FORMULA.match(kept) else kept


def _cell(sheet: Any, value: Value) -> object:  # noqa: ANN401 - openpyxl has no name for it in public
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=harmless(value))
    cell.data_type = "s"
    return cell


def _digits(value: int | Decimal | None) -> str:
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def _rows(found: Sequence[Line], *, say: Words, snapshot: str) -> Iterator[list[Value]]:
    for line in found:
        for cell in line.cells:
            yield _row(line, cell, say=say, snapshot=snapshot)


def _row(line: Line, cell: Cell, *, say: Words, snapshot: str) -> list[Value]:
    return [
        line.report,
        line.aspect,
        line.metric,
        line.label,
        line.breakdown,
        cell.period,
        cell.value,
        cell.unit,
        cell.shown,
        say(f"disclosure.{cell.disclosure}"),
        "\n".join(cell.notes),
        cell.edition,
        " › ".join(cell.passage.section),
        cell.passage.page,
        cell.row,
        " ".join(line.metrics),
        cell.id,
        cell.passage.id,
        snapshot,
    ]
