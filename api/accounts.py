"""Know the staff: passwords, cookies, bearer tokens, and who may do what."""

import secrets
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Annotated, Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Request, Response

from api.address import is_https, network, visitor_address
from api.limit import Limiter, read_rate
from api.settings import Settings
from api.store.accounts import (
    ROLES,
    Account,
    Role,
    SignedIn,
    find_account,
    rehash_password,
    sign_in,
    sign_out,
    signed_in,
    token_account,
)
from api.store.database import Database
from index.errors import EsgQaError

COOKIE = "esg_qa_session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
TOKEN_PREFIX = "esgqa_"  # lets a scanner of repositories recognise a token that was left in one
MIN_PASSWORD, MAX_PASSWORD = 12, 256  # characters
_SAFE = ("GET", "HEAD", "OPTIONS")


class NoStore(EsgQaError):
    """The service was started without a database, so it has no staff."""


class SignInRequired(EsgQaError):
    """Nobody is signed in, or no longer."""


class WrongPassword(EsgQaError):
    """The name and the password do not belong together; which of them is wrong is not told."""


class WeakPassword(EsgQaError):
    """The password is too short or too long."""


class NotAllowed(EsgQaError):
    """The account's role does not allow this."""


class ForeignRequest(EsgQaError):
    """The change was not sent by a page of ours: its token is missing or old, or it came from another site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever calls a staff route."""

    account: Account
    csrf_token: str | None  # None: came with a bearer token, which no foreign page can send
    expires_at: datetime | None

    def may(self, role: Role) -> bool:
        """Tell whether the account has a role, or one above it."""
        return ROLES.index(self.account.role) >= ROLES.index(role)


class Passwords:
    """Hashes and checks passwords by argon2id with the library's parameters (RFC 9106, low memory)."""

    def __init__(self, *, at_once: int = 2) -> None:
        """Check at most `at_once` passwords together: each takes 64 MiB."""
        self._hasher = PasswordHasher()
        self._turns = threading.BoundedSemaphore(at_once)
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Hash a password. Raises WeakPassword."""
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise WeakPassword(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters; this one {len(password)}")
        with self._turns:
            return self._hasher.hash(password)

    def check(self, password: str, held: str | None) -> bool:
        """Check a password; with no hash to check it against, take as long and say no."""
        with self._turns:
            try:
                return self._hasher.verify(held or self._nobody, password[:MAX_PASSWORD]) and held is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, held: str) -> bool:
        """Tell a hash made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(held)


class Door:
    """Signs staff in: counts attempts, checks the password, remembers the browser."""

    def __init__(self, database: Database, *, limiter: Limiter, rate: str, hours: int) -> None:
        self._database = database
        self._limiter = limiter
        self._rate = read_rate(rate)
        self._lifetime = timedelta(hours=hours)
        self._passwords = Passwords()

    def enter(self, name: str, password: str, *, visitor: str, held_cookie: str = "") -> tuple[str, SignedIn]:
        """Sign an account in and give its cookie, always a new one; the one the browser held is worth nothing any more.

        Raises TooMany, by address and by name, or WrongPassword; both for an unknown account as for a known one.
        """
        self._limiter.count(self._rate, "sign-in-from", network(visitor))
        self._limiter.count(self._rate, "sign-in-as", name[:64].casefold())
        now = datetime.now(UTC)
        with self._database.reading() as session:
            found = find_account(session, name)
        held = found[1] if found and not found[0].disabled else None
        if not self._passwords.check(password, held) or found is None or held is None:
            raise WrongPassword("name or password")
        cookie, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        renewed = self._passwords.hash(password) if self._passwords.outdated(held) else None
        with self._database.session() as session:
            if renewed:
                rehash_password(session, found[0], renewed)
            sign_out(session, held_cookie)
            expires_at = now + self._lifetime
            sign_in(session, found[0], cookie, csrf_token=csrf_token, now=now, expires_at=expires_at)
        return cookie, SignedIn(account=found[0], csrf_token=csrf_token, expires_at=expires_at)

    def hash(self, password: str) -> str:
        """Hash a password. Raises WeakPassword."""
        return self._passwords.hash(password)

    def check(self, name: str, password: str) -> None:
        """Check the password of an account that is signed in. Raises TooMany or WrongPassword."""
        self._limiter.count(self._rate, "sign-in-as", name.casefold())
        with self._database.reading() as session:
            found = find_account(session, name)
        if not self._passwords.check(password, found[1] if found else None):
            raise WrongPassword("password")


