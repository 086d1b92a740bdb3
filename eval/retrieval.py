"""Measure retrieval, each leg alone and both fused: `python -m eval.retrieval [--beir DIR] [--squad FILE]`."""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG
from rich.console import Console
from rich.table import Table

from eval.retrieval_sets import (
    Ask,
    BadRetrievalSet,
    RetrievalSet,
    beir_set,
    edition_set,
    held_out_sets,
    knowledge_sets,
    squad_set,
    write_beir,
)
from index.build import build, embedding_text
from index.dense import DenseIndex
from index.embed import BUNDLED, Embedder, SentenceTransformerEmbedder
from index.script import LANGUAGES, language_of
from index.snapshot import Snapshot, open_current
from index.sparse import SparseIndex
from index.words import search_tokens
from qa.retrieve import Ranking, allowed_rows, rank

LEGS: Final = ("dense", "sparse", "fused")
MEASURES: Final = {"hit@1": Success @ 1, "hit@5": Success @ 5, "RR": RR, "nDCG@10": nDCG @ 10}

Rankings = Mapping[str, Sequence[str]]  # leg to passage ids, best first
Search = Callable[[Ask], Rankings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean over questions with its 95% bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How well one leg finds passages of one language for questions of one script."""

    set_name: str
    leg: str
    asked: str  # question script, "all" for the three
    passages: str  # passage language, "all" for every one
    questions: int
    measures: dict[str, Mean]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What a run found."""

    model: str
    cells: tuple[Cell, ...]
    ms_p50: float  # of one question, embedding and both legs
    ms_p99: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table, or JSON."""
    options = _options(arguments)
    embedder = SentenceTransformerEmbedder(options.model or BUNDLED)
    with TemporaryDirectory() as folder:
        snapshot = open_current(options.index) if options.index else _bundled(Path(folder), embedder)
        if options.export:
            write_beir(with_passages(edition_set(snapshot), snapshot), options.export)
            return
        sets = [edition_set(snapshot)]
        sets += knowledge_sets() if options.general else []
        sets += held_out_sets(options.training) if options.training else []
        sets += [beir_set(path) for path in options.beir] + [squad_set(path) for path in options.squad]
        found = measure(sets, snapshot, embedder)
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2))  # noqa: T201 - this is a command
    else:
        Console(width=120).print(_table(found))


def measure(sets: Iterable[RetrievalSet], snapshot: Snapshot, embedder: Embedder) -> Benchmark:
    """Ask every question of every set; a set without passages of its own asks the snapshot."""
    cells: list[Cell] = []
    times: list[float] = []
    for chosen in sets:
        search = _search(chosen, embedder) if chosen.passages else _snapshot_search(snapshot, embedder)
        search(chosen.asks[0])
        rankings = {}
        for ask in chosen.asks:
            started = time.perf_counter()
            rankings[ask.id] = search(ask)
            times.append((time.perf_counter() - started) * 1000)
        cells += _cells(chosen, rankings, _language_of_passages(chosen))
    p50, p99 = np.percentile(times, [50, 99])
    return Benchmark(model=embedder.name, cells=tuple(cells), ms_p50=float(p50), ms_p99=float(p99))


def scores(asks: Sequence[Ask], ranked: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Score one ranking a question: measure to question id to value (ir-measures; MacAvaney et al., ECIR 2022)."""
    qrels = [Qrel(ask.id, passage, 1) for ask in asks for passage in sorted(ask.relevant)]
    run = [
        ScoredDoc(ask.id, passage, float(len(ranked[ask.id]) - n))
        for ask in asks
        for n, passage in enumerate(ranked[ask.id])
    ]
    found: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        found[names[metric.measure]][metric.query_id] = float(metric.value)
    return {name: {ask.id: values.get(ask.id, 0.0) for ask in asks} for name, values in found.items()}


def interval(values: Mapping[str, float], groups: Mapping[str, str], *, draws: int = 1000, seed: int = 6608) -> Mean:
    """Give a mean and its bootstrap interval (Efron, 1979), drawn by question, not by its three scripts."""
    sums: dict[str, list[float]] = {}
    for name, value in values.items():
        held = sums.setdefault(groups[name], [0.0, 0.0])
        held[0] += value
        held[1] += 1
    table = np.array(list(sums.values()))
    drawn = table[np.random.default_rng(seed).integers(0, len(table), (draws, len(table)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return Mean(mean=float(table[:, 0].sum() / table[:, 1].sum()), low=float(low), high=float(high))


def with_passages(chosen: RetrievalSet, snapshot: Snapshot) -> RetrievalSet:
    """Give a set of a snapshot's questions that snapshot's passages, headings in front; no filter by edition."""
    passages = {passage.id: embedding_text(passage) for passage in snapshot.passages}
    return RetrievalSet(
        name=chosen.name, passages=passages, asks=tuple(ask for ask in chosen.asks if ask.edition is None)
    )


def _snapshot_search(snapshot: Snapshot, embedder: Embedder) -> Search:
    allowed = {
        edition: allowed_rows(snapshot, edition=edition) for edition in (None, *{p.edition for p in snapshot.passages})
    }
    ids = [passage.id for passage in snapshot.passages]

    def search(ask: Ask) -> Rankings:
        ranking = rank(ask.text, snapshot.dense, snapshot.sparse, embedder, allowed=allowed[ask.edition])
        found = _named(ranking, ids)
        return {leg: list(_once(found[leg], ask, snapshot.twins)) for leg in LEGS}

    return search


def _search(chosen: RetrievalSet, embedder: Embedder) -> Search:
    ids, texts = list(chosen.passages), list(chosen.passages.values())
    dense = DenseIndex.of(embedder.encode_passages(texts))
    sparse = SparseIndex.of([search_tokens(text) for text in texts])
    return lambda ask: _named(rank(ask.text, dense, sparse, embedder), ids)


def _named(ranking: Ranking, ids: Sequence[str]) -> dict[str, list[str]]:
    return {leg: [ids[row] for row in getattr(ranking, leg)] for leg in LEGS}


def _once(found: Sequence[str], ask: Ask, twins: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Give what is printed twice once, under the name the question's evidence has for it."""
    seen: set[str] = set()
    for name in found:
        places = (name, *twins.get(name, ()))
        if seen.isdisjoint(places):
            yield next((each for each in places if each in ask.relevant), name)
        seen.add(name)


def _cells(chosen: RetrievalSet, rankings: Mapping[str, Rankings], languages: Mapping[str, str]) -> Iterator[Cell]:
    groups = {ask.id: ask.group for ask in chosen.asks}
    for leg in LEGS:
        found = scores(chosen.asks, {name: ranked[leg] for name, ranked in rankings.items()})
        for passages in dict.fromkeys(languages.values()):
            for asked in (*LANGUAGES, "all"):
                ids = [
                    ask.id for ask in chosen.asks if languages[ask.id] == passages and asked in ("all", ask.language)
                ]
                if ids:
                    yield Cell(
                        set_name=chosen.name,
                        leg=leg,
                        asked=asked,
                        passages=passages,
                        questions=len(ids),
                        measures={m: interval({i: values[i] for i in ids}, groups) for m, values in found.items()},
                    )


def _language_of_passages(chosen: RetrievalSet) -> dict[str, str]:
    """Tell for each question which language of passages it is about."""
    if not chosen.passages:
        return {ask.id: ask.edition or "all" for ask in chosen.asks}
    return {ask.id: language_of(chosen.passages[min(ask.relevant)], otherwise="zh-Hans") for ask in chosen.asks}


def _bundled(folder: Path, embedder: Embedder) -> Snapshot:
    build(sorted((BUNDLED.parents[1] / "bundled").glob("*.md")), folder, embedder=embedder)
    return open_current(folder)


def _table(found: Benchmark) -> Table:
    title = f"{found.model}: mean [95% interval]; one question {found.ms_p50:.2f} ms p50, {found.ms_p99:.2f} ms p99"
    table = Table("set", "passages", "asked", "n", "leg", *MEASURES, title=title)
    for cell in found.cells:
        shown = (f"{m.mean:.3f} [{m.low:.2f}, {m.high:.2f}]" for m in cell.measures.values())
        table.add_row(cell.set_name, cell.passages, cell.asked, str(cell.questions), cell.leg, *shown)
    return table


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.retrieval", description=__doc__)
    parser.add_argument("--index", type=Path, help="an index; without it the bundled editions are built aside")
    parser.add_argument("--model", help="a sentence-transformers folder or hub name; without it the bundled model")
    parser.add_argument("--general", action="store_true", help="ask paragraphs of general knowledge that come along")
    parser.add_argument("--training", type=Path, help="a folder of training pairs: ask those held out")
    parser.add_argument("--beir", type=Path, action="append", default=[], help="a folder in BEIR's format")
    parser.add_argument("--squad", type=Path, action="append", default=[], help="a file in SQuAD's format")
    parser.add_argument("--export", type=Path, help="write our questions and passages in BEIR's format, and stop")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        main()
    except BadRetrievalSet as error:
        raise SystemExit(str(error)) from error
