"""Periods in questions: every way a reader names a year, and refusing what names none."""

import pytest

from index.lexicon import bundled_lexicon
from index.period import closing_months_in, part_years_in, unread_years_in, year_words_in, years_in
from qa.question import Question, understand


def _asked(text: str, *, closing: int = 12) -> Question:
    return understand(text, lexicon=bundled_lexicon(), latest="2023", closing=closing)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Water in FY22?", ["2022"]),
        ("FY2021/22 water", ["2022"]),
        ("FY21-22 water", ["2022"]),
        ("water, 22/23", ["2023"]),
        ("2022/23 財年用水量", ["2023"]),
        ("21/22财年范围二", ["2022"]),
        ("24財年用水量", ["2024"]),
        ("2022-23 water", ["2023"]),
        ("2021-2023 water", ["2021", "2023"]),
        ("2022/2023", ["2022", "2023"]),
        ("2022/2023 財年", ["2023"]),
        ("B5.1，2022 年總數", ["2022"]),
        ("open 24/7, 15 years, 11/12 of it", []),
        ("2,022 tonnes or 20.22%", []),
        ("on 31/12/2022", ["2022"]),
    ],
)
def test_a_question_names_a_year_in_many_ways(text: str, years: list[str]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize("text", ["Water in FY2O22?", "Water in FY1", "2021/24 財年用水量", "FY21/24 water"])
def test_what_has_the_form_of_a_year_and_names_none_is_told(text: str) -> None:
    assert unread_years_in(text)
    assert _asked(text).unread


@pytest.mark.parametrize("text", ["Water in FY22?", "22/23財年", "2023", "24/7", "2022/23"])
def test_a_year_that_is_read_is_not_told_as_unread(text: str) -> None:
    assert unread_years_in(text) == []


def test_the_day_a_reporting_year_ends_on_belongs_to_its_year() -> None:
    assert year_words_in("Staff at 31 March 2023?", closing=3) == ["31 march 2023"]
    assert year_words_in("2023年3月31日员工", closing=3) == ["2023年3月31日"]
    assert part_years_in("Staff at 31 March 2023?", closing=3) == []
    assert part_years_in("Staff at 31 March 2023?", closing=12) == ["31 march"]
    assert closing_months_in("截至二零二四年三月三十一日止年度") == [3]


@pytest.mark.parametrize("text", ["Water in the first half of 2023", "2023 年第三季度用水量", "2023年6月用水量"])
def test_a_part_of_a_year_is_no_year(text: str) -> None:
    assert _asked(text).parts


@pytest.mark.parametrize(
    "text",
    ["By how many did injuries fall last year compared with the year before?", "工傷去年比前年少咗幾多？"],
)
def test_last_year_against_the_year_before_are_the_two_latest(text: str) -> None:
    assert _asked(text).periods == ("2022", "2023")


def test_last_year_alone_is_the_year_before_the_latest() -> None:
    assert _asked("How many injuries last year?").periods == ("2022",)
