"""Numbers: in sentences, in cells, written and read back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.quantity import Cell, Quantity, find_quantities, format_decimal, read_cell
from index.script import LANGUAGES, Language
from index.units import read_unit

AMOUNTS = [
    # text, span, value, unit, qualifier
    ("用水 1,529.24 立方米", "1,529.24 立方米", "1529.24", "m3", None),
    ("１，２３４人", "１，２３４人", "1234", "person", None),
    ("５０．５噸", "５０．５噸", "50.5", "t", None),
    ("獎金高達 54 萬元", "54 萬元", "540000", "CNY", "up_to"),
    ("奖金54万元", "54万元", "540000", "CNY", None),
    ("約 3.2 億港元", "3.2 億港元", "320000000", "HKD", "about"),
    ("收入 2.5 億", "2.5 億", "250000000", None, None),
    ("用電 1,234.5 萬千瓦時", "1,234.5 萬千瓦時", "12345000", "kWh", None),
    ("減少 3 千噸", "3 千噸", "3000", "t", None),
    ("5 千克", "5 千克", "5", "kg", None),
    ("人民幣 369 萬元", "人民幣 369 萬元", "3690000", "CNY", None),
    ("人民币5,000万元", "人民币5,000万元", "50000000", "CNY", None),
    ("1.2億元人民幣", "1.2億元人民幣", "120000000", "CNY", None),
    ("￥5,000", "￥5,000", "5000", "CNY", None),
    ("RMB 540,000", "RMB 540,000", "540000", "CNY", None),
    ("RMB0.54 million", "RMB0.54 million", "540000", "CNY", None),
    ("RMB5m", "RMB5m", "5000000", "CNY", None),
    ("HK$500k", "HK$500k", "500000", "HKD", None),
    ("US$1.2bn", "US$1.2bn", "1200000000", "USD", None),
    ("$5 million", "$5 million", "5000000", None, None),
    ("a loss of -HK$5 million", "-HK$5 million", "-5000000", "HKD", None),
    ("一千餘家", "一千餘家", "1000", "company", "more_than"),
    ("超過一千家", "一千家", "1000", "company", "more_than"),
    ("7000 餘家", "7000 餘家", "7000", "company", "more_than"),
    ("逾 7,000 家", "7,000 家", "7000", "company", "more_than"),
    ("2.3萬餘人次", "2.3萬餘人次", "23000", "attendance", "more_than"),
    ("30 多萬噸", "30 多萬噸", "300000", "t", "more_than"),
    ("三千餘萬元", "三千餘萬元", "30000000", "CNY", "more_than"),
    ("百餘個機櫃", "百餘個", "100", "item", "more_than"),
    ("近百名志願者", "百名", "100", "person", "nearly"),
    ("過百家", "百家", "100", "company", "more_than"),
    ("上千人", "千人", "1000", "person", "about"),
    ("十二家銀行", "十二家", "12", "company", None),
    ("六大國有銀行", "六大", "6", None, None),
    ("兩萬五千人", "兩萬五千人", "25000", "person", None),
    ("一百零八名", "一百零八名", "108", "person", None),
    ("三千五百六十七人", "三千五百六十七人", "3567", "person", None),
    ("三億五千萬元", "三億五千萬元", "350000000", "CNY", None),
    ("兩點五倍", "兩點五倍", "2.5", "multiple", None),
    ("發生零宗", "零宗", "0", "case", None),
    ("新增一家公司", "一家公司", "1", "company", None),
    ("共一個委員會", "一個", "1", "item", None),
    ("111 支隊伍", "111 支", "111", None, None),
    ("不少於 15 小時", "15 小時", "15", "hour", "at_least"),
    ("培訓每月至少 2 次", "2 次", "2", "time", "at_least"),
    ("不高於 5 噸", "5 噸", "5", "t", "up_to"),
    ("不足 10 人", "10 人", "10", "person", "less_than"),
    ("100 人左右", "100 人", "100", "person", "about"),
    ("節約 5 噸", "5 噸", "5", "t", None),
    ("近三年", "三年", "3", "year", None),
    ("最近 5 年", "5 年", "5", "year", None),
    ("8 周年", "8 周年", "8", "year", None),
    ("6 個月", "6 個月", "6", "month", None),
    ("50 歲以上", "50 歲", "50", "year old", "at_least"),
    ("30 歲（含）以下", "30 歲", "30", "year old", "up_to"),
    ("因數為 0.5810 噸二氧化碳當量 / 兆瓦時", "0.5810 噸二氧化碳當量 / 兆瓦時", "0.5810", "tCO2e/MWh", None),
    ("0.5810 噸/兆瓦時", "0.5810 噸/兆瓦時", "0.5810", "t/MWh", None),
    ("5 宗／百萬工時", "5 宗／百萬工時", "5", "case/million hour", None),
    ("more than 7,000 institutions", "7,000 institutions", "7000", "company", "more_than"),
    ("over 30 suppliers", "30 suppliers", "30", "supplier", "more_than"),
    ("approximately 5.5 tonnes", "5.5 tonnes", "5.5", "t", "about"),
    ("no fewer than 12 hours", "12 hours", "12", "hour", "at_least"),
    ("no more than 5 cases", "5 cases", "5", "case", "up_to"),
    ("fewer than 10 people", "10 people", "10", "person", "less_than"),
    ("15,000+ hours", "15,000+ hours", "15000", "hour", "at_least"),
    ("5 days or more", "5 days", "5", "day", "at_least"),
    ("a 24-hour hotline", "24-hour", "24", "hour", None),
    ("0.57 tCO₂e per employee", "0.57 tCO₂e per employee", "0.57", "tCO2e/person", None),
    ("0.1844 tCO2e/RMB million", "0.1844 tCO2e/RMB million", "0.1844", "tCO2e/million CNY", None),
    ("12.5 m² per person", "12.5 m² per person", "12.5", "m2/person", None),
    ("12kg", "12kg", "12", "kg", None),
    ("2 million tonnes", "2 million tonnes", "2000000", "t", None),
    ("twelve banks", "twelve", "12", None, None),
    ("Twenty-one directors", "Twenty-one", "21", None, None),
    ("two hundred and five people", "two hundred and five people", "205", "person", None),
    ("about a million tonnes", "a million tonnes", "1000000", "t", "about"),
    ("a dozen", "a dozen", "12", None, None),
    ("zero fatalities", "zero", "0", None, None),
    ("fell to -3.2", "-3.2", "-3.2", None, None),
    ("−3.2", "−3.2", "-3.2", None, None),
    ("氣溫在 6° C 以下", "6° C", "6", "degC", "up_to"),
    ("1,234¹", "1,234", "1234", None, None),
    ("2020 家", "2020 家", "2020", "company", None),
    ("2,022 people", "2,022 people", "2022", "person", None),
]

SHARES = [
    ("99% 以上", "99%", "99", "at_least"),
    ("高达97%", "97%", "97", "up_to"),
    ("超過了 95%", "95%", "95", "more_than"),
    ("接近 80%", "80%", "80", "nearly"),
    ("百分之五", "百分之五", "5", None),
    ("百分之九十九點五", "百分之九十九點五", "99.5", None),
    ("百分之 0.5", "百分之 0.5", "0.5", None),
    ("百分之百", "百分之百", "100", None),
    ("約兩成", "兩成", "20", "about"),
    ("三成半", "三成半", "35", None),
    ("八成五員工", "八成五", "85", None),
    ("七成以上", "七成", "70", "at_least"),
    ("(5.6)%", "(5.6)%", "-5.6", None),
    ("下降 -5%", "-5%", "-5", None),
    ("nearly 20%", "20%", "20", "nearly"),
    ("ten per cent", "ten per cent", "10", None),
    ("男性 54%（46%）", "54%", "54", None),
    ("<b>16%</b>", "16%", "16", None),
]

POINTS = [
    ("同比增長 3pct", "3pct", "3", "pp"),
    ("提高 3 pct", "3 pct", "3", "pp"),
    ("減少 3.5 個百分點", "3.5 個百分點", "3.5", "pp"),
    ("5.2 percentage points higher", "5.2 percentage points", "5.2", "pp"),
    ("25 個基點", "25 個基點", "25", "bp"),
]

NAMED = [
    # what is written with digits and counts nothing
    ("截至 2022 年 1 月 1 日", "2022 年 1 月 1 日", "date", "2022"),
    ("2022年12月31日", "2022年12月31日", "date", "2022"),
    ("二零二二年十二月三十一日", "二零二二年十二月三十一日", "date", "2022"),
    ("三月三十一日", "三月三十一日", "date", "3"),
    ("2022 年 7 月", "2022 年 7 月", "date", "2022"),
    ("2022.11 取得認證", "2022.11", "date", "2022"),
    ("2014.3 成立", "2014.3", "date", "2014"),
    ("2022-11-03", "2022-11-03", "date", "2022"),
    ("31/12/2022", "31/12/2022", "date", "2022"),
    ("as at 31 December 2022", "31 December 2022", "date", "2022"),
    ("March 31, 2022", "March 31, 2022", "date", "2022"),
    ("in May 2022", "May 2022", "date", "2022"),
    ("2022 年", "2022 年", "year", "2022"),
    ("2022年度", "2022年度", "year", "2022"),
    ("二〇二二年", "二〇二二年", "year", "2022"),
    ("FY2022", "FY2022", "year", "2022"),
    ("FY22", "FY22", "year", "2022"),
    ("2021/22 財政年度", "2021/22 財政年度", "year", "2021"),
    ("in 2022 employees were trained", "2022", "year", "2022"),
    ("自 2019 起", "2019", "year", "2019"),
    ("百融 2022 百人計劃", "2022", "year", "2022"),
    ("by 2030", "2030", "year", "2030"),
    ("股份代號：00388", "股份代號：00388", "code", "0"),
    ("(6608.HK)", "6608.HK", "code", "0"),
    ("關鍵績效指標 A1.2", "A1.2", "code", "0"),
    ("B6.1", "B6.1", "code", "0"),
    ("ISO27001", "ISO27001", "code", "0"),
    ("ISO/IEC 27701 : 2019", "ISO/IEC 27701 : 2019", "code", "0"),
    ("ISO/IEC 27701：2019", "ISO/IEC 27701：2019", "code", "0"),
    ("ISO 9001、14001 及 45001", "ISO 9001、14001 及 45001", "code", "0"),
    ("GRI 305-1", "GRI 305-1", "code", "0"),
    ("IFRS S2", "IFRS S2", "code", "0"),
    ("分為 P0-P4", "P0-P4", "code", "0"),
    ("Scope 2", "Scope 2", "code", "0"),
    ("Scopes 1, 2 and 3", "Scopes 1, 2 and 3", "code", "0"),
    ("範疇二", "範疇二", "code", "0"),
    ("範圍 2", "範圍 2", "code", "0"),
    ("范畴1、2及3", "范畴1、2及3", "code", "0"),
    ("範疇一和範圍二", "範疇一和範圍二", "code", "0"),
    ("附錄二十七", "附錄二十七", "code", "0"),
    ("附錄 C2", "附錄 C2", "code", "0"),
    ("SDG 13", "SDG 13", "code", "0"),
    ("T3+", "T3+", "code", "0"),
    ("B2B", "B2B", "code", "0"),
    ("3D", "3D", "code", "0"),
    ("5G 網絡", "5G", "code", "0"),
    ("COVID-19", "COVID-19", "code", "0"),
    ("V1.0", "V1.0", "code", "0"),
    ("7×24", "7×24", "code", "0"),
    ("7x24", "7x24", "code", "0"),
    ("24/7", "24/7", "code", "0"),
    ("12,345,67", "12,345,67", "code", "0"),
    ("01 公司治理", "01", "code", "0"),
    ("10 號", "10 號", "code", "0"),
    ("電話：2840 3333", "電話：2840 3333", "code", "0"),
    ("+852 2840 3333", "+852 2840 3333", "code", "0"),
    ("esg2@example.com", "esg2@example.com", "code", "0"),
    ("https://example.com/2022/1", "https://example.com/2022/1", "code", "0"),
    ("1:3.5", "1:3.5", "code", "0"),
    ("第三方", "第三", "ordinal", "3"),
    ("第二十屆", "第二十", "ordinal", "20"),
    ("第 13.91 條", "第 13.91", "ordinal", "13"),
    ("third", "third", "ordinal", "3"),
    ("2nd", "2nd", "ordinal", "2"),
    ("排名 1", "排名 1", "ordinal", "1"),
    ("1. 您的意見", "1.", "ordinal", "1"),
    ("上午 9:30", "9:30", "time_of_day", "0"),
    ("8 p.m.", "8 p.m", "time_of_day", "0"),
]

NO_NUMBERS = [
    *(
        "一直",
        "統一",
        "统一",
        "一致",
        "一定",
        "三方",
        "一系列",
        "萬企興萬村",
        "十分",
        "千人千面",
        "一起",
        "唯一",
        "之一",
        "一般披露",
    ),
    *(
        "每一位員工",
        "這一年",
        "新的一年",
        "一項重要工作",
        "一個開放的平台",
        "一人一策",
        "一站式",
        "一對一",
        "一二三等獎",
        "百分比",
    ),
    *(
        "過億級規模",
        "千萬級使用者",
        "百忙之中",
        "十字路口",
        "五道口",
        "八里罕鎮",
        "雙碳",
        "十三五",
        "一帶一路",
        "二十大",
        "一成不變",
    ),
    *(
        "數百名",
        "幾十家",
        "兩三家",
        "一百二家",
        "若干家",
        "一是全面",
        "五是紮實",
        "四川",
        "九龍",
        "十一黃金週",
        "零工傷",
        "半年",
    ),
    *(
        "one of the largest",
        "tenants",
        "often",
        "hundreds of people",
        "net zero",
        "zero tolerance",
        "zero-carbon",
        "two-thirds",
    ),
    *("", " ", "—", "，", "½", "①", "HK$", "%", "-", "..."),
]


@pytest.mark.parametrize(("text", "span", "value", "unit", "qualifier"), AMOUNTS)
def test_an_amount_is_found_with_its_unit(
    text: str, span: str, value: str, unit: str | None, qualifier: str | None
) -> None:
    found = only(text)
    assert (found.kind, found.text, found.value) == ("amount", span, Decimal(value))
    assert (found.unit.symbol if found.unit else None, found.qualifier) == (unit, qualifier)


@pytest.mark.parametrize(("text", "span", "value", "qualifier"), SHARES)
def test_a_share_is_found_in_per_cent(text: str, span: str, value: str, qualifier: str | None) -> None:
    found = find_quantities(text)[0]
    assert (found.kind, found.text, found.value, found.qualifier) == ("share", span, Decimal(value), qualifier)
    assert found.unit == read_unit("%")


@pytest.mark.parametrize(("text", "span", "value", "unit"), POINTS)
def test_percentage_points_are_no_share(text: str, span: str, value: str, unit: str) -> None:
    found = only(text)
    assert (found.kind, found.text, found.value, found.unit) == ("points", span, Decimal(value), read_unit(unit))


def test_pct_is_per_cent_in_english() -> None:
    assert only("up 3 pct").unit == read_unit("%")


@pytest.mark.parametrize(("text", "span", "kind", "value"), NAMED)
def test_a_number_that_counts_nothing_is_no_amount(text: str, span: str, kind: str, value: str) -> None:
    found = find_quantities(text)[0]
    assert (found.text, found.kind, found.value) == (span, kind, Decimal(value))
    assert found.qualifier is None


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_numeral_in_a_word_is_no_number(text: str) -> None:
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("2022，378", ["2022", "378"]),
        ("12，345", ["12", "345"]),
        ("2021,2022", ["2021", "2022"]),
        ("2022：378.80", ["2022", "378.80"]),
        ("①2022年", ["2022年"]),
        ("2020-2022", ["2020", "2022"]),
        ("2019–2022", ["2019", "2022"]),
        ("2019 -3.2%", ["2019", "-3.2%"]),
        ("2022年-3.2%", ["2022年", "-3.2%"]),
        ("1 次、董事會 2 次", ["1 次", "2 次"]),
        ("Scope 2, 378.80 tCO2e", ["Scope 2", "378.80 tCO2e"]),
        ("2022 年 1 月 1 日至 2022 年 12 月 31 日", ["2022 年 1 月 1 日", "2022 年 12 月 31 日"]),
        ("7x24 小時", ["7x24"]),
        ("P0-P4 五個等級", ["P0-P4", "五個"]),
        ("1,378人，9,596平方米", ["1,378人", "9,596平方米"]),
        ("99%，3pct", ["99%", "3pct"]),
        ("Twenty-five (25) employees", ["Twenty-five", "25"]),
    ],
)
def test_numbers_side_by_side_stay_apart(text: str, spans: list[str]) -> None:
    assert [quantity.text for quantity in find_quantities(text)] == spans


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("10-20 家", "10", "20", "company"),
        ("5 至 10 名", "5", "10", "person"),
        ("3-5 萬元", "30000", "50000", "CNY"),
        ("5%～10%", "5", "10", "%"),
        ("30 歲 -50 歲（含）", "30", "50", "year old"),
        ("between 5 and 10 people", "5", "10", "person"),
        ("95%-97%", "95", "97", "%"),
    ],
)
def test_a_range_shares_its_unit(text: str, low: str, high: str, unit: str) -> None:
    first, second = find_quantities(text)
    assert (first.value, second.value) == (Decimal(low), Decimal(high))
    assert first.qualifier == second.qualifier == "range"
    assert first.unit == second.unit
    assert first.unit is not None
    assert first.unit.symbol == unit


@pytest.mark.parametrize("text", ["from 702 to 687", "由 702 至 687", "26.4% to HK$5 million", "從 12% 至 15%"])
def test_a_change_is_no_range(text: str) -> None:
    assert [quantity.qualifier for quantity in find_quantities(text)] == [None, None]


@pytest.mark.parametrize(
    ("text", "digits"), [("54 萬元", "54"), ("１，２３４", "1,234"), ("一千餘家", "一千"), ("(5.6)%", "-5.6")]
)
def test_digits_are_the_number_as_written(text: str, digits: str) -> None:
    assert only(text).digits == digits


NUMBER_CELLS = [
    # cell, value, digits, unit, footnotes, qualifier
    ("1,529.24", "1529.24", "1,529.24", None, (), None),
    (" 378.80 ", "378.80", "378.80", None, (), None),
    ("１，２３４", "1234", "1,234", None, (), None),
    ("９６％", "96", "96", "%", (), None),
    ("0", "0", "0", None, (), None),
    ("0.00", "0.00", "0.00", None, (), None),
    ("零", "0", "零", None, (), None),
    ("Nil", "0", "Nil", None, (), None),
    ("2022", "2022", "2022", None, (), None),
    ("1 234", "1234", "1 234", None, (), None),
    ("12 345 678.9", "12345678.9", "12 345 678.9", None, (), None),
    ("(5.6)", "-5.6", "-5.6", None, (), None),
    ("（5.6）", "-5.6", "-5.6", None, (), None),
    ("(5.6)%", "-5.6", "-5.6", "%", (), None),
    ("(5.6%)", "-5.6", "-5.6", "%", (), None),
    ("(1,234)", "-1234", "-1,234", None, (), None),
    ("−3.2", "-3.2", "-3.2", None, (), None),
    ("-3.2%", "-3.2", "-3.2", "%", (), None),
    ("+5.2%", "5.2", "5.2", "%", (), None),
    ("46 %", "46", "46", "%", (), None),
    ("19.5ppt", "19.5", "19.5", "pp", (), None),
    ("百分之五", "5", "五", "%", (), None),
    ("三家", "3", "三", "company", (), None),
    ("54 萬元", "54", "54", "10k CNY", (), None),
    ("RMB 5 million", "5", "5", "million CNY", (), None),
    ("HK$1,000", "1000", "1,000", "HKD", (), None),
    ("-HK$5", "-5", "-5", "HKD", (), None),
    ("$5", "5", "5", None, (), None),
    ("378.80 噸二氧化碳當量", "378.80", "378.80", "tCO2e", (), None),
    ("0.0032 兆瓦時 / 萬元", "0.0032", "0.0032", "MWh/10k CNY", (), None),
    ("12 m²", "12", "12", "m2", (), None),
    ("5 支", "5", "5", None, (), None),
    ("1,234(1)", "1234", "1,234", None, ("(1)",), None),
    ("1,234（註1）", "1234", "1,234", None, ("（註1）",), None),
    ("1,234 註1", "1234", "1,234", None, ("註1",), None),
    ("1,234 (note 2)", "1234", "1,234", None, ("(note 2)",), None),
    ("1,234*", "1234", "1,234", None, ("*",), None),
    ("1,234^", "1234", "1,234", None, ("^",), None),
    ("1,234#†", "1234", "1,234", None, ("#†",), None),
    ("1,234¹", "1234", "1,234", None, ("¹",), None),
    ("95.3%²", "95.3", "95.3", "%", ("²",), None),
    ("1,234 (a)", "1234", "1,234", None, ("(a)",), None),
    ("1,234[1]*", "1234", "1,234", None, ("[1]", "*"), None),
    ("(5.6)(1)", "-5.6", "-5.6", None, ("(1)",), None),
    ("約 30", "30", "30", None, (), "about"),
    ("approximately 30 hours", "30", "30", "hour", (), "about"),
    ("超過 7000 餘家", "7000", "7000", "company", (), "more_than"),
    ("7000 餘家", "7000", "7000", "company", (), "more_than"),
    (">95%", "95", "95", "%", (), "more_than"),
    ("≥ 5", "5", "5", None, (), "at_least"),
    ("<0.01", "0.01", "0.01", None, (), "less_than"),
    ("95% 以上", "95", "95", "%", (), "at_least"),
    ("30+", "30", "30", None, (), "at_least"),
    ("54 萬", "540000", "54", None, (), None),
]


@pytest.mark.parametrize(("text", "value", "digits", "unit", "footnotes", "qualifier"), NUMBER_CELLS)
def test_a_cell_states_a_number(
    text: str, value: str, digits: str, unit: str | None, footnotes: tuple[str, ...], qualifier: str | None
) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.value, cell.digits) == ("number", Decimal(value), digits)
    assert (cell.unit.symbol if cell.unit else None, cell.footnotes, cell.qualifier) == (unit, footnotes, qualifier)


@pytest.mark.parametrize(
    "text",
    [
        "—",
        "–",
        "-",
        "--",
        "——",
        "−",
        "/",
        "…",
        "...",
        "",
        "  ",
        "\u3000",
        "未披露",
        "暫無數據",
        "無數據",
        "not disclosed",
        "N.D.",
    ],
)
def test_a_dash_means_not_disclosed(text: str) -> None:
    assert read_cell(text) == Cell(kind="not_disclosed", value=None, digits="", unit=None, footnotes=(), qualifier=None)


@pytest.mark.parametrize("text", ["N/A", "n.a.", "不適用", "不适用", "Not applicable", "Ｎ／Ａ"])
def test_na_means_not_applicable(text: str) -> None:
    assert read_cell(text).kind == "not_applicable"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "無",
            "1,23,4",
            "12 345 678x",
            "3/9",
            "a. 12",
            "1.2.3",
            "10-20",
            "6608.HK",
            "A1.2",
            "01",
            "2022 年",
            "(1) 234",
            "12,34",
        ),
        *(
            "1，234",
            "ISO27001",
            "貫徹低碳運營理念",
            "*",
            "3pct",
            "31/12/2022",
            "±5",
            "46%（2021：43%）",
            "5 apples",
            "1,2345",
            "12.3.4",
        ),
        *("第三", "三", "5 6", "1 23", "RMB", "%", "約", "5（含）", "1:3.5"),
    ],
)
def test_what_is_no_clear_number_stays_text(text: str) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.value, cell.digits) == ("text", None, "")


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("54 萬", "元", "540000"),
        ("54 萬", "萬元", "54"),
        ("5 million", "RMB million", "5"),
        ("3pct", "百分點", "3"),
        ("3pct", "%", "3"),
    ],
)
def test_a_bare_scale_word_is_read_in_its_columns_unit(text: str, column: str, value: str) -> None:
    assert read_cell(text, unit=read_unit(column)).value == Decimal(value)


def test_a_scale_word_against_its_column_stays_text() -> None:
    assert read_cell("54 萬", unit=read_unit("百萬元")).kind == "text"


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        ("1529.24", None, "1,529.24"),
        ("378.80", None, "378.80"),
        ("0.0032", None, "0.0032"),
        ("-5.6", None, "-5.6"),
        ("48.325", 2, "48.33"),
        ("-48.325", 2, "-48.33"),
        ("5", 1, "5.0"),
        ("1E+3", None, "1,000"),
        ("0", None, "0"),
        ("123456789012345678901234567890.123", None, "123,456,789,012,345,678,901,234,567,890.123"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_keeps_its_decimals_in_print(value: str, digits: int | None, written: str, language: Language) -> None:
    assert format_decimal(Decimal(value), language, digits=digits) == written


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15),
    language=st.sampled_from(LANGUAGES),
)
def test_what_we_write_we_read_back(value: Decimal, language: Language) -> None:
    written = format_decimal(value, language)
    assert [quantity.value for quantity in find_quantities(f"{written}%")] == [value]
    assert read_cell(written).value == value


@given(
    st.text(
        alphabet=st.one_of(
            st.characters(codec="utf-8"), st.sampled_from("0123456789,.%-() 一二三百千萬億年月日家人元餘，：¹²HK$RMBe")
        ),
        max_size=60,
    )
)
def test_no_text_breaks_the_grammar(text: str) -> None:
    end = 0
    for quantity in find_quantities(text):
        assert text[quantity.start : quantity.end] == quantity.text
        assert end <= quantity.start < quantity.end
        end = quantity.end
    assert (read_cell(text).value is not None) == (read_cell(text).kind == "number")


def only(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, found
    return found[0]
