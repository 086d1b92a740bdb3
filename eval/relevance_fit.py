"""Fit the weights that tell which sentence and which number answers, on questions whose answer is known.

    python -m eval.relevance_fit         # how often the likeliest answers, and what each floor lets through
    python -m eval.relevance_fit --fit   # write the weights of qa/relevance.toml anew; its floors stay

The questions are the tuned cases of eval/cases and eval/reports, and those of index/model/written, reports written to
learn from. A question competes for every sentence of its report, or every number of its likeliest sentences, and for
silence, which is right where nothing answers. What is measured is out of sample: every report by weights that were
fitted to the others.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

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
from qa.candidates import CANDIDATE_NAMES
from qa.evidence import Sentence
from qa.extract import Prose, Reading
from qa.logit import Logit, certainty
from qa.question import understand
from qa.relevance import NAMES

WRITTEN: Final = Path(BUNDLED).parent / "written"
WEIGHTS: Final = Path(__file__).parents[1] / "qa" / "relevance.toml"
FLOORS: Final = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
ANSWERED: Final[frozenset[Kind]] = frozenset({"prose_number", "narrative", "list"})
SILENT: Final = frozenset({"not_in_report", "off_topic"})  # another period or boundary is not for a sentence to tell
OF: Final = {"sentence": NAMES, "number": CANDIDATE_NAMES}

What = Literal["sentence", "number"]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the evidence of everything that may answer it."""

    report: str  # the editions of one company are one
    features: torch.Tensor  # float64, sentences or numbers x names
    answers: torch.Tensor  # bool, by row; all False: nothing answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question and what its answering sentence is known by."""

    question: str
    answer: Sequence[str] | Expectation | None  # stretches of sentences, or what a case expects; None: nothing answers
    value: float | None = None  # the number asked for
    near: bool = False  # nothing answers, but a sentence comes close


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A question, read in its report."""

    report: str
    year: int | None
    asked: Asked
    reading: Reading


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the likeliest of every question came to."""

    answerable: int
    first: int  # questions whose likeliest answers
    kept: dict[float, tuple[int, int, int]]  # by floor: right ones kept, wrong ones kept, silence broken


def examples(embedder: Embedder, *, sentences: Logit | None = None) -> dict[What, list[Example]]:
    """Ask every question of its own report; a case whose answer cannot be told is left out.

    `sentences` ranks those whose numbers are looked at; without it the shipped weights do.
    A near miss teaches numbers to be silent; of sentences, that come close, it would teach all to be.
    """
    found: dict[What, list[Example]] = {"sentence": [], "number": []}
    for read in _read(embedder, sentences):
        marks = _marks(read.asked, read.reading)
        if read.asked.answer is not None and not marks.any():
            continue
        if not read.asked.near:
            found["sentence"].append(_example(read.report, read.reading.features, marks))
        numbers = _numbers(read, marks)
        if numbers is not None:
            found["number"].append(numbers)
    return found


def fit(data: Sequence[Example], *, penalty: float = 0.002, steps: int = 300) -> torch.Tensor:
    """Fit a conditional logit with the alternative "none" by maximum likelihood (L-BFGS); the bias comes last.

    The L2 penalty is on weights of features as many standard deviations long.
    """
    rows = torch.cat([example.features for example in data])
    spread = rows.std(dim=0) + 1e-6
    of = torch.repeat_interleave(torch.arange(len(data)), torch.tensor([len(e.features) for e in data]))
    right = torch.cat([example.answers for example in data])
    silent = torch.tensor([not bool(example.answers.any()) for example in data])
    weights = torch.zeros(rows.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, tolerance_change=1e-10, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        odds = rows @ (weights[:-1] / spread) + weights[-1]
        every = _log_sum(odds, of, len(data), none=True)
        answered = _log_sum(odds.masked_fill(~right, -1e9), of, len(data), none=False)
        value = torch.where(silent, every, every - answered).mean() + penalty / 2 * (weights[:-1] ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]  # torch's is
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]  # torch's is
    fitted = weights.detach()
    return torch.cat([fitted[:-1] / spread, fitted[-1:]])


def measure(data: Sequence[Example]) -> Outcome:
    """Count, report by report with weights fitted to the others, what each floor lets through."""
    kept = {floor: [0, 0, 0] for floor in FLOORS}
    answerable = first = 0
    for report in sorted({example.report for example in data}):
        model = as_logit(fit([example for example in data if example.report != report]), floor=0.0)
        for example in (example for example in data if example.report == report):
            odds = model.odds(example.features.numpy().astype(np.float32))
            best = int(odds.argmax())
            known, right = bool(example.answers.any()), bool(example.answers[best])
            answerable, first = answerable + known, first + right
            for floor in FLOORS:
                if certainty(odds, best) >= floor:
                    kept[floor][0 if right else 1 if known else 2] += 1
    return Outcome(answerable, first, {floor: (a, b, c) for floor, (a, b, c) in kept.items()})


def as_logit(weights: torch.Tensor, *, floor: float) -> Logit:
    """Make a model of fitted weights, the bias last."""
    return Logit(weights=weights[:-1].numpy().astype(np.float32), bias=float(weights[-1]), floor=floor)


def written(fitted: dict[What, torch.Tensor], before: str) -> str:
    """Put weights in the place of those of a relevance.toml; its header and floors stay."""
    held = tomllib.loads(before)
    lines = [before.split("\n[")[0].rstrip()]
    for name, weights in fitted.items():
        lines += ["", f"[{name}]", f"bias = {float(weights[-1]):.3f}", f"floor = {held[name]['floor']}", ""]
        lines += [f"[{name}.weights]", *(f"{n} = {float(w):.3f}" for n, w in zip(OF[name], weights, strict=False))]
    return "\n".join(lines) + "\n"


