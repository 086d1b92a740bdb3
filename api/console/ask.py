"""Ask on the console: the answer beside the report opened at what proves it, and the reply to send."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from api.accounts import Reader, database_of
from api.asker import question_language
from api.cells import report_ids
from api.console.evidence import edition_title, open_report
from api.console.explorer import Line, lines
from api.console.reply import write_reply
from api.console.view import HOME, engine_of, page_language, show
from api.console.words import Words
from api.curated import find_approved
from api.problem import KINDS
from api.schemas import MAX_QUESTION
from index.script import Language, language_of
from qa.answer import Answer
from qa.engine import Engine
from qa.question import BadQuestion

ask = APIRouter(include_in_schema=False, prefix=HOME)

Asked = Annotated[str, Query(max_length=MAX_QUESTION)]
Typed = Annotated[str, Query(max_length=4000)]  # what is too long to be asked stays in its box, to be shortened
Wanted = Annotated[Language | Literal[""], Query(alias="language")]  # empty: the question's own
OneReport = Annotated[str, Query(max_length=64)]
_EXAMPLES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as visitors get it, and the day staff approved it."""

    answer: Answer
    approved: date | None  # None: the engine's own


@ask.get("/ask")
def ask_page(
    request: Request, caller: Reader, q: Typed = "", language: Wanted = "", report: OneReport = ""
) -> Response:
    """Answer a question beside the opened report; staff's own questions are not kept among the visitors'."""
    engine, question = engine_of(request), q.strip()
    reports = [(held, edition_title(engine.snapshot, held, page_language(request))) for held in _reports(engine)]
    given: dict[str, Any] = {"question": question, "wanted": language, "report": report, "reports": reports}
    wrong = "question-too-long" if len(question) > MAX_QUESTION else ""
    if question and not wrong:
        try:
            found = answer_as_served(request, engine, question, language=language or None, report=report or None)
        except BadQuestion:
            wrong = "question-empty"
        else:
            sections = open_report(engine.snapshot, found.answer.citations)
            return show(request, "ask.html", caller, found=found, sections=sections, examples=[], wrong="", **given)
    given["wrong"] = KINDS[wrong].detail[page_language(request)] if wrong else ""
    examples, status = _examples(request, engine), 422 if wrong else 200
    return show(request, "ask.html", caller, status=status, found=None, sections=[], examples=examples, **given)


@ask.get("/reply")
def reply_page(request: Request, caller: Reader, q: Asked, language: Wanted = "", report: OneReport = "") -> Response:
    """Show the reply to copy, in the investor's language."""
    engine, question = engine_of(request), q.strip()
    found = answer_as_served(request, engine, question, language=language or None, report=report or None)
    reply = write_reply(found.answer, question, engine.snapshot)
    return show(request, "reply.html", caller, reply=reply, found=found, question=question, report=report)


def answer_as_served(
    request: Request, engine: Engine, question: str, *, language: Language | None, report: str | None
) -> Answered:
    """Answer as the public route does: what staff approved comes first. Raises BadQuestion or UnknownReport."""
    request.state.asked = {"question": question, "report": report}
    spoken = language or question_language(question, browser=page_language(request))
    if report is None or report in report_ids(engine.snapshot):
        with database_of(request).reading() as session:
            approved = find_approved(
                session,
                engine.snapshot,
                question,
                history=(),
                language=spoken or language_of(question),
                report=report,
            )
        if approved:
            return Answered(answer=approved[0], approved=approved[1])
    return Answered(answer=engine.ask(question, language=spoken, report=report), approved=None)


def _reports(engine: Engine) -> list[str]:
    return report_ids(engine.snapshot)


def _examples(request: Request, engine: Engine) -> list[str]:
    """A question about a disclosed figure of each of a few aspects, in the page's language."""
    language = page_language(request)
    say = Words(language)
    first: dict[str, Line] = {}
    for line in lines(engine.snapshot, language):
        if line.metric and not line.breakdown and line.cells[0].value is not None:
            first.setdefault(line.aspect, line)
    return [say("ask.example", name=line.metric, period=line.cells[0].period) for line in first.values()][:_EXAMPLES]
