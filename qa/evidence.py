"""How much of a question every sentence of a report holds: word by word, by meaning, and around the sentence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.chunk import Passage
from index.cut import cut
from index.embed import Embedder
from index.lexicon import stem
from index.script import fold
from index.words import sentences, tokens
from qa.asking import asking_words, without_asking
from qa.wording import Wording

Array = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

_HAN = re.compile(r"[\u3400-\u9fff]")
_PIECE = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_SCOPE = re.compile(
    r"(?:\bscopes?|范[畴围])\s*(?P<number>[123一二三](?![\d一二三四五六七八九十百])|(?:iii|ii|i|one|two|three)\b)"
)
_DIGITS = {"一": "1", "二": "2", "三": "3", "i": "1", "ii": "2", "iii": "3", "one": "1", "two": "2", "three": "3"}
_WANTED = re.compile(
    r"\b(?:which|how\s+many|what\s+(?:are|is|were|was|kinds?\s+of|types?\s+of)?)\s*(?:of\s+)?(?:the\s+|its\s+|their\s+)?(?:main\s+|key\s+)?"
    r"|哪(?:[一几]?[个些种位家年月类项方]+|些)?|(?:什么|何种|多少|几多)[个位名家项次种支]?"
)
_VERBS = frozenset(
    """
    is are was were be been do does did has have had can could will would may might must shall should to of in on at by
    for from with that who it they we you the a an made taken used 由 会 在 被 是 有 为 把 向 和 与 及 要 能 可以
    """.split()
)
_ASKS = re.compile(
    r"\b(?:take|takes|took|taken|taking)\s+place\b"
    r"|(?:多少|几多|几)[个位名家项次间场份支款种类件宗层条座台辆人]?|多[大久长高远]|几[大久耐]|第几|有没有|有冇"
    r"|是不是|会不会|哪[一几]?[个些种位家年月类项方]?|怎么?样?|[吗呢?？]",
    re.I,
)
_NUMBER = re.compile(r"[\d.,%:/]+年?|[一二三四五六七八九十百千万两]+[个项种类大名位家次份条章]?")
_SHOWS_TABLE = re.compile(  # leads to a table and tells nothing itself
    r"\b(?:tables?|charts?)\b[^.]{0,20}\b(?:sets?\s+out|shows?|lists?|gives?|below)\b|(?:下表|[附列如]表|图表)[^。]{0,4}(?:列|载|显示|所示|如下)",
    re.I,
)
_ITEM = re.compile(r"(?P<list>.*\.l\d+)\.\d+$")
_LEADS = re.compile(r"[：:]\s*$")
_BY_GROUP = 0.85  # a word of the same group, against the very word
_BY_FORM = 0.6  # words that share most of their characters or their beginning
_ASKED_MORE = 1.4  # how much more the thing asked for weighs
_NEAR = 0.35  # cosine from which a word's meaning counts; unrelated words lie below


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, a list item or a table row of a passage."""

    passage: Passage
    start: int
    end: int
    place: int  # counted from 0 within the passage

    @property
    def text(self) -> str:
        """The passage's own characters."""
        return self.passage.text[self.start : self.end]

    @property
    def block(self) -> str:
        """The block it stands in, where the passage's lines are its blocks; else empty."""
        blocks = self.passage.blocks
        if self.passage.text.count("\n") + 1 != len(blocks):
            return ""
        return blocks[self.passage.text.count("\n", 0, self.start)]

    @property
    def listed_in(self) -> str:
        """The list it is an item of; empty for running text."""
        match = _ITEM.match(self.block)
        return match["list"] if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing a question speaks of: a word, or words that belong together, with the groups they are in."""

    words: tuple[str, ...]
    groups: frozenset[int]
    asked: bool = False  # stands right behind "which" or "how many": what the question wants to be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How well the terms of a question stand in and around every sentence: one row a term, one column a sentence."""

    weights: Array  # of the terms; they add up to 1
    known: npt.NDArray[np.bool_]  # whether any sentence has the term, or a word of its meaning
    inside: Array  # 0 to 1
    near: Array  # in the sentence before or after, of the same passage
    passage: Array
    title: Array  # in the section's own heading
    path: Array  # in the headings above it
    titled: Array  # by sentence: the share of its section's heading that the question speaks of
    focus: Array  # by sentence: the share of its own content that the question speaks of
    meaning: Array  # by sentence: cosine of its words' mean with the question's


