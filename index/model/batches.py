"""Plan which rows are asked beside which, and make a batch of questions and passages of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.random import Generator

from index.model.augment import as_asked, question_and_passage, spell, thin
from index.model.lessons import Lessons
from index.model.pairs import DIRECTIONS, Side
from index.model.pieces import Ids, Pieces
from index.model.recipe import Recipe

Kind = Literal["rows", "headings in Chinese", "headings in English"]

KINDS: tuple[Kind, ...] = ("rows", "headings in Chinese", "headings in English")
HEADINGS: dict[Kind, Side] = {"headings in Chinese": "zh", "headings in English": "en"}

DOCUMENT = 120  # rows: about as much as one law or page of documentation
APART = 8  # rows between two that are asked of one document, so that no passage holds another's row


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Rows that are asked in one batch, each the others' negative."""

    kind: Kind
    rows: Ids


def plan(lessons: Lessons, recipe: Recipe, random: Generator) -> list[Planned]:
    """Plan one epoch.

    Large sources fill batches of their own, a share of them with rows of the same documents, whose passages are the
    hardest to tell apart; small sources are mixed.
    """
    batches: list[Planned] = []
    mixed: list[Ids] = []
    for name, rows in lessons.rows.items():
        wanted = min(len(rows) * recipe.repeats.get(name, 1), recipe.limit(name))
        near = 0.0 if name in lessons.titles else recipe.near
        beside = _neighbours(rows, random)[: int(wanted * near)]
        anywhere = random.permutation(np.repeat(rows, recipe.repeats.get(name, 1)))[: wanted - len(beside)]
        for chosen in (beside, anywhere):
            whole = len(chosen) // recipe.batch * recipe.batch
            batches += [Planned(kind="rows", rows=part) for part in chosen[:whole].reshape(-1, recipe.batch)]
            mixed.append(chosen[whole:])
    rest = random.permutation(np.concatenate(mixed))
    rest = rest[: len(rest) // recipe.batch * recipe.batch]
    batches += [Planned(kind="rows", rows=part) for part in rest.reshape(-1, recipe.batch)]
    for kind, side in HEADINGS.items():
        same = lessons.headings[side].same
        shuffled = random.permutation(len(same))
        order = random.permutation(shuffled[np.unique(same[shuffled], return_index=True)[1]])
        order = order[: len(order) // recipe.batch * recipe.batch]
        batches += [Planned(kind=kind, rows=part) for part in order.reshape(-1, recipe.batch)]
    return [batches[i] for i in random.permutation(len(batches))]


class Questions:
    """Make the questions and passages of a planned batch; what a trainer of sentence-transformers calls a collator."""

    valid_label_columns: Sequence[str] = ()

    def __init__(self, lessons: Lessons, recipe: Recipe) -> None:
        self._lessons = lessons
        self._recipe = recipe
        self._random = np.random.default_rng(recipe.seed)

    def __call__(self, batch: Sequence[Mapping[str, int]]) -> dict[str, torch.Tensor]:
        """Turn rows of one kind into the features of a question column and a passage column."""
        kind = KINDS[batch[0]["kind"]]
        questions, passages = self.make(Planned(kind=kind, rows=np.array([each["row"] for each in batch])))
        return dict(_columns("question", questions)) | dict(_columns("passage", passages))

    def make(self, planned: Planned) -> tuple[Pieces, Pieces]:
        """Make a question and a passage of each row, afresh each time."""
        random, augmentation = self._random, self._recipe.augmentation
        if planned.kind == "rows":
            asked, answered = DIRECTIONS[random.choice(len(DIRECTIONS), p=self._recipe.directions)]
            questions, passages = question_and_passage(
                self._lessons.bitext, planned.rows, asked, answered, augmentation=augmentation, random=random
            )
        else:
            questions, passages = self._under_headings(HEADINGS[planned.kind], planned.rows)
        table, share = self._lessons.spelling, augmentation.spelt
        return spell(questions, table, share, random), spell(passages, table, share, random)

    def _under_headings(self, side: Side, rows: Ids) -> tuple[Pieces, Pieces]:
        augmentation, held = self._recipe.augmentation, self._lessons.headings[side]
        asked = held.headings.take(held.headings.starts[rows], np.diff(held.headings.starts)[rows])
        length = np.minimum(np.diff(held.passages.starts)[rows], augmentation.longest)
        return (
            as_asked(asked, self._lessons.bitext.asking[side], augmentation.asked, self._random),
            thin(held.passages.take(held.passages.starts[rows], length), augmentation.passage_kept, self._random),
        )


def _neighbours(rows: Ids, random: Generator) -> Ids:
    """Order rows document by document, documents at random, leaving out those too near to another."""
    document = rows // DOCUMENT
    place = random.permutation(document.max() + 1)[document] if len(rows) else document
    kept = rows % APART == random.integers(APART)
    return np.asarray(rows[kept][np.argsort(place[kept], kind="stable")])


def _columns(name: str, texts: Pieces) -> Iterator[tuple[str, torch.Tensor]]:
    return ((f"{name}_{key}", value) for key, value in texts.features().items())
