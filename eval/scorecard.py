"""Lay a run of the evaluation out as one self-contained HTML page that people outside engineering can read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.comparison import Comparison
from eval.gate import Rule, rules
from eval.metrics import Score
from eval.report import expected_words, given_words
from eval.run import Disparity, Rate, Scorecard, Tally
from qa.answer import Citation

Outcome = Literal["passed", "incomplete", "missed", "wrong"]

OUTCOMES: Final[Mapping[Outcome, str]] = {
    "passed": "right, complete and proven",
    "incomplete": "answered, but not complete or not proven",
    "missed": "refused although the report answers",
    "wrong": "a wrong number",
}
KINDS: Final[Mapping[str, str]] = {
    "lookup": "Figures in tables",
    "prose_number": "Numbers in sentences",
    "narrative": "Policies, people, process",
    "list": "Lists",
    "computed": "Computed figures",
    "comparison": "Comparisons",
    "trend": "Over the years",
    "code": "HKEX and GRI codes",
    "not_disclosed": "Not in the report",
    "typo_mixed": "Typos and mixed language",
    "follow_up": "Follow-up questions",
    "adversarial": "Tricks and traps",
}
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
SPLITS: Final[Mapping[str, str]] = {"tuned": "Seen while improving", "held_back": "Held back"}
TEMPLATE: Final = "scorecard.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One rate in large type, with what it means."""

    name: str
    rate: Rate
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One colour of a bar."""

    outcome: Outcome
    count: int
    start: float  # from 0 to 100
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What became of some cases."""

    name: str
    passed: Rate
    pieces: tuple[Piece, ...]  # those that hold any case
    words: str  # for readers who do not see the bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars under one heading."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case that did not pass, as a reader sees it."""

    id: str
    kind: str
    language: str  # BCP 47, for fonts and screen readers
    history: tuple[str, ...]
    question: str
    expected: str
    got: str  # status and figures
    text: str
    citations: tuple[Citation, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One suite laid out."""

    card: Scorecard
    title: str
    rules: tuple[Rule, ...]
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    wrong: tuple[Failure, ...]
    failures: Mapping[str, tuple[Failure, ...]]  # by kind, without the wrong numbers
    disparities: tuple[Disparity, ...]
    unnamed: int  # failures of cases held back, which are counted only

    @property
    def met(self) -> bool:
        """Tell whether every rule of the gate is met."""
        return all(rule.met for rule in self.rules)


def to_html(
    scorecards: Sequence[Scorecard],
    *,
    gate: Path | None = None,
    comparison: Comparison | None = None,
    made: date | None = None,
    held_back: bool = False,
) -> str:
    """Write the page: wrong numbers first, then what else failed, with question, expected, got and citations.

    Failures of cases held back are counted, and named only with `held_back`. Raises BadGate.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sheets = [_sheet(card, gate, held_back) for card in scorecards]
    page = environment.get_template(TEMPLATE)
    return page.render(sheets=sheets, comparison=comparison, made=made, outcomes=OUTCOMES, percent=_percent)


def outcome(score: Score) -> Outcome:
    """Tell what became of a case, the worst first."""
    if score.wrong_number is not None:
        return "wrong"
    if score.passed:
        return "passed"
    refused = score.answer is None or score.answer.status == "not_disclosed"
    return "missed" if refused else "incomplete"


def _sheet(card: Scorecard, gate: Path | None, held_back: bool) -> Sheet:
    named = [each for each in card.failures if held_back or each.case.split != "held_back"]
    others = [each for each in named if each.wrong_number is None]
    hidden = set() if held_back else {each.case.group for each in card.scores if each.case.split == "held_back"}
    return Sheet(
        card=card,
        title=card.suite or "this report",
        rules=tuple(rules(card, gate)),
        tiles=_tiles(card),
        charts=(
            _chart("By kind of question", card.scores, KINDS, card.by_kind, "kind"),
            _chart("By language", card.scores, LANGUAGES, card.by_language, "language"),
            _chart("Seen or held back", card.scores, SPLITS, card.by_split, "split"),
        ),
        wrong=tuple(_failure(each) for each in named if each.wrong_number is not None),
        failures={
            name: tuple(_failure(each) for each in others if each.case.kind == kind)
            for kind, name in KINDS.items()
            if any(each.case.kind == kind for each in others)
        },
        disparities=tuple(each for each in card.disparities if each.group not in hidden),
        unnamed=len(card.failures) - len(named),
    )


def _tiles(card: Scorecard) -> tuple[Tile, ...]:
    overall = card.overall
    held = card.by_split.get("held_back")
    tiles = (
        Tile(name="Right", rate=overall.passed, meaning="right, complete and proven, or rightly refused"),
        Tile(
            name="Right, held back",
            rate=held.passed if held else Rate(hits=0, of=0, low=1.0, high=1.0),
            meaning="the same, on questions nobody looked at while improving it",
        ),
        Tile(name="Proven", rate=overall.support, meaning="answers whose numbers stand in the quotes they cite"),
        Tile(name="Refused rightly", rate=overall.refused_all, meaning="questions the report does not answer, refused"),
        Tile(name="Not refused", rate=overall.answered, meaning="questions the report does answer, answered"),
        Tile(
            name="Alike in all scripts", rate=card.parity, meaning="questions with one answer in English, 繁體 and 简体"
        ),
    )
    return tuple(tile for tile in tiles if tile.rate.of)


def _chart(
    title: str, scores: Sequence[Score], names: Mapping[str, str], tallies: Mapping[str, Tally], field: str
) -> Chart:
    bars = [
        _bar(name, tallies[key].passed, [each for each in scores if getattr(each.case, field) == key])
        for key, name in names.items()
        if key in tallies
    ]
    return Chart(title=title, bars=tuple(bars))


def _bar(name: str, passed: Rate, scores: Sequence[Score]) -> Bar:
    counts = Counter(map(outcome, scores))
    pieces, start = [], 0.0
    for each in OUTCOMES:
        if counts[each]:
            width = 100 * counts[each] / len(scores)
            pieces.append(Piece(outcome=each, count=counts[each], start=round(start, 3), width=round(width, 3)))
            start += width
    words = ", ".join(f"{piece.count} {OUTCOMES[piece.outcome]}" for piece in pieces)
    return Bar(name=name, passed=passed, pieces=tuple(pieces), words=f"{name}: {words}")


def _failure(score: Score) -> Failure:
    case, answer = score.case, score.answer
    return Failure(
        id=case.id,
        kind=KINDS[case.kind],
        language=case.language,
        history=case.history,
        question=case.question,
        expected=expected_words(score),
        got=_got(score),
        text=answer.text if answer else "",
        citations=answer.citations if answer else (),
        faults=score.faults,
    )


def _got(score: Score) -> str:
    answer = score.answer
    if answer is None:
        return given_words(score)
    figures = ", ".join(" ".join(filter(None, (f.value, f.unit, f.period))) for f in answer.figures)
    status = answer.status.replace("_", " ") + (f" ({answer.reason.replace('_', ' ')})" if answer.reason else "")
    return figures or status


def _percent(rate: Rate) -> str:
    return f"{rate.share:.1%}" if rate.of else "–"
