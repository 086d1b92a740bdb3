"""What may fill the slots of the service's own sentences: nothing but what the evidence holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.figures import Figure
from index.script import Language, fold, legible, plain_marks, render
from index.units import ATOMS, read_unit
from qa.answer import AnswerFigure, Citation, Input
from qa.compose import amount, currency_name, movement, plain, say, written
from qa.compute import difference, minus, percent_change
from qa.grounds import Grounds, given, said_in

_DIVIDER = re.compile(r"\t| \| ")


def slots_of(grounds: Grounds) -> dict[str, set[str]]:
    """Give what each slot may be filled with in an answer."""
    answer, language = grounds.answer, grounds.language
    figures = grounds.figures
    stated: list[AnswerFigure | Input] = [*figures, *(entry for figure in figures for entry in figure.inputs)]
    reports = {citation.report for citation in answer.citations}
    labels = {form for one in stated for form in cased(one.label)}
    amounts = {text for one in stated for text in amounts_of(one.value, one.unit)}
    amounts |= {text for figure in figures for cell in grounds.row(figure).values() for text in _bare(cell)}
    amounts |= {text for change in changes_in(grounds) for text in change.words}
    based = {cell.period for c in answer.citations for cell in grounds.beside(c) if cell.kind == "base"}
    periods = based | {one.period for one in stated} | {p for f in figures for p in grounds.row(f)}
    asked = periods | set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", answer.text))
    names = said_in(grounds.names, answer.text)
    quotes = {text for citation in answer.citations for text in rendered(citation, language)}
    codes = {code for c in answer.citations for code in re.findall(r"[A-Z]+\s?\d+(?:[.-]\d+)*", fold(c.quote))}
    return {
        "label": labels | names | _joined(names, answer.text, language),
        "other": labels | names,
        "asked": _currencies(language),
        "printed": _currencies(language),
        "value": amounts,
        "before": amounts,
        "after": amounts,
        "apart": {text for figure in figures for text in _apart(figure, grounds)},
        "period": asked | _lists_of(asked, answer.text, say("period_join", language)),
        "first": periods,
        "last": periods,
        "latest": {grounds.year(report) for report in reports} or {grounds.year()},
        "formula": {figure.formula for figure in figures if figure.formula},
        "quote": quotes,
        "words": {render(cell.words, language) for c in answer.citations for cell in grounds.beside(c) if cell.words},
        "code": codes | {f"GRI {code}" for code in codes},
        "section": {render(cell, language) for c in answer.citations for cell in last_cell(c)},
        "heading": {heading_of(citation, language) for citation in answer.citations},
        "values": {say("list_join", language).join(words) for words in _nearest_words(grounds)},
    }


def _currencies(language: Language) -> set[str]:
    """The names of the currencies that amounts of money are read in."""
    units = (read_unit(atom.symbol) for atom in ATOMS if atom.dimension == "money")
    return {currency_name(unit, language) for unit in units if unit is not None}


def either(texts: set[str]) -> str:
    """Make an expression that takes any of some texts, the longest first."""
    return "|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text)) if text) or r"(?!)"


def cased(label: str) -> set[str]:
    """Write a label as it stands within a sentence and at its beginning."""
    return {label, label[:1].upper() + label[1:]}


def amounts_of(value: str, unit: str) -> set[str]:
    """All ways the service writes a value with its unit."""
    digits = {value, value.replace("-", "−"), written(value)}
    return {amount(text, unit, language) for text in digits for language in ("en", "zh-Hant")}


def _bare(cell: Figure) -> set[str]:
    """How a cell is written beside another of its row: without the unit, which the other one has."""
    return {cell.digits, f"{cell.digits}%"} if cell.disclosure == "number" else set()


def _apart(figure: AnswerFigure, grounds: Grounds) -> Iterator[str]:
    """How far a cell is from the others of its row, in words."""
    for cell in grounds.row(figure).values():
        if cell.disclosure == "number" and not figure.formula:
            moved = movement(plain(cell.digits), figure.value, figure.unit, grounds.language)
            yield moved[1] if moved else ""


def rendered(citation: Citation, language: Language) -> set[str]:
    """Write a quote in all forms that an answer shows it in."""
    seen = {citation.quote, legible(citation.quote), plain_marks(legible(citation.quote))}
    shown = seen | {render(quote, language) for quote in seen}
    lines = {"\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip()) for text in shown}
    return shown | lines | {" ".join(text.split()) for text in shown}


def heading_of(citation: Citation, language: Language) -> str:
    """Write the heading of the section that a quote stands in, for a reader."""
    return render(legible(citation.section[-1]), language) if citation.section else ""


def last_cell(citation: Citation) -> list[str]:
    """Take the last cell of a quoted table row."""
    cells = [cell.strip() for cell in _DIVIDER.split(citation.quote)]
    return [cell for cell in cells if cell][-1:]


def _joined(names: set[str], text: str, language: Language) -> set[str]:
    """Several names said in one breath."""
    held = sorted(names, key=text.find)
    return {join.join(pair) for join in (say("and", language), " ") for pair in ((a, b) for a in held for b in held)}


def _lists_of(periods: set[str], text: str, join: str) -> set[str]:
    """Runs of several periods as they stand in the text."""
    one = either(periods)
    return {match.group() for match in re.finditer(rf"(?:{one})(?:{re.escape(join)}(?:{one}))+", text)}


def _nearest_words(grounds: Grounds) -> list[list[str]]:
    """The near figures in words, all of them or the first few."""
    if grounds.language == "en":
        words = [f"{f.label} ({f.period}): {amount(written(f.value), f.unit, 'en')}" for f in grounds.answer.nearest]
    else:
        words = [
            f"{f.period} 年{f.label} {amount(written(f.value), f.unit, grounds.language)}"
            for f in grounds.answer.nearest
        ]
    return [words] if words else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Two periods of one row compared, and the words for how far they are apart."""

    new: AnswerFigure
    old: AnswerFigure
    words: frozenset[str]
    sign: int


def changes_in(grounds: Grounds) -> list[Change]:
    """Find all that an answer's computed figures compare."""
    found = []
    for figure in grounds.answer.figures:
        if figure.formula is None or len(figure.inputs) != 2:
            continue
        new, old = given(figure, 0, grounds), given(figure, 1, grounds)
        if new is None or old is None or old.period >= new.period:
            continue
        apart = difference(old.value, new.value).value
        relative = percent_change(old.value, new.value)
        unit = say("points", grounds.language) if new.unit in ("%", "％") else new.unit
        words = {amount(minus(abs(apart)), unit, grounds.language)}
        if relative is not None and new.unit not in ("%", "％"):
            percent = f"{minus(abs(relative.value))}%"
            words |= {percent, *(f"{one} ({percent})" for one in words), *(f"{one}（{percent}）" for one in words)}
        sign = (apart > 0) - (apart < 0)
        found.append(Change(new=new, old=old, words=frozenset(words), sign=sign))
    return found
