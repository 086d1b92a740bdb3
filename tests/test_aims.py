"""Targets, base years, progress, printed changes and originals, on a report made up for it."""

from dataclasses import replace

import pytest

from index.embed import Embedder
from qa.answer import Answer, AnswerFigure
from qa.engine import Engine
from qa.verify import faults
from tests.small import engine_of

REPORT = """---
stock_code: 9998.HK
company: Lantern Works
year: 2023
language: en
---

# Environment {#env}

## Performance {#perf}

| Indicator | Unit | 2021 | 2022 (as previously reported) | 2022 (restated) | 2023 | 2030 target | Change (%) |
|---|---|---|---|---|---|---|---|
| Scope 1 emissions | tCO2e | 1,400.0 | 1,290.0 | 1,310.0 | 1,204.5 | 900 | (8.1) |
| Scope 2 emissions | tCO2e | 5,000.0 | 4,800.0 | 4,810.0 | 4,500.0 | 3,000 | (7.4) |
| Purchased electricity | MWh | 9,100 | 9,000 | 9,005 | 9,360 | 8,000 | 3.9 |

## Targets {#targets}

| Target | Base year | Target year | Goal | Progress |
|---|---|---|---|---|
| Water consumption | 2020 | 2028 | 20% reduction | 9.5% |
| Paper used | 2021 | 2030 | Cut by 15% | Cut by 6% |
"""
ASKED = [
    # question, what the answer says
    ("What is the restated Scope 1 figure for 2022?", "stood at 1,310.0 tCO2e in 2022"),
    ("2022 年範圍一經重列後是多少？", "2022 年範疇一溫室氣體排放量為 1,310.0 噸二氧化碳當量"),
    ("What is the 2030 target for Scope 1 emissions?", "The target for Scope 1 emissions is 900 tCO2e by 2030.[1]"),
    ("範圍一的減排目標是多少？", "範疇一溫室氣體排放量的 2030 年目標為 900 噸二氧化碳當量。[1]"),
    ("范围一2030年的目标是多少？", "范围一温室气体排放量的 2030 年目标为 900 吨二氧化碳当量。[1]"),
    ("What is the target for water?", "The target for Water consumption for 2028 is “20% reduction”.[1]"),
    ("Which base year is used for the water target?", "The base year for Water consumption is 2020.[1]"),
    ("用水目標的基準年是哪一年？", "基準年為 2020 年。[1]"),
    ("How far along is the water target?", "Progress on Water consumption stood at 9.5% in 2023.[1]"),
    ("How far along is the paper target?", "Progress on Paper used in 2023: “Cut by 6%”.[1]"),
    ("用水目標進展如何？", "的進度在 2023 年為 9.5%。[1]"),
    ("用水目标进展如何？", "的进度在 2023 年为 9.5%。[1]"),
    ("How did Scope 1 change from 2022 to 2023?", "The report prints the change as −8.1%, which agrees.[1]"),
    ("範圍二2023年比2022年變化多少？", "報告印列的變動為 −7.4%，與計算結果不同。[1]"),
    ("Scope 1 in 2022", "The report restated Scope 1 emissions for 2022.[1]"),
    ("2022 年範圍一排放量", "2022 年的範疇一溫室氣體排放量經報告重列。[1]"),
    ("2022年范围一排放量", "2022 年的范围一温室气体排放量经报告重列。[1]"),
    (
        "Scope 1 in 2022 before restatement",
        "Before it was restated, Scope 1 emissions stood at 1,290.0 tCO2e in 2022.[1]",
    ),
    ("2022 年範圍二重列前是多少？", "重列前，2022 年的範疇二溫室氣體排放量為 4,800.0 噸二氧化碳當量。[1]"),
]
REFUSED = [
    "What is the 2035 target for water?",
    "What is the target for Scope 3?",
    "What was Scope 1 in 2021 before restatement?",
    "How much more electricity was used than the target?",
    "2023 年範圍一重列前是多少？",
]
MUTATIONS = [
    # question, what its answer says, what it must not say
    ("What is the 2030 target for Scope 1 emissions?", "is 900", "is 1,204.5"),
    ("What is the 2030 target for Scope 1 emissions?", "by 2030", "by 2023"),
    (
        "What is the 2030 target for Scope 1 emissions?",
        "The target for Scope 1 emissions is 900 tCO2e by 2030.",
        "Scope 1 emissions stood at 900 tCO2e in 2030.",
    ),
    ("What is the target for water?", "20% reduction", "20% increase"),
    ("What is the target for water?", "for 2028", "for 2023"),
    ("Which base year is used for the water target?", "is 2020", "is 2023"),
    ("Which base year is used for the water target?", "The base year for", "The target for"),
    ("How far along is the water target?", "9.5% in 2023", "20% in 2023"),
    ("How did Scope 1 change from 2022 to 2023?", "which agrees", "which differs from the computed one"),
    ("How did Scope 2 change from 2022 to 2023?", "which differs from the computed one", "which agrees"),
    ("How did Scope 2 change from 2022 to 2023?", "−7.4%", "−6.4%"),
    ("Scope 1 in 2022", "for 2022.", "for 2021."),
    ("Scope 1 in 2022 before restatement", "1,290.0", "1,310.0"),
    (
        "Scope 1 in 2022 before restatement",
        "Before it was restated, Scope 1 emissions stood at 1,290.0 tCO2e in 2022.",
        "Scope 1 emissions stood at 1,290.0 tCO2e in 2022.",
    ),
]