def answering(sentences: Sequence[Sentence], answer: Sequence[str] | Expectation) -> Marks:
    """Tell of every sentence whether it answers."""
    if isinstance(answer, Expectation):
        return np.array([_in_evidence(one, answer) and _holds(one.text, answer) for one in sentences], dtype=bool)
    plain = [_plain(sentence.text) for sentence in sentences]
    return np.array([any(_plain(words) in text for words in answer) for text in plain], dtype=bool)


def _marks(asked: Asked, reading: Reading) -> Marks:
    sentences = reading.pages.sentences
    return np.zeros(len(sentences), bool) if asked.answer is None else answering(sentences, asked.answer)


def _numbers(read: Read, marks: Marks) -> Example | None:
    """Tell which numbers of the likeliest sentences are the one asked for; None: no number was, or none is there."""
    asked, reading = read.asked, read.reading
    if reading.question.ask != "number" or (asked.answer is not None and asked.value is None):
        return None
    found, features = reading.numbers(reading.fitting(must=(), year=read.year))
    if not found:
        return None
    answers = [bool(marks[n]) and _equal(float(one.quantity.value), asked.value) for n, one in found]
    if asked.answer is not None and not any(answers):
        return None  # the sentence was not among the likeliest: numbers have nothing to learn from it
    return _example(read.report, features, np.array(answers, dtype=bool))


def _equal(value: float, asked: float | None) -> bool:
    return asked is not None and abs(abs(value) - abs(asked)) <= 1e-6 * max(1.0, abs(asked))


def _example(report: str, features: npt.NDArray[np.float32], answers: Marks) -> Example:
    return Example(report, torch.from_numpy(features.astype(np.float64)), torch.from_numpy(answers))


def _log_sum(odds: torch.Tensor, of: torch.Tensor, questions: int, *, none: bool) -> torch.Tensor:
    """Log of the sum of the exponentials of each question's odds, with silence's (1) where `none`."""
    highest = torch.zeros(questions, dtype=odds.dtype).scatter_reduce(0, of, odds.detach(), "amax", include_self=none)
    total = torch.zeros(questions, dtype=odds.dtype).index_add(0, of, torch.exp(odds - highest[of]))
    return highest + torch.log(total + (torch.exp(-highest) if none else 0.0))


def _read(embedder: Embedder, sentences: Logit | None) -> Iterator[Read]:
    for name, suite in suites().items():
        company = suite.reports[0].name.partition(".")[0] if name in ("bundled", "blind", "prose") else name
        yield from _of_report(company, suite.reports, list(_tuned(load_cases(suite.cases))), embedder, sentences)
    for folder in sorted(path for path in WRITTEN.iterdir() if path.is_dir()):
        rows = map(json.loads, (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines())
        asked = [_written(row) for row in rows]
        yield from _of_report(folder.name, sorted(folder.glob("*.md")), asked, embedder, sentences)


def _written(row: dict[str, object]) -> Asked:
    answers = [row.get("answer"), *_texts(row.get("also")), *_texts(row.get("items"))]
    return Asked(
        question=str(row["question"]),
        answer=[str(answer) for answer in answers] if "answer" in row else None,
        value=float(str(row["value"])) if "value" in row else None,
        near=bool(row.get("near")),
    )


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _tuned(cases: Iterable[Case]) -> Iterator[Asked]:
    for case in cases:
        expect = case.expect
        reasons = frozenset(expect.reasons)
        if case.split != "tuned" or case.history:
            continue
        if case.kind in ANSWERED and expect.status == "answered":
            value = float(expect.values[0].value) if expect.values else None
            yield Asked(question=case.question, answer=expect, value=value)
        elif case.kind == "not_disclosed" and reasons and reasons <= SILENT:
            yield Asked(question=case.question, answer=None)


def _of_report(
    report: str, editions: Sequence[Path], asked: Sequence[Asked], embedder: Embedder, sentences: Logit | None
) -> Iterator[Read]:
    with TemporaryDirectory() as folder:
        build(editions, Path(folder), embedder=embedder)
        snapshot = open_current(Path(folder))
        lexicon = bundled_lexicon()
        prose = Prose(snapshot, embedder, lexicon, sentences=sentences)
        held = [edition.metadata for edition in snapshot.manifest.editions]
        names = [name for m in held for name in (m.company, m.stock_code, *m.aliases) if name]
        for one in asked:
            question = understand(one.question, lexicon=lexicon, latest=str(held[0].year))
            reading = prose.read(question, held[0].report_id, names=names)
            if reading is not None:
                yield Read(report=report, year=held[0].year, asked=one, reading=reading)


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
    """Measure out of sample, and fit to all when asked to: sentences first, then numbers of those likeliest by them."""
    embedder = SentenceTransformerEmbedder()
    data = examples(embedder)
    if "--fit" in arguments:
        sentence = fit(data["sentence"])
        data = examples(embedder, sentences=as_logit(sentence, floor=0.0))
        fitted: dict[What, torch.Tensor] = {"sentence": sentence, "number": fit(data["number"])}
        WEIGHTS.write_text(written(fitted, WEIGHTS.read_text(encoding="utf-8")), encoding="utf-8")
    for name, rows in data.items():
        outcome = measure(rows)
        silent = len(rows) - outcome.answerable
        sys.stdout.write(f"likeliest {name} answers: {outcome.first} of {outcome.answerable}\n")
        for floor, (right, wrong, broken) in outcome.kept.items():
            sys.stdout.write(
                f"  {floor:.2f}: {right} right, {wrong} wrong, {broken} of {silent} answered without one\n"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
