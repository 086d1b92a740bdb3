"""Ask other search systems what `python -m eval.retrieval --export DIR` wrote: quality and ms a question.

Runs in an environment of its own (requirements.txt beside this file); imports nothing of this project but its model's
folder. Every system gets the same texts; a vector system gets them folded, as our model was trained on.
"""

import argparse
import json
import logging
import re
import time
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG

Rank = Callable[[str], list[str]]
DEPTH = 100
MODEL = Path(__file__).parents[2] / "index" / "model" / "weights"


def fold(text: str) -> str:
    """Fold as our model expects: NFKC, Simplified, lower case."""
    return str(_converter().convert(" ".join(unicodedata.normalize("NFKC", text).split()))).lower()


@cache
def _converter() -> Any:  # noqa: ANN401 - opencc has no types
    import opencc

    return opencc.OpenCC("t2s")


def words(text: str) -> list[str]:
    """Cut with jieba as it comes."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return [word for word in jieba.lcut(text.lower()) if re.search(r"\w", word)]


def rank_bm25_jieba(corpus: dict[str, str]) -> Rank:
    """rank_bm25's BM25Okapi over jieba words."""
    from rank_bm25 import BM25Okapi

    ids = list(corpus)
    index = BM25Okapi([words(text) for text in corpus.values()])
    return lambda query: [ids[n] for n in np.argsort(-index.get_scores(words(query)), kind="stable")[:DEPTH]]


def rank_bm25_jieba_folded(corpus: dict[str, str]) -> Rank:
    """rank_bm25's BM25Okapi over folded jieba words."""
    rank = rank_bm25_jieba({name: fold(text) for name, text in corpus.items()})
    return lambda query: rank(fold(query))


def bm25s_jieba(corpus: dict[str, str]) -> Rank:
    """bm25s (Lucene's variant) over jieba words."""
    import bm25s

    ids = list(corpus)
    index = bm25s.BM25(method="lucene")
    index.index([words(text) for text in corpus.values()], show_progress=False)

    def rank(query: str) -> list[str]:
        known = [word for word in words(query) if word in index.vocab_dict]
        scores = index.get_scores(known) if known else np.zeros(len(ids))
        return [ids[n] for n in np.argsort(-scores, kind="stable")[:DEPTH]]

    return rank


def bm25s_jieba_folded(corpus: dict[str, str]) -> Rank:
    """bm25s over folded jieba words."""
    rank = bm25s_jieba({name: fold(text) for name, text in corpus.items()})
    return lambda query: rank(fold(query))


def haystack_embedding(corpus: dict[str, str]) -> Rank:
    """Haystack: in-memory store, embedding retriever, our model."""
    embed, store = _haystack(corpus)
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever

    retriever = InMemoryEmbeddingRetriever(store, top_k=DEPTH)

    def rank(query: str) -> list[str]:
        return [found.id for found in retriever.run(query_embedding=embed(fold(query)))["documents"]]

    return rank


def haystack_hybrid(corpus: dict[str, str]) -> Rank:
    """Haystack: embedding and BM25 retrievers of the in-memory store, joined by reciprocal rank."""
    embed, store = _haystack(corpus)
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever

    dense, sparse = InMemoryEmbeddingRetriever(store, top_k=DEPTH), InMemoryBM25Retriever(store, top_k=DEPTH)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)

    def rank(query: str) -> list[str]:
        folded = fold(query)
        near = dense.run(query_embedding=embed(folded))["documents"]
        return [found.id for found in joiner.run(documents=[near, sparse.run(query=folded)["documents"]])["documents"]]

    return rank


def _haystack(corpus: dict[str, str]) -> tuple[Callable[[str], list[float]], Any]:
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MODEL), device="cpu")
    folded = [fold(text) for text in corpus.values()]
    vectors = model.encode(folded, show_progress_bar=False).tolist()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    held = zip(corpus, folded, vectors, strict=True)
    store.write_documents([Document(id=name, content=text, embedding=vector) for name, text, vector in held])
    return lambda text: model.encode(text, show_progress_bar=False).tolist(), store


def txtai_dense(corpus: dict[str, str]) -> Rank:
    """txtai: embeddings with our model."""
    return _txtai(corpus, hybrid=False)


def txtai_hybrid(corpus: dict[str, str]) -> Rank:
    """txtai: hybrid of its own BM25 and our model."""
    return _txtai(corpus, hybrid=True)


def _txtai(corpus: dict[str, str], *, hybrid: bool) -> Rank:
    from txtai import Embeddings

    index = Embeddings(path=str(MODEL), method="sentence-transformers", hybrid=hybrid, gpu=False)
    index.index((name, fold(text), None) for name, text in corpus.items())
    return lambda query: [name for name, _ in index.search(fold(query), DEPTH)]


SYSTEMS = {
    "rank_bm25 + jieba": rank_bm25_jieba,
    "rank_bm25 + jieba, folded": rank_bm25_jieba_folded,
    "bm25s + jieba": bm25s_jieba,
    "bm25s + jieba, folded": bm25s_jieba_folded,
    "Haystack, our model": haystack_embedding,
    "Haystack hybrid, our model": haystack_hybrid,
    "txtai, our model": txtai_dense,
    "txtai hybrid, our model": txtai_hybrid,
}


def main() -> None:
    """Run every system and print one JSON line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    corpus = {row["_id"]: row["text"] for row in _rows(folder / "corpus.jsonl")}
    queries = {row["_id"]: row for row in _rows(folder / "queries.jsonl")}
    lines = (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    qrels = [Qrel(query, passage, int(grade)) for query, passage, grade in (line.split("\t") for line in lines)]
    for name, system in SYSTEMS.items():
        try:
            line = _measured(name, system(corpus), queries, qrels)
        except Exception as error:  # one system that fails must not hide the others
            line = {"system": name, "error": repr(error)}
        print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 - this is a command


def _measured(name: str, rank: Rank, queries: dict[str, dict[str, Any]], qrels: list[Qrel]) -> dict[str, object]:
    rank(next(iter(queries.values()))["text"])
    run, times = [], []
    for key, row in queries.items():
        started = time.perf_counter()
        found = rank(row["text"])
        times.append((time.perf_counter() - started) * 1000)
        run += [ScoredDoc(key, passage, float(DEPTH - n)) for n, passage in enumerate(found)]
    chosen = [Success @ 1, Success @ 5, RR, nDCG @ 10]
    measured: dict[str, object] = {"system": name}
    for language in ("all", "en", "zh-Hant", "zh-Hans"):
        ids = {k for k, r in queries.items() if language in ("all", r["metadata"]["language"])}
        held = [q for q in qrels if q.query_id in ids]
        values = ir_measures.calc_aggregate(chosen, held, [s for s in run if s.query_id in ids])
        measured[language] = {str(measure): round(value, 3) for measure, value in values.items()}
    return measured | {
        "ms_p50": round(float(np.percentile(times, 50)), 2),
        "ms_p99": round(float(np.percentile(times, 99)), 2),
    }


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
