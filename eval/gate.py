"""Decide whether a scorecard may pass: no wrong number, nothing below the floor."""

import tomllib
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
)


class BadGate(EsgQaError):
    """A gate file does not say what it should."""


def check(scorecard: Scorecard, gate_path: Path | None = None) -> list[str]:
    """Name every rule of the gate that a scorecard breaks.

    Raises BadGate for a gate file that cannot be read.
    """
    gate = _read(gate_path or GATE)
    violations = []
    wrong = scorecard.overall.wrong_numbers
    if wrong > gate["max_wrong_numbers"]:
        violations.append(f"{wrong} wrong numbers; {gate['max_wrong_numbers']} allowed")
    rates = measured(scorecard)
    for name, floor in gate["floor"].items():
        if rates[name].of and rates[name].share < floor:
            violations.append(f"{name} {rates[name].share:.1%} is below {floor:.1%}")
    return violations


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
    }


def _passed(scorecard: Scorecard, split: Split) -> Rate:
    tally = scorecard.by_split.get(split)
    return tally.passed if tally else Rate(hits=0, of=0, low=1.0, high=1.0)


def _read(path: Path) -> dict[str, Any]:
    try:
        gate = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadGate(f"{path}: cannot read the gate ({error})") from error
    wrong, floors = gate.get("max_wrong_numbers"), gate.get("floor")
    if not isinstance(wrong, int) or not isinstance(floors, dict):
        raise BadGate(f"{path}: expected max_wrong_numbers = 0 and a table [floor]")
    for name, floor in floors.items():
        if name not in FLOORS:
            raise BadGate(f"{path}: unknown floor {name!r}; expected {', '.join(FLOORS)}")
        if not isinstance(floor, int | float) or not 0 <= floor <= 1:
            raise BadGate(f"{path}: floor {name} is {floor!r}; expected a share between 0 and 1")
    return gate
