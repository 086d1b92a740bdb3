"""Who reports, on which year and in which language, from the report's first pages or the user's words."""

from typing import Any

import pytest

from index.errors import UnreadableReport
from index.readers.metadata import infer_metadata
from index.report import Metadata


def read(text: str, *titles: str, **overrides: Any) -> Metadata:  # noqa: ANN401 - any field's value
    return infer_metadata(text, titles, overrides=overrides)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(股票代號：6608.HK)", "6608.HK"),
        ("股份代號: 0700", "0700.HK"),
        ("股票代码 9988", "9988.HK"),
        ("Stock Code: 1234.HK", "1234.HK"),
        ("(Stock code : 388)", "388.HK"),
        ("電話 2345", ""),
    ],
)
def test_the_stock_code_is_read_in_three_scripts(text: str, code: str) -> None:
    assert read(text).stock_code == code


@pytest.mark.parametrize(
    ("text", "titles", "year"),
    [
        ("本報告涵蓋 2022 年 1 月 1 日至 2022 年 12 月 31 日。2023 年發佈。2023。2023。", (), 2022),
        ("for the year ended 31 March 2024", (), 2024),
        ("from 1 January 2023 to December 31, 2023", (), 2023),
        ("2021 與 2021 與 2022", ("小店 2022 環境、社會及管治報告",), 2022),
        ("2021 年與 2021 年及 2022 年", (), 2021),
        ("沒有年份", (), None),
    ],
)
def test_the_year_is_the_periods_then_the_titles_then_the_most_named(
    text: str, titles: tuple[str, ...], year: int | None
) -> None:
    assert read(text, *titles).year == year


@pytest.mark.parametrize(
    ("titles", "company"),
    [
        (("小店控股 2022 年環境、社會及管治報告",), "小店控股"),
        (("Tiny Co. 2022 Environmental, Social and Governance Report",), "Tiny Co."),
        (("封面", "小店 可持續發展報告 2023"), "小店"),
        (("Tiny Co. 2022",), "Tiny Co."),
        ((), ""),
    ],
)
def test_the_company_stands_before_the_reports_name(titles: tuple[str, ...], company: str) -> None:
    assert read("", *titles).company == company


def test_the_investors_address_is_the_contact() -> None:
    assert read("hr@tiny.example 或 IR@tiny.example").contact == "IR@tiny.example"
    assert read("hr@tiny.example").contact == ""


def test_a_latin_company_name_on_the_cover_is_an_alias() -> None:
    assert read("", "TINY, INC. 2022", "小店 ESG 報告").aliases == ("TINY, INC.",)


def test_the_language_is_the_texts() -> None:
    assert read("員工與環境的報告").language == "zh-Hant"
    assert read("员工与环境的报告").language == "zh-Hans"
    assert read("A report on people and the environment").language == "en"


def test_the_users_words_win_and_an_empty_one_says_nothing() -> None:
    metadata = read("股份代號: 0700", "小店 2022 ESG 報告", company="大店", year="2023", stock_code=None)
    assert (metadata.company, metadata.year, metadata.stock_code) == ("大店", 2023, "0700.HK")


def test_editions_share_a_report_id() -> None:
    assert read("股份代號: 0700", year=2022).report_id == read("Stock code: 700", year=2022).report_id == "700-2022"
    assert read("", company="Tiny Co.", year=2022).report_id == "tiny-co-2022"
    assert read("", company="小店").report_id == "小店"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"compny": "x"}, "compny: no such field; expected one of .*company"),
        ({"language": "zh-TW"}, "language 'zh-TW': expected one of en, zh-Hant, zh-Hans"),
        ({"year": "22"}, "year '22': expected four digits such as 2022"),
        ({"year": 20222}, "year 20222: expected four digits"),
    ],
)
def test_an_unknown_field_or_value_is_refused_in_words(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableReport, match=message):
        infer_metadata("", [], overrides=overrides)
