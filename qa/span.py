"""Make a sentence that answers whole: its list with it, what it points back to, what goes on beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from index.chunk import Passage
from index.quantity import Quantity
from index.script import fold
from qa.evidence import Pages, Sentence
from qa.logit import share
from qa.question import Ask

Array = npt.NDArray[np.float32]

_LEADS = re.compile(
    r"[：:]\s*$|\b(?:below|following|as\s+follows|the\s+following\s+\w+)\b[^.]*\.?\s*$|下列|如下|以下|下文|包括[：:]?$",
    re.I,
)
_POINTS_BACK = re.compile(
    r"^(?:it|they|them|this|these|those|such|its|their|he|she|his|her|both|each\s+of|"
    r"the\s+(?:\w+\s+)?(?:committee|group|team|panel|department|programme|program|project|contest|latter|former|policy|system"
    r"|document|standard|measures|unit|body|platform|review)|here|there|in\s+(?:this|these|addition)|for\s+this)\b"
    r"|^(?:该|此|其|这|它|他|她|有关|上述|相关|当中|前者|后者|小组|委员会|部门|团队|专案组|工作组|平台|系统|活动|比赛|赛事|会上|为此|届时)",
    re.I,
)
_LISTING: Final[frozenset[Ask]] = frozenset({"which", "what", "yes_no", "why", "who", "where", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of a passage that answer, and how likely they do."""

    passage: Passage
    start: int
    end: int
    score: float  # how likely it answers among all sentences, 0 to 1
    quantity: Quantity | None = None  # the number asked for, its place counted within the quote

    @property
    def quote(self) -> str:
        """The passage's own characters."""
        return self.passage.text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Tell whether two spans have characters in common."""
        return self.passage.id == other.passage.id and self.start < other.end and other.start < self.end

    def with_quantity(self, quantity: Quantity, offset: int) -> "Span":
        """Point to a number, whose place is counted from `offset` characters behind the quote's beginning."""
        return replace(self, quantity=replace(quantity, start=quantity.start + offset, end=quantity.end + offset))


def whole_spans(n: int, pages: Pages, odds: Array, *, ask: Ask, margin: float = 1.2) -> tuple[Span, ...]:
    """Widen a sentence to what can be read by itself; a list that goes on in the next passage gives two spans.

    `margin` is how much less likely, in log odds, a sentence beside it may be to be quoted with it.
    """
    first = last = n
    rest: tuple[Span, ...] = ()
    if ask in _LISTING:
        first, last, rest = _list_around(n, pages, odds, ask)
    if first == last == n and ask != "email":
        first, last = _beside(n, pages, odds, margin=0.0 if ask == "number" else margin)
    first = _antecedent(first, pages)
    opening, closing = pages.sentences[first], pages.sentences[last]
    span = Span(passage=opening.passage, start=opening.start, end=closing.end, score=share(odds, n))
    return (span, *rest)


def blocks_of(passage: Passage, start: int, end: int) -> tuple[str, ...]:
    """Name the blocks that a stretch of a passage lies in; none where its lines are not its blocks."""
    if passage.text.count("\n") + 1 != len(passage.blocks):
        return ()
    first = passage.text.count("\n", 0, start)
    return passage.blocks[first : first + passage.text.count("\n", start, end) + 1]


def span_of(passage: Passage, blocks: Sequence[str]) -> tuple[int, int] | None:
    """Find the stretch of a passage that holds blocks, as many of them as it has from the first on."""
    if passage.text.count("\n") + 1 != len(passage.blocks) or blocks[0] not in passage.blocks:
        return None
    lines = passage.text.split("\n")
    first = passage.blocks.index(blocks[0])
    last = max(passage.blocks.index(block) for block in blocks if block in passage.blocks)
    start = sum(len(line) + 1 for line in lines[:first])
    return start, start + len("\n".join(lines[first : last + 1]))


