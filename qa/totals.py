"""Add figures up, over groups or years, and average them."""

import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import permutations
from pathlib import Path

from index.lexicon import Member
from qa.catalogue import Series
from qa.compose import derived_figure, say, with_mark
from qa.compute import average, total, total_change, total_percent_change
from qa.desk import Desk, Numbers, asked_periods, opened, stated, value_words, year_before
from qa.figures import Match
from qa.shares import is_sub_row

_ADDITIVE = frozenset({"amount", "count", "money"})
_DISJOINT = frozenset({"gender", "age", "education", "grade"})  # breakdowns whose groups share nobody
_COMPOSITION = {"workforce_share"}  # whose percentages are shares of one whole


def over_periods(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    """Add an amount over its periods; a rate or an average does not add up."""
    additive = all(desk.lexicon.metrics[key].kind in _ADDITIVE for key in series.metrics)
    if series.per or series.unit in ("%", "pp") or not series.metrics or not additive:
        return Numbers(figures=(), sentences=(), missing=())
    figures = [desk.cite(series, period) for period in sorted(held)]
    label = say("sum_of", desk.language, label=desk.label(series))
    period = f"{figures[0].period}–{figures[-1].period}"
    return stated(desk, total([f.value for f in figures]), figures, label=label, unit=figures[0].unit, period=period)


def total_of_parts(desk: Desk, match: Match) -> Numbers:
    """Add the parts of a total that the report does not print, period by period, or tell how the total moved."""
    name = desk.lexicon.metrics[next(iter(match.target.metrics))].name(desk.language)
    return _added(desk, match.parts, name)


def summed(desk: Desk, found: Sequence[Series]) -> Numbers:
    """Add the figures of several series, period by period, or tell how their total moved."""
    if not _adds_up(desk, found):
        return Numbers(figures=(), sentences=(), missing=())
    joined = say("and", desk.language).join(desk.label(series) for series in found)
    return _added(desk, found, say("sum_of", desk.language, label=joined))


def _adds_up(desk: Desk, found: Sequence[Series]) -> bool:
    """Tell series that may be added: amounts of one unit none of which holds another, or shares of one whole."""
    metrics = [desk.lexicon.metrics[key] for series in found for key in series.metrics]
    if any(series.per or not series.metrics for series in found) or len({series.unit for series in found}) != 1:
        return False
    if any(is_sub_row(one, other, desk.catalogue) for one, other in permutations(found, 2)):
        return False
    groups = [series.members for series in found]
    if len({series.metrics for series in found}) == 1:
        dimensions = {tuple(sorted(dimension for dimension, _ in members)) for members in groups}
        one = len(dimensions) == 1 and len(next(iter(dimensions))) == 1
        apart = one and len(set(groups)) == len(groups) and _lie_apart(next(iter(dimensions))[0], groups)
        return apart and ({m.kind for m in metrics} <= _ADDITIVE or {m.key for m in metrics} == _COMPOSITION)
    keys = {metric.key for metric in metrics}
    nested = any(keys & set(desk.lexicon.ancestors(key)) for key in keys)
    return len(set(groups)) == 1 and not nested and {metric.kind for metric in metrics} <= _ADDITIVE


def _lie_apart(dimension: str, groups: Sequence[frozenset[Member]]) -> bool:
    """Tell groups none of which can hold another; of regions, only those known to lie beside one another."""
    keys = {key for members in groups for _, key in members}
    if dimension == "region":
        return any(keys <= beside for beside in _regions())
    return dimension in _DISJOINT


@cache
def _regions() -> tuple[frozenset[str], ...]:
    table = tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))
    return tuple(frozenset(line.split()) for line in table["apart"])


def _added(desk: Desk, found: Sequence[Series], name: str) -> Numbers:
    operation = desk.question.operation
    if operation in ("change", "percent_change"):
        return _moved(desk, found, name)
    if operation not in ("lookup", "sum", "trend") and not (operation == "share" and found[0].unit == "%"):
        return Numbers(figures=(), sentences=(), missing=())
    periods = asked_periods(desk, found[0])
    held = [period for period in periods if all(series.disclosed(period) for series in found)]
    parts = [_total_in(desk, found, name, period) for period in held]
    return Numbers(
        figures=tuple(part.figures[0] for part in parts) + tuple(f for part in parts for f in part.figures[1:]),
        sentences=tuple(sentence for part in parts for sentence in part.sentences),
        missing=tuple(period for period in periods if period not in held),
    )


def _total_in(desk: Desk, found: Sequence[Series], name: str, period: str) -> Numbers:
    figures = [desk.cite(series, period) for series in found]
    derived = total([figure.value for figure in figures])
    return stated(desk, derived, figures, label=name, unit=figures[0].unit, period=period)


def _moved(desk: Desk, found: Sequence[Series], name: str) -> Numbers:
    """Tell how a total moved between two periods; one period alone is compared with the year before it."""
    periods = sorted(asked_periods(desk, found[0]))
    last = periods[-1]
    first = periods[0] if len(periods) > 1 else year_before(last)
    missing = tuple(p for p in (first, last) if not all(series.disclosed(p) for series in found))
    if missing:
        return Numbers(figures=(), sentences=(), missing=missing)
    new = [desk.cite(series, last) for series in found]
    old = [desk.cite(series, first) for series in found]
    before, after = [figure.value for figure in old], [figure.value for figure in new]
    unit = say("points", desk.language) if new[0].unit in ("%", "％") else new[0].unit
    told = [(total_change(before, after), unit), (total_percent_change(before, after), "%")]
    ordered = reversed(told) if desk.question.operation == "percent_change" else told
    label, period = say("change_of", desk.language, label=name), f"{first}–{last}"
    parts = [
        stated(desk, derived, [*new, *old], label=label, unit=named, period=period)
        for derived, named in ordered
        if derived is not None
    ]
    heads = tuple(part.figures[0] for part in parts)
    return Numbers(figures=(*heads, *new, *old), sentences=tuple(s for p in parts for s in p.sentences), missing=())


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
