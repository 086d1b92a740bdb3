"""State one metric as a share of another that it is known to be part of, by the lexicon or by the report's rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexicon import Lexicon
from index.script import fold
from qa.catalogue import Catalogue, Series, is_marked, place_of
from qa.compose import say
from qa.compute import number, share
from qa.desk import Desk, Numbers, asked_periods, stated
from qa.figures import unexplained

_SIDES = tuple(  # how a question names a part and a whole, in folded words
    re.compile(form, re.I)
    for form in (
        r"(?P<part>.+?)\s+as\s+an?\s+(?:share|proportion|percentage|per\s?cent|fraction)\s+of\s+(?P<whole>.+)",
        r"(?:share|proportion|percentage|per\s?cent|fraction)\s+of\s+(?P<whole>.+?)\s+(?:do|does|did)\s+(?P<part>.+?)\s+(?:make\s+up|account|represent).*",
        r"(?:share|proportion|percentage|per\s?cent|fraction)\s+of\s+(?P<whole>.+?)\s+"
        r"(?:is|are|was|were|got|came\s+from|comes?\s+from|went\s+to|goes\s+to|consisted\s+of)\s+(?P<part>.+)",
        r"(?P<part>.+?)占(?P<whole>.+?)(?:的?(?:比例|比重|比率|份额)|的?百分之|几成|多少|几多|的?%)",
        r"(?P<whole>.+?)(?:之?中|里面?|当中)?有(?:百分之(?:几|多少)|多少%|几成)(?:是|为|属|来自|获|被|得到)?(?P<part>.+)",
        r"(?P<whole>.+?)(?:之?中|里面?|当中)(?P<part>.+?)(?:占|的?比例|的?比重)",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A share and what it was computed from, or why none is."""

    numbers: Numbers | None
    series: tuple[Series, ...]  # the part, then the whole
    refusal: str = ""  # in words, where the part is not known to be one


def answer_share(desk: Desk, names: Sequence[str]) -> Shared | None:
    """Divide a part by its whole when a question names both; None where it does not name two disclosed amounts."""
    for form in _SIDES:
        sides = form.search(fold(desk.question.text))
        pair = _pair(desk, sides["part"], sides["whole"]) if sides else None
        if pair is not None and not unexplained(desk.question, names, pair):
            return _divided(desk, *pair)
    return None


def _pair(desk: Desk, part: str, whole: str) -> tuple[Series, Series] | None:
    lexicon, catalogue = desk.lexicon, desk.catalogue
    of = lexicon.concept(whole)
    named = lexicon.concept(part)
    if of.members or of.per or named.members or named.per:
        return None
    keys = named.metrics or desk.question.concept.metrics - of.metrics
    above, below = (_series(held, catalogue, desk) for held in (keys, of.metrics))
    if above is None or below is None or above is below or above.unit != below.unit or above.unit in (None, "%", "pp"):
        return None
    return above, below


def _series(keys: frozenset[str], catalogue: Catalogue, desk: Desk) -> Series | None:
    """Find the total of a metric: the only one printed, or those of several that say the same for what is asked."""
    found = [s for s in catalogue.series if s.metrics == keys and keys and not s.members and s.per is None]
    if len(found) == 1:
        return found[0]
    periods = desk.question.periods or (desk.latest,)
    held = [s for s in found if all(map(s.disclosed, periods))]
    agreed = len({tuple(s.value(p) for p in periods) for s in held}) == 1
    return held[0] if agreed else None


def _divided(desk: Desk, part: Series, whole: Series) -> Shared:
    periods = [p for p in asked_periods(desk, whole) if part.disclosed(p) and whole.disclosed(p)]
    if not periods:
        missing = tuple(asked_periods(desk, whole))
        return Shared(numbers=Numbers(figures=(), sentences=(), missing=missing), series=(part, whole))
    smaller = all(0 <= number(str(part.value(p))) <= number(str(whole.value(p))) for p in periods)
    if not smaller or not (_is_part(part, whole, desk.lexicon) or is_sub_row(part, whole, desk.catalogue)):
        text = say("no_part", desk.language, label=desk.label(part), other=desk.label(whole))
        return Shared(numbers=None, refusal=text, series=(part, whole))
    parts = [_share_in(desk, part, whole, period) for period in periods]
    held = [numbers for numbers in parts if numbers is not None]
    heads = tuple(numbers.figures[0] for numbers in held)
    inputs = tuple(figure for numbers in held for figure in numbers.figures[1:])
    sentences = tuple(sentence for numbers in held for sentence in numbers.sentences)
    return Shared(numbers=Numbers(figures=(*heads, *inputs), sentences=sentences, missing=()), series=(part, whole))


def _share_in(desk: Desk, part: Series, whole: Series, period: str) -> Numbers | None:
    above, below = desk.cite(part, period), desk.cite(whole, period)
    derived = share(above.value, below.value)
    if derived is None or above.unit != below.unit:
        return None
    label = say("share_in", desk.language, label=above.label, other=below.label)
    return stated(desk, derived, [above, below], label=label, unit="%", period=period)


def _is_part(part: Series, whole: Series, lexicon: Lexicon) -> bool:
    """Tell what the lexicon knows to be part of a total: by its parent, or as one of the parts that make it up."""
    (one,), (other,) = part.metrics, whole.metrics
    return other in lexicon.ancestors(one) or one in lexicon.metrics[other].sums


def is_sub_row(part: Series, whole: Series, catalogue: Catalogue) -> bool:
    """Tell a row that the report prints right under another as one of its parts: "– recycled", 其中：…, "of which"."""
    (table, first), (other, last) = place_of(whole.row_key), place_of(part.row_key)
    if table != other:
        return False
    places = ((place_of(series.row_key), series) for series in catalogue.series)
    between = {row: series for (held, row), series in places if held == table}
    rows = [between.get(n) for n in range(first + 1, last + 1)]
    return first < last and all(row is not None and is_marked(row) for row in rows) and not is_marked(whole)
