"""Words and sentences: numbers and codes are never split, spans are exact."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import dictionary_hash, search_tokens, sentences, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("外購電力 1,529.24 兆瓦時", ["1,529.24"]),
        ("外購電力1,529.24兆瓦時", ["1,529.24"]),
        ("共３，０１２人", ["3,012"]),
        ("54 萬元與54萬元", ["54", "54"]),
        ("覆蓋率 99.3%，９９．３％", ["99.3%", "99.3%"]),
        ("2022.11 獲獎", ["2022.11"]),
        ("2022/23 財年", ["2022/23"]),
        ("used 1,049 tonnes in 2022", ["1,049", "2022"]),
        ("12,345,678.90", ["12,345,678.90"]),
        ("ISO 27001:2013", ["27001:2013"]),
        ("ISO27001", ["iso27001"]),
        ("A1.2 與 B6.4", ["a1.2", "b6.4"]),
        ("PM2.5", ["pm2.5"]),
    ],
)
def test_a_number_or_code_is_never_split(text: str, found: list[str]) -> None:
    assert [token for token in tokens(text) if any(c.isdigit() for c in token)] == found


def test_a_number_keeps_apart_from_its_unit() -> None:
    assert tokens("獎金 54 萬元") == ["奖金", "54", "万元"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("員工流失率", "员工流失率"),
        ("用水量１，０４９立方米", "用水量 1,049 立方米"),
        ("Emissions", "emission"),
        ("trained employees", "training employee"),
        ("範疇二", "范围 2"),
        ("Scope II", "scope two"),
    ],
)
def test_scripts_widths_and_endings_make_no_difference_to_search(one: str, other: str) -> None:
    shared = set(search_tokens(one)) & set(search_tokens(other))
    assert shared >= set(search_tokens(one)) - {"范", "畴", "围", "范围", "范畴", "二", "ii"}
    assert shared


def test_a_number_is_found_with_or_without_its_commas() -> None:
    assert search_tokens("1,529.24") == search_tokens("1529.24")


def test_scopes_are_told_apart() -> None:
    assert "scope1" not in search_tokens("範疇二")
    assert "scope1" not in search_tokens("範圍 12")


def test_words_that_say_nothing_are_not_searched() -> None:
    assert search_tokens("what is the 的 是 多少") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("甲。乙！丙？丁；戊", ["甲。", "乙！", "丙？", "丁；", "戊"]),
        ("他說「好。」然後走", ["他說「好。」", "然後走"]),
        ("Water fell. Power rose! Why? Rain", ["Water fell.", "Power rose!", "Why?", "Rain"]),
        ("It was 378.80 t. Then 2.5 t.", ["It was 378.80 t.", "Then 2.5 t."]),
        ("U.S. sales fell.", ["U.S. sales fell."]),
        ("Version 2.0 is out. 系統已更新。", ["Version 2.0 is out.", "系統已更新。"]),
        ("第一行\n第二行\n\n第三行", ["第一行", "第二行", "第三行"]),
        ("用水 1,529.24 噸。", ["用水 1,529.24 噸。"]),
        ("  ", []),
    ],
)
def test_sentences_are_whole(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == found


@given(st.text(alphabet='用水。！？ .A1,\n;」("', max_size=60))
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_the_words_that_text_is_cut_by_have_one_name() -> None:
    assert dictionary_hash() == dictionary_hash()
    assert len(dictionary_hash()) == 64
