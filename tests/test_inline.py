"""Markup inside a line goes; each visible character keeps its place in the file."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers.inline import visible


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("**範疇二**為 <b>378.80</b> 噸", "範疇二為 378.80 噸"),
        ("tCO<sub>2</sub>e", "tCO2e"),
        ("流失率<sup>(1)</sup>", "流失率(1)"),
        ("<input checked> 已披露", "已披露"),
        ("[ESG Guide](https://example.org/a) applies", "ESG Guide applies"),
        ("[**bold** link](https://example.org)", "bold link"),
        ("<https://example.org/2>", "https://example.org/2"),
        ("<ir@example.org>", "ir@example.org"),
        ("![logo](logo.png) Tiny Co.", "Tiny Co."),
        (r"5 \* 3", "5 * 3"),
        ("R&amp;D &lt; 5%", "R&D < 5%"),
        ("<!-- draft -->final", "final"),
        ("__重要__", "重要"),
        ("  padded  ", "padded"),
        ("", ""),
    ],
)
def test_markup_goes_and_words_stay(source: str, shown: str) -> None:
    assert visible(source, 0, len(source)).text == shown


@pytest.mark.parametrize("source", ["2 * 3 * 4", "x < 5 and y > 3", "snake_case_name", "R & D", "[1]", "~50%"])
def test_what_only_looks_like_markup_stays(source: str) -> None:
    assert visible(source, 0, len(source)).text == source


def test_only_the_stretch_asked_for_is_read() -> None:
    source = "前文 **用水** 後文"
    assert visible(source, 3, 9).text == "用水"


def test_an_entity_keeps_the_place_of_all_its_characters() -> None:
    source = "R&amp;D"
    text = visible(source, 0, len(source))
    assert [(text.text[p.start : p.end], source[p.source : p.source_end]) for p in text.pieces] == [
        ("R", "R"),
        ("&", "&amp;"),
        ("D", "D"),
    ]


@given(
    st.lists(
        st.sampled_from(["用水 ", "378.80", "**", "<b>", "</b>", "&lt;", "[a](b)", "\\*", " ", "\n", "<", "_", "]"])
    )
)
def test_pieces_cover_the_visible_text_in_order_and_equal_the_source(parts: list[str]) -> None:
    source = "".join(parts)
    text = visible(source, 0, len(source))
    assert "".join(text.text[p.start : p.end] for p in text.pieces) == text.text
    assert [p.source for p in text.pieces] == sorted(p.source for p in text.pieces)
    for piece in text.pieces:
        shown, printed = text.text[piece.start : piece.end], source[piece.source : piece.source_end]
        assert shown in (printed, html.unescape(printed))
