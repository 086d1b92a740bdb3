"""Tell which passages say the same: a table row or a paragraph that a report prints twice."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from index.chunk import Passage
from index.figures import Figure
from index.lexicon import split_terms
from index.script import fold


def find_twins(passages: Sequence[Passage], figures: Iterable[Figure]) -> Mapping[str, tuple[str, ...]]:
    """Give the ids of a passage's twins in the same edition, in reading order; a passage without any is left out.

    Rows are twins when metric, breakdown, unit and every period's number agree, whatever stands around them, and the
    label too where the lexicon does not know it or all numbers are zero; other passages when their words agree.
    """
    rows: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        rows[figure.passage_id].append(figure)
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for passage in passages:
        held = rows.get(passage.id)
        said = _row(held) if held else tuple(split_terms(fold(passage.text)))
        groups[passage.report_id, passage.edition, passage.kind, said].append(passage.id)
    twins = [group for group in groups.values() if len(group) > 1]
    return {one: tuple(other for other in group if other != one) for group in twins for one in group}


def _row(figures: Sequence[Figure]) -> Hashable:
    first = figures[0]
    telling = bool(first.metrics) and any(figure.value for figure in figures)
    label = () if telling else split_terms(fold(first.labels[-1] if first.labels else ""))
    numbers = frozenset((figure.period, figure.value, figure.unit) for figure in figures)
    return label, frozenset(first.metrics), first.per, frozenset(first.members), numbers
