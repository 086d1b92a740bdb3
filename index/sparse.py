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
    def of(cls, documents: Sequence[Sequence[str]]) -> "SparseIndex":
        """Index token lists, one a passage."""
        index = bm25s.BM25(method="lucene")
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
