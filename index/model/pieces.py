"""Texts as piece ids in two long arrays, so that consecutive rows of a document are one slice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

Ids = NDArray[np.int64]

CHUNK = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The piece ids of many texts: text i is `ids[starts[i]:starts[i + 1]]`."""

    ids: Ids
    starts: Ids  # one longer than there are texts

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.starts) - 1

    def take(self, first: Ids, length: Ids) -> "Pieces":
        """Take slices of `ids`, given by their first position and length, as new texts."""
        starts = np.concatenate([[0], np.cumsum(length)])
        positions = np.repeat(first - starts[:-1], length) + np.arange(starts[-1])
        return Pieces(ids=self.ids[positions], starts=starts)

    def keep(self, mask: NDArray[np.bool_]) -> "Pieces":
        """Keep the pieces marked True, and the first piece of a text that would be left empty."""
        lengths = np.diff(self.starts)
        owner = np.repeat(np.arange(len(self)), lengths)
        emptied = np.bincount(owner[mask], minlength=len(self)) == 0
        mask = mask.copy()
        mask[self.starts[:-1][emptied & (lengths > 0)]] = True
        counts = np.bincount(owner[mask], minlength=len(self))
        return Pieces(ids=self.ids[mask], starts=np.concatenate([[0], np.cumsum(counts)]))

    def beside(self, other: "Pieces") -> "Pieces":
        """Append to each text the other's text of the same number."""
        lengths, others = np.diff(self.starts), np.diff(other.starts)
        starts = np.concatenate([[0], np.cumsum(lengths + others)])
        ids = np.empty(starts[-1], dtype=np.int64)
        ids[np.repeat(starts[:-1] - self.starts[:-1], lengths) + np.arange(len(self.ids))] = self.ids
        ids[np.repeat(starts[:-1] + lengths - other.starts[:-1], others) + np.arange(len(other.ids))] = other.ids
        return Pieces(ids=ids, starts=starts)

    def features(self) -> dict[str, torch.Tensor]:
        """Give what StaticEmbedding.forward takes."""
        return {"input_ids": torch.from_numpy(self.ids), "offsets": torch.from_numpy(self.starts[:-1].copy())}


def join(texts: Sequence[Sequence[int]]) -> Pieces:
    """Put lists of piece ids behind each other."""
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)]).astype(np.int64)
    return Pieces(ids=np.array([piece for text in texts for piece in text], dtype=np.int64), starts=starts)


def to_pieces(tokenizer: Tokenizer, texts: Sequence[str]) -> Pieces:
    """Tokenize texts that are already in matching form."""
    ids: list[Ids] = []
    lengths: list[int] = []
    for i in range(0, len(texts), CHUNK):
        encodings = tokenizer.encode_batch_fast(list(texts[i : i + CHUNK]), add_special_tokens=False)
        lengths.extend(len(encoding.ids) for encoding in encodings)
        ids.append(np.array([piece for encoding in encodings for piece in encoding.ids], dtype=np.int64))
    starts = np.concatenate([[0], np.cumsum(np.array(lengths, dtype=np.int64))])
    return Pieces(ids=np.concatenate(ids) if ids else np.zeros(0, dtype=np.int64), starts=starts)
