"""Ask for every cell of every KPI table as people would, in three scripts, and count right, wrong and refused."""

import argparse
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.case import BadCase, Split
from eval.label_sweep import NONE, OUTCOMES, Outcome, judge, kpi_figures
from eval.run import Engine
from index.chunk import Passage
from index.figures import Figure
from index.script import LANGUAGES, Language
from qa.answer import Answer

PHRASINGS: Final = Path(__file__).with_name("phrasings.jsonl")
SLOT: Final = "{year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasings:
    """How people ask for one row of a table, without its label."""

    row_key: str
    split: Split  # twin rows, the same figures in two tables, share it
    templates: Mapping[Language, tuple[str, ...]]  # each with {year} where the period goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One cell asked for in one phrasing."""

    figure: Figure
    split: Split
    language: Language
    question: str
    answer: Answer
    outcome: Outcome


def read_phrasings(path: Path = PHRASINGS) -> list[Phrasings]:
    """Read a file of phrasings, one row of a table a line.

    Raises BadCase, naming file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCase(f"{path}: cannot read the phrasings ({error})") from error
    read = [_read(line, f"{path.name}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if twice := [key for key, count in Counter(each.row_key for each in read).items() if count > 1]:
        raise BadCase(f"{path.name}: row {twice[0]!r} stands twice")
    return read


def sweep(
    engine: Engine,
    figures: Sequence[Figure],
    passages: Mapping[str, Passage],
    phrasings: Sequence[Phrasings],
    *,
    units: Mapping[str, Collection[str]] = NONE,
) -> list[Asked]:
    """Ask for each figure in each phrasing of its row; rows that no figure belongs to are left out."""
    rows: dict[str, list[Figure]] = {}
    for figure in figures:
        rows.setdefault(figure.row_key, []).append(figure)
    return [
        _ask(engine, figure, passages, language, template, phrased.split, units.get(figure.row_key, ()))
        for phrased in phrasings
        for figure in rows.get(phrased.row_key, ())
        for language in LANGUAGES
        for template in phrased.templates[language]
    ]


def print_sweep(asked: Sequence[Asked], console: Console, *, shown: int = 30, held_back: bool = False) -> None:
    """Print the counts by script, tuned and held back apart, then what went wrong.

    Failures of rows held back are counted, and named only with `held_back`.
    """
    for split in get_args(Split):
        console.print(_counts(split, [each for each in asked if each.split == split]))
    order = {"wrong": 0, "refused": 1, "unproven": 2}
    named = [each for each in asked if each.outcome != "right" and (held_back or each.split == "tuned")]
    for each in sorted(named, key=lambda each: order[each.outcome])[:shown]:
        given = ", ".join(f"{f.value} {f.unit} {f.period}" for f in each.answer.figures[:2]) or each.answer.status
        expected = f"{each.figure.digits} {each.figure.unit_text} {each.figure.period}"
        line = f"{each.outcome}: {each.question} — expected {expected} ({each.figure.row_key}), got {given}"
        console.print(escape(line), soft_wrap=True)
    if len(named) > shown:
        console.print(f"… and {len(named) - shown} more")


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep an index from the command line; exit 1 on any wrong number."""
    parser = argparse.ArgumentParser(prog="python -m eval.phrasing_sweep", description=__doc__)
    parser.add_argument("--index", type=Path, default=Path(".index"), metavar="DIR", help="the index to ask [.index]")
    parser.add_argument("--phrasings", type=Path, default=PHRASINGS, metavar="FILE", help="how to ask [ours]")
    parser.add_argument("--shown", type=int, default=30, metavar="N", help="failures to name [30]")
    parser.add_argument("--held-back", action="store_true", help="name failures of rows held back too")
    options = parser.parse_args(arguments)
    from index.embed import SentenceTransformerEmbedder  # torch: only here
    from index.snapshot import open_current
    from qa.engine import Engine as ReportEngine

    snapshot = open_current(options.index)
    figures = kpi_figures(snapshot.figures, ("zh-Hant", "zh-Hans", "en"))
    engine = ReportEngine(snapshot, SentenceTransformerEmbedder())
    units = {key: {f.unit_text for f in snapshot.figures if f.row_key == key} for key in {f.row_key for f in figures}}
    asked = sweep(engine, figures, snapshot.by_id, read_phrasings(options.phrasings), units=units)
    print_sweep(asked, Console(), shown=options.shown, held_back=options.held_back)
    return int(not asked or any(each.outcome == "wrong" for each in asked))


def _read(line: str, place: str) -> Phrasings:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadCase(f"{place}: not JSON ({error})") from error
    fields = {"row", "split", *LANGUAGES}
    if not isinstance(row, dict) or set(row) != fields:
        raise BadCase(f"{place}: expected an object with {', '.join(sorted(fields))}")
    if row["split"] not in get_args(Split):
        raise BadCase(f"{place}: split is {row['split']!r}; expected one of {', '.join(get_args(Split))}")
    for language in LANGUAGES:
        templates = row[language]
        if not isinstance(templates, list) or not templates or not all(SLOT in str(each) for each in templates):
            raise BadCase(f"{place}: {language} must be a list of phrasings, each with {SLOT}")
    return Phrasings(
        row_key=str(row["row"]),
        split=row["split"],
        templates={language: tuple(row[language]) for language in LANGUAGES},
    )


def _ask(
    engine: Engine,
    figure: Figure,
    passages: Mapping[str, Passage],
    language: Language,
    template: str,
    split: Split,
    units: Collection[str],
) -> Asked:
    question = template.replace(SLOT, figure.period)
    answer = engine.ask(question, language=language)
    outcome = judge(figure, answer, passages, units=units)
    return Asked(figure=figure, split=split, language=language, question=question, answer=answer, outcome=outcome)


def _counts(split: Split, asked: Sequence[Asked]) -> Table:
    table = Table(title=f"every cell as people ask, {split.replace('_', ' ')}")
    for heading in ("script", "questions", *OUTCOMES, "right %"):
        table.add_column(heading, justify="left" if heading == "script" else "right")
    for language in (*LANGUAGES, "all"):
        held = [each for each in asked if language in (each.language, "all")]
        counts = Counter(each.outcome for each in held)
        share = f"{counts['right'] / len(held):.1%}" if held else "–"
        table.add_row(language, str(len(held)), *(str(counts[outcome]) for outcome in OUTCOMES), share)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
