"""Read numbers, in tables and in sentences, with their units, scale words and qualifiers: one grammar for everyone."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from typing import Final, Literal, cast

import regex
from babel.numbers import format_decimal as babel_format

from index.script import Folded, Language, fold, fold_with_offsets
from index.units import Unit, read_unit, scale_of, unit_pattern

Kind = Literal["amount", "share", "points", "year", "date", "ordinal", "code", "time_of_day"]
Qualifier = Literal["more_than", "at_least", "about", "nearly", "up_to", "less_than", "range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as a text states it. `text[start:end]` of the source is `.text`."""

    value: Decimal  # scale words multiplied in; of a date its year or else its first number, of a code 0
    digits: str  # the number as written, folded, a minus in front where it is negative: '1,529.24', '-5.6', '一千'
    scale: Decimal  # what the scale words multiply by: 10000 in 54 萬元
    unit: Unit | None  # without the scale words: CNY in 54 萬元
    qualifier: Qualifier | None
    start: int  # in the text as given; sign, currency and unit are inside, the qualifier before them is not
    end: int
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one table cell says."""

    kind: Literal["number", "not_disclosed", "not_applicable", "text"]
    value: Decimal | None  # in the cell's own unit, or in its column's
    digits: str  # the number as written, folded, without footnote marks; empty: no number
    unit: Unit | None  # only if the cell itself carries one, scale word included: 10k CNY
    footnotes: tuple[str, ...]  # as written: '(1)', '*', '¹'
    qualifier: Qualifier | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A quantity before it is placed in the original text; its span is of the folded one."""

    value: Decimal
    digits: str
    start: int
    end: int
    kind: Kind
    scale: Decimal = Decimal(1)
    unit: Unit | None = None
    qualifier: Qualifier | None = None


SCALE_WORDS: Final = {
    "": 1,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "b": 10**9,
    "bn": 10**9,
}
WORDS: Final = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
MULTIPLIERS: Final = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
HAN_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
HAN_TENS: Final = {"十": 10, "百": 100, "千": 1000}

# Counters that are no unit of their own; with one of them a Chinese numeral counts something.
CLASSIFIERS: Final = (
    "大(?![陆厦楼学会街道连庆湾])|支|封|座|份(?!额)|条(?!例|件|款|文)|款(?!项)|套|台(?!湾)|辆|部(?![分门委])|间(?!接)|所(?!有|得)"
    "|场(?!所|景)|门(?!店)|棵|株|艘|架(?!构)|颗|张(?!贴)|组(?!织|合)|篇|届|方面|维度|领域|轮|层(?!面)|期(?!间|末|初|权)|批|户|村|班"
)
# 一 before these is mostly an article (一個開放的平台), with 起 an adverb; after one of the verbs it counts.
ARTICLE_CLASSIFIERS: Final = frozenset("个种类项批套条款份部场天年大层期组方面轮起次人家村月")
VERBS_OF_COUNTING: Final = frozenset("共仅只有计为达设增获生得办少多")
DETERMINERS: Final = frozenset("每这那另同某任")
MORE: Final[dict[str, Qualifier]] = {"余": "more_than", "多": "more_than", "+": "at_least"}
# 過百家, 上千人: the order of magnitude stands alone.
BEFORE_A_BARE_ORDER: Final[dict[str, Qualifier]] = {"过": "more_than", "上": "about"}

LONGEST_CELL: Final = 80  # characters; a longer cell is a sentence

COUNTED: Final = frozenset({"amount", "share", "points"})
NOT_APPLICABLE: Final = frozenset({"不适用", "n/a", "n.a.", "n.a", "n. a.", "na", "not applicable", "不适用 (n/a)"})
NOT_DISCLOSED: Final = frozenset(
    {
        "",
        "未披露",
        "没有披露",
        "尚未披露",
        "未作披露",
        "待披露",
        "未统计",
        "暂未统计",
        "没有统计",
        "无数据",
        "暂无数据",
        "没有数据",
        "未有数据",
        "无资料",
        "没有资料",
        "暂无",
        "不详",
        "not disclosed",
        "undisclosed",
        "not reported",
        "not available",
        "unavailable",
        "no data",
        "n.d.",
    }
)
NIL: Final = frozenset({"nil", "zero", "零"})

_UNIT = "(?&u)"  # calls the definition below, so that the long list of spellings is compiled once
_DEFINED = rf"(?(DEFINE)(?P<u>{unit_pattern()}))"
_CURRENCY = r"(?:RMB|CNY|人民币|HK\$|HKD|港币|港元|US\$|USD|美元|NT\$|S\$|SGD|MOP|TWD|JPY|GBP|EUR|¥|€|£|\$)"
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![.,]?[0-9])"
_PLAIN = r"[0-9]+(?:\.[0-9]+)?(?!\.?[0-9])"
_NUMBER = rf"(?:{_GROUPED}|{_PLAIN}|(?<![0-9])\.[0-9]+)"
_SCALE = (
    rf"(?:万亿|[十百千]?[万亿]|[百千](?=\s?[余多]?\s?(?:{_UNIT}))"
    r"|(?:thousand|million|billion|trillion|mn|bn)(?![A-Za-z]))"
)
_YEAR = r"(?:19[5-9][0-9]|20[0-9][0-9])"
_HAN = "零〇一二三四五六七八九十百千万亿两"


