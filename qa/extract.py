"""Find the words of a report that answer: a sentence, a whole list, a number with its noun, a date, an address."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from index.chunk import Passage
from index.embed import Embedder
from index.lexicon import Lexicon
from index.period import years_in
from index.quantity import Quantity
from index.script import fold
from index.snapshot import Snapshot
from qa.catalogue import nearest_edition
from qa.counted import Candidate, Counted, candidates, clause, held_share, read_counted, tells_change
from qa.evidence import Coverage, Pages, Sentence, Term, cut_words, read_terms, term_texts
from qa.question import Ask, Question
from qa.relevance import SIGNS, Relevance, bundled_relevance, features
from qa.span import Span, log_odds, whole_spans
from qa.wording import Wording, bundled_wording

Array = npt.NDArray[np.float32]

_NEEDED: Final[frozenset[Ask]] = frozenset({"email", "when", "often"})  # an answer without its sign is none
_WORTH: Final = {"inside": 1.0, "near": 0.9, "title": 0.9, "passage": 0.8, "path": 0.7}
_KPI_CODE = re.compile(r"(?<![A-Za-z0-9])[AB]\d\.\d{1,2}(?!\d)")


class Prose:
    """The sentences of a snapshot's reports, edition by edition, less the rows that figures answer for."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        lexicon: Lexicon,
        *,
        wording: Wording | None = None,
        relevance: Relevance | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._lexicon = lexicon
        self._wording = wording or bundled_wording()
        self._relevance = relevance or bundled_relevance()
        rows = {figure.passage_id for figure in snapshot.figures}
        held: dict[tuple[str, str], list[int]] = {}
        for row, passage in enumerate(snapshot.passages):
            pages = held.setdefault((passage.report_id, passage.edition), [])
            if passage.id not in rows and not _indexes_codes(passage):
                pages.append(row)
        self._pages = {
            edition: (Pages([snapshot.passages[row] for row in numbers], embedder, self._wording), np.array(numbers))
            for edition, numbers in held.items()
            if numbers
        }

    def known_share(self, text: str, report: str, names: Sequence[str]) -> float:
        """Tell what share of a question's content, term by term, any edition of a report speaks of."""
        terms = read_terms(text, names, self._wording)
        if not terms:
            return 0.0
        vectors = self._embedder.encode_queries(term_texts(terms))
        held = [pages.knows(terms, vectors) for (one, _), (pages, _) in self._pages.items() if one == report]
        return max(held, default=0.0)

    def find(
        self,
        question: Question,
        report: str,
        *,
        names: Sequence[str],
        year: int | None,
        must: Sequence[str] = (),
        floor: float | None = None,
    ) -> tuple[Span, ...]:
        """Choose the spans that answer, best first, or none when no sentence holds enough of what is asked.

        `must` are words a passage has to have: what sets the question apart from a figure that otherwise fits it.
        `floor` is the likelihood below which nothing is said.
        """
        reading = self._reading(question, report, names)
        if reading is None:
            return ()
        return reading.answer(must=must, year=year, floor=self._relevance.floor if floor is None else floor)

    def measure(
        self, question: Question, report: str, *, names: Sequence[str]
    ) -> tuple[Sequence[Sentence], Array] | None:
        """Give the sentences a question is asked of and their `features`, a row each, unless it names nothing."""
        reading = self._reading(question, report, names)
        return None if reading is None else (reading.pages.sentences, reading.features)

    def _reading(self, question: Question, report: str, names: Sequence[str]) -> "_Reading | None":
        """Read the edition in the question's language, or None when there is none or the question names nothing."""
        terms = read_terms(question.text, names, self._wording)
        editions = [edition for held, edition in self._pages if held == report]
        if not terms or not editions:
            return None
        pages, rows = self._pages[report, nearest_edition(editions, question.language)]
        vectors = self._embedder.encode_queries([question.text, *term_texts(terms)])
        coverage = pages.coverage(terms, vectors[1:])
        cosines = self._snapshot.dense.scores(vectors[0])
        table = features(question.ask, coverage, pages, cosines[rows][pages.passage_of])
        return _Reading(
            question=question,
            terms=terms,
            pages=pages,
            coverage=coverage,
            features=table,
            likelihoods=self._relevance.scores(table),
            lexicon=self._lexicon,
            wording=self._wording,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One edition read for one question."""

    question: Question
    terms: Sequence[Term]
    pages: Pages
    coverage: Coverage
    features: Array  # one row a sentence
    likelihoods: Array  # of each sentence
    lexicon: Lexicon
    wording: Wording

    def answer(self, *, must: Sequence[str], year: int | None, floor: float, tried: int = 12) -> tuple[Span, ...]:
        """Choose among the likeliest sentences the first that is of the kind and period asked."""
        order = [int(n) for n in np.argsort(-self.likelihoods, kind="stable")[:tried]]
        fitting = [n for n in order if self._fits(n, must, year)]
        if self.question.ask == "number":
            return self._number(fitting, floor)
        fitting = [n for n in fitting if self.likelihoods[n] >= floor and self._holds_most(n)]
        if not fitting:
            return ()
        if self.question.ask == "what" and self._asks_measure():
            proven = self._proven(fitting[0], read_counted(self.question.text, self.wording))
            if proven is not None:
                return self._with_number(fitting[0], proven)
        spans = whole_spans(fitting[0], self.pages, self.likelihoods, ask=self.question.ask)
        return (*spans, *self._second(fitting, spans))

    def _second(self, fitting: Sequence[int], spans: Sequence[Span], *, margin: float = 0.6) -> tuple[Span, ...]:
        """Give another sentence too where it is hardly less likely to answer, `margin` in log odds."""
        if self.question.ask in ("email", "yes_no"):
            return ()
        best = log_odds(float(self.likelihoods[fitting[0]]))
        for n in fitting[1:]:
            if best - log_odds(float(self.likelihoods[n])) > margin:
                break
            more = whole_spans(n, self.pages, self.likelihoods, ask=self.question.ask)
            if not any(one.overlaps(span) for one in more for span in spans):
                return more
        return ()

    def _asks_measure(self) -> bool:
        kinds = {self.lexicon.metrics[key].kind for key in self.question.concept.metrics}
        return bool(kinds) and "text" not in kinds

    def _holds_most(self, n: int, *, least: float = 0.55) -> bool:
        """Tell whether a sentence and what is around it hold the better part of what is asked."""
        return float(self.coverage.weights @ (self._around(n) >= 0.35)) >= least

    def _fits(self, n: int, must: Sequence[str], year: int | None) -> bool:
        sentence = self.pages.sentences[n]
        ask = self.question.ask
        if ask in _NEEDED and not SIGNS[ask].search(self._said_by(n)):
            return False
        if must and not self._speaks_of(must, n):
            return False
        return _same_period(self.question, sentence, year) and self._names_measure(sentence)

    def _names_measure(self, sentence: Sentence) -> bool:
        """Tell whether a sentence names what a "what is the ..." asks for, where that is measured in numbers."""
        if self.question.ask != "what" or not self._asks_measure():
            return True
        named = self.lexicon.concept(f"{' '.join(sentence.passage.section[-1:])} {sentence.text}").metrics
        asked = self.question.concept.metrics
        return any(one == key or key in self.lexicon.ancestors(one) for key in asked for one in named)

    def _said_by(self, n: int) -> str:
        """A sentence, folded; where addresses are asked for, with the list that it leads to."""
        if self.question.ask != "email":
            return self.pages.folded[n]
        return " ".join(span.quote for span in whole_spans(n, self.pages, self.likelihoods, ask="email"))

    def _speaks_of(self, must: Sequence[str], n: int) -> bool:
        """Tell whether a sentence or what is around it speaks of each of some words."""
        needed = {form for word in must for form in cut_words(word)}
        return all(
            held >= 0.5 for term, held in zip(self.terms, self._around(n), strict=True) if needed & set(term.words)
        )

    def _number(
        self, fitting: Sequence[int], floor: float, *, least: float = 0.9, margin: float = 1.0
    ) -> tuple[Span, ...]:
        """Choose the sentence whose number counts what is asked, and only where no other number could.

        `least` is what log odds and proof, added up, have to reach; a rival sentence's must be less by `margin`.
        """
        counted = read_counted(self.question.text, self.wording)
        proven = [(n, one) for n in fitting if (one := self._proven(n, counted)) is not None]
        ranked = sorted(((self._rank(n, one), -n, one) for n, one in proven), key=lambda entry: (-entry[0], -entry[1]))
        if not ranked or ranked[0][0] < least or floor > 1:
            return ()
        rank, place, first = ranked[0]
        rivals = [one for other, _, one in ranked[1:] if rank - other < margin and _rivals(one, first)]
        return () if rivals else self._with_number(-place, first)

    def _rank(self, n: int, one: Candidate) -> float:
        return log_odds(float(self.likelihoods[n])) + 1.0 * one.named + 2.5 * one.share

    def _with_number(self, n: int, proven: Candidate) -> tuple[Span, ...]:
        spans = whole_spans(n, self.pages, self.likelihoods, ask="number")
        offset = self.pages.sentences[n].start - spans[0].start
        return (spans[0].with_quantity(proven.quantity, offset), *spans[1:])

    def _proven(self, n: int, counted: Counted) -> Candidate | None:
        """Give the one number of a sentence that counts what is asked, in a clause that speaks of it."""
        sentence = self.pages.sentences[n]
        if sentence.passage.kind == "row":
            return None  # the figures are the tables' numbers; what else stands in a row is no count
        weights = [float(weight) for weight in self.coverage.weights]
        around = self._around(n)
        if around @ self.coverage.weights < 0.6 or any(
            weight >= 0.15 and held < 0.35 for weight, held in zip(weights, around, strict=True)
        ):
            return None
        every = candidates(sentence.text, counted, self.terms, weights, self.wording)
        found = [one for one in every if self._counts(one, counted, sentence, weights)]
        if not found:
            return None
        first = found[0]
        return None if any(_rivals(one, first) for one in every) else first

    def _counts(self, one: Candidate, counted: Counted, sentence: Sentence, weights: Sequence[float]) -> bool:
        asked = self.question.concept.metrics
        changes = self.question.operation in ("change", "percent_change")
        if self.question.operation in ("average", "ratio") or changes != tells_change(sentence.text, one.quantity):
            return False
        if asked and counted.dimension is None and not _measures(asked, one.quantity, self.lexicon):
            return False
        spoken = self.lexicon.concept(_clause_of(sentence.text, one.quantity)).metrics if asked else frozenset()
        named = any(a == s or a in self.lexicon.ancestors(s) for a in asked for s in spoken)
        if counted.noun:
            return one.named > 0
        whole = held_share(sentence.text, self.terms, weights, self.wording)
        return (named or one.share >= 0.45) and whole >= (0.45 if named else 0.6)

    def _around(self, n: int) -> Array:
        """How well each term stands in a sentence or around it."""
        coverage = self.coverage
        rows = [worth * getattr(coverage, name)[:, n] for name, worth in _WORTH.items()]
        return np.asarray(np.maximum.reduce(rows), dtype=np.float32)


def _rivals(one: Candidate, first: Candidate) -> bool:
    """Tell whether another number of a sentence might as well be the one asked for."""
    if one.quantity.value == first.quantity.value:
        return False
    if one.named == first.named:
        return one.share >= first.share - 0.01
    return one.share > first.share + 0.3 and first.share < 0.3


def _indexes_codes(passage: Passage) -> bool:
    """Tell a row of the content index, which says where things are disclosed and not what."""
    return passage.kind == "row" and bool(_KPI_CODE.search(fold(passage.text)))


def _same_period(question: Question, sentence: Sentence, year: int | None) -> bool:
    """Tell whether a sentence speaks of the period asked; one that names no year speaks of the reporting year."""
    if not question.periods:
        return True
    headings = sentence.passage.section
    named = years_in(sentence.text) or years_in(headings[-1] if headings else "") or ([str(year)] if year else [])
    return any(period[:4] in named for period in question.periods)


def _measures(asked: Collection[str], quantity: Quantity, lexicon: Lexicon) -> bool:
    """Tell whether a number is of the kind that the metrics asked for are: money, a share, a count."""
    kinds = {lexicon.metrics[key].kind for key in asked}
    dimension = quantity.unit.dimension if quantity.unit else None
    if kinds == {"money"}:
        return dimension == "money"
    if kinds == {"rate"}:
        return quantity.kind in ("share", "points") or dimension == "share"
    rated = any("%" in lexicon.metrics[key].units for key in asked)
    return rated or quantity.kind == "amount"


def _clause_of(sentence: str, quantity: Quantity) -> str:
    start, end = clause(sentence, quantity.start, quantity.end)
    return sentence[start:end]
