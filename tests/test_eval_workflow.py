"""The workflow a company copies, and the examples in the documentation, say what this version understands."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from api.cli import app
from eval.case import read_case
from eval.gate import rules
from eval.run import scorecard

DOCS = Path(__file__).parents[1] / "docs"
WORKFLOW = DOCS / "examples" / "esg-qa-eval.yml"
EVALUATION = (DOCS / "evaluation.md").read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """Every command line of this program in a text, in words."""
    return [shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("esg-qa ")]


def steps() -> list[dict[str, object]]:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def understood(words: list[str]) -> bool:
    """Tell whether a command and all its options exist."""
    known = typer.main.get_command(app)
    command = getattr(known, "commands", {}).get(words[1])
    if command is None:
        return False
    options = {name for parameter in command.params for name in parameter.opts}
    return {word for word in words if word.startswith("--")} <= options


def test_an_option_that_is_not_there_is_not_understood() -> None:
    assert understood(["esg-qa", "eval", "--html", "x.html"])
    assert not understood(["esg-qa", "eval", "--pdf", "x.pdf"])
    assert not understood(["esg-qa", "evaluate"])


def test_the_workflow_runs_commands_that_exist() -> None:
    ran = [words for step in steps() for words in commands(str(step.get("run", "")))]
    assert [words[1] for words in ran] == ["build", "eval", "eval"]
    assert [words for words in ran if not understood(words)] == []


def test_the_workflow_keeps_what_the_evaluation_writes() -> None:
    told = " ".join(str(step.get("run", "")) for step in steps())
    kept = [str(step["with"]["path"]) for step in steps() if "upload-artifact" in str(step.get("uses"))]  # type: ignore[index]  # YAML
    assert len(kept) == 2
    for path in " ".join(kept).split():
        assert path in told


def test_every_command_of_the_documentation_exists() -> None:
    found = commands(EVALUATION)
    assert len(found) >= 8
    assert [words for words in found if not understood(words)] == []


def test_the_cases_of_the_documentation_can_be_read() -> None:
    examples = re.findall(r"```json\n(.*?)```", EVALUATION, re.S)
    cases = [read_case(json.dumps(json.loads(example)), "evaluation.md") for example in examples]
    assert [case.expect.status for case in cases] == ["answered", "not_disclosed"]


def test_the_gate_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", EVALUATION, re.S)
    gate = tmp_path / "gate.toml"
    gate.write_text(example, encoding="utf-8")
    assert [rule.name for rule in rules(scorecard([]), gate)] == ["wrong numbers"]


@pytest.mark.parametrize("module", re.findall(r"python -m\s+(eval\.\w+)", EVALUATION))
def test_every_module_of_the_documentation_exists(module: str) -> None:
    assert (DOCS.parent / f"{module.replace('.', '/')}.py").is_file()
