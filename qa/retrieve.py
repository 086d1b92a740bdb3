"""Find passages for a question: dense and sparse legs, fused by their scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.build import embedding_text
from index.chunk import Passage
from index.dense import DenseIndex
from index.embed import Embedder
from index.lexicon import Lexicon, bundled_lexicon
from index.rerank import Reranker
from index.script import Language
from index.snapshot import Snapshot
from index.sparse import SparseIndex
from index.words import search_tokens
from qa.catalogue import nearest_edition
from qa.expand import near_spellings, other_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found, and where each leg ranked it."""

    passage: Passage
    score: float
    dense_rank: int | None  # counted from 1; None: below the depth both legs look to
    sparse_rank: int | None
    also: tuple[str, ...] = ()  # ids of passages of the same edition that print the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Row numbers of an index as a question ranks them, each leg alone and both fused."""

    dense: Mapping[int, int]  # row to rank, counted from 1, best first
    sparse: Mapping[int, int]
    fused: Mapping[int, float]  # row to score, best first


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
    lexicon: Lexicon | None = None,
    reranker: Reranker | None = None,
    reranked: int = 20,
) -> list[Hit]:
    """Rank passages by both legs and merge them, best first; what a report prints twice is one hit.

    A reranker reads the first `reranked` hits again and orders them by its own scores.
    """
    wanted = k if reranker is None else max(k, reranked)
    allowed = allowed_rows(snapshot, report=report, year=year, edition=edition)
    ranking = rank(query, snapshot.dense, snapshot.sparse, embedder, allowed=allowed, depth=depth, lexicon=lexicon)
    hits: dict[str, Hit] = {}
    for row, score in ranking.fused.items():
        passage = snapshot.passages[row]
        also = snapshot.twins.get(passage.id, ())
        if hits.keys().isdisjoint(also):
            hits[passage.id] = Hit(
                passage=passage,
                score=round(score, 6),
                dense_rank=ranking.dense.get(row),
                sparse_rank=ranking.sparse.get(row),
                also=also,
            )
        if len(hits) == wanted:
            break
    found = list(hits.values())
    return found if reranker is None else rerank(query, found, reranker, reranked=reranked)[:k]


def rerank(query: str, hits: Sequence[Hit], reranker: Reranker, *, reranked: int = 20) -> list[Hit]:
    """Order the first hits by a cross-encoder, whose scores they then carry; the others follow as they were."""
    first = hits[:reranked]
    scores = reranker.scores(query, [embedding_text(hit.passage) for hit in first])
    order = sorted(range(len(first)), key=lambda n: (-scores[n], n))
    return [*(replace(first[n], score=round(float(scores[n]), 6)) for n in order), *hits[reranked:]]


def rank(
    query: str,
    dense: DenseIndex,
    sparse: SparseIndex,
    embedder: Embedder,
    *,
    allowed: npt.NDArray[np.bool_] | None = None,
    depth: int = 100,
    lexicon: Lexicon | None = None,
    meaning: float = 0.01,
    names: float = 0.8,
    spelling: float = 0.8,
) -> Ranking:
    """Rank an index's rows by both legs and merge them by a convex combination (Bruch et al., TOIS 2023).

    `meaning` is what a cosine counts that lies one standard deviation above the others, against a passage that holds
    every word of the question; so models whose cosines lie closer together weigh the same. Words count the less the
    fewer of them even the best passage holds, so that a chance match in another language does not outweigh a close
    meaning. `names` and `spelling` weigh, in the sparse leg, the lexicon's other names for what is asked and the known
    words that unknown ones are close to; a word the question says itself weighs 1.
    """
    tokens = search_tokens(query)
    words = sparse.scores(tokens)
    if names:
        words = words + names * sparse.scores(other_names(query, lexicon or bundled_lexicon()))
    if spelling:
        words = words + spelling * sparse.scores(near_spellings(tokens, sparse.latin_words))
    mask = np.ones(len(dense), dtype=bool) if allowed is None else allowed
    cosines = dense.scores(embedder.encode_queries([query])[0])
    by_meaning = _ranks(cosines, mask, depth)
    by_words = _ranks(np.where(words > 0, words, -np.inf), mask, depth)
    held = words / max(sparse.bound(tokens), 1e-9)
    scores = meaning * _standardised(cosines, mask) + held * _trust(held, mask)
    fused = {row: float(scores[row]) for row in {*by_meaning, *by_words}}
    best_first = sorted(fused.items(), key=lambda item: (-item[1], item[0]))
    return Ranking(dense=by_meaning, sparse=by_words, fused=dict(best_first))


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
        also = snapshot.twins.get(passage.id, ())
        if passage.id not in shown and shown.keys().isdisjoint(also):
            shown[passage.id] = replace(hit, passage=passage, also=also)
    return list(shown.values())


def allowed_rows(
    snapshot: Snapshot, *, report: str | None = None, year: int | None = None, edition: str | None = None
) -> npt.NDArray[np.bool_]:
    """Tell for each passage whether it is of a report, a reporting year, an edition; None: any."""
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


def _standardised(cosines: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Count cosines in standard deviations from the mean of the allowed rows; all alike: 0."""
    among = cosines[allowed]
    spread = float(among.std()) if len(among) else 0.0
    return (cosines - among.mean()) / spread if spread > 1e-6 else np.zeros_like(cosines)


def _trust(held: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_], *, least: float = 0.05) -> float:
    """Say how far to trust shared words, 0 to 1: the root of the share of the question that the best passage holds."""
    best = float(held[allowed].max()) if allowed.any() else 0.0
    return float(np.sqrt(np.clip(best, least, 1)))
