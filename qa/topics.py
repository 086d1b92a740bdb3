"""Tell what is asked of a thing that is measured in several ways: of training, its hours, its cost or who had any."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from index.lexicon import Concept, Lexicon, split_terms
from index.script import fold
from index.units import counted_unit, read_unit
from index.words import tokens
from qa.question import Question

TOPICS: Final = Path(__file__).with_name("topics.toml")

_SHARE = re.compile(
    r"百分之|百分比|比例|比率|占|几成|几多成|几多个百分|\brates?\b|\bper\s?cent|percentage|%|\bshare\s+of\b|\bproportion\b|\bfraction\b",
    re.I,
)
_MONEY = re.compile(r"多少钱|几多钱|支出|开支|费用|经费|使费|花费|\b(?:cost|costs|spend|spent|spending|money)\b", re.I)
_HELD = re.compile(
    r"(?:多少|几多|几)\s*(?:场|次|期|趟)|\bhow\s+(?:many\s+times|often)\b"
    r"|\b(?:how\s+many|number\s+of)\s+(?:\w+\s+){0,3}(?:times|events|sessions|courses|classes)\b",
    re.I,
)
_MEAN = re.compile(
    r"平均(?!每?[年月])|人均|每[一个名位]|\b(?:average|avg|mean)\b(?!\s+(?:annual|yearly|monthly))"
    r"|\b(?:per|each)\s+(?!annum|year|month|quarter|day|week|session|course|million|thousand|rmb|hk)",
    re.I,
)
_RATE = re.compile(r"率(?![先领])|\brates?\b", re.I)
_GAS_UNIT = re.compile(
    r"(?:\bton(?:ne)?s?|\bkg|\bkilograms?|吨|千克|公斤)\s*(?:of\s+)?(?:co2|carbon\s+dioxide|二氧化碳)", re.I
)
_GAS = frozenset({"ghg_mass", "co2_mass"})
_LISTED = re.compile(r"\band\b|&|和|与|及|、|同", re.I)
_HEAD = "per_employee"
_LONGEST = 5  # words of a topic's phrase
_PLAIN = frozenset({"lookup", "share", "sum"})
_GENERIC = frozenset({"workforce_share", "employees_total", "full_time_employees"})  # everyone, whatever is asked
_BASE = re.compile(
    r"\b(?:of|among)\s+(?:all\s+)?(?:the\s+|those\s+)?(?:\w+\s+){0,2}(?:who|that)\b.*\b(?:are|is|was|were)\b|\b(?:of|among)\s+leavers\b"
    r"|(?:培训|受训|训练|离职|离开|流失|辞职|跳槽)(?:了|过|的)*(?:员工|雇员|人员|同事|职工|人)?(?:之?中|当中|里面?)",
    re.I,
)  # the topic is what a share is taken of, not what is measured


@dataclass(frozen=True, slots=True)
class Topic:
    """Words for a thing, and the metric that each way of measuring it means."""

    phrases: frozenset[tuple[str, ...]]  # matching terms
    metrics: Mapping[str, str]  # metric key by what is asked for: "share", or a unit's dimension


def settle(question: Question, lexicon: Lexicon) -> Question:
    """Name the metric that a question asks for by a topic and a measure; the question itself where it does not.

    >>> from index.lexicon import bundled_lexicon
    >>> from qa.question import understand
    >>> held = bundled_lexicon()
    >>> asked = understand("What percentage of employees left in 2022?", lexicon=held, latest="2022")
    >>> sorted(settle(asked, held).concept.metrics)
    ['turnover_rate']
    """
    question = replace(question, concept=_by_unit(question, lexicon))
    measure = _measure(question)
    if measure is None or question.operation not in _PLAIN or splits(question):
        return question
    for topic in bundled_topics():
        metric = topic.metrics.get(measure)
        concept = question.concept
        if metric is None or concept.metrics - _GENERIC - frozenset(topic.metrics.values()):
            continue
        spelt = _spelt(topic, question.text)
        if spelt:
            return replace(question, concept=_named(metric, concept, spelt, question, lexicon))
    return question


def _by_unit(question: Question, lexicon: Lexicon) -> Concept:
    """Read a total per head as its average; leave out what the unit only seems to name, or cannot measure."""
    concept = question.concept
    text = fold(question.text)
    if _MEAN.search(text) and concept.per in (None, _HEAD):
        means = {m.average_of: m.key for m in lexicon.metrics.values() if m.average_of}
        keys = frozenset(means.get(key, key) for key in concept.metrics)
        concept = concept if keys == concept.metrics else replace(concept, metrics=keys, per=None)
    rates = lexicon.rates(concept.metrics) if _RATE.search(text) or question.divides else frozenset()
    if rates and concept.per is None and not any(key == "injury_rate" and question.divides for key in rates):
        concept = replace(concept, metrics=rates)
    keys = concept.metrics - ({"ghg_co2"} if _GAS_UNIT.search(text) else set())
    asked = question.unit or counted_unit(question.text)
    if asked is not None and asked.dimension in _GAS and not _LISTED.search(text):
        keys = frozenset(key for key in keys if _measures_gas(key, lexicon))
    return replace(concept, metrics=keys) if keys else concept


def _measures_gas(key: str, lexicon: Lexicon) -> bool:
    units = (read_unit(symbol) for symbol in lexicon.metrics[key].units)
    return any(unit is not None and unit.dimension in _GAS for unit in units)


def splits(question: Question) -> bool:
    """Tell whether a share is asked of a topic's people or hours, not of everyone: of those who left, the women."""
    return bool(_BASE.search(fold(question.text)))


def _named(metric: str, concept: Concept, spelt: frozenset[str], question: Question, lexicon: Lexicon) -> Concept:
    means = {m.average_of: m.key for m in lexicon.metrics.values() if m.average_of}
    averaged = metric in means and bool(_MEAN.search(fold(question.text)))
    rest = tuple(term for term in concept.rest if term not in spelt)
    named = replace(concept, metrics=frozenset({means[metric] if averaged else metric}), rest=rest)
    return lexicon.regrouped(replace(named, per=None) if averaged and named.per == _HEAD else named)


def _measure(question: Question) -> str | None:
    """Tell what is asked for: "share", "time" for what is held, or the dimension of the unit asked for."""
    text = fold(question.text)
    if question.unit is not None and question.unit.dimension != "share":
        return question.unit.dimension
    if _HELD.search(text):
        return "time"
    counted = counted_unit(question.text)
    if counted is not None and counted.dimension != "item":
        return counted.dimension
    if _MONEY.search(text):
        return "money"
    return "share" if _SHARE.search(text) else None


def _spelt(topic: Topic, text: str) -> frozenset[str]:
    """Give the terms of the topic's phrases that stand in a text as whole words."""
    words = [split_terms(word) for word in tokens(text)]
    found: set[str] = set()
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _LONGEST) + 1):
            run = tuple(term for word in words[start:end] for term in word)
            if run in topic.phrases:
                found |= set(run)
    return frozenset(found)


@cache
def bundled_topics() -> tuple[Topic, ...]:
    """Load the topics that ship with the package."""
    return tuple(_topic(table) for table in tomllib.loads(TOPICS.read_text(encoding="utf-8"))["topic"])


def _topic(table: dict[str, Any]) -> Topic:
    phrases = frozenset(split_terms(fold(name)) for name in (*table["zh"], *table["en"]))
    return Topic(phrases, {key: value for key, value in table.items() if key not in ("zh", "en")})
