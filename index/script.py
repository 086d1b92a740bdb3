"""Fold scripts for matching, tell which language a text is in, render it in the reader's script (OpenCC)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import opencc
import regex

Language = Literal["en", "zh-Hant", "zh-Hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-Hant", "zh-Hans")

# Words that differ between Hong Kong and the Mainland beyond their characters; display only.
MAINLAND_WORDS = {
    "数码": "数字",
    "私隐": "隐私",
    "水准": "水平",
    "软体": "软件",
    "硬体": "硬件",
    "演算法": "算法",
    "短讯": "短信",
    "使用者": "用户",
    "程序 BUG": "程序缺陷",
    "网路": "网络",
    "印表机": "打印机",
    "行销": "营销",
    "管道": "渠道",
    "专案": "项目",
    "列印": "打印",
    "位址": "地址",
    "邮递区号": "邮政编码",
    "讯息": "信息",
    "资讯": "信息",
}

# Characters as Hong Kong writes them that OpenCC's t2s leaves as they are.
_HONG_KONG = str.maketrans("衞敍枱粧糭衹", "卫叙台妆粽只")

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_ENGLISH_GRAMMAR = re.compile(
    r"\b(?:what|who|when|where|why|how|which|is|are|was|were|did|does|do|has|have|the|of|in|and|for|by|to)\b", re.I
)
# Unicode's own property (DerivedCoreProperties.txt): zero-width, bidi, variation selectors, tags and the like.
_INVISIBLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_FILLERS = {ord(filler): " " for filler in "\u115f\u1160\u3164\uffa0"}  # ignorable too, but a blank is seen
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text folded for matching, with the way back to the original's characters."""

    text: str
    offsets: tuple[int, ...]  # original index of each folded character, then the original's length

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Turn a span of the folded text into the span of the original it was folded from."""
        if start == end:
            return self.offsets[start], self.offsets[start]
        last = self.offsets[end - 1]
        following = next(o for o in self.offsets[end:] if o > last)
        return self.offsets[start], following


_MARKED = re.compile(r"\[(\d{1,3})\]")


def legible(text: str) -> str:
    """Leave out what a reader cannot see: zero-width and bidi characters, variation selectors, tags.

    >>> legible("\u202eSc\u200bope 2 em\u00admissions\u202c")
    'Scope 2 emmissions'
    """
    return str(_INVISIBLE.sub("", text.translate(_FILLERS)))


def plain_marks(text: str) -> str:
    """Write a report's own marks such as [2] so that none is taken for the number of a citation.

    >>> plain_marks("restated [2]")
    'restated ［2］'
    """
    return _MARKED.sub("［\\g<1>］", text)


def typed(text: str) -> str:
    """Write what someone typed as it is seen, full-width letters and digits as the plain ones they stand for.

    >>> typed("Ｓｃｏｐｅ ２？")
    'Scope 2？'
    """
    return _WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide.group()), legible(text))


@lru_cache(maxsize=16384)  # the same labels are folded for every question
def fold(text: str) -> str:
    """Fold a text for matching: NFKC, Simplified characters, single spaces, no invisible characters.

    >>> fold("範疇一：１２，３４５  噸")
    '范畴一:12,345 吨'
    >>> fold("衞生署"), fold("衛生署")
    ('卫生署', '卫生署')
    >>> fold("Scope 2 (tCO₂e)")
    'Scope 2 (tCO2e)'
    """
    return fold_with_offsets(text).text


def fold_with_offsets(text: str) -> Folded:
    """Fold a text and remember where each folded character came from."""
    characters: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        for folded in _compatible(character):
            if folded == " " and characters and characters[-1] == " ":
                continue
            characters.append(folded)
            offsets.append(index)
    offsets.append(len(text))
    return Folded(text=_simplified("".join(characters)), offsets=tuple(offsets))


def language_of(text: str, *, otherwise: Language = "zh-Hant") -> Language:
    """Tell whether a text is English, Traditional or Simplified Chinese.

    A text whose Chinese characters are the same in both scripts counts as `otherwise`, if that is Chinese.

    >>> language_of("2022 scope 2 排放係幾多"), language_of("员工流失率"), language_of("Who is 百融?")
    ('zh-Hant', 'zh-Hans', 'en')
    """
    chinese, latin = len(_CJK.findall(text)), len(_LATIN_WORD.findall(text))
    sentence = 3 if _ENGLISH_GRAMMAR.search(text) else 1  # Chinese names may stand in an English sentence
    if chinese == 0 or chinese < latin * sentence:
        return "en"
    simplified, traditional = to_simplified(text), _converter("s2t").convert(text)
    hant = sum(a != b for a, b in zip(text, simplified, strict=False))
    hans = sum(a != b for a, b in zip(text, traditional, strict=False))
    if hant == hans:
        return otherwise if otherwise != "en" else "zh-Hant"
    return "zh-Hant" if hant > hans else "zh-Hans"


def render(text: str, language: Language) -> str:
    """Show a Chinese text in the reader's script; display only, never for matching or quoting."""
    if language == "zh-Hans":
        return _mainland(_converter("hk2s").convert(text))
    if language == "zh-Hant":
        return text if language_of(text) == "zh-Hant" else _converter("s2hk").convert(text)
    return text


def to_simplified(text: str) -> str:
    """Convert Traditional characters to Simplified ones, character for character where possible."""
    return str(_converter("t2s").convert(text)).translate(_HONG_KONG)


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


@cache
def _compatible(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return ""
    folded = legible(unicodedata.normalize("NFKC", legible(character)))
    return " " if folded.isspace() else "".join(" " if c.isspace() else c for c in folded)


def _simplified(text: str) -> str:
    simplified = to_simplified(text)
    if len(simplified) == len(text):
        return simplified
    single = (to_simplified(character) for character in text)
    return "".join(s if len(s) == 1 else c for s, c in zip(single, text, strict=True))


def _mainland(text: str) -> str:
    pattern = re.compile("|".join(sorted(map(re.escape, MAINLAND_WORDS), key=len, reverse=True)))
    return pattern.sub(lambda match: MAINLAND_WORDS[match.group()], text)
