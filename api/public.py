"""The routes anyone may call: ask, search, figures, reports, passages, health."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from hmac import compare_digest
from pathlib import Path as FilePath
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.accounts import database_of
from api.address import is_loopback
from api.asker import browser_language, question_language
from api.cells import find_cells, report_ids
from api.curated import find_approved
from api.logs import log_failure
from api.metrics import ANSWERS, FEEDBACK, MEDIA_TYPE, exposition
from api.problem import KINDS, UnknownPassage
from api.recorder import Recorder
from api.schemas import (
    MAX_QUESTION,
    AnswerReply,
    ApprovedReply,
    CellReply,
    CellsReply,
    EditionReply,
    FeedbackGiven,
    Health,
    HitReply,
    OnePassage,
    PassageReply,
    ProblemReply,
    Question,
    QuestionText,
    Readiness,
    ReportReply,
    ReportsReply,
    SearchReply,
    SummaryReply,
    UnreadReply,
)
from api.service import Service
from api.settings import Settings
from api.store.database import Database
from api.store.feedback import Feedback, keep_feedback
from api.store.questions import Asked
from index.lexicon import bundled_lexicon
from index.script import LANGUAGES, Language, language_of, legible, render
from index.snapshot import Edition, Manifest, Snapshot
from qa.answer import Answer
from qa.catalogue import nearest_edition
from qa.engine import Engine, UnknownReport

public = APIRouter()

EXAMPLE = json.loads(FilePath(__file__).with_name("example.json").read_text(encoding="utf-8"))

ReportQuery = Annotated[str | None, Query(description="Id of one report, from /v1/reports.")]
LanguageQuery = Annotated[Language | None, Query(description="The edition nearest to this language.")]
AcceptLanguage = Annotated[
    str, Header(description="Settles the script of a question that both Chinese scripts write alike, and of errors.")
]


def problems(*names: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems a route may answer with, for OpenAPI."""
    described: dict[int | str, dict[str, Any]] = {}
    for name in names:
        kind = KINDS[name]
        entry = described.setdefault(
            kind.status,
            {"model": ProblemReply, "description": "", "content": {"application/problem+json": {"examples": {}}}},
        )
        entry["description"] = f"{entry['description']}; {kind.title['en']}".removeprefix("; ")
        entry["content"]["application/problem+json"]["examples"][name] = {
            "value": {
                "type": f"/problems/{name}",
                "title": kind.title["en"],
                "status": kind.status,
                "detail": kind.detail["en"],
                "instance": "/v1/ask",
            }
        }
    return described


@public.post(
    "/v1/ask",
    tags=["questions"],
    summary="Ask a question",
    response_model=AnswerReply,
    responses=problems(
        "malformed-json",
        "unknown-report",
        "too-large",
        "question-empty",
        "question-too-long",
        "invalid-request",
        "too-many",
        "not-ready",
        "took-too-long",
    ),
)
async def ask(request: Request, question: Question, accept_language: AcceptLanguage = "") -> AnswerReply:
    """Answer from the reports with exact figures and cited passages, or say that it is not disclosed.

    What the company's staff approved for the same question comes first, and is marked so.
    """
    request.state.asked = question.model_dump()  # a problem is explained in the language asked for
    # A thread that takes too long is left behind, so that its asker is told in time.
    return await run_sync(partial(_answer, request, question, accept_language), abandon_on_cancel=True)


def _answer(request: Request, question: Question, accept_language: str) -> AnswerReply:
    engine = _engine(request)
    known_report(engine.snapshot, question.report)
    language = question.language or question_language(question.question, browser=browser_language(accept_language))
    approved = _approved(request, engine.snapshot, question, language or language_of(question.question))
    if approved is not None:
        answer, on = approved
        reply = AnswerReply.model_validate(answer).model_copy(update={"approved": ApprovedReply(on=on)})
    else:
        answer = engine.ask(question.question, history=question.history, language=language, report=question.report)
        reply = AnswerReply.model_validate(answer)
    ANSWERS.labels(answer.status, answer.reason or "", answer.language, str(approved is not None).lower()).inc()
    _keep(request, question, answer, approved=approved is not None)
    return reply


