"""Serve the page to ask on, and what the problem addresses point to."""

import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from api.problem import KINDS

page = APIRouter(include_in_schema=False)

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

_FILES = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in MEDIA_TYPES}
_VERSIONS = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in _FILES.items()}


def versioned(html: str) -> str:
    """Write the version of each file of the page into the addresses that name it."""
    for name in _VERSIONS:
        html = html.replace(f"/static/{name}", address_of_static(name))
    return html


def address_of_static(name: str) -> str:
    """Name a file with its version, so that a browser may keep it for ever."""
    return f"/static/{name}?v={_VERSIONS[name]}"


_HTML = versioned((STATIC / "index.html").read_text(encoding="utf-8")).encode()
_HTML_TAG = f'"{hashlib.sha256(_HTML).hexdigest()[:16]}"'


@page.get("/")
def ask_page(request: Request) -> Response:
    """Serve the page; browsers ask each time whether it changed."""
    return _cached(request, _HTML, _HTML_TAG, media_type="text/html; charset=utf-8", lifetime="no-cache")


@page.get("/static/{name}")
def static_file(request: Request, name: Annotated[str, PathParameter()]) -> Response:
    """Serve a file of the page; an address with the file's version may be kept for ever."""
    content = _FILES.get(name)
    if content is None:
        raise HTTPException(404)
    versioned = request.query_params.get("v") == _VERSIONS[name]
    lifetime = "public, max-age=31536000, immutable" if versioned else "no-cache"
    return _cached(
        request, content, f'"{_VERSIONS[name]}"', media_type=MEDIA_TYPES[Path(name).suffix], lifetime=lifetime
    )


@page.get("/problems/{name}")
def problem_page(name: str) -> dict[str, object]:
    """Say what a kind of problem means, in all three languages."""
    if name not in KINDS:
        raise HTTPException(404)
    kind = KINDS[name]
    return {"type": f"/problems/{name}", "status": kind.status, "title": kind.title, "detail": kind.detail}


def _cached(request: Request, content: bytes, tag: str, *, media_type: str, lifetime: str) -> Response:
    headers = {"ETag": tag, "Cache-Control": lifetime}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
