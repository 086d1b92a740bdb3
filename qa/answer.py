"""What an answer is: words, figures and the citations that prove them; one contract, the same everywhere."""

from dataclasses import dataclass, field
from typing import Literal

from index.script import Language

Status = Literal["answered", "not_disclosed"]
Reason = Literal["not_in_report", "other_period", "other_boundary", "forward_looking", "off_topic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A passage of the report and the characters in it that prove a claim: passage[start:end] == quote."""

    number: int  # counted from 1, as the answer's text refers to it
    report: str
    edition: str  # the language the passage is written in
    section: tuple[str, ...]  # headings from the chapter down
    page: int | None  # where the contents say the section starts
    page_end: int | None
    passage_id: str
    passage: str
    quote: str
    start: int
    end: int
    also: tuple[str, ...] = ()  # ids of passages that print the same figure again


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A disclosed figure that a computed one was computed from."""

    label: str
    value: str
    unit: str
    period: str
    citation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFigure:
    """A number the answer gives, exact to the report's digits, or computed with its arithmetic shown."""

    id: str  # of the table cell; empty: computed or read from prose
    metric: str  # lexicon key; empty: a row the lexicon does not know
    label: str  # in the reader's language where the report or the lexicon has it
    breakdown: str  # "female", "aged 30-50"; empty: the total
    value: str
    unit: str  # in the reader's language
    period: str
    citation: int
    formula: str | None = None
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the service says to one question."""

    id: str
    status: Status
    reason: Reason | None
    language: Language
    text: str
    figures: tuple[AnswerFigure, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    snapshot: str = ""
    interpretation: str = ""  # how the question was understood, where that was not plain
    nearest: tuple[AnswerFigure, ...] = field(default=())  # disclosed figures near to one that is not
    contact: str = ""  # where to ask further, when the report prints it
