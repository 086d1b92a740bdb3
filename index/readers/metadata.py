"""Tell who reports, on which year and in which language, from the report itself."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from index.errors import UnreadableReport
from index.report import Metadata
from index.script import LANGUAGES, fold, language_of

_STOCK_CODE = re.compile(r"(?:股[票份]代[号码]|stock\s*code)\s*[::]?\s*(?P<code>\d{3,5}(?:\.HK)?)", re.I)
_PERIOD_END = re.compile(
    r"(?:至|截至)\s*(?P<zh>20\d\d)\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|(?:to|ended|ending)\s+(?:\d{1,2}\s+[a-z]+|[a-z]+\s+\d{1,2}),?\s+(?P<en>20\d\d)",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_REPORT_NAME = re.compile(
    r"环境.{0,2}社会(?:及|与|和)(?:管治|治理)|可持续发展报告|社会责任报告|ESG\s*报告"
    r"|environmental,?\s*social\s*(?:and|&)\s*(?:corporate\s*)?governance|sustainability\s*report|ESG\s*report",
    re.I,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_COMMA = re.compile(r"[,，、;；]")
_FIELDS = frozenset({"company", "stock_code", "year", "language", "title", "contact", "aliases"})


def infer_metadata(text: str, titles: Sequence[str], *, overrides: dict[str, Any]) -> Metadata:
    """Read the metadata from the first pages; `overrides` (front matter or the user's words) win.

    Raises UnreadableReport when an override is of no known field or value.
    """
    _check(overrides)
    front = fold(text[:6000])
    named = next((fold(title) for title in titles if title and _REPORT_NAME.search(fold(title))), "")
    found = {
        "company": _company(titles),
        "stock_code": _first(_STOCK_CODE, front),
        "year": _year(front, named),
        "language": language_of(text[:20000]),
        "title": next(
            (title for title in titles if title and _REPORT_NAME.search(fold(title))), titles[0] if titles else ""
        ),
        "contact": _contact(text),
    }
    values = found | {name: value for name, value in overrides.items() if value is not None}
    return Metadata(
        company=str(values["company"]),
        stock_code=str(values["stock_code"]),
        year=int(values["year"]) if values["year"] is not None else None,
        language=values["language"],
        title=str(values["title"]),
        contact=str(values["contact"]),
        aliases=_listed(values.get("aliases")) or _aliases(titles),
    )


def _listed(aliases: str | Sequence[object] | None) -> tuple[str, ...]:
    """Read a list of names, or names in one text with commas between them."""
    listed = _COMMA.split(aliases) if isinstance(aliases, str) else aliases or ()
    return tuple(str(alias).strip() for alias in listed if str(alias).strip())


def _check(overrides: dict[str, Any]) -> None:
    for name, value in overrides.items():
        if name not in _FIELDS:
            raise UnreadableReport(f"{name}: no such field; expected one of {', '.join(sorted(_FIELDS))}")
        if name == "language" and value is not None and value not in LANGUAGES:
            raise UnreadableReport(f"language {value!r}: expected one of {', '.join(LANGUAGES)}")
        if name == "year" and value is not None and not re.fullmatch(r"(?:19|20)\d\d", str(value)):
            raise UnreadableReport(f"year {value!r}: expected four digits such as 2022")


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        return ""
    code = match["code"]
    return code if code.upper().endswith(".HK") else f"{code}.HK"


def _year(front: str, title: str) -> int | None:
    period = _PERIOD_END.search(front)
    if period:
        return int(period["zh"] or period["en"])
    in_title = _YEAR.findall(title)
    if in_title:
        return int(in_title[-1])
    seen = Counter(_YEAR.findall(front))
    return int(seen.most_common(1)[0][0]) if seen else None


def _company(titles: Sequence[str]) -> str:
    for title in titles:
        match = _REPORT_NAME.search(fold(title))
        if match and match.start() > 0:
            name = _YEAR.sub("", title[: match.start()]).strip(" ·-—–,，年度")
            if name:
                return name
    return next((_YEAR.sub("", title).strip(" ,") for title in titles if title), "")


def _aliases(titles: Sequence[str]) -> tuple[str, ...]:
    """Take a Latin company name that stands as a heading of its own on the cover."""
    names = (_YEAR.sub("", title).strip(" ,") for title in titles[:4])
    return tuple(
        name
        for name in names
        if re.fullmatch(r"[A-Za-z][\w .,&()'-]*(?:INC|LTD|LIMITED|CORP|GROUP)\.?[\w .,)]*", name, re.I)
    )


def _contact(text: str) -> str:
    addresses = Counter(_EMAIL.findall(text))
    return next((a for a in addresses if a.lower().startswith(("ir@", "investor"))), "")
