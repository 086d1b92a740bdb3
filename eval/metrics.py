"""Score one answer against its case: numbers, evidence, proof, silence. No language model, nothing but rules."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from eval.case import Case, ExpectedValue
from index.quantity import find_quantities
from index.script import fold
from index.units import Unit, convert, read_unit
from qa.answer import Answer, AnswerFigure, Citation, Input

# right, or the first thing that differs; "no_..." where the answer leaves it out
Match = Literal["right", "no_unit", "no_period", "unconverted", "period", "unit", "value"]

CONTRADICTIONS: Final = frozenset({"period", "unit", "value"})
# One counts suppliers in 家 or in suppliers, and sessions in 次 or in cases.
SAME_COUNT: Final = (frozenset({"supplier", "company"}), frozenset({"time", "case", "item", "piece"}))

_NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?(?!\d)")
_CITATION_MARK = re.compile(r"\[(\d+)\]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FALL = re.compile(
    r"\b(?:down|fell|fall\w*|decreas\w*|declin\w*|drop\w*|reduc\w*|lower|fewer|less)\b|下降|减|降低|降至|跌|少了|回落",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one answer did. None: the case does not ask for it."""

    case: Case
    answer: Answer | None  # None: the engine raised an error
    status: bool
    values: bool | None = None
    wrong_number: str | None = None  # the wrong number, in words
    evidence: bool | None = None
    support: bool | None = None  # None: nothing cited and nothing to cite
    reason: bool | None = None
    contains: bool | None = None
    listed: tuple[int, int] | None = None  # items found, of how many
    faults: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Tell whether all that the case asks for is right; silence passes only where silence is right."""
        asked = (self.values, self.evidence, self.support, self.contains)
        complete = self.listed is None or self.listed[0] == self.listed[1]
        return self.status and complete and self.wrong_number is None and all(each is not False for each in asked)


def score(case: Case, answer: Answer, *, known: Collection[str] | None = None, seconds: float = 0.0) -> Score:
    """Score an answer.

    `known` holds the keys of the sections and rows of the index; evidence that it has none of is not scored.
    """
    expect = case.expect
    answered = expect.status == "answered"
    keys = [key for key in expect.evidence if known is None or key in known]
    unproven = support_faults(answer)
    judged = Score(
        case=case,
        answer=answer,
        status=answer.status == expect.status,
        values=values_given(case, answer) if expect.values else None,
        wrong_number=wrong_number(case, answer),
        evidence=evidence_hit(keys, headline_proofs(answer)) if keys else None,
        support=not unproven if answered or answer.citations else None,
        reason=answer.reason in expect.reasons if expect.reasons else None,
        contains=any(stands(each, words(answer)) for each in expect.contains) if expect.contains else None,
        listed=items_given(expect.list_items, answer) if expect.list_items else None,
        seconds=seconds,
    )
    return replace(judged, faults=tuple(_faults(judged, unproven)))


def failed(case: Case, error: str) -> Score:
    """Score a question that the engine raised an error on."""
    return Score(case=case, answer=None, status=False, faults=(f"error: {error}",))


def match(expected: ExpectedValue, figure: AnswerFigure | Input, text: str = "") -> Match:
    """Compare a figure with an expected one: number, then unit, then period.

    `text` is the answer's; a fall may be stated as a positive number where the text says that it is a fall.
    """
    compared = _compare(expected, figure, text)
    if compared not in ("right", "no_unit", "unconverted"):
        return compared
    if expected.period is not None:
        asked, given = set(_YEAR.findall(expected.period)), set(_YEAR.findall(figure.period))
        if asked != given:
            return "period" if given else "no_period"
    return compared


def values_given(case: Case, answer: Answer) -> bool:
    """Tell whether every expected value is among the answer's figures, and the first one leads.

    Where any may lead, the disclosed figures that a computed one shows as its inputs are given too.
    """
    expect = case.expect
    given: list[AnswerFigure | Input] = list(answer.figures)
    if expect.any_order:
        given += [each for figure in answer.figures for each in figure.inputs]
    found = [
        [n for n, each in enumerate(given) if match(value, each, answer.text) == "right"] for value in expect.values
    ]
    return all(found) and (expect.any_order or 0 in found[0])


def wrong_number(case: Case, answer: Answer) -> str | None:
    """Find a number that misleads: any where silence was right, or a headline that contradicts the report."""
    expect = case.expect
    if expect.status == "not_disclosed":
        if answer.figures:
            return f"{_shown(answer.figures[0])} where nothing is disclosed"
        amounts = _amounts(answer.text) - _amounts(case.question) if answer.status == "answered" else set()
        return f"{min(amounts)} in the text where nothing is disclosed" if amounts else None
    if not answer.figures:
        return _wrong_in_text(case, answer) if answer.status == "answered" else None
    headline = answer.figures[0]
    right = (*expect.values, *expect.accept)
    matches = [match(value, headline, answer.text) for value in right]
    if matches and all(each in CONTRADICTIONS for each in matches):
        return f"{_shown(headline)} (wrong {_closest(matches)})"
    if number(headline.value) in expect.forbidden_values and "right" not in matches:
        return f"{_shown(headline)} (another figure's number)"
    return None


def evidence_hit(keys: Iterable[str], citations: Iterable[Citation]) -> bool:
    """Tell whether a cited passage belongs to one of the sections or rows."""
    places = [place(passage) for citation in citations for passage in (citation.passage_id, *citation.also)]
    return any(p == key or p.startswith(f"{key}.") for key in keys for p in places)


def headline_proofs(answer: Answer) -> tuple[Citation, ...]:
    """Keep the citations that the headline figure rests on; all of them where words answer without a figure."""
    if not answer.figures:
        return answer.citations
    headline = answer.figures[0]
    numbers = {each.citation for each in headline.inputs} or {headline.citation}
    return tuple(citation for citation in answer.citations if citation.number in numbers)


def place(passage_id: str) -> str:
    """Tell where a passage stands, the same in every edition.

    >>> place("6608-2022.en.kpi-environment.t1.r2"), place("6608-2022.zh-Hant.whistleblowing.1")
    ('kpi-environment.t1.r2', 'whistleblowing.1')
    """
    return passage_id.split(".", 2)[-1]


def support_faults(answer: Answer) -> list[str]:
    """Say what of an answer has no proof: a quote that is not the passage's, a number that is not in its quote."""
    faults = [
        f"citation {c.number}: quote {c.quote[:40]!r} is not the passage's {c.start}:{c.end}"
        for c in answer.citations
        if not c.quote or c.passage[c.start : c.end] != c.quote
    ]
    if answer.status == "answered" and not answer.citations:
        faults.append("answered without a citation")
    quotes = {c.number: c.quote for c in answer.citations}
    faults += [
        f"[{mark}] in the text names no citation"
        for mark in sorted({int(mark) for mark in _CITATION_MARK.findall(answer.text)} - quotes.keys())
    ]
    for figure in (*answer.figures, *answer.nearest):
        proofs = (
            [(each.value, each.citation) for each in figure.inputs]
            if figure.formula is not None
            else [(figure.value, figure.citation)]
        )
        if not proofs:
            faults.append(f"{figure.value}: computed from no cited figure")
        faults += [
            f"{value}: not in the quote of citation {citation}"
            for value, citation in proofs
            if not number_stands(value, quotes.get(citation, ""))
        ]
    return faults


