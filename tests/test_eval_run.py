"""Case files are read with clear errors; scores add up; the gate holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from eval.case import BadCase
from eval.gate import FLOORS, BadGate, check, measured
from eval.report import print_scorecard, to_json, to_junit
from eval.run import Scorecard, load_cases, run
from index.script import Language
from qa.answer import Answer, AnswerFigure, Citation

LINE = {
    "id": "scope-2.en",
    "kind": "lookup",
    "language": "en",
    "group": "scope-2",
    "question": "Scope 2 in 2022?",
    "history": [],
    "expect": {"status": "answered", "values": [{"value": "378.80", "unit": "tCO2e", "period": "2022"}]},
    "provenance": {"author": "esg-qa", "written": "before seeing answers", "split": "tuned"},
}
CHINESE = LINE | {"id": "scope-2.zh-Hant", "language": "zh-Hant", "question": "2022 年範圍 2 排放？"}
SILENT = LINE | {
    "id": "scope-3.en",
    "kind": "not_disclosed",
    "group": "scope-3",
    "question": "Scope 3 in 2022?",
    "expect": {"status": "not_disclosed", "reason": "not_in_report"},
    "provenance": {"author": "esg-qa", "written": "before seeing answers", "split": "held_back"},
}
ROW = "Scope 2 | tCO2e | 378.80"


def figure(value: str) -> AnswerFigure:
    return AnswerFigure(id="", metric="", label="", breakdown="", value=value, unit="tCO2e", period="2022", citation=1)


def answered(value: str) -> Answer:
    proof = Citation(
        number=1,
        report="r",
        edition="en",
        section=("KPI",),
        page=None,
        page_end=None,
        passage_id="r.en.kpi.t1.r1",
        passage=ROW,
        quote=ROW,
        start=0,
        end=len(ROW),
    )
    return Answer(
        id="1",
        status="answered",
        reason=None,
        language="en",
        text=f"{value}[1]",
        figures=(figure(value),),
        citations=(proof,),
        snapshot="abc",
    )


REFUSAL = Answer(id="2", status="not_disclosed", reason="not_in_report", language="en", text="Not disclosed.")


class Answers:
    """Answers each question as it was told to."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers

    def ask(
        self, question: str, *, history: Sequence[str] = (), language: Language | None = None, report: str | None = None
    ) -> Answer:
        assert not history
        assert (language, report) == (None, None)
        return self.answers[question]


RIGHT = {
    "Scope 2 in 2022?": answered("378.80"),
    "2022 年範圍 2 排放？": answered("378.80"),
    "Scope 3 in 2022?": REFUSAL,
}


def write(folder: Path, *lines: object) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return file


def scored(folder: Path, answers: Mapping[str, Answer]) -> Scorecard:
    return run(Answers(RIGHT | dict(answers)), load_cases([write(folder, LINE, CHINESE, SILENT)]))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "cases.jsonl:2: not JSON"),
        (["a"], "cases.jsonl:2: expected a JSON object, found list"),
        (LINE, "cases.jsonl:2: id 'scope-2.en' is taken by .*cases.jsonl:1"),
        (LINE | {"id": "b", "kind": "look"}, "kind is 'look'; expected one of lookup, prose_number"),
        (LINE | {"id": "b", "language": "zh"}, "language is 'zh'; expected one of en, zh-Hant, zh-Hans"),
        (LINE | {"id": "b", "question": " "}, "question must be a text"),
        (LINE | {"id": "b", "question": "a" * 501}, "question has 501 characters; expected 1 to 500"),
        (LINE | {"id": "b", "answer": "378.80"}, "unknown field 'answer'"),
        (LINE | {"id": "b", "expect": {"status": "answered"}}, "needs values, contains or list_items"),
        (LINE | {"id": "b", "expect": {"status": "answered", "values": [{"value": 378.8}]}}, "a number in quotes"),
        (LINE | {"id": "b", "expect": {"status": "answered", "values": [{"value": "many"}]}}, "found 'many'"),
        (LINE | {"id": "b", "expect": {"status": "answered", "values": [{"value": "1", "unit": "zorks"}]}}, "'zorks'"),
        (LINE | {"id": "b", "expect": {"status": "not_disclosed", "evidence": ["kpi"]}}, "has no values"),
        (LINE | {"id": "b", "provenance": {"author": "a", "written": "w", "split": "test"}}, "split is 'test'"),
    ],
)
def test_a_bad_case_is_named_by_file_and_line(tmp_path: Path, line: object, message: str) -> None:
    file = write(tmp_path, LINE, line)
    if line == "{":
        file.write_text(json.dumps(LINE) + "\n{\n", encoding="utf-8")
    with pytest.raises(BadCase, match=message):
        load_cases([file])


