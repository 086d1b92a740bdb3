"""What only readers write: words that just ask, and how people call the groups that a report's tables are cut by."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from index.lexicon import Lexicon, bundled_lexicon, split_terms
from index.script import fold

ASKING: Final = Path(__file__).with_name("asking.txt")
GROUPS: Final = Path(__file__).with_name("groups.tsv")

_SHORTEST: Final = 3  # Chinese characters of a phrase that may be taken out of a running text


@cache
def asking_words() -> frozenset[str]:
    """Single words, folded, that ask and say nothing of what about."""
    return frozenset(phrase for phrase in _phrases() if " " not in phrase)


def without_asking(text: str) -> str:
    """Take phrases that only ask out of a folded text in lower case.

    >>> without_asking("i'd like to know how much water was used").strip()
    'water was used'
    """
    return _pattern().sub(" ", text)


@cache
def bundled_asked_lexicon() -> Lexicon:
    """Load the bundled lexicon with what readers call groups, once for every engine."""
    return asked_lexicon(bundled_lexicon())


def asked_lexicon(lexicon: Lexicon) -> Lexicon:
    """Add what only readers call a group: in a report's label the same words may mean something else."""
    phrases = dict(lexicon.phrases)
    everyday = lexicon.synonyms
    bare = {split_terms(word) for word in everyday.han.values()} | {(word,) for word in everyday.stems.values()}
    for line in GROUPS.read_text(encoding="utf-8").splitlines():
        dimension, key, _, spelling = line.split("\t")
        terms = split_terms(fold(spelling), lexicon.synonyms)
        if terms and terms not in bare:  # "workers" would stand for all of the staff
            phrases.setdefault(terms, (("member", key, dimension),))
    return replace(lexicon, phrases=phrases, longest=max(map(len, phrases)))


@cache
def _phrases() -> frozenset[str]:
    return frozenset(fold(line).lower().strip() for line in ASKING.read_text(encoding="utf-8").splitlines())


@cache
def _pattern() -> re.Pattern[str]:
    latin = sorted((p for p in _phrases() if p.isascii() and " " in p), key=len, reverse=True)
    han = sorted((p for p in _phrases() if not p.isascii() and len(p) >= _SHORTEST), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, latin))})\b|{'|'.join(map(re.escape, han))}")
