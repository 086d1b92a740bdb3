"""Read the training pairs, folded as a question is at query time, and hold some out by law and document."""

import csv
import hashlib
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.script import fold

Kind = Literal["text", "titles", "headings"]

HELD_OUT_SHARE = 25  # one block of rows in so many
HELD_OUT_BLOCK = 100  # rows: longer than most laws and documents
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
    """Read every source that the folder's SOURCES.tsv names, holding out the same blocks each time.

    A row whose either side is also held out, in whichever source, is left out of the training runs.
    """
    with (folder / "SOURCES.tsv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    sources = [read_source(folder / f"{row['file']}.tsv.xz", row["kind"]) for row in rows]
    unseen = {side for s in sources for run in s.held_out for pair in run for side in (pair.left, pair.right)}
    return [_without(source, unseen) for source in sources]


def read_source(path: Path, kind: str) -> Source:
    """Read one xz-compressed table of two columns."""
    name = path.name.removesuffix(".tsv.xz")
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        pairs = [pair for line in lines if (pair := _pair(line)) is not None]
    blocks = [tuple(pairs[i : i + HELD_OUT_BLOCK]) for i in range(0, len(pairs), HELD_OUT_BLOCK)]
    return Source(
        name=name,
        kind="headings" if kind == "heading-passage" else "titles" if any(t in name for t in TITLES) else "text",
        language=("en" if name.endswith("_en") else "zh") if kind == "heading-passage" else "",
        runs=tuple(block for number, block in enumerate(blocks) if not is_held_out(name, number)),
        held_out=tuple(block for number, block in enumerate(blocks) if is_held_out(name, number)),
    )


def is_held_out(source: str, block: int) -> bool:
    """Tell whether a block of rows is never trained on; parallel editions of a work share their blocks' fate."""
    work = source.split("_")[0]
    digest = hashlib.sha256(f"{work}:{block}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % HELD_OUT_SHARE == 0


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


def _without(source: Source, unseen: set[str]) -> Source:
    runs = tuple(run for block in source.runs for run in _split(block, unseen))
    return Source(name=source.name, kind=source.kind, language=source.language, runs=runs, held_out=source.held_out)


def _split(block: tuple[Pair, ...], unseen: set[str]) -> list[tuple[Pair, ...]]:
    runs: list[list[Pair]] = [[]]
    for pair in block:
        if pair.left in unseen or pair.right in unseen:
            runs.append([])
        else:
            runs[-1].append(pair)
    return [tuple(run) for run in runs if run]
