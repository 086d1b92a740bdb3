"""State figures as the report prints them: one period or several, with the movement, or in the unit asked for."""

from collections.abc import Sequence
from decimal import Decimal

from index.units import UnitError, convert, currency_of, unit_name
from qa.answer import AnswerFigure
from qa.catalogue import Series, unit_label
from qa.compose import amount, currency_name, derived_figure, movement, plain, say, with_mark, written
from qa.compute import Derived, minus, number
from qa.desk import Desk, opened, value_words, year_before
from qa.figures import unit_asked


def stood(desk: Desk, series: Series, figures: Sequence[AnswerFigure]) -> str:
    """State the figures of one series, one sentence for all periods; one alone with its movement."""
    language = desk.language
    first = figures[0]
    label = opened(desk.label(series), language)
    value = amount(
        written(first.value) if "," in series.figure(first.period, language).digits else first.value,
        first.unit,
        language,
    )
    text = say("stood", language, label=label, value=value, period=first.period)
    if len(figures) > 1:
        text += "".join(say("against", language, value=value_words(f), period=f.period) for f in figures[1:])
    else:
        text += _before(desk, series, first.period)
    stop = "." if language == "en" else "。"
    return with_mark(text + stop, [f.citation for f in figures])


def _before(desk: Desk, series: Series, period: str) -> str:
    """Add how the figure moved from the year before, which stands in the same cited row."""
    earlier = year_before(period)
    if (desk.question.periods and len(desk.question.periods) > 1) or not series.disclosed(earlier):
        return ""
    language = desk.language
    new, old = series.figure(period, language), series.figure(earlier, language)
    unit = unit_label(old, language)
    value = amount(old.digits, unit if unit == "%" else "", language)
    moved = movement(plain(old.digits), plain(new.digits), unit, language)
    if moved is None:
        return say("against", language, value=value, period=earlier)
    direction, apart = moved
    return say(f"{direction}_from" if apart else "same_as", language, value=value, period=earlier, apart=apart)


def other_currency(desk: Desk, series: Series) -> list[str]:
    """Say that the report states a sum in another currency than is asked for; no rate of exchange is applied."""
    printed, asked = series.printed_unit, desk.question.unit
    held = currency_of(printed) if printed is not None else None
    wanted = currency_of(asked) if asked is not None else None
    if held is None or wanted is None or held.symbol == wanted.symbol:
        return []
    names = {"asked": currency_name(wanted, desk.language), "printed": currency_name(held, desk.language)}
    return [say("other_currency", desk.language, **names)]


def converted(desk: Desk, series: Series, figures: Sequence[AnswerFigure]) -> tuple[AnswerFigure, str] | None:
    """State the first figure in the unit asked for, when it is another one of the same kind."""
    printed = series.printed_unit
    if desk.question.unit is None or printed is None:
        return None
    wanted = unit_asked(desk.question.unit, printed)
    if wanted is None or wanted.symbol == printed.symbol:
        return None
    first = figures[0]
    try:
        value = convert(number(first.value), printed, wanted)
        factor = convert(Decimal(1), printed, wanted)
    except UnitError:
        return None
    formula = f"{written(first.value)} × {_trimmed(factor)} = {_trimmed(value)}"
    unit = unit_name(wanted, desk.language, value=value)
    head = derived_figure(
        Derived(value=_plain(value), formula=formula), [first], label=first.label, unit=unit, period=first.period
    )
    text = say(
        "computed",
        desk.language,
        label=opened(first.label, desk.language),
        value=amount(_trimmed(value), unit, desk.language),
        period=first.period,
        formula=formula,
    )
    return head, with_mark(text, [first.citation])


def _plain(value: Decimal) -> Decimal:
    trimmed = value.normalize()
    return (
        trimmed
        if trimmed.as_tuple().exponent not in (0,) and int(trimmed.as_tuple().exponent) <= 0
        else trimmed.quantize(Decimal(1))
    )


def _trimmed(value: Decimal) -> str:
    return minus(_plain(value))
