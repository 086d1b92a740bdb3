"""The last step of every answer: quotes are the passage's own, figures the table's, words say what the figures say."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from index.figures import Figure
from index.lexicon import Lexicon, bundled_lexicon
from index.period import years_in
from index.quantity import find_quantities
from index.script import Language, fold, legible, render
from index.snapshot import Snapshot
from index.units import UnitError, convert, read_unit, unit_name
from qa.answer import Answer, AnswerFigure, Citation, Input
from qa.catalogue import unit_label
from qa.compose import TEXTS, amount, movement, plain, say, written
from qa.compute import Derived, average, difference, minus, number, percent_change, ratio, share, total

_VALUE = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKS = re.compile(r"(?:\[\d+\])+")
_TAILS = {"against": "", "up_from": "up", "down_from": "down", "same_as": "same"}  # go on with the sentence before
_SLOT = re.compile("\x00([a-z]+)\x00")
_STOPS = " .。\n"
_DIVIDER = re.compile(r"\t| \| ")
# Words that are parts of labels or stand outside an answer's text.
_NO_SENTENCES = frozenset(
    "each at points share_of change_of gap_of sum_of average_of per list_join and period_join heading_change "
    "also_named read_as spelling other_language".split()
)


def faults(answer: Answer, snapshot: Snapshot, *, lexicon: Lexicon | None = None) -> list[str]:
    """Name everything in an answer that its citations do not prove; an empty list lets it pass."""
    found = [*_citation_faults(answer, snapshot)]
    if found:
        return found
    evidence = _Evidence(answer, snapshot, lexicon or bundled_lexicon())
    found = [*_figure_faults(evidence), *_note_faults(answer)]
    return found or [*_text_faults(evidence)]


def _citation_faults(answer: Answer, snapshot: Snapshot) -> Iterator[str]:
    if answer.status == "answered" and not answer.citations:
        yield "answered without a citation"
    for place, citation in enumerate(answer.citations, start=1):
        passage = snapshot.by_id.get(citation.passage_id)
        if citation.number != place:
            yield f"citation {citation.number} stands at place {place}"
        if passage is None or (passage.text, passage.section, passage.report_id, passage.edition, passage.page) != (
            citation.passage,
            citation.section,
            citation.report,
            citation.edition,
            citation.page,
        ):
            yield f"citation {citation.number}: no such passage in the snapshot"
        if not citation.quote or citation.passage[citation.start : citation.end] != citation.quote:
            yield f"citation {citation.number}: the quote is not the passage's own"


class _Evidence:
    """What an answer's figures and citations prove, looked up once."""

    def __init__(self, answer: Answer, snapshot: Snapshot, lexicon: Lexicon) -> None:
        self.answer = answer
        self.language: Language = answer.language
        self.lexicon = lexicon
        self.snapshot = snapshot
        self.figures = (*answer.figures, *answer.nearest)
        self.citations = {citation.number: citation for citation in answer.citations}
        self._rows: dict[tuple[str, int], dict[str, Figure]] = {}

    def citation(self, figure: AnswerFigure) -> Citation | None:
        """The citation a figure names."""
        return self.citations.get(figure.citation)

    def cell(self, figure: AnswerFigure) -> Figure | None:
        """The table cell a figure says it is."""
        return next((cell for cell in self.row(figure).values() if cell.id == figure.id), None)

    def row(self, figure: AnswerFigure) -> dict[str, Figure]:
        """The cells of a figure's row, by period."""
        place, citation = (figure.id, figure.citation), self.citation(figure)
        if place not in self._rows and citation is not None:
            cells = [c for c in self.snapshot.figures if c.edition == citation.edition]
            own = next(((c.report_id, c.row_key) for c in cells if c.id == figure.id), None)
            self._rows[place] = {c.period: c for c in cells if (c.report_id, c.row_key) == own}
        return self._rows.get(place, {})

    def year(self, report: str | None = None) -> str:
        """The newest reporting year of a report, or of all of them."""
        years = [e.metadata.year for e in self.snapshot.manifest.editions if report in (None, e.metadata.report_id)]
        periods = [cell.period[:4] for cell in self.snapshot.figures if report in (None, cell.report_id)]
        return str(max((year for year in years if year), default=max(periods, default="0")))

    @cached_property
    def names(self) -> dict[str, str]:
        """The lexicon's metrics by their names for the reader."""
        return {metric.name(self.language): key for key, metric in self.lexicon.metrics.items()}


