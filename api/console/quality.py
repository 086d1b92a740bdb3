"""Show the last scorecard: how often the answers were right, on cases with known answers."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.accounts import Reader
from api.console.view import HOME, engine_of, show
from api.settings import Settings

quality = APIRouter(include_in_schema=False, prefix=HOME)

JSON_NAME, HTML_NAME = "scorecard.json", "scorecard.html"  # in the data folder
MAX_BYTES = 64 * 2**20
FAILURES = 100  # shown of a suite
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many of how many, with the 95% interval of the share."""

    hits: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The rates of one group of cases."""

    name: str
    passed: Rate
    values: Rate
    evidence: Rate
    refused: Rate
    wrong_numbers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case that was not passed; never one that is held back from those who improve the service."""

    id: str
    kind: str
    question: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The scores of one report's cases."""

    name: str
    snapshot: str
    overall: Tally
    kinds: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    failures: tuple[Failure, ...]


@quality.get("/quality")
def quality_page(request: Request, caller: Reader) -> Response:
    """Show the last scorecard, or say how to make one."""
    folder = _folder(request)
    path = folder / JSON_NAME
    found = read_scorecard(path)
    return show(
        request,
        "quality.html",
        caller,
        suites=found,
        damaged=found is None and path.is_file(),
        made=datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.is_file() else None,
        html=(folder / HTML_NAME).is_file(),
        snapshot=engine_of(request).snapshot.manifest.id,
        json_path=str(path),
        html_path=str(folder / HTML_NAME),
    )


@quality.get("/quality/scorecard.html")
def scorecard_file(request: Request, _: Reader) -> Response:
    """Serve the page that the evaluation wrote, in a sandbox of its own: it runs nothing and calls nothing."""
    path = _folder(request) / HTML_NAME
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise HTTPException(404)
    headers = {"Content-Security-Policy": _SANDBOX, "Cache-Control": "no-store"}
    return Response(path.read_bytes(), media_type="text/html; charset=utf-8", headers=headers)


def read_scorecard(path: Path) -> list[Suite] | None:
    """Read what `esg-qa eval --json` printed; None when there is no such file, or it is no scorecard."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        read = json.loads(path.read_text(encoding="utf-8"))
        return [_suite(body) for body in read.get("suites", [read])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _suite(body: dict[str, Any]) -> Suite:
    failed = [case for case in body["cases"] if not case["passed"] and case.get("split") != "held_back"]
    return Suite(
        name=str(body.get("suite", "")),
        snapshot=str(body.get("snapshot", "")),
        overall=_tally("", body["overall"]),
        kinds=tuple(_tally(name, tally) for name, tally in body["by_kind"].items()),
        languages=tuple(_tally(name, tally) for name, tally in body["by_language"].items()),
        failures=tuple(
            Failure(
                id=str(case["id"]),
                kind=str(case["kind"]),
                question=str(case["question"]),
                faults=tuple(map(str, case["faults"])),
            )
            for case in failed[:FAILURES]
        ),
    )


def _tally(name: str, body: dict[str, Any]) -> Tally:
    return Tally(
        name=name,
        passed=_rate(body["passed"]),
        values=_rate(body["values"]),
        evidence=_rate(body["evidence"]),
        refused=_rate(body["refused_rightly"]),
        wrong_numbers=int(body["wrong_numbers"]),
    )


def _rate(body: dict[str, Any]) -> Rate:
    return Rate(hits=int(body["hits"]), of=int(body["of"]), low=float(body["low"]), high=float(body["high"]))


def _folder(request: Request) -> Path:
    settings: Settings = request.app.state.settings
    return settings.data
