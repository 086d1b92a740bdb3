"""Ask every case and count: per kind, language and split, with intervals, and every failure kept."""

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from eval.case import BadCase, Case, read_case
from eval.metrics import Score, alike, failed, score
from index.script import Language
from index.snapshot import Snapshot
from qa.answer import Answer

CASES: Final = Path(__file__).with_name("cases")


class Engine(Protocol):
    """Whatever answers questions: qa.engine.Engine, or a client of a running service."""

    def ask(
        self, question: str, *, history: Sequence[str] = (), language: Language | None = None, report: str | None = None
    ) -> Answer:
        """Answer a question."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many of how many, with a 95% interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Tell the share of hits; 1 where nothing was asked."""
        return self.hits / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The scores of some cases, added up."""

    passed: Rate
    wrong_numbers: int
    values: Rate  # every expected number with unit and period, the first one first
    evidence: Rate
    support: Rate
    contains: Rate
    listed: Rate  # list items, not lists
    reason: Rate
    refused_rightly: Rate  # of the refusals: precision
    refused_all: Rate  # of the cases that nothing is disclosed on: recall
    answered: Rate  # of the cases that the report answers: not refused, be the answer right or wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Disparity:
    """One question that was answered differently in two scripts."""

    group: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What a run of the evaluation found."""

    suite: str  # the report and set of cases asked; empty: none of the named ones
    snapshot: str
    scores: tuple[Score, ...]
    overall: Tally
    by_kind: dict[str, Tally]
    by_language: dict[str, Tally]
    by_split: dict[str, Tally]
    parity: Rate
    disparities: tuple[Disparity, ...]
    p50_ms: float
    p99_ms: float

    @property
    def failures(self) -> tuple[Score, ...]:
        """Every case that did not pass, wrong numbers first."""
        return tuple(sorted((s for s in self.scores if not s.passed), key=lambda s: s.wrong_number is None))


def load_cases(paths: Sequence[Path] | None = None) -> list[Case]:
    """Read case files, or folders of them; without paths the bundled cases.

    Raises BadCase, naming file and line.
    """
    files = [file for path in paths or [CASES] for file in _files(path)]
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for file in files:
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            place = f"{file}:{number}"
            case = read_case(line, place)
            if case.id in seen:
                raise BadCase(f"{place}: id {case.id!r} is taken by {seen[case.id]}")
            seen[case.id] = place
            cases.append(case)
    if not cases:
        raise BadCase(f"{', '.join(map(str, files)) or 'no files'}: no cases in there")
    return cases


def run(
    engine: Engine,
    cases: Sequence[Case],
    *,
    known: Collection[str] | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
    suite: str = "",
) -> Scorecard:
    """Ask every case and score the answers.

    `known` holds the keys of the index's sections and rows; evidence it has none of is not scored. `suite` names the
    report and set of cases.
    """
    scores: list[Score] = []
    for number, case in enumerate(cases):
        progress(number, len(cases))
        scores.append(_ask(engine, case, known))
    progress(len(cases), len(cases))
    return scorecard(scores, suite=suite)


def places(snapshot: Snapshot) -> set[str]:
    """Name the sections and table rows of an index, as evidence does."""
    return {p.section_key for p in snapshot.passages} | {key for p in snapshot.passages for key in p.blocks}


def scorecard(scores: Sequence[Score], *, suite: str = "") -> Scorecard:
    """Add up scores."""
    parity, disparities = _parity(scores)
    times = [s.seconds * 1000 for s in scores if s.answer is not None] or [0.0]
    return Scorecard(
        suite=suite,
        snapshot=next((s.answer.snapshot for s in scores if s.answer is not None), ""),
        scores=tuple(scores),
        overall=_tally(scores),
        by_kind=_by(scores, lambda s: s.case.kind),
        by_language=_by(scores, lambda s: s.case.language),
        by_split=_by(scores, lambda s: s.case.split),
        parity=parity,
        disparities=disparities,
        p50_ms=float(np.percentile(times, 50)),
        p99_ms=float(np.percentile(times, 99)),
    )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.jsonl"))
    if not path.is_file():
        raise BadCase(f"{path}: no such file of cases")
    return [path]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BadCase(f"{file}: not UTF-8 text") from error


def _ask(engine: Engine, case: Case, known: Collection[str] | None) -> Score:
    start = time.perf_counter()
    try:
        answer = engine.ask(case.question, history=case.history)
    except Exception as error:  # an evaluation outlives what it evaluates, and reports it
        return failed(case, f"{type(error).__name__}: {error}")
    return score(case, answer, known=known, seconds=time.perf_counter() - start)


def _by(scores: Sequence[Score], key: Callable[[Score], str]) -> dict[str, Tally]:
    names = dict.fromkeys(key(s) for s in scores)
    return {name: _tally([s for s in scores if key(s) == name]) for name in names}


def _tally(scores: Sequence[Score]) -> Tally:
    refusals = [s for s in scores if s.answer is not None and s.answer.status == "not_disclosed"]
    silent = [s for s in scores if s.case.expect.status == "not_disclosed"]
    answerable = [s for s in scores if s.case.expect.status == "answered"]
    return Tally(
        passed=_rate(scores, lambda s: s.passed),
        wrong_numbers=sum(s.wrong_number is not None for s in scores),
        values=_rate(scores, lambda s: s.values),
        evidence=_rate(scores, lambda s: s.evidence),
        support=_rate(scores, lambda s: s.support if s.answer and s.answer.status == "answered" else None),
        contains=_rate(scores, lambda s: s.contains),
        listed=_interval([(s.case.group or s.case.id, *s.listed) for s in scores if s.listed]),
        reason=_rate(silent, lambda s: s.reason),
        refused_rightly=_rate(refusals, lambda s: s.status),
        refused_all=_rate(silent, lambda s: s.status),
        answered=_rate(answerable, lambda s: s.status),
    )


def _rate(scores: Iterable[Score], hit: Callable[[Score], bool | None]) -> Rate:
    judged = [(s, hit(s)) for s in scores]
    return _interval([(s.case.group or s.case.id, int(value), 1) for s, value in judged if value is not None])


def _interval(counts: Sequence[tuple[Hashable, int, int]], *, draws: int = 2000, seed: int = 6608) -> Rate:
    """Give a share and its 95% bootstrap interval (Efron, 1979), drawn by question, not by its three scripts."""
    groups: dict[Hashable, list[int]] = {}
    for group, hits, of in counts:
        pair = groups.setdefault(group, [0, 0])
        pair[0] += hits
        pair[1] += of
    if not groups:
        return Rate(hits=0, of=0, low=1.0, high=1.0)
    table = np.array(list(groups.values()))
    drawn = table[np.random.default_rng(seed).integers(0, len(table), (draws, len(table)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return Rate(hits=int(table[:, 0].sum()), of=int(table[:, 1].sum()), low=float(low), high=float(high))


def _parity(scores: Sequence[Score]) -> tuple[Rate, tuple[Disparity, ...]]:
    groups: dict[str, list[Score]] = {}
    for each in scores:
        if each.case.group:
            groups.setdefault(each.case.group, []).append(each)
    counts: list[tuple[Hashable, int, int]] = []
    apart: list[Disparity] = []
    for group, held in groups.items():
        if len(held) < 2:
            continue
        first = held[0].answer
        differing = [
            s.case.language for s in held[1:] if first is None or s.answer is None or not alike(first, s.answer)
        ]
        counts.append((group, int(not differing), 1))
        if differing:
            apart.append(Disparity(group=group, languages=(held[0].case.language, *differing)))
    return _interval(counts), tuple(apart)
