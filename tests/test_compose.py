"""The words of an answer: amounts as printed, labels in the reader's language, numbers that read back to themselves."""

from decimal import Decimal
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.quantity import find_quantities
from index.script import LANGUAGES, Language
from qa.compose import TEXTS, Citations, amount, in_edition, plain, refusal, say, with_mark, written
from qa.compute import minus

if TYPE_CHECKING:
    from qa.engine import Engine

AMOUNTS = [
    # digits, unit, language, written
    ("46", "%", "en", "46%"),
    ("46", "％", "zh-Hant", "46%"),
    ("1,378", "人", "zh-Hant", "1,378 人"),
    ("651,976.89", "kWh", "en", "651,976.89 kWh"),
    ("0.27", "", "en", "0.27"),
    ("369", "RMB million", "en", "369 (RMB million)"),
]
DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False).map(
    lambda value: value.quantize(Decimal("0.0001")) if abs(value.as_tuple().exponent) > 4 else value  # type: ignore[arg-type]  # finite
)


@pytest.mark.parametrize(("digits", "unit", "language", "expected"), AMOUNTS)
def test_an_amount_is_written_with_its_unit(digits: str, unit: str, language: Language, expected: str) -> None:
    assert amount(digits, unit, language) == expected


@pytest.mark.parametrize(
    ("digits", "machine"),
    [
        ("1,529.24", "1529.24"),
        ("378.80", "378.80"),
        ("(5.60)", "-5.60"),
        ("−3.2", "-3.2"),
        ("-3.2", "-3.2"),
        ("0", "0"),
    ],
)
def test_printed_digits_keep_every_decimal(digits: str, machine: str) -> None:
    assert plain(digits) == machine


@given(
    DECIMALS, st.sampled_from([("kWh", "en"), ("千瓦時", "zh-Hant"), ("吨", "zh-Hans"), ("%", "en"), ("人", "zh-Hant")])
)
def test_every_number_written_reads_back_to_itself(value: Decimal, unit: tuple[str, Language]) -> None:
    symbol, language = unit
    text = say("stood", language, label="X", value=amount(minus(value), symbol, language), period="2022")
    assert value in [q.value for q in find_quantities(text) if q.kind in ("amount", "share")]


@given(DECIMALS)
def test_machine_digits_and_written_ones_are_the_same_number(value: Decimal) -> None:
    assert Decimal(plain(written(format(value, "f")))) == value


def test_both_languages_have_the_same_sentences_with_the_same_slots() -> None:
    def slots(template: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(template) if name}

    assert {name: slots(text) for name, text in TEXTS["en"].items()} == {
        name: slots(text) for name, text in TEXTS["zh-Hant"].items()
    }


def test_simplified_sentences_are_in_simplified_characters() -> None:
    assert say("other_period", "zh-Hans", label="用水", period="2019") == "报告没有披露 2019 年的用水。"


def test_what_fills_a_slot_is_not_converted() -> None:
    assert "權" in say("stood", "zh-Hans", label="權", value="1", period="2022")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_names_the_period_or_the_metric_when_known(language: Language) -> None:
    assert "2019" in refusal("other_period", language, label="X", period="2019")
    assert "Scope 3" in refusal("not_in_report", language, label="Scope 3")
    assert refusal("not_in_report", language) == say("not_in_report", language)
    assert "2022" in refusal("forward_looking", language, latest="2022")
    assert "2025" in refusal("forward_looking", language, period="2025", latest="2022")


def test_a_mark_stands_once_for_each_citation() -> None:
    assert with_mark("So.", [2, 1, 2]) == "So.[2][1]"
    assert with_mark("So.", []) == "So."


def test_a_quote_is_cited_once(engine: "Engine") -> None:
    first, second = engine.snapshot.passages[:2]
    citations = Citations()
    assert [citations.cite(p, 0, 4) for p in (first, second, first)] == [1, 2, 1]
    assert citations.cite(first, 0, 5) == 3
    assert [citation.quote for citation in citations.all] == [first.text[:4], second.text[:4], first.text[:5]]


def test_both_chinese_readers_read_either_chinese_edition(engine: "Engine") -> None:
    editions = {passage.edition: passage for passage in engine.snapshot.passages}
    assert in_edition(editions["zh-Hant"], "zh-Hans")
    assert in_edition(editions["en"], "en")
    assert not in_edition(editions["en"], "zh-Hant")
