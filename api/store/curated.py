"""Answers that staff wrote: made, edited, approved, retired, flagged when a passage is gone, found by question."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast, get_args

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from api.store.audit import record
from api.store.phrasing import phrasing_key
from api.store.tables import CitedPassageRow, CuratedRow, CuratedTextRow, PhrasingRow
from index.errors import EsgQaError
from index.script import Language

State = Literal["draft", "approved", "retired"]
STATES: tuple[State, ...] = get_args(State)
MAX_ANSWER = 4000  # characters
MAX_PHRASINGS = 50
MAX_CURATED = 1024 * 1024  # bytes as it is sent; all that may be written takes less


class UnknownCurated(EsgQaError):
    """No curated answer has this id."""


class StaleEdit(EsgQaError):
    """Someone else changed the curated answer meanwhile."""


class Incomplete(EsgQaError):
    """The curated answer lacks something that a visitor may rely on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedText:
    """A curated answer in one language, with the question it answers."""

    language: Language
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedPassage:
    """A passage that a curated answer rests on, as it stood when staff cited it."""

    edition: str
    passage_id: str
    content_hash: str  # of the text, by api.curated.content_hash; what ties the answer to the report
    section: tuple[str, ...]
    page: int | None
    text: str
    quote: str  # stands in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedDraft:
    """What staff write of a curated answer."""

    report: str  # id of the report it speaks of
    texts: tuple[CuratedText, ...]  # one a language, one at least
    phrasings: tuple[str, ...] = ()  # other ways to ask it, in any script
    passages: tuple[CitedPassage, ...] = ()
    owner: str  # who keeps it right
    expires_on: date | None = None  # the last day it is served; None: as long as its passages stand


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedAnswer(CuratedDraft):
    """A curated answer as it is kept."""

    id: int
    state: State
    approved_by: str | None
    approved_at: datetime | None
    flagged_by: str | None  # id of the snapshot that no longer holds a passage; None: all stand
    created_at: datetime
    updated_at: datetime
    version: int  # raised by every change


def create_curated(session: Session, draft: CuratedDraft, *, by: str, now: datetime) -> CuratedAnswer:
    """Keep a new draft. Raises Incomplete."""
    _check(draft)
    row = CuratedRow(state="draft", created_at=now, updated_at=now, version=1)
    _write(row, draft)
    session.add(row)
    session.flush()
    made = _curated(row)
    record(session, by=by, action="curated.create", subject=_subject(made), now=now, after=_summary(made))
    return made


def edit_curated(
    session: Session, curated_id: int, draft: CuratedDraft, *, version: int, by: str, now: datetime
) -> CuratedAnswer:
    """Replace what a curated answer says; it becomes a draft and must be approved again.

    Raises UnknownCurated, Incomplete, or StaleEdit when `version` is not the one kept.
    """
    _check(draft)
    row = _held(session, curated_id, version)
    before = _summary(_curated(row))
    _write(row, draft)
    row.state, row.approved_by, row.approved_at, row.flagged_by = "draft", None, None, None
    return _changed(session, row, "curated.edit", before, by=by, now=now)


def approve_curated(session: Session, curated_id: int, *, version: int, by: str, now: datetime) -> CuratedAnswer:
    """Let a curated answer be served.

    Raises UnknownCurated, StaleEdit, or Incomplete when it cites nothing, is flagged, or is over.
    """
    row = _held(session, curated_id, version)
    held = _curated(row)
    if not held.passages:
        raise Incomplete(f"{_subject(held)}: cites no passage; an approved answer shows what it rests on")
    if held.flagged_by:
        raise Incomplete(f"{_subject(held)}: a passage it cites is not in snapshot {held.flagged_by}; cite the new one")
    if held.expires_on is not None and held.expires_on < now.date():
        raise Incomplete(f"{_subject(held)}: expired on {held.expires_on}; give a later day")
    row.state, row.approved_by, row.approved_at = "approved", by, now
    return _changed(session, row, "curated.approve", _summary(held), by=by, now=now)


def retire_curated(session: Session, curated_id: int, *, version: int, by: str, now: datetime) -> CuratedAnswer:
    """Serve a curated answer no longer; it stays in the list. Raises UnknownCurated or StaleEdit."""
    row = _held(session, curated_id, version)
    before = _summary(_curated(row))
    row.state = "retired"
    return _changed(session, row, "curated.retire", before, by=by, now=now)