def _figure_faults(evidence: _Evidence) -> Iterator[str]:
    for figure in evidence.figures:
        citation = evidence.citation(figure)
        if citation is None:
            yield f"{figure.label}: cites {figure.citation}, which is not there"
        elif not _VALUE.fullmatch(figure.value):
            yield f"{figure.label}: {figure.value!r} is no number"
        elif figure.formula is not None:
            yield from _computed_faults(figure, evidence)
        elif figure.id:
            yield from _cell_faults(figure, citation, evidence)
        else:
            yield from _prose_faults(figure, citation, evidence)


def _cell_faults(figure: AnswerFigure, citation: Citation, evidence: _Evidence) -> Iterator[str]:
    cell = evidence.cell(figure)
    if cell is None or cell.disclosure != "number":
        yield f"{figure.label}: {figure.id} is no disclosed figure"
        return
    if (citation.passage_id, citation.start, citation.end) != (cell.passage_id, cell.row_start, cell.row_end):
        yield f"{figure.label}: citation {citation.number} is not its row"
    if figure.value != plain(cell.digits):
        yield f"{figure.label}: {figure.value} is not the {cell.digits} of the table"
    if figure.period != cell.period:
        yield f"{figure.label}: {figure.period} is not the column {cell.period}"
    if figure.unit != unit_label(cell, evidence.language):
        yield f"{figure.label}: {figure.unit!r} is not the unit of the row"
    if not _numbers(figure.label) <= _numbers(" ".join(_row_names(figure, evidence))):
        yield f"{figure.label}: not the label of the row"


def _row_names(figure: AnswerFigure, evidence: _Evidence) -> Iterator[str]:
    """All names a row goes by: as its editions print it, and in the lexicon's words."""
    yield from (text for cell in evidence.snapshot.figures if cell.id == figure.id for text in cell.labels)
    yield from (evidence.lexicon.metrics[key].name(evidence.language) for key in figure.metric.split("+") if key)
    yield figure.breakdown


def _prose_faults(figure: AnswerFigure, citation: Citation, evidence: _Evidence) -> Iterator[str]:
    held = [q for q in find_quantities(citation.quote) if format(q.value, "f") == figure.value]
    units = {unit_name(q.unit, evidence.language, value=q.value) if q.unit else "" for q in held}
    if not held:
        yield f"{figure.label}: {figure.value} does not stand in citation {citation.number}"
    elif figure.unit not in units:
        yield f"{figure.label}: {figure.value} is not in {figure.unit!r} in citation {citation.number}"
    heading = years_in(citation.section[-1]) if citation.section else []
    if figure.period not in (years_in(citation.quote) or heading or [evidence.year(citation.report)]):
        yield f"{figure.label}: citation {citation.number} does not speak of {figure.period}"


def _computed_faults(figure: AnswerFigure, evidence: _Evidence) -> Iterator[str]:
    given = [_given(figure, n, evidence) for n in range(len(figure.inputs))]
    inputs = [one for one in given if one is not None]
    if not inputs or len(inputs) != len(given):
        yield f"{figure.label}: computed from what is not among the answer's cited figures"
        return
    if figure.citation not in {entry.citation for entry in inputs}:
        yield f"{figure.label}: cites {figure.citation}, which none of its inputs does"
    if not any(
        (derived.formula, format(derived.value, "f"), unit) == (figure.formula, figure.value, figure.unit)
        for derived, unit in _derivations(figure, inputs, evidence)
    ):
        yield f"{figure.label}: {figure.formula} in {figure.unit!r} does not follow from its inputs"
    periods = sorted({entry.period for entry in inputs})
    if figure.period != "–".join(dict.fromkeys((periods[0], periods[-1]))):
        yield f"{figure.label}: {figure.period} is not the period of its inputs"
    named = [*(name for entry in inputs for name in _row_names(entry, evidence)), *_said(evidence.names, figure.label)]
    if not _numbers(figure.label) <= _numbers(" ".join(named)):
        yield f"{figure.label}: not named after its inputs"


def _given(figure: AnswerFigure, n: int, evidence: _Evidence) -> AnswerFigure | None:
    """Find the answer's own figure that an input is."""
    entry = figure.inputs[n]
    wanted = (entry.label, entry.value, entry.unit, entry.period, entry.citation)
    return next(
        (f for f in evidence.answer.figures if f.id and (f.label, f.value, f.unit, f.period, f.citation) == wanted),
        None,
    )


