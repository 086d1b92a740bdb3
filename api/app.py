"""Put the HTTP service together: routes, page, guards, and the one place that turns errors into answers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.asker import asker_language, browser_language
from api.demo import demo
from api.guard import Guard, TooLarge
from api.logs import RequestLog, log_failure
from api.page import page
from api.problem import NotReady, UnknownFigure, UnknownPassage, fault, problem
from api.public import EXAMPLE, public
from api.schemas import MAX_QUESTION
from api.service import Load, Service
from api.settings import Settings
from api.widget import widget
from index.script import Language
from qa.engine import UnknownReport
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


class App(FastAPI):
    """FastAPI, with an example answer whose nulls are kept; it drops those of any example it is given."""

    def openapi(self) -> dict[str, Any]:
        """Describe the service."""
        described = super().openapi()
        answered = described["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]
        answered["example"] = EXAMPLE
        return described


def create_app(load: Load, *, settings: Settings) -> FastAPI:
    """Make the service; `load` gives the engine and runs beside the start."""
    service = Service(load)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        yield

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
    app.include_router(public)
    app.include_router(widget)
    app.include_router(demo)
    app.include_router(page)
    for kind in (
        RequestValidationError,
        HTTPException,
        BadQuestion,
        UnknownReport,
        UnknownPassage,
        UnknownFigure,
        NotReady,
    ):
        app.add_exception_handler(kind, explain)
    app.add_middleware(Guard, body_limit=settings.body_limit, explain=explain)
    app.add_middleware(RequestLog)
    return app


async def explain(request: Request, error: Exception) -> Response:
    """Turn any error into problem details (RFC 9457) in the asker's language."""
    language = _language(request, error)
    name, values = _name(error, language, _sent(request, error))
    if name == "internal-error":
        log_failure(error, request_id=request.state.request_id)
    settings: Settings = request.app.state.settings
    path = request.url.path
    body = problem(
        name,
        language=language,
        instance=path,
        **{"path": path, "method": request.method, "limit": settings.body_limit, **values},
    )
    status = int(str(body["status"]))
    headers = {"Content-Language": language, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    if isinstance(error, HTTPException):
        headers |= dict(error.headers or {})
    if status == 503:
        headers["Retry-After"] = "2"
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


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
        case BadQuestion():
            return "question-empty", {}
        case UnknownReport():
            return "unknown-report", {"id": _shown(sent.get("report"))}
        case UnknownPassage():
            return "unknown-passage", {"id": _shown(error)}
        case UnknownFigure():
            return "unknown-figure", {"id": _shown(error)}
        case NotReady():
            return "not-ready", {}
        case TooLarge():
            return "too-large", {}
        case _:
            return "internal-error", {}


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
