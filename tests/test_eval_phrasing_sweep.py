"""Every cell as people ask for it: the phrasings are whole and not the labels, and the counts keep the splits apart."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from eval.case import BadCase
from eval.label_sweep import kpi_figures
from eval.phrasing_sweep import SLOT, Phrasings, print_sweep, read_phrasings, sweep
from index.build import read_report
from index.chunk import Passage
from index.figures import Figure, read_tables
from index.lexicon import bundled_lexicon
from index.script import LANGUAGES, Language, fold
from qa.answer import Answer, AnswerFigure, Citation

BUNDLED = Path(__file__).parents[1] / "index" / "bundled"
ROW = "Scope 2 | tCO2e | 378.80 | 732.98"
PASSAGE = Passage(
    id="6608-2022.en.kpi.t1.r2",
    report_id="6608-2022",
    edition="en",
    section_key="kpi",
    section=("KPI",),
    page=66,
    page_end=66,
    kind="row",
    blocks=("kpi.t1.r2",),
    text=ROW,
    source=((0, len(ROW), 0, len(ROW)),),
)
FIGURE = Figure(
    id="6608-2022.kpi.t1.r2.2022",
    report_id="6608-2022",
    edition="en",
    row_key="kpi.t1.r2",
    section_key="kpi",
    labels=("Scope 2",),
    metrics=(),
    per=None,
    members=(),
    unit_text="tCO2e",
    unit="tCO2e",
    period="2022",
    disclosure="number",
    value=Decimal("378.80"),
    digits="378.80",
    qualifier=None,
    notes=(),
    passage_id=PASSAGE.id,
    start=0,
    end=0,
    row_start=0,
    row_end=len(ROW),
)
EARLIER = replace(FIGURE, id="6608-2022.kpi.t1.r2.2021", period="2021", value=Decimal("732.98"), digits="732.98")
SILENCE = Answer(id="0", status="not_disclosed", reason="not_in_report", language="en", text="")
PHRASED = Phrasings(
    row_key="kpi.t1.r2",
    split="tuned",
    templates={
        "en": ("Carbon from bought power, {year}?", "Indirect carbon in {year}"),
        "zh-Hant": ("{year} 年間接碳排幾多？",),
        "zh-Hans": ("{year}年间接碳排多少？",),
    },
)


class Reads2022:
    """Gives the figure of 2022 for everything but questions in Simplified Chinese."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def ask(
        self, question: str, *, history: Sequence[str] = (), language: Language | None = None, report: str | None = None
    ) -> Answer:
        assert (tuple(history), report) == ((), None)
        self.questions.append(question)
        if language == "zh-Hans":
            return SILENCE
        headline = AnswerFigure(
            id="", metric="", label="", breakdown="", value="378.80", unit="tCO2e", period="2022", citation=1
        )
        proof = Citation(
            number=1,
            report="6608-2022",
            edition="en",
            section=("KPI",),
            page=66,
            page_end=66,
            passage_id=PASSAGE.id,
            passage=ROW,
            quote=ROW,
            start=0,
            end=len(ROW),
        )
        return Answer(
            id="1", status="answered", reason=None, language="en", text="", figures=(headline,), citations=(proof,)
        )


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Figure]]:
    report = read_report(BUNDLED / "bairong-2022.zh-Hant.md")
    held: dict[str, list[Figure]] = {}
    for figure in kpi_figures(read_tables(report, bundled_lexicon()).figures, ("zh-Hant",)):
        held.setdefault(figure.row_key, []).append(figure)
    return held


def test_every_row_of_every_kpi_table_has_three_phrasings_in_each_script(rows: dict[str, list[Figure]]) -> None:
    phrasings = read_phrasings()
    assert {each.row_key for each in phrasings} == set(rows)
    assert sum(len(figures) for figures in rows.values()) == 261
    assert {len(each.templates[language]) for each in phrasings for language in LANGUAGES} == {3}


def test_no_phrasing_stands_twice_or_is_the_printed_label(rows: dict[str, list[Figure]]) -> None:
    phrasings = read_phrasings()
    every = [(language, q) for each in phrasings for language in LANGUAGES for q in each.templates[language]]
    assert len(every) == len(set(every))
    labels = {key: fold(figures[0].labels[-1]).replace(" ", "") for key, figures in rows.items()}
    for each in phrasings:
        for language in ("zh-Hant", "zh-Hans"):
            asked = [
                fold(q).replace(SLOT, "").replace(" ", "").strip("年,?.是多少的") for q in each.templates[language]
            ]
            assert labels[each.row_key] not in asked, each.row_key


def test_rows_that_print_the_same_figures_are_held_back_together(rows: dict[str, list[Figure]]) -> None:
    phrasings = read_phrasings()
    split = {each.row_key: each.split for each in phrasings}
    for key, figures in rows.items():
        label = fold(figures[0].labels[-1]).replace(" ", "")
        twins = [k for k, other in rows.items() if fold(other[0].labels[-1]).replace(" ", "") == label]
        assert len({split[k] for k in (key, *twins)}) == 1, key
    assert 0.3 <= sum(each.split == "held_back" for each in phrasings) / len(phrasings) <= 0.4


def test_each_cell_is_asked_for_in_each_phrasing_of_its_row() -> None:
    engine = Reads2022()
    asked = sweep(engine, [FIGURE, EARLIER], {PASSAGE.id: PASSAGE}, [PHRASED])
    assert engine.questions[:4] == [
        "Carbon from bought power, 2022?",
        "Indirect carbon in 2022",
        "2022 年間接碳排幾多？",
        "2022年间接碳排多少？",
    ]
    assert [each.outcome for each in asked] == ["right"] * 3 + ["refused"] + ["wrong"] * 3 + ["refused"]


def test_failures_of_rows_held_back_are_counted_but_not_named_unless_asked() -> None:
    back = replace(PHRASED, split="held_back")
    asked = sweep(Reads2022(), [EARLIER], {PASSAGE.id: PASSAGE}, [back])
    shown, named = StringIO(), StringIO()
    print_sweep(asked, Console(file=shown, width=200))
    print_sweep(asked, Console(file=named, width=200), held_back=True)
    assert "held back" in shown.getvalue()
    assert "Indirect carbon" not in shown.getvalue()
    assert "wrong: Indirect carbon in 2021 — expected 732.98 tCO2e 2021 (kpi.t1.r2), got 378.80" in named.getvalue()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "p.jsonl:1: not JSON"),
        ("[]", "expected an object with en, row, split, zh-Hans, zh-Hant"),
        ({"split": "test"}, "split is 'test'"),
        ({"en": []}, "en must be a list of phrasings, each with {year}"),
        ({"zh-Hant": ["範圍二？"]}, "zh-Hant must be a list of phrasings"),
    ],
)
def test_a_bad_line_of_phrasings_is_named(tmp_path: Path, line: str | dict[str, object], message: str) -> None:
    whole = {"row": "kpi.t1.r2", "split": "tuned", "en": ["{year}?"], "zh-Hant": ["{year}？"], "zh-Hans": ["{year}？"]}
    file = tmp_path / "p.jsonl"
    file.write_text(line if isinstance(line, str) else json.dumps(whole | line), encoding="utf-8")
    with pytest.raises(BadCase, match=message):
        read_phrasings(file)
