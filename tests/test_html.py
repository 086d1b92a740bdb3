"""An HTML report is read as a browser without scripts shows it; what is left out is counted with why."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import read_report
from index.chunk import chunk_prose
from index.errors import EsgQaError, UnreadableReport
from index.figures import read_tables
from index.lexicon import bundled_lexicon
from index.readers.html import read_html
from index.report import Items, LeftOut, Paragraph, Report, Table

REPORT = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not shown in the page</title>
<style>p { color: green }</style><script>document.write("999")</script></head>
<body>
<nav><a href="#water">Water</a></nav>
<!-- a remark nobody sees -->
<h1 id="front-page">Tiny Holdings 2023 ESG Report</h1>
<p>Stock code: 9999.HK</p>
<a id="page4"></a>
<h2 id="water">Water</h2>
<p>We collect rain
   in two <b>tanks</b>.<br>Nothing is wasted.</p>
<p style="display: none">Hidden 12345.</p>
<ul><li>Showers<ul><li>at night</li></ul></li><li>Taps</li></ul>
<table>
<caption>In cubic metres</caption>
<thead><tr><th rowspan="2">Indicator</th><th colspan="2">Year ended 31 December</th></tr>
<tr><th>2023</th><th>2022</th></tr></thead>
<tfoot><tr><td>Recycled water (m<sup>3</sup>)</td><td>5</td><td>—</td></tr></tfoot>
<tbody><tr><td>Water consumption (m<sup>3</sup>)<sup>1</sup></td><td>1,049<sup>2</sup></td><td>980</td></tr></tbody>
</table>
<p>(1) Two offices.</p>
<p>(2) Metered.</p>
<div role="heading" aria-level="2" id="page5">Waste &amp; paper</div>
<p>環境
績效 of the
year.</p>
<img src="x.png" alt="unseen"><noscript>Turn scripts on.</noscript>
</body></html>
"""


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Report]:
    def to_report(html: str | bytes, name: str = "tiny.html") -> Report:
        path = tmp_path / name
        path.write_bytes(html if isinstance(html, bytes) else html.encode())
        return read_report(path)

    return to_report


Page = Callable[..., Report]


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


def test_a_page_becomes_sections_paragraphs_lists_and_tables_in_order(page: Page) -> None:
    report = page(REPORT)
    assert [(s.key, s.path, s.page) for s in report.sections] == [
        ("front-page", ("Tiny Holdings 2023 ESG Report",), None),
        ("water", ("Tiny Holdings 2023 ESG Report", "Water"), 4),
        ("s3", ("Tiny Holdings 2023 ESG Report", "Waste & paper"), 5),
    ]
    assert words(report) == [
        "Stock code: 9999.HK",
        "We collect rain in two tanks.\nNothing is wasted.",
        ["Showers", "at night", "Taps"],
        "In cubic metres",
        [
            ["Indicator", "Year ended 31 December", "Year ended 31 December"],
            ["Indicator", "2023", "2022"],
            ["Water consumption (m³)¹", "1,049²", "980"],
            ["Recycled water (m³)", "5", "—"],
        ],
        "(1) Two offices.",
        "(2) Metered.",
        "環境績效 of the year.",
    ]


def test_the_report_says_who_it_is(page: Page) -> None:
    metadata = page(REPORT).metadata
    assert (metadata.company, metadata.stock_code, metadata.year, metadata.language) == (
        "Tiny Holdings",
        "9999.HK",
        2023,
        "en",
    )


def test_what_is_left_out_is_counted_with_why(page: Page) -> None:
    assert set(page(REPORT).summary.left_out) == {
        LeftOut(what="menus", why="navigation is no text of the report", count=1),
        LeftOut(what="hidden parts", why="marked as not shown", count=1),
        LeftOut(what="images", why="an image has no text", count=1),
        LeftOut(what="texts for browsers without scripts", why="not shown", count=1),
    }


def test_every_part_stands_where_its_pieces_say(page: Page) -> None:
    report = page(REPORT)
    for _, block in report.blocks:
        if isinstance(block, Table):
            texts = [cell.text for row in block.rows for cell in row.cells]
        else:
            texts = list(block.items) if isinstance(block, Items) else [block.text]
        for text in texts:
            for piece in text.pieces:
                assert report.source[piece.source : piece.source_end] == text.text[piece.start : piece.end]


def test_its_tables_become_figures_with_their_notes(page: Page) -> None:
    figures = read_tables(page(REPORT), bundled_lexicon()).figures
    assert [(f.labels, f.period, str(f.value), f.unit, f.notes) for f in figures] == [
        (("Water consumption (m³)",), "2023", "1049", "m3", ("Two offices.", "Metered.")),
        (("Water consumption (m³)",), "2022", "980", "m3", ("Two offices.",)),
        (("Recycled water (m³)",), "2023", "5", "m3", ()),
        (("Recycled water (m³)",), "2022", "None", "m3", ()),
    ]
    assert figures[0].metrics == ("water_total",)


