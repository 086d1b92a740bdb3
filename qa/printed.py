"""The change that a report prints beside two years' values, and whether it agrees with the one computed from them."""

from decimal import Decimal
from typing import Literal

from qa.answer import AnswerFigure
from qa.catalogue import Catalogue, Series, row_of
from qa.compute import number, percent_exact, rounded

Verdict = Literal["same", "other", "unsigned"]

_PERCENT = ("%", "％")


def printed_change(catalogue: Catalogue, series: Series, first: str, last: str) -> tuple[Series, str] | None:
    """Find the one change that a series' row prints between two periods, with its period; None where it prints none.

    A change whose heading names no earlier period is that of the newest year on the year before it.
    """
    periods = [period for period in series.periods if series.disclosed(period)]
    if last != periods[0] or first not in periods:
        return None
    yearly = periods.index(first) == 1
    found = [
        (change, period)
        for change in catalogue.beside.get("change", ())
        if row_of(change.row_key) == row_of(series.row_key) and change.labels == series.labels
        for period in change.periods
        if change.disclosed(period)
        and _measures(change, series)
        and (period == first or (yearly and period in ("", last)))
    ]
    return found[0] if len(found) == 1 else None


def verdict(printed: str, unit: str, old: AnswerFigure, new: AnswerFigure) -> Verdict | None:
    """Compare a printed change with the one that two figures make, at the digits it is printed with.

    A printed change without the computed one's sign is "unsigned": the report may print falls as plain numbers.
    None where nothing can be computed.

    >>> old = AnswerFigure(id="", metric="", label="", breakdown="", value="41.0", unit="t", period="2022", citation=1)
    >>> new = AnswerFigure(id="", metric="", label="", breakdown="", value="38.5", unit="t", period="2023", citation=1)
    >>> verdict("-6.1", "%", old, new), verdict("6.1", "%", old, new), verdict("-6.3", "%", old, new)
    ('same', 'unsigned', 'other')
    """
    said = number(printed)
    places = max(0, -int(said.as_tuple().exponent))
    computed = [rounded(exact, places) for exact in _computed(unit, old, new)]
    if not computed:
        return None
    if said in computed:
        return "same"
    return "unsigned" if said > 0 and -said in computed else "other"


def _computed(unit: str, old: AnswerFigure, new: AnswerFigure) -> list[Decimal]:
    """Compute the change that a unit can mean: of a percentage, % may mean points or a relative change."""
    apart = number(new.value) - number(old.value)
    relative = percent_exact(old.value, new.value) if unit in _PERCENT else None
    found = [] if unit in _PERCENT and new.unit not in _PERCENT else [apart]
    return found + ([relative] if relative is not None else [])


def _measures(change: Series, series: Series) -> bool:
    """Tell a change in percent, in points or in the row's unit from one in a unit that nothing is computed in."""
    return change.unit in ("%", "pp", series.unit)
