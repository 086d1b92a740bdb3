"""The table of contents: which lines it is, which page each section starts on, whether the file is whole."""

import pytest

from index.errors import UnreadableReport
from index.readers.contents import Entry, entry_in_line, find_entries, page_ranges, require_whole, title_key


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("治理架構\t23", Entry(title="治理架構", page=23)),
        ("展望 ........ 65", Entry(title="展望", page=65)),
        ("Board statement … 4", Entry(title="Board statement", page=4)),
        ("關於本報告 | 01", Entry(title="關於本報告", page=1)),
        ("治理架構", None),
        ("用水量\t1,049", None),
        ("截至 2022", None),
        ("23", None),
    ],
)
def test_a_line_of_the_contents_is_a_title_and_a_page(line: str, entry: Entry | None) -> None:
    assert entry_in_line(line) == entry


def test_blanks_and_punctuation_make_no_difference_to_a_title() -> None:
    assert title_key("董事長 致辭：") == title_key("董事长致辞")


def test_lines_under_a_heading_that_says_contents_are_read_as_pages() -> None:
    entries, used = find_entries([["目錄"], ["甲\t1", "乙\t3"], ["正文一段"], ["丙\t5"]], set())
    assert entries == [Entry(title="甲", page=1), Entry(title="乙", page=3)]
    assert used == {1}


def test_lines_that_name_the_files_headings_are_contents_wherever_they_stand() -> None:
    entries, used = find_entries([["前言"], ["環境\t10", "社會\t20"]], {title_key("環境"), title_key("社會")})
    assert [entry.page for entry in entries] == [10, 20]
    assert used == {1}


def test_a_small_table_of_numbers_is_no_contents() -> None:
    entries, used = find_entries([["員工\t60", "供應商\t20"]], {title_key("環境")})
    assert (entries, used) == ([], set())


def test_a_part_with_one_line_that_is_no_entry_is_no_contents() -> None:
    assert find_entries([["目錄"], ["甲\t1", "一段正文"], ["乙\t2"]], set()) == ([], set())


def test_a_section_starts_where_the_contents_say_and_ends_where_the_next_starts() -> None:
    entries = [Entry(title="環境", page=10), Entry(title="社會", page=14)]
    assert page_ranges(["封面", "環境", "用水", "社會", "員工"], entries) == [
        (None, None),
        (10, 14),
        (10, 14),
        (14, 14),
        (14, 14),
    ]


def test_a_title_met_again_does_not_turn_pages_back() -> None:
    entries = [Entry(title="環境", page=10), Entry(title="社會", page=14)]
    assert page_ranges(["環境", "社會", "環境"], entries)[2] == (14, 14)


def test_a_file_without_contents_has_no_pages() -> None:
    assert page_ranges(["環境", "社會"], []) == [(None, None), (None, None)]


ENTRIES = [Entry(title=title, page=page) for title, page in (("甲", 1), ("乙", 5), ("丙", 9), ("丁", 12), ("戊", 15))]


def test_a_file_that_lacks_the_sections_named_last_is_refused() -> None:
    with pytest.raises(
        UnreadableReport, match=r"a\.md: the contents name .*: 丁 \(p\. 12\), 戊 \(p\. 15\); .*truncated"
    ):
        require_whole("a.md", ENTRIES, {"甲", "乙", "丙"})


def test_a_whole_file_passes() -> None:
    require_whole("a.md", ENTRIES, {"甲", "乙", "丙", "丁", "戊"})


def test_contents_worded_otherwise_than_the_headings_are_no_sign_of_truncation() -> None:
    require_whole("a.md", ENTRIES, {"甲", "丙", "丁"})  # a title in the middle is worded otherwise
    require_whole("a.md", ENTRIES, {"甲"})
    require_whole("a.md", [], set())
