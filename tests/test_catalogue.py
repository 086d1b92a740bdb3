"""Figures as series: one row over its periods in all editions, printed twice and held once, named for the reader."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from index.lexicon import bundled_lexicon
from index.script import LANGUAGES, Language, fold, language_of
from qa.catalogue import Catalogue, Series, lexicon_label, nearest_edition, read_catalogue, series_label, unit_label

if TYPE_CHECKING:
    from qa.engine import Engine


@pytest.fixture(scope="module")
def catalogue(engine: "Engine") -> Catalogue:
    return read_catalogue(engine.snapshot, bundled_lexicon())


def row(catalogue: Catalogue, key: str) -> Series:
    return next(series for series in catalogue.series if series.row_key == key)


def test_a_row_is_one_series_over_its_periods_and_editions(catalogue: Catalogue) -> None:
    scope_2 = row(catalogue, "kpi-environment.t1.r2")
    assert scope_2.periods == ["2022", "2021", "2020"]
    assert {period: scope_2.value(period) for period in scope_2.periods} == {
        "2022": Decimal("378.80"),
        "2021": Decimal("732.98"),
        "2020": Decimal("778.20"),
    }
    assert all(set(held) == {"en", "zh-Hant"} for held in scope_2.cells.values())
    assert (scope_2.metrics, scope_2.unit) == ({"ghg_scope_2"}, "tCO2e")


def test_all_editions_of_a_series_print_the_same_number(catalogue: Catalogue) -> None:
    for series in catalogue.series:
        for held in series.cells.values():
            assert len({(figure.value, figure.disclosure) for figure in held.values()}) == 1, series.row_key


@pytest.mark.xfail(
    strict=True, reason="召開次數 has a unit and Number held in none; 家 is company and suppliers is supplier"
)
def test_all_editions_of_a_series_are_in_the_same_unit(catalogue: Catalogue) -> None:
    for series in catalogue.series:
        for held in series.cells.values():
            assert len({figure.unit for figure in held.values()}) == 1, series.row_key


def test_a_dash_is_no_number(catalogue: Catalogue) -> None:
    employees = row(catalogue, "kpi-employment.t1.r1")
    assert [period for period in employees.periods if employees.disclosed(period)] == ["2022", "2021"]
    assert not employees.disclosed("2019")
    with pytest.raises(ValueError, match="2020 is not disclosed"):
        employees.value("2020")


def test_a_zero_is_a_number(catalogue: Catalogue) -> None:
    scope_1 = row(catalogue, "kpi-environment.t1.r1")
    assert scope_1.disclosed("2022")
    assert scope_1.value("2022") == 0


def test_rows_that_print_the_same_figures_twice_are_held_once(catalogue: Catalogue) -> None:
    scope_2 = [series for series in catalogue.series if series.metrics == {"ghg_scope_2"}]
    assert len(scope_2) == 1
    assert [series.row_key for series in scope_2[0].also] == ["climate-responses.t1.r2"]


def test_no_row_is_lost_in_collapsing(catalogue: Catalogue, engine: "Engine") -> None:
    held = [one.row_key for series in catalogue.series for one in (series, *series.also)]
    assert sorted(held) == sorted({figure.row_key for figure in engine.snapshot.figures})


@pytest.mark.parametrize(
    ("key", "language", "label"),
    [
        ("kpi-environment.t1.r2", "en", "GHG emissions (Scope 2)"),
        ("kpi-environment.t1.r2", "zh-Hant", "溫室氣體排放量（範疇二）"),
        ("kpi-environment.t1.r2", "zh-Hans", "温室气体排放量（范畴二）"),
        ("kpi-employment.t1.r13", "en", "Female employee turnover rate"),
        ("kpi-employment.t1.r13", "zh-Hant", "女性員工流失率"),
        ("kpi-suppliers.t1.r2", "en", "Suppliers in Mainland China"),
        ("kpi-employment.t1.r10", "zh-Hant", "按員工年齡組別劃分 員工比例: 50 歲以上"),
    ],
)
def test_a_series_is_named_as_the_reader_s_edition_prints_it(
    catalogue: Catalogue, key: str, language: Language, label: str
) -> None:
    assert series_label(row(catalogue, key), language, catalogue.lexicon) == label


def test_every_series_is_named_in_the_reader_s_language(catalogue: Catalogue) -> None:
    for series in catalogue.series:
        assert series_label(series, "en", catalogue.lexicon).isascii(), series.row_key
        traditional = series_label(series, "zh-Hant", catalogue.lexicon)
        assert language_of(traditional) == "zh-Hant"
        assert fold(traditional) == fold(series_label(series, "zh-Hans", catalogue.lexicon))


def test_the_lexicon_names_metric_group_and_denominator(catalogue: Catalogue) -> None:
    women = row(catalogue, "kpi-employment.t1.r13")
    assert "female" in lexicon_label(women, "en", catalogue.lexicon)
    assert "女" in lexicon_label(women, "zh-Hant", catalogue.lexicon)
    board = row(catalogue, "governance-structure.t1.r2.c1")
    assert (board.metrics, lexicon_label(board, "en", catalogue.lexicon)) == (frozenset(), "")


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("kpi-environment.t1.r2", ("tCO₂e", "噸 二氧化碳當量", "吨 二氧化碳当量")),
        ("kpi-environment.t1.r17", ("kWh", "千瓦時", "千瓦时")),
        ("kpi-environment.t1.r19", ("m³", "立方米", "立方米")),
        ("kpi-employment.t1.r1", ("persons", "人", "人")),
        ("kpi-employment.t1.r13", ("%", "%", "%")),
    ],
)
def test_a_unit_is_named_for_the_reader(catalogue: Catalogue, key: str, names: tuple[str, ...]) -> None:
    series = row(catalogue, key)
    assert tuple(unit_label(series.figure("2022", language), language) for language in LANGUAGES) == names


def test_a_unit_is_named_in_english_where_only_a_chinese_edition_is_held(catalogue: Catalogue) -> None:
    chinese = row(catalogue, "kpi-environment.t1.r17").cells["2022"]["zh-Hant"]
    assert unit_label(chinese, "en") == "kWh"


@pytest.mark.parametrize(
    ("held", "language", "edition"),
    [
        (("en", "zh-Hant"), "zh-Hans", "zh-Hant"),
        (("en", "zh-Hans"), "zh-Hant", "zh-Hans"),
        (("en", "zh-Hant"), "en", "en"),
        (("zh-Hant",), "en", "zh-Hant"),
        (("en",), "zh-Hans", "en"),
    ],
)
def test_a_reader_is_shown_the_nearest_edition(held: tuple[str, ...], language: Language, edition: str) -> None:
    assert nearest_edition(held, language) == edition