def number_stands(value: str, quote: str) -> bool:
    """Tell whether a number stands in a quote, in digits or in words.

    >>> number_stands("1529.24", "| 652.50 | 1,529.24 |"), number_stands("52.50", "| 652.50 |")
    (True, False)
    >>> number_stands("12", "十二家股份制銀行")
    True
    """
    wanted = number(value)
    if wanted is None:
        return False
    if any(number(found) == abs(wanted) for found in _NUMBER.findall(fold(quote))):
        return True
    return any(abs(wanted) in (abs(q.value), abs(q.value / q.scale)) for q in find_quantities(quote))


def items_given(items: Sequence[Sequence[str]], answer: Answer) -> tuple[int, int]:
    """Count the list items that the answer names, of how many."""
    said = words(answer)
    return sum(any(stands(spelling, said) for spelling in item) for item in items), len(items)


def words(answer: Answer) -> str:
    """Put an answer's own words and its quotes in one text."""
    return "\n".join([answer.text, *answer.notes, *(citation.quote for citation in answer.citations)])


def stands(wanted: str, text: str) -> bool:
    """Tell whether words stand in a text, in either script, whatever the case and spacing."""
    return _plain(wanted) in _plain(text)


def alike(first: Answer, second: Answer) -> bool:
    """Tell whether two answers to one question in two scripts agree: status, reason, headline, place cited.

    What a refusal names as closest is a courtesy, and no part of the answer.
    """
    if (first.status, first.reason, bool(first.figures)) != (second.status, second.reason, bool(second.figures)):
        return False
    if first.figures:
        one, other = first.figures[0], second.figures[0]
        value = number(one.value)
        unit = one.unit if read_unit(one.unit) else None
        expected = value is not None and ExpectedValue(value=value, unit=unit, period=one.period or None, rounded=True)
        if not expected or match(expected, other, "") != "right":
            return False
    return first.status == "not_disclosed" or _first_place(first) == _first_place(second)


