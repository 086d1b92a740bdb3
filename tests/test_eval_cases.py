"""The bundled cases against the bundled editions: what a case expects, the report says."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.case import KINDS, Case
from eval.metrics import number_stands, stands
from eval.run import CASES, load_cases
from index.readers.markdown import read_markdown
from index.report import Items, Paragraph, Table
from index.script import LANGUAGES

BUNDLED = Path(__file__).parents[1] / "index" / "bundled"
COMPUTED = {"computed", "follow_up"}

Places = Mapping[str, str]  # words by the key of a section or a table row


@pytest.fixture(scope="module")
def first() -> list[Case]:
    return load_cases()


@pytest.fixture(scope="module")
def blind() -> list[Case]:
    return load_cases([CASES / "blind", CASES / "prose"])


@pytest.fixture(scope="module")
def cases(first: list[Case], blind: list[Case]) -> list[Case]:
    return [*first, *blind]


@pytest.fixture(scope="module")
def editions() -> list[Places]:
    return [places(BUNDLED / f"bairong-2022.{language}.md") for language in ("en", "zh-Hant")]


def places(file: Path) -> Places:
    words: dict[str, str] = {}
    for section, block in read_markdown(file).blocks:
        texts: list[str] = []
        if isinstance(block, Paragraph):
            texts = [block.text.text]
        elif isinstance(block, Items):
            texts = [item.text for item in block.items]
        elif isinstance(block, Table):
            rows = [" | ".join(cell.text.text for cell in row.cells) for row in block.body]
            words |= {f"{block.key}.r{n}": row for n, row in enumerate(rows, start=1)}
            texts = rows
        words[section.key] = "\n".join([words.get(section.key, section.title), *texts])
    return words


def test_there_are_a_hundred_cases_in_each_script_and_some_of_every_kind(first: list[Case]) -> None:
    assert min(Counter(case.language for case in first)[language] for language in LANGUAGES) >= 100
    assert set(KINDS) == {case.kind for case in first}


def test_the_blind_cases_are_as_many_as_asked_for(blind: list[Case]) -> None:
    kinds = Counter(case.kind for case in blind)
    assert kinds["computed"] + kinds["comparison"] + kinds["trend"] >= 150
    assert kinds["not_disclosed"] >= 120
    assert kinds["lookup"] >= 36


def test_at_least_a_third_of_the_blind_groups_of_each_kind_is_held_back(blind: list[Case]) -> None:
    split = {case.group: case.split for case in blind}
    assert all(case.split == split[case.group] for case in blind)
    for kind in {case.kind for case in blind}:
        groups = {case.group for case in blind if case.kind == kind}
        assert sum(split[group] == "held_back" for group in groups) >= len(groups) // 3, kind


def test_every_third_case_is_held_back_until_it_has_been_looked_at(first: list[Case]) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for case in first:
        place = seen[case.kind, case.language]
        seen[case.kind, case.language] += 1
        looked_at = "no longer held back" in case.written
        assert case.split == ("held_back" if place % 3 == 2 and not looked_at else "tuned"), case.id
    assert sum(case.split == "held_back" for case in first) * 10 >= len(first) * 3


def test_a_group_asks_one_question_in_three_scripts(cases: list[Case]) -> None:
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.group or case.id, []).append(case)
    for group, held in groups.items():
        assert [case.language for case in held] == list(LANGUAGES), group
        assert len({case.expect for case in held}) == 1, group


def test_every_evidence_key_is_a_place_in_both_editions(cases: list[Case], editions: list[Places]) -> None:
    missing = [(case.id, key) for case in cases for key in case.expect.evidence for e in editions if key not in e]
    assert missing == []


def test_every_expected_number_stands_in_its_evidence(cases: list[Case], editions: list[Places]) -> None:
    missing = [
        (case.id, str(value.value))
        for case in cases
        for value in case.expect.values
        if not value.rounded and case.kind not in COMPUTED
        for edition in editions
        if not any(number_stands(str(value.value), edition[key]) for key in case.expect.evidence)
    ]
    assert missing == []


def test_every_expected_word_stands_in_its_evidence(cases: list[Case], editions: list[Places]) -> None:
    missing = []
    for case in cases:
        wanted = [*case.expect.list_items, *([case.expect.contains] if case.expect.contains else [])]
        for edition in editions if case.kind != "comparison" else []:
            said = "\n".join(edition[key] for key in case.expect.evidence)
            missing += [(case.id, item[0]) for item in wanted if not any(stands(each, said) for each in item)]
    assert missing == []
