"""The two bundled editions: the same places and numbers in both, and those of the company's report where it is here."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from eval.coverage import (
    Kind,
    Listed,
    bundled_editions,
    compare_with_each_other,
    compare_with_original,
    main,
    numbers_in,
    read_listed,
)
from eval.edition_hits import Outcome, Question, hits, read_questions
from index.build import read_report
from index.report import Block, Items, Paragraph, Report, Table

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
REPORT = SHARED / "reports" / "bairong-2022.zh-Hant.md"
VERBATIM = SHARED / "tools" / "verbatim.py"

with_report = pytest.mark.skipif(not REPORT.exists(), reason="../shared/reports: the company's report is not here")
with_verbatim = pytest.mark.skipif(not VERBATIM.exists(), reason="../shared/tools/verbatim.py is not here")

NOTHING_LISTED = Listed(
    together=(), titles=frozenset(), readings={}, exceptions={"report": frozenset(), "editions": frozenset()}
)

ORIGINAL = """# 百融報告

## 公司 簡介

公司服務超過 7000 家客戶，獎金高達 54 萬元。

## 績效

指標	單位	2022 年	2021 年
用水量	立方米	1,049	1,037
外購熱力	吉焦 (GJ)	—	3,012.45
"""
CHINESE = """# 百融報告 {#title}

## 公司簡介 {#profile}

獎金高達 54 萬元，客戶超過 7000 家。

## 績效 {#kpi}

| 指標 | 單位 | 2022 年 | 2021 年 |
|---|---|---|---|
| 用水量 | 立方米 | 1,049 | 1,037 |
| 外購熱力 | 吉焦 (GJ) | — | 3,012.45 |
"""
ENGLISH = """# Bairong report {#title}

## Company profile {#profile}

Prize money was as much as RMB 540,000; clients number more than 7,000.

## Performance {#kpi}

