"""The last step of every answer: each quote is the passage's own, each number is cited or computed from cited figures."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from index.period import years_in
from index.quantity import find_quantities
from index.script import fold
from index.snapshot import Snapshot
from qa.answer import Answer, AnswerFigure

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def faults(answer: Answer, snapshot: Snapshot) -> list[str]:
    """Name everything in an answer that its citations do not prove; an empty list lets it pass."""
    return [*_citation_faults(answer, snapshot), *_figure_faults(answer), *_text_faults(answer)]


def _citation_faults(answer: Answer, snapshot: Snapshot) -> Iterator[str]:
    for place, citation in enumerate(answer.citations, start=1):
        passage = snapshot.by_id.get(citation.passage_id)
        if citation.number != place:
            yield f"citation {citation.number} stands at place {place}"
        if passage is None or passage.text != citation.passage or passage.section != citation.section:
            yield f"citation {citation.number}: no such passage in the snapshot"
        if not citation.quote or citation.passage[citation.start : citation.end] != citation.quote:
            yield f"citation {citation.number}: the quote is not the passage's own"


def _figure_faults(answer: Answer) -> Iterator[str]:
    cited = {citation.number: citation for citation in answer.citations}
    for figure in (*answer.figures, *answer.nearest):
        inputs = [(entry.value, entry.citation) for entry in figure.inputs]
        for value, number in inputs or [(figure.value, figure.citation)]:
            citation = cited.get(number)
            if citation is None:
                yield f"{figure.label}: cites {number}, which is not there"
            elif not _holds(citation.quote, value):
                yield f"{figure.label}: {value} does not stand in citation {number}"
        if figure.formula is not None and not figure.inputs:
            yield f"{figure.label}: computed from nothing"
        if figure.formula is not None and not _concludes(figure):
            yield f"{figure.label}: the formula does not come to {figure.value}"


def _text_faults(answer: Answer) -> Iterator[str]:
    """Every number of the text stands in a quote, a figure, a formula, a label or a period of the answer."""
    known: set[str] = set()
    for citation in answer.citations:
        known |= _numbers(citation.quote) | _numbers(" ".join(citation.section))
        known |= {format(q.value.normalize(), "f") for q in find_quantities(citation.quote)}
        known |= set(years_in(citation.passage))
        known.add(str(citation.number))
    for figure in (*answer.figures, *answer.nearest):
        for text in (figure.value, figure.label, figure.period, figure.unit, figure.breakdown, figure.formula or ""):
            known |= _numbers(text)
        for entry in figure.inputs:
            known |= _numbers(f"{entry.value} {entry.label} {entry.period} {entry.unit}")
    for number in _numbers(re.sub(r"\[\d+\]", " ", answer.text)) if answer.status == "answered" else ():
        if number not in known:
            yield f"{number} stands in the text and in no citation"


def _holds(quote: str, value: str) -> bool:
    wanted = _plain(value.lstrip("-−"))
    if wanted in _numbers(quote):
        return True
    return any(
        format(abs(q.value), "f") in (wanted, value) or abs(q.value) == _decimal(value) for q in find_quantities(quote)
    )


def _concludes(figure: AnswerFigure) -> bool:
    """Tell whether a formula's right-hand side is the figure's value."""
    end = (figure.formula or "").rsplit("=", 1)[-1].replace("−", "-").replace(",", "")
    found = re.search(r"-?\d+(?:\.\d+)?", end)
    return found is not None and _decimal(found.group()) == _decimal(figure.value)


def _numbers(text: str) -> set[str]:
    return {_plain(match.group()) for match in _NUMBER.finditer(fold(text))}


def _plain(digits: str) -> str:
    return digits.replace(",", "")


def _decimal(text: str) -> Decimal | None:
    try:
        return abs(Decimal(text.replace("−", "-").replace(",", "")))
    except InvalidOperation:
        return None
