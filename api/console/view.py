"""Write a page of the console in its reader's language, with the navigation their role allows."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.datastructures import FormData

from api.accounts import Caller, database_of
from api.address import is_https
from api.asker import browser_language
from api.console.files import address_of_file
from api.console.words import NAMES, Words
from api.page import address_of_static
from api.service import Service
from api.settings import Settings
from api.store.accounts import Role
from api.store.curated import count_curated
from api.store.questions import QuestionFilter, count_alike
from api.told import told
from index.script import LANGUAGES, Language
from qa.compose import written
from qa.engine import Engine

HOME = "/console"
LANGUAGE_COOKIE = "esg_qa_language"
SAID_COOKIE = "esg_qa_said"  # what the next page is to say, once
_YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page in the navigation."""

    name: str
    role: Role  # the least that may open it
    path: str


_ROLES: Mapping[str, Role] = {
    "ask": "reader",
    "figures": "reader",
    "questions": "reader",
    "curated": "reader",
    "reports": "reader",
    "quality": "reader",
    "settings": "editor",
    "accounts": "admin",
    "audit": "admin",
}
PLACES = tuple(Place(name=name, role=role, path=f"{HOME}/{name}") for name, role in _ROLES.items())


def day(moment: date | datetime) -> str:
    """Write a day, or a minute in UTC, alike in every language."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()


_NUMERIC = re.compile(r"[-+(−]?[\d,.]+ ?[%％)]?|[-—–]|N/A")


def numeric(cell: str) -> bool:
    """Tell a cell that holds a number or the sign for none, to be set flush right.

    >>> numeric("1,529.24"), numeric("—"), numeric("tonnes")
    (True, True, False)
    """
    return _NUMERIC.fullmatch(cell.strip()) is not None


def coded(text: str) -> Markup:
    """Set what stands in back-ticks as code.

    >>> coded("`*`: <any>")
    Markup('<code>*</code>: &lt;any&gt;')
    """
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["day"] = day
_ENVIRONMENT.filters["urlencode_query"] = urlencode
_ENVIRONMENT.filters["number"] = written
_ENVIRONMENT.filters["numeric"] = numeric
_ENVIRONMENT.filters["told"] = told
_ENVIRONMENT.filters["coded"] = coded
_ENVIRONMENT.filters["markup"] = Markup  # for what api/console/reply.py escaped
_ENVIRONMENT.globals |= {
    "file": address_of_file,
    "shared_file": address_of_static,
    "names": NAMES,
    "LANGUAGES": LANGUAGES,
}


async def _read_form(request: Request) -> AsyncIterator[FormData]:
    form = await request.form()
    try:
        yield form
    finally:
        await form.close()


Form = Annotated[FormData, Depends(_read_form)]


def field(form: FormData, name: str, *, limit: int = 4096) -> str:
    """Read a text field of a form: its lines ended as ours are, at most `limit` characters; empty: not given."""
    given = form.get(name)
    return given.replace("\r\n", "\n").strip()[:limit] if isinstance(given, str) else ""


def fields(form: FormData, name: str) -> list[str]:
    """Read every text field of a name."""
    return [given for given in form.getlist(name) if isinstance(given, str)]


def engine_of(request: Request) -> Engine:
    """The engine that answers now. Raises NotReady."""
    service: Service = request.app.state.service
    return service.engine


def page_language(request: Request) -> Language:
    """The language the console speaks to a browser: the one chosen, else the browser's, else the house's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    settings: Settings = request.app.state.settings
    for language in LANGUAGES:
        if chosen == language:
            return language
    return browser_language(request.headers.get("accept-language", "")) or settings.language


def safe_path(path: str) -> str:
    """Keep an address if it stands in the console; home, if not."""
    inside = path.startswith((f"{HOME}/", f"{HOME}?")) or path == HOME
    plain = all(character >= " " and character != "\\" for character in path)
    return path if inside and plain and "//" not in path and len(path) <= 2000 else HOME


def show(
    request: Request,
    template: str,
    caller: Caller | None,
    *,
    status: int = 200,
    **values: object,
) -> HTMLResponse:
    """Write a page; it is kept by no cache, and says once what the page before left to be said."""
    language = page_language(request)
    say = Words(language)
    html = _ENVIRONMENT.get_template(template).render(
        say=say,
        language=language,
        caller=caller,
        csrf_token=caller.csrf_token or "" if caller else "",
        places=[place for place in PLACES if caller and caller.may(place.role)],
        waiting=_waiting(request) if caller else {},
        here=_here(request),
        path=request.url.path,
        said=_said(request, say),
        **values,
    )
    response = HTMLResponse(html, status_code=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Cookie, Accept-Language"
    if SAID_COOKIE in request.cookies:
        response.delete_cookie(SAID_COOKIE, path=HOME)
    return response


def go(request: Request, path: str, said: str = "", *, about: str = "") -> RedirectResponse:
    """Go to a page of the console after a change, which there is said once by its name in the table of words."""
    response = RedirectResponse(safe_path(path), status_code=303, headers={"Cache-Control": "no-store"})
    if said:
        set_page_cookie(request, response, SAID_COOKIE, f"{said}|{quote(about[:200])}", seconds=60)
    return response


def set_page_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int = _YEAR) -> None:
    """Keep something for the console's pages in the browser."""
    settings: Settings = request.app.state.settings
    secure = is_https(request.scope, trusted_proxies=settings.trusted_proxies)
    response.set_cookie(name, value, max_age=seconds, path=HOME, httponly=True, samesite="lax", secure=secure)


def _said(request: Request, say: Words) -> str:
    name, _, about = request.cookies.get(SAID_COOKIE, "").partition("|")
    return say(f"said.{name}", about=unquote(about)) if say.has(f"said.{name}") else ""


def _here(request: Request) -> str:
    """The page's own address, to come back to."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query and request.method == "GET" else request.url.path


def _waiting(request: Request) -> dict[str, int]:
    """Count what waits for staff, by the page where it does."""
    with database_of(request).reading() as session:
        return {
            "questions": count_alike(session, QuestionFilter(status="not_disclosed", mark="new")),
            "curated": count_curated(session, flagged=True),
        }
