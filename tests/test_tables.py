"""Tables written with tabs, pipes or HTML become one rectangular grid whose header rows are known."""

import pytest

from index.readers.tables import Grid, html_grid, pipe_grid, tab_grid


def lines_of(source: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for line in source.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def tabs(source: str) -> Grid:
    return tab_grid(source, lines_of(source))


def pipes(source: str) -> Grid:
    return pipe_grid(source, lines_of(source))


def markup(source: str) -> Grid:
    return html_grid(source, 0, len(source))


def words(grid: Grid) -> list[list[str]]:
    return [[cell.text.text for cell in row.cells] for row in grid.rows]


def test_tabs_divide_cells_and_short_rows_are_filled() -> None:
    grid = tabs("指標\t單位\t2022 年\t2021 年\n用水量\t立方米\t1,049\t—\n女性\t%\t3")
    assert words(grid) == [
        ["指標", "單位", "2022 年", "2021 年"],
        ["用水量", "立方米", "1,049", "—"],
        ["女性", "%", "3", ""],
    ]
    assert (grid.header_rows, grid.divider) == (1, "\t")


def test_a_leading_tab_is_a_blank_cell() -> None:
    grid = tabs("按性別劃分流失率\t男性\t%\t5\n\t女性\t%\t4")
    assert words(grid)[1] == ["", "女性", "%", "4"]


def test_the_row_above_the_dashes_is_the_pipe_header() -> None:
    grid = pipes("| Item | Value |\n|---|---:|\n| Water | 1,049 |\n| Paper |")
    assert words(grid) == [["Item", "Value"], ["Water", "1,049"], ["Paper", ""]]
    assert (grid.header_rows, grid.divider) == (1, " | ")


def test_two_rows_above_the_dashes_are_both_header() -> None:
    assert pipes("| Item | Data |\n| | 2022 |\n|---|---|\n| Water | 5 |").header_rows == 2


def test_an_escaped_pipe_belongs_to_its_cell() -> None:
    assert words(pipes(r"| a \| b | c |"))[0] == ["a | b", "c"]


def test_a_pipe_table_may_begin_with_a_list_marker() -> None:
    assert words(pipes("- | 用水量 | 1,049 |")) == [["用水量", "1,049"]]


def test_a_cell_that_spans_rows_or_columns_is_repeated_and_marked() -> None:
    grid = markup(
        '<table><tr><th rowspan="2">指標</th><th colspan="2">數據</th></tr><tr><th>2022</th><th>2021</th></tr>'
        "<tr><td>用水</td><td>1</td><td>2</td></tr></table>"
    )
    assert words(grid) == [["指標", "數據", "數據"], ["指標", "2022", "2021"], ["用水", "1", "2"]]
    assert [[cell.spanned for cell in row.cells] for row in grid.rows] == [
        [False, False, True],
        [True, False, False],
        [False, False, False],
    ]
    assert grid.header_rows == 2


def test_a_cell_below_a_span_moves_to_the_next_free_column() -> None:
    grid = markup("<table><tr><td rowspan=2>A</td><td>B</td><td rowspan=2>C</td></tr><tr><td>D</td></tr></table>")
    assert words(grid) == [["A", "B", "C"], ["A", "D", "C"]]


def test_cells_need_no_closing_tags() -> None:
    assert words(markup("<table><tr><td>a<td>b<tr><td>c<td>d</table>")) == [["a", "b"], ["c", "d"]]


def test_rows_of_thead_are_header_even_without_th() -> None:
    grid = markup("<table><thead><tr><td>x</td><td>y</td></tr></thead><tr><td>1</td><td>2</td></tr></table>")
    assert grid.header_rows == 1


def test_missing_html_cells_are_blank_and_absurd_spans_bounded() -> None:
    grid = markup('<table><tr><td>a</td></tr><tr><td>b</td><td colspan="999999">c</td></tr></table>')
    assert {len(row.cells) for row in grid.rows} == {201}
    assert words(grid)[0][1] == ""


@pytest.mark.parametrize("span", ["0", "-1", "two", ""])
def test_a_senseless_span_is_one(span: str) -> None:
    assert words(markup(f'<table><tr><td rowspan="{span}">a</td></tr><tr><td>b</td></tr></table>')) == [["a"], ["b"]]


def test_cells_over_several_lines_keep_their_place() -> None:
    source = "<table>\n<tr>\n<td>用水\n總量</td>\n<td><b>1,049</b></td></tr></table>"
    grid = markup(source)
    assert words(grid) == [["用水\n總量", "1,049"]]
    for cell in grid.rows[0].cells:
        for piece in cell.text.pieces:
            assert source[piece.source : piece.source_end] == cell.text.text[piece.start : piece.end]


@pytest.mark.parametrize(
    ("source", "header_rows"),
    [
        ("指標\t單位\t2022 年\t2021 年\n用水\t噸\t1\t2", 1),
        ("Indicator\tUnit\tFY22\tFY21\nWater\tt\t1\t2", 1),
        ("\t2022\t2021\n用水\t1\t2", 1),
        ("\t2022\n用水\t1", 1),
        ("類別\t數據\t\n\t2022 年\t2021 年\n用水\t1\t2", 2),
        ("用水\t1\t2\n用電\t3\t4", 0),
        ("重要性\t本報告採用評估\n量化\t本報告披露", 0),
        ("截至 2022 年底員工\t1,060\n截至 2021 年底員工\t1,014", 0),
        ("指標\t2022 年\t2021 年", 0),
    ],
)
def test_leading_rows_with_periods_units_or_heading_words_are_header(source: str, header_rows: int) -> None:
    assert tabs(source).header_rows == header_rows
