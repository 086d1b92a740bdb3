"""The log of who changed what and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.store.tables import AuditRow

Summary = Mapping[str, Any]  # of a thing, in JSON; never a password, a token or their hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the log."""

    id: int
    at: datetime
    who: str  # name of the account; "command line" for whoever sits at the server
    action: str  # such as "curated.approve"
    subject: str  # such as "curated 3"
    before: Summary | None  # None: there was nothing
    after: Summary | None  # None: there is nothing any more


def record(
    session: Session,
    *,
    by: str,
    action: str,
    subject: str,
    now: datetime,
    before: Summary | None = None,
    after: Summary | None = None,
) -> None:
    """Log a change, in the transaction that makes it."""
    session.add(
        AuditRow(
            at=now,
            who=by,
            action=action,
            subject=subject,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )


def changes(
    session: Session,
    *,
    who: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Change]:
    """List changes, newest first; `action` may be a beginning, such as "curated"."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit).offset(offset)
    if who is not None:
        query = query.where(AuditRow.who == who)
    if action is not None:
        query = query.where(AuditRow.action.startswith(action, autoescape=True))
    if subject is not None:
        query = query.where(AuditRow.subject == subject)
    return [
        Change(id=r.id, at=r.at, who=r.who, action=r.action, subject=r.subject, before=r.before, after=r.after)
        for r in session.scalars(query)
    ]


def count_changes(session: Session) -> int:
    """Count all changes."""
    return session.scalar(select(func.count()).select_from(AuditRow)) or 0
