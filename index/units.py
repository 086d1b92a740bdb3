"""Read unit spellings in three scripts, convert between units exactly, write units for a reader (pint)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Final

import pint

from index.errors import EsgQaError
from index.script import Language, fold, render, to_simplified


class UnitError(EsgQaError):
    """An amount in one unit cannot be stated in another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What a number counts: 'tCO2e', '10k CNY', 'MWh/10k CNY'."""

    symbol: str  # parts joined by '/', each with its scale word if any: 'kg/million CNY'
    dimension: str  # of each part, joined by '/': 'mass/money'


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """A unit that is not made of others, with its names and spellings."""

    symbol: str
    dimension: str
    definition: str  # in pint's language, on another atom's symbol; empty: a unit of its own kind
    one: str  # English, after the number 1 and after 'per'
    many: str
    chinese: str  # Traditional; the Simplified name is this one folded
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A power of ten that a report moves from the number into the unit: '000, 萬, million."""

    symbol: str
    factor: int
    english: str
    chinese: str
    spellings: tuple[str, ...]


def _atom(symbol: str, dimension: str, definition: str, names: str, spellings: str) -> Atom:
    one, many, chinese = names.split("|")
    return Atom(
        symbol=symbol,
        dimension=dimension,
        definition=definition,
        one=one,
        many=many,
        chinese=chinese,
        spellings=tuple(spellings.split("|")),
    )


TONNES = "t|tonne|tonnes|ton|tons|metric ton|metric tons|metric tonne|metric tonnes|噸|公噸"
KILOGRAMS = "kg|kgs|kilo|kilos|kilogram|kilograms|kilogramme|kilogrammes|千克|公斤"
GRAMS = "g|gram|grams|gramme|grammes|克"
CARBON_EQUIVALENT = (
    "CO2e|CO2-e|CO2eq|CO2-eq|CO2 eq|CO2 equiv|CO2 equivalent|CO2 equivalents|CO2 equivalent emissions"
    "|carbon dioxide equivalent|carbon dioxide equivalents|carbon equivalent|二氧化碳當量|CO2當量|碳當量|二氧化碳等值"
)
CARBON_DIOXIDE = "CO2|carbon dioxide|二氧化碳"


def _of(masses: str, gases: str) -> str:
    pairs = [(mass, gas) for mass in masses.split("|") for gas in gases.split("|")]
    return "|".join(
        spelling
        for mass, gas in pairs
        for spelling in (f"{mass} {gas}", f"{mass} of {gas}", f"{mass} ({gas})", f"{gas} {mass}", f"{gas} ({mass})")
    )


