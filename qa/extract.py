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
from index.words import search_tokens, sentences, tokens
from qa.phrases import CHINESE, ENGLISH
from qa.question import Question
from qa.retrieve import Hit

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE = re.compile(r"20\d\d|19\d\d|\d{1,2}\s*月")
_AGENT = re.compile(
    r"部|委员会|小组|团队|董事|管理层|负责人|机构|主席|总裁|CEO|CFO|department|committee|team|group|board|management|director|officer"
    r"|head|chair|agency|auditor|party",
    re.I,
)
_FREQUENCY = re.compile(
    r"每(?:年|季|月|周|日|半年|两年)|年度|季度|按月|定期|不定期|随时|annual|yearly|quarter|month|week|daily|regular|periodic|from\s+time\s+to\s+time|once\s+an?|every",
    re.I,
)
_NEEDED: dict[str, re.Pattern[str]] = {"email": _EMAIL, "when": _DATE, "who": _AGENT, "often": _FREQUENCY}
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

    def of(self, passage: Passage) -> frozenset[str]:
        """The content tokens of a passage."""
        return self._held[passage.id]

    def weight(self, token: str) -> float:
        """Inverse document frequency; a token no passage has is as rare as can be."""
        return math.log(1 + self._documents / (1 + self._count[token]))

    def weigh(self, tokens: Sequence[str]) -> dict[str, float]:
        """Weigh a question's tokens; one that no passage has weighs as much as the others on average."""
        known = [self.weight(token) for token in tokens if self.knows(token)]
        usual = sum(known) / len(known) if known else 1.0
        return {token: self.weight(token) if self.knows(token) else usual for token in tokens}

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
    must: Sequence[str] = (),
    floor: float = 0.55,
) -> Span | None:
    """Choose the span that answers, or None when no passage holds enough of what is asked.

    `must` are words a passage has to have: what sets the question apart from a figure that otherwise fits it.
    """
    wanted = content_tokens(question.text, names)
    if not wanted:
        return None
    if must:
        hits = [hit for hit in hits if all(_present(word, hit.passage) for word in must)]
    candidates = [span for hit in hits if (span := _best_span(question, hit, wanted, vocabulary, lexicon, year))]
    if not candidates:
        return None
    meaning = embedder.encode_queries([question.text])[0]
    vectors = embedder.encode_passages([span.quote for span in candidates])
    ranked = sorted(zip(candidates, vectors @ meaning, strict=True), key=lambda pair: -_rank(pair[0], pair[1]))
    best = ranked[0][0]
    return best if best.score >= floor else None


def _present(word: str, passage: Passage) -> bool:
    return fold(word).lower().removesuffix("'s") in fold(f"{' '.join(passage.section)} {passage.text}").lower()


def content_tokens(text: str, names: Sequence[str]) -> list[str]:
    """Cut a question into the tokens that say what it is about."""
    own = {token for name in names for token in _tokens(name)}
    return list(dict.fromkeys(token for token in _tokens(text) if token not in own))


def content_words(text: str, names: Sequence[str]) -> list[str]:
    """Take the question's words of content as they stand, for retrieval."""
    own = {token for name in names for token in tokens(name)}
    return [word for word in tokens(text) if word not in own and _tokens(word)]


def _rank(span: Span, closeness: float) -> float:
    return span.score + 0.35 * float(closeness)


def _tokens(text: str) -> list[str]:
    """Cut a text into tokens of content: no word that only asks, no bare number, no character of such a word."""
    found: list[str] = []
    for word in tokens(text):
        if word in CHINESE or re.fullmatch(r"[\d.,%]+年?", word):
            continue
        found += [token for token in search_tokens(word) if token not in ENGLISH and token not in CHINESE]
    return found


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
        needed = _NEEDED.get(question.ask)
        if needed is not None and not needed.search(fold(quote)):
            continue
        if not _same_period(question, passage, quote, year) or not _speaks_of(question, passage, quote, lexicon):
            continue
        quantity = _asked_quantity(question, quote, wanted, vocabulary, lexicon) if question.ask == "number" else None
        if question.ask == "number" and quantity is None:
            continue
        last = _list_end(question, passage, spans, -place)
        return Span(passage=passage, start=start, end=last, score=score, quantity=quantity)
    return None


