"""Put the HTTP service together: routes, page, guards, and the one place that turns errors into answers."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as StoreTimeout
from starlette.exceptions import HTTPException

from api.accounts import Door, ForeignRequest, NoStore, NotAllowed, SignInRequired, WeakPassword, WrongPassword
from api.asker import asker_language, browser_language
from api.console.routes import console
from api.console.trouble import in_console, trouble_page
from api.console.view import page_language
from api.curated import CURATED_PATHS, held_hashes
from api.demo import demo
from api.guard import ForeignCharset, Guard, SlowToSend, TooLarge, TooSlow, form_limit
from api.heads import Heads
from api.limit import Limiter, RateLimit, TooMany, read_rate
from api.logs import RequestLog, log_failure
from api.metrics import DROPPED, LOADED, PASSAGES, REFUSED
from api.origins import Origins
from api.page import page
from api.problem import NotReady, UnknownFigure, UnknownPassage, fault, problem, told_size
from api.public import EXAMPLE, public
from api.recorder import Recorder
from api.reports import UPLOAD_PATHS, reports
from api.schemas import MAX_QUESTION
from api.service import Load, Published, Service
from api.settings import Settings
from api.snapshots import UnknownSnapshot
from api.staff import staff
from api.store.accounts import UnknownAccount
from api.store.curated import MAX_CURATED, Incomplete, StaleEdit, UnknownCurated, flag_curated
from api.store.database import Database
from api.store.questions import UnknownQuestion
from api.told import told
from api.trouble import opened_by_a_reader, reader_page
from api.uploads import BadUpload, NotBuilt, UnknownUpload
from api.widget import widget
from index.errors import SnapshotError
from index.script import Language
from qa.engine import Engine, UnknownReport
from qa.question import BadQuestion

DESCRIPTION = """Ask about a company's ESG report in English, 繁體中文 or 简体中文.

Every number in an answer stands in a passage it cites, or was computed from such numbers with the formula shown.
What the report does not disclose is answered `not_disclosed`, with the reason. Problems are told as RFC 9457 problem
details in the asker's language."""

_HTTP_PROBLEMS = {400: "malformed-json", 404: "not-found", 405: "method-not-allowed"}
_QUESTION_FAULTS = {
    "string_too_short": "question-empty",
    "missing": "question-empty",
    "string_too_long": "question-too-long",
}
_PROBLEMS: dict[type[Exception], str] = {
    BadQuestion: "question-empty",
    UnknownReport: "unknown-report",
    UnknownPassage: "unknown-passage",
    UnknownFigure: "unknown-figure",
    NotReady: "not-ready",
    TooLarge: "too-large",
    ForeignCharset: "foreign-charset",
    TooSlow: "took-too-long",
    SlowToSend: "took-long-to-send",
    TooMany: "too-many",
    NoStore: "no-store",
    SignInRequired: "sign-in-required",
    WrongPassword: "wrong-password",
    WeakPassword: "weak-password",
    NotAllowed: "not-allowed",
    ForeignRequest: "foreign-request",
    StaleEdit: "changed-meanwhile",
    Incomplete: "incomplete",
    UnknownQuestion: "unknown-record",
    UnknownCurated: "unknown-record",
    UnknownAccount: "unknown-record",
    UnknownUpload: "unknown-record",
    UnknownSnapshot: "unknown-record",
    BadUpload: "bad-upload",
    NotBuilt: "not-built",
    SnapshotError: "snapshot-damaged",
    OperationalError: "store-failed",
    StoreTimeout: "store-failed",
}