def expire_curated(
    session: Session, curated_id: int, expires_on: date | None, *, version: int, by: str, now: datetime
) -> CuratedAnswer:
    """Give a curated answer another last day; it stays approved. Raises UnknownCurated or StaleEdit."""
    row = _held(session, curated_id, version)
    before = _summary(_curated(row))
    row.expires_on = expires_on
    return _changed(session, row, "curated.expire", before, by=by, now=now)


def find_curated(session: Session, curated_id: int) -> CuratedAnswer:
    """Give one curated answer. Raises UnknownCurated."""
    return _curated(_held(session, curated_id, None))


def curated_answers(
    session: Session,
    *,
    state: State | None = None,
    flagged: bool | None = None,
    words: str | None = None,
    over: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[CuratedAnswer]:
    """List curated answers: those flagged first, then the latest changed.

    `words` stand in a phrasing; `over` is a day on which they are served no longer.
    """
    query = _where(select(CuratedRow), state, flagged, words, over)
    ordered = query.order_by(CuratedRow.flagged_by.is_(None), CuratedRow.updated_at.desc(), CuratedRow.id.desc())
    return [_curated(row) for row in session.scalars(ordered.limit(limit).offset(offset))]


def count_curated(
    session: Session,
    *,
    state: State | None = None,
    flagged: bool | None = None,
    words: str | None = None,
    over: date | None = None,
) -> int:
    """Count curated answers."""
    return session.scalar(_where(select(func.count(CuratedRow.id)), state, flagged, words, over)) or 0


def answers_to(session: Session, question: str, *, report: str, today: date) -> list[CuratedAnswer]:
    """Find the answers that may be served to a question, the latest approved first.

    Approved, not expired, not flagged, and with a phrasing that differs from the question in nothing but script,
    case and punctuation.
    """
    key = phrasing_key(question)
    query = (
        select(CuratedRow)
        .where(
            CuratedRow.phrasings.any(PhrasingRow.key == key),
            CuratedRow.report == report,
            CuratedRow.state == "approved",
            CuratedRow.flagged_by.is_(None),
            or_(CuratedRow.expires_on.is_(None), CuratedRow.expires_on >= today),
        )
        .order_by(CuratedRow.approved_at.desc(), CuratedRow.id.desc())
    )
    return [_curated(row) for row in session.scalars(query)] if key else []


def rivals(session: Session, curated_id: int) -> list[CuratedAnswer]:
    """Find the other approved answers that the same question would get; the one approved last is served."""
    held = _held(session, curated_id, None)
    query = select(CuratedRow).where(
        CuratedRow.id != curated_id,
        CuratedRow.report == held.report,
        CuratedRow.state == "approved",
        CuratedRow.phrasings.any(PhrasingRow.key.in_({phrasing.key for phrasing in held.phrasings})),
    )
    return [_curated(row) for row in session.scalars(query.order_by(CuratedRow.id))]


def flag_curated(session: Session, *, held: Collection[str], snapshot: str, now: datetime) -> list[CuratedAnswer]:
    """Flag the answers of which a passage is not among the hashes a snapshot holds; take flags off the others.

    Gives those that were flagged now.
    """
    flagged: list[CuratedAnswer] = []
    for row in session.scalars(select(CuratedRow).where(CuratedRow.state != "retired").with_for_update()):
        gone = any(passage.content_hash not in held for passage in row.passages)
        if gone == (row.flagged_by is not None):
            continue
        before = _summary(_curated(row))
        row.flagged_by = snapshot if gone else None
        action = "curated.flag" if gone else "curated.unflag"
        changed = _changed(session, row, action, before, by=f"snapshot {snapshot}", now=now)
        if gone:
            flagged.append(changed)
    return flagged


def _check(draft: CuratedDraft) -> None:
    languages = [text.language for text in draft.texts]
    if not languages:
        raise Incomplete("the answer: expected a question and an answer in one language at least")
    if len(set(languages)) != len(languages):
        raise Incomplete("the answer: expected one text a language")
    for text in draft.texts:
        if not phrasing_key(text.question) or not text.answer.strip():
            raise Incomplete(f"the answer's text in {text.language}: expected a question and an answer")
        if len(text.answer) > MAX_ANSWER:
            raise Incomplete(
                f"the answer's text in {text.language}: {len(text.answer)} characters; expected {MAX_ANSWER} at most"
            )
    if len(draft.phrasings) > MAX_PHRASINGS:
        raise Incomplete(f"the answer's phrasings: {len(draft.phrasings)}; expected {MAX_PHRASINGS} at most")
    for asked in (*draft.phrasings, *(text.question for text in draft.texts)):
        if len(asked) > 500 or len(phrasing_key(asked)) > 512:
            raise Incomplete(f"{asked[:40]}…: {len(asked)} characters; a question has 500 at most")
    for passage in draft.passages:
        if passage.quote not in passage.text:
            raise Incomplete(f"{passage.quote[:40]}…: expected words of passage {passage.passage_id}")


def _write(row: CuratedRow, draft: CuratedDraft) -> None:
    row.report, row.owner, row.expires_on = draft.report, draft.owner, draft.expires_on
    row.texts[:] = [
        CuratedTextRow(language=text.language, question=text.question, answer=text.answer) for text in draft.texts
    ]
    asked = {phrasing_key(text): text for text in (*draft.phrasings, *(text.question for text in draft.texts))}
    row.phrasings[:] = [PhrasingRow(text=text, key=key) for key, text in asked.items() if key]
    row.passages[:] = [
        CitedPassageRow(
            number=number,
            edition=passage.edition,
            passage_id=passage.passage_id,
            content_hash=passage.content_hash,
            section=list(passage.section),
            page=passage.page,
            text=passage.text,
            quote=passage.quote,
        )
        for number, passage in enumerate(draft.passages, start=1)
    ]


def _changed(
    session: Session, row: CuratedRow, action: str, before: dict[str, object], *, by: str, now: datetime
) -> CuratedAnswer:
    row.updated_at = now
    row.version += 1
    session.flush()
    changed = _curated(row)
    record(session, by=by, action=action, subject=_subject(changed), now=now, before=before, after=_summary(changed))
    return changed


def _held(session: Session, curated_id: int, version: int | None) -> CuratedRow:
    row = session.get(CuratedRow, curated_id, with_for_update=version is not None)
    if row is None:
        raise UnknownCurated(f"curated answer {curated_id}: there is none of this number")
    if version is not None and row.version != version:
        raise StaleEdit(f"curated answer {curated_id}: changed meanwhile by someone else")
    return row


def _where(
    query: Select[Any], state: State | None, flagged: bool | None, words: str | None, over: date | None
) -> Select[Any]:
    if state is not None:
        query = query.where(CuratedRow.state == state)
    if flagged is not None:
        query = query.where(CuratedRow.flagged_by.is_not(None) if flagged else CuratedRow.flagged_by.is_(None))
    if over is not None:
        query = query.where(CuratedRow.expires_on < over)
    if words is not None:
        query = query.where(CuratedRow.phrasings.any(PhrasingRow.key.contains(phrasing_key(words), autoescape=True)))
    return query


def _curated(row: CuratedRow) -> CuratedAnswer:
    questions = {text.question for text in row.texts}
    return CuratedAnswer(
        id=row.id,
        report=row.report,
        state=cast("State", row.state),
        texts=tuple(
            CuratedText(language=cast("Language", text.language), question=text.question, answer=text.answer)
            for text in row.texts
        ),
        phrasings=tuple(phrasing.text for phrasing in row.phrasings if phrasing.text not in questions),
        passages=tuple(
            CitedPassage(
                edition=passage.edition,
                passage_id=passage.passage_id,
                content_hash=passage.content_hash,
                section=tuple(passage.section),
                page=passage.page,
                text=passage.text,
                quote=passage.quote,
            )
            for passage in row.passages
        ),
        owner=row.owner,
        expires_on=row.expires_on,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        flagged_by=row.flagged_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def _subject(curated: CuratedAnswer) -> str:
    return f"curated answer {curated.id}"


def _summary(curated: CuratedAnswer) -> dict[str, object]:
    """What of a curated answer the log keeps: enough to see what visitors were told."""
    return {
        "state": curated.state,
        "report": curated.report,
        "owner": curated.owner,
        "expires_on": curated.expires_on.isoformat() if curated.expires_on else None,
        "flagged_by": curated.flagged_by,
        "texts": {text.language: {"question": text.question, "answer": text.answer} for text in curated.texts},
        "phrasings": list(curated.phrasings),
        "passages": [passage.passage_id for passage in curated.passages],
    }
