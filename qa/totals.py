"""Add figures up, over groups or years, and average them."""

from collections.abc import Sequence

from qa.answer import AnswerFigure
from qa.catalogue import Series
from qa.compose import derived_figure, say, with_mark
from qa.compute import average, total
from qa.desk import Desk, Numbers, asked_periods, opened, stated, value_words
from qa.figures import Match


def over_periods(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    """Add an amount over its periods; a rate or an average does not add up."""
    additive = all(desk.lexicon.metrics[key].kind in ("amount", "count", "money") for key in series.metrics)
    if series.per or series.unit in ("%", "pp") or not series.metrics or not additive:
        return Numbers(figures=(), sentences=(), missing=())
    figures = [desk.cite(series, period) for period in sorted(held)]
    label = say("sum_of", desk.language, label=desk.label(series))
    period = f"{figures[0].period}–{figures[-1].period}"
    return stated(desk, total([f.value for f in figures]), figures, label=label, unit=figures[0].unit, period=period)


def total_of_parts(desk: Desk, match: Match) -> Numbers:
    """Add the parts of a total that the report does not print, period by period."""
    if desk.question.operation not in ("lookup", "sum", "trend"):
        return Numbers(figures=(), sentences=(), missing=())
    name = desk.lexicon.metrics[next(iter(match.target.metrics))].name(desk.language)
    periods = asked_periods(desk, match.parts[0])
    held = [period for period in periods if all(series.disclosed(period) for series in match.parts)]
    heads: list[AnswerFigure] = []
    inputs: list[AnswerFigure] = []
    sentences: list[str] = []
    for period in held:
        figures = [desk.cite(series, period) for series in match.parts]
        part = stated(desk, total([f.value for f in figures]), figures, label=name, unit=figures[0].unit, period=period)
        heads += part.figures[:1]
        inputs += part.figures[1:]
        sentences += part.sentences
    missing = tuple(period for period in periods if period not in held)
    return Numbers(figures=(*heads, *inputs), sentences=tuple(sentences), missing=missing)


def summed(desk: Desk, found: Sequence[Series]) -> Numbers:
    """Add the figures of several series in one period."""
    periods = asked_periods(desk, found[0])
    period = next((p for p in periods if all(series.disclosed(p) for series in found)), None)
    if period is None:
        return Numbers(figures=(), sentences=(), missing=tuple(periods))
    figures = [desk.cite(series, period) for series in found]
    derived = total([figure.value for figure in figures])
    join = say("and", desk.language)
    label = say("sum_of", desk.language, label=join.join(desk.label(series) for series in found))
    return stated(desk, derived, figures, label=label, unit=figures[0].unit, period=period)


def averaged(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    """Average a series over its periods."""
    figures = [desk.cite(series, period) for period in sorted(held)]
    derived = average([figure.value for figure in figures])
    period = f"{figures[0].period}–{figures[-1].period}"
    label = say("average_of", desk.language, label=desk.label(series))
    head = derived_figure(derived, figures, label=label, unit=figures[0].unit, period=period)
    text = say(
        "average",
        desk.language,
        label=opened(desk.label(series), desk.language),
        value=value_words(head),
        period=period,
        formula=derived.formula,
    )
    return Numbers(figures=(head, *figures), sentences=(with_mark(text, [f.citation for f in figures]),), missing=())