class Pages:
    """All sentences of one edition of a report, with their words as numbers."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder, wording: Wording) -> None:
        self.sentences = [s for passage in passages for s in _sentences(passage)]
        self.folded = [fold(s.text) for s in self.sentences]
        self._wording = wording
        self._passages = tuple(passages)
        self._signs: dict[re.Pattern[str], Array] = {}
        self._ids: dict[str, int] = {"": 0}  # word stems; "" stands where there is no word
        self._groups: dict[int, int] = {}
        words = [self._numbered(s.text) for s in self.sentences]
        of = {p.id: n for n, p in enumerate(passages)}
        self.passage_of = np.array([of[s.passage.id] for s in self.sentences], dtype=np.int64)
        titles = [self._numbered(" ".join(p.section[-1:])) for p in passages]
        paths = [self._numbered(" ".join(p.section[1:-1])) for p in passages]
        self._words, self._starts = _packed(words)
        self._titles = _packed(titles)
        self._paths = _packed(paths)
        self._names = list(self._ids)
        self._vectors = embedder.encode_passages([name or "-" for name in self._names])
        self._vectors[0] = 0
        self._vectors = np.vstack([self._vectors, np.zeros((len(self._groups), self._vectors.shape[1]), np.float32)])
        self._renumber_groups()
        self._like: dict[str, list[int]] = {}  # by a Chinese character, or the beginning of a Latin word
        for name, number in self._ids.items():
            for part in _parts(name):
                self._like.setdefault(part, []).append(number)
        self._rarity = self._rarities()
        self._means = self._mean_vectors()
        self._sentences = embedder.encode_passages([s.text for s in self.sentences])
        self._headings = embedder.encode_passages([" ".join(p.section[-1:]) or "-" for p in passages])

    @property
    def passages(self) -> Sequence[Passage]:
        """The passages, in the order of `passage_of`."""
        return self._passages

    @cached_property
    def opening(self) -> Array:
        """1 for each sentence that opens its passage."""
        return np.array([s.place == 0 for s in self.sentences], dtype=np.float32)

    @cached_property
    def short(self) -> Array:
        """1 for each sentence of fewer than six words of content."""
        sizes = np.diff(np.append(self._starts, len(self._words)))
        return (sizes < 6).astype(np.float32)

    @cached_property
    def items(self) -> Array:
        """1 for each item of a list."""
        return np.array([bool(s.listed_in) for s in self.sentences], dtype=np.float32)

    @cached_property
    def leads(self) -> Array:
        """1 for each sentence that a list follows, or that ends in a colon."""
        follows = np.append(self.items[1:] * (self.passage_of[1:] == self.passage_of[:-1]), 0) * (1 - self.items)
        ends = np.array([bool(_LEADS.search(text)) for text in self.folded], dtype=np.float32)
        return np.asarray(np.maximum(follows, ends), dtype=np.float32)

    @cached_property
    def rows(self) -> Array:
        """1 for each row of a table."""
        return np.array([s.passage.kind == "row" for s in self.sentences], dtype=np.float32)

    @cached_property
    def lengths(self) -> Array:
        """Logarithm of each sentence's length in Chinese characters; three Latin letters count as one."""
        sizes = [len(text) if _HAN.search(text) else len(text) / 3 for text in self.folded]
        return np.log1p(np.array(sizes, dtype=np.float32))

    def signs(self, sign: re.Pattern[str] | None) -> Array:
        """1 for each sentence that an expression is found in; without one 0."""
        if sign is None:
            return np.zeros(len(self.sentences), dtype=np.float32)
        if sign not in self._signs:
            self._signs[sign] = np.array([bool(sign.search(text)) for text in self.folded], dtype=np.float32)
        return self._signs[sign]

    def likeness(self, question: Array) -> Array:
        """Cosine of every sentence by itself with a question's vector."""
        return np.asarray(self._sentences @ question, dtype=np.float32)

    def headed(self, question: Array) -> Array:
        """Cosine of every sentence and its section's heading together with a question's vector."""
        heading = (self._headings @ question)[self.passage_of]
        return np.asarray((self.likeness(question) + heading) / self._headed_norms, dtype=np.float32)

    def surrounded(self, question: Array) -> Array:
        """Cosine of every sentence and those beside it together with a question's vector."""
        own, together = self.likeness(question), self._together
        sums = own.copy()
        sums[1:] += together * own[:-1]
        sums[:-1] += together * own[1:]
        return np.asarray(sums / self._surrounded_norms, dtype=np.float32)

    @cached_property
    def _together(self) -> Array:
        """1 for each sentence but the first that stands in the passage of the one before it."""
        return np.asarray(self.passage_of[1:] == self.passage_of[:-1], dtype=np.float32)

    @cached_property
    def _headed_norms(self) -> Array:
        norms = np.linalg.norm(self._sentences + self._headings[self.passage_of], axis=1)
        return np.asarray(norms + 1e-6, dtype=np.float32)

    @cached_property
    def _surrounded_norms(self) -> Array:
        sums, together = self._sentences.copy(), self._together[:, None]
        sums[1:] += together * self._sentences[:-1]
        sums[:-1] += together * self._sentences[1:]
        return np.asarray(np.linalg.norm(sums, axis=1) + 1e-6, dtype=np.float32)

    def knows(self, terms: Sequence[Term], vectors: Array) -> float:
        """Tell the share of a question's terms, given with their vectors, that any sentence has a word for."""
        return float((self._strengths(terms, vectors).max(axis=1) >= _BY_FORM - 0.01).mean())

    def coverage(self, terms: Sequence[Term], vectors: Array) -> Coverage:
        """Match the terms of a question, given with their vectors, against every sentence."""
        strengths = self._strengths(terms, vectors)
        inside = _best(strengths, self._words, self._starts)
        first = np.flatnonzero(np.diff(self.passage_of, prepend=-1))
        by_passage = np.maximum.reduceat(inside, first, axis=1)
        of = np.cumsum(np.diff(self.passage_of, prepend=-1) != 0) - 1
        strong = (by_passage >= _BY_GROUP - 0.01).sum(axis=1)
        weights = np.log(1 + len(first) / (1 + strong)).astype(np.float32)
        known = by_passage.max(axis=1) >= _BY_FORM - 0.01
        if known.any():
            weights[~known] = max(float(weights[known].mean()), 1.0)
        weights *= np.array([_ASKED_MORE if term.asked else 1.0 for term in terms], dtype=np.float32)
        weights /= weights.sum()
        heard = strengths.max(axis=0) * self._rarity
        return Coverage(
            weights=weights,
            known=known,
            inside=inside,
            near=self._neighbours(inside),
            passage=by_passage[:, of],
            title=_best(strengths, *self._titles)[:, self.passage_of],
            path=_best(strengths, *self._paths)[:, self.passage_of],
            titled=self._heard(heard, *self._titles)[self.passage_of],
            focus=self._heard(heard, self._words, self._starts),
            meaning=self._means @ _unit((vectors * weights[:, None]).sum(axis=0, keepdims=True))[0],
        )

    def _heard(self, heard: Array, ids: Ids, starts: Ids) -> Array:
        """The share, by rarity, of each row of words that a question speaks of."""
        whole = np.add.reduceat(self._rarity[ids], starts)
        return np.asarray(np.add.reduceat(heard[ids], starts) / np.maximum(whole, 1e-6), dtype=np.float32)

    def _numbered(self, text: str) -> list[int]:
        words = cut_words(text)
        found = {
            self._ids.setdefault(form_of(token), len(self._ids))
            for token in words
            if is_content(token, words, self._wording)
        }
        groups = {-1 - self._groups.setdefault(m.group, len(self._groups)) for m in self._wording.meanings(words)}
        return sorted(found | groups)

    def _renumber_groups(self) -> None:
        """Put the groups, numbered downwards from -1 as they were met, behind the words."""
        words = len(self._ids)
        for ids in (self._words, self._titles[0], self._paths[0]):
            ids[ids < 0] = words - 1 - ids[ids < 0]
        self._groups = {group: words + number for group, number in self._groups.items()}

    def _rarities(self) -> Array:
        """How much each word says, by the share of sentences that have it; groups say nothing of their own."""
        count = np.bincount(self._words, minlength=len(self._vectors))
        rarity = np.log(1 + len(self.sentences) / (1 + count)).astype(np.float32)
        rarity[0] = 0
        rarity[len(self._ids) :] = 0
        return rarity

    def _mean_vectors(self) -> Array:
        """Mean of a sentence's word vectors, weighed by rarity (Arora et al., ICLR 2017), as a unit vector."""
        weighed = self._vectors * self._rarity[:, None]
        return _unit(np.add.reduceat(weighed[self._words], self._starts, axis=0))

    def _strengths(self, terms: Sequence[Term], vectors: Array) -> Array:
        """How near each word and group of the report is to each term, 0 to 1: one row a term."""
        cosines = vectors @ self._vectors.T
        strengths: Array = np.clip((cosines - _NEAR) / (1 - _NEAR), 0, 1).astype(np.float32) * np.float32(_BY_GROUP)
        for term, row in zip(terms, strengths, strict=True):
            for word in term.words:
                for number, alike in self._alike(word):
                    row[number] = max(row[number], alike)
            for group in term.groups:
                if group in self._groups:
                    row[self._groups[group]] = _BY_GROUP
        return strengths

    def _alike(self, word: str) -> Iterable[tuple[int, float]]:
        """Find the words written like one: the same, or with most of its characters."""
        form = form_of(word)
        if form in self._ids:
            yield self._ids[form], 1.0
        for number in {n for part in _parts(form) for n in self._like.get(part, ())}:
            name = self._names[number]
            if name == form or min(len(name), len(form)) < 2:
                continue
            if not _HAN.match(name):
                yield number, _BY_FORM
                continue
            shared = len(set(name) & set(form))
            if 2 * shared >= min(len(name), len(form)):
                yield number, _BY_FORM * 2 * shared / (len(name) + len(form))

    def _neighbours(self, inside: Array) -> Array:
        near = np.zeros_like(inside)
        same = self.passage_of[1:] == self.passage_of[:-1]
        near[:, 1:] = np.where(same, inside[:, :-1], 0)
        near[:, :-1] = np.maximum(near[:, :-1], np.where(same, inside[:, 1:], 0))
        return near


