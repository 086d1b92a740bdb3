"""Write an answer as a reply to an investor: what was asked, the answer, its sources by number."""

from dataclasses import dataclass

from jinja2 import Environment, StrictUndefined

from api.console.evidence import DIVIDER, edition_title
from api.console.words import Words
from index.script import Language, render
from index.snapshot import Snapshot
from qa.answer import Answer, Citation

_HTML = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
<p>{{ reply.salutation }}</p>
<p>{{ reply.thanks }}<br><em>{{ reply.question }}</em></p>
{% for paragraph in reply.answer %}
<p>{{ paragraph }}</p>
{% endfor %}
{% if reply.notes %}
<p>{{ reply.notes_title }}</p>
<ul>
{% for note in reply.notes %}
<li>{{ note }}</li>
{% endfor %}
</ul>
{% endif %}
{% if reply.sources %}
<p>{{ reply.sources_title }}</p>
<ol>
{% for source in reply.sources %}
<li>{{ source.place }}
{% if source.rows %}
<table border="1" cellpadding="4" cellspacing="0">
{% for row in source.rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</table>
{% else %}
<br>{{ source.quote }}
{% endif %}
</li>
{% endfor %}
</ol>
{% endif %}
<p>{{ reply.closing }}</p>
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a claim of the reply stands in the report."""

    number: int
    place: str
    quote: str  # in the report's own words
    rows: tuple[tuple[str, ...], ...]  # the columns' names and the row, where it is one of a table; empty: prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply in the investor's language; all of it plain text, which `html` escapes."""

    language: Language
    salutation: str
    thanks: str
    question: str
    answer: tuple[str, ...]  # paragraphs
    notes_title: str
    notes: tuple[str, ...]
    sources_title: str
    sources: tuple[Source, ...]
    closing: str

    @property
    def text(self) -> str:
        """The reply as plain text."""
        parts = [self.salutation, f"{self.thanks}\n{self.question}", *self.answer]
        if self.notes:
            parts.append("\n".join([self.notes_title, *(f"- {note}" for note in self.notes)]))
        if self.sources:
            listed = [f"[{source.number}] {source.place}\n{_indented(source)}" for source in self.sources]
            parts.append("\n".join([self.sources_title, *listed]))
        return "\n\n".join([*parts, self.closing]) + "\n"

    @property
    def html(self) -> str:
        """The reply as HTML without styles or scripts, to paste into a mail."""
        return _HTML.render(reply=self)


def write_reply(answer: Answer, question: str, snapshot: Snapshot) -> Reply:
    """Write the reply to a question in the answer's language; quotes stay in the report's own characters."""
    say = Words(answer.language)
    formulas = [
        say("reply.formula", formula=figure.formula, period=figure.period)
        for figure in answer.figures
        if figure.formula
    ]
    return Reply(
        language=answer.language,
        salutation=say("reply.salutation"),
        thanks=say("reply.thanks"),
        question=question,
        answer=(*(line for line in answer.text.split("\n") if line.strip()), *dict.fromkeys(formulas)),
        notes_title=say("reply.notes"),
        notes=tuple(note for note in answer.notes if note.strip()),
        sources_title=say("reply.closest" if answer.status == "not_disclosed" else "reply.sources"),
        sources=tuple(_source(citation, snapshot, say) for citation in answer.citations),
        closing=say("reply.closing"),
    )


def _source(citation: Citation, snapshot: Snapshot, say: Words) -> Source:
    title = edition_title(snapshot, citation.report, citation.edition)
    return Source(
        number=citation.number,
        place=place_of(title, citation.section, citation.page, say),
        quote=" ".join(citation.quote.split()),
        rows=_rows(citation),
    )


def _rows(citation: Citation) -> tuple[tuple[str, ...], ...]:
    """Give a quoted table row under the names of its columns; nothing for prose."""
    row = tuple(citation.quote.split(DIVIDER))
    if len(row) == 1 or "\n" in citation.quote:
        return ()
    above = [tuple(line.split(DIVIDER)) for line in citation.passage[: citation.start].split("\n")]
    return (*(head for head in above if len(head) == len(row)), row)


def _indented(source: Source) -> str:
    lines = [DIVIDER.join(row) for row in source.rows] or [source.quote]
    return "\n".join(f"    {line}" for line in lines)


def place_of(title: str, section: tuple[str, ...], page: int | None, say: Words) -> str:
    """Name a place in a report: its title, the section's path, the page where the contents say it starts."""
    steps = [title, *([" › ".join(section[1:])] if section[1:] else [one for one in section if one != title])]
    if page is not None:
        steps.append(say("source.page", page=page))
    language = say.language
    return ("; " if language == "en" else "；").join(
        render(step, language) if language != "en" else step for step in steps
    )
