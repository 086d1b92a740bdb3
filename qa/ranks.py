"""Find the highest or the lowest: of a series' periods, or of the groups of one metric."""

from collections.abc import Sequence

from qa.catalogue import Series
from qa.compose import say, with_mark
from qa.desk import Desk, Numbers, opened, value_words
from qa.lookup import stood


def extreme(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    """Name the period in which a series was highest or lowest; the others are shown with it."""
    name = desk.question.operation
    pick = max if name == "highest" else min
    best = pick(held, key=lambda period: series.value(period))
    figures = [desk.cite(series, period) for period in (best, *(p for p in held if p != best))]
    label = opened(desk.label(series), desk.language)
    text = say(name, desk.language, label=label, value=value_words(figures[0]), period=best)
    return Numbers(figures=tuple(figures), sentences=(with_mark(text, [figures[0].citation]),), missing=())


def ranked(desk: Desk, found: Sequence[Series]) -> Numbers:
    """Put the groups of one metric in order, for one period; all of them are shown."""
    wanted = desk.question.periods[0] if desk.question.periods else desk.latest
    held = [series for series in found if series.disclosed(wanted)]
    if len({series.unit for series in held}) != 1:
        return Numbers(figures=(), sentences=(), missing=(wanted,))
    name = desk.question.operation
    ordered = sorted(held, key=lambda series: series.value(wanted), reverse=name == "highest")
    figures = [desk.cite(series, wanted) for series in ordered]
    text = say(
        "most" if name == "highest" else "least",
        desk.language,
        label=opened(figures[0].label, desk.language),
        value=value_words(figures[0]),
        period=wanted,
    )
    others = [stood(desk, series, [figure]) for series, figure in zip(ordered[1:], figures[1:], strict=True)]
    return Numbers(figures=tuple(figures), sentences=(with_mark(text, [figures[0].citation]), *others), missing=())
