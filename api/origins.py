"""Let pages of the sites that the operator names ask the public routes from a browser (CORS)."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


class Origins:
    """Answer for the public routes alone; no cookie goes with them, and the staff's routes answer no other site."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        """Stand before `app`; `origins` are such as https://ir.example.com, or * for any."""
        self.app = app
        self.shared = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Accept-Language", "Content-Type"],
            expose_headers=["Content-Language", "Retry-After", "X-Request-ID"],
            max_age=3600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        public = scope["type"] == "http" and scope["path"].startswith("/v1/")
        shared = public and not scope["path"].startswith("/v1/staff")
        await (self.shared if shared else self.app)(scope, receive, send)