def _han_numerals() -> str:
    """Build the expression for a well-formed Chinese numeral below a trillion, each order on the one beneath it."""
    digit = "[一二两三四五六七八九]"
    tens = f"(?:{digit}?十{digit}?|{digit})"
    hundreds = f"(?:{digit}百(?:零{digit}|{digit}十{digit}?)?|{tens})"
    below_thousand = f"(?:零{tens}|{digit}百(?:零{digit}|{digit}十{digit}?)?)"
    thousands = f"(?:{digit}千{below_thousand}?|{hundreds})"
    below_myriad = f"(?:零{hundreds}|{digit}千{below_thousand}?)"
    myriads = f"(?:{thousands}万{below_myriad}?|{thousands})"
    return f"(?:{myriads}亿(?:零?{thousands}万{below_myriad}?)?|{myriads}|零)(?:点[零〇一二三四五六七八九]+)?"


_NUMERAL = _han_numerals()
_MONTH_NAME = (
    r"(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = rf"""
    (?: (?: (?:19|20)[0-9]{{2}} | [零〇一二三四五六七八九]{{4}} ) \s? 年 \s? )?
    (?<! [0-9十.,] ) (?: 1[0-2] | 0?[1-9] | 十[一二]? | [一二三四五六七八九] ) \s? 月 (?! [度饼] )
    (?: \s? (?: [12][0-9] | 3[01] | 0?[1-9] | 三十一? | 二?十[一二三四五六七八九]? | [一二三四五六七八九] )
        \s? [日号] )?
  | {_YEAR} (?P<mark> [-/.] ) (?: 1[0-2] | 0?[1-9] ) (?: (?P=mark) (?: 3[01] | [12][0-9] | 0?[1-9] ) )?
    (?! [0-9] | \.[0-9] | \s?% | \s? (?:{_UNIT}|{_SCALE}) )
  | (?: 3[01] | [12][0-9] | 0?[1-9] ) (?P<between> [/.] ) (?: 1[0-2] | 0?[1-9] ) (?P=between) {_YEAR} (?![0-9])
  | (?: 3[01] | [12][0-9] | 0?[1-9] ) (?:st|nd|rd|th)? \s (?:of\s)?
    {_MONTH_NAME} (?![A-Za-z]) (?: ,? \s? {_YEAR} )?
  | (?<![A-Za-z]) {_MONTH_NAME} \s (?: 3[01] | [12][0-9] | 0?[1-9] ) (?:st|nd|rd|th)? (?![0-9,.%]*[0-9%])
    (?: ,? \s? {_YEAR} )?
  | (?<![A-Za-z]) {_MONTH_NAME} ,? \s? {_YEAR} (?![0-9])
"""
_YEARS = rf"""
    (?<![A-Za-z]) (?:FY|CY) \s? '? [0-9]{{2,4}} (?: [/-] [0-9]{{2,4}} )? (?![0-9])
  | {_YEAR} (?: [-/–] [0-9]{{2}} (?![0-9]) )? \s? (?: 财年 | 财政年度 | 年度 | 年 (?!代) )
  | [一二][零〇一二三四五六七八九]{{3}} \s? 年度?
  | (?: (?<=\bin\s) | (?<=\bby\s) | (?<=\bsince\s) | (?<=\bduring\s) | (?<=\buntil\s) | (?<=\byear\s) )
    {_YEAR} (?! [0-9,.]*[0-9] | \s? (?:%|{_SCALE}) )
  | (?<![0-9]) {_YEAR} (?: [-/–] [0-9]{{2}} (?![0-9]) | / {_YEAR} )?
    (?! [0-9] | [.][0-9] | [A-Za-z] | ,[0-9]{{3}} (?![0-9])
      | \s? (?: [余多%x×/] | [十百千]?[万亿] \s? (?:{_UNIT}) | (?!起) (?:{_UNIT}) ) )
"""
_TIME = r"""
    (?: [01]?[0-9] | 2[0-4] ) : [0-5][0-9] (?: :[0-5][0-9] )? (?![0-9.:]) (?: \s? [ap]\.?m (?![A-Za-z]) )?
  | [0-9]{1,2} (?: \.[0-5][0-9] )? \s? [ap]\.?m (?![A-Za-z])
"""
_SCOPES = r"""
    (?: (?<![A-Za-z]) Scopes? \s? | (?: 范畴 | 范围 ) \s? ) [一二三123] (?![0-9.%])
    (?: \s? (?: [,、/&+及和与至-] | and | to ) \s? (?: and\s )? (?: (?: Scopes? | 范畴 | 范围 ) \s? )?
        [一二三123] (?! [0-9.,%] | \s?[家名人次] ) )*
"""
_STANDARD = "ISO|IEC|GB|GRI|SASB|HKFRS|IFRS|HKAS|IAS"
_NUMBERED = (
    "SDGs?|KPIs?|Tier|Level|Category|Appendix|Chapter|Section|Note|Table|Figure|Page|Phase|Rule|Article|Part|Class|Grade"
    "|Goal|Principle|Step|Stage|Nos?|pp?(?=[.])|Euro"
)
_ADDRESS = r"""
    (?: https?:// | www\. ) [!-~]+
  | (?<![A-Za-z0-9._+-]) [A-Za-z0-9._+-]+ @ [A-Za-z0-9.-]+
  | (?: 邮政编码 | 邮递区号 | 邮编 ) \s? [:;]? \s? [0-9]+
  | (?: 电话 | 传真 | 热线 | (?<![A-Za-z]) (?: tel | fax | phone ) \.? ) \s? [:;]? \s? \+? [0-9(] [0-9() -]{4,} [0-9]
  | \+ [0-9]{2,3} \s [0-9]{3,4} [\s-]? [0-9]{3,4} (?: [\s-]? [0-9]{3,4} )?
  | [0-9]+ \s? 号 (?!召)
"""
_STOCK = r"""
    (?: (?:股份|股票|证券) (?:代号|代码|编号) | (?<![A-Za-z]) stock\ code ) \s? [:;]? \s? [0-9]+ (?: \.[A-Z]+ )?
  | [0-9]{4,5} \. HK (?![A-Za-z])
"""
_CLAUSE = rf"""
    {_SCOPES}
  | (?<![A-Za-z]) (?:{_STANDARD}) (?: / [A-Z]+ )? [\s-]? [A-Z]?[0-9]+ (?: [-.][0-9]+ )* (?: \s? [:;] \s? [0-9]{{4}} )?
    (?: \s? (?: [,、/&及和与] | and ) \s? (?: 9001 | [1-9][0-9]{{4}} ) (?! [0-9] | [.,][0-9] | \s? (?:{_UNIT}) ) )*
  | (?<![A-Za-z]) (?:{_NUMBERED}) \.? \s? [A-Z]?[0-9]{{1,3}} (?! ,?[0-9] | % ) (?: [.-][0-9]+ )*
    (?! \s? (?:%|{_SCALE}|{_UNIT}) )
  | (?<![\u4e00-\u9fff]) [注表图] \s? [A-Z]?[0-9]{{1,2}} (?! [0-9.,%] | \s? (?:{_SCALE}|{_UNIT}) )
  | 类别 \s? [0-9]{{1,2}} (?! [0-9.,%] | \s? (?:{_SCALE}|{_UNIT}) )
  | (?: 附录 | 附注 ) \s? (?: [A-Z]?[0-9]+ | {_NUMERAL} )
"""
_NO_NUMBER = rf"""
    (?: [0-9]+ \. ){{2,}} [0-9]+                                 # a version
  | [0-9]+ (?: \s? [x×] \s? [0-9]+ )+ (?! [.,]?[0-9] )           # 7×24
  | [0-9]+ (?: / [0-9]+ )+ (?! [.,]?[0-9] )                      # 24/7
  | [0-9]{{1,3}} (?: \.[0-9]+ )? \s? : \s? [0-9]+ (?: \.[0-9]+ )? (?![0-9,])
  | 0[0-9]+ (?! [.,]?[0-9] )
  | (?! {_GROUPED} | {_YEAR}, ) (?<![0-9,]) [0-9]+ (?: ,[0-9]+ )*? ,[0-9]{{3}} (?![0-9]) (?: ,[0-9]+ )* (?: \.[0-9]+ )?
  | [0-9]+ \s? (?: 世纪 | 年代 | 级 (?!别) )
"""
_LABEL = rf"""
    (?<![A-Za-z0-9]) (?! (?:{_CURRENCY}) [0-9] | (?:mid|pre|post|since)-?[12] )
    [A-Za-z]{{1,12}} [-_+]? [0-9][A-Za-z0-9]* (?: [./-][A-Za-z0-9]+ )* \+?
"""
_ORDINAL = rf"""
    第 \s? (?: [0-9]+ (?: \.[0-9]+ )* | {_NUMERAL} )
  | \A \s? [0-9]{{1,2}} \. (?= \s? [^\s0-9] )
  | (?: \A | (?<=[;。、]) ) \s? \( [0-9]{{1,2}} \) (?! \s? [%0-9] )
  | [0-9]+ (?:st|nd|rd|th) (?![A-Za-z])
  | (?<![A-Za-z]) (?:{"|".join(ORDINALS)}) (?![A-Za-z])
  | 排名 \s? [0-9]+
"""
_SHARE = rf"""
    (?P<base> [百千] ) 分之 \s? (?P<part> {_NUMBER} | 百 | {_NUMERAL} )
  | (?<! [{_HAN}] ) (?P<tenths> [0-9] | [一二两三四五六七八九] ) \s? 成
    (?: (?P<half> 半 ) | (?P<more_tenths> [一二三四五六七八九] ) )?
    (?! [为立功本果份长熟交就都语绩型效不分] | 员 (?!工) | 人 (?!士) )
"""
_AMOUNT = rf"""
    (?P<sign> [-−–] (?= [0-9.] | {_CURRENCY} ) (?! {_YEAR} (?![0-9,.]) ) )?
    (?: (?P<currency> {_CURRENCY} ) \s? (?P<inner_sign> [-−–] (?=[0-9]) )? )?
    (?: (?P<loss> \( (?= {_NUMBER} \) \s?% ) ) )?
    (?P<number> {_NUMBER} )
    (?(loss) \) )
    (?: \s? (?P<more> [余多+] (?= \s? (?:{_SCALE}|{_UNIT}|{CLASSIFIERS}|\Z) ) ) )?
    (?: (?(currency) \s? (?P<money_scale> [mkb] (?![A-Za-z]) ) | (?!) )
      | [ \-]? (?P<points> pcts? (?![A-Za-z]) )
      | [ \-]? (?P<unit> {_UNIT} )
      | (?: \s? | - (?= [a-z] ) ) (?P<scale> {_SCALE} )
        (?: \s? (?P<more_scaled> [余多] ) )?
        (?: \s? (?P<scaled_unit> {_UNIT} | {CLASSIFIERS} ) )?
      | \s? (?P<counter> {CLASSIFIERS} )
    )?
    (?: (?<! [A-Za-z0-9] ) | (?! [A-Za-z0-9] ) )
"""
_HAN_AMOUNT = rf"""
    (?: (?P<han_currency> 人民币 | 港币 | 美元 ) \s? )?
    (?<! [{_HAN}第几数] )
    (?P<numeral> {_NUMERAL} | [百千万亿] (?=[余多]) | (?<= [近超逾过上] ) (?: [百千]万 | [百千万亿] ) )
    (?P<han_more> [余多] )? \s?
    (?P<han_scale> [百千]?[万亿] )?
    \s? (?P<han_unit> {_UNIT} | {CLASSIFIERS} )
"""
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_TIMES = "|".join(MULTIPLIERS)
_WORD_AMOUNT = rf"""
    (?<! [A-Za-z-] ) (?<! net\s ) (?! zero [ -] (?:tolerance|waste|carbon|emission|harm) )
    (?P<words> (?: (?:{_WORD}) (?: [ -] (?:{_WORD}) )? | an? (?= \s (?:{_TIMES}) ) )
        (?: [ -] (?:{_TIMES}) (?![A-Za-z]) (?: (?: \s and )? \s (?:{_WORD}) (?: [ -] (?:{_WORD}) )? (?![A-Za-z]) )? )* )
    (?: [ -] (?P<words_unit> {_UNIT} ) )?
    (?! [A-Za-z] | -[A-Za-z] )
"""
_GRAMMAR = regex.compile(
    rf"""
    {_DEFINED}
    (?P<date> {_DATE} )
  | (?P<year> {_YEARS} )
  | (?P<time_of_day> {_TIME} )
  | (?P<code> {_ADDRESS} | {_STOCK} | {_CLAUSE} | {_NO_NUMBER} | {_LABEL} )
  | (?P<ordinal> {_ORDINAL} )
  | (?P<share> {_SHARE} )
  | (?<! [0-9] ) (?P<amount> {_AMOUNT} )
  | (?P<han_amount> {_HAN_AMOUNT} )
  | (?P<word_amount> {_WORD_AMOUNT} )
  | (?P<glued> [0-9]+ (?:\.[0-9]+)* [A-Za-z][A-Za-z0-9]* )
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_BEFORE = re.compile(
    r"""
    (?: (?P<up_to> 不高于 | 不超过 | 不多于 | 不大于 | 未超过 | 未高于 | 至多 | 最多 | 高达 | 多达
          | (?<![a-z]) (?: up\sto | as\s(?:high|many|much)\sas | (?:no|not)\s(?:more|higher|greater)\sthan | at\smost
              | (?:a\s)?maximum\sof ) | ≤ | <= )
      | (?P<at_least> 不少于 | 不低于 | 不小于 | 不下 | 至少 | 最少 | 起码
          | (?<![a-z]) (?: at\sleast | (?:no|not)\s(?:less|fewer|lower)\sthan | (?:a\s)?minimum\sof ) | ≥ | >= )
      | (?P<less_than> 低于 | 少于 | 小于 | 不足 | 不到 | 未满 | 未达
          | (?<![a-z]) (?: (?:less|fewer|lower)\sthan | under | below ) | < )
      | (?P<more_than> 超过了? | 超出 | 超越 | 突破 | 多于 | 高于 | 大于 | 逾 | 超
          | (?<![a-z]) (?: (?:more|greater|higher)\sthan | over | exceed(?:s|ed|ing)? | above | in\sexcess\sof )
          | (?<! [a-z0-9"/] ) > )
      | (?P<nearly> 将近 | 接近 | 几乎 | (?<![最附邻]) 近 | (?<![a-z]) (?: nearly | almost | close\sto ) )
      | (?P<about> 大约 | 约为 | (?<![合签节条预制公契违履解]) 约 | 大概
          | (?<![a-z]) (?: about | approximately | approx\. | around | roughly | some | circa ) | ~ | ≈ )
    ) \s? $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AFTER_WORDS = r"""
    \s? (?: \(含\) \s? )?
    (?: (?P<at_least> [及或]? 以上 | 或更多 | (?:or|and) \s (?:more|above|over) (?![a-z]) | \+ (?![0-9]) )
      | (?P<up_to> [及或]? 以下 | 以内 | (?:or|and) \s (?:less|below|fewer|under) (?![a-z]) )
      | (?P<about> 左右 | 上下 ) )
"""
_AFTER = re.compile(_AFTER_WORDS, re.VERBOSE | re.IGNORECASE)
_CELL = re.compile(
    rf"""
    (?P<before> [^0-9]*? ) \s?
    (?: (?P<sign> [-−–] ) \s? | \+ )?
    (?: (?P<currency> {_CURRENCY} ) \s? (?P<inner_sign> [-−–] )? )?
    (?! 0[0-9] )
    (?P<number> {_GROUPED} | [0-9]{{1,3}} (?: \ [0-9]{{3}} )+ (?: \.[0-9]+ )? (?! [0-9] ) | {_PLAIN} | \.[0-9]+ )
    \s? (?P<more> [余多] )?
    (?P<tail> [^0-9,.].*? )??
    (?: {_AFTER_WORDS} )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BRACKETED = re.compile(r"^\((?P<number>[0-9,. ]+)(?P<inside>%?)\)\s?(?P<outside>%?)$")
_FOOTNOTE = re.compile(
    r"""
    (?<= [0-9０-９%％)）\]］\u4e00-\u9fffA-Za-z] ) \s*
    (?P<mark> (?<! [mM米oO] ) [¹²³⁰⁴-⁹]+
      | [*＊#＃^＾†‡§]+
      | [(（\[［] \s? (?: [註注附]* \s? [0-9]{1,2} | notes? \s? [0-9]{1,2} | [a-f] | [ivx]+ ) \s? [)）\]］]
      | (?: 附?[註注] | \b notes? ) \s? [0-9]{1,2}
    )
    $
    """,
    re.VERBOSE | re.IGNORECASE,
)
# 1,234 (45.6%): a count, and what share of some whole it is. A sign would make the share a change.
_SHARE_BESIDE = re.compile(r"^(?P<count>[0-9][0-9,]*)\s*[(（]\s*[0-9]{1,3}(?:\.[0-9]+)?\s*[%％]\s*[)）]$")
_DASHES = re.compile(r"[-–—―−‐‑‒─ー/\\.·。 ]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_RANGE = re.compile(r"\s?(?:-|–|—|~|至|到|to)\s?")
_BETWEEN = re.compile(r"\bbetween\s$", re.IGNORECASE)
_HAN_RANGE = re.compile(rf"{_NUMERAL}\s?[至到]\s?$")
_CHANGE = re.compile(r"(?:\bfrom|[由从自])\s?$", re.IGNORECASE)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Find every number in a passage, in order and without overlap, and say what kind of number it is.

    >>> [(q.text, q.value, q.qualifier) for q in find_quantities("超過 7000 家，獎金高達 54 萬元")]
    [('7000 家', Decimal('7000'), 'more_than'), ('54 萬元', Decimal('540000'), 'up_to')]
    >>> [(q.text, q.kind) for q in find_quantities("A1.2: 2022年，378.80 tonnes (Scope 2)")]
    [('A1.2', 'code'), ('2022年', 'year'), ('378.80 tonnes', 'amount'), ('Scope 2', 'code')]
    """
    folded = fold_with_offsets(text)
    scan = _shielded(text, folded)
    readings = _ranges(scan, list(_readings(scan)))
    return tuple(_placed(text, folded, reading) for reading in readings)


def read_cell(text: str, *, unit: Unit | None = None) -> Cell:
    """Read what one table cell says; what is no clear number stays text.

    `unit` is the unit of the cell's row or column, which decides how a bare scale word (54 萬) is meant.

    >>> read_cell("—").kind, read_cell("不適用").kind, read_cell("0").value
    ('not_disclosed', 'not_applicable', Decimal('0'))
    >>> read_cell("1,234¹").digits, read_cell("(5.6)%").value, read_cell("1,23,4").kind
    ('1,234', Decimal('-5.6'), 'text')
    """
    silent = _silence(fold(text).strip())
    if silent:
        return _cell(silent)
    stem, footnotes = _footnotes(_SHARE_BESIDE.sub(r"\g<count>", text.strip()))
    if len(stem) > LONGEST_CELL:
        return _cell("text")
    scan = _shielded(stem, fold_with_offsets(stem)).strip()
    cell = _figure(scan, unit) or _spelled_out(scan)
    return replace(cell, footnotes=footnotes) if cell else _cell("text")


def format_decimal(value: Decimal, language: Language, *, digits: int | None = None) -> str:
    """Write a number as the language groups it, with all its decimals or rounded half up to `digits` of them.

    >>> format_decimal(Decimal("1529.240"), "en"), format_decimal(Decimal("-48.325"), "zh-Hant", digits=2)
    ('1,529.240', '-48.33')
    """
    with localcontext(prec=len(f"{value:f}") + (digits or 0) + 1):
        shown = value if digits is None else value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        _, _, decimals = f"{shown:f}".partition(".")
        pattern = "#,##0" + ("." if decimals else "") + "0" * len(decimals)
        return babel_format(shown, format=pattern, locale=_LOCALES[language], decimal_quantization=False)


_LOCALES: Final[dict[Language, str]] = {"en": "en_HK", "zh-Hant": "zh_Hant_HK", "zh-Hans": "zh_Hans_CN"}


def _shielded(text: str, folded: Folded) -> str:
    """Blank what folding would wrongly join to a number: ， between half-width digits, ¹, ①, ½."""
    scan = list(folded.text)
    for place, origin in enumerate(folded.offsets[:-1]):
        character = text[origin]
        thousands = character == "，" and _full_width(text[origin - 1 : origin] + text[origin + 1 : origin + 2])
        if character in "，：" and not thousands:
            scan[place] = ";"
        elif unicodedata.category(character) == "No" and not _exponent(scan, place):
            scan[place] = "^"
    return "".join(scan)


def _full_width(neighbours: str) -> bool:
    return len(neighbours) == 2 and all("０" <= character <= "９" for character in neighbours)


def _exponent(scan: list[str], place: int) -> bool:
    """Tell the 2 of m² and CO₂, which belongs to its letter, from a footnote mark."""
    return scan[place] in "23" and place > 0 and scan[place - 1] in "mMoOtT米"


def _readings(scan: str) -> Iterator[Reading]:
    chinese = _CHINESE.search(scan) is not None
    previous: Reading | None = None
    for match in _GRAMMAR.finditer(scan):
        reading = READERS[match.lastgroup or ""](match)
        if reading is None:
            continue
        if match["points"]:
            reading = replace(reading, kind="points" if chinese else "share", unit=read_unit("pp" if chinese else "%"))
        if match["sign"] and _joins(scan, match, previous, reading):
            reading = replace(
                reading,
                value=reading.value.copy_abs(),
                digits=reading.digits.removeprefix("-"),
                start=match.end("sign"),
            )
        previous = _qualified(scan, reading)
        yield previous


def _joins(scan: str, match: re.Match[str], previous: Reading | None, reading: Reading) -> bool:
    """Tell a dash that joins (5%-6%, 30 歲 -50 歲) from a minus."""
    if re.search(r"[A-Za-z0-9)%\]]$", scan[max(0, match.start() - 1) : match.start()]):
        return True
    if previous is None or scan[previous.end : match.start()].strip():
        return False
    spaced_range = previous.kind == reading.kind == "amount" and previous.unit == reading.unit is not None
    return spaced_range or (previous.end == match.start() and previous.kind not in {"year", "date"})


def _qualified(scan: str, reading: Reading) -> Reading:
    if reading.kind not in COUNTED or reading.qualifier:
        return reading
    after = _AFTER.match(scan, reading.end)
    before = _BEFORE.search(scan, max(0, reading.start - 24), reading.start)
    if before and before.group().strip() == "近" and reading.unit and reading.unit.dimension in {"years", "days"}:
        before = None  # 近三年: the last three years
    found = after or before
    return replace(reading, qualifier=cast(Qualifier, found.lastgroup)) if found else reading


def _ranges(scan: str, readings: list[Reading]) -> list[Reading]:
    """Mark both ends of a range, and give the first end the scale and unit it shares with the second."""
    marked = list(readings)
    for place, (low, high) in enumerate(pairwise(readings)):
        if {low.kind, high.kind} <= COUNTED and low.unit in {None, high.unit} and _spans(scan, low, high):
            marked[place], marked[place + 1] = _sharing(low, high), replace(high, qualifier="range")
    return marked


def _spans(scan: str, low: Reading, high: Reading) -> bool:
    if _BETWEEN.search(scan, max(0, low.start - 12), low.start):
        return scan[low.end : high.start].strip() == "and"
    changed = _CHANGE.search(scan, max(0, low.start - 12), low.start)
    return not changed and _RANGE.fullmatch(scan, low.end, high.start) is not None


def _sharing(low: Reading, high: Reading) -> Reading:
    if low.unit is not None or low.scale != 1:
        return replace(low, qualifier="range")
    return replace(
        low, qualifier="range", value=low.value * high.scale, scale=high.scale, unit=high.unit, kind=high.kind
    )


def _placed(text: str, folded: Folded, reading: Reading) -> Quantity:
    start, end = folded.original(reading.start, reading.end)
    return Quantity(
        value=reading.value,
        digits=reading.digits,
        scale=reading.scale,
        unit=reading.unit,
        qualifier=reading.qualifier,
        start=start,
        end=end,
        text=text[start:end],
        kind=reading.kind,
    )


def _amount(match: re.Match[str]) -> Reading:
    number, scale = match["number"], Decimal(SCALE_WORDS[(match["scale"] or match["money_scale"] or "").lower()])
    minus = "-" if match["sign"] or match["inner_sign"] or match["loss"] else ""
    unit = _unit(match["currency"], match["unit"] or match["scaled_unit"])
    return Reading(
        value=_scaled(minus + number, scale),
        digits=minus + number,
        start=match.start(),
        end=match.end(),
        kind=_kind(unit),
        scale=scale,
        unit=unit,
        qualifier=MORE.get(match["more"] or match["more_scaled"] or ""),
    )


def _han_amount(match: re.Match[str]) -> Reading | None:
    numeral, counter, before = (
        match["numeral"],
        match["han_unit"],
        match.string[max(0, match.start() - 1) : match.start()],
    )
    if _is_article(numeral, counter, before) or (counter == "大" and numeral not in "两三四五六七八九十"):
        return None
    scale, unit = Decimal(SCALE_WORDS[match["han_scale"] or ""]), _unit(match["han_currency"], counter)
    return Reading(
        value=_han_value(numeral) * scale,
        digits=numeral,
        start=match.start(),
        end=match.end(),
        kind=_kind(unit),
        scale=scale,
        unit=unit,
        qualifier=_han_qualifier(match),
    )


def _is_article(numeral: str, counter: str, before: str) -> bool:
    if numeral != "一":
        return False
    return before in DETERMINERS or (counter[0] in ARTICLE_CLASSIFIERS and before not in VERBS_OF_COUNTING)


def _han_qualifier(match: re.Match[str]) -> Qualifier | None:
    before = match.string[max(0, match.start() - 8) : match.start()]
    if _HAN_RANGE.search(before):
        return "range"
    bare = match["numeral"] in {"百", "千", "万", "亿", "百万", "千万"}
    return MORE.get(match["han_more"] or "") or (BEFORE_A_BARE_ORDER.get(before[-1:]) if bare else None)


def _word_amount(match: re.Match[str]) -> Reading | None:
    words, unit = match["words"].lower(), _unit(None, match["words_unit"])
    value = _word_value(words)
    if value is None or (words == "one" and (unit is None or "-" in match.group())):
        return None
    return Reading(
        value=Decimal(value), digits=words, start=match.start(), end=match.end(), kind=_kind(unit), unit=unit
    )


def _share(match: re.Match[str]) -> Reading:
    if match["base"]:
        part = match["part"]
        value = _decimal(part) if part[0] in "0123456789." else _han_value(part)
        unit = read_unit("%" if match["base"] == "百" else "‰")
    else:
        part, unit = match.group().replace(" ", ""), read_unit("%")
        ones = 5 if match["half"] else _digit(match["more_tenths"] or "0")
        value = Decimal(_digit(match["tenths"]) * 10 + ones)
    return Reading(value=value, digits=part, start=match.start(), end=match.end(), kind="share", unit=unit)


def _named(kind: Kind) -> Callable[[re.Match[str]], Reading]:
    """Make a reader for what is written with digits and counts nothing."""

    def read(match: re.Match[str]) -> Reading:
        value = Decimal(0) if kind in {"code", "time_of_day"} else _first_number(match.group())
        return Reading(value=value, digits=match.group(), start=match.start(), end=match.end(), kind=kind)

    return read


READERS: Final[dict[str, Callable[[re.Match[str]], Reading | None]]] = {
    "date": _named("date"),
    "year": _named("year"),
    "time_of_day": _named("time_of_day"),
    "code": _named("code"),
    "glued": _named("code"),
    "ordinal": _named("ordinal"),
    "share": _share,
    "amount": _amount,
    "han_amount": _han_amount,
    "word_amount": _word_amount,
}


def _unit(currency: str | None, words: str | None) -> Unit | None:
    before, after = read_unit(currency or ""), read_unit(words or "")
    return before or after


def _kind(unit: Unit | None) -> Kind:
    if unit is None or unit.dimension not in {"share", "points"}:
        return "amount"
    return "share" if unit.dimension == "share" else "points"


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", "").replace(" ", ""))


def _scaled(number: str, scale: Decimal) -> Decimal:
    with localcontext(prec=len(number) + 15):
        return _decimal(number) * scale


def _digit(character: str) -> int:
    return HAN_DIGITS[character] if character in HAN_DIGITS else int(character)


def _han_value(numeral: str) -> Decimal:
    """Evaluate a well-formed Chinese numeral; a bare 百, 千, 萬 counts once.

    >>> _han_value("三亿五千万"), _han_value("一千零二十"), _han_value("两点五")
    (Decimal('350000000'), Decimal('1020'), Decimal('2.5'))
    """
    whole, _, decimals = numeral.partition("点")
    total = section = digit = 0
    for character in whole:
        if character in HAN_DIGITS:
            digit = HAN_DIGITS[character]
        elif character in HAN_TENS:
            section, digit = section + (digit or 1) * HAN_TENS[character], 0
        elif character == "万":
            total, section, digit = total + ((section + digit) or 1) * 10**4, 0, 0
        else:
            total, section, digit = ((total + section + digit) or 1) * 10**8, 0, 0
    fraction = "".join(str(HAN_DIGITS[character]) for character in decimals)
    return Decimal(f"{total + section + digit}" + (f".{fraction}" if fraction else ""))


def _word_value(words: str) -> int | None:
    """Evaluate English number words; None where two numbers merely stand side by side.

    >>> _word_value("two hundred and twenty-five"), _word_value("a dozen"), _word_value("five six")
    (225, 12, None)
    """
    total = current = 0
    previous = ""
    for word in re.split(r"[ -]", words):
        if word in WORDS:
            if previous in WORDS and not (WORDS[previous] >= 20 and 0 < WORDS[word] < 10):
                return None
            current += WORDS[word]
        elif word in {"hundred", "dozen"}:
            current = (current or 1) * MULTIPLIERS[word]
        elif word in MULTIPLIERS:
            total, current = total + (current or 1) * MULTIPLIERS[word], 0
        previous = word
    return total + current


def _first_number(text: str) -> Decimal:
    """Give a date its year, or else its first number; an ordinal its rank."""
    short_year = re.fullmatch("(?:FY|CY) ?'?([0-9]{2})", text, re.IGNORECASE)
    if short_year:
        return Decimal(2000 + int(short_year[1]))
    numbers = re.search(_YEAR, text) or re.search("[0-9]+", text)
    if numbers:
        return Decimal(numbers.group())
    if text.lower() in ORDINALS:
        return Decimal(ORDINALS.index(text.lower()) + 1)
    digits = re.search("[零〇一二三四五六七八九]{4}", text)
    if digits:
        return Decimal("".join(str(HAN_DIGITS[digit]) for digit in digits.group()))
    numeral = re.search(_NUMERAL, text)
    return _han_value(numeral.group()) if numeral else Decimal(0)


def _silence(folded: str) -> Literal["not_disclosed", "not_applicable"] | None:
    words = folded.lower()
    if words in NOT_APPLICABLE:
        return "not_applicable"
    return "not_disclosed" if words in NOT_DISCLOSED or _DASHES.fullmatch(words) else None


def _footnotes(text: str) -> tuple[str, tuple[str, ...]]:
    """Take the footnote marks off the end of a cell, before folding would turn ¹ into 1."""
    marks: list[str] = []
    while match := _FOOTNOTE.search(text):
        marks.insert(0, match["mark"])
        text = text[: match.start()].rstrip()
    return text, tuple(marks)


def _figure(scan: str, column: Unit | None) -> Cell | None:
    match = _CELL.fullmatch(_BRACKETED.sub(r"-\g<number>\g<inside>\g<outside>", scan))
    if match is None or not _qualifies(match["before"]):
        return None
    tail = (match["tail"] or "").strip().lower()
    currency = (match["currency"] or "").removeprefix("$")  # whose dollar, nobody says
    unit = read_unit(f"{currency} {tail}")
    if tail in {"pct", "pcts"} and column and column.dimension in {"share", "points"}:
        unit = column  # English tables mean per cent by it, Chinese ones percentage points
    minus = "-" if match["sign"] or match["inner_sign"] else ""
    scale = 1 if unit else _bare_scale(tail, column) if not currency else None
    if scale is None or (tail == "年" and re.fullmatch(_YEAR, match["number"])):
        return None
    return _cell(
        "number",
        _scaled(minus + match["number"], Decimal(scale)),
        minus + match["number"],
        unit=unit,
        qualifier=_cell_qualifier(match),
    )


def _bare_scale(tail: str, column: Unit | None) -> int | None:
    """Tell what 萬 in 54 萬 multiplies by, given its column's unit; None where the two contradict each other."""
    if tail not in SCALE_WORDS:
        return 1 if re.fullmatch(CLASSIFIERS, tail) else None
    scale, column_scale = SCALE_WORDS[tail], scale_of(column) if column else 1
    if column_scale == 1:
        return scale
    return 1 if scale in {1, column_scale} else None


def _qualifies(words: str) -> bool:
    return not words.strip() or _BEFORE.fullmatch(words.strip()) is not None


def _cell_qualifier(match: re.Match[str]) -> Qualifier | None:
    before = _BEFORE.fullmatch(match["before"].strip())
    after: tuple[Qualifier, ...] = ("at_least", "up_to", "about")
    for qualifier in after:
        if match[qualifier]:
            return qualifier
    if before:
        return cast(Qualifier, before.lastgroup)
    return "more_than" if match["more"] else None


def _spelled_out(scan: str) -> Cell | None:
    """Read a cell whose number stands in words: Nil, 零, 三家, 百分之五."""
    if scan.lower() in NIL:
        return _cell("number", Decimal(0), scan)
    readings = list(_readings(scan))
    if len(readings) != 1 or (readings[0].start, readings[0].end) != (0, len(scan)):
        return None
    reading = readings[0]
    if reading.kind not in COUNTED or (reading.digits[0] in "0123456789-." and "分之" not in scan):
        return None
    return _cell("number", reading.value, reading.digits, unit=reading.unit, qualifier=reading.qualifier)


def _cell(
    kind: Literal["number", "not_disclosed", "not_applicable", "text"],
    value: Decimal | None = None,
    digits: str = "",
    *,
    unit: Unit | None = None,
    footnotes: tuple[str, ...] = (),
    qualifier: Qualifier | None = None,
) -> Cell:
    return Cell(kind=kind, value=value, digits=digits, unit=unit, footnotes=footnotes, qualifier=qualifier)
