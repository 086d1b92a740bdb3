"""Check the bundled editions: every number of the original in the matching section, none that the original lacks.

`python -m eval.coverage REPORT` compares both editions with the company's report; without a report, with each other.
"""

import argparse
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from rich.console import Console
from rich.table import Table as Printed

from index.build import read_report
from index.embed import BUNDLED
from index.quantity import Quantity, find_quantities, read_cell
from index.readers.contents import entry_in_line, title_key
from index.report import Block, Items, Paragraph, Report, Section, Table
from index.script import fold
from index.units import Unit, read_unit

Kind = Literal["missing", "extra"]
Against = Literal["report", "editions"]

EDITIONS: Final = Path(BUNDLED).parents[1] / "bundled"
LISTED: Final = Path(__file__).with_name("coverage.toml")
# People, companies and times are units in Chinese and nouns in English; what is measured has a unit in both.
MEASURED: Final = frozenset(
    "mass ghg_mass co2_mass energy volume area length money share points temperature duration".split()
)
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_ADDRESS = re.compile(
    r"""
    (?<![\w.@-])
    (?: https?:// )?
    (?P<address>
        [a-z][\w.+-]* @ [a-z][\w.-]* \. [a-z]+
      | [a-z][\w-]* (?: \.[a-z][\w-]* )* \. (?: com | hk | cn ) (?: / [\w/-]+ )?
    )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SCOPE = re.compile(r"范畴|范围|scope", re.IGNORECASE)
_CODE = re.compile(r"[A-Z/]*[0-9][A-Z0-9.:+/-]*")
_HAN = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number, date, code or address, in a form that does not depend on the language it is written in."""

    key: str  # '540000 CNY up_to', '2022-12', 'A1.2', 'ir@brgroup.com'; of a table cell with its row and period
    text: str  # as written


Read = Callable[[str], tuple[Number, ...]]
NO_LABELS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands under one title, be it marked as a heading or a paragraph of its own."""

    title: str
    section: str  # key of the section it lies in
    text: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What coverage.toml lists, each with its reason there."""

    together: tuple[tuple[str, ...], ...]  # sections of the editions that share what one place of the original says
    titles: frozenset[str]  # titles of the original that stand over no text, folded
    readings: Mapping[
        str, tuple[str, ...]
    ]  # words -> the numbers in them, for words that index.quantity reads otherwise
    exceptions: Mapping[Against, frozenset[tuple[Kind, str, str, str]]]  # kind, edition, section, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A number that one side has and the other has not."""

    kind: Kind
    edition: str
    section: str
    number: Number

    @property
    def listed_as(self) -> tuple[Kind, str, str, str]:
        """What coverage.toml calls it."""
        return self.kind, self.edition, self.section, self.number.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One section with its numbers, and how many of them each edition has there."""

    section: str
    numbers: int
    found: Mapping[str, int]  # by edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How two editions stand to the original, or to each other."""

    places: tuple[Place, ...]
    findings: tuple[Finding, ...]
    excepted: tuple[Finding, ...]  # listed in coverage.toml
    unused: tuple[tuple[Kind, str, str, str], ...]  # listed there, but nothing like it was found
    titles: tuple[str, ...] = field(default=())  # of the original, in no edition
    pages: tuple[str, ...] = field(default=())  # titles whose page differs

    @property
    def whole(self) -> bool:
        """Tell whether nothing is missing, added or listed in vain."""
        return not (self.findings or self.unused or self.titles or self.pages)


def numbers_in(text: str, readings: Mapping[str, Sequence[str]] = MappingProxyType({})) -> tuple[Number, ...]:
    """Read the numbers, dates, codes and addresses of a text; `readings` says what stands in words that read otherwise.

    >>> [n.key for n in numbers_in("2022 年 7 月捐贈 54 萬元予一千餘人")]
    ['2022-7', '540000 CNY', '1000 more_than']
    >>> [n.key for n in numbers_in("In July 2022 it gave RMB 540,000 to more than 1,000 people")]
    ['2022-7', '540000 CNY', '1000 more_than']
    >>> [n.key for n in numbers_in("People first: www.hkexnews.hk", {"people first": ()})]
    ['www.hkexnews.hk']
    """
    numbers = []
    for pattern, keys in ((_ADDRESS, None), (_alternatives(readings), readings)):
        for match in pattern.finditer(text):
            found = [match["address"].lower()] if keys is None else keys[match.group().lower()]
            numbers += [Number(key=key, text=match.group()) for key in found]
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    for quantity in find_quantities(text):
        numbers += [Number(key=key, text=quantity.text) for key in _keys(quantity)]
        text = text[: quantity.start] + " " * (quantity.end - quantity.start) + text[quantity.end :]
    return (*numbers, *(Number(key=digits, text=digits) for digits in re.findall(r"\d+", text)))


def compare_with_original(original: Report, editions: Sequence[Report], listed: Listed) -> Coverage:
    """Compare the numbers of the original with those of each edition, section by section.

    The Chinese edition comes first: its titles tell which of its sections a part of the original answers to.
    """
    read = partial(numbers_in, readings=listed.readings)
    sections = editions[0].sections
    parts = _parts(original, read, titles={title_key(section.title) for section in sections})
    anchors = _anchors([part.title for part in parts], [section.title for section in sections])
    where = _where([section.key for section in sections], set(anchors.values()), listed.together)
    places = _places_of(parts, anchors, [where[section.key] for section in sections])
    held = _gathered(places, parts)
    found: dict[str, dict[str, int]] = {place: {} for place in held}
    findings: list[Finding] = []
    for edition in editions:
        language = edition.metadata.language
        own = _parts(edition, read, labels=row_labels(editions[0]))
        theirs = _gathered([where[part.section] for part in own], own)
        for place in dict.fromkeys([*held, *theirs]):
            missing = _lacking(held.get(place, []), theirs.get(place, []))
            known = {number.key for number in held.get(place, [])}
            extra = {n.key: n for n in theirs.get(place, []) if n.key not in known}
            found.setdefault(place, {})[language] = len(held.get(place, [])) - len(missing)
            findings += _findings("missing", language, place, missing)
            findings += _findings("extra", language, place, extra.values())
    covered = [Place(section=place, numbers=len(held[place]), found=found[place]) for place in held if held[place]]
    coverage = _judged(covered, findings, listed.exceptions["report"])
    lost = _lost_titles(parts, places, anchors, _texts_by_place(_parts(editions[0], read), where))
    return replace(
        coverage,
        titles=tuple(title for title in lost if title_key(title) not in listed.titles),
        pages=_page_faults(original, editions, anchors, parts),
    )


def compare_with_each_other(editions: Sequence[Report], listed: Listed) -> Coverage:
    """Compare two editions paragraph by paragraph, item by item, row by row."""
    first, second = editions
    labels, read = row_labels(first), partial(numbers_in, readings=listed.readings)
    findings: list[Finding] = []
    places: list[Place] = []
    for one, two in zip(first.sections, second.sections, strict=True):
        total = held = 0
        for ours, theirs in zip(_units(one, labels, read), _units(two, labels, read), strict=True):
            missing = _lacking(ours, theirs)
            findings += _findings("missing", second.metadata.language, one.key, missing)
            findings += _findings("missing", first.metadata.language, one.key, _lacking(theirs, ours))
            total, held = total + len(ours), held + len(ours) - len(missing)
        if total:
            found: dict[str, int] = {first.metadata.language: total, second.metadata.language: held}
            places.append(Place(section=one.key, numbers=total, found=found))
    return _judged(places, findings, listed.exceptions["editions"])


def row_labels(report: Report) -> dict[str, str]:
    """Name every table row by its key, so that the rows of another edition can be called the same."""
    tables = [block for _, block in report.blocks if isinstance(block, Table)]
    return {f"{table.key}.r{n}": label for table in tables for n, label in enumerate(_own_labels(table), start=1)}


def bundled_editions() -> list[Report]:
    """Read the editions that ship with the package, Chinese first."""
    reports = [read_report(path) for path in sorted(EDITIONS.glob("*.md"))]
    return sorted(reports, key=lambda report: report.metadata.language == "en")


def read_listed(path: Path = LISTED) -> Listed:
    """Read which sections belong together, and the exceptions."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    exceptions: dict[Against, set[tuple[Kind, str, str, str]]] = {"report": set(), "editions": set()}
    for each in table.get("exception", []):
        for number in each["numbers"]:
            exceptions[each["against"]] |= {(each["kind"], edition, each["section"], number) for edition in each["in"]}
    return Listed(
        together=tuple(tuple(each["sections"]) for each in table.get("together", [])),
        titles=frozenset(title_key(each["title"]) for each in table.get("title", [])),
        readings={text.lower(): tuple(each["numbers"]) for each in table.get("reading", []) for text in each["texts"]},
        exceptions={against: frozenset(each) for against, each in exceptions.items()},
    )


def print_coverage(coverage: Coverage, console: Console) -> None:
    """Print the sections, their numbers and how many each edition has; then what is missing or added."""
    editions = list(dict.fromkeys(edition for place in coverage.places for edition in place.found))
    table = Printed("section", "numbers", *editions, "missing", "extra", box=None)
    for place in coverage.places:
        table.add_row(place.section, *_row(place.numbers, place.found, editions, coverage, place.section))
    found = {edition: sum(place.found[edition] for place in coverage.places) for edition in editions}
    total = sum(place.numbers for place in coverage.places)
    table.add_row("all", *_row(total, found, editions, coverage, None))
    console.print(table)
    for finding in coverage.findings:
        line = f"{finding.kind} in {finding.edition}, {finding.section}: {finding.number.key} ({finding.number.text})"
        console.print(line, markup=False)
    for title in coverage.titles:
        console.print(f"title in no edition: {title}", markup=False)
    for page in coverage.pages:
        console.print(f"page differs: {page}", markup=False)
    for unused in coverage.unused:
        console.print(f"listed in vain: {' / '.join(unused)}", markup=False)
    for edition in editions:
        excepted = sum(f.kind == "missing" and f.edition == edition for f in coverage.excepted)
        share = (found[edition] + excepted) / total if total else 1
        console.print(f"{edition}: {found[edition]} of {total} found, {excepted} listed as exceptions: {share:.2%}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print coverage; return 1 where anything is missing or added beyond what coverage.toml lists."""
    parser = argparse.ArgumentParser(prog="python -m eval.coverage", description=__doc__)
    parser.add_argument("report", nargs="?", type=Path, help="the report as the company published it")
    report = parser.parse_args(arguments).report
    editions, listed = bundled_editions(), read_listed()
    if report is None:
        coverage = compare_with_each_other(editions, listed)
    else:
        coverage = compare_with_original(read_report(report), editions, listed)
    print_coverage(coverage, Console(highlight=False, soft_wrap=True))
    return 0 if coverage.whole else 1


def _keys(quantity: Quantity) -> list[str]:
    text = fold(quantity.text)
    if quantity.kind == "date":
        return ["-".join(_date(text))]
    if quantity.kind == "year":
        return [str(quantity.value)]
    if quantity.kind == "ordinal":
        return [f"#{quantity.value}"]
    if quantity.kind in ("code", "time_of_day"):
        return _codes(text)
    value = f"{quantity.value.normalize():f}"
    return [" ".join([value, *_measure(quantity.unit), *([quantity.qualifier] if quantity.qualifier else [])])]


def _measure(unit: Unit | None) -> list[str]:
    return [unit.symbol] if unit and unit.dimension.split("/")[0] in MEASURED else []


def _date(text: str) -> list[str]:
    """Take a date apart, largest unit first: 12 March 2022 is 2022, 3, 12."""
    named = re.search(r"[A-Za-z]{3,}", text)
    numbers = [str(int(number)) for number in re.findall(r"\d+", text)]
    if named is None:
        return numbers
    month = str(MONTHS.index(named.group()[:3].lower()) + 1)
    year = [number for number in numbers if len(number) == 4]
    return [*year, month, *(number for number in numbers if len(number) < 4)]


def _codes(text: str) -> list[str]:
    if _SCOPE.search(text):
        return [f"scope {_HAN.get(number, number)}" for number in re.findall(r"[一二三123]", text)]
    joined = re.sub(r"\s*:\s*(?=\d{4})|(?<=ISO)\s+|(?<=IEC)\s+", lambda m: ":" if ":" in m.group() else "", text)
    return _CODE.findall(joined.upper().replace("×", "X")) or [str(q.value) for q in _numeral(text)]


def _numeral(text: str) -> tuple[Quantity, ...]:
    """Read the Chinese numeral of a code such as 附錄二十七."""
    numeral = re.search(r"[零一二三四五六七八九十百]+", text)
    return find_quantities(f"{numeral.group()}個") if numeral else ()


def _alternatives(readings: Iterable[str]) -> re.Pattern[str]:
    words = sorted(readings, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)) or r"(?!)", re.IGNORECASE)


