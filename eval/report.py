"""Show a scorecard: a table for people, JSON for machines, JUnit XML for CI."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final
from xml.etree import ElementTree

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.case import ExpectedValue
from eval.metrics import Score
from eval.run import Rate, Scorecard, Tally

HEADINGS: Final = ("cases", "passed", "95% interval", "wrong numbers", "values", "evidence", "supported")


def print_scorecard(scorecard: Scorecard, console: Console, *, failures: int = 20, held_back: bool = False) -> None:
    """Print the totals and the first failures, wrong numbers before all else.

    Failures of cases held back are counted, and named only with `held_back`.
    """
    console.print(_totals(scorecard))
    overall = scorecard.overall
    colour = "red" if overall.wrong_numbers else "green"
    console.print(f"[bold {colour}]wrong numbers: {overall.wrong_numbers}[/]")
    console.print(
        f"parity {_percent(scorecard.parity)} · evidence {_percent(overall.evidence)} · "
        f"citations support {_percent(overall.support)} · list items {_percent(overall.listed)}"
    )
    console.print(
        f"refusals right {_percent(overall.refused_rightly)} · unanswerable refused {_percent(overall.refused_all)} · "
        f"answerable answered {_percent(overall.answered)} · reason right {_percent(overall.reason)} · "
        f"p50 {scorecard.p50_ms:.1f} ms · p99 {scorecard.p99_ms:.1f} ms"
    )
    named = [each for each in scorecard.failures if held_back or each.case.split != "held_back"]
    shown = named[:failures]
    for each in shown:
        console.print(
            f"\n[bold]{escape(each.case.id)}[/] {escape(' / '.join([*each.case.history, each.case.question]))}"
        )
        console.print(f"  expected: {escape(expected_words(each))}\n  got:      {escape(given_words(each))}")
        console.print(f"  [yellow]{escape('; '.join(each.faults))}[/]")
    if len(named) > len(shown):
        console.print(f"\n… and {len(named) - len(shown)} more failures (all of them in --html and --json)")
    if len(scorecard.failures) > len(named):
        unnamed = len(scorecard.failures) - len(named)
        console.print(f"{unnamed} failures of cases held back are not named (--held-back names them)")


def print_suites(scorecards: Sequence[Scorecard], console: Console) -> None:
    """Print a line for each suite."""
    table = Table(title="every suite")
    for heading in (
        "suite",
        "cases",
        "passed",
        "wrong numbers",
        "unanswerable refused",
        "answerable answered",
        "parity",
    ):
        table.add_column(heading, justify="left" if heading == "suite" else "right")
    for card in scorecards:
        overall = card.overall
        rates = (overall.refused_all, overall.answered, card.parity)
        wrong = f"[red]{overall.wrong_numbers}[/]" if overall.wrong_numbers else "0"
        table.add_row(card.suite, str(len(card.scores)), _percent(overall.passed), wrong, *map(_percent, rates))
    console.print(table)


def to_json(scorecards: Sequence[Scorecard]) -> str:
    """Write scorecards with every case, to be read by machines and compared with another run.

    One is an object; of several each is one of its `suites`.
    """
    bodies = [_body(card) for card in scorecards]
    return json.dumps(bodies[0] if len(bodies) == 1 else {"suites": bodies}, ensure_ascii=False, indent=2)


def to_junit(scorecards: Sequence[Scorecard]) -> str:
    """Write scorecards as JUnit XML, one suite a kind."""
    total, failed = sum(len(card.scores) for card in scorecards), sum(len(card.failures) for card in scorecards)
    root = ElementTree.Element("testsuites", name="esg-qa eval", tests=str(total), failures=str(failed))
    for card in scorecards:
        for kind in card.by_kind:
            name = ".".join(filter(None, (card.suite, kind)))
            _junit_suite(root, name, [each for each in card.scores if each.case.kind == kind])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def expected_words(each: Score) -> str:
    """Say in a line what a case expects."""
    expect = each.case.expect
    parts = [_value(value) for value in expect.values]
    parts += [f"says {' or '.join(expect.contains)}"] if expect.contains else []
    parts += ["; ".join(item[0] for item in expect.list_items)] if expect.list_items else []
    return " + ".join(parts) or f"{expect.status} {'/'.join(expect.reasons)}".strip()


def given_words(each: Score) -> str:
    """Say in a line what an answer gave."""
    if each.answer is None:
        return "an error"
    figures = ", ".join(" ".join(filter(None, (f.value, f.unit, f.period))) for f in each.answer.figures)
    cited = ", ".join(citation.passage_id for citation in each.answer.citations)
    return " · ".join(filter(None, (each.answer.status, figures, each.answer.text.replace("\n", " ")[:160], cited)))


def _totals(scorecard: Scorecard) -> Table:
    table = Table(title=" · ".join(filter(None, ("esg-qa evaluation", scorecard.suite))))
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "cases" else "right")
    _section(table, scorecard.by_kind)
    _section(table, scorecard.by_language)
    _section(table, scorecard.by_split)
    _section(table, {"all": scorecard.overall})
    return table


def _section(table: Table, tallies: dict[str, Tally]) -> None:
    for name, tally in tallies.items():
        table.add_row(*_cells(name, tally))
    table.add_section()


def _cells(name: str, tally: Tally) -> tuple[str, ...]:
    passed = tally.passed
    return (
        name,
        f"{_percent(passed)} ({passed.hits}/{passed.of})",
        f"{passed.low:.1%}–{passed.high:.1%}",
        f"[red]{tally.wrong_numbers}[/]" if tally.wrong_numbers else "0",
        _percent(tally.values),
        _percent(tally.evidence),
        _percent(tally.support),
    )


def _body(scorecard: Scorecard) -> dict[str, Any]:
    return {
        "suite": scorecard.suite,
        "snapshot": scorecard.snapshot,
        "overall": _tally(scorecard.overall),
        "by_kind": {name: _tally(tally) for name, tally in scorecard.by_kind.items()},
        "by_language": {name: _tally(tally) for name, tally in scorecard.by_language.items()},
        "by_split": {name: _tally(tally) for name, tally in scorecard.by_split.items()},
        "parity": _rate(scorecard.parity),
        "disparities": [asdict(each) for each in scorecard.disparities],
        "latency_ms": {"p50": round(scorecard.p50_ms, 3), "p99": round(scorecard.p99_ms, 3)},
        "cases": [_case(each) for each in scorecard.scores],
    }


def _junit_suite(root: ElementTree.Element, name: str, scores: Sequence[Score]) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=name, tests=str(len(scores)))
    suite.set("failures", str(sum(not each.passed for each in scores)))
    for each in scores:
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=each.case.id)
        case.set("time", f"{each.seconds:.4f}")
        if not each.passed:
            failure = ElementTree.SubElement(case, "failure", message=_xml("; ".join(each.faults)))
            failure.text = _xml(
                f"question: {each.case.question}\nexpected: {expected_words(each)}\ngot: {given_words(each)}"
            )


def _percent(rate: Rate) -> str:
    return f"{rate.share:.1%}" if rate.of else "–"


def _rate(rate: Rate) -> dict[str, float]:
    return {**asdict(rate), "share": rate.share}


def _tally(tally: Tally) -> dict[str, Any]:
    rates = {
        name: _rate(getattr(tally, name)) for name in (field.name for field in fields(tally)) if name != "wrong_numbers"
    }
    return {"wrong_numbers": tally.wrong_numbers, **rates}


def _case(each: Score) -> dict[str, Any]:
    case, answer = each.case, each.answer
    return {
        "id": case.id,
        "kind": case.kind,
        "language": case.language,
        "group": case.group,
        "split": case.split,
        "history": case.history,
        "question": case.question,
        "passed": each.passed,
        "wrong_number": each.wrong_number,
        "faults": each.faults,
        "expected": expected_words(each),
        "status": answer.status if answer else None,
        "reason": answer.reason if answer else None,
        "text": answer.text if answer else None,
        "figures": [[f.value, f.unit, f.period] for f in answer.figures] if answer else [],
        "citations": [[c.passage_id, c.quote] for c in answer.citations] if answer else [],
        "ms": round(each.seconds * 1000, 3),
    }


def _value(value: ExpectedValue) -> str:
    return " ".join(filter(None, (str(value.value), value.unit, value.period)))


def _xml(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or c >= " ")