def _derivations(
    figure: AnswerFigure, inputs: Sequence[AnswerFigure], evidence: _Evidence
) -> Iterator[tuple[Derived, str]]:
    """Compute all that can be computed from a figure's inputs, with the unit each result is in."""
    values, units = [entry.value for entry in inputs], {entry.unit for entry in inputs}
    if len(units) == 1:
        unit = next(iter(units))
        yield total(values), unit
        yield average(values), unit
        if len(values) == 2:
            yield from _of_two(values[0], values[1], unit, evidence.language)
    if len(inputs) == 2:
        yield from _quotients(inputs[0], inputs[1], evidence)
    if len(inputs) == 1:
        yield from _conversions(figure, inputs[0], evidence)


def _of_two(first: str, second: str, unit: str, language: Language) -> Iterator[tuple[Derived, str]]:
    yield difference(second, first), say("points", language) if unit in ("%", "％", "pp") else unit
    for derived, name in (
        (percent_change(second, first), "%"),
        (share(first, second), "%"),
        (ratio(first, second), ""),
    ):
        if derived is not None:
            yield derived, name


def _quotients(above: AnswerFigure, below: AnswerFigure, evidence: _Evidence) -> Iterator[tuple[Derived, str]]:
    """Divide one figure by another of another kind; money loses its scale words first."""
    language = evidence.language
    top, bottom = _unit_texts(above, evidence), _unit_texts(below, evidence)
    divisors = {unit_name(unit, language, value=Decimal(1)) if unit else "" for unit in map(read_unit, bottom)}
    for unit in map(read_unit, top):
        bare = read_unit(unit.symbol.rsplit(" ", 1)[-1]) if unit and unit.dimension == "money" else None
        scaled = unit is not None and bare is not None and " " in unit.symbol
        factor = convert(Decimal(1), unit, bare) if scaled and unit and bare else Decimal(1)
        derived = ratio(above.value, below.value, factor=factor)
        name = unit_name(bare if scaled and bare else unit, language) if unit else ""
        if derived is not None:
            yield from ((derived, f"{name} / {divisor}".strip()) for divisor in divisors)


def _conversions(figure: AnswerFigure, given: AnswerFigure, evidence: _Evidence) -> Iterator[tuple[Derived, str]]:
    """State a figure in the unit it is said to be in, where that is one of the same kind."""
    wanted = read_unit(figure.unit)
    for text in _unit_texts(given, evidence):
        printed = read_unit(text)
        if wanted is None or printed is None or wanted.dimension != printed.dimension:
            continue
        try:
            value, factor = convert(number(given.value), printed, wanted), convert(Decimal(1), printed, wanted)
        except UnitError:
            continue
        formula = f"{written(given.value)} × {minus(_trimmed(factor))} = {minus(_trimmed(value))}"
        yield Derived(value=_trimmed(value), formula=formula), unit_name(wanted, evidence.language, value=value)


def _unit_texts(figure: AnswerFigure, evidence: _Evidence) -> set[str]:
    """The unit of a figure's row as the editions print it."""
    return {cell.unit_text for cell in evidence.snapshot.figures if cell.id == figure.id and cell.unit_text}


def _note_faults(answer: Answer) -> Iterator[str]:
    own = {say("other_language", answer.language)}
    for note in answer.notes:
        if note not in own and not any(note in citation.passage for citation in answer.citations):
            yield f"a note is not in any cited passage: {note[:40]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence of the service's own: a template of `TEXTS`, and what stands in its slots."""

    name: str
    said: Mapping[str, str]
    end: int


def _text_faults(evidence: _Evidence) -> Iterator[str]:
    """Read the text as the service's own sentences; each has to say what the evidence proves, at the marks it bears.

    Whatever stands outside of such a sentence is a fault.
    """
    text, position = evidence.answer.text, 0
    forms = _forms(evidence)
    about: AnswerFigure | None = None
    due: frozenset[int] = frozenset()
    while position < len(text):
        marks = _MARKS.match(text, position)
        if marks:
            if frozenset(map(int, re.findall(r"\d+", marks.group()))) != due:
                yield f"{marks.group()} stands after a sentence that {sorted(due)} prove"
            position, due = marks.end(), frozenset()
            continue
        proven = _proven(evidence, forms, position, about)
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
    evidence: _Evidence, forms: Sequence[tuple[str, re.Pattern[str]]], position: int, about: AnswerFigure | None
) -> tuple[_Sentence, frozenset[int], AnswerFigure | None] | None:
    """Find the longest sentence at a place that the evidence proves, with the citations it needs and its subject."""
    best: tuple[_Sentence, frozenset[int], AnswerFigure | None] | None = None
    for name, form in forms:
        match = form.match(evidence.answer.text, position)
        if match is None or match.end() == position:
            continue
        sentence = _Sentence(name=name, said=match.groupdict(), end=match.end())
        proof = _PROOFS[frozenset(sentence.said)](sentence, evidence, about)
        if proof is not None and (best is None or sentence.end > best[0].end):
            best = (sentence, *proof)
    return best


