"""Read an answer's text as the service's own sentences, each of which the evidence has to prove."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from index.script import fold, render
from index.units import currency_of, read_unit
from qa.answer import AnswerFigure
from qa.compose import TEXTS, amount, currency_name, movement, plain, say
from qa.compute import number
from qa.grounds import Grounds
from qa.printed import verdict
from qa.slots import amounts_of, cased, changes_in, either, heading_of, last_cell, rendered, slots_of

_MARKS = re.compile(r"(?:\[\d+\])+")
_TAILS = {"against": "", "up_from": "up", "down_from": "down", "same_as": "same"}  # go on with the sentence before
_SLOT = re.compile("\x00([a-z]+)\x00")
_STOPS = " .。\n"
# Words that are parts of labels or stand outside an answer's text.
_NO_SENTENCES = frozenset(
    "each at points renminbi "
    "share_of change_of gap_of share_in sum_of average_of per list_join and period_join heading_change "
    "also_named read_as spelling other_language".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence of the service's own: a template of `TEXTS`, and what stands in its slots."""

    name: str
    said: Mapping[str, str]
    end: int


def text_faults(grounds: Grounds) -> Iterator[str]:
    """Read the text as the service's own sentences; each has to say what the grounds proves, at the marks it bears.

    Whatever stands outside of such a sentence is a fault.
    """
    text, position = grounds.answer.text, 0
    forms = _forms(grounds)
    about: AnswerFigure | None = None
    due: frozenset[int] = frozenset()
    while position < len(text):
        marks = _MARKS.match(text, position)
        if marks:
            if frozenset(map(int, re.findall(r"\d+", marks.group()))) != due:
                yield f"{marks.group()} stands after a sentence that {sorted(due)} prove"
            position, due = marks.end(), frozenset()
            continue
        proven = _proven(grounds, forms, position, about)
        if proven is None:
            if text[position] not in _STOPS:
                yield f"{text[position : position + 24]!r} stands in the text and nothing proves it"
                return
            position += 1
            continue
        sentence, cites, subject = proven
        about = subject or about
        due = due | cites if sentence.name in _TAILS else cites
        position = sentence.end
    if due:
        yield f"{sorted(due)} are cited nowhere"


def _proven(
    grounds: Grounds, forms: Sequence[tuple[str, re.Pattern[str]]], position: int, about: AnswerFigure | None
) -> tuple[_Sentence, frozenset[int], AnswerFigure | None] | None:
    """Find the longest sentence at a place that the grounds proves, with the citations it needs and its subject."""
    best: tuple[_Sentence, frozenset[int], AnswerFigure | None] | None = None
    for name, form in forms:
        match = form.match(grounds.answer.text, position)
        if match is None or match.end() == position:
            continue
        sentence = _Sentence(name=name, said=match.groupdict(), end=match.end())
        prove = _PROOFS_BESIDE.get(name) or _PROOFS[frozenset(sentence.said)]
        proof = prove(sentence, grounds, about)
        if proof is not None and (best is None or sentence.end > best[0].end):
            best = (sentence, *proof)
    return best


def _forms(grounds: Grounds) -> list[tuple[str, re.Pattern[str]]]:
    """Turn the service's sentences into expressions whose slots take nothing but what the grounds holds."""
    slots = {name: either(held) for name, held in slots_of(grounds).items()}
    forms = []
    for name, template in TEXTS["en" if grounds.language == "en" else "zh-Hant"].items():
        fields = re.findall(r"{(\w+)}", template)
        if name in _NO_SENTENCES or not (name in _PROOFS_BESIDE or frozenset(fields) in _PROOFS):
            continue
        filled = say(name, grounds.language, **{field: f"\x00{field}\x00" for field in fields})
        pieces = _SLOT.split(filled)
        if not all(piece in grounds.answer.text for piece in pieces[::2]):
            continue
        pattern = "".join(
            f"(?P<{piece}>{slots[piece]})" if n % 2 else re.escape(piece) for n, piece in enumerate(pieces)
        )
        forms.append((name, re.compile(pattern)))
    return forms


_Proof = tuple[frozenset[int], AnswerFigure | None] | None
_NOTHING: frozenset[int] = frozenset()


def _states(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """A figure stands at its value in its period; the highest of several is the highest."""
    said = sentence.said
    for figure in filter(grounds.plain, grounds.answer.figures):
        labels = cased(figure.label) | {form for entry in figure.inputs for form in cased(entry.label)}
        if said["label"] not in labels or said["period"] != figure.period:
            continue
        if said["value"] not in amounts_of(figure.value, figure.unit) or said.get("formula") != figure.formula:
            continue
        if sentence.name in _EXTREMES and not _is_extreme(figure, grounds, sentence.name):
            continue
        cites = frozenset(entry.citation for entry in figure.inputs) or frozenset({figure.citation})
        return cites, figure
    return None


_EXTREMES: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "most": Decimal.__ge__,
    "highest": Decimal.__ge__,
    "least": Decimal.__le__,
    "lowest": Decimal.__le__,
}


