"""What writing one answer from figures needs at hand, and the sentences that all of its parts share."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.chunk import Passage
from index.lexicon import Lexicon
from index.script import Language
from qa.answer import AnswerFigure
from qa.catalogue import Catalogue, Series, series_label
from qa.compose import Citations, amount, answer_figure, derived_figure, say, with_mark, written
from qa.compute import Derived, number
from qa.question import Question


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


def year_before(period: str) -> str:
    """Name the period a year earlier.

    >>> year_before("2022"), year_before("2022H1")
    ('2021', '2021H1')
    """
    return str(int(period[:4]) - 1) + period[4:]


def stated(
    desk: Desk, derived: Derived, inputs: Sequence[AnswerFigure], *, label: str, unit: str, period: str
) -> Numbers:
    """State a computed number with its arithmetic, and the cited figures it came from."""
    head = derived_figure(derived, inputs, label=label, unit=unit, period=period)
    text = say(
        "computed",
        desk.language,
        label=opened(label, desk.language),
        value=value_words(head),
        period=period,
        formula=derived.formula,
    )
    return Numbers(figures=(head, *inputs), sentences=(with_mark(text, [f.citation for f in inputs]),), missing=())


def restated(desk: Desk, series: Series, figures: Sequence[AnswerFigure]) -> list[str]:
    """Say which of a series' figures the report marks as restated."""
    marked = [f for f in figures if f.id and series.figure(f.period, desk.language).restated]
    return [
        with_mark(say("restated", desk.language, label=desk.label(series), period=f.period), [f.citation])
        for f in marked
    ]


def value_words(figure: AnswerFigure) -> str:
    """Write a figure of the answer with its unit."""
    return amount(
        written(figure.value) if number(figure.value).copy_abs() >= 1000 else figure.value.replace("-", "−"),
        figure.unit,
        _no_language(figure),
    )


def _no_language(figure: AnswerFigure) -> Language:
    return "en" if figure.unit.isascii() else "zh-Hant"


def opened(label: str, language: Language) -> str:
    """Begin a sentence with a label."""
    return label[:1].upper() + label[1:] if language == "en" else label


def nearest_figures(desk: Desk, series: Sequence[Series], *, most: int = 3) -> tuple[AnswerFigure, ...]:
    """Give the newest disclosed figures of series near to what is not disclosed."""
    near = []
    for one in list(series)[:most]:
        period = next((p for p in one.periods if one.disclosed(p)), None)
        if period is not None:
            near.append(desk.cite(one, period))
    return tuple(near)
