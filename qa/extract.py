"""Find the words in a passage that answer: a sentence, a whole list, a number with its noun, a date, an address."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.chunk import Passage
from index.embed import Embedder
from index.lexicon import Lexicon
from index.period import years_in
from index.quantity import Quantity, find_quantities
from index.script import fold
from index.words import search_tokens, sentences
from qa.phrases import CHINESE, ENGLISH
from qa.question import Question
from qa.retrieve import Hit

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CLAUSE_END = re.compile(r"[，；。、;!?！？\n]|,(?!\d)|\.(?!\d)")
_COUNTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"how\s+much\s+money|how\s+much\s+(?:\w+\s+){0,3}(?:spen[dt]|cost|paid|pay|invest)|多少钱|几多钱|多少元|多少万元|多少资金"
        ),
        "money",
    ),
    (
        re.compile(
            r"what\s+(?:percentage|per\s?cent|share|proportion|rate)|how\s+many\s+per\s?cent|百分之几|几成|比例|占比|比率|准确率|相似度|多少%"
        ),
        "share",
    ),
    (re.compile(r"how\s+many\s+times|how\s+often|(?:多少|几|几多)次"), "time"),
    (
        re.compile(
            r"how\s+many\s+(?:people|persons|employees|staff|directors|members|women|men)|(?:多少|几|几多)(?:人|名|位)"
        ),
        "person",
    ),
    (re.compile(r"how\s+many\s+hours|(?:多少|几|几多)(?:个)?小时"), "duration"),
)
_DATE = re.compile(r"20\d\d|19\d\d|\d{1,2}\s*月")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of a passage that answer, and how well the evidence speaks for them."""

    passage: Passage
    start: int
    end: int
    score: float  # share of the question's content that passage and headings hold, 0 to 1
    quantity: Quantity | None = None  # the number asked for, its span within the passage

    @property
    def quote(self) -> str:
        """The passage's own characters."""
        return self.passage.text[self.start : self.end]


class Vocabulary:
    """How rare each token is over a snapshot's passages."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._held = {p.id: frozenset(_tokens(p.text)) for p in passages}
        self._count = Counter(token for document in self._held.values() for token in document)
        self._documents = max(1, len(self._held))

    def tokens(self, passage: Passage) -> frozenset[str]:
        """The content tokens of a passage."""
        return self._held[passage.id]

    def weight(self, token: str) -> float:
        """Inverse document frequency; a token no passage has is as rare as can be."""
        return math.log(1 + self._documents / (1 + self._count[token]))

    def knows(self, token: str) -> bool:
        """Tell whether any passage has the token."""
        return token in self._count


def extract(
    question: Question,
    hits: Sequence[Hit],
    vocabulary: Vocabulary,
    *,
    names: Sequence[str],
    lexicon: Lexicon,
    year: int | None,
    embedder: Embedder,
    floor: float = 0.5,
) -> Span | None:
    """Choose the span that answers, or None when no passage holds enough of what is asked."""
    wanted = content_tokens(question.text, names)
    if not wanted:
        return None
    candidates = [span for hit in hits if (span := _best_span(question, hit, wanted, vocabulary, lexicon, year))]
    if not candidates:
        return None
    meaning = embedder.encode_queries([question.text])[0]
    vectors = embedder.encode_passages([span.quote for span in candidates])
    ranked = sorted(zip(candidates, vectors @ meaning, strict=True), key=lambda pair: -_rank(pair[0], pair[1]))
    best = ranked[0][0]
    return best if best.score >= floor else None


def content_tokens(text: str, names: Sequence[str]) -> list[str]:
    """Cut a question into the tokens that say what it is about."""
    own = {token for name in names for token in _tokens(name)}
    return list(dict.fromkeys(token for token in _tokens(text) if token not in own))


def _rank(span: Span, closeness: float) -> float:
    return span.score + 0.35 * float(closeness)


def _tokens(text: str) -> list[str]:
    return [
        token
        for token in search_tokens(text)
        if token not in ENGLISH and token not in CHINESE and not re.fullmatch(r"(?:19|20)\d\d年?", token)
    ]


def _best_span(
    question: Question, hit: Hit, wanted: Sequence[str], vocabulary: Vocabulary, lexicon: Lexicon, year: int | None
) -> Span | None:
    """Choose the sentence of a passage that holds most of the question and what its kind of question asks for."""
    passage = hit.passage
    spans = sentences(passage.text)
    scored = sorted(
        ((_coverage(passage, start, end, wanted, vocabulary), -n) for n, (start, end) in enumerate(spans)), reverse=True
    )
    for score, place in scored:
        start, end = spans[-place]
        quote = passage.text[start:end]
        if question.ask == "email" and not _EMAIL.search(quote):
            continue
        if question.ask == "when" and not _DATE.search(fold(quote)):
            continue
        if not _same_period(question, passage, quote, year) or not _speaks_of(question, passage, quote, lexicon):
            continue
        quantity = _asked_quantity(question, quote, wanted, vocabulary) if question.ask == "number" else None
        if question.ask == "number" and quantity is None:
            continue
        last = _list_end(question, passage, spans, -place)
        return Span(passage=passage, start=start, end=last, score=score, quantity=quantity)
    return None


def _coverage(passage: Passage, start: int, end: int, wanted: Sequence[str], vocabulary: Vocabulary) -> float:
    """Share of the question's content, by rarity, that a sentence holds; less for what only its surroundings hold."""
    whole = sum(vocabulary.weight(token) for token in wanted)
    inside = set(_tokens(passage.text[start:end]))
    around = vocabulary.tokens(passage)
    headings = set(_tokens(" ".join(passage.section[1:])))
    held = 0.0
    for token in wanted:
        worth = 1.0 if token in inside else 0.75 if token in around else 0.7 if token in headings else 0.0
        held += worth * vocabulary.weight(token)
    return held / whole if whole else 0.0