def _is_extreme(figure: AnswerFigure, grounds: Grounds, name: str) -> bool:
    own = number(figure.value)
    others = [f for f in grounds.answer.figures if f.metric == figure.metric and f.unit == figure.unit]
    if name in ("highest", "lowest"):
        others = [f for f in others if f.label == figure.label]
    return all(_EXTREMES[name](own, number(other.value)) for other in others)


def _stands_against(sentence: _Sentence, grounds: Grounds, about: AnswerFigure | None) -> _Proof:
    """Another period of the row that the sentence is about."""
    said = sentence.said
    if about is None or said["period"] == about.period:
        return None
    for figure in filter(grounds.plain, grounds.answer.figures):
        same = figure.label == about.label and figure.period == said["period"] and not figure.formula
        if same and said["value"] in amounts_of(figure.value, figure.unit):
            return frozenset({figure.citation}), None
    cell = grounds.row(about).get(said["period"])
    if cell is None or cell.disclosure != "number":
        return None
    fits = said["value"] == amount(cell.digits, about.unit if about.unit in ("%", "％") else "", grounds.language)
    return (_NOTHING, None) if fits else None


def _moves_from(sentence: _Sentence, grounds: Grounds, about: AnswerFigure | None) -> _Proof:
    """The figure the sentence is about moved from another period of its row, in the direction and as far as said."""
    said = sentence.said
    cell = grounds.row(about).get(said["period"]) if about is not None and not about.formula else None
    if about is None or cell is None or cell.disclosure != "number" or said["period"] >= about.period:
        return None
    moved = movement(plain(cell.digits), about.value, about.unit, grounds.language)
    value = amount(cell.digits, about.unit if about.unit in ("%", "％") else "", grounds.language)
    fits = moved == (_TAILS[sentence.name], said.get("apart", "")) and said.get("value", value) == value
    return (_NOTHING, None) if fits else None


