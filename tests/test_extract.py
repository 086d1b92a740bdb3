"""The words in a passage that answer: a sentence, a whole list, a number of the kind asked, an address."""

from typing import TYPE_CHECKING

import pytest

from index.embed import Embedder
from index.lexicon import bundled_lexicon
from qa.engine import Engine
from qa.extract import Span, Vocabulary, content_tokens, content_words, extract
from qa.question import understand
from qa.retrieve import in_readers_edition, retrieve

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("Bairong Inc.", "百融雲創")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    from api.opening import embedder_of

    return embedder_of(None)


@pytest.fixture(scope="module")
def span_of(engine: Engine, embedder: Embedder) -> "Callable[..., Span | None]":
    vocabulary = Vocabulary(engine.snapshot.passages)
    rows = {figure.passage_id for figure in engine.snapshot.figures}

    def find(text: str, **options: object) -> Span | None:
        question = understand(text, lexicon=bundled_lexicon(), latest="2022")
        hits = retrieve(" ".join(content_words(text, NAMES)), engine.snapshot, embedder, k=40)
        hits = [hit for hit in hits if hit.passage.id not in rows]
        hits = in_readers_edition(hits, engine.snapshot, question.language)[:14]
        return extract(
            question,
            hits,
            vocabulary,
            names=NAMES,
            lexicon=bundled_lexicon(),
            year=2022,
            embedder=embedder,
            **options,  # type: ignore[arg-type]  # floor and must
        )

    return find


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("How many financial institutions has Bairong served in total?", "7000"),
        ("百融至今服務過多少家金融機構？", "7000"),
        ("百融至今累计服务过多少家金融机构？", "7000"),
    ],
)
def test_how_many_is_answered_with_a_number_of_the_quote(
    span_of: "Callable[..., Span | None]", text: str, value: str
) -> None:
    span = span_of(text)
    assert span is not None
    assert span.quantity is not None
    assert format(span.quantity.value, "f") == value
    assert span.quote[span.quantity.start : span.quantity.end] == span.quantity.text
    assert span.quantity.qualifier == "more_than"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "Which committees does the board have?",
            ["Audit Committee", "Remuneration Committee", "Nomination Committee", "Corporate Governance Committee"],
        ),
        ("董事會下面有哪些委員會？", ["審核委員會", "薪酬委員會", "提名委員會", "企業管治委員會"]),
    ],
)
def test_a_list_is_given_whole_and_in_order(span_of: "Callable[..., Span | None]", text: str, items: list[str]) -> None:
    span = span_of(text)
    assert span is not None
    places = [span.quote.find(item) for item in items]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "What is the email address for whistleblowing?",
            marks=pytest.mark.xfail(strict=True, reason="no passage with the address comes over the floor"),
        ),
        "舉報郵箱是什麼？",
        "举报邮箱是什么？",
    ],
)
def test_an_address_is_asked_for_and_given(span_of: "Callable[..., Span | None]", text: str) -> None:
    span = span_of(text)
    assert span is not None
    assert "@" in span.quote


@pytest.mark.parametrize(
    "text",
    [
        "Who is the head of the nuclear submarine department?",
        "火星基地在哪裡？",
    ],
)
def test_nothing_answers_what_the_report_does_not_speak_of(span_of: "Callable[..., Span | None]", text: str) -> None:
    assert span_of(text) is None


def test_a_word_that_must_stand_there_has_to(span_of: "Callable[..., Span | None]") -> None:
    assert span_of("Which committees does the board have?", must=("Tencent",)) is None


def test_a_higher_floor_lets_less_pass(span_of: "Callable[..., Span | None]") -> None:
    assert span_of("Which committees does the board have?", floor=1.1) is None


def test_words_that_only_ask_are_no_content() -> None:
    assert content_tokens("What is the exact figure of the company in 2022?", NAMES) == []
    assert content_tokens("請問百融雲創的供應商", NAMES) == content_tokens("供應商", ())
    assert "whistleblow" in " ".join(content_tokens("Who looks into whistleblowing?", NAMES))


def test_a_rare_word_weighs_more_than_a_common_one(engine: Engine) -> None:
    vocabulary = Vocabulary(engine.snapshot.passages)
    (whistleblowing,) = content_tokens("whistleblowing", ())
    (employees,) = content_tokens("staff employee", ())[-1:]
    assert vocabulary.weight(whistleblowing) > vocabulary.weight(employees)
    assert vocabulary.knows(whistleblowing)
    assert not vocabulary.knows("zyzzyva")
    assert vocabulary.weigh(["zyzzyva"]) == {"zyzzyva": 1.0}
