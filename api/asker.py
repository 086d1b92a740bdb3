"""Tell which language the person behind a request reads."""

import re
from collections.abc import Mapping

from index.script import LANGUAGES, Language, language_of

_TAGS: tuple[tuple[str, Language], ...] = (
    ("zh-hant", "zh-Hant"),
    ("zh-tw", "zh-Hant"),
    ("zh-hk", "zh-Hant"),
    ("zh-mo", "zh-Hant"),
    ("yue", "zh-Hant"),
    ("zh", "zh-Hans"),
    ("en", "en"),
)
_RANGE = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*(?P<weight>[01](?:\.\d{0,3})?)\s*)?$"
)


def browser_language(header: str) -> Language | None:
    """Choose from an Accept-Language header (RFC 9110, 12.5.4); None when it names no language of ours.

    >>> browser_language("fr, zh-HK;q=0.9, en;q=0.8"), browser_language("fr")
    ('zh-Hant', None)
    """
    ranges = [match for part in header[:500].split(",") if (match := _RANGE.match(part))]
    ranges = [match for match in ranges if float(match["weight"] or 1) > 0]
    for match in sorted(ranges, key=lambda match: -float(match["weight"] or 1)):
        tag = match["tag"].lower()
        for prefix, language in _TAGS:
            if tag == prefix or tag.startswith(prefix + "-"):
                return language
    return None


def question_language(question: str, *, browser: Language | None) -> Language | None:
    """Settle the script of a question both Chinese scripts write alike; None when the question itself tells.

    >>> question_language("2022 年用水", browser="zh-Hans"), question_language("用電量", browser="zh-Hans")
    ('zh-Hans', None)
    """
    alike = language_of(question, otherwise="zh-Hant") != language_of(question, otherwise="zh-Hans")
    return browser if alike and browser in ("zh-Hant", "zh-Hans") else None


def asker_language(request: Mapping[str, object], *, browser: Language | None, otherwise: Language) -> Language:
    """Choose the language to explain a problem in: the one asked for, the question's, the browser's, else the house's.

    `request` is what was sent, checked or not: its "language", and its "question" or "q".
    """
    for language in LANGUAGES:
        if request.get("language") == language:
            return language
    question = request.get("question") or request.get("q")
    if isinstance(question, str) and any(character.isalpha() for character in question):
        readable = question[:1000].encode(errors="replace").decode()
        return question_language(readable, browser=browser) or language_of(readable)
    return browser or otherwise
