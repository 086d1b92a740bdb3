"""Read reporting periods: calendar years, financial years, halves and quarters, in three scripts."""

import re
from collections.abc import Iterator

from index.script import fold

_HAN_YEAR = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
).split()
_HAN_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
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

# What has the form of a year inside running text. A span of two years names one where it is written as one: "2022/23",
# "FY22-23", "21/22 財年"; two whole years with a stroke between them stay two, unless "FY" or 財年 says otherwise.
_YEAR_TOKEN = re.compile(
    r"(?P<mark>(?<![a-z0-9])fye?\s?'?)?(?<!\d)(?<!\d\.)(?P<first>(?:19|20)\d\d|\d\d)"
    r"(?:\s?(?P<stroke>[/–—-])\s?(?P<second>20\d\d|\d\d))?(?![\d%]|,\d|\.\d{1,2}(?!\d))"
    r"(?P<fiscal>\s*(?:财政年度|财务年度|会计年度|财年))?"
)
_SHORTEST_YEAR = 15  # "21/22" is a year, "11/12" a date
_UNREAD = re.compile(r"(?<![a-z0-9])fye?\s?'?\d[\da-z/–-]*|(?<!\d)\d+(?:\s?[/–-]\s?\d+)?\s*(?:财政年度|财年)")
_YEAR_ENDS = re.compile(
    rf"\byears?\s+end(?:ed|ing|s)\s+(?:on\s+)?(?:{_DAY}\s+(?:of\s+)?)?(?P<month>{'|'.join(_MONTHS)})\b"
)
_HAN_YEAR_ENDS = re.compile(
    rf"(?:截至|至|到)\s*(?:(?:20\d\d|次)\s*年\s*)?(?P<month>1[0-2]|[1-9]|{_HAN_NUMBER})\s*月\s*(?:\d+|{_HAN_NUMBER})\s*日\s*(?:止|为止|的?(?:财政)?年度|的?财年)"
)
_BEFORE_YEAR = re.compile(
    rf"(?<![a-z])(?:{_DAY}\s+(?:of\s+)?)?(?P<month>{'|'.join(_MONTHS)})\b\.?(?:\s*{_DAY})?\s*,?\s*$"
)
_AFTER_YEAR = re.compile(
    rf"\s*年\s*(?P<month>1[0-2]|[1-9]|{_HAN_NUMBER})\s*月(?:\s*(?:底|末|(?:[12]\d|3[01]|[1-9]|{_HAN_NUMBER})\s*[日号]))?"
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
    """Find the years a text names, in order, each once; a year that spans two is named by the one it ends in.

    >>> years_in("FY22 vs FY2023/24"), years_in("21/22 財年"), years_in("23財年"), years_in("B5.1，2022 年")
    (['2022', '2024'], ['2022'], ['2023'], ['2022'])
    >>> years_in("2021/2022"), years_in("31/12/2022"), years_in("24/7 support, 2,021 staff"), years_in("FY2O22")
    (['2021', '2022'], ['2022'], [], [])
    """
    return list(dict.fromkeys(year for _, _, years in _named(_straight(text)) for year in years))


def year_words_in(text: str, *, closing: int = 12) -> list[str]:
    """Find the words that name a text's years, with the day of the `closing` month that a reporting year ends on.

    >>> year_words_in("Staff at 31 March 2024?", closing=3), year_words_in("Staff at 31 March 2024?")
    (['31 march 2024'], ['2024'])
    """
    straight = _straight(text)
    found = []
    for start, end, years in _named(straight):
        if years:
            before, after = _BEFORE_YEAR.search(straight[:start]), _AFTER_YEAR.match(straight[end:])
            start -= len(before.group()) if before and _month(before["month"]) == closing else 0
            end += len(after.group()) if after and _han_month(after["month"]) == closing else 0
            found.append(straight[start:end].strip())
    return found


def part_years_in(text: str, *, closing: int = 12) -> list[str]:
    """Find the words that cut a year: a half, a quarter, or a month other than the one a reporting year ends in.

    >>> [part_years_in(text) for text in ("Water in the first half of 2023", "2023 年 6 月用水量", "2023年12月底")]
    [['first half'], ['年 6 月'], []]
    """
    straight = _straight(text)
    found = [match.group().strip() for pattern, _ in _PART if (match := pattern.search(straight))]
    for start, end, _ in _named(straight):
        before, after = _BEFORE_YEAR.search(straight[:start]), _AFTER_YEAR.match(straight[end:])
        found += [before.group().strip()] if before and _month(before["month"]) != closing else []
        found += [after.group().strip()] if after and _han_month(after["month"]) != closing else []
    return found


def closing_months_in(text: str) -> list[int]:
    """Find the months that a text says a year ends in.

    >>> closing_months_in("for the year ended 31 March 2024"), closing_months_in("截至2023年12月31日止年度")
    ([3], [12])
    """
    straight = _straight(text)
    return [_month(m["month"]) for m in _YEAR_ENDS.finditer(straight)] + [
        _han_month(m["month"]) for m in _HAN_YEAR_ENDS.finditer(straight)
    ]


def unread_years_in(text: str) -> list[str]:
    """Find the words that have the form of a financial year and do not tell which.

    >>> unread_years_in("Water used in FY2O22?"), unread_years_in("2021/24 財年"), unread_years_in("FY22")
    (['fy2o22'], ['2021/24 财年'], [])
    """
    straight = _straight(text)
    found = [straight[start:end] for start, end, years in _named(straight) if not years]
    return found + [m.group() for m in _UNREAD.finditer(straight) if not years_in(m.group()) and m.group() not in found]


def _straight(text: str) -> str:
    return _han_years(fold(text)).lower()


def _named(straight: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Find what has the form of a year in a text, with the years it names: none for a span that is no year."""
    position = 0
    while token := _YEAR_TOKEN.search(straight, position):
        years = _years_of(token)
        if years is None:
            position = token.end("first")
            continue
        whole = token["second"] is None or years == () or years[-1][-2:] == token["second"][-2:]
        position = token.end() if whole else token.end("first")
        yield token.start(), position, years


def _years_of(token: re.Match[str]) -> tuple[str, ...] | None:
    """Tell the years that a token names; None for a token that is no year at all."""
    first, second = token["first"], token["second"]
    fiscal = bool(token["mark"] or token["fiscal"])
    if second is None:
        known = len(first) == 4 and first[:2] in ("19", "20")
        return (first,) if known else (f"20{first}",) if fiscal and len(first) == 2 else None
    if len(first) == 2 and not (fiscal or (token["stroke"] == "/" and int(first) >= _SHORTEST_YEAR)):
        return None
    if len(first) == 4 and len(second) == 4 and (not fiscal or not _follows(first, second)):
        return (first, second)
    if len(first) == 2 and len(second) == 4:
        return None
    if _follows(first, second):
        return (f"20{second[-2:]}",)
    if fiscal:
        return ()
    return (first,) if len(first) == 4 else None


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


def _han_month(name: str) -> int:
    return int(name) if name.isdigit() else _HAN_MONTHS.index(name) + 1 if name in _HAN_MONTHS else 0


def _besides(folded: str) -> str:
    return re.sub(r"[\W_]+", "", _NOISE.sub("", folded))


def _follows(first: str, second: str) -> bool:
    return (int(first) + 1) % 100 == int(second[-2:])


def _han_years(text: str) -> str:
    return re.sub(
        r"二[零〇○][零〇○一二三四五六七八九]{2}(?=年|财|/|$|\s)", lambda match: match.group().translate(_HAN_YEAR), text
    )
