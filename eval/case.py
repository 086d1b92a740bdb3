"""One question with what a right answer to it holds: read from a line of eval/cases/*.jsonl, and checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, get_args

from index.errors import EsgQaError
from index.script import LANGUAGES, Language, fold
from index.units import read_unit
from qa.answer import Reason, Status

Kind = Literal[
    "lookup",
    "prose_number",
    "narrative",
    "list",
    "computed",
    "comparison",
    "trend",
    "code",
    "not_disclosed",
    "typo_mixed",
    "follow_up",
    "adversarial",
]
Split = Literal["tuned", "held_back"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


_FALLS = re.compile(
    r"\b(?:f[ae]ll|fell|fallen|drop\w*|cut|reduc\w+|decreas\w+|declin\w+|less|fewer|lower|shrank|shrink|down)\b|[降减跌少低]",
    re.I,
)


class BadCase(EsgQaError):
    """A line of a case file is not a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedValue:
    """A number that a right answer gives."""

    value: Decimal
    unit: str | None  # any spelling index.units reads; None: not scored
    period: str | None  # None: not scored
    rounded: bool = False  # computed: right to within half of its last digit
    exact_unit: bool = False  # the question names the unit: the same amount in another unit is not right
    # how far something fell, as a positive number: a change below zero that is told as a fall is right
    fall: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a right answer holds."""

    status: Status
    reasons: tuple[Reason, ...] = ()  # any of these; empty: not scored
    values: tuple[ExpectedValue, ...] = ()  # all of these, the first one first
    any_order: bool = False  # the question leaves open which number leads
    accept: tuple[ExpectedValue, ...] = ()  # numbers that may lead although none of `values`
    forbidden_values: tuple[Decimal, ...] = ()  # numbers that would be wrong as the headline: another year's, say
    evidence: tuple[str, ...] = ()  # keys of sections or table rows, any of which a citation must belong to
    contains: tuple[str, ...] = ()  # any of these must stand in the text or in a quote
    list_items: tuple[tuple[str, ...], ...] = ()  # each by any of its spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question and what a right answer to it holds."""

    id: str
    kind: Kind
    language: Language
    group: str  # the same question in other scripts; empty: asked in one script only
    question: str
    history: tuple[str, ...]  # earlier questions, oldest first
    expect: Expectation
    split: Split
    author: str
    written: str  # before or after answers were seen, and what of it was changed then


def read_case(line: str, place: str) -> Case:
    """Read one line of a case file; `place` is named in errors.

    Raises BadCase.
    """
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadCase(f"{place}: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise BadCase(f"{place}: expected a JSON object, found {type(row).__name__}")
    _known(row, {"id", "kind", "language", "group", "question", "history", "expect", "provenance"}, place)
    provenance = _table(row, "provenance", place)
    _known(provenance, {"author", "written", "split"}, f"{place} provenance")
    question = _text(row, "question", place)
    if not 1 <= len(question) <= 500:
        raise BadCase(f"{place}: question has {len(question)} characters; expected 1 to 500")
    return Case(
        id=_text(row, "id", place),
        kind=_one_of(row, "kind", KINDS, place),
        language=_one_of(row, "language", LANGUAGES, place),
        group=str(row.get("group", "")),
        question=question,
        history=_texts(row, "history", place),
        expect=_falls(_expectation(_table(row, "expect", place), f"{place} expect"), row.get("kind"), question),
        split=_one_of(provenance, "split", get_args(Split), f"{place} provenance"),
        author=_text(provenance, "author", f"{place} provenance"),
        written=_text(provenance, "written", f"{place} provenance"),
    )


def _expectation(row: Mapping[str, Any], place: str) -> Expectation:
    fields = "status reason values any_order accept forbidden_values evidence contains list_items"
    _known(row, set(fields.split()), place)
    status = _one_of(row, "status", get_args(Status), place)
    reason = row.get("reason", [])
    reasons = [reason] if isinstance(reason, str) else reason
    expectation = Expectation(
        status=status,
        reasons=tuple(_one_of({"reason": each}, "reason", get_args(Reason), place) for each in reasons),
        values=tuple(_value(each, f"{place} values") for each in row.get("values", [])),
        any_order=bool(row.get("any_order", False)),
        accept=tuple(_value(each, f"{place} accept") for each in row.get("accept", [])),
        forbidden_values=tuple(_decimal(each, f"{place} forbidden_values") for each in row.get("forbidden_values", [])),
        evidence=_texts(row, "evidence", place),
        contains=_texts(row, "contains", place),
        list_items=tuple(_texts({"list_items": each}, "list_items", place) for each in row.get("list_items", [])),
    )
    claims = expectation.values or expectation.contains or expectation.list_items
    if status == "answered" and not claims:
        raise BadCase(f"{place}: an answered case needs values, contains or list_items")
    if status == "not_disclosed" and (claims or expectation.evidence):
        raise BadCase(f"{place}: a not_disclosed case has no values, contains, list_items or evidence")
    if status == "answered" and reasons:
        raise BadCase(f"{place}: only a not_disclosed case has a reason")
    return expectation


def _falls(expected: Expectation, kind: object, question: str) -> Expectation:
    """Mark how far something fell where a question asks for it: "by how much did it fall" is answered by -5 or 5."""
    if kind != "computed" or not _FALLS.search(fold(question)):
        return expected
    values = tuple(replace(value, fall=value.value > 0) for value in expected.values)
    return replace(expected, values=values)


def _value(row: object, place: str) -> ExpectedValue:
    if not isinstance(row, dict):
        raise BadCase(f'{place}: expected an object such as {{"value": "378.80", "unit": "tCO2e"}}, found {row!r}')
    _known(row, {"value", "unit", "period", "rounded", "exact_unit"}, place)
    unit = row.get("unit")
    if unit is not None and read_unit(str(unit)) is None:
        raise BadCase(f"{place}: unit {unit!r} is none that index.units reads")
    return ExpectedValue(
        value=_decimal(row.get("value"), place),
        unit=unit,
        period=row.get("period"),
        rounded=bool(row.get("rounded", False)),
        exact_unit=bool(row.get("exact_unit", False)),
    )


def _decimal(value: object, place: str) -> Decimal:
    if not isinstance(value, str):
        raise BadCase(f'{place}: expected a number in quotes such as "378.80", found {value!r}')
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise BadCase(f'{place}: expected a number such as "1529.24", found {value!r}') from error


def _known(row: Mapping[str, Any], fields: set[str], place: str) -> None:
    if unknown := sorted(set(row) - fields):
        raise BadCase(f"{place}: unknown field {unknown[0]!r}; expected {', '.join(sorted(fields))}")


def _text(row: Mapping[str, Any], field: str, place: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadCase(f"{place}: {field} must be a text, found {value!r}")
    return value


def _texts(row: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
    value = row.get(field, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise BadCase(f"{place}: {field} must be a list of texts, found {value!r}")
    return tuple(value)


def _table(row: Mapping[str, Any], field: str, place: str) -> dict[str, Any]:
    value = row.get(field)
    if not isinstance(value, dict):
        raise BadCase(f"{place}: {field} must be an object, found {value!r}")
    return value


def _one_of(row: Mapping[str, Any], field: str, allowed: tuple[Any, ...], place: str) -> Any:  # noqa: ANN401 - a Literal
    value = row.get(field)
    if value not in allowed:
        raise BadCase(f"{place}: {field} is {value!r}; expected one of {', '.join(allowed)}")
    return value
