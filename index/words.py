"""Cut text into words and sentences; jieba with an ESG dictionary, numbers and codes kept whole."""

import hashlib
import re
from functools import cache

import jieba

from index.cut import new_tokenizer
from index.lexicon import Lexicon, bundled_lexicon, stem
from index.script import fold

_RUNS = re.compile(
    r"""
    (?P<number>  \d{1,3}(?:,\d{3})+(?:\.\d+)?%? | \d+(?:[.:/]\d+)*%? (?![a-z0-9]) )   # 1,529.24  99.3%  2022.11
  | (?P<latin>   [a-z0-9][a-z0-9'&+_-]*(?:\.\d+)* )                                     # scope, iso27001, a1.2
  | (?P<han>     [\u3400-\u9fff\uf900-\ufaff]+ )
    """,
    re.VERBOSE,
)
_SCOPE = re.compile(
    r"(?:\bscopes?|范[畴围])\s*(?P<number>[123一二三](?![\d一二三四五六七八九十百])|(?:iii|ii|i|one|two|three)\b)"
)
_SCOPES = {"一": "1", "二": "2", "三": "3", "i": "1", "ii": "2", "iii": "3", "one": "1", "two": "2", "three": "3"}
_RULES = 3  # raised when search_tokens cuts differently than before
_SENTENCE_END = re.compile(
    r"[。！？；]+[」』”’）)]*|(?<![A-Z])(?<!\bM[rs])(?<!\bMrs)(?<!\bDr)(?<!\bProf)(?<!\bMessrs)(?<!\bHon)(?<!\bNo)(?<!\bSt)[.!?;][\"')\]]*(?=\s+[A-Z0-9\"(\u3400-\u9fff]|\s*$)|\n+"
)
_STOP = frozenset(
    """
    a an the of in on at to for and or is are was were be been by with as from that this it its which what who
    whom how many much did does do has have had there any i you we they their our your can could will would
    please tell me about 的 了 是 在 和 及 与 有 为 以 于 之 其 等 吗 呢 啊 多少 什么 哪些 哪个 哪 怎样 怎么 如何
    请问 请 几 系 嘅 咩 边 啲
    """.split()
)


def tokens(text: str) -> list[str]:
    """Cut a text into folded words, in order; used to count length.

    >>> tokens("2022 年用水 1,049 立方米")
    ['2022', '年', '用水', '1,049', '立方米']
    """
    found: list[str] = []
    for match in _RUNS.finditer(fold(text).lower()):
        if match["han"]:
            found += _tokenizer().cut(match["han"], HMM=False)
        else:
            found.append(match.group())
    return found


def search_tokens(text: str) -> list[str]:
    """Cut a text into what BM25 matches: stemmed words, and the single characters of Chinese words.

    Words and characters together found a fifth more Simplified questions than words alone. An emission scope is one
    token more, however it is written.

    >>> search_tokens("Scope 2")[-1] == search_tokens("範圍二")[-1] == search_tokens("範疇 2")[-1]
    True
    """
    found: list[str] = []
    for token in tokens(text):
        if token in _STOP:
            continue
        if "\u3400" <= token[0] <= "\u9fff":
            found.append(token)
            if len(token) > 1:
                found += [character for character in token if character not in _STOP]
        else:
            found.append(stem(token.replace(",", "")))
    scopes = (match["number"] for match in _SCOPE.finditer(fold(text).lower()))
    return found + [f"scope{_SCOPES.get(number, number)}" for number in scopes]


def sentences(text: str) -> list[tuple[int, int]]:
    """Give the spans of a text's sentences, ends included, white space between them left out.

    >>> [("Ms. Lam chairs it. It met twice."[a:b]) for a, b in sentences("Ms. Lam chairs it. It met twice.")]
    ['Ms. Lam chairs it.', 'It met twice.']
    >>> [("Scope 2 fell. It was 378.80 t."[a:b]) for a, b in sentences("Scope 2 fell. It was 378.80 t.")]
    ['Scope 2 fell.', 'It was 378.80 t.']
    """
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = (_trim(text, a, b) for a, b in spans)
    return [(a, b) for a, b in trimmed if a < b]


def dictionary_hash() -> str:
    """Name the rules and the words that text was cut by, so that an index can say what cut it."""
    return hashlib.sha256("\n".join([str(_RULES), *_dictionary(bundled_lexicon())]).encode()).hexdigest()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _dictionary(lexicon: Lexicon) -> list[str]:
    return sorted(phrase for phrase in lexicon.chinese_phrases if 2 <= len(phrase) <= 8)


@cache
def _tokenizer() -> jieba.Tokenizer:
    tokenizer = new_tokenizer()
    for phrase in _dictionary(bundled_lexicon()):
        tokenizer.add_word(phrase)
    return tokenizer
