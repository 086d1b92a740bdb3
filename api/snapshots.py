"""The snapshots an index folder holds: list them, publish one, go back to an earlier one."""

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.errors import EsgQaError, SnapshotError
from index.snapshot import Manifest, current_folder, publish, read_manifest, read_snapshot

_NAME = re.compile(r"[0-9a-f]{16}")


class UnknownSnapshot(EsgQaError):
    """The index folder holds no snapshot of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSnapshot:
    """A snapshot in the index folder."""

    id: str
    live: bool
    written_at: datetime
    manifest: Manifest


def held_snapshots(index: Path) -> list[HeldSnapshot]:
    """List the snapshots of a folder, the latest written first."""
    folders = (index / "snapshots").iterdir() if (index / "snapshots").is_dir() else ()
    found = [held for folder in folders if (held := describe(folder, live=_live(index))) is not None]
    return sorted(found, key=lambda held: held.written_at, reverse=True)


def describe(folder: Path, *, live: str = "") -> HeldSnapshot | None:
    """Say what a snapshot was made of; None when the folder holds none."""
    try:
        manifest = read_manifest(folder)
        written = datetime.fromtimestamp((folder / "manifest.json").stat().st_mtime, UTC)
    except (SnapshotError, OSError, ValueError, KeyError, TypeError):
        return None
    return HeldSnapshot(id=folder.name, live=folder.name == live, written_at=written, manifest=manifest)


def publish_held(index: Path, name: str) -> HeldSnapshot:
    """Let a snapshot of the folder answer, once it was read to the end.

    Raises UnknownSnapshot, or SnapshotError when it is damaged; what was published before stays then.
    """
    folder = index / "snapshots" / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise UnknownSnapshot(name[:64])
    read_snapshot(folder)
    publish(index, name)
    held = describe(folder, live=name)
    if held is None:
        raise SnapshotError(f"{folder}: the snapshot is damaged; build it again")
    return held


def publish_from(built: Path, index: Path) -> HeldSnapshot:
    """Bring a snapshot that was built elsewhere into the folder and let it answer.

    Raises SnapshotError when it is damaged; what was published before stays then.
    """
    read_snapshot(built)
    final = index / "snapshots" / built.name
    if not final.is_dir():
        aside = index / f".bringing-{built.name}"
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(built, aside)
        aside.replace(final)
    return publish_held(index, built.name)


def _live(index: Path) -> str:
    try:
        return current_folder(index).name
    except SnapshotError:
        return ""
