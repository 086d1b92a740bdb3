"""Folding for matching, with the way back to the report's own characters; languages; the reader's script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.script import Language, fold, fold_with_offsets, language_of, render, to_simplified


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("範疇一：１２，３４５  噸", "范畴一:12,345 吨"),
        ("ＧＨＧ　排放", "GHG 排放"),
        ("tCO₂e", "tCO2e"),
        ("m³", "m3"),
        ("用水\u200b量", "用水量"),
        ("\ufeff關於", "关于"),
        ("half-\u00adyear", "half-year"),
        ("a \t\n b", "a b"),
        ("", ""),
    ],
)
def test_scripts_and_widths_make_no_difference_to_matching(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_folded_characters_know_where_they_came_from(text: str) -> None:
    folded = fold_with_offsets(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    if folded.text:
        start, end = folded.original(0, len(folded.text))
        assert fold(text[start:end]) == folded.text


@pytest.mark.parametrize(
    ("text", "found", "printed"),
    [
        ("員工１，０６０人", "1,060", "１，０６０"),
        ("外購熱力（㎏）", "kg", "㎏"),
        ("範疇一\u200b排放", "范畴一排放", "範疇一\u200b排放"),
        ("Scope 2 (tCO₂e)", "CO2", "CO₂"),
    ],
)
def test_a_folded_span_leads_back_to_the_printed_characters(text: str, found: str, printed: str) -> None:
    folded = fold_with_offsets(text)
    at = folded.text.index(found)
    start, end = folded.original(at, at + len(found))
    assert text[start:end] == printed


def test_an_empty_span_leads_back_to_an_empty_one() -> None:
    assert fold_with_offsets("用水").original(1, 1) == (1, 1)


def test_half_a_surrogate_pair_is_left_out() -> None:
    assert fold("用\ud83d水") == "用水"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What was the water use in 2022?", "en"),
        ("Who is 百融?", "en"),
        ("二零二二年用水量是多少？", "zh-Hant"),
        ("员工流失率是多少？", "zh-Hans"),
        ("ESG 管治報告", "zh-Hant"),
        ("2022 scope 2 排放係幾多", "zh-Hant"),
        ("2022", "en"),
    ],
)
def test_a_texts_language_is_told_by_its_characters(text: str, language: Language) -> None:
    assert language_of(text) == language


def test_characters_of_both_scripts_follow_the_language_asked_for() -> None:
    assert language_of("用水量", otherwise="zh-Hans") == "zh-Hans"
    assert language_of("用水量", otherwise="zh-Hant") == "zh-Hant"
    assert language_of("用水量", otherwise="en") == "zh-Hant"


def test_a_mainland_reader_gets_mainland_words_and_characters() -> None:
    assert render("數碼化與私隱水準", "zh-Hans") == "数字化与隐私水平"


def test_a_hong_kong_reader_gets_traditional_characters_and_untouched_traditional_text() -> None:
    assert render("员工流失率", "zh-Hant") == "員工流失率"
    assert render("數碼化與私隱", "zh-Hant") == "數碼化與私隱"


def test_english_text_is_shown_as_it_is() -> None:
    assert render("Scope 2：378.80", "en") == "Scope 2：378.80"


def test_simplifying_keeps_the_length() -> None:
    text = "範疇二溫室氣體排放總量與員工培訓時數、乾淨能源、后備電源"
    assert len(to_simplified(text)) == len(text)