# Energy, mass and greenhouse gases keep apart: a tonne of CO2 equivalent is no tonne of waste.
# Hours, days and years keep apart: a working day has no agreed number of hours.
ATOMS: Final[tuple[Atom, ...]] = (
    _atom("g", "mass", "", "gram|grams|克", GRAMS),
    _atom("mg", "mass", "0.001 g", "mg|mg|毫克", "mg|milligram|milligrams|毫克"),
    _atom("kg", "mass", "1000 g", "kg|kg|千克", KILOGRAMS),
    _atom("t", "mass", "1000000 g", "tonne|tonnes|噸", TONNES),
    _atom("lb", "mass", "453.59237 g", "lb|lb|磅", "lb|lbs|磅"),
    _atom("gCO2e", "ghg_mass", "", "gram of CO₂ equivalent|grams of CO₂ equivalent|克二氧化碳當量",
          _of(GRAMS, CARBON_EQUIVALENT)),
    _atom("kgCO2e", "ghg_mass", "1000 gCO2e", "kg of CO₂ equivalent|kg of CO₂ equivalent|千克二氧化碳當量",
          _of(KILOGRAMS, CARBON_EQUIVALENT)),
    _atom("tCO2e", "ghg_mass", "1000000 gCO2e", "tonne of CO₂ equivalent|tonnes of CO₂ equivalent|噸二氧化碳當量",
          _of(TONNES, CARBON_EQUIVALENT)),
    _atom("gCO2", "co2_mass", "", "gram of CO₂|grams of CO₂|克二氧化碳", _of(GRAMS, CARBON_DIOXIDE)),
    _atom("kgCO2", "co2_mass", "1000 gCO2", "kg of CO₂|kg of CO₂|千克二氧化碳", _of(KILOGRAMS, CARBON_DIOXIDE)),
    _atom("tCO2", "co2_mass", "1000000 gCO2", "tonne of CO₂|tonnes of CO₂|噸二氧化碳", _of(TONNES, CARBON_DIOXIDE)),
    _atom("tce", "coal_equivalent", "", "tonne of coal equivalent|tonnes of coal equivalent|噸標準煤",
          "tce|tonne of coal equivalent|tonnes of coal equivalent|tonnes of standard coal|噸標準煤|噸標煤"),
    _atom("J", "energy", "", "J|J|焦耳", "J|joule|joules|焦耳"),
    _atom("kJ", "energy", "1000 J", "kJ|kJ|千焦", "kJ|kilojoule|kilojoules|千焦|千焦耳"),
    _atom("MJ", "energy", "1000000 J", "MJ|MJ|兆焦", "MJ|megajoule|megajoules|兆焦|兆焦耳"),
    _atom("GJ", "energy", "1000000000 J", "GJ|GJ|吉焦", "GJ|gigajoule|gigajoules|吉焦|吉焦耳|十億焦耳|千兆焦耳"),
    _atom("TJ", "energy", "1000000000000 J", "TJ|TJ|太焦", "TJ|terajoule|terajoules|太焦|太焦耳"),
    _atom("Wh", "energy", "3600 J", "Wh|Wh|瓦時", "Wh|watt hour|watt hours|瓦時|瓦小時"),
    _atom("kWh", "energy", "3600000 J", "kWh|kWh|千瓦時",
          "kWh|kWhs|kW h|kilowatt hour|kilowatt hours|千瓦時|千瓦小時|千瓦‧時|千瓦·時|度電"),
    _atom("MWh", "energy", "3600000000 J", "MWh|MWh|兆瓦時",
          "MWh|MWhs|MW h|megawatt hour|megawatt hours|兆瓦時|兆瓦小時|兆瓦‧時|兆瓦·時"),
    _atom("GWh", "energy", "3600000000000 J", "GWh|GWh|吉瓦時", "GWh|gigawatt hour|gigawatt hours|吉瓦時|吉瓦小時"),
    _atom("kW", "power", "", "kW|kW|千瓦", "kW|kilowatt|kilowatts|千瓦"),
    _atom("MW", "power", "1000 kW", "MW|MW|兆瓦", "MW|megawatt|megawatts|兆瓦"),
    _atom("GW", "power", "1000000 kW", "GW|GW|吉瓦", "GW|gigawatt|gigawatts|吉瓦"),
    _atom("mu", "area", "", "mu|mu|畝", "mu|畝"),
    _atom("m2", "area", "0.0015 mu", "m²|m²|平方米",
          "m2|m^2|sqm|sq m|sq.m|sq.m.|sq. m.|square metre|square metres|square meter|square meters"
          "|平方米|平方公尺|平米"),
    _atom("sqft", "area", "0.09290304 m2", "sq ft|sq ft|平方呎",
          "ft2|sqft|sq ft|sq.ft|sq.ft.|sq. ft.|square foot|square feet|平方呎|平方英尺|平方尺"),
    _atom("ha", "area", "10000 m2", "hectare|hectares|公頃", "ha|hectare|hectares|公頃"),
    _atom("km2", "area", "1000000 m2", "km²|km²|平方公里",
          "km2|square kilometre|square kilometres|square kilometer|square kilometers|平方公里|平方千米"),
    _atom("mL", "volume", "", "mL|mL|毫升", "mL|millilitre|millilitres|毫升"),
    _atom("L", "volume", "1000 mL", "litre|litres|升", "L|litre|litres|liter|liters|升|公升"),
    _atom("m3", "volume", "1000000 mL", "m³|m³|立方米",
          "m3|m^3|cbm|cu m|cu.m|cu.m.|cu. m.|cubic metre|cubic metres|cubic meter|cubic meters|立方米|立方公尺|立方"),
    _atom("ft3", "volume", "28316.846592 mL", "cubic foot|cubic feet|立方呎",
          "ft3|cu ft|cubic foot|cubic feet|立方呎|立方英尺"),
    _atom("m", "length", "", "m|m|米", "m|metre|metres|meter|meters|米|公尺"),
    _atom("cm", "length", "0.01 m", "cm|cm|厘米", "cm|centimetre|centimetres|厘米|公分"),
    _atom("km", "length", "1000 m", "km|km|公里",
          "km|kms|kilometre|kilometres|kilometer|kilometers|公里|千米"),
    _atom("degC", "temperature", "", "°C|°C|攝氏度", "°C|° C|degC|degree Celsius|degrees Celsius|攝氏度|度攝氏"),
    _atom("CNY", "money", "", "RMB|RMB|元",
          "RMB|CNY|yuan|RMB yuan|Chinese yuan|renminbi|¥|人民幣|元|元人民幣|人民幣元|人民幣 (元)|RMB (yuan)"),
    _atom("HKD", "money", "", "HK$|HK$|港元", "HK$|HKD|HK dollars|Hong Kong dollars|港元|港幣|港幣元|港幣 (元)|港紙"),
    _atom("USD", "money", "", "US$|US$|美元", "US$|USD|US dollars|U.S. dollars|美元|美金"),
    _atom("EUR", "money", "", "€|€|歐元", "EUR|€|euro|euros|歐元"),
    _atom("GBP", "money", "", "£|£|英鎊", "GBP|£|pounds sterling|英鎊"),
    _atom("JPY", "money", "", "JPY|JPY|日圓", "JPY|Japanese yen|日圓|日元"),
    _atom("SGD", "money", "", "S$|S$|新加坡元", "SGD|S$|Singapore dollars|新加坡元|坡元"),
    _atom("TWD", "money", "", "NT$|NT$|新台幣", "TWD|NT$|NTD|新台幣|新臺幣"),
    _atom("MOP", "money", "", "MOP|MOP|澳門元", "MOP|patacas|澳門元|澳門幣"),
    _atom("%", "share", "", "%|%|%", "%|percent|per cent|percentage|percentages|百分比|百分率"),
    _atom("‰", "share", "0.1 percent", "‰|‰|‰", "‰|per mille|千分比|千分率"),
    _atom("pp", "points", "", "percentage point|percentage points|個百分點",
          "pp|ppt|ppts|p.p.|percentage point|percentage points|% points|%-points|百分點|個百分點"),
    _atom("bp", "points", "0.01 pp", "basis point|basis points|個基點", "bp|bps|basis point|basis points|基點|個基點"),
    _atom("multiple", "multiple", "", "times|times|倍", "倍"),
    _atom("person", "person", "", "person|people|人",
          "person|persons|people|employee|employees|staff|staff member|staff members|headcount|FTE|FTEs|worker|workers"
          "|no. of people|no. of persons|no. of employees|number of people|number of persons|number of employees"
          "|人|名|位|人數|名員工|名僱員|名雇員|名職工|位員工|個人"),
    _atom("attendance", "attendance", "", "attendance|attendances|人次",
          "人次|attendances|person-times|person times|participants"),
    _atom("time", "time", "", "time|times|次", "time|times|次|次數|回"),
    _atom("case", "case", "", "case|cases|宗",
          "case|cases|incident|incidents|no. of cases|number of cases|number of incidents|起|宗|個案|宗數|宗個案"),
    _atom("company", "company", "", "company|companies|家", "company|companies|institutions|家|家公司|家企業|家機構"),
    _atom("supplier", "supplier", "", "supplier|suppliers|家供應商",
          "supplier|suppliers|no. of suppliers|number of suppliers|供應商|家供應商|供應商數目|名供應商|個供應商"),
    _atom("piece", "piece", "", "piece|pieces|件", "piece|pieces|pcs|件"),
    _atom("item", "item", "", "item|items|項", "item|items|項|個"),
    _atom("vessel", "item", "", "vessel|vessels|艘", "vessel|vessels|ship|ships|艘|艘次"),
    _atom("aircraft", "item", "", "aircraft|aircraft|架", "aircraft|架|架飛機"),
    _atom("flight", "item", "", "flight|flights|架次", "flight|flights|架次|班次|航班"),
    _atom("vehicle", "item", "", "vehicle|vehicles|輛", "vehicle|vehicles|輛"),
    _atom("set", "item", "", "set|sets|台", "set|sets|台|套|部"),
    _atom("household", "item", "", "household|households|戶", "household|households|戶|住戶"),
    _atom("premises", "item", "", "premises|premises|間", "premises|間|座|棟|幢"),
    _atom("batch", "item", "", "batch|batches|批", "batch|batches|批|批次"),
    _atom("bed", "item", "", "bed|beds|張病床", "bed|beds|張病床|張床"),
    _atom("TEU", "item", "", "TEU|TEU|標準箱", "TEU|TEUs|標準箱|標箱"),
    _atom("hL", "volume", "100000 mL", "hectolitre|hectolitres|百升",
          "hL|hl|hectolitre|hectolitres|hectoliter|hectoliters|百升"),
    _atom("bbl", "volume", "158987.294928 mL", "barrel|barrels|桶", "bbl|bbls|barrel|barrels|桶"),
    _atom("tkm", "freight", "", "tonne-kilometre|tonne-kilometres|噸公里",
          "tkm|tonne-km|tonne-kilometre|tonne-kilometres|噸公里"),
    _atom("pkm", "carriage", "", "passenger-kilometre|passenger-kilometres|客公里",
          "pkm|passenger-km|passenger-kilometre|passenger-kilometres|客公里|人公里"),
    _atom("oz", "precious", "", "ounce|ounces|盎司", "oz|ounce|ounces|troy ounce|troy ounces|盎司|安士"),
    _atom("kind", "kind", "", "kind|kinds|種", "kind|kinds|種|類|大類|小類"),
    _atom("s", "duration", "", "second|seconds|秒", "sec|seconds|秒|秒鐘"),
    _atom("minute", "duration", "60 s", "minute|minutes|分鐘", "min|mins|minute|minutes|分鐘"),
    _atom("hour", "duration", "3600 s", "hour|hours|小時",
          "h|hr|hrs|hour|hours|man-hour|man-hours|working hours|hours worked|training hours"
          "|小時|鐘頭|工時|課時|學時|個小時|個鐘|個鐘頭"),
    _atom(
        "day", "days", "", "day|days|天", "day|days|working days|man-days"
        "|天|日|日數|天數|工作日|個工作日|工作天|個工作天"
    ),
    _atom("week", "days", "7 day", "week|weeks|週", "week|weeks|週|周|星期|個星期"),
    _atom("month", "years", "", "month|months|個月", "month|months|個月"),
    _atom("year", "years", "12 month", "year|years|年", "year|years|yr|yrs|年|週年|周年"),
    _atom("year old", "age", "", "year old|years old|歲", "歲|周歲|years old|years of age"),
)  # fmt: skip

