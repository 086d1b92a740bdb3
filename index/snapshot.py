"""One immutable, versioned directory of everything an answer needs; published by one rename."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from index.chunk import Passage
from index.dense import DenseIndex
from index.errors import SnapshotError
from index.figures import Figure, Unread
from index.report import LeftOut, Metadata, ReadingSummary
from index.sparse import SparseIndex
from index.twins import find_twins

FORMAT = 2  # raised whenever an older snapshot can no longer be read
KEPT = 3  # published snapshots kept in a folder, the current one among them

_SCHEMA = """
create table passages (position integer primary key, id text not null unique, body text not null);
create table figures (
  position integer primary key, id text not null, edition text not null, row_key text not null,
  period text not null, value text, unit text, body text not null
);
create index figures_by_row on figures (row_key, period);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One file of a report, as it was read into a snapshot."""

    metadata: Metadata
    summary: ReadingSummary
    file_name: str
    sha256: str
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a snapshot was made of."""

    id: str
    format: int
    editions: tuple[Edition, ...]
    model: str
    model_fingerprint: str
    dictionary: str  # hash of the words jieba was given
    lexicon: str  # hash of lexicon.toml
    passages: int
    figures: int
    dimensions: int
    parts: Mapping[str, str]  # SHA-256 of each file but the manifest, by its path in the snapshot


class Snapshot:
    """A published index, read-only, held in memory."""

    def __init__(
        self,
        *,
        path: Path,
        manifest: Manifest,
        passages: Sequence[Passage],
        figures: Sequence[Figure],
        dense: DenseIndex,
        sparse: SparseIndex,
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.passages = tuple(passages)
        self.figures = tuple(figure for figure in figures if figure.plain)
        self.beside = tuple(figure for figure in figures if not figure.plain)  # targets, printed changes, originals
        self.dense = dense
        self.sparse = sparse

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """Passages by their ids."""
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def by_block(self) -> Mapping[tuple[str, str, str], tuple[Passage, ...]]:
        """Passages by report, edition and the key of a block they hold."""
        found: dict[tuple[str, str, str], list[Passage]] = {}
        for passage in self.passages:
            for block in passage.blocks:
                found.setdefault((passage.report_id, passage.edition, block), []).append(passage)
        return {key: tuple(held) for key, held in found.items()}

    @cached_property
    def twins(self) -> Mapping[str, tuple[str, ...]]:
        """The other places of the same edition that print what a passage says, by its id."""
        return find_twins(self.passages, self.figures)

    def counterpart(self, passage: Passage, edition: str) -> Passage | None:
        """Find the passage of another edition that holds the same first block."""
        found = self.by_block.get((passage.report_id, edition, passage.blocks[0])) if passage.blocks else None
        return found[0] if found else None


def write_snapshot(
    folder: Path,
    *,
    manifest: Manifest,
    passages: Iterable[Passage],
    figures: Iterable[Figure],
    dense: DenseIndex,
    sparse: SparseIndex,
) -> None:
    """Write all parts of a snapshot into a folder; the manifest goes last, with the checksums of the others."""
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "report.sqlite")) as database, database:
        database.executescript(_SCHEMA)
        database.executemany(
            "insert into passages values (?, ?, ?)",
            ((n, passage.id, _dump(asdict(passage))) for n, passage in enumerate(passages)),
        )
        database.executemany(
            "insert into figures values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    n,
                    f.id,
                    f.edition,
                    f.row_key,
                    f.period,
                    str(f.value) if f.value is not None else None,
                    f.unit,
                    _dump(asdict(f)),
                )
                for n, f in enumerate(figures)
            ),
        )
    dense.write(folder / "vectors.faiss")
    sparse.write(folder / "bm25")
    whole = replace(manifest, parts=_checksums(folder))
    (folder / "manifest.json").write_text(_dump(asdict(whole), indent=2), encoding="utf-8")


