"""Two runs side by side: what is newly right, newly wrong, and whether the difference may be chance."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from eval.case import BadCase, Case, Expectation
from eval.comparison import Outcome, compare, outcomes, print_comparison, read_outcomes
from eval.metrics import Score
from eval.report import to_json
from eval.run import scorecard


def outcome(name: str, *, passed: bool, wrong: str | None = None, group: str = "") -> Outcome:
    return Outcome(
        id=name, group=group or name, question=f"{name}?", passed=passed, wrong_number=wrong, got="378.80 tCO2e 2022"
    )


BEFORE = [
    outcome("kept", passed=True),
    outcome("mended", passed=False, wrong="732.98 for 2022"),
    outcome("broken", passed=True),
    outcome("worse", passed=False),
    outcome("gone", passed=True),
]
AFTER = [
    outcome("kept", passed=True),
    outcome("mended", passed=True),
    outcome("broken", passed=False),
    outcome("worse", passed=False, wrong="0 where nothing is disclosed"),
    outcome("new", passed=False),
]


def test_every_case_is_told_by_what_became_of_it() -> None:
    found = compare(BEFORE, AFTER)
    assert found.compared == 4
    assert [after.id for _, after in found.newly_right] == ["mended"]
    assert [after.id for _, after in found.newly_wrong] == ["broken"]
    assert [after.id for _, after in found.newly_wrong_numbers] == ["worse"]
    assert [after.id for _, after in found.mended_wrong_numbers] == ["mended"]
    assert (found.only_before, found.only_after) == (("gone",), ("new",))
    assert found.difference.share == 0


def test_a_case_whose_question_was_changed_is_another_case() -> None:
    found = compare([outcome("a", passed=False)], [replace(outcome("a", passed=True), question="Reworded?")])
    assert (found.compared, found.only_before, found.only_after) == (0, ("a",), ("a",))


def test_a_difference_is_certain_only_where_the_interval_leaves_out_none() -> None:
    before = [outcome(str(n), passed=False) for n in range(40)]
    few = [replace(each, passed=each.id == "0") for each in before]
    many = [replace(each, passed=int(each.id) < 30) for each in before]
    assert not compare(before, few).difference.certain
    moved = compare(before, many).difference
    assert moved.certain
    assert moved.low <= moved.share == 0.75 <= moved.high
    assert compare(before, many).difference == moved
    assert not compare(before, before).difference.certain


def test_one_question_in_three_scripts_is_one_draw() -> None:
    apart = [outcome(f"{n}", passed=False) for n in range(30)]
    together = [replace(each, group=str(int(each.id) // 3)) for each in apart]
    wide = compare(together, [replace(each, passed=int(each.id) < 15) for each in together]).difference
    narrow = compare(apart, [replace(each, passed=int(each.id) < 15) for each in apart]).difference
    assert wide.share == narrow.share
    assert wide.high - wide.low > narrow.high - narrow.low


def test_a_run_written_as_json_is_read_back_as_it_was(tmp_path: Path) -> None:
    case = Case(
        id="scope-2.en",
        kind="lookup",
        language="en",
        group="scope-2",
        question="Scope 2?",
        history=(),
        expect=Expectation(status="answered", contains=("378.80",)),
        split="tuned",
        author="test",
        written="before",
    )
    card = scorecard([Score(case=case, answer=None, status=False, faults=("error: ?",))], suite="bundled")
    for name, cards in (("one.json", [card]), ("two.json", [card, replace(card, suite="blind")])):
        (tmp_path / name).write_text(to_json(cards), encoding="utf-8")
        assert read_outcomes(tmp_path / name) == outcomes(cards)


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"cases": [{"id": "a"}]})])
def test_what_is_no_run_is_told_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadCase, match="expected what `esg-qa eval --json` printed"):
        read_outcomes(file)


def test_new_wrong_numbers_are_printed_before_all_else() -> None:
    shown = StringIO()
    print_comparison(compare(BEFORE, AFTER), Console(file=shown, width=160))
    text = shown.getvalue()
    assert "4 cases in both" in text
    assert text.index("new wrong numbers: worse worse?") < text.index("newly wrong: broken broken?")
    assert "1 cases gone since: gone" in text
