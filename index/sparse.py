"""Score passages by BM25 over folded jieba words and characters (bm25s)."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import bm25s
import numpy as np

from index.embed import Vectors


class SparseIndex:
    """A BM25 index (Lucene's variant); row numbers are passage positions."""

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]], *, k1: float = 1.5, b: float = 0.9) -> "SparseIndex":
        """Index token lists, one a passage; `b` is high because a row's notes make it long and say little of it."""
        index = bm25s.BM25(method="lucene", k1=k1, b=b)
        index.index([list(document) or [""] for document in documents], show_progress=False)
        return cls(index)

    @classmethod
    def read(cls, folder: Path) -> "SparseIndex":
        """Load an index that `write` saved."""
        return cls(bm25s.BM25.load(str(folder)))

    def write(self, folder: Path) -> None:
        """Save the index to a folder."""
        self._index.save(str(folder), show_progress=False)

    @cached_property
    def latin_words(self) -> frozenset[str]:
        """The stemmed Latin words that stand in some passage."""
        return frozenset(token for token in self._index.vocab_dict if token.isascii() and token.isalpha())

    def __len__(self) -> int:
        return int(self._index.scores["num_docs"])

    def scores(self, tokens: Sequence[str]) -> Vectors:
        """Give the BM25 score of every passage for a question's tokens, shape (passages,)."""
        known = [token for token in tokens if token in self._index.vocab_dict]
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    def bound(self, tokens: Sequence[str]) -> float:
        """Give the score no passage can exceed for a question's tokens; an unknown one counts as the rarest."""
        return sum(self._weights.get(token, self._rarest) for token in tokens)

    @cached_property
    def _weights(self) -> dict[str, float]:
        """Inverse document frequency of every token, as Lucene's variant has it."""
        held = np.diff(np.asarray(self._index.scores["indptr"])).astype(float)
        weights = np.log1p((len(self) - held + 0.5) / (held + 0.5))
        return {token: float(weights[n]) for token, n in self._index.vocab_dict.items() if n < len(weights)}

    @cached_property
    def _rarest(self) -> float:
        return float(np.log1p((len(self) + 0.5) / 0.5))
