"""Reports with their own cases: found by folder, built aside, held to rules of their own."""

from pathlib import Path

import pytest

from eval.case import BadCase
from eval.gate import check
from eval.run import load_cases
from eval.suite import Suite, UnknownSuite, choose, run_suites, suites

REPORT = """---
company: Tin Shing Works
stock_code: 1234.HK
year: 2023
language: en
title: ESG report 2023
---

# Environment {#environment}

| Indicator | Unit | 2022 | 2023 |
|---|---|---|---|
| Purchased electricity | MWh | 410 | 395 |
"""
CASE = (
    '{"id": "works.power.en", "kind": "lookup", "language": "en", "question": "Purchased electricity in 2023?", '
    '"expect": {"status": "answered", "values": [{"value": "395", "unit": "MWh", "period": "2023"}]}, '
    '"provenance": {"author": "test", "written": "before seeing answers", "split": "tuned"}}\n'
)


def invented(folder: Path) -> Path:
    (folder / "works").mkdir(parents=True)
    (folder / "works" / "report.md").write_text(REPORT, encoding="utf-8")
    (folder / "works" / "cases.jsonl").write_text(CASE, encoding="utf-8")
    return folder


def test_a_folder_with_a_report_and_cases_is_a_suite(tmp_path: Path) -> None:
    known = suites(invented(tmp_path))
    assert list(known) == ["bundled", "blind", "prose", "fresh", "works"]
    assert known["works"].reports == (tmp_path / "works" / "report.md",)


def test_every_suite_of_ours_has_cases_that_can_be_read() -> None:
    for suite in suites().values():
        assert load_cases(suite.cases), suite.name


def test_a_folder_with_one_of_the_two_only_is_told(tmp_path: Path) -> None:
    (invented(tmp_path) / "works" / "cases.jsonl").unlink()
    with pytest.raises(BadCase, match=r"works: expected a report.md, report.html or report.pdf, and a cases.jsonl"):
        suites(tmp_path)


def test_suites_are_chosen_by_name_once_each_or_all(tmp_path: Path) -> None:
    known = suites(invented(tmp_path))
    assert [suite.name for suite in choose(["works", "bundled", "works"], known)] == ["works", "bundled"]
    assert [suite.name for suite in choose(["all"], known)] == list(known)
    with pytest.raises(UnknownSuite, match="bank: no such suite; expected bundled, blind, prose, fresh, works, all"):
        choose(["bank"], known)


def test_a_suite_is_built_asked_and_scored_under_its_name(tmp_path: Path) -> None:
    (card,) = run_suites(choose(["works"], suites(invented(tmp_path))), tmp_path / "built")
    assert (card.suite, card.overall.passed.hits, card.overall.passed.of) == ("works", 1, 1)
    gate = tmp_path / "gate.toml"
    gate.write_text(
        "max_wrong_numbers = 0\n[floor]\npassed = 1\n"
        "[suite.works]\nmax_wrong_numbers = 0\n[suite.works.floor]\nrefused_all = 1\n",
        encoding="utf-8",
    )
    assert check(card, gate) == []


def test_suites_run_at_once_score_as_one_after_the_other(tmp_path: Path) -> None:
    first = invented(tmp_path / "a") / "works"
    second = invented(tmp_path / "b") / "works"
    (second / "cases.jsonl").write_text(CASE.replace("395", "396"), encoding="utf-8")
    held = [
        Suite(name=name, reports=(folder / "report.md",), cases=(folder / "cases.jsonl",))
        for name, folder in (("first", first), ("second", second))
    ]
    together = run_suites(held, tmp_path / "built", jobs=2)
    assert [(card.suite, card.overall.passed.hits) for card in together] == [("first", 1), ("second", 0)]
    assert together[0].scores[0].answer == run_suites(held[:1], tmp_path / "again")[0].scores[0].answer
