"""Why something moved, what happens then, totals beneath codes, and groups that are asked for or left out."""

import pytest

from index.embed import Embedder
from index.lexicon import bundled_lexicon
from index.script import fold
from qa.engine import Engine
from qa.homophones import Homophones
from tests.small import engine_of

REPORT = """<!-- Invented for testing. -->
# Orrin Cloud Limited: ESG Report 2024

Stock code: 99998. This report covers the year ended 31 December 2024.

## Governance

The sustainability committee is chaired by Ms. Pell Orrin. It met four times.

## Environment

Hazardous waste rose in 2024 because the old battery strings were taken out at once.

| Indicator | HKEX KPI | Unit | 2024 | 2023 |
|:--|:--|:--|--:|--:|
| **Greenhouse gas - Scope 1** | | | | |
| Refrigerant leakage | A1.2 | tCO2e | 241 | 302 |
| Scope 1 total | A1.2 | tCO2e | 450 | 501 |
| **Hazardous waste** | | | | |
| Retired lead-acid batteries | A1.3 | tonnes | 18.6 | 9.2 |
| Hazardous waste total | A1.3 | tonnes | 19.5 | 10.0 |

## People

If a child is found at work, the work stops at once and the guardian is told within a day.

| Employee turnover rate | Unit | 2024 | 2023 |
|:--|:--|--:|--:|
| Overall | % | 14.0 | 15.5 |
| Under 30 | % | 18.9 | 23.4 |

| Suppliers by region | Unit | 2024 | 2023 |
|:--|:--|--:|--:|
| Mainland China | suppliers | 310 | 302 |
| Hong Kong | suppliers | 129 | 120 |
| Overseas | suppliers | 47 | 41 |
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    return engine_of(REPORT, tmp_path_factory.mktemp("cloud"), embedder)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many tonnes of hazardous waste did it produce in 2023?", "10.0"),
        ("2024年有害废弃物有多少吨？", "19.5"),
        ("2023年範圍一溫室氣體排放總量是多少？", "501"),
        ("What percentage of employees under 30 left in 2024?", "18.9"),
    ],
)
def test_a_column_of_codes_hides_no_total_and_no_group(cloud: Engine, question: str, value: str) -> None:
    assert [figure.value for figure in cloud.ask(question).figures[:1]] == [value]


def test_a_code_still_finds_the_rows_that_print_it(cloud: Engine) -> None:
    assert {"18.6", "19.5"} <= {figure.value for figure in cloud.ask("KPI A1.3 in 2024?").figures}


def test_why_is_answered_in_the_reports_own_words(cloud: Engine) -> None:
    assert "battery strings" in cloud.ask("Why did hazardous waste rise in 2024?").text


def test_the_cause_of_the_opposite_is_no_reason(cloud: Engine) -> None:
    answer = cloud.ask("Why did hazardous waste fall in 2024?")
    assert answer.status == "not_disclosed"
    assert "gives no reason" in answer.text


def test_what_happens_is_no_measure(cloud: Engine) -> None:
    assert "guardian" in cloud.ask("What happens if a child is found at work?").text


def test_a_title_before_a_name_ends_no_sentence(cloud: Engine) -> None:
    assert "Ms. Pell Orrin" in cloud.ask("Who chairs the sustainability committee?").text


def test_a_group_named_behind_one_that_is_left_out_is_not_answered(cloud: Engine) -> None:
    values = {figure.value for figure in cloud.ask("How many suppliers were outside China and Hong Kong?").figures}
    assert "129" not in values


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("Total GHG emissions (Scopes 1 to 3)", {"ghg_total"}),
        ("溫室氣體排放總量（範圍一至三）", {"ghg_total"}),
        ("範圍一加範圍二合共排放", {"ghg_scope_1_2"}),
        ("廢膠水和溶劑", set()),
        ("有幾多人工傷", {"work_injuries"}),
    ],
)
def test_a_phrase_spans_its_range_and_cuts_no_word_apart(text: str, metrics: set[str]) -> None:
    assert bundled_lexicon().concept(text).metrics == metrics


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("employees under 30 left", {("age", "-30")}),
        ("women between 30 and 50 left", {("age", "30-50"), ("gender", "female")}),
        ("staff under 30 hours", set()),
    ],
)
def test_an_age_stands_behind_whom_it_is_of(text: str, members: set[tuple[str, str]]) -> None:
    assert bundled_lexicon().concept(text).members == members


def test_a_numeral_is_no_slip() -> None:
    assert Homophones(["一家"], "").correct(fold("範圍一加範圍二"))[1] == {}
