"""The reports this service answers from: send new ones, see what was read, publish, go back to an earlier snapshot."""

from functools import partial
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request, Response

from api.accounts import Admin, Caller, Editor, Reader
from api.console.view import HOME, engine_of, go, page_language, show
from api.public import company_name
from api.reports import form_report, go_back, publish_sent, read_form, take
from api.settings import Settings
from api.snapshots import held_snapshots
from api.told import told
from api.uploads import MAX_FILES, BadUpload, Upload, find_upload, uploads
from index.build import READERS

reports = APIRouter(include_in_schema=False, prefix=HOME)

SHOWN = 5  # uploads on the page
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


@reports.get("/reports")
def reports_page(request: Request, caller: Reader) -> Response:
    """Show what answers now, what was sent, and the snapshots that can be gone back to."""
    return _page(request, caller)


@reports.post("/reports")
async def send(request: Request, caller: Editor) -> Response:
    """Take one company's reports and begin to read them; what answers now goes on."""
    try:
        form = await read_form(request)
        try:
            taken = await run_sync(take, request, caller, form, form_report(form))
        finally:
            await form.close()
    except BadUpload as error:
        return await run_sync(
            partial(_page, request, caller, wrong=told(str(error), page_language(request)), status=422)
        )
    return go(request, f"{HOME}/reports/{taken.id}", "uploaded")


@reports.get("/reports/{id}")
def upload_page(request: Request, caller: Reader, id: Id) -> Response:  # noqa: A002 - the path's
    """Show how far an upload is; the page comes again by itself until it is read. Raises UnknownUpload."""
    found = find_upload(_settings(request), id)
    response = show(request, "upload.html", caller, upload=found, share=share(found), waits=_waits(found))
    if _waits(found):
        response.headers["Refresh"] = "2"
    return response


@reports.post("/reports/{id}/publish")
def publish(request: Request, caller: Admin, id: Id) -> Response:  # noqa: A002 - the path's
    """Let the index of an upload answer. Raises UnknownUpload or NotBuilt."""
    held = publish_sent(request, caller, id)
    return go(request, f"{HOME}/reports", "published", about=held.id)


@reports.post("/snapshots/{id}/publish")
def roll_back(request: Request, caller: Admin, id: Id) -> Response:  # noqa: A002 - the path's
    """Let an earlier snapshot answer again. Raises UnknownSnapshot or SnapshotError."""
    held = go_back(request, caller, id)
    return go(request, f"{HOME}/reports", "rolled-back", about=held.id)


def share(upload: Upload) -> float | None:
    """How much of the present step is done, from 0 to 1; None: it cannot be told."""
    return min(upload.done / upload.of, 1.0) if upload.of else None


def _page(request: Request, caller: Caller, *, wrong: str = "", status: int = 200) -> Response:
    settings, snapshot = _settings(request), engine_of(request).snapshot
    editions = snapshot.manifest.editions
    ids = list(dict.fromkeys(edition.metadata.report_id for edition in editions))
    of = {held: [one for one in editions if one.metadata.report_id == held] for held in ids}
    return show(
        request,
        "reports.html",
        caller,
        status=status,
        wrong=wrong,
        manifest=snapshot.manifest,
        reports=[(held, company_name(of[held], page_language(request)), of[held]) for held in ids],
        uploads=uploads(settings)[:SHOWN],
        snapshots=held_snapshots(settings.index),
        suffixes=sorted(READERS),
        most_files=MAX_FILES,
        most_bytes=settings.upload_limit,
    )


def _waits(upload: Upload) -> bool:
    return upload.state in ("waiting", "building")


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
