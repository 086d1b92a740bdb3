"""Applications on ports of their own: the service, and a company's page on another origin."""

import socket
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from api.app import create_app
from api.settings import Settings
from api.store.database import Database
from qa.engine import Engine


class Server:
    """An application on a port of its own, which a test may stop and start again."""

    def __init__(self, application: Callable[[], ASGIApp]) -> None:
        self._application = application
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{probe.getsockname()[1]}"

    def start(self) -> None:
        port = int(self.address.rsplit(":", 1)[1])
        config = uvicorn.Config(
            self._application(), host="127.0.0.1", port=port, log_config=None, access_log=False, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(30)


def service_for(engine: Engine, site: str, database: Database | None = None) -> ASGIApp:
    """The service, which the pages of one site may ask."""
    settings = Settings(origins=site, rate="100000/minute")
    return create_app(lambda: engine, settings=settings, database=database)


def company_site(service: str) -> ASGIApp:
    """A page under the strictest policy the widget promises to work with; `service` is where the widget comes from.

    `?lang=` and `?dir=` say how the page is written; any other parameter becomes a data attribute of the script tag.
    """
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {service}",
            f"connect-src {service}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ]
    )

    def page(request: Request) -> Response:
        told = dict(request.query_params)
        lang, direction = told.pop("lang", "en"), told.pop("dir", "ltr")
        data = "".join(f' data-{name}="{value}"' for name, value in {"language": "auto", **told}.items())
        return HTMLResponse(
            f'<!doctype html><html lang="{lang}" dir="{direction}"><head><title>Company</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
            f'<script src="{service}/widget.js"{data} async></script></head>'
            "<body><main><h1>Investor relations</h1><p>Reports and announcements.</p>"
            '<p><a id="elsewhere" href="#">Annual report</a></p></main></body></html>',
            headers={"Content-Security-Policy": policy},
        )

    return Starlette(routes=[Route("/", page)])
