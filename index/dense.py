"""Find nearest vectors by inner product (faiss, exact)."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.embed import Vectors


class DenseIndex:
    """Unit vectors in a faiss IndexFlatIP; row numbers are passage positions."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss has no types
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors) -> "DenseIndex":
        """Index float32 unit vectors, shape (passages, dimensions)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> "DenseIndex":
        """Load an index that `write` saved."""
        return cls(faiss.read_index(str(path)))

    def write(self, path: Path) -> None:
        """Save the index to a file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def scores(self, query: Vectors) -> Vectors:
        """Give the cosine of one query, shape (dimensions,), with every passage, shape (passages,)."""
        found, rows = self._index.search(query.reshape(1, -1), len(self))
        scores = np.empty(len(self), dtype=np.float32)
        scores[rows[0]] = found[0]
        return scores