def term_texts(terms: Sequence[Term]) -> list[str]:
    """What of each term is embedded."""
    return [" ".join(term.words) for term in terms]


def read_terms(text: str, names: Sequence[str], wording: Wording) -> list[Term]:
    """Cut a question into the things it speaks of, less the words that only ask and the company's own names."""
    own = {form for name in names for token in cut_words(name) for form in (token, f"{token}'s")}
    folded = fold(text)
    wanted = _asked_words(folded)
    said = [
        token
        for token in cut_words(_ASKS.sub(" ", without_asking(folded.lower())))
        if token.isascii() or token not in asking_words()
    ]
    meanings = [m for m in wording.meanings(said) if not all(said[n] in own for n in range(m.start, m.end))]
    terms: dict[tuple[str, ...], set[int]] = {}
    covered: set[int] = set()
    for meaning in meanings:
        words = tuple(said[meaning.start : meaning.end])
        if len(words) == 1 and not is_content(words[0], said, wording):
            continue
        terms.setdefault(words, set()).add(meaning.group)
        covered |= set(range(meaning.start, meaning.end))
    for n, token in enumerate(said):
        if n not in covered and token not in own and is_content(token, said, wording):
            terms.setdefault((token,), set())
    return [
        Term(words=words, groups=frozenset(groups), asked=any(word in wanted for word in words))
        for words, groups in terms.items()
    ]


