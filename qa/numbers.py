"""Answer from figures: look up, compare, compute, and say which periods are not disclosed."""

import re
from collections.abc import Sequence

from index.script import fold
from qa.catalogue import Series
from qa.changes import change, gap
from qa.compose import say
from qa.desk import Desk, Numbers, asked_periods, restated, year_before
from qa.figures import Choice
from qa.lookup import converted, other_currency, stood
from qa.parts import asks_part
from qa.quotients import ratio_of, share_of
from qa.ranks import extreme, ranked, with_rivals
from qa.totals import averaged, over_periods, summed, total_of_parts

_WHICH = re.compile(r"\b(?:which|who)\b|哪|边|谁", re.I)


def answer_numbers(desk: Desk, choice: Choice) -> Numbers:
    """Write what the chosen series say to the question."""
    question = desk.question
    found = [match.series for match in choice.found if match.series is not None]
    if len(choice.matches) == 1 and choice.matches[0].parts:
        return total_of_parts(desk, choice.matches[0])
    if question.together and len(found) > 1 and len(found) == len(choice.matches):
        return summed(desk, found)
    if (
        question.operation == "change"
        and len(found) == 2
        and found[0].metrics == found[1].metrics
        and found[0].unit == found[1].unit
    ):
        return gap(desk, found)
    if question.operation == "ratio":
        return ratio_of(desk, found)
    if question.operation in ("highest", "lowest") and len({s.metrics for s in found}) == 1:
        several = len(found) > 1 or (asks_part(question.text) and len(question.periods) < 2)
        compared = with_rivals(desk, found) if several else found
        if len(compared) > 1:
            return ranked(desk, compared)
    parts = [_of_series(desk, series) for series in found]
    parts = [part for part in parts if part is not None]
    return Numbers(
        figures=tuple(figure for part in parts for figure in part.figures),
        sentences=tuple(sentence for part in parts for sentence in part.sentences),
        missing=tuple(entry for part in parts for entry in part.missing),
    )


def _compared(operation: str, periods: Sequence[str]) -> Sequence[str]:
    """Tell which periods a series has to disclose; a change over one year needs the year before too."""
    if operation in ("change", "percent_change") and len(periods) == 1:
        return (*periods, year_before(periods[0]))
    return periods


def _of_series(desk: Desk, series: Series) -> Numbers:
    question = desk.question
    periods = asked_periods(desk, series)
    needed = _compared(question.operation, periods)
    series = desk.catalogue.fuller(series, needed)
    held = [period for period in periods if series.disclosed(period)]
    missing = tuple(period for period in periods if not series.disclosed(period))
    if not held:
        return Numbers(figures=(), sentences=(), missing=missing)
    if question.operation in ("change", "percent_change"):
        computed = change(desk, series, held) if not missing else None
        return computed or Numbers(
            figures=(),
            sentences=(),
            missing=missing or tuple(p for p in needed if not series.disclosed(p)) or tuple(held),
        )
    if question.operation in ("highest", "lowest") and len(held) > 1:
        return extreme(desk, series, held)
    if question.operation in ("highest", "lowest") and _WHICH.search(fold(question.text)):
        return Numbers(figures=(), sentences=(), missing=())  # one row tells of no greatest among several
    if question.operation == "average" and len(periods) > 1:
        return averaged(desk, series, held) if not missing else Numbers(figures=(), sentences=(), missing=missing)
    if question.operation == "sum" and len(periods) > 1:
        return over_periods(desk, series, held) if not missing else Numbers(figures=(), sentences=(), missing=missing)
    if question.operation == "share" and series.unit != "%":
        return share_of(desk, series, held) or Numbers(figures=(), sentences=(), missing=())
    figures = [desk.cite(series, period) for period in held]
    sentences = [*other_currency(desk, series), stood(desk, series, figures), *restated(desk, series, figures)]
    other = converted(desk, series, figures)
    sentences += [say("missing", desk.language, label=desk.label(series), period=period) for period in missing]
    if other is not None:
        return Numbers(figures=(other[0], *figures), sentences=(other[1], *sentences[1:]), missing=missing)
    return Numbers(figures=tuple(figures), sentences=tuple(sentences), missing=missing)
