"""A topic measured in several ways: what is asked of it decides which metric a question means."""

import pytest

from index.lexicon import bundled_lexicon
from qa.question import Question, understand
from qa.topics import settle, splits


def asked(text: str) -> Question:
    return understand(text, lexicon=bundled_lexicon(), latest="2022")


def settled(text: str) -> list[str]:
    return sorted(settle(asked(text), bundled_lexicon()).concept.metrics)


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("What percentage of senior managers were trained in 2022?", "training_coverage"),
        ("高管有幾多 % 喺 2022 年上過培訓？", "training_coverage"),
        ("2022年办了多少场员工培训？", "training_sessions"),
        ("How many times did the company train its staff?", "training_sessions"),
        ("2022年每名女员工平均参加了几个小时的培训？", "training_hours_average"),
        ("員工培訓嘅全年使費係幾多？", "training_spending"),
        ("What percentage of employees left in 2022?", "turnover_rate"),
        ("2022年有百分之幾的男員工離開了公司？", "turnover_rate"),
        ("How many cubic metres of water were used?", "water_total"),
    ],
)
def test_the_measure_asked_for_decides_the_metric(text: str, metric: str) -> None:
    assert settled(text) == [metric]


@pytest.mark.parametrize(
    "text",
    [
        "What percentage of suppliers received training in 2022?",  # a population that has a metric of its own
        "2022年用了多少立方米水泥？",  # cement is no water
        "What percentage of those who left were women?",  # the topic is the base of the share
        "2022年離職員工中女性佔百分之幾？",
    ],
)
def test_a_topic_of_others_or_a_share_of_it_settles_nothing(text: str) -> None:
    assert settled(text) == sorted(asked(text).concept.metrics)


def test_a_total_is_an_average_only_per_head() -> None:
    assert settled("Training hours per female employee, 2022?") == ["training_hours_average"]
    assert settled("How many hours of training in total in 2022?") == ["training_hours_total"]
    assert settled("Training hours per year?") == ["training_hours_total"]


def test_a_unit_of_gas_names_no_gas() -> None:
    assert settled("What were the Scope 1 emissions in tonnes of CO2 equivalent?") == ["ghg_scope_1"]
    assert settled("How many tonnes of CO2 equivalent came from purchased energy (Scope 2)?") == ["ghg_scope_2"]
    assert settled("How many tonnes of CO2 equivalent of methane?") == ["ghg_ch4"]


def test_a_share_of_those_who_left_is_no_turnover() -> None:
    assert splits(asked("What percentage of those who left were women?"))
    assert not splits(asked("What percentage of women left?"))
