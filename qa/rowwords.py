"""The words that a report's table rows are known by, and how near the words of a question are to them."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from index.lexicon import Lexicon, Member
from qa.catalogue import Series, parents
from qa.evidence import Term, cut_words, form_of, is_content, term_texts
from qa.linking import Linker
from qa.phrases import THINGS
from qa.proper import runs, sounds_like
from qa.rarity import rarity
from qa.wording import Wording

SAID: Final = 0.69  # strength from which a word counts as said

Array = npt.NDArray[np.float32]

_EXACT: Final = 1.0
_GROUPED: Final = 0.8
_ALIKE: Final = 0.7
_ANOTHER: Final = 0.3  # most that a site's name says of another
_NEAR: Final = 0.3  # cosine below which two words have nothing to do with one another
_UNKNOWN: Final = 0.9  # rarity of a word that no language has: a name
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_PARTICLES: Final = frozenset("of the a an in on to and for with at by 咗 了 过 的 嘅 之".split())
_SITES: Final = {  # what the last character of a site's name says it is
    "厂": "工厂",
    "店": "门店",
    "楼": "大楼",
    "矿": "矿山",
    "院": "医院",
    "站": "站点",
    "仓": "仓库",
    "园": "园区",
    "港": "港口",
    "校": "学校",
}
_THING: Final = 0.7  # weight of a single character that names a thing
_SPELT: Final = frozenset({"employment_type", "grade", "age"})  # groups that labels call by many words


@dataclass(frozen=True, slots=True)
class Description:
    """What a row is known by: numbers of words."""

    own: list[int]  # of its own label
    every: list[int]
    names: frozenset[int]  # without those of phrasings


class RowWords:
    """The words of the rows of one report, numbered, with the groups of the thesaurus that they are in."""

    def __init__(
        self,
        series: Sequence[Series],
        lexicon: Lexicon,
        above: Mapping[str, Sequence[str]],
        texts: Sequence[str],
        linker: Linker,
        wording: Wording,
    ) -> None:
        self._series = series
        self._lexicon = lexicon
        self._linker = linker
        self._embedder = linker.embedder
        self._wording = wording
        self._ids: dict[str, int] = {}
        self._texts = texts  # of all passages of the report
        self._above = above  # what stands above each row: headings of its sections and its table
        self.held = {key for series in self._series for key in series.metrics | series.part_of}
        self._groups_of: dict[Member, frozenset[int]] = {}

    @cached_property
    def described(self) -> list[Description]:
        """Describe every row; the words of labels and names are numbered first, those of phrasings after them."""
        own = [self._numbered(path[-1] for path in series.labels.values()) for series in self._series]
        around = [self._around(series) for series in self._series]
        for n, parent in enumerate(parents(self._series)):
            if parent is not None:
                around[n] |= own[parent]
        self._near = len(self._ids)
        phrased = {key: self._numbered(self._linker.texts(key)) for key in sorted(self.held)}
        every = [
            frozenset(mine.union(others, *(phrased[key] for key in series.metrics | series.part_of)))
            for series, mine, others in zip(self._series, own, around, strict=True)
        ]
        return [
            Description(sorted(mine), sorted(words), frozenset(n for n in words if n < self._near))
            for mine, words in zip(own, every, strict=True)
        ]

    def strengths(self, terms: Sequence[Term]) -> Array:
        """How near each word of the rows is to each term, 0 to 1: one row a term."""
        strengths = np.zeros((len(terms), len(self._names)), dtype=np.float32)
        if not terms:
            return strengths
        cosines = self._embedder.encode_queries(term_texts(terms)) @ self._vectors.T
        strengths[:, : len(self._vectors)] = np.clip((cosines - _NEAR) / (1 - _NEAR), 0, 1) * _GROUPED
        for term, row in zip(terms, strengths, strict=True):
            for word in term.words:
                for number, strength in self._alike(word):
                    row[number] = max(row[number], strength)
            for group in term.groups:
                number_of_group = self._ids.get(f"#{group}")
                if number_of_group is not None:
                    row[number_of_group] = max(row[number_of_group], _GROUPED)
            if len(term.words) == 1 and term.words[0] in self._label_runs:  # a site's name is that site and no other
                np.minimum(row, _ANOTHER, out=row)
                if (own := self._ids.get(form_of(term.words[0]))) is not None:
                    row[own] = _EXACT
        return strengths

    def apart(self, terms: Sequence[Term]) -> tuple[Array, list[tuple[int, int] | None]]:
        """Read each word of a term of several by itself: its strengths, and where those of each term begin and end."""
        parts: list[Term] = []
        places: list[tuple[int, int] | None] = []
        for term in terms:
            words = [word for word in term.words if word not in _PARTICLES]
            if len(term.words) < 2 or not words:
                places.append(None)
                continue
            places.append((len(parts), len(parts) + len(words)))
            parts += [
                Term(words=(word,), groups=frozenset(m.group for m in self._wording.meanings([word]))) for word in words
            ]
        return self.strengths(parts), places

    def commonness(self, strengths: Array) -> Array:
        """How common each term is in the report, 0 to 1: a brewery's report speaks of beer on every page.

        What a row counts people by, such as seafarers, tells groups apart however common it is.
        """
        said = (strengths >= SAID) * self._spread * ~self._of_people
        return np.asarray(np.clip(2 * said.max(axis=1, initial=0.0), 0, 0.8), dtype=np.float32)

    def weight(self, term: Term) -> float:
        """How much of a question a term says, 0 to 1: rare in general text, and known to few metrics or none."""
        if len(term.words) == 1 and any(term.words[0] in run for run in self._label_runs):
            return 1.0  # a name
        if len(term.words) == 1 and term.words[0] in THINGS:
            return _THING
        return max(math.sqrt(rarity(word) * (self._linker.specificity(word) or rarity(word))) for word in term.words)

    def kin(self, word: str) -> set[int]:
        """The number of a word and those of the groups that it is in."""
        forms = [form_of(word), *(f"#{meaning.group}" for meaning in self._wording.meanings([word]))]
        return {self._ids[form] for form in forms if form in self._ids}

    def label(self, said: Description, strengths: Array) -> tuple[float, float]:
        """The share of a label that the question says, and how telling the most telling word is that it does not."""
        own = [n for n in said.own if not self._names[n].startswith("#")]
        if not own:
            return 0.0, 1.0
        heard = strengths[:, own].max(axis=0, initial=0.0)
        telling = self._telling[own]
        share = float((heard * telling).sum() / max(float(telling.sum()), 1e-6))
        return share, float(((heard < SAID) * telling).max(initial=0.0)) / 5

    def saying(self, words: Sequence[str]) -> set[str]:
        """Give the keys of the rows whose labels have a word for each of some words of a question."""
        terms = [
            Term(words=(word,), groups=frozenset(m.group for m in self._wording.meanings(cut_words(word))))
            for word in words
        ]
        labelled = self._labelled
        strengths = self.strengths(terms)
        return {
            series.row_key
            for series, said in zip(self._series, labelled, strict=True)
            if (strengths[:, said].max(axis=1, initial=0.0) >= SAID).all()
        }

    @cached_property
    def _labelled(self) -> list[list[int]]:
        """The numbers of the words that each row's labels have, with those of the headings between rows."""
        return [
            sorted(self._numbered(label for path in series.labels.values() for label in path))
            for series, _ in zip(self._series, self.described, strict=True)  # whose words are numbered first
        ]

    def spells(self, n: int, member: Member) -> bool:
        """Tell whether a row's own label has a word for a group that it was not read as: contractors, say."""
        if member[0] not in _SPELT:
            return False
        groups = self._member_groups(member)
        return any(f"#{group}" in self._ids and self._ids[f"#{group}"] in self.described[n].own for group in groups)

    def _member_groups(self, member: Member) -> frozenset[int]:
        """The groups of the thesaurus that whole names of a group of people are in."""
        if member not in self._groups_of:
            cut = [cut_words(name) for name in self._member_names(member)]
            self._groups_of[member] = frozenset(
                m.group for words in cut for m in self._wording.meanings(words) if (m.start, m.end) == (0, len(words))
            )
        return self._groups_of[member]

    def _alike(self, word: str) -> Iterable[tuple[int, float]]:
        form = form_of(word)
        if form in self._ids:
            yield self._ids[form], _EXACT
        if form.isascii() and rarity(word) >= _UNKNOWN:
            yield from ((n, _ALIKE) for n, name in enumerate(self._names[: self._near]) if sounds_like(word, name))
        if not _HAN.match(form) or len(form) < 2:
            return
        for number in {n for character in form for n in self._by_character.get(character, ())}:
            name = self._names[number]
            if name == form or len(name) < 2:
                continue
            shared = len(set(name) & set(form))
            if name in form or form in name:
                yield number, _ALIKE
            elif 2 * shared >= min(len(name), len(form)):
                yield number, _ALIKE * 2 * shared / (len(name) + len(form))

    def _numbered(self, texts: Iterable[str]) -> set[int]:
        return {number for text in texts for number in self._numbers(text)}

    def _numbers(self, text: str) -> set[int]:
        words = cut_words(text)
        said = (*words, *runs(words))
        kinds = [_SITES[word[-1]] for word in said if len(word) > 2 and word[-1] in _SITES]
        found = {
            self._ids.setdefault(form_of(word), len(self._ids))
            for word in (*said, *kinds)
            if is_content(word, words, self._wording)
        }
        groups = {f"#{m.group}" for held in (words, *([kind] for kind in kinds)) for m in self._wording.meanings(held)}
        return found | {self._ids.setdefault(group, len(self._ids)) for group in groups}

    def _around(self, series: Series) -> set[int]:
        """Number the words of what stands above a row, and the names of its groups and metrics."""
        return self._numbered(
            [
                *(word for path in series.labels.values() for word in path[:-1]),
                *self._above.get(series.row_key, ()),
                *dict.fromkeys(figure.unit_text for cells in series.cells.values() for figure in cells.values()),
                *(name for member in sorted(series.members) for name in self._member_names(member)),
                *(name for key in sorted(series.metrics | series.part_of) for name in self._linker.names(key)),
            ]
        )

    def _member_names(self, member: Member) -> Sequence[str]:
        word = self._lexicon.members.get(member)
        return (*word.zh, *word.en) if word else ()

    @cached_property
    def _label_runs(self) -> frozenset[str]:
        """The names in labels that a dictionary cuts into characters."""
        labels = (label for series in self._series for path in series.labels.values() for label in path)
        return frozenset(run for label in labels for run in runs(cut_words(label)))

    @cached_property
    def _names(self) -> list[str]:
        return list(self._ids)

    @cached_property
    def _vectors(self) -> Array:
        names = self._names[: self._near]
        vectors = np.array(self._embedder.encode_passages(names), dtype=np.float32)
        vectors[[n for n, name in enumerate(names) if name.startswith("#")]] = 0
        return vectors

    @cached_property
    def _by_character(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, number in self._ids.items():
            if _HAN.match(name):
                for character in set(name):
                    found.setdefault(character, []).append(number)
        return found

    @cached_property
    def _of_people(self) -> npt.NDArray[np.bool_]:
        """Which words stand in the label of a row of people."""
        found = np.zeros(len(self._names), dtype=bool)
        for series, said in zip(self._series, self.described, strict=True):
            if series.members or (series.unit or "").startswith("person"):
                found[said.own] = True
        return found

    @cached_property
    def _spread(self) -> Array:
        """In what share of the report's passages each word stands."""
        count = np.zeros(len(self._names), dtype=np.float32)
        for text in self._texts:
            held = self._held_numbers(text)
            count[held] += 1
        return (count / max(len(self._texts), 1)).astype(np.float32)

    def _held_numbers(self, text: str) -> list[int]:
        """Give the numbers of a text's words and groups that some row has."""
        words = cut_words(text)
        forms = {*map(form_of, words), *(f"#{meaning.group}" for meaning in self._wording.meanings(words))}
        return [self._ids[form] for form in forms if form in self._ids]

    @cached_property
    def _telling(self) -> Array:
        """How few rows' own labels hold each word."""
        count = np.zeros(len(self._names))
        for said in self.described:
            count[said.own] += 1
        return np.log(1 + len(self._series) / (1 + count)).astype(np.float32)
