"""A question's way: understand, choose figures or extract from prose, compose, verify."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial

import structlog

from index.embed import Embedder, check_model
from index.errors import EsgQaError
from index.lexicon import Lexicon, bundled_lexicon
from index.period import closing_months_in
from index.rerank import Reranker
from index.script import Language, fold, render, typed
from index.snapshot import Edition, Snapshot
from qa.aims import aim_asked, answer_aim, speaks_of_aim, without_aim
from qa.answer import Answer, AnswerFigure, Reason
from qa.asking import asked_lexicon, bundled_asked_lexicon
from qa.catalogue import Catalogue, Series, read_catalogue, series_label
from qa.codes import answer_code, under_codes
from qa.compose import Citations, amount, refusal, say, with_mark, written
from qa.desk import Desk, Numbers, asked_periods, nearest_figures
from qa.extract import Prose
from qa.figures import Choice, by_headcount, choose, chosen, divided
from qa.homophones import Homophones
from qa.likely import Reader
from qa.linking import bundled_linker
from qa.numbers import answer_numbers
from qa.prose import answer_prose, closest_text, original_in_notes, reason_in_notes
from qa.question import Question, understand
from qa.quotients import quotient
from qa.retrieve import Hit, retrieve
from qa.rows import Ranking, Rows, fitted_rows
from qa.shares import Shared, answer_share
from qa.spelling import Speller
from qa.topics import settle
from qa.verify import faults
from qa.wording import wider_wording

_WORD = re.compile(r"[A-Za-z]{4,}")
_ELSEWHERE = re.compile(  # the day's news, advice on shares: no report speaks of it
    r"\bweather\s+(?:in|like|forecast|today)\b|\bwhat(?:'s|\s+is)\s+the\s+weather\b|天气(?:怎|如何|点|好|预报)"
    r"|\b(?:today|tonight|tomorrow|yesterday|weekend|next\s+week)\b|今天|今晚|明天|昨天|今日|听日|周末|下周|下星期"
    r"|\bshould\s+(?:i|we)\s+(?:buy|sell|hold|invest)\b|\b(?:buy\s+or\s+sell|share\s+price|stock\s+price|price\s+target|target\s+price)\b"
    r"|该不该(?:买|卖|入)|应不应该?(?:买|卖|入)|应唔应该?(?:买|卖|入)|值不值得(?:买|投资)|值得(?:买入?|投资)吗|股价|目标价",
    re.I,
)

_COMPARED = re.compile(r"\b(?:more|less|fewer|\w+er\s+than|higher|lower|larger|smaller|longer)\b|[更较比]", re.I)

_KNOWN = 0.5  # share of a question that a report has words for, below which it is about something else
_SURE = 0.6  # likelihood from which a row answers although the question has a word that nothing explains
_SURER = 0.76  # where another row's label has that word

_log = structlog.get_logger(__name__)


class UnknownReport(EsgQaError):
    """The question names a report that the snapshot does not hold."""


class Engine:
    """Answers questions from one snapshot.

    A reranker reads the passages that a search found again. Raises ModelMismatch when the
    snapshot was embedded by another model than `embedder`.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        *,
        lexicon: Lexicon | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        manifest = snapshot.manifest
        check_model(manifest.model, manifest.model_fingerprint, embedder, path=snapshot.path)
        self.snapshot = snapshot
        self._embedder = embedder
        self._reranker = reranker
        self._lexicon = lexicon or bundled_lexicon()
        self._asked_lexicon = asked_lexicon(lexicon) if lexicon else bundled_asked_lexicon()
        whole = read_catalogue(snapshot, self._lexicon)
        self._catalogues = {report: whole.only(report) for report in whole.years}
        above = {
            figure.row_key: (*passage.section[-2:], passage.text[: figure.row_start])
            for figure in snapshot.figures
            if (passage := snapshot.by_id[figure.passage_id])
        }
        wording = wider_wording()
        logit, linker = fitted_rows(), bundled_linker()
        texts = {name: [p.text for p in snapshot.passages if p.report_id == name] for name in self._catalogues}
        self._readers = {
            name: Reader(
                held, Rows(held, above, texts[name], linker, wording), logit, self._asked_lexicon, self._names(name)
            )
            for name, held in self._catalogues.items()
        }
        self._prose = Prose(snapshot, embedder, self._lexicon)
        self._speller = Speller(
            [word for passage in snapshot.passages for word in _WORD.findall(passage.text)]
            + [
                word
                for metric in self._lexicon.metrics.values()
                for name in (metric.en, *metric.words)
                for word in _WORD.findall(name)
            ]
        )
        self._homophones = Homophones(
            self._lexicon.chinese_phrases, fold("\n".join(passage.text for passage in snapshot.passages))
        )

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        language: Language | None = None,
        report: str | None = None,
    ) -> Answer:
        """Answer one question; the same snapshot and question give the same answer.

        Raises BadQuestion for an empty or overlong question, UnknownReport for a report the snapshot does not hold.
        """
        held = self._report(report)
        catalogue, latest = self._catalogues[held], self._latest(held)
        question, history = typed(question), [typed(text) for text in history]
        understood, corrections = self._understand(question, history, language, held)
        answer = self._answer(understood, catalogue, held, latest)
        answer = replace(answer, interpretation=_with_spelling(answer, corrections))
        answer = replace(
            answer, id=self._id(question, history, answer.language, held), snapshot=self.snapshot.manifest.id
        )
        found = faults(answer, self.snapshot)
        if found:
            _log.error("answer_withheld", faults=found, answer=answer.id)
            return self._refuse(understood, "not_in_report", answer.id, held)
        return answer

    def search(
        self,
        query: str,
        *,
        k: int = 8,
        report: str | None = None,
        year: int | None = None,
        language: str | None = None,
    ) -> list[Hit]:
        """Find passages by both legs, fused; `language` keeps one edition."""
        if report is not None:
            self._report(report)
        return retrieve(
            typed(query),
            self.snapshot,
            self._embedder,
            k=k,
            report=report,
            year=year,
            edition=language,
            reranker=self._reranker,
        )

    def ranking(self, question: str, *, language: Language | None = None, report: str | None = None) -> Ranking:
        """Weigh the evidence of every table row for a question, as it is weighed where no name settles it."""
        held = self._report(report)
        understood, _ = self._understand(typed(question), (), language, held)
        return self._readers[held].rows.read(settle(understood, self._lexicon), self._names(held))

    def _understand(
        self, question: str, history: Sequence[str], language: Language | None, report: str
    ) -> tuple[Question, dict[str, str]]:
        """Read a question with its slips corrected, and tell what was corrected."""
        spelt, corrections = self._spell(question, report)
        earlier = [self._spell(text, report)[0] for text in history]
        understood = understand(
            spelt,
            lexicon=self._asked_lexicon,
            latest=self._latest(report),
            history=earlier,
            language=language,
            closing=self._closing(report),
        )
        return understood, corrections

    def _spell(self, text: str, report: str) -> tuple[str, dict[str, str]]:
        """Correct what is misspelt, by letters in English and by sound in Chinese, and tell what."""
        spelt, corrections = self._speller.correct(text, names=self._name_words(report))
        spelt, sounded = self._homophones.correct(spelt)
        return spelt, {**corrections, **sounded}

    def _answer(self, question: Question, catalogue: Catalogue, report: str, latest: str) -> Answer:
        names = self._names(report)
        if question.unread:
            return self._refuse_unread(question, report)
        question = by_headcount(question, catalogue)
        citations = Citations()
        desk = Desk(question, catalogue, dict(self.snapshot.by_id), citations, latest)
        if question.concept.codes:
            asked = self._readers[report].choose(question, among=partial(under_codes, desk))
            numbers = _computed(desk, asked) if asked else None
            if asked and numbers and numbers.figures:
                return self._from_numbers(desk, asked, numbers)
            coded = answer_code(desk, self.snapshot, report)
            if coded is not None:
                return coded
        aimed = answer_aim(desk, names)
        if aimed is not None:
            return self._from_numbers(desk, aimed.choice, aimed.numbers)
        if aim_asked(question) == "original":
            return self._not_restated(desk, report, names)
        if question.manner or _asks_words(question):
            prose = self._from_prose(question, report, names, citations, Choice(matches=(), residue=()))
            if prose is not None:
                return prose
        if _asks_person(question):
            return self._refuse_for(desk, Choice(matches=(), residue=()), (), report, names)
        choice = self._choose(question, catalogue, report, names)
        if _asks_reason(question) and choice.found:
            told = reason_in_notes(desk, choice)
            told = told or self._from_prose(question, report, names, citations, Choice(matches=(), residue=()))
            return told or self._without_reason(question, report, names, citations)
        if question.operation == "share" and not _printed_share(choice):
            shared = answer_share(desk, names)
            if shared is not None and shared.numbers is not None and shared.numbers.figures:
                return self._from_numbers(desk, chosen(shared.series), shared.numbers)
            if shared is not None and shared.refusal:
                return self._refuse_share(desk, shared, report)
        computed = _computed(desk, choice)
        if computed is not None and computed.figures:
            return self._from_numbers(desk, choice, computed)
        missing = computed.missing if computed else ()
        tabulated = any(match.absence in ("boundary", "measure") for match in choice.matches)
        settled = bool(choice.found) or (tabulated and question.ask in ("number", "what"))
        if not settled or choice.residue:
            prose = self._from_prose(_as_number(question, choice, self._lexicon), report, names, citations, choice)
            if prose is not None:
                return prose
        return self._refuse_for(desk, choice, missing, report, names)

    def _choose(self, question: Question, catalogue: Catalogue, report: str, names: Sequence[str]) -> Choice:
        """Choose by names and labels; where these settle nothing, the likeliest rows."""
        choice = choose(question, catalogue, names=names)
        if not divided(choice, question, self._lexicon):
            choice = Choice(matches=(), residue=())
        if choice.found and len(choice.found) == len(choice.matches) and not choice.residue:
            return choice
        if speaks_of_aim(question):
            return choice  # a figure of the year is none of its target
        read = self._readers[report].choose(question)
        named = {match.series.row_key for match in choice.found if match.series}
        again = [match for match in read.found if match.series] if read else []
        if choice.residue and {match.series.row_key for match in again if match.series} <= named:
            words = self._readers[report].rows.words  # the row of that name again, for what the name leaves unexplained
            saying = words.saying(choice.residue)
            said = any(match.series and match.series.row_key in saying for match in again)
            needed = _SURER if saying else _SURE
            if not said and not any(match.score >= needed for match in again):
                return choice
        return read or choice

    def _not_restated(self, desk: Desk, report: str, names: Sequence[str]) -> Answer:
        """Look for the original of a restated figure in the report's words; the restated one is no answer."""
        choice = choose(without_aim(desk.question, self._lexicon), desk.catalogue, names=names)
        noted = original_in_notes(desk, choice)
        if noted is not None:
            return noted
        prose = self._from_prose(desk.question, report, names, desk.citations, Choice(matches=(), residue=()))
        return prose or self._refuse(desk.question, "not_in_report", "", report)

    def _without_reason(self, question: Question, report: str, names: Sequence[str], citations: Citations) -> Answer:
        """Say that the report gives no reason, and what of it comes closest."""
        refused = self._refuse(question, "not_in_report", "", report)
        closest = closest_text(question, self._prose.closest(question, report, names=names), citations)
        return replace(refused, text=say("no_reason", question.language) + closest, citations=citations.all)

    def _from_numbers(self, desk: Desk, choice: Choice, numbers: Numbers) -> Answer:
        question = desk.question
        held = [match.series for match in choice.found if match.series]
        notes = _notes(desk, held)
        sentences = list(numbers.sentences)
        for match in choice.matches:
            if match.series is None and match.absence == "unknown":
                label = " ".join(
                    self._lexicon.metrics[key].name(question.language) for key in sorted(match.target.metrics)
                )
                sentences.append(refusal("not_in_report", question.language, label=label))
        space = " " if question.language == "en" else ""
        return Answer(
            id="",
            status="answered",
            reason=None,
            language=question.language,
            text=space.join(sentences),
            figures=numbers.figures,
            citations=desk.citations.all,
            notes=notes,
            interpretation=_interpretation(desk, choice, numbers),
        )

    def _from_prose(
        self, question: Question, report: str, names: Sequence[str], citations: Citations, choice: Choice
    ) -> Answer | None:
        if question.forward and (choice.found or question.ask in ("number", "what")):
            return None
        if _ELSEWHERE.search(fold(question.text)):
            return None
        strange = self._prose.known_share(question.text, report, names) < _KNOWN
        spans = self._prose.find(
            question,
            report,
            names=names,
            year=self._edition(report).metadata.year,
            must=choice.residue if choice.found else (),
            strange=strange,
        )
        if not spans:
            return None
        return answer_prose(question, spans, citations, self.snapshot, latest=self._latest(report))

    def _refuse_for(
        self, desk: Desk, choice: Choice, missing: Sequence[str], report: str, names: Sequence[str]
    ) -> Answer:
        question = desk.question
        matches = choice.matches
        found = [match.series for match in choice.found if match.series]
        ahead = any(int(p[:4]) > int(desk.latest) for p in question.periods)
        reason: Reason
        label = period = ""
        near: list[Series] = []
        if ahead or question.forward:
            reason = "forward_looking"
            period = ", ".join(p for p in question.periods if int(p[:4]) > int(desk.latest))
            near = found
        elif choice.residue and found:
            reason, label = "not_in_report", ""
        elif choice.found and not missing:
            reason, near = "not_in_report", found
        elif missing and found:
            reason, near, label = "other_period", found, desk.label(found[0])
            period = say("period_join", question.language).join(sorted(dict.fromkeys(missing)))
        elif any(match.absence in ("boundary", "measure") for match in matches):
            match = next(m for m in matches if m.absence in ("boundary", "measure"))
            reason, near = "other_boundary", [s for s in match.near if not s.members][:1] or list(match.near)
            label = series_label(near[0], question.language, self._lexicon) if near else ""
        elif matches:
            match = matches[0]
            reason, near = "not_in_report", list(match.near)
            whole = (s for s in desk.catalogue.series if s.metrics == match.target.metrics and not (s.per or s.members))
            if not any(series.disclosed(period) for series in whole for period in series.periods):
                label = say("and", question.language).join(
                    self._lexicon.metrics[key].name(question.language) for key in sorted(match.target.metrics)
                )
        else:
            known = self._prose.known_share(question.text, report, names)
            strange = known < _KNOWN and self._speaks(report, question.language)  # not only for want of a translation
            reason = "off_topic" if strange or _ELSEWHERE.search(fold(question.text)) else "not_in_report"
        figures = nearest_figures(desk, near)
        if reason == "other_period" and not figures:  # a row without any number names nothing
            reason, label = "not_in_report", ""
        text = refusal(reason, question.language, label=label, period=period, latest=desk.latest)
        if figures:
            values = say("list_join", question.language).join(_near_words(f, question.language) for f in figures)
            text += with_mark(say("nearest", question.language, values=values), [])
        elif reason == "not_in_report":
            closest = closest_text(question, self._prose.closest(question, report, names=names), desk.citations)
            text = (text if label or not closest else say("uncertain", question.language)) + closest
        return Answer(
            id="",
            status="not_disclosed",
            reason=reason,
            language=question.language,
            text=text,
            citations=desk.citations.all,
            nearest=figures,
            contact=self._edition(report).metadata.contact,
        )

    def _refuse(self, question: Question, reason: Reason, answer_id: str, report: str) -> Answer:
        return Answer(
            id=answer_id,
            status="not_disclosed",
            reason=reason,
            language=question.language,
            text=refusal(reason, question.language, latest=self._latest(report)),
            snapshot=self.snapshot.manifest.id,
            contact=self._edition(report).metadata.contact,
        )

    def _refuse_share(self, desk: Desk, shared: Shared, report: str) -> Answer:
        """Say that a part is not known to be one, and give both figures."""
        refused = self._refuse(desk.question, "not_in_report", "", report)
        figures = nearest_figures(desk, shared.series)
        values = say("list_join", desk.language).join(_near_words(figure, desk.language) for figure in figures)
        text = shared.refusal + (say("nearest", desk.language, values=values) if figures else "")
        return replace(refused, text=text, citations=desk.citations.all, nearest=figures)

    def _refuse_unread(self, question: Question, report: str) -> Answer:
        """Ask for a period that can be told; answering for another one would answer another question."""
        refused = self._refuse(question, "other_period", "", report)
        text = say("unread_period", question.language, latest=self._latest(report))
        return replace(refused, text=text)

    @cached_property
    def _closings(self) -> dict[str, int]:
        """The month that each report's year ends in, as its own words say most often; December where none do."""
        found: dict[str, Counter[int]] = {}
        for passage in self.snapshot.passages:
            found.setdefault(passage.report_id, Counter()).update(closing_months_in(passage.text))
        return {report: months.most_common(1)[0][0] for report, months in found.items() if months}

    def _closing(self, report: str) -> int:
        return self._closings.get(report, 12)

    def _report(self, report: str | None) -> str:
        held = list(dict.fromkeys(e.metadata.report_id for e in self.snapshot.manifest.editions))
        if report is None:
            return max(held, key=lambda name: (self._edition(name).metadata.year or 0, name))
        if report not in held:
            raise UnknownReport(f"report {report!r}: not in this index; expected one of {', '.join(held)}")
        return report

    def _edition(self, report: str) -> Edition:
        return next(e for e in self.snapshot.manifest.editions if e.metadata.report_id == report)

    def _speaks(self, report: str, language: Language) -> bool:
        """Tell whether an edition of a report is in a reader's language, in either script."""
        held = [e.metadata.language for e in self.snapshot.manifest.editions if e.metadata.report_id == report]
        return any((one == "en") == (language == "en") for one in held)

    def _latest(self, report: str) -> str:
        year = self._edition(report).metadata.year
        if year is not None:
            return str(year)
        periods = [period for series in self._catalogues[report].series for period in series.periods]
        return max(periods)[:4] if periods else "0"

    def _names(self, report: str) -> list[str]:
        editions = [e.metadata for e in self.snapshot.manifest.editions if e.metadata.report_id == report]
        return [name for metadata in editions for name in metadata.names]

    def _name_words(self, report: str) -> set[str]:
        return {word.lower() for name in self._names(report) for word in _WORD.findall(name)}

    def _id(self, question: str, history: Sequence[str], language: str, report: str) -> str:
        made_of = json.dumps([self.snapshot.manifest.id, report, language, [fold(h) for h in history], question])
        return hashlib.sha256(made_of.encode()).hexdigest()[:16]


