"""Link a question to the ESG metric it means when no name of the lexicon stands in it: phrasings, meaning, calibration.

Evidence of two kinds is added up for every metric: how near the question's embedding lies to the metric's names and
phrasings, and how much of its words, weighted by how few metrics they occur with, those explain. A conditional logit
(McFadden, 1974) with an alternative "none of them" turns the evidence into a probability; its weights are fitted by
`eval/linking.py` and kept in linking.json.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index.embed import Embedder, SentenceTransformerEmbedder
from index.lexicon import Lexicon, bundled_lexicon, stem
from index.script import fold
from index.words import tokens
from qa.phrases import CHINESE, ENGLISH

PHRASINGS: Final = Path(__file__).with_name("phrasings")
WEIGHTS: Final = Path(__file__).with_name("linking.json")
HELD: Final = 2.5
FEATURES: Final = ("meaning", "meanings", "phrase", "coverage", "named", "other_named", "kind_agrees", "kind_differs")

Array = npt.NDArray[np.float32]

_KINDS: Final[dict[str, frozenset[str]]] = {
    "rate": frozenset(
        "rate ratio share proportion percentage percent % 率 比率 比例 比重 占比 百分比 百分之几 成".split()
    ),
    "money": frozenset(
        "spend spent cost costs pay paid invest invested money expense expenditure hkd rmb yuan dollars dollar worth"
        " 钱 元 花 花费 开支 支出 费用 投入 投资 金额 港元 人民币 拨".split()
    ),
    "average": frozenset("average mean per 平均 人均 每人 每名 每位".split()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A metric that a question may mean."""

    metric: str  # lexicon key
    probability: float  # calibrated, 0-1


@dataclass(frozen=True, slots=True)
class _Phrase:
    metric: str
    text: str
    words: frozenset[str]


class Linker:
    """Tells which metric of the lexicon a question means, with a probability."""

    def __init__(self, lexicon: Lexicon, embedder: Embedder, *, phrasings: Path = PHRASINGS) -> None:
        self._lexicon = lexicon
        self.embedder = embedder
        self._metrics = sorted(lexicon.metrics)
        self._at = {key: n for n, key in enumerate(self._metrics)}
        found = [_phrase(key, text) for key, text in _texts(lexicon, phrasings)]
        self._phrases = sorted((p for p in found if p.words), key=lambda phrase: phrase.metric)

    def link(
        self,
        text: str,
        *,
        named: frozenset[str] = frozenset(),
        held: Collection[str] = (),
        prior: float = HELD,
        k: int = 3,
    ) -> list[Link]:
        """Give the likeliest metrics, best first; their probabilities leave room for "none of them".

        `text` is what of a question names its metric (groups, periods and denominators taken out), `named` are the
        metrics whose own names stand in it, `held` those that the report asked about prints: investors ask for what
        reports print, and `prior` is by how much, in log odds.
        """
        features = self.features(text, named)
        if features is None:
            return []
        weights = self._weights
        scores = features @ np.array([weights[name] for name in FEATURES], dtype=np.float32)
        scores[[self._at[key] for key in held]] += np.float32(prior)
        none = weights["none"]
        largest = max(float(scores.max()), none)
        shares = np.exp(scores - largest)
        total = float(shares.sum()) + math.exp(none - largest)
        best = np.argsort(-shares, kind="stable")[:k]
        return [Link(metric=self._metrics[n], probability=round(float(shares[n]) / total, 4)) for n in best]

    def specificity(self, word: str) -> float:
        """Tell to how few metrics a folded word belongs, 0 to 1; 0 for a word that belongs to none."""
        known = [self._rarity(form) for form in (stem(word),) if form in self._counts]
        return max(known, default=0.0) / math.log(2 * len(self._metrics))

    def texts(self, metric: str) -> Sequence[str]:
        """Every name and phrasing of a metric."""
        return self._texts[metric]

    def names(self, metric: str) -> Sequence[str]:
        """Every name of a metric in the lexicon."""
        held = self._lexicon.metrics[metric]
        return (held.zh_hant, held.zh_hans, held.en, *held.words)

    def features(self, text: str, named: frozenset[str], *, without: int | None = None) -> Array | None:
        """Weigh every metric's evidence: float32, a row for each metric in order of key, a column for each feature.

        None when the text holds no word that a metric could be asked for in. `without` leaves one phrasing out.
        """
        words = content(text)
        if not words:
            return None
        meaning = self._vectors @ self.embedder.encode_queries([" ".join(words)])[0]
        asked = _forms(words)
        phrase = self._overlaps(asked)
        if without is not None:
            meaning[without] = phrase[without] = -1.0
        starts = self._starts
        found = np.zeros((len(self._metrics), len(FEATURES)), dtype=np.float32)
        found[:, 0] = np.maximum.reduceat(meaning, starts)
        found[:, 1] = np.log(np.add.reduceat(np.exp(12 * meaning), starts)) / 12
        found[:, 2] = np.maximum.reduceat(phrase, starts)
        found[:, 3] = self._coverage(asked, without)
        for key in named:
            found[self._at[key], 4] = 1.0
        if named:
            found[:, 5] = 1.0 - found[:, 4]
        agrees, differs = self._kinds(frozenset(words))
        found[:, 6], found[:, 7] = agrees, differs
        return found

    @property
    def metrics(self) -> Sequence[str]:
        """Keys of the metrics, in the order of the rows of `features`."""
        return self._metrics

    @property
    def phrasings(self) -> Iterator[tuple[int, str, str]]:
        """Every name and phrasing: its number, its metric and its text."""
        return ((n, phrase.metric, phrase.text) for n, phrase in enumerate(self._phrases))

    def _overlaps(self, asked: frozenset[str]) -> Array:
        """Dice's coefficient of the question's words and each phrasing's, each word weighted by its rarity."""
        shared = np.zeros(len(self._phrases), dtype=np.float32)
        for word in asked:
            if word in self._postings:
                shared[self._postings[word]] += self._rarity(word)
        weight = sum(self._rarity(word) for word in asked)
        return 2 * shared / (self._masses + np.float32(weight))

    def _coverage(self, asked: frozenset[str], without: int | None) -> Array:
        """The share of the question's words, weighted by rarity, that a metric's names and phrasings hold."""
        covered = np.zeros(len(self._metrics), dtype=np.float32)
        left_out = self._phrases[without] if without is not None else None
        for word in asked:
            for metric, count in self._counts.get(word, {}).items():
                own = left_out is not None and self._metrics[metric] == left_out.metric and word in left_out.words
                if count > int(own):
                    covered[metric] += self._rarity(word)
        return covered / np.float32(sum(self._rarity(word) for word in asked))

    def _rarity(self, word: str) -> float:
        return math.log((len(self._metrics) + 1) / (len(self._counts.get(word, ())) + 0.5))

    def _kinds(self, words: frozenset[str]) -> tuple[Array, Array]:
        hinted = {kind for kind, hints in _KINDS.items() if words & hints}
        agrees = np.array([kind in hinted for kind in self._kind_of_each], dtype=np.float32)
        return agrees, (1 - agrees) * bool(hinted)

    @cached_property
    def _kind_of_each(self) -> list[str]:
        return [self._lexicon.metrics[key].kind for key in self._metrics]

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for phrase in self._phrases:
            found.setdefault(phrase.metric, []).append(phrase.text)
        return found

    @cached_property
    def _vectors(self) -> Array:
        texts = [" ".join(content(phrase.text)) for phrase in self._phrases]
        return np.asarray(self.embedder.encode_passages(texts), dtype=np.float32)

    @cached_property
    def _starts(self) -> npt.NDArray[np.intp]:
        keys = [phrase.metric for phrase in self._phrases]  # sorted
        return np.searchsorted(keys, self._metrics)

    @cached_property
    def _counts(self) -> dict[str, Counter[int]]:
        found: dict[str, Counter[int]] = defaultdict(Counter)
        for phrase in self._phrases:
            for word in phrase.words:
                found[word][self._at[phrase.metric]] += 1
        return dict(found)

    @cached_property
    def _postings(self) -> dict[str, npt.NDArray[np.intp]]:
        found: dict[str, list[int]] = defaultdict(list)
        for n, phrase in enumerate(self._phrases):
            for word in phrase.words:
                found[word].append(n)
        return {word: np.array(numbers, dtype=np.intp) for word, numbers in found.items()}

    @cached_property
    def _masses(self) -> Array:
        return np.array([sum(map(self._rarity, phrase.words)) for phrase in self._phrases], dtype=np.float32)

    @cached_property
    def _weights(self) -> dict[str, float]:
        weights: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
        return weights


