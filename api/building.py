"""Build an index of an upload: run by api/uploads.py in a process that may use only so much time and memory."""

import fcntl
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from api.opening import bundled_editions, embedder_of
from api.public import reports_of
from api.uploads import Upload, read_upload, write_upload
from index.build import publish_reports, read_report
from index.errors import EsgQaError, SnapshotError, UnreadableReport
from index.report import Report
from index.snapshot import current_folder, read_manifest

_FILE_BYTES = 2 << 30  # largest file the build may write
_TELL_EVERY = 0.3  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be built, and with how much."""

    folder: Path
    seconds: int
    memory: int  # MiB
    index: Path
    sources: Path
    model: str | None


def main(arguments: list[str]) -> None:
    """Build, and note how far it is and how it ended beside the upload."""
    folder, limits, index, sources, model = arguments
    seconds, memory = limits.split(",")
    task = Task(
        folder=Path(folder),
        seconds=int(seconds),
        memory=int(memory),
        index=Path(index),
        sources=Path(sources),
        model=model or None,
    )
    upload = read_upload(task.folder)
    if upload is None:
        return
    try:
        with _turn(task.folder.parent):
            _limit(task)
            write_upload(task.folder, _build(task, replace(upload, state="building")))
    except EsgQaError as error:
        write_upload(task.folder, replace(upload, state="failed", error=" ".join(str(error).split())[:1000]))
    except MemoryError:
        raise
    except Exception:
        message = (
            "the file could not be read; it may be damaged. The administrator finds the reason in the upload's log"
        )
        write_upload(task.folder, replace(upload, state="failed", error=message))
        raise


@contextmanager
def _turn(uploads: Path) -> Iterator[None]:
    """Wait until no other upload is built."""
    with (uploads / ".turn").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _limit(task: Task) -> None:
    """Let this process end rather than take more than it was given."""
    held = task.memory << 20
    resource.setrlimit(resource.RLIMIT_DATA, (held, held))
    resource.setrlimit(resource.RLIMIT_CPU, (task.seconds * 4, task.seconds * 4))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(task.seconds)
    with suppress(OSError):
        os.nice(10)


def _build(task: Task, upload: Upload) -> Upload:
    """Build beside what answers now, which stays as it is."""
    said = monotonic() - _TELL_EVERY

    def tell(step: str, done: int, of: int) -> None:
        nonlocal said
        if monotonic() - said >= _TELL_EVERY:
            said = monotonic()
            write_upload(task.folder, replace(upload, step=step, done=done, of=of))

    tell("read", 0, len(upload.files))
    sent = [
        read_report(path, metadata=dict(upload.metadata), partial=upload.partial)
        for path in sorted((task.folder / "files").glob("*/*"), key=lambda path: int(path.parent.name))
    ]
    _distinct(sent)
    kept = _kept(task, sent) if upload.keep else []
    manifest = publish_reports([*kept, *sent], task.folder / "index", embedder=embedder_of(task.model), progress=tell)
    return replace(
        upload,
        state="ready",
        step="publish",
        done=manifest.passages,
        of=manifest.passages,
        snapshot=manifest.id,
        passages=manifest.passages,
        figures=manifest.figures,
        reports=tuple(report.model_dump(mode="json") for report in reports_of(manifest)),
    )


def _distinct(sent: list[Report]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for report in sent:
        key = _key(report)
        if key in seen:
            raise UnreadableReport(
                f"{report.file_name}: same company, year and language as {seen[key]} ({' '.join(key)})"
            )
        seen[key] = report.file_name


def _kept(task: Task, sent: list[Report]) -> list[Report]:
    """Read again the editions that answer now and that none of the sent ones takes the place of.

    Raises SnapshotError when the file of one is not held here.
    """
    replaced = {_key(report) for report in sent}
    bundled = {path.name: path for path in bundled_editions()}
    reports = []
    for edition in read_manifest(current_folder(task.index)).editions:
        if (edition.metadata.report_id, edition.metadata.language) in replaced:
            continue
        held = task.sources / edition.sha256
        if held.is_dir():
            described = json.loads((held / "source.json").read_text(encoding="utf-8"))
            path, metadata, partial = held / described["name"], described["metadata"], described["partial"]
        elif edition.file_name in bundled:
            path, metadata, partial = bundled[edition.file_name], None, False
        else:
            raise SnapshotError(
                f"{edition.file_name}: it answers now, but its file is not held here; send it along, "
                "or replace everything"
            )
        reports.append(read_report(path, metadata=metadata, partial=partial))
    return reports


def _key(report: Report) -> tuple[str, str]:
    return report.metadata.report_id, report.metadata.language


if __name__ == "__main__":
    main(sys.argv[1:])