def _speaks_of(question: Question, passage: Passage, quote: str, lexicon: Lexicon) -> bool:
    """Tell whether a sentence names a metric the question names, or a part of it; a total does not speak for its part."""
    if not question.concept.metrics or question.ask in (
        "which",
        "what",
        "why",
        "who",
        "where",
        "when",
        "yes_no",
        "email",
    ):
        asked = [key for key in question.concept.metrics if lexicon.metrics[key].kind != "text"]
        if not asked or question.ask not in ("what", "which"):
            return True
    named = lexicon.concept(f"{' '.join(passage.section[-1:])} {quote}").metrics
    return any(one == asked or asked in lexicon.ancestors(one) for asked in question.concept.metrics for one in named)


def _same_period(question: Question, passage: Passage, quote: str, year: int | None) -> bool:
    """Tell whether a sentence speaks of the period asked; one that names no year speaks of the reporting year."""
    if not question.periods:
        return True
    named = years_in(quote) or years_in(passage.section[-1] if passage.section else "") or ([str(year)] if year else [])
    return any(period[:4] in named for period in question.periods)


def _asked_quantity(
    question: Question, quote: str, wanted: Sequence[str], vocabulary: Vocabulary, *, floor: float = 0.45
) -> Quantity | None:
    """Find the number a "how many" asks for: one of the kind asked, in the clause that holds most of the question."""
    whole = sum(vocabulary.weight(token) for token in wanted)
    kind = _asked_dimension(question.text)
    best: tuple[float, Quantity] | None = None
    for quantity in find_quantities(quote):
        if quantity.kind not in ("amount", "share", "points") or not _fits(quantity, kind):
            continue
        clause = set(_tokens(_clause(quote, quantity.start, quantity.end)))
        held = sum(vocabulary.weight(token) for token in wanted if token in clause) / whole if whole else 0.0
        if held >= floor and (best is None or held > best[0]):
            best = (held, quantity)
    return best[1] if best else None


def _clause(quote: str, start: int, end: int) -> str:
    """Take the clause of a sentence that a number stands in."""
    before = max((m.end() for m in _CLAUSE_END.finditer(quote, 0, start)), default=0)
    after = _CLAUSE_END.search(quote, end)
    return quote[before : after.start() if after else len(quote)]


def _asked_dimension(text: str) -> str | None:
    """Tell what kind of thing a "how many" counts, from its classifier or noun; None when it does not say."""
    folded = fold(text)
    for pattern, dimension in _COUNTED:
        if pattern.search(folded):
            return dimension
    return None


def _fits(quantity: Quantity, kind: str | None) -> bool:
    dimension = quantity.unit.dimension if quantity.unit else None
    if kind == "share":
        return dimension == "share" or quantity.kind in ("share", "points")
    if quantity.kind in ("share", "points"):
        return kind is None
    if kind == "money":
        return dimension == "money"
    return kind is None or dimension is None or dimension == kind


def _list_end(question: Question, passage: Passage, spans: Sequence[tuple[int, int]], n: int) -> int:
    """Extend a sentence that leads to a list over the list's items in the same passage."""
    start, end = spans[n]
    if passage.text[start:end].rstrip().endswith(("：", ":")) and n + 1 < len(spans):
        return spans[-1][1]
    if question.ask in ("which", "what", "why") and n + 1 < len(spans):
        following = spans[n + 1]
        gap = passage.text[end : following[0]]
        return following[1] if "\n" not in gap else end
    return end
