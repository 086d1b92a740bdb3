"""The reports this service answers from: what was read of each, what was not, and why."""

from fastapi import APIRouter, Request, Response

from api.accounts import Reader
from api.cells import report_ids
from api.console.view import HOME, engine_of, show

reports = APIRouter(include_in_schema=False, prefix=HOME)


@reports.get("/reports")
def reports_page(request: Request, caller: Reader) -> Response:
    """Show what was read of each report."""
    snapshot = engine_of(request).snapshot
    editions = snapshot.manifest.editions
    return show(
        request,
        "reports.html",
        caller,
        manifest=snapshot.manifest,
        reports=[(held, [one for one in editions if one.metadata.report_id == held]) for held in report_ids(snapshot)],
    )