@public.post(
    "/v1/feedback",
    tags=["questions"],
    summary="Say whether an answer helped",
    status_code=204,
    responses=problems("malformed-json", "too-large", "invalid-request", "too-many", "no-store", "store-failed"),
)
def give_feedback(request: Request, given: FeedbackGiven) -> None:
    """Keep a thumb up or down, a reason and a comment; nothing about who gave it."""
    with database_of(request).session() as session:
        keep_feedback(
            session,
            Feedback(
                answer_id=given.answer,
                helpful=given.helpful,
                reason=given.reason,
                comment=given.comment,
                at=datetime.now(UTC),
            ),
        )
    FEEDBACK.labels(str(given.helpful).lower()).inc()


@public.get(
    "/v1/search",
    tags=["evidence"],
    summary="Search passages",
    response_model=SearchReply,
    responses=problems("unknown-report", "invalid-request", "too-many", "not-ready"),
)
def search(
    request: Request,
    q: Annotated[
        QuestionText, Query(description="What to look for, in any of the three scripts.", examples=["用水量"])
    ],
    k: Annotated[int, Query(ge=1, le=50, description="How many passages.")] = 8,
    report: ReportQuery = None,
    year: Annotated[
        int | None, Query(ge=1, le=9999, description="Passages of reports on this year only.", examples=[2022])
    ] = None,
    language: Annotated[Language | None, Query(description="Passages of the editions in this language only.")] = None,
) -> SearchReply:
    """Find passages by meaning and by words, with the rank each gave them."""
    engine = _engine(request)
    known_report(engine.snapshot, report)
    hits = engine.search(q, k=k, report=report, year=year, language=language)
    return SearchReply(
        query=q, hits=[HitReply.model_validate(hit) for hit in hits], snapshot=engine.snapshot.manifest.id
    )


@public.get(
    "/v1/figures",
    tags=["evidence"],
    summary="List typed figures",
    response_model=CellsReply,
    responses=problems("unknown-report", "invalid-request", "too-many", "not-ready"),
)
def figures(
    request: Request,
    metric: Annotated[
        str | None,
        Query(
            max_length=MAX_QUESTION,
            description="Key of a metric, a name it goes by, or words in a row's labels.",
            examples=["ghg_scope_2", "範疇二", "turnover rate"],
        ),
    ] = None,
    period: Annotated[str | None, Query(max_length=40, description="As the table heads it.", examples=["2022"])] = None,
    report: ReportQuery = None,
    language: LanguageQuery = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many cells.")] = 200,
    offset: Annotated[int, Query(ge=0, le=10**9, description="How many to pass over.")] = 0,
) -> CellsReply:
    """List table cells as they were read: labels, unit, period, value, notes, and where they stand."""
    snapshot = _engine(request).snapshot
    known_report(snapshot, report)
    found = find_cells(snapshot, bundled_lexicon(), metric=metric, period=period, report=report, language=language)
    return CellsReply(
        total=len(found),
        figures=[CellReply.model_validate(figure) for figure in found[offset : offset + limit]],
        snapshot=snapshot.manifest.id,
    )


@public.get(
    "/v1/reports",
    tags=["evidence"],
    summary="List reports",
    response_model=ReportsReply,
    responses=problems("too-many", "not-ready"),
)
def reports(request: Request) -> ReportsReply:
    """List the reports this service answers from, and what was read of each edition."""
    manifest = _engine(request).snapshot.manifest
    return ReportsReply(
        reports=reports_of(manifest),
        passages=manifest.passages,
        figures=manifest.figures,
        model=manifest.model,
        snapshot=manifest.id,
    )


@public.get(
    "/v1/passages/{id:path}",
    tags=["evidence"],
    summary="Read a passage",
    response_model=OnePassage,
    responses=problems("unknown-passage", "invalid-request", "too-many", "not-ready"),
)
def passage(
    request: Request,
    id: Annotated[str, Path(description="From a citation's passage_id.", max_length=400)],  # noqa: A002 - the contract's name
) -> OnePassage:
    """Give one passage whole, and its counterparts in other editions."""
    snapshot = _engine(request).snapshot
    found = snapshot.by_id.get(id)
    if found is None:
        raise UnknownPassage(id)
    others = (snapshot.counterpart(found, edition) for edition in LANGUAGES if edition != found.edition)
    return OnePassage(
        **PassageReply.model_validate(found).model_dump(),
        counterparts=[other.id for other in others if other],
        snapshot=snapshot.manifest.id,
    )


