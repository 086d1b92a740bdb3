"""Compare figures: two periods of one series, or two groups of one metric."""

from collections.abc import Sequence
from dataclasses import replace

from qa.answer import AnswerFigure
from qa.catalogue import Series
from qa.compose import amount, derived_figure, say, with_mark
from qa.compute import difference, minus, number, percent_change
from qa.desk import Desk, Numbers, asked_periods, opened, restated, stated, value_words, year_before
from qa.printed import printed_change, verdict


def change(desk: Desk, series: Series, held: Sequence[str]) -> Numbers | None:
    """Compare two periods; one period alone is compared with the year before it."""
    language = desk.language
    ordered = sorted(held)
    last = ordered[-1]
    first = ordered[0] if len(ordered) > 1 else year_before(last)
    if not series.disclosed(first):
        return None
    new, old = desk.cite(series, last), desk.cite(series, first)
    period = f"{first}–{last}"
    label = opened(desk.label(series), language)
    share_like = series.unit in ("%", "pp")
    percent = None if share_like else percent_change(old.value, new.value)
    unit = say("points", language) if share_like else new.unit
    plain_change = difference(old.value, new.value)
    inputs = [new, old]
    delta = derived_figure(
        plain_change, inputs, label=say("change_of", language, label=desk.label(series)), unit=unit, period=period
    )
    figures: list[AnswerFigure] = [delta]
    words = amount(minus(abs(plain_change.value)), unit, language)
    if percent is not None:
        relative = derived_figure(
            percent, inputs, label=say("change_of", language, label=desk.label(series)), unit="%", period=period
        )
        figures = [relative, delta] if desk.question.operation == "percent_change" else [delta, relative]
        bracket = f"({minus(abs(percent.value))}%)" if language == "en" else f"（{minus(abs(percent.value))}%）"
        words = f"{words} {bracket}" if language == "en" else f"{words}{bracket}"
        if desk.question.operation == "percent_change":
            words = f"{minus(abs(percent.value))}%"
    direction = "same" if plain_change.value == 0 else "up" if plain_change.value > 0 else "down"
    text = say(
        direction,
        language,
        label=label,
        value=words,
        first=first,
        last=last,
        before=value_words(old),
        after=value_words(new),
    )
    sentences = [with_mark(text, [new.citation, old.citation])]
    if percent is None and not share_like and desk.question.operation == "percent_change":
        sentences.append(say("zero_base", language, label=desk.label(series), period=first))
    printed = _printed(desk, series, old, new)
    if printed is not None:
        figures.append(printed[0])
        sentences.append(printed[1])
    sentences += restated(desk, series, [new, old])
    between = [p for p in series.periods if first < p < last and series.disclosed(p)]
    inner = [desk.cite(series, p) for p in between]
    return Numbers(figures=(*figures, new, *inner, old), sentences=tuple(sentences), missing=())


def _printed(desk: Desk, series: Series, old: AnswerFigure, new: AnswerFigure) -> tuple[AnswerFigure, str] | None:
    """Give the change that the report itself prints, and whether it is the computed one."""
    found = printed_change(desk.catalogue, series, old.period, new.period)
    if found is None:
        return None
    cell = desk.cite(*found)
    figure = replace(cell, label=say("change_of", desk.language, label=cell.label), period=f"{old.period}–{new.period}")
    said = verdict(figure.value, figure.unit, old, new)
    if said is None or figure.citation != new.citation or new.citation != old.citation:
        return None
    return figure, with_mark(say(f"printed_{said}", desk.language, value=value_words(figure)), [figure.citation])


def gap(desk: Desk, found: Sequence[Series]) -> Numbers:
    """Compare two groups of one metric in one period."""
    period = next((p for p in asked_periods(desk, found[0]) if all(series.disclosed(p) for series in found)), None)
    if period is None:
        return Numbers(figures=(), sentences=(), missing=tuple(asked_periods(desk, found[0])))
    first, second = (desk.cite(series, period) for series in found)
    high, low = (first, second) if number(first.value) >= number(second.value) else (second, first)
    share_like = found[0].unit in ("%", "pp")
    unit = say("points", desk.language) if share_like else first.unit
    both = say("and", desk.language).join((high.label, low.label))
    label = say("gap_of", desk.language, label=both)
    return stated(desk, difference(low.value, high.value), [high, low], label=label, unit=unit, period=period)
