"""For admins: the staff's accounts, who changed what, and for editors how the service is set."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import SecretStr

from api.accounts import Admin, Editor, database_of, door_of, new_password
from api.console.view import HOME, Form, field, go, page_language, show
from api.console.words import NAMES, Words, setting_meaning
from api.settings import Settings
from api.store.accounts import (
    ROLES,
    AccountExists,
    LastAdmin,
    Role,
    accounts,
    add_account,
    change_account,
    set_password,
)
from api.store.audit import changes
from index.script import Language

people = APIRouter(include_in_schema=False, prefix=HOME)

PAGE = 50  # entries on a page
MASK = "••••••••"
_NAME = re.compile(r"[\w.@-]{1,64}")
_KINDS = {
    "account": "audit.a-account",
    "curated answer": "audit.a-curated",
    "question": "audit.a-question",
    "upload": "audit.a-upload",
    "snapshot": "audit.a-snapshot",
}
_ENUMERATED = {"role": "role.", "state": "standing.", "mark": "mark."}

Name = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as it is."""

    variable: str
    value: str
    usual: bool  # it has the value that it has when nothing is set
    description: str


@people.get("/settings")
def settings_page(request: Request, caller: Editor) -> Response:
    """Show how the service is set; secrets only as set or not."""
    shown = shown_settings(request.app.state.settings, page_language(request))
    return show(request, "settings.html", caller, settings=shown)


@people.get("/accounts")
def accounts_page(request: Request, caller: Admin) -> Response:
    """List the staff."""
    return _accounts(request, caller)


@people.post("/accounts")
def add(request: Request, caller: Admin, form: Form) -> Response:
    """Make an account with a password that is shown this once, so on this page rather than after it."""
    name, role = field(form, "name", limit=65), _role(field(form, "role"))
    if not _NAME.fullmatch(name) or role is None:
        return _accounts(request, caller, wrong="accounts.name-wrong", status=422)
    password = new_password()
    hashed = door_of(request).hash(password)
    try:
        with database_of(request).session() as session:
            add_account(session, name, role=role, password_hash=hashed, by=caller.account.name, now=datetime.now(UTC))
    except AccountExists:
        return _accounts(request, caller, wrong="accounts.taken", status=409)
    return _accounts(request, caller, made=(name, password))


@people.post("/accounts/{name}/password")
def renew_password(request: Request, caller: Admin, name: Name) -> Response:
    """Give an account another password, shown this once, and sign it out everywhere."""
    password = new_password()
    hashed = door_of(request).hash(password)
    with database_of(request).session() as session:
        set_password(session, name, hashed, by=caller.account.name, now=datetime.now(UTC))
    return _accounts(request, caller, made=(name, password))


@people.post("/accounts/{name}")
def change(request: Request, caller: Admin, name: Name, form: Form) -> Response:
    """Give an account another role, or let it in no longer."""
    disabled = {"disable": True, "enable": False}.get(field(form, "action"))
    try:
        with database_of(request).session() as session:
            change_account(
                session,
                name,
                by=caller.account.name,
                now=datetime.now(UTC),
                role=_role(field(form, "role")),
                disabled=disabled,
            )
    except LastAdmin:
        return _accounts(request, caller, wrong="accounts.last-admin", status=409)
    return go(request, f"{HOME}/accounts", "account", about=name)


@people.get("/audit")
def audit_page(
    request: Request,
    caller: Admin,
    who: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=64)] = "",
    subject: Annotated[str, Query(max_length=128)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Show who changed what, newest first."""
    say = Words(page_language(request))
    with database_of(request).reading() as session:
        found = changes(
            session,
            who=who or None,
            action=action or None,
            subject=subject or None,
            limit=PAGE + 1,
            offset=(page - 1) * PAGE,
        )
    return show(
        request,
        "audit.html",
        caller,
        found=found[:PAGE],
        more=len(found) > PAGE,
        say_subject=lambda subject: subject_of(subject, say),
        differences=lambda before, after: differences(before, after, say),
        who=who,
        action=action,
        subject=subject,
        page=page,
    )


def shown_settings(settings: Settings, language: Language) -> list[Setting]:
    """Describe every setting in a language; a secret's value is masked whatever its kind."""
    prefix = str(settings.model_config["env_prefix"])
    return [
        Setting(
            variable=f"{prefix}{name.upper()}",
            value=_shown(getattr(settings, name)),
            usual=getattr(settings, name) == about.get_default(),
            description=setting_meaning(name, language) or about.description or "",
        )
        for name, about in type(settings).model_fields.items()
    ]


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, say: Words
) -> list[tuple[str, str, str]]:
    """Name what a change changed: field, before, after.

    >>> differences({"role": "reader", "disabled": False}, {"role": "editor", "disabled": False}, Words("zh-Hans"))
    [('角色', '读者', '编辑')]
    """
    was, is_now = before or {}, after or {}
    names = list(dict.fromkeys([*was, *is_now]))
    return [
        (_field(name, say), _text(name, was.get(name), say), _text(name, is_now.get(name), say))
        for name in names
        if was.get(name) != is_now.get(name)
    ]


def subject_of(subject: str, say: Words) -> str:
    """Name what an entry of the log is about: "curated answer 3" or "account mei".

    >>> subject_of("curated answer 3", Words("zh-Hant")), subject_of("account mei", Words("en"))
    ('審定答覆 3', 'account mei')
    """
    kind, _, name = subject.rpartition(" ")
    return f"{say(_KINDS[kind])} {name}" if kind in _KINDS else subject


def _accounts(
    request: Request, caller: Admin, *, wrong: str = "", made: tuple[str, str] | None = None, status: int = 200
) -> Response:
    with database_of(request).reading() as session:
        held = accounts(session)
    return show(request, "accounts.html", caller, status=status, held=held, roles=ROLES, wrong=wrong, made=made)


def _role(word: str) -> Role | None:
    return next((role for role in ROLES if role == word), None)


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return MASK
    if value is None or value in ("", {}, ()):
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _field(name: str, say: Words) -> str:
    return say(f"field.{name}") if say.has(f"field.{name}") else name


def _text(name: str, value: object, say: Words) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return say("field.yes" if value else "field.no")
    if isinstance(value, dict):
        return "\n".join(_text_of(language, text, say) for language, text in value.items())
    if isinstance(value, list):
        return "\n".join(map(str, value))
    words = f"{_ENUMERATED[name]}{value}" if name in _ENUMERATED else ""
    return say(words) if say.has(words) else str(value)


def _text_of(language: str, text: Mapping[str, str], say: Words) -> str:
    """Write one language's text of a curated answer."""
    spoken = next((NAMES[one] for one in NAMES if one == language), language)
    return "\n".join(
        [
            f"{spoken} · {say('curated.question')}{say('console.colon')}{text.get('question', '')}",
            f"{spoken} · {say('curated.answer')}{say('console.colon')}{text.get('answer', '')}",
        ]
    )
