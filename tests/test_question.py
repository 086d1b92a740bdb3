"""Understanding a question: language, periods, operation, unit, and what it leaves to earlier questions."""

from functools import partial

import pytest

from index.lexicon import bundled_lexicon
from index.script import Language
from qa.question import MAX_LENGTH, BadQuestion, Operation, understand

read = partial(understand, lexicon=bundled_lexicon(), latest="2022")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Scope 2 emissions in 2021", "en"),
        ("2021 年範圍二排放量", "zh-Hant"),
        ("2021年范围二排放量", "zh-Hans"),
        ("2022 scope 2 排放係幾多", "zh-Hant"),
        ("Who is 百融?", "en"),
    ],
)
def test_a_question_is_in_the_language_it_is_asked_in(text: str, language: Language) -> None:
    assert read(text).language == language


def test_the_asker_s_own_choice_of_language_wins() -> None:
    assert read("Scope 2 emissions", language="zh-Hans").language == "zh-Hans"


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Scope 2 emissions", ()),
        ("Scope 2 emissions in 2021", ("2021",)),
        ("2021 年範圍二排放", ("2021",)),
        ("二零二一年用水量", ("2021",)),
        ("FY2021 water use", ("2021",)),
        ("last year's emissions", ("2021",)),
        ("去年的用電量", ("2021",)),
        ("上年度用电量", ("2021",)),
        ("前年用水量", ("2020",)),
        ("the year before last water use", ("2020",)),
        ("latest water use", ("2022",)),
        ("最新用水量", ("2022",)),
        ("本年度用水量", ("2022",)),
        ("2020 to 2022 electricity use", ("2020", "2021", "2022")),
        ("2020至2022年用電量", ("2020", "2021", "2022")),
        ("2020–2021 water use", ("2020", "2021")),
        ("water use in 2020 and 2022", ("2020", "2022")),
        ("How did water use change from 2020 to 2022?", ("2020", "2022")),
        ("用水量較 2020 年變化多少", ("2020", "2022")),
        ("2025 emissions", ("2025",)),
    ],
)
def test_a_period_is_read_from_years_ranges_and_relative_words(text: str, periods: tuple[str, ...]) -> None:
    assert read(text).periods == periods


@pytest.mark.parametrize(
    "text", ["近三年用電量", "過去三年用水量", "water use over the past three years", "历年用水量"]
)
def test_every_period_may_be_asked_for(text: str) -> None:
    question = read(text)
    assert question.every_period
    assert question.operation == "trend"


@pytest.mark.parametrize("text", ["next year's emissions", "2025 emissions", "預計明年排放多少", "预测2030年用电量"])
def test_what_comes_after_the_report_is_forward(text: str) -> None:
    assert read(text).forward


@pytest.mark.parametrize("text", ["2022 emissions", "去年用水量", "Which targets has the company set?"])
def test_what_the_report_covers_is_not_forward(text: str) -> None:
    assert not read(text).forward


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("Scope 2 emissions in 2021", "lookup"),
        ("How did water use change from 2020 to 2022?", "change"),
        ("2022 年用水量比 2021 年多多少", "change"),
        ("用水量升咗定跌咗", "change"),
        ("What was the percentage change in water use?", "percent_change"),
        ("By what percentage did water use fall in 2022?", "percent_change"),
        ("用電量同比變動", "percent_change"),
        ("用电量增长了百分之几", "percent_change"),
        ("share of women in the workforce", "share"),
        ("女员工占员工总数的比例", "share"),
        ("Which year had the highest water use?", "highest"),
        ("用水量哪年最低", "lowest"),
        ("three-year average of water use", "average"),
        ("三年平均用水量", "average"),
        ("Scope 1 and 2 in total", "sum"),
        ("範圍一和範圍二合計", "sum"),
        ("ratio of men to women", "ratio"),
        ("water use trend", "trend"),
        ("用水量走勢", "trend"),
        ("2020 年五十歲以上的員工佔百分之幾？", "share"),
        ("用水量邊年最低", "lowest"),
        ("Water consumption in total over the past three years", "sum"),
    ],
)
def test_the_operation_is_the_one_the_words_mean(text: str, operation: Operation) -> None:
    assert read(text).operation == operation


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("electricity in MWh", "MWh"),
        ("范围二排放换算成千克", "kg"),
        ("用水量換算成升是多少？", "L"),
        ("Scope 2 emissions", None),
        ("用電量，以兆瓦時計", "MWh"),
        ("用水量是多少升？", "L"),
    ],
)
def test_a_unit_asked_for_is_read(text: str, unit: str | None) -> None:
    found = read(text).unit
    assert (found.symbol if found else None) == unit


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("How often does the board meet?", "often"),
        ("Who is the chairman?", "who"),
        ("由誰負責環保？", "who"),
        ("Why did it fall?", "why"),
        ("為何下降？", "why"),
        ("点解会跌", "why"),
        ("Which awards were won?", "which"),
        ("有哪些獎項？", "which"),
        ("When was the company founded?", "when"),
        ("投訴電郵是什麼？", "email"),
        ("Does the company have a whistleblowing policy?", "yes_no"),
        ("公司有沒有舉報制度？", "yes_no"),
        ("How many suppliers are there?", "number"),
        ("有多少供应商", "number"),
    ],
)
def test_the_kind_of_answer_is_the_one_asked_for(text: str, ask: str) -> None:
    assert read(text).ask == ask