def _list_around(n: int, pages: Pages, odds: Array, ask: Ask) -> tuple[int, int, tuple[Span, ...]]:
    """Find the list that a sentence leads to, or that it and its neighbours are items of."""
    sentences = pages.sentences
    own = sentences[n].listed_in
    if own:
        lead = _lead_of(n, pages)
        if lead is None or odds[lead] < odds[n] - (6.0 if ask == "which" else 2.5):
            return n, n, ()
        first, name = lead, own
    else:
        first = n
        follows = n + 1 < len(sentences) and sentences[n + 1].passage.id == sentences[n].passage.id
        name = sentences[n + 1].listed_in if follows else ""
        if not name or not (_LEADS.search(fold(sentences[n].text)) or sentences[n].text.rstrip().endswith(("：", ":"))):
            return n, n, ()
    last = first
    while last + 1 < len(sentences) and _same_list(sentences[last + 1], sentences[first], name):
        last += 1
    return first, last, _continued(last, name, pages, odds)


def _same_list(sentence: Sentence, first: Sentence, name: str) -> bool:
    return sentence.passage.id == first.passage.id and sentence.listed_in == name


def _lead_of(n: int, pages: Pages) -> int | None:
    """Find the sentence that leads to the list an item is of."""
    sentences, name = pages.sentences, pages.sentences[n].listed_in
    while n > 0 and sentences[n].passage.id == sentences[n - 1].passage.id:
        n -= 1
        if sentences[n].listed_in != name:
            return n if _LEADS.search(fold(sentences[n].text)) else None
    return None


def _continued(last: int, name: str, pages: Pages, odds: Array) -> tuple[Span, ...]:
    """Give the items of a list that stand in the next passage."""
    sentences = pages.sentences
    first = last = last + 1
    if first >= len(sentences) or sentences[first].listed_in != name:
        return ()
    while last + 1 < len(sentences) and _same_list(sentences[last + 1], sentences[first], name):
        last += 1
    opening, closing = sentences[first], sentences[last]
    score = share(odds, first + int(odds[first : last + 1].argmax()))
    return (Span(passage=opening.passage, start=opening.start, end=closing.end, score=score),)


def _beside(n: int, pages: Pages, odds: Array, *, margin: float, most: int = 3) -> tuple[int, int]:
    """Take in the sentences of the same paragraph that are hardly less likely, `most` in all."""
    first = last = n
    if margin <= 0 or pages.sentences[n].listed_in:
        return n, n
    least = odds[n] - margin
    while last - first + 1 < most:
        nearby = [m for m in (first - 1, last + 1) if _goes_on(m, n, pages) and odds[m] >= least - _pointing(m, pages)]
        if not nearby:
            break
        best = max(nearby, key=lambda m: (float(odds[m]), -m))
        first, last = min(first, best), max(last, best)
    return first, last


def _pointing(n: int, pages: Pages, *, allowance: float = 2.0) -> float:
    """How much less likely a sentence may be because it only points to what it speaks of: "It is made up of"."""
    return allowance if _POINTS_BACK.match(fold(pages.sentences[n].text)) else 0.0


def _goes_on(m: int, n: int, pages: Pages) -> bool:
    """Tell whether two sentences stand in one paragraph."""
    if not 0 <= m < len(pages.sentences):
        return False
    one, other = pages.sentences[m], pages.sentences[n]
    return one.passage.id == other.passage.id and one.passage.kind == "prose" and _line(one) == _line(other)


def _antecedent(n: int, pages: Pages) -> int:
    """Step back to what a sentence points to: "the committee", 該小組."""
    for _ in range(2):
        pointing = _POINTS_BACK.match(fold(pages.sentences[n].text))
        if not pointing or n == 0 or pages.sentences[n - 1].passage.id != pages.sentences[n].passage.id:
            break
        if pages.sentences[n].passage.kind != "prose" or pages.sentences[n - 1].listed_in:
            break
        n -= 1
    return n


def _line(sentence: Sentence) -> int:
    return sentence.passage.text.count("\n", 0, sentence.start)
