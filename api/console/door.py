"""Sign in and out of the console, and choose its language."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.accounts import (
    COOKIE,
    Reader,
    SignInRequired,
    WrongPassword,
    address_of,
    check_origin,
    clear_cookie,
    database_of,
    door_of,
    find_caller,
    set_cookie,
)
from api.console.view import HOME, LANGUAGE_COOKIE, Form, field, go, page_language, safe_path, set_page_cookie, show
from api.limit import TooMany
from api.store.accounts import set_password, sign_out
from index.script import Language

door = APIRouter(include_in_schema=False, prefix=HOME)

Next = Annotated[str, Query(max_length=2000)]


@door.get("")
def home() -> Response:
    """Open the page that staff use most."""
    return RedirectResponse(f"{HOME}/ask", status_code=303)


@door.get("/sign-in")
def sign_in_page(request: Request, next: Next = HOME) -> Response:  # noqa: A002 - the address's word
    """Ask for a name and a password, unless somebody is signed in."""
    try:
        find_caller(request)
    except SignInRequired:
        return show(request, "sign-in.html", None, next=safe_path(next), name="", wrong="")
    return go(request, safe_path(next))


@door.post("/sign-in")
def enter(request: Request, form: Form) -> Response:
    """Sign the browser in and open the page it wanted; say what was wrong without telling which."""
    check_origin(request)
    name, wanted = field(form, "name", limit=64), safe_path(field(form, "next"))
    password = form.get("password")
    try:
        cookie, found = door_of(request).enter(
            name,
            password[:1024] if isinstance(password, str) else "",
            visitor=address_of(request),
            held_cookie=request.cookies.get(COOKIE, ""),
        )
    except WrongPassword:
        return show(request, "sign-in.html", None, status=401, next=wanted, name=name, wrong="sign-in.wrong")
    except TooMany:
        return show(request, "sign-in.html", None, status=429, next=wanted, name=name, wrong="sign-in.too-many")
    response = go(request, wanted)
    set_cookie(response, cookie, found, request=request)
    return response


@door.post("/sign-out")
def leave(request: Request, _: Reader) -> Response:
    """Forget the browser."""
    with database_of(request).session() as session:
        sign_out(session, request.cookies.get(COOKIE, ""))
    response = go(request, f"{HOME}/sign-in")
    clear_cookie(response)
    return response


@door.get("/password")
def password_page(request: Request, caller: Reader) -> Response:
    """Ask for another password."""
    return show(request, "password.html", caller, wrong="")


@door.post("/password")
def change_password(request: Request, caller: Reader, form: Form) -> Response:
    """Choose another password; every browser of the account is signed out. Raises WeakPassword."""
    keeper, name = door_of(request), caller.account.name
    present, new = str(form.get("present", "")), str(form.get("new", ""))
    if new != str(form.get("again", "")):
        return show(request, "password.html", caller, status=422, wrong="password.differ")
    try:
        keeper.check(name, present)
    except WrongPassword:
        return show(request, "password.html", caller, status=401, wrong="password.wrong")
    hashed = keeper.hash(new)
    with database_of(request).session() as session:
        set_password(session, name, hashed, by=name, now=datetime.now(UTC))
    response = go(request, f"{HOME}/sign-in", "password")
    clear_cookie(response)
    return response


@door.get("/language/{language}")
def choose_language(request: Request, language: Language, next: Next = HOME) -> Response:  # noqa: A002 - the address's word
    """Speak a language from now on."""
    response = go(request, safe_path(next))
    if language != page_language(request) or LANGUAGE_COOKIE not in request.cookies:
        set_page_cookie(request, response, LANGUAGE_COOKIE, language)
    return response
