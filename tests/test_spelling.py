"""Misspelt English words are read as known ones; known words, names and abbreviations stand as they are."""

import pytest

from qa.spelling import Speller

SPELLER = Speller("emissions electricity employee employees turnover supplier training water greenhouse".split())


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("emmisions", "emissions"),
        ("emisions", "emissions"),
        ("electrcity", "electricity"),
        ("emplyees", "employees"),
        ("turnver", "turnover"),
        ("Suplier", "supplier"),
        ("greenhuose", "greenhouse"),
    ],
)
def test_a_misspelt_word_is_read_as_the_known_one(given: str, meant: str) -> None:
    assert SPELLER.correct(f"2022 {given}?") == (f"2022 {meant}?", {given: meant})


@pytest.mark.parametrize(
    "text",
    [
        "How did emissions and training change?",
        "employee's turnovers",
        "TRAININ",  # an abbreviation, for all one knows
        "Tencent revenue",
        "範圍二排放 emissions 係幾多",
        "２０２２年",
        "",
    ],
)
def test_what_is_known_or_near_to_nothing_stands(text: str) -> None:
    assert SPELLER.correct(text) == (text, {})


def test_a_company_s_name_is_no_misspelling() -> None:
    assert SPELLER.correct("suppliar")[1] == {"suppliar": "supplier"}
    assert SPELLER.correct("suppliar", names={"suppliar"}) == ("suppliar", {})


def test_short_words_are_left_alone() -> None:
    assert SPELLER.correct("wtr emi")[1] == {}


def test_correcting_twice_changes_nothing_more() -> None:
    once, _ = SPELLER.correct("emmisions of greenhuose gas")
    assert SPELLER.correct(once) == (once, {})


def test_every_misspelling_of_a_text_is_told() -> None:
    _, corrections = SPELLER.correct("emmisions and electrcity")
    assert corrections == {"emmisions": "emissions", "electrcity": "electricity"}
