"""Find the highest or the lowest: of a series' periods, or of the groups of one metric."""

from collections.abc import Sequence
from decimal import Decimal

from qa.catalogue import Series, is_marked, place_of
from qa.compose import say, with_mark
from qa.desk import Desk, Numbers, opened, value_words
from qa.lookup import stood

_ROUNDED = Decimal("0.005")  # how far the parts may miss their total, as a share of it


def with_rivals(desk: Desk, found: Sequence[Series]) -> Sequence[Series]:
    """Set what stands beside the groups, or beneath the whole, of one metric in its table among what is compared.

    Of a whole these are its parts, where they add up to it for the period asked for; else only the whole is left.
    """
    first, tables = found[0], {place_of(one.row_key)[0] for one in found}
    period = desk.question.periods[0] if desk.question.periods else desk.latest
    beside = [
        one
        for one in desk.catalogue.series
        if (one.part_of or one.metrics, one.per, one.unit) == (first.metrics, first.per, first.unit)
        and (one.part_of or one.members)
        and place_of(one.row_key)[0] in tables
        and one.disclosed(period)
    ]
    return _with_unknown_places(found, beside) if len(found) > 1 else _parts(first, beside, period) or found


def _with_unknown_places(found: Sequence[Series], beside: Sequence[Series]) -> Sequence[Series]:
    """Add to regions the rows under the same heading whose region no lexicon knows."""
    if any({dimension for dimension, _ in one.members} != {"region"} for one in found):
        return found
    return [*found, *(one for one in beside if one.part_of and _heading(one) == _heading(found[0]))]


def _parts(whole: Series, beside: Sequence[Series], period: str) -> list[Series]:
    """Give the parts of a whole, all marked as such or none, that add up to it; none where no rows do."""
    if whole.members or not whole.disclosed(period) or not any(one.part_of for one in beside):
        return []
    value = whole.value(period)
    for marked in (False, True):
        parts = [one for one in beside if is_marked(one) == marked]
        total = sum((one.value(period) for one in parts), Decimal(0))
        if len(parts) > 1 and abs(total - value) <= abs(value) * _ROUNDED:
            return parts
    return []


def _heading(series: Series) -> list[tuple[tuple[str, ...], bool]]:
    """Give what stands above a row's own label in every edition, and whether it is marked as a part."""
    return [(path[:-1], is_marked(series)) for _, path in sorted(series.labels.items())]


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
