"""Serve the console's style sheet and script."""

import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

files = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}
_VERSIONS = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in _FILES.items()}


def address_of_file(name: str) -> str:
    """Name a file with its version, so that a browser may keep it for ever."""
    return f"/console/static/{name}?v={_VERSIONS[name]}"


@files.get("/console/static/{name}")
def console_file(request: Request, name: Annotated[str, PathParameter(max_length=64)]) -> Response:
    """Serve a file of the console."""
    if name not in _FILES:
        raise HTTPException(404)
    current = request.query_params.get("v") == _VERSIONS[name]
    lifetime = "public, max-age=31536000, immutable" if current else "no-cache"
    return Response(_FILES[name], media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": lifetime})
