"""Questions that visitors asked: kept without an address, listed, marked, exported and forgotten."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from api.store.audit import record
from api.store.phrasing import phrasing_key
from api.store.tables import FeedbackRow, QuestionMetricRow, QuestionRow
from index.errors import EsgQaError
from index.script import Language
from qa.answer import Reason, Status

Mark = Literal["new", "done", "watch", "ignored"]
MARKS: tuple[Mark, ...] = get_args(Mark)


class UnknownQuestion(EsgQaError):
    """No question has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to keep, and how it was answered."""

    text: str
    language: Language
    report: str  # empty: the newest
    status: Status
    reason: Reason | None
    metrics: tuple[str, ...]  # keys of the lexicon
    answer_id: str
    snapshot: str
    approved: bool  # a curated answer was served
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuestion(Asked):
    """A question that was kept, and what staff made of it."""

    id: int
    mark: Mark
    marked_by: str | None
    note: str
    helpful: int  # thumbs up that its answer got
    unhelpful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeQuestions:
    """Questions that differ in nothing but script, case and punctuation."""

    latest: StoredQuestion
    count: int
    unhelpful: int  # thumbs down that their answers got, all together


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """Which questions to list; None: any."""

    status: Status | None = None
    language: Language | None = None
    metric: str | None = None
    mark: Mark | None = None
    words: str | None = None  # stand in the question, in any script
    since: datetime | None = None
    until: datetime | None = None


def keep_questions(session: Session, asked: Sequence[Asked]) -> None:
    """Keep questions as new ones."""
    for question in asked:
        session.add(
            QuestionRow(
                asked_at=question.at,
                text=question.text,
                folded=phrasing_key(question.text),
                language=question.language,
                report=question.report,
                status=question.status,
                reason=question.reason,
                answer_id=question.answer_id,
                snapshot=question.snapshot,
                approved=question.approved,
                mark="new",
                note="",
                metrics=[QuestionMetricRow(metric=metric) for metric in sorted(set(question.metrics))],
            )
        )


def questions(
    session: Session, wanted: QuestionFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[StoredQuestion]:
    """List questions: those without an answer first, then the newest first."""
    query = _where(select(QuestionRow), wanted or QuestionFilter())
    unanswered_first = (QuestionRow.status == "answered").asc()
    rows = list(
        session.scalars(
            query.order_by(unanswered_first, QuestionRow.asked_at.desc(), QuestionRow.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )
    thumbs = _thumbs(session, [row.answer_id for row in rows])
    return [_question(row, *thumbs.get(row.answer_id, (0, 0))) for row in rows]


def questions_alike(
    session: Session, wanted: QuestionFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[AlikeQuestions]:
    """List questions with those like them as one: those whose latest has no answer first, then the latest asked."""
    alike = _alike(wanted or QuestionFilter()).subquery()
    query = (
        select(QuestionRow, alike.c.asked)
        .join(alike, QuestionRow.id == alike.c.latest)
        .order_by((QuestionRow.status == "answered").asc(), QuestionRow.asked_at.desc(), QuestionRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = [(row, int(count)) for row, count in session.execute(query)]
    answers = _answers(session, [row for row, _ in found], wanted or QuestionFilter())
    thumbs = _thumbs(session, [answer for held in answers.values() for answer in held])
    return [
        AlikeQuestions(
            latest=_question(row, *thumbs.get(row.answer_id, (0, 0))),
            count=count,
            unhelpful=sum(thumbs.get(answer, (0, 0))[1] for answer in answers[row.folded, row.report]),
        )
        for row, count in found
    ]


def count_alike(session: Session, wanted: QuestionFilter | None = None) -> int:
    """Count questions, those alike as one."""
    return session.scalar(select(func.count()).select_from(_alike(wanted or QuestionFilter()).subquery())) or 0


def questions_like(session: Session, question_id: int) -> list[StoredQuestion]:
    """Give a question and those like it, the latest first. Raises UnknownQuestion."""
    query = select(QuestionRow).where(_like(_held(session, question_id))).order_by(QuestionRow.id.desc())
    rows = list(session.scalars(query))
    thumbs = _thumbs(session, [row.answer_id for row in rows])
    return [_question(row, *thumbs.get(row.answer_id, (0, 0))) for row in rows]


def count_questions(session: Session, wanted: QuestionFilter | None = None) -> int:
    """Count questions."""
    return session.scalar(_where(select(func.count(QuestionRow.id)), wanted or QuestionFilter())) or 0


def count_by_metric(session: Session, wanted: QuestionFilter | None = None) -> list[tuple[str, int]]:
    """Count questions by the metric their answers speak of, most asked first."""
    query = _where(
        select(QuestionMetricRow.metric, func.count()).join(
            QuestionRow, QuestionRow.id == QuestionMetricRow.question_id
        ),
        wanted or QuestionFilter(),
    )
    grouped = query.group_by(QuestionMetricRow.metric).order_by(func.count().desc(), QuestionMetricRow.metric)
    return [(metric, count) for metric, count in session.execute(grouped)]


def find_question(session: Session, question_id: int) -> StoredQuestion:
    """Give one question. Raises UnknownQuestion."""
    row = _held(session, question_id)
    return _question(row, *_thumbs(session, [row.answer_id]).get(row.answer_id, (0, 0)))


def mark_question(
    session: Session, question_id: int, mark: Mark, *, by: str, now: datetime, note: str | None = None
) -> StoredQuestion:
    """Note what staff made of a question; `note` None leaves the note as it is. Raises UnknownQuestion."""
    row = _held(session, question_id)
    before = {"mark": row.mark, "note": row.note}
    row.mark, row.marked_by = mark, by
    row.note = row.note if note is None else note
    record(
        session,
        by=by,
        action="question.mark",
        subject=f"question {question_id}",
        now=now,
        before=before,
        after={"mark": row.mark, "note": row.note},
    )
    session.flush()
    return find_question(session, question_id)


def mark_alike(
    session: Session, question_id: int, mark: Mark, *, by: str, now: datetime, note: str | None = None
) -> int:
    """Note the same of a question and of all like it, and count them. Raises UnknownQuestion.

    They are one entry in the log, under the number that was chosen.
    """
    chosen = _held(session, question_id)
    before = {"mark": chosen.mark, "note": chosen.note}
    rows = list(session.scalars(select(QuestionRow).where(_like(chosen))))
    for row in rows:
        row.mark, row.marked_by = mark, by
        row.note = row.note if note is None else note
    after: dict[str, object] = {"mark": mark, "note": chosen.note}
    if len(rows) > 1:
        after["alike"] = len(rows)
    record(
        session, by=by, action="question.mark", subject=f"question {question_id}", now=now, before=before, after=after
    )
    session.flush()
    return len(rows)


def purge_questions(session: Session, *, before: datetime) -> int:
    """Forget questions asked before a time, and what was said of their answers then; count the questions."""
    old = select(QuestionRow.id).where(QuestionRow.asked_at < before)
    count = session.scalar(select(func.count()).select_from(old.subquery())) or 0
    session.execute(delete(QuestionMetricRow).where(QuestionMetricRow.question_id.in_(old)))
    session.execute(delete(QuestionRow).where(QuestionRow.asked_at < before))
    session.execute(delete(FeedbackRow).where(FeedbackRow.given_at < before))
    return count


def as_eval_cases(asked: Sequence[StoredQuestion]) -> Iterator[str]:
    """Write questions as lines of a file of evaluation cases, for an expert to complete.

    The answer given is what is to be judged, so no number of it is written down as expected, only its status.
    """
    for question in asked:
        case: dict[str, Any] = {
            "id": f"visitor.{question.id}",
            "kind": _kind(question),
            "language": question.language,
            "question": question.text,
            "expect": {"status": question.status},
            "provenance": {
                "author": "visitor",
                "written": f"asked {question.at.date().isoformat()}; not yet judged",
                "split": "tuned",
            },
        }
        yield json.dumps(case, ensure_ascii=False)


def _kind(question: StoredQuestion) -> str:
    """Name the kind of case a question makes, as eval/case.py knows them."""
    if question.status == "not_disclosed":
        return "not_disclosed"
    return "lookup" if question.metrics else "narrative"


def _alike(wanted: QuestionFilter) -> Any:  # noqa: ANN401 - a Select of its own columns
    """Group the questions wanted that are alike: how often each was asked, and the latest of them."""
    columns = select(func.count(QuestionRow.id).label("asked"), func.max(QuestionRow.id).label("latest"))
    return _where(columns, wanted).group_by(QuestionRow.folded, QuestionRow.report)


def _like(row: QuestionRow) -> ColumnElement[bool]:
    return and_(QuestionRow.folded == row.folded, QuestionRow.report == row.report)


def _answers(
    session: Session, rows: Sequence[QuestionRow], wanted: QuestionFilter
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Find the answers that the questions like each of the given ones got."""
    found: dict[tuple[str, str], list[str]] = {(row.folded, row.report): [] for row in rows}
    columns = select(QuestionRow.folded, QuestionRow.report, QuestionRow.answer_id).distinct()
    query = _where(columns, wanted).where(QuestionRow.folded.in_({row.folded for row in rows}))
    for folded, report, answer in session.execute(query):
        found.setdefault((folded, report), []).append(answer)
    return {place: tuple(answers) for place, answers in found.items()}


