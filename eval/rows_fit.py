"""Fit and measure the choice of table rows, on lookups of every report and on phrasings of the bundled one's rows.

    python -m eval.rows_fit         # each report by weights fitted to the others: what each floor lets through
    python -m eval.rows_fit --fit   # write qa/rows.toml anew, from tuned cases of all reports

A question whose row is taken away is asked too: then "none of them" is right, and a neighbouring row must not answer.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from eval.case import Case, ExpectedValue
from eval.phrasing_sweep import SLOT, read_phrasings
from eval.run import load_cases
from eval.suite import Suite, suites
from index.build import build
from index.embed import Embedder, SentenceTransformerEmbedder
from index.snapshot import open_current
from index.units import UnitError, convert, read_unit
from qa.catalogue import Series
from qa.engine import Engine
from qa.rows import NAMES, ROWS, Ranking

FLOORS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
LOOKUPS: Final = frozenset({"lookup", "typo_mixed"})

_ABSENT: Final = 0.3  # weight of a question whose row is taken away
_PHRASED: Final = 0.4  # of a phrasing, as one report has many of them
_SILENT: Final = 1.5  # of a question that no row answers

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the evidence of every row that nothing rules out."""

    report: str
    features: Array  # rows x NAMES
    gold: tuple[int, ...]  # rows that answer; empty: none does
    lost: bool  # the row that answers was ruled out
    weight: float
    tuned: bool


def examples(embedder: Embedder) -> list[Example]:
    """Ask the lookups and unanswerable questions of every suite, and a phrasing of each row of the bundled report."""
    by_report: dict[tuple[Path, ...], list[Suite]] = {}
    for suite in suites().values():
        by_report.setdefault(suite.reports, []).append(suite)
    return [one for held in by_report.values() for one in _of_report(held, embedder)]


