"""What visitors said of answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.store.tables import FeedbackRow
from index.script import Language

Complaint = Literal["wrong_number", "not_what_i_asked", "hard_to_understand", "missing_source", "other"]
COMPLAINTS: tuple[Complaint, ...] = get_args(Complaint)
MAX_COMMENT = 500  # characters

COMPLAINT_WORDS: Mapping[Language, Mapping[Complaint, str]] = {
    "en": {
        "wrong_number": "A number is wrong",
        "not_what_i_asked": "It is not what I asked",
        "hard_to_understand": "It is hard to understand",
        "missing_source": "The source is missing or wrong",
        "other": "Something else",
    },
    "zh-Hant": {
        "wrong_number": "數字有誤",
        "not_what_i_asked": "答非所問",
        "hard_to_understand": "難以理解",
        "missing_source": "出處缺漏或有誤",
        "other": "其他",
    },
    "zh-Hans": {
        "wrong_number": "数字有误",
        "not_what_i_asked": "答非所问",
        "hard_to_understand": "难以理解",
        "missing_source": "出处缺漏或有误",
        "other": "其他",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A thumb up or down on one answer."""

    answer_id: str
    helpful: bool
    reason: Complaint | None
    comment: str
    at: datetime


def keep_feedback(session: Session, feedback: Feedback) -> None:
    """Keep what a visitor said."""
    session.add(
        FeedbackRow(
            given_at=feedback.at,
            answer_id=feedback.answer_id,
            helpful=feedback.helpful,
            reason=feedback.reason,
            comment=feedback.comment,
        )
    )


def feedback(
    session: Session,
    *,
    answer_id: str | None = None,
    helpful: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Feedback]:
    """List what visitors said, newest first."""
    query = select(FeedbackRow).order_by(FeedbackRow.given_at.desc(), FeedbackRow.id.desc())
    if answer_id is not None:
        query = query.where(FeedbackRow.answer_id == answer_id)
    if helpful is not None:
        query = query.where(FeedbackRow.helpful.is_(helpful))
    return [
        Feedback(
            answer_id=row.answer_id,
            helpful=row.helpful,
            reason=cast("Complaint | None", row.reason),
            comment=row.comment,
            at=row.given_at,
        )
        for row in session.scalars(query.limit(limit).offset(offset))
    ]


def count_feedback(session: Session) -> tuple[int, int]:
    """Count thumbs up and thumbs down."""
    counted: dict[bool, int] = {}
    for helpful, count in session.execute(select(FeedbackRow.helpful, func.count()).group_by(FeedbackRow.helpful)):
        counted[helpful] = count
    return counted.get(True, 0), counted.get(False, 0)
