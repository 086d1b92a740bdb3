"""Find the words of a report that answer: a sentence, a whole list, a number with its noun, a date, an address."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
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
from index.units import counted_unit
from qa.candidates import CANDIDATE_NAMES, candidate_features
from qa.catalogue import nearest_edition
from qa.counted import Candidate, candidates, clause, read_counted
from qa.evidence import Coverage, Pages, Sentence, Term, cut_words, read_terms, term_texts
from qa.logit import Logit, certainty, likelihood, share
from qa.question import Ask, Question
from qa.relevance import SIGNS, Beside, answer_features, beside, features, fitted
from qa.span import Span, whole_spans
from qa.wording import Wording, bundled_wording

Array = npt.NDArray[np.float32]

_NARROWING: Final = frozenset("political 政治 voluntary involuntary 自愿 自愿性 非自愿 median 中位数".split())
_NEEDED: Final[frozenset[Ask]] = frozenset({"email", "when", "often"})  # an answer without its sign is none
_WORTH: Final = {"inside": 1.0, "near": 0.9, "title": 0.9, "passage": 0.8, "path": 0.7}
_MEASURED: Final = frozenset({"area", "money", "share", "duration"})
_COUNTS: Final = frozenset({"item", "piece", "person", "company", "case"})
_PROVEN_FLOOR: Final = 0.1  # for a number by the very noun asked for, in a sentence that holds the rest
_ONE: Final[frozenset[Ask]] = frozenset({"email", "yes_no"})  # one passage answers
_OPEN: Final = 0.2  # less certainty is needed where several sentences answer: how something is done, which things are
_NUMBERED: Final = 0.15  # how much surer a quote has to be that has a number: it may be taken for the one asked for
_STRANGE: Final = 0.07  # how much surer one has to be of a question that the report has few words for
_SAYING: Final = 0.28  # share of a question from which a word that is not heard makes a quote less sure
_UNHEARD: Final = 0.18  # how much surer it then has to be
_TELLING: Final = 0.25  # share of a question from which a word has to be heard before a number answers it
_HEARD: Final = 0.3
_NOTHING: Final = 0.05
_NAMED: Final = 0.8  # a name is there or is not
_CLOSE: Final = 0.05  # by how little more of a question a number may stand than another of its kind to be a guess
_LITTLE: Final = 0.5  # beside another of its kind, a number by which less of a question stands is a guess
_SAID_SO: Final = 0.05  # how much surer one has to be that answers "is it so?": it may be taken for a yes
_ASKS_NAME = re.compile(  # what somebody is called
    r"叫(?:做)?(?:什么|甚么|咩|乜嘢?)名|姓名|姓(?:什么|甚么|咩|乜)"
    r"|(?:主席|主任|召集人|负责人|组长|主管)(?:是|系|为)?(?:谁|边个|哪位)|(?:谁|边个|哪位)(?:是|系|做|担任|出任).{0,12}(?:主席|主任|召集人|组长)"
    r"|\bwho\s+(?:is\s+(?:the\s+)?)?(?:chairs?\b|heads?\b|chair(?:man|woman|person)\b)"
    r"|\bnames?\s+of\s+(?:the\s+|its\s+)?(?:[\w-]+\s+){0,4}(?:officer|director|chair\w*|head|manager|secretary|president|[cC][EF]O|founder)\b",
    re.I,
)
_NAMES = re.compile(
    r"先生|女士|小姐|博士|教授|由[^,，。；]{2,14}(?:担任|出任|任)|(?:主席|主任|负责人)[为是:：]?[^,，。；委及和的由会]{2,4}(?=[,，。；、]|担任|$)|\b(?:by|is|chair\w*|head\w*),?\s+(?:the\s+)?(?:[\w-]+\s+){0,5}?[A-Z][a-z]+\s+[A-Z][\w'-]+|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor)\b"
)
_NAMED_IN_ROLE = re.compile(  # 主席為獨立非執行董事陳大文; chaired by non-executive director Chan Tai Man
    r"(?:主席|主任|召集人|负责人|组长|主管|总监|总裁|董事|经理|秘书)(?:为|是|由|:|：)?[^,，。；、\s委及和的由会兼或与]{2,4}(?=[,，。；、(（]|担任|出任|主持|领导|带领|负责|兼任|$)"
)
_CAUSED = re.compile(
    r"因(?!此|素|应|而|子|果)|由于|所致|致使|源于|源自|归因|归功|得益|受惠|拖累|带动|令|使得|所以|为了|以免|反映|主要来自|随着?"
    r"|\b(?:because|since|owing|due\s+to|as\s+a\s+result|result(?:s|ed|ing)?\s+(?:from|of)|thanks\s+to|driven|caused?|reason|attribut\w+|reflect\w*|after"
    r"|follow(?:ed|ing|s)|in\s+order\s+to|so\s+that|so\s+as|given|when|with\s+the|as\s+(?:we|it|the|more|fewer|a|an|its|our|two|one|production|sales|output)|mainly|therefore|helped)\b",
    re.I,
)
_RISES = re.compile(
    r"\b(?:ris(?:e|es|en|ing)|rose|increas\w+|grew|grow\w*|higher|more|up|climb\w*|jump\w*|surg\w+|worse\w*|doubl\w+)\b"
    r"|上升|回升|升[了咗返高]|上涨|涨|增[加多长大]|多[了咗]|飙升|急升|变差|高[了咗]",
    re.I,
)
_SINKS = re.compile(
    r"\b(?:f[ae]ll(?:s|en|ing)?|drop\w*|decreas\w+|declin\w+|reduc\w+|lower|less|fewer|down|shrank|shrink\w*|cut|improv\w+|better)\b"
    r"|下降|下跌|减[少低]?|降[了低]|跌[了咗]?|少[了咗]|回落|缩减|低[了咗]",
    re.I,
)
_ASKS_DEED = re.compile(  # what is done, what happens, what something is called: no amount
    r"\bwhat\s+(?:happens|happened|does|do|did|will|would|should|can|must|becomes?)\b|\b(?:if|in\s+case|when(?:ever)?)\b"
    r"|如果|假如|倘若|若(?!干)|一旦|万一|要是|怎么|怎样|如何|点样|点办|系点|是如何|叫(?:做)?(?:什么|甚么|咩|乜)",
    re.I,
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MODEL = re.compile(r"^[a-z]+\d+[a-z]*$|^\d+[a-z]+$")  # of a type of aircraft, car or ship
_PER = re.compile(r"\bper\b|\b(?:each|every)\b|/|[每按]|平均|人均", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_KPI_CODE = re.compile(r"(?<![A-Za-z0-9])[AB]\d\.\d{1,2}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What is fitted to questions whose answer is known; without another the ones that ship with the package."""

    sentence: Logit = field(default_factory=partial(fitted, "sentence"))  # which sentence answers
    silence: Logit = field(default_factory=partial(fitted, "silence"))  # which does, or that none does
    answer: Logit = field(default_factory=partial(fitted, "answer"))  # whether the likeliest does
    number: Logit = field(default_factory=partial(fitted, "number"))  # which number is the one asked for, or none


