"""Reporting periods in cells and in running text, in three scripts."""

import pytest

from index.period import read_period, years_in


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2022", "2022"),
        ("2022 年", "2022"),
        ("２０２２年度", "2022"),
        ("二零二二年", "2022"),
        ("二〇二二年", "2022"),
        ("2022 年末", "2022"),
        ("截至 2022 年 12 月 31 日", "2022"),
        ("2022 年數據", "2022"),
        ("2022 actual", "2022"),
        ("FY2022", "2022"),
        ("FY22", "2022"),
        ("FY'22", "2022"),
        ("fiscal year 2022", "2022"),
        ("2022/23", "2023"),
        ("2022/2023 財年", "2023"),
        ("2022-23", "2023"),
        ("FY2022/23", "2023"),
        ("1999/2000", None),
        ("截至 2024 年 3 月 31 日止年度", "2024"),
        ("year ended 31 March 2024", "2024"),
        ("Year ended March 31, 2024", "2024"),
        ("2022 上半年", "2022H1"),
        ("2022 H2", "2022H2"),
        ("1H2022", "2022H1"),
        ("2022 年第三季度", "2022Q3"),
        ("Q4 2022", "2022Q4"),
        ("2022 年（經重列）", "2022"),
        ("2021 (restated)", "2021"),
        ("2022*", "2022"),
        ("2022 (1)", "2022"),
        ("2022²", "2022"),
        ("截至二零二三年三月三十一日止年度", "2023"),
        ("2022年4月1日至2023年3月31日", "2023"),
        ("1 April 2022 – 31 March 2023", "2023"),
        ("1 Jan 2022 - 30 Jun 2022", None),
        ("As at 31 Dec. 2022", "2022"),
        ("於2022年12月31日", "2022"),
        ("於2022年1月1日", None),
        ("As at 1 January 2022", None),
        ("31.12.2022", "2022"),
        ("2011-12-31", "2011"),
        ("FY22/23", "2023"),
        ("22/23財年", "2023"),
        ("FYE 31 March 2023", "2023"),
        ("2022至2023年度", "2023"),
        ("2020-2022", None),
        ("March 2023", None),
        ("2023年3月", None),
        ("Six months ended 30 June 2023", None),
    ],
)
def test_a_cell_that_says_only_a_period_is_one(cell: str, period: str | None) -> None:
    assert read_period(cell) == period


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "單位",
        "2022 年目標",
        "2022 target",
        "2021 vs 2022",
        "1,049",
        "20221",
        "2022.11",
        "範疇二",
        "較 2021 年變動",
        "—",
    ],
)
def test_a_cell_that_says_anything_else_is_no_period(cell: str) -> None:
    assert read_period(cell) is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2022 年與 2021 年", ["2022", "2021"]),
        ("2022年、2022年", ["2022"]),
        ("二零二一年起", ["2021"]),
        ("in FY2022/23", ["2023"]),
        ("耗電 2,022 千瓦時", []),
        ("排放 2022.5 噸", []),
        ("2022.11", []),  # as well a number as a month
        ("120224", []),
        ("2022%", []),
        ("", []),
    ],
)
def test_a_texts_years_come_in_order_and_once(text: str, years: list[str]) -> None:
    assert years_in(text) == years
