"""Answer what a question asks of a row's target, base year or progress, or of a figure before it was restated."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.columns import aside_kind
from index.lexicon import Lexicon
from index.script import fold, render
from qa.answer import AnswerFigure
from qa.catalogue import Catalogue, Series, nearest_edition, row_of
from qa.compose import say, with_mark
from qa.desk import Desk, Numbers, value_words
from qa.figures import Choice, choose
from qa.question import Question

Aim = Literal["target", "base", "progress", "original"]

# What is asked for, in folded words; the first that fits. The words themselves name no metric and are taken out.
_ASKED: tuple[tuple[Aim, re.Pattern[str]], ...] = (
    (
        "original",
        re.compile(
            r"\b(?:before|prior\s+to)\s+(?:(?:it|they)\s+(?:was|were|got)\s+|being\s+|the\s+|its\s+)?restate(?:d|ment)\b"
            r"|\b(?:originally|previously|first)\s+(?:report(?:ed)?|state[d]?|disclosed?|publish(?:ed)?)\b|\boriginal(?:ly)?\s+(?:figure|value|number)\b"
            r"|(?:重列|重述|重新呈列)(?:之|以)?前|原先?(?:呈报|列报|披露|列)(?:的|之)?(?:数字|数|数值)?|先前(?:呈报|披露|列报)的?",
            re.I,
        ),
    ),
    (
        "progress",
        re.compile(
            r"\bhow\s+far\s+(?:along|has|have|is|are|did)\b|\bprogress\b|\bon\s+track\b|\bachieved\s+so\s+far\b|\bso\s+far\b"
            r"|\b(?:against|versus|vs\.?|from|since|than|to|with)\s+(?:the\s+)?(?:20\d\d\s+)?base(?:\s*-?\s*line)?(?:\s+years?)?\b"
            r"|进[展度]|达成(?:率|情况|了|多少)?|完成(?:率|情况|度|了?多少|了?几)|(?:较|比|对比|相比)(?:20\d\d\s*年?)?(?:的)?基[准线]年?|至今",
            re.I,
        ),
    ),
    (
        "base",
        re.compile(
            r"\b(?:base|baseline)\s*-?\s*years?\b|\bbase\s*-?line\b|基准(?:年份?|值|线)?|基线|基期",
            re.I,
        ),
    ),
    (
        "target",
        re.compile(
            r"\b(?:targets?|goals?)\b|\b(?:meant|supposed|due|scheduled|expected|hop(?:es?|ing))\s+to\s+(?:reach|hit|be|get|fall|cut|come|achieve|drop|rise|have)\b"
            r"|\bby\s+when\b|\b(?:aims?|wants?|plans?|intends?|pledged?|committed)\s+to\s+(?:cut|reduce|lower|raise|increase)\b"
            r"|目标|(?:打算|计划|承诺)(?=.{0,6}[减降增升])",
            re.I,
        ),
    ),
)
_AIM = re.compile(
    r"\b(?:targets?|goals?)\b|\b(?:meant|supposed|due|scheduled|hop(?:es?|ing))\s+to\b|\bby\s+when\b|目标|指标值", re.I
)
_MEANS = re.compile(r"\bhow\s+(?:do|does|did|will|would|can)\b|如何|怎样|怎么|点样", re.I)  # for prose to answer
_COMPARED = re.compile(  # how far a figure is from a target is not computed
    r"\b(?:than|exceed\w*|above|below|short\s+of)\s+(?:the\s+|its\s+)?(?:20\d\d\s+)?(?:target|goal)"
    r"|(?:比|较|超过|超出|低于|高于)[^,。]{0,6}目标",
    re.I,
)
_LEAN = re.compile(  # which way a target goes is for the report to say
    r"\b(?:how\s+far|on\s+track|so\s+far|along|against|towards?|by\s+when|until\s+when|set|sets|have|has|been|hit|meet|met|reach(?:ed)?)\b"
    r"|\b(?:cut(?:ting)?|come\s+down|gone?\s+down|reduc\w+|lower(?:ed|ing)?|fall(?:en)?|fell|drop(?:ped)?|decreas\w+|increas\w+)\b"
    r"|至今|到(?:哪|几)一?年|定为|定在|设定|订立|定下|减了|减少了?|减排|下降了?|降低了?|降了|增加了?|提升了?|较|相比|(?:要|会)?在?(?:哪|几)一?年(?:之?前)?"
    r"|基[准线]年?|多少|几多|幅度|如何|怎样",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """What stands beside a row's figures, and how the row was chosen."""

    choice: Choice
    numbers: Numbers


