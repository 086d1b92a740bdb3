"""What goes over the wire between the service and its staff."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.accounts import MAX_PASSWORD, MIN_PASSWORD
from api.schemas import NOT_BLANK, QuestionText, Wire
from api.store.accounts import Role
from api.store.curated import MAX_ANSWER, MAX_PHRASINGS, State
from api.store.feedback import Complaint
from api.store.questions import Mark
from index.script import Language
from qa.answer import Reason, Status

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=NOT_BLANK)]
Password = Annotated[str, StringConstraints(max_length=1024)]


def _as_written(value: object) -> object:
    """Refuse a bare number, which pydantic would count in seconds from 1970."""
    if isinstance(value, date) or value is None or (isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value)):
        return value
    raise PydanticCustomError("date_parsing", "expected a day or a moment as ISO 8601 writes it, such as 2026-12-31")


def _whole(value: object) -> object:
    """Read 1.0 as 1: to JSON Schema both are the integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Day = Annotated[date, Field(strict=False), BeforeValidator(_as_written)]  # JSON has no type for it
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_as_written)]
Version = Annotated[
    int,
    Field(ge=1, le=2**31 - 1, description="The version you looked at; another is refused."),
    BeforeValidator(_whole),
]


class Sent(BaseModel):
    """Anything the staff sends; a value of another type is refused, not read as one that it resembles."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(Sent):
    """A name and its password."""

    name: Name
    password: Password


class NewPassword(Sent):
    """A password to take the place of the present one."""

    present: Password
    new: Password = Field(  # its length is checked with the password, and refused as a weak one
        json_schema_extra={"minLength": MIN_PASSWORD, "maxLength": MAX_PASSWORD}
    )


class AccountReply(Wire):
    """Someone on the staff."""

    name: str
    role: Role
    disabled: bool
    created_at: datetime


class AccountsReply(Wire):
    """All accounts, by name."""

    accounts: list[AccountReply]


class SignedInReply(Wire):
    """Who is signed in."""

    account: AccountReply
    csrf_token: str | None = Field(
        description="To send in X-CSRF-Token with every change; null: came with a bearer token and needs none."
    )
    expires_at: datetime | None = Field(description="When the browser is signed out; null: by the token's own time.")


class StoredQuestionReply(Wire):
    """A question that a visitor asked."""

    id: int
    at: datetime
    text: str
    language: Language
    report: str = Field(description="The report that was asked; empty: the newest.")
    status: Status
    reason: Reason | None
    metrics: list[str]
    answer_id: str
    snapshot: str
    approved: bool = Field(description="A curated answer was served.")
    mark: Mark
    marked_by: str | None
    note: str
    helpful: int = Field(description="Thumbs up that its answer got.")
    unhelpful: int


class MetricCount(Wire):
    """How often a metric was asked for."""

    metric: str
    questions: int


class StoredQuestionsReply(Wire):
    """Questions, those without an answer first."""

    total: int
    questions: list[StoredQuestionReply]
    metrics: list[MetricCount] = Field(description="Of all that match, most asked first.")


class MarkGiven(Sent):
    """What staff made of a question."""

    mark: Mark
    note: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="Null: leave the note as it is."
    )


class FeedbackReply(Wire):
    """What a visitor said of an answer."""

    answer_id: str
    helpful: bool
    reason: Complaint | None
    comment: str
    at: datetime


class FeedbackListReply(Wire):
    """What visitors said, newest first."""

    helpful: int = Field(description="Thumbs up in all.")
    unhelpful: int
    feedback: list[FeedbackReply]


class CuratedTextGiven(Sent):
    """A curated answer in one language."""

    model_config = ConfigDict(from_attributes=True)

    language: Language
    question: QuestionText
    answer: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ANSWER, pattern=NOT_BLANK)
    ]


class PassageGiven(Sent):
    """A passage to rest the answer on."""

    passage_id: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    quote: Annotated[str, StringConstraints(min_length=1, max_length=4000)] | None = Field(
        default=None, description="Words of the passage; null: all of it."
    )


class CuratedGiven(Sent):
    """What staff write of a curated answer."""

    report: str | None = Field(default=None, max_length=64, description="The report it speaks of; null: the newest.")
    texts: Annotated[list[CuratedTextGiven], Field(min_length=1, max_length=3, description="One a language.")]
    phrasings: Annotated[list[QuestionText], Field(max_length=MAX_PHRASINGS)] = Field(
        default=[], description="Other ways to ask it, in any script."
    )
    passages: Annotated[list[PassageGiven], Field(max_length=20)] = []
    owner: Name | None = Field(default=None, description="Who keeps it right; null: whoever sends this.")
    expires_on: Day | None = Field(default=None, description="The last day it is served; null: while it stands.")


class CuratedEdited(CuratedGiven):
    """A curated answer as it is to be, and the version it was made from."""

    version: Version


class VersionGiven(Sent):
    """The version that a step is for."""

    version: Version


class ExpiryGiven(VersionGiven):
    """Another last day."""

    expires_on: Day | None


class CitedPassageReply(Wire):
    """A passage that a curated answer rests on, as it stood when it was cited."""

    edition: str
    passage_id: str
    content_hash: str
    section: list[str]
    page: int | None
    text: str
    quote: str


class CuratedReply(Wire):
    """A curated answer."""

    id: int
    report: str
    state: State
    texts: list[CuratedTextGiven]
    phrasings: list[str]
    passages: list[CitedPassageReply]
    owner: str
    expires_on: date | None
    approved_by: str | None
    approved_at: datetime | None
    flagged_by: str | None = Field(description="The snapshot that no longer holds a passage; null: all stand.")
    created_at: datetime
    updated_at: datetime
    version: int


class CuratedListReply(Wire):
    """Curated answers, those flagged first."""

    total: int
    curated: list[CuratedReply]


class ChangeReply(Wire):
    """One change that someone made."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangesReply(Wire):
    """Changes, newest first."""

    changes: list[ChangeReply]
