"""Explain what went wrong on a page of the console: in its reader's language, with a way on."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from api.accounts import Caller, NoStore, SignInRequired, find_caller
from api.console.view import HOME, show
from api.limit import TooMany

_PAGES = (
    (r"/(approve|retire|expiry|publish|export)$", ""),
    (rf"^{HOME}/snapshots(/.*)?$", f"{HOME}/reports"),
    (rf"^{HOME}/accounts/.*$", f"{HOME}/accounts"),
    (rf"^{HOME}/sign-out$", HOME),
)


def in_console(request: Request) -> bool:
    """Tell whether a request is for a page of the console."""
    path = request.url.path
    return path == HOME or path.startswith(f"{HOME}/")


def trouble_page(
    request: Request, error: Exception, body: Mapping[str, object], *, headers: Mapping[str, str]
) -> Response:
    """Write problem details as a page; whoever is not signed in is led to the sign-in instead."""
    if isinstance(error, SignInRequired) and request.method == "GET":
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(
            f"{HOME}/sign-in?next={quote(wanted, safe='')}", status_code=303, headers={"Cache-Control": "no-store"}
        )
    response = show(
        request,
        "trouble.html",
        None if isinstance(error, TooMany) else _caller(request),  # a refusal should cost nothing
        status=int(str(body["status"])),
        title=body["title"],
        detail=body["detail"],
        number=getattr(request.state, "request_id", "") if int(str(body["status"])) >= 500 else "",
        signed_out=isinstance(error, SignInRequired),
        back=page_before(request.url.path) if request.method == "POST" else "",
    )
    for name in ("Retry-After", "Allow"):
        if name in headers:
            response.headers[name] = headers[name]
    return response


def page_before(path: str) -> str:
    """Give the page that a change was sent from, by the address it was sent to.

    >>> page_before("/console/curated/3/approve"), page_before("/console/curated/3/edit")
    ('/console/curated/3', '/console/curated/3/edit')
    >>> page_before("/console/snapshots/0f/publish"), page_before("/console/accounts/mei/password")
    ('/console/reports', '/console/accounts')
    """
    for pattern, page in _PAGES:
        path = re.sub(pattern, page, path)
    return path


def _caller(request: Request) -> Caller | None:
    """Whoever is signed in, for the navigation; nobody when that cannot be told now."""
    try:
        return find_caller(request)
    except (SignInRequired, NoStore, SQLAlchemyError):
        return None