# Spellings that name a unit only after 'per'.
AFTER_PER: Final = {
    "person": "head|capita|員工|僱員|雇員|職工|名全職員工|全職員工|人員|full-time employee|full-time equivalent"
    "|total employee|employee trained|trained employee|each employee",
    "t": "tonne of product|tonnes of product|噸產品",
}

SCALES: Final[tuple[Scale, ...]] = (
    Scale(symbol="hundred", factor=100, english="100", chinese="百", spellings=("hundred", "100", "百")),
    Scale(
        symbol="thousand", factor=10**3, english="thousand", chinese="千",
        spellings=("thousand", "thousands", "thousands of", "in thousands", "'000", "'000s", "000", "000s", "000'",
                   "000's", "in 000s", "in '000", "in '000s", "in 000", "1,000", "千", "千個", "k"),
    ),
    Scale(
        symbol="10k", factor=10**4, english="10,000", chinese="萬",
        spellings=("10,000", "ten thousand", "10 thousand", "10k", "萬", "萬個"),
    ),
    Scale(symbol="100k", factor=10**5, english="100,000", chinese="十萬",
          spellings=("100,000", "hundred thousand", "100 thousand", "十萬")),
    Scale(symbol="200k", factor=200_000, english="200,000", chinese="二十萬",
          spellings=("200,000", "200 thousand", "二十萬", "20萬")),
    Scale(
        symbol="million", factor=10**6, english="million", chinese="百萬",
        spellings=("million", "millions", "millions of", "in millions", "mn", "mln", "mil", "m", "1,000,000", "'000000",
                   "000000", "1 million", "百萬", "百萬個"),
    ),
    Scale(symbol="10m", factor=10**7, english="10 million", chinese="千萬",
          spellings=("10,000,000", "10 million", "ten million", "千萬")),
    Scale(symbol="100m", factor=10**8, english="100 million", chinese="億",
          spellings=("100,000,000", "100 million", "hundred million", "億", "億個")),
    Scale(symbol="billion", factor=10**9, english="billion", chinese="十億",
          spellings=("billion", "billions", "bn", "1,000,000,000", "十億")),
)  # fmt: skip

