"""What goes over the wire: qa/answer.py and the snapshot's records, described for whoever calls the service."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from api.store.feedback import MAX_COMMENT, Complaint
from index.script import Language
from qa.answer import Reason, Status

MAX_QUESTION = 500  # characters
MAX_HISTORY = 20  # earlier questions

NOT_BLANK = r"\S"  # as a pattern, so that the description says it too

QuestionText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION, pattern=NOT_BLANK)
]

_ASK_EXAMPLES: list[JsonValue] = [
    {"question": "What were Bairong's Scope 2 emissions in 2022?"},
    {"question": "2022 年範疇二溫室氣體排放量是多少？", "language": "zh-Hant"},
    {"question": "那 2021 年呢？", "history": ["2022 年范围二温室气体排放量是多少？"], "language": "zh-Hans"},
]


PlainNumber = Annotated[str, BeforeValidator(lambda value: format(value, "f") if isinstance(value, Decimal) else value)]


class Wire(BaseModel):
    """Anything the service sends; read from the core's own records as they are."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Question(BaseModel):
    """A question about the reports this service holds."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": _ASK_EXAMPLES})

    question: QuestionText = Field(description="1 to 500 characters, in English, 繁體中文 or 简体中文.")
    history: list[QuestionText] = Field(
        default_factory=list,
        max_length=MAX_HISTORY,
        description="Earlier questions of the same conversation, oldest first. The service itself remembers nothing.",
    )
    language: Language | None = Field(
        default=None, description="The language to answer in; null: the question's own language and script."
    )
    report: str | None = Field(
        default=None, description="The report to ask, by its id in /v1/reports; null: the one for the newest year."
    )


class InputReply(Wire):
    """A disclosed figure that a computed one was computed from."""

    label: str = Field(description="What it measures, in the asker's language.")
    value: str = Field(description="Exact to the report's digits.", examples=["378.80"])
    unit: str = Field(examples=["tCO₂e"])
    period: str = Field(examples=["2022"])
    citation: int = Field(description="Number of the citation that proves it.")


class FigureReply(Wire):
    """A number the answer gives."""

    id: str = Field(description="The table cell it was read from; empty: computed, or read from a sentence.")
    metric: str = Field(description="Key of the metric; empty: a row no known metric explains.")
    label: str = Field(description="What it measures, in the asker's language.")
    breakdown: str = Field(description="The group it is for, such as 'female'; empty: the total.")
    value: str = Field(description="A string, exact to the report's digits.", examples=["378.80"])
    unit: str = Field(examples=["tCO₂e"])
    period: str = Field(examples=["2022"])
    citation: int = Field(description="Number of the citation that proves it.")
    formula: str | None = Field(
        description="The arithmetic, when the number was computed; null: it stands in the report."
    )
    inputs: list[InputReply] = Field(description="The disclosed figures the formula uses.")


class CitationReply(Wire):
    """A passage of the report and the characters in it that prove a claim."""

    number: int = Field(description="Counted from 1, as the answer's text refers to it.")
    report: str = Field(description="Id of the report.", examples=["6608-2022"])
    edition: str = Field(description="Language the passage is written in.", examples=["zh-Hant"])
    section: list[str] = Field(description="Headings from the chapter down.")
    page: int | None = Field(description="Page on which the contents say the section starts.")
    page_end: int | None = Field(description="Last page the section can reach.")
    passage_id: str = Field(description="For /v1/passages/{id}.")
    passage: str = Field(description="The passage, in the report's own characters.")
    quote: str = Field(description="passage[start:end], exactly.")
    start: int = Field(description="Where the quote starts, in Unicode code points.")
    end: int = Field(description="Where the quote ends, in Unicode code points.")
    also: list[str] = Field(description="Ids of passages that print the same figure again.")


class ApprovedReply(Wire):
    """The company's staff wrote or checked the answer."""

    on: date = Field(description="The day they approved it.")


class AnswerReply(Wire):
    """What the service says to one question. `not_disclosed` is an answer too, with its reason."""

    id: str
    status: Status = Field(description="`not_disclosed`: the report does not say; no number is guessed.")
    reason: Reason | None = Field(description="Why there is no answer; null when there is one.")
    language: Language = Field(description="Language the answer is written in.")
    text: str = Field(description="The answer in words.")
    figures: list[FigureReply] = Field(description="The headline figure first.")
    citations: list[CitationReply] = Field(description="What proves the answer; not disclosed: the closest passages.")
    notes: list[str] = Field(description="What a careful reader should know: boundaries, footnotes, other editions.")
    snapshot: str = Field(description="Id of the index the answer came from.")
    interpretation: str = Field(description="How the question was understood, where that was not plain.")
    nearest: list[FigureReply] = Field(description="Disclosed figures near to one that is not disclosed.")
    contact: str = Field(description="Where to ask further, when the report prints it.")
    approved: ApprovedReply | None = Field(
        default=None, description="The company's staff wrote this answer, and when; null: the engine did."
    )


