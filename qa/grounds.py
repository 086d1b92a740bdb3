"""What the figures and citations of an answer prove, looked up once in the snapshot."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from index.figures import Figure
from index.lexicon import Lexicon
from index.script import Language, fold
from index.snapshot import Snapshot
from qa.answer import Answer, AnswerFigure, Citation

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Grounds:
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
        beside = [cell for cell in self.snapshot.beside if cell.id == figure.id]
        edition = getattr(self.citation(figure), "edition", None)
        cells = [*self.row(figure).values(), *(cell for cell in beside if cell.edition == edition)]
        return next((cell for cell in cells if cell.id == figure.id), None)

    def plain(self, figure: AnswerFigure) -> bool:
        """Tell a figure that answers for its period from a target, a printed change or an original."""
        cell = self.cell(figure)
        return cell is None or cell.plain

    def beside(self, citation: Citation) -> list[Figure]:
        """The targets, base years, progress, changes and originals that a cited row prints."""
        place = (citation.passage_id, citation.start, citation.end)
        return [c for c in self.snapshot.beside if (c.passage_id, c.row_start, c.row_end) == place]

    def row(self, figure: AnswerFigure) -> dict[str, Figure]:
        """The plain cells of a figure's row, by period; none for what stands beside them."""
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


def row_names(figure: AnswerFigure, grounds: Grounds) -> Iterator[str]:
    """All names a row goes by: as its editions print it, and in the lexicon's words."""
    cells = (*grounds.snapshot.figures, *grounds.snapshot.beside)
    yield from (text for cell in cells if cell.id == figure.id for text in cell.labels)
    yield from (grounds.lexicon.metrics[key].name(grounds.language) for key in figure.metric.split("+") if key)
    yield figure.breakdown


def given(figure: AnswerFigure, n: int, grounds: Grounds) -> AnswerFigure | None:
    """Find the answer's own figure that an input is; nothing is computed from what stands beside the figures."""
    entry = figure.inputs[n]
    wanted = (entry.label, entry.value, entry.unit, entry.period, entry.citation)
    own = [f for f in grounds.answer.figures if (f.label, f.value, f.unit, f.period, f.citation) == wanted]
    return next((f for f in own if f.id and grounds.plain(f)), None)


def said_in(names: Iterable[str], text: str) -> set[str]:
    """Find the names that stand in a text."""
    return {name for name in names if name in text}


def numbers_in(text: str) -> set[str]:
    """Find the numbers of a text, without what separates thousands."""
    return {match.group().replace(",", "") for match in _NUMBER.finditer(fold(text))}