# Loose spellings of a scale that count beside a currency only: 'HK$ m', never 'm persons'.
MONEY_SCALES: Final = frozenset({"k", "m", "mil"})
# A scale in digits may stand before these (1,000 kWh) and after a currency (RMB 10,000); elsewhere only after 'per':
# 1,000 人 is an amount.
MEASURED: Final = frozenset({"mass", "ghg_mass", "co2_mass", "energy", "volume", "area", "length"})

# Spellings that head a column of numbers but follow none in a sentence.
NOT_AFTER_A_NUMBER: Final = frozenset(
    {
        *("百分比", "百分率", "千分比", "千分率", "percentage", "percentages", "headcount", "供應商數目"),
        *("人數", "次數", "宗數", "日數", "天數", "日", "回", "立方", "港紙", "¥", "£", "HK$", "US$", "S$", "NT$"),
    }
)
# What a one-character unit is not the whole of: 5 人 is people, 5 人均 is not.
LONGER_WORDS: Final = {
    "人": "均民工类才口格",
    "家": "庭具电乡园",
    "次": "要序级数",
    "天": "然津气",
    "名": "单称义牌录",
    "元": "素宇",
    "起": "来到步点源",
    "位": "置于址",
    "年": "代轻龄级",
    "周": "边期围刊",
    "升": "级至幅降机",
    "个": "性体别",
    "台": "风湾账阶词",
    "架": "构设空子",
    "间": "接隔距断谍",
    "座": "椅位谈右",
    "套": "餐利期现",
    "部": "门分署长件位落",
    "户": "外口型籍均主",
    "批": "准发次评核判",
    "辆": "次",
    "克": "服",
    "种": "族植",
    "项": "链",
    "类": "似",
}
# Dimensions a question can ask to be converted to, by what stands before 'per'.
CONVERTIBLE: Final = frozenset(
    {"mass", "ghg_mass", "co2_mass", "energy", "volume", "area", "length", "money", "share", "points", "duration"}
)
# Those of them that "how many litres" and "多少升" ask for; "how many hours" asks for no conversion.
ASKED_IN: Final = frozenset({"mass", "ghg_mass", "co2_mass", "energy", "volume", "area"})