| Indicator | Unit | 2022 | 2021 |
|---|---|---|---|
| Water | m³ | 1,049 | 1,037 |
| Purchased heat | GJ | — | 3,012.45 |
"""

Read = Callable[[str, str], Report]


@cache
def editions() -> tuple[Report, Report]:
    chinese, english = bundled_editions()
    return chinese, english


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(text: str, language: str) -> Report:
        path = tmp_path / f"{language}.md"
        path.write_text(text, encoding="utf-8")
        return read_report(path, metadata={"language": language, "year": 2022, "company": "百融"})

    return read_text


def shape(block: Block) -> tuple[str, str, int, int]:
    if isinstance(block, Paragraph):
        return block.key, "paragraph", 1, block.note
    if isinstance(block, Items):
        return block.key, "items", len(block.items), block.note
    return block.key, "table", len(block.rows), len(block.rows[0].cells)


def test_both_editions_have_the_same_sections_in_the_same_order() -> None:
    chinese, english = editions()
    assert [(s.key, s.level) for s in chinese.sections] == [(s.key, s.level) for s in english.sections]
    keys = [section.key for section in chinese.sections]
    assert len(keys) == len(set(keys))


def test_both_editions_have_the_same_paragraphs_items_rows_and_columns() -> None:
    chinese, english = editions()
    assert [shape(block) for _, block in chinese.blocks] == [shape(block) for _, block in english.blocks]


def test_both_editions_give_every_section_the_same_page() -> None:
    chinese, english = editions()
    assert [(s.key, s.page, s.page_end) for s in chinese.sections] == [
        (s.key, s.page, s.page_end) for s in english.sections
    ]


def test_both_editions_leave_the_same_cells_blank() -> None:
    chinese, english = editions()
    for (_, one), (_, two) in zip(chinese.blocks, english.blocks, strict=True):
        if isinstance(one, Table) and isinstance(two, Table):
            blank = [
                [[bool(cell.text.text.strip()) for cell in row.cells] for row in table.rows] for table in (one, two)
            ]
            assert blank[0] == blank[1], one.key


def test_each_edition_is_written_in_its_own_script() -> None:
    chinese, english = editions()
    for section, block in english.blocks:
        if isinstance(block, Table):
            cells = [cell.text.text for row in block.rows for cell in row.cells]
            assert not re.search(r"[\u4e00-\u9fff]", "".join(cells)), section.key
    for section, block in chinese.blocks:
        if isinstance(block, Paragraph):
            assert re.search(r"[\u4e00-\u9fff]", block.text.text), section.key


def test_every_section_of_an_edition_says_something() -> None:
    for edition in editions():
        silent = [section.key for section in edition.sections if not section.blocks and section.key != "contents"]
        assert silent == []


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (0, ("esg-qa", "概以公司刊發的報告為準", "句子為編者自撰", "www.hkexnews.hk", "ir.brgroup.com")),
        (1, ("esg-qa", "the published report prevails", "the editors' own", "www.hkexnews.hk", "ir.brgroup.com")),
    ],
)
def test_the_head_says_what_the_edition_is_what_prevails_and_where_it_is_published(
    position: int, words: tuple[str, ...]
) -> None:
    head = editions()[position].sections[0].blocks[0]
    assert isinstance(head, Paragraph)
    assert [word for word in words if word not in head.text.text] == []


def test_the_editions_hold_the_same_numbers_block_by_block() -> None:
    coverage = compare_with_each_other(editions(), read_listed())
    assert coverage.findings == ()
    assert coverage.whole
    assert sum(place.numbers for place in coverage.places) > 500


@with_report
def test_the_editions_hold_every_number_of_the_original_and_no_other() -> None:
    coverage = compare_with_original(read_report(REPORT), editions(), read_listed())
    assert coverage.findings == ()
    assert (coverage.titles, coverage.pages, coverage.unused) == ((), (), ())
    assert sum(place.numbers for place in coverage.places) > 500


@with_verbatim
def test_no_sentence_stands_word_for_word_in_the_original(tmp_path: Path) -> None:
    for edition in (ROOT / "index" / "bundled").glob("*.md"):
        (tmp_path / edition.name).write_bytes(edition.read_bytes())
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    run = subprocess.run([sys.executable, VERBATIM, tmp_path], capture_output=True, text=True, check=False)
    assert (run.stdout, run.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("54 萬元", "RMB 540,000"),
        ("一千餘家", "more than 1,000"),
        ("97% 以上", "97% or above"),
        ("高達 97%", "as high as 97%"),
        ("同比增長 3pct", "up 3 percentage points, 同比"),
        ("2022 年 12 月 31 日", "31 December 2022"),
        ("2018.10：入選", "2018.10: Named"),
        ("（範疇一和範圍二）", "(Scope 1 and Scope 2)"),
        ("附錄二十七", "Appendix 27"),
        ("ISO/IEC 27701 : 2019", "ISO/IEC 27701:2019"),
        ("阜榮街 10 號", "10 Furong Street"),
        ("郵遞區號：100102", "Postcode: 100102"),
        ("0.5810 噸二氧化碳當量 / 兆瓦時", "0.5810 tCO₂e / MWh"),
        ("7x24 小時", "7×24"),
        ("電郵：ir@brgroup.com", "E-mail: ir@brgroup.com."),
        ("https://www.hkexnews.hk/a/2", "found at www.hkexnews.hk/a/2"),
    ],
)
def test_a_number_has_one_form_in_both_languages(chinese: str, english: str) -> None:
    assert [number.key for number in numbers_in(chinese)] == [number.key for number in numbers_in(english)] != []


def test_no_digit_goes_unread() -> None:
    for edition in editions():
        for _, block in edition.blocks:
            for text in [block.text.text] if isinstance(block, Paragraph) else []:
                read = re.findall(r"\d+", " ".join(number.text for number in numbers_in(text)))
                assert sorted(re.findall(r"\d+", text)) == sorted(read), text


def test_editions_that_agree_with_the_original_are_whole(read: Read) -> None:
    pair = [read(CHINESE, "zh-Hant"), read(ENGLISH, "en")]
    coverage = compare_with_original(read(ORIGINAL, "zh-Hant"), pair, NOTHING_LISTED)
    assert coverage.whole, coverage
    assert {place.section: dict(place.found) for place in coverage.places} == {
        "profile": {"zh-Hant": 2, "en": 2},
        "kpi": {"zh-Hant": 4, "en": 4},
    }
    assert compare_with_each_other(pair, NOTHING_LISTED).whole


@pytest.mark.parametrize(
    ("old", "new", "missing", "extra"),
    [
        ("more than 7,000", "7,000", "7000 more_than", "7000"),
        ("RMB 540,000", "RMB 54,000", "540000 CNY up_to", "54000 CNY up_to"),
        ("RMB 540,000", "540,000", "540000 CNY up_to", "540000 up_to"),
        ("| 1,049 | 1,037 |", "| 1,037 | 1,049 |", "用水量 2022: 1049 m3", "用水量 2022: 1037 m3"),
        ("| — | 3,012.45 |", "| 0 | 3,012.45 |", "外购热力 2022: — GJ", "外购热力 2022: 0 GJ"),
        ("Water | m³", "Water | kWh", "用水量 2022: 1049 m3", "用水量 2022: 1049 kWh"),
    ],
)
def test_a_changed_number_is_found_missing_and_extra(read: Read, old: str, new: str, missing: str, extra: str) -> None:
    pair = [read(CHINESE, "zh-Hant"), read(ENGLISH.replace(old, new), "en")]
    coverage = compare_with_original(read(ORIGINAL, "zh-Hant"), pair, NOTHING_LISTED)
    found = {(finding.kind, finding.edition, finding.number.key) for finding in coverage.findings}
    assert {("missing", "en", missing), ("extra", "en", extra)} <= found
    assert not compare_with_each_other(pair, NOTHING_LISTED).whole


def test_a_number_moved_to_another_section_is_missing_there(read: Read) -> None:
    moved = CHINESE.replace("獎金高達 54 萬元，", "").replace(
        "## 績效 {#kpi}\n", "## 績效 {#kpi}\n\n獎金高達 54 萬元。\n"
    )
    coverage = compare_with_original(read(ORIGINAL, "zh-Hant"), [read(moved, "zh-Hant")], NOTHING_LISTED)
    assert {(finding.kind, finding.section) for finding in coverage.findings} == {
        ("missing", "profile"),
        ("extra", "kpi"),
    }


def test_a_title_of_the_original_that_no_edition_has_is_named(read: Read) -> None:
    original = read(ORIGINAL.replace("## 績效", "## 企業文化\n\n## 績效"), "zh-Hant")
    pair = [read(CHINESE, "zh-Hant"), read(ENGLISH, "en")]
    assert compare_with_original(original, pair, NOTHING_LISTED).titles == ("企業文化",)
    listed = replace(NOTHING_LISTED, titles=frozenset({"企业文化"}))
    assert compare_with_original(original, pair, listed).whole


def test_an_exception_that_excepts_nothing_is_named(read: Read) -> None:
    vain: tuple[Kind, str, str, str] = ("missing", "en", "profile", "99")
    listed = replace(NOTHING_LISTED, exceptions={"report": frozenset({vain}), "editions": frozenset()})
    pair = [read(CHINESE, "zh-Hant"), read(ENGLISH, "en")]
    assert compare_with_original(read(ORIGINAL, "zh-Hant"), pair, listed).unused == (vain,)


def test_the_checker_prints_the_share_of_each_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"zh-Hant: \d+ of \d+ found, 0 listed as exceptions: 100.00%", printed)
    assert re.search(r"en: \d+ of \d+ found, 0 listed as exceptions: 100.00%", printed)


def test_every_listed_term_stands_in_both_editions() -> None:
    texts = [edition.source.lower() for edition in editions()]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", (ROOT / "docs" / "terms.md").read_text(encoding="utf-8"), re.MULTILINE)
    absent = []
    for chinese, english in rows:
        if chinese == "繁體":
            continue
        for text, terms in zip(texts, (chinese, re.split(r" at first mention", english)[0]), strict=True):
            whole = terms.lower() in text
            absent += [term for term in terms.split(" / ") if not whole and term.lower() not in text]
    assert len(rows) > 100
    assert absent == []


def test_every_question_names_places_that_both_editions_have() -> None:
    places = set()
    for _, block in editions()[0].blocks:
        if isinstance(block, Paragraph):
            places.add(block.key)
        elif isinstance(block, Items):
            places |= {f"{block.key}.{n}" for n, _ in enumerate(block.items, start=1)}
        else:
            places |= {f"{block.key}.r{n}" for n, _ in enumerate(block.body, start=1)}
    questions = read_questions()
    assert [(q.id, set(q.evidence) - places) for q in questions if not q.evidence or set(q.evidence) - places] == []
    counted = {language: sum(q.language == language for q in questions) for language in ("en", "zh-Hant", "zh-Hans")}
    assert counted == {"en": 20, "zh-Hant": 20, "zh-Hans": 20}
    assert len({question.id for question in questions}) == 60


def test_hits_count_the_first_right_passage_only() -> None:
    question = Question(id="a", language="en", question="?", evidence=("s.p1",), written="before seeing answers")
    outcomes = [Outcome(question=question, place=place) for place in (1, 3, None)]
    assert [hits(outcomes, "en", depth) for depth in (1, 3, 5)] == [(1, 3), (2, 3), (2, 3)]
    assert hits(outcomes, "zh-Hans", 5) == (0, 0)
