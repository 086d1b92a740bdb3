"""Read misspelt English words as the lexicon's or the report's own (rapidfuzz)."""

import re
from collections.abc import Collection, Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from index.lexicon import stem
from qa.asking import asking_words
from qa.phrases import ENGLISH
from qa.rarity import is_word

_WORD = re.compile(r"[A-Za-z]{4,}")


class Speller:
    """Corrects words that are near to exactly one known word and known to nobody themselves."""

    def __init__(self, words: Iterable[str]) -> None:
        asked = {word for word in ENGLISH | asking_words() if word.isascii() and word.isalpha() and is_word(word)}
        asking = [word for word in asked if len(word) > 4]
        self._known = {
            word.lower() for word in (*words, *asking) if word.isascii() and word.isalpha() and len(word) > 3
        }
        self._stems = {stem(word) for word in self._known} | ENGLISH
        self._by_letters: dict[str, list[str]] = {}
        for word in sorted({word for word in asked if len(word) > 3} | self._known):
            self._by_letters.setdefault("".join(sorted(word)), []).append(word)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._known):
            self._by_letter.setdefault(word[0], []).append(word)

    def correct(self, text: str, *, names: Collection[str] = (), cutoff: float = 84) -> tuple[str, dict[str, str]]:
        """Give the text with likely misspellings replaced, and what was replaced by what."""
        found: dict[str, str] = {}

        def read(match: re.Match[str]) -> str:
            word = match.group()
            lowered = word.lower()
            if stem(lowered) in self._stems or lowered in names or word.isupper() or is_word(lowered):
                return word
            near = process.extractOne(
                lowered, self._by_letter.get(lowered[0], ()), scorer=fuzz.ratio, score_cutoff=cutoff
            )
            meant = near[0] if near is not None else self._transposed(lowered)
            if meant is None:
                return word
            found[word] = meant
            return meant

        return _WORD.sub(read, text), found

    def _transposed(self, word: str) -> str | None:
        """Find the one known word that two neighbouring letters changed places in: "mnay"."""
        held = [one for one in self._by_letters.get("".join(sorted(word)), ()) if OSA.distance(one, word) == 1]
        return held[0] if len(held) == 1 else None