def _parts(
    report: Report,
    read: Read,
    *,
    titles: frozenset[str] | set[str] = frozenset(),
    labels: Mapping[str, str] = NO_LABELS,
) -> list[Part]:
    """Cut a report into its sections, and those where a paragraph opens with one of `titles`."""
    parts: list[Part] = []
    for section in report.sections:
        parts.append(Part(title=section.title, section=section.key, text=section.title, numbers=read(section.title)))
        for block in section.blocks:
            title = _title_in(block, titles)
            if title and title_key(title) != title_key(section.title):
                parts.append(Part(title=title, section=section.key, text="", numbers=()))
            numbers = [number for unit in _block_units(block, labels, read) for number in unit]
            text = "\n".join([parts[-1].text, *_texts(block)])
            parts[-1] = replace(parts[-1], text=text, numbers=(*parts[-1].numbers, *numbers))
    return parts


def _title_in(block: Block, titles: frozenset[str] | set[str]) -> str | None:
    """Find a title at the top of a paragraph, or the title that a paragraph is."""
    if not isinstance(block, Paragraph):
        return None
    first = block.text.text.split("\n")[0]
    return next((title for title in (first, block.text.text) if title_key(title) in titles), None)


def _texts(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.text.text]
    if isinstance(block, Items):
        return [item.text for item in block.items]
    return [cell.text.text for row in block.rows for cell in row.cells if not cell.spanned]


