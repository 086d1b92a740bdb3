"""What a "how many" counts, and whether a number in a sentence counts just that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index.lexicon import stem
from index.quantity import Quantity, find_quantities
from index.script import fold
from qa.evidence import Term, cut_words, is_content
from qa.wording import Wording

_COUNTED: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(
            r"how\s+much\s+money|how\s+much\s+(?:\w+\s+){0,8}(?:spen[dt]|cost|paid|pay|invest|earn|donate)|in\s+monetary\s+terms"
            r"|多少钱|几多钱|多少元|多少万元|多少资金|多少(?:投入|费用|奖金|捐款|损失)|收入.{0,12}多少"
        ),
        "money",
    ),
    (
        re.compile(
            r"what\s+(?:percentage|per\s?cent|share|proportion|fraction|rate)|how\s+many\s+per\s?cent|百分之几|百分之多少|几成|比例|占比|比率|比重"
            r"|准确率|相似度|覆盖率|多少%|占[^多几]{0,8}(?:多少|几多)"
        ),
        "share",
    ),
    (re.compile(r"how\s+many\s+times|how\s+often|(?:多少|几|几多)(?:次|回|趟)"), "time"),
    (
        re.compile(r"how\s+many\s+(?:people|persons|women|men|employees|staff)|(?:多少|几|几多)(?:人|名|位)"),
        "person",
    ),
    (re.compile(r"how\s+(?:large|big|much\s+space)|(?:面积|占地).{0,6}(?:多|几)|(?:总共|一共)[多几]大"), "area"),
    (re.compile(r"how\s+long|how\s+many\s+(?:hours?|days?|weeks?|months?|years?)\b|多久|多长时间|几耐"), "duration"),
    (re.compile(r"(?:多少|几|几多)(?:个)?(?:小时|天|日|周|星期|月|年)"), "duration"),
)
_HOW_MANY = re.compile(r"how\s+many|how\s+much|number\s+of", re.I)
_ENDS_NOUN = frozenset(
    """
    did does do has have had was were is are am be been being will would can could may might should shall the a an this
    that these those in on at by for from with into to as who which when where it its they their them we our us you your
    there per each every and or not took take takes were come came comes go went goes held met
    won got sat ran gave left made died work works worked working
    """.split()
)
_SHARE_OF = re.compile(
    r"(?:percentage|per\s?cent|share|proportion|fraction|rate)\s+of|how\s+many\s+per\s?cent\s+of", re.I
)
_HAN_SHARE_OF = re.compile(
    r"(?P<before>[\u3400-\u9fff&a-z]{1,16}?)的?(?:人数|数目)?(?:占|比例|占比|比率|比重)"
    r"|(?:比例|百分之几|几成|多少)的(?P<after>[\u3400-\u9fff]{1,6})"
)
_HAN_ASKS = re.compile(r"多少|几多|几(?=[个位名家项次间场份支款种类件宗层条座台辆小天年月人道家])")
_CLASSIFIERS = "个位名家项次间场份支款种类件宗层条座台辆只所期届轮道棵张幅部"
_BY_HOW_MUCH = re.compile(
    r"\bby\s+how\s+(?:much|many)|\bhow\s+much\s+(?:faster|slower|quicker|cheaper|more|less|higher|lower|better)\b"
    r"|(?:提高|提升|增加|增长|加快|减少|减省|节省|下降|降低|缩短|快|慢|升|跌|升幅|降幅|增幅)[了咗]?(?:多少|几多|几成|几倍|百分之几)"
)
_MEASURE = re.compile(r"(?:多少|几多|几)(?:个)?(?P<measure>[\u3400-\u9fff])")
_MEASURED = frozenset({"money", "area", "duration", "time", "share"})  # units that say themselves what is counted
_AKIN = 0.6  # a word that only helps to find a sentence, against a true synonym
_BEHIND = 6  # words behind a number in which its noun stands: "7,000 financial institution clients"
_STATES = re.compile(
    r"[:：|]|\b(?:is|was|are|were|to|of|reached|totall?ed|numbered|stood\s+at|amounted|became|remained)\s+"
    r"(?:\w+\s+){0,3}$|\bnumber\b",
    re.I,
)
_CHANGE = re.compile(
    r"(?:\b(?:up|down|by|rose|fell|grew|increased|decreased|increase\s+of|decrease\s+of|growth\s+of|drop\s+of|rise\s+of"
    r"|more\s+than\s+last\s+year)\s+(?:by\s+)?(?:an\s+average\s+(?:of\s+)?)?(?:about\s+|nearly\s+|around\s+)?"
    r"|(?:增长|增加|上升|提升|提高|减少|下降|降低|下跌|升幅|降幅|增幅|上调|下调|调升|调高|调低|上浮|加幅)了?(?:约|近|逾|达|为)?\s*)$",
    re.I,
)
_CLAUSE_END = re.compile(r"[，；。;!?！？\n]|,(?!\d)|\.(?!\d)|\bof\s+which\b|\bof\s+whom\b|其中")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a question wants counted."""

    dimension: str | None  # of units.Unit, or "share"; None: the question does not say
    noun: tuple[str, ...]  # the words for what is counted, folded; empty: the question names none
    measure: str = ""  # the Chinese measure word asked with: 級 in 幾級
    change: bool = False  # by how much something changed, not what it came to


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A number of a sentence that may be the one asked for."""

    quantity: Quantity
    named: float  # how surely it counts what the question names: 1 said behind it, 0.6 before it, 0 not said
    share: float  # of what else the question says that the number's own clause holds, by weight
    whole: float  # of all that the question says that the sentence holds, by weight
    measured: bool  # it stands behind the very measure word asked with: 幾級, 五個等級
    rivals: int  # other numbers of the sentence that are of the kind asked for
    place: int  # among them, from 0
    change: bool  # it says by how much something changed
    alien: bool  # what stands right behind it is nothing that the question speaks of: three directors, of meetings


def read_counted(text: str, wording: Wording) -> Counted:
    """Read what a question wants counted.

    >>> wording = Wording([])
    >>> read_counted("How many server cabinets does the company use?", wording).noun
    ('server', 'cabinets')
    >>> read_counted("大賽有多少支隊伍參加？", wording).noun[:1], read_counted("有幾位女性？", wording).dimension
    (('队伍',), 'person')
    """
    folded = fold(text).lower()
    dimension = next((name for pattern, name in _COUNTED if pattern.search(folded)), None)
    asks = _MEASURE.search(folded)
    return Counted(
        dimension=dimension,
        noun=_noun(folded, dimension, wording),
        measure=asks["measure"] if asks else "",
        change=bool(_BY_HOW_MUCH.search(folded)),
    )


def candidates(
    sentence: str, counted: Counted, terms: Sequence[Term], weights: Sequence[float], wording: Wording
) -> list[Candidate]:
    """Find the numbers of a sentence that are of the kind asked for, best first."""
    rest = [
        0.0 if _said(counted.noun, term.words, wording) else weight for term, weight in zip(terms, weights, strict=True)
    ]
    fitting = [
        quantity
        for quantity in find_quantities(sentence)
        if quantity.kind in ("amount", "share", "points") and fits(quantity, counted.dimension)
    ]
    whole = held_share(sentence, terms, weights, wording)
    found: list[Candidate] = []
    for place, quantity in enumerate(fitting):
        start, end = clause(sentence, quantity.start, quantity.end)
        named = _named(sentence, quantity, start, end, counted.noun, wording, parts=any(rest))
        about = sentence if len(fitting) == 1 else sentence[start:end]  # the only number: the whole sentence is its own
        share = held_share(about, terms, rest, wording) if any(rest) else named
        measured = bool(counted.measure) and counted.measure in fold(sentence[quantity.start : quantity.end + 6])
        found.append(
            Candidate(
                quantity=quantity,
                named=named,
                share=share,
                whole=whole,
                measured=measured,
                rivals=len({q.value for q in fitting} - {quantity.value}),
                place=place,
                change=tells_change(sentence, quantity),
                alien=not measured and _alien(sentence[quantity.end : end], quantity, terms, wording),
            )
        )
    return sorted(found, key=lambda c: (-c.named, -c.share, c.quantity.start))


def _alien(behind: str, quantity: Quantity, terms: Sequence[Term], wording: Wording) -> bool:
    """Tell whether a number without a unit counts what the question does not speak of, by the words behind it."""
    if quantity.kind != "amount" or (quantity.unit and quantity.unit.dimension in _MEASURED):
        return False
    cut = cut_words(behind)
    nouns = [n for n, token in enumerate(cut) if is_content(token, cut, wording)][:3]
    if not nouns or nouns[0] > 2:
        return False
    said = [cut[n] for n in nouns]
    groups = {meaning.group for meaning in wording.meanings(said)}
    forms = {stem(token) for token in said}
    return not any(
        term.groups & groups or any(stem(word) in forms or _alike(word, said) for word in term.words) for term in terms
    )


def tells_change(sentence: str, quantity: Quantity) -> bool:
    """Tell whether a number says by how much something changed, not what it came to.

    >>> [tells_change("Up 16% to 369 units", q) for q in find_quantities("Up 16% to 369 units")]
    [True, False]
    """
    return bool(_CHANGE.search(fold(sentence[: quantity.start]))) or quantity.kind == "points"


def fits(quantity: Quantity, dimension: str | None) -> bool:
    """Tell whether a number is of the kind that a question counts."""
    own = quantity.unit.dimension if quantity.unit else None
    if dimension == "share":
        return own == "share" or quantity.kind in ("share", "points")
    if quantity.kind in ("share", "points") or own == "share":
        return dimension is None
    if dimension in ("money", "area", "duration"):
        return own == dimension
    return dimension is None or own is None or own == dimension


def held_share(text: str, terms: Sequence[Term], weights: Sequence[float], wording: Wording) -> float:
    """Tell what share of a question's content a stretch of text holds, in its own or equal words."""
    cut = cut_words(text)
    forms = {stem(token) for token in cut}
    groups = {meaning.group for meaning in wording.meanings(cut)}
    whole = sum(weights)
    held = 0.0
    for term, weight in zip(terms, weights, strict=True):
        if term.groups & groups & wording.same or all(stem(word) in forms or _alike(word, cut) for word in term.words):
            held += weight
        elif term.groups & groups:
            held += _AKIN * weight
    return held / whole if whole else 0.0


