"""A report's figures as series: one row of one table over its periods, in every edition, duplicates told apart once."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from index.figures import Figure
from index.lexicon import Lexicon, Member, age_name, split_terms
from index.script import LANGUAGES, Language, fold, render
from index.snapshot import Snapshot
from index.units import Unit, read_unit, scale_name, unit_name
from qa.proper import Proper

_DASH = re.compile(r"^[-–—•·]\s*(?=\D)")  # marks a row as a part of the one above
_SUB_ROW = re.compile(r"^\s*(?:[-–—•·]\s*|其中|of\s+which|including\b|incl\.)", re.I)
_SMALL = re.compile(r"(?<=\s)(?:And|Of|The|In|Or)(?=\s)")  # words that a place's name does not capitalise
_COLUMN = re.compile(r"\.c\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric, breakdown and unit over the periods its row prints."""

    row_key: str
    report_id: str
    metrics: frozenset[str]  # lexicon keys; empty: a row the lexicon does not know
    per: str | None
    members: frozenset[Member]
    unit: str | None  # canonical symbol
    part_of: frozenset[str]  # lexicon keys of the whole that a row of a sector, site or grade of its own is a part of
    labels: Mapping[str, tuple[str, ...]]  # by edition
    cells: Mapping[str, Mapping[str, Figure]]  # by period, then edition
    terms: Mapping[str, tuple[str, ...]]  # the label path's matching terms, by edition
    own_terms: Mapping[str, tuple[str, ...]]  # those of the row's own label
    also: tuple["Series", ...] = ()  # the same figures printed elsewhere

    @property
    def periods(self) -> list[str]:
        """The periods the row has a column for, newest first."""
        return sorted(self.cells, reverse=True)

    def disclosed(self, period: str) -> bool:
        """Tell whether the row prints a number for a period."""
        cell = self.cells.get(period)
        return cell is not None and all(figure.disclosure == "number" for figure in cell.values())

    def figure(self, period: str, language: Language) -> Figure:
        """The cell of a period in the edition nearest to a reader's language."""
        by_edition = self.cells[period]
        return by_edition[nearest_edition(by_edition, language)]

    @property
    def printed_unit(self) -> Unit | None:
        """The unit as a table cell names it, read."""
        texts = (figure.unit_text for held in self.cells.values() for figure in held.values())
        return next((unit for text in texts if text and (unit := read_unit(text))), None)

    def value(self, period: str) -> Decimal:
        """The number printed for a disclosed period, in the printed unit."""
        value = next(iter(self.cells[period].values())).value
        if value is None:
            raise ValueError(f"{self.row_key}: {period} is not disclosed")
        return value


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All series of a snapshot and the names they go by."""

    series: tuple[Series, ...]
    lexicon: Lexicon
    years: Mapping[str, int | None]  # reporting year by report
    beside: Mapping[str, tuple[Series, ...]] = field(
        default_factory=dict
    )  # "target", "base", "progress", "change", "original"

    @cached_property
    def proper(self) -> Proper:
        """The names of sites and products in the labels."""
        return Proper(label for series in self.series for path in series.labels.values() for label in path)

    def fuller(self, series: Series, periods: Sequence[str]) -> Series:
        """Find a row that prints the same figure for all of some periods; the series itself where it or none does."""
        wanted = [period for period in periods if not series.disclosed(period)]
        twins = (s for s in (*series.also, *self.series) if wanted and _agree(s, series))
        return next((s for s in twins if all(map(s.disclosed, periods))), series)

    def only(self, report_id: str) -> "Catalogue":
        """The part of the catalogue that is of one report."""
        beside = {kind: tuple(s for s in held if s.report_id == report_id) for kind, held in self.beside.items()}
        return replace(self, series=tuple(self.of_report(report_id)), beside=beside)

    def of_report(self, report_id: str) -> list[Series]:
        """The series of one report."""
        return [series for series in self.series if series.report_id == report_id]


def nearest_edition(editions: Iterable[str], language: Language) -> str:
    """Choose the edition a reader of a language should be shown: theirs, the other Chinese script, or what there is."""
    held = set(editions)
    wanted = {"en": ("en", "zh-Hant", "zh-Hans"), "zh-Hant": ("zh-Hant", "zh-Hans", "en")}
    order = wanted.get(language, ("zh-Hans", "zh-Hant", "en"))
    return next(edition for edition in order if edition in held)


def read_catalogue(snapshot: Snapshot, lexicon: Lexicon) -> Catalogue:
    """Group a snapshot's figures into series, and collapse rows that print the same figures twice."""
    rows: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in snapshot.figures:
        rows[figure.report_id, figure.row_key].append(figure)
    series = [_series(report_id, row_key, figures) for (report_id, row_key), figures in rows.items()]
    years = {e.metadata.report_id: e.metadata.year for e in snapshot.manifest.editions}
    return Catalogue(series=tuple(_collapse(series)), lexicon=lexicon, years=years, beside=_beside(snapshot.beside))


