"""Stand between the network and the routes: body limit, security headers, no error without an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_PATHS: Mapping[str, int] = MappingProxyType({})
_UPLOAD_TIMES = 20  # as long as other requests

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


class TooSlow(Exception):
    """The answer was not there in time."""


class SlowToSend(Exception):
    """The request's body did not arrive in time."""


class ForeignCharset(Exception):
    """A form in another encoding than UTF-8: Python reads some slowly, and some to characters that cannot be kept."""


class Guard:
    """Read the body up to its limit, add the headers, and let `explain` answer whatever goes wrong inside."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limit: int,
        explain: Explain,
        seconds: float = 30,
        uploads: Mapping[str, int] = NO_PATHS,
        forms: Mapping[str, int] = NO_PATHS,
    ) -> None:
        """Stand before `app`; `body_limit` is in bytes, `seconds` bounds the sending and the answering each.

        `uploads` are paths that read a larger body bit by bit, with their limits in bytes; they have twenty times as
        long. `forms` are beginnings of paths that take a larger body whole.
        """
        self.app = app
        self.body_limit = body_limit
        self.explain = explain
        self.seconds = seconds
        self.uploads = uploads
        self.forms = forms

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
            await self._pass_on(scope, receive, send_with_headers)
        except ClientDisconnect:
            return
        except Exception as error:
            response = await self.explain(Request(scope), error)
            if started:
                raise
            await response(scope, receive, send_with_headers)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        upload = self.uploads.get(scope["path"]) if scope["method"] == "POST" else None
        _check_charset(scope)
        limit = upload or form_limit(scope["path"], self.forms) or self.body_limit
        _check_declared(scope, limit)
        seconds = self.seconds * (_UPLOAD_TIMES if upload else 1)
        try:
            async with asyncio.timeout(seconds):
                read = _counted(receive, upload) if upload else await _limited(scope, receive, limit)
        except TimeoutError as error:
            raise SlowToSend from error
        try:
            async with asyncio.timeout(seconds):
                await self.app(scope, read, send)
        except TimeoutError as error:
            raise TooSlow from error


def form_limit(path: str, forms: Mapping[str, int]) -> int | None:
    """Tell how many bytes a form may have that is sent to a path; None: no more than any other request."""
    return next((limit for beginning, limit in forms.items() if path.startswith(beginning)), None)


async def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Read the whole body before the routes do, so that an oversized one reaches none of them."""
    if scope["method"] not in ("POST", "PUT", "PATCH"):
        return receive
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        messages.append(message)
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge
        if not message.get("more_body", False):
            break
    held = iter(messages)

    async def replay() -> Message:
        return next(held, None) or await receive()

    return replay


def _check_charset(scope: Scope) -> None:
    kind, said = parse_options_header(Headers(scope=scope).get("content-type", ""))
    if b"form" in kind and said.get(b"charset", b"utf-8").lower() not in (b"utf-8", b"utf8"):
        raise ForeignCharset


def _check_declared(scope: Scope, limit: int) -> None:
    declared = Headers(scope=scope).get("content-length", "")
    if declared.isdecimal() and (len(declared) > 15 or int(declared) > limit):
        raise TooLarge


def _counted(receive: Receive, limit: int) -> Receive:
    """Count a body as it is read."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge
        return message

    return count
