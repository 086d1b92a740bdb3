"""Serve the widget a company puts on its site: the script, what it needs to know, a figure over its periods."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from pydantic import Field

from api.asker import browser_language
from api.cells import report_ids
from api.problem import UnknownFigure
from api.public import AcceptLanguage, LanguageQuery, ReportQuery, problems
from api.schemas import Wire
from api.series import over_periods
from api.service import Service
from api.settings import Settings
from api.suggest import suggestions
from index.figures import Figure
from index.report import Metadata
from index.script import LANGUAGES, Language, render
from index.snapshot import Snapshot
from qa.catalogue import nearest_edition
from qa.engine import Engine, UnknownReport

widget = APIRouter()

SOURCE = Path(__file__).parent / "static" / "widget"
PARTS = ("words.js", "reader.js", "markup.js", "service.js", "figures.js", "sources.js", "answer.js", "panel.js")
LIFETIME = "public, max-age=300, stale-while-revalidate=86400"  # a site has a new version within five minutes


class WidgetReply(Wire):
    """What the widget shows before the first question."""

    report: str = Field(description="Id of the report it asks.", examples=["6608-2022"])
    company: dict[Language, str] = Field(description="The company's name for a reader of each language.")
    title: dict[Language, str] = Field(description="The report's title for a reader of each language.")
    year: int | None
    languages: list[Language]
    suggestions: dict[Language, list[str]] = Field(
        description="Questions this report answers, asked and answered in every language before they are suggested."
    )
    disclaimer: dict[Language, str] = Field(description="As set by ESG_QA_DISCLAIMER; empty: the widget's own words.")
    contact: str = Field(description="Investor relations, as the report prints it; empty: it does not.")
    snapshot: str


class PointReply(Wire):
    """A figure in one period."""

    id: str
    period: str
    value: str | None = Field(description="Without separators; null: not disclosed for this period.")
    digits: str = Field(description="As printed.")


class SeriesReply(Wire):
    """One metric and breakdown over every period its row prints, oldest first."""

    label: str
    unit: str
    points: list[PointReply]
    snapshot: str


def _assemble() -> bytes:
    """Join the widget's parts into one script of its own scope, without comment lines and indentation."""
    style = json.dumps(_lean((SOURCE / "panel.css").read_text(encoding="utf-8")), ensure_ascii=False)
    parts = [_lean((SOURCE / name).read_text(encoding="utf-8")) for name in PARTS]
    head = "const script = document.currentScript;\nconst HOST = new URL(script?.src ?? location.href).origin;"
    body = "\n".join([head, f"const STYLE = {style};", *parts])
    return f'// esg-qa widget, Apache-2.0\n(() => {{\n"use strict";\n{body}\n}})();\n'.encode()


def _lean(source: str) -> str:
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**")))


SCRIPT = _assemble()
_PACKED = gzip.compress(SCRIPT, 9, mtime=0)
_TAG = hashlib.sha256(SCRIPT).hexdigest()[:16]


@widget.get("/widget.js", include_in_schema=False)
def widget_script(request: Request) -> Response:
    """Serve the script to any site; a browser asks again after five minutes and is told when nothing changed."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{_TAG}{"-gzip" if packed else ""}"'
    headers = {
        "ETag": tag,
        "Cache-Control": LIFETIME,
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(_PACKED if packed else SCRIPT, headers=headers, media_type="text/javascript; charset=utf-8")


@widget.get(
    "/v1/widget",
    tags=["widget"],
    summary="What the widget shows first",
    response_model=WidgetReply,
    responses=problems("unknown-report", "invalid-request", "too-many", "not-ready"),
)
def introduction(request: Request, report: ReportQuery = None) -> WidgetReply:
    """Tell the company, the report, and questions the report answers."""
    engine = _engine(request)
    return introduce(engine, report, settings=request.app.state.settings)


@widget.get(
    "/v1/figures/{id:path}/series",
    tags=["evidence"],
    summary="A figure over its periods",
    response_model=SeriesReply,
    responses=problems("unknown-figure", "invalid-request", "too-many", "not-ready"),
)
def series(
    request: Request,
    id: Annotated[str, PathParameter(description="Of an answer's figure.", max_length=400)],  # noqa: A002 - the contract's name
    language: LanguageQuery = None,
    accept_language: AcceptLanguage = "",
) -> SeriesReply:
    """Give the same metric and breakdown in every period that its row prints, oldest first."""
    snapshot = _engine(request).snapshot
    settings: Settings = request.app.state.settings
    reader = language or browser_language(accept_language) or settings.language
    found = over_periods(snapshot, id, language=reader)
    if found is None:
        raise UnknownFigure(id)
    return SeriesReply(
        label=found.label,
        unit=found.unit,
        points=[_point(cell) for cell in found.cells],
        snapshot=snapshot.manifest.id,
    )


def introduce(engine: Engine, report: str | None, *, settings: Settings) -> WidgetReply:
    """Write what the widget shows first.

    Raises UnknownReport when the snapshot holds no such report.
    """
    snapshot = engine.snapshot
    if report is not None and report not in report_ids(snapshot):
        raise UnknownReport(report)
    held = report or _newest(snapshot)
    editions = [edition.metadata for edition in snapshot.manifest.editions if edition.metadata.report_id == held]
    found = suggestions(engine, held)
    return WidgetReply(
        report=held,
        company={language: _read(editions, language).company for language in LANGUAGES},
        title={language: _read(editions, language).title for language in LANGUAGES},
        year=editions[0].year,
        languages=list(LANGUAGES),
        suggestions={language: [wording[language] for wording in found] for language in LANGUAGES},
        disclaimer=disclaimer(settings.disclaimer),
        contact=next((edition.contact for edition in editions if edition.contact), ""),
        snapshot=snapshot.manifest.id,
    )


def disclaimer(told: dict[Language, str]) -> dict[Language, str]:
    """Fill in the other Chinese script of a disclaimer.

    >>> disclaimer({"zh-Hant": "以公司刊發的報告為準。"})["zh-Hans"]
    '以公司刊发的报告为准。'
    """
    chinese = next((told[language] for language in ("zh-Hant", "zh-Hans") if told.get(language)), "")
    filled = {
        language: told.get(language) or (render(chinese, language) if language != "en" else "")
        for language in LANGUAGES
    }
    return {language: words for language, words in filled.items() if words}


def _newest(snapshot: Snapshot) -> str:
    """The report that questions go to when none is named."""
    editions = [edition.metadata for edition in snapshot.manifest.editions]
    return max(editions, key=lambda edition: (edition.year or 0, edition.report_id)).report_id


def _read(editions: Sequence[Metadata], language: Language) -> Metadata:
    """An edition's metadata as a reader of a language should see it."""
    by_language = {edition.language: edition for edition in editions}
    shown = by_language[nearest_edition(by_language, language)]  # type: ignore[index]  # one of its own keys
    return replace(shown, company=render(shown.company, language), title=render(shown.title, language))


def _point(cell: Figure) -> PointReply:
    value = format(cell.value, "f") if cell.disclosure == "number" and cell.value is not None else None
    return PointReply(id=cell.id, period=cell.period, value=value, digits=cell.digits)


def _engine(request: Request) -> Engine:
    service: Service = request.app.state.service
    return service.engine
