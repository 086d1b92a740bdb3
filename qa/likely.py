"""Choose the rows that a question most likely asks for, where no name of the lexicon or label settles it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from index.lexicon import Concept, Lexicon, Member
from index.script import fold
from index.words import tokens
from qa.catalogue import Catalogue, Series, place_of
from qa.figures import Choice, Match, Target, as_printed, joined_members, printed_together, stray_numbers
from qa.linking import Link
from qa.question import Question
from qa.rows import RowLogit, Rows
from qa.topics import settle

_JOINS: Final = frozenset(
    "and or plus versus vs & + 和 与 及 同 跟 加 或 定 定系 还是 同埋 加埋 加上 连同 以及 抑或 对比 对".split()
)
_POLICY: Final = re.compile(
    r"\b(?:rules?|polic(?:y|ies)|procedures?|guidelines?|principles?|approach|commitments?)\b|规定|政策|制度|守则|准则|指引|原则|承诺",
    re.I,
)
_LONGEST: Final = 3  # tokens that name one of two things beside each other


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads a question against one report's rows."""

    catalogue: Catalogue
    rows: Rows
    logit: RowLogit
    lexicon: Lexicon
    names: Sequence[str]  # the company's

    def choose(self, question: Question, *, among: Callable[[Series], bool] = lambda _: True) -> Choice | None:
        """Choose a row, of some, for each thing that a question asks for; None where one is not likely enough."""
        if question.parts or stray_numbers(question) or not _asks_figure(question):
            return None
        question = settle(self._in_context(question), self.lexicon)
        concept = as_printed(question.concept, self.catalogue)
        members = joined_members(concept, self.catalogue)
        question = replace(question, concept=replace(concept, members=members))
        concept = question.concept
        whole = printed_together(concept.members, concept.metrics, self.catalogue)
        matches = self._each(iter([question]) if whole else _apart(question, self.lexicon), among)
        if not matches or (question.together and len(matches) == 1 and not _covers_several(question, matches[0])):
            matches = self._beside(question, among)
        if not matches:
            return None
        links = tuple(Link(metric=next(iter(m.target.metrics), ""), probability=m.score) for m in matches)
        return Choice(matches=tuple(matches), residue=(), links=links)

    def _in_context(self, question: Question) -> Question:
        """Read a follow-up that says nothing but another period or group in the words of the question before it."""
        if not question.context or not self.rows.says_only_groups(question, self.names):
            return question
        own, earlier = question.concept, self.lexicon.concept(question.context)
        cut = {dimension for dimension, _ in own.members}
        replaced = [member for member in earlier.members if member[0] in cut and member not in own.members]
        return replace(question, text=f"{_without(question.context, replaced, self.lexicon)} {question.text}")

    def _each(self, parts: Iterator[Question], among: Callable[[Series], bool]) -> list[Match]:
        matches = [self._likeliest(part, among) for part in parts]
        found = [match for match in matches if match is not None]
        apart = {match.series.row_key for match in found if match.series}
        return found if len(apart) == len(matches) else []

    def _likeliest(self, question: Question, among: Callable[[Series], bool]) -> Match | None:
        ranking = self.rows.read(question, self.names)
        allowed = np.array([among(series) for series in ranking.series], dtype=bool)
        likelihoods = self.logit.likelihoods(replace(ranking, open=ranking.open & allowed))
        best = int(np.argmax(likelihoods)) if len(likelihoods) else -1
        if best < 0 or likelihoods[best] < self.logit.floor:
            return None
        series = ranking.series[best]
        target = Target(metrics=series.metrics, per=series.per, members=series.members)
        near = tuple(one for one in ranking.series if one.metrics == series.metrics and one is not series)
        return Match(target=target, series=series, score=float(likelihoods[best]), near=near)

    def _beside(self, question: Question, among: Callable[[Series], bool]) -> list[Match]:
        """Find two rows of one kind whose names stand beside each other in a question: "Huizhou or Hai Phong"."""
        text = fold(question.text).lower()
        spans = _spans(text)
        for n, (start, end) in enumerate(spans):
            if text[start:end] not in _JOINS or not 0 < n < len(spans) - 1:
                continue
            first = self._best_of(question, _without_one(text, spans, n, after=True), among)
            other = self._best_of(question, _without_one(text, spans, n, after=False), among)
            if first and other and first.series and other.series and _alike(first.series, other.series):
                return [first, other]
        return []

    def _best_of(self, question: Question, texts: Iterator[str], among: Callable[[Series], bool]) -> Match | None:
        found = [
            match
            for text in texts
            if (match := self._likeliest(_reread(question, text, self.lexicon), among)) is not None
        ]
        return max(found, key=lambda match: match.score, default=None)