@public.get("/healthz", tags=["health"], summary="Is the process alive?", response_model=Health)
def healthz() -> Health:
    """Answer as long as the process lives."""
    return Health()


@public.get(
    "/readyz",
    tags=["health"],
    summary="Is the index loaded?",
    response_model=Readiness,
    responses=problems("not-ready"),
)
def readyz(request: Request) -> Readiness:
    """Answer 200 once questions can be answered, 503 until then."""
    return Readiness(snapshot=_engine(request).snapshot.manifest.id)


def _engine(request: Request) -> Engine:
    service: Service = request.app.state.service
    return service.engine


def _approved(
    request: Request, snapshot: Snapshot, question: Question, language: Language
) -> tuple[Answer, date] | None:
    """Look for an answer of the staff's; when the database fails, the engine answers."""
    database: Database | None = request.app.state.database
    if database is None:
        return None
    try:
        with database.reading() as session:
            return find_approved(
                session,
                snapshot,
                question.question,
                history=question.history,
                language=language,
                report=question.report,
            )
    except SQLAlchemyError as error:
        log_failure(error, request_id=request.state.request_id)
        return None


def _keep(request: Request, question: Question, answer: Answer, *, approved: bool) -> None:
    recorder: Recorder | None = request.app.state.recorder
    if recorder is None:
        return
    recorder.keep(
        Asked(
            text=legible(question.question),  # the staff reads it beside other text
            language=answer.language,
            report=question.report or "",
            status=answer.status,
            reason=answer.reason,
            metrics=tuple(dict.fromkeys(f.metric for f in (*answer.figures, *answer.nearest) if f.metric)),
            answer_id=answer.id,
            snapshot=answer.snapshot,
            approved=approved,
            at=datetime.now(UTC),
        )
    )


@public.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Give the counts to Prometheus: to whoever has the token, or without one to this machine alone."""
    settings: Settings = request.app.state.settings
    if not _may_read_metrics(request, settings.metrics_token):
        raise HTTPException(404)
    return Response(exposition(request.app.state.metrics), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _may_read_metrics(request: Request, token: SecretStr | None) -> bool:
    if token is None:
        return is_loopback(request.scope)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.encode(), token.get_secret_value().encode())


def known_report(snapshot: Snapshot, report: str | None) -> None:
    """Refuse a report that a snapshot does not hold. Raises UnknownReport."""
    if report is not None and report not in report_ids(snapshot):
        raise UnknownReport(report)


def reports_of(manifest: Manifest) -> list[ReportReply]:
    """Describe the reports a snapshot was made of, and what was read of each edition."""
    names = dict.fromkeys(edition.metadata.report_id for edition in manifest.editions)
    return [_report(name, [e for e in manifest.editions if e.metadata.report_id == name]) for name in names]


def _report(name: str, editions: Sequence[Edition]) -> ReportReply:
    first = editions[0].metadata
    return ReportReply(
        id=name,
        company=first.company,
        names={language: company_name(editions, language) for language in LANGUAGES},
        aliases=list(dict.fromkeys(alias for edition in editions for alias in edition.metadata.aliases)),
        stock_code=first.stock_code,
        year=first.year,
        contact=next((edition.metadata.contact for edition in editions if edition.metadata.contact), ""),
        editions=[
            EditionReply(
                language=edition.metadata.language,
                company=edition.metadata.company,
                title=edition.metadata.title,
                file_name=edition.file_name,
                sha256=edition.sha256,
                summary=SummaryReply.model_validate(edition.summary),
                unread=[UnreadReply.model_validate(entry) for entry in edition.unread],
            )
            for edition in editions
        ],
    )


def company_name(editions: Sequence[Edition], language: Language) -> str:
    """Name the company of a report to a reader of a language, as the nearest edition does."""
    companies: dict[str, str] = {edition.metadata.language: edition.metadata.company for edition in editions}
    return render(companies[nearest_edition(companies, language)], language)