class Prose:
    """The sentences of a snapshot's reports, edition by edition, less the rows that figures answer for."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        lexicon: Lexicon,
        *,
        wording: Wording | None = None,
        models: Models | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._lexicon = lexicon
        self._wording = wording or bundled_wording()
        self._models = models or Models()
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
        self._places = dict(self._other_editions())
        self._read = lru_cache(maxsize=2)(self._read_anew)  # a refusal looks again at what was read
        self._known = lru_cache(maxsize=2)(self._known_anew)

    def known_share(self, text: str, report: str, names: Sequence[str]) -> float:
        """Tell what share of a question's content, term by term, any edition of a report speaks of."""
        return self._known(text, report, tuple(names))

    def _known_anew(self, text: str, report: str, names: tuple[str, ...]) -> float:
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
        strange: bool = False,
    ) -> tuple[Span, ...]:
        """Choose the spans that answer, best first, or none when nothing surely does.

        `must` are words a passage has to have: what sets the question apart from a figure that otherwise fits it. A
        `strange` question, which the report has few words for, takes a surer answer.
        """
        reading = self.read(question, report, names=names)
        return () if reading is None else reading.answer(must=must, year=year, strange=strange)

    def closest(self, question: Question, report: str, *, names: Sequence[str]) -> tuple[Span, ...]:
        """Give the sentences that come closest to what is asked, one a section, though none surely answers."""
        reading = self.read(question, report, names=names)
        return () if reading is None else reading.closest()

    def read(self, question: Question, report: str, *, names: Sequence[str]) -> "Reading | None":
        """Read the edition in the question's language, or None when there is none or the question names nothing."""
        return self._read(question, report, tuple(names))

    def _read_anew(self, question: Question, report: str, names: tuple[str, ...]) -> "Reading | None":
        terms = read_terms(question.text, names, self._wording)
        editions = [edition for held, edition in self._pages if held == report]
        if not terms or not editions:
            return None
        edition = nearest_edition(editions, question.language)
        pages, rows = self._pages[report, edition]
        vectors = self._embedder.encode_queries([question.text, *term_texts(terms)])
        coverage = pages.coverage(terms, vectors[1:])
        cosines = self._snapshot.dense.scores(vectors[0])
        table = features(
            question.ask,
            read_counted(question.text, self._wording).dimension,
            coverage,
            pages,
            dense=cosines[rows][pages.passage_of],
            question=vectors[0],
            other=self._beside(report, edition, terms, vectors, coverage.weights),
        )
        return Reading(
            question=question,
            terms=terms,
            pages=pages,
            coverage=coverage,
            features=table,
            odds=self._models.sentence.odds(table),
            against=self._models.silence.odds(table),
            models=self._models,
            lexicon=self._lexicon,
            wording=self._wording,
        )

    def _other_editions(self) -> Iterator[tuple[tuple[str, str], tuple[Pages, list[int]]]]:
        """Pair each edition with another of its report, and with the places of its sentences there."""
        for (report, edition), (pages, _) in self._pages.items():
            for (held, language), (other, _) in self._pages.items():
                if held == report and (language == "en") != (edition == "en"):
                    yield (report, edition), (other, _places(pages, other))
                    break

    def _beside(
        self, report: str, edition: str, terms: Sequence[Term], vectors: Array, weights: Array
    ) -> Beside | None:
        """Read at the places of an edition's sentences what another edition of the report says there."""
        if (report, edition) not in self._places:
            return None
        other, places = self._places[report, edition]
        return beside(other.coverage(terms, vectors[1:]), other.likeness(vectors[0]), weights, places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One edition read for one question."""

    question: Question
    terms: Sequence[Term]
    pages: Pages
    coverage: Coverage
    features: Array  # one row a sentence
    odds: Array  # of each sentence, in logarithms, that it answers rather than another
    against: Array  # the same, rather than nothing
    models: Models
    lexicon: Lexicon
    wording: Wording

    def answer(self, *, must: Sequence[str], year: int | None, strange: bool = False) -> tuple[Span, ...]:
        """Choose the likeliest sentence of the kind and period asked, where it is sure enough."""
        fitting = self.fitting(must=(*must, *self._narrowing()), year=year)
        if self.question.ask == "number":
            return self._number(fitting)
        if self.question.ask == "email" and (addressed := self._addressed(fitting)):
            return self.quoted([addressed[0]])
        floor = self.models.answer.floor + (_SAID_SO if self.question.ask == "yes_no" else 0)
        floor += _UNHEARD if fitting and self._leaves_out(fitting[0]) else 0
        floor += _STRANGE if strange else 0
        if self.question.manner or self.question.ask == "which":
            floor -= _OPEN
        sure = self._certainty(fitting) if fitting else 0.0
        if sure < floor:
            return ()
        over_years = self.question.every_period or self.question.operation == "trend"
        if self.question.ask == "what" and self._asks_measure() and not over_years:
            proven = self._number(fitting[:1])
            if proven:
                return proven
        spans = self.quoted(fitting)
        if sure >= floor + _NUMBERED and not over_years:
            return spans
        plain = tuple(span for span in spans if not self._says_number(span))
        return plain if spans[0] in plain else ()

    def _narrowing(self) -> list[str]:
        """The question's words that narrow down what is asked for: "political", "voluntary"."""
        return [word for word in cut_words(self.question.text) if word in _NARROWING]

    def _says_number(self, span: Span) -> bool:
        """Tell whether a quote has a number, other than a year, that the question has not."""
        asked = set(_NUMBER.findall(fold(self.question.text)))
        return bool(set(_NUMBER.findall(_YEAR.sub(" ", fold(span.quote)))) - asked)

    @property
    def _asks(self) -> Ask:
        """What is asked for; "what is done about ..." asks which things are."""
        return "which" if self.question.manner and self.question.ask == "what" else self.question.ask

    def fitting(self, *, must: Sequence[str], year: int | None, tried: int = 12) -> list[int]:
        """Give the likeliest sentences, less those of another kind or period, likeliest first."""
        order = [int(n) for n in np.argsort(-self.odds, kind="stable")[:tried]]
        return [n for n in order if self._fits(n, must, year)]

    def certainty(self, n: int) -> float:
        """How sure it is, 0 to 1, that quoting a sentence answers."""
        return likelihood(self.models.answer, self.evidence(n))

    def _certainty(self, fitting: Sequence[int]) -> float:
        """How sure it is that the quote of the likeliest sentence answers: as sure as the surest that it holds."""
        signed = self._signed(fitting)
        held = self._quoted_with(fitting[0])
        return max(signed.certainty(n) for n in fitting if n == fitting[0] or n in held)

    def _addressed(self, fitting: Sequence[int]) -> list[int]:
        """Keep the sentences with an address that, with what is around, hold most that is asked; the fullest first."""
        weights = self.coverage.weights
        full = [n for n in fitting if float(weights @ (self._around(n) >= 0.35)) >= 0.75]
        return sorted(full, key=lambda n: -float(weights @ self._around(n)))

    def _signed(self, fitting: Sequence[int]) -> "Reading":
        """Leave out the likelier sentences that lack the sign without which nothing answers: an address, a date."""
        lacking = [n for n in np.flatnonzero(self.odds > self.odds[fitting[0]]) if n not in fitting]
        if self.question.ask not in _NEEDED or not lacking:
            return self
        odds, against = self.odds.copy(), self.against.copy()
        odds[lacking], against[lacking] = odds.min(), against.min()
        return replace(self, odds=odds, against=against)

    def evidence(self, n: int) -> Array:
        """Measure whether quoting a sentence answers, for the model of answers."""
        elsewhere = self.odds[self.pages.passage_of != self.pages.passage_of[n]]
        sign = SIGNS.get(self.question.ask)
        return answer_features(
            self.question.ask,
            english=self.question.language == "en",
            sure=certainty(self.against, self._quoted_with(n)),
            ahead=float(self.odds[n] - elsewhere.max(initial=-np.inf)),
            unwell=float((self.coverage.weights * (self._around(n) < 0.8)).max()),
            sign=sign is not None and bool(self.pages.signs(sign)[n]),
        )

    def _quoted_with(self, n: int) -> list[int]:
        """The sentences that a quote of one holds: what it points back to, the items of its list."""
        span = whole_spans(n, self.pages, self.odds, ask=self._asks)[0]
        sentences = self.pages.sentences
        beside = np.flatnonzero(self.pages.passage_of == self.pages.passage_of[n])
        return [int(m) for m in beside if span.start <= sentences[m].start and sentences[m].end <= span.end]

    def quoted(self, fitting: Sequence[int], *, margin: float = 1.2, most: int = 3) -> tuple[Span, ...]:
        """Quote the likeliest sentence, and others that are hardly less likely: `margin` in log odds."""
        spans = list(whole_spans(fitting[0], self.pages, self.odds, ask=self._asks))
        quotes = 1
        for n in fitting[1:]:
            if quotes == most or self.odds[fitting[0]] - self.odds[n] > margin or self.question.ask in _ONE:
                break
            more = whole_spans(n, self.pages, self.odds, ask=self._asks)
            if not any(one.overlaps(span) for one in more for span in spans):
                spans += more
                quotes += 1
        return tuple(spans)

    def closest(self, *, most: int = 3, least: float = 0.25, tried: int = 12) -> tuple[Span, ...]:
        """Give the likeliest sentences that with what is around them hold `least` of what is asked, one a section."""
        found: dict[str, Span] = {}
        for n in np.argsort(-self.odds, kind="stable")[:tried]:
            sentence = self.pages.sentences[int(n)]
            heading = "".join(sentence.passage.section[-1:])
            if heading and heading not in found and float(self.coverage.weights @ self._around(int(n))) >= least:
                score = share(self.odds, int(n))
                found[heading] = Span(passage=sentence.passage, start=sentence.start, end=sentence.end, score=score)
        return tuple(found.values())[:most]

    def _asks_measure(self) -> bool:
        kinds = {self.lexicon.metrics[key].kind for key in self.question.concept.metrics}
        return bool(kinds) and "text" not in kinds

    def _fits(self, n: int, must: Sequence[str], year: int | None) -> bool:
        sentence = self.pages.sentences[n]
        ask = self.question.ask
        if ask in _NEEDED and not SIGNS[ask].search(self._said_by(n)):
            return False
        if must and not self._speaks_of(must, n):
            return False
        said = self.pages.folded[n]
        if _ASKS_NAME.search(fold(self.question.text)) and not (_NAMES.search(said) or _NAMED_IN_ROLE.search(said)):
            return False
        if ask == "why" and self._asks_measure() and not self._gives_reason(n):
            return False
        return _same_period(self.question, sentence, year) and self._names_measure(sentence)

    def _gives_reason(self, n: int) -> bool:
        """Tell whether a sentence gives a cause, and not of the opposite: of a fall where a rise is asked about."""
        said = self.pages.folded[n]
        return _CAUSED.search(said) is not None and _way(fold(self.question.text)) * _way(said) >= 0

    def _names_measure(self, sentence: Sentence) -> bool:
        """Tell whether a sentence names what a "what is the ..." asks for, where that is measured in numbers."""
        if self.question.ask != "what" or not self._asks_measure() or _ASKS_DEED.search(fold(self.question.text)):
            return True
        named = self.lexicon.concept(f"{' '.join(sentence.passage.section[-1:])} {sentence.text}").metrics
        return self._asked_among(named)

    def _asked_among(self, named: Collection[str]) -> bool:
        """Tell whether one of some metrics is asked for, or is a part of what is."""
        asked = self.question.concept.metrics
        return any(one == key or key in self.lexicon.ancestors(one) for key in asked for one in named)

    def _said_by(self, n: int) -> str:
        """A sentence, folded; where addresses are asked for, with the list that it leads to."""
        if self.question.ask != "email":
            return self.pages.folded[n]
        return " ".join(span.quote for span in whole_spans(n, self.pages, self.odds, ask="email"))

    def _speaks_of(self, must: Sequence[str], n: int) -> bool:
        """Tell whether a sentence or what is around it speaks of each of some words."""
        needed = {form for word in must for form in cut_words(word)}
        return all(
            held >= 0.5 for term, held in zip(self.terms, self._around(n), strict=True) if needed & set(term.words)
        )

    def _number(self, fitting: Sequence[int], *, margin: float = 1.2) -> tuple[Span, ...]:
        """Choose the number that is most surely the one asked for, `margin` of log odds before any other."""
        found, table = self.numbers(self._hearing(fitting))
        if not found or self.question.operation in ("average", "ratio") or self._adds_time():
            return ()
        odds = self.models.number.odds(table)
        best = int(odds.argmax())
        n, one = found[best]
        rival = max(
            (odds[m] for m, (_, other) in enumerate(found) if other.quantity.value != one.quantity.value),
            default=-np.inf,
        )
        proven = one.named == 1 and one.whole >= 0.8
        floor = _PROVEN_FLOOR if proven else self.models.number.floor
        if certainty(odds, best) < floor or odds[best] - rival < (0 if proven else margin):
            return ()
        spans = whole_spans(n, self.pages, self.odds, ask="number")
        offset = self.pages.sentences[n].start - spans[0].start
        return (spans[0].with_quantity(one.quantity, offset), *spans[1:])

    def _leaves_out(self, n: int) -> bool:
        """Tell a sentence that, with what is around it, has nothing for a word that says much of the question."""
        return bool(((self.coverage.weights >= _SAYING) & (self._around(n) < _HEARD)).any())

    def _hearing(self, fitting: Sequence[int]) -> list[int]:
        """Keep the sentences that, with what is around them, have each thing and name that a number is asked of."""
        needed = np.where((self.coverage.weights >= _TELLING) & self.coverage.known, _HEARD, 0.0)
        models = np.array([any(map(_MODEL.search, term.words)) for term in self.terms], dtype=bool)  # an A330
        needed[models] = _NAMED
        divided = self.question.divides
        return [
            n
            for n in fitting
            if (self._around(n) >= needed).all() and (not divided or _PER.search(self.pages.folded[n]))
        ]

    def _adds_time(self) -> bool:
        """Tell whether hours or days are to be added up, which no single sentence's are."""
        counted = counted_unit(self.question.text)
        return self.question.together and counted is not None and counted.dimension in ("duration", "days")

    def numbers(self, fitting: Sequence[int]) -> tuple[list[tuple[int, Candidate]], Array]:
        """Give the numbers of the likeliest sentences that may be the one asked for, and their features, a row each."""
        counted = read_counted(self.question.text, self.wording)
        weights = [float(weight) for weight in self.coverage.weights]
        asked = self.question.concept.metrics
        changes = counted.change or self.question.operation in ("change", "percent_change")
        found: list[tuple[int, Candidate]] = []
        rows: list[list[float]] = []
        for n in fitting:
            sentence = self.pages.sentences[n]
            if sentence.passage.kind == "row":
                continue  # the figures are the tables' numbers; what else stands in a row is no count
            around = self._around(n)
            every = candidates(sentence.text, counted, self.terms, weights, self.wording)
            for one in every[:1] if not any(_rivals(other, every[0]) for other in every) else ():
                counts = one.quantity.unit is not None and one.quantity.unit.dimension in _COUNTS
                if counted.dimension in _MEASURED and counts:
                    continue  # two offices are no area
                if one.whole < _NOTHING:
                    continue  # in a sentence that says next to nothing of what is asked
                if one.change and not changes and one.quantity.kind == "share":
                    continue  # by how much something moved is not what it came to
                spoken = self.lexicon.concept(_clause_of(sentence.text, one.quantity)).metrics if asked else frozenset()
                metric = self._asked_among(spoken)
                unlike = bool(asked) and counted.dimension is None and not _measures(asked, one.quantity, self.lexicon)
                if one.named == 0 and (
                    unlike or _counts_else(one, asked=bool(asked), metric=metric, noun=bool(counted.noun))
                ):
                    continue
                found.append((n, one))
                rows.append(
                    candidate_features(
                        one,
                        score=float(self.against[n]),
                        best=n == fitting[0],
                        noun=bool(counted.noun),
                        kind=counted.dimension,
                        around=around,
                        weights=self.coverage.weights,
                        changes=changes != one.change,
                        unlike=unlike,
                        metric=metric,
                    )
                )
        return found, np.array(rows, dtype=np.float32).reshape(len(rows), len(CANDIDATE_NAMES))

    def _around(self, n: int) -> Array:
        """How well each term stands in a sentence or around it."""
        coverage = self.coverage
        rows = [worth * getattr(coverage, name)[:, n] for name, worth in _WORTH.items()]
        return np.asarray(np.maximum.reduce(rows), dtype=np.float32)


def _places(pages: Pages, other: Pages) -> list[int]:
    """Find for each sentence of one edition the sentence of another at its place in the same block; -1 for none."""
    theirs, ours = _by_block(other), _by_block(pages)
    places = [-1] * len(pages.sentences)
    for block, rows in ours.items():
        if block in theirs:
            for at, n in enumerate(rows):
                places[n] = theirs[block][round(at * (len(theirs[block]) - 1) / max(len(rows) - 1, 1))]
    return places


def _by_block(pages: Pages) -> dict[str, list[int]]:
    """Group sentences by their block, or by their passage where it has none of its own."""
    found: dict[str, list[int]] = {}
    for n, sentence in enumerate(pages.sentences):
        found.setdefault(sentence.block or sentence.passage.id.split(".", 2)[-1], []).append(n)
    return found


def _way(folded: str) -> int:
    """Tell a text that speaks of a rise alone, 1, from one of a fall alone, -1; 0 for both or neither."""
    return bool(_RISES.search(folded)) - bool(_SINKS.search(folded))


def _rivals(one: Candidate, first: Candidate) -> bool:
    """Tell whether another number of a sentence might as well be the one asked for."""
    if one.quantity.value == first.quantity.value:
        return False
    if one.named == first.named:
        alike = (one.quantity.kind, one.quantity.unit) == (first.quantity.kind, first.quantity.unit)
        return one.share >= first.share - (_CLOSE if alike else 0.01) or (alike and first.share < _LITTLE)
    return one.share > first.share + 0.3 and first.share < 0.3


def _counts_else(one: Candidate, *, asked: bool, metric: bool, noun: bool) -> bool:
    """Tell whether a number that does not stand by the noun asked for counts something else."""
    little = one.share < 0.45 or one.whole < 0.6
    return (noun and (one.alien or little)) or (asked and not metric and little)


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
    units = [unit for key in asked for unit in lexicon.metrics[key].units]
    if quantity.unit is not None and "/" in quantity.unit.symbol and units and not any("/" in unit for unit in units):
        return False  # an intensity, of an amount
    return "%" in units or quantity.kind == "amount"


def _clause_of(sentence: str, quantity: Quantity) -> str:
    start, end = clause(sentence, quantity.start, quantity.end)
    return sentence[start:end]
