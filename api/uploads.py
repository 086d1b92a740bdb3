"""Take reports from the staff, have an index built of them in a process of its own, and publish it when they say so."""

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from api.settings import Settings, environment_without_settings
from api.snapshots import HeldSnapshot, publish_from
from index.build import READERS
from index.errors import EsgQaError

State = Literal["waiting", "building", "ready", "published", "failed"]
MAX_FILES = 6  # three editions of two reports
KEPT = 20  # uploads that are remembered

_NAME = re.compile(r"[0-9a-f]{16}")
_UNSAFE = re.compile(r"[^\w .()（）-]|^[.\s]+")
_PIECE = 1 << 20  # bytes
# First bytes of what may hide behind a report's suffix: archives, programs, pictures.
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"#!": "a script",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}


class BadUpload(EsgQaError):
    """What was sent cannot be a report."""


class UnknownUpload(EsgQaError):
    """There is no upload of this id."""


class NotBuilt(EsgQaError):
    """The upload has no index that could be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file as it was sent."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Reports that staff sent, and how far their index is."""

    id: str
    by: str
    at: datetime
    files: tuple[str, ...]
    keep: bool  # the reports that answer now go on answering beside these
    metadata: Mapping[str, Any]  # what staff said of the files: company, stock_code, year, language, title
    partial: bool  # a report that looks cut off is accepted
    state: State
    step: str = ""  # of the build: read, embed, index, publish
    done: int = 0
    of: int = 0
    error: str = ""  # why it failed, in words staff can act on
    snapshot: str = ""  # id of the index that was built
    passages: int = 0
    figures: int = 0
    reports: tuple[Mapping[str, Any], ...] = ()  # as /v1/reports tells them


