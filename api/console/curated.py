"""Curated answers: write or correct one, tie it to passages, look at it as a visitor would, approve it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypedDict

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.accounts import Editor, Reader, database_of
from api.cells import report_ids
from api.console.ask import answer_as_served
from api.console.evidence import edition_title
from api.console.reply import place_of
from api.console.view import HOME, Form, engine_of, field, fields, go, page_language, show
from api.console.words import Words
from api.curated import content_hash, newest_report, present
from api.problem import UnknownPassage, fault
from api.schemas import MAX_QUESTION
from api.staff import curated_draft
from api.staff_schemas import CuratedGiven
from api.store.audit import changes
from api.store.curated import (
    MAX_ANSWER,
    MAX_CURATED,
    MAX_PHRASINGS,
    CuratedAnswer,
    Incomplete,
    StaleEdit,
    State,
    approve_curated,
    count_curated,
    create_curated,
    curated_answers,
    edit_curated,
    expire_curated,
    find_curated,
    retire_curated,
    rivals,
)
from api.told import told
from index.chunk import Passage
from index.script import LANGUAGES, Language, language_of
from index.snapshot import Snapshot
from qa.answer import Answer

curated = APIRouter(include_in_schema=False, prefix=HOME)

PAGE = 50  # answers on a page
HITS = 8  # passages that a search offers

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Sieve = Literal["", "draft", "approved", "expired", "flagged", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A passage that may be cited, and what of it is quoted."""

    id: str
    place: str
    edition: str
    text: str
    quote: str  # empty: all of it
    chosen: bool
    stands: bool  # in the present snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The form as it is filled in."""

    report: str
    questions: dict[Language, str]
    answers: dict[Language, str]
    phrasings: str  # one a line
    choices: tuple[Choice, ...]
    owner: str
    expires_on: str  # empty: while its passages stand
    find: str  # words to find further passages by


class _Wanted(TypedDict):
    """Which answers to list, as the store takes it."""

    state: State | None
    flagged: bool | None
    over: date | None
    words: str | None