def _with_spelling(answer: Answer, corrections: dict[str, str]) -> str:
    """State which words were read as misspelt, before how the question was read."""
    read = [
        say("spelling", answer.language, given=given, meant=render(meant, answer.language))
        for given, meant in corrections.items()
    ]
    return " ".join([*read, answer.interpretation]).strip()


def _as_number(question: Question, choice: Choice, lexicon: Lexicon) -> Question:
    """Read "what is the PUE" as asking for a number: it names nothing but what is measured in numbers."""
    kinds = {lexicon.metrics[key].kind for key in question.concept.metrics}
    if question.ask == "what" and kinds and "text" not in kinds and not choice.residue:
        return replace(question, ask="number")
    return question


def _printed_share(choice: Choice) -> bool:
    """Tell a choice of percentages that the report prints itself."""
    units = [match.series.unit for match in choice.found if match.series]
    return bool(units) and len(units) == len(choice.matches) and not choice.residue and set(units) <= {"%", "pp"}


def _asks_person(question: Question) -> bool:
    """Tell a question for somebody or some place, which no figure answers, from one for the largest group."""
    return question.ask in ("who", "where") and question.operation == "lookup" and not _compares(question)


def _asks_words(question: Question) -> bool:
    """Tell a question for a name, a place or a list of things: words answer it rather than figures."""
    listed = question.ask == "which" and question.operation == "lookup" and len(question.periods) < 2
    return _asks_person(question) or (listed and not _compares(question))