def _units(section: Section, labels: Mapping[str, str], read: Read) -> list[list[Number]]:
    """The numbers of a section's title, then of each paragraph, item and row."""
    return [
        list(read(section.title)),
        *(unit for block in section.blocks for unit in _block_units(block, labels, read)),
    ]


def _block_units(block: Block, labels: Mapping[str, str], read: Read) -> Iterator[list[Number]]:
    """The numbers of a paragraph, of each item, or of each row."""
    if isinstance(block, Table):
        yield from _rows(block, labels, read)
    else:
        yield from ([*read(text)] for text in _texts(block))


def _rows(table: Table, labels: Mapping[str, str], read: Read) -> Iterator[list[Number]]:
    column = _unit_column(table)
    if column is None:
        for row in table.rows:
            yield [number for cell in row.cells if not cell.spanned for number in read(cell.text.text)]
        return
    periods = [cell.text.text for cell in table.header[-1].cells][column + 1 :]
    for n, (row, own) in enumerate(zip(table.body, _own_labels(table), strict=True), start=1):
        cells = [cell.text.text for cell in row.cells]
        label, unit = labels.get(f"{table.key}.r{n}", own), read_unit(cells[column])
        figures = [
            _figure(label, cell, unit, period)
            for cell, period in zip(cells[column + 1 :], periods, strict=True)
            if cell.strip()
        ]
        yield [*(number for text in cells[:column] for number in read(text)), *figures]