def _forms(evidence: _Evidence) -> list[tuple[str, re.Pattern[str]]]:
    """Turn the service's sentences into expressions whose slots take nothing but what the evidence holds."""
    slots = {name: _either(held) for name, held in _slots(evidence).items()}
    forms = []
    for name, template in TEXTS["en" if evidence.language == "en" else "zh-Hant"].items():
        fields = re.findall(r"{(\w+)}", template)
        if name in _NO_SENTENCES or frozenset(fields) not in _PROOFS:
            continue
        filled = say(name, evidence.language, **{field: f"\x00{field}\x00" for field in fields})
        pieces = _SLOT.split(filled)
        if not all(piece in evidence.answer.text for piece in pieces[::2]):
            continue
        pattern = "".join(
            f"(?P<{piece}>{slots[piece]})" if n % 2 else re.escape(piece) for n, piece in enumerate(pieces)
        )
        forms.append((name, re.compile(pattern)))
    return forms


def _slots(evidence: _Evidence) -> dict[str, set[str]]:
    answer, language = evidence.answer, evidence.language
    figures = evidence.figures
    stated: list[AnswerFigure | Input] = [*figures, *(entry for figure in figures for entry in figure.inputs)]
    reports = {citation.report for citation in answer.citations}
    labels = {form for one in stated for form in _cased(one.label)}
    amounts = {text for one in stated for text in _amounts(one.value, one.unit)}
    amounts |= {text for figure in figures for cell in evidence.row(figure).values() for text in _bare(cell)}
    amounts |= {text for change in _changes(evidence) for text in change.words}
    periods = {one.period for one in stated} | {p for f in figures for p in evidence.row(f)}
    asked = periods | set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", answer.text))
    names = _said(evidence.names, answer.text)
    quotes = {text for citation in answer.citations for text in _rendered(citation, language)}
    codes = {code for c in answer.citations for code in re.findall(r"[A-Z]+\s?\d+(?:[.-]\d+)*", fold(c.quote))}
    return {
        "label": labels | names | _joined(names, answer.text, language),
        "value": amounts,
        "before": amounts,
        "after": amounts,
        "apart": {text for figure in figures for text in _apart(figure, evidence)},
        "period": asked | _lists_of(asked, answer.text, say("period_join", language)),
        "first": periods,
        "last": periods,
        "latest": {evidence.year(report) for report in reports} or {evidence.year()},
        "formula": {figure.formula for figure in figures if figure.formula},
        "quote": quotes,
        "code": codes | {f"GRI {code}" for code in codes},
        "section": {render(cell, language) for c in answer.citations for cell in _last_cell(c)},
        "values": {say("list_join", language).join(words) for words in _nearest_words(evidence)},
    }


def _either(texts: set[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text)) if text) or r"(?!)"


def _cased(label: str) -> set[str]:
    return {label, label[:1].upper() + label[1:]}


def _amounts(value: str, unit: str) -> set[str]:
    """All ways the service writes a value with its unit."""
    digits = {value, value.replace("-", "−"), written(value)}
    return {amount(text, unit, language) for text in digits for language in ("en", "zh-Hant")}


def _bare(cell: Figure) -> set[str]:
    """How a cell is written beside another of its row: without the unit, which the other one has."""
    return {cell.digits, f"{cell.digits}%"} if cell.disclosure == "number" else set()


def _apart(figure: AnswerFigure, evidence: _Evidence) -> Iterator[str]:
    """How far a cell is from the others of its row, in words."""
    for cell in evidence.row(figure).values():
        if cell.disclosure == "number" and not figure.formula:
            moved = movement(plain(cell.digits), figure.value, figure.unit, evidence.language)
            yield moved[1] if moved else ""


