"""Answer with the report's own words: a quoted sentence, list or number, in the reader's edition."""

import re
from collections.abc import Iterator, Sequence

from index.period import years_in
from index.quantity import find_quantities
from index.script import Language, fold, language_of, legible, plain_marks, render
from index.snapshot import Snapshot
from index.units import unit_name
from qa.answer import Answer, AnswerFigure
from qa.catalogue import Series
from qa.compose import Citations, in_edition, refusal, say, with_mark
from qa.desk import Desk
from qa.figures import Choice
from qa.question import Question
from qa.span import Span, blocks_of, span_of

_RESTATED = re.compile(r"restat|重列|重述|重新呈列", re.I)
_NOT_YET = re.compile(  # the report says itself that it does not tell
    r"(?:尚|暂|仍|还)?(?:未|没有|未有|并未|不)(?:有|能|曾|作|进行|就)?.{0,8}(?:核算|统计|披露|量化|汇报|计入|纳入|计算)"
    r"|\b(?:has|have|is|are|was|were|do|does|did)\s+not\s+(?:yet\s+|been\s+|currently\s+|yet\s+been\s+)?"
    r"(?:account|calculat|disclos|report|quantif|measur|includ|cover)",
    re.I,
)
_PER = re.compile(r"\s*(?:per\b|/|／|每)", re.I)
_CAUSE = re.compile(
    r"因|由于|所以|改为|转为|变|主要来自|来自|because|since|owing|due\s+to|as\s+a\s+result|reason|chang|mainly|owns?\s+no|therefore|thus",
    re.I,
)


def answer_prose(
    question: Question, spans: Sequence[Span], citations: Citations, snapshot: Snapshot, *, latest: str
) -> Answer:
    """Quote the spans that answer, with the number as a figure when one was asked for.

    The same place in the report's other language is cited beside each, where the report has one.
    """
    language = question.language
    own = in_edition(spans[0].passage, language)
    name = "quoted" if own else "translated"
    numbers = [citations.cite(span.passage, span.start, span.end) for span in spans]
    sentences = [
        with_mark(say(name, language, quote=shown(span.quote, language)), [number])
        for span, number in zip(spans, numbers, strict=True)
    ]
    for span in spans:
        _cite_beside(span, citations, snapshot)
    # How something is done is told by no number; a sum per something is no sum.
    counts = spans[0].quantity is not None and not question.manner and not _per_something(spans[0])
    figures = (_prose_figure(question, spans[0], numbers[0], latest),) if counts else ()
    measured = bool(question.concept.metrics) and question.ask in ("number", "what", "which")
    withheld = measured and not figures and _NOT_YET.search(fold(spans[0].quote)) is not None
    text = "\n".join(sentences)
    return Answer(
        id="",
        status="not_disclosed" if withheld else "answered",
        reason="not_in_report" if withheld else None,
        language=language,
        text=f"{refusal('not_in_report', language)}\n{text}" if withheld else text,
        figures=figures,
        citations=citations.all,
        notes=() if own else (say("other_language", language),),
    )


def _per_something(span: Span) -> bool:
    """Tell an amount of money that the words right behind it divide: HK$520 per tonne."""
    quantity = span.quantity
    if quantity is None or quantity.unit is None or quantity.unit.dimension != "money":
        return False
    return _PER.match(span.quote, quantity.end) is not None


def closest_text(question: Question, spans: Sequence[Span], citations: Citations) -> str:
    """Point to the passages that come closest to a question that the report does not answer, by their headings."""
    if not spans:
        return ""
    language = question.language
    headings = [
        with_mark(
            say("closest_section", language, heading=render(legible(span.passage.section[-1]), language)),
            [citations.cite(span.passage, span.start, span.end)],
        )
        for span in spans
    ]
    return say("closest", language) + "".join(headings)


