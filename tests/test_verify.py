"""The guard: a real answer passes; with a digit, sign, unit, year or quote of its own making, none does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from qa.answer import Answer, AnswerFigure, Citation, Input
from qa.verify import faults

if TYPE_CHECKING:
    from qa.engine import Engine

QUESTIONS: list[tuple[str, ...]] = [
    # earlier questions, then the one that is asked
    ("Scope 2 emissions in 2022",),
    ("2022 年範圍二溫室氣體排放",),
    ("2022 年范围二温室气体排放",),
    ("Scope 2 emissions in 2022", "And the year before?"),
    ("How did Scope 2 emissions change from 2021 to 2022?",),
    ("範圍二排放由 2021 至 2022 年變動了百分之幾？",),
    ("What is the percentage change in electricity use from 2020 to 2022?",),
    ("How did the turnover rate of women change between 2021 and 2022?",),
    ("2022 年男女員工流失率相差多少？",),
    ("过去三年范围2排放的走势如何？",),
    ("Average water consumption over the past three years",),
    ("Electricity use in MWh in 2022",),
    ("Scope 2 emissions in kg in 2021",),
    ("用水量換算成升是多少？",),
    ("Which year had the highest water consumption?",),
    ("用電量邊年最高？",),
    ("Water consumption in total over the past three years",),
    ("Total greenhouse gas emissions in 2022",),
    ("2022 年溫室氣體排放總量",),
    ("What was the turnover rate of men and of women in 2022?",),
    ("Which age group has the highest turnover rate?",),
    ("Electricity use per employee in 2022",),
    ("2022 年人均用電量",),
    ("How many full-time employees were there in 2021 and 2022?",),
    ("How many full-time employees were there in 2020?",),
    ("2020 年中國內地供應商數目",),
    ("Total electricity use in 2019?",),
    ("Scope 2 emissions in 2025?",),
    ("What were Scope 3 emissions?",),
    ("2022 年收入是多少",),
    ("KPI A1.2",),
    ("關鍵績效指標 B1.2",),
    ("Why did purchased heating change?",),
    ("How many financial institutions has Bairong served in total?",),
    ("百融至今服務過多少家金融機構？",),
    ("Which committees does the board have?",),
    ("Who looks into whistleblowing reports?",),
    ("供應商在哪些情況下會被終止合作？",),
    ("How many suppliers are there in mainland China?",),
    ("2021 年員工培訓比例",),
    ("scop 2 emmisions 2022??",),
    ("Which awards did the company win?",),
]
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@pytest.fixture(scope="module")
def answers(engine: "Engine") -> list[Answer]:
    return [engine.ask(asked[-1], history=asked[:-1]) for asked in QUESTIONS]


def test_a_real_answer_has_no_faults(engine: "Engine", answers: list[Answer]) -> None:
    assert {answer.text: found for answer in answers if (found := faults(answer, engine.snapshot))} == {}


def test_the_answers_to_mutate_are_of_all_kinds(answers: list[Answer]) -> None:
    assert {answer.language for answer in answers} == {"en", "zh-Hant", "zh-Hans"}
    assert {answer.reason for answer in answers} >= {None, "other_period", "not_in_report", "forward_looking"}
    formulas = " ".join(figure.formula for answer in answers for figure in answer.figures if figure.formula)
    assert all(sign in formulas for sign in "+−×÷")
    assert sum(not figure.id and not figure.formula for answer in answers for figure in answer.figures) >= 2


@pytest.mark.parametrize("kind", ["value", "sign", "unit", "year", "formula", "input", "quote", "passage", "text"])
def test_no_mutated_answer_passes(engine: "Engine", answers: list[Answer], kind: str) -> None:
    mutated = [(what, changed) for answer in answers for what, changed in MUTATIONS[kind](answer)]
    assert len(mutated) >= 15
    assert [what for what, changed in mutated if not faults(changed, engine.snapshot)] == []


def test_a_figure_of_another_row_does_not_pass(engine: "Engine") -> None:
    answer = engine.ask("Scope 2 emissions in 2022")
    other = engine.ask("Electricity use in 2022").figures[0]
    assert faults(replace(answer, figures=(replace(answer.figures[0], id=other.id),)), engine.snapshot)


def test_a_citation_of_another_row_does_not_pass(engine: "Engine") -> None:
    answer, other = engine.ask("Scope 2 emissions in 2022"), engine.ask("Electricity use in 2022")
    assert faults(replace(answer, citations=other.citations), engine.snapshot)


def test_a_computed_figure_needs_inputs(engine: "Engine") -> None:
    answer = engine.ask("How did Scope 2 emissions change from 2021 to 2022?")
    bare = tuple(replace(figure, inputs=()) for figure in answer.figures)
    assert faults(replace(answer, figures=bare), engine.snapshot)


def test_a_rise_is_not_said_to_be_a_fall(engine: "Engine") -> None:
    answer = engine.ask("How did Scope 2 emissions change from 2021 to 2022?")
    assert "fell" in answer.text
    assert faults(replace(answer, text=answer.text.replace("fell", "rose")), engine.snapshot)


def test_an_answer_without_a_citation_does_not_pass(engine: "Engine") -> None:
    answer = engine.ask("How are whistle-blowers protected?")
    assert answer.citations
    assert faults(replace(answer, citations=()), engine.snapshot)


def test_a_note_that_no_cited_passage_has_does_not_pass(engine: "Engine") -> None:
    answer = engine.ask("Scope 2 emissions in 2022")
    assert faults(replace(answer, notes=("All figures are audited.",)), engine.snapshot)


def test_a_disclosed_figure_is_not_said_to_be_missing(engine: "Engine") -> None:
    answer = engine.ask("How many full-time employees were there in 2020?")
    assert faults(replace(answer, text=answer.text.replace("2020", "2021")), engine.snapshot)


def _bumped(text: str, place: int) -> str:
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


def _digits(text: str) -> Iterator[str]:
    """The text with one digit another, for each of its digits."""
    return (_bumped(text, match.start()) for match in _DIGIT.finditer(text))


def _signs(text: str) -> Iterator[str]:
    """The text with the sign of one number turned."""
    for match in re.finditer(r"(?<![\d.,])[-−]?\d", text):
        found = match.group()
        yield text[: match.start()] + (found[1:] if len(found) > 1 else f"-{found}") + text[match.end() :]


def _with_figures(answer: Answer, changes: "dict[str, Any]") -> Iterator[tuple[str, Answer]]:
    """The answer with one field of one figure another; `changes` gives the other values of each field."""
    for part in ("figures", "nearest"):
        figures: tuple[AnswerFigure, ...] = getattr(answer, part)
        for n, figure in enumerate(figures):
            for field, others in changes.items():
                for other in others(getattr(figure, field)):
                    changed = (*figures[:n], replace(figure, **{field: other}), *figures[n + 1 :])
                    yield f"{figure.label} {field} {other}", replace(answer, **{part: changed})


def _other_units(unit: str) -> list[str]:
    return [other for other in ("kg", "%", "千瓦時", "") if other != unit]


def _other_years(period: str) -> list[str]:
    return [_bumped(period, match.end() - 1) for match in _YEAR.finditer(period)] + ["2019"]


def _formulas(formula: str | None) -> list[str | None]:
    return [*_digits(formula), *_signs(formula), None] if formula else []


def _inputs(answer: Answer) -> Iterator[tuple[str, Answer]]:
    def others(inputs: tuple[Input, ...]) -> Iterator[tuple[Input, ...]]:
        for n, entry in enumerate(inputs):
            changed = [replace(entry, value=value) for value in (*_digits(entry.value), *_signs(entry.value))]
            changed += [replace(entry, period=_other_years(entry.period)[0]), replace(entry, unit="kg")]
            yield from ((*inputs[:n], one, *inputs[n + 1 :]) for one in changed)

    return _with_figures(answer, {"inputs": others})


def _citations(answer: Answer, field: str) -> Iterator[tuple[str, Answer]]:
    for n, citation in enumerate(answer.citations):
        text: str = getattr(citation, field)
        for other in (*_digits(text), *_signs(text), text[:-1], text.replace(" ", "  ", 1) + " "):
            changed: Citation = replace(citation, **{field: other})
            citations = (*answer.citations[:n], changed, *answer.citations[n + 1 :])
            yield f"{field} {other[:40]}", replace(answer, citations=citations)


def _texts(answer: Answer) -> Iterator[tuple[str, Answer]]:
    """The text with a digit, a sign or a unit another; what stays true of the report is no mutation."""
    units = {figure.unit for figure in answer.figures if figure.unit and figure.unit in answer.text}
    changed = [*_digits(answer.text), *_signs(answer.text)]
    changed += [answer.text.replace(unit, "kg" if unit != "kg" else "t", 1) for unit in units]
    return ((other, replace(answer, text=other)) for other in changed if not _still_true(answer, other))


def _still_true(answer: Answer, text: str) -> bool:
    """Tell whether a refusal only speaks of another year or metric that the report does not disclose either."""
    return answer.status == "not_disclosed" and _first_difference(answer.text, text) in _asked_places(answer.text)


def _first_difference(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _asked_places(text: str) -> set[int]:
    """Where a refusal repeats the year asked for, which the report says nothing about."""
    year = re.search(r"20(?:19|20|25)", text)
    return set(range(year.start(), year.end())) if year else set()


MUTATIONS: dict[str, Any] = {
    "value": lambda answer: _with_figures(answer, {"value": _digits}),
    "sign": lambda answer: _with_figures(answer, {"value": _signs}),
    "unit": lambda answer: _with_figures(answer, {"unit": _other_units}),
    "year": lambda answer: _with_figures(answer, {"period": _other_years}),
    "formula": lambda answer: _with_figures(answer, {"formula": _formulas}),
    "input": _inputs,
    "quote": lambda answer: _citations(answer, "quote"),
    "passage": lambda answer: _citations(answer, "passage"),
    "text": _texts,
}
