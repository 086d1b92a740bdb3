"""Read the training pairs, folded as a question is at query time, and hold some out by law and document."""

import csv
import hashlib
import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from index.script import fold

Kind = Literal["text", "titles", "headings"]
Side = Literal["zh", "en"]

DIRECTIONS: tuple[tuple[Side, Side], ...] = (("en", "zh"), ("zh", "en"), ("zh", "zh"), ("en", "en"))  # asked, answered

HELD_OUT_SHARE = 25  # one law, or one stretch of rows, in so many
STRETCHES = 50  # of a work whose documents are not marked
SHORTEST_STRETCH = 200  # rows; a work of less than 25 stretches is trained on whole
MARGIN = 20  # rows at either end of a held-out stretch that are neither trained on nor asked
UNSEEN = ("opensourceguide",)  # works held out whole, in all their editions
OPENING = re.compile(
    r"""
      ^(?:为|依|(?:本[^,。]{1,8}?|[^,。]{2,20}?)(?:系?依|为|根据))   # for the sake of what, under which act
      .*(?:制定|订定|订)(?:之|本)                                  # "... these rules are prescribed"
    """,
    re.VERBOSE,
)
LONGEST = 1200  # characters of a row that are read
TITLES = ("titles", "terms", "headings", "osmtags", "ofbiz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts that say the same: Chinese and English, or a heading and its passage."""

    left: str  # Chinese, or the heading
    right: str  # English, or the passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of pairs in document order, in runs without a gap."""

    name: str
    kind: Kind
    language: str  # of a heading and its passage: "zh" or "en"; empty: one side each
    runs: tuple[tuple[Pair, ...], ...]
    held_out: tuple[tuple[Pair, ...], ...]


def read_sources(folder: Path) -> list[Source]:
    """Read every source that the folder's SOURCES.tsv names, holding out the same documents each time.

    A row whose either side is also held out, in whichever source, is left out of the training runs.
    """
    with (folder / "SOURCES.tsv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    sources = [read_source(folder / f"{row['file']}.tsv.xz", row["kind"]) for row in rows]
    unseen = {side for s in sources for run in s.held_out for pair in run for side in (pair.left, pair.right)}
    return [_without(source, unseen) for source in sources]


def read_source(path: Path, kind: str) -> Source:
    """Read one xz-compressed table of two columns, and split what is trained on from what is held out."""
    name = path.name.removesuffix(".tsv.xz")
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        pairs = tuple(pair for line in lines if (pair := _pair(line)) is not None)
    source = Source(
        name=name,
        kind="headings" if kind == "heading-passage" else "titles" if any(t in name for t in TITLES) else "text",
        language=("en" if name.endswith("_en") else "zh") if kind == "heading-passage" else "",
        runs=(pairs,),
        held_out=(),
    )
    if name.startswith(UNSEEN):
        return replace(source, runs=(), held_out=(pairs,))
    if source.kind == "titles":
        return source
    return _split_by_law(source, pairs) if name.endswith("_paragraphs") else _split_by_stretch(source, pairs)


def is_held_out(name: str) -> bool:
    """Tell by its name, or its opening words, whether a document is never trained on."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % HELD_OUT_SHARE == 0


def matching_form(text: str) -> str:
    """Fold and lower-case a text, as it is before the tokenizer sees it.

    >>> matching_form("範圍二 GHG 排放")
    '范围二 ghg 排放'
    """
    return fold(text).lower().strip()


def _pair(line: str) -> Pair | None:
    left, _, right = line.rstrip("\n").partition("\t")
    pair = Pair(left=matching_form(left[:LONGEST]), right=matching_form(right[:LONGEST]))
    return pair if pair.left and pair.right else None


def _split_by_law(source: Source, pairs: Sequence[Pair]) -> Source:
    """Hold out whole laws; one begins where an article says why, or under which act, it was made."""
    starts = [0, *(n for n, pair in enumerate(pairs) if n and OPENING.match(pair.left)), len(pairs)]
    laws = [tuple(pairs[a:b]) for a, b in pairwise(starts)]
    unseen = [is_held_out(law[0].left) for law in laws]
    return replace(
        source,
        runs=tuple(law for law, held in zip(laws, unseen, strict=True) if not held),
        held_out=tuple(law for law, held in zip(laws, unseen, strict=True) if held),
    )


def _split_by_stretch(source: Source, pairs: Sequence[Pair]) -> Source:
    """Hold out long stretches of a work, less a margin, so that no document lies on both sides.

    Editions of one work keep its order, so that the same share of each is held out.
    """
    if len(pairs) < HELD_OUT_SHARE * SHORTEST_STRETCH:
        return source
    work = source.name.split("_")[0]
    first = int.from_bytes(hashlib.sha256(work.encode()).digest()[:4], "big") % HELD_OUT_SHARE
    chosen = [first, first + HELD_OUT_SHARE]  # of STRETCHES
    edges = [(n * len(pairs) // STRETCHES, (n + 1) * len(pairs) // STRETCHES) for n in chosen]
    (a, b), (c, d) = edges
    runs = (pairs[:a], pairs[b:c], pairs[d:])
    held_out = tuple(tuple(pairs[start + MARGIN : end - MARGIN]) for start, end in edges)
    return replace(source, runs=tuple(tuple(run) for run in runs if run), held_out=held_out)


def _without(source: Source, unseen: set[str]) -> Source:
    runs = tuple(run for block in source.runs for run in _split(block, unseen))
    return replace(source, runs=runs)


def _split(block: tuple[Pair, ...], unseen: set[str]) -> list[tuple[Pair, ...]]:
    runs: list[list[Pair]] = [[]]
    for pair in block:
        if pair.left in unseen or pair.right in unseen:
            runs.append([])
        else:
            runs[-1].append(pair)
    return [tuple(run) for run in runs if run]