def row_of(row_key: str) -> str:
    """Name the row of a series without the column that sets it apart.

    >>> row_of("kpi-environment.t1.r2.c5")
    'kpi-environment.t1.r2'
    """
    return _COLUMN.sub("", row_key)


def parents(held: Sequence[Series]) -> list[int | None]:
    """Give for each row the place of the row that it is marked as a part of: the nearest unmarked one above it.

    Rows are marked by "– recycled", 其中：… or "of which".
    """
    order = sorted(range(len(held)), key=lambda n: place_of(held[n].row_key))
    found: list[int | None] = [None] * len(held)
    above: tuple[str, int] | None = None
    for n in order:
        table = place_of(held[n].row_key)[0]
        if not is_marked(held[n]):
            above = (table, n)
        elif above is not None and above[0] == table:
            found[n] = above[1]
    return found


def is_marked(series: Series) -> bool:
    """Tell a row that its label marks as a part of one above it."""
    return any(_SUB_ROW.search(fold(labels[-1])) for labels in series.labels.values())


def place_of(row_key: str) -> tuple[str, int]:
    """Tell the table of a row and its number there.

    >>> place_of("kpi-environment.t1.r2.c5")
    ('kpi-environment.t1', 2)
    """
    table, _, row = row_of(row_key).rpartition(".r")
    return table, int(row) if row.isdigit() else 0


def series_label(series: Series, language: Language, lexicon: Lexicon) -> str:
    """Name a series for a reader: as its edition prints it, or by the lexicon where there is none in the language."""
    edition = nearest_edition(series.labels, language)
    if (edition == "en") == (language == "en"):
        label = render(_printed(series.labels[edition], lexicon), language)
        if series.metrics and not lexicon.concept(label).metrics:
            names = [lexicon.metrics[key].name(language) for key in sorted(series.metrics)]
            return f"{' / '.join(names)}{': ' if language == 'en' else '：'}{label}"
        return label
    return lexicon_label(series, language, lexicon) or _printed(series.labels[edition], lexicon)


def lexicon_label(series: Series, language: Language, lexicon: Lexicon) -> str:
    """Name a series in the lexicon's words; empty when the lexicon does not know it."""
    if not series.metrics:
        return ""
    join = " and " if language == "en" else "及"
    names = join.join(lexicon.metrics[key].name(language) for key in sorted(series.metrics))
    per = lexicon.qualifiers[series.per].name(language) if series.per else ""
    members = [member_name(member, language, lexicon) for member in sorted(series.members)]
    if language == "en":
        return " ".join(part for part in (names, per, f"({', '.join(members)})" if members else "") if part)
    return f"{''.join(members)}{per}{names}"


def member_name(member: Member, language: Language, lexicon: Lexicon) -> str:
    """Name a breakdown member for a reader."""
    if member[0] == "age":
        return age_name(member[1], language)
    name = lexicon.members[member].name(language)
    return _SMALL.sub(lambda word: word.group().lower(), name.title()) if _is_place(member, language) else name


def _is_place(member: Member, language: Language) -> bool:
    return member[0] == "region" and language == "en"


def unit_label(figure: Figure, language: Language) -> str:
    """Write a figure's unit for a reader: as printed, or from the canonical unit in another language."""
    if figure.unit is None and (scale := scale_name(figure.unit_text, language)):
        return scale
    if (figure.edition == "en") == (language == "en"):
        return render(" ".join(figure.unit_text.split()), language)
    unit = read_unit(figure.unit_text) if figure.unit_text else None
    return unit_name(unit, language) if unit else figure.unit_text