def read_snapshot(folder: Path) -> Snapshot:
    """Load one snapshot.

    Raises SnapshotError when a part is missing, damaged, or of another format.
    """
    try:
        manifest = read_manifest(folder)
        _check_parts(folder, manifest)
        with closing(sqlite3.connect(f"file:{folder / 'report.sqlite'}?mode=ro&immutable=1", uri=True)) as database:
            passages = [_passage(body) for (body,) in database.execute("select body from passages order by position")]
            figures = [_figure(body) for (body,) in database.execute("select body from figures order by position")]
        dense = DenseIndex.read(folder / "vectors.faiss")
        sparse = SparseIndex.read(folder / "bm25")
    except SnapshotError:
        raise
    except Exception as error:
        raise SnapshotError(f"{folder}: the snapshot is damaged ({error}); build it again with esg-qa build") from error
    counts = (len(passages), len(figures), len(dense), len(sparse))
    if counts != (manifest.passages, manifest.figures, manifest.passages, manifest.passages):
        raise SnapshotError(f"{folder}: the snapshot's parts do not belong together; build it again with esg-qa build")
    return Snapshot(path=folder, manifest=manifest, passages=passages, figures=figures, dense=dense, sparse=sparse)


def read_manifest(folder: Path) -> Manifest:
    """Read what a snapshot was made of, without the rest.

    Raises SnapshotError when it is of another format, OSError or ValueError when it is missing or damaged.
    """
    return _manifest(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def open_current(index: Path) -> Snapshot:
    """Load the snapshot that an index folder has published.

    Raises SnapshotError when the folder has none.
    """
    return read_snapshot(current_folder(index))


def current_folder(index: Path) -> Path:
    """Tell which snapshot an index folder has published."""
    pointer = index / "CURRENT"
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SnapshotError(f"{index}: no index here; make one with esg-qa build FILE --index {index}") from error
    except UnicodeDecodeError as error:
        raise SnapshotError(f"{pointer}: names no snapshot; build the index again with esg-qa build") from error
    return index / "snapshots" / name


def publish(index: Path, name: str) -> None:
    """Point an index folder at one of its snapshots, by one rename; drop snapshots older than the last few."""
    for left in index.glob(".CURRENT.*"):  # of a build that was killed here
        left.unlink(missing_ok=True)
    aside = index / f".CURRENT.{os.getpid()}"
    aside.write_text(name + "\n", encoding="utf-8")
    aside.replace(index / "CURRENT")
    held = sorted((p for p in (index / "snapshots").iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for old in [p for p in held if p.name != name][: -(KEPT - 1) or None]:
        shutil.rmtree(old, ignore_errors=True)


def _checksums(folder: Path) -> dict[str, str]:
    parts = sorted(path for path in folder.rglob("*") if path.is_file())
    return {part.relative_to(folder).as_posix(): _checksum(part) for part in parts}


def _checksum(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_parts(folder: Path, manifest: Manifest) -> None:
    for name, checksum in manifest.parts.items():
        try:
            found = _checksum(folder / name)
        except OSError as error:
            reason = error.strerror or "unreadable"
        else:
            reason = "" if found == checksum else "it is not as it was written: its checksum differs"
        if reason:
            raise SnapshotError(f"{folder / name}: damaged ({reason}); build it again with esg-qa build")


def _dump(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str, sort_keys=indent is not None)


def _tuples(value: Any) -> Any:  # noqa: ANN401 - walks any JSON
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _passage(body: str) -> Passage:
    return Passage(**{name: _tuples(value) for name, value in json.loads(body).items()})


def _figure(body: str) -> Figure:
    fields = {name: _tuples(value) for name, value in json.loads(body).items()}
    fields["value"] = Decimal(fields["value"]) if fields["value"] is not None else None
    return Figure(**fields)


def _manifest(table: dict[str, Any]) -> Manifest:
    if table.get("format") != FORMAT:
        raise SnapshotError(
            f"the snapshot has format {table.get('format')}, this version reads {FORMAT}; "
            "build it again with esg-qa build"
        )
    editions = tuple(
        Edition(
            metadata=Metadata(**{name: _tuples(value) for name, value in edition["metadata"].items()}),
            summary=_summary(edition["summary"]),
            file_name=edition["file_name"],
            sha256=edition["sha256"],
            unread=tuple(Unread(**entry) for entry in edition["unread"]),
        )
        for edition in table["editions"]
    )
    return Manifest(**{**table, "editions": editions})


def _summary(table: dict[str, Any]) -> ReadingSummary:
    return ReadingSummary(**{**table, "left_out": tuple(LeftOut(**entry) for entry in table["left_out"])})
