"""The HTML scorecard: whole in one file, wrong numbers first, nothing in it executed, held-back failures not named."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from eval.case import Case, Expectation, ExpectedValue, Split
from eval.comparison import compare, outcomes
from eval.gate import rules
from eval.metrics import Score, score
from eval.run import Scorecard, scorecard
from eval.scorecard import OUTCOMES, outcome, to_html
from qa.answer import Answer, AnswerFigure, Citation

ROW = "Scope 2 | tCO2e | 378.80"
EXPECTED = Expectation(status="answered", values=(ExpectedValue(value=Decimal("378.80"), unit="tCO2e", period="2022"),))
SILENCE = Answer(id="2", status="not_disclosed", reason="not_in_report", language="en", text="Not disclosed.")


def answered(value: str, text: str = "") -> Answer:
    headline = AnswerFigure(
        id="", metric="", label="", breakdown="", value=value, unit="tCO2e", period="2022", citation=1
    )
    proof = Citation(
        number=1,
        report="r",
        edition="en",
        section=("KPI", "Environment"),
        page=66,
        page_end=66,
        passage_id="r.en.kpi.t1.r1",
        passage=ROW,
        quote=ROW,
        start=0,
        end=len(ROW),
    )
    return Answer(
        id="1",
        status="answered",
        reason=None,
        language="en",
        text=text or f"{value}[1]",
        figures=(headline,),
        citations=(proof,),
        snapshot="0123456789abcdef0123",
    )


def scored(name: str, answer: Answer, *, split: Split = "tuned", expect: Expectation = EXPECTED) -> Score:
    case = Case(
        id=name,
        kind="lookup",
        language="zh-Hant",
        group=name,
        question=f"{name}：2022 年範圍二？",
        history=("那麼範圍一呢？",),
        expect=expect,
        split=split,
        author="test",
        written="before seeing answers",
    )
    return score(case, answer)


RIGHT = scored("right", answered("378.80"))
WRONG = scored("wrong", answered("732.98"))
MISSED = scored("missed", SILENCE)
HIDDEN = scored("hidden", answered("1.5"), split="held_back")
VAGUE = scored("vague", answered("378.80", text="378.80[1] and [9]"), expect=replace(EXPECTED, contains=("heating",)))


@pytest.fixture
def card() -> Scorecard:
    return scorecard([MISSED, RIGHT, WRONG, HIDDEN, VAGUE], suite="bundled")


def read(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "lxml")


def test_a_case_ends_in_one_of_four_ways() -> None:
    ends = [outcome(each) for each in (RIGHT, WRONG, MISSED, VAGUE)]
    assert ends == ["passed", "wrong", "missed", "incomplete"]
    assert set(ends) == set(OUTCOMES)


def test_the_page_is_whole_in_one_file(card: Scorecard) -> None:
    page = read(to_html([card], made=date(2023, 4, 1)))
    assert page.find_all(["script", "link", "img", "iframe", "object"]) == []
    assert not re.search(r"https?://|url\(|@import", str(page))
    assert "2023-04-01" in page.get_text()


def test_wrong_numbers_stand_before_other_failures_with_all_that_proves_them(card: Scorecard) -> None:
    page = read(to_html([card]))
    named = [str(each["id"]) for each in page.select("article.failure")]
    assert named[0] == "wrong"
    assert set(named) == {"wrong", "missed", "vague"}
    first = page.select_one("article.failure")
    assert first is not None
    for words in ("wrong：2022 年範圍二？", "那麼範圍一呢？", "378.80 tCO2e 2022", "732.98 tCO2e 2022", ROW, "page 66"):
        assert words in first.get_text()
    heading = first.find("h4")
    assert heading is not None
    assert heading.get("lang") == "zh-Hant"
    assert page.select_one(".number b").get_text() == "2"  # type: ignore[union-attr]  # it is there, or the test fails


def test_failures_held_back_are_counted_and_named_only_when_asked(card: Scorecard) -> None:
    page = to_html([card])
    assert "hidden" not in [str(each["id"]) for each in read(page).select("article")]
    assert "1 failure of questions held back is counted above and not named" in page
    assert "hidden" in [str(each["id"]) for each in read(to_html([card], held_back=True)).select("article")]


def test_every_bar_is_filled_by_its_cases(card: Scorecard) -> None:
    for bar in read(to_html([card])).select("svg.bar"):
        pieces = bar.select("rect:not(.track)")
        assert sum(float(str(piece["width"])) for piece in pieces) == pytest.approx(100, abs=0.01)
        assert bar["aria-label"]


def test_what_an_answer_says_is_shown_and_never_executed() -> None:
    hostile = answered("732.98", text='<script>alert(1)</script><img src="x" onerror="alert(1)">')
    page = read(to_html([scorecard([scored("odd", hostile)])]))
    assert page.find_all(["script", "img"]) == []
    assert "<script>alert(1)</script>" in page.get_text()


def test_every_rule_of_the_gate_is_shown_with_what_was_found(card: Scorecard, tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("max_wrong_numbers = 0\n[floor]\npassed = 0.97\nanswered = 0.5\n", encoding="utf-8")
    found = [(rule.name, rule.required, rule.found, rule.met) for rule in rules(card, gate)]
    assert found == [
        ("wrong numbers", "at most 0", "2", False),
        ("passed", "at least 97.0%", "20.0%", False),
        ("answered", "at least 50.0%", "80.0%", True),
    ]
    text = read(to_html([card], gate=gate)).get_text()
    assert "Rules not met" in text
    assert "at least 97.0%" in text


def test_several_suites_stand_on_one_page_with_what_changed_since(card: Scorecard) -> None:
    other = scorecard([RIGHT], suite="manufacturer")
    before = outcomes([scorecard([scored("wrong", answered("378.80")), MISSED], suite="bundled")])
    page = read(to_html([card, other], comparison=compare(before, outcomes([card, other]))))
    assert [link["href"] for link in page.select("nav a")] == ["#suite-1", "#suite-2"]
    assert "New wrong numbers" in page.get_text()
    assert "2 questions in both" in page.get_text()
