"""Show a scorecard: a table for people, JSON for machines, JUnit XML for CI."""

import json
from dataclasses import asdict, fields
from typing import Any
from xml.etree import ElementTree

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.case import ExpectedValue
from eval.metrics import Score
from eval.run import Rate, Scorecard, Tally


def print_scorecard(scorecard: Scorecard, console: Console, *, failures: int = 20) -> None:
    """Print the totals and the first failures, wrong numbers before all else."""
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
        f"reason right {_percent(overall.reason)} · p50 {scorecard.p50_ms:.1f} ms · p99 {scorecard.p99_ms:.1f} ms"
    )
    shown = scorecard.failures[:failures]
    for each in shown:
        console.print(
            f"\n[bold]{escape(each.case.id)}[/] {escape(' / '.join([*each.case.history, each.case.question]))}"
        )
        console.print(f"  expected: {escape(expected_words(each))}\n  got:      {escape(given_words(each))}")
        console.print(f"  [yellow]{escape('; '.join(each.faults))}[/]")
    if len(scorecard.failures) > len(shown):
        console.print(f"\n… and {len(scorecard.failures) - len(shown)} more failures (all of them in --json)")


def to_json(scorecard: Scorecard) -> str:
    """Write a scorecard with every case, to be read by machines and compared with another run."""
    body = {
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
    return json.dumps(body, ensure_ascii=False, indent=2)


def to_junit(scorecard: Scorecard) -> str:
    """Write a scorecard as JUnit XML, one suite a kind."""
    root = ElementTree.Element("testsuites", name="esg-qa eval", tests=str(len(scorecard.scores)))
    root.set("failures", str(len(scorecard.failures)))
    for kind in scorecard.by_kind:
        held = [s for s in scorecard.scores if s.case.kind == kind]
        suite = ElementTree.SubElement(root, "testsuite", name=kind, tests=str(len(held)))
        suite.set("failures", str(sum(not s.passed for s in held)))
        for each in held:
            case = ElementTree.SubElement(suite, "testcase", classname=kind, name=each.case.id)
            case.set("time", f"{each.seconds:.4f}")
            if not each.passed:
                failure = ElementTree.SubElement(case, "failure", message=_xml("; ".join(each.faults)))
                failure.text = _xml(
                    f"question: {each.case.question}\nexpected: {expected_words(each)}\ngot: {given_words(each)}"
                )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def expected_words(each: Score) -> str:
    """Say in a line what a case expects."""
    expect = each.case.expect
    parts = [_value(value) for value in expect.values]
    parts += [f"any of {', '.join(expect.contains)}"] if expect.contains else []
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
    table = Table(title="esg-qa evaluation")
    for heading in ("cases", "passed", "95% interval", "wrong numbers", "values", "evidence", "supported"):
        table.add_column(heading, justify="left" if heading == "cases" else "right")
    _section(table, scorecard.by_kind)
    _section(table, scorecard.by_language)
    _section(table, scorecard.by_split)
    _section(table, {"all": scorecard.overall})
    return table


def _section(table: Table, tallies: dict[str, Tally]) -> None:
    for name, tally in tallies.items():
        passed = tally.passed
        table.add_row(
            name,
            f"{_percent(passed)} ({passed.hits}/{passed.of})",
            f"{passed.low:.1%}–{passed.high:.1%}",
            f"[red]{tally.wrong_numbers}[/]" if tally.wrong_numbers else "0",
            _percent(tally.values),
            _percent(tally.evidence),
            _percent(tally.support),
        )
    table.add_section()


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
