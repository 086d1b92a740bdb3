"""Table cells become typed figures, or are reported as unread; a guess is never made."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from index.build import read_report
from index.figures import Figure, TableReading, read_tables
from index.lexicon import bundled_lexicon

HEAD = "---\nstock_code: 9999.HK\ncompany: 小店\nyear: 2022\nlanguage: zh-Hant\n---\n\n# 績效 {#kpi}\n\n"
STAFF = "指標\t\t單位\t2022 年\t2021 年\t2020 年\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], TableReading]:
    def to_figures(tables: str) -> TableReading:
        path = tmp_path / "tiny.md"
        path.write_text(HEAD + tables, encoding="utf-8")
        return read_tables(read_report(path), bundled_lexicon())

    return to_figures


Read = Callable[[str], TableReading]


def shown(reading: TableReading) -> list[tuple[str, str, str]]:
    return [(" / ".join(figure.labels), figure.period, figure.digits) for figure in reading.figures]


def one(reading: TableReading, period: str = "2022", row: int = 1) -> Figure:
    return next(f for f in reading.figures if f.period == period and f".r{row}" in f.row_key)


def test_a_cell_becomes_a_figure_with_metric_unit_period_value_and_place(read: Read) -> None:
    reading = read("指標\t單位\t2022 年\t2021 年\n耗水量\t立方米\t1,049.50\t1,037\n")
    figure, earlier = reading.figures
    assert figure.id == "9999-2022.kpi.t1.r1.2022"
    assert (figure.labels, figure.metrics) == (("耗水量",), ("water_total",))
    assert (figure.unit_text, figure.unit) == ("立方米", "m3")
    assert (figure.period, figure.disclosure, figure.value) == ("2022", "number", Decimal("1049.50"))
    assert figure.digits == "1,049.50"
    assert str(figure.value) == "1049.50"
    assert (earlier.period, earlier.value) == ("2021", Decimal(1037))


def test_a_figure_points_at_its_digits_and_its_row(read: Read) -> None:
    reading = read(STAFF + "流失率\t男性\t%\t約 15.1%\t16.2\t3*\n\t女性\t%\t4\t—\t0\n")
    texts = {passage.id: passage.text for passage in reading.passages}
    assert len(reading.figures) == 6
    for figure in reading.figures:
        text = texts[figure.passage_id]
        assert text[figure.start : figure.end] == figure.digits
        assert figure.row_start <= figure.start <= figure.end <= figure.row_end
        assert text[figure.row_start : figure.row_end].split("\t")[1] == figure.labels[-1]


@pytest.mark.parametrize("dash", ["—", "－", "-", "–", "", "N/A", "未披露"])
def test_a_dash_means_not_disclosed(dash: str, read: Read) -> None:
    figure = one(read(f"指標\t單位\t2022 年\t2021 年\n耗水量\t噸\t{dash}\t7\n"))
    assert figure.value is None
    assert figure.disclosure in ("not_disclosed", "not_applicable")


@pytest.mark.parametrize("zero", ["0", "0.00", "０", "零"])
def test_zero_means_zero(zero: str, read: Read) -> None:
    figure = one(read(f"指標\t單位\t2022 年\t2021 年\n耗水量\t噸\t{zero}\t7\n"))
    assert (figure.disclosure, figure.value) == ("number", Decimal(0))


def test_a_row_of_two_labels_is_named_by_both(read: Read) -> None:
    figure = one(read(STAFF + "按員工性別劃分流失率\t男性員工流失率\t%\t23\t17\t30\n"))
    assert figure.labels == ("按員工性別劃分流失率", "男性員工流失率")
    assert (figure.metrics, figure.members) == (("turnover_rate",), (("gender", "male"),))


def test_a_blank_label_continues_the_group_above(read: Read) -> None:
    reading = read(STAFF + "按性別劃分流失率\t男性\t%\t23\t17\t30\n\t女性\t%\t19\t33\t26\n員工總數\t\t人\t60\t50\t40\n")
    assert [figure.labels for figure in reading.figures if figure.period == "2022"] == [
        ("按性別劃分流失率", "男性"),
        ("按性別劃分流失率", "女性"),
        ("員工總數",),
    ]
    assert one(reading, row=2).members == (("gender", "female"),)
    assert one(reading, row=2).metrics == ("turnover_rate",)


def test_a_row_without_values_is_the_heading_of_those_below(read: Read) -> None:
    reading = read("| 指標 | 2022 | 2021 |\n|---|---|---|\n| 流失率（%） | | |\n| 男性 | 5 | 4 |\n| 女性 | 3 | 2 |\n")
    assert [figure.labels for figure in reading.figures if figure.period == "2022"] == [
        ("流失率（%）", "男性"),
        ("流失率（%）", "女性"),
    ]
    assert {figure.unit for figure in reading.figures} == {"%"}
    assert {figure.metrics for figure in reading.figures} == {("turnover_rate",)}


def test_a_spanning_html_label_groups_its_rows(read: Read) -> None:
    reading = read(
        "<table><tr><th colspan=2>指標</th><th>2022</th><th>2021</th></tr>"
        "<tr><td rowspan=2>流失率 (%)</td><td>男性</td><td>5</td><td>4</td></tr>"
        "<tr><td>女性</td><td>3</td><td>—</td></tr></table>\n"
    )
    assert shown(reading) == [
        ("流失率 (%) / 男性", "2022", "5"),
        ("流失率 (%) / 男性", "2021", "4"),
        ("流失率 (%) / 女性", "2022", "3"),
        ("流失率 (%) / 女性", "2021", "—"),
    ]
    assert {figure.unit for figure in reading.figures} == {"%"}


@pytest.mark.parametrize(
    "table",
    [
        "指標\t單位\t2022 年\t2021 年\n外購電力\t兆瓦時\t5\t4\n",
        "指標\t2022 年\t2021 年\n外購電力（兆瓦時）\t5\t4\n",
        "指標\t2022 年 (兆瓦時)\t2021 年 (兆瓦時)\n外購電力\t5\t4\n",
        "指標（兆瓦時）\t2022 年\t2021 年\n外購電力\t5\t4\n",
        "單位：兆瓦時\n\n指標\t2022 年\t2021 年\n外購電力\t5\t4\n",
        "| Item | Unit | 2022 | 2021 |\n|---|---|---|---|\n| Purchased electricity | MWh | 5 | 4 |\n",
        "| Item | 2022 | 2021 |\n|---|---|---|\n| Purchased electricity (MWh) | 5 | 4 |\n",
        "| Item | | 2022 | 2021 |\n|---|---|---|---|\n| Purchased electricity | MWh | 5 | 4 |\n",
        "<table><caption>單位：兆瓦時</caption><tr><th>指標</th><th>2022</th><th>2021</th></tr>"
        "<tr><td>外購電力</td><td>5</td><td>4</td></tr></table>\n",
    ],
)
def test_a_unit_stands_in_its_column_the_label_the_header_or_the_caption(table: str, read: Read) -> None:
    reading = read(table)
    assert [(figure.unit, figure.value) for figure in reading.figures] == [("MWh", Decimal(5)), ("MWh", Decimal(4))]


def test_the_rows_own_unit_wins_over_the_columns(read: Read) -> None:
    assert one(read("指標\t單位\t2022 年 (%)\t2021 年\n耗水量\t噸\t5\t4\n")).unit == "t"


@pytest.mark.parametrize(
    ("header", "periods"),
    [
        ("2020 年\t2021 年\t2022 年", ["2020", "2021", "2022"]),
        ("2022\t2021\t2020", ["2022", "2021", "2020"]),
        ("FY20\tFY21\tFY22", ["2020", "2021", "2022"]),
        ("FY2020/21\tFY2021/22\tFY2022/23", ["2021", "2022", "2023"]),
        ("截至 2022 年 3 月 31 日止年度\t2021/22 財年\t二零二一年", ["2022", "2022", "2021"]),
        ("2022 上半年\t2022 下半年\t2021 年", ["2022H1", "2022H2", "2021"]),
        ("2022 年（經重列）\t2021 年\t2020 年", ["2022", "2021", "2020"]),
    ],
)
def test_each_column_has_the_year_its_header_says(header: str, periods: list[str], read: Read) -> None:
    reading = read(f"指標\t單位\t{header}\n耗水量\t噸\t1\t2\t3\n")
    cells = [(figure.period, int(figure.value or 0)) for figure in reading.figures]
    firsts = {period: periods.index(period) + 1 for period in periods}
    assert cells == list(firsts.items())


def test_a_financial_year_is_named_by_the_year_it_ends_in(read: Read) -> None:
    reading = read("指標\t單位\t截至 2023 年 3 月 31 日止年度\t截至 2022 年 3 月 31 日止年度\n耗水量\t噸\t1\t2\n")
    assert [figure.period for figure in reading.figures] == ["2023", "2022"]


def test_a_target_or_change_column_is_no_year(read: Read) -> None:
    reading = read("指標\t單位\t2022 年\t2021 年\t變動\t2025 年目標\n耗水量\t噸\t8\t9\t-11%\t5\n")
    plain = [figure for figure in reading.figures if figure.plain]
    assert [(figure.period, figure.value) for figure in plain] == [("2022", Decimal(8)), ("2021", Decimal(9))]
    beside = [(f.kind, f.period, f.value) for f in reading.figures if not f.plain]
    assert beside == [("change", "", Decimal(-11)), ("target", "2025", Decimal(5))]


def test_two_columns_of_one_period_are_not_told_apart_by_chance(read: Read) -> None:
    reading = read("指標\t2023 年\t2022/23 財年\n耗水量（噸）\t5\t7\n")
    assert [(figure.period, figure.value) for figure in reading.figures] == [("2023", Decimal(5))]
    assert [unread.why for unread in reading.unread] == ["a second column for 2023: '7'"]


def test_a_row_printed_twice_is_two_figures_of_their_own(read: Read) -> None:
    reading = read("指標\t單位\t2022 年\t2021 年\n耗水量\t噸\t8\t9\n耗水量\t噸\t8\t9\n")
    assert len({figure.id for figure in reading.figures}) == 4


def test_a_row_with_more_cells_than_headings_is_not_guessed_at(read: Read) -> None:
    reading = read("指標\t單位\t2022 年\t2021 年\n流失率\t男性\t%\t15.1\t16.2\n耗水量\t噸\t8\t9\n")
    assert shown(reading) == [("耗水量", "2022", "8"), ("耗水量", "2021", "9")]
    assert [(u.place, u.why) for u in reading.unread] == [
        ("9999-2022.zh-Hant.kpi.t1.r1", "more cells than the header names")
    ]


def test_a_cell_of_words_with_digits_is_reported_unread(read: Read) -> None:
    reading = read("指標\t單位\t2022 年\t2021 年\n耗水量\t噸\t見附註 3\t9\n")
    assert shown(reading) == [("耗水量", "2021", "9")]
    assert [(unread.why, unread.cells) for unread in reading.unread] == [("not a number: '見附註 3'", 1)]


def test_a_table_of_no_period_is_reported_unread_and_kept_as_passages(read: Read) -> None:
    reading = read("議題\t第一組\t第二組\n用水\t第 1 項\t第 2 項\n用電\t第 3 項\t第 4 項\n")
    assert reading.figures == ()
    assert [(unread.why, unread.cells) for unread in reading.unread] == [("no column says which period it is for", 4)]
    assert len(reading.passages) == 2


@pytest.mark.parametrize(("lead", "year"), [("", "2022"), ("2021 年員工構成：\n\n", "2021")])
def test_a_table_of_one_year_is_the_reports_or_the_one_its_lead_in_names(lead: str, year: str, read: Read) -> None:
    reading = read(f"{lead}| 類別 | 人數 |\n|---|---|\n| 研發員工 | 30 |\n| 銷售員工 | 20 |\n")
    assert [(figure.period, figure.value) for figure in reading.figures] == [(year, Decimal(30)), (year, Decimal(20))]


def test_a_footnote_mark_is_no_part_of_label_or_value(read: Read) -> None:
    reading = read(
        "指標\t單位\t2022 年\t2021 年\n耗水量(1)\t噸\t8*\t9<sup>(2)</sup>\n\n註：\n\n- (1) 包括飲用水。\n- (2) 無關。\n"
    )
    assert shown(reading)[0] == ("耗水量", "2022", "8")
    assert one(reading).notes == ("包括飲用水。",)
    assert one(reading, "2021").digits == "9"


def test_a_unit_per_head_is_an_intensity(read: Read) -> None:
    figure = one(read("指標\t單位\t2022 年\t2021 年\n耗水量\t噸/人\t5\t4\n"))
    assert (figure.metrics, figure.per) == (("water_total",), "per_employee")


def test_a_row_the_lexicon_does_not_know_is_a_figure_all_the_same(read: Read) -> None:
    figure = one(read("指標\t單位\t2022 年\t2021 年\n乜乜物物\t套\t5\t4\n"))
    assert (figure.metrics, figure.labels, figure.value) == ((), ("乜乜物物",), Decimal(5))


def test_two_levels_of_header_name_a_column_by_both(read: Read) -> None:
    reading = read(
        "<table><tr><th rowspan=2>指標</th><th colspan=2>男性</th><th colspan=2>女性</th></tr>"
        "<tr><th>2022</th><th>2021</th><th>2022</th><th>2021</th></tr>"
        "<tr><td>流失率（%）</td><td>5</td><td>4</td><td>3</td><td>2</td></tr></table>\n"
    )
    held = {(figure.members, figure.period): figure.value for figure in reading.figures}
    male, female = (("gender", "male"),), (("gender", "female"),)
    assert held == {(male, "2022"): 5, (male, "2021"): 4, (female, "2022"): 3, (female, "2021"): 2}
    assert len({figure.id for figure in reading.figures}) == 4


def test_every_row_is_a_passage_whether_read_or_not(read: Read) -> None:
    reading = read(STAFF + "流失率\t男性\t%\t見附註 1\t見附註 2\t未計\n耗水量\t\t噸\t1\t2\t3\n")
    assert [passage.blocks for passage in reading.passages] == [("kpi.t1.r1",), ("kpi.t1.r2",)]
    assert {figure.row_key for figure in reading.figures} == {"kpi.t1.r2"}


def test_a_caption_names_what_rows_of_totals_and_groups_speak_of(read: Read) -> None:
    reading = read("表1 員工流失率（%）\n\n類別\t2022 年\t2021 年\n整體\t20.1\t22.4\n男性\t18.0\t19.5\n")
    assert {figure.metrics for figure in reading.figures} == {("turnover_rate",)}
    assert {figure.unit for figure in reading.figures} == {"%"}
    assert [figure.members for figure in reading.figures][-1] == (("gender", "male"),)


def test_a_caption_names_what_columns_of_groups_speak_of(read: Read) -> None:
    reading = read("員工流失率（%）\n\n| 年度 | 整體 | 女性 |\n| --- | --- | --- |\n| 2022 年 | 20.1 | 18.0 |\n")
    assert [(figure.metrics, figure.members) for figure in reading.figures] == [
        (("turnover_rate",), ()),
        (("turnover_rate",), (("gender", "female"),)),
    ]


def test_a_caption_lends_its_metric_to_no_row_that_names_something_else(read: Read) -> None:
    reading = read("員工流失率（%）\n\n類別\t2022 年\t2021 年\n女性客戶滿意度調查回覆\t20.1\t22.4\n")
    assert all("turnover_rate" not in figure.metrics for figure in reading.figures)


def test_a_caption_states_a_unit_beside_a_date(read: Read) -> None:
    reading = read("員工人數（於12月31日，人）\n\n類別\t2022 年\t2021 年\n男性\t120\t110\n")
    assert {figure.unit_text for figure in reading.figures} == {"人"}