@pytest.fixture(scope="module")
def lantern(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    return engine_of(REPORT, tmp_path_factory.mktemp("lantern"), embedder)


@pytest.mark.parametrize(("question", "said"), ASKED)
def test_what_stands_beside_a_figure_is_told_with_its_citation(lantern: Engine, question: str, said: str) -> None:
    answer = lantern.ask(question)
    assert said in answer.text
    assert faults(answer, lantern.snapshot) == []


@pytest.mark.parametrize("question", REFUSED)
def test_what_no_row_prints_is_not_answered_from_a_figure_beside_it(lantern: Engine, question: str) -> None:
    answer = lantern.ask(question)
    assert (answer.status, answer.figures) == ("not_disclosed", ())


def test_how_a_target_is_reached_is_not_answered_with_the_target(lantern: Engine) -> None:
    assert "The target for" not in lantern.ask("How does the company plan to reach its water target?").text


@pytest.mark.parametrize(("question", "said", "false"), MUTATIONS)
def test_a_false_word_about_what_stands_beside_does_not_pass(
    lantern: Engine, question: str, said: str, false: str
) -> None:
    answer = lantern.ask(question)
    assert said in answer.text
    assert faults(replace(answer, text=answer.text.replace(said, false, 1)), lantern.snapshot)


def test_a_target_is_no_input_of_a_computed_figure(lantern: Engine) -> None:
    change = lantern.ask("How did Scope 1 change from 2022 to 2023?")
    target = lantern.ask("What is the 2030 target for Scope 1 emissions?")
    (aim,) = target.figures
    figures = with_input(change, aim)
    assert faults(replace(change, figures=(*figures, aim)), lantern.snapshot)


def test_a_change_is_given_as_computed_and_as_printed(lantern: Engine) -> None:
    answer = lantern.ask("By what percent did Scope 2 change from 2022 to 2023?")
    told = [(figure.value, figure.unit, bool(figure.formula)) for figure in answer.figures]
    assert told[:3] == [("-6.4", "%", True), ("-310.0", "tCO2e", True), ("-7.4", "%", False)]


def with_input(answer: Answer, aim: AnswerFigure) -> list[AnswerFigure]:
    first, *others = answer.figures
    inputs = (first.inputs[0], replace(first.inputs[1], value=aim.value, period=aim.period))
    return [replace(first, inputs=inputs), *others]
