"""Compute with disclosed figures: change, share, sum, ratio, average; Decimal only, the arithmetic shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A computed number and how it was computed."""

    value: Decimal  # rounded as `places` says
    formula: str  # "(378.80 − 732.98) ÷ 732.98 × 100% = −48.3%"


def percent_change(old: str, new: str, *, places: int = 1) -> Derived | None:
    """Compute the relative change from old to new in percent; None when old is zero.

    >>> percent_change("732.98", "378.80").formula
    '(378.80 − 732.98) ÷ 732.98 × 100% = −48.3%'
    """
    exact = percent_exact(old, new)
    if exact is None:
        return None
    value = rounded(exact, places)
    return Derived(value=value, formula=f"({_term(new)} − {_term(old)}) ÷ {_term(old)} × 100% = {minus(value)}%")


def percent_exact(old: str, new: str) -> Decimal | None:
    """Compute the relative change in percent, not rounded; None when old is zero."""
    before, after = number(old), number(new)
    return _divide((after - before) * 100, before) if before else None


def difference(old: str, new: str, *, sign: str = "") -> Derived:
    """Compute new minus old, exact to the finer of the two.

    >>> difference("43", "46", sign="pp").formula
    '46 − 43 = 3 pp'
    """
    value = number(new) - number(old)
    return Derived(value=value, formula=f"{_term(new)} − {_term(old)} = {minus(value)}{' ' + sign if sign else ''}")


def total(parts: Sequence[str]) -> Derived:
    """Add figures of one unit.

    >>> total(["0", "378.80"]).formula
    '0 + 378.80 = 378.80'
    """
    value = _sum(parts)
    return Derived(value=value, formula=f"{_terms(parts)} = {minus(value)}")


def total_change(old: Sequence[str], new: Sequence[str]) -> Derived:
    """Compute how far the total of some figures moved from an old period to a new one.

    >>> total_change(["10", "5.5"], ["9", "4"]).formula
    '(9 + 4) − (10 + 5.5) = −2.5'
    """
    value = _sum(new) - _sum(old)
    return Derived(value=value, formula=f"({_terms(new)}) − ({_terms(old)}) = {minus(value)}")


def total_percent_change(old: Sequence[str], new: Sequence[str], *, places: int = 1) -> Derived | None:
    """Compute the relative change of a total in percent; None when the old one is zero.

    >>> total_percent_change(["10", "5"], ["9", "3"]).formula
    '((9 + 3) − (10 + 5)) ÷ (10 + 5) × 100% = −20.0%'
    """
    exact = percent_exact(str(_sum(old)), str(_sum(new)))
    if exact is None:
        return None
    value, before = rounded(exact, places), _terms(old)
    return Derived(value=value, formula=f"(({_terms(new)}) − ({before})) ÷ ({before}) × 100% = {minus(value)}%")


def share(part: str, whole: str, *, places: int = 1) -> Derived | None:
    """Compute what percentage of the whole a part is; None for what is none: a whole of zero, more than the whole."""
    if number(whole) == 0 or not 0 <= number(part) / number(whole) <= 1:
        return None
    value = rounded(_divide(number(part) * 100, number(whole)), places)
    return Derived(value=value, formula=f"{_term(part)} ÷ {_term(whole)} × 100% = {minus(value)}%")


def ratio(above: str, below: str, *, factor: Decimal = Decimal(1), digits: int = 4) -> Derived | None:
    """Divide one figure by another to `digits` significant digits; None when the divisor is zero."""
    if number(below) == 0:
        return None
    value = significant(_divide(number(above) * factor, number(below)), digits)
    times = f" × {factor:,f}" if factor != 1 else ""
    return Derived(value=value, formula=f"{_term(above)}{times} ÷ {_term(below)} = {minus(value)}")


def average(values: Sequence[str], *, places: int | None = None) -> Derived:
    """Average figures; rounded to one place more than the finest of them unless `places` says otherwise."""
    numbers = [number(value) for value in values]
    finest = max(max(0, -int(n.as_tuple().exponent)) for n in numbers)
    mean = rounded(_divide(sum(numbers, Decimal(0)), Decimal(len(numbers))), finest + 1 if places is None else places)
    terms = " + ".join(_term(value) for value in values)
    return Derived(value=mean, formula=f"({terms}) ÷ {len(numbers)} = {minus(mean)}")


def number(digits: str) -> Decimal:
    """Read printed digits as a Decimal."""
    return Decimal(digits.replace(",", "").replace("−", "-"))


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half up to a number of decimal places, as financial reports do."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def significant(value: Decimal, digits: int) -> Decimal:
    """Round half up to a number of significant digits."""
    if value == 0:
        return value
    return rounded(value, max(0, digits - 1 - value.adjusted()))


def minus(value: Decimal) -> str:
    """Write a Decimal with thousands separated and a true minus sign."""
    return f"{value:,f}".replace("-", "−")


def _sum(values: Sequence[str]) -> Decimal:
    return sum((number(value) for value in values), Decimal(0))


def _terms(values: Sequence[str]) -> str:
    return " + ".join(_term(value) for value in values)


def _term(digits: str) -> str:
    return f"({digits})" if digits.startswith(("-", "−")) else digits


def _divide(above: Decimal, below: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return above / below
