"""Serve what staff approved before what the engine would say, as long as the passages it rests on still stand."""

import hashlib
from collections.abc import Container, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from api.problem import UnknownPassage
from api.store.curated import CitedPassage, CuratedAnswer, CuratedText, Incomplete, answers_to
from index.chunk import Passage
from index.lexicon import bundled_lexicon
from index.script import Language, render
from index.snapshot import Snapshot
from qa.answer import Answer, Citation
from qa.question import BadQuestion, understand

CURATED_PATHS = ("/v1/staff/curated", "/console/curated")  # below them a body may hold a whole curated answer


def content_hash(text: str) -> str:
    """Name a passage by its characters, so that it is known again in another snapshot."""
    return hashlib.sha256(text.encode()).hexdigest()


def cite(snapshot: Snapshot, passage_id: str, quote: str | None = None) -> CitedPassage:
    """Tie a curated answer to a passage as it stands now; without a quote, to all of it.

    Raises UnknownPassage, or Incomplete when the passage does not hold the quote.
    """
    passage = snapshot.by_id.get(passage_id)
    if passage is None:
        raise UnknownPassage(passage_id)
    quote = quote or passage.text
    if quote not in passage.text:
        raise Incomplete(f"{quote[:40]}…: expected words of passage {passage_id}")
    return CitedPassage(
        edition=passage.edition,
        passage_id=passage.id,
        content_hash=content_hash(passage.text),
        section=passage.section,
        page=passage.page,
        text=passage.text,
        quote=quote,
    )


def held_hashes(snapshot: Snapshot) -> frozenset[str]:
    """The hashes of all passages of a snapshot."""
    return frozenset(_by_hash(snapshot))


def find_approved(
    session: Session,
    snapshot: Snapshot,
    question: str,
    *,
    history: Sequence[str],
    language: Language,
    report: str | None,
) -> tuple[Answer, date] | None:
    """Find what staff approved for a question, and the day they did; None: the engine is to answer.

    A question that leans on an earlier one is the engine's: its words alone do not say what it asks.
    """
    today = datetime.now(UTC).date()
    found = answers_to(session, question, report=report or newest_report(snapshot), today=today)
    if not found or (history and _leans(question, history)):
        return None
    for curated in found:
        answer = present(curated, snapshot, question=question, language=language, today=today)
        if answer is not None and curated.approved_at is not None:
            return answer, curated.approved_at.date()
    return None


def newest_report(snapshot: Snapshot) -> str:
    """The report that is asked when none is named, as the engine chooses it."""
    held = [edition.metadata for edition in snapshot.manifest.editions]
    return max((metadata.year or 0, metadata.report_id) for metadata in held)[1]


def present(
    curated: CuratedAnswer,
    snapshot: Snapshot,
    *,
    question: str,
    language: Language,
    today: date | None = None,
    draft: bool = False,
) -> Answer | None:
    """Write a curated answer as the service answers; None when it may not be served to this asker.

    That is: it is not approved, is over, has no text the asker reads, or a passage it cites is not in the snapshot.
    As a `draft` it is written whatever it lacks but the text.
    """
    text = _text(curated.texts, language)
    held = _by_hash(snapshot)
    if text is None or not (draft or _stands(curated, held, today or datetime.now(UTC).date())):
        return None
    cited = [p for p in curated.passages if p.content_hash in held]
    shown = [p for p in cited if p.edition == text.language] or cited
    made_of = f"{snapshot.manifest.id}\x00{curated.id}\x00{curated.version}\x00{language}\x00{question}"
    return Answer(
        id=hashlib.sha256(made_of.encode()).hexdigest()[:16],
        status="answered",
        reason=None,
        language=language,
        text=text.answer if text.language == language else render(text.answer, language),
        citations=tuple(
            _citation(number, cited, held[cited.content_hash]) for number, cited in enumerate(shown, start=1)
        ),
        snapshot=snapshot.manifest.id,
    )


def _stands(curated: CuratedAnswer, held: Container[str], today: date) -> bool:
    if curated.state != "approved" or curated.flagged_by or (curated.expires_on and curated.expires_on < today):
        return False
    return bool(curated.passages) and all(passage.content_hash in held for passage in curated.passages)


def _leans(question: str, history: Sequence[str]) -> bool:
    try:
        return understand(question, lexicon=bundled_lexicon(), latest="0", history=history).follows
    except BadQuestion:
        return True


def _text(texts: Sequence[CuratedText], language: Language) -> CuratedText | None:
    """Choose the text in the asker's language, else in the other Chinese script."""
    written = {text.language: text for text in texts}
    if language in written or language == "en":
        return written.get(language)
    return written.get("zh-Hant") or written.get("zh-Hans")


def _citation(number: int, cited: CitedPassage, passage: Passage) -> Citation:
    start = passage.text.index(cited.quote)
    return Citation(
        number=number,
        report=passage.report_id,
        edition=passage.edition,
        section=passage.section,
        page=passage.page,
        page_end=passage.page_end,
        passage_id=passage.id,
        passage=passage.text,
        quote=cited.quote,
        start=start,
        end=start + len(cited.quote),
    )


@lru_cache(maxsize=1)  # one: a snapshot that was replaced should not stay in memory
def _by_hash(snapshot: Snapshot) -> dict[str, Passage]:
    return {content_hash(passage.text): passage for passage in reversed(snapshot.passages)}
