"""How likely each row of a report's tables is the one a question asks for, or none of them: a conditional logit.

Rows compete with each other and with "none of them" (McFadden, 1974). The evidence is what of the question each row
explains, by its label, its place, the names and phrasings of its metric and groups, in the same words, akin ones or
near in meaning; what of the row the question leaves unsaid; and whether group, denominator, unit and period agree.
The weights are fitted by `eval/rows_fit.py` and kept in rows.toml.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index.lexicon import Member, split_terms
from index.script import fold
from index.units import Unit, counted_unit
from index.words import tokens
from qa.asking import asking_words, without_asking
from qa.catalogue import Catalogue, Series
from qa.evidence import Term, cut_words, read_terms, term_texts
from qa.figures import PERCENT, asks_rate, countable, is_divided, is_narrower, unit_words
from qa.linking import Linker
from qa.phrases import CHINESE, NARROWING
from qa.question import Question
from qa.rowwords import SAID, RowWords
from qa.wording import Wording

NAMES: Final = (
    "unsaid",
    "unsaid_worst",
    "unsaid_akin",
    "named",
    "named_above",
    "named_else",
    "more_named",
    "linked",
    "label_said",
    "label_unsaid_worst",
    "likeness",
    "groups_agree",
    "groups_more",
    "per_agrees",
    "unit_agrees",
    "period_held",
)
ROWS: Final = Path(__file__).with_name("rows.toml")

Array = npt.NDArray[np.float32]

_TELLING: Final = 0.6  # weight from which a word that nothing explains rules a row out
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_OTHERS: Final = re.compile(r"其他|其它|其余|\bothers?\b|\bremaining\b|\bmiscellaneous\b", re.I)
_PERCENT: Final = re.compile(rf"{PERCENT.pattern}|\bshare\s+of\b|\bproportion\b|占比|比例|几成", re.I)
_TO_DATE: Final = re.compile(r"累计|累积|\bcumulative|\baccumulated\b|\bto\s+date\b|\bso\s+far\b|至今|迄今", re.I)
_STAFF_SHARE: Final = "workforce_share"
_EVERYONE: Final = frozenset({"employees_total", "full_time_employees"})
_YEAR: Final = re.compile(r"fy\d\d(?:\d\d)?(?:/\d+)?")
_INTENSITY: Final = "intensity"  # divided by what the lexicon does not know
_MEAN: Final = re.compile(r"\b(?:average|avg|mean|typical)\b|平均|人均", re.I)
_PER_LABEL: Final = re.compile(r"\bper\b|每|/", re.I)
_AGED: Final = re.compile(
    r"(?:under|over|above|below)?-?\d\ds?|(?:older|younger|aged|ages|age|old|years?)|年轻人?|年长|岁.*|.*岁"
)
_SCALES: Final = frozenset("thousand million billion thousands millions billions mn bn 千 万 百万 千万 亿 十亿".split())
_PEOPLE: Final = re.compile(
    r"员工|雇员|职工|同事|人手|(?:多少|几)[名位个]?人|\b(?:employees?|staff|workforce|people|workers?|colleagues?|persons)\b|几?多?[位名]",
    re.I,
)
_OF_PEOPLE: Final = frozenset({"gender", "age", "grade", "employment_type"})
_HEADS: Final = re.compile(r"\bhow\s+many\b|\bnumber\s+of\b|(?:多少|几多|几)[名位个]?", re.I)
_HEAD: Final = "per_employee"
_FIRM: Final = "(?:矿业|航运|实业|科技|集团|控股|公司|股份|有限公司)+"  # what may stand behind a company's short name
_USUAL: Final = frozenset({_HEAD, "per_revenue", "per_area"})  # divisors that a question would name
_WIDER: Final = frozenset(
    {("region", "mainland"), ("region", "overseas"), ("grade", "management"), ("grade", "general_staff")}
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows of a report weighed for one question."""

    series: Sequence[Series]
    features: Array  # a row for each series, a column for each of NAMES
    open: npt.NDArray[np.bool_]  # the series that nothing rules out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What a row is besides its words."""

    unit: Unit | None  # as printed
    rest: bool  # of what is left over, which only a question about the others asks for
    rate: bool  # by its unit or label
    to_date: bool  # adds up all years so far, which only a question about that asks for
    average: bool
    divided: bool  # by its unit or label
    counted: frozenset[Member]  # groups that its metric is of


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a question asks for besides its words."""

    unit: Unit | None
    percent: bool
    others: bool
    to_date: bool
    rate: bool
    mean: bool
    divides: bool
    people: bool  # counts the staff


class Rows:
    """The rows of one report, described in words."""

    def __init__(
        self,
        catalogue: Catalogue,
        above: Mapping[str, Sequence[str]],
        texts: Sequence[str],
        linker: Linker,
        wording: Wording,
    ) -> None:
        self._catalogue = catalogue
        self._series = catalogue.series
        self._lexicon = catalogue.lexicon
        self._linker = linker
        self._embedder = linker.embedder
        self._wording = wording
        self.words = RowWords(catalogue.series, catalogue.lexicon, above, texts, linker, wording)

    def read(self, question: Question, names: Sequence[str]) -> Ranking:
        """Weigh the evidence of every row for a question; `names` are the company's."""
        described = self.words.described
        text = _undated(question, names)
        terms = self._terms(text, question, names)
        strengths = self.words.strengths(terms)
        apart, of = self.words.apart(terms)
        weights = np.array([self.words.weight(term) for term in terms], dtype=np.float32)
        weights *= 1 - self.words.commonness(strengths)
        linked = {
            link.metric: link.probability
            for link in self._linker.link(text, named=question.concept.metrics, held=self.words.held, k=12)
        }
        likeness = self._labels @ self._embedder.encode_queries([" ".join(term_texts(terms)) or text])[0]
        wanted = _wanted(text, question)
        understood = np.array([_understood(term, question) for term in terms], dtype=np.float32)
        narrowing = [self.words.kin(word) for word in _narrowing(text)]
        rows = np.zeros((len(self._series), len(NAMES)), dtype=np.float32)
        held = np.zeros(len(self._series), dtype=bool)
        for n, series in enumerate(self._series):
            strangers = self._strangers(series, question)
            if not self._open(n, question, wanted) or any(map(described[n].names.isdisjoint, narrowing)):
                continue
            best = strengths[:, described[n].every].max(axis=1, initial=0.0)
            for term, number in enumerate(of):  # what is said together, said apart
                if number:
                    parts = apart[number[0] : number[1], described[n].every].max(axis=1, initial=0.0)
                    best[term] = max(best[term], float(parts.min()))
            if not strangers:
                best = np.maximum(best, understood)
            unsaid = (best < SAID) * (1 - best) * weights
            elsewhere = self._counts(strangers) and bool(((understood > 0) & (best < SAID)).any())
            if elsewhere or unsaid.max(initial=0.0) >= _TELLING:
                continue
            held[n] = True
            rows[n] = (
                unsaid.sum(),
                unsaid.max(initial=0.0),
                ((best >= SAID) * (1 - best) * weights).sum(),
                *self._named(series, question, wanted, linked, len(strangers)),
                *self.words.label(described[n], strengths),
                likeness[n],
                *_groups(series, question),
                question.concept.per is not None,
                wanted.unit is not None and self._facts[n].unit is not None,
                any(map(series.disclosed, question.periods or series.periods[:1])),
            )
        return Ranking(self._series, rows, held)

    def says_only_groups(self, question: Question, names: Sequence[str]) -> bool:
        """Tell a question that speaks of nothing besides groups and periods."""
        terms = self._terms(_undated(question, names), question, names)
        return all(_understood(term, question) for term in terms)

    def _terms(self, text: str, question: Question, names: Sequence[str]) -> list[Term]:
        """Cut a question into what it speaks of, less units, years and, where an age is read, words for it."""
        settled = asking_words() | unit_words(question.text) | _SCALES
        aged = any(dimension == "age" for dimension, _ in question.concept.members)

        def is_settled(word: str) -> bool:
            return word in settled or bool(_YEAR.fullmatch(word)) or (aged and bool(_AGED.fullmatch(word)))

        terms = read_terms(text, names, self._wording)
        words = cut_words(text)
        whole = [
            run for run in self._catalogue.proper.joined(words, apart=CHINESE | asking_words()) if run not in words
        ]
        within = {character for run in whole for character in run}
        terms = [term for term in terms if not (len(term.words) == 1 and term.words[0] in within)]
        terms += [Term(words=(run,), groups=frozenset()) for run in whole]
        return [term for term in terms if not all(map(is_settled, term.words))]

    def _open(self, n: int, question: Question, wanted: _Wanted) -> bool:
        """Tell whether a row can be what is asked for: its groups, denominator and unit do not say otherwise."""
        series, facts = self._series[n], self._facts[n]
        if (facts.rest and not wanted.others) or (facts.to_date and not wanted.to_date):
            return False
        if wanted.rate and not facts.rate:
            return False
        if self._contradicts(series, question) or is_narrower(series, question, self._lexicon):
            return False
        if not question.together and question.concept.dimensions - {dimension for dimension, _ in series.members}:
            return False  # asks for each group of a breakdown
        asked = _narrowest(question.concept.members, series.members) - series.members - facts.counted
        if any(not self.words.spells(n, member) for member in asked):
            return False
        if not _divided_alike(series.per, facts, question.concept.per, wanted):
            return False
        if wanted.percent and question.operation == "lookup" and series.unit not in ("%", "pp"):
            return False
        return wanted.unit is None or countable(wanted.unit, facts.unit)

    def _named(
        self, series: Series, question: Question, wanted: _Wanted, linked: Mapping[str, float], strangers: int
    ) -> tuple[bool, bool, float, float, float]:
        """How the metrics that a question names, or that the linker takes it to mean, are kin to a row's."""
        asked, held, lexicon = question.concept.metrics, series.metrics | series.part_of, self._lexicon
        if (_STAFF_SHARE in asked and series.unit not in ("%", "pp")) or (not asked and wanted.people):
            asked |= _EVERYONE  # a share of the staff is computed from their number
        link = max((linked.get(key, 0.0) for key in held), default=0.0)
        named = bool(asked & held)
        above = not named and any(a in lexicon.ancestors(h) for a in asked for h in held)
        more = [h for h in held if asked and not any(lexicon.related(a, h) for a in asked)]
        return named, above, strangers * (1 - link), len(more) * (1 - link), link

    def _counts(self, strangers: Sequence[str]) -> bool:
        """Tell whether a question counts something else than a row, such as directors."""
        return any(self._lexicon.metrics[one].kind == "count" for one in strangers)

    def _contradicts(self, series: Series, question: Question) -> bool:
        """Tell whether a question names a part of what a row counts, or its total."""
        asked, held, lexicon = question.concept.metrics, series.metrics | series.part_of, self._lexicon
        part = not asked & held and any(one in lexicon.ancestors(key) for key in asked for one in series.metrics)
        total = any(lexicon.metrics[one].average_of in asked for one in held - asked)
        return bool(part or total)

    def _strangers(self, series: Series, question: Question) -> list[str]:
        """The metrics that a question names and that a row has nothing to do with."""
        held, related = series.metrics | series.part_of | self._said[series.row_key], self._lexicon.related
        asked = question.concept.metrics - _EVERYONE - {_STAFF_SHARE}
        return [one for one in asked if not any(related(one, other) for other in held)]

    @cached_property
    def _labels(self) -> Array:
        texts = [" ".join(" ".join(path) for path in series.labels.values()) for series in self._series]
        return np.asarray(self._embedder.encode_passages(texts), dtype=np.float32).reshape(len(texts), -1)

    @cached_property
    def _said(self) -> dict[str, frozenset[str]]:
        """The metrics that the words of each row's own label name, whatever it measures of them."""
        return {
            series.row_key: frozenset(key for path in series.labels.values() for key in self._named_in(path[-1]))
            for series in self._series
        }

    def _named_in(self, label: str) -> frozenset[str]:
        return self._lexicon.concept(label).metrics

    @cached_property
    def _facts(self) -> list[_Facts]:
        metrics = self._lexicon.metrics
        return [
            _Facts(
                unit=series.printed_unit,
                rest=any(map(self._is_rest, series.labels.values())),
                rate=is_divided(series, self._lexicon),
                to_date=any(_TO_DATE.search(fold(path[-1])) for path in series.labels.values()),
                average=any(metrics[key].kind == "average" for key in series.metrics | series.part_of)
                or any(_MEAN.search(fold(text)) for path in series.labels.values() for text in path),
                divided=is_divided(series, self._lexicon)
                or any(_PER_LABEL.search(fold(path[-1])) for path in series.labels.values()),
                counted=frozenset(group for key in series.metrics if (group := metrics[key].group)),
            )
            for series in self._series
        ]

    def _is_rest(self, path: Sequence[str]) -> bool:
        """Tell a label that names what is left over; the lexicon's "other indirect emissions" is a name."""
        left = self._lexicon.concept(path[-1]).rest
        return bool(_OTHERS.search(fold(path[-1]))) and ("other" in left or "其" in left or "remain" in left)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLogit:
    """Fitted weights of NAMES, the utility of "none of them", and the likelihood from which a row answers."""

    weights: Array
    none: float
    floor: float

    def likelihoods(self, ranking: Ranking) -> Array:
        """Tell how likely each row is the one asked for, 0 to 1; what is left of 1 is none of them."""
        utilities = np.where(ranking.open, ranking.features @ self.weights, -np.inf)
        most = max(float(utilities.max(initial=-np.inf)), self.none)
        shares = np.exp(utilities - most)
        return np.asarray(shares / (shares.sum() + np.exp(self.none - most)), dtype=np.float32)


