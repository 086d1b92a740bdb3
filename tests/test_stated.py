"""Lines that state figures are read as the rows of a table, and nothing else is."""

from pathlib import Path

import pytest

from index.build import read_report
from index.figures import read_tables
from index.lexicon import bundled_lexicon
from index.report import Table
from index.stated import with_stated

HEAD = "---\ncompany: Tiny Ltd\nyear: 2023\nlanguage: {language}\n---\n\n# Tiny\n\n## Numbers\n\n"


def said(tmp_path: Path, source: str, language: str) -> list[str]:
    path = tmp_path / "tiny.md"
    path.write_text(HEAD.format(language=language) + source, encoding="utf-8")
    figures = read_tables(with_stated(read_report(path)), bundled_lexicon()).figures
    return [f"{figure.labels[-1]} = {figure.value} {figure.unit or ''} @ {figure.period}" for figure in figures]


def test_a_list_with_earlier_years_in_parentheses_is_read_item_by_item(tmp_path: Path) -> None:
    source = "- 二氧化硫：1,286吨（2022年：1,412吨；2021年：1,579吨）\n- 颗粒物：318吨（2022年：352吨），按物料衡算\n"
    assert said(tmp_path, source, "zh-Hans") == [
        "二氧化硫 = 1286 t @ 2023",
        "二氧化硫 = 1412 t @ 2022",
        "二氧化硫 = 1579 t @ 2021",
        "颗粒物 = 318 t @ 2023",
        "颗粒物 = 352 t @ 2022",
        "颗粒物 = None  @ 2021",  # a blank: the report does not tell
    ]


def test_lines_in_english_are_read_too(tmp_path: Path) -> None:
    source = "> **Water withdrawn: 28,415 m3** (2022: 29,870 m3)\n> Complaints: 7 (2022: 9)\n"
    assert said(tmp_path, source, "en") == [
        "Water withdrawn = 28415 m3 @ 2023",
        "Water withdrawn = 29870 m3 @ 2022",
        "Complaints = 7 case @ 2023",
        "Complaints = 9 case @ 2022",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "- Complaints: 7\n- Fines: none\n",  # no year says that these are figures of years
        "- Office: 12 Nathan Road (built in 2001)\n",
        "We opened three shops: two in Hong Kong (2022: one in Macau).\n",
        "- Target: 30% by 2030 (2022: adopted)\n",
    ],
)
def test_what_states_no_figure_of_a_year_stays_text(tmp_path: Path, source: str) -> None:
    assert said(tmp_path, source, "en") == []


def test_the_lines_stay_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "tiny.md"
    path.write_text(HEAD.format(language="en") + "- Complaints: 7 (2022: 9)\n", encoding="utf-8")
    plain = read_report(path)
    (before,), (after,) = ([s for s in report.sections if s.blocks] for report in (plain, with_stated(plain)))
    assert [block for block in after.blocks if not isinstance(block, Table)] == list(before.blocks)
