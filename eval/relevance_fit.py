"""Fit the weights that tell which sentence and which number answers, on questions whose answer is known.

    python -m eval.relevance_fit         # how often the likeliest answers, and what each floor lets through
    python -m eval.relevance_fit --fit   # write the weights of qa/relevance.toml anew; its floors stay

The questions are the tuned cases of eval/cases and eval/reports, and those of index/model/written, reports written to
learn from. Sentences of a report compete for a question with each other ("sentence") and with silence as well, which is
right where nothing answers ("silence"). By these, fitted to the other reports, the likeliest sentence of each question
is found, and whether quoting it answers is learnt ("answer"), and which of the likeliest sentences' numbers is the one
asked for, or none ("number"). What is measured is out of sample: each report by weights fitted to the others.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.utils.rnn import pad_sequence

from eval.case import Case, Expectation, Kind
from eval.run import load_cases
from eval.suite import EDITIONS, suites
from index.build import build
from index.embed import BUNDLED, Embedder, SentenceTransformerEmbedder
from index.lexicon import bundled_lexicon
from index.quantity import find_quantities
from index.script import fold
from index.snapshot import open_current
from qa.evidence import Sentence
from qa.extract import Prose, Reading
from qa.logit import Logit, certainty
from qa.question import understand
from qa.relevance import FITTED, NAMES

WRITTEN: Final = Path(BUNDLED).parent / "written"
WEIGHTS: Final = Path(__file__).parents[1] / "qa" / "relevance.toml"
FLOORS: Final = (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
ANSWERED: Final[frozenset[Kind]] = frozenset({"prose_number", "narrative", "list"})
SILENT: Final = frozenset({"not_in_report", "off_topic"})  # another period or boundary is not for a sentence to tell
COMPETING: Final = 60  # sentences that a fit sees of each question: 97 in 100 right ones are among them

_NEVER: Final = 1e9  # log odds against what cannot be

What = Literal["sentence", "silence", "answer", "number"]
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
    items: Sequence[str] = ()  # of a list; all of them are asked for
    value: float | None = None  # the number asked for
    near: bool = False  # nothing answers, but a sentence comes close


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A question, read in its report."""

    report: str
    year: int | None
    asked: Asked
    reading: Reading
    marks: Marks  # of the reading's sentences that answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the likeliest of every question came to."""

    answerable: int
    first: int  # questions whose likeliest answers
    kept: dict[float, tuple[int, int, int]]  # by floor: right ones kept, wrong ones kept, silence broken


def sentence_examples(asked: Sequence[Read]) -> list[Example]:
    """Give the sentences of questions that one of them answers."""
    return [example for read in asked if (example := _competing(read)).answers.any()]


def silence_examples(asked: Sequence[Read]) -> list[Example]:
    """Give every question's sentences; of near misses none, as sentences that come close would learn to be silent."""
    given = [(read, _competing(read)) for read in asked if not read.asked.near]
    return [example for read, example in given if example.answers.any() or not read.marks.any()]


def answer_examples(asked: Sequence[Read]) -> list[Example]:
    """Give the evidence that quoting the likeliest sentence answers, and whether it does; of numbers none."""
    found: list[Example] = []
    for read in asked:
        reading = read.reading
        fitting = [] if reading.question.ask == "number" else reading.fitting(must=(), year=read.year)
        if fitting:
            told = _told("\n".join(span.quote for span in reading.quoted(fitting)), read.asked)
            found.append(_example(read.report, reading.evidence(fitting[0])[None, :], np.array([told])))
    return found


def number_examples(asked: Sequence[Read]) -> list[Example]:
    """Mark the numbers asked for, of the likeliest sentences."""
    return [example for read in asked if (example := _numbers(read, read.reading)) is not None]


def cross_read(asked: Sequence[Read], sentences: torch.Tensor, silent: torch.Tensor) -> list[Read]:
    """Read every question again by weights that were fitted to the other reports, from those fitted to all on."""
    found: list[Read] = []
    for report in sorted({read.report for read in asked}):
        others = [read for read in asked if read.report != report]
        sentence = as_logit(fit(sentence_examples(others), silence=False, start=sentences))
        silence = as_logit(fit(silence_examples(others), start=silent))
        for read in (read for read in asked if read.report == report):
            table = read.reading.features
            reading = replace(read.reading, odds=sentence.odds(table), against=silence.odds(table))
            found.append(replace(read, reading=reading))
    return found


