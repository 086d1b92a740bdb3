"""Find the typed cells that a caller asks for by metric, period, report and language."""

from collections.abc import Sequence

from index.figures import Figure
from index.lexicon import Lexicon
from index.script import Language, fold
from index.snapshot import Snapshot
from qa.catalogue import nearest_edition


def find_cells(
    snapshot: Snapshot,
    lexicon: Lexicon,
    *,
    metric: str | None = None,
    period: str | None = None,
    report: str | None = None,
    language: Language | None = None,
) -> list[Figure]:
    """Filter the figures of a snapshot, in the report's order.

    `metric` is a lexicon key, a name the lexicon knows, or words that stand in a row's labels. With a `language`,
    each report shows the edition nearest to it; without, every edition.
    """
    wanted = _metrics(metric, lexicon)
    shown = _shown(snapshot, language)
    return [
        figure
        for figure in snapshot.figures
        if (report is None or figure.report_id == report)
        and (period is None or figure.period == period)
        and (shown is None or (figure.report_id, figure.edition) in shown)
        and (metric is None or wanted & set(figure.metrics) or _labelled(figure, metric))
    ]


def report_ids(snapshot: Snapshot) -> list[str]:
    """The ids of the reports a snapshot holds, each once."""
    return list(dict.fromkeys(edition.metadata.report_id for edition in snapshot.manifest.editions))


def _metrics(metric: str | None, lexicon: Lexicon) -> set[str]:
    if metric is None:
        return set()
    return {metric} if metric in lexicon.metrics else set(lexicon.concept(metric).metrics)


def _shown(snapshot: Snapshot, language: Language | None) -> set[tuple[str, str]] | None:
    if language is None:
        return None
    editions: dict[str, list[str]] = {}
    for edition in snapshot.manifest.editions:
        editions.setdefault(edition.metadata.report_id, []).append(edition.metadata.language)
    return {(report, nearest_edition(held, language)) for report, held in editions.items()}


def _labelled(figure: Figure, words: Sequence[str] | str) -> bool:
    return fold(str(words)).lower() in fold(" ".join(figure.labels)).lower()