def speaks_of_aim(question: Question) -> bool:
    """Tell whether a question speaks of a target at all, if only to compare a figure with it."""
    return bool(_AIM.search(fold(question.text)))


def aim_asked(question: Question) -> Aim | None:
    """Tell whether a question asks for a target, a base year, progress, or the original of a restated figure.

    How a target is met and why it was set are asked of the report's prose.
    """
    if question.ask in ("why", "who", "where", "often"):
        return None
    folded = fold(question.text)
    aim = next((aim for aim, pattern in _ASKED if pattern.search(folded)), None)
    means = question.manner or (aim == "target" and (_MEANS.search(folded) or _COMPARED.search(folded)))
    return None if means and aim != "progress" else aim


def answer_aim(desk: Desk, names: Sequence[str]) -> Aimed | None:
    """Answer from the targets, base years, progress and originals of the tables; None where they do not hold it."""
    aim = aim_asked(desk.question)
    if aim is None:
        return None
    beside = _underlying(desk.catalogue, desk.lexicon)
    bare = without_aim(desk.question, desk.lexicon)
    choice = choose(bare, replace(desk.catalogue, series=beside.get(aim, ())), names=names)
    if len(choice.matches) != 1 or choice.residue or choice.matches[0].series is None:
        return None
    row = _Row(desk=desk, held=beside, chosen=choice.matches[0].series)
    numbers = _WRITTEN[aim](row)
    return Aimed(choice=choice, numbers=numbers) if numbers is not None else None


class _Row:
    """The chosen row, and what stands beside its figures, by kind."""

    def __init__(self, *, desk: Desk, held: Mapping[str, Sequence[Series]], chosen: Series) -> None:
        self.desk = desk
        self.chosen = chosen
        self.asked = desk.question.periods
        self._held = held

    @property
    def label(self) -> str:
        """Name the row; as printed where a bare percentage is the target of another measure: the label may say how."""
        series, desk = self.chosen, self.desk
        measures = {unit for key in series.metrics for unit in desk.lexicon.metrics[key].units}
        target = self.of("target")
        bare = target is not None and target.unit == "%" and not any(_words(target, p, desk) for p in target.periods)
        if "%" in measures or not bare:
            return desk.label(series)
        edition = nearest_edition(series.labels, desk.language)
        return render(" ".join(series.labels[edition][-1].split()), desk.language)

    def of(self, kind: str) -> Series | None:
        """What of a kind stands in the row."""
        key, labels = row_of(self.chosen.row_key), self.chosen.labels
        found = [s for s in self._held.get(kind, ()) if row_of(s.row_key) == key and s.labels == labels]
        return found[0] if len(found) == 1 else None

    def periods(self, kind: str) -> list[str]:
        """The periods of a kind that are asked for: those named, or all; a base year bounds no target."""
        series = self.of(kind)
        if series is None:
            return []
        base = self.of("base")
        years = [period for period in self.asked if base is None or period not in base.periods or kind == "base"]
        held = [period for period in series.periods if series.disclosed(period) or _words(series, period, self.desk)]
        return [period for period in held if period in years] if years else held


def _targets(row: _Row) -> Numbers | None:
    """State the targets, then how far the report says it is, and from which year."""
    asked = _stated(row, "target")
    return _joined([*asked, *_base_year(row), *_stated(row, "progress", any_period=True)]) if asked else None