@cache
def bundled_linker() -> Linker:
    """Load the linker over the bundled lexicon and model, for which its weights were fitted."""
    return Linker(bundled_lexicon(), SentenceTransformerEmbedder())


def content(text: str) -> list[str]:
    """Keep the words of a text that may name a metric: no numbers, no words that only ask.

    >>> content("How much rubbish did the company throw away in 2022?")
    ['rubbish', 'throw', 'away']
    """
    return [word for word in tokens(text) if not word[0].isdigit() and not _asks(word)]


def _asks(word: str) -> bool:
    return (word in ENGLISH or word in CHINESE) and word not in _TELLING


# Words that only ask when a metric is named, and help to name it when it is not.
_TELLING = frozenset(
    """
    use used using spend spent spending generate generated emit emitted produce produced consume consumed
    consumption rate ratio share average percentage proportion per gap degree employ employed
    people receive received
    排放 排 排出 消耗 消耗量 耗 产生 产生量 使用 使用量 用 用了 用去 用量 花 花了 支出 投入 开支 聘用 聘请 雇用
    比例 比率 占比 占 率 平均 百分之 百分比 拥有 收到 接受 获得 取得 举行 举办 发生 出现 人 次 家 项 吨 元
    """.split()
)


def _forms(words: Sequence[str]) -> frozenset[str]:
    """Give what words are matched by: English stems, Chinese words and their characters."""
    return frozenset(form for word in words for form in ((stem(word),) if word.isascii() else (word, *word)))


def _phrase(metric: str, text: str) -> _Phrase:
    return _Phrase(metric, text, _forms(content(text)))


def _texts(lexicon: Lexicon, phrasings: Path) -> Iterator[tuple[str, str]]:
    for metric in lexicon.metrics.values():
        for name in dict.fromkeys(fold(n) for n in (metric.zh_hant, metric.zh_hans, metric.en, *metric.words)):
            yield metric.key, name
    for path in sorted(phrasings.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for text in (*row["en"], *row["zh"]):
                yield row["metric"], text
