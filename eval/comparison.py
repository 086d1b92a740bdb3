"""Hold two runs of the evaluation side by side, case by case."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.markup import escape

from eval.case import BadCase
from eval.report import given_words
from eval.run import Scorecard

DRAWS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one case did in one run."""

    id: str
    group: str
    question: str
    passed: bool
    wrong_number: str | None  # in words
    got: str  # the answer in a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much the share of passed cases moved, with its 95% interval."""

    share: float  # after less before; of the cases in both
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Tell whether the interval leaves out no difference at all."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed from one run to another; pairs are (before, after)."""

    compared: int  # cases in both runs
    newly_right: tuple[tuple[Outcome, Outcome], ...]
    newly_wrong: tuple[tuple[Outcome, Outcome], ...]  # passed before
    newly_wrong_numbers: tuple[tuple[Outcome, Outcome], ...]  # whether or not they passed before
    mended_wrong_numbers: tuple[tuple[Outcome, Outcome], ...]
    only_before: tuple[str, ...]  # ids
    only_after: tuple[str, ...]
    difference: Difference


def read_outcomes(path: Path) -> list[Outcome]:
    """Read the cases of a run that `esg-qa eval --json` wrote.

    Raises BadCase for anything else.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        cards = body.get("suites", [body])
        return [_read(case) for card in cards for case in card["cases"]]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCase(f"{path}: expected what `esg-qa eval --json` printed ({error})") from error


def outcomes(cards: Sequence[Scorecard]) -> list[Outcome]:
    """Keep what a comparison needs of a run."""
    return [
        Outcome(
            id=each.case.id,
            group=each.case.group or each.case.id,
            question=each.case.question,
            passed=each.passed,
            wrong_number=each.wrong_number,
            got=given_words(each),
        )
        for card in cards
        for each in card.scores
    ]


def compare(before: Sequence[Outcome], after: Sequence[Outcome]) -> Comparison:
    """Pair the cases of two runs by id; a case whose question was changed is another case."""
    old = {(each.id, each.question): each for each in before}
    new = {(each.id, each.question): each for each in after}
    pairs = [(old[key], each) for key, each in new.items() if key in old]
    return Comparison(
        compared=len(pairs),
        newly_right=tuple((a, b) for a, b in pairs if b.passed and not a.passed),
        newly_wrong=tuple((a, b) for a, b in pairs if a.passed and not b.passed),
        newly_wrong_numbers=tuple((a, b) for a, b in pairs if b.wrong_number and not a.wrong_number),
        mended_wrong_numbers=tuple((a, b) for a, b in pairs if a.wrong_number and not b.wrong_number),
        only_before=tuple(each.id for key, each in old.items() if key not in new),
        only_after=tuple(each.id for key, each in new.items() if key not in old),
        difference=_difference(pairs),
    )


def print_comparison(comparison: Comparison, console: Console, *, shown: int = 20) -> None:
    """Print what changed, new wrong numbers before all else."""
    moved = comparison.difference
    verdict = "" if moved.certain or not moved.share else " (may be chance)"
    console.print(
        f"\n[bold]against the earlier run[/]: {comparison.compared} cases in both · "
        f"passed {moved.share:+.1%} (95% {moved.low:+.1%} to {moved.high:+.1%}){verdict}"
    )
    changes = {
        "new wrong numbers": comparison.newly_wrong_numbers,
        "newly wrong": comparison.newly_wrong,
        "newly right": comparison.newly_right,
        "wrong numbers gone": comparison.mended_wrong_numbers,
    }
    console.print(" · ".join(f"{name} {len(pairs)}" for name, pairs in changes.items()))
    for name, pairs in list(changes.items())[:2]:
        for before, after in pairs[:shown]:
            console.print(f"\n{name}: [bold]{escape(after.id)}[/] {escape(after.question)}")
            console.print(f"  before: {escape(before.got)}\n  now:    {escape(after.got)}")
    for name, ids in (("gone", comparison.only_before), ("new", comparison.only_after)):
        if ids:
            console.print(f"{len(ids)} cases {name} since: {escape(', '.join(ids[:5]))}{' …' if len(ids) > 5 else ''}")


def _read(row: Mapping[str, Any]) -> Outcome:
    figures = ", ".join(" ".join(filter(None, figure)) for figure in row["figures"])
    words = (row["text"] or "").replace("\n", " ")[:160]
    return Outcome(
        id=row["id"],
        group=row.get("group") or row["id"],
        question=row["question"],
        passed=bool(row["passed"]),
        wrong_number=row["wrong_number"],
        got=" · ".join(filter(None, (row["status"], figures, words))) or "an error",
    )


def _difference(pairs: Sequence[tuple[Outcome, Outcome]], *, seed: int = 6608) -> Difference:
    """Bootstrap the paired difference (Efron and Tibshirani, 1993), drawn by question, not by its three scripts."""
    groups: dict[str, list[int]] = {}
    for before, after in pairs:
        held = groups.setdefault(after.group, [0, 0])
        held[0] += int(after.passed) - int(before.passed)
        held[1] += 1
    if not groups:
        return Difference(share=0.0, low=0.0, high=0.0)
    table = np.array(list(groups.values()))
    drawn = table[np.random.default_rng(seed).integers(0, len(table), (DRAWS, len(table)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return Difference(share=float(table[:, 0].sum() / table[:, 1].sum()), low=float(low), high=float(high))
