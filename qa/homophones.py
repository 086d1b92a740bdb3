"""Read Chinese words typed by sound with a wrong character as the words they sound like (pypinyin)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from pypinyin import lazy_pinyin

from index.cut import plain_tokenizer
from index.script import fold
from qa.phrases import CHINESE

_HAN = re.compile(r"[\u3400-\u9fff]+")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+", re.S)
_TONNES = re.compile(r"(?:多少|几多|几|\d)\s*(?P<meant>顿)(?![饭餐饱])")
_LONGEST = 6  # characters
_NUMERALS = frozenset("一二三四五六七八九十百千万亿零")

# Sounds that typists of the south and of Hong Kong exchange.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


class Homophones:
    """Finds words that nobody knows and that differ from exactly one known word in one character of the same sound."""

    def __init__(self, phrases: Iterable[str], text: str) -> None:
        """Know the folded `phrases`, and every word and run of characters of a report's folded `text`."""
        repeated = (word for word, count in Counter(plain_tokenizer().cut(text, HMM=False)).items() if count > 1)
        held = {*phrases, *filter(_HAN.fullmatch, repeated)}
        self._phrases = {phrase for phrase in held if 2 <= len(phrase) <= _LONGEST}
        self._text = text
        self._by_sound: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for phrase in sorted(self._phrases):
            self._by_sound[tuple(_sounds(phrase))].add(phrase)

    def correct(self, text: str) -> tuple[str, dict[str, str]]:
        """Give the text with likely homophones replaced by folded words, and what was replaced by what.

        >>> Homophones(["供应商"], "").correct("上海供應傷有幾家")
        ('上海供应商有幾家', {'供應傷': '供应商'})
        """
        folded = fold(text)
        if len(folded) != len(text):  # some character folds into several: positions no longer agree
            return text, {}
        tonnes = _TONNES.search(folded)
        if tonnes:
            at = tonnes.start("meant")
            text, folded = f"{text[:at]}吨{text[at + 1 :]}", f"{folded[:at]}吨{folded[at + 1 :]}"
        alike = _sounds(folded)
        words = _words(folded)
        inside = {place for start, end in words for place in range(start + 1, end)}
        found: dict[str, str] = {"顿": "吨"} if tonnes else {}
        made, position = "", 0
        while position < len(text):
            for length in range(min(_LONGEST, len(text) - position), 1, -1):
                end = position + length
                if position in inside or end in inside:
                    continue
                meant = self._meant(folded[position:end], tuple(alike[position:end]), whole=(position, end) in words)
                if meant is not None:
                    found[text[position:end]] = meant
                    made, position = made + meant, end
                    break
            else:
                made, position = made + text[position], position + 1
        return made, found

    def _meant(self, given: str, sound: tuple[str, ...], *, whole: bool) -> str | None:
        near = self._by_sound.get(sound, set())
        if len(near) != 1 or given in self._phrases or given in self._text or (whole and len(given) == 2):
            return None
        (meant,) = near
        wrong = [a for a, b in zip(given, meant, strict=True) if a != b]
        telling = given if len(given) == 2 else wrong  # two characters side by side are soon found by chance
        return meant if len(wrong) == 1 and not (CHINESE | _NUMERALS).intersection(telling) else None


def _words(folded: str) -> set[tuple[int, int]]:
    """Give the spans of the words that a dictionary knows."""
    ends = [0]
    for word in plain_tokenizer().cut(folded, HMM=False):
        ends.append(ends[-1] + len(word))
    return set(pairwise(ends))


def _sounds(text: str) -> list[str]:
    """Give the sound of each character of a text; what is no Chinese character sounds like itself."""
    found: list[str] = []
    for run in _RUNS.finditer(text):
        found += lazy_pinyin(run.group()) if _HAN.match(run.group()) else run.group()
    return [_alike(sound) for sound in found]


def _alike(sound: str) -> str:
    for one, other in _ALIKE:
        sound = sound.replace(one, other)
    return sound
