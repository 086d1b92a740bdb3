"""Turn sources into pieces once, before the first batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.model.augment import ASKING, Bitext
from index.model.pairs import Pair, Side, Source
from index.model.pieces import Ids, Pieces, join, to_pieces
from index.model.vocabulary import spelt_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Headings, the passages under them, and which headings are the same."""

    headings: Pieces
    passages: Pieces
    same: Ids  # equal numbers: equal headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Sources as pieces, and which rows of them may be asked."""

    bitext: Bitext
    rows: dict[str, Ids]  # by source, in document order
    titles: frozenset[str]  # sources whose rows have no order
    headings: dict[Side, Headings]  # by language
    spelling: Pieces  # for each piece: the smaller pieces it is written with


def teach(sources: Sequence[Source], tokenizer: Tokenizer) -> Lessons:
    """Turn sources into pieces; rows that repeat an earlier row's words are context and never asked."""
    random = np.random.default_rng(0)
    bitext, headings = [s for s in sources if s.kind != "headings"], [s for s in sources if s.kind == "headings"]
    runs = [(s.name, run) for s in bitext for run in _runs(s, random)]
    pairs = [pair for _, run in runs for pair in run]
    lengths = np.array([len(run) for _, run in runs])
    ends = np.cumsum(lengths)
    names = np.repeat([name for name, _ in runs], lengths)
    seen = _seen_before([p.left for p in pairs]) | _seen_before([p.right for p in pairs])
    return Lessons(
        bitext=Bitext(
            zh=to_pieces(tokenizer, [p.left for p in pairs]),
            en=to_pieces(tokenizer, [p.right for p in pairs]),
            run_start=np.repeat(ends - lengths, lengths),
            run_end=np.repeat(ends, lengths),
            asking={side: to_pieces(tokenizer, texts) for side, texts in ASKING.items()},
        ),
        rows={s.name: np.flatnonzero((names == s.name) & ~seen) for s in bitext if s.runs},
        titles=frozenset(s.name for s in bitext if s.kind == "titles"),
        headings={side: _heading_pieces([s for s in headings if s.language == side], tokenizer) for side in ASKING},
        spelling=join(spelt_out(tokenizer)),
    )


def _runs(source: Source, random: Generator) -> list[tuple[Pair, ...]]:
    if source.kind != "titles":
        return list(source.runs)
    pairs = [pair for run in source.runs for pair in run]
    return [tuple(pairs[i] for i in random.permutation(len(pairs)))]


def _seen_before(texts: Sequence[str]) -> NDArray[np.bool_]:
    first = {text: i for i, text in reversed(list(enumerate(texts)))}
    return np.array([first[text] != i for i, text in enumerate(texts)])


def _heading_pieces(sources: Sequence[Source], tokenizer: Tokenizer) -> Headings:
    pairs = [pair for source in sources for run in source.runs for pair in run]
    number = {heading: i for i, heading in enumerate(dict.fromkeys(p.left for p in pairs))}
    return Headings(
        headings=to_pieces(tokenizer, [p.left for p in pairs]),
        passages=to_pieces(tokenizer, [p.right for p in pairs]),
        same=np.array([number[p.left] for p in pairs], dtype=np.int64),
    )
