"""Count requests by visitor and refuse those over the limit."""

import json
import math
import time

import structlog
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.address import network, visitor_address
from index.errors import EsgQaError

PAGES = 10  # pages, files and the staff's routes may be called so many times as often as the public ones
_UNCOUNTED = ("/healthz", "/readyz")  # what stands before the service asks these, and takes it away when they refuse
_QUIET_SECONDS = 30.0  # how long a store of counts that failed is left alone


class BadRate(EsgQaError):
    """A rate, or the address of the store of counts, cannot be used."""


class TooMany(EsgQaError):
    """The visitor asked more often than the limit allows."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"over the limit for {seconds} s")
        self.seconds = seconds  # until the next request is let through


class Limiter:
    """Counts in a moving window, in this process or in Redis; when Redis fails, in this process for a while."""

    def __init__(self, url: str | None = None) -> None:
        self._here = MovingWindowRateLimiter(storage_from_string("memory://"))
        self._shared = MovingWindowRateLimiter(_redis(url)) if url else None
        self._quiet_until = 0.0

    def count(self, rate: RateLimitItem, *visitor: str) -> None:
        """Count one request. Raises TooMany when it is over the limit."""
        if self._shared is not None and time.monotonic() >= self._quiet_until:
            try:
                _hit(self._shared, rate, visitor)
            except TooMany:
                raise
            except Exception as error:  # whatever the store's library raises: counting must not fail a question
                self._quiet_until = time.monotonic() + _QUIET_SECONDS
                structlog.get_logger().error("limit_store_failed", error=type(error).__name__)
            else:
                return
        _hit(self._here, rate, visitor)


class RateLimit:
    """Refuse a visitor's requests that are over the limit: one for what computes, a wider one for everything else."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter, rate: RateLimitItem, trusted_proxies: int) -> None:
        """Stand before `app`, behind the guard, which explains the refusal."""
        self.app = app
        self.limiter = limiter
        self.rates = {"public": rate, "pages": type(rate)(rate.amount * PAGES, rate.multiples)}
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request and pass it on."""
        kind = _kind(scope["path"]) if scope["type"] == "http" else None
        if kind is not None:
            address = visitor_address(scope, trusted_proxies=self.trusted_proxies)
            try:
                self.limiter.count(self.rates[kind], kind, network(address))
            except TooMany:
                if kind == "public":
                    await _note_asker(Request(scope, receive))
                raise
        await self.app(scope, receive, send)


def read_rate(text: str) -> RateLimitItem:
    """Read a rate such as "60/minute". Raises BadRate."""
    try:
        return parse(text)
    except ValueError as error:
        raise BadRate(f"{text!r}: expected a rate such as 60/minute") from error


def _kind(path: str) -> str | None:
    """Name the limit that a path is under; None: none."""
    if path in _UNCOUNTED:
        return None
    computes = path == "/demo" or (path.startswith("/v1/") and not path.startswith("/v1/staff/"))
    return "public" if computes else "pages"


def _redis(url: str) -> Storage:
    storage = storage_from_string(url, socket_timeout=0.5, socket_connect_timeout=0.5)
    if not isinstance(storage, Storage):
        raise BadRate(f"{url.partition(':')[0]}: expected an address such as redis://host:6379/0")
    return storage


def _hit(limiter: MovingWindowRateLimiter, rate: RateLimitItem, visitor: tuple[str, ...]) -> None:
    if not limiter.hit(rate, *visitor):
        reset = limiter.get_window_stats(rate, *visitor).reset_time
        raise TooMany(max(1, math.ceil(reset - time.time())))


async def _note_asker(request: Request) -> None:
    """Keep what was asked, so that the refusal is told in the asker's language; the guard holds the body already."""
    try:
        asked = json.loads(await request.body()) if request.method == "POST" else None
    except (ValueError, RecursionError):
        return
    if isinstance(asked, dict):
        request.state.asked = asked
