"""Answer with the report's own words: a quoted sentence, list or number, in the reader's edition."""

import re

from index.period import years_in
from index.script import Language, fold, render
from index.units import unit_name
from qa.answer import Answer, AnswerFigure
from qa.catalogue import Series
from qa.compose import Citations, in_edition, say, with_mark
from qa.extract import Span
from qa.figures import Choice
from qa.numbers import Desk
from qa.question import Question

_CAUSE = re.compile(
    r"因|由于|所以|改为|转为|变|主要来自|来自|because|since|owing|due\s+to|as\s+a\s+result|reason|chang|mainly|owns?\s+no|therefore|thus",
    re.I,
)


def answer_prose(question: Question, span: Span, citations: Citations, *, latest: str) -> Answer:
    """Quote the span that answers, with its number as a figure when one was asked for."""
    language = question.language
    number = citations.cite(span.passage, span.start, span.end)
    name = "quoted" if in_edition(span.passage, language) else "translated"
    shown = render(span.quote, language) if name == "quoted" else span.quote
    text = with_mark(say(name, language, quote=" ".join(shown.split())), [number])
    figures = (_prose_figure(question, span, number, latest),) if span.quantity is not None else ()
    return Answer(
        id="",
        status="answered",
        reason=None,
        language=language,
        text=text,
        figures=figures,
        citations=citations.all,
        notes=(say("other_language", language),) if name == "translated" else (),
    )


def reason_in_notes(desk: Desk, choice: Choice) -> Answer:
    """Give the report's own note on a figure as the reason, or say that the report gives none."""
    language = desk.language
    for match in choice.found:
        series = match.series
        if series is None:
            continue
        period = next((p for p in series.periods if p in series.cells), None)
        if period is None:
            continue
        figure = series.figure(period, language)
        passage = desk.passages[figure.passage_id]
        for note in sorted(figure.notes, key=lambda text: -_explains(text, desk, series)):
            start = passage.text.find(note)
            if start >= 0 and _explains(note, desk, series) > 0:
                number = desk.citations.cite(passage, start, start + len(note))
                return _quoted(language, note, number, desk.citations)
    return Answer(
        id="", status="not_disclosed", reason="not_in_report", language=language, text=say("no_reason", language)
    )


def _explains(note: str, desk: Desk, series: Series) -> int:
    """Score a note as a reason: it tells a cause or a change, and speaks of the very metric that is asked about."""
    folded = fold(note)
    if not _CAUSE.search(folded):
        return 0
    spoken = desk.lexicon.concept(note).metrics
    own = 4 * bool(series.metrics & spoken)
    kin = 2 * any(desk.lexicon.related(a, b) for a in series.metrics for b in spoken)
    return 1 + own + kin


def _quoted(language: Language, note: str, number: int, citations: Citations) -> Answer:
    return Answer(
        id="",
        status="answered",
        reason=None,
        language=language,
        text=with_mark(render(note, language), [number]),
        citations=citations.all,
    )


def _prose_figure(question: Question, span: Span, citation: int, latest: str) -> AnswerFigure:
    quantity = span.quantity
    if quantity is None:
        raise ValueError("the span has no quantity")
    years = years_in(span.quote)
    period = question.periods[0] if question.periods else years[0] if years else latest
    unit = unit_name(quantity.unit, question.language, value=quantity.value) if quantity.unit else ""
    return AnswerFigure(
        id="",
        metric="+".join(sorted(question.concept.metrics)),
        label=render(span.passage.section[-1], question.language) if span.passage.section else "",
        breakdown="",
        value=format(quantity.value, "f"),
        unit=unit,
        period=period,
        citation=citation,
    )
