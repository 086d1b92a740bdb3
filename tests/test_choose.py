"""Choosing the series a question asks for: metric, denominator and group agree, and no word stays unexplained."""

from typing import TYPE_CHECKING

import pytest

from index.lexicon import bundled_lexicon
from index.units import read_unit
from qa.catalogue import Catalogue, read_catalogue
from qa.figures import Choice, choose, unit_asked
from qa.question import understand

if TYPE_CHECKING:
    from qa.engine import Engine

NAMES = ("Bairong Inc.", "百融雲創", "6608")


@pytest.fixture(scope="module")
def catalogue(engine: "Engine") -> Catalogue:
    return read_catalogue(engine.snapshot, bundled_lexicon())


def chosen(catalogue: Catalogue, text: str) -> Choice:
    return choose(understand(text, lexicon=catalogue.lexicon, latest="2022"), catalogue, names=NAMES)


def rows(choice: Choice) -> list[str]:
    return [match.series.row_key for match in choice.matches if match.series]


EXACT = [
    ("Scope 1 emissions", "kpi-environment.t1.r1"),
    ("Scope 2 emissions 2022", "kpi-environment.t1.r2"),
    ("範圍二排放量", "kpi-environment.t1.r2"),
    ("范围二排放量", "kpi-environment.t1.r2"),
    ("Bairong's carbon emissions from purchased energy (scope 2)", "kpi-environment.t1.r2"),
    ("hazardous waste", "kpi-environment.t1.r5"),
    ("non-hazardous waste", "kpi-environment.t1.r9"),
    ("有害廢棄物", "kpi-environment.t1.r5"),
    ("無害廢棄物總量", "kpi-environment.t1.r9"),
    ("electricity use", "kpi-environment.t1.r17"),
    ("energy consumption", "kpi-environment.t1.r14"),
    ("water use", "kpi-environment.t1.r19"),
    ("用水量", "kpi-environment.t1.r19"),
    ("How many full-time employees", "kpi-employment.t1.r1"),
    ("charitable donations", "kpi-community.t1.r1"),
]
DENOMINATORS = [
    ("water use per employee", "kpi-environment.t1.r20"),
    ("人均用水量", "kpi-environment.t1.r20"),
    ("water intensity", "kpi-environment.t1.r21"),
    ("hazardous waste per employee", "kpi-environment.t1.r6"),
    ("人均有害废弃物产生量", "kpi-environment.t1.r6"),
    pytest.param(
        "emissions intensity",
        "kpi-environment.t1.r4",
        marks=pytest.mark.xfail(strict=True, reason="emissions alone is not read as ghg_total before intensity"),
    ),
    ("greenhouse gas emission intensity", "kpi-environment.t1.r4"),
    ("能源消耗密度", "kpi-environment.t1.r15"),
]
GROUPS = [
    ("turnover rate", "kpi-employment.t1.r11"),
    ("turnover rate of women", "kpi-employment.t1.r13"),
    ("男性员工流失率", "kpi-employment.t1.r12"),
    ("turnover rate of employees below 30", "kpi-employment.t1.r14"),
    ("average training hours of senior management", "kpi-training.t1.r10"),
    ("suppliers in Shanghai", "kpi-suppliers.t1.r4"),
    ("上海市供應商數目", "kpi-suppliers.t1.r4"),
    ("suppliers", "kpi-suppliers.t1.r1"),
]


@pytest.mark.parametrize(("text", "key"), EXACT)
def test_the_metric_is_the_one_named(catalogue: Catalogue, text: str, key: str) -> None:
    choice = chosen(catalogue, text)
    assert (rows(choice), choice.residue) == ([key], ())


@pytest.mark.parametrize(("text", "key"), DENOMINATORS)
def test_an_amount_and_its_intensity_are_told_apart(catalogue: Catalogue, text: str, key: str) -> None:
    assert rows(chosen(catalogue, text)) == [key]


@pytest.mark.parametrize(("text", "key"), GROUPS)
def test_a_group_and_the_total_are_told_apart(catalogue: Catalogue, text: str, key: str) -> None:
    assert rows(chosen(catalogue, text)) == [key]


def test_a_breakdown_named_without_a_group_means_all_its_groups(catalogue: Catalogue) -> None:
    both = {"kpi-employment.t1.r12", "kpi-employment.t1.r13"}
    assert set(rows(chosen(catalogue, "turnover rate by gender"))) == both
    assert set(rows(chosen(catalogue, "男性和女性員工的流失率"))) == both


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Scope 2 emissions of Tencent", "tencent"),
        ("腾讯的范围二排放", "腾讯"),
        ("water use of the cafeteria", "cafeteria"),
        ("食堂的用水量", "食堂"),
    ],
)
def test_a_word_nothing_explains_is_left_over(catalogue: Catalogue, text: str, left: str) -> None:
    assert left in [word.lower() for word in chosen(catalogue, text).residue]


@pytest.mark.parametrize(
    "text", ["What was Bairong's water use in 2022, please?", "請問百融雲創 2022 年的用水量是多少？"]
)
def test_the_company_s_own_name_and_plain_asking_leave_nothing(catalogue: Catalogue, text: str) -> None:
    assert chosen(catalogue, text).residue == ()


@pytest.mark.parametrize(
    ("text", "absence"),
    [
        ("Scope 3 emissions", "unknown"),
        ("revenue", "unknown"),
        ("air emissions", "unknown"),
        ("範圍三排放", "unknown"),
        ("water use in Hong Kong", "boundary"),
        ("香港的用水量", "boundary"),
        ("turnover rate of senior management", "boundary"),
        ("Scope 2 emissions per square metre", "measure"),
    ],
)
def test_what_no_row_holds_is_absent_for_a_reason(catalogue: Catalogue, text: str, absence: str) -> None:
    choice = chosen(catalogue, text)
    assert rows(choice) == []
    assert [match.absence for match in choice.matches] == [absence]


@pytest.mark.parametrize("text", ["total greenhouse gas emissions", "溫室氣體排放總量", "总温室气体排放"])
def test_a_part_never_stands_for_a_total_of_several(catalogue: Catalogue, text: str) -> None:
    choice = chosen(catalogue, text)
    assert rows(choice) == []
    (match,) = choice.matches
    assert [part.row_key for part in match.parts] == ["kpi-environment.t1.r1", "kpi-environment.t1.r2"]


@pytest.mark.parametrize("text", ["total waste", "廢棄物總量"])
def test_hazardous_waste_is_not_all_waste(catalogue: Catalogue, text: str) -> None:
    assert not {"kpi-environment.t1.r5", "kpi-environment.t1.r9"} & set(rows(chosen(catalogue, text)))


def test_a_mass_of_greenhouse_gas_stays_one_of_carbon_dioxide_equivalent() -> None:
    kilograms, tonnes, cubic_metres = read_unit("kg"), read_unit("tCO2e"), read_unit("m³")
    assert kilograms is not None
    assert tonnes is not None
    assert cubic_metres is not None
    stated = unit_asked(kilograms, tonnes)
    assert stated is not None
    assert stated.symbol == "kgCO2e"
    assert unit_asked(kilograms, cubic_metres) is None