def _changed(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """A figure moved from one period to another, in the direction and as far as said."""
    said = sentence.said
    direction = {"up": 1, "down": -1, "same": 0}[sentence.name]
    for change in changes_in(grounds):
        new, old = change.new, change.old
        before = said.get("before")
        if (
            direction == change.sign
            and said["label"] in cased(new.label)
            and (said["first"], said["last"]) == (old.period, new.period)
            and said["after"] in amounts_of(new.value, new.unit)
            and (before is None or before in amounts_of(old.value, old.unit))
            and ("value" not in said or said["value"] in change.words)
        ):
            return frozenset({new.citation, old.citation}), None
    return None


def _lacks(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """A row prints no number for the periods said; or for `zero_base`, it prints a zero."""
    said = sentence.said
    rows = [grounds.row(f) for f in grounds.figures if f.id and said["label"] in cased(f.label)]
    periods = said["period"].split(say("period_join", grounds.language))
    if sentence.name == "zero_base":
        zero = any(row[p].value == 0 for row in rows for p in periods if p in row)
        return (_NOTHING, None) if zero else None
    known = bool(rows) or (not grounds.figures and said["label"])
    printed = any(p in row and row[p].disclosure == "number" for row in rows for p in periods)
    return (_NOTHING, None) if known and not printed else None


def _ahead(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The periods said come after the latest the report covers."""
    periods = sentence.said["period"].split(say("period_join", grounds.language))
    return (_NOTHING, None) if all(period > sentence.said["latest"] for period in periods) else None


def _refuses(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The report prints no figure of the metric that it is said not to disclose."""
    shown = {form for figure in grounds.figures for form in cased(figure.label)}
    if sentence.name == "other_boundary":
        return (_NOTHING, None) if sentence.said["label"] in shown or not grounds.figures else None
    key = grounds.names.get(sentence.said["label"])
    whole = [c for c in grounds.snapshot.figures if c.metrics == (key,) and not c.per and not c.members]
    printed = any(cell.disclosure == "number" for cell in whole)
    return None if printed else (_NOTHING, None)


def _quotes(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The words are a cited quote's, whole."""
    said = sentence.said["quote"]
    cites = {c.number for c in grounds.answer.citations if said in rendered(c, grounds.language)}
    return (frozenset({min(cites)}), None) if cites else None


def _heads(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The words are the heading of a cited section."""
    said = sentence.said["heading"]
    cites = {c.number for c in grounds.answer.citations if said == heading_of(c, grounds.language)}
    return (frozenset({min(cites)}), None) if cites else None


def _points_to(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """A row of the content index lists the code and ends in the section said."""
    code = re.compile(rf"(?<![A-Za-z0-9]){re.escape(sentence.said['code'])}(?![\d.])")
    for citation in grounds.answer.citations:
        ends = [render(cell, grounds.language) for cell in last_cell(citation)]
        if code.search(fold(citation.quote)) and sentence.said["section"] in ends:
            return frozenset({citation.number}), None
    return None


def _aims(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """A cell beside a row's figures is of the kind, period and value said, or is printed in the words said."""
    said, kind = sentence.said, sentence.name.split("_")[0]
    for figure in grounds.answer.figures:
        cell = grounds.cell(figure)
        if cell is None or kind != ("original" if cell.superseded else cell.kind):
            continue
        worded = render(cell.words, grounds.language) == said["words"] if "words" in said else not cell.words
        valued = said.get("value") is None or said["value"] in amounts_of(figure.value, figure.unit)
        if said["label"] in cased(figure.label) and said.get("period", "") == figure.period and worded and valued:
            return frozenset({figure.citation}), None
    return None


def _based(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The row of a figure of the answer names the base year said, and no other."""
    for figure in grounds.answer.figures:
        citation = grounds.citation(figure)
        if citation is None or sentence.said["label"] not in cased(figure.label):
            continue
        if {cell.period for cell in grounds.beside(citation) if cell.kind == "base"} == {sentence.said["period"]}:
            return frozenset({citation.number}), None
    return None


def _restated(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The report marks the cell of the period said as restated."""
    for figure in grounds.answer.figures:
        cell = grounds.cell(figure)
        named = sentence.said["label"] in cased(figure.label) and sentence.said["period"] == figure.period
        if named and cell is not None and cell.plain and cell.restated:
            return frozenset({figure.citation}), None
    return None


def _prints(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """A compared row prints a change of its own, which agrees with the computed one or does not, as said."""
    for figure in grounds.answer.figures:
        cell = grounds.cell(figure)
        if cell is None or cell.kind != "change" or sentence.said["value"] not in amounts_of(figure.value, figure.unit):
            continue
        for change in changes_in(grounds):
            same_row = change.new.citation == figure.citation == change.old.citation
            if same_row and _VERDICTS[sentence.name] == verdict(figure.value, figure.unit, change.old, change.new):
                return frozenset({figure.citation}), None
    return None


_VERDICTS = {"printed_same": "same", "printed_other": "other", "printed_unsigned": "unsigned"}


def _in_currency(sentence: _Sentence, grounds: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The figures of money that the answer gives are in the currency said to be printed, none in the one asked for."""
    said, money = sentence.said, set[str]()
    for figure in grounds.answer.figures:
        cell = grounds.cell(figure)
        unit = read_unit(cell.unit_text) if cell is not None else None
        currency = currency_of(unit) if unit is not None else None
        money |= {currency_name(currency, grounds.language)} if currency is not None else set()
    return (_NOTHING, None) if said["printed"] in money and said["asked"] not in money else None


def _plainly(_sentence: _Sentence, _evidence: Grounds, _about: AnswerFigure | None) -> _Proof:
    """The slots take nothing but what is proven."""
    return _NOTHING, None


# How the grounds proves a sentence, by the slots it has.
_PROOFS: dict[frozenset[str], Callable[[_Sentence, Grounds, AnswerFigure | None], _Proof]] = {
    frozenset(slots.split()): proof
    for slots, proof in (
        ("label value period", _states),
        ("label value period formula", _states),
        ("value period", _stands_against),
        ("apart value period", _moves_from),
        ("period", _moves_from),
        ("label value first last before after", _changed),
        ("label first last after", _changed),
        ("label period", _lacks),
        ("period latest", _ahead),
        ("latest", _plainly),
        ("label", _refuses),
        ("quote", _quotes),
        ("code section", _points_to),
        ("heading", _heads),
        ("values", _plainly),
        ("", _plainly),
    )
}

# Sentences that say of what stands beside a row's figures, by name.
_PROOFS_BESIDE: dict[str, Callable[[_Sentence, Grounds, AnswerFigure | None], _Proof]] = {
    **dict.fromkeys(("target", "target_words", "target_undated", "base_value"), _aims),
    **dict.fromkeys(("progress", "progress_words", "original"), _aims),
    "base": _based,
    "no_part": _plainly,
    "other_currency": _in_currency,
    "restated": _restated,
    **dict.fromkeys(_VERDICTS, _prints),
}
