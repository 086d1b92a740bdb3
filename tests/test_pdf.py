"""A PDF report is read page by page: what stands certain is kept, what does not is counted or refused in words."""

import shutil
import subprocess
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import read_report
from index.errors import EsgQaError, UnreadableReport
from index.figures import read_tables
from index.lexicon import bundled_lexicon
from index.readers.pdf import read_pdf
from index.report import Items, LeftOut, Paragraph, Report

Words = tuple[float, float, float, str]  # from the left, from the top, size, words
Rule = tuple[float, float, float, float]

PROSE = "We collect rain in two tanks, and what falls on our roofs is used again in every season"


def page(words: Sequence[Words], rules: Sequence[Rule] = ()) -> bytes:
    """Draw one page of 600 by 800 points."""
    shown = [f"BT /F1 {size} Tf {x} {800 - y} Td ({text}) Tj ET" for x, y, size, text in words]
    drawn = [f"{x0} {800 - y0} m {x1} {800 - y1} l S" for x0, y0, x1, y1 in rules]
    return "\n".join(shown + drawn).encode("latin-1")


def pdf(pages: Sequence[bytes], *, trailer: str = "", packed: bool = False, objects: Sequence[str] = ()) -> bytes:
    """Write pages as a PDF of the simplest kind."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, content in enumerate(pages):
        stream = zlib.compress(content) if packed else content
        how = "/Filter /FlateDecode " if packed else ""
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        bodies.append(f"<< {how}/Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    bodies += [body.encode("latin-1") for body in objects]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF".encode(
        "latin-1"
    )


def ruled(left: float, top: float, widths: Sequence[float], heights: Sequence[float]) -> list[Rule]:
    """Draw all rules of a table."""
    right, bottom = left + sum(widths), top + sum(heights)
    across = [top + sum(heights[:n]) for n in range(len(heights) + 1)]
    down = [left + sum(widths[:n]) for n in range(len(widths) + 1)]
    return [(left, y, right, y) for y in across] + [(x, top, x, bottom) for x in down]


TABLE_WORDS: list[Words] = [
    (60, 315, 10, "Indicator"),
    (210, 315, 10, "Unit"),
    (270, 315, 10, "2023"),
    (330, 315, 10, "2022"),
    (60, 335, 10, "Water consumption"),
    (210, 335, 10, "m3"),
    (270, 335, 10, "1,049"),
    (297, 331, 6, "2"),
    (330, 335, 10, "980"),
]
FIRST = page(
    [
        (50, 100, 20, "Tiny Holdings 2023 ESG Report"),
        (50, 140, 10, "Stock code: 9999.HK"),
        (50, 170, 10, PROSE),
        (50, 183, 10, "and nothing of it is wasted."),
        (50, 220, 10, "\x95 Taps"),
        (50, 240, 10, "\x95 Showers"),
        (50, 280, 15, "Water"),
        *TABLE_WORDS,
        (50, 370, 10, "Site A"),
        (200, 370, 10, "12"),
        (300, 370, 10, "13"),
        (50, 390, 10, "\\(2\\) Metered."),
    ],
    ruled(55, 300, [150, 60, 60, 60], [20, 20]),
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Report]:
    def to_report(content: bytes) -> Report:
        path = tmp_path / "tiny.pdf"
        path.write_bytes(content)
        return read_report(path)

    return to_report


Read = Callable[[bytes], Report]


def words(report: Report) -> list[object]:
    shown: list[object] = []
    for _, block in report.blocks:
        if isinstance(block, Paragraph):
            shown.append(block.text.text)
        elif isinstance(block, Items):
            shown.append([item.text for item in block.items])
        else:
            shown.append([[cell.text.text for cell in row.cells] for row in block.rows])
    return shown


@pytest.mark.parametrize("packed", [False, True])
def test_a_page_becomes_headings_paragraphs_items_and_ruled_tables(packed: bool, read: Read) -> None:
    report = read(pdf([FIRST], packed=packed))
    title = "Tiny Holdings 2023 ESG Report"
    assert [(section.path, section.page) for section in report.sections] == [((title,), 1), ((title, "Water"), 1)]
    assert words(report) == [
        "Stock code: 9999.HK",
        f"{PROSE} and nothing of it is wasted.",
        ["Taps"],
        ["Showers"],
        [["Indicator", "Unit", "2023", "2022"], ["Water consumption", "m3", "1,049²", "980"]],
        "Site A 12 13",
        "(2) Metered.",
    ]


def test_ruled_cells_become_figures_and_unruled_numbers_stay_text(read: Read) -> None:
    report = read(pdf([FIRST]))
    figures = read_tables(report, bundled_lexicon()).figures
    assert [(f.labels, f.period, str(f.value), f.unit) for f in figures] == [
        (("Water consumption",), "2023", "1049", "m3"),
        (("Water consumption",), "2022", "980", "m3"),
    ]
    assert report.summary.left_out == (
        LeftOut(what="lines of numbers without ruled cells", why="kept as text, not read as figures", count=1),
    )


def test_a_cell_over_two_columns_heads_both(read: Read) -> None:
    rules = [rule for rule in ruled(50, 100, [150, 60, 60], [20, 20, 20]) if rule != (260, 100, 260, 160)]
    shown: list[Words] = [
        (55, 115, 10, "Turnover rate \\(%\\)"),
        (205, 115, 10, "2023"),
        (205, 135, 10, "Male"),
        (265, 135, 10, "Female"),
        (55, 155, 10, "Sales"),
        (205, 155, 10, "5"),
        (265, 155, 10, "4"),
    ]
    report = read(pdf([page(shown, [*rules, (260, 120, 260, 160)])]))
    figures = read_tables(report, bundled_lexicon()).figures
    assert [(f.labels, f.period, str(f.value)) for f in figures] == [
        (("Sales", "Male"), "2023", "5"),
        (("Sales", "Female"), "2023", "4"),
    ]


def test_running_heads_and_page_numbers_are_dropped_and_pages_are_the_printed_ones(read: Read) -> None:
    pages = [
        page(
            [
                (50, 40, 8, "Tiny Holdings - ESG Report 2023"),
                (50, 150, 16, f"Chapter {'ABCD'[n]}"),
                (50, 200, 10, PROSE),
                (300, 780, 8, f"- {n + 11} -"),
            ]
        )
        for n in range(4)
    ]
    report = read(pdf(pages))
    assert [(section.title, section.page) for section in report.sections] == [
        ("Chapter A", 11),
        ("Chapter B", 12),
        ("Chapter C", 13),
        ("Chapter D", 14),
    ]
    assert words(report) == [PROSE] * 4
    assert report.summary.left_out == (
        LeftOut(what="page numbers", why="read as pages", count=4),
        LeftOut(what="running heads and feet", why="the same on many pages", count=4),
    )


def test_two_columns_are_read_one_after_the_other(read: Read) -> None:
    left = [(50, 100 + 12 * n, 10, f"left column line number {n}") for n in range(8)]
    right = [(330, 100 + 12 * n, 10, f"right column line number {n}") for n in range(8)]
    text = " ".join(str(shown) for shown in words(read(pdf([page([*left, *right])]))))
    assert text.index("left column line number 7") < text.index("right column line number 0")


def test_every_part_stands_where_its_pieces_say(read: Read) -> None:
    report = read(pdf([FIRST]))
    for _, block in report.blocks:
        if isinstance(block, Paragraph):
            (piece,) = block.text.pieces
            assert report.source[piece.source : piece.source_end] == block.text.text


LOCKED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O ({'x' * 32}) /U ({'y' * 32}) /P -4 >> /ID [(a) (a)]"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "this is no PDF"),
        (b"<html>", "this is no PDF"),
        (b"%PDF-1.7\nnothing else", "damaged|holds no text"),
        (pdf([FIRST])[:900], "damaged|holds no text"),
        (pdf([page([])]), "holds no text"),
        (pdf([FIRST], trailer=LOCKED), "locked with a password"),
        (pdf([page([])] * 601), "has 601 pages, over the limit of 600"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(content: bytes, message: str, read: Read) -> None:
    with pytest.raises(UnreadableReport, match=rf"tiny\.pdf: .*(?:{message})"):
        read(content)


def test_a_scanned_page_asks_for_its_text(read: Read) -> None:
    picture = b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q"
    with pytest.raises(UnreadableReport, match="its pages are pictures without text"):
        read(pdf([picture]))


@pytest.mark.parametrize("layers", [1, 2])
def test_a_stream_that_unpacks_without_end_is_refused(layers: int, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.pdf.MAX_UNPACKED", 2**20)
    bomb = bytes(4 * 2**20)
    for _ in range(layers - 1):
        bomb = zlib.compress(bomb, 0)
    with pytest.raises(UnreadableReport, match="unpacks to more than 1 MB"):
        read(pdf([bomb], packed=True))


@pytest.mark.parametrize("paints", ["BT /F1 10 Tf 50 700 Td (water) Tj ET", "0 0 m 9 9 l S", ""])
def test_forms_that_multiply_are_refused_before_they_are_laid_out(
    paints: str, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.readers.pdf.MAX_DRAWN", 1_000)
    with pytest.raises(UnreadableReport, match=r"tiny\.pdf: page 1 draws more than 1,000 things"):
        read(nested(paints, depth=20))


def test_a_form_that_draws_itself_is_refused(read: Read) -> None:
    with pytest.raises(UnreadableReport, match=r"tiny\.pdf: "):
        read(nested("/Next Do", depth=1))


def test_forms_are_read_as_what_they_draw(read: Read) -> None:
    assert words(read(nested(f"BT /F1 10 Tf 50 700 Td ({PROSE}) Tj ET", depth=1))) == [PROSE]


def test_a_page_of_too_many_characters_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.pdf.MAX_CHARACTERS", 50)
    with pytest.raises(UnreadableReport, match=r"tiny\.pdf: page 1 has more than 50 characters"):
        read(pdf([FIRST]))


def nested(paints: str, *, depth: int) -> bytes:
    """Write a page whose form draws another one ten times, and so on; the last one paints."""
    contents = ["/Next Do " * 10] * (depth - 1) + [paints]
    forms = [
        "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> "
        f"/XObject << /Next {min(6 + n, 5 + depth)} 0 R >> >> /Length {len(content)} >>\n"
        f"stream\n{content}\nendstream"
        for n, content in enumerate(contents, start=1)
    ]
    whole = pdf([b"/Next Do"], objects=forms)
    fonts = b"/Resources << /Font << /F1 3 0 R >> >>"
    return whole.replace(fonts, b"/Resources << /XObject << /Next 6 0 R >> >>", 1)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    path.write_bytes(b"%PDF-1.7" + bytes(20 * 2**20))
    with pytest.raises(UnreadableReport, match=r"big\.pdf: 20\.0 MB is over the limit of 20 MB"):
        read_pdf(path)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=30), st.integers(0, 10_000))
def test_any_damage_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, harm: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(pdf([FIRST]))
    for place, value in harm:
        content[8 + place % (len(content) - 8)] = value
    path = tmp_path_factory.mktemp("any") / "any.pdf"
    path.write_bytes(bytes(content[: max(20, len(content) - cut // 20)]))
    refused = ""
    try:
        read_tables(read_pdf(path), bundled_lexicon())
    except EsgQaError as error:
        refused = str(error)
    assert refused == "" or refused.startswith("any.pdf: ")


CHINESE = """\
<html><head><meta charset="utf-8"><style>@page { size: A4; margin: 25mm } table { border-collapse: collapse }
td, th { border: 1px solid black; padding: 4px } body { font: 11pt "Noto Serif CJK TC", serif }</style></head><body>
<h1>小店控股 2023 年環境、社會及管治報告</h1><p>股份代號：9999.HK</p>
<p>我們在兩個水箱收集雨水，落在屋頂上的水一年四季都會再用，由照顧水箱多年的同事逐日記錄，沒有一滴被浪費，全部用於清潔及澆花。</p>
<h2>廢物</h2><table><tr><th>指標</th><th>單位</th><th>2023年</th><th>2022年</th></tr>
<tr><td>無害廢棄物<sup>1</sup></td><td>噸</td><td>12.5<sup>2</sup></td><td>13.0</td></tr></table><p>(1) 兩個辦公室。</p>
</body></html>
"""


@pytest.mark.skipif(shutil.which("chromium") is None, reason="prints its page with chromium, which is not here")
def test_a_chinese_page_printed_by_a_browser_is_read(read: Read, tmp_path: Path) -> None:
    source, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    source.write_text(CHINESE, encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={printed}", source.as_uri()], check=True, capture_output=True, timeout=120
    )
    report = read(printed.read_bytes())
    assert report.metadata.language == "zh-Hant"
    assert [section.title for section in report.sections] == ["小店控股 2023 年環境、社會及管治報告", "廢物"]
    assert "在屋頂上的水一年四季都會再用，由照顧水箱多年的同事逐日記錄，沒有一滴被浪費" in str(words(report)[1])
    figures = read_tables(report, bundled_lexicon()).figures
    assert [(f.labels, f.metrics, f.period, str(f.value), f.unit, f.notes) for f in figures] == [
        (("無害廢棄物",), ("non_hazardous_waste",), "2023", "12.5", "t", ("兩個辦公室。",)),
        (("無害廢棄物",), ("non_hazardous_waste",), "2022", "13.0", "t", ("兩個辦公室。",)),
    ]