def fit(
    data: Sequence[Example],
    *,
    silence: bool = True,
    start: torch.Tensor | None = None,
    penalty: float = 0.004,
    steps: int = 200,
) -> torch.Tensor:
    """Fit a conditional logit by maximum likelihood (L-BFGS), against "none" too where `silence`; the bias comes last.

    The L2 penalty is on weights of features as many standard deviations long. Without silence the bias tells nothing:
    it puts the mean of the odds at 0. The optimum is one, wherever the search starts.
    """
    rows = torch.cat([example.features for example in data])
    spread = rows.std(dim=0) + 1e-6
    table = pad_sequence([example.features / spread for example in data], batch_first=True)
    held = pad_sequence([torch.ones(len(example.features), dtype=torch.bool) for example in data], batch_first=True)
    right = pad_sequence([example.answers for example in data], batch_first=True)
    silent = ~right.any(dim=1)
    none = torch.full((len(data), 1), 0.0 if silence else -_NEVER, dtype=torch.float64)
    weights = torch.zeros(rows.shape[1] + 1, dtype=torch.float64)
    if start is not None:
        weights = torch.cat([start[:-1] * spread, start[-1:]])
    weights.requires_grad_()
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, tolerance_change=1e-7, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        odds = table @ weights[:-1] + weights[-1]
        every = torch.logsumexp(torch.cat([odds.masked_fill(~held, -_NEVER), none], dim=1), dim=1)
        answered = torch.logsumexp(odds.masked_fill(~right, -_NEVER), dim=1)
        value = torch.where(silent, every, every - answered).mean() + penalty / 2 * (weights[:-1] ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]  # torch's is
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]  # torch's is
    found = weights.detach()
    bias = found[-1:] if silence else -(rows.mean(dim=0) @ (found[:-1] / spread))[None]
    return torch.cat([found[:-1] / spread, bias])


def measure(data: Sequence[Example]) -> Outcome:
    """Count, report by report with weights fitted to the others, what each floor lets through."""
    kept = {floor: [0, 0, 0] for floor in FLOORS}
    answerable = first = 0
    for report in sorted({example.report for example in data}):
        model = as_logit(fit([example for example in data if example.report != report]))
        for example in (example for example in data if example.report == report):
            odds = model.odds(example.features.numpy().astype(np.float32))
            best = int(odds.argmax())
            known, right = bool(example.answers.any()), bool(example.answers[best])
            answerable, first = answerable + known, first + right
            for floor in FLOORS:
                if certainty(odds, best) >= floor:
                    kept[floor][0 if right else 1 if known else 2] += 1
    return Outcome(answerable, first, {floor: (a, b, c) for floor, (a, b, c) in kept.items()})


def as_logit(weights: torch.Tensor) -> Logit:
    """Make a model of fitted weights, the bias last."""
    return Logit(weights=weights[:-1].numpy().astype(np.float32), bias=float(weights[-1]), floor=0.0)


def written(models: dict[What, torch.Tensor], before: str) -> str:
    """Put weights in the place of those of a relevance.toml; its header and floors stay."""
    held = tomllib.loads(before)
    lines = [before.split("\n[")[0].rstrip()]
    for name, weights in models.items():
        lines += ["", f"[{name}]", f"bias = {float(weights[-1]):.3f}"]
        lines += [f"floor = {held[name]['floor']}"] if "floor" in held.get(name, {}) else []
        lines += ["", f"[{name}.weights]"]
        lines += [f"{n} = {float(w):.3f}" for n, w in zip(FITTED[name], weights, strict=False)]
    return "\n".join(lines) + "\n"


def answering(sentences: Sequence[Sentence], answer: Sequence[str] | Expectation | None) -> Marks:
    """Tell of every sentence whether it answers; without an answer none does."""
    if answer is None:
        return np.zeros(len(sentences), dtype=bool)
    if isinstance(answer, Expectation):
        return np.array([_in_evidence(one, answer) and _holds(one.text, answer) for one in sentences], dtype=bool)
    plain = [_plain(sentence.text) for sentence in sentences]
    return np.array([any(_plain(words) in text for words in answer) for text in plain], dtype=bool)


