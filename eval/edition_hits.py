"""Count how often the right passage comes first, or in the top five: `python -m eval.edition_hits --index DIR`."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console
from rich.table import Table

from index.embed import SentenceTransformerEmbedder
from index.script import LANGUAGES, Language
from index.snapshot import Snapshot, open_current
from qa.catalogue import nearest_edition
from qa.engine import Engine
from qa.retrieve import Hit, in_readers_edition

QUESTIONS: Final = Path(__file__).with_name("edition_questions.jsonl")
DEPTHS: Final = (1, 3, 5)


class Searcher(Protocol):
    """What finds passages for a question."""

    snapshot: Snapshot

    def search(self, query: str, *, k: int = 8) -> list[Hit]:
        """Find passages in any edition, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, and the paragraphs, items or rows that answer it."""

    id: str
    language: Language
    question: str
    evidence: tuple[str, ...]  # keys of blocks, any of which will do
    written: str  # "before seeing answers" or "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A question, and the place of the first passage that answers it."""

    question: Question
    place: int | None  # counted from 1; None: not among those found


def read_questions(path: Path = QUESTIONS) -> list[Question]:
    """Read questions, one a line."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [Question(**row | {"evidence": tuple(row["evidence"])}) for row in rows]


def find(searcher: Searcher, question: Question, *, k: int = 20) -> Outcome:
    """Search for a question as a reader of its language sees it: each place once, in the nearest edition."""
    hits = in_readers_edition(searcher.search(question.question, k=k), searcher.snapshot, question.language)
    editions = {edition.metadata.language for edition in searcher.snapshot.manifest.editions}
    wanted = nearest_edition(editions, question.language)
    right = [
        place
        for place, hit in enumerate(hits, start=1)
        if hit.passage.edition == wanted and set(hit.passage.blocks) & set(question.evidence)
    ]
    return Outcome(question=question, place=right[0] if right else None)


def hits(outcomes: Sequence[Outcome], language: Language | None, depth: int) -> tuple[int, int]:
    """Count the questions in one script, or in all, that find their passage in the first `depth`; and all of them."""
    asked = [outcome for outcome in outcomes if language in (None, outcome.question.language)]
    return sum(outcome.place is not None and outcome.place <= depth for outcome in asked), len(asked)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the hits by script, and every question whose passage is not among the first three."""
    parser = argparse.ArgumentParser(prog="python -m eval.edition_hits", description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="folder with a published snapshot")
    snapshot = open_current(parser.parse_args(arguments).index)
    engine = Engine(snapshot, SentenceTransformerEmbedder())
    outcomes = [find(engine, question) for question in read_questions()]
    print_hits(outcomes, Console(highlight=False, soft_wrap=True))
    return 0


def print_hits(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print a table of hits, then the questions that missed the first three."""
    table = Table("script", "questions", *(f"top {depth}" for depth in DEPTHS), box=None)
    for language in (*LANGUAGES, None):
        counted = [hits(outcomes, language, depth) for depth in DEPTHS]
        table.add_row(language or "all", str(counted[0][1]), *(str(found) for found, _ in counted))
    console.print(table)
    for outcome in outcomes:
        if outcome.place is None or outcome.place > 3:
            console.print(f"{outcome.question.id} place {outcome.place}: {outcome.question.question}", markup=False)


if __name__ == "__main__":
    raise SystemExit(main())
