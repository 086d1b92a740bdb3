"""What an amount is divided by, as people say it."""

import pytest

from index.lexicon import bundled_lexicon


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("revenue-based water intensity", "per_revenue"),
        ("碳排放強度（按收入），2022年？", "per_revenue"),
        ("harmless waste divided by office floor area", "per_area"),
        ("training spending for every employee", "per_employee"),
    ],
)
def test_a_divisor_is_named_by_relation_and_noun(text: str, per: str) -> None:
    assert bundled_lexicon().concept(text).per == per


@pytest.mark.parametrize("text", ["office-based staff", "product-based training", "location-based Scope 2 emissions"])
def test_what_something_is_based_on_divides_nothing_else(text: str) -> None:
    assert bundled_lexicon().concept(text).per is None
