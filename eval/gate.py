"""Decide whether a scorecard may pass: no wrong number, nothing below the floor."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eval.case import Split
from eval.run import Rate, Scorecard
from index.errors import EsgQaError

GATE: Final = Path(__file__).with_name("gate.toml")
FLOORS: Final = (
    "passed",
    "passed_tuned",
    "passed_held_back",
    "parity",
    "support",
    "evidence",
    "refused_rightly",
    "refused_all",
    "answered",
    "listed",
)
OWN: Final = ("", "bundled")  # suites that the rules at the top of the file are for


class BadGate(EsgQaError):
    """A gate file does not say what it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the gate, and what was measured."""

    name: str  # "wrong numbers", or the rate a floor is set for
    required: str  # in words, such as "at most 0" or "at least 97.0%"
    found: str
    met: bool
    violation: str  # what to say when it is not met


def check(scorecard: Scorecard, gate_path: Path | None = None) -> list[str]:
    """Name every rule of the gate that a scorecard breaks.

    Raises BadGate for a gate file that cannot be read.
    """
    named = f"{scorecard.suite}: " if scorecard.suite else ""
    return [f"{named}{rule.violation}" for rule in rules(scorecard, gate_path) if not rule.met]


def rules(scorecard: Scorecard, gate_path: Path | None = None) -> list[Rule]:
    """Hold a scorecard against the rules of its suite; a suite without rules is held to no wrong number.

    A floor for a rate that nothing was asked for is left out. Raises BadGate for a gate file that cannot be read.
    """
    held = _of_suite(_read(gate_path or GATE), scorecard.suite)
    wrong, allowed = scorecard.overall.wrong_numbers, held["max_wrong_numbers"]
    first = Rule(
        name="wrong numbers",
        required=f"at most {allowed}",
        found=str(wrong),
        met=wrong <= allowed,
        violation=f"{wrong} wrong numbers; {allowed} allowed",
    )
    rates = measured(scorecard)
    return [first, *(_floor(name, rates[name], floor) for name, floor in held["floor"].items() if rates[name].of)]


def measured(scorecard: Scorecard) -> dict[str, Rate]:
    """Name the rates that a gate can set floors for."""
    overall = scorecard.overall
    return {
        "passed": overall.passed,
        "passed_tuned": _passed(scorecard, "tuned"),
        "passed_held_back": _passed(scorecard, "held_back"),
        "parity": scorecard.parity,
        "support": overall.support,
        "evidence": overall.evidence,
        "refused_rightly": overall.refused_rightly,
        "refused_all": overall.refused_all,
        "answered": overall.answered,
        "listed": overall.listed,
    }


def _floor(name: str, rate: Rate, floor: float) -> Rule:
    return Rule(
        name=name.replace("_", " "),
        required=f"at least {floor:.1%}",
        found=f"{rate.share:.1%}",
        met=rate.share >= floor,
        violation=f"{name} {rate.share:.1%} is below {floor:.1%}",
    )


def _passed(scorecard: Scorecard, split: Split) -> Rate:
    tally = scorecard.by_split.get(split)
    return tally.passed if tally else Rate(hits=0, of=0, low=1.0, high=1.0)


def _of_suite(gate: dict[str, Any], suite: str) -> dict[str, Any]:
    if suite in OWN:
        return gate
    held: dict[str, Any] = gate.get("suite", {}).get(suite, {"max_wrong_numbers": 0, "floor": {}})
    return held


def _read(path: Path) -> dict[str, Any]:
    try:
        gate = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadGate(f"{path}: cannot read the gate ({error})") from error
    _check_rules(gate, path, "")
    suites = gate.get("suite", {})
    if not isinstance(suites, dict):
        raise BadGate(f"{path}: expected a table [suite.NAME] for each suite")
    for name, rules in suites.items():
        _check_rules(rules, path, f"suite.{name}.")
    return gate


def _check_rules(rules: object, path: Path, table: str) -> None:
    wrong, floors = (rules.get("max_wrong_numbers"), rules.get("floor")) if isinstance(rules, dict) else (None, None)
    if not isinstance(wrong, int) or not isinstance(floors, dict):
        raise BadGate(f"{path}: expected {table}max_wrong_numbers = 0 and a table [{table}floor]")
    for name, floor in floors.items():
        if name not in FLOORS:
            raise BadGate(f"{path}: unknown floor {name!r}; expected {', '.join(FLOORS)}")
        if not isinstance(floor, int | float) or not 0 <= floor <= 1:
            raise BadGate(f"{path}: floor {name} is {floor!r}; expected a share between 0 and 1")