def _where(query: Any, wanted: QuestionFilter) -> Any:  # noqa: ANN401 - a Select of any columns
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.status, QuestionRow.status == wanted.status),
        (wanted.language, QuestionRow.language == wanted.language),
        (wanted.mark, QuestionRow.mark == wanted.mark),
        (wanted.metric, QuestionRow.metrics.any(QuestionMetricRow.metric == wanted.metric)),
        (wanted.words, QuestionRow.folded.contains(phrasing_key(wanted.words or ""), autoescape=True)),
    ]
    if wanted.since is not None:
        query = query.where(QuestionRow.asked_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(QuestionRow.asked_at < wanted.until)
    return query.where(*(condition for value, condition in conditions if value is not None))


def _thumbs(session: Session, answers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Count thumbs up and down by answer."""
    counted: dict[str, list[int]] = {}
    query = (
        select(FeedbackRow.answer_id, FeedbackRow.helpful, func.count())
        .where(FeedbackRow.answer_id.in_(set(answers)))
        .group_by(FeedbackRow.answer_id, FeedbackRow.helpful)
    )
    for answer, helpful, count in session.execute(query):
        counted.setdefault(answer, [0, 0])[0 if helpful else 1] += count
    return {answer: (up, down) for answer, (up, down) in counted.items()}


def _held(session: Session, question_id: int) -> QuestionRow:
    row = session.get(QuestionRow, question_id)
    if row is None:
        raise UnknownQuestion(f"question {question_id}: there is none of this number; it may have been purged")
    return row


def _question(row: QuestionRow, helpful: int, unhelpful: int) -> StoredQuestion:
    return StoredQuestion(
        id=row.id,
        at=row.asked_at,
        text=row.text,
        language=cast("Language", row.language),
        report=row.report,
        status=cast("Status", row.status),
        reason=cast("Reason | None", row.reason),
        metrics=tuple(metric.metric for metric in row.metrics),
        answer_id=row.answer_id,
        snapshot=row.snapshot,
        approved=row.approved,
        mark=cast("Mark", row.mark),
        marked_by=row.marked_by,
        note=row.note,
        helpful=helpful,
        unhelpful=unhelpful,
    )
