"""A Markdown report is read whole: sections, paragraphs, lists, tables, pages, and what was left out and why."""

import codecs
import html
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.build import read_report
from index.errors import UnknownFormat, UnreadableReport
from index.readers.file import MAX_BYTES
from index.report import Items, LeftOut, Paragraph, Report, Table, Text

CHINESE = """\
(股份代號：9999.HK)

# 小店控股 2022 年環境、社會及管治報告

![封面](cover.png)

## 目錄

關於本報告\t1
環境\t2
社會\t3
展望\t4

## 關於 本報告

本報告涵蓋 2022 年 1 月 1 日至 2022 年 12 月 31 日。<b>數據</b>經董事會審閱。

## 環境

- 節約用水
- 節約用電
  繼續一行

### 環境績效

指標\t單位\t2022 年\t2021 年
用水量<sup>(1)</sup>\t立方米\t1,049\t1,037
外購熱力\t吉焦\t—\t0

註:

(1) 用水量包括飲用水。
(2) 環境數據的範圍為總部。

## 社會

| 指標 | 單位 | 2022 | 2021 |
|---|---|---|---|
| 員工總數 | 人 | 1,060 | 1,014 |

● 培訓全員
● 關懷社區

<table><tr><th>議題</th><th>回應</th></tr><tr><td>R&amp;D</td><td>見 [網站](https://example.org)</td></tr></table>

***

## 展望

<input checked>

明年再見。
"""

