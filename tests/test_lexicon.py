"""The lexicon names each metric in three scripts, no phrase means two, labels and questions read as concepts."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import index.lexicon
from index.lexicon import Lexicon, Member, age_name, bundled_lexicon, read_lexicon, split_terms
from index.script import fold, to_simplified
from index.units import read_unit

TOML = Path(index.lexicon.__file__).with_name("lexicon.toml")
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return bundled_lexicon()


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(TOML.read_text(encoding="utf-8"))


def test_the_lexicon_holds_at_least_150_metrics(lexicon: Lexicon) -> None:
    assert len(lexicon.metrics) >= 150


@pytest.mark.parametrize("kind", ["metric", "qualifier", "dimension"])
def test_keys_are_unique(kind: str, tables: dict[str, list[dict[str, object]]]) -> None:
    count = Counter(table["key"] for table in tables[kind])
    assert [key for key, n in count.items() if n > 1] == []


def test_members_are_unique_within_their_dimension(tables: dict[str, list[dict[str, object]]]) -> None:
    count = Counter((table["dimension"], table["key"]) for table in tables["breakdown"])
    assert [key for key, n in count.items() if n > 1] == []


def test_every_metric_has_a_name_in_each_of_three_scripts(lexicon: Lexicon) -> None:
    for metric in lexicon.metrics.values():
        assert HAN.search(metric.zh_hant), metric.key
        assert HAN.search(metric.zh_hans), metric.key
        assert re.search("[A-Za-z]", metric.en), metric.key
        assert not HAN.search(metric.en), metric.key
        assert to_simplified(metric.zh_hans) == metric.zh_hans, metric.key


def test_parents_and_summands_exist_and_no_metric_is_part_of_itself(lexicon: Lexicon) -> None:
    for metric in lexicon.metrics.values():
        assert metric.parent is None or metric.parent in lexicon.metrics, metric.key
        assert set(metric.sums) <= set(lexicon.metrics), metric.key
        chain: list[str] = []
        for ancestor in lexicon.ancestors(metric.key):
            assert ancestor not in (metric.key, *chain), metric.key
            chain.append(ancestor)


def test_groups_and_breakdowns_exist(lexicon: Lexicon) -> None:
    dimensions = set(lexicon.dimensions) | {dimension for dimension, _ in lexicon.members} | {"age"}
    for metric in lexicon.metrics.values():
        assert set(metric.breakdowns) <= dimensions, metric.key
        assert metric.group is None or metric.group in lexicon.members, metric.key


def test_every_unit_is_one_the_service_reads(lexicon: Lexicon) -> None:
    units = {unit for metric in lexicon.metrics.values() for unit in metric.units}
    assert sorted(unit for unit in units if read_unit(unit) is None) == []


def test_no_phrase_names_two_metrics(lexicon: Lexicon) -> None:
    twice = {
        " ".join(terms): sorted(key for kind, key, _ in meanings if kind == "metric")
        for terms, meanings in lexicon.phrases.items()
        if sum(kind == "metric" for kind, _, _ in meanings) > 1
    }
    assert twice == {}


def test_every_metric_is_found_by_its_own_three_names(lexicon: Lexicon) -> None:
    missed = [
        (metric.key, name)
        for metric in lexicon.metrics.values()
        for name in (metric.zh_hant, metric.zh_hans, metric.en)
        if ("metric", metric.key, "") not in lexicon.phrases.get(lexicon.terms(fold(name)), ())
    ]
    assert missed == []


def test_codes_are_those_of_hkex_or_a_known_standard(lexicon: Lexicon) -> None:
    codes = {code for metric in lexicon.metrics.values() for code in metric.codes}
    hkex = [code for code in codes if code.startswith("HKEX")]
    assert hkex
    assert [code for code in hkex if not re.fullmatch(r"HKEX (?:[A-B]\d(?:\.\d{1,2})?|[A-D]\S*|\d+\S*)", code)] == []
    assert {code.split()[0] for code in codes} <= {"HKEX", "GRI", "IFRS", "SASB", "TCFD"}


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("用水總量", {"water_total"}),
        ("用水量", {"water_total"}),
        ("total water consumption", {"water_total"}),
        ("員工流失率", {"turnover_rate"}),
        ("员工流失率", {"turnover_rate"}),
        ("employee turnover rate", {"turnover_rate"}),
        ("範疇一", {"ghg_scope_1"}),
        ("Scope 1 emissions", {"ghg_scope_1"}),
        ("Scope II emissions", {"ghg_scope_2"}),
        ("範圍三", {"ghg_scope_3"}),
        ("範疇 2 排放量", {"ghg_scope_2"}),
        ("scope two", {"ghg_scope_2"}),
        ("範疇一及範疇二", {"ghg_scope_1_2"}),
        ("NOx", {"nox"}),
        ("氮氧化物", {"nox"}),
        ("PM2.5", {"particulate_matter"}),
        ("乜乜物物", set()),
    ],
)
def test_a_metric_is_known_by_its_names(text: str, metrics: set[str], lexicon: Lexicon) -> None:
    assert lexicon.concept(text).metrics == metrics


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("30 歲以下員工", {("age", "-30")}),
        ("３０歲以下", {("age", "-30")}),
        ("三十歲以下", {("age", "-30")}),
        ("30 歲 -50 歲（含）", {("age", "30-50")}),
        ("三十至五十歲", {("age", "30-50")}),
        ("50歲以上", {("age", "50-")}),
        ("年過 50 歲", {("age", "50-")}),
        ("employees under 30", {("age", "-30")}),
        ("aged 30-50", {("age", "30-50")}),
        ("aged between 30 and 50", {("age", "30-50")}),
        ("over 50 years old", {("age", "50-")}),
        ("30 or under", {("age", "-30")}),
        ("over 50 tonnes", set()),
        ("2021-22", set()),
        ("女性員工", {("gender", "female")}),
        ("female employees", {("gender", "female")}),
        ("women", {("gender", "female")}),
        ("香港", {("region", "hong_kong")}),
    ],
)
def test_a_breakdown_is_known_by_its_names(text: str, members: set[Member], lexicon: Lexicon) -> None:
    assert lexicon.concept(text).members == members


def test_a_total_and_its_group_are_the_metric_that_counts_the_group(lexicon: Lexicon) -> None:
    counted = [metric for metric in lexicon.metrics.values() if metric.group and metric.parent]
    assert counted
    for metric in counted:
        concept = lexicon.concept(metric.zh_hant)
        assert metric.key in concept.metrics
        assert metric.group not in concept.members


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("人均用水量", "per_employee"),
        ("water use per employee", "per_employee"),
        ("用水密度", "intensity"),
        ("用水量", None),
    ],
)
def test_a_denominator_is_known_by_its_names(text: str, per: str | None, lexicon: Lexicon) -> None:
    assert lexicon.concept(text).per == per


@pytest.mark.parametrize(
    ("everyday", "printed"),
    [("職工流失率", "員工流失率"), ("雇员流失率", "员工流失率"), ("staff turnover rate", "employee turnover rate")],
)
def test_everyday_words_stand_for_the_reports(everyday: str, printed: str, lexicon: Lexicon) -> None:
    assert lexicon.concept(everyday).metrics == lexicon.concept(printed).metrics != frozenset()


def test_codes_are_read_off_a_question(lexicon: Lexicon) -> None:
    assert lexicon.concept("HKEX A1.2 and GRI 305-2, b6").codes == ("A1.2", "GRI 305-2")
    assert lexicon.concept("B6.5 是什麼").codes == ("B6.5",)


def test_what_no_phrase_explains_is_left_over(lexicon: Lexicon) -> None:
    assert lexicon.concept("zzz 員工流失率").rest == ("zzz",)


def test_a_part_and_its_total_are_related_but_two_parts_are_not(lexicon: Lexicon) -> None:
    assert lexicon.related("nox", "air_emissions")
    assert lexicon.related("air_emissions", "nox")
    assert not lexicon.related("nox", "sox")
    assert "nox" in lexicon.children("air_emissions")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("範疇二", ("范", "畴", "2")),
        ("範圍二", ("范", "畴", "2")),
        ("Scope2", ("scope", "2")),
        ("Scope II", ("scope", "2")),
        ("employees' training", ("employe", "train")),
        ("99.3%", ("99.3", "%")),
    ],
)
def test_terms_are_characters_stems_and_numbers(text: str, terms: tuple[str, ...]) -> None:
    found = split_terms(fold(text))
    assert tuple(term.rstrip("'") for term in found) == terms


def test_age_bands_are_written_for_the_reader() -> None:
    assert [age_name(band, "zh-Hans") for band in ("-30", "30-50", "50-")] == ["30 岁以下", "30 至 50 岁", "50 岁以上"]
    assert [age_name(band, "zh-Hant") for band in ("-30", "50-")] == ["30 歲以下", "50 歲以上"]
    assert [age_name(band, "en") for band in ("-30", "30-50", "50-")] == [
        "aged 30 and under",
        "aged 30-50",
        "aged over 50",
    ]


def test_a_lexicon_of_ones_own_is_read_the_same_way() -> None:
    own = read_lexicon(
        """
        [[metric]]
        key = "cups"
        zh_hant = "紙杯"
        zh_hans = "纸杯"
        en = "Paper cups"
        kind = "amount"
        aspect = "A2"
        """
    )
    assert own.concept("PAPER CUP").metrics == own.concept("紙杯").metrics == {"cups"}
    assert own.metrics["cups"].name("zh-Hans") == "纸杯"
