"""Find passages for a question: dense and sparse legs, fused by reciprocal rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.chunk import Passage
from index.embed import Embedder
from index.script import Language
from index.snapshot import Snapshot
from index.words import search_tokens
from qa.catalogue import nearest_edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found, and where each leg ranked it."""

    passage: Passage
    score: float
    dense_rank: int | None  # counted from 1; None: below the depth both legs look to
    sparse_rank: int | None


def retrieve(
    query: str,
    snapshot: Snapshot,
    embedder: Embedder,
    *,
    k: int = 8,
    depth: int = 100,
    report: str | None = None,
    year: int | None = None,
    edition: str | None = None,
) -> list[Hit]:
    """Rank passages by both legs and merge them by reciprocal rank (Cormack et al., SIGIR 2009), best first."""
    allowed = _allowed(snapshot, report, year, edition)
    dense = snapshot.dense.scores(embedder.encode_queries([query])[0])
    sparse = snapshot.sparse.scores(search_tokens(query))
    dense_ranks = _ranks(dense, allowed, depth)
    sparse_ranks = _ranks(np.where(sparse > 0, sparse, -np.inf), allowed, depth)
    fused = {row: _fused(dense_ranks.get(row), sparse_ranks.get(row)) for row in {*dense_ranks, *sparse_ranks}}
    order = sorted(fused, key=lambda row: (-fused[row], row))[:k]
    return [
        Hit(
            passage=snapshot.passages[row],
            score=round(fused[row], 6),
            dense_rank=dense_ranks.get(row),
            sparse_rank=sparse_ranks.get(row),
        )
        for row in order
    ]


def in_readers_edition(hits: Sequence[Hit], snapshot: Snapshot, language: Language) -> list[Hit]:
    """Show each place of a report once, in the edition nearest to the reader's language, best rank kept."""
    editions = {e.metadata.report_id: set[str]() for e in snapshot.manifest.editions}
    for edition in snapshot.manifest.editions:
        editions[edition.metadata.report_id].add(edition.metadata.language)
    shown: dict[str, Hit] = {}
    for hit in hits:
        wanted = nearest_edition(editions[hit.passage.report_id], language)
        passage = hit.passage
        if passage.edition != wanted:
            passage = snapshot.counterpart(passage, wanted) or passage
        if passage.id not in shown:
            shown[passage.id] = Hit(
                passage=passage, score=hit.score, dense_rank=hit.dense_rank, sparse_rank=hit.sparse_rank
            )
    return list(shown.values())


def _allowed(snapshot: Snapshot, report: str | None, year: int | None, edition: str | None) -> npt.NDArray[np.bool_]:
    years = {e.metadata.report_id: e.metadata.year for e in snapshot.manifest.editions}
    return np.array(
        [
            (report is None or passage.report_id == report)
            and (year is None or years[passage.report_id] == year)
            and (edition is None or passage.edition == edition)
            for passage in snapshot.passages
        ],
        dtype=bool,
    )


def _ranks(scores: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_], depth: int) -> dict[int, int]:
    masked = np.where(allowed, scores, -np.inf)
    order = np.argsort(-masked, kind="stable")[:depth]
    return {int(row): rank for rank, row in enumerate(order, start=1) if np.isfinite(masked[row])}


def _fused(*ranks: int | None, constant: int = 60) -> float:
    return sum(1 / (constant + rank) for rank in ranks if rank is not None)