def _progress(row: _Row) -> Numbers | None:
    """State the progress, then the target it is made towards."""
    asked = _stated(row, "progress")
    return _joined([*asked, *_stated(row, "target", any_period=True), *_base_year(row)]) if asked else None


def _base(row: _Row) -> Numbers | None:
    """State the base year and its value; a figure of the row shows whose base it is."""
    value = _stated(row, "base")
    shown = [*value, *_stated(row, "target", any_period=True), *_stated(row, "progress", any_period=True)]
    year = _base_year(row)
    return _joined([*year, *shown]) if year and shown else None


def _original(row: _Row) -> Numbers | None:
    """State a figure as it was before it was restated, then as restated."""
    return _joined(_stated(row, "original"))


_WRITTEN = {"target": _targets, "progress": _progress, "base": _base, "original": _original}

_Part = tuple[AnswerFigure | None, str]


def _joined(parts: Sequence[_Part]) -> Numbers | None:
    figures = tuple(figure for figure, _ in parts if figure is not None)
    return Numbers(figures=figures, sentences=tuple(text for _, text in parts), missing=()) if figures else None


def _stated(row: _Row, kind: str, *, any_period: bool = False) -> list[_Part]:
    """Write what of a kind the row prints; none where a period is asked for that it does not speak of."""
    series = row.of(kind)
    if series is None:
        return []
    periods = [p for p in series.periods if series.disclosed(p)] if any_period else row.periods(kind)
    parts: list[_Part] = []
    for period in periods:
        if not series.disclosed(period):
            continue
        figure = replace(row.desk.cite(series, period), label=row.label)
        words = _words(series, period, row.desk)
        name = _SENTENCES[kind, bool(words)]
        text = say(
            name if period else "target_undated",
            row.desk.language,
            label=figure.label,
            value=value_words(figure),
            period=period,
            words=words,
        )
        if period or (kind == "target" and not words):
            parts.append((figure, with_mark(text, [figure.citation])))
    return parts


_SENTENCES = {
    ("target", False): "target",
    ("target", True): "target_words",
    ("progress", False): "progress",
    ("progress", True): "progress_words",
    ("base", False): "base_value",
    ("original", False): "original",
}


def _base_year(row: _Row) -> list[_Part]:
    """Name the base year of the row, when it has one."""
    series = row.of("base")
    periods = [period for period in series.periods if period] if series is not None else []
    if series is None or len(periods) != 1:
        return []
    cell = series.figure(periods[0], row.desk.language)
    passage = row.desk.passages[cell.passage_id]
    mark = row.desk.citations.cite(passage, cell.row_start, cell.row_end)
    text = say("base", row.desk.language, label=row.label, period=periods[0])
    return [(None, with_mark(text, [mark]))]


def _words(series: Series, period: str, desk: Desk) -> str:
    """The whole cell of a target or progress that is printed in words."""
    return render(series.figure(period, desk.language).words, desk.language)


def without_aim(question: Question, lexicon: Lexicon) -> Question:
    """Leave of a question what names the metric: neither the aim, nor its years, nor which way it goes."""
    folded = fold(question.text)
    for _, pattern in _ASKED:
        folded = pattern.sub(" ", folded)
    text = re.sub(r"(?<!\d)20\d\d\s*年?", " ", _LEAN.sub(" ", folded))
    concept = question.concept if question.follows else lexicon.concept(text)
    return replace(
        question,
        text=text,
        concept=replace(concept, metrics=_meant(concept.metrics, lexicon)),
        operation="lookup",
        ask="number",
        periods=(),
        forward=False,
    )


def _underlying(catalogue: Catalogue, lexicon: Lexicon) -> dict[str, tuple[Series, ...]]:
    """Name what stands beside the figures by the metric that it is about: emissions, where they are to be reduced."""
    return {
        kind: tuple(replace(series, metrics=_meant(series.metrics, lexicon)) for series in held)
        for kind, held in catalogue.beside.items()
    }


def _meant(keys: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    aims = {key for key in keys if aside_kind(lexicon.metrics[key].en) != "value"}
    return keys - aims if keys - aims else keys