def test_a_passage_names_the_page_it_stands_on(page: Page) -> None:
    pages = {passage.section[-1]: passage.page for passage in chunk_prose(page(REPORT))}
    assert pages["Water"] == 4
    assert pages["Waste & paper"] == 5


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>a<script>1</script>b</p>", ["ab"]),
        ("<p>a<!-- x -->b</p>", ["ab"]),
        ("<p>a<p>b", ["a", "b"]),
        ("<div>a<p>b</p>c</div>", ["a", "b", "c"]),
        ("<p>x<span hidden>no</span>y<span aria-hidden='true'>no</span></p>", ["xy"]),
        ("<p>5<sup><a href='#n'>1</a></sup> and x<sup>a</sup>, 4<sup>th</sup></p>", ["5¹ and x[a], 4th"]),
        ("<p>CO<sub>2</sub> &lt; 5 &amp;c &#x6c34;</p>", ["CO2 < 5 &c 水"]),
        ("<dl><dt>Water</dt><dd>Rain.</dd></dl>", ["Water", "Rain."]),
        ("<ol><li><p>one</p></li><li>two</li></ol><p>three</p>", [["one", "two"], "three"]),
        ("<ul><li>a<table><tr><td>1</td><td>2</td></tr></table></li><li>b</li></ul>", [["a"], [["1", "2"]], ["b"]]),
        ("<table role=presentation><tr><td><p>left</p></td><td>right</td></tr></table>", ["left", "right"]),
        ("<table><tr><td>only a frame</td></tr></table>", ["only a frame"]),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", [[["a", "b"], ["c", "d"]]]),
        ("<table><tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr></table>", [[["a\nb", "c\nd"]]]),
        ("<table><tr><td>a</td><td style='display:none'>x</td><td>b</td></tr></table>", [[["a", "b"]]]),
        (
            "<table><tr><th>Item</th><th>2023</th></tr><tr><td>Paper"
            "<table><tr><td>in</td><td>out</td></tr></table></td><td>5</td></tr></table>",
            [[["Item", "2023"], ["Paper", "5"]], [["in", "out"]]],
        ),
        (
            "<table><tr><td><h2>Left</h2><table><tr><td>k</td><td>v</td></tr></table></td><td>Right</td></tr></table>",
            [[["k", "v"]], "Right"],
        ),
    ],
)
def test_markup_shows_as_a_browser_shows_it(html: str, shown: list[object], page: Page) -> None:
    assert words(page(f"<html><body>{html}</body></html>")) == shown


@pytest.mark.parametrize(
    "content",
    [
        "<p>環境績效</p>".encode("utf-8-sig"),
        "<p>環境績效</p>".encode("utf-16"),
        b'<meta charset="big5">' + "<p>環境績效</p>".encode("big5"),
        b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">' + "<p>环境绩效</p>".encode("gb18030"),
        "<p>環境績效</p>".encode(),
    ],
)
def test_the_encoding_is_the_files_own(content: bytes, page: Page) -> None:
    assert words(page(content)) in (["環境績效"], ["环境绩效"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no HTML"),
        (b"plain words, 1 < 2", "holds no HTML"),
        (b"%PDF-1.7 ...", "this is a PDF, not HTML"),
        (b"\x89PNG\r\n\x1a\n", "this is a PNG image, not HTML"),
        ("<p>環境</p>".encode("big5"), "byte 3 is not utf-8"),
        (b'<meta charset="klingon"><p>x</p>', "says it is in 'klingon'"),
        (b"<p>a\x00b</p>", "NUL"),
        (b"<html><body><script>write()</script></body></html>", "shows no text; perhaps scripts"),
        (b"<div>" * 5000 + b"deep" + b"</div>" * 5000, "too deep"),
        (
            b"<table>" + (b"<tr>" + b"<td rowspan=200 colspan=200>x</td>" * 20 + b"</tr>") * 200 + b"</table>",
            "more than 400,000 cells",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_words(content: bytes, message: str, page: Page) -> None:
    with pytest.raises(UnreadableReport, match=rf"tiny\.html: .*{message}"):
        page(content)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.html"
    path.write_bytes(b"<p>" + b"a" * (20 * 1024 * 1024))
    with pytest.raises(UnreadableReport, match=r"big\.html: 20\.0 MB is over the limit of 20 MB"):
        read_html(path)


def test_a_table_of_two_thousand_rows_is_read_whole(page: Page) -> None:
    rows = "".join(f"<tr><td>Site {n}</td><td>{n}</td><td>{n + 1}</td></tr>" for n in range(2000))
    report = page(f"<h1>KPI</h1><table><tr><th>Water (m³)</th><th>2023</th><th>2022</th></tr>{rows}</table>")
    figures = read_tables(report, bundled_lexicon()).figures
    assert len(figures) == 4000
    assert (figures[-1].labels, figures[-1].period, figures[-1].value) == (("Site 1999",), "2022", 2000)


def test_elements_a_thousand_deep_are_read(page: Page) -> None:
    assert words(page("<div>" * 1000 + "deep" + "</div>" * 1000 + "<p>after</p>")) == ["deep", "after"]


def outcome(path: Path) -> str:
    """Read a file as a build does; give the words it is refused in, or none."""
    try:
        report = read_html(path)
    except EsgQaError as error:
        return str(error)
    assert report.sections
    read_tables(report, bundled_lexicon())
    list(chunk_prose(report))
    return ""


MARKUP = st.lists(
    st.sampled_from(
        "<p> </p> <table> </table> <tr> <td> </td> <th> <td~rowspan=3> <td~colspan=2> <ul> <li> </ul> <h1> </h1> "
        "<sup> </sup> <div~hidden> </div> <script> </script> <!-- --> <br> <caption> <thead> </thead> <![CDATA[ ]]> "
        "&amp; &#0; &#xd800; 2023 2022年 1,049 — 環境 \x01 \ufeff < > <svg> <select> <plaintext> <body> </html>".split()
    ).map(lambda word: word.replace("~", " ")),
    max_size=40,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(MARKUP)
def test_any_markup_is_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, markup: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any.html"
    path.write_text(markup, encoding="utf-8", errors="replace")
    refused = outcome(path)
    assert refused == "" or refused.startswith("any.html: ")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.html"
    path.write_bytes(b"<p>" + content)
    refused = outcome(path)
    assert refused == "" or refused.startswith("any.html: ")
