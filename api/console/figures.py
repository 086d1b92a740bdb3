"""The figure explorer: every metric by period and breakdown, with a chart, its sources, and files to take away."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.accounts import Reader
from api.cells import report_ids
from api.console.chart import draw
from api.console.evidence import edition_title, open_passage
from api.console.explorer import LineFilter, find_line, lines, periods, plain
from api.console.export import to_csv, to_workbook
from api.console.view import HOME, engine_of, page_language, show
from api.console.words import Words
from api.problem import UnknownFigure

figures = APIRouter(include_in_schema=False, prefix=HOME)

Short = Annotated[str, Query(max_length=128)]
Key = Annotated[str, Query(max_length=400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A kind of file that figures are exported as."""

    media_type: str
    ending: str


KINDS = {
    "csv": FileKind(media_type="text/csv; charset=utf-8", ending="csv"),
    "xlsx": FileKind(
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ending="xlsx",
    ),
}


def line_filter(
    q: Short = "", report: Short = "", aspect: Short = "", metric: Short = "", period: Short = ""
) -> LineFilter:
    """Read which figures are wanted."""
    return LineFilter(words=q.strip(), report=report, aspect=aspect, metric=metric, period=period)


Wanted = Annotated[LineFilter, Depends(line_filter)]


@figures.get("/figures")
def figures_page(request: Request, caller: Reader, wanted: Wanted) -> Response:
    """List the figures that match, by aspect."""
    snapshot, language = engine_of(request).snapshot, page_language(request)
    every = lines(snapshot, language)
    found = lines(snapshot, language, wanted)
    return show(
        request,
        "figures.html",
        caller,
        found=found,
        columns=[wanted.period] if wanted.period else periods(found),
        wanted=wanted,
        query=request.url.query,
        total=len(every),
        reports=[(held, edition_title(snapshot, held, language)) for held in report_ids(snapshot)],
        aspects=list(dict.fromkeys(line.aspect for line in every)),
        periods=periods(every, at_most=40),
        metrics=sorted(
            {(line.metrics[0], line.metric) for line in every if len(line.metrics) == 1}, key=lambda m: m[1]
        ),
    )


@figures.get("/figures/line")
def line_page(request: Request, caller: Reader, report: Short, key: Key) -> Response:
    """Show one row over its periods, with its chart and every place it stands. Raises UnknownFigure."""
    snapshot, language = engine_of(request).snapshot, page_language(request)
    line = find_line(snapshot, language, report=report, key=key)
    if line is None:
        raise UnknownFigure(key)
    newest = line.cells[0]
    same = [cell for cell in reversed(line.cells) if cell.unit == newest.unit]
    points = [(c.period, c.shown if c.value is None else plain(c.value), c.value) for c in same]
    return show(
        request,
        "figure.html",
        caller,
        line=line,
        chart=draw(points) if sum(value is not None for _, _, value in points) > 1 else None,
        place=open_passage(snapshot, newest.passage, (newest.row_start, newest.row_end)),
        snapshot=snapshot.manifest.id,
    )


@figures.get("/figures/export.{kind}")
def export_figures(
    request: Request, _: Reader, wanted: Wanted, kind: Literal["csv", "xlsx"], key: Key = ""
) -> Response:
    """Write the figures that match, or one row of them, as a file."""
    snapshot, language = engine_of(request).snapshot, page_language(request)
    found = [line for line in lines(snapshot, language, wanted) if not key or line.key == key]
    write = to_csv if kind == "csv" else to_workbook
    content = write(found, say=Words(language), snapshot=snapshot.manifest.id)
    name = f"figures-{snapshot.manifest.id[:8]}.{KINDS[kind].ending}"
    return Response(
        content,
        media_type=KINDS[kind].media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
