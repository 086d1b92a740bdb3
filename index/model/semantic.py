"""Give each piece a first vector by cross-language latent semantic indexing (Dumais et al., 1997)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from index.model.lessons import Lessons
from index.model.pieces import Ids, Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """A sparse matrix of rows by pieces, read both ways."""

    pieces: Pieces  # of each row, each once
    rows: Pieces  # of each piece
    weights: torch.Tensor  # of each entry of `pieces`; a row has length 1
    transposed: torch.Tensor  # the same, in the order of `rows`


def first_vectors(
    lessons: Lessons,
    pieces: int,
    *,
    dimensions: int,
    limit: int,
    rounds: int = 2,
    strength: float = 0.5,
    rareness: float = 1.25,
    seed: int = 0,
) -> torch.Tensor:
    """Factor what stands in which pair of rows; a piece gets its direction, as long as it is rare (idf).

    A pair's Chinese and English are one text, so that words that translate each other come to lie together. Subspace
    iteration as in Halko, Martinsson, Tropp (2011). A piece that no row holds gets a direction of its own. At most
    `limit` rows of a source are read; `strength` and `rareness` are the powers of the singular values and of idf.
    """
    random = np.random.default_rng(seed)
    held = np.concatenate([random.permutation(rows)[:limit] for rows in lessons.rows.values()])
    zh, en = (_slices(side, held) for side in (lessons.bitext.zh, lessons.bitext.en))
    found, rarity = occurrences(zh.beside(en), pieces)
    generator = torch.Generator().manual_seed(seed)
    basis = torch.randn(pieces, dimensions + 20, generator=generator)
    for _ in range(rounds):
        basis = torch.linalg.qr(_to_pieces(found, _to_rows(found, basis)))[0]
    projected = _to_rows(found, basis)
    squares, turned = torch.linalg.eigh(projected.T @ projected)
    singular = squares.flip(0)[:dimensions].clamp_min(0).sqrt()
    vectors = basis @ turned.flip(1)[:, :dimensions] * singular**strength
    unseen = torch.from_numpy(rarity == 0)
    vectors[unseen] = torch.randn(int(unseen.sum()), dimensions, generator=generator)
    length = torch.from_numpy(np.where(rarity == 0, rarity.max(), rarity).astype(np.float32))
    return torch.nn.functional.normalize(vectors) * length[:, None] ** rareness


def occurrences(texts: Pieces, pieces: int) -> tuple[Occurrences, NDArray[np.float64]]:
    """Say which piece stands in which text, weighed by inverse document frequency; 0 for a piece in none."""
    owner = np.repeat(np.arange(len(texts)), np.diff(texts.starts))
    entries = np.unique(owner * pieces + texts.ids)
    row, piece = entries // pieces, entries % pieces
    frequency = np.bincount(piece, minlength=pieces)
    rarity = np.where(frequency > 0, np.log((len(texts) + 1) / (frequency + 1)), 0.0)
    length = np.sqrt(np.bincount(row, weights=rarity[piece] ** 2, minlength=len(texts)))
    weights = (rarity[piece] / np.maximum(length[row], 1e-6)).astype(np.float32)
    order = np.argsort(piece, kind="stable")
    found = Occurrences(
        pieces=Pieces(ids=piece, starts=_starts(np.bincount(row, minlength=len(texts)))),
        rows=Pieces(ids=row[order], starts=_starts(frequency)),
        weights=torch.from_numpy(weights),
        transposed=torch.from_numpy(weights[order]),
    )
    return found, rarity


def _to_rows(found: Occurrences, of_pieces: torch.Tensor) -> torch.Tensor:
    return _sums(of_pieces, found.pieces, found.weights)


def _to_pieces(found: Occurrences, of_rows: torch.Tensor) -> torch.Tensor:
    return _sums(of_rows, found.rows, found.transposed)


def _sums(table: torch.Tensor, texts: Pieces, weights: torch.Tensor) -> torch.Tensor:
    ids, starts = torch.from_numpy(texts.ids), torch.from_numpy(texts.starts[:-1].copy())
    return torch.nn.functional.embedding_bag(ids, table, starts, mode="sum", per_sample_weights=weights)


def _slices(side: Pieces, rows: Ids) -> Pieces:
    return side.take(side.starts[rows], np.diff(side.starts)[rows])


def _starts(lengths: Ids) -> Ids:
    return np.concatenate([[0], np.cumsum(lengths)])