def _figure(label: str, text: str, unit: Unit | None, period: str) -> Number:
    cell = read_cell(text)
    amount = " ".join([cell.digits.replace(",", "") or "—", *_measure(unit)])
    year = "".join(number.key for number in numbers_in(period))
    return Number(key=f"{label} {year}: {amount}", text=text)


def _unit_column(table: Table) -> int | None:
    headings = [fold(cell.text.text).strip().lower() for cell in table.header[-1].cells] if table.header else []
    return next((n for n, heading in enumerate(headings) if heading in {"单位", "unit"}), None)


def _own_labels(table: Table) -> list[str]:
    """Name each row by the cells left of its unit, under the group it stands in."""
    width = _unit_column(table) or 1
    names, group = [], ""
    for row in table.body:
        first, *more = (title_key(cell.text.text) for cell in row.cells[:width])
        group = first or group
        names.append("/".join([group, *(text for text in more if text)]))
    return names


def _anchors(titles: Sequence[str], edition: Sequence[str]) -> dict[int, int]:
    """Match titles in the order of the contents: part of the original -> section of the edition."""
    first, second = [title_key(title) for title in titles], [title_key(title) for title in edition]
    matcher = SequenceMatcher(a=first, b=second, autojunk=False)
    return {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}


def _where(keys: Sequence[str], anchored: set[int], together: Sequence[Sequence[str]]) -> dict[str, str]:
    """Compare each section at its own place, or at that of the last one the original has a title for."""
    joined = {key: group[0] for group in together for key in group}
    current = keys[min(anchored)]
    where = {}
    for number, key in enumerate(keys):
        current = key if number in anchored else current
        where[key] = joined.get(current, current)
    return where


