"""Tell what each column of a table is for: labels, units, values of a period, targets, printed changes, notes."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from index.period import is_period_phrase, read_period, years_in
from index.quantity import read_cell
from index.report import Row, Table
from index.script import fold
from index.units import Unit, read_unit

Kind = Literal["value", "target", "base", "progress", "change"]

UNIT_HEADING = frozenset({"单位", "计量单位", "unit", "units", "unitofmeasurement", "unitofmeasure", "measurementunit"})
NOTE_HEADING = frozenset(
    "附注 注 注释 备注 附注编号 note notes footnote footnotes ref reference references remark remarks".split()
)
PAGE_HEADING = frozenset(
    "页码 页数 页次 页 所在页码 对应页码 相关页码 参考页码 页码参考 章节/页码 章节及页码 page pages page(s) "
    "pageno pageno. pagenumber pagenumbers pagenumber(s) pagereference pagereferences pageref pp pp. page/section "
    "section/page 章节 披露章节 对应章节 相关章节 参考章节 报告章节 所在章节 披露位置 section sections section(s) "
    "chapter chapters sectionreference reference references".split()
)
PARENTHESIS = re.compile(r"[(（\[](?P<inside>[^()（）\[\]]*(?:\([^()]*\))?[^()（）\[\]]*)[)）\]]")

_PLACE = re.compile(
    r"章节|页[码次]|披露位置|\b(?:section|chapter|page)s?\b(?=\s*(?:$|[/&(,]|or\b|and\b|no\b|ref))", re.I
)
_CODED = re.compile(
    r"""
    (?: (?: hkex | esg | kpi | gri | sasb | 关键绩效指标 | 绩效指标 | 指标 | 层面 | 一般披露 | general \s+ disclosure )?
        \s* [:：]? \s*
        (?: [AB]\d{1,2}(?:\.\d{1,2})*(?:\([a-z]\))? | \d{3}-\d{1,2}(?:-[a-z])? | (?<=gri)\s*\d{3}
          | [A-Z]{2}-[A-Z]{2}-\d{3}[a-z]?(?:\.\d{1,2})? )
        \s* (?: [,，、;/和及与&-] | to | and )? \s* )+
    """,
    re.VERBOSE | re.I,
)
_LONGEST_PLACE = 28  # characters of such a heading

_HAN = re.compile(r"[\u3400-\u9fff]+")
_MARK = re.compile(
    r"""
    \s* (?: \((?P<paren>\d{1,2}|(?-i:[a-f]))\) | \[(?P<square>\d{1,2}|(?-i:[a-z]))\] | (?P<star>[*#^†‡§]+)
      | (?P<raised>[⁰¹²³⁴-⁹]+) | (?P<circled>[①-⑳]) | [(（]?[注註附][注註]?\s*(?P<note>\d{1,2})[)）]?
      | [(（]?note\s*(?P<english>\d{1,2})[)）]? ) \s* $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RAISED_UNIT = re.compile(r"(?:(?<![A-Za-z])(?:[kcd]?m|ft|in)|[米呎尺])[²³]\s*$")  # 10 m² has no footnote
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_RESTATED = re.compile(
    r"[(（\[]?\s*(?:as\s+)?(?:restated|re-stated|经重列|重列|经重述|重述|经重新呈列)(?:数据?|后)?\s*[)）\]]?", re.I
)
_ORIGINAL = re.compile(
    r"[(（\[]?\s*(?:as\s+)?(?:(?:previously|originally)\s+(?:reported|stated|disclosed)|before\s+restatement"
    r"|原先?(?:呈报|列报|披露|列)数?|(?:重列|重述)前|先前(?:呈报|披露|列报))\s*[)）\]]?",
    re.I,
)
_PROGRESS = re.compile(
    r"^progress|\bprogress\s+(?:against|towards?|to|made|on)\b|\b(?:achievement|attainment)\b|^(?:achieved|completed?|completion)\b"
    r"|^进[度展]|进[度展]$|目标达成|达成(?:率|情况|进度)|^完成(?:率|情况|进度)|^实现(?:率|情况)",
    re.I,
)
_TARGET = re.compile(r"\b(?:targets?|goals?)\b|目标(?!客户|群|市场|受众)", re.I)
_BASE = re.compile(
    r"\bbase(?:\s*-?\s*line|\s*-?\s*year|\s+(?:value|figure|level))\b|基准(?:年|值|线|年份)?|基线|基期", re.I
)
_CHANGE = re.compile(
    r"""
    ^ \s* (?: 20\d\d \s* (?:年|/|\bv\.?s?\.?) .* )?
    (?: y-?o-?y | year[\s-]*(?:on|over)[\s-]*year | (?:%|percentage|annual) \s* change | δ | \+ \s* / \s* [-−–]
      | (?: (?<!climate\s) change | variance | difference | movement | increase | decrease | growth | compared | vs\.? )
        (?= \s* (?: $ | [/(%,:] | (?:in|from|vs|compared|over|since|rate|against|with|to|yoy)\b | 20\d\d ) )
      | 同比 | 按年 (?!龄) | 环比 | 较 (?: 去年 | 上年 | 前年 | 上一 | 同期 | 基准 | \s*20\d\d )
      | (?: (?<!气候) 变[动化幅] | 差异 | 增减 | 增长 | 增幅 | 升幅 | 跌幅 | 升跌 | 增加 | 减少 )
        (?:率|幅度?|百分比|情况)? \s* (?= $ | [/(%] )
    )
  | (?<![a-z]) (?: y-?o-?y | year[\s-]*on[\s-]*year ) | 同比 | 按年 (?:变|增|减)
  | 20\d\d .* (?: (?<!气候) 变[动化] | 增减 | (?<!climate\s) \bchanges?\b | \bvs\b | \bvariance\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ASIDE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("change", _CHANGE),
    ("progress", _PROGRESS),
    ("target", _TARGET),
    ("base", _BASE),
)
_BESIDE_PLAIN = frozenset("for the of in a".split())
_PLAIN = frozenset(
    "总数 合计 总计 总数合计 集团合计 集团总计 集团整体 数量 数值 数据 数字 金额 人数 集团 本集团 整体 "
    "total group overall amount number value "
    "values figure figures data consolidated quantity thegroup no no.".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the header cells above one column, or before one row, say."""

    label: str = ""  # what is said besides the rest
    period: str | None = None
    kind: Kind = "value"
    restated: bool = False
    original: bool = False  # the figure as it was before it was restated
    unit: Unit | None = None
    unit_text: str = ""
    marks: tuple[str, ...] = ()  # footnote marks, "1", "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueColumn:
    """A column of figures and what its heading says of them; no period: each row names its own."""

    index: int
    heading: Heading
    series: int  # the first column of the same label and unit: their figures are one series
    alone: bool  # no other label or unit stands beside it

    @property
    def period(self) -> str | None:
        """The period of all its figures."""
        return self.heading.period


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What each column of a table is for."""

    labels: tuple[int, ...]
    unit: int | None
    values: tuple[ValueColumn, ...]
    period: int | None = None  # the label column whose cells are periods, when no header names one
    notes: int | None = None  # the column of footnote marks
    pages: frozenset[int] = frozenset()  # columns of page numbers, as in an index of contents, or of codes
    context: str = ""  # what the header says of all rows: the name above the labels
    years: Mapping[Kind, int] = field(default_factory=dict)  # the columns of each row's target year and base year


def read_columns(table: Table, header: Sequence[Row], body: Sequence[Row], before: str, year: int | None) -> Columns:
    """Read a header; `before` are the words above the table and `year` the report's, for a table that names none."""
    width = len(table.rows[0].cells) if table.rows else 0
    stacks = _stacks(header, width)
    unit = next((n for n, texts in enumerate(stacks) if any(heads(text, UNIT_HEADING) for text in texts)), None)
    notes = next((n for n, texts in enumerate(stacks) if n and texts and heads(texts[-1], NOTE_HEADING)), None)
    pages = frozenset(n for n, texts in enumerate(stacks) if _places(texts) or _codes(body, n))
    apart = {0, unit, notes, *pages}  # of the columns that no heading can make columns of figures
    headings = {n: read_heading(texts) for n, texts in enumerate(stacks) if n not in apart and any(texts)}
    years = _year_columns(headings, body)
    apart |= set(years.values())
    valued = {n: heading for n, heading in headings.items() if n not in apart}
    values = {n: heading for n, heading in valued.items() if heading.period and heading.kind == "value"}
    period: int | None = None
    if values:
        values |= _asides(valued, values, body)
    elif years:
        values = _aims(headings, years)
    else:
        period = _period_column(body, stacks, apart)
        values = _named_columns(headings, body, period)
    if period is None and not values and not years and not _period_rows(body):
        values = _single_period(stacks, body, apart, before, year)
    first = min(values, default=width)
    taken = set(values) | set(years.values()) | {unit, notes, period}
    beside = [n for n in range(1, min(first, width)) if n not in taken and not _numbers(body, n)]
    labels = tuple(n for n in (0, *beside) if n not in taken)
    labels = tuple(n for n in labels if n not in pages) or labels
    if unit is None:
        unit = _unit_column(body, labels)
        labels = tuple(n for n in labels if n != unit)
    context = " ".join(text for text in dict.fromkeys(stacks[0]) if not is_period_phrase(text)) if stacks else ""
    return Columns(
        labels=labels,
        unit=unit,
        values=_in_series(_superseded(values)),
        period=period,
        notes=notes,
        pages=pages,
        context=context,
        years=years,
    )


def read_heading(texts: Sequence[str]) -> Heading:
    """Read the cells above one column from the top down: period, unit, target or change, restated, and the rest.

    >>> heading = read_heading(["2022 年（經重列）", "男性 (%)"])
    >>> heading.period, heading.restated, heading.unit_text, heading.label
    ('2022', True, '%', '男性')
    """
    heading, rest = Heading(), []
    for text in dict.fromkeys(text for text in texts if text.strip()):
        plain, marks = unmarked(" ".join(text.split()))
        plain, restated, original = _restatement(plain)
        plain, unit, unit_text = _without_unit(plain)
        heading = replace(
            heading,
            marks=heading.marks + marks,
            restated=heading.restated or restated,
            original=heading.original or original,
            unit=unit or heading.unit,
            unit_text=unit_text or heading.unit_text,
        )
        period = read_period(plain)
        kind = aside_kind(plain) if not period else "value"
        if kind != "value" and heading.kind == "value":
            heading = replace(heading, kind=kind)
        if period and heading.period is None:
            heading = replace(heading, period=period)
        elif plain and not period and not is_period_phrase(plain):
            rest.append(plain)
    return replace(heading, label=" ".join(rest))


def aside_kind(text: str) -> Kind:
    """Tell words that head a target, a base year, progress or a printed change from those that head plain figures.

    >>> aside_kind("2030 年目標"), aside_kind("按年變動"), aside_kind("氣候變化培訓"), aside_kind("男性")
    ('target', 'change', 'value', 'value')
    """
    folded = fold(text)
    return next((kind for kind, pattern in _ASIDE if pattern.search(folded)), "value")


def unmarked(text: str) -> tuple[str, tuple[str, ...]]:
    """Take the footnote marks off a text's end; a raised digit that belongs to a unit stays.

    >>> unmarked("耗水量 (1)*"), unmarked("Floor area, m²"), unmarked("用電量註2")
    (('耗水量', ('1', '*')), ('Floor area, m²', ()), ('用電量', ('2',)))
    """
    marks: list[str] = []
    while (match := _MARK.search(text)) and match.start() and not _RAISED_UNIT.search(text):
        mark = next(value for value in match.groups() if value).translate(_RAISED)
        marks.insert(0, str(ord(mark) - ord("①") + 1) if "①" <= mark <= "⑳" else mark)
        text = text[: match.start()]
    return text, tuple(marks)


def is_plain(label: str) -> bool:
    """Tell a column or group label that means all there is from one that names a part: "Total", "數值", "".

    >>> is_plain("合計"), is_plain("Number"), is_plain("Factory A")
    (True, True, False)
    """
    squeezed = squeeze(label)
    words = fold(label).lower().split()
    return not squeezed or squeezed in _PLAIN or all(word in _PLAIN or word in _BESIDE_PLAIN for word in words)


def heading_text(row: Row) -> str:
    """Read a row that holds one text over its whole width, or in its first cell alone; else nothing."""
    first, *others = row.cells
    text = first.text.text.strip()
    whole = first.across >= len(row.cells) > 1
    return text if others and (whole or not any(cell.text.text.strip() for cell in others)) else ""


def squeeze(text: str) -> str:
    """Fold a heading so that blanks and line breaks make no difference."""
    return re.sub(r"[\s_]+", "", fold(text)).lower()


def _places(texts: Sequence[str]) -> bool:
    """Tell the heading of a column that says where something stands: 章節或說明, "Page", "Section / remarks"."""
    if any(heads(text, PAGE_HEADING) for text in texts):
        return True
    short = all(len(text) <= _LONGEST_PLACE for text in texts)
    return short and any(_PLACE.search(fold(text)) for text in texts) and not any(years_in(text) for text in texts)


def _codes(body: Sequence[Row], index: int) -> bool:
    """Tell a column that has nothing but codes of a standard: A1.2, KPI B2.1, GRI 305-1, FN-CB-510a.1."""
    cells = [row.cells[index].text.text.strip() for row in body if not heading_text(row)]
    said = [text for text in cells if text.strip("-–— ")]
    return bool(said) and all(_CODED.fullmatch(fold(text)) for text in said)


def heads(text: str, headings: frozenset[str]) -> bool:
    """Tell a heading that is one of some words, or two of them in two languages.

    >>> heads("單位 Unit", UNIT_HEADING), heads("Business unit", UNIT_HEADING)
    (True, False)
    """
    squeezed = squeeze(text)
    han = "".join(_HAN.findall(squeezed))
    latin = _HAN.sub("", squeezed).strip("/()|")
    return squeezed in headings or (han in headings and latin in headings)


def _stacks(header: Sequence[Row], width: int) -> list[list[str]]:
    """Give the header texts above each column, top down; a title over the whole table heads no column."""
    rows = [[cell.text.text for cell in row.cells] for row in header]
    rows = [row for row in rows if not (len(set(row)) == 1 and width > 1 and row[0].strip())] or rows
    filled = [_filled(row, below) for row, below in itertools.pairwise(rows)] + rows[-1:]
    return [[row[index] for row in filled] for index in range(width)]


def _filled(row: Sequence[str], below: Sequence[str]) -> list[str]:
    """Let a heading reach over the blank cells to its right when the row beneath repeats the same parts under each."""
    starts = [n for n, text in enumerate(row) if text.strip() and n]
    if not starts or not any(not row[n].strip() for n in range(starts[0], len(row))):
        return list(row)
    ends = [*starts[1:], len(row)]
    parts = {tuple(text.strip() for text in below[start:end]) for start, end in zip(starts, ends, strict=True)}
    if len(parts) != 1 or not all(next(iter(parts))):
        return list(row)
    reach = {n: row[start] for start, end in zip(starts, ends, strict=True) for n in range(start, end)}
    return [reach.get(n, text) for n, text in enumerate(row)]


def _asides(headings: dict[int, Heading], values: dict[int, Heading], body: Sequence[Row]) -> dict[int, Heading]:
    """Find the columns of targets and changes beside columns of figures; a bare % after two years is a change."""
    found = {n: heading for n, heading in headings.items() if heading.kind != "value"}
    for n, heading in headings.items():
        bare = heading.period is None and not heading.label and heading.unit_text.strip() == "%"
        if bare and len([v for v in values if v < n]) > 1 and _numbers(body, n):
            found[n] = replace(heading, kind="change")
    return found


def _aims(headings: dict[int, Heading], years: Mapping[Kind, int]) -> dict[int, Heading]:
    """Take the columns of a table of targets; its base years stand for the base values that it does not print."""
    valued = {n: h for n, h in headings.items() if h.kind != "value" and n not in years.values()}
    based = any(heading.kind == "base" for heading in valued.values())
    return valued | ({years["base"]: headings[years["base"]]} if "base" in years and not based else {})


def _year_columns(headings: dict[int, Heading], body: Sequence[Row]) -> dict[Kind, int]:
    """Find the columns that hold no figures but the year of each row's target or base."""
    found: dict[Kind, int] = {}
    for n, heading in headings.items():
        cells = [row.cells[n].text.text.strip() for row in body]
        years = [read_period(text) for text in cells if any(character.isdigit() for character in text)]
        if heading.kind in ("target", "base") and years and all(years):
            found.setdefault(heading.kind, n)
    return found


def _period_column(body: Sequence[Row], stacks: Sequence[Sequence[str]], apart: set[int | None]) -> int | None:
    """Find the column that names each row's period, where the header names none."""
    width = len(stacks)
    for index in range(min(3, width)):
        cells = [row.cells[index].text.text for row in body if row.cells[index].text.text.strip()]
        if index in apart - {0} or not cells:
            continue
        read = [read_heading([cell]) for cell in cells]
        if all(h.period or h.kind != "value" for h in read) and any(h.period for h in read):
            return index
    return None


def _named_columns(headings: dict[int, Heading], body: Sequence[Row], period: int | None) -> dict[int, Heading]:
    """Take the columns of numbers of a table whose rows, or whose headings between rows, name the periods."""
    if period is None and not _period_rows(body):
        return {}
    numbers = {n: heading for n, heading in headings.items() if n != period and _numbers(body, n)}
    named = {n: replace(h, label=h.label or h.unit_text) for n, h in numbers.items()}  # 人數 is a name and a unit
    return {n: heading for n, heading in named.items() if period is None or heading.label}


def _period_rows(body: Sequence[Row]) -> bool:
    return any(read_period(heading_text(row)) for row in body)


def _single_period(
    stacks: Sequence[Sequence[str]], body: Sequence[Row], apart: set[int | None], before: str, year: int | None
) -> dict[int, Heading]:
    """Read a table of one period: its columns of numbers, for the one year that header or lead-in names."""
    columns: dict[int, Heading] = {}
    for index, texts in enumerate(stacks):
        if index in apart or not any(texts) or not _numbers(body, index):
            continue
        words = " ".join(dict.fromkeys(texts))
        heading = read_heading(texts)
        named = years_in(words) or years_in(before)
        if len(named) > 1 or not (named or year):
            continue
        period = named[0] if named else str(year)
        if heading.unit and not heading.label:  # 人數 is what the column counts, and no unit that its cells lack
            heading = replace(heading, label=heading.unit_text, unit=None, unit_text="")
        label = re.sub(rf"{period}\s*(?:年度?)?", "", heading.label).strip()
        columns[index] = replace(heading, period=period, label=label)
    return columns


def _numbers(body: Sequence[Row], index: int) -> bool:
    """Tell a column most of whose cells are numbers."""
    cells = [row.cells[index].text.text for row in body]
    return sum(read_cell(cell).kind == "number" for cell in cells) * 2 > len([cell for cell in cells if cell.strip()])


def _unit_column(body: Sequence[Row], labels: Sequence[int]) -> int | None:
    """Find a label column that holds nothing but units."""
    for index in labels[1:]:
        cells = [row.cells[index].text.text for row in body if row.cells[index].text.text.strip()]
        if cells and all(read_unit(cell) for cell in cells):
            return index
    return None


def _superseded(headings: dict[int, Heading]) -> dict[int, Heading]:
    """Take a bare column for the original of one that is marked restated for the same period."""
    restated = {(h.period, h.label) for h in headings.values() if h.restated and h.kind == "value"}
    return {
        n: replace(h, original=h.original or (not h.restated and h.kind == "value" and (h.period, h.label) in restated))
        for n, h in headings.items()
    }


def _in_series(headings: dict[int, Heading]) -> tuple[ValueColumn, ...]:
    """Give columns of the same label and unit a common name, so that their periods make one series."""
    plain = {n: h for n, h in headings.items() if h.kind == "value" and not h.original}
    units: dict[tuple[str | None, str], set[str]] = {}
    for heading in plain.values():
        units.setdefault((heading.period, heading.label), set()).add(heading.unit_text)
    split = any(len(texts) > 1 for texts in units.values())
    first: dict[tuple[str, str], int] = {}
    columns = []
    for n, heading in sorted(headings.items()):
        name = (heading.label, heading.unit_text if split else "")
        series = first.setdefault(name, n) if n in plain else n
        columns.append(ValueColumn(index=n, heading=heading, series=series, alone=n in plain and not any(name)))
    return tuple(columns)


def _restatement(text: str) -> tuple[str, bool, bool]:
    """Take the words off that say a figure was restated, or is the one from before."""
    folded = fold(text)
    if len(folded) != len(text):
        return text, bool(_RESTATED.search(folded)), bool(_ORIGINAL.search(folded))
    for pattern, original in ((_ORIGINAL, True), (_RESTATED, False)):
        match = pattern.search(folded)
        if match:
            return (text[: match.start()] + " " + text[match.end() :]).strip(), not original, original
    return text, False, False


def _without_unit(text: str) -> tuple[str, Unit | None, str]:
    """Take a unit off a heading: in parentheses, after a comma, or the whole of it."""
    for found in PARENTHESIS.finditer(text):
        unit = read_unit(found["inside"])
        if unit:
            return text.replace(found.group(), " ").strip(), unit, found["inside"]
    whole = read_unit(text) if text and not read_period(text) else None
    if whole:
        return "", whole, text
    for divider in (",", "，", "：", ":"):
        head, _, tail = text.rpartition(divider)
        if re.match(r"\d{3}(?!\d)", tail) and head[-1:].isdigit():  # per 1,000 employees
            continue
        unit = read_unit(tail) if head else None
        if unit:
            return head.strip(), unit, tail.strip()
    return text, None, ""