def shown(quote: str, language: Language) -> str:
    """Render a quote for a reader, a line an item, in the reader's script; another language as printed.

    Hidden characters stay behind: one of them can turn the digits that follow it around.
    """
    lines = [" ".join(line.split()) for line in plain_marks(legible(quote)).splitlines()]
    text = "\n".join(line for line in lines if line)
    return render(text, language) if (language_of(text) == "en") == (language == "en") else text


def _cite_beside(span: Span, citations: Citations, snapshot: Snapshot) -> None:
    """Cite the same block in the report's other language: the sentence at the same place, or the whole block."""
    passage = span.passage
    other = "zh-Hant" if passage.edition == "en" else "en"
    blocks = blocks_of(passage, span.start, span.end)
    if not blocks:
        return
    for counterpart in snapshot.by_block.get((passage.report_id, other, blocks[0]), ()):
        place = span_of(counterpart, blocks)
        if place is not None:
            citations.cite(counterpart, *place)
            return


def reason_in_notes(desk: Desk, choice: Choice) -> Answer | None:
    """Give the report's own note on a figure as the reason; None where it has no note that tells one."""
    for series, note in _notes_of(desk, choice):
        if _explains(note, desk, series) > 0:
            return _quoted(desk, series, note)
    return None


def original_in_notes(desk: Desk, choice: Choice) -> Answer | None:
    """Give the report's own note on a restatement, when it holds a number; None where it has no such note."""
    for series, note in _notes_of(desk, choice):
        amounts = [quantity for quantity in find_quantities(note) if quantity.kind in ("amount", "share")]
        if _RESTATED.search(fold(note)) and amounts:
            return _quoted(desk, series, note)
    return None


def _notes_of(desk: Desk, choice: Choice) -> Iterator[tuple[Series, str]]:
    """Give the notes on the cells asked about, those on the newest where no period is named; the likeliest first."""
    for match in choice.found:
        for series in filter(None, (match.series, *match.parts)):
            period = next((p for p in (*desk.question.periods, *series.periods) if p in series.cells), None)
            notes = series.figure(period, desk.language).notes if period is not None else ()
            for note in sorted(notes, key=lambda text: -_explains(text, desk, series)):
                yield series, note


def _explains(note: str, desk: Desk, series: Series) -> int:
    """Score a note as a reason: it tells a cause or a change, and speaks of the very metric that is asked about."""
    folded = fold(note)
    if not _CAUSE.search(folded):
        return 0
    spoken = desk.lexicon.concept(note).metrics
    own = 4 * bool(series.metrics & spoken)
    kin = 2 * any(desk.lexicon.related(a, b) for a in series.metrics for b in spoken)
    return 1 + own + kin


def _quoted(desk: Desk, series: Series, note: str) -> Answer:
    language, citations = desk.language, desk.citations
    held = (desk.passages[cell.passage_id] for cells in series.cells.values() for cell in cells.values())
    passage = next(passage for passage in held if note in passage.text)
    start = passage.text.find(note)
    number = citations.cite(passage, start, start + len(note))
    return Answer(
        id="",
        status="answered",
        reason=None,
        language=language,
        text=with_mark(render(plain_marks(note), language), [number]),
        citations=citations.all,
    )


def _prose_figure(question: Question, span: Span, citation: int, latest: str) -> AnswerFigure:
    quantity = span.quantity
    if quantity is None:
        raise ValueError("the span has no quantity")
    headings = span.passage.section
    years = years_in(span.quote) or years_in(headings[-1] if headings else "")
    period = question.periods[0] if question.periods else years[0] if years else latest
    unit = unit_name(quantity.unit, question.language, value=quantity.value) if quantity.unit else ""
    return AnswerFigure(
        id="",
        metric="+".join(sorted(question.concept.metrics)),
        label=render(legible(headings[-1]), question.language) if headings else "",
        breakdown="",
        value=format(quantity.value, "f"),
        unit=unit,
        period=period,
        citation=citation,
    )
