"""Totals, how they moved, and shares of a whole, on a report made up for it: arithmetic shown, or refused in words."""

from dataclasses import replace

import pytest

from index.embed import Embedder
from qa.engine import Engine
from qa.verify import faults
from tests.small import engine_of

REPORT = """---
stock_code: 9997.HK
company: Harbour Mill
year: 2023
language: en
---

# Environment {#env}

| Indicator | Unit | 2021 | 2022 | 2023 |
|---|---|---|---|---|
| Scope 1 emissions | tCO2e | 1,400.0 | 1,310.0 | 1,204.5 |
| Scope 2 emissions | tCO2e | 5,000.0 | 4,810.0 | 4,500.0 |
| Purchased electricity | MWh | 9,100 | 9,005 | 9,360 |
| Non-hazardous waste | tonnes | 320 | 310 | 300 |
| – recycled | tonnes | 100 | 105 | 130 |
| Water consumption | m³ | 800 | 750 | 700 |
| Wastewater discharged | m³ | 600 | 590 | 500 |
| Charitable donations | RMB million | 3.0 | 3.5 | 4.2 |

# People {#people}

| Indicator | Unit | 2022 | 2023 |
|---|---|---|---|
| Suppliers in Beijing | suppliers | 40 | 44 |
| Suppliers in Shanghai | suppliers | 30 | 36 |
| Suppliers in mainland China | suppliers | 90 | 98 |
| Turnover rate of men | % | 12 | 14 |
| Turnover rate of women | % | 10 | 11 |
"""
ASKED = [
    # question, value, unit, formula
    (
        "How did the sum of Scope 1 and Scope 2 change from 2021 to 2022?",
        "-280.0",
        "tCO2e",
        "(1310.0 + 4810.0) − (1400.0 + 5000.0) = −280.0",
    ),
    (
        "By what percent did Scope 1 and 2 emissions together fall from 2021 to 2022?",
        "-4.4",
        "%",
        "((1310.0 + 4810.0) − (1400.0 + 5000.0)) ÷ (1400.0 + 5000.0) × 100% = −4.4%",
    ),
    ("範圍一加範圍二 2022 年合計多少？", "6120.0", "噸二氧化碳當量", "1310.0 + 4810.0 = 6,120.0"),
    ("2021 至 2023 年三年用電量總和是多少？", "27465", "兆瓦時", "9100 + 9005 + 9360 = 27,465"),
    ("2021至2023年三年用电量总和是多少？", "27465", "兆瓦时", "9100 + 9005 + 9360 = 27,465"),
    ("Suppliers in Beijing and Shanghai combined in 2023", "80", "suppliers", "44 + 36 = 80"),
    ("What share of non-hazardous waste was recycled in 2023?", "43.3", "%", "130 ÷ 300 × 100% = 43.3%"),
    ("2023 年無害廢棄物有百分之幾獲回收？", "43.3", "%", "130 ÷ 300 × 100% = 43.3%"),
    ("How many MWh more electricity was bought in 2023 than in 2022?", "355", "MWh", "9360 − 9005 = 355"),
    ("How much lower, in percent, was water consumption in 2023 than in 2021?", "-12.5", "%", None),
    ("2023 年總用水量較 2021 年低了百分之幾？", "-12.5", "%", None),
]
REFUSED = [
    "Suppliers in mainland China and Beijing combined in 2023",  # Beijing lies in mainland China
    "Turnover rates of men and women added together in 2023",  # rates do not add up
    "How many suppliers exceed 50 years of age?",  # compares with a number, not with a year
    "What share of water consumption was wastewater in 2023?",  # no part of it that the report or the lexicon knows
]
MUTATIONS = [
    ("How did the sum of Scope 1 and Scope 2 change from 2021 to 2022?", "−280.0", "−105.5"),
    ("How did the sum of Scope 1 and Scope 2 change from 2021 to 2022?", "2021–2022", "2022–2023"),
    ("What share of non-hazardous waste was recycled in 2023?", "43.3%", "41.3%"),
    ("What share of non-hazardous waste was recycled in 2023?", "÷ 300", "÷ 320"),
    ("How much was donated in 2023, in US dollars?", "only in RMB", "only in HK$"),
]


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    return engine_of(REPORT, tmp_path_factory.mktemp("harbour"), embedder)


@pytest.mark.parametrize(("question", "value", "unit", "formula"), ASKED)
def test_a_computed_answer_shows_its_arithmetic(
    harbour: Engine, question: str, value: str, unit: str, formula: str | None
) -> None:
    answer = harbour.ask(question)
    first = answer.figures[0]
    assert (first.value, first.unit) == (value, unit)
    assert formula in (None, first.formula)
    assert first.formula
    assert faults(answer, harbour.snapshot) == []


@pytest.mark.parametrize("question", REFUSED)
def test_what_does_not_add_up_or_is_no_part_is_refused(harbour: Engine, question: str) -> None:
    answer = harbour.ask(question)
    assert (answer.status, answer.figures) == ("not_disclosed", ())


def test_a_share_of_what_is_no_known_whole_is_refused_in_words(harbour: Engine) -> None:
    answer = harbour.ask("What share of water consumption was wastewater in 2023?")
    assert "does not say that Wastewater discharged is part of Water consumption" in answer.text
    assert [figure.value for figure in answer.nearest] == ["500", "700"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much was donated in 2023, in US dollars?", "The report gives no figure in US$, only in RMB. "),
        ("2023 年捐款多少港元？", "報告沒有以港元列示的數字，只有人民幣的數字。"),
        ("2023年公益捐赠是多少港元？", "报告没有以港元列示的数字，只有人民币的数字。"),
    ],
)
def test_another_currency_than_the_one_printed_is_said(harbour: Engine, question: str, said: str) -> None:
    answer = harbour.ask(question)
    assert answer.text.startswith(said)
    assert [figure.value for figure in answer.figures] == ["4.2"]


@pytest.mark.parametrize("question", ["Turnover rate of men in FY2022 and FY2023", "2022 年和 2023 年的用水量"])
def test_plain_years_need_no_interpretation(harbour: Engine, question: str) -> None:
    answer = harbour.ask(question)
    assert (len(answer.figures), answer.interpretation) == (2, "")


@pytest.mark.parametrize(("question", "said", "false"), MUTATIONS)
def test_false_arithmetic_does_not_pass(harbour: Engine, question: str, said: str, false: str) -> None:
    answer = harbour.ask(question)
    assert said in answer.text
    assert faults(replace(answer, text=answer.text.replace(said, false, 1)), harbour.snapshot)
