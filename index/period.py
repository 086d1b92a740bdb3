"""Read reporting periods: calendar years, financial years, halves and quarters, in three scripts."""

import re

from index.script import fold

_HAN_YEAR = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
).split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})\b\.?"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_HAN_NUMBER = "[一二三四五六七八九十]+"
_NOISE = re.compile(
    rf"""
    截至 | 止 | [于在] | 财政年度 | 财务年度 | 财年 | 会计年度 | 报告(?:期间?|年度?) | 年度 | 年末 | 年底 | 全年
  | 十二个月 | 12\s*个月
  | (?:\d{{1,2}}|{_HAN_NUMBER})\s*月\s*(?:(?:\d{{1,2}}|{_HAN_NUMBER})\s*日)? | 年
  | 数据 | 实绩 | 表现 | \b(?:actual|data|performance)\b
  | \bas\s+(?:at|of|on)\b | \bat\b | \b(?:twelve|12)\s+months\b | \b(?:for|the|to|on|ended|ending|end|of)\b
  | \b(?:financial|fiscal|calendar|reporting)\s+(?:years?|period)\b | \byears?(?:-end)?\b | \breporting\s+period\b
  | (?<![a-z])(?:fye?|cy)(?![a-z])
  | \b{_DAY}\s+(?:of\s+)?{_MONTH} | \b{_MONTH}(?:\s*{_DAY}(?![\d/-]))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REMARK = re.compile(
    r"\((?:经?重列|经?重述|restated|未经审[核计]|unaudited|经审[核计]|audited|注\s*\d*|note\s*\d*|\d|[a-z])\)|\[\w\]|[*†‡#^]",
    re.I,
)
_RAISED = re.compile(r"[⁰¹²³⁴-⁹①-⑳]+")  # taken off before folding would make digits of them
_PAIR = re.compile(r"(?P<first>20\d\d)\s*[/–—-]\s*(?P<second>(?:20)?\d\d)(?![\d/.-])")
_HAN_PAIR = re.compile(r"(?P<first>20\d\d)\s*年?\s*[至到]\s*(?P<second>20\d\d)(?=\s*(?:财政年度|财年|年度))")
_ONE = re.compile(r"(?:19|20)\d\d")
_SHORT = re.compile(r"^fye?\s?'?(?P<year>\d\d)$|^(?P<zh>\d\d)\s*财年$", re.I)
_SHORT_PAIR = re.compile(
    r"^(?:fye?\s?'?)(?P<first>\d\d)\s*[/–-]\s*(?P<second>\d\d)$|^(?P<zh>\d\d)/(?P<zh_second>\d\d)\s*财年$", re.I
)
_DATE = re.compile(
    r"(?<![\d.])(?:(?P<year>20\d\d)([-./])(?:1[0-2]|0?[1-9])\2(?:3[01]|[12]\d|0?[1-9])|(?:3[01]|[12]\d|0?[1-9])([-./])(?:1[0-2]|0?[1-9])\3(?P<last>20\d\d)|(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d)/(?P<us>20\d\d))(?![\d.])"
)
_HAN_DATE = r"(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(?:\d{1,2}\s*日)?"
_HAN_RANGE = re.compile(rf"^(?:自|由|从)?\s*{_HAN_DATE}\s*(?:至|到|-|–|—|~)\s*{_HAN_DATE}(?:止)?(?:年度|财年)?$")
_RANGE = re.compile(
    rf"^(?:from\s+)?{_DAY}\s+({_MONTH})\s*,?\s*(20\d\d)\s*(?:to|-|–|—)\s*{_DAY}\s+({_MONTH})\s*,?\s*(20\d\d)$", re.I
)
_OPENING = re.compile(
    r"^(?:as\s+(?:at|of)|at|于|在|截至)?\s*(?:20\d\d\s*年\s*(?:1|一)\s*月\s*(?:1|一)\s*日|1\s+jan(?:uary)?\s*,?\s+20\d\d"
    r"|jan(?:uary)?\s+1\s*,?\s+20\d\d)$",
    re.I,
)
_MONTH_ONLY = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}|{_HAN_NUMBER})\s*月(?!\s*[\d一二三四五六七八九十])"
    rf"|(?<!\d)(?<!\d )\b{_MONTH}(?!\s*{_DAY}(?!\d))",
    re.I,
)
_CLOSING = re.compile(r"截至|止|年度|财年|年末|年底|\b(?:ended|ending|as\s+(?:at|of)|at|years?|fye?)\b", re.I)
_PART = (
    (re.compile(r"上半年|first\s+half|\bh1\b|1h", re.I), "H1"),
    (re.compile(r"下半年|second\s+half|\bh2\b|2h", re.I), "H2"),
    (re.compile(r"第?[一1]季度?|\bq1\b|first\s+quarter", re.I), "Q1"),
    (re.compile(r"第?[二2]季度?|\bq2\b|second\s+quarter", re.I), "Q2"),
    (re.compile(r"第?[三3]季度?|\bq3\b|third\s+quarter", re.I), "Q3"),
    (re.compile(r"第?[四4]季度?|\bq4\b|fourth\s+quarter", re.I), "Q4"),
)


def read_period(text: str) -> str | None:
    """Read a cell that says nothing but a period; None for anything else.

    A financial year that spans two calendar years is named by the year it ends in. The first of January opens a year,
    a month is a part of one, and neither is a period of a report.

    >>> read_period("2022 年"), read_period("FY2023"), read_period("2022/23 財年"), read_period("二零二三年")
    ('2022', '2023', '2023', '2023')
    >>> read_period("截至2024年3月31日止年度"), read_period("2022 上半年"), read_period("2022 年目標")
    ('2024', '2022H1', None)
    """
    folded = _han_years(_REMARK.sub("", fold(_RAISED.sub("", text))).strip())
    if _OPENING.match(folded):
        return None
    if _MONTH_ONLY.search(folded) and not _CLOSING.search(folded):
        return None
    formed = _formed(folded)
    if formed is not None:
        return formed or None
    part = ""
    for pattern, name in _PART:
        if pattern.search(folded):
            folded, part = pattern.sub("", folded), name
            break
    folded = _DATE.sub(lambda date: date["year"] or date["last"] or date["us"], folded)
    pair = _HAN_PAIR.search(folded) or _PAIR.search(folded)
    year: str | None = None
    if pair and _follows(pair["first"], pair["second"]):
        year = pair["first"][:2] + pair["second"][-2:]
        folded = folded[: pair.start()] + folded[pair.end() :]
    else:
        years = _ONE.findall(folded)
        if len(set(years)) == 1:
            year = years[0]
            folded = _ONE.sub("", folded)
    return year + part if year and not _besides(folded) else None


def is_period_phrase(text: str) -> bool:
    """Tell a heading that speaks of a period without naming its year, as above a row of years.

    >>> [is_period_phrase(text) for text in ("截至三月三十一日止年度", "For the year ended 31 December", "男性")]
    [True, True, False]
    """
    folded = fold(text).strip().lower()
    return bool(_NOISE.search(folded)) and not _ONE.search(folded) and not _besides(folded)


def years_in(text: str) -> list[str]:
    """Find the years a text names, in order, each once."""
    folded = _han_years(fold(text))
    found: list[str] = []
    for match in re.finditer(
        r"(?<!\d)(?<!\d[.,])(?:(20\d\d)\s*/\s*(\d\d)(?!\d)|((?:19|20)\d\d)(?![\d%]|,\d|\.\d{1,2}(?!\d)))", folded
    ):
        year = match[1][:2] + match[2] if match[1] else match[3]
        if year not in found:
            found.append(year)
    return found


def _formed(folded: str) -> str | None:
    """Read the ways of naming a year that are a form of their own; "" when it names no year, None for no such form.

    >>> _formed("FY22/23"), _formed("2022年4月1日至2023年3月31日"), _formed("1 jan 2022 - 30 jun 2022"), _formed("2022")
    ('2023', '2023', '', None)
    """
    short = _SHORT.match(folded)
    if short:
        return f"20{short['year'] or short['zh']}"
    pair = _SHORT_PAIR.match(folded)
    if pair:
        first, second = pair["first"] or pair["zh"], pair["second"] or pair["zh_second"]
        return f"20{second}" if _follows(first, second) else ""
    span = _HAN_RANGE.match(folded)
    if span:
        return _year_of(int(span[1]), int(span[2]), int(span[3]), int(span[4]))
    span = _RANGE.match(folded)
    if span:
        return _year_of(int(span[2]), _month(span[1]), int(span[4]), _month(span[3]))
    return None


def _year_of(first_year: int, first_month: int, last_year: int, last_month: int) -> str:
    """Name twelve months by the year they end in; nothing for a span that is shorter or longer."""
    months = (last_year - first_year) * 12 + last_month - first_month + 1
    return str(last_year) if months == 12 else ""


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS[:12], start=1) if month.startswith(name[:3].lower()))


def _besides(folded: str) -> str:
    return re.sub(r"[\W_]+", "", _NOISE.sub("", folded))


def _follows(first: str, second: str) -> bool:
    return (int(first) + 1) % 100 == int(second[-2:])


def _han_years(text: str) -> str:
    return re.sub(
        r"二[零〇○][零〇○一二三四五六七八九]{2}(?=年|财|/|$|\s)", lambda match: match.group().translate(_HAN_YEAR), text
    )
