"""What visitors asked: unanswered first, sifted, marked, exported as cases, turned into curated answers."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from api.accounts import Editor, Reader, database_of
from api.console.ask import answer_as_served
from api.console.view import HOME, Form, engine_of, field, fields, go, page_language, show
from api.store.feedback import COMPLAINT_WORDS, feedback
from api.store.questions import (
    MARKS,
    Mark,
    QuestionFilter,
    StoredQuestion,
    UnknownQuestion,
    as_eval_cases,
    count_alike,
    count_by_metric,
    count_questions,
    find_question,
    mark_alike,
    questions_alike,
    questions_like,
)
from index.lexicon import bundled_lexicon
from index.script import LANGUAGES, Language
from qa.answer import Status

questions = APIRouter(include_in_schema=False, prefix=HOME)

PAGE = 50  # questions on a page
MAX_ID = 2**31 - 1
MAX_NOTE = 2000  # characters

RowId = Annotated[int, Path(ge=1, le=MAX_ID)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Blank = Literal[""]


def question_filter(
    status: Status | Blank = "",
    language: Language | Blank = "",
    mark: Mark | Blank = "",
    metric: Annotated[str, Query(max_length=128)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> QuestionFilter:
    """Read which questions are wanted; a field left blank wants any."""
    return QuestionFilter(
        status=status or None, language=language or None, mark=mark or None, metric=metric or None, words=q or None
    )


Wanted = Annotated[QuestionFilter, Depends(question_filter)]


@questions.get("/questions")
def questions_page(request: Request, caller: Reader, wanted: Wanted, page: PageNumber = 1) -> Response:
    """List what visitors asked, questions that are alike as one."""
    with database_of(request).reading() as session:
        total, asked = count_alike(session, wanted), count_questions(session, wanted)
        found = questions_alike(session, wanted, limit=PAGE, offset=(page - 1) * PAGE)
        metrics = count_by_metric(session, QuestionFilter())
        kept = count_questions(session)
    chosen = {name: value for name, value in asdict(wanted).items() if value}
    chosen = {("q" if name == "words" else name): value for name, value in chosen.items()}
    return show(
        request,
        "questions.html",
        caller,
        found=found,
        total=total,
        asked=asked,
        kept=kept,
        page=page,
        pages=max(1, -(-total // PAGE)),
        wanted=wanted,
        query=urlencode(chosen),
        metrics=[(key, metric_name(key, page_language(request)), count) for key, count in metrics],
        metric_name=lambda key: metric_name(key, page_language(request)),
        marks=MARKS,
        statuses=get_args(Status),
        languages=LANGUAGES,
        storing=request.app.state.settings.store_questions,
        days=request.app.state.settings.retention_days,
    )


@questions.post("/questions")
def mark_many(request: Request, caller: Editor, form: Form) -> Response:
    """Mark the questions that were ticked, and those like them."""
    mark, chosen = field(form, "mark"), _chosen(form)
    back = f"{HOME}/questions?{field(form, 'query')}"
    if mark not in MARKS or not chosen:
        return go(request, back, "nothing-chosen")
    with database_of(request).session() as session:
        marked = sum(
            mark_alike(session, question.id, _mark(mark), by=caller.account.name, now=datetime.now(UTC))
            for question in _held(session, chosen)
        )
    return go(request, back, "marked", about=str(marked))


@questions.post("/questions/export")
def export_chosen(request: Request, _: Reader, form: Form) -> Response:
    """Write the questions that were ticked as evaluation cases, for an expert to complete."""
    chosen = _chosen(form)
    if not chosen:
        return go(request, f"{HOME}/questions?{field(form, 'query')}", "nothing-chosen")
    with database_of(request).reading() as session:
        found = _held(session, chosen)
    body = "".join(f"{line}\n" for line in as_eval_cases(found))
    headers = {"Content-Disposition": 'attachment; filename="visitors.jsonl"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/x-ndjson; charset=utf-8", headers=headers)


@questions.get("/questions/{id}")
def question_page(request: Request, caller: Reader, id: RowId) -> Response:  # noqa: A002 - the path's
    """Show one question, what visitors said of its answer, and how it would be answered now."""
    with database_of(request).reading() as session:
        question = find_question(session, id)
        alike = questions_like(session, id)
        thumbs = {one.answer_id: (one.helpful, one.unhelpful) for one in alike}
        remarks = [said for answer in thumbs for said in feedback(session, answer_id=answer)]
    report = _present_report(request, question)
    language = page_language(request)
    return show(
        request,
        "question.html",
        caller,
        question=question,
        alike=alike,
        report=report or "",
        helpful=sum(up for up, _ in thumbs.values()),
        unhelpful=sum(down for _, down in thumbs.values()),
        remarks=sorted(remarks, key=lambda said: said.at, reverse=True),
        complaints=COMPLAINT_WORDS[language],
        metric_name=lambda key: metric_name(key, language),
        marks=MARKS,
        now=answer_as_served(request, engine_of(request), question.text, language=question.language, report=report),
    )


@questions.post("/questions/{id}")
def mark_one(request: Request, caller: Editor, id: RowId, form: Form) -> Response:  # noqa: A002 - the path's
    """Note what staff made of a question and of those like it."""
    mark = field(form, "mark")
    path = f"{HOME}/questions/{id}"
    if mark not in MARKS:
        return go(request, path, "nothing-chosen")
    note = field(form, "note", limit=MAX_NOTE)
    with database_of(request).session() as session:
        mark_alike(session, id, _mark(mark), by=caller.account.name, now=datetime.now(UTC), note=note)
    return go(request, path, "noted")


def metric_name(key: str, language: Language) -> str:
    """Name the metrics of a key for a reader; an answer may join several with a plus sign."""
    metrics = bundled_lexicon().metrics
    return " + ".join(metrics[one].name(language) if one in metrics else one for one in key.split("+"))


def _chosen(form: Form) -> list[int]:
    """The numbers of the questions ticked, a page's at most."""
    given = [value for value in fields(form, "id") if value.isdecimal() and len(value) <= 10]
    return [number for number in dict.fromkeys(map(int, given)) if 1 <= number <= MAX_ID][:PAGE]


def _held(session: Session, chosen: list[int]) -> list[StoredQuestion]:
    """Those of the chosen questions that are still kept."""
    found = []
    for number in chosen:
        try:
            found.append(find_question(session, number))
        except UnknownQuestion:
            continue
    return found


def _mark(word: str) -> Mark:
    return next(mark for mark in MARKS if mark == word)


def _present_report(request: Request, question: StoredQuestion) -> str | None:
    """The report that was asked, if the snapshot still holds it."""
    held = {edition.metadata.report_id for edition in engine_of(request).snapshot.manifest.editions}
    return question.report if question.report in held else None