def test_missing_and_empty_case_files_are_errors(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match="no such file"):
        load_cases([tmp_path / "none.jsonl"])
    with pytest.raises(BadCase, match="no cases"):
        load_cases([write(tmp_path)])


def test_scores_add_up_by_kind_language_and_split(tmp_path: Path) -> None:
    card = scored(tmp_path, {"2022 年範圍 2 排放？": answered("732.98")})
    assert (card.overall.passed.hits, card.overall.passed.of, card.overall.wrong_numbers) == (2, 3, 1)
    assert card.by_language["en"].passed.share == 1
    assert card.by_language["zh-Hant"].wrong_numbers == 1
    assert card.by_split["held_back"].passed.of == 1
    assert card.by_kind["not_disclosed"].refused_all.share == 1
    assert [score.case.id for score in card.failures] == ["scope-2.zh-Hant"]
    assert card.snapshot == "abc"
    assert 0 <= card.overall.passed.low <= card.overall.passed.share <= card.overall.passed.high <= 1


def test_the_same_scores_give_the_same_intervals(tmp_path: Path) -> None:
    first, second = (scored(tmp_path, {"Scope 2 in 2022?": REFUSAL}) for _ in range(2))
    assert first.overall == second.overall


def test_parity_counts_questions_not_answers(tmp_path: Path) -> None:
    assert scored(tmp_path, {}).parity.share == 1
    apart = scored(tmp_path, {"2022 年範圍 2 排放？": REFUSAL})
    assert (apart.parity.hits, apart.parity.of) == (0, 1)
    assert [(each.group, each.languages) for each in apart.disparities] == [("scope-2", ("en", "zh-Hant"))]


def test_silence_everywhere_scores_zero_on_what_is_disclosed(tmp_path: Path) -> None:
    card = scored(tmp_path, dict.fromkeys(RIGHT, REFUSAL))
    assert card.by_kind["lookup"].passed.share == 0
    assert card.overall.refused_all.share == 1
    assert card.overall.refused_rightly.share == pytest.approx(1 / 3)
    assert card.overall.wrong_numbers == 0


def test_an_engine_that_fails_is_a_failure_not_a_crash(tmp_path: Path) -> None:
    card = run(Answers({}), load_cases([write(tmp_path, LINE)]))
    assert card.failures[0].faults[0].startswith("error: KeyError")


def test_reports_name_every_failure_with_question_expected_and_got(tmp_path: Path) -> None:
    card = scored(tmp_path, {"2022 年範圍 2 排放？": answered("732.98")})
    shown = StringIO()
    print_scorecard(card, Console(file=shown, width=160))
    for words in ("wrong numbers: 1", "scope-2.zh-Hant", "2022 年範圍 2 排放？", "378.80 tCO2e 2022", "732.98"):
        assert words in shown.getvalue()
    body = json.loads(to_json([card]))
    assert body["overall"]["wrong_numbers"] == 1
    assert [case["id"] for case in body["cases"] if not case["passed"]] == ["scope-2.zh-Hant"]
    suites = ElementTree.fromstring(to_junit([card]))
    assert (suites.get("tests"), suites.get("failures")) == ("3", "1")
    failure = suites.find(".//failure")
    assert failure is not None
    assert "wrong number" in failure.get("message", "")


