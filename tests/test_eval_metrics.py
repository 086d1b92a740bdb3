"""Answers known to be right, wrong and subtly wrong, and what the scorers make of them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from eval.case import Case, Expectation, ExpectedValue
from eval.metrics import alike, match, score
from qa.answer import Answer, AnswerFigure, Citation, Input

ROW = "GHG emissions (Scope 2) | tCO₂e | 378.80 | 732.98 | 778.20"
ROW_CHINESE = "溫室氣體排放量（範疇二） | 噸 二氧化碳當量 | 378.80 | 732.98 | 778.20"
SCOPE_2 = ExpectedValue(value=Decimal("378.80"), unit="tCO2e", period="2022")


def citation(quote: str = ROW, key: str = "kpi-environment.t1.r2", edition: str = "en", number: int = 1) -> Citation:
    passage = f"Indicator | Unit | 2022 | 2021 | 2020\n{quote}\nNote"
    start = passage.index(quote)
    return Citation(
        number=number,
        report="6608-2022",
        edition=edition,
        section=("ESG key performance",),
        page=66,
        page_end=68,
        passage_id=f"6608-2022.{edition}.{key}",
        passage=passage,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def figure(value: str = "378.80", unit: str = "tonnes of CO₂ equivalent", period: str = "2022") -> AnswerFigure:
    return AnswerFigure(
        id="", metric="", label="Scope 2", breakdown="", value=value, unit=unit, period=period, citation=1
    )


def answer(*figures: AnswerFigure, **changes: object) -> Answer:
    right = Answer(
        id="1",
        status="answered",
        reason=None,
        language="en",
        text="Scope 2 emissions were 378.80 tonnes of CO₂ equivalent in 2022.[1]",
        figures=figures,
        citations=(citation(),),
    )
    return replace(right, **changes)  # type: ignore[arg-type]  # the fields of an Answer


def case(expect: Expectation, question: str = "What were Scope 2 emissions in 2022?") -> Case:
    return Case(
        id="scope-2.en",
        kind="lookup",
        language="en",
        group="scope-2",
        question=question,
        history=(),
        expect=expect,
        split="tuned",
        author="esg-qa",
        written="before seeing answers",
    )


LOOKUP = case(
    Expectation(
        status="answered",
        values=(SCOPE_2,),
        forbidden_values=(Decimal("732.98"),),
        evidence=("kpi-environment.t1.r2", "climate-responses.t1.r2"),
    )
)
SILENT = case(
    Expectation(status="not_disclosed", reasons=("not_in_report",), forbidden_values=(Decimal("378.80"),)),
    "What were Scope 3 emissions in 2022?",
)
REFUSAL = Answer(id="2", status="not_disclosed", reason="not_in_report", language="en", text="Not disclosed.")


def test_a_right_answer_passes() -> None:
    judged = score(LOOKUP, answer(figure()))
    assert judged.passed
    assert (judged.faults, judged.wrong_number) == ((), None)


@pytest.mark.parametrize("unit", ["tCO2e", "tCO₂e", "噸二氧化碳當量", "吨二氧化碳当量"])
def test_a_unit_counts_in_every_spelling(unit: str) -> None:
    assert match(SCOPE_2, figure(unit=unit)) == "right"


def test_an_amount_counts_in_another_unit_unless_the_question_names_the_unit() -> None:
    prize = ExpectedValue(value=Decimal(540_000), unit="CNY", period=None)
    assert match(prize, figure("54", "萬元", "")) == "right"
    assert match(prize, figure("540,000", "RMB", "")) == "right"
    assert match(replace(prize, exact_unit=True), figure("54", "萬元", "")) == "unconverted"
    assert match(prize, figure("540,000", "HK$", "")) == "unit"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (figure("732.98"), "value"),
        (figure("378.80", period="2021"), "period"),
        (figure("732.98", period="2021"), "value"),
        (figure("378.80", unit="kg of CO₂ equivalent"), "value"),
        (figure("378.80", unit="tonnes"), "unit"),
        (figure("378.08"), "value"),
        (figure("-378.80"), "value"),
        (figure("about 379"), "value"),
    ],
)
def test_a_headline_that_contradicts_the_report_is_a_wrong_number(given: AnswerFigure, why: str) -> None:
    judged = score(LOOKUP, answer(given))
    assert judged.wrong_number is not None
    assert f"wrong {why}" in judged.wrong_number
    assert not judged.passed


def test_an_answer_in_another_unit_than_asked_for_is_no_wrong_number() -> None:
    kilograms = ExpectedValue(value=Decimal(378_800), unit="kgCO2e", period=None, exact_unit=True)
    asked = case(Expectation(status="answered", values=(kilograms,)))
    judged = score(asked, answer(figure()))
    assert (judged.values, judged.wrong_number) == (False, None)
    assert score(asked, answer(figure("378.80", unit="kgCO2e"))).wrong_number is not None


def test_a_headline_without_unit_or_year_is_not_right_but_no_wrong_number() -> None:
    for given in (figure(unit=""), figure(period="")):
        judged = score(LOOKUP, answer(given))
        assert (judged.passed, judged.values, judged.wrong_number) == (False, False, None)


def test_the_right_number_behind_another_one_does_not_pass() -> None:
    judged = score(LOOKUP, answer(figure("732.98", period="2021"), figure()))
    assert not judged.passed
    assert judged.wrong_number is not None


def test_the_right_answer_with_another_passage_does_not_pass() -> None:
    elsewhere = citation(key="kpi-environment.t1.r1")
    judged = score(LOOKUP, answer(figure(), citations=(elsewhere,)))
    assert (judged.values, judged.evidence, judged.passed) == (True, False, False)


def test_the_right_passage_beside_the_one_the_headline_cites_does_not_pass() -> None:
    elsewhere = citation("In 2022, 378.80 suppliers", "supply-chain.4", number=1)
    judged = score(LOOKUP, answer(figure(), citations=(elsewhere, citation(number=2))))
    assert (judged.values, judged.support, judged.evidence, judged.passed) == (True, True, False, False)


def test_a_mark_in_the_text_must_name_a_citation() -> None:
    judged = score(LOOKUP, answer(figure(), text="378.80 tonnes of CO₂ equivalent in 2022.[1][4]"))
    assert (judged.support, judged.passed) == (False, False)
    assert "[4] in the text names no citation" in judged.faults


@pytest.mark.parametrize(
    ("subtle", "failing"),
    [
        (answer(figure(period="2021")), ("values", "wrong_number")),  # the right number, another year
        (answer(figure("732.98")), ("values", "wrong_number")),  # another year's number, the right year
        (answer(figure(unit="kilograms")), ("values", "wrong_number")),  # the right figure, another unit
        (answer(figure("378800", unit="tonnes of CO₂ equivalent")), ("values", "wrong_number", "support")),
        (answer(figure("-378.80")), ("values", "wrong_number")),
        (answer(figure(), citations=(citation(key="kpi-environment.t1.r3"),)), ("evidence",)),  # another citation
        (answer(figure(), citations=()), ("evidence", "support")),
        (replace(REFUSAL, text="Bairong attaches great importance to Scope 2.[1]"), ("status", "values", "evidence")),
    ],
)
def test_an_answer_that_is_subtly_wrong_fails_for_its_own_reason(subtle: Answer, failing: tuple[str, ...]) -> None:
    judged = score(LOOKUP, subtle)
    asked = {"status": judged.status, "values": judged.values, "evidence": judged.evidence, "support": judged.support}
    found = {name for name, held in asked.items() if held is False}
    found |= {"wrong_number"} if judged.wrong_number else set()
    assert not judged.passed
    assert set(failing) <= found
    assert found <= {*failing, "support"}


def test_a_passage_that_prints_the_figure_again_is_evidence() -> None:
    again = replace(citation(key="elsewhere.t1.r9"), also=("6608-2022.en.climate-responses.t1.r2",))
    assert score(LOOKUP, answer(figure(), citations=(again,))).evidence


def test_evidence_is_not_scored_on_an_index_without_those_sections() -> None:
    elsewhere = answer(figure(), citations=(citation(key="s66.t1.r2"),))
    assert score(LOOKUP, elsewhere, known={"s66", "s66.t1.r2"}).evidence is None
    assert score(LOOKUP, elsewhere, known={"kpi-environment.t1.r2"}).evidence is False


@pytest.mark.parametrize(
    "broken",
    [
        replace(citation(), start=0, end=4),
        replace(citation(), quote="378.81"),
        citation("GHG emissions (Scope 1) | tCO₂e | 0 | 0 | 0"),
        citation("Scope 2 | 1378.80"),
        citation(number=2),
    ],
)
def test_a_number_must_stand_in_its_own_quote_character_for_character(broken: Citation) -> None:
    judged = score(LOOKUP, answer(figure(), citations=(broken,)))
    assert (judged.support, judged.passed) == (False, False)


def test_an_answer_without_a_citation_proves_nothing() -> None:
    assert score(LOOKUP, answer(figure(), citations=())).support is False


def test_a_number_in_words_supports_its_figure() -> None:
    banks = case(Expectation(status="answered", values=(ExpectedValue(value=Decimal(12), unit=None, period=None),)))
    prose = citation("超過一千家區域性銀行、十二家股份制銀行", key="company-profile.2")
    assert score(banks, answer(figure("12", "家", ""), citations=(prose,))).passed


def test_a_fluent_refusal_is_no_answer_and_no_wrong_number() -> None:
    judged = score(
        LOOKUP, replace(REFUSAL, text="The report, which is rich in detail, does not state Scope 2 emissions.")
    )
    assert (judged.passed, judged.status, judged.wrong_number) == (False, False, None)


def test_silence_passes_where_nothing_is_disclosed() -> None:
    judged = score(SILENT, REFUSAL)
    assert judged.passed
    assert judged.reason is True
    assert score(SILENT, replace(REFUSAL, reason="off_topic")).reason is False


def test_figures_nearby_are_a_courtesy_not_an_answer() -> None:
    assert score(SILENT, replace(REFUSAL, nearest=(figure(),), citations=(citation(),))).passed


@pytest.mark.parametrize(
    "given",
    [
        answer(figure()),
        replace(REFUSAL, figures=(figure(),)),
        answer(text="Scope 3 emissions were 378.80 tonnes in 2022.[1]"),
    ],
)
def test_any_number_where_nothing_is_disclosed_is_a_wrong_number(given: Answer) -> None:
    judged = score(SILENT, given)
    assert judged.wrong_number is not None
    assert not judged.passed


def test_years_citation_marks_and_the_question_s_own_numbers_are_no_amounts() -> None:
    judged = score(SILENT, answer(text="Scope 3 emissions of 2022 matter to us.[1]"))
    assert (judged.passed, judged.wrong_number) == (False, None)


def test_another_figure_s_number_in_words_is_a_wrong_number() -> None:
    judged = score(LOOKUP, answer(text="Scope 2 emissions were 732.98 tonnes.[1]"))
    assert judged.wrong_number is not None
    assert score(LOOKUP, answer(text="They fell from 732.98 to 378.80 tonnes.[1]")).wrong_number is None


CHANGE = ExpectedValue(value=Decimal("-48.32"), unit="%", period=None, rounded=True)


@pytest.mark.parametrize(
    ("value", "text", "outcome"),
    [
        ("-48.32", "", "right"),
        ("−48.3", "", "right"),
        ("-48.3207", "", "right"),
        ("48.3", "Scope 2 was down 48.3%", "right"),
        ("48.3", "範疇二下降 48.3%", "right"),
        ("48.3", "Scope 2 changed by 48.3%", "value"),
        ("48.3", "Scope 2 rose by 48.3%", "value"),
        ("-48", "", "value"),
        ("-48.4", "", "value"),
    ],
)
def test_a_computed_number_is_right_to_its_last_digit_and_sign(value: str, text: str, outcome: str) -> None:
    assert match(CHANGE, figure(value, "%", "2021–2022"), text) == outcome


def test_percent_and_percentage_points_are_two_things() -> None:
    three = ExpectedValue(value=Decimal(3), unit="pp", period=None)
    assert match(three, figure("3", "percentage points")) == "right"
    assert match(three, figure("3", "%")) == "unit"


def test_a_computed_number_is_supported_by_its_inputs() -> None:
    inputs = (
        Input(label="Scope 2", value="732.98", unit="tCO2e", period="2021", citation=1),
        Input(label="Scope 2", value="378.80", unit="tCO2e", period="2022", citation=1),
    )
    change = replace(figure("-48.32", "%", "2021–2022"), formula="(378.80 − 732.98) ÷ 732.98 × 100", inputs=inputs)
    asked = case(Expectation(status="answered", values=(CHANGE,), evidence=("kpi-environment.t1.r2",)))
    assert score(asked, answer(change)).passed
    assert not score(asked, answer(replace(change, inputs=()))).passed
    swapped = replace(inputs[0], value="739.28")
    assert score(asked, answer(replace(change, inputs=(swapped, inputs[1])))).support is False


def test_any_order_lets_either_number_lead_but_wants_both() -> None:
    other = ExpectedValue(value=Decimal("732.98"), unit="tCO2e", period="2021")
    asked = case(Expectation(status="answered", values=(SCOPE_2, other), any_order=True, accept=(CHANGE,)))
    change = figure("-48.32", "%", "")
    inputs = tuple(
        Input(label="", value=value, unit="tCO2e", period=period, citation=1)
        for value, period in (("732.98", "2021"), ("378.80", "2022"))
    )
    assert score(asked, answer(replace(change, formula="…", inputs=inputs))).passed
    earlier = figure("732.98", period="2021")
    assert score(asked, answer(earlier, figure())).values
    assert not score(asked, answer(figure())).values
    judged = score(asked, answer(change, earlier, figure()))
    assert (judged.values, judged.wrong_number) == (True, None)


def test_a_list_passes_only_whole_and_in_either_script() -> None:
    items = (("tap water", "自來水"), ("barrelled water", "桶裝水"), ("bottled water", "瓶裝水"))
    asked = case(Expectation(status="answered", evidence=("kpi-notes",), list_items=items))
    quote = "市政供水（自來水）、桶裝水（飲用水）和瓶裝水（飲用水）"
    whole = answer(text="自来水、桶装水和瓶装水[1]", citations=(citation(quote, "kpi-notes.2", "zh-Hant"),))
    assert score(asked, whole).passed
    part = answer(text="Tap water and bottled  water.[1]", citations=(citation("tap water", "kpi-notes.2"),))
    judged = score(asked, part)
    assert (judged.listed, judged.passed) == ((2, 3), False)


def test_a_narrative_must_say_one_of_the_words() -> None:
    asked = case(
        Expectation(status="answered", evidence=("whistleblowing",), contains=("Human Resources", "人力資源部"))
    )
    held = citation("小組由人力資源部、法務部和財務部的相關負責人組成", "whistleblowing.1", "zh-Hant")
    assert score(asked, answer(text="", citations=(held,))).passed
    assert not score(asked, answer(text="", citations=(citation("舉報人", "whistleblowing.1"),))).passed


def test_answers_in_two_scripts_agree_on_number_and_place() -> None:
    english = answer(figure())
    chinese = answer(figure(unit="噸二氧化碳當量"), text="", citations=(citation(ROW_CHINESE, edition="zh-Hant"),))
    assert alike(english, chinese)
    assert not alike(english, REFUSAL)
    assert not alike(english, replace(chinese, figures=(figure("732.98"),)))
    assert not alike(english, replace(chinese, figures=(figure(period="2021"),)))
    assert not alike(english, replace(chinese, citations=(citation(key="kpi-environment.t1.r3"),)))


def test_prose_cut_differently_in_two_editions_is_one_place() -> None:
    first = answer(text="Quarterly.", citations=(citation("quarterly", "supply-assessment.1"),))
    second = answer(text="每季度", citations=(citation("每季度", "supply-assessment.2", "zh-Hant"),))
    assert alike(first, second)
