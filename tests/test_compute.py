"""Computing with disclosed figures: Decimal only, rounded half up, the arithmetic shown."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.compute import (
    Derived,
    average,
    difference,
    minus,
    number,
    percent_change,
    ratio,
    rounded,
    share,
    significant,
    total,
)

CASES: list[tuple[Callable[[], Derived | None], str, str]] = [
    # computed, value, formula
    (lambda: percent_change("732.98", "378.80"), "-48.3", "(378.80 − 732.98) ÷ 732.98 × 100% = −48.3%"),
    (lambda: percent_change("1,296", "1,378"), "6.3", "(1,378 − 1,296) ÷ 1,296 × 100% = 6.3%"),
    (lambda: percent_change("200", "200"), "0.0", "(200 − 200) ÷ 200 × 100% = 0.0%"),
    (lambda: percent_change("8", "7.9996"), "0.0", "(7.9996 − 8) ÷ 8 × 100% = −0.0%"),
    (lambda: percent_change("3", "4", places=2), "33.33", "(4 − 3) ÷ 3 × 100% = 33.33%"),
    (lambda: percent_change("400", "401"), "0.3", "(401 − 400) ÷ 400 × 100% = 0.3%"),
    (lambda: difference("732.98", "378.80"), "-354.18", "378.80 − 732.98 = −354.18"),
    (lambda: difference("0.1", "0.3"), "0.2", "0.3 − 0.1 = 0.2"),
    (lambda: difference("43", "46", sign="pp"), "3", "46 − 43 = 3 pp"),
    (lambda: difference("-5.6", "2"), "7.6", "2 − (-5.6) = 7.6"),
    (lambda: total(["0.1", "0.2"]), "0.3", "0.1 + 0.2 = 0.3"),
    (lambda: total(["0", "378.80"]), "378.80", "0 + 378.80 = 378.80"),
    (lambda: total(["651,976.89", "691,231.50"]), "1343208.39", "651,976.89 + 691,231.50 = 1,343,208.39"),
    (lambda: share("632", "1,378"), "45.9", "632 ÷ 1,378 × 100% = 45.9%"),
    (lambda: share("0", "1378"), "0.0", "0 ÷ 1378 × 100% = 0.0%"),
    (lambda: ratio("651976.89", "1378"), "473.1", "651976.89 ÷ 1378 = 473.1"),
    (lambda: ratio("2", "3"), "0.6667", "2 ÷ 3 = 0.6667"),
    (lambda: ratio("369", "1378", factor=Decimal(10000)), "2678", "369 × 10,000 ÷ 1378 = 2,678"),
    (lambda: average(["695", "1037", "1049"]), "927.0", "(695 + 1037 + 1049) ÷ 3 = 927.0"),
    (lambda: average(["1", "2"], places=0), "2", "(1 + 2) ÷ 2 = 2"),
    (lambda: average(["0.25", "0.26"]), "0.255", "(0.25 + 0.26) ÷ 2 = 0.255"),
]
DECIMALS = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(("computed", "value", "formula"), CASES, ids=[case[2] for case in CASES])
def test_a_computed_figure_has_its_value_and_its_formula(
    computed: Callable[[], Derived | None], value: str, formula: str
) -> None:
    derived = computed()
    assert derived is not None
    assert type(derived.value) is Decimal
    assert (derived.value, derived.formula) == (Decimal(value), formula)
    assert abs(derived.value.as_tuple().exponent) == abs(Decimal(value).as_tuple().exponent)  # type: ignore[arg-type]  # finite


@pytest.mark.parametrize("zero", ["0", "0.00", "-0"])
def test_nothing_is_divided_by_zero(zero: str) -> None:
    assert percent_change(zero, "5") is None
    assert share("5", zero) is None
    assert ratio("5", zero) is None


@given(DECIMALS, DECIMALS)
def test_a_difference_added_to_the_old_gives_the_new(old: Decimal, new: Decimal) -> None:
    assert old + difference(str(old), str(new)).value == new


@given(DECIMALS.filter(bool), DECIMALS)
def test_a_percent_change_is_within_half_of_its_last_place(old: Decimal, new: Decimal) -> None:
    derived = percent_change(str(old), str(new))
    assert derived is not None
    assert abs(derived.value - (new - old) * 100 / old) <= Decimal("0.05") + Decimal("1e-12")


@given(DECIMALS)
def test_a_number_as_written_reads_back(value: Decimal) -> None:
    assert number(minus(value)) == value


def test_halves_are_rounded_up_not_to_even() -> None:
    assert [rounded(Decimal(text), 1) for text in ("0.25", "0.35", "-0.25")] == list(
        map(Decimal, ("0.3", "0.4", "-0.3"))
    )
    assert significant(Decimal("12345.5"), 4) == Decimal(12346)
    assert significant(Decimal("0.00123456"), 4) == Decimal("0.001235")
