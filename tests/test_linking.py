"""What narrows a question refuses a figure, and other words for what is printed find it."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from qa.engine import Engine


@pytest.mark.parametrize(
    "text",
    [
        "What percentage of directors left in 2022?",
        "How many contractors were injured or killed at work in 2022?",
        "What percentage of employees were trained in cybersecurity in 2022?",
        "What percentage of employees left within the first year in 2022?",
        "2022年有百分之幾的客戶流失了？",
        "How many kWh of renewable electricity did the company use in 2022?",
        "Harmless waste recycled in 2022?",
        "How many tonnes of CO2 equivalent of methane in 2022?",
        "How many hours of training in total in 2022?",
        "What percentage of those who left were women in 2022?",
        "2022年員工培訓中有百分之幾是線上的？",
    ],
)
def test_what_narrows_or_contradicts_a_question_is_refused(engine: "Engine", text: str) -> None:
    assert not engine.ask(text).figures


@pytest.mark.parametrize(
    "text",
    [
        "2022年在港澳台或国外工作的员工占比？",
        "Of the supplier base, how many were registered in Hong Kong, Macao, Taiwan or foreign countries in 2022?",
        "What percentage of female staff left in 2022?",
        "How many percent of the workforce were past the age of 50 in 2022?",
        "Number of people injured or killed at work, 2022?",
    ],
)
def test_other_words_for_what_is_printed_are_answered(engine: "Engine", text: str) -> None:
    assert engine.ask(text).figures