def _coverage(passage: Passage, start: int, end: int, wanted: Sequence[str], vocabulary: Vocabulary) -> float:
    """Share of the question's content, by rarity, that a sentence holds; less for what only its surroundings hold."""
    weights = vocabulary.weigh(wanted)
    whole = sum(weights.values())
    inside = set(_tokens(passage.text[start:end]))
    around = vocabulary.of(passage)
    headings = set(_tokens(" ".join(passage.section[1:])))
    held = 0.0
    for token in wanted:
        worth = 1.0 if token in inside else 0.75 if token in around else 0.7 if token in headings else 0.0
        held += worth * weights[token]
    return held / whole if whole else 0.0


def _speaks_of(question: Question, passage: Passage, quote: str, lexicon: Lexicon) -> bool:
    """Tell whether a sentence names a metric the question names, or a part of it, if it asks for a measure."""
    measured = {key for key in question.concept.metrics if lexicon.metrics[key].kind != "text"}
    asked = measured if question.ask in ("what", "which") else question.concept.metrics
    if not asked or question.ask not in ("number", "often", "what", "which"):
        return True
    named = lexicon.concept(f"{' '.join(passage.section[-1:])} {quote}").metrics
    return any(one == key or key in lexicon.ancestors(one) for key in asked for one in named)


def _same_period(question: Question, passage: Passage, quote: str, year: int | None) -> bool:
    """Tell whether a sentence speaks of the period asked; one that names no year speaks of the reporting year."""
    if not question.periods:
        return True
    named = years_in(quote) or years_in(passage.section[-1] if passage.section else "") or ([str(year)] if year else [])
    return any(period[:4] in named for period in question.periods)


def _asked_quantity(
    question: Question,
    quote: str,
    wanted: Sequence[str],
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    *,
    floor: float = 0.45,
) -> Quantity | None:
    """Find the number a "how many" asks for: one of the kind asked, in the clause that speaks of it.

    Where the question names a metric the clause must name it too, and the sentence most of what else is asked.
    """
    kind = _asked_dimension(question.text) or _metric_dimension(question.concept.metrics, lexicon)
    asked = question.concept.metrics
    rated = kind == "share" or any("%" in lexicon.metrics[key].units for key in asked)
    explained = set(_tokens(" ".join(_names(asked, lexicon)))) if asked else set()
    need = [token for token in wanted if token not in explained]
    weights = vocabulary.weigh(need if asked else wanted)
    sentence = set(_tokens(quote))
    whole = sum(weights.values())
    if asked and whole and sum(w for token, w in weights.items() if token in sentence) / whole < floor:
        return None
    best: tuple[float, Quantity] | None = None
    for quantity in find_quantities(quote):
        if quantity.kind not in ("amount", "share", "points") or not _fits(quantity, kind):
            continue
        if asked and not rated and quantity.kind != "amount":
            continue
        clause = _clause(quote, quantity.start, quantity.end)
        inside = set(_tokens(clause))
        held = sum(w for token, w in weights.items() if token in inside) / whole if whole else 0.0
        if asked:
            spoken = lexicon.concept(clause).metrics
            if not any(one == key or key in lexicon.ancestors(one) for key in asked for one in spoken):
                continue
        elif held < floor or sum(token in inside for token in wanted if len(token) > 1) < 2:
            continue
        if best is None or held > best[0]:
            best = (held, quantity)
    return best[1] if best else None


def _metric_dimension(keys: Iterable[str], lexicon: Lexicon) -> str | None:
    """Tell what kind of number a metric is, where it can only be one."""
    kinds = {lexicon.metrics[key].kind for key in keys}
    return {"money": "money", "rate": "share"}.get(kinds.pop()) if len(kinds) == 1 else None


def _names(keys: Iterable[str], lexicon: Lexicon) -> list[str]:
    metrics = [lexicon.metrics[key] for key in keys]
    return [name for m in metrics for name in (m.zh_hant, m.zh_hans, m.en, *m.words)]


def _clause(quote: str, start: int, end: int) -> str:
    """Take the clause of a sentence that a number stands in."""
    before = max((m.end() for m in _CLAUSE_END.finditer(quote, 0, start)), default=0)
    after = _CLAUSE_END.search(quote, end)
    return quote[before : after.start() if after else len(quote)]


def _asked_dimension(text: str) -> str | None:
    """Tell what kind of thing a "how many" counts, from its classifier or noun; None when it does not say."""
    folded = fold(text).lower()
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
