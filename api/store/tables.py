"""The tables, as SQLAlchemy sees them; migrations/ makes them."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Moment(TypeDecorator[datetime]):
    """A time in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a time without a zone, which would mean another hour on another machine."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value}: expected a time with its zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from people; PostgreSQL keeps no NUL character, so it becomes the sign for one that cannot be shown."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Replace NUL characters."""
        return value.replace("\x00", "\ufffd") if value is not None else None


class Base(DeclarativeBase):
    """All tables; constraints are named alike on every database, so that a later step can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        date: Date,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: Words,
    }


class AccountRow(Base):
    """Someone on the staff."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None]  # null: signs in by token only
    disabled: Mapped[bool]
    created_at: Mapped[datetime]


class SessionRow(Base):
    """A browser that is signed in; its cookie's hash, never the cookie."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[AccountRow] = relationship(lazy="joined", innerjoin=True)


class TokenRow(Base):
    """A bearer token of a script; its hash, never the token."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    account: Mapped[AccountRow] = relationship(lazy="joined", innerjoin=True)


class QuestionRow(Base):
    """A question that a visitor asked; nothing about who asked it."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    text: Mapped[str]
    folded: Mapped[str]  # as it is compared and searched
    language: Mapped[str] = mapped_column(String(8))
    report: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str | None] = mapped_column(String(32))
    answer_id: Mapped[str] = mapped_column(String(32), index=True)
    snapshot: Mapped[str] = mapped_column(String(32))
    approved: Mapped[bool]  # a curated answer was served
    mark: Mapped[str] = mapped_column(String(16), index=True)
    marked_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str]
    metrics: Mapped[list["QuestionMetricRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True, order_by="QuestionMetricRow.metric"
    )


class QuestionMetricRow(Base):
    """A metric that the answer to a question speaks of."""

    __tablename__ = "question_metrics"

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    metric: Mapped[str] = mapped_column(String(128), primary_key=True, index=True)


class FeedbackRow(Base):
    """What a visitor said of an answer."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    given_at: Mapped[datetime] = mapped_column(index=True)
    answer_id: Mapped[str] = mapped_column(String(32), index=True)
    helpful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(32))
    comment: Mapped[str]


class CuratedRow(Base):
    """An answer that staff wrote, served before the engine's own."""

    __tablename__ = "curated"

    id: Mapped[int] = mapped_column(primary_key=True)
    report: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    owner: Mapped[str] = mapped_column(String(64))
    expires_on: Mapped[date | None]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    flagged_by: Mapped[str | None] = mapped_column(String(32))  # the snapshot that no longer holds a passage
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    texts: Mapped[list["CuratedTextRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CuratedTextRow.language"
    )
    phrasings: Mapped[list["PhrasingRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="PhrasingRow.id"
    )
    passages: Mapped[list["CitedPassageRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CitedPassageRow.number"
    )


class CuratedTextRow(Base):
    """A curated answer in one language."""

    __tablename__ = "curated_texts"

    curated_id: Mapped[int] = mapped_column(ForeignKey("curated.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    question: Mapped[str]
    answer: Mapped[str]


class PhrasingRow(Base):
    """A way to ask that a curated answer answers, the questions of its texts among them."""

    __tablename__ = "curated_phrasings"
    __table_args__ = (Index(None, "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    curated_id: Mapped[int] = mapped_column(ForeignKey("curated.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    key: Mapped[str] = mapped_column(String(512))  # the text as it is compared


class CitedPassageRow(Base):
    """A passage that a curated answer rests on."""

    __tablename__ = "curated_passages"

    curated_id: Mapped[int] = mapped_column(ForeignKey("curated.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(String(8))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    passage_id: Mapped[str]
    section: Mapped[list[str]]
    page: Mapped[int | None]
    text: Mapped[str]
    quote: Mapped[str]


class AuditRow(Base):
    """One change: who, what, when, and what it was before and after."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
