"""Words a reader asks with and words a report writes with that mean about the same, in both languages."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from index.lexicon import stem
from index.script import fold
from qa.phrases import CHINESE, ENGLISH

THESAURUS: Final = Path(__file__).with_name("thesaurus")

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A group of words that a run of tokens belongs to."""

    group: int
    start: int  # the run within the tokens
    end: int


class Wording:
    """Groups of words, looked up by the tokens of a text; of those in `same`, each word may stand for another."""

    def __init__(
        self, akin: Sequence[str], same: Sequence[str] = (), *, asking: Iterable[str] = (), content: Iterable[str] = ()
    ) -> None:
        self.asking = (ENGLISH | CHINESE | _forms(asking)) - _forms(content)  # words that say nothing of the topic
        self.same = frozenset(range(len(akin), len(akin) + len(same)))  # the groups of true synonyms
        self._latin: dict[tuple[str, ...], set[int]] = {}
        self._han: dict[str, set[int]] = {}
        for number, group in enumerate([*akin, *same]):
            for word in (word.strip() for word in fold(group).replace("-", " ").lower().split(",")):
                if _HAN.search(word):
                    self._han.setdefault(word, set()).add(number)
                else:
                    self._latin.setdefault(tuple(stem(part) for part in word.split()), set()).add(number)
        self._longest = max((len(words) for words in self._latin), default=0)
        self._longest_han = max((len(word) for word in self._han), default=0)

    def meanings(self, tokens: Sequence[str]) -> list[Meaning]:
        """Find the groups that runs of folded tokens belong to, the longest run first at every place.

        >>> wording = Wording(["investigate, look into, 调查", "pay, 薪酬"])
        >>> [(m.group, m.start, m.end) for m in wording.meanings(["who", "looks", "into", "薪酬"])]
        [(0, 1, 3), (1, 3, 4)]
        """
        found: list[Meaning] = []
        farthest = 0  # where the runs so far end: one that ends no later lies within one of them
        for start in range(len(tokens)):
            run = self._run(tokens, start)
            if run is not None and run[1] > farthest:
                groups, farthest = run
                found += [Meaning(group=group, start=start, end=farthest) for group in sorted(groups)]
        return found

    def _run(self, tokens: Sequence[str], start: int) -> tuple[set[int], int] | None:
        if _HAN.match(tokens[start]):
            joined, best = "", None
            for end in range(start, len(tokens)):
                joined += tokens[end]
                if len(joined) > self._longest_han or not _HAN.match(tokens[end]):
                    break
                if joined in self._han:
                    best = (self._han[joined], end + 1)
            return best
        stems = tuple(stem(token) for token in tokens[start : start + self._longest])
        for length in range(len(stems), 0, -1):
            if stems[:length] in self._latin:
                return self._latin[stems[:length]], start + length
        return None


def _forms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in (fold(word), stem(word)))


@cache
def bundled_wording() -> Wording:
    """Load the groups that sentences are read by."""
    return _wording([])


@cache
def wider_wording() -> Wording:
    """Load the groups that table rows are read by: those of sentences, and an asker's thesaurus."""
    return _wording([line for path in sorted(THESAURUS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()])


def _wording(more: Sequence[str]) -> Wording:
    table = tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
    akin = [*table["akin"], *filter(str.strip, more)]
    return Wording(akin, table["same"], asking=table["asking"].split(), content=table["content"].split())