def number(text: str) -> Decimal | None:
    """Read a figure's value; None for anything but a plain number.

    >>> number("1,529.24"), number("−3.2"), number("about 5")
    (Decimal('1529.24'), Decimal('-3.2'), None)
    """
    try:
        read = Decimal(fold(text).replace("−", "-").replace("–", "-").replace(",", "").strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def same_unit(first: Unit, second: Unit) -> bool:
    """Tell whether two units count the same thing, be it 家 or suppliers."""
    pair = frozenset({first.symbol, second.symbol})
    return len(pair) == 1 or any(pair <= count for count in SAME_COUNT)


def _compare(expected: ExpectedValue, figure: AnswerFigure | Input, text: str) -> Match:
    given = number(figure.value)
    if given is None:
        return "value"
    grain = Decimal(1).scaleb(int(given.as_tuple().exponent))
    fell = _FALL.search(fold(text)) is not None
    if expected.unit is None:
        return "right" if _equal(expected, given, grain, fell=fell) else "value"
    wanted, unit = read_unit(expected.unit), read_unit(figure.unit)
    if wanted is None or unit is None:
        if not _equal(expected, given, grain, fell=fell):
            return "value"
        same = _plain(expected.unit) == _plain(figure.unit)
        return "right" if same else "unit" if figure.unit.strip() else "no_unit"
    if same_unit(wanted, unit):
        return "right" if _equal(expected, given, grain, fell=fell) else "value"
    if wanted.dimension == unit.dimension and _currency(wanted) == _currency(unit):
        if not _equal(expected, convert(given, unit, wanted), convert(grain, unit, wanted), fell=fell):
            return "value"
        return "unconverted" if expected.exact_unit else "right"
    return "unit" if _equal(expected, given, grain, fell=fell) else "value"


def _equal(expected: ExpectedValue, given: Decimal, grain: Decimal, *, fell: bool) -> bool:
    """Compare two numbers; a rounded one may differ by half of the coarser last digit, but not below one decimal."""
    opposed = expected.value < 0 < given or (expected.fall and given < 0 < expected.value)
    candidates = {given, -given} if opposed and fell else {given}
    if not expected.rounded:
        return expected.value in candidates
    own = Decimal(1).scaleb(int(expected.value.as_tuple().exponent))
    coarsest = min(grain, Decimal("0.1") if own < 1 else Decimal(1))
    return any(abs(each - expected.value) * 2 <= max(own, coarsest) for each in candidates)


def _currency(unit: Unit) -> frozenset[str]:
    return frozenset(re.findall(r"\b[A-Z]{3}\b", unit.symbol))


def _wrong_in_text(case: Case, answer: Answer) -> str | None:
    """Find another figure's number in an answer that gives its numbers in words only."""
    said = _amounts(answer.text)
    wrong = said & set(case.expect.forbidden_values)
    if not case.expect.values or not wrong or said & {abs(each.value) for each in case.expect.values}:
        return None
    return f"{min(wrong)} in the text (another figure's number)"


def _amounts(text: str) -> set[Decimal]:
    plain = _YEAR.sub(" ", _CITATION_MARK.sub(" ", fold(text)))
    return {value for found in _NUMBER.findall(plain) if (value := number(found)) is not None}


def _closest(matches: Sequence[Match]) -> str:
    return next(kind for kind in ("period", "unit", "value") if kind in matches)


def _first_place(answer: Answer) -> str:
    if not answer.citations:
        return ""
    first = place(answer.citations[0].passage_id)
    return first if re.search(r"\.t\d+\.r\d+$", first) else first.rpartition(".")[0]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", fold(text)).casefold()


def _shown(figure: AnswerFigure) -> str:
    return " ".join(
        part for part in (figure.value, figure.unit, f"for {figure.period}" if figure.period else "") if part
    )


def _faults(judged: Score, unproven: Sequence[str]) -> Iterable[str]:
    answer, expect = judged.answer, judged.case.expect
    if judged.wrong_number:
        yield f"wrong number: {judged.wrong_number}"
    if not judged.status and answer is not None:
        yield f"{answer.status}{f' ({answer.reason})' if answer.reason else ''}, expected {expect.status}"
        if answer.status == "not_disclosed":
            return
    if judged.values is False:
        yield "not all expected values given, or another one first"
    if judged.evidence is False:
        yield f"cites none of {', '.join(expect.evidence)}"
    if judged.support is False:
        yield from unproven
    if judged.contains is False:
        yield f"says none of {', '.join(expect.contains)}"
    if judged.listed and judged.listed[0] < judged.listed[1]:
        yield f"names {judged.listed[0]} of {judged.listed[1]} items"
    if judged.reason is False and judged.status and answer is not None:
        yield f"reason {answer.reason}, expected {' or '.join(expect.reasons)}"
