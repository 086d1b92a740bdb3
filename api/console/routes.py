"""All pages of the console."""

from fastapi import APIRouter

from api.console.ask import ask
from api.console.curated import curated
from api.console.door import door
from api.console.figures import figures
from api.console.files import files
from api.console.people import people
from api.console.quality import quality
from api.console.questions import questions
from api.console.reports import reports

console = APIRouter(include_in_schema=False)
for router in (files, door, ask, figures, questions, curated, reports, quality, people):
    console.include_router(router)
