"""Answer questions that name a KPI code: where it is disclosed, and the figures that belong to it."""

import re
from collections.abc import Sequence

from index.chunk import Passage
from index.script import fold, render
from index.snapshot import Snapshot
from qa.answer import Answer, AnswerFigure
from qa.catalogue import Series, nearest_edition
from qa.compose import say, with_mark
from qa.desk import Desk
from qa.lookup import stood

_DIVIDER = re.compile(r"\t| \| ")


def answer_code(desk: Desk, snapshot: Snapshot, report: str) -> Answer | None:
    """Quote the content index's row for a code, and give the figures whose metric carries the code."""
    language = desk.language
    editions = {e.metadata.language for e in snapshot.manifest.editions if e.metadata.report_id == report}
    edition = nearest_edition(editions, language)
    tabulated = {figure.passage_id for figure in snapshot.figures}
    rows = [
        (code, passage)
        for code in desk.question.concept.codes
        for passage in snapshot.passages
        if passage.report_id == report and passage.edition == edition
        if passage.id not in tabulated and _lists(passage, code)
    ]
    concept = desk.question.concept
    bare = not concept.metrics and not concept.members  # asks for all that a code covers
    printed = [series for series in desk.catalogue.series if bare and prints_code(desk, series)]
    if not rows and not printed:
        return None
    sentences = []
    for code, passage in rows:
        start, end, section = _row(passage, code)
        number = desk.citations.cite(passage, start, end)
        sentence = say("code_elsewhere", language, code=code, section=render(section, language))
        sentences.append(with_mark(sentence, [number]))
    if rows:
        figures = _figures(desk, " ".join(_wording(passage, code) for code, passage in rows))
    else:
        shown = _shown(desk, printed)
        sentences = [stood(desk, series, [figure]) for series, figure in shown]
        figures = tuple(figure for _, figure in shown)
    if not sentences:
        return None
    return Answer(
        id="",
        status="answered",
        reason=None,
        language=language,
        text=(" " if language == "en" else "").join(sentences),
        figures=figures,
        citations=desk.citations.all,
    )


def under_codes(desk: Desk, series: Series) -> bool:
    """Tell whether a row prints a code that a question names, or its metric goes by it."""
    return prints_code(desk, series) or _goes_by_code(desk, series)


def prints_code(desk: Desk, series: Series) -> bool:
    """Tell whether a row prints a code that a question names, in its label or in a column of its own."""
    labels = [cell for path in series.labels.values() for cell in path]
    held = next(iter(series.cells.values()), {}).values()
    rows = [desk.passages[figure.passage_id].text[figure.row_start : figure.row_end] for figure in held]
    printed = fold(" ".join([*labels, *rows]))
    return any(_pattern(code).search(printed) for code in desk.question.concept.codes)


def _goes_by_code(desk: Desk, series: Series) -> bool:
    wanted = {f"HKEX {code}" if not code.startswith("GRI") else code for code in desk.question.concept.codes}
    return any(wanted & set(desk.lexicon.metrics[key].codes) for key in series.metrics)


def _shown(desk: Desk, held: Sequence[Series], *, most: int = 8) -> list[tuple[Series, AnswerFigure]]:
    """Cite rows for the period asked for, those of no group first."""
    period = desk.question.periods[0] if desk.question.periods else desk.latest
    ordered = sorted(held, key=lambda series: len(series.members))
    return [(series, desk.cite(series, period)) for series in ordered if series.disclosed(period)][:most]


def _figures(desk: Desk, described: str, *, most: int = 12) -> tuple[AnswerFigure, ...]:
    """Give the figures of the metrics under the codes: those the index's own wording names, totals before their parts.

    A code covers more in the lexicon than a report lists under it, so what the report's wording names counts first.
    """
    held = [series for series in desk.catalogue.series if _goes_by_code(desk, series)]
    named = desk.lexicon.concept(described).metrics
    listed = [series for series in held if series.metrics == named] or [s for s in held if s.metrics & named] or held
    return tuple(figure for _, figure in _shown(desk, listed, most=most))


def _wording(passage: Passage, code: str) -> str:
    """Give what a code's row says besides the section it points to: its code and its description."""
    start, end, section = _row(passage, code)
    return passage.text[start:end].removesuffix(section)


def _lists(passage: Passage, code: str) -> bool:
    return passage.kind == "row" and any(_is_row_of(line, code) for line in passage.text.split("\n"))


def _is_row_of(line: str, code: str) -> bool:
    """Tell whether a line is a row of cells that lists the code; a group label repeated above a row is not."""
    return bool(_DIVIDER.search(line)) and bool(_pattern(code).search(fold(line)))


def _row(passage: Passage, code: str) -> tuple[int, int, str]:
    """Find the row's own line, and the section it names: its last cell."""
    position = 0
    for line in passage.text.split("\n"):
        if _is_row_of(line, code):
            cells = [cell.strip() for cell in _DIVIDER.split(line)]
            named = next((cell for cell in reversed(cells) if cell), "")
            return position, position + len(line), named
        position += len(line) + 1
    return 0, len(passage.text), ""


def _pattern(code: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![\d.])")
