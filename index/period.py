"""Read reporting periods: calendar years, financial years, halves and quarters, in three scripts."""

import re

from index.script import fold

_HAN_YEAR = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_NOISE = re.compile(
    r"截至|止|财政年度|财年|年度|年末|年底|会计年度|年|全年|as\s+(?:at|of)|for\s+the\s+year\s+ended|year\s+ended|financial\s+year"
    r"|fiscal\s+year|year|fy|数据|实绩|表现|actual|data|performance|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|[一二三四五六七八九十]+月[一二三四五六七八九十]*日"
    r"|\d{1,2}\s+(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)\s*\d{0,2}",
    re.I,
)
_REMARK = re.compile(
    r"\((?:经?重列|经?重述|restated|未经审核|unaudited|注\s*\d*|note\s*\d*|\d|[a-z])\)|\[\d\]|\*|[¹²³]", re.I
)
_PAIR = re.compile(r"(?P<first>20\d\d)\s*[/-]\s*(?P<second>(?:20)?\d\d)")
_ONE = re.compile(r"(?:19|20)\d\d")
_SHORT = re.compile(r"^fy\s?'?(\d\d)$", re.I)
_PART = (
    (re.compile(r"上半年|first\s+half|\bh1\b|1h", re.I), "H1"),
    (re.compile(r"下半年|second\s+half|\bh2\b|2h", re.I), "H2"),
    (re.compile(r"第?[一1]季|\bq1\b|first\s+quarter", re.I), "Q1"),
    (re.compile(r"第?[二2]季|\bq2\b|second\s+quarter", re.I), "Q2"),
    (re.compile(r"第?[三3]季|\bq3\b|third\s+quarter", re.I), "Q3"),
    (re.compile(r"第?[四4]季|\bq4\b|fourth\s+quarter", re.I), "Q4"),
)


def read_period(text: str) -> str | None:
    """Read a cell that says nothing but a period; None for anything else.

    A financial year that spans two calendar years is named by the year it ends in.

    >>> read_period("2022 年"), read_period("FY2023"), read_period("2022/23 財年"), read_period("二零二三年")
    ('2022', '2023', '2023', '2023')
    >>> read_period("截至2024年3月31日止年度"), read_period("2022 上半年"), read_period("2022 年目標")
    ('2024', '2022H1', None)
    """
    folded = _han_years(_REMARK.sub("", fold(text)).strip())
    short = _SHORT.match(folded)
    if short:
        return f"20{short[1]}"
    part = ""
    for pattern, name in _PART:
        if pattern.search(folded):
            folded, part = pattern.sub("", folded), name
            break
    pair = _PAIR.search(folded)
    year: str | None = None
    if pair and _follows(pair["first"], pair["second"]):
        year = pair["first"][:2] + pair["second"][-2:]
        folded = folded[: pair.start()] + folded[pair.end() :]
    else:
        years = _ONE.findall(folded)
        if len(set(years)) == 1:
            year = years[0]
            folded = _ONE.sub("", folded)
    rest = re.sub(r"[\W_]+", "", _NOISE.sub("", folded))
    return year + part if year and not rest else None


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


def _follows(first: str, second: str) -> bool:
    return (int(first) + 1) % 100 == int(second[-2:])


def _han_years(text: str) -> str:
    return re.sub(
        r"二[零〇○][零〇○一二三四五六七八九]{2}(?=年|财|/|$|\s)", lambda match: match.group().translate(_HAN_YEAR), text
    )
