"""Notes belong to rows: by mark, by metric, by denominator, by subject; never across chapters."""

from pathlib import Path

import pytest

from index.build import read_report
from index.lexicon import Lexicon, bundled_lexicon
from index.notes import Note, chapters, notes_for, notes_in
from index.report import Report

REPORT = """\
# 環境 {#environment}

註：

- 溫室氣體包括範疇一及範疇二。
- (1) 耗水量包括飲用水。
- * 未經審核。
- 環境數據的範圍為總部辦公室。
- 人均數值按年末員工人數計算。

## 氣候 {#climate}

減碳。

# Social {#social}

Note 1: The scope of social data covers all offices.

[2] Turnover counts leavers only.

## Notes {#social-notes}

Training hours include online courses.
"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return bundled_lexicon()


@pytest.fixture
def report(tmp_path: Path) -> Report:
    path = tmp_path / "notes.md"
    path.write_text(REPORT, encoding="utf-8")
    return read_report(path)


@pytest.fixture
def notes(report: Report, lexicon: Lexicon) -> tuple[Note, ...]:
    return notes_in(report, lexicon)


def bearing(label: str, notes: tuple[Note, ...], lexicon: Lexicon, chapter: str = "環境", marks: str = "") -> list[str]:
    found = notes_for(lexicon.concept(label), chapter=chapter, marks=tuple(marks), notes=notes, lexicon=lexicon)
    return [note.text.text for note in found]


def test_each_item_or_paragraph_is_one_note_without_its_mark(notes: tuple[Note, ...]) -> None:
    assert [(note.chapter, note.mark, note.text.text) for note in notes] == [
        ("環境", "", "溫室氣體包括範疇一及範疇二。"),
        ("環境", "1", "耗水量包括飲用水。"),
        ("環境", "*", "未經審核。"),
        ("環境", "", "環境數據的範圍為總部辦公室。"),
        ("環境", "", "人均數值按年末員工人數計算。"),
        ("Social", "", "The scope of social data covers all offices."),
        ("Social", "", "Training hours include online courses."),
    ]


def test_a_note_points_at_its_own_characters_in_the_file(report: Report, notes: tuple[Note, ...]) -> None:
    for note in notes:
        for piece in note.text.pieces:
            assert report.source[piece.source : piece.source_end] == note.text.text[piece.start : piece.end]


def test_a_marked_note_goes_to_rows_with_its_mark_only(notes: tuple[Note, ...], lexicon: Lexicon) -> None:
    assert "耗水量包括飲用水。" in bearing("紙張消耗量", notes, lexicon, marks="1")
    assert "未經審核。" in bearing("紙張消耗量", notes, lexicon, marks="*")
    assert "耗水量包括飲用水。" not in bearing("耗水量", notes, lexicon)


def test_a_note_on_a_metric_goes_to_its_parts_and_totals(notes: tuple[Note, ...], lexicon: Lexicon) -> None:
    said = "溫室氣體包括範疇一及範疇二。"
    for label in ("溫室氣體排放總量", "溫室氣體排放量（範疇二）"):
        assert said in bearing(label, notes, lexicon)
    assert said not in bearing("耗水量", notes, lexicon)


def test_a_note_on_a_denominator_goes_to_rows_per_anything(notes: tuple[Note, ...], lexicon: Lexicon) -> None:
    said = "人均數值按年末員工人數計算。"
    assert said in bearing("人均耗水量", notes, lexicon)
    assert said not in bearing("耗水量", notes, lexicon)


def test_a_note_that_bounds_a_subject_goes_to_all_its_rows(notes: tuple[Note, ...], lexicon: Lexicon) -> None:
    assert "環境數據的範圍為總部辦公室。" in bearing("無害廢棄物", notes, lexicon)
    assert "The scope of social data covers all offices." in bearing("員工流失率", notes, lexicon, chapter="Social")


def test_a_note_never_leaves_its_chapter(notes: tuple[Note, ...], lexicon: Lexicon) -> None:
    assert bearing("耗水量", notes, lexicon, chapter="Social", marks="1") == []


def test_a_title_above_most_of_the_report_is_no_chapter(tmp_path: Path) -> None:
    path = tmp_path / "titled.md"
    path.write_text(
        "# 小店 2022\n\n## 甲 {#a}\n\n一。\n\n### 子 {#b}\n\n二。\n\n## 乙 {#c}\n\n三。\n", encoding="utf-8"
    )
    named = chapters(read_report(path))
    assert (named["a"], named["b"], named["c"]) == ("小店 2022/甲", "小店 2022/甲", "小店 2022/乙")
