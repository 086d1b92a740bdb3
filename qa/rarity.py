"""How much a word says: rare in general text, and asked of few metrics."""

import json
from functools import cache
from typing import Final

import jieba

from index.embed import BUNDLED

_KNOWN: Final = 7.0  # negative log likelihood of the commonest words that may say something
_RARE: Final = 12.0  # of words as rare as names
_LOOSE: Final = 0.5
_NO_NOUN: Final = frozenset("vadrpcuymqtfeozil")  # first letters of the tags of Chinese words that name no thing


def rarity(word: str) -> float:
    """Tell how rare a folded word is in the texts that the bundled model's pieces were learnt from, 0 to 1.

    A Chinese word that is no piece is as rare as its rarest character; one that is no noun says half of that at most.

    >>> rarity("of") < rarity("worked") < rarity("attrition")
    True
    >>> rarity("引致") < rarity("厨房")
    True
    """
    scores = _scores()
    score = scores.get(word)
    if score is None and not word.isascii():
        score = min((scores.get(character, -_RARE) for character in word), default=-_RARE)
    if word in _loose():
        return _LOOSE * _rare(score)
    return _rare(score)


def _rare(score: float | None) -> float:
    return 1.0 if score is None else min(1.0, max(0.0, (-score - _KNOWN) / (_RARE - _KNOWN)))


def is_word(word: str) -> bool:
    """Tell whether general text has a folded English word often enough for it to be no slip of the fingers.

    >>> is_word("patient"), is_word("patinet")
    (True, False)
    """
    return word in _scores()


@cache
def _loose() -> frozenset[str]:
    """Chinese words that jieba's dictionary tags as verbs, adjectives, adverbs or less."""
    with jieba.get_dict_file() as lines:
        tagged = (line.decode("utf-8").split() for line in lines)
        return frozenset(fields[0] for fields in tagged if len(fields) > 2 and fields[2][0] in _NO_NOUN)


@cache
def _scores() -> dict[str, float]:
    """The log likelihood of each piece that is a whole word or a character (Unigram, Kudo, ACL 2018)."""
    pieces = json.loads((BUNDLED / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return {piece.removeprefix("▁"): score for piece, score in pieces if not piece.isascii()}
