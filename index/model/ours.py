"""Pairs that are ours: the ESG lexicon's names, and editions of reports, bundled and invented, line beside line."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index.model.pairs import Kind, Pair, Source, matching_form

INDEX = Path(__file__).parent.parent
HEADING = re.compile(r"^#+\s*(?P<title>.*?)\s*(?:\{#[^}]*\})?$")
MARKUP = re.compile(r"^\s*(?:[-*]\s+|\|[\s|:-]*$)|\s*\|\s*")


def own_sources(folder: Path = INDEX) -> list[Source]:
    """Read the lexicon, the bundled editions and the invented reports, all of them for training."""
    lexicon = _source("lexicon", "titles", "", (tuple(lexicon_pairs(folder / "lexicon.toml")),))
    bundled = sorted((folder / "bundled").glob("*.en.md"))
    written = sorted((folder / "model" / "written").glob("*/*.en.md"))
    return [lexicon, *_reports("edition", bundled), *_reports("written", written)]


def _reports(name: str, english: Sequence[Path]) -> list[Source]:
    """Make one source of reports' aligned lines, each a run of its own, and one of the headings of each language."""
    chinese = [edition.with_name(edition.name.replace(".en.md", ".zh-Hant.md")) for edition in english]
    aligned = tuple(tuple(edition_pairs(zh, en)) for zh, en in zip(chinese, english, strict=True))
    sources = [_source(name, "text", "", aligned)]
    for language, editions in (("zh", chinese), ("en", english)):
        sections = tuple(tuple(heading_pairs(edition.read_text(encoding="utf-8"))) for edition in editions)
        sources.append(_source(f"{name}_{language}", "headings", language, sections))
    return sources


def lexicon_pairs(path: Path) -> Iterator[Pair]:
    """Pair every Chinese name of a metric or breakdown with an English one, and every English one with a Chinese."""
    for entries in tomllib.loads(path.read_text(encoding="utf-8")).values():
        for entry in entries:
            chinese = _names(entry, "zh_hant", "zh_hans", "words_zh", "zh")
            english = _names(entry, "en", "words_en")
            for number in range(max(len(chinese), len(english)) if chinese and english else 0):
                yield Pair(left=chinese[number % len(chinese)], right=english[number % len(english)])


def edition_pairs(chinese: Path, english: Path) -> Iterator[Pair]:
    """Pair the lines of two editions, whose structure is the same; raises ValueError when it is not."""
    lines = [path.read_text(encoding="utf-8").splitlines() for path in (chinese, english)]
    left, right = ([plain for line in edition if (plain := _plain(line))] for edition in lines)
    for a, b in zip(left, right, strict=True):
        yield Pair(left=a, right=b)


def heading_pairs(edition: str) -> Iterator[Pair]:
    """Pair a heading with each longer line below it."""
    title = ""
    for line in edition.splitlines():
        if match := HEADING.match(line):
            title = matching_form(match["title"])
        elif title and len(plain := _plain(line)) > 2 * len(title):
            yield Pair(left=title, right=plain)


def _plain(line: str) -> str:
    match = HEADING.match(line)
    return matching_form(MARKUP.sub(" ", match["title"] if match else line))


def _names(entry: Mapping[str, str | list[str]], *keys: str) -> list[str]:
    found = [entry[key] for key in keys if key in entry]
    names = [name for value in found for name in ([value] if isinstance(value, str) else value)]
    return list(dict.fromkeys(matching_form(name) for name in names))


def _source(name: str, kind: Kind, language: str, runs: tuple[tuple[Pair, ...], ...]) -> Source:
    return Source(name=name, kind=kind, language=language, runs=runs, held_out=())