def _competing(read: Read) -> Example:
    """Give the sentences that hold most of a question or are most like it."""
    table = read.reading.features
    order = np.argsort(-(table[:, NAMES.index("whole")] + 0.5 * table[:, NAMES.index("alike")]), kind="stable")
    return _example(read.report, table[order[:COMPETING]], read.marks[order[:COMPETING]])


def _told(quotes: str, asked: Asked) -> bool:
    """Tell whether quotes hold what was asked for: a list's every item."""
    answer, plain = asked.answer, _plain(quotes)
    if answer is None:
        return False
    if asked.items:
        return all(_plain(item) in plain for item in asked.items)
    if not isinstance(answer, Expectation):
        return any(_plain(words) in plain for words in answer)
    if answer.list_items:
        return all(any(_plain(words) in plain for words in item) for item in answer.list_items)
    return any(_plain(words) in plain for words in answer.contains) or _holds(quotes, answer)


def _numbers(read: Read, reading: Reading) -> Example | None:
    """Tell which numbers of the likeliest sentences are the one asked for; None: no number was, or none is there."""
    asked, marks = read.asked, read.marks
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


def _read(embedder: Embedder) -> Iterator[Read]:
    for name, suite in suites().items():
        company = suite.reports[0].name.partition(".")[0] if suite.reports[0].parent == EDITIONS else name
        yield from _of_report(company, suite.reports, list(_tuned(load_cases(suite.cases))), embedder)
    for folder in sorted(path for path in WRITTEN.iterdir() if path.is_dir()):
        rows = map(json.loads, (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines())
        asked = [_written(row) for row in rows]
        yield from _of_report(folder.name, sorted(folder.glob("*.md")), asked, embedder)


def _written(row: dict[str, object]) -> Asked:
    answers = [row.get("answer"), *_texts(row.get("also")), *_texts(row.get("items"))]
    return Asked(
        question=str(row["question"]),
        answer=[str(answer) for answer in answers] if "answer" in row else None,
        items=_texts(row.get("items")),
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


def _of_report(report: str, editions: Sequence[Path], asked: Sequence[Asked], embedder: Embedder) -> Iterator[Read]:
    with TemporaryDirectory() as folder:
        build(editions, Path(folder), embedder=embedder)
        snapshot = open_current(Path(folder))
        lexicon = bundled_lexicon()
        prose = Prose(snapshot, embedder, lexicon)
        held = [edition.metadata for edition in snapshot.manifest.editions]
        names = [name for metadata in held for name in metadata.names]
        for one in asked:
            question = understand(one.question, lexicon=lexicon, latest=str(held[0].year))
            reading = prose.read(question, held[0].report_id, names=names)
            if reading is None:
                continue
            marks = answering(reading.pages.sentences, one.answer)
            if marks.any() or one.answer is None:  # else the answer cannot be told
                yield Read(report=report, year=held[0].year, asked=one, reading=reading, marks=marks)


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
    """Measure out of sample, and fit to all when asked to: sentences first, then what rests on the likeliest."""
    torch.set_num_threads(1)  # many small fits: threads cost more than they bring
    asked = list(_read(SentenceTransformerEmbedder()))
    sentence, silence = fit(sentence_examples(asked), silence=False), fit(silence_examples(asked))
    crossed = cross_read(asked, sentence, silence)
    answers, numbers = answer_examples(crossed), number_examples(crossed)
    if "--fit" in arguments:
        weights: dict[What, torch.Tensor] = {
            "sentence": sentence,
            "silence": silence,
            "answer": fit(answers),
            "number": fit(numbers),
        }
        WEIGHTS.write_text(written(weights, WEIGHTS.read_text(encoding="utf-8")), encoding="utf-8")
    known = [read for read in crossed if read.marks.any()]
    first = sum(bool(read.marks[int(read.reading.odds.argmax())]) for read in known)
    sys.stdout.write(f"likeliest sentence answers: {first} of {len(known)}\n")
    for name, rows in {"answer": answers, "number": numbers}.items():
        outcome = measure(rows)
        silent = len(rows) - outcome.answerable
        sys.stdout.write(f"likeliest {name} is right: {outcome.first} of {outcome.answerable}\n")
        for floor, (right, wrong, broken) in outcome.kept.items():
            sys.stdout.write(
                f"  {floor:.2f}: {right} right, {wrong} wrong, {broken} of {silent} answered without one\n"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
