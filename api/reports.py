"""The staff's routes for reports: send them, watch their index being built, publish it, go back to an earlier one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.accounts import Admin, Caller, Editor, Reader, database_of
from api.problem import fault
from api.public import problems, reports_of
from api.schemas import NOT_BLANK, ReportReply, Wire
from api.settings import Settings
from api.snapshots import HeldSnapshot, held_snapshots, publish_held
from api.staff import CHANGE, REFUSED, SIGNED_IN
from api.store.audit import record
from api.uploads import (
    MAX_FILES,
    BadUpload,
    SentFile,
    State,
    Upload,
    accept_upload,
    find_upload,
    publish_upload,
    uploads,
)
from index.script import Language

reports = APIRouter(prefix="/v1/staff", tags=["staff"], dependencies=SIGNED_IN)

UPLOAD_PATHS = ("/v1/staff/reports", "/console/reports")  # where a body may be as large as reports are
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NOT_BLANK)]


class ReportGiven(BaseModel):
    """What staff say of the files they send; what is left out is read from them."""

    model_config = ConfigDict(extra="forbid")

    company: Words | None = None
    stock_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,8}(\.[A-Za-z]{1,4})?$")] | None = None
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    language: Language | None = None
    title: Words | None = None
    partial: bool = Field(default=False, description="Accept a report that looks cut off.")
    keep: bool = Field(default=False, description="The reports that answer now go on answering beside these.")


class UploadReply(Wire):
    """Reports that staff sent, and how far their index is."""

    id: str
    by: str
    at: datetime
    files: list[str]
    keep: bool
    metadata: Mapping[str, Any]
    partial: bool
    state: State
    step: str = Field(description="Of the build: read, embed, index or publish.")
    done: int
    of: int
    error: str = Field(description="Why it failed; empty: it did not.")
    snapshot: str = Field(description="Id of the index that was built; empty: none yet.")
    passages: int
    figures: int
    reports: list[ReportReply] = Field(description="What was read, and what was not.")


class UploadsReply(Wire):
    """Uploads, the latest first."""

    uploads: list[UploadReply]


class SnapshotReply(Wire):
    """An index that answers, or did."""

    id: str
    live: bool = Field(description="It answers now; each worker turns to it within a second or two.")
    written_at: datetime
    passages: int
    figures: int
    reports: list[ReportReply]


class SnapshotsReply(Wire):
    """Snapshots, the latest written first; the last three are kept."""

    snapshots: list[SnapshotReply]


_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "minItems": 1,
                            "maxItems": MAX_FILES,
                            "description": "Editions of reports.",
                        },
                        **ReportGiven.model_json_schema()["properties"],
                    },
                }
            }
        },
    }
}


@reports.post(
    "/reports",
    summary="Send reports",
    status_code=202,
    responses=problems(*CHANGE, "bad-upload"),
    openapi_extra=_FORM,
)
async def upload(request: Request, caller: Editor) -> UploadReply:
    """Take one company's reports and begin to build an index of them; what answers now goes on."""
    form = await read_form(request)
    try:
        return UploadReply.model_validate(await run_sync(take, request, caller, form, form_report(form)))
    finally:
        await form.close()


@reports.get("/reports", summary="List uploads", responses=problems(*REFUSED))
def list_uploads(request: Request, _: Reader) -> UploadsReply:
    """List what was sent, and how far each is."""
    return UploadsReply(uploads=[UploadReply.model_validate(each) for each in uploads(_settings(request))])


@reports.get("/reports/{id}", summary="Watch an upload", responses=problems(*REFUSED, "unknown-record"))
def read_one(request: Request, _: Reader, id: Id) -> UploadReply:  # noqa: A002 - the path's
    """Tell how far an upload is, what was read of it, or why it failed."""
    return UploadReply.model_validate(find_upload(_settings(request), id))


@reports.post(
    "/reports/{id}/publish",
    summary="Publish an upload",
    responses=problems(*CHANGE, "unknown-record", "not-built"),
)
def publish_one(request: Request, caller: Admin, id: Id) -> SnapshotReply:  # noqa: A002 - the path's
    """Let the index of an upload answer; no request fails meanwhile."""
    return snapshot_reply(publish_sent(request, caller, id))