_DIVISION = re.compile(r"(?: \s* (?: / | 每 | (?<![a-z]) per (?! [a-z] | \s?cent | \s?mille ) ) \s* )+", re.X)
_LABEL = re.compile(r"^(?: (?: 计量 )? 单位 | units? (?: \ of\ measure(?:ment)? )? ) \s* :? \s*", re.X)
_STATED_IN = re.compile(
    r"^(?: in \s (?P<english> .+ ) | 以 (?P<chinese> .+? ) (?: 计算? | 为单位 | 列示 | 呈列 ) )$", re.X
)
_BRACKETED = re.compile(r"^(?P<outside> [^()]+? ) \s* \( (?P<inside> [^()]+ ) \) (?P<rest> [^()]* )$", re.X)
_SEAM = re.compile(r"(?<=[\u3400-\u9fff]) [\s/|]* (?=[a-z%]) | (?<=[a-z0-9%.)]) [\s/|]* (?=[\u3400-\u9fff])", re.X)
_BASIS = re.compile(
    r"""
    (?: of | in )?
    (?: annual | total | operating | business | gross | net )*
    (?: revenues? | turnover | sales | income | (?: floor | office | building )? area | gfa
      | (?: 营业 | 营运 | 经营 )? 收入 | 收益 | 营收 | 营业额 | 销售额 | 产值 | (?: 总 | 建筑 | 楼面 | 办公 )+ 面积
    )$
    """,
    re.X,
)
_REQUEST = re.compile(
    r"""
    (?: \b (?: in | into | as | (?: convert | express | chang | stat )(?:e|ed|ing)? (?: \ [\w.]+ ){0,6}? \ to )
        \ (?: the \  )? (?: an? \  )? (?: units? \ of \  )?
        (?= (?P<english> [^?!;]{1,40} ) )
      | [以用按] \s? (?P<chinese> [^?!;。、,]{1,20}? ) \s?
        (?: 为单位 | 作单位 | 计 | 来?表示 | 显示 | 呈列 | 列示 | 回答 )
      | (?: 换算 | 折算 | 折合 | 转换 | 转化 | 换 | 改 ) \s? [成为作至到用]? \s? (?: 多少 | 几 )? \s?
        (?P<target> [^?!;。、]{1,20} )
      | 单位 \s? [是为用:]? \s? (?P<label> [^?!;。、]{1,20} )
      | (?: \b (?: how \ many | number \ of ) \ | 多少 \s? (?:个|個)? | 几多 | 几 ) (?P<counted> [^?!;。、,]{1,20} )
    )
    """,
    re.X,
)
_SQUEEZED_AWAY = str.maketrans("", "", " -.'‧·()^")
_STRAIGHT_QUOTES = str.maketrans("’‘`´", "''''")


def read_unit(text: str) -> Unit | None:
    """Read a whole unit cell, or the words in a unit's brackets; None for anything else.

    >>> read_unit("噸 二氧化碳當量 / 百萬元").symbol, read_unit("MWh/RMB 10,000").symbol, read_unit("人民幣千元").symbol
    ('tCO2e/million CNY', 'MWh/10k CNY', 'thousand CNY')
    >>> read_unit("吉焦 (GJ)").dimension, read_unit("披露章節")
    ('energy', None)
    """
    return _read(_plain(text)) if len(text) <= 80 else None