def fit(data: Sequence[Example], *, penalty: float = 3e-3, steps: int = 200) -> torch.Tensor:
    """Fit a conditional logit with the alternative "none" by maximum likelihood (L-BFGS): NAMES' weights, then its."""
    asked = [one for one in _with_absent(data) if not one.lost]
    most = max(len(one.features) for one in asked)
    features = torch.zeros(len(asked), most, len(NAMES))
    held, gold = torch.zeros(len(asked), most, dtype=torch.bool), torch.zeros(len(asked), most, dtype=torch.bool)
    for n, one in enumerate(asked):
        features[n, : len(one.features)] = torch.from_numpy(one.features)
        held[n, : len(one.features)] = True
        gold[n, list(one.gold)] = True
    silent = ~gold.any(dim=1)
    weighed = torch.tensor([one.weight for one in asked])
    weights = torch.zeros(len(NAMES) + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = (features @ weights[:-1]).masked_fill(~held, -1e9)
        none = weights[-1].expand(len(asked), 1)
        every = torch.logsumexp(torch.cat([scores, none], 1), 1)
        right = torch.where(silent, none[:, 0], torch.logsumexp(scores.masked_fill(~gold, -1e9), 1))
        value = ((every - right) * weighed).sum() / weighed.sum() + penalty * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach()


def measure(data: Sequence[Example], weights: torch.Tensor) -> dict[float, tuple[int, int, int]]:
    """Give by floor how many questions are answered by the right row, by a wrong one, and without there being one."""
    kept = {floor: [0, 0, 0] for floor in FLOORS}
    for one in data:
        scores = torch.cat([torch.from_numpy(one.features) @ weights[:-1], weights[-1:]])
        shares = torch.softmax(scores, 0)[:-1]
        best = int(shares.argmax()) if len(shares) else -1
        for floor in FLOORS:
            if best >= 0 and float(shares[best]) >= floor:
                kept[floor][0 if best in one.gold else 1 if one.gold or one.lost else 2] += 1
    return {floor: (right, wrong, broken) for floor, (right, wrong, broken) in kept.items()}


def written(weights: torch.Tensor, before: str) -> str:
    """Put weights in the place of those of a rows.toml; its header and floor stay."""
    named = "".join(f"{name} = {float(value):.3f}\n" for name, value in zip(NAMES, weights, strict=False))
    head = re.sub(r"(?m)^none = .*$", f"none = {float(weights[-1]):.3f}", before.split("[weights]")[0])
    return f"{head}[weights]\n{named}"


def _of_report(held: Sequence[Suite], embedder: Embedder) -> Iterator[Example]:
    with TemporaryDirectory() as folder:
        build(held[0].reports, Path(folder), embedder=embedder)
        engine = Engine(open_current(Path(folder)), embedder)
        name = held[0].name
        for case in (case for suite in held for case in load_cases(suite.cases) if not case.history):
            ranking = engine.ranking(case.question, language=case.language)
            if case.kind in LOOKUPS and len(case.expect.values) == 1:
                gold = _answering(case, ranking.series)
                if gold:
                    yield _example(name, ranking, gold, weight=1.0, tuned=case.split == "tuned")
            elif case.kind == "not_disclosed":
                yield _example(name, ranking, (), weight=_SILENT, tuned=case.split == "tuned")
        if name == "bundled":
            yield from _phrased(engine)


def _phrased(engine: Engine) -> Iterator[Example]:
    for phrasings in read_phrasings():
        for language, templates in phrasings.templates.items():
            question = templates[0].replace(SLOT, str(engine.snapshot.manifest.editions[0].metadata.year))
            ranking = engine.ranking(question, language=language)
            gold = tuple(
                n
                for n, series in enumerate(ranking.series)
                if phrasings.row_key in (series.row_key, *(twin.row_key for twin in series.also))
            )
            if gold:
                yield _example("bundled", ranking, gold, weight=_PHRASED, tuned=phrasings.split == "tuned")


def _example(report: str, ranking: Ranking, gold: Sequence[int], *, weight: float, tuned: bool) -> Example:
    place = {int(n): at for at, n in enumerate(np.flatnonzero(ranking.open))}
    found = tuple(place[n] for n in gold if n in place)
    return Example(
        report=report,
        features=ranking.features[ranking.open],
        gold=found,
        lost=bool(gold) and not found,
        weight=weight,
        tuned=tuned,
    )


def _with_absent(data: Sequence[Example]) -> Iterator[Example]:
    for one in data:
        yield one
        if one.gold:
            rest = np.delete(one.features, list(one.gold), axis=0)
            yield Example(one.report, rest, (), lost=False, weight=one.weight * _ABSENT, tuned=one.tuned)


def _answering(case: Case, held: Sequence[Series]) -> tuple[int, ...]:
    (value,) = case.expect.values
    return tuple(n for n, series in enumerate(held) if any(_prints(series, value, p) for p in series.periods))


def _prints(series: Series, expected: ExpectedValue, period: str) -> bool:
    if (expected.period is not None and expected.period != period) or not series.disclosed(period):
        return False
    printed = series.value(period)
    if printed == expected.value:
        return True
    asked, held = read_unit(expected.unit) if expected.unit else None, series.printed_unit
    if asked is None or held is None or asked.dimension != held.dimension:
        return False
    try:
        return abs(convert(printed, held, asked) - expected.value) <= abs(expected.value) * Decimal("1e-6")
    except UnitError:
        return False


def main(arguments: list[str]) -> None:
    """Measure each report by weights fitted to the others; fit to the tuned cases of all when asked to."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    data = examples(SentenceTransformerEmbedder())
    for report in sorted({one.report for one in data}):
        weights = fit([one for one in data if one.report != report and one.tuned])
        mine = [one for one in data if one.report == report]
        answerable = sum(bool(one.gold) or one.lost for one in mine)
        sys.stdout.write(f"{report}: {answerable} answerable, {len(mine) - answerable} not\n")
        for floor, (right, wrong, broken) in measure(mine, weights).items():
            sys.stdout.write(f"  {floor:.2f}: {right} right, {wrong} wrong, {broken} answered without a row\n")
    if "--fit" in arguments:
        weights = fit([one for one in data if one.tuned])
        ROWS.write_text(written(weights, ROWS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
