"""Divide one figure by another: a ratio, a share of a whole, an amount per head, revenue or area."""

import re
from collections.abc import Sequence
from decimal import Decimal

from index.lexicon import Member
from index.script import fold
from index.units import convert, read_unit, unit_name
from qa.catalogue import Series
from qa.compose import say
from qa.compute import ratio, share
from qa.desk import Desk, Numbers, asked_periods, stated
from qa.figures import Match

_WITHIN = re.compile(r"\b(?:in|among|amongst|within|at)\b", re.I)  # women in middle management
_OF_FIRST = re.compile(  # of middle managers, how many are women
    r"\b(?:percentage|proportion|share|fraction|per\s?cent|%|many|much)\s+of\b|(?:有|中|里面?|当中|之中).{0,8}(?:几|多少|百分)|[几多]成|百分之",
    re.I,
)
_DENOMINATORS = {
    "per_employee": ("full_time_employees", "employees_total"),
    "per_revenue": ("revenue",),
    "per_area": ("office_area",),
}


def ratio_of(desk: Desk, found: Sequence[Series]) -> Numbers:
    """Divide the figure named first by the one named second, in one period and unit."""
    if len(found) == 1 and len(desk.question.periods) == 2:
        return _between_periods(desk, found[0], *desk.question.periods)
    if len(found) != 2 or found[0].unit != found[1].unit:
        return Numbers(figures=(), sentences=(), missing=())
    order = desk.question.concept.order
    first, second = sorted(found, key=lambda series: _mentioned(series, order))
    period = next((p for p in asked_periods(desk, first) if first.disclosed(p) and second.disclosed(p)), None)
    if period is None:
        return Numbers(figures=(), sentences=(), missing=tuple(asked_periods(desk, first)))
    above, below = desk.cite(first, period), desk.cite(second, period)
    derived = ratio(above.value, below.value)
    if derived is None:
        return Numbers(
            figures=(), sentences=(say("zero_base", desk.language, label=below.label, period=period),), missing=()
        )
    return stated(desk, derived, [above, below], label=f"{above.label} ÷ {below.label}", unit="", period=period)


def _between_periods(desk: Desk, series: Series, first: str, second: str) -> Numbers:
    """Divide a series' figure of the period named first by that of the other."""
    series = desk.catalogue.fuller(series, (first, second))
    missing = tuple(period for period in (first, second) if not series.disclosed(period))
    if missing:
        return Numbers(figures=(), sentences=(), missing=missing)
    above, below = desk.cite(series, first), desk.cite(series, second)
    derived = ratio(above.value, below.value)
    if derived is None:
        zero = say("zero_base", desk.language, label=below.label, period=second)
        return Numbers(figures=(), sentences=(zero,), missing=())
    label = f"{above.label} ÷ {below.label}"
    return stated(desk, derived, [above, below], label=label, unit="", period=f"{second}–{first}")


def _mentioned(series: Series, order: Sequence[str]) -> int:
    keys = {*series.metrics, *(key for _, key in series.members)}
    return max((order.index(key) for key in keys if key in order), default=len(order))


def share_of(desk: Desk, series: Series, held: Sequence[str]) -> Numbers | None:
    """State a part as a percentage of its total, when the report prints both."""
    if not series.members:
        return None
    base = frozenset[Member]() if len(series.members) == 1 else _base(desk, series)
    if base is None:
        return None
    whole = next(
        (
            other
            for other in desk.catalogue.series
            if other.metrics == series.metrics
            and other.members == base
            and other.per == series.per
            and other.unit == series.unit
        ),
        None,
    )
    if whole is None or not whole.disclosed(held[0]):
        return None
    part, all_of = desk.cite(series, held[0]), desk.cite(whole, held[0])
    derived = share(part.value, all_of.value)
    if derived is None:
        return None
    label = (
        say("share_in", desk.language, label=part.label, other=all_of.label)
        if base
        else say("share_of", desk.language, label=desk.label(series))
    )
    return stated(desk, derived, [part, all_of], label=label, unit="%", period=held[0])


def _base(desk: Desk, series: Series) -> frozenset[Member] | None:
    """Tell which of several groups a share is taken of: of the middle managers, the women; None where nothing tells."""
    named = {key for _, key in series.members}
    order = [key for key in desk.question.concept.order if key in named]
    text = fold(desk.question.text)
    if len(order) != len(series.members) or len(order) != 2:
        return None
    first, last = (frozenset(member for member in series.members if member[1] == key) for key in order)
    if _WITHIN.search(text):
        return last
    return first if _OF_FIRST.search(text) else None


def quotient(desk: Desk, match: Match) -> Numbers | None:
    """Divide a disclosed amount by disclosed employees, revenue or area, when the report prints no such intensity."""
    per = match.target.per
    wanted = match.target
    above = next(
        (
            s
            for s in match.near
            if s.per is None and s.unit != "%" and (s.metrics, s.members) == (wanted.metrics, wanted.members)
        ),
        None,
    )
    if above is None or per not in _DENOMINATORS:
        return None
    below = next(
        (
            series
            for key in _DENOMINATORS[per]
            for series in desk.catalogue.series
            if series.metrics == {key} and not series.members and series.per is None
        ),
        None,
    )
    if below is None:
        return None
    periods = asked_periods(desk, above)
    held = [period for period in periods if above.disclosed(period) and below.disclosed(period)]
    if not held:
        return Numbers(figures=(), sentences=(), missing=tuple(periods))
    parts = [_quotient_in(desk, above, below, per, period) for period in held]
    missing = tuple(period for period in periods if period not in held)
    return Numbers(
        figures=tuple(figure for part in parts for figure in part.figures),
        sentences=tuple(sentence for part in parts for sentence in part.sentences),
        missing=missing,
    )


def _quotient_in(desk: Desk, above: Series, below: Series, per: str, period: str) -> Numbers:
    top, bottom = desk.cite(above, period), desk.cite(below, period)
    factor, unit = _unscaled(above, below, desk)
    derived = ratio(top.value, bottom.value, factor=factor)
    if derived is None:
        return Numbers(figures=(), sentences=(), missing=(period,))
    per_name = desk.lexicon.qualifiers[per].name(desk.language)
    label = say("per", desk.language, label=desk.label(above), per=per_name)
    return stated(desk, derived, [top, bottom], label=label, unit=unit, period=period)


def _unscaled(above: Series, below: Series, desk: Desk) -> tuple[Decimal, str]:
    """Take scale words out of money, so that a quotient is in plain currency a head."""
    printed, divisor = above.printed_unit, below.printed_unit
    bottom = unit_name(divisor, desk.language, value=Decimal(1)) if divisor else ""
    if printed is None:
        return Decimal(1), f"/ {bottom}"
    if printed.dimension == "money" and " " in printed.symbol:
        bare = read_unit(printed.symbol.rsplit(" ", 1)[-1])
        if bare is not None:
            return convert(Decimal(1), printed, bare), f"{unit_name(bare, desk.language)} / {bottom}"
    return Decimal(1), f"{unit_name(printed, desk.language)} / {bottom}"