def convert(value: Decimal, source: Unit, target: Unit) -> Decimal:
    """State an amount in another unit of its dimension, part by part and without rounding where decimals can.

    Raises UnitError for two dimensions or two currencies.

    >>> convert(Decimal("378.80"), read_unit("tCO2e"), read_unit("kgCO2e"))
    Decimal('378800')
    """
    if _kinds(source) != _kinds(target):
        raise UnitError(
            f"{source.symbol} ({source.dimension}) cannot be stated in {target.symbol} ({target.dimension}): "
            f"expected a unit of {source.dimension}, money in its own currency"
        )
    exact = Fraction(value) * _factor(source) / _factor(target)
    with localcontext(prec=max(28, len(value.as_tuple().digits) + 28)):
        return Decimal(exact.numerator) / Decimal(exact.denominator)


def unit_name(unit: Unit, language: Language, *, value: Decimal | None = None) -> str:
    """Name a unit in the reader's language, as it stands after a number.

    >>> unit_name(read_unit("tCO2e"), "zh-Hans"), unit_name(read_unit("t"), "en", value=Decimal(1))
    ('吨二氧化碳当量', 'tonne')
    >>> unit_name(read_unit("兆瓦時 / 萬元"), "en")
    'MWh per RMB 10,000'
    """
    counted, *per = _parts(unit)
    if language == "en":
        first = _english(*counted, one=value is not None and abs(value) == 1)
        return " per ".join([first, *(_english(*part, one=True) for part in per)])
    name = "/".join(_chinese(scale, atom) for scale, atom in _parts(unit))
    return name if language == "zh-Hant" else to_simplified(name).replace("平方呎", "平方英尺")


def write(value: Decimal | str, unit: Unit, language: Language) -> str:
    """Write an amount with its unit for prose, never changing its digits.

    >>> write("60.3", read_unit("萬元"), "en"), write("60.3", read_unit("萬元"), "zh-Hant")
    ('60.3 (in units of RMB 10,000)', '60.3 萬元')
    >>> write(Decimal("46"), read_unit("%"), "en"), write("1,378", read_unit("HK$ million"), "en")
    ('46%', 'HK$1,378 million')
    """
    digits = value if isinstance(value, str) else f"{value:,f}"
    (scale, atom), *per = _parts(unit)
    if atom.dimension == "share" and scale is None and not per:
        return digits + atom.chinese
    if language != "en":
        return f"{digits} {unit_name(unit, language)}"
    if scale and scale.english[0].isdigit():
        return f"{digits} (in units of {unit_name(unit, language)})"
    if atom.dimension == "money":
        money = _money(atom, " ".join([digits, *([scale.english] if scale else [])]))
        return " per ".join([money, *(_english(*part, one=True) for part in per)])
    return f"{digits} {unit_name(unit, language, value=_number(digits))}"


def find_unit_words(question: str) -> Unit | None:
    """Find the unit a question asks to have its answer in; None where it only counts something.

    >>> find_unit_words("How much hazardous waste, in kg?").symbol, find_unit_words("換算成千克是多少？").symbol
    ('kg', 'kg')
    >>> find_unit_words("2022 年有多少人？")
    """
    text = _plain(question)
    for request in _REQUEST.finditer(text):
        way = request.lastgroup or ""
        words = request[way].strip()
        unit = None if words[1:2] and words[1] in LONGER_WORDS.get(words[0], "") else _leading(words)
        held = ASKED_IN if way == "counted" else CONVERTIBLE
        if unit and (unit.dimension.split("/")[0] in held or (unit.dimension == "money" and unit.symbol != "CNY")):
            return unit
    return None


def currency_of(unit: Unit) -> Unit | None:
    """Take the scale word off an amount of money; None where a unit is no money.

    >>> currency_of(read_unit("RMB million")).symbol, currency_of(read_unit("kWh"))
    ('CNY', None)
    """
    return read_unit(unit.symbol.rsplit(" ", 1)[-1]) if unit.dimension == "money" else None


def counted_unit(question: str) -> Unit | None:
    """Find what a question counts with "how many", of any dimension; None where it names no unit.

    >>> counted_unit("How many hours of training?").dimension, counted_unit("平均上了幾小時培訓").dimension
    ('duration', 'duration')
    """
    for request in _REQUEST.finditer(_plain(question)):
        if request.lastgroup == "counted":
            words = request["counted"].strip()
            whole = not (words[1:2] and words[1] in LONGER_WORDS.get(words[0], ""))
            return _leading(words) if whole else None
    return None


def scale_name(text: str, language: Language) -> str:
    """Name a unit that says only how many are meant, as a reader's language does; empty for any other.

    >>> scale_name("'000", "en"), scale_name("萬", "en"), scale_name("'000", "zh-Hant"), scale_name("kg", "en")
    ('thousand', '10,000', '千', '')
    """
    found = dict(_spelled_scales()).get(_squeezed(_plain(text)))
    if found is None:
        return ""
    return found.english if language == "en" else render(found.chinese, language)


