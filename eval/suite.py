"""A report with the cases that are asked of it: ours, and small invented ones in other layouts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eval.case import BadCase
from eval.run import CASES, Scorecard, load_cases, places, run
from index.build import build
from index.embed import BUNDLED, Embedder
from index.errors import EsgQaError
from index.snapshot import Snapshot, open_current
from qa.engine import Engine

EDITIONS: Final = Path(BUNDLED).parents[1] / "bundled"
REPORTS: Final = Path(__file__).with_name("reports")
ALL: Final = "all"

Progress = Callable[[int, int], None]  # cases asked, of how many


class UnknownSuite(EsgQaError):
    """No suite has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A report and the cases that are asked of it."""

    name: str
    reports: tuple[Path, ...]  # the editions of one report
    cases: tuple[Path, ...]  # files of cases, or folders of them


def suites(reports: Path = REPORTS) -> dict[str, Suite]:
    """Name every suite: `bundled`, `blind` and one for each folder with a report.* and a cases.jsonl.

    Raises BadCase for a folder that has one of the two only.
    """
    editions = tuple(sorted(EDITIONS.glob("*.md")))
    ours = [
        Suite(name="bundled", reports=editions, cases=(CASES,)),
        Suite(name="blind", reports=editions, cases=(CASES / "blind",)),
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
    chosen: Sequence[Suite], embedder: Embedder, folder: Path, *, progress: Progress = lambda *_: None
) -> list[Scorecard]:
    """Build each suite's report into a folder of its own below `folder`, ask its cases, and score them.

    Suites on the same editions share one index. Raises BadCase, UnreadableReport or SnapshotError.
    """
    asked = [(suite, load_cases(suite.cases)) for suite in chosen]
    engines: dict[tuple[Path, ...], Engine] = {}
    for suite in chosen:  # a report that cannot be read is told before any question is asked
        if suite.reports not in engines:
            engines[suite.reports] = Engine(_index(suite, embedder, folder / suite.name), embedder)
    return [
        run(
            engines[suite.reports],
            cases,
            known=places(engines[suite.reports].snapshot),
            progress=progress,
            suite=suite.name,
        )
        for suite, cases in asked
    ]


def _invented(folder: Path) -> Suite:
    reports, cases = tuple(sorted(folder.glob("report*.*"))), folder / "cases.jsonl"
    if not reports or not cases.is_file():
        raise BadCase(f"{folder}: expected a report.md, report.html or report.pdf, and a cases.jsonl")
    return Suite(name=folder.name, reports=reports, cases=(cases,))


def _index(suite: Suite, embedder: Embedder, folder: Path) -> Snapshot:
    build(suite.reports, folder, embedder=embedder)
    return open_current(folder)