def _compares(question: Question) -> bool:
    groups = question.concept.members | question.concept.dimensions
    return bool(groups) or _COMPARED.search(fold(question.text)) is not None


def _asks_reason(question: Question) -> bool:
    return question.ask == "why"


def _computed(desk: Desk, choice: Choice) -> Numbers | None:
    """Answer from the tables when they hold all that is asked, or what it can be computed from."""
    if choice.residue or desk.question.forward or desk.question.parts:
        return None
    if choice.found:
        return answer_numbers(desk, choice)
    if len(choice.matches) != 1 or not choice.matches[0].target.per:
        return None
    match = choice.matches[0]
    whole = len(match.target.metrics) >= len(desk.question.concept.metrics)  # not Scope 1 alone, of two that are named
    return quotient(desk, match) if whole else None


def _notes(desk: Desk, held: Sequence[Series]) -> tuple[str, ...]:
    notes: list[str] = []
    for series in held:
        for period in asked_periods(desk, series):
            if period in series.cells:
                shown = [render(note, desk.language) for note in series.figure(period, desk.language).notes]
                notes += [note for note in shown if note not in notes]
    return tuple(notes)


def _interpretation(desk: Desk, choice: Choice, numbers: Numbers) -> str:
    """State how the question was read when it did not name its metric, or its period only in relative words."""
    question = desk.question
    held = [match.series for match in choice.found if match.series]
    if held and held[0] not in desk.catalogue.series and not choice.links:
        return ""  # what stands beside the figures is named with its period in the answer itself
    plain = question.periods or question.every_period
    if plain and not (question.period_words or question.follows or choice.links):
        return ""
    periods = say("period_join", question.language).join(
        dict.fromkeys(f.period for f in numbers.figures if not f.formula)
    )
    return say("read_as", question.language, label=desk.label(held[0]), period=periods) if held and periods else ""


def _near_words(figure: AnswerFigure, language: Language) -> str:
    value = amount(written(figure.value), figure.unit, language)
    return (
        f"{figure.label} ({figure.period}): {value}"
        if language == "en"
        else f"{figure.period} 年{figure.label} {value}"
    )