class App(FastAPI):
    """FastAPI, with an example answer whose nulls are kept; it drops those of any example it is given."""

    def openapi(self) -> dict[str, Any]:
        """Describe the service."""
        described = super().openapi()
        answered = described["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]
        answered["example"] = EXAMPLE
        return described


def create_app(
    load: Load,
    *,
    settings: Settings,
    database: Database | None = None,
    published: Published | None = None,
    wait: bool = False,
    metrics: Path | None = None,
) -> FastAPI:
    """Make the service; `load` gives the engine and runs beside the start, and again when another is `published`.

    Without a database it answers all the same, but keeps no question, has no staff and serves no curated answer.
    With `wait`, it takes no request before the engine is loaded. `metrics` is the folder in which workers count.
    """
    service = Service(load, published=published, loaded=partial(_after_loading, database))
    limiter = Limiter(settings.redis_url.get_secret_value() if settings.redis_url else None)
    recorder = _recorder(database, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        if recorder:
            recorder.start()
        if wait:
            await to_thread(service.wait)
        yield
        service.stop()
        if recorder:
            await to_thread(recorder.stop)

    app = App(
        title="esg-qa",
        version=version("esg-qa"),
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,  # its page loads scripts from a third party
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.settings = settings
    app.state.database = database
    app.state.metrics = metrics
    app.state.recorder = recorder
    app.state.door = (
        Door(database, limiter=limiter, rate=settings.login_rate, hours=settings.session_hours) if database else None
    )
    app.include_router(public)
    app.include_router(widget)
    app.include_router(staff)
    app.include_router(reports)
    app.include_router(console)
    app.include_router(demo)
    app.include_router(page)
    for kind in (RequestValidationError, HTTPException, *_PROBLEMS):
        app.add_exception_handler(kind, explain)
    app.add_middleware(Heads)
    app.add_middleware(
        RateLimit, limiter=limiter, rate=read_rate(settings.rate), trusted_proxies=settings.trusted_proxies
    )
    app.add_middleware(
        Guard,
        body_limit=settings.body_limit,
        explain=explain,
        seconds=settings.request_seconds,
        uploads=dict.fromkeys(UPLOAD_PATHS, settings.upload_limit),
        forms=_forms(settings),
    )
    app.add_middleware(Origins, origins=settings.allowed_origins)
    app.add_middleware(RequestLog)
    return app


def _recorder(database: Database | None, settings: Settings) -> Recorder | None:
    if database is None:
        return None
    return Recorder(database, keep=settings.store_questions, days=settings.retention_days, dropped=DROPPED.inc)


def _after_loading(database: Database | None, engine: Engine) -> None:
    """Count the snapshot, and flag the curated answers that rest on passages it does not hold."""
    LOADED.inc()
    PASSAGES.set(engine.snapshot.manifest.passages)
    if database is not None:
        snapshot = engine.snapshot
        with database.session() as session:
            flag_curated(session, held=held_hashes(snapshot), snapshot=snapshot.manifest.id, now=datetime.now(UTC))


async def explain(request: Request, error: Exception) -> Response:
    """Turn any error into problem details (RFC 9457) in the asker's language; for a reader's browser, into a page."""
    language = page_language(request) if in_console(request) else _language(request, error)
    name, values = _name(error, language, _sent(request, error))
    if name in ("internal-error", "store-failed"):
        log_failure(error, request_id=request.state.request_id)
    settings: Settings = request.app.state.settings
    path = request.url.path
    limit = _limit(path, settings)
    body = problem(
        name,
        language=language,
        instance=path,
        person=in_console(request) or opened_by_a_reader(request),
        **{"path": path, "method": request.method, "limit": limit, "size": told_size(limit), **values},
    )
    status = int(str(body["status"]))
    headers = {"Content-Language": language, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    if isinstance(error, HTTPException):
        headers |= dict(error.headers or {})
    if status == 503:
        headers["Retry-After"] = "2"
    if isinstance(error, TooMany):
        REFUSED.inc()
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, SignInRequired):
        headers["WWW-Authenticate"] = "Bearer"
    if in_console(request):
        return await to_thread(trouble_page, request, error, body, headers=headers)
    if opened_by_a_reader(request):
        return reader_page(request, body, language, headers={**headers, "Vary": "Accept, Accept-Language"})
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


def _limit(path: str, settings: Settings) -> int:
    if path in UPLOAD_PATHS:
        return settings.upload_limit
    return form_limit(path, _forms(settings)) or settings.body_limit


def _forms(settings: Settings) -> dict[str, int]:
    return dict.fromkeys(CURATED_PATHS, max(MAX_CURATED, settings.body_limit))


def _language(request: Request, error: Exception) -> Language:
    settings: Settings = request.app.state.settings
    browser = browser_language(request.headers.get("accept-language", ""))
    return asker_language(_sent(request, error), browser=browser, otherwise=settings.language)


def _sent(request: Request, error: Exception) -> Mapping[str, object]:
    """What the request asked for, so far as it can be told, checked or not."""
    if isinstance(error, RequestValidationError) and isinstance(error.body, dict):
        return error.body
    return getattr(request.state, "asked", None) or dict(request.query_params)


def _name(error: Exception, language: Language, sent: Mapping[str, object]) -> tuple[str, dict[str, Any]]:
    """Name the problem an error is, with the values its words need."""
    match error:
        case RequestValidationError():
            return _invalid(error, language)
        case HTTPException():
            return _HTTP_PROBLEMS.get(error.status_code, "internal-error"), {}
        case UnknownReport():
            return "unknown-report", {"id": _shown(sent.get("report"))}
        case UnknownPassage():
            return "unknown-passage", {"id": _shown(error)}
        case UnknownFigure():
            return "unknown-figure", {"id": _shown(error)}
        case TooMany():
            return "too-many", {"seconds": error.seconds}
        case NotAllowed():
            return "not-allowed", {"role": told(str(error), language)}
        case _:
            named = (name for kind, name in _PROBLEMS.items() if isinstance(error, kind))
            return next(named, "internal-error"), {"why": told(str(error)[:1000], language)[:600]}


def _invalid(error: RequestValidationError, language: Language) -> tuple[str, dict[str, Any]]:
    found = error.errors()
    first = found[0]
    if first["type"] == "json_invalid":
        return "malformed-json", {}
    if len(found) == 1 and tuple(first["loc"]) in (("body", "question"), ("query", "q")):
        name = _QUESTION_FAULTS.get(first["type"])
        if name:
            return name, {"limit": MAX_QUESTION}
    faults = [
        (_pointer(entry["loc"]), fault(entry["type"], entry.get("ctx", {}), language=language)) for entry in found[:20]
    ]
    return "invalid-request", {"faults": faults}


def _pointer(place: tuple[int | str, ...]) -> str:
    """Write a place as a JSON pointer into the body (RFC 6901), or as the name of a parameter."""
    inside = [str(step)[:100] for step in place[1:]]
    if place[0] == "body":
        return "#" + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in inside)
    return ".".join(inside)


def _shown(name: object) -> str:
    return str(name)[:200]
