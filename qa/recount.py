"""Compute again all that can be computed from a figure's inputs."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from index.script import Language
from index.units import UnitError, convert, read_unit, unit_name
from qa.answer import AnswerFigure
from qa.compose import say, written
from qa.compute import (
    Derived,
    average,
    difference,
    minus,
    number,
    percent_change,
    ratio,
    share,
    total,
    total_change,
    total_percent_change,
)
from qa.grounds import Grounds


def derivations(
    figure: AnswerFigure, inputs: Sequence[AnswerFigure], grounds: Grounds
) -> Iterator[tuple[Derived, str]]:
    """Compute all that can be computed from a figure's inputs, with the unit each result is in."""
    values, units = [entry.value for entry in inputs], {entry.unit for entry in inputs}
    if len(units) == 1:
        unit = next(iter(units))
        yield total(values), unit
        yield average(values), unit
        if _twice(inputs):
            yield from _of_totals(values, unit, grounds.language)
        if len(values) == 2:
            yield from _of_two(values[0], values[1], unit, grounds.language)
    if len(inputs) == 2:
        yield from _quotients(inputs[0], inputs[1], grounds)
    if len(inputs) == 1:
        yield from _conversions(figure, inputs[0], grounds)


def _twice(inputs: Sequence[AnswerFigure]) -> bool:
    """Tell the same rows in a newer and then an older period: the parts of a total that moved."""
    half = len(inputs) // 2
    new, old = inputs[:half], inputs[half:]
    periods = {entry.period for entry in new}, {entry.period for entry in old}
    rows = [entry.label for entry in new]
    apart = len(set(rows)) == len(rows) > 1 and rows == [entry.label for entry in old]
    return apart and all(len(named) == 1 for named in periods) and min(periods[0]) > min(periods[1])


def _of_totals(values: Sequence[str], unit: str, language: Language) -> Iterator[tuple[Derived, str]]:
    new, old = values[: len(values) // 2], values[len(values) // 2 :]
    yield total_change(old, new), say("points", language) if unit in ("%", "％", "pp") else unit
    relative = total_percent_change(old, new)
    if relative is not None:
        yield relative, "%"


def _of_two(first: str, second: str, unit: str, language: Language) -> Iterator[tuple[Derived, str]]:
    yield difference(second, first), say("points", language) if unit in ("%", "％", "pp") else unit
    for derived, name in (
        (percent_change(second, first), "%"),
        (share(first, second), "%"),
        (ratio(first, second), ""),
    ):
        if derived is not None:
            yield derived, name


def _quotients(above: AnswerFigure, below: AnswerFigure, grounds: Grounds) -> Iterator[tuple[Derived, str]]:
    """Divide one figure by another of another kind; money loses its scale words first."""
    language = grounds.language
    top, bottom = _unit_texts(above, grounds), _unit_texts(below, grounds)
    divisors = {unit_name(unit, language, value=Decimal(1)) if unit else "" for unit in map(read_unit, bottom)}
    for unit in map(read_unit, top):
        bare = read_unit(unit.symbol.rsplit(" ", 1)[-1]) if unit and unit.dimension == "money" else None
        scaled = unit is not None and bare is not None and " " in unit.symbol
        factor = convert(Decimal(1), unit, bare) if scaled and unit and bare else Decimal(1)
        derived = ratio(above.value, below.value, factor=factor)
        name = unit_name(bare if scaled and bare else unit, language) if unit else ""
        if derived is not None:
            yield from ((derived, f"{name} / {divisor}".strip()) for divisor in divisors)


def _conversions(figure: AnswerFigure, given: AnswerFigure, grounds: Grounds) -> Iterator[tuple[Derived, str]]:
    """State a figure in the unit it is said to be in, where that is one of the same kind."""
    wanted = read_unit(figure.unit)
    for text in _unit_texts(given, grounds):
        printed = read_unit(text)
        if wanted is None or printed is None or wanted.dimension != printed.dimension:
            continue
        try:
            value, factor = convert(number(given.value), printed, wanted), convert(Decimal(1), printed, wanted)
        except UnitError:
            continue
        formula = f"{written(given.value)} × {minus(_trimmed(factor))} = {minus(_trimmed(value))}"
        yield Derived(value=_trimmed(value), formula=formula), unit_name(wanted, grounds.language, value=value)


def _unit_texts(figure: AnswerFigure, grounds: Grounds) -> set[str]:
    """The unit of a figure's row as the editions print it."""
    return {cell.unit_text for cell in grounds.snapshot.figures if cell.id == figure.id and cell.unit_text}


def _trimmed(value: Decimal) -> Decimal:
    short = value.normalize()
    return short if int(short.as_tuple().exponent) < 0 else short.quantize(Decimal(1))
