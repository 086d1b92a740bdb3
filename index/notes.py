"""Tie a report's notes to the table rows they explain."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.columns import unmarked
from index.lexicon import Concept, Lexicon
from index.report import Items, Paragraph, Report, Table, Text
from index.script import fold
from index.text import slice_text

_LEAD = re.compile(r"^\s*(?:注|註|附註|附注|备注|備註|notes?)\s*\d*\s*[:：]\s*", re.I)
_MARK = re.compile(
    r"""
    ^\s* (?: \((?P<paren>\d{1,2}|[a-z])\) | \[(?P<square>\d{1,2}|[a-z])\] | (?P<plain>\d{1,2})[.、)]
      | (?P<star>[*#^†‡§]+) | (?P<raised>[⁰¹²³⁴-⁹]+) | (?P<circled>[①-⑳]) | [注註](?P<note>\d{1,2}) ) \s*
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"(?P<number>\d{1,2})\s*[:：]\s*$")
_BOUNDARY = re.compile(r"范围|边界|覆盖|涵盖|boundary|scope of|covers|cover\b", re.I)
_DENOMINATORS = frozenset({"per_employee", "per_revenue", "per_area", "intensity"})
_SUBJECTS = {"环境": "A", "environment": "A", "社会": "B", "social": "B"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, the chapter it speaks for, and the footnote mark it answers to."""

    key: str
    text: Text
    chapter: str
    mark: str  # "1", "*"; empty: none
    number: str  # "1" of a note that begins "Note 1:", which rows of its own section may refer to
    section: str  # key
    table: str  # key of the table right above it; empty: none
    concept: Concept
    subject: str  # "A" when it bounds all environmental data, "B" all social data


def notes_in(report: Report, lexicon: Lexicon) -> tuple[Note, ...]:
    """Collect the notes of a report, one a list item or paragraph."""
    found: list[Note] = []
    chapter = chapters(report)
    table, held = "", ""
    for section, block in report.blocks:
        if section.key != held:
            table, held = "", section.key
        if isinstance(block, Table):
            table = block.key
            continue
        if isinstance(block, Paragraph) and block.note:
            texts = [(block.key, block.text)]
        elif isinstance(block, Items) and block.note:
            texts = [(f"{block.key}.{number}", item) for number, item in enumerate(block.items, start=1)]
        else:
            continue
        for key, text in texts:
            note = _note(key, text, chapter[section.key], section.key, table, lexicon)
            if note is not None:
                found.append(note)
    return tuple(found)


def notes_for(
    concept: Concept,
    *,
    chapter: str,
    marks: Sequence[str],
    notes: Sequence[Note],
    lexicon: Lexicon,
    section: str = "",
    table: str = "",
) -> tuple[Note, ...]:
    """Choose the notes of the same chapter that a row's footnote marks, metrics or denominators call for.

    A mark means the note right below the row's own table, else the one of its section, else of its chapter.
    """
    found = [
        note
        for note in notes
        if note.chapter == chapter
        and (_applies(note, concept, marks, lexicon) or (note.number in marks and _nearness(note, section, table)))
    ]
    nearest: dict[str, int] = {}
    for note in found:
        nearest[note.mark] = max(nearest.get(note.mark, 0), _nearness(note, section, table))
    return tuple(note for note in found if not note.mark or _nearness(note, section, table) == nearest[note.mark])


def _nearness(note: Note, section: str, table: str) -> int:
    return 2 if table and note.table == table else 1 if section and note.section == section else 0


def chapters(report: Report) -> dict[str, str]:
    """Name the chapter of each section; a title that stands above most of the report is no chapter of its own."""
    first = Counter(section.path[0] for section in report.sections if section.path)
    title = next((name for name, n in first.items() if n * 2 > len(report.sections)), None)
    depth = {True: 2, False: 1}
    return {section.key: "/".join(section.path[: depth[section.path[:1] == (title,)]]) for section in report.sections}


def _note(key: str, text: Text, chapter: str, section: str, table: str, lexicon: Lexicon) -> Note | None:
    lead = _LEAD.match(text.text)
    numbered = _NUMBERED.search(lead.group()) if lead else None
    if lead:
        text = slice_text(text, lead.end(), len(text.text))
    mark = _MARK.match(text.text)
    named = unmarked(f"x{mark.group().strip()}")[1] if mark else ()
    if mark:
        named = named or tuple(value for value in mark.groupdict().values() if value)
        text = slice_text(text, mark.end(), len(text.text))
    if not text.text.strip():
        return None
    return Note(
        key=key,
        text=text,
        chapter=chapter,
        mark=next(iter(named), ""),
        number=numbered["number"] if numbered else "",
        section=section,
        table=table,
        concept=lexicon.concept(text.text),
        subject=_subject(text.text),
    )


def _subject(text: str) -> str:
    folded = fold(text).lower()
    if not _BOUNDARY.search(folded):
        return ""
    return next((aspect for word, aspect in _SUBJECTS.items() if word in folded), "")


def _applies(note: Note, concept: Concept, marks: Sequence[str], lexicon: Lexicon) -> bool:
    if note.mark:
        return note.mark in marks
    aspects = {lexicon.metrics[key].aspect[:1] for key in concept.metrics if key in lexicon.metrics}
    if note.subject and note.subject in aspects:
        return True
    if concept.per and note.concept.per and {concept.per, note.concept.per} <= _DENOMINATORS:
        return True
    named = [part for key in note.concept.metrics for part in (key, *_summed(key, lexicon))]
    return any(lexicon.related(mine, its) for mine in concept.metrics for its in named)


def _summed(key: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Give what a sum adds up: a note on scopes 1 and 2 speaks of each."""
    return lexicon.metrics[key].sums if key in lexicon.metrics else ()