def _alike(word: str, cut: Sequence[str]) -> bool:
    """Tell whether a Chinese word shares at least half of its characters with one of a text."""
    if word.isascii() or len(word) < 2:
        return False
    return any(len(other) > 1 and 2 * len(set(word) & set(other)) > max(len(word), len(other)) for other in cut)


def _noun(folded: str, dimension: str | None, wording: Wording) -> tuple[str, ...]:
    if dimension in ("money", "area", "duration"):
        return ()  # the unit says what is counted
    match = _SHARE_OF.search(folded) if dimension == "share" else _HOW_MANY.search(folded)
    if match:
        return _run(cut_words(folded[match.end() :]))
    if dimension == "share":
        of = _HAN_SHARE_OF.search(folded)
        before = cut_words(of["before"] or of["after"]) if of else []
        return tuple([token for token in before if is_content(token, ("多",), wording)][-1:])
    asks = _HAN_ASKS.search(folded)
    if asks is None:
        return ()
    after_text = folded[asks.end() :].lstrip("0123456789")
    if after_text[:1] and after_text[0] in _CLASSIFIERS:
        after_text = after_text[1:]
    after = [t for t in cut_words(re.split(r"[?,。]", after_text)[0]) if is_content(t, ("多",), wording)]
    before = [t for t in cut_words(folded[: asks.start()]) if is_content(t, ("多",), wording)]
    return tuple(after[:2] if after else before[-1:])