def accept_upload(
    settings: Settings,
    files: Sequence[SentFile],
    *,
    metadata: Mapping[str, Any],
    keep: bool,
    partial: bool,
    by: str,
    now: datetime,
) -> Upload:
    """Keep the files under names of our own making and start to build.

    Raises BadUpload for a file that cannot be a report. Nothing of a refused upload stays.
    """
    if not 1 <= len(files) <= MAX_FILES:
        raise BadUpload(f"{len(files)} files; expected 1 to {MAX_FILES}")
    if len(files) > 1 and (metadata.get("language") or metadata.get("title")):
        raise BadUpload("language and title describe one edition; send it alone, or say them in each file's head")
    name = secrets.token_hex(8)
    folder = _folder(settings) / name
    folder.mkdir(parents=True, mode=0o700)
    try:
        kept = [_keep(file, folder / "files" / str(number)) for number, file in enumerate(files)]
        upload = Upload(
            id=name,
            by=by,
            at=now,
            files=tuple(path.name for path in kept),
            keep=keep,
            metadata=dict(metadata),
            partial=partial,
            state="waiting",
        )
        write_upload(folder, upload)
        _start(settings, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _forget_old(settings)
    return upload


def uploads(settings: Settings) -> list[Upload]:
    """List what is remembered, the latest first."""
    folders = _folder(settings).iterdir() if _folder(settings).is_dir() else ()
    found = [read_upload(folder) for folder in folders if _NAME.fullmatch(folder.name) and folder.is_dir()]
    return sorted((upload for upload in found if upload), key=lambda upload: upload.at, reverse=True)


def find_upload(settings: Settings, name: str) -> Upload:
    """Give one upload. Raises UnknownUpload."""
    upload = read_upload(_folder(settings) / name) if _NAME.fullmatch(name) else None
    if upload is None:
        raise UnknownUpload(name[:64])
    return upload


def publish_upload(settings: Settings, name: str) -> HeldSnapshot:
    """Let the index of an upload answer; its files are kept, so that a later upload can stand beside them.

    Raises UnknownUpload, NotBuilt, or SnapshotError when the index is damaged.
    """
    upload = find_upload(settings, name)
    folder = _folder(settings) / name
    if upload.state not in ("ready", "published"):
        raise NotBuilt(f"upload {name} is {upload.state}; expected one that is ready")
    held = publish_from(folder / "index" / "snapshots" / upload.snapshot, settings.index)
    for path in sorted((folder / "files").glob("*/*")):
        keep_source(settings, path, metadata=upload.metadata, partial=upload.partial)
    write_upload(folder, replace(upload, state="published"))
    return held


def sources(settings: Settings) -> Path:
    """The folder of published reports' files, by their SHA-256."""
    return settings.data / "sources"


def keep_source(settings: Settings, path: Path, *, metadata: Mapping[str, Any], partial: bool) -> None:
    """Keep a published report's file, and what was said of it, so that it can be read again beside later ones."""
    digest = _sha256(path)
    kept = sources(settings) / digest
    if kept.is_dir():
        return
    aside = sources(settings) / f".{digest}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True, mode=0o700)
    shutil.copyfile(path, aside / path.name)
    described = {"metadata": dict(metadata), "partial": partial, "name": path.name}
    (aside / "source.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    aside.replace(kept)


def write_upload(folder: Path, upload: Upload) -> None:
    """Note how far an upload is, by one rename."""
    aside = folder / f".upload.{os.getpid()}.{threading.get_ident()}"
    aside.write_text(json.dumps(asdict(upload), default=str, ensure_ascii=False), encoding="utf-8")
    aside.replace(folder / "upload.json")


def read_upload(folder: Path) -> Upload | None:
    """Read how far an upload is; one whose process is gone before its end has failed."""
    try:
        table = json.loads((folder / "upload.json").read_text(encoding="utf-8"))
        upload = Upload(
            **{
                **table,
                "at": datetime.fromisoformat(table["at"]),
                "files": tuple(table["files"]),
                "reports": tuple(table["reports"]),
            }
        )
        if upload.state in ("waiting", "building") and not _running(folder):
            upload = replace(upload, state="failed", error=_stopped(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return upload


def safe_name(name: str) -> str:
    """Make a file name of what a browser called the file: no folder, no hidden file, its suffix kept.

    >>> safe_name("../../etc/ESG 報告.MD"), safe_name("C:\\\\reports\\\\esg.md"), safe_name(".md")
    ('ESG 報告.md', 'esg.md', 'report.md')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem, _, suffix = last.rpartition(".")
    stem = _UNSAFE.sub("_", stem).strip(" ._")[:80] or "report"
    return f"{stem}.{re.sub(r'[^a-z0-9]', '', suffix.lower())[:10]}"


def _keep(file: SentFile, folder: Path) -> Path:
    name = safe_name(file.name)
    path = folder / name
    if path.suffix not in READERS:
        raise BadUpload(f"{file.name[:100]}: expected {' or '.join(READERS)}")
    folder.mkdir(parents=True, mode=0o700)
    with path.open("xb") as kept:
        shutil.copyfileobj(file.content, kept, _PIECE)
    path.chmod(0o600)
    _check_content(path)
    return path


def _check_content(path: Path) -> None:
    """Refuse a file that is not what its suffix says; no archive is ever opened."""
    with path.open("rb") as content:
        head = content.read(1024)
        if not head:
            raise BadUpload(f"{path.name}: the file is empty")
        for start, what in _FOREIGN.items():
            if head.startswith(start):
                raise BadUpload(f"{path.name}: {what}; expected a report")
        if path.suffix == ".pdf":
            if b"%PDF-" not in head:
                raise BadUpload(f"{path.name}: not a PDF")
            return
        if head.startswith(b"%PDF-"):
            raise BadUpload(f"{path.name}: a PDF under another name")
        while head:
            if b"\x00" in head:
                raise BadUpload(f"{path.name}: not a text in UTF-8")
            head = content.read(_PIECE)


def _start(settings: Settings, folder: Path) -> None:
    """Start the build; it holds the folder's lock as long as it lives, and outlives this worker."""
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        limits = f"{settings.build_seconds},{settings.build_memory}"
        command = [sys.executable, "-P", "-m", "api.building", str(folder.resolve()), limits]
        command += [str(settings.index.resolve()), str(sources(settings).resolve()), settings.model or ""]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={
                    **environment_without_settings(),
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                },
                pass_fds=(lock,),
                start_new_session=True,
            )
    finally:
        os.close(lock)
    threading.Thread(target=process.wait, name="await-build", daemon=True).start()


def _running(folder: Path) -> bool:
    with (folder / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _stopped(folder: Path) -> str:
    """Say why a process ended early, from its last words."""
    last = (folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    if last and "MemoryError" in last[0]:
        return "the build needed more memory than ESG_QA_BUILD_MEMORY allows"
    return "the build was stopped: it took longer than ESG_QA_BUILD_SECONDS, or the machine ended it"


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _forget_old(settings: Settings) -> None:
    over = [upload for upload in uploads(settings) if upload.state not in ("waiting", "building")][KEPT:]
    for upload in over:
        shutil.rmtree(_folder(settings) / upload.id, ignore_errors=True)


def _folder(settings: Settings) -> Path:
    return settings.data / "uploads"
