"""Say what the code said in English in the reader's language: refusals, failures, what was not read."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.problem import FAULTS, Wording
from index.script import Language, render

TABLE = Path(__file__).with_name("told.toml")
OTHERWISE: Wording = {
    "en": "the server's log says why",
    "zh-Hant": "詳情見伺服器紀錄",
    "zh-Hans": "详情见服务器日志",
}

_HOLE = re.compile(r"{(\w+)}")
_PROSE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
_INNER = "inner"  # what fills this is looked up; where it is not known, neither is the whole
_REASONS = ("reason", "error")  # of the machine or a library, in English


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Something the code says, with holes for what differs."""

    pattern: re.Pattern[str]
    plain: int  # characters outside the holes
    words: Wording


def told(message: str, language: Language) -> str:
    """Give a message in a language; a bare name stays, and what is not known leads to the server's log.

    >>> told("esg.md: the file is empty", "zh-Hant"), told("esg.md: a ZIP archive; expected a report", "zh-Hans")
    ('esg.md：檔案沒有內容', 'esg.md：ZIP 压缩文件，应为报告')
    """
    if language == "en":
        return message
    found = _find(message, language)
    if found is not None:
        return found
    return OTHERWISE[language] if _PROSE.search(message) else message


def _find(message: str, language: Language) -> str | None:
    for template in templates():
        match = template.pattern.fullmatch(message)
        if match is None:
            continue
        values = {name: _value(name, value, language) for name, value in match.groupdict().items()}
        if None not in values.values():
            return template.words[language].format(**values)
    return None


def _value(name: str, value: str, language: Language) -> str | None:
    if name == "any":
        return "、".join(_value("", each, language) or each for each in re.split(r", | or ", value))
    if name in _REASONS:
        return told(value, language)
    found = _find(value, language)
    return found if found is not None or name == _INNER else value


@cache
def templates() -> tuple[Template, ...]:
    """Read the table, what says most in its own words first."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = {
        english: (words[0], words[-1] if len(words) > 1 else render(words[0], "zh-Hans"))
        for english, words in table.items()
    }
    rows |= {fault["en"]: (fault["zh-Hant"], fault["zh-Hans"]) for fault in FAULTS.values()}
    made = [_template(english, *words) for english, words in rows.items()]
    return tuple(sorted(made, key=lambda template: template.plain, reverse=True))


def _template(english: str, hant: str, hans: str) -> Template:
    parts = _HOLE.split(english)
    pattern = "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return Template(
        pattern=re.compile(pattern, re.DOTALL),
        plain=sum(map(len, parts[::2])),
        words={"en": english, "zh-Hant": hant, "zh-Hans": hans},
    )