@reports.get("/snapshots", summary="List snapshots", responses=problems(*REFUSED))
def list_snapshots(request: Request, _: Reader) -> SnapshotsReply:
    """List the indexes that answer or did."""
    return SnapshotsReply(snapshots=[snapshot_reply(held) for held in held_snapshots(_settings(request).index)])


@reports.post(
    "/snapshots/{id}/publish",
    summary="Go back to a snapshot",
    responses=problems(*CHANGE, "unknown-record", "snapshot-damaged"),
)
def roll_back(request: Request, caller: Admin, id: Id) -> SnapshotReply:  # noqa: A002 - the path's
    """Let an earlier index answer again, or a later one."""
    return snapshot_reply(go_back(request, caller, id))


async def read_form(request: Request) -> FormData:
    """Read a form with its files, which are kept on disk meanwhile. Raises BadUpload."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise BadUpload("a compressed body; send the files as they are")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadUpload("expected a form with files (multipart/form-data)")
    try:
        return await request.form(max_files=MAX_FILES, max_fields=20)
    except HTTPException as error:
        many = str(error.detail).startswith("Too many files")
        raise BadUpload(f"more than {MAX_FILES} files" if many else "the form cannot be read") from error


def form_report(form: FormData) -> ReportGiven:
    """Read what staff say of the files; an empty field counts as left out. Raises BadUpload."""
    said = {
        name: value
        for name, value in form.multi_items()
        if name not in ("file", "csrf_token") and isinstance(value, str) and value.strip()
    }
    try:
        return ReportGiven.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:60]
        raise BadUpload(f"the field {place} {fault(first['type'], first.get('ctx', {}), language='en')}") from error


def take(request: Request, caller: Caller, form: FormData, given: ReportGiven) -> Upload:
    """Keep the files of a form and begin to build. Raises BadUpload."""
    files = [part for part in form.getlist("file") if isinstance(part, UploadFile) and part.filename]
    now, name = datetime.now(UTC), caller.account.name
    accepted = accept_upload(
        _settings(request),
        [SentFile(name=file.filename or "", content=file.file) for file in files],
        metadata=given.model_dump(exclude={"partial", "keep"}, exclude_none=True),
        keep=given.keep,
        partial=given.partial,
        by=name,
        now=now,
    )
    with database_of(request).session() as session:
        after = {"files": list(accepted.files), "keep": given.keep}
        record(session, by=name, action="report.upload", subject=f"upload {accepted.id}", now=now, after=after)
    return accepted


def publish_sent(request: Request, caller: Caller, upload_id: str) -> HeldSnapshot:
    """Publish the index of an upload and log it. Raises UnknownUpload, NotBuilt or SnapshotError."""
    before = _live(request)
    held = publish_upload(_settings(request), upload_id)
    _log(request, caller, "report.publish", before, held)
    return held


def go_back(request: Request, caller: Caller, snapshot: str) -> HeldSnapshot:
    """Publish a snapshot the folder holds and log it. Raises UnknownSnapshot or SnapshotError."""
    before = _live(request)
    held = publish_held(_settings(request).index, snapshot)
    _log(request, caller, "report.roll-back", before, held)
    return held


def snapshot_reply(held: HeldSnapshot) -> SnapshotReply:
    """Describe a snapshot for the wire."""
    return SnapshotReply(
        id=held.id,
        live=held.live,
        written_at=held.written_at,
        passages=held.manifest.passages,
        figures=held.manifest.figures,
        reports=reports_of(held.manifest),
    )


def _log(request: Request, caller: Caller, action: str, before: str, held: HeldSnapshot) -> None:
    with database_of(request).session() as session:
        record(
            session,
            by=caller.account.name,
            action=action,
            subject=f"snapshot {held.id}",
            now=datetime.now(UTC),
            before={"snapshot": before},
            after={"snapshot": held.id, "files": [edition.file_name for edition in held.manifest.editions]},
        )


def _live(request: Request) -> str:
    return next((held.id for held in held_snapshots(_settings(request).index) if held.live), "")


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
