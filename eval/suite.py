"""A report with the cases that are asked of it: ours, and small invented ones in other layouts."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eval.case import BadCase
from eval.run import CASES, Scorecard, load_cases, places, run
from index.build import build
from index.embed import BUNDLED, SentenceTransformerEmbedder
from index.errors import EsgQaError
from index.snapshot import open_current
from qa.engine import Engine

EDITIONS: Final = Path(BUNDLED).parents[1] / "bundled"
REPORTS: Final = Path(__file__).with_name("reports")
ALL: Final = "all"

Progress = Callable[[int, int], None]  # cases asked, of how many; with several processes, reports done


class UnknownSuite(EsgQaError):
    """No suite has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A report and the cases that are asked of it."""

    name: str
    reports: tuple[Path, ...]  # the editions of one report
    cases: tuple[Path, ...]  # files of cases, or folders of them


def suites(reports: Path = REPORTS) -> dict[str, Suite]:
    """Name every suite: `bundled`, `blind`, `prose`, `fresh` and one for each folder with a report.* and a cases.jsonl.

    Raises BadCase for a folder that has one of the two only.
    """
    editions = tuple(sorted(EDITIONS.glob("*.md")))
    ours = [
        Suite(name="bundled", reports=editions, cases=(CASES,)),
        Suite(name="blind", reports=editions, cases=(CASES / "blind",)),
        Suite(name="prose", reports=editions, cases=(CASES / "prose",)),
        Suite(name="fresh", reports=editions, cases=(CASES / "fresh",)),
    ]
    folders = sorted(folder for folder in reports.iterdir() if folder.is_dir()) if reports.is_dir() else []
    return {suite.name: suite for suite in [*ours, *map(_invented, folders)]}


def choose(names: Sequence[str], known: dict[str, Suite]) -> list[Suite]:
    """Pick suites by name, in the order asked for; `all` picks every one.

    Raises UnknownSuite.
    """
    if ALL in names:
        return list(known.values())
    if unknown := [name for name in names if name not in known]:
        raise UnknownSuite(f"{unknown[0]}: no such suite; expected {', '.join([*known, ALL])}")
    return [known[name] for name in dict.fromkeys(names)]


def run_suites(
    chosen: Sequence[Suite],
    folder: Path,
    *,
    model: str | None = None,
    jobs: int = 1,
    start: Callable[[], None] | None = None,
    progress: Progress = lambda *_: None,
) -> list[Scorecard]:
    """Build each suite's report into a folder of its own below `folder`, ask its cases, and score them.

    Suites on the same editions share one index. With `jobs` above 1 as many processes work at once; each calls `start`
    first. `model` is a folder or hub name; None is the bundled one. Raises BadCase, UnreadableReport or SnapshotError.
    """
    sharing: dict[tuple[Path, ...], list[Suite]] = {}
    for suite in chosen:
        sharing.setdefault(suite.reports, []).append(suite)
    groups = [(held, folder / held[0].name, model) for held in sharing.values()]
    if jobs == 1 or len(groups) == 1:
        if start:
            start()
        done = [card for group in groups for card in _run_sharing(*group, progress=progress)]
    else:
        done = []
        spawned = multiprocessing.get_context("spawn")  # a fork would carry torch's threads along
        with ProcessPoolExecutor(min(jobs, len(groups)), mp_context=spawned, initializer=start) as pool:
            for number, cards in enumerate(pool.map(_run_sharing, *zip(*groups, strict=True)), start=1):
                progress(number, len(groups))
                done += cards
    by_name = {card.suite: card for card in done}
    return [by_name[suite.name] for suite in chosen]


def _invented(folder: Path) -> Suite:
    reports, cases = tuple(sorted(folder.glob("report*.*"))), folder / "cases.jsonl"
    if not reports or not cases.is_file():
        raise BadCase(f"{folder}: expected a report.md, report.html or report.pdf, and a cases.jsonl")
    return Suite(name=folder.name, reports=reports, cases=(cases,))


def _run_sharing(
    held: Sequence[Suite], folder: Path, model: str | None, *, progress: Progress = lambda *_: None
) -> list[Scorecard]:
    """Run suites that share a report."""
    asked = [(suite, load_cases(suite.cases)) for suite in held]
    embedder = SentenceTransformerEmbedder(model) if model else SentenceTransformerEmbedder()
    build(held[0].reports, folder, embedder=embedder)
    engine = Engine(open_current(folder), embedder)
    known = places(engine.snapshot)
    return [run(engine, cases, known=known, progress=progress, suite=suite.name) for suite, cases in asked]
