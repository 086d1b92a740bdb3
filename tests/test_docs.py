"""What the documentation says is what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from api.cli import app
from api.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTING = re.compile(r"^\| `(?P<name>ESG_QA_\w+)` \| (?P<default>.+?) \| (?P<description>.+) \|$", re.M)


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    documented = {
        found["name"]: (found["default"].strip("`"), found["description"])
        for found in SETTING.finditer((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    }
    prefix = Settings.model_config["env_prefix"]
    assert documented == {
        f"{prefix}{name.upper()}": ("unset" if field.default is None else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_setting_or_command_that_is_not_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    prefix = Settings.model_config["env_prefix"]
    settings = {f"{prefix}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"ESG_QA_[A-Z]\w*", text)) <= settings
    commands = {str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands}
    commands |= {str(group.name) for group in app.registered_groups}
    assert set(re.findall(r"(?:^|\$ |bin/|`)esg-qa ([a-z]+)\b", "\n".join(_code(text)), re.M)) <= commands
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_code(text)))) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split())
    assert {_plain(re.split(r"[<>=[]", name)[0]) for name in named} <= {_plain(name) for name in pinned}
    assert not any("+" in version for version in pinned.values())


def _code(text: str) -> list[str]:
    """What stands in fences and back-ticks."""
    fences = re.findall(r"^```.*?^```", text, re.M | re.S)
    return [*fences, *re.findall(r"`[^`\n]+`", text)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
