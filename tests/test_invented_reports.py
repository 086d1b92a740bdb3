"""The invented reports in eval/reports: their questions are cases, and mean the same in every script."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from eval.case import Case
from eval.metrics import stands
from eval.run import load_cases
from index.script import LANGUAGES

REPORTS = Path(__file__).parents[1] / "eval" / "reports"
NAMES = ("bank", "manufacturer", "simplified")
UNSEEN = (  # every question another fact
    *("restaurant", "hospital", "chipmaker", "shipping", "telecom", "brewery", "mining", "airline", "property"),
    *("insurer", "pharma", "express", "utility", "market", "carmaker"),
    *("school", "cement", "grocer", "software", "garment", "port"),
)


def groups(name: str) -> Mapping[str, Sequence[Case]]:
    """Gather a report's cases by the question they put."""
    gathered = defaultdict(list)
    for case in load_cases([REPORTS / name / "cases.jsonl"]):
        gathered[case.group].append(case)
    return gathered


def report_text(name: str) -> str:
    """Read a report as it lies in its folder."""
    (path,) = (REPORTS / name).glob("report.*")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*NAMES, *UNSEEN])
def test_a_report_says_that_it_is_invented(name: str) -> None:
    assert "nvented for testing" in report_text(name).partition("<h1>")[0][:400]


@pytest.mark.parametrize("name", UNSEEN)
def test_sixty_questions_are_put_to_a_report_by_someone_who_had_not_seen_the_code(name: str) -> None:
    asked = groups(name)
    assert len(asked) == 60
    assert {case.language for cases in asked.values() for case in cases} == set(LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_at_least_forty_questions_are_put_in_three_scripts_with_one_right_answer(name: str) -> None:
    asked = groups(name)
    assert len(asked) >= 40
    for group, cases in asked.items():
        assert sorted(case.language for case in cases) == sorted(LANGUAGES), group
        assert all(case.expect == cases[0].expect for case in cases), group
        assert len({case.split for case in cases}) == 1, group


@pytest.mark.parametrize("name", NAMES)
def test_the_words_a_right_answer_holds_stand_in_the_report(name: str) -> None:
    text = report_text(name)
    for group, cases in groups(name).items():
        expect = cases[0].expect
        if not expect.values:
            wanted = (expect.contains, *expect.list_items) if expect.contains else expect.list_items
            assert all(any(stands(word, text) for word in words) for words in wanted), group