def scale_of(unit: Unit) -> int:
    """Return what the scale word of a unit multiplies by: 10000 for '10k CNY', 1 where it has none."""
    scale, _ = _parts(unit)[0]
    return scale.factor if scale else 1


def unit_pattern() -> str:
    """Return an expression, free of groups, for a unit without scale word as it follows a number in folded prose."""
    counted = _alternatives(s for atom in ATOMS for s in atom.spellings if fold(s) not in _not_after_a_number())
    after_per = _alternatives(s for spellings in AFTER_PER.values() for s in spellings.split("|"))
    currency = _alternatives(s for atom in ATOMS if atom.dimension == "money" for s in atom.spellings)
    scale = _alternatives(s for scale in SCALES for s in scale.spellings if s not in MONEY_SCALES)
    divisor = rf"(?:(?:{currency})\s?(?:{scale})|(?:(?:{currency})\s?)?(?:(?:{scale})\s?)?(?:{counted}|{after_per}))"
    return rf"(?:(?:{counted})(?:\s?(?:/|per\b|每)\s?{divisor})?)"


def _plain(text: str) -> str:
    return fold(text).lower().translate(_STRAIGHT_QUOTES).strip()


@lru_cache(maxsize=4096)
def _read(text: str) -> Unit | None:
    text = _unwrapped(_LABEL.sub("", text))
    whole = _composite(text) or _in_two_languages(text)
    bracketed = _BRACKETED.match(text)
    if whole or not bracketed:
        return whole
    outside, inside = _composite(bracketed["outside"] + bracketed["rest"]), _composite(bracketed["inside"])
    return outside if outside == inside else None


def _in_two_languages(text: str) -> Unit | None:
    """Read a unit that stands twice, in Chinese and in English: 噸二氧化碳當量 tCO2e."""
    for seam in _SEAM.finditer(text):
        first, second = _composite(text[: seam.start()]), _composite(text[seam.end() :])
        if first and first == second:
            return first
    return None


def _unwrapped(text: str) -> str:
    if text.startswith("(") and text.endswith(")") and "(" not in text[1:]:
        text = text[1:-1].strip()
    stated = _STATED_IN.match(text)
    return (stated["english"] or stated["chinese"]) if stated else text


def _composite(text: str) -> Unit | None:
    counted, *per = _DIVISION.split(text)
    parts = [_part(_squeezed(counted), _spelled()), *(_divisor(part) for part in per)]
    known = [part for part in parts if part]
    if len(known) < len(parts):
        return None
    return Unit(
        symbol="/".join(f"{scale.symbol} {atom.symbol}" if scale else atom.symbol for scale, atom in known),
        dimension="/".join(atom.dimension for _, atom in known),
    )


Part = tuple[Scale | None, Atom]


def _divisor(text: str) -> Part | None:
    squeezed = _squeezed(text)
    return _part(squeezed, _spelled_after_per()) or _part(_BASIS.sub("", squeezed), _spelled_after_per())


def _part(squeezed: str, spelled: dict[str, Atom]) -> Part | None:
    if squeezed in spelled:
        return None, spelled[squeezed]
    for spelling, scale in _spelled_scales():
        before, found, after = squeezed.partition(spelling)
        atom = spelled.get(_joined(before, after, spelled)) if found else None
        in_digits = spelled is _spelled() and spelling[0] in "123456789"
        if atom and (_measures(scale, atom, before) if in_digits else _scales(spelling, atom)):
            return scale, atom
    return None


def _measures(scale: Scale, atom: Atom, before: str) -> bool:
    if atom.dimension == "money":
        return before != "" and scale.symbol != "hundred"
    return atom.dimension in MEASURED and scale.symbol not in {"hundred", "200k"}


def _scales(spelling: str, atom: Atom) -> bool:
    if spelling in MONEY_SCALES:
        return atom.dimension == "money"
    return atom.dimension not in {"share", "points", "multiple", "age", "temperature"}


def _joined(before: str, after: str, spelled: dict[str, Atom]) -> str:
    """Join what stands around a scale word: 港幣千元 and RMB million yuan name one currency twice."""
    currency = spelled.get(before)
    if currency and currency.dimension == "money" and after in {"元", "yuan"}:
        return before
    return before + after if not (before and after) else ""


def _squeezed(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d)", "", text).translate(_SQUEEZED_AWAY)


@cache
def _spelled() -> dict[str, Atom]:
    return {_squeezed(_plain(spelling)): atom for atom in ATOMS for spelling in atom.spellings}


@cache
def _spelled_after_per() -> dict[str, Atom]:
    atoms = _atoms()
    more = {_squeezed(_plain(s)): atoms[name] for name, spellings in AFTER_PER.items() for s in spellings.split("|")}
    return _spelled() | more


