"""The words of a report that answer: a sentence, a whole list, a number of the kind asked, an address, or nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from index.build import build
from index.embed import Embedder
from index.lexicon import bundled_lexicon
from index.snapshot import Snapshot, open_current
from qa.engine import Engine
from qa.extract import Models, Prose
from qa.question import understand
from qa.relevance import FITTED, fitted
from qa.span import Span

NAMES = ("Bairong Inc.", "百融雲創")
Find = Callable[..., tuple[Span, ...]]

PIER = """---
company: Pier Ferries Limited
stock_code: 9901.HK
year: 2023
language: en
title: Pier Ferries 2023 ESG Report
---

# Pier Ferries 2023 ESG Report {#title}

## Safety {#safety}

The Harbour Safety Panel investigates every collision. It is made up of two captains and an engineer.

During the year 41 drills were held at 7 piers, and 260 sailors took part.

The fleet has 18 boats, of which 5 are electric.

Life jackets are checked every month. Passengers may write to safety@pier.example.

## Speaking up {#speaking}

A crew member may refuse to sail in the following cases:

- the fog is too thick;
- an engine alarm has sounded;
- fewer than three sailors are on board.

No sailor was dismissed, since the panel found no fault with the crew.

## Climate {#climate}

Storms close the piers. The Company therefore moors boats inland from July.
"""


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    from api.opening import embedder_of

    return embedder_of(None)


def finder(snapshot: Snapshot, embedder: Embedder, report: str, year: int, names: tuple[str, ...]) -> Find:
    prose = Prose(snapshot, embedder, bundled_lexicon())

    def find(text: str, **options: object) -> tuple[Span, ...]:
        question = understand(text, lexicon=bundled_lexicon(), latest=str(year))
        return prose.find(question, report, names=names, year=year, **options)  # type: ignore[arg-type]  # must, floor

    return find


@pytest.fixture(scope="module")
def find(engine: Engine, embedder: Embedder) -> Find:
    return finder(engine.snapshot, embedder, "6608-2022", 2022, NAMES)


@pytest.fixture(scope="module")
def ask_pier(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Find:
    folder = tmp_path_factory.mktemp("pier")
    (folder / "pier.md").write_text(PIER, encoding="utf-8")
    build([folder / "pier.md"], folder / "index", embedder=embedder)
    return finder(open_current(folder / "index"), embedder, "9901-2023", 2023, ("Pier Ferries Limited",))


@pytest.mark.parametrize(
    "text",
    [
        "How many financial institutions has Bairong served in total?",
        "百融至今服務過多少家金融機構？",
        "百融至今累计服务过多少家金融机构？",
    ],
)
def test_how_many_is_answered_with_a_number_of_the_quote(find: Find, text: str) -> None:
    span = find(text)[0]
    assert span.quantity is not None
    assert format(span.quantity.value, "f") == "7000"
    assert span.quote[span.quantity.start : span.quantity.end] == span.quantity.text
    assert span.quantity.qualifier == "more_than"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("How many drills took place?", "41"),
        ("How many sailors joined the drills?", "260"),
        ("How many boats are electric?", "5"),
        ("How many boats are there?", "18"),
    ],
)
def test_of_several_numbers_the_one_that_counts_the_thing_asked_is_given(ask_pier: Find, text: str, value: str) -> None:
    span = ask_pier(text)[0]
    assert span.quantity is not None
    assert format(span.quantity.value, "f") == value


@pytest.mark.parametrize("text", ["How many submarines are there?", "How many passengers took part?", "有多少架飛機？"])
def test_a_number_of_something_else_is_not_given(ask_pier: Find, text: str) -> None:
    assert ask_pier(text) == ()


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
def test_a_list_is_given_whole_and_in_order(find: Find, text: str, items: list[str]) -> None:
    quote = find(text)[0].quote
    places = [quote.find(item) for item in items]
    assert -1 not in places
    assert places == sorted(places)


def test_a_list_comes_with_the_sentence_that_leads_to_it(ask_pier: Find) -> None:
    quote = ask_pier("In which situations can a crew member decline to sail?")[0].quote
    assert quote.splitlines() == [
        "A crew member may refuse to sail in the following cases:",
        "the fog is too thick;",
        "an engine alarm has sounded;",
        "fewer than three sailors are on board.",
    ]


def test_a_sentence_that_points_back_brings_what_it_points_to(ask_pier: Find) -> None:
    quote = ask_pier("Which people is the safety panel made up of?")[0].quote
    assert "Harbour Safety Panel" in quote
    assert "two captains and an engineer" in quote


def test_how_often_is_answered_with_a_frequency(ask_pier: Find) -> None:
    assert "every month" in ask_pier("How often are life jackets inspected?")[0].quote


@pytest.mark.parametrize(
    "text",
    [
        "What e-mail address can whistle-blowers write to?",
        "舉報郵箱是什麼？",
        "举报邮箱是什么？",
    ],
)
def test_an_address_is_asked_for_and_given(find: Find, text: str) -> None:
    assert "@" in find(text)[0].quote


@pytest.mark.parametrize(
    "text",
    [
        "Who is the head of the nuclear submarine department?",
        "火星基地在哪裡？",
        "What will the weather be in Beijing tomorrow?",
        "Tell me a joke about penguins.",
        "用 Python 寫一個排序程式。",
    ],
)
def test_nothing_answers_what_the_report_does_not_speak_of(find: Find, text: str) -> None:
    assert find(text) == ()


def test_a_word_that_must_stand_there_has_to(find: Find) -> None:
    assert find("Which committees does the board of Tencent have?", must=("Tencent",)) == ()


def test_a_higher_floor_lets_less_pass(engine: Engine, embedder: Embedder) -> None:
    asked = "Which committees does the board have?"
    question = understand(asked, lexicon=bundled_lexicon(), latest="2022")
    for floor, answers in ((fitted("answer").floor, True), (1.1, False)):
        strict = Models(answer=replace(fitted("answer"), floor=floor))
        prose = Prose(engine.snapshot, embedder, bundled_lexicon(), models=strict)
        assert bool(prose.find(question, "6608-2022", names=NAMES, year=2022)) is answers


def test_a_question_of_words_that_only_ask_finds_nothing(find: Find) -> None:
    assert find("What is the exact figure of the company in 2022?") == ()


@pytest.fixture(scope="module")
def prose(engine: Engine, embedder: Embedder) -> Prose:
    return Prose(engine.snapshot, embedder, bundled_lexicon())


def test_what_a_report_knows_is_told_from_what_it_does_not(prose: Prose) -> None:
    assert prose.known_share("whistleblowing suppliers", "6608-2022", NAMES) == 1.0
    assert prose.known_share("zyzzyva qwrtplk", "6608-2022", NAMES) == 0.0
    assert prose.known_share("What is it?", "6608-2022", NAMES) == 0.0


def test_reports_are_kept_apart(prose: Prose) -> None:
    question = understand("Which committees does the board have?", lexicon=bundled_lexicon(), latest="2022")
    assert prose.find(question, "another-2022", names=(), year=2022) == ()


@pytest.mark.parametrize("text", ["What is the name of the head of the safety panel?", "安全小組的負責人叫甚麼名字？"])
def test_a_question_for_a_name_is_not_answered_without_one(ask_pier: Find, text: str) -> None:
    assert ask_pier(text) == ()


def test_the_closest_passages_stand_in_sections_of_their_own(prose: Prose) -> None:
    question = understand("Who insures the whistleblowing hotline?", lexicon=bundled_lexicon(), latest="2022")
    spans = prose.closest(question, "6608-2022", names=NAMES)
    assert 1 <= len(spans) <= 3
    assert len({span.passage.section[-1] for span in spans}) == len(spans)
    assert any("histleblow" in span.passage.section[-1] for span in spans)


def test_nothing_comes_close_to_what_the_report_does_not_speak_of(prose: Prose) -> None:
    question = understand("Tell me a joke about penguins.", lexicon=bundled_lexicon(), latest="2022")
    assert prose.closest(question, "6608-2022", names=NAMES) == ()


def test_the_other_edition_is_read_beside_the_own(prose: Prose, engine: Engine) -> None:
    assert {passage.edition for passage in engine.snapshot.passages} == {"en", "zh-Hant"}
    question = understand("How many directors are women?", lexicon=bundled_lexicon(), latest="2022")
    reading = prose.read(question, "6608-2022", names=NAMES)
    assert reading is not None
    assert reading.features[:, FITTED["sentence"].index("other_likeness")].any()