def _asked_words(folded: str) -> frozenset[str]:
    """The words right behind "which", "how many" or 哪些, up to a verb."""
    match = _WANTED.search(folded.lower())
    if match is None:
        return frozenset()
    run: list[str] = []
    for word in cut_words(re.split(r"[?,。，？]", folded.lower()[match.end() :])[0])[:4]:
        if word in _VERBS:
            break
        run.append(word)
    return frozenset(run[:3])


def cut_words(text: str) -> list[str]:
    """Cut a text into folded words; a hyphen parts two.

    An emission scope is one word.

    >>> cut_words("Data-centre A 輪"), cut_words("範圍二")
    (['data', 'centre', 'a', '轮'], ['scope2'])
    """
    folded = _SCOPE.sub(
        lambda m: f" scope{_DIGITS.get(m['number'], m['number'])} ", _HYPHEN.sub(" ", fold(text).lower())
    )
    found: list[str] = []
    for piece in _PIECE.finditer(folded):
        run = piece.group()
        found += cut(run) if _HAN.match(run) else tokens(run)
    return found


def is_content(token: str, beside: Sequence[str], wording: Wording) -> bool:
    """Tell whether a word says what a text is about; a Latin letter in a Chinese text is a name."""
    if _NUMBER.fullmatch(token):
        return False
    if len(token) == 1 and token.isascii():
        return any(_HAN.match(other) for other in beside)
    return token not in wording.asking and stem(token) not in wording.asking


def _parts(form: str) -> set[str]:
    """What words written alike share: a Chinese word's characters, or a Latin word's first five letters."""
    if _HAN.match(form):
        return set(form)
    return {form[:5]} if len(form) >= 5 and form.isalpha() else set()


def form_of(token: str) -> str:
    """Give what a folded word is matched by: its stem, or a Chinese word itself."""
    return token if _HAN.match(token) else stem(token)


def _sentences(passage: Passage) -> Iterable[Sentence]:
    """Yield a passage's sentences; of a table row only the row, not the header it repeats."""
    spans = sentences(passage.text)
    if passage.kind == "row":
        spans = spans[-1:]
    for place, (start, end) in enumerate(spans):
        if not _SHOWS_TABLE.search(fold(passage.text[start:end])):
            yield Sentence(passage=passage, start=start, end=end, place=place)


def _packed(rows: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    """Lay rows of numbers behind one another; an empty row becomes a 0."""
    filled = [row or [0] for row in rows]
    starts = np.cumsum([0, *(len(row) for row in filled)])[:-1]
    return np.array([n for row in filled for n in row], dtype=np.int64), starts.astype(np.int64)


def _best(strengths: Array, ids: Ids, starts: Ids) -> Array:
    return np.maximum.reduceat(strengths[:, ids], starts, axis=1)


def _unit(rows: Array) -> Array:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)
