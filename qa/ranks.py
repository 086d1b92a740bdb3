"""Find the highest or the lowest: of a series' periods, or of the groups of one metric."""

from collections.abc import Sequence
from decimal import Decimal

from index.script import fold
from index.subject import SUB_ROW
from qa.catalogue import Series, place_of
from qa.compose import say, with_mark
from qa.desk import Desk, Numbers, opened, value_words
from qa.lookup import stood

_ROUNDED = Decimal("0.005")  # how far the parts may miss their total, as a share of it


def with_rivals(desk: Desk, found: Sequence[Series]) -> Sequence[Series]:
    """Set what stands beside the groups, or beneath the whole, of one metric in its table among what is compared.

    Of a whole these are its parts, where they add up to it for the period asked for; else only the whole is left.
    """
    (metrics, per, unit), tables = _kind(found[0]), {place_of(one.row_key)[0] for one in found}
    period = desk.question.periods[0] if desk.question.periods else desk.latest
    beside = [
        one
        for one in desk.catalogue.series
        if (one.part_of or one.metrics, one.per, one.unit) == (metrics, per, unit)
        and (one.part_of or one.members)
        and place_of(one.row_key)[0] in tables
        and one.disclosed(period)
    ]
    if len(found) > 1:
        dimensions = [{dimension for dimension, _ in one.members} for one in found]
        unknown = [one for one in beside if one.part_of and _heading(one) == _heading(found[0])]
        placed = all(dimension == {"region"} for dimension in dimensions)
        return [*found, *(one for one in unknown if one not in found)] if placed else found
    whole = found[0]
    if whole.members or not whole.disclosed(period) or not any(one.part_of for one in beside):
        return found
    for level in sorted({_level(one) for one in beside}):
        parts = [one for one in beside if _level(one) == level]
        total, value = sum((one.value(period) for one in parts), Decimal(0)), whole.value(period)
        if len(parts) > 1 and abs(total - value) <= abs(value) * _ROUNDED:
            return parts
    return found


def _kind(series: Series) -> tuple[frozenset[str], str | None, str | None]:
    return series.metrics, series.per, series.unit


def _heading(series: Series) -> list[tuple[str, ...]]:
    """Give what stands above a row's own label, and whether it is marked as a part, in every edition."""
    return [(*path[:-1], str(_level(series))) for _, path in sorted(series.labels.items())]


def _level(series: Series) -> bool:
    """Tell a row that is marked as a part of the one above it."""
    return any(SUB_ROW.match(fold(path[-1])) is not None for path in series.labels.values())


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