def new_token() -> str:
    """Make a bearer token; it is shown once and kept as a hash."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_password() -> str:
    """Make a password that nobody can guess: 20 characters."""
    return secrets.token_urlsafe(15)


def database_of(request: Request) -> Database:
    """The service's database. Raises NoStore."""
    database: Database | None = request.app.state.database
    if database is None:
        raise NoStore("started without a database")
    return database


def door_of(request: Request) -> Door:
    """The service's door. Raises NoStore."""
    door: Door | None = request.app.state.door
    if door is None:
        raise NoStore("started without a database")
    return door


def find_caller(request: Request) -> Caller:
    """Tell who calls, by bearer token or by cookie. Raises SignInRequired."""
    now = datetime.now(UTC)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    with database_of(request).reading() as session:
        if scheme.lower() == "bearer":
            account = token_account(session, given.strip(), now=now)
            if account is not None:
                return Caller(account=account, csrf_token=None, expires_at=None)
            raise SignInRequired("the token")
        found = signed_in(session, request.cookies.get(COOKIE, ""), now=now)
    if found is None:
        raise SignInRequired("the browser")
    return Caller(account=found.account, csrf_token=found.csrf_token, expires_at=found.expires_at)


def check_origin(request: Request) -> None:
    """Refuse a change that a page of another site sent. Raises ForeignRequest."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignRequest(f"sent from {site}")
    origin = request.headers.get("origin")
    if site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignRequest("sent from another origin")


def check_csrf(caller: Caller, given: object) -> None:
    """Refuse a change without the token of the page it was made on. Raises ForeignRequest."""
    if caller.csrf_token is None:
        return
    if not isinstance(given, str) or not compare_digest(given.encode(), caller.csrf_token.encode()):
        raise ForeignRequest("without its page's token")


def set_cookie(response: Response, cookie: str, found: SignedIn, *, request: Request) -> None:
    """Hand the cookie to the browser, out of reach of scripts and of other sites' forms."""
    settings: Settings = request.app.state.settings
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int((found.expires_at - datetime.now(UTC)).total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_https(request.scope, trusted_proxies=settings.trusted_proxies),
    )


def clear_cookie(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def address_of(request: Request) -> str:
    """Give the visitor's address, for counting only."""
    settings: Settings = request.app.state.settings
    return visitor_address(request.scope, trusted_proxies=settings.trusted_proxies)


def allow(role: Role) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """Make a dependency that lets a role and those above it in, and a change only with its page's token.

    The token stands in the X-CSRF-Token header, or in a form's field csrf_token.
    """

    async def allowed(request: Request, response: Response, caller: Annotated[Caller, Depends(find_caller)]) -> Caller:
        response.headers["Cache-Control"] = "no-store"
        if not caller.may(role):
            raise NotAllowed(role)
        if request.method not in _SAFE and caller.csrf_token is not None:
            check_origin(request)
            try:
                check_csrf(caller, request.headers.get(CSRF_HEADER) or await _form_token(request))
            except ForeignRequest:
                await request.close()
                raise
        return caller

    return allowed


Reader = Annotated[Caller, Depends(allow("reader"))]
Editor = Annotated[Caller, Depends(allow("editor"))]
Admin = Annotated[Caller, Depends(allow("admin"))]


async def _form_token(request: Request) -> object:
    if "form" not in request.headers.get("content-type", ""):
        return None
    return (await request.form()).get(CSRF_FIELD)
