"""Accounts of the staff: who they are, what they may do, and how they are signed in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.audit import record
from api.store.tables import AccountRow, SessionRow, TokenRow
from index.errors import EsgQaError

Role = Literal["reader", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may


class UnknownAccount(EsgQaError):
    """No account has this name."""


class AccountExists(EsgQaError):
    """Another account has this name."""


class LastAdmin(EsgQaError):
    """The change would leave nobody who may manage accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Someone on the staff."""

    id: int
    name: str
    role: Role
    disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An account that a browser is signed in to."""

    account: Account
    csrf_token: str  # every change from the browser must bring it
    expires_at: datetime


def add_account(
    session: Session, name: str, *, role: Role, password_hash: str | None, by: str, now: datetime
) -> Account:
    """Make an account.

    Raises AccountExists when the name is taken.
    """
    if _row(session, name) is not None:
        raise AccountExists(f"{name}: there is an account of this name")
    row = AccountRow(name=name, role=role, password_hash=password_hash, disabled=False, created_at=now)
    session.add(row)
    session.flush()
    record(session, by=by, action="account.add", subject=f"account {name}", now=now, after=_summary(row))
    return _account(row)


def accounts(session: Session) -> list[Account]:
    """List all accounts by name."""
    return [_account(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name))]


def find_account(session: Session, name: str) -> tuple[Account, str | None] | None:
    """Find an account and its password's hash."""
    row = _row(session, name)
    return (_account(row), row.password_hash) if row else None


def change_account(
    session: Session, name: str, *, by: str, now: datetime, role: Role | None = None, disabled: bool | None = None
) -> Account:
    """Give an account another role, disable or enable it; a disabled one is signed out everywhere.

    Raises UnknownAccount, or LastAdmin when no enabled admin would be left.
    """
    row = _held(session, name)
    before = _summary(row)
    row.role = role or row.role
    row.disabled = row.disabled if disabled is None else disabled
    session.flush()
    if not _admins(session):
        raise LastAdmin(f"{name}: the only admin; make another one first")
    if row.disabled:
        session.execute(delete(SessionRow).where(SessionRow.account_id == row.id))
    record(
        session,
        by=by,
        action="account.change",
        subject=f"account {name}",
        now=now,
        before=before,
        after=_summary(row),
    )
    return _account(row)


def set_password(session: Session, name: str, password_hash: str, *, by: str, now: datetime) -> None:
    """Give an account another password and sign it out everywhere. Raises UnknownAccount."""
    row = _held(session, name)
    row.password_hash = password_hash
    session.execute(delete(SessionRow).where(SessionRow.account_id == row.id))
    record(session, by=by, action="account.password", subject=f"account {name}", now=now)


def rehash_password(session: Session, account: Account, password_hash: str) -> None:
    """Keep the same password under a stronger hash."""
    session.get_one(AccountRow, account.id).password_hash = password_hash


def sign_in(
    session: Session, account: Account, secret: str, *, csrf_token: str, now: datetime, expires_at: datetime
) -> None:
    """Remember a browser by the hash of its cookie."""
    session.add(
        SessionRow(
            id=digest(secret), account_id=account.id, csrf_token=csrf_token, created_at=now, expires_at=expires_at
        )
    )
    record(session, by=account.name, action="account.sign-in", subject=f"account {account.name}", now=now)


def signed_in(session: Session, secret: str, *, now: datetime) -> SignedIn | None:
    """Find who a cookie belongs to; None when it is unknown, expired, or its account disabled."""
    row = session.get(SessionRow, digest(secret))
    if row is None or row.expires_at <= now or row.account.disabled:
        return None
    return SignedIn(account=_account(row.account), csrf_token=row.csrf_token, expires_at=row.expires_at)


def sign_out(session: Session, secret: str) -> None:
    """Forget a browser."""
    session.execute(delete(SessionRow).where(SessionRow.id == digest(secret)))


def add_token(
    session: Session, name: str, secret: str, *, label: str, by: str, now: datetime, expires_at: datetime | None
) -> None:
    """Remember a bearer token by its hash. Raises UnknownAccount."""
    row = _held(session, name)
    session.add(TokenRow(id=digest(secret), account_id=row.id, label=label, created_at=now, expires_at=expires_at))
    after = {"label": label, "expires_at": expires_at.isoformat() if expires_at else None}
    record(session, by=by, action="account.token", subject=f"account {name}", now=now, after=after)


def token_account(session: Session, secret: str, *, now: datetime) -> Account | None:
    """Find who a bearer token belongs to; None when it is unknown, expired, or its account disabled."""
    row = session.get(TokenRow, digest(secret))
    if row is None or row.account.disabled or (row.expires_at is not None and row.expires_at <= now):
        return None
    return _account(row.account)


def revoke_tokens(session: Session, name: str, *, by: str, now: datetime) -> int:
    """Forget every token of an account and count them. Raises UnknownAccount."""
    row = _held(session, name)
    held = list(session.scalars(select(TokenRow).where(TokenRow.account_id == row.id)))
    for token in held:
        session.delete(token)
    session.flush()
    record(session, by=by, action="account.revoke", subject=f"account {name}", now=now, after={"tokens": len(held)})
    return len(held)


def purge_sessions(session: Session, *, now: datetime) -> int:
    """Forget browsers whose time is over and count them."""
    over = list(session.scalars(select(SessionRow).where(SessionRow.expires_at <= now)))
    for row in over:
        session.delete(row)
    session.flush()
    return len(over)


def digest(secret: str) -> str:
    """Hash a random secret; it is long enough that no salt or slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(session: Session, name: str) -> AccountRow | None:
    return session.scalar(select(AccountRow).where(AccountRow.name == name))


def _held(session: Session, name: str) -> AccountRow:
    row = _row(session, name)
    if row is None:
        raise UnknownAccount(f"{name}: no account of this name; esg-qa account list names them")
    return row


def _admins(session: Session) -> list[AccountRow]:
    return list(session.scalars(select(AccountRow).where(AccountRow.role == "admin", AccountRow.disabled.is_(False))))


def _account(row: AccountRow) -> Account:
    return Account(
        id=row.id, name=row.name, role=cast("Role", row.role), disabled=row.disabled, created_at=row.created_at
    )


def _summary(row: AccountRow) -> dict[str, object]:
    return {"role": row.role, "disabled": row.disabled}