FOLLOW_UPS = [
    # earlier question, follow-up, metric, members, periods, per, unit
    ("Scope 2 emissions in 2022", "And the year before?", "ghg_scope_2", set(), ("2021",), None, None),
    ("2022 年用水量", "那前年呢？", "water_total", set(), ("2020",), None, None),
    ("2022年用水量", "上一年呢？", "water_total", set(), ("2021",), None, None),
    ("Turnover rate of women in 2021", "And men?", "turnover_rate", {("gender", "male")}, ("2021",), None, None),
    ("女性流失率", "男性呢？", "turnover_rate", {("gender", "male")}, (), None, None),
    ("女性員工流失率", "男性呢？", "turnover_rate", {("gender", "male")}, (), None, None),
    ("用电量", "换算成兆瓦时", "purchased_electricity", set(), (), None, "MWh"),
    ("用電量", "換算成兆瓦時", "purchased_electricity", set(), (), None, "MWh"),
    ("Electricity use", "in MWh?", "purchased_electricity", set(), (), None, "MWh"),
    ("Electricity use in 2021", "per employee?", "purchased_electricity", set(), ("2021",), "per_employee", None),
    ("用電量", "人均呢？", "purchased_electricity", set(), (), "per_employee", None),
    ("用电量", "2020年呢", "purchased_electricity", set(), ("2020",), None, None),
]


@pytest.mark.parametrize(("earlier", "text", "metric", "members", "periods", "per", "unit"), FOLLOW_UPS)
def test_a_follow_up_is_completed_from_the_question_before(
    earlier: str,
    text: str,
    metric: str,
    members: set[tuple[str, str]],
    periods: tuple[str, ...],
    per: str | None,
    unit: str | None,
) -> None:
    question = read(text, history=[earlier])
    assert question.follows
    assert question.concept.metrics == {metric}
    assert question.concept.members == members
    assert question.periods == periods
    assert question.concept.per == per
    assert (question.unit.symbol if question.unit else None) == unit


def test_a_follow_up_to_a_follow_up_goes_on_from_it() -> None:
    question = read("And the year before?", history=["Scope 2 emissions in 2022", "And the year before?"])
    assert (question.concept.metrics, question.periods) == ({"ghg_scope_2"}, ("2020",))


def test_a_question_of_its_own_takes_nothing_from_earlier_ones() -> None:
    assert not read("Who is the chairman of the board?", history=["Water use in 2021"]).follows
    assert read("Scope 1 emissions", history=["Water use in 2021"]).periods == ()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(2020)</script>water use <b>2022</b>",
        "<style>p{width:2021px}</style>water use 2022",
        '<a href="https://example.com/2019">water use</a> 2022',
    ],
)
def test_markup_asks_nothing(text: str) -> None:
    question = read(text)
    assert question.concept.metrics == {"water_total"}
    assert question.periods == ("2022",)
    assert "<" not in question.text


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u3000", "\u200b\u202e"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion, match="it is empty; expected 1 to 500 characters"):
        read(text)


def test_500_characters_are_read_and_501_are_not() -> None:
    assert read("用水量" + "？" * (MAX_LENGTH - 3)).concept.metrics == {"water_total"}
    with pytest.raises(BadQuestion, match="501 characters; expected 1 to 500"):
        read("x" * 501)
