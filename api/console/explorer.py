"""Every disclosed figure by metric, breakdown and period, with where it stands: to search, chart and export."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from weakref import WeakKeyDictionary

from index.chunk import Passage
from index.figures import Figure
from index.lexicon import bundled_lexicon
from index.script import Language, fold
from index.snapshot import Snapshot
from qa.catalogue import Series, member_name, nearest_edition, read_catalogue, series_label, unit_label
from qa.compose import written

OTHER = "other"  # the aspect of rows whose metric is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure in one period, as an edition prints it."""

    id: str
    period: str
    digits: str  # as printed
    value: Decimal | None  # None: not disclosed, or not applicable
    disclosure: str
    qualifier: str  # such as "over"; empty: none
    unit: str
    notes: tuple[str, ...]
    edition: str
    passage: Passage
    row: str  # the exact row it stands in
    row_start: int
    row_end: int

    @property
    def shown(self) -> str:
        """The digits with what qualifies them."""
        return f"{self.qualifier} {self.digits}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A metric and breakdown over its periods, newest first."""

    report: str
    key: str
    aspect: str  # of the HKEX code, "A1" to "B8", "D", "G", "E" or "other"
    metrics: tuple[str, ...]  # keys; empty: not one this service knows
    metric: str  # its name for the reader; empty: not known
    label: str  # as the report prints it, or as the lexicon names it
    breakdown: str  # empty: the total
    unit: str
    cells: tuple[Cell, ...]
    also: tuple[Passage, ...]  # where the same figures are printed again

    def cell(self, period: str) -> Cell | None:
        """The cell of a period."""
        return next((cell for cell in self.cells if cell.period == period), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFilter:
    """Which lines to show; empty: any."""

    words: str = ""  # stand in the label, the metric's names or the breakdown, in any script
    report: str = ""
    aspect: str = ""
    metric: str = ""
    period: str = ""


_held: WeakKeyDictionary[Snapshot, dict[Language, tuple[Line, ...]]] = WeakKeyDictionary()


def lines(snapshot: Snapshot, language: Language, wanted: LineFilter | None = None) -> list[Line]:
    """List the figures of a snapshot for a reader, in the report's order within each aspect."""
    held = _held.setdefault(snapshot, {})
    if language not in held:
        series = read_catalogue(snapshot, bundled_lexicon()).series
        held[language] = tuple(sorted((_line(one, snapshot, language) for one in series), key=lambda one: one.aspect))
    return [line for line in held[language] if _matches(line, wanted or LineFilter())]


def periods(found: Sequence[Line], *, at_most: int = 6) -> list[str]:
    """The periods of lines, newest first; only the newest when there are many."""
    return sorted({cell.period for line in found for cell in line.cells}, reverse=True)[:at_most]


def find_line(snapshot: Snapshot, language: Language, *, report: str, key: str) -> Line | None:
    """Give the line of one row of one report."""
    return next((line for line in lines(snapshot, language) if (line.report, line.key) == (report, key)), None)


def _line(series: Series, snapshot: Snapshot, language: Language) -> Line:
    lexicon = bundled_lexicon()
    keys = tuple(sorted(series.metrics))
    aspects = [lexicon.metrics[key].aspect for key in keys]
    cells = tuple(_cell(series.figure(period, language), snapshot, language) for period in series.periods)
    return Line(
        report=series.report_id,
        key=series.row_key,
        aspect=aspects[0] if aspects else OTHER,
        metrics=keys,
        metric=" / ".join(lexicon.metrics[key].name(language) for key in keys),
        label=series_label(series, language, lexicon),
        breakdown=", ".join(member_name(member, language, lexicon) for member in sorted(series.members)),
        unit=next((cell.unit for cell in cells if cell.unit), ""),
        cells=cells,
        also=tuple(_also(one, snapshot, language) for one in series.also),
    )


def _cell(figure: Figure, snapshot: Snapshot, language: Language) -> Cell:
    passage = snapshot.by_id[figure.passage_id]
    return Cell(
        id=figure.id,
        period=figure.period,
        digits=figure.digits,
        value=figure.value if figure.disclosure == "number" else None,
        disclosure=figure.disclosure,
        qualifier=figure.qualifier or "",
        unit=unit_label(figure, language),
        notes=figure.notes,
        edition=figure.edition,
        passage=passage,
        row=passage.text[figure.row_start : figure.row_end],
        row_start=figure.row_start,
        row_end=figure.row_end,
    )


def _also(series: Series, snapshot: Snapshot, language: Language) -> Passage:
    held = next(iter(series.cells.values()))
    return snapshot.by_id[held[nearest_edition(held, language)].passage_id]


def _matches(line: Line, wanted: LineFilter) -> bool:
    return (
        (not wanted.report or line.report == wanted.report)
        and (not wanted.aspect or line.aspect == wanted.aspect)
        and (not wanted.metric or wanted.metric in line.metrics)
        and (not wanted.period or line.cell(wanted.period) is not None)
        and (not wanted.words or _says(line, wanted.words))
    )


def _says(line: Line, words: str) -> bool:
    """Tell whether a line has every word, in any script, or is of a metric that the words name."""
    lexicon = bundled_lexicon()
    metrics = [lexicon.metrics[key] for key in line.metrics]
    names = [name for one in metrics for name in (one.en, one.zh_hant, one.zh_hans, *one.words, *one.codes, one.key)]
    text = fold(" ".join([line.label, line.breakdown, *(cell.row for cell in line.cells[:1]), *names])).casefold()
    return all(word in text for word in fold(words).casefold().split())


def plain(value: Decimal) -> str:
    """Write a number for a reader, thousands separated."""
    return written(format(value, "f"))
