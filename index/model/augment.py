"""Make questions and passages out of pairs: windows of rows, spans, dropped words, code-switching."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from index.model.pairs import Side
from index.model.pieces import Ids, Pieces

# How people begin and end a question; words that say nothing about the passage they look for.
ASKING: dict[Side, tuple[str, ...]] = {
    "en": (
        "what is the ?", "what was ?", "what are the ?", "what were ?", "what did ?", "what does ?", "what kind of ?",
        "what type of ?", "what percentage of ?", "what year did ?", "what is the name of ?", "in what year was ?",
        "which ?", "which of the ?", "in which ?", "who is ?", "who was the ?", "who did ?", "whose ?", "when was ?",
        "when did ?", "when is ?", "where is ?", "where did ?", "where was ?", "why is ?", "why did ?", "why are ?",
        "how is ?", "how are ?", "how did ?", "how does ?", "how do ?", "how many ?", "how much ?", "how long ?",
        "how often ?", "how old ?", "how large is ?", "is there ?", "are there any ?", "does the ?", "did the ?",
        "has ?", "can you tell me ?", "please list ?", "tell me about ?", "describe the ?", "according to ?",
    ),
    "zh": (
        "什么是?", "是什么?", "有什么?", "什么?", "为什么?", "怎么?", "怎样?", "如何?", "是如何的?", "哪些?", "有哪些?",
        "哪个?", "哪一个?", "哪里?", "在哪里?", "哪一年?", "在哪一年?", "何时?", "什么时候?", "谁?", "是谁?", "多少?",
        "有多少?", "是多少?", "多久?", "多大?", "几个?", "几多?", "是否?", "有没有?", "吗?", "请问", "请列出", "请介绍",
        "根据", "被称为什么?", "叫什么名字?", "什么类型的?", "百分之多少?", "由谁?", "是什么意思?", "会怎样?",
    ),
}  # fmt: skip

SHORTEST_SPAN, LONGEST_SPAN = 4, 20  # pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Bitext:
    """Rows of aligned text in document order."""

    zh: Pieces
    en: Pieces
    run_start: Ids  # of each row: the first row of its run
    run_end: Ids  # and the row after its last
    asking: dict[Side, Pieces]  # ASKING as pieces

    def side(self, side: Side) -> Pieces:
        """Give the rows of one language."""
        return self.zh if side == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How far a question and a passage are bent away from the pair they come from."""

    widest: int = 6  # rows before or after that join a passage
    alone: float = 0.35  # share of passages that are their one row
    longest: int = 200  # pieces of a passage
    whole: float = 0.25  # share of questions that are their whole row
    span: float = 0.4  # share that are a span of it; the rest are scattered words of it
    scattered: tuple[float, float] = (0.2, 0.7)  # share of the words kept
    passage_kept: float = 0.9  # share of a passage's words kept
    asked: float = 0.5  # share of questions in the words of a question
    switched: float = 0.15  # share of batches whose questions have words of the other language
    spelt: float = 0.1  # share of the words written in smaller pieces


def question_and_passage(
    bitext: Bitext, rows: Ids, asked: Side, answered: Side, *, augmentation: Augmentation, random: Generator
) -> tuple[Pieces, Pieces]:
    """Make a question in one language and a passage in one language for each row."""
    questions = _questions(bitext.side(asked), rows, augmentation, random)
    if random.random() < augmentation.switched:
        other: Side = "en" if asked == "zh" else "zh"
        more = _questions(bitext.side(other), rows, augmentation, random)
        questions = thin(questions, 0.6, random).beside(thin(more, 0.4, random))
    questions = as_asked(questions, bitext.asking[asked], augmentation.asked, random)
    passages = _passages(bitext, rows, bitext.side(answered), augmentation, random)
    return questions, thin(passages, augmentation.passage_kept, random)


def as_asked(questions: Pieces, asking: Pieces, share: float, random: Generator) -> Pieces:
    """Put the words of a question around a share of the questions."""
    chosen = random.integers(len(asking), size=len(questions))
    length = np.diff(asking.starts)[chosen] * (random.random(len(questions)) < share)
    return questions.beside(asking.take(asking.starts[chosen], length))


def thin(texts: Pieces, kept: float | NDArray[np.float64], random: Generator) -> Pieces:
    """Drop pieces at random; `kept` is one share for all or one for each text."""
    share = np.repeat(np.broadcast_to(np.asarray(kept), len(texts)), np.diff(texts.starts))
    return texts.keep(random.random(len(texts.ids)) < share)


def spell(texts: Pieces, spelling: Pieces, share: float, random: Generator) -> Pieces:
    """Write a share of the pieces in smaller pieces, so that a rare word's parts mean what the common words' do."""
    chosen = random.random(len(texts.ids)) < share
    length = np.where(chosen, np.diff(spelling.starts)[texts.ids], 1)
    written = spelling.take(spelling.starts[texts.ids], length)
    whole = np.repeat(~chosen, length)
    ids = np.where(whole, np.repeat(texts.ids, length), written.ids)
    return Pieces(ids=ids, starts=written.starts[texts.starts])


def _questions(side: Pieces, rows: Ids, augmentation: Augmentation, random: Generator) -> Pieces:
    length = side.starts[rows + 1] - side.starts[rows]
    kind = random.random(len(rows))
    whole = kind < augmentation.whole
    span = ~whole & (kind < augmentation.whole + augmentation.span)
    wanted = np.where(span, random.integers(SHORTEST_SPAN, LONGEST_SPAN + 1, len(rows)), augmentation.longest)
    taken = np.minimum(length, wanted)
    first = side.starts[rows] + (random.random(len(rows)) * (length - taken + 1)).astype(np.int64)
    low, high = augmentation.scattered
    kept = np.where(whole | span, 1.0, random.uniform(low, high, len(rows)))
    return thin(side.take(first, taken), kept, random)


def _passages(bitext: Bitext, rows: Ids, side: Pieces, augmentation: Augmentation, random: Generator) -> Pieces:
    alone = random.random(len(rows)) < augmentation.alone
    reach = np.where(alone, 0, augmentation.widest)
    before = (random.random(len(rows)) * (reach + 1) / 2).astype(np.int64)
    after = (random.random(len(rows)) * (reach + 1) / 2).astype(np.int64)
    first = np.maximum(bitext.run_start[rows], rows - before)
    last = np.minimum(bitext.run_end[rows], rows + 1 + after)
    too_long = side.starts[last] - side.starts[first] > augmentation.longest
    first, last = np.where(too_long, rows, first), np.where(too_long, rows + 1, last)
    return side.take(side.starts[first], np.minimum(side.starts[last] - side.starts[first], augmentation.longest))
