"""Let pieces of nearly one direction share it, so that a folder of one size holds more pieces of more dimensions.

A word and its translation, a name's two spellings: what training brings together needs to be written only once.
model2vec calls it vocabulary quantization; sentence-transformers reads such folders by itself.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

NEIGHBOURS = 4  # of a piece, that it may share a direction with
BLOCK = 4096  # pieces compared at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Directions, and for each piece which is its own and how far it goes along it."""

    directions: torch.Tensor  # unit rows
    row: torch.Tensor  # of each piece
    length: torch.Tensor  # of each piece

    def vectors(self) -> torch.Tensor:
        """Give each piece's vector."""
        return self.directions[self.row] * self.length[:, None]


def share(vectors: torch.Tensor, rows: int, *, largest: int = 3) -> Shared:
    """Join the nearest pieces until only `rows` directions are left, or no group of at most `largest` can grow.

    A group's direction is its members' mean; a member keeps as much of its length as points that way.
    """
    unit = torch.nn.functional.normalize(vectors)
    group = torch.from_numpy(_groups(*_nearest(unit), rows, largest)) if rows < len(unit) else torch.arange(len(unit))
    directions = torch.zeros(int(group.max()) + 1, unit.shape[1]).index_add_(0, group, unit)
    directions = torch.nn.functional.normalize(directions)
    return Shared(directions=directions, row=group, length=(vectors * directions[group]).sum(dim=1))


def _nearest(unit: torch.Tensor) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Give each piece's nearest others: cosines and numbers."""
    cosines, numbers = [], []
    for start in range(0, len(unit), BLOCK):
        block = unit[start : start + BLOCK]
        found = block @ unit.T
        found[torch.arange(len(block)), torch.arange(start, start + len(block))] = -1
        best = found.topk(min(NEIGHBOURS, len(unit) - 1))
        cosines.append(best.values)
        numbers.append(best.indices)
    return torch.cat(cosines).numpy(), torch.cat(numbers).numpy()


def _groups(cosines: NDArray[np.float32], near: NDArray[np.int64], rows: int, largest: int) -> NDArray[np.int64]:
    """Number the groups that joining the nearest pairs first gives."""
    first = np.repeat(np.arange(len(near)), near.shape[1])
    parent, size = np.arange(len(near)), np.ones(len(near), dtype=np.int64)
    surplus = len(near) - rows
    for edge in np.argsort(-cosines.reshape(-1), kind="stable"):
        a, b = _root(parent, int(first[edge])), _root(parent, int(near.reshape(-1)[edge]))
        if surplus and a != b and size[a] + size[b] <= largest:
            parent[b] = a
            size[a] += size[b]
            surplus -= 1
    return np.unique([_root(parent, piece) for piece in range(len(parent))], return_inverse=True)[1]


def _root(parent: NDArray[np.int64], piece: int) -> int:
    while parent[piece] != piece:
        piece = int(parent[piece])
    return piece
