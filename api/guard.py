"""Stand between the network and the routes: body limit, security headers, no error without an answer."""

from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Explain = Callable[[Request, Exception], Awaitable[Response]]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class TooLarge(Exception):
    """The request's body is over the limit."""


class Guard:
    """Read the body up to its limit, add the headers, and let `explain` answer whatever goes wrong inside."""

    def __init__(self, app: ASGIApp, *, body_limit: int, explain: Explain) -> None:
        """Stand before `app`; `body_limit` is in bytes."""
        self.app = app
        self.body_limit = body_limit
        self.explain = explain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, await self._limited(scope, receive), send_with_headers)
        except ClientDisconnect:
            return
        except Exception as error:
            response = await self.explain(Request(scope), error)
            if started:
                raise
            await response(scope, receive, send_with_headers)

    async def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """Read the whole body before the routes do, so that an oversized one reaches none of them."""
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            return receive
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self.body_limit:
            raise TooLarge
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.body_limit:
                raise TooLarge
            if not message.get("more_body", False):
                break
        held = iter(messages)

        async def replay() -> Message:
            return next(held, None) or await receive()

        return replay
