"""Every cell by its label: what counts as right, wrong, refused and unproven."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from eval.label_sweep import english_labels, judge, kpi_figures, print_sweep, sweep
from index.chunk import Passage
from index.figures import Figure
from index.script import Language
from qa.answer import Answer, AnswerFigure, Citation

ROW = "溫室氣體排放量（範疇二） | 噸 二氧化碳當量 | 378.80 | 732.98"
PASSAGE = Passage(
    id="6608-2022.zh-Hant.kpi.t1.r2",
    report_id="6608-2022",
    edition="zh-Hant",
    section_key="kpi",
    section=("環境績效",),
    page=66,
    page_end=68,
    kind="row",
    blocks=("kpi.t1.r2",),
    text=ROW,
    source=((0, len(ROW), 2, len(ROW) + 2),),
)
FIGURE = Figure(
    id="6608-2022.kpi.t1.r2.2022",
    report_id="6608-2022",
    edition="zh-Hant",
    row_key="kpi.t1.r2",
    section_key="kpi",
    labels=("溫室氣體排放量（範疇二）",),
    metrics=(),
    per=None,
    members=(),
    unit_text="噸 二氧化碳當量",
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
DASH = replace(FIGURE, disclosure="not_disclosed", value=None, digits="—")
PASSAGES = {PASSAGE.id: PASSAGE}
SILENCE = Answer(id="0", status="not_disclosed", reason="not_in_report", language="zh-Hant", text="")


def answered(value: str = "378.80", unit: str = "噸二氧化碳當量", period: str = "2022", quote: str = ROW) -> Answer:
    headline = AnswerFigure(id="", metric="", label="", breakdown="", value=value, unit=unit, period=period, citation=1)
    proof = Citation(
        number=1,
        report="6608-2022",
        edition="zh-Hant",
        section=("環境績效",),
        page=66,
        page_end=68,
        passage_id=PASSAGE.id,
        passage=ROW,
        quote=quote,
        start=0,
        end=len(quote),
    )
    return Answer(
        id="1", status="answered", reason=None, language="zh-Hant", text="", figures=(headline,), citations=(proof,)
    )


@pytest.mark.parametrize(
    ("figure", "answer", "outcome"),
    [
        (FIGURE, answered(), "right"),
        (FIGURE, answered("732.98"), "wrong"),
        (FIGURE, answered(period="2021"), "wrong"),
        (FIGURE, answered(unit="噸"), "wrong"),
        (FIGURE, answered("378.8"), "unproven"),
        (FIGURE, answered(quote="溫室氣體排放量"), "unproven"),
        (FIGURE, replace(answered(), citations=()), "unproven"),
        (FIGURE, replace(answered(), figures=()), "unproven"),
        (FIGURE, SILENCE, "refused"),
        (DASH, SILENCE, "right"),
        (DASH, answered("0"), "wrong"),
        (DASH, answered("732.98", period="2021"), "wrong"),
    ],
)
def test_a_cell_is_right_only_with_number_unit_year_and_proof(figure: Figure, answer: Answer, outcome: str) -> None:
    assert judge(figure, answer, PASSAGES) == outcome


def test_suppliers_are_counted_in_suppliers_or_in_chinese_measure_words() -> None:
    row = "供應商數目 | 家 | 687"
    passage = replace(PASSAGE, text=row)
    suppliers = replace(FIGURE, unit_text="家", unit="company", value=Decimal(687), digits="687")
    cited = answered("687", "suppliers")
    proof = replace(cited.citations[0], passage=row, quote=row, end=len(row))
    assert judge(suppliers, replace(cited, citations=(proof,)), {passage.id: passage}) == "right"


def test_a_unit_counts_as_another_edition_prints_it() -> None:
    assert judge(FIGURE, answered(unit="sessions"), PASSAGES) == "wrong"
    assert judge(FIGURE, answered(unit="sessions"), PASSAGES, units={"sessions"}) == "right"


def test_a_quote_must_stand_in_the_report_file_too() -> None:
    assert judge(FIGURE, answered(), PASSAGES, source=f"| {ROW} |") == "right"
    assert judge(FIGURE, answered(), PASSAGES, source=f"| {ROW.replace('378', '379')} |") == "unproven"
    assert judge(FIGURE, answered(), {}) == "unproven"


class Echo:
    """Answers whatever names 2022, and keeps the questions."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def ask(
        self, question: str, *, history: Sequence[str] = (), language: Language | None = None, report: str | None = None
    ) -> Answer:
        assert (tuple(history), report) == ((), None)
        assert language is not None
        self.questions.append(question)
        return answered() if "2022" in question else SILENCE


def test_every_cell_is_asked_for_in_three_scripts() -> None:
    engine = Echo()
    asked = sweep(engine, [FIGURE, EARLIER], PASSAGES, english={"kpi.t1.r2": ("GHG emissions (Scope 2)",)})
    assert engine.questions[:3] == [
        "GHG emissions (Scope 2) in 2022",
        "2022 年溫室氣體排放量（範疇二）是多少？",
        "2022年温室气体排放量（范畴二）是多少？",
    ]
    assert [each.outcome for each in asked] == ["right"] * 3 + ["refused"] * 3
    shown = StringIO()
    print_sweep(asked, Console(file=shown, width=160))
    assert "refused: GHG emissions (Scope 2) in 2021 — expected 732.98" in shown.getvalue()


def test_english_labels_are_found_by_key_or_through_the_chinese_label() -> None:
    english = replace(FIGURE, edition="en", labels=("GHG emissions (Scope 2)",))
    raw = replace(FIGURE, row_key="s66.t1.r2", labels=("溫室氣體排放量 (範疇二)",))
    assert english_labels([FIGURE], [FIGURE, english]) == {"kpi.t1.r2": ("GHG emissions (Scope 2)",)}
    assert english_labels([raw], [FIGURE, english]) == {"s66.t1.r2": ("GHG emissions (Scope 2)",)}
    assert english_labels([raw], [FIGURE]) == {}


def test_tables_of_one_year_are_no_kpi_tables() -> None:
    meetings = replace(FIGURE, row_key="governance.t1.r1")
    assert kpi_figures([FIGURE, EARLIER, meetings], ("zh-Hant",)) == [FIGURE, EARLIER]
