"""Ask for every cell of every KPI table by its printed label, in three scripts, and count right, wrong and refused."""

import argparse
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.metrics import number, number_stands, same_unit
from eval.run import Engine
from index.chunk import Passage
from index.figures import Figure
from index.script import LANGUAGES, Language, fold, render
from index.units import read_unit
from qa.answer import Answer

# right; wrong: another number, or the number with another unit or year; refused: not disclosed although it is;
# unproven: the number without a citation that holds it, or no number at all
Outcome = Literal["right", "wrong", "refused", "unproven"]
NONE: Final[Mapping[str, Collection[str]]] = {}
OUTCOMES: Final[tuple[Outcome, ...]] = ("right", "wrong", "refused", "unproven")

ASKED: Final[dict[Language, str]] = {
    "en": "{label} in {period}",
    "zh-Hant": "{period} 年{label}是多少？",
    "zh-Hans": "{period}年{label}是多少？",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One cell asked for in one script."""

    figure: Figure
    language: Language
    question: str
    answer: Answer
    outcome: Outcome


def sweep(
    engine: Engine,
    figures: Sequence[Figure],
    passages: Mapping[str, Passage],
    *,
    english: Mapping[str, tuple[str, ...]],
    units: Mapping[str, Collection[str]] = NONE,
    source: str | None = None,
) -> list[Asked]:
    """Ask for each figure by its labels and year.

    `english` gives the English labels of a row by its key; rows without are asked for in Chinese only. `units` gives
    the units that other editions print for a row. With `source`, the report file's own text, quotes must stand in it.
    """
    asked = []
    for figure in figures:
        for language, label in _labels(figure, english).items():
            question = ASKED[language].format(label=label, period=figure.period)
            answer = engine.ask(question, language=language)
            outcome = judge(figure, answer, passages, units=units.get(figure.row_key, ()), source=source)
            asked.append(Asked(figure=figure, language=language, question=question, answer=answer, outcome=outcome))
    return asked


def judge(
    figure: Figure,
    answer: Answer,
    passages: Mapping[str, Passage],
    *,
    units: Collection[str] = (),
    source: str | None = None,
) -> Outcome:
    """Compare an answer with the cell it should give; a dash must come back as not disclosed."""
    if figure.value is None:
        if answer.figures:
            return "wrong"
        return "right" if answer.status == "not_disclosed" else "unproven"
    if answer.status == "not_disclosed":
        return "refused"
    if not answer.figures:
        return "unproven"
    headline = answer.figures[0]
    if (number(headline.value), headline.period) != (figure.value, figure.period) or not _unit(
        figure, headline.unit, units
    ):
        return "wrong"
    proofs = [c for c in answer.citations if c.number == headline.citation]
    proven = any(
        number_stands(headline.value, c.quote) and _stands(c.passage_id, c.start, c.end, c.quote, passages, source)
        for c in proofs
    )
    exact = headline.value.replace(",", "") == figure.digits.replace(",", "")
    return "right" if proven and exact else "unproven"


def english_labels(figures: Sequence[Figure], others: Sequence[Figure]) -> dict[str, tuple[str, ...]]:
    """Find the English labels of rows: by row key, or through an edition that has the same rows in both languages.

    `others` holds the figures of an index with an English edition; rows of `figures` under other keys are matched
    by their Chinese labels.
    """
    by_key = {figure.row_key: figure.labels for figure in others if figure.edition == "en"}
    by_label = {
        _fold(figure.labels): by_key[figure.row_key]
        for figure in others
        if figure.edition != "en" and figure.row_key in by_key
    }
    found = {figure.row_key: by_key.get(figure.row_key) or by_label.get(_fold(figure.labels)) for figure in figures}
    return {key: labels for key, labels in found.items() if labels}


def print_sweep(asked: Sequence[Asked], console: Console, *, shown: int = 30) -> None:
    """Print the counts by script, then what went wrong."""
    table = Table(title="every cell by its label")
    for heading in ("script", "rows × years", *OUTCOMES):
        table.add_column(heading, justify="left" if heading == "script" else "right")
    for language in (*LANGUAGES, "all"):
        held = [each for each in asked if language in (each.language, "all")]
        counts = Counter(each.outcome for each in held)
        table.add_row(language, str(len(held)), *(str(counts[outcome]) for outcome in OUTCOMES))
    console.print(table)
    order = {"wrong": 0, "refused": 1, "unproven": 2}
    missed = sorted((each for each in asked if each.outcome != "right"), key=lambda each: order[each.outcome])
    for each in missed[:shown]:
        given = ", ".join(f"{f.value} {f.unit} {f.period}" for f in each.answer.figures[:2]) or each.answer.status
        expected = f"{each.figure.digits} {each.figure.unit_text} {each.figure.period}"
        console.print(escape(f"{each.outcome}: {each.question} — expected {expected}, got {given}"), soft_wrap=True)
    if len(missed) > shown:
        console.print(f"… and {len(missed) - shown} more")


def kpi_figures(figures: Sequence[Figure], languages: Collection[str]) -> list[Figure]:
    """Keep the cells of tables that carry several years, of the first of the languages that the index has."""
    edition = next((language for language in languages if any(f.edition == language for f in figures)), None)
    held = [figure for figure in figures if figure.edition == edition]
    years: dict[str, set[str]] = {}
    for figure in held:
        years.setdefault(_table(figure), set()).add(figure.period)
    return [figure for figure in held if len(years[_table(figure)]) > 1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep an index from the command line; exit 1 on any wrong number."""
    parser = argparse.ArgumentParser(prog="python -m eval.label_sweep", description=__doc__)
    parser.add_argument("--index", type=Path, required=True, metavar="DIR", help="the index to ask")
    parser.add_argument("--labels", type=Path, metavar="DIR", help="an index with an English edition, for its labels")
    parser.add_argument("--source", type=Path, metavar="FILE", help="the report file that quotes must stand in")
    options = parser.parse_args(arguments)
    from index.embed import SentenceTransformerEmbedder  # torch: only here
    from index.snapshot import open_current
    from qa.engine import Engine as ReportEngine

    snapshot = open_current(options.index)
    others = open_current(options.labels).figures if options.labels else snapshot.figures
    figures = kpi_figures(snapshot.figures, ("zh-Hant", "zh-Hans"))
    engine = ReportEngine(snapshot, SentenceTransformerEmbedder())
    source = options.source.read_text(encoding="utf-8-sig").replace("\r\n", "\n") if options.source else None
    english = english_labels(figures, others)
    units = {key: {f.unit_text for f in snapshot.figures if f.row_key == key} for key in {f.row_key for f in figures}}
    asked = sweep(engine, figures, snapshot.by_id, english=english, units=units, source=source)
    print_sweep(asked, Console())
    return int(not asked or any(each.outcome == "wrong" for each in asked))


def _labels(figure: Figure, english: Mapping[str, tuple[str, ...]]) -> dict[Language, str]:
    printed = _joined(figure.labels)
    labels: dict[Language, str] = {language: render(printed, language) for language in ("zh-Hant", "zh-Hans")}
    if figure.row_key in english:
        labels = {"en": " ".join(english[figure.row_key]), **labels}
    return labels


def _joined(labels: Sequence[str]) -> str:
    return " ".join(label.strip() for label in labels)


def _fold(labels: Sequence[str]) -> str:
    return "".join(fold(_joined(labels)).split())


def _table(figure: Figure) -> str:
    return figure.row_key.rpartition(".")[0]


def _unit(figure: Figure, given: str, units: Collection[str]) -> bool:
    if given.strip() in units:
        return True
    read = read_unit(given)
    if read is not None and figure.unit is not None:
        own = read_unit(figure.unit_text)
        return read.symbol == figure.unit or (own is not None and same_unit(read, own))
    return fold(given).strip() == fold(figure.unit_text).strip() or (figure.unit is None and read is None)


def _stands(
    passage_id: str, start: int, end: int, quote: str, passages: Mapping[str, Passage], source: str | None
) -> bool:
    """Tell whether a quote is the passage's, and the passage's characters the file's."""
    passage = passages.get(passage_id)
    if passage is None or not quote or passage.text[start:end] != quote:
        return False
    if source is None:
        return True
    pieces = [piece for piece in passage.source if piece[0] < end and piece[1] > start]
    return bool(pieces) and all(passage.text[a:b] == source[c:d] for a, b, c, d in pieces)


if __name__ == "__main__":
    raise SystemExit(main())