class FeedbackGiven(BaseModel):
    """What a visitor says of an answer."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"answer": "6f1c2ab09d3e4f57", "helpful": False, "reason": "not_what_i_asked", "comment": ""}]
        },
    )

    answer: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] = Field(description="Id of the answer.")
    helpful: bool
    reason: Complaint | None = Field(default=None, description="Why it did not help.")
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_COMMENT)] = Field(
        default="", description="In the visitor's own words."
    )


class PassageReply(Wire):
    """A passage of a report."""

    id: str
    report_id: str = Field(serialization_alias="report", examples=["6608-2022"])
    edition: str = Field(description="Language the passage is written in.", examples=["zh-Hant"])
    section: list[str] = Field(description="Headings from the chapter down.")
    page: int | None = Field(description="Page on which the contents say the section starts.")
    page_end: int | None = Field(description="Last page the section can reach.")
    kind: Literal["prose", "row"] = Field(description="Sentences, or one table row with its header and notes.")
    text: str = Field(description="The report's own characters.")


class OnePassage(PassageReply):
    """A passage, and the same passage in other editions of its report."""

    counterparts: list[str] = Field(description="Ids of the passages that hold the same block in other editions.")
    snapshot: str


class HitReply(Wire):
    """A passage that search found, with the rank each leg gave it."""

    passage: PassageReply
    score: float = Field(description="Scores of both legs, fused; higher is nearer.")
    dense_rank: int | None = Field(description="Rank by meaning, from 1; null: not among the nearest.")
    sparse_rank: int | None = Field(description="Rank by words (BM25), from 1; null: no word in common.")
    also: list[str] = Field(default=[], description="Other passages of the same edition that print the same.")


class SearchReply(Wire):
    """What search found, best first."""

    query: str
    hits: list[HitReply]
    snapshot: str


class CellReply(Wire):
    """One typed cell of a table."""

    id: str = Field(description="The same in every edition of the report.")
    report_id: str = Field(serialization_alias="report", examples=["6608-2022"])
    edition: str
    labels: list[str] = Field(description="From the group down to the row's own label, as printed.")
    metrics: list[str] = Field(description="Keys of the metrics it speaks of; empty: none known.")
    per: str | None = Field(description="What an intensity is divided by.")
    members: list[tuple[str, str]] = Field(description="Breakdown, as pairs of dimension and member.")
    unit_text: str = Field(description="Unit as printed; empty: none.")
    unit: str | None = Field(description="Unit in its canonical spelling; null: none, or one not known.")
    period: str
    disclosure: Literal["number", "not_disclosed", "not_applicable"] = Field(
        description="`not_disclosed`: the cell is a dash or blank. It is never zero."
    )
    digits: str = Field(description="The cell as printed.")
    value: PlainNumber | None = Field(description="The number without separators; null: the cell holds none.")
    qualifier: str | None = Field(description="Such as 'over' or 'about', when the cell says so.")
    notes: list[str] = Field(description="Notes under the table that bear on the cell.")
    passage_id: str


class CellsReply(Wire):
    """Typed cells, in the report's order."""

    total: int = Field(description="How many there are in all.")
    figures: list[CellReply]
    snapshot: str


class LeftOutReply(Wire):
    """Something in the file that became no text, and why."""

    what: str
    why: str
    count: int


class SummaryReply(Wire):
    """What was read, counted."""

    sections: int
    paragraphs: int
    items: int
    tables: int
    cells: int
    characters: int
    left_out: list[LeftOutReply]


class UnreadReply(Wire):
    """A table or row whose numbers were kept as text, and why."""

    place: str
    why: str
    cells: int


class EditionReply(Wire):
    """One file of a report."""

    language: Language
    company: str = Field(description="As this edition names it.")
    title: str
    file_name: str
    sha256: str = Field(description="Of the file's bytes.")
    summary: SummaryReply
    unread: list[UnreadReply]


class ReportReply(Wire):
    """A report, in all its editions."""

    id: str = Field(examples=["6608-2022"])
    company: str
    names: dict[Language, str] = Field(description="The company's name for a reader of each language.")
    aliases: list[str]
    stock_code: str = Field(examples=["6608.HK"])
    year: int | None
    contact: str
    editions: list[EditionReply]


class ReportsReply(Wire):
    """The reports this service answers from, and what its index was made of."""

    reports: list[ReportReply]
    passages: int
    figures: int
    model: str
    snapshot: str


class Health(Wire):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(Wire):
    """The index is loaded."""

    status: Literal["ready"] = "ready"
    snapshot: str


class Fault(Wire):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="Where it is, as a JSON pointer or the name of a parameter.")
    detail: str


class ProblemReply(Wire):
    """What went wrong (RFC 9457), in the asker's language."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Fault] = Field(default=[], description="Each fault of the request, when there are several.")