def _rendered(citation: Citation, language: Language) -> set[str]:
    seen = {citation.quote, legible(citation.quote)}
    shown = seen | {render(quote, language) for quote in seen}
    lines = {"\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip()) for text in shown}
    return shown | lines | {" ".join(text.split()) for text in shown}


def _last_cell(citation: Citation) -> list[str]:
    cells = [cell.strip() for cell in _DIVIDER.split(citation.quote)]
    return [cell for cell in cells if cell][-1:]


def _joined(names: set[str], text: str, language: Language) -> set[str]:
    """Several names said in one breath."""
    held = sorted(names, key=text.find)
    return {join.join(pair) for join in (say("and", language), " ") for pair in ((a, b) for a in held for b in held)}


def _lists_of(periods: set[str], text: str, join: str) -> set[str]:
    """Runs of several periods as they stand in the text."""
    one = _either(periods)
    return {match.group() for match in re.finditer(rf"(?:{one})(?:{re.escape(join)}(?:{one}))+", text)}


def _nearest_words(evidence: _Evidence) -> list[list[str]]:
    """The near figures in words, all of them or the first few."""
    if evidence.language == "en":
        words = [f"{f.label} ({f.period}): {amount(written(f.value), f.unit, 'en')}" for f in evidence.answer.nearest]
    else:
        words = [
            f"{f.period} 年{f.label} {amount(written(f.value), f.unit, evidence.language)}"
            for f in evidence.answer.nearest
        ]
    return [words] if words else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Two periods of one row compared, and the words for how far they are apart."""

    new: AnswerFigure
    old: AnswerFigure
    words: frozenset[str]
    sign: int


def _changes(evidence: _Evidence) -> list[_Change]:
    found = []
    for figure in evidence.answer.figures:
        if figure.formula is None or len(figure.inputs) != 2:
            continue
        new, old = _given(figure, 0, evidence), _given(figure, 1, evidence)
        if new is None or old is None or old.period >= new.period:
            continue
        apart = difference(old.value, new.value).value
        relative = percent_change(old.value, new.value)
        unit = say("points", evidence.language) if new.unit in ("%", "％") else new.unit
        words = {amount(minus(abs(apart)), unit, evidence.language)}
        if relative is not None and new.unit not in ("%", "％"):
            percent = f"{minus(abs(relative.value))}%"
            words |= {percent, *(f"{one} ({percent})" for one in words), *(f"{one}（{percent}）" for one in words)}
        sign = (apart > 0) - (apart < 0)
        found.append(_Change(new=new, old=old, words=frozenset(words), sign=sign))
    return found


_Proof = tuple[frozenset[int], AnswerFigure | None] | None
_NOTHING: frozenset[int] = frozenset()


def _states(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """A figure stands at its value in its period; the highest of several is the highest."""
    said = sentence.said
    for figure in evidence.answer.figures:
        labels = _cased(figure.label) | {form for entry in figure.inputs for form in _cased(entry.label)}
        if said["label"] not in labels or said["period"] != figure.period:
            continue
        if said["value"] not in _amounts(figure.value, figure.unit) or said.get("formula") != figure.formula:
            continue
        if sentence.name in _EXTREMES and not _is_extreme(figure, evidence, sentence.name):
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


def _is_extreme(figure: AnswerFigure, evidence: _Evidence, name: str) -> bool:
    own = number(figure.value)
    others = [f for f in evidence.answer.figures if f.metric == figure.metric and f.unit == figure.unit]
    if name in ("highest", "lowest"):
        others = [f for f in others if f.label == figure.label]
    return all(_EXTREMES[name](own, number(other.value)) for other in others)


def _stands_against(sentence: _Sentence, evidence: _Evidence, about: AnswerFigure | None) -> _Proof:
    """Another period of the row that the sentence is about."""
    said = sentence.said
    if about is None or said["period"] == about.period:
        return None
    for figure in evidence.answer.figures:
        same = figure.label == about.label and figure.period == said["period"] and not figure.formula
        if same and said["value"] in _amounts(figure.value, figure.unit):
            return frozenset({figure.citation}), None
    cell = evidence.row(about).get(said["period"])
    if cell is None or cell.disclosure != "number":
        return None
    fits = said["value"] == amount(cell.digits, about.unit if about.unit in ("%", "％") else "", evidence.language)
    return (_NOTHING, None) if fits else None


def _moves_from(sentence: _Sentence, evidence: _Evidence, about: AnswerFigure | None) -> _Proof:
    """The figure the sentence is about moved from another period of its row, in the direction and as far as said."""
    said = sentence.said
    cell = evidence.row(about).get(said["period"]) if about is not None and not about.formula else None
    if about is None or cell is None or cell.disclosure != "number" or said["period"] >= about.period:
        return None
    moved = movement(plain(cell.digits), about.value, about.unit, evidence.language)
    value = amount(cell.digits, about.unit if about.unit in ("%", "％") else "", evidence.language)
    fits = moved == (_TAILS[sentence.name], said.get("apart", "")) and said.get("value", value) == value
    return (_NOTHING, None) if fits else None


def _changed(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """A figure moved from one period to another, in the direction and as far as said."""
    said = sentence.said
    direction = {"up": 1, "down": -1, "same": 0}[sentence.name]
    for change in _changes(evidence):
        new, old = change.new, change.old
        before = said.get("before")
        if (
            direction == change.sign
            and said["label"] in _cased(new.label)
            and (said["first"], said["last"]) == (old.period, new.period)
            and said["after"] in _amounts(new.value, new.unit)
            and (before is None or before in _amounts(old.value, old.unit))
            and ("value" not in said or said["value"] in change.words)
        ):
            return frozenset({new.citation, old.citation}), None
    return None


def _lacks(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """A row prints no number for the periods said; or for `zero_base`, it prints a zero."""
    said = sentence.said
    rows = [evidence.row(f) for f in evidence.figures if f.id and said["label"] in _cased(f.label)]
    periods = said["period"].split(say("period_join", evidence.language))
    if sentence.name == "zero_base":
        zero = any(row[p].value == 0 for row in rows for p in periods if p in row)
        return (_NOTHING, None) if zero else None
    known = bool(rows) or (not evidence.figures and said["label"])
    printed = any(p in row and row[p].disclosure == "number" for row in rows for p in periods)
    return (_NOTHING, None) if known and not printed else None


def _ahead(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """The periods said come after the latest the report covers."""
    periods = sentence.said["period"].split(say("period_join", evidence.language))
    return (_NOTHING, None) if all(period > sentence.said["latest"] for period in periods) else None


def _refuses(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """The report prints no figure of the metric that it is said not to disclose."""
    shown = {form for figure in evidence.figures for form in _cased(figure.label)}
    if sentence.name == "other_boundary":
        return (_NOTHING, None) if sentence.said["label"] in shown or not evidence.figures else None
    key = evidence.names.get(sentence.said["label"])
    whole = [c for c in evidence.snapshot.figures if c.metrics == (key,) and not c.per and not c.members]
    printed = any(cell.disclosure == "number" for cell in whole)
    return None if printed else (_NOTHING, None)


def _quotes(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """The words are a cited quote's, whole."""
    said = sentence.said["quote"]
    cites = {c.number for c in evidence.answer.citations if said in _rendered(c, evidence.language)}
    return (frozenset({min(cites)}), None) if cites else None


def _points_to(sentence: _Sentence, evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """A row of the content index lists the code and ends in the section said."""
    code = re.compile(rf"(?<![A-Za-z0-9]){re.escape(sentence.said['code'])}(?![\d.])")
    for citation in evidence.answer.citations:
        ends = [render(cell, evidence.language) for cell in _last_cell(citation)]
        if code.search(fold(citation.quote)) and sentence.said["section"] in ends:
            return frozenset({citation.number}), None
    return None


def _plainly(_sentence: _Sentence, _evidence: _Evidence, _about: AnswerFigure | None) -> _Proof:
    """The slots take nothing but what is proven."""
    return _NOTHING, None


# How the evidence proves a sentence, by the slots it has.
_PROOFS: dict[frozenset[str], Callable[[_Sentence, _Evidence, AnswerFigure | None], _Proof]] = {
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
        ("values", _plainly),
        ("", _plainly),
    )
}


def _said(names: Iterable[str], text: str) -> set[str]:
    return {name for name in names if name in text}


def _numbers(text: str) -> set[str]:
    return {match.group().replace(",", "") for match in _NUMBER.finditer(fold(text))}


def _trimmed(value: Decimal) -> Decimal:
    short = value.normalize()
    return short if int(short.as_tuple().exponent) < 0 else short.quantize(Decimal(1))