def test_control_characters_in_an_answer_leave_the_junit_file_readable(tmp_path: Path) -> None:
    odd = replace(answered("732.98"), text="\x00\x1b[31m<b>")
    assert ElementTree.fromstring(to_junit([scored(tmp_path, {"Scope 2 in 2022?": odd})])).tag == "testsuites"


def test_one_wrong_number_shuts_the_gate(tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("max_wrong_numbers = 0\n[floor]\n", encoding="utf-8")
    assert check(scored(tmp_path, {}), gate) == []
    assert check(scored(tmp_path, {"Scope 2 in 2022?": answered("732.98")}), gate) == ["1 wrong numbers; 0 allowed"]


def test_a_fall_below_a_floor_shuts_the_gate(tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("max_wrong_numbers = 0\n[floor]\npassed = 0.97\nparity = 0.98\n", encoding="utf-8")
    assert check(scored(tmp_path, {"Scope 2 in 2022?": REFUSAL}), gate) == [
        "passed 66.7% is below 97.0%",
        "parity 0.0% is below 98.0%",
    ]


def test_a_suite_is_held_to_its_own_rules_or_to_no_wrong_number(tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text(
        "max_wrong_numbers = 0\n[floor]\npassed = 0.97\n"
        "[suite.bank]\nmax_wrong_numbers = 1\n[suite.bank.floor]\nanswered = 1\n",
        encoding="utf-8",
    )
    wrong = scored(tmp_path, {"Scope 2 in 2022?": answered("732.98")})
    silent = scored(tmp_path, {"Scope 2 in 2022?": REFUSAL})
    assert check(replace(wrong, suite="bank"), gate) == []
    assert check(replace(silent, suite="bank"), gate) == ["bank: answered 50.0% is below 100.0%"]
    assert check(replace(wrong, suite="works"), gate) == ["works: 1 wrong numbers; 0 allowed"]
    assert check(replace(silent, suite="works"), gate) == []
    assert check(replace(silent, suite="bundled"), gate) == ["bundled: passed 66.7% is below 97.0%"]


def test_failures_held_back_are_counted_and_named_only_when_asked(tmp_path: Path) -> None:
    card = scored(tmp_path, {"Scope 3 in 2022?": answered("12")})
    shown, named = StringIO(), StringIO()
    print_scorecard(card, Console(file=shown, width=160))
    print_scorecard(card, Console(file=named, width=160), held_back=True)
    assert "wrong numbers: 1" in shown.getvalue()
    assert "Scope 3 in 2022?" not in shown.getvalue()
    assert "1 failures of cases held back are not named" in shown.getvalue()
    assert "Scope 3 in 2022?" in named.getvalue()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_wrong", "cannot read the gate"),
        ("max_wrong_numbers = 0\n[floor]\n[suite.bank]\n", "expected suite.bank.max_wrong_numbers = 0 and a table"),
        ("suite = 1\nmax_wrong_numbers = 0\n[floor]\n", r"expected a table \[suite.NAME\] for each suite"),
        ("[floor]\npassed = 1", "expected max_wrong_numbers = 0"),
        ("max_wrong_numbers = 0\n[floor]\npased = 1", "unknown floor 'pased'"),
        ("max_wrong_numbers = 0\n[floor]\npassed = 97", "a share between 0 and 1"),
    ],
)
def test_a_bad_gate_is_an_error_not_an_open_door(tmp_path: Path, text: str, message: str) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text(text, encoding="utf-8")
    with pytest.raises(BadGate, match=message):
        check(scored(tmp_path, {}), gate)


def test_every_floor_is_measured_and_the_bundled_gate_can_be_read(tmp_path: Path) -> None:
    card = scored(tmp_path, {})
    assert set(measured(card)) == set(FLOORS)
    assert check(card) == []
