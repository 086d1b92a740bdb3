"""The company's report as users hold it: read whole, every KPI cell asked for by its label, no number wrong."""

import html
from collections import Counter
from pathlib import Path

import pytest

from eval.label_sweep import Asked, kpi_figures, sweep
from index.build import build, read_report
from index.embed import Embedder
from index.figures import Figure
from index.report import Cell, Items, LeftOut, Paragraph, Report, Table, Text
from index.snapshot import Snapshot, open_current
from qa.engine import Engine

REPORT = Path(__file__).parents[2] / "shared" / "reports" / "bairong-2022.zh-Hant.md"

pytestmark = pytest.mark.skipif(not REPORT.exists(), reason="../shared/reports: the company's report is not here")


@pytest.fixture(scope="module")
def report() -> Report:
    return read_report(REPORT)


@pytest.fixture(scope="module")
def source() -> str:
    return REPORT.read_text(encoding="utf-8-sig").replace("\r\n", "\n")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Snapshot:
    index = tmp_path_factory.mktemp("real") / "index"
    build([REPORT], index, embedder=embedder)
    return open_current(index)


@pytest.fixture(scope="module")
def cells(snapshot: Snapshot) -> list[Figure]:
    return kpi_figures(snapshot.figures, ("zh-Hant",))


@pytest.fixture(scope="module")
def asked(snapshot: Snapshot, cells: list[Figure], embedder: Embedder, source: str) -> list[Asked]:
    return sweep(Engine(snapshot, embedder), cells, snapshot.by_id, english={}, source=source)


def texts(report: Report) -> list[Text]:
    found: list[Text] = []
    for _, block in report.blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.items
        else:
            found += [cell.text for row in block.rows for cell in row.cells]
    return found


def test_the_report_is_read_whole(report: Report) -> None:
    counts = report.summary
    read = (counts.sections, counts.paragraphs, counts.items, counts.tables, counts.cells, counts.characters)
    assert read == (175, 240, 116, 24, 807, 40203)
    assert counts.left_out == (LeftOut(what="contents lines", why="read as page numbers", count=42),)


def test_the_summary_counts_what_is_there(report: Report) -> None:
    kinds = Counter(type(block) for _, block in report.blocks)
    held: list[Cell] = [
        cell for _, block in report.blocks if isinstance(block, Table) for row in block.rows for cell in row.cells
    ]
    assert (kinds[Paragraph], kinds[Table]) == (report.summary.paragraphs, report.summary.tables)
    assert sum(not cell.spanned for cell in held) == report.summary.cells


def test_the_report_says_who_reports(report: Report) -> None:
    metadata = report.metadata
    assert (metadata.stock_code, metadata.year, metadata.language) == ("6608.HK", 2022, "zh-Hant")
    assert (metadata.company, metadata.contact, metadata.report_id) == ("百融雲創", "ir@brgroup.com", "6608-2022")


@pytest.mark.parametrize(
    ("title", "page"),
    [
        ("關於本報告", 1),
        ("董事會聲明", 4),
        ("董事長致辭", 5),
        ("關於我們", 7),
        ("治理架構", 23),
        ("合規經營", 27),
        ("堅持以人為本", 45),
        ("打造負責任供應鏈", 53),
        ("響應綠色發展戰略", 59),
        ("展望", 65),
        ("ESG 關鍵績效", 66),
        ("內容索引", 69),
        ("意見反饋表", 73),
    ],
)
def test_a_section_starts_on_the_page_that_the_contents_name(title: str, page: int, report: Report) -> None:
    squeezed = "".join(title.split())
    assert page in {section.page for section in report.sections if "".join(section.title.split()) == squeezed}


def test_pages_never_turn_back_and_each_section_after_the_contents_has_one(report: Report) -> None:
    pages = [section.page for section in report.sections]
    known = [page for page in pages if page is not None]
    assert known == sorted(known)
    assert pages[len(pages) - len(known) :] == known
    assert all(s.page_end is not None and s.page_end >= s.page for s in report.sections if s.page is not None)


def test_every_piece_of_every_block_is_the_files_own_characters(report: Report, source: str) -> None:
    for text in texts(report):
        for piece in text.pieces:
            printed = source[piece.source : piece.source_end]
            assert text.text[piece.start : piece.end] in (printed, html.unescape(printed))


def test_every_passage_stands_in_the_file(snapshot: Snapshot, source: str) -> None:
    for passage in snapshot.passages:
        for start, end, begin, finish in passage.source:
            assert passage.text[start:end] in (source[begin:finish], html.unescape(source[begin:finish]))


def test_every_figure_points_at_its_digits(snapshot: Snapshot) -> None:
    for figure in snapshot.figures:
        text = snapshot.by_id[figure.passage_id].text
        assert text[figure.start : figure.end] == figure.digits


def test_every_kpi_cell_is_a_figure_of_2020_2021_or_2022(report: Report, cells: list[Figure]) -> None:
    tables = [block for _, block in report.blocks if isinstance(block, Table)]
    yearly = [t for t in tables if sum(cell.text.text.startswith("202") for cell in t.rows[0].cells) == 3]
    assert len(yearly) == 12
    assert {figure.period for figure in cells} == {"2020", "2021", "2022"}
    rows = sum(any(cell.text.text.strip() for cell in row.cells[-3:]) for table in yearly for row in table.body)
    assert len(cells) == rows * 3
    assert len({figure.id for figure in cells}) == len(cells)


def test_no_cell_asked_for_by_its_label_gives_a_wrong_number(asked: list[Asked], cells: list[Figure]) -> None:
    assert Counter(each.language for each in asked) == {"zh-Hant": len(cells), "zh-Hans": len(cells)}
    wrong = [(each.question, each.figure.digits) for each in asked if each.outcome == "wrong"]
    assert wrong == []


def test_every_cell_asked_for_by_its_label_is_right_with_proof(asked: list[Asked]) -> None:
    missed = [(each.question, each.figure.digits, each.outcome) for each in asked if each.outcome != "right"]
    assert missed == []


def test_every_quote_stands_in_the_file_character_for_character(
    asked: list[Asked], snapshot: Snapshot, source: str
) -> None:
    for citation in (citation for each in asked for citation in each.answer.citations):
        passage = snapshot.by_id[citation.passage_id]
        assert passage.text[citation.start : citation.end] == citation.quote
        pieces = [piece for piece in passage.source if piece[0] < citation.end and piece[1] > citation.start]
        assert pieces
        assert all(passage.text[a:b] == source[c:d] for a, b, c, d in pieces)


@pytest.mark.parametrize(
    "question",
    [
        "2020 年全職員工人數是多少？",
        "2020年全职员工人数是多少？",
        "number of full-time employees in 2020",
        "2020 年中國內地供應商數量是多少？",
        "2020年中国内地供应商数量是多少？",
        "number of suppliers in mainland China in 2020",
    ],
)
def test_a_dash_is_answered_as_not_disclosed(question: str, snapshot: Snapshot, embedder: Embedder) -> None:
    answer = Engine(snapshot, embedder).ask(question)
    assert (answer.status, answer.figures) == ("not_disclosed", ())
