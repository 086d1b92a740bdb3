"""Rows that no name settles are chosen by likelihood, and not where a word speaks against them."""

from collections.abc import Callable

import numpy as np
import pytest

from index.embed import Embedder
from qa.engine import Engine
from qa.proper import Proper, sounds_like
from qa.rows import NAMES, fitted_rows
from tests.small import engine_of

REPORT = """---
company: Lakeside Hotels Limited
stock_code: "7788"
year: 2023
language: en
title: Environmental, Social and Governance Report 2023
contact: ir@lakeside.example
---

# Performance

## Environment

| Indicator | Unit | 2023 | 2022 |
|---|---|---|---|
| Electricity purchased | MWh | 9,120 | 9,480 |
| – Lakeview House | MWh | 5,310 | 5,402 |
| – Harbour Inn | MWh | 3,810 | 4,078 |
| Food waste sent to landfill | tonnes | 212.4 | 240.9 |
| Other waste | tonnes | 31.0 | 33.5 |

## People

| Indicator | Unit | 2023 | 2022 |
|---|---|---|---|
| Total employees | persons | 820 | 790 |
| – Male | persons | 369 | 370 |
| – Female | persons | 451 | 420 |
| Turnover rate | % | 21.5 | 26.0 |
| Average training hours | hours | 14.2 | 12.9 |
"""


@pytest.fixture(scope="module")
def hotels(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(REPORT, tmp_path_factory.mktemp("hotels"), embedder, "report.en.md")


@pytest.fixture(scope="module")
def headline(hotels: Engine) -> Callable[[str], str | None]:
    """The value, or None where a question is refused."""

    def ask(question: str) -> str | None:
        answer = hotels.ask(question)
        return answer.figures[0].value if answer.status == "answered" and answer.figures else None

    return ask


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many tonnes of food scraps were landfilled in 2023?", "212.4"),
        ("2022年有几多吨厨余送去堆填？", "240.9"),
        ("What proportion of the 2023 workforce were women?", "55.0"),
        ("2023 年女性佔員工百分之幾？", "55.0"),
        ("How many ladies worked for the hotels in 2022?", "420"),
    ],
)
def test_what_a_reader_calls_by_other_words_is_found(
    question: str, value: str, headline: Callable[[str], str | None]
) -> None:
    assert headline(question) == value


@pytest.mark.parametrize(
    "question",
    [
        "What was the voluntary turnover rate in 2023?",
        "How much electricity did the Zanzibar lodge buy in 2023?",
        "How much electricity did the hotels buy per guest in 2023?",
        "How much hazardous waste was there in 2023?",
        "2023年酒店在上海用了多少电？",
        "How many women were on the board in 2023?",
    ],
)
def test_a_word_that_no_row_says_rules_it_out(question: str, headline: Callable[[str], str | None]) -> None:
    assert headline(question) is None


def test_two_rows_named_beside_each_other_are_compared(hotels: Engine) -> None:
    answer = hotels.ask("Which bought more electricity in 2023, Lakeview House or Harbour Inn?")
    assert [figure.value for figure in answer.figures[:2]] == ["5310", "3810"]


def test_one_of_two_rows_is_no_answer_for_their_sum(headline: Callable[[str], str | None]) -> None:
    assert headline("Electricity of Lakeview House and Zanzibar lodge together in 2023?") is None


def test_the_rest_answers_only_for_the_rest(hotels: Engine) -> None:
    ranking = hotels.ranking("How much waste was there in 2023?")
    rest = [n for n, series in enumerate(ranking.series) if series.labels["en"][-1] == "Other waste"]
    assert len(rest) == 1
    assert not ranking.open[rest[0]]
    assert hotels.ranking("How much other waste was there in 2023?").open[rest[0]]


def test_rows_and_none_of_them_share_one_likelihood(hotels: Engine) -> None:
    ranking = hotels.ranking("How many people were on the payroll at the end of 2023?")
    likelihoods = fitted_rows().likelihoods(ranking)
    assert ranking.features.shape == (len(ranking.series), len(NAMES))
    assert 0 < float(likelihoods.sum()) < 1
    assert not np.any(likelihoods[~ranking.open])


def test_a_question_that_rules_out_every_row_has_no_likelihood(hotels: Engine) -> None:
    ranking = hotels.ranking("Zanzibar Quetzalcoatl?")
    assert not ranking.open.any()
    assert float(fitted_rows().likelihoods(ranking).sum()) == 0


def test_a_name_that_only_the_report_has_is_kept_whole_and_romanised() -> None:
    labels = Proper(["其中：卡兰多铜矿"])
    assert labels.joined(["卡", "兰", "多", "用", "了"], apart={"多"}) == ["卡兰", "多", "用", "了"]
    assert sounds_like("kalando", "卡兰多")
    assert not sounds_like("kalando", "石鹿")
