"""The console's own words in three languages, from one table."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from index.script import Language, render

TABLE = Path(__file__).with_name("words.toml")
NAMES: Mapping[Language, str] = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}


class Words:
    """Says what the console says in one language: `say("nav.ask")`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._held = _words(language)

    def __call__(self, name: str, /, **values: object) -> str:
        """Fill one entry of the table. Raises KeyError for a name that it lacks."""
        return self._held[name].format(**values)

    def has(self, name: str) -> bool:
        """Tell whether the table has an entry."""
        return name in self._held


def setting_meaning(name: str, language: Language) -> str:
    """Say in Chinese what a setting means; empty in English, which the settings themselves speak."""
    words = _settings().get(name)
    return _in(["", *words], language) if words else ""


def read_table() -> dict[str, list[str]]:
    """Read the table: by name, the English words, the Traditional ones, and the Simplified where they differ."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {f"{page}.{name}": words for page, entries in table.items() for name, words in entries.items()}


@cache
def _settings() -> Mapping[str, list[str]]:
    return tomllib.loads(TABLE.with_name("settings.toml").read_text(encoding="utf-8"))


@cache
def _words(language: Language) -> Mapping[str, str]:
    return {name: _in(words, language) for name, words in read_table().items()}


def _in(words: list[str], language: Language) -> str:
    """Choose the words of a language; Simplified ones are the Traditional ones, rendered, unless they are given."""
    if language == "en":
        return words[0]
    if language == "zh-Hant":
        return words[1]
    return words[2] if len(words) > 2 else render(words[1], "zh-Hans")
