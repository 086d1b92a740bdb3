"""Units: spellings in three scripts, exact conversion, names for a reader, the unit a question asks for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.script import LANGUAGES, Language
from index.units import (
    ATOMS,
    SCALES,
    Atom,
    Scale,
    Unit,
    UnitError,
    convert,
    find_unit_words,
    read_unit,
    scale_of,
    unit_name,
    write,
)

SPELLINGS = [
    # greenhouse gases
    ("噸 二氧化碳當量", "tCO2e"),
    ("吨二氧化碳当量", "tCO2e"),
    ("公噸二氧化碳當量", "tCO2e"),
    ("二氧化碳當量（噸）", "tCO2e"),
    ("噸（二氧化碳當量）", "tCO2e"),
    ("tCO2e", "tCO2e"),
    ("tCO₂e", "tCO2e"),
    ("tCO2-eq", "tCO2e"),
    ("tonnes of CO2 equivalent", "tCO2e"),
    ("tonnes CO2-e", "tCO2e"),
    ("Tonnes of carbon dioxide equivalent", "tCO2e"),
    ("Tonnes of CO₂ equivalent (tCO₂e)", "tCO2e"),
    ("CO2e (tonnes)", "tCO2e"),
    ("千克二氧化碳當量", "kgCO2e"),
    ("kgCO₂e", "kgCO2e"),
    ("噸二氧化碳", "tCO2"),
    ("千噸二氧化碳當量", "thousand tCO2e"),
    # mass
    ("噸", "t"),
    ("公噸", "t"),
    ("Tonnes", "t"),
    ("metric tons", "t"),
    ("噸 (t)", "t"),
    ("(in tonnes)", "t"),
    ("以噸計算", "t"),
    ("單位：噸", "t"),
    ("千克", "kg"),
    ("公斤", "kg"),
    ("kilograms", "kg"),
    ("克", "g"),
    ("'000 tonnes", "thousand t"),
    ("萬噸", "10k t"),
    ("噸標準煤", "tce"),
    # energy
    ("兆瓦時", "MWh"),
    ("兆瓦时", "MWh"),
    ("MWH", "MWh"),
    ("千瓦時", "kWh"),
    ("千瓦·時", "kWh"),
    ("KWh", "kWh"),
    ("kWh in 000s", "thousand kWh"),
    ("kWh in '000s", "thousand kWh"),
    ("千個千瓦時", "thousand kWh"),
    ("'000 kWh", "thousand kWh"),
    ("’000 kWh", "thousand kWh"),
    ("1,000 kWh", "thousand kWh"),
    ("萬千瓦時", "10k kWh"),
    ("百萬千瓦時", "million kWh"),
    ("吉焦 (GJ)", "GJ"),
    ("吉焦（GJ）", "GJ"),
    ("gigajoules", "GJ"),
    ("兆焦", "MJ"),
    ("TJ", "TJ"),
    ("GWh", "GWh"),
    # volume, area, length
    ("立方米", "m3"),
    ("m³", "m3"),
    ("㎥", "m3"),
    ("cubic metres", "m3"),
    ("千立方米", "thousand m3"),
    ("萬立方米", "10k m3"),
    ("公升", "L"),
    ("litres", "L"),
    ("平方米", "m2"),
    ("sq. m.", "m2"),
    ("平方呎", "sqft"),
    ("平方英尺", "sqft"),
    ("square feet", "sqft"),
    ("公頃", "ha"),
    ("畝", "mu"),
    ("公里", "km"),
    # money
    ("元", "CNY"),
    ("人民幣元", "CNY"),
    ("RMB", "CNY"),
    ("萬元", "10k CNY"),
    ("人民幣萬元", "10k CNY"),
    ("人民幣（萬元）", "10k CNY"),
    ("RMB 10,000", "10k CNY"),
    ("RMB’0,000", None),
    ("RMB'000", "thousand CNY"),
    ("RMB’000", "thousand CNY"),
    ("人民幣千元", "thousand CNY"),
    ("千元", "thousand CNY"),
    ("in thousands of RMB", "thousand CNY"),
    ("百萬元", "million CNY"),
    ("RMB million", "million CNY"),
    ("RMB mn", "million CNY"),
    ("million yuan", "million CNY"),
    ("億元", "100m CNY"),
    ("RMB bn", "billion CNY"),
    ("港幣千元", "thousand HKD"),
    ("HK$'000", "thousand HKD"),
    ("HK$ million", "million HKD"),
    ("HK$m", "million HKD"),
    ("百萬港元", "million HKD"),
    ("US$ million", "million USD"),
    ("萬美元", "10k USD"),
    ("EUR", "EUR"),
    # counts and shares
    ("%", "%"),
    ("(%)", "%"),
    ("百分比", "%"),
    ("per cent", "%"),
    ("percentage", "%"),
    ("百分點", "pp"),
    ("percentage points", "pp"),
    ("人", "person"),
    ("名", "person"),
    ("persons", "person"),
    ("No. of employees", "person"),
    ("人次", "attendance"),
    ("千人次", "thousand attendance"),
    ("次", "time"),
    ("times", "time"),
    ("起", "case"),
    ("宗", "case"),
    ("cases", "case"),
    ("件", "piece"),
    ("家", "company"),
    ("suppliers", "supplier"),
    ("小時", "hour"),
    ("hours", "hour"),
    ("天", "day"),
    ("days", "day"),
    ("工作日", "day"),
    ("年", "year"),
    # composites
    ("兆瓦時 / 萬元", "MWh/10k CNY"),
    ("兆瓦时/万元", "MWh/10k CNY"),
    ("MWh/RMB 10,000", "MWh/10k CNY"),
    ("MWh per RMB10,000", "MWh/10k CNY"),
    ("MWh per RMB 10,000 of revenue", "MWh/10k CNY"),
    ("兆瓦時每萬元", "MWh/10k CNY"),
    ("噸 二氧化碳當量 / 百萬元", "tCO2e/million CNY"),
    ("tCO2e/RMB million of revenue", "tCO2e/million CNY"),
    ("tonnes CO₂e per million RMB", "tCO2e/million CNY"),
    ("tonnes per million HKD revenue", "t/million HKD"),
    ("噸/百萬港元收入", "t/million HKD"),
    ("立方米 / 人", "m3/person"),
    ("m³/employee", "m3/person"),
    ("立方米/每名僱員", "m3/person"),
    ("千克 / 立方米", "kg/m3"),
    ("kg/m²", "kg/m2"),
    ("kg/employee", "kg/person"),
    ("小時/人", "hour/person"),
    ("hours per employee", "hour/person"),
    ("kWh/m² of floor area", "kWh/m2"),
    ("千瓦時／平方米建築面積", "kWh/m2"),
    ("kWh/m2/year", "kWh/m2/year"),
    ("噸二氧化碳當量 / 兆瓦時", "tCO2e/MWh"),
    ("kgCO2e/kWh", "kgCO2e/kWh"),
    ("cases per million hours worked", "case/million hour"),
    ("宗／百萬工時", "case/million hour"),
    ("cases per 1,000 employees", "case/thousand person"),
    ("cases per 200,000 hours", "case/200k hour"),
]

NO_UNITS = [
    *(
        "",
        " ",
        "-",
        "—",
        "/",
        "N/A",
        "不適用",
        "5",
        "2022 年",
        "2022",
        "1,378",
        "100 人",
        "1,000 人",
        "10,000 元",
        "100 kWh",
        "披露章節",
        "單位",
        "Unit",
        "指標",
    ),
    *(
        "無",
        "$",
        "dollars",
        "pct",
        "Mt",
        "MTCO2e",
        "pounds",
        "噸（kg）",
        "kWh (MWh)",
        "千",
        "萬",
        "million",
        "per employee",
    ),
    *("貫徹低碳運營理念", "total", "m persons", "百萬%", "人/", "x" * 200),
]


@pytest.mark.parametrize(("text", "symbol"), SPELLINGS)
def test_a_unit_is_read_in_any_script(text: str, symbol: str | None) -> None:
    unit = read_unit(text)
    assert (unit.symbol if unit else None) == symbol


@pytest.mark.parametrize("text", NO_UNITS)
def test_what_names_no_one_unit_is_none(text: str) -> None:
    assert read_unit(text) is None


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("噸", "mass"),
        ("tCO2e", "ghg_mass"),
        ("tCO2", "co2_mass"),
        ("kWh", "energy"),
        ("萬元", "money"),
        ("人", "person"),
        ("次", "time"),
        ("小時", "duration"),
        ("兆瓦時 / 萬元", "energy/money"),
        ("千克 / 立方米", "mass/volume"),
    ],
)
def test_a_unit_has_a_dimension_for_each_part(text: str, dimension: str) -> None:
    assert known(text).dimension == dimension


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("378.80", "tCO2e", "kgCO2e", "378800"),
        ("0.044", "噸", "千克", "44"),
        ("60.3", "萬元", "元", "603000"),
        ("60.3", "萬元", "RMB million", "0.603"),
        ("1.5", "億元", "RMB'000", "150000"),
        ("651976.89", "千瓦時", "兆瓦時", "651.97689"),
        ("652.50", "MWh", "GJ", "2349"),
        ("3.6", "GJ", "MWh", "1"),
        ("5", "'000 kWh", "MWh", "5"),
        ("1049", "m3", "L", "1049000"),
        ("9.3", "千立方米", "m3", "9300"),
        ("1", "ha", "m2", "10000"),
        ("15", "畝", "公頃", "1"),
        ("1000", "sqft", "m2", "92.90304"),
        ("90", "分鐘", "小時", "1.5"),
        ("3", "百分點", "bp", "300"),
        ("0.1844", "tCO2e/million RMB", "kgCO2e/萬元", "1.844"),
        ("0.0094", "MWh/RMB 10,000", "kWh/RMB", "0.00094"),
        ("0.0094", "MWh/RMB 10,000", "GJ/RMB million", "3.384"),
        ("0.5810", "tCO2e/MWh", "kgCO2e/kWh", "0.581"),
        ("0.76", "m3/employee", "L/person", "760"),
        ("0", "t", "kg", "0"),
        ("-2.5", "t", "kg", "-2500"),
    ],
)
def test_conversion_is_exact(value: str, source: str, target: str, expected: str) -> None:
    assert convert(Decimal(value), known(source), known(target)) == Decimal(expected)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("tCO2e", "噸"),
        ("噸", "kgCO2e"),
        ("tCO2", "tCO2e"),
        ("RMB", "HKD"),
        ("萬元", "HK$ million"),
        ("MWh/RMB 10,000", "MWh/HK$ million"),
        ("MWh", "MWh/RMB 10,000"),
        ("%", "pp"),
        ("人", "人次"),
        ("次", "宗"),
        ("小時", "天"),
        ("kWh", "m3"),
        ("噸標準煤", "GJ"),
    ],
)
def test_two_dimensions_never_convert(source: str, target: str) -> None:
    with pytest.raises(UnitError, match="cannot be stated in") as error:
        convert(Decimal(1), known(source), known(target))
    assert known(source).symbol in str(error.value)
    assert known(target).symbol in str(error.value)


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6),
    pair=st.sampled_from([("t", "kg"), ("MWh", "kWh"), ("萬元", "RMB million"), ("tCO2e/萬元", "kgCO2e/RMB million")]),
)
def test_converting_there_and_back_changes_nothing(value: Decimal, pair: tuple[str, str]) -> None:
    source, target = known(pair[0]), known(pair[1])
    assert convert(convert(value, source, target), target, source) == value


@pytest.mark.parametrize(
    ("unit", "language", "name"),
    [
        ("tCO2e", "en", "tonnes of CO₂ equivalent"),
        ("tCO2e", "zh-Hant", "噸二氧化碳當量"),
        ("tCO2e", "zh-Hans", "吨二氧化碳当量"),
        ("MWh/10k RMB", "en", "MWh per RMB 10,000"),
        ("兆瓦時 / 萬元", "zh-Hant", "兆瓦時/萬元"),
        ("兆瓦時 / 萬元", "zh-Hans", "兆瓦时/万元"),
        ("噸/百萬港元", "en", "tonnes per HK$ million"),
        ("cases per million hours", "en", "cases per million hours"),
        ("千個千瓦時", "zh-Hant", "千個千瓦時"),
        ("平方呎", "zh-Hans", "平方英尺"),
        ("百分點", "zh-Hant", "個百分點"),
        ("m³/employee", "en", "m³ per person"),
    ],
)
def test_a_unit_is_named_in_the_readers_language(unit: str, language: Language, name: str) -> None:
    assert unit_name(known(unit), language) == name


@pytest.mark.parametrize(
    ("value", "unit", "name"),
    [("1", "t", "tonne"), ("1.00", "t", "tonne"), ("0", "t", "tonnes"), ("0.27", "t", "tonnes"), ("1", "人", "person")],
)
def test_an_english_name_agrees_with_its_number(value: str, unit: str, name: str) -> None:
    assert unit_name(known(unit), "en", value=Decimal(value)) == name


@pytest.mark.parametrize(
    ("value", "unit", "language", "written"),
    [
        ("378.80", "tCO2e", "en", "378.80 tonnes of CO₂ equivalent"),
        ("378.80", "tCO2e", "zh-Hant", "378.80 噸二氧化碳當量"),
        ("378.80", "tCO2e", "zh-Hans", "378.80 吨二氧化碳当量"),
        ("1", "噸", "en", "1 tonne"),
        ("46", "%", "en", "46%"),
        ("46", "%", "zh-Hans", "46%"),
        ("3", "pp", "en", "3 percentage points"),
        ("3", "pp", "zh-Hant", "3 個百分點"),
        ("60.3", "萬元", "en", "60.3 (in units of RMB 10,000)"),
        ("60.3", "萬元", "zh-Hant", "60.3 萬元"),
        ("60.3", "RMB million", "en", "RMB 60.3 million"),
        ("1,200", "HK$'000", "en", "HK$1,200 thousand"),
        ("603,000", "元", "en", "RMB 603,000"),
        ("603,000", "港元", "zh-Hans", "603,000 港元"),
        ("0.0032", "兆瓦時 / 萬元", "en", "0.0032 MWh per RMB 10,000"),
        (Decimal("1529.240"), "MWh", "en", "1,529.240 MWh"),
        ("1,378", "人", "en", "1,378 people"),
    ],
)
def test_writing_an_amount_keeps_its_digits(value: Decimal | str, unit: str, language: Language, written: str) -> None:
    assert write(value, known(unit), language) == written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("atom", ATOMS, ids=lambda atom: atom.symbol)
def test_every_name_we_write_reads_back(atom: Atom, language: Language) -> None:
    unit = Unit(symbol=atom.symbol, dimension=atom.dimension)
    if (atom.symbol, language) != ("multiple", "en"):  # '3 times' in English is 倍 or 次
        assert read_unit(unit_name(unit, language)) == unit


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.symbol)
def test_every_scale_we_write_reads_back(scale: Scale, language: Language) -> None:
    unit = Unit(symbol=f"kg/{scale.symbol} CNY", dimension="mass/money")
    assert read_unit(unit_name(unit, language)) == unit
    assert scale_of(Unit(symbol=f"{scale.symbol} CNY", dimension="money")) == scale.factor


@pytest.mark.parametrize(
    ("question", "symbol"),
    [
        ("How much hazardous waste was produced, in kg?", "kg"),
        ("How much electricity was purchased in 2021, in kWh?", "kWh"),
        ("What was the donation in RMB million?", "million CNY"),
        ("Give the energy intensity in MWh per RMB 10,000", "MWh/10k CNY"),
        ("convert Scope 2 to kgCO2e", "kgCO2e"),
        ("Express water use as litres", "L"),
        ("What is it as a percentage of revenue?", "%"),
        ("以千克計，有害廢棄物是多少？", "kg"),
        ("換算成千克是多少？", "kg"),
        ("用千瓦时表示外购电力", "kWh"),
        ("外購電力折合多少兆瓦時？", "MWh"),
        ("请以万元为单位回答", "10k CNY"),
        ("單位用公斤", "kg"),
        ("排放密度按千克二氧化碳當量/萬元計", "kgCO2e/10k CNY"),
        ("How many employees were there in 2022?", None),
        ("2022 年有多少人？", None),
        ("外购电力是多少千瓦时？", "kWh"),
        ("How many litres of water did it use?", "L"),
        ("裝了多少升降機？", None),
        ("What were emissions in China in 2022?", None),
        ("Was training given in person?", None),
        ("為何以人為本？", None),
        ("How did it change in three years?", None),
        ("", None),
    ],
)
def test_a_question_may_ask_for_a_unit(question: str, symbol: str | None) -> None:
    unit = find_unit_words(question)
    assert (unit.symbol if unit else None) == symbol


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_units(text: str) -> None:
    read_unit(text)
    find_unit_words(text)


def known(text: str) -> Unit:
    unit = read_unit(text)
    assert unit is not None, text
    return unit