def _asks_figure(question: Question) -> bool:
    """Tell whether a number can answer: no person, place or reason is asked for, and no rule or policy."""
    if question.ask in ("why", "email") or (question.ask in ("who", "where") and question.operation == "lookup"):
        return False
    return question.operation != "lookup" or not _POLICY.search(fold(question.text))


def _covers_several(question: Question, match: Match) -> bool:
    """Tell whether one row can be a sum that is asked for: of its periods, or of what its own label joins."""
    if question.every_period or len(question.periods) > 1 or not _JOINS.intersection(tokens(question.text)):
        return True
    labels = match.series.labels.values() if match.series else ()
    return any(_JOINS.intersection(tokens(path[-1])) for path in labels)


def _apart(question: Question, lexicon: Lexicon) -> Iterator[Question]:
    """Ask for each group that a question names beside another, in a question of its own."""
    concept = question.concept
    groups: dict[str, list[Member]] = {}
    for member in sorted(concept.members, key=lambda member: _place(member[1], concept)):
        groups.setdefault(member[0], []).append(member)
    for members in product(*groups.values()):
        without = [member for held in groups.values() for member in held if member not in members]
        text = _without(question.text, without, lexicon)
        yield replace(question, text=text, concept=replace(concept, members=frozenset(members)))


def _place(key: str, concept: Concept) -> int:
    return concept.order.index(key) if key in concept.order else len(concept.order)


def _without(text: str, members: Sequence[Member], lexicon: Lexicon) -> str:
    """Take the names of groups out of a question."""
    if not members:
        return text
    words = [lexicon.members[member] for member in members if member in lexicon.members]
    spellings = sorted({fold(name).lower() for word in words for name in (*word.zh, *word.en)}, key=len, reverse=True)
    folded = fold(text).lower()
    for spelling in spellings:
        edge = r"\b" if spelling.isascii() else ""
        folded = re.sub(rf"{edge}{re.escape(spelling)}{edge}", " ", folded)
    return folded


def _reread(question: Question, text: str, lexicon: Lexicon) -> Question:
    return replace(question, text=text, concept=lexicon.concept(text))


def _spans(text: str) -> list[tuple[int, int]]:
    """Find where the words of a folded text stand."""
    found: list[tuple[int, int]] = []
    position = 0
    for token in tokens(text):
        start = text.find(token, position)
        if start < 0:
            continue
        position = start + len(token)
        found.append((start, position))
    return found


def _without_one(text: str, spans: Sequence[tuple[int, int]], join: int, *, after: bool) -> Iterator[str]:
    """Leave out what stands on one side of a joining word, of one to a few words, and the joining word."""
    for length in range(1, _LONGEST + 1):
        first, last = (join, join + length) if after else (join - length, join)
        if first >= 0 and last < len(spans):
            yield f"{text[: spans[first][0]]} {text[spans[last][1] :]}"


def _alike(one: Series, other: Series) -> bool:
    """Tell two rows of one kind: one unit, one table, and not the same row."""
    table = place_of(one.row_key)[0] == place_of(other.row_key)[0]
    return one is not other and one.unit == other.unit and (table or one.metrics == other.metrics)