ENGLISH = """\
# Tiny Co. 2022 ESG Report

Stock code: 9999.HK

## Contents

About this report ..... 1
Environment ........... 2
Social ................ 3
Outlook ............... 4

## About this report

It covers the year ended 31 December 2022. Write to ir@tiny.example.

## Environment

| Indicator | Unit | 2022 | 2021 |
|---|---|---|---|
| Water used | m³ | 1,049 | 1,037 |

Note: water includes drinking water.

## Social

1. Everyone is trained.
2. Nobody is under sixteen.

## Outlook

See you next year.
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def to_file(content: str | bytes, name: str = "tiny-2022.md") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


@pytest.fixture
def chinese(write: Callable[..., Path]) -> Report:
    return read_report(write(CHINESE))


@pytest.fixture
def english(write: Callable[..., Path]) -> Report:
    return read_report(write(ENGLISH))


def texts(report: Report) -> Iterator[Text]:
    for _, block in report.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Items):
            yield from block.items
        else:
            yield from (cell.text for row in block.rows for cell in row.cells)


def said(report: Report, title: str) -> list[list[str] | str]:
    section = next(section for section in report.sections if section.title == title)
    return [
        block.text.text
        if isinstance(block, Paragraph)
        else [item.text for item in block.items]
        if isinstance(block, Items)
        else [" ".join(cell.text.text for cell in row.cells) for row in block.rows]
        for block in section.blocks
    ]


def test_sections_lists_and_tables_are_read_in_order(chinese: Report) -> None:
    assert said(chinese, "環境") == [["節約用水", "節約用電\n繼續一行"]]
    assert said(chinese, "環境績效") == [
        ["指標 單位 2022 年 2021 年", "用水量(1) 立方米 1,049 1,037", "外購熱力 吉焦 — 0"],
        "註:",
        "(1) 用水量包括飲用水。\n(2) 環境數據的範圍為總部。",
    ]
    assert said(chinese, "社會") == [
        ["指標 單位 2022 2021", "員工總數 人 1,060 1,014"],
        ["培訓全員", "關懷社區"],
        ["議題 回應", "R&D 見 網站"],
    ]


def test_a_section_knows_its_headings_and_pages(chinese: Report, english: Report) -> None:
    by_title = {section.title: section for section in chinese.sections}
    assert by_title["環境績效"].path[-2:] == ("環境", "環境績效")
    assert by_title["環境績效"].level == 3
    assert (by_title["環境"].page, by_title["環境"].page_end) == (2, 3)
    assert (by_title["環境績效"].page, by_title["展望"].page) == (2, 4)
    assert [(s.title, s.page) for s in english.sections[-4:]] == [
        ("About this report", 1),
        ("Environment", 2),
        ("Social", 3),
        ("Outlook", 4),
    ]


def test_blanks_that_a_line_break_left_in_a_heading_go(chinese: Report) -> None:
    assert "關於本報告" in [section.title for section in chinese.sections]


def test_words_below_a_table_that_call_themselves_notes_are_notes(chinese: Report, english: Report) -> None:
    notes = [block.text.text for _, block in english.blocks if isinstance(block, Paragraph) and block.note]
    assert notes == ["Note: water includes drinking water."]
    assert [b.text.text for _, b in chinese.blocks if isinstance(b, Paragraph) and b.note] == ["註:"]


def test_items_below_a_note_are_notes(write: Callable[..., Path]) -> None:
    report = read_report(write("# 甲\n\n註：\n\n1. 用水包括飲用水。\n\n一段正文。\n\n- 一項\n"))
    assert [(type(b).__name__, getattr(b, "note", False)) for _, b in report.blocks] == [
        ("Paragraph", True),
        ("Items", True),
        ("Paragraph", False),
        ("Items", False),
    ]


def test_metadata_is_read_from_the_report(chinese: Report, english: Report) -> None:
    read = [(r.metadata.company, r.metadata.report_id, r.metadata.language) for r in (chinese, english)]
    assert read == [("小店控股", "9999-2022", "zh-Hant"), ("Tiny Co.", "9999-2022", "en")]
    assert english.metadata.contact == "ir@tiny.example"


def test_every_piece_of_every_block_is_the_files_own_characters(chinese: Report, english: Report) -> None:
    for report in (chinese, english):
        for text in texts(report):
            words = "".join("".join(text.text[p.start : p.end] for p in text.pieces).split())
            assert words == "".join(text.text.split())  # only line ends may be put in
            for piece in text.pieces:
                printed = report.source[piece.source : piece.source_end]
                assert text.text[piece.start : piece.end] in (printed, html.unescape(printed))


def test_nothing_is_dropped_without_being_counted(chinese: Report, english: Report) -> None:
    counts = chinese.summary
    assert (counts.sections, counts.paragraphs, counts.items, counts.tables, counts.cells) == (8, 5, 4, 3, 24)
    assert counts.characters == len(CHINESE)
    assert counts.left_out == (
        LeftOut(what="contents lines", why="read as page numbers", count=4),
        LeftOut(what="images", why="an image has no text", count=1),
        LeftOut(what="markup without text", why="nothing to read in it", count=1),
        LeftOut(what="rules", why="no text", count=1),
    )
    assert [(left.what, left.count) for left in english.summary.left_out] == [("contents lines", 4)]


@pytest.mark.parametrize("source", [CHINESE, ENGLISH])
def test_every_word_of_the_file_stands_in_a_block_a_heading_or_the_contents(
    source: str, write: Callable[..., Path]
) -> None:
    report = read_report(write(source))
    held = bytearray(len(source))
    for piece in (piece for text in texts(report) for piece in text.pieces):
        held[piece.source : piece.source_end] = b"\x01" * (piece.source_end - piece.source)
    left = "".join(" " if taken else character for character, taken in zip(source, held, strict=True))
    allowed = (
        "#",
        "!",
        "<",
        "|---",
        "關於",
        "環境\t",
        "社會\t",
        "展望\t",
        "About",
        "Environment ",
        "Social ",
        "Outlook ",
    )
    rest = [line for line in (line.strip() for line in left.split("\n")) if line and not line.startswith(allowed)]
    assert [
        line for line in rest if any(c.isalpha() for c in line.replace("sup", "").replace("https://example.org", ""))
    ] == []


def test_words_beside_an_html_table_and_its_caption_are_read(write: Callable[..., Path]) -> None:
    table = "<table><caption>單位：噸</caption><tr><td>用紙</td><td>3</td></tr></table>"
    report = read_report(write(f"# 環境\n\n表前{table}中間{table.replace('用紙', '用水')} 表後\n"))
    assert said(report, "環境") == ["表前", "單位：噸", ["用紙 3"], "中間", "單位：噸", ["用水 3"], "表後"]


def test_an_html_table_that_never_closes_reaches_to_the_end(write: Callable[..., Path]) -> None:
    assert said(read_report(write("# 環境\n\n<table>\n<tr><td>用紙<td>3\n")), "環境") == [["用紙 3"]]


def test_images_within_lines_and_headings_are_counted(write: Callable[..., Path]) -> None:
    report = read_report(write("# 環境 ![圖](a.png)\n\n用水 ![圖](b.png) 下降。\n\n![圖](c.png)\n"))
    assert report.summary.left_out == (LeftOut(what="images", why="an image has no text", count=3),)


def test_a_plain_line_below_bulleted_ones_comes_after_them(write: Callable[..., Path]) -> None:
    report = read_report(write("# 環境\n\n措施：\n● 節水\n● 節電\n以上措施有效。\n"))
    assert said(report, "環境") == ["措施：", ["節水", "節電"], "以上措施有效。"]


def test_code_quotes_and_indented_lines_are_text(write: Callable[..., Path]) -> None:
    report = read_report(write("# A\n\n```\nkept 1\n```\n\n    kept 2\n\n> kept 3\n\n[kept]: 4\n"))
    shown = " ".join(text.text for text in texts(report))
    assert all(word in shown for word in ("kept 1", "kept 2", "kept 3", "[kept]: 4"))


def test_front_matter_and_heading_keys_are_read_not_shown(write: Callable[..., Path]) -> None:
    report = read_report(write("---\ncompany: 小店\nyear: 2021\n---\n\n# 報告 {#top}\n\n用水 3 噸。\n"))
    assert (report.metadata.company, report.metadata.year) == ("小店", 2021)
    assert [(section.key, section.title) for section in report.sections] == [("top", "報告")]


def test_the_users_metadata_wins_over_the_files(write: Callable[..., Path]) -> None:
    path = write("---\nyear: 2021\n---\n\n# 報告\n\n用水 3 噸。\n")
    assert read_report(path, metadata={"year": 2020}).metadata.year == 2020


def test_keys_given_twice_stay_unique(write: Callable[..., Path]) -> None:
    report = read_report(write("# 甲 {#a}\n\n一。\n\n# 乙 {#a}\n\n二。\n"))
    assert len({section.key for section in report.sections}) == 2


def test_a_byte_order_mark_and_other_line_ends_make_no_difference(write: Callable[..., Path]) -> None:
    plain = read_report(write(CHINESE))
    for content in (
        codecs.BOM_UTF8 + CHINESE.encode(),
        CHINESE.replace("\n", "\r\n").encode(),
        codecs.BOM_UTF8 + CHINESE.replace("\n", "\r").encode(),
    ):
        other = read_report(write(content))
        assert (other.sections, other.source, other.metadata) == (plain.sections, plain.source, plain.metadata)
        assert other.sha256 != plain.sha256


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"tiny-2022\.md: the file is empty; expected the text of a report"),
        (b" \n\t\n", "the file is empty"),
        (codecs.BOM_UTF8, "the file is empty"),
        (CHINESE.encode("utf-16"), "the text is UTF-16; save it as UTF-8"),
        (CHINESE.encode("utf-16-be"), "holds NUL bytes, so it is binary or UTF-16"),
        (ENGLISH.encode("utf-16-le"), "holds NUL bytes, so it is binary or UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "this is a PNG image, not text"),
        (b"%PDF-1.7\n", "this is a PDF, not text"),
        (b"PK\x03\x04word", "this is a ZIP archive"),
        (b"# A\n\x00\n", "holds NUL bytes"),
        (CHINESE.encode("big5", "replace"), r"byte \d+ is not UTF-8 \(Big5, GB18030\?\)"),
        (CHINESE.encode("gb18030"), r"byte \d+ is not UTF-8"),
        ("用水".encode()[:-1], r"breaks off in the middle of a character \(byte 3 of 5\); it looks truncated"),
    ],
)
def test_a_file_that_is_no_utf8_text_is_refused_in_words(
    content: bytes, message: str, write: Callable[..., Path]
) -> None:
    with pytest.raises(UnreadableReport, match=message):
        read_report(write(content))


def test_a_file_over_the_limit_is_refused_by_its_size(write: Callable[..., Path]) -> None:
    with pytest.raises(UnreadableReport, match=r"20\.0 MB is over the limit of 20 MB"):
        read_report(write(b"a" * (MAX_BYTES + 1)))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    for name in ("none.md", "folder.md"):
        with pytest.raises(UnreadableReport, match=rf"{name}: no such file"):
            read_report(tmp_path / name)


@pytest.mark.parametrize("name", ["report.txt", "report.pages", "report", "report.docx"])
def test_an_unknown_suffix_is_refused_with_what_is_expected(name: str, write: Callable[..., Path]) -> None:
    with pytest.raises(UnknownFormat, match=rf"{name}: expected \.md"):
        read_report(write(CHINESE, name))


def test_a_suffix_may_be_in_capitals(write: Callable[..., Path]) -> None:
    assert read_report(write(ENGLISH, "TINY.MD")).metadata.company == "Tiny Co."


@pytest.mark.parametrize(
    ("source", "cut", "missing"), [(CHINESE, "## 展望", "展望"), (ENGLISH, "## Outlook", "Outlook")]
)
def test_a_file_whose_contents_name_missing_sections_is_refused_unless_partial(
    source: str, cut: str, missing: str, write: Callable[..., Path]
) -> None:
    path = write(source[: source.index(cut)])
    with pytest.raises(UnreadableReport, match=rf"does not have: {missing} \(p\. 4\); it looks truncated"):
        read_report(path)
    assert read_report(path, partial=True).summary.tables


def test_a_group_named_on_a_line_of_its_own_does_not_end_its_table(write: Callable[..., Path]) -> None:
    rows = (
        "指标\t单位\t2023\t2022\n废气\n氮氧化物\t吨\t28.4\t31.6\n硫氧化物\t吨\t3.1\t3.4\n"
        "范围一温室气体\n天然气\t吨\t18\t19\n"
    )
    report = read_report(write(CHINESE + f"\n## 关键绩效\n\n{rows}注：范围一不含尾气。\n"))
    last = [block for _, block in report.blocks if isinstance(block, Table)][-1]
    names = [[cell.text.text for cell in row.cells if cell.text.text] for row in last.rows]
    assert names[1::3] == [["废气"], ["范围一温室气体"]]
    assert len(names) == 6


def test_table_keys_count_within_their_section(chinese: Report) -> None:
    keys = [block.key for _, block in chinese.blocks if isinstance(block, Table)]
    assert len(keys) == len(set(keys))
    assert [key.rpartition(".")[2] for key in keys] == ["t1", "t1", "t2"]