def _series(report_id: str, row_key: str, figures: Sequence[Figure]) -> Series:
    cells: dict[str, dict[str, Figure]] = defaultdict(dict)
    for figure in figures:
        cells[figure.period][figure.edition] = figure
    by_edition = {figure.edition: figure for figure in figures}
    labels = {edition: figure.labels for edition, figure in by_edition.items()}
    return Series(
        row_key=row_key,
        report_id=report_id,
        metrics=_agreed([_counted(figure) for figure in by_edition.values()]),
        per=next((figure.per for figure in by_edition.values() if figure.per), None),
        members=frozenset(member for figure in by_edition.values() for member in figure.members),
        unit=next((figure.unit for figure in by_edition.values() if figure.unit), None),
        part_of=frozenset(key for figure in by_edition.values() for key in figure.part_of),
        labels=labels,
        cells={period: dict(held) for period, held in cells.items()},
        terms={edition: split_terms(fold(" ".join(path))) for edition, path in labels.items()},
        own_terms={edition: split_terms(fold(path[-1])) for edition, path in labels.items()},
    )


def _beside(figures: Iterable[Figure]) -> dict[str, tuple[Series, ...]]:
    """Group what stands beside plain figures by kind and row; two cells of one kind and period stay apart."""
    rows: dict[tuple[str, str, str], dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in figures:
        kind: str = "original" if figure.superseded else figure.kind
        rows[kind, figure.report_id, row_of(figure.row_key)][figure.row_key].append(figure)
    found: dict[str, list[Series]] = defaultdict(list)
    for (kind, report_id, row_key), columns in rows.items():
        cells = [(f.edition, f.period, f.labels[-1]) for held in columns.values() for f in held]
        whole = len(cells) == len(set(cells)) and len({(e, label) for e, _, label in cells}) == len(
            {e for e, *_ in cells}
        )
        groups = {row_key: [f for held in columns.values() for f in held]} if whole else columns
        found[kind] += [_series(report_id, key, held) for key, held in groups.items()]
    return {kind: tuple(held) for kind, held in found.items()}


def _agree(one: Series, other: Series) -> bool:
    """Tell whether two rows print one figure: the same metric, group and unit, and the same numbers where both do."""
    keys = ((s.report_id, s.metrics, s.per, s.members, s.unit) for s in (one, other))
    shared = [p for p in one.cells if one.disclosed(p) and other.disclosed(p)]
    same = bool(one.metrics and shared) and all(one.value(p) == other.value(p) for p in shared)
    return same and len(set(keys)) == 1


def _counted(figure: Figure) -> frozenset[str]:
    """Read a row of people under a heading about shares of the staff as a number of staff."""
    keys = frozenset(figure.metrics)
    counted = figure.unit == "person" and "workforce_share" in keys
    return keys - {"workforce_share"} | {"employees_total"} if counted else keys


def _agreed(readings: Sequence[frozenset[str]]) -> frozenset[str]:
    """Take what the editions agree a row speaks of, or all they say where they do not."""
    known = [reading for reading in readings if reading]
    if not known:
        return frozenset()
    common = frozenset.intersection(*known)
    return common or frozenset.union(*known)


def _collapse(series: Sequence[Series]) -> Iterable[Series]:
    groups: dict[tuple[object, ...], list[Series]] = defaultdict(list)
    for one in series:
        groups[_identity(one)].append(one)
    for group in groups.values():
        first = max(group, key=lambda one: (len(one.cells), group.index(one)))
        others = tuple(one for one in group if one is not first)
        yield replace(first, also=others)


def _identity(one: Series) -> tuple[object, ...]:
    values = tuple(
        (period, str(figure.value), figure.disclosure)
        for period, held in sorted(one.cells.items())
        for figure in list(held.values())[:1]
    )
    if one.metrics:
        return (one.report_id, one.metrics, one.per, one.members, one.unit, values)
    edition = next(edition for edition in LANGUAGES if edition in one.terms)
    return (one.report_id, one.terms[edition], one.unit, values)


def _printed(labels: Sequence[str], lexicon: Lexicon) -> str:
    """Write a label path as one name; the group is left out where the row's own label names the metric."""
    own = _DASH.sub("", " ".join(labels[-1].split()))
    if len(labels) == 1 or lexicon.concept(own).metrics:
        return own
    return f"{' '.join(labels[-2].split())}: {own}"