@curated.get("/curated")
def curated_page(
    request: Request,
    caller: Reader,
    state: Sieve = "",
    q: Annotated[str, Query(max_length=200)] = "",
    page: PageNumber = 1,
) -> Response:
    """List curated answers: those a new report has put in doubt first."""
    wanted: _Wanted = {
        "state": "approved" if state == "expired" else None if state == "flagged" else state or None,
        "flagged": True if state == "flagged" else None,
        "over": datetime.now(UTC).date() if state == "expired" else None,
        "words": q or None,
    }
    with database_of(request).reading() as session:
        total = count_curated(session, **wanted)
        found = curated_answers(session, **wanted, limit=PAGE, offset=(page - 1) * PAGE)
    return show(
        request,
        "curated.html",
        caller,
        found=found,
        standing=standing,
        title=lambda one: _title(one, page_language(request)),
        state=state,
        words=q,
        page=page,
        pages=max(1, -(-total // PAGE)),
    )


@curated.get("/curated/new")
def new_page(
    request: Request,
    caller: Editor,
    q: Annotated[str, Query(max_length=MAX_QUESTION)] = "",
    language: Language | None = None,
) -> Response:
    """Begin a curated answer, from what the service says to a question now."""
    snapshot = engine_of(request).snapshot
    sheet = _blank(snapshot, caller.account.name)
    if q.strip():
        spoken = language or language_of(q)
        answer = answer_as_served(request, engine_of(request), q.strip(), language=spoken, report=None).answer
        sheet = _begun(sheet, snapshot, q.strip(), answer, say=Words(page_language(request)))
    return _form(request, caller, sheet, held=None)


@curated.post("/curated/new")
def create(request: Request, caller: Editor, form: Form) -> Response:
    """Keep a new draft; or only find passages for it."""
    return _keep(request, caller, form, held=None)


@curated.get("/curated/{id}")
def one_page(request: Request, caller: Reader, id: RowId) -> Response:  # noqa: A002 - the path's
    """Show a curated answer as visitors see it, what it rests on, and its history."""
    snapshot = engine_of(request).snapshot
    with database_of(request).reading() as session:
        held = find_curated(session, id)
        others = rivals(session, id) if held.state != "retired" else []
        history = changes(session, subject=f"curated answer {id}", limit=100)
    say = Words(page_language(request))
    return show(
        request,
        "curated-one.html",
        caller,
        held=held,
        standing=standing(held),
        title=_title(held, page_language(request)),
        previews=[_preview(held, snapshot, language) for language in LANGUAGES],
        choices=_cited(held, snapshot, say),
        history=history,
        rivals=others,
        rival_title=lambda one: _title(one, page_language(request)),
        lacking=_lacking(held, snapshot),
    )


@curated.get("/curated/{id}/edit")
def edit_page(request: Request, caller: Editor, id: RowId) -> Response:  # noqa: A002 - the path's
    """Correct a curated answer."""
    with database_of(request).reading() as session:
        held = find_curated(session, id)
    return _form(request, caller, _filled(request, held), held=held)


@curated.post("/curated/{id}/edit")
def edit(request: Request, caller: Editor, id: RowId, form: Form) -> Response:  # noqa: A002 - the path's
    """Replace what a curated answer says; it must be approved again."""
    with database_of(request).reading() as session:
        held = find_curated(session, id)
    return _keep(request, caller, form, held=held)


@curated.post("/curated/{id}/approve")
def approve(request: Request, caller: Editor, id: RowId, form: Form) -> Response:  # noqa: A002 - the path's
    """Let it be served from now on."""
    with database_of(request).session() as session:
        approve_curated(session, id, version=_version(form), by=caller.account.name, now=datetime.now(UTC))
    return go(request, f"{HOME}/curated/{id}", "approved")


@curated.post("/curated/{id}/retire")
def retire(request: Request, caller: Editor, id: RowId, form: Form) -> Response:  # noqa: A002 - the path's
    """Serve it no longer."""
    with database_of(request).session() as session:
        retire_curated(session, id, version=_version(form), by=caller.account.name, now=datetime.now(UTC))
    return go(request, f"{HOME}/curated/{id}", "retired")


@curated.post("/curated/{id}/expiry")
def set_expiry(request: Request, caller: Editor, id: RowId, form: Form) -> Response:  # noqa: A002 - the path's
    """Give it another last day. Raises Incomplete when the day cannot be read."""
    with database_of(request).session() as session:
        expire_curated(
            session,
            id,
            _day(field(form, "expires_on")),
            version=_version(form),
            by=caller.account.name,
            now=datetime.now(UTC),
        )
    return go(request, f"{HOME}/curated/{id}", "expiry")


@curated.get("/curated/{id}/widget")
def widget_page(request: Request, caller: Reader, id: RowId) -> Response:  # noqa: A002 - the path's
    """Try an approved answer on the widget itself."""
    with database_of(request).reading() as session:
        held = find_curated(session, id)
    return show(
        request,
        "curated-widget.html",
        caller,
        held=held,
        title=_title(held, page_language(request)),
        standing=standing(held),
    )


def standing(held: CuratedAnswer, *, today: date | None = None) -> str:
    """Name how a curated answer stands: flagged, expired, or its state."""
    if held.state != "retired" and held.flagged_by:
        return "flagged"
    over = held.expires_on is not None and held.expires_on < (today or datetime.now(UTC).date())
    return "expired" if held.state == "approved" and over else held.state


def _keep(request: Request, caller: Editor, form: FormData, *, held: CuratedAnswer | None) -> Response:
    """Keep what was written; show the form again when only passages are to be found, or when something is wrong."""
    sheet = _read(request, form)
    if field(form, "action") == "find":
        return _form(request, caller, sheet, held=held)
    try:
        given = CuratedGiven.model_validate(_given(sheet))
        draft = curated_draft(engine_of(request).snapshot, given, by=caller.account.name)
        with database_of(request).session() as session:
            by, now = caller.account.name, datetime.now(UTC)
            kept = (
                edit_curated(session, held.id, draft, version=_version(form), by=by, now=now)
                if held
                else create_curated(session, draft, by=by, now=now)
            )
    except ValidationError as error:
        return _form(request, caller, sheet, held=held, wrong=_faults(error, page_language(request)))
    except StaleEdit:
        return _stale(request, caller, sheet, held)
    except Incomplete as error:
        return _form(request, caller, sheet, held=held, wrong=[told(str(error), page_language(request))])
    except UnknownPassage as error:
        gone = f"{error}: {Words(page_language(request))('curated.gone')}"
        return _form(request, caller, sheet, held=held, wrong=[gone])
    return go(request, f"{HOME}/curated/{kept.id}", "saved")


def _stale(request: Request, caller: Editor, sheet: Sheet, held: CuratedAnswer | None) -> Response:
    """Keep what was written when someone else was faster, tied to what they made of it: saving again replaces that."""
    say = Words(page_language(request))
    if held is not None:
        with database_of(request).reading() as session:
            held = find_curated(session, held.id)
    return _form(request, caller, sheet, held=held, wrong=[say("curated.changed-meanwhile")], status=409)


def _form(
    request: Request,
    caller: Editor,
    sheet: Sheet,
    *,
    held: CuratedAnswer | None,
    wrong: list[str] | None = None,
    status: int = 422,
) -> Response:
    engine = engine_of(request)
    return show(
        request,
        "curated-form.html",
        caller,
        status=status if wrong else 200,
        sheet=sheet,
        held=held,
        stale=status == 409,
        kept=request.method == "POST",  # what was written stands in the page already
        restored=request.method == "POST" and request.query_params.get("restored") == "1",
        wrong=wrong or [],
        max_bytes=MAX_CURATED,
        max_question=MAX_QUESTION,
        max_phrasings=MAX_PHRASINGS,
        reports=[
            (held, edition_title(engine.snapshot, held, page_language(request))) for held in report_ids(engine.snapshot)
        ],
    )


def _blank(snapshot: Snapshot, owner: str) -> Sheet:
    return Sheet(
        report=newest_report(snapshot),
        questions=dict.fromkeys(LANGUAGES, ""),
        answers=dict.fromkeys(LANGUAGES, ""),
        phrasings="",
        choices=(),
        owner=owner,
        expires_on="",
        find="",
    )


def _begun(sheet: Sheet, snapshot: Snapshot, question: str, answer: Answer, *, say: Words) -> Sheet:
    """Fill in a question and the service's answer to it, with what that cites."""
    answered = answer.status == "answered"  # else what is cited is only close to the question
    cited = tuple(
        _choice(snapshot.by_id[citation.passage_id], snapshot, say, quote=citation.quote, chosen=answered)
        for citation in answer.citations
    )
    return Sheet(
        report=sheet.report,
        questions={**sheet.questions, answer.language: question},
        answers={**sheet.answers, answer.language: answer.text[:MAX_ANSWER] if answered else ""},
        phrasings="",
        choices=cited,
        owner=sheet.owner,
        expires_on="",
        find="" if cited else question,
    )


def _filled(request: Request, held: CuratedAnswer) -> Sheet:
    texts = {text.language: text for text in held.texts}
    return Sheet(
        report=held.report,
        questions={one: texts[one].question if one in texts else "" for one in LANGUAGES},
        answers={one: texts[one].answer if one in texts else "" for one in LANGUAGES},
        phrasings="\n".join(held.phrasings),
        choices=_cited(held, engine_of(request).snapshot, Words(page_language(request))),
        owner=held.owner,
        expires_on=held.expires_on.isoformat() if held.expires_on else "",
        find="",
    )


def _read(request: Request, form: FormData) -> Sheet:
    """Read the form, and find further passages where that was asked for."""
    snapshot, say = engine_of(request).snapshot, Words(page_language(request))
    chosen = fields(form, "passage")[:20]
    choices = [
        _choice(snapshot.by_id[id_], snapshot, say, quote=field(form, f"quote:{id_}", limit=MAX_CURATED), chosen=True)
        for id_ in dict.fromkeys(chosen)
        if id_ in snapshot.by_id
    ]
    find = field(form, "find", limit=MAX_QUESTION)
    report = field(form, "report", limit=64)
    if find and field(form, "action") == "find":
        known = report if report in report_ids(snapshot) else None
        hits = engine_of(request).search(find, k=HITS, report=known)
        taken = {choice.id for choice in choices}
        choices += [
            _choice(hit.passage, snapshot, say, quote="", chosen=False) for hit in hits if hit.passage.id not in taken
        ]
    return Sheet(
        report=report,
        questions={one: field(form, f"question:{one}", limit=MAX_CURATED) for one in LANGUAGES},
        answers={one: field(form, f"answer:{one}", limit=MAX_CURATED) for one in LANGUAGES},
        phrasings=field(form, "phrasings", limit=MAX_CURATED),
        choices=tuple(choices),
        owner=field(form, "owner", limit=65),
        expires_on=field(form, "expires_on", limit=20),
        find=find,
    )


def _given(sheet: Sheet) -> dict[str, Any]:
    """Give the sheet as the staff's own route takes it; a language with neither question nor answer is left out."""
    return {
        "report": sheet.report or None,
        "texts": [
            {"language": one, "question": sheet.questions[one], "answer": sheet.answers[one]}
            for one in LANGUAGES
            if sheet.questions[one] or sheet.answers[one]
        ],
        "phrasings": [line.strip() for line in sheet.phrasings.split("\n") if line.strip()],
        "passages": [{"passage_id": one.id, "quote": one.quote or None} for one in sheet.choices if one.chosen],
        "owner": sheet.owner or None,
        "expires_on": sheet.expires_on or None,
    }


def _faults(error: ValidationError, language: Language) -> list[str]:
    """Say what is wrong with each field, by the name it has on the form."""
    say = Words(language)
    found = []
    for entry in error.errors()[:10]:
        place = str(entry["loc"][-1]) if entry["loc"] else ""
        name = say(f"curated.{place}") if say.has(f"curated.{place}") else say("curated.form")
        found.append(f"{name}{say('console.colon')}{fault(entry['type'], entry.get('ctx', {}), language=language)}")
    return list(dict.fromkeys(found))


def _cited(held: CuratedAnswer, snapshot: Snapshot, say: Words) -> tuple[Choice, ...]:
    """The passages an answer rests on, each with whether it still stands as it was cited."""
    hashes = {content_hash(passage.text) for passage in snapshot.passages}
    return tuple(
        Choice(
            id=cited.passage_id,
            place=place_of(edition_title(snapshot, held.report, cited.edition), cited.section, cited.page, say),
            edition=cited.edition,
            text=cited.text,
            quote="" if cited.quote == cited.text else cited.quote,
            chosen=True,
            stands=cited.content_hash in hashes,
        )
        for cited in held.passages
    )


def _choice(passage: Passage, snapshot: Snapshot, say: Words, *, quote: str, chosen: bool) -> Choice:
    title = edition_title(snapshot, passage.report_id, passage.edition)
    return Choice(
        id=passage.id,
        place=place_of(title, passage.section, passage.page, say),
        edition=passage.edition,
        text=passage.text,
        quote="" if quote == passage.text else quote,
        chosen=chosen,
        stands=True,
    )


def _preview(held: CuratedAnswer, snapshot: Snapshot, language: Language) -> tuple[Language, Answer | None]:
    """The answer as a visitor of a language would get it once approved; None where they would get the engine's."""
    question = next((text.question for text in held.texts if text.language == language), held.texts[0].question)
    return language, present(held, snapshot, question=question, language=language, draft=True)


def _lacking(held: CuratedAnswer, snapshot: Snapshot) -> str:
    """Name what keeps an answer from being approved; empty: nothing."""
    hashes = {content_hash(passage.text) for passage in snapshot.passages}
    if not held.passages:
        return "curated.lacks-passage"
    if held.flagged_by or any(cited.content_hash not in hashes for cited in held.passages):
        return "curated.lacks-standing"
    if held.expires_on is not None and held.expires_on < datetime.now(UTC).date():
        return "curated.lacks-time"
    return ""


def _title(held: CuratedAnswer, language: Language) -> str:
    texts = {text.language: text.question for text in held.texts}
    return texts.get(language) or next(iter(texts.values()))


def _version(form: FormData) -> int:
    given = field(form, "version", limit=10)
    return int(given) if given.isdecimal() else 0


def _day(text: str) -> date | None:
    """Read a day as a form gives it; None: none. Raises Incomplete."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Incomplete(f"{text[:20]}: expected a day such as 2026-12-31") from error
