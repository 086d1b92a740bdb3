"""Fit the weights that tell which sentence answers, on questions whose answering sentence is known, and measure them.

    python -m eval.relevance_fit         # how often the likeliest sentence answers, and what each floor lets through
    python -m eval.relevance_fit --fit   # write the weights of qa/relevance.toml anew; its floor stays

The questions are the tuned cases of eval/cases and eval/reports, and those of index/model/written, reports written to
learn from. A question competes for every sentence of its report and for silence, which is right where nothing answers.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from eval.case import Case, Expectation, Kind
from eval.run import load_cases
from eval.suite import suites
from index.build import build
from index.embed import BUNDLED, Embedder, SentenceTransformerEmbedder
from index.lexicon import bundled_lexicon
from index.quantity import find_quantities
from index.script import fold
from index.snapshot import open_current
from qa.evidence import Sentence
from qa.extract import Prose
from qa.question import understand
from qa.relevance import NAMES, Relevance, bundled_relevance

WRITTEN: Final = Path(BUNDLED).parent / "written"
WEIGHTS: Final = Path(__file__).parents[1] / "qa" / "relevance.toml"
FLOORS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
ANSWERED: Final[frozenset[Kind]] = frozenset({"prose_number", "narrative", "list"})
SILENT: Final = frozenset({"not_in_report", "off_topic"})  # another period or boundary is not for a sentence to tell

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the evidence of every sentence."""

    features: torch.Tensor  # float64, sentences x NAMES
    answers: torch.Tensor  # bool, by sentence; all False: the report does not answer


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what its answering sentence is known by."""

    question: str
    answer: str | Expectation | None  # words of the sentence, or what a case expects; None: nothing answers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the likeliest sentence of every question came to."""

    answerable: int
    first: int  # questions whose likeliest sentence answers
    kept: dict[float, tuple[int, int, int]]  # by floor: right ones kept, wrong ones kept, silence broken


