"""The last step of every answer: quotes are the passage's own, figures the table's, words say what the figures say."""

import re
from collections.abc import Iterator

from index.lexicon import Lexicon, bundled_lexicon
from index.period import years_in
from index.quantity import find_quantities
from index.script import render
from index.snapshot import Snapshot
from index.units import unit_name
from qa.answer import Answer, AnswerFigure, Citation
from qa.catalogue import unit_label
from qa.compose import plain, say
from qa.grounds import Grounds, given, numbers_in, row_names, said_in
from qa.proof import text_faults
from qa.recount import derivations
from qa.slots import changes_in

_VALUE = re.compile(r"-?\d+(?:\.\d+)?")


def faults(answer: Answer, snapshot: Snapshot, *, lexicon: Lexicon | None = None) -> list[str]:
    """Name everything in an answer that its citations do not prove; an empty list lets it pass."""
    found = [*_citation_faults(answer, snapshot)]
    if found:
        return found
    grounds = Grounds(answer, snapshot, lexicon or bundled_lexicon())
    found = [*_figure_faults(grounds), *_note_faults(answer)]
    return found or [*text_faults(grounds)]


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


def _figure_faults(grounds: Grounds) -> Iterator[str]:
    for figure in grounds.figures:
        citation = grounds.citation(figure)
        if citation is None:
            yield f"{figure.label}: cites {figure.citation}, which is not there"
        elif not _VALUE.fullmatch(figure.value):
            yield f"{figure.label}: {figure.value!r} is no number"
        elif figure.formula is not None:
            yield from _computed_faults(figure, grounds)
        elif figure.id:
            yield from _cell_faults(figure, citation, grounds)
        else:
            yield from _prose_faults(figure, citation, grounds)


def _cell_faults(figure: AnswerFigure, citation: Citation, grounds: Grounds) -> Iterator[str]:
    cell = grounds.cell(figure)
    if cell is None or cell.disclosure != "number":
        yield f"{figure.label}: {figure.id} is no disclosed figure"
        return
    if (citation.passage_id, citation.start, citation.end) != (cell.passage_id, cell.row_start, cell.row_end):
        yield f"{figure.label}: citation {citation.number} is not its row"
    if figure.value != plain(cell.digits):
        yield f"{figure.label}: {figure.value} is not the {cell.digits} of the table"
    compared = {f"{c.old.period}–{c.new.period}" for c in changes_in(grounds) if c.new.citation == citation.number}
    if figure.period != cell.period and not (cell.kind == "change" and figure.period in compared):
        yield f"{figure.label}: {figure.period} is not the column {cell.period}"
    if figure.unit != unit_label(cell, grounds.language):
        yield f"{figure.label}: {figure.unit!r} is not the unit of the row"
    if not numbers_in(figure.label) <= numbers_in(" ".join(row_names(figure, grounds))):
        yield f"{figure.label}: not the label of the row"


def _prose_faults(figure: AnswerFigure, citation: Citation, grounds: Grounds) -> Iterator[str]:
    held = [q for q in find_quantities(citation.quote) if format(q.value, "f") == figure.value]
    units = {unit_name(q.unit, grounds.language, value=q.value) if q.unit else "" for q in held}
    if not held:
        yield f"{figure.label}: {figure.value} does not stand in citation {citation.number}"
    elif figure.unit not in units:
        yield f"{figure.label}: {figure.value} is not in {figure.unit!r} in citation {citation.number}"
    heading = years_in(citation.section[-1]) if citation.section else []
    if figure.period not in (years_in(citation.quote) or heading or [grounds.year(citation.report)]):
        yield f"{figure.label}: citation {citation.number} does not speak of {figure.period}"


def _computed_faults(figure: AnswerFigure, grounds: Grounds) -> Iterator[str]:
    inputs = [one for n in range(len(figure.inputs)) if (one := given(figure, n, grounds)) is not None]
    if not inputs or len(inputs) != len(figure.inputs):
        yield f"{figure.label}: computed from what is not among the answer's cited figures"
        return
    if figure.citation not in {entry.citation for entry in inputs}:
        yield f"{figure.label}: cites {figure.citation}, which none of its inputs does"
    if not any(
        (derived.formula, format(derived.value, "f"), unit) == (figure.formula, figure.value, figure.unit)
        for derived, unit in derivations(figure, inputs, grounds)
    ):
        yield f"{figure.label}: {figure.formula} in {figure.unit!r} does not follow from its inputs"
    periods = sorted({entry.period for entry in inputs})
    if figure.period != "–".join(dict.fromkeys((periods[0], periods[-1]))):
        yield f"{figure.label}: {figure.period} is not the period of its inputs"
    named = [*(name for entry in inputs for name in row_names(entry, grounds)), *said_in(grounds.names, figure.label)]
    if not numbers_in(figure.label) <= numbers_in(" ".join(named)):
        yield f"{figure.label}: not named after its inputs"


def _note_faults(answer: Answer) -> Iterator[str]:
    own = {say("other_language", answer.language)}
    for note in answer.notes:
        texts = (text for c in answer.citations for text in (c.passage, render(c.passage, answer.language)))
        if note not in own and not any(note in text for text in texts):
            yield f"a note is not in any cited passage: {note[:40]}"
