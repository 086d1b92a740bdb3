"""Passages: whole sentences and rows, exact characters, never across sections."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.build import read_report
from index.chunk import Passage, chunk_prose, chunk_row
from index.figures import read_tables
from index.lexicon import bundled_lexicon
from index.report import Report, Section, Table
from index.words import sentences, tokens

REPORT = """\
---
stock_code: 9999.HK
company: 小店
year: 2022
language: zh-Hant
---

# 環境 {#environment}

第一句說用水 1,529.24 噸。第二句說<b>用電</b>。 第三句說用紙 54 萬張。

措施如下：

- 收集雨水。
- 雙面打印。

## 績效 {#kpi}

指標\t\t單位\t2022 年\t2021 年
按性別劃分流失率\t男性\t%\t5.1\t—
\t女性\t%\t4.0\t3.9
耗水量(1)\t\t噸\t1,049\t1,037

註：

- (1) 耗水量包括飲用水。

# 社會 {#social}

全員受訓。
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Report]:
    def to_report(text: str) -> Report:
        path = tmp_path / "tiny.md"
        path.write_text(text, encoding="utf-8")
        return read_report(path)

    return to_report


@pytest.fixture
def report(write: Callable[[str], Report]) -> Report:
    return write(REPORT)


def all_passages(report: Report, *, max_tokens: int = 120) -> list[Passage]:
    return [*chunk_prose(report, max_tokens=max_tokens), *read_tables(report, bundled_lexicon()).passages]


@pytest.mark.parametrize("max_tokens", [1, 8, 20, 120])
def test_offsets_are_exact_and_the_text_is_the_reports_own(report: Report, max_tokens: int) -> None:
    for passage in all_passages(report, max_tokens=max_tokens):
        assert passage.source
        covered = [False] * len(passage.text)
        for start, end, source, source_end in passage.source:
            assert passage.text[start:end] == report.source[source:source_end]
            covered[start:end] = [True] * (end - start)
        loose = "".join(c for c, held in zip(passage.text, covered, strict=True) if not held)
        assert set(loose) <= set(" \t\n|")


@pytest.mark.parametrize("max_tokens", [1, 8, 20, 120])
def test_sentences_are_whole_and_each_stands_in_one_passage(report: Report, max_tokens: int) -> None:
    found = [
        passage.text[start:end]
        for passage in chunk_prose(report, max_tokens=max_tokens)
        for start, end in sentences(passage.text)
    ]
    assert found == [
        "第一句說用水 1,529.24 噸。",
        "第二句說用電。",
        "第三句說用紙 54 萬張。",
        "措施如下：",
        "收集雨水。",
        "雙面打印。",
        "註：",
        "(1) 耗水量包括飲用水。",
        "全員受訓。",
    ]


def test_sentences_of_one_paragraph_keep_the_blanks_between_them(report: Report) -> None:
    first = next(iter(chunk_prose(report)))
    assert first.text.startswith("第一句說用水 1,529.24 噸。第二句說用電。 第三句")


def test_markup_between_two_sentences_leaves_the_blank_that_is_seen(write: Callable[[str], Report]) -> None:
    report = write("## Water\n\n**We save water.** We reuse it.\n<img src=x> It comes back as *rain.* Good.\n")
    passage = next(chunk_prose(report))
    assert passage.text == "We save water. We reuse it.\n It comes back as *rain.* Good."


def test_a_passage_never_crosses_sections(report: Report) -> None:
    held = [(passage.section_key, passage.section) for passage in chunk_prose(report, max_tokens=10_000)]
    assert held == [("environment", ("環境",)), ("kpi", ("環境", "績效")), ("social", ("社會",))]


def test_length_is_counted_in_words(write: Callable[[str], Report]) -> None:
    report = write("# A\n\n" + "\n\n".join(f"Sentence number {n} has six words." for n in range(40)))
    lengths = [len(tokens(passage.text)) for passage in chunk_prose(report, max_tokens=30)]
    assert max(lengths) <= 30
    assert sum(lengths) == 40 * 6


def test_a_sentence_over_the_limit_stays_whole(write: Callable[[str], Report]) -> None:
    sentence = "用水" * 200 + "。"
    assert [passage.text for passage in chunk_prose(write(f"# 甲\n\n{sentence}"), max_tokens=20)] == [sentence]


def test_a_list_stays_with_the_words_that_lead_to_it(write: Callable[[str], Report]) -> None:
    report = write("# A\n\nOne two three four five six.\n\nMeasures taken are:\n\n- rain\n- paper\n")
    texts = [passage.text for passage in chunk_prose(report, max_tokens=8)]
    assert texts == ["One two three four five six.", "Measures taken are:\nrain\npaper"]


def test_a_row_comes_with_header_group_and_notes(report: Report) -> None:
    texts = [passage.text for passage in read_tables(report, bundled_lexicon()).passages]
    header = "指標\t\t單位\t2022 年\t2021 年"
    assert texts == [
        f"{header}\n按性別劃分流失率\t男性\t%\t5.1\t—",
        f"{header}\n按性別劃分流失率\n\t女性\t%\t4.0\t3.9",
        f"{header}\n耗水量(1)\t\t噸\t1,049\t1,037\n耗水量包括飲用水。",
    ]


def test_a_rows_cells_are_found_by_their_spans(report: Report) -> None:
    section, table = next((section, block) for section, block in report.blocks if isinstance(block, Table))
    for number, row in enumerate(table.body):
        place = chunk_row(report, section, table, number, group=None, notes=[])
        assert [place.passage.text[start:end] for start, end in place.cells] == [cell.text.text for cell in row.cells]
        assert place.passage.text[slice(*place.row)] == "\t".join(cell.text.text for cell in row.cells)


def test_a_table_without_header_gives_rows_that_begin_at_their_start(write: Callable[[str], Report]) -> None:
    report = write("# 甲\n\n用水\t三噸\t五噸\n用紙\t一噸\t兩噸\n")
    section, table = first_table(report)
    place = chunk_row(report, section, table, 1, group=None, notes=[])
    assert (place.passage.text, place.row) == ("用紙\t一噸\t兩噸", (0, 8))


def first_table(report: Report) -> tuple[Section, Table]:
    return next((section, block) for section, block in report.blocks if isinstance(block, Table))


def test_passage_ids_are_unique_and_name_report_edition_and_place(report: Report) -> None:
    ids = [passage.id for passage in all_passages(report, max_tokens=8)]
    assert len(ids) == len(set(ids))
    assert ids[0] == "9999-2022.zh-Hant.environment.1"
    assert "9999-2022.zh-Hant.kpi.t1.r2" in ids


def test_a_passage_names_the_blocks_it_holds(report: Report) -> None:
    first = next(iter(chunk_prose(report)))
    assert first.blocks == ("environment.p1", "environment.p2", "environment.l1.1", "environment.l1.2")