def fitted_rows(path: Path = ROWS) -> RowLogit:
    """Load the weights that ship with the package."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    weights = np.array([table["weights"][name] for name in NAMES], dtype=np.float32)
    return RowLogit(weights=weights, none=float(table["none"]), floor=float(table["floor"]))


def _narrowing(text: str) -> list[str]:
    """Find the words that narrow down what is asked for; Chinese ones of two characters also within a word."""
    words = set(tokens(text))
    return sorted(
        word for word in NARROWING if word in words or (not word.isascii() and len(word) > 1 and word in text)
    )


def _wanted(text: str, question: Question) -> _Wanted:
    percent = bool(_PERCENT.search(text))
    concept = question.concept
    counts = question.ask == "number" and not concept.metrics and not question.unit and concept.per is None
    grouped = (
        counts
        and {dimension for dimension, _ in concept.members} & _OF_PEOPLE
        and bool(_HEADS.search(fold(question.text)))
    )
    return _Wanted(
        unit=None if percent else question.unit or counted_unit(question.text),
        percent=percent,
        others=bool(_OTHERS.search(text)),
        to_date=bool(_TO_DATE.search(text)),
        rate=question.operation in ("lookup", "trend") and asks_rate(question),
        mean=bool(_MEAN.search(text)) and question.operation != "average",
        divides=question.divides,
        people=bool(grouped or (_PEOPLE.search(text) and question.ask in ("number", "what"))) and not percent,
    )


def _understood(term: Term, question: Question) -> bool:
    """Tell whether the lexicon reads a term as a metric, a group, an age or a denominator."""
    left = set(question.concept.rest)
    if not all(_HAN.match(word) for word in term.words):
        return not any(part in left for word in term.words for part in split_terms(word))
    characters = [character for word in term.words for character in word]
    return sum(character in left for character in characters) < min(2, len(characters))


def _undated(question: Question, names: Sequence[str]) -> str:
    """Take the words for periods and the company, and those that only ask, out of a question."""
    text = fold(question.text).lower()
    for name in sorted((fold(name).lower() for name in names), key=len, reverse=True):
        text = re.sub(rf"{re.escape(name)}(?:'s\b|{_FIRM})?", " ", text)
    for words in filter(None, question.period_words.split(", ")):
        text = text.replace(fold(words).lower(), " ")
    return without_asking(text)


def _narrowest(asked: frozenset[Member], held: frozenset[Member]) -> frozenset[Member]:
    """Leave out the wider of two groups where the narrower is what a row is of: Shenzhen in the mainland."""
    cut = {dimension for dimension, _ in asked & held}
    return frozenset(member for member in asked if member not in _WIDER or member[0] not in cut)


def _divided_alike(held: str | None, facts: _Facts, asked: str | None, wanted: _Wanted) -> bool:
    """Tell whether a row is divided as is asked; a divisor that the lexicon does not know is left to the words."""
    if (facts.average or wanted.mean) and asked in (None, _HEAD) and held in (None, _HEAD):
        return facts.average or held == _HEAD
    if asked == held:
        return asked is not None or not wanted.divides or facts.divided
    if asked is None:
        return wanted.divides and held not in _USUAL
    return held is not None and _INTENSITY in (asked, held)


def _groups(series: Series, question: Question) -> tuple[bool, int]:
    """Whether a row is of just the groups asked for, and how many more it is cut by; a wider region is none."""
    asked, held = question.concept.members, series.members
    named = {dimension for dimension, _ in asked}
    return bool(asked) and asked == held, sum(dimension not in named for dimension, _ in held - asked)
