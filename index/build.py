"""A report's way: from files to a published snapshot, with progress."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.chunk import Passage, chunk_prose
from index.dense import DenseIndex
from index.embed import Embedder
from index.errors import SnapshotError, UnknownFormat, UnreadableReport
from index.figures import Figure, TableReading, read_tables
from index.lexicon import Lexicon, bundled_lexicon
from index.lock import locked
from index.readers.html import read_html
from index.readers.markdown import read_markdown
from index.readers.pdf import read_pdf
from index.report import Report
from index.snapshot import FORMAT, Edition, Manifest, publish, read_manifest, read_snapshot, write_snapshot
from index.sparse import SparseIndex
from index.stated import with_stated
from index.words import dictionary_hash, search_tokens

READERS: dict[str, Callable[..., Report]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".pdf": read_pdf,
}

RECIPE = 6  # raised when other words of a passage are indexed, or other figures read, than before

Progress = Callable[[str, int, int], None]  # step, done, of how many


def read_report(path: Path, *, metadata: dict[str, Any] | None = None, partial: bool = False) -> Report:
    """Read a report with the reader its suffix names.

    Raises UnknownFormat for a suffix without a reader, UnreadableReport for a file its reader cannot read.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnknownFormat(f"{path.name}: expected {' or '.join(READERS)}")
    return reader(path, metadata=metadata, partial=partial)


def build(
    files: Sequence[Path],
    index: Path,
    *,
    embedder: Embedder,
    metadata: dict[str, Any] | None = None,
    partial: bool = False,
    wait: bool = False,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Read, chunk, embed and publish reports; editions of one report are told by company code, year and language.

    Nothing is published unless every file was read and the new snapshot was read back; whatever was published before
    stays. One build at a time writes to a folder: another is refused, or told to `wait` for its turn. Raises
    UnreadableReport or SnapshotError.
    """
    reports = []
    for number, path in enumerate(files):
        progress("read", number, len(files))
        reports.append(read_report(path, metadata=metadata, partial=partial))
    _distinct(reports)
    return publish_reports(reports, index, embedder=embedder, wait=wait, progress=progress)


def publish_reports(
    reports: Sequence[Report],
    index: Path,
    *,
    embedder: Embedder,
    lexicon: Lexicon | None = None,
    wait: bool = False,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Chunk, embed and publish reports that were read; a second build in the folder is refused, or may `wait`.

    Raises UnreadableReport or SnapshotError.
    """
    try:
        with locked(index, wait=wait):
            return _publish(reports, index, embedder, lexicon or bundled_lexicon(), progress)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SnapshotError(
            f"{index}: cannot write the index here ({reason}); name a folder you may write to with "
            "--index. What was published before is untouched"
        ) from error


def _publish(
    reports: Sequence[Report], index: Path, embedder: Embedder, lexicon: Lexicon, progress: Progress
) -> Manifest:
    reports = [with_stated(report) for report in reports]
    readings = [read_tables(report, lexicon) for report in reports]
    passages: list[Passage] = []
    figures: list[Figure] = []
    for report, reading in zip(reports, readings, strict=True):
        held = _in_order(report, [*chunk_prose(report), *reading.passages])
        if not held:
            raise UnreadableReport(f"{report.file_name}: no text to index")
        passages += held
        figures += reading.figures
    progress("embed", 0, len(passages))
    vectors = embedder.encode_passages([embedding_text(passage) for passage in passages])
    progress("index", 0, len(passages))
    sparse = SparseIndex.of([search_tokens(sparse_text(passage)) for passage in passages])
    manifest = _manifest(reports, readings, embedder, passages, figures, int(vectors.shape[1]))
    written = _write(index, manifest, passages, figures, DenseIndex.of(vectors), sparse)
    progress("publish", len(passages), len(passages))
    return written


def embedding_text(passage: Passage) -> str:
    """What of a passage is embedded: its nearest headings, then its words."""
    return " ".join([*passage.section[-2:], passage.text.replace("\t", " ")])


def sparse_text(passage: Passage) -> str:
    """What of a passage is matched word by word: its own heading, then its words.

    A second heading brings meaning to the vector, but here it makes every row of a chapter match.
    """
    return " ".join([*passage.section[-1:], passage.text])


def _distinct(reports: Sequence[Report]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for report in reports:
        key = (report.metadata.report_id, report.metadata.language)
        if key in seen:
            raise UnreadableReport(
                f"{report.file_name}: same company, year and language as {seen[key]} ({' '.join(key)}); "
                "build one of them, or give a year or language of its own"
            )
        seen[key] = report.file_name


def _in_order(report: Report, passages: Sequence[Passage]) -> list[Passage]:
    order = {section.key: n for n, section in enumerate(report.sections)}
    return sorted(passages, key=lambda p: (order[p.section_key], p.source[0][2] if p.source else 0))


def _manifest(
    reports: Sequence[Report],
    readings: Sequence[TableReading],
    embedder: Embedder,
    passages: Sequence[Passage],
    figures: Sequence[Figure],
    dimensions: int,
) -> Manifest:
    editions = tuple(
        Edition(
            metadata=report.metadata,
            summary=report.summary,
            file_name=report.file_name,
            sha256=report.sha256,
            unread=reading.unread,
        )
        for report, reading in zip(reports, readings, strict=True)
    )
    lexicon = hashlib.sha256((Path(__file__).with_name("lexicon.toml")).read_bytes()).hexdigest()
    made_of = [
        str(FORMAT),
        str(RECIPE),
        embedder.fingerprint,
        dictionary_hash(),
        lexicon,
        *(repr(edition) for edition in editions),
    ]
    made_of += [passage.text for passage in passages]
    return Manifest(
        id=hashlib.sha256("\x00".join(made_of).encode()).hexdigest()[:16],
        format=FORMAT,
        editions=editions,
        model=embedder.name,
        model_fingerprint=embedder.fingerprint,
        dictionary=dictionary_hash(),
        lexicon=lexicon,
        passages=len(passages),
        figures=len(figures),
        dimensions=dimensions,
        parts={},  # known when they are written
    )


def _write(
    index: Path,
    manifest: Manifest,
    passages: Sequence[Passage],
    figures: Sequence[Figure],
    dense: DenseIndex,
    sparse: SparseIndex,
) -> Manifest:
    aside = index / f".building-{os.getpid()}"
    final = index / "snapshots" / manifest.id
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        for left in index.glob(".building-*"):  # of builds that were killed
            shutil.rmtree(left, ignore_errors=True)
        write_snapshot(aside, manifest=manifest, passages=passages, figures=figures, dense=dense, sparse=sparse)
        read_snapshot(aside)
        if not _whole(final):
            shutil.rmtree(final, ignore_errors=True)
            aside.replace(final)
        publish(index, manifest.id)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return read_manifest(final)


def _whole(folder: Path) -> bool:
    """Tell whether the same snapshot is already there, undamaged."""
    try:
        read_snapshot(folder)
    except SnapshotError:
        return False
    return True
