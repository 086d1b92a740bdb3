"""Read misspelt English words as the lexicon's or the report's own (rapidfuzz)."""

import re
from collections.abc import Collection, Iterable

from rapidfuzz import fuzz, process

from index.lexicon import stem
from qa.asking import asking_words
from qa.phrases import ENGLISH
from qa.rarity import is_word

_WORD = re.compile(r"[A-Za-z]{4,}")


class Speller:
    """Corrects words that are near to exactly one known word and known to nobody themselves."""

    def __init__(self, words: Iterable[str]) -> None:
        asking = (word for word in ENGLISH | asking_words() if len(word) > 4 and is_word(word))
        self._known = {
            word.lower() for word in (*words, *asking) if word.isascii() and word.isalpha() and len(word) > 3
        }
        self._stems = {stem(word) for word in self._known} | ENGLISH
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
            if near is None:
                return word
            found[word] = near[0]
            return near[0]

        return _WORD.sub(read, text), found
