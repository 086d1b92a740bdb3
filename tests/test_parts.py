"""Questions over a small report of sites and groups: ranked parts, ways of counting, follow-ups, narrower rows."""

import pytest

from index.embed import Embedder
from qa.answer import Answer
from qa.engine import Engine
from tests.small import engine_of

REPORT = """\
---
company: Lark Mills Limited
stock_code: "7719"
year: 2023
language: en
---

# Environmental, Social and Governance Report 2023

## 1. Emissions

| Item | Unit | 2023 | 2022 |
|---|---|---|---|
| Scope 1 | tCO2e | 400 | 440 |
| Scope 2, location-based | tCO2e | 900 | 950 |
| Scope 2, market-based | tCO2e | 700 | 730 |

#### Table 2 – Purchased electricity by site (MWh)

| Site | 2023 | 2022 |
|---|---|---|
| Dyeworks | 610 | 640 |
| Spinning hall | 920 | 930 |
| Other Mainland offices | 70 | 80 |
| Total | 1,600 | 1,650 |

## 2. People

| Group | Unit | 2023 | 2022 |
|---|---|---|---|
| Total employees | persons | 1,000 | 950 |
| Female employees | persons | 400 | 380 |
| Male employees | persons | 600 | 570 |
| Work injuries of contractors | cases | 3 | 5 |

## 3. Ethics

In 2023, 62 employees were sponsored to study for a master's degree.
"""


@pytest.fixture(scope="module")
def mills(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(REPORT, tmp_path_factory.mktemp("mills"), embedder, "report.en.md")


def values(answer: Answer) -> list[str]:
    return [figure.value for figure in answer.figures]


@pytest.mark.parametrize("question", ["Which site used the least electricity in 2023?", "2023年哪個地點用電最少？"])
def test_parts_that_add_up_to_their_total_are_ranked(mills: Engine, question: str) -> None:
    answer = mills.ask(question)
    assert values(answer) == ["70", "610", "920"]
    assert "Other Mainland offices" in answer.text


def test_a_metric_that_is_printed_in_two_ways_is_answered_in_both(mills: Engine) -> None:
    assert values(mills.ask("Scope 2 emissions in 2022"))[:2] == ["950", "730"]


@pytest.mark.parametrize(
    ("question", "value"),
    [("22年公司用了多少電？", "1650"), ("electricity used in '22", "1650"), ("23年女員工有幾多人？", "400")],
)
def test_a_year_of_two_digits_is_a_year(mills: Engine, question: str, value: str) -> None:
    assert values(mills.ask(question))[:1] == [value]


def test_a_follow_up_keeps_what_narrowed_the_question_before_it_down(mills: Engine) -> None:
    assert values(mills.ask("and in 2022?", history=["How many women worked there in 2023?"]))[:1] == ["380"]
    lost = mills.ask("and in 2022?", history=["How much electricity did the cinemas use in 2023?"])
    assert lost.status == "not_disclosed"


@pytest.mark.parametrize(
    "question",
    [
        "How many work injuries of employees were there in 2023?",  # the row counts contractors'
        "How many employees outside the mainland were there in 2023?",  # a group that is not asked for answers for none
        "How many employees took a course on bribery in 2023?",  # 62 studied for something else
        "How much electricity did the A330 use in 2023?",
    ],
)
def test_what_is_narrower_or_other_than_asked_is_refused(mills: Engine, question: str) -> None:
    answer = mills.ask(question)
    assert answer.status == "not_disclosed", answer.text


def test_a_change_asked_for_in_percent_leads_with_percent(mills: Engine) -> None:
    (first, *_) = mills.ask("By what % did purchased electricity fall from 2022 to 2023?").figures
    assert (first.value, first.unit) == ("-3.0", "%")
    assert "50 MWh" in mills.ask("By how much did purchased electricity go down from 2022 to 2023?").text


def test_a_stray_number_beside_words_that_nothing_explains_is_no_fault(mills: Engine) -> None:
    assert mills.ask("electricity of the 14 looms in Dyeworks 2023").status in ("answered", "not_disclosed")