def examples(embedder: Embedder) -> Iterator[Example]:
    """Ask every question of its own report; a case whose answering sentence cannot be told is left out."""
    for name, suite in suites().items():
        if name != "blind":
            yield from _of_report(suite.reports, list(_tuned(load_cases(suite.cases))), embedder)
    for folder in sorted(path for path in WRITTEN.iterdir() if path.is_dir()):
        rows = map(json.loads, (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines())
        asked = [Asked(row["question"], row.get("answer")) for row in rows]
        yield from _of_report(sorted(folder.glob("*.md")), asked, embedder)


def fit(data: Sequence[Example], *, penalty: float = 0.02, steps: int = 500) -> torch.Tensor:
    """Fit a conditional logit with the alternative "none" by maximum likelihood (L-BFGS); the bias comes last."""
    weights = torch.zeros(len(NAMES) + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, tolerance_change=1e-10, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        surprise = torch.stack([_surprise(example, weights) for example in data]).mean()
        value = surprise + penalty / 2 * (weights[:-1] ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]  # torch's is
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]  # torch's is
    return weights.detach()


def measure(data: Sequence[Example], relevance: Relevance) -> Outcome:
    """Count at each floor what is answered rightly, answered wrongly, and answered where nothing answers."""
    kept = {floor: [0, 0, 0] for floor in FLOORS}
    answerable = first = 0
    for example in data:
        likelihoods = relevance.scores(example.features.numpy().astype(np.float32))
        best = int(likelihoods.argmax())
        known = bool(example.answers.any())
        right = bool(example.answers[best])
        answerable, first = answerable + known, first + right
        for floor in FLOORS:
            if likelihoods[best] >= floor:
                kept[floor][0 if right else 1 if known else 2] += 1
    return Outcome(answerable, first, {floor: (a, b, c) for floor, (a, b, c) in kept.items()})


def written(weights: torch.Tensor, before: str) -> str:
    """Put weights in the place of those of a relevance.toml; its header and floor stay."""
    lines = [f"{name} = {float(weight):.3f}" for name, weight in zip(NAMES, weights, strict=False)]
    head = re.sub(r"^bias = .*$", f"bias = {float(weights[-1]):.3f}", before.split("[weights]")[0], flags=re.MULTILINE)
    return head + "[weights]\n" + "\n".join(lines) + "\n"


def answering(sentences: Sequence[Sentence], answer: str | Expectation) -> Marks:
    """Tell of every sentence whether it answers."""
    if isinstance(answer, str):
        return np.array([_plain(answer) in _plain(sentence.text) for sentence in sentences], dtype=bool)
    return np.array([_in_evidence(sentence, answer) and _holds(sentence.text, answer) for sentence in sentences], bool)


def _tuned(cases: Iterable[Case]) -> Iterator[Asked]:
    for case in cases:
        reasons = frozenset(case.expect.reasons)
        if case.split != "tuned" or case.history:
            continue
        if case.kind in ANSWERED:
            yield Asked(case.question, case.expect)
        elif case.kind == "not_disclosed" and reasons and reasons <= SILENT:
            yield Asked(case.question, None)


def _of_report(reports: Sequence[Path], asked: Sequence[Asked], embedder: Embedder) -> Iterator[Example]:
    with TemporaryDirectory() as folder:
        build(reports, Path(folder), embedder=embedder)
        snapshot = open_current(Path(folder))
        lexicon = bundled_lexicon()
        prose = Prose(snapshot, embedder, lexicon)
        editions = [edition.metadata for edition in snapshot.manifest.editions]
        names = [name for m in editions for name in (m.company, m.stock_code, *m.aliases) if name]
        for one in asked:
            question = understand(one.question, lexicon=lexicon, latest=str(editions[0].year))
            found = prose.measure(question, editions[0].report_id, names=names)
            if found is None:
                continue
            sentences, features = found
            marks = np.zeros(len(sentences), bool) if one.answer is None else answering(sentences, one.answer)
            if one.answer is None or marks.any():
                yield Example(torch.from_numpy(features.astype(np.float64)), torch.from_numpy(marks))


def _surprise(example: Example, weights: torch.Tensor) -> torch.Tensor:
    """How unlikely the right outcomes are: minus the logarithm of their share."""
    scores = torch.cat([example.features @ weights[:-1] + weights[-1], torch.zeros(1, dtype=torch.float64)])
    right = torch.cat([example.answers, ~example.answers.any().reshape(1)])
    return torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)


def _in_evidence(sentence: Sentence, expect: Expectation) -> bool:
    place = sentence.passage.id.split(".", 2)[-1]
    return not expect.evidence or any(place == key or place.startswith(f"{key}.") for key in expect.evidence)


def _holds(text: str, expect: Expectation) -> bool:
    """Tell whether a sentence has the first number, a word or a list item that is expected, or leads to the list."""
    plain = _plain(text)
    if expect.values and any(abs(q.value) == abs(expect.values[0].value) for q in find_quantities(text)):
        return True
    if any(_plain(words) in plain for words in expect.contains):
        return True
    items = any(_plain(words) in plain for item in expect.list_items for words in item)
    return items or (bool(expect.list_items) and text.rstrip().endswith((":", "：")))


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", fold(text)).casefold()


def main(arguments: list[str]) -> None:
    """Fit when asked to, then print what each floor brings."""
    data = list(examples(SentenceTransformerEmbedder()))
    if "--fit" in arguments:
        WEIGHTS.write_text(written(fit(data), WEIGHTS.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = measure(data, bundled_relevance())
    silent = len(data) - outcome.answerable
    sys.stdout.write(f"likeliest sentence answers: {outcome.first} of {outcome.answerable}\n")
    for floor, (right, wrong, broken) in outcome.kept.items():
        sys.stdout.write(f"  {floor:.1f}: {right} right, {wrong} wrong, {broken} of {silent} answered without one\n")


if __name__ == "__main__":
    main(sys.argv[1:])