def _places_of(parts: Sequence[Part], anchors: Mapping[int, int], where: Sequence[str]) -> list[str]:
    places, current = [], where[0]
    for number in range(len(parts)):
        current = where[anchors[number]] if number in anchors else current
        places.append(current)
    return places


def _gathered(places: Sequence[str], parts: Sequence[Part]) -> dict[str, list[Number]]:
    held: dict[str, list[Number]] = {}
    for place, part in zip(places, parts, strict=True):
        held.setdefault(place, []).extend(part.numbers)
    return held


def _lacking(these: Sequence[Number], those: Sequence[Number]) -> list[Number]:
    """Those of the first that the second has not, or has not as often."""
    left = Counter(number.key for number in those)
    lacking = []
    for number in these:
        left[number.key] -= 1
        if left[number.key] < 0:
            lacking.append(number)
    return lacking


def _findings(kind: Kind, edition: str, section: str, numbers: Iterable[Number]) -> list[Finding]:
    return [Finding(kind=kind, edition=edition, section=section, number=number) for number in numbers]


def _judged(
    places: Sequence[Place], findings: Sequence[Finding], exceptions: frozenset[tuple[Kind, str, str, str]]
) -> Coverage:
    met = {finding.listed_as for finding in findings}
    return Coverage(
        places=tuple(places),
        findings=tuple(finding for finding in findings if finding.listed_as not in exceptions),
        excepted=tuple(finding for finding in findings if finding.listed_as in exceptions),
        unused=tuple(sorted(exceptions - met)),
    )


def _texts_by_place(parts: Sequence[Part], where: Mapping[str, str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for part in parts:
        place = where[part.section]
        texts[place] = texts.get(place, "") + title_key(part.text)
    return texts


def _lost_titles(
    parts: Sequence[Part], places: Sequence[str], anchors: Mapping[int, int], texts: Mapping[str, str]
) -> list[str]:
    """Titles of the original that are no title of the edition and stand nowhere in the text of that place either."""
    return [
        part.title
        for number, (part, place) in enumerate(zip(parts, places, strict=True))
        if number not in anchors and title_key(part.title) not in texts[place]
    ]


def _page_faults(
    original: Report, editions: Sequence[Report], anchors: Mapping[int, int], parts: Sequence[Part]
) -> tuple[str, ...]:
    """Compare the page of every section that the contents of the original list."""
    listed = _contents(original)
    faults = []
    for number, position in anchors.items():
        page = listed.get(title_key(parts[number].title))
        for edition in editions:
            section = edition.sections[position]
            if page is not None and (section.page, _contents(edition).get(title_key(section.title))) != (page, page):
                faults.append(f"{section.title}: page {section.page}, {page} in the original")
    return tuple(faults)


def _contents(report: Report) -> dict[str, int]:
    titles = {title_key(section.title) for section in report.sections}
    entries = [entry_in_line(line.strip("#| ")) for line in report.source.split("\n")]
    return {key: entry.page for entry in entries if entry and (key := title_key(entry.title)) in titles}


def _row(
    numbers: int, found: Mapping[str, int], editions: Sequence[str], coverage: Coverage, section: str | None
) -> list[str]:
    here = [f for f in (*coverage.findings, *coverage.excepted) if section in (None, f.section)]
    missing, extra = sum(f.kind == "missing" for f in here), sum(f.kind == "extra" for f in here)
    return [str(numbers), *(str(found[edition]) for edition in editions), str(missing), str(extra)]


if __name__ == "__main__":
    raise SystemExit(main())
