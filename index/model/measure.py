"""Measure retrieval on pairs held out by law and document, and on a small fixed probe."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.model.pairs import DIRECTIONS, Pair, Side, Source, matching_form

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]  # texts in matching form to unit vectors

PROBE = Path(__file__).parent / "probe.jsonl"
GENERAL = Path(__file__).parent / "general.jsonl"
UNTOUCHED = Path(__file__).parent / "untouched.jsonl"
PASSAGE = 240  # characters of Chinese at which a held-out passage is long enough
POOLS = (240, 2000)  # passages to choose from

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Questions, the passages to choose from, and where each question's passage stands among them."""

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of general knowledge in both languages, and the questions it answers."""

    id: str
    text: Mapping[Side, str]
    questions: tuple[Mapping[Side, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A held-out passage in both languages, and the row of it that asks for it."""

    zh: str
    en: str
    asked: Pair


def hits(trial: Trial, encode: Encode, depths: Sequence[int] = (1, 5)) -> dict[str, float]:
    """Give the share of questions whose passage is among the first 1, the first 5."""
    scores = encode(trial.questions) @ encode(trial.passages).T
    own = scores[np.arange(len(trial.answers)), trial.answers]
    ranks = (scores > own[:, None]).sum(axis=1)
    shares = {f"hit@{depth}": round(float((ranks < depth).mean()), 3) for depth in depths}
    return shares | {"mrr": round(float((1 / (1 + ranks)).mean()), 3)}


def measure(trials: Sequence[Trial], encode: Encode) -> dict[str, dict[str, float]]:
    """Measure every trial by name."""
    return {trial.name: hits(trial, encode) for trial in trials}


def held_out_trials(sources: Sequence[Source], *, seed: int = 7) -> list[Trial]:
    """Ask for held-out passages by one of their sentences, in either language, and by their heading."""
    random = np.random.default_rng(seed)
    found = [_windows(source, random) for source in sources if source.kind == "text"]
    headings = [[p for run in s.held_out for p in run] for s in sources if s.language == "zh"]
    trials = []
    for pool in POOLS:
        windows = _even(found, pool, random)
        zh, en = [w.zh for w in windows], [w.en for w in windows]
        asked_zh, asked_en = [w.asked.left for w in windows], [w.asked.right for w in windows]
        trials.append(_trial(f"held-out en>zh {pool}", asked_en, zh))
        trials.append(_trial(f"held-out zh>en {pool}", asked_zh, en))
        trials.append(_trial(f"few words en>zh {pool}", [_few(q.split(), 6, " ") for q in asked_en], zh))
        trials.append(_trial(f"few words zh>en {pool}", [_few(list(q), 8, "") for q in asked_zh], en))
        pairs = _even(headings, pool, random)
        trials.append(_trial(f"headings zh>zh {pool}", [p.left for p in pairs], [p.right for p in pairs]))
    return trials


def probe_trials(path: Path = PROBE, *, distractors: Sequence[Source] = ()) -> list[Trial]:
    """Ask our own probe's questions of its own passages, with held-out passages to lead astray."""
    with path.open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    random = np.random.default_rng(3)
    astray = _even([_windows(s, random) for s in distractors if s.kind == "text"], 240 - len(cases), random)
    trials = []
    for topic in sorted({case["topic"] for case in cases}):
        for asked, answered in DIRECTIONS:
            passages = [matching_form(c[f"passage_{answered}"]) for c in cases]
            passages += [window.zh if answered == "zh" else window.en for window in astray]
            chosen = [(number, case) for number, case in enumerate(cases) if case["topic"] == topic]
            trials.append(
                Trial(
                    name=f"probe {topic} {asked}>{answered} {len(passages)}",
                    questions=tuple(matching_form(case[f"question_{asked}"]) for _, case in chosen),
                    passages=tuple(passages),
                    answers=tuple(number for number, _ in chosen),
                )
            )
    return trials


def general_trials() -> list[Trial]:
    """Ask for paragraphs of general knowledge in every direction, as `general_knowledge` names them."""
    return [
        Trial(
            name=f"{name} {asked}>{answered} {len(pool)}",
            questions=tuple(matching_form(q[asked]) for paragraph in chosen for q in paragraph.questions),
            passages=tuple(matching_form(paragraph.text[answered]) for paragraph in pool),
            answers=tuple(n for n, paragraph in enumerate(chosen) for _ in paragraph.questions),
        )
        for name, chosen, pool in general_knowledge()
        for asked, answered in DIRECTIONS
    ]


def general_knowledge() -> Iterator[tuple[str, list[Paragraph], list[Paragraph]]]:
    """Give a name, the paragraphs that are asked for, and those to choose from, which begin with them.

    Settings are chosen on half 1 and seen by half 2; nothing may be chosen on what is untouched.
    """
    general, untouched = read_paragraphs(GENERAL), read_paragraphs(UNTOUCHED)
    for half in (0, 1):
        yield f"general half {half + 1}", general[half::2], general[half::2] + general[1 - half :: 2]
    yield "untouched", untouched, untouched + general


def read_paragraphs(path: Path) -> list[Paragraph]:
    """Read paragraphs and their questions, one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Paragraph(id=row["id"], text={"en": row["en"], "zh": row["zh"]}, questions=tuple(row["questions"]))
        for row in rows
    ]


def _windows(source: Source, random: np.random.Generator) -> list[Window]:
    """Cut held-out runs into passages of some length, each with one of its rows, the one asked by."""
    windows: list[Window] = []
    for run in source.held_out:
        window: list[Pair] = []
        for pair in run:
            window.append(pair)
            if sum(len(p.left) for p in window) >= PASSAGE / 2 or len(window) == 6:
                asked = max(window, key=lambda p: (min(len(p.left), 40), random.random()))
                zh, en = " ".join(p.left for p in window), " ".join(p.right for p in window)
                windows.append(Window(zh=zh, en=en, asked=asked))
                window = []
    return windows


def _few(parts: list[str], wanted: int, glue: str) -> str:
    """Take the middle of a sentence, about as much as a question says."""
    first = max(0, (len(parts) - wanted) // 2)
    return glue.join(parts[first : first + wanted])


def _even(groups: Sequence[Sequence[Item]], wanted: int, random: np.random.Generator) -> list[Item]:
    """Choose items from all groups, as evenly as their sizes allow."""
    shuffled = [[group[i] for i in random.permutation(len(group))] for group in groups]
    rounds = [
        [group[turn] for group in shuffled if turn < len(group)] for turn in range(max(map(len, shuffled), default=0))
    ]
    return [item for turn in rounds for item in turn][:wanted]


def _trial(name: str, questions: Sequence[str], passages: Sequence[str]) -> Trial:
    return Trial(name=name, questions=tuple(questions), passages=tuple(passages), answers=tuple(range(len(questions))))
