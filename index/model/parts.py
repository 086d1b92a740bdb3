"""Turn a rare word towards its parts, which were read more often than it was."""

import numpy as np
import torch

from index.model.lessons import Lessons
from index.model.pieces import Ids, Pieces


def lean_on_parts(
    vectors: torch.Tensor, spelling: Pieces, frequency: Ids, *, rare: float = 10.0, most: float = 0.5
) -> torch.Tensor:
    """Add the direction of a word's parts to its own and keep its length, as fastText does (Bojanowski et al., 2017).

    A word that was never read gets `most` of its parts' direction, one read `rare` times half as much. A piece that
    stands for itself in `spelling` stays as it is.
    """
    ids, starts = torch.from_numpy(spelling.ids), torch.from_numpy(spelling.starts[:-1].copy())
    parts = torch.nn.functional.embedding_bag(ids, vectors, starts, mode="sum")
    share = np.where(np.diff(spelling.starts) > 1, most * rare / (frequency + rare), 0.0).astype(np.float32)
    length = vectors.norm(dim=1, keepdim=True)
    towards = torch.from_numpy(share)[:, None] * torch.nn.functional.normalize(parts)
    leaning = torch.nn.functional.normalize(torch.nn.functional.normalize(vectors) + towards) * length
    return torch.where(towards.any(dim=1, keepdim=True), leaning, vectors)


def frequencies(lessons: Lessons) -> Ids:
    """Count each piece in both languages' rows."""
    ids = np.concatenate([lessons.bitext.zh.ids, lessons.bitext.en.ids])
    return np.bincount(ids, minlength=len(lessons.spelling))
