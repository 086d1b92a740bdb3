"""The staff's routes: sign in, what visitors asked and said, curated answers, who changed what."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.security import APIKeyCookie, HTTPBearer

from api.accounts import (
    COOKIE,
    Admin,
    Caller,
    Editor,
    Reader,
    address_of,
    check_origin,
    clear_cookie,
    database_of,
    door_of,
    set_cookie,
)
from api.curated import cite, newest_report
from api.public import known_report, problems
from api.service import Service
from api.staff_schemas import (
    AccountReply,
    AccountsReply,
    ChangeReply,
    ChangesReply,
    CuratedEdited,
    CuratedGiven,
    CuratedListReply,
    CuratedReply,
    ExpiryGiven,
    FeedbackListReply,
    FeedbackReply,
    MarkGiven,
    MetricCount,
    Moment,
    NewPassword,
    SignedInReply,
    SignIn,
    StoredQuestionReply,
    StoredQuestionsReply,
    VersionGiven,
)
from api.store.accounts import accounts, set_password, sign_out
from api.store.audit import changes
from api.store.curated import (
    CuratedDraft,
    CuratedText,
    State,
    approve_curated,
    count_curated,
    create_curated,
    curated_answers,
    edit_curated,
    expire_curated,
    find_curated,
    retire_curated,
)
from api.store.feedback import count_feedback, feedback
from api.store.questions import (
    Mark,
    QuestionFilter,
    as_eval_cases,
    count_by_metric,
    count_questions,
    find_question,
    mark_question,
    questions,
)
from index.script import Language
from index.snapshot import Snapshot
from qa.answer import Status

REFUSED = ("sign-in-required", "not-allowed", "too-many", "no-store", "store-failed", "invalid-request")
CHANGE = ("malformed-json", "foreign-request", "foreign-charset", "too-large", *REFUSED)
_EXPORTED = 5000  # questions in one file

_bearer = HTTPBearer(auto_error=False, description="A token made by `esg-qa account token`.")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The cookie that signing in sets.")

staff = APIRouter(prefix="/v1/staff", tags=["staff"])
SIGNED_IN = [Depends(_bearer), Depends(_cookie)]  # for OpenAPI; Reader, Editor and Admin check them

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=500, description="How many.")]
Offset = Annotated[int, Query(ge=0, le=10**6, description="How many to pass over.")]
Words = Annotated[str | None, Query(max_length=200, description="Stand in the question, in any script.")]


def question_filter(
    status: Status | None = None,
    language: Language | None = None,
    metric: Annotated[str | None, Query(max_length=128, description="Key of a metric.")] = None,
    mark: Mark | None = None,
    words: Words = None,
    since: Annotated[Moment | None, Query(description="Asked then or later.")] = None,
    until: Annotated[Moment | None, Query(description="Asked before.")] = None,
) -> QuestionFilter:
    """Read which questions are wanted; a time without its zone is in UTC."""
    return QuestionFilter(
        status=status,
        language=language,
        metric=metric,
        mark=mark,
        words=words,
        since=_zoned(since),
        until=_zoned(until),
    )


Wanted = Annotated[QuestionFilter, Depends(question_filter)]


@staff.post(
    "/login",
    summary="Sign in",
    responses=problems(
        *("malformed-json", "wrong-password", "foreign-request", "too-large", "invalid-request", "too-many"),
        *("no-store", "store-failed"),
    ),
)
def login(request: Request, response: Response, given: SignIn) -> SignedInReply:
    """Sign a browser in by cookie."""
    check_origin(request)
    cookie, found = door_of(request).enter(
        given.name, given.password, visitor=address_of(request), held_cookie=request.cookies.get(COOKIE, "")
    )
    set_cookie(response, cookie, found, request=request)
    response.headers["Cache-Control"] = "no-store"
    return SignedInReply.model_validate(found)


@staff.post("/logout", summary="Sign out", status_code=204, dependencies=SIGNED_IN, responses=problems(*CHANGE))
def logout(request: Request, response: Response, _: Reader) -> None:
    """Forget the browser."""
    with database_of(request).session() as session:
        sign_out(session, request.cookies.get(COOKIE, ""))
    clear_cookie(response)


@staff.get("/me", summary="Who is signed in?", dependencies=SIGNED_IN, responses=problems(*REFUSED))
def me(caller: Reader) -> SignedInReply:
    """Tell who is signed in, and the token that changes need."""
    return SignedInReply.model_validate(caller)


@staff.post(
    "/password",
    summary="Choose another password",
    status_code=204,
    dependencies=SIGNED_IN,
    responses=problems(*CHANGE, "wrong-password", "weak-password"),
)
def change_password(request: Request, response: Response, caller: Reader, given: NewPassword) -> None:
    """Choose another password; every browser of the account is signed out."""
    door, name = door_of(request), caller.account.name
    door.check(name, given.present)
    hashed = door.hash(given.new)
    with database_of(request).session() as session:
        set_password(session, name, hashed, by=name, now=datetime.now(UTC))
    clear_cookie(response)


@staff.get("/questions", summary="List visitors' questions", dependencies=SIGNED_IN, responses=problems(*REFUSED))
def list_questions(
    request: Request, _: Reader, wanted: Wanted, limit: Limit = 50, offset: Offset = 0
) -> StoredQuestionsReply:
    """List what visitors asked: first what was not answered, then the newest."""
    with database_of(request).reading() as session:
        return StoredQuestionsReply(
            total=count_questions(session, wanted),
            questions=[
                StoredQuestionReply.model_validate(question)
                for question in questions(session, wanted, limit=limit, offset=offset)
            ],
            metrics=[MetricCount(metric=metric, questions=count) for metric, count in count_by_metric(session, wanted)],
        )


@staff.get(
    "/questions/export",
    summary="Export questions as evaluation cases",
    response_class=StreamingResponse,
    dependencies=SIGNED_IN,
    responses={
        200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}, "description": "One case a line."},
        **problems(*REFUSED),
    },
)
def export_questions(request: Request, _: Reader, wanted: Wanted) -> StreamingResponse:
    """Write up to 5,000 questions as lines of a file of cases; an expert completes what they expect."""
    with database_of(request).reading() as session:
        found = questions(session, wanted, limit=_EXPORTED)
    lines: Iterator[str] = (line + "\n" for line in as_eval_cases(found))
    headers = {"Content-Disposition": 'attachment; filename="visitors.jsonl"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


@staff.post(
    "/questions/{id}/mark",
    summary="Mark a question",
    dependencies=SIGNED_IN,
    responses=problems(*CHANGE, "unknown-record"),
)
def mark(request: Request, caller: Editor, id: RowId, given: MarkGiven) -> StoredQuestionReply:  # noqa: A002 - the path's
    """Note what staff made of a question."""
    with database_of(request).session() as session:
        find_question(session, id)
        marked = mark_question(session, id, given.mark, by=caller.account.name, now=datetime.now(UTC), note=given.note)
        return StoredQuestionReply.model_validate(marked)


@staff.get("/feedback", summary="List feedback", dependencies=SIGNED_IN, responses=problems(*REFUSED))
def list_feedback(
    request: Request,
    _: Reader,
    answer: Annotated[str | None, Query(max_length=32, description="Id of an answer.")] = None,
    helpful: bool | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> FeedbackListReply:
    """List what visitors said of answers, newest first."""
    with database_of(request).reading() as session:
        up, down = count_feedback(session)
        said = feedback(session, answer_id=answer, helpful=helpful, limit=limit, offset=offset)
    return FeedbackListReply(
        helpful=up, unhelpful=down, feedback=[FeedbackReply.model_validate(entry) for entry in said]
    )


@staff.get("/curated", summary="List curated answers", dependencies=SIGNED_IN, responses=problems(*REFUSED))
def list_curated(
    request: Request,
    _: Reader,
    state: State | None = None,
    flagged: bool | None = None,
    words: Words = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> CuratedListReply:
    """List curated answers: first those a new report has put in doubt, then the latest changed."""
    with database_of(request).reading() as session:
        found = curated_answers(session, state=state, flagged=flagged, words=words, limit=limit, offset=offset)
        total = count_curated(session, state=state, flagged=flagged, words=words)
    return CuratedListReply(total=total, curated=[CuratedReply.model_validate(curated) for curated in found])


@staff.get(
    "/curated/{id}",
    summary="Read a curated answer",
    dependencies=SIGNED_IN,
    responses=problems(*REFUSED, "unknown-record"),
)
def read_curated(request: Request, _: Reader, id: RowId) -> CuratedReply:  # noqa: A002 - the path's
    """Give one curated answer."""
    with database_of(request).reading() as session:
        return CuratedReply.model_validate(find_curated(session, id))


@staff.post(
    "/curated",
    summary="Write a curated answer",
    status_code=201,
    dependencies=SIGNED_IN,
    responses=problems(*CHANGE, "incomplete", "unknown-passage", "unknown-report", "not-ready"),
)
def write_curated(request: Request, caller: Editor, given: CuratedGiven) -> CuratedReply:
    """Keep a draft; its passages are tied to what they say in the present snapshot."""
    draft = _draft(request, caller, given)
    with database_of(request).session() as session:
        made = create_curated(session, draft, by=caller.account.name, now=datetime.now(UTC))
    return CuratedReply.model_validate(made)


@staff.put(
    "/curated/{id}",
    summary="Edit a curated answer",
    dependencies=SIGNED_IN,
    responses=problems(
        *CHANGE, "incomplete", "changed-meanwhile", "unknown-record", "unknown-passage", "unknown-report", "not-ready"
    ),
)
def rewrite_curated(request: Request, caller: Editor, id: RowId, given: CuratedEdited) -> CuratedReply:  # noqa: A002 - the path's
    """Replace what a curated answer says; it must be approved again."""
    draft = _draft(request, caller, given)
    with database_of(request).session() as session:
        changed = edit_curated(session, id, draft, version=given.version, by=caller.account.name, now=datetime.now(UTC))
    return CuratedReply.model_validate(changed)


@staff.post(
    "/curated/{id}/approve",
    summary="Approve a curated answer",
    dependencies=SIGNED_IN,
    responses=problems(*CHANGE, "incomplete", "changed-meanwhile", "unknown-record"),
)
def approve(request: Request, caller: Editor, id: RowId, given: VersionGiven) -> CuratedReply:  # noqa: A002 - the path's
    """Let it be served, before what the engine would say."""
    with database_of(request).session() as session:
        changed = approve_curated(session, id, version=given.version, by=caller.account.name, now=datetime.now(UTC))
    return CuratedReply.model_validate(changed)


@staff.post(
    "/curated/{id}/retire",
    summary="Retire a curated answer",
    dependencies=SIGNED_IN,
    responses=problems(*CHANGE, "changed-meanwhile", "unknown-record"),
)
def retire(request: Request, caller: Editor, id: RowId, given: VersionGiven) -> CuratedReply:  # noqa: A002 - the path's
    """Serve it no longer."""
    with database_of(request).session() as session:
        changed = retire_curated(session, id, version=given.version, by=caller.account.name, now=datetime.now(UTC))
    return CuratedReply.model_validate(changed)


@staff.post(
    "/curated/{id}/expiry",
    summary="Give a curated answer another last day",
    dependencies=SIGNED_IN,
    responses=problems(*CHANGE, "changed-meanwhile", "unknown-record"),
)
def set_expiry(request: Request, caller: Editor, id: RowId, given: ExpiryGiven) -> CuratedReply:  # noqa: A002 - the path's
    """Change the last day it is served; it stays approved."""
    with database_of(request).session() as session:
        changed = expire_curated(
            session, id, given.expires_on, version=given.version, by=caller.account.name, now=datetime.now(UTC)
        )
    return CuratedReply.model_validate(changed)


@staff.get("/audit", summary="Who changed what?", dependencies=SIGNED_IN, responses=problems(*REFUSED))
def list_changes(
    request: Request,
    _: Admin,
    who: Annotated[str | None, Query(max_length=64)] = None,
    action: Annotated[str | None, Query(max_length=64, description="Or its beginning, such as `curated`.")] = None,
    subject: Annotated[str | None, Query(max_length=128)] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ChangesReply:
    """List changes, newest first, with what was before and after."""
    with database_of(request).reading() as session:
        found = changes(session, who=who, action=action, subject=subject, limit=limit, offset=offset)
    return ChangesReply(changes=[ChangeReply.model_validate(change) for change in found])


@staff.get("/accounts", summary="List accounts", dependencies=SIGNED_IN, responses=problems(*REFUSED))
def list_accounts(request: Request, _: Admin) -> AccountsReply:
    """List the staff; `esg-qa account` makes and changes accounts."""
    with database_of(request).reading() as session:
        return AccountsReply(accounts=[AccountReply.model_validate(account) for account in accounts(session)])


def curated_draft(snapshot: Snapshot, given: CuratedGiven, *, by: str) -> CuratedDraft:
    """Tie what staff wrote to the passages of a snapshot.

    Raises UnknownReport, UnknownPassage, or Incomplete when a passage does not hold its quote.
    """
    known_report(snapshot, given.report)
    return CuratedDraft(
        report=given.report or newest_report(snapshot),
        texts=tuple(
            CuratedText(language=text.language, question=text.question, answer=text.answer) for text in given.texts
        ),
        phrasings=tuple(given.phrasings),
        passages=tuple(cite(snapshot, passage.passage_id, passage.quote) for passage in given.passages),
        owner=given.owner or by,
        expires_on=given.expires_on,
    )


def _draft(request: Request, caller: Caller, given: CuratedGiven) -> CuratedDraft:
    request.state.asked = {"report": given.report}
    service: Service = request.app.state.service
    return curated_draft(service.engine.snapshot, given, by=caller.account.name)


def _zoned(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
