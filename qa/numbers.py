"""Answer from figures: look up, compare, compute, and say which periods are not disclosed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from index.chunk import Passage
from index.lexicon import Lexicon
from index.script import Language
from index.units import UnitError, convert, read_unit, unit_name
from qa.answer import AnswerFigure
from qa.catalogue import Catalogue, Series, series_label, unit_label
from qa.compose import (
    Citations,
    amount,
    answer_figure,
    derived_figure,
    movement,
    plain,
    say,
    with_mark,
    written,
)
from qa.compute import Derived, average, difference, minus, number, percent_change, ratio, share, total
from qa.figures import Choice, Match, unit_asked
from qa.question import Question

_DENOMINATORS = {
    "per_employee": ("full_time_employees", "employees_total"),
    "per_revenue": ("revenue",),
    "per_area": ("office_area",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the figures say: the headline first, the words, and what is missing."""

    figures: tuple[AnswerFigure, ...]
    sentences: tuple[str, ...]
    missing: tuple[str, ...]  # periods asked for that the report does not disclose


class Desk:
    """Everything that writing one answer from figures needs at hand."""

    def __init__(
        self, question: Question, catalogue: Catalogue, passages: dict[str, Passage], citations: Citations, latest: str
    ) -> None:
        self.question = question
        self.catalogue = catalogue
        self.passages = passages
        self.citations = citations
        self.latest = latest

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.question.language

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon the catalogue was read with."""
        return self.catalogue.lexicon

    def label(self, series: Series) -> str:
        """Name a series for the reader."""
        return series_label(series, self.language, self.lexicon)

    def cite(self, series: Series, period: str) -> AnswerFigure:
        """Cite a disclosed cell."""
        return answer_figure(series, period, self.citations, self.passages, self.language, self.lexicon)


def answer_numbers(desk: Desk, choice: Choice) -> Numbers:
    """Write what the chosen series say to the question."""
    question = desk.question
    found = [match.series for match in choice.found if match.series is not None]
    if len(choice.matches) == 1 and choice.matches[0].parts:
        return _total_of_parts(desk, choice.matches[0])
    if question.operation == "sum" and len(found) > 1 and len({series.unit for series in found}) == 1:
        return _summed(desk, found)
    if (
        question.operation == "change"
        and len(found) == 2
        and found[0].metrics == found[1].metrics
        and found[0].unit == found[1].unit
    ):
        return _gap(desk, found)
    if question.operation == "ratio":
        return _ratio(desk, found)
    if question.operation in ("highest", "lowest") and len(found) > 1 and len({s.metrics for s in found}) == 1:
        return _ranked(desk, found)
    parts = [_of_series(desk, series) for series in found]
    parts = [part for part in parts if part is not None]
    return Numbers(
        figures=tuple(figure for part in parts for figure in part.figures),
        sentences=tuple(sentence for part in parts for sentence in part.sentences),
        missing=tuple(entry for part in parts for entry in part.missing),
    )


def asked_periods(desk: Desk, series: Series) -> list[str]:
    """Tell which periods of a series are asked for; the latest reporting year when none is named."""
    question = desk.question
    if question.every_period or (
        question.operation in ("trend", "highest", "lowest", "average") and not question.periods
    ):
        return series.periods
    if question.periods:
        return sorted(question.periods, reverse=True) if question.operation == "lookup" else list(question.periods)
    return [desk.latest if desk.latest in series.cells else series.periods[0]]


def _of_series(desk: Desk, series: Series) -> Numbers:
    question = desk.question
    periods = asked_periods(desk, series)
    held = [period for period in periods if series.disclosed(period)]
    missing = tuple(period for period in periods if not series.disclosed(period))
    if not held:
        return Numbers(figures=(), sentences=(), missing=missing)
    if question.operation in ("change", "percent_change"):
        computed = _change(desk, series, held) if not missing else None
        return computed or Numbers(figures=(), sentences=(), missing=missing or tuple(held))
    if question.operation in ("highest", "lowest") and len(held) > 1:
        return _extreme(desk, series, held)
    if question.operation == "average" and len(periods) > 1:
        return _averaged(desk, series, held) if not missing else Numbers(figures=(), sentences=(), missing=missing)
    if question.operation == "sum" and len(periods) > 1:
        return _over_periods(desk, series, held) if not missing else Numbers(figures=(), sentences=(), missing=missing)
    if question.operation == "share" and series.unit != "%":
        return _share(desk, series, held) or Numbers(figures=(), sentences=(), missing=tuple(held))
    figures = [desk.cite(series, period) for period in held]
    sentences = [_stood(desk, series, figures)]
    converted = _converted(desk, series, figures)
    sentences += [say("missing", desk.language, label=desk.label(series), period=period) for period in missing]
    if converted is not None:
        return Numbers(figures=(converted[0], *figures), sentences=(converted[1], *sentences[1:]), missing=missing)
    return Numbers(figures=tuple(figures), sentences=tuple(sentences), missing=missing)


def _stood(desk: Desk, series: Series, figures: Sequence[AnswerFigure]) -> str:
    language = desk.language
    first = figures[0]
    label = _upper(desk.label(series), language)
    value = amount(
        written(first.value) if "," in series.figure(first.period, language).digits else first.value,
        first.unit,
        language,
    )
    text = say("stood", language, label=label, value=value, period=first.period)
    if len(figures) > 1:
        text += "".join(say("against", language, value=_value(f), period=f.period) for f in figures[1:])
    else:
        text += _before(desk, series, first.period)
    stop = "." if language == "en" else "。"
    return with_mark(text + stop, [f.citation for f in figures])


def _before(desk: Desk, series: Series, period: str) -> str:
    """Add how the figure moved from the year before, which stands in the same cited row."""
    earlier = str(int(period[:4]) - 1) + period[4:]
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


def _change(desk: Desk, series: Series, held: Sequence[str]) -> Numbers | None:
    """Compare two periods; one period alone is compared with the year before it."""
    language = desk.language
    ordered = sorted(held)
    last = ordered[-1]
    first = ordered[0] if len(ordered) > 1 else str(int(last[:4]) - 1) + last[4:]
    if not series.disclosed(first):
        return None
    new, old = desk.cite(series, last), desk.cite(series, first)
    period = f"{first}–{last}"
    label = _upper(desk.label(series), language)
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
        direction, language, label=label, value=words, first=first, last=last, before=_value(old), after=_value(new)
    )
    sentences = [with_mark(text, [new.citation, old.citation])]
    if percent is None and not share_like and desk.question.operation == "percent_change":
        sentences.append(say("zero_base", language, label=desk.label(series), period=first))
    between = [p for p in series.periods if first < p < last and series.disclosed(p)]
    inner = [desk.cite(series, p) for p in between]
    return Numbers(figures=(*figures, new, *inner, old), sentences=tuple(sentences), missing=())


def _extreme(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    name = desk.question.operation
    pick = max if name == "highest" else min
    best = pick(held, key=lambda period: series.value(period))
    figures = [desk.cite(series, period) for period in (best, *(p for p in held if p != best))]
    label = _upper(desk.label(series), desk.language)
    text = say(name, desk.language, label=label, value=_value(figures[0]), period=best)
    return Numbers(figures=tuple(figures), sentences=(with_mark(text, [figures[0].citation]),), missing=())


def _ranked(desk: Desk, found: Sequence[Series]) -> Numbers:
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
        label=_upper(figures[0].label, desk.language),
        value=_value(figures[0]),
        period=wanted,
    )
    others = [_stood(desk, series, [figure]) for series, figure in zip(ordered[1:], figures[1:], strict=True)]
    return Numbers(figures=tuple(figures), sentences=(with_mark(text, [figures[0].citation]), *others), missing=())


def _averaged(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    figures = [desk.cite(series, period) for period in sorted(held)]
    derived = average([figure.value for figure in figures])
    period = f"{figures[0].period}–{figures[-1].period}"
    label = say("average_of", desk.language, label=desk.label(series))
    head = derived_figure(derived, figures, label=label, unit=figures[0].unit, period=period)
    text = say(
        "average",
        desk.language,
        label=_upper(desk.label(series), desk.language),
        value=_value(head),
        period=period,
        formula=derived.formula,
    )
    return Numbers(figures=(head, *figures), sentences=(with_mark(text, [f.citation for f in figures]),), missing=())


def _over_periods(desk: Desk, series: Series, held: Sequence[str]) -> Numbers:
    """Add an amount over its periods; a rate or an average does not add up."""
    additive = all(desk.lexicon.metrics[key].kind in ("amount", "count", "money") for key in series.metrics)
    if series.per or series.unit in ("%", "pp") or not series.metrics or not additive:
        return Numbers(figures=(), sentences=(), missing=())
    figures = [desk.cite(series, period) for period in sorted(held)]
    label = say("sum_of", desk.language, label=desk.label(series))
    period = f"{figures[0].period}–{figures[-1].period}"
    return _computed(desk, total([f.value for f in figures]), figures, label=label, unit=figures[0].unit, period=period)


def _total_of_parts(desk: Desk, match: Match) -> Numbers:
    """Add the parts of a total that the report does not print, period by period."""
    if desk.question.operation not in ("lookup", "sum", "trend"):
        return Numbers(figures=(), sentences=(), missing=())
    name = desk.lexicon.metrics[next(iter(match.target.metrics))].name(desk.language)
    periods = asked_periods(desk, match.parts[0])
    held = [period for period in periods if all(series.disclosed(period) for series in match.parts)]
    heads: list[AnswerFigure] = []
    inputs: list[AnswerFigure] = []
    sentences: list[str] = []
    for period in held:
        figures = [desk.cite(series, period) for series in match.parts]
        part = _computed(
            desk, total([f.value for f in figures]), figures, label=name, unit=figures[0].unit, period=period
        )
        heads += part.figures[:1]
        inputs += part.figures[1:]
        sentences += part.sentences
    missing = tuple(period for period in periods if period not in held)
    return Numbers(figures=(*heads, *inputs), sentences=tuple(sentences), missing=missing)


def _summed(desk: Desk, found: Sequence[Series]) -> Numbers:
    periods = asked_periods(desk, found[0])
    period = next((p for p in periods if all(series.disclosed(p) for series in found)), None)
    if period is None:
        return Numbers(figures=(), sentences=(), missing=tuple(periods))
    figures = [desk.cite(series, period) for series in found]
    derived = total([figure.value for figure in figures])
    join = say("and", desk.language)
    label = say("sum_of", desk.language, label=join.join(desk.label(series) for series in found))
    return _computed(desk, derived, figures, label=label, unit=figures[0].unit, period=period)


def _gap(desk: Desk, found: Sequence[Series]) -> Numbers:
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
    return _computed(desk, difference(low.value, high.value), [high, low], label=label, unit=unit, period=period)


def _ratio(desk: Desk, found: Sequence[Series]) -> Numbers:
    """Divide the figure named first by the one named second, in one period and unit."""
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
    return _computed(desk, derived, [above, below], label=f"{above.label} ÷ {below.label}", unit="", period=period)


def _mentioned(series: Series, order: Sequence[str]) -> int:
    keys = {*series.metrics, *(key for _, key in series.members)}
    return max((order.index(key) for key in keys if key in order), default=len(order))


def _share(desk: Desk, series: Series, held: Sequence[str]) -> Numbers | None:
    """State a part as a percentage of its total, when the report prints both."""
    if not series.members:
        return None
    whole = next(
        (
            other
            for other in desk.catalogue.series
            if other.metrics == series.metrics
            and not other.members
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
    label = say("share_of", desk.language, label=desk.label(series))
    return _computed(desk, derived, [part, all_of], label=label, unit="%", period=held[0])


def quotient(desk: Desk, match: Match) -> Numbers | None:
    """Divide a disclosed amount by disclosed employees, revenue or area, when the report prints no such intensity."""
    per = match.target.per
    above = next((s for s in match.near if s.per is None and s.members == match.target.members and s.unit != "%"), None)
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
    return _computed(desk, derived, [top, bottom], label=label, unit=unit, period=period)


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


def _computed(
    desk: Desk, derived: Derived, inputs: Sequence[AnswerFigure], *, label: str, unit: str, period: str
) -> Numbers:
    head = derived_figure(derived, inputs, label=label, unit=unit, period=period)
    text = say(
        "computed",
        desk.language,
        label=_upper(label, desk.language),
        value=_value(head),
        period=period,
        formula=derived.formula,
    )
    return Numbers(figures=(head, *inputs), sentences=(with_mark(text, [f.citation for f in inputs]),), missing=())


def _converted(desk: Desk, series: Series, figures: Sequence[AnswerFigure]) -> tuple[AnswerFigure, str] | None:
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
        label=_upper(first.label, desk.language),
        value=amount(_trimmed(value), unit, desk.language),
        period=first.period,
        formula=formula,
    )
    return head, with_mark(text, [first.citation])


def _value(figure: AnswerFigure) -> str:
    return amount(
        written(figure.value) if number(figure.value).copy_abs() >= 1000 else figure.value.replace("-", "−"),
        figure.unit,
        _no_language(figure),
    )


def _no_language(figure: AnswerFigure) -> Language:
    return "en" if figure.unit.isascii() else "zh-Hant"


def _plain(value: Decimal) -> Decimal:
    trimmed = value.normalize()
    return (
        trimmed
        if trimmed.as_tuple().exponent not in (0,) and int(trimmed.as_tuple().exponent) <= 0
        else trimmed.quantize(Decimal(1))
    )


def _trimmed(value: Decimal) -> str:
    return minus(_plain(value))


def _upper(label: str, language: Language) -> str:
    return label[:1].upper() + label[1:] if language == "en" else label


def nearest_figures(desk: Desk, series: Sequence[Series], *, most: int = 3) -> tuple[AnswerFigure, ...]:
    """Give the newest disclosed figures of series near to what is not disclosed."""
    near = []
    for one in list(series)[:most]:
        period = next((p for p in one.periods if one.disclosed(p)), None)
        if period is not None:
            near.append(desk.cite(one, period))
    return tuple(near)
