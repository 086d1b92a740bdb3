"""Say a question in the other words a report may use for it: lexicon names in every language, codes, spelling."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz, process

from index.lexicon import Lexicon
from index.words import search_tokens


def other_names(query: str, lexicon: Lexicon) -> list[str]:
    """Give the tokens of the names, in both languages, of what a question speaks of, less those it says itself.

    A KPI code stands for the metrics that are reported under it.
    """
    concept = lexicon.concept(query)
    coded = (key for code in concept.codes for key in _coded(lexicon, code))
    metrics = sorted({*concept.metrics, *coded})
    names = [name for key in metrics for name in _metric_names(lexicon, key)]
    words = [lexicon.members.get(member) for member in sorted(concept.members)]
    words += [lexicon.dimensions.get(key) for key in sorted(concept.dimensions)]
    words += [lexicon.qualifiers.get(concept.per)] if concept.per else []
    names += [name for word in words if word is not None for name in (*word.zh[:1], *word.en[:1])]
    said = set(search_tokens(query))
    return list(dict.fromkeys(token for name in names for token in _tokens(name) if token not in said))


def near_spellings(tokens: Iterable[str], vocabulary: Collection[str], *, least: float = 80.0) -> list[str]:
    """Give, for each Latin word the index does not know, the known word it is most likely meant to be."""
    found: list[str] = []
    for token in tokens:
        if len(token) < 4 or not token.isascii() or not token.isalpha() or token in vocabulary:
            continue
        match = process.extractOne(token, vocabulary, scorer=fuzz.ratio, score_cutoff=least)
        if match is not None:
            found.append(match[0])
    return found


def _coded(lexicon: Lexicon, code: str) -> Iterator[str]:
    wanted = {code, f"HKEX {code}"}
    return (key for key, metric in lexicon.metrics.items() if wanted & set(metric.codes))


def _metric_names(lexicon: Lexicon, key: str) -> tuple[str, ...]:
    metric = lexicon.metrics[key]
    return (metric.zh_hant, metric.en)


@lru_cache(maxsize=4096)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(search_tokens(name))