@cache
def _spelled_scales() -> tuple[tuple[str, Scale], ...]:
    spelled = {_squeezed(_plain(spelling)): scale for scale in SCALES for spelling in scale.spellings}
    return tuple(sorted(spelled.items(), key=lambda item: len(item[0]), reverse=True))


@cache
def _atoms() -> dict[str, Atom]:
    return {atom.symbol: atom for atom in ATOMS}


def _parts(unit: Unit) -> list[Part]:
    """Take a symbol apart; its words were put together by `_composite`."""
    scales = {scale.symbol: scale for scale in SCALES}
    parts: list[Part] = []
    for symbol in unit.symbol.split("/"):
        word, _, rest = symbol.partition(" ")
        parts.append((scales[word], _atoms()[rest]) if word in scales else (None, _atoms()[symbol]))
    return parts


@cache
def _registry() -> "pint.UnitRegistry[Decimal]":
    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal)
    for atom in ATOMS:
        own = atom.symbol if atom.dimension == "money" else atom.dimension
        registry.define(f"{_identifier(atom.symbol)} = {atom.definition or f'[{own}]'}")
    return registry


def _identifier(symbol: str) -> str:
    return {"%": "percent", "‰": "permille"}.get(symbol, symbol.replace(" ", "_"))


def _kinds(unit: Unit) -> list[str]:
    return [str(_registry().Unit(_identifier(atom.symbol)).dimensionality) for _, atom in _parts(unit)]


def _factor(unit: Unit) -> Fraction:
    first, *per = (_part_factor(scale, atom) for scale, atom in _parts(unit))
    for factor in per:
        first /= factor
    return first


def _part_factor(scale: Scale | None, atom: Atom) -> Fraction:
    root = _registry().Quantity(Decimal(1), _identifier(atom.symbol)).to_root_units().magnitude
    return Fraction(root) * (scale.factor if scale else 1)


def _english(scale: Scale | None, atom: Atom, *, one: bool) -> str:
    if scale is None:
        return atom.one if one else atom.many
    if atom.dimension != "money":
        return f"{scale.english} {atom.many}"
    return _money(atom, scale.english) if scale.english[0].isdigit() else f"{atom.one} {scale.english}"


def _chinese(scale: Scale | None, atom: Atom) -> str:
    if scale is None:
        return atom.chinese
    counter = "個" if atom.chinese.startswith("千") else ""  # 千個千瓦時, not 千千瓦時
    return scale.chinese + counter + atom.chinese


def _money(atom: Atom, amount: str) -> str:
    return f"{atom.one} {amount}" if atom.one.isalpha() else f"{atom.one}{amount}"


def _number(digits: str) -> Decimal | None:
    try:
        return Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None


def _leading(text: str) -> Unit | None:
    """Read the longest unit that opens a text."""
    ends = [match.end() for match in re.finditer(r"[a-z]+[23]?(?![a-z0-9])|[0-9,]+|[^\sa-z0-9]", text)]
    return next((unit for end in reversed(ends) if (unit := read_unit(text[:end]))), None)


def _alternatives(spellings: Iterable[str]) -> str:
    """Write spellings as one expression that shares their beginnings and tries the longest first."""
    root: dict[str, Any] = {}
    for spelling in sorted({fold(spelling) for spelling in spellings}):
        node = root
        for step in _steps(spelling):
            node = node.setdefault(step, {})
    return _branches(root)


def _branches(node: dict[str, Any]) -> str:
    longer = [step + (_branches(below) if below else "") for step, below in node.items() if not step.startswith(_END)]
    ends = [step.removeprefix(_END) for step in node if step.startswith(_END)]
    ways = [*longer, *ends]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _not_after_a_number() -> frozenset[str]:
    return frozenset(fold(spelling) for spelling in NOT_AFTER_A_NUMBER)


def _steps(spelling: str) -> list[str]:
    """Cut a spelling into what is matched one after the other; the last step says what may not follow."""
    one_letter = len(spelling) == 1 and spelling.isascii() and spelling.isalnum()
    steps = [f"(?-i:{spelling})"] if one_letter else [_STEPS.get(c, re.escape(c)) for c in spelling]
    if spelling in LONGER_WORDS:
        return [*steps, f"{_END}(?![{LONGER_WORDS[spelling]}])"]
    bounded = spelling[-1].isascii() and spelling[-1].isalnum()
    return [*steps, f"{_END}(?![A-Za-z0-9])" if bounded else _END]


_STEPS = {" ": r"[ \-]?", "-": r"[ \-]?", ",": ",?"}
_END = "\0"  # marks a step that ends a spelling