def _run(after: list[str]) -> tuple[str, ...]:
    """Take the words of a noun, up to the verb: "financial institutions (has ...)"."""
    if after[:1] == ["of"]:
        after = after[1:]
    while after[:1] and after[0] in ("the", "its", "our", "these", "their", "all"):
        after = after[1:]
    run: list[str] = []
    for token in after[:4]:
        if token in _ENDS_NOUN or token == "of" or (run and token.endswith("ed")):
            break
        run.append(token)
    return tuple(run)


def _named(
    sentence: str,
    quantity: Quantity,
    start: int,
    end: int,
    noun: Sequence[str],
    wording: Wording,
    *,
    parts: bool,
) -> float:
    """Tell how surely a number counts a noun: the noun stands behind it, or before it as a subject does.

    With `parts`, one behind "of which" counts what the clause before it did.
    """
    if not noun:
        return 0.0
    head = noun[-1:] if noun[0].isascii() else noun[:1]
    behind = cut_words(sentence[quantity.start : end])
    before = cut_words(sentence[start : quantity.start])
    if _said(head, behind[:_BEHIND], wording):
        narrowed = _narrowed(behind[:_BEHIND], noun, head, wording)
        return 1.0 if narrowed == 0 else 0.6 if narrowed == 1 else 0.0
    near = [token for token in before if is_content(token, before, wording)][-3:]
    ends = not any(is_content(token, behind, wording) for token in cut_words(sentence[quantity.end : end]))
    if (
        ends
        and _said(head, near, wording)
        and (not head[0].isascii() or _STATES.search(sentence[start : quantity.start]))
    ):
        return 0.6
    if parts and _of_which(sentence, start) and _said(head, cut_words(sentence[:start]), wording):
        return 1.0
    return 0.0


def _narrowed(behind: Sequence[str], noun: Sequence[str], head: Sequence[str], wording: Wording) -> int:
    """Count the words between a number and its noun that the question does not say: "six large state-owned banks"."""
    extra = 0
    for n, token in enumerate(behind):
        if _said(head, behind[n : n + 1], wording):
            break
        if is_content(token, behind, wording) and not _said(noun, [token], wording):
            extra += 1
    return extra


def _of_which(sentence: str, start: int) -> bool:
    """Tell whether a clause counts a part of what the clause before it counted."""
    return bool(re.search(r"(?:of\s+which|of\s+whom|其中)\s*$", fold(sentence[:start]), re.I))


def _said(words: Sequence[str], cut: Sequence[str], wording: Wording) -> bool:
    """Tell whether one of some words, or a true synonym, stands in a text."""
    if not cut:
        return False
    forms = {stem(token) for token in cut}
    groups = {meaning.group for meaning in wording.meanings(cut)} & wording.same
    for word in words:
        if stem(word) in forms or any(not word.isascii() and len(word) > 1 and word in token for token in cut):
            return True
        if {meaning.group for meaning in wording.meanings([word])} & groups:
            return True
    return False


def clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Bound the clause of a sentence that a number stands in."""
    before = max((m.end() for m in _CLAUSE_END.finditer(sentence, 0, start)), default=0)
    after = _CLAUSE_END.search(sentence, end)
    return before, after.start() if after else len(sentence)
