"""Find one figure's metric and breakdown over every period its row prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index.figures import Figure
from index.lexicon import bundled_lexicon
from index.script import Language
from index.snapshot import Snapshot
from qa.catalogue import Series, read_catalogue, series_label, unit_label

_held: WeakKeyDictionary[Snapshot, Mapping[str, tuple[Series, Figure]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverPeriods:
    """A metric and breakdown, its cells in time order."""

    label: str  # in the reader's language
    unit: str
    cells: tuple[Figure, ...]  # of the edition nearest to the reader; only those in the same unit


def over_periods(snapshot: Snapshot, figure_id: str, *, language: Language) -> OverPeriods | None:
    """Give a figure's row over its periods, oldest first; None when the snapshot holds no such figure.

    Cells printed in another unit than the figure's are left out, since one scale cannot show both.
    """
    found = _by_figure(snapshot).get(figure_id)
    if found is None:
        return None
    series, figure = found
    cells = [series.figure(period, language) for period in sorted(series.cells)]
    asked = series.figure(figure.period, language)
    return OverPeriods(
        label=series_label(series, language, bundled_lexicon()),
        unit=unit_label(asked, language),
        cells=tuple(cell for cell in cells if (cell.unit, cell.unit_text) == (asked.unit, asked.unit_text)),
    )


def _by_figure(snapshot: Snapshot) -> Mapping[str, tuple[Series, Figure]]:
    """Every figure's own row; rows that print the same figures again keep their own."""
    if snapshot not in _held:
        _held[snapshot] = {
            figure.id: (series, figure)
            for one in read_catalogue(snapshot, bundled_lexicon()).series
            for series in (one, *one.also)
            for held in series.cells.values()
            for figure in held.values()
        }
    return _held[snapshot]
