"""Open a report's file: its bytes, its encoding, and words for what is wrong with it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from index.errors import UnreadableReport

MAX_BYTES = 20 * 1024 * 1024

_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (perhaps .docx or .xlsx)"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)
_WIDE = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A text file as read, with line ends made `\\n` and any byte-order mark taken off."""

    name: str
    text: str
    sha256: str  # of the bytes on disk


def read_file(path: Path, *, max_bytes: int = MAX_BYTES) -> File:
    """Read a UTF-8 text file.

    Raises UnreadableReport, in words that name the file and what would have been right, for a missing, empty, binary,
    oversized or otherwise encoded file.
    """
    content = read_content(path, max_bytes=max_bytes)
    text = _decode(path.name, content)
    if not text.strip():
        raise UnreadableReport(f"{path.name}: the file is empty; expected the text of a report")
    return File(name=path.name, text=text, sha256=hashlib.sha256(content).hexdigest())


def read_content(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file's bytes; raises UnreadableReport for a file that is missing or too large."""
    if not path.is_file():
        raise UnreadableReport(f"{path}: no such file; give the path of a report")
    size = path.stat().st_size
    if size > max_bytes:
        raise UnreadableReport(f"{path.name}: {size / 2**20:.1f} MB is over the limit of {max_bytes // 2**20} MB")
    return path.read_bytes()


def kind_of(content: bytes) -> str | None:
    """Name the binary format that bytes begin like, "a PDF"; None for what may be text."""
    return next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), None)


def _decode(name: str, content: bytes) -> str:
    kind = kind_of(content)
    if kind:
        raise UnreadableReport(f"{name}: this is {kind}, not text; expected a report in UTF-8 text")
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            raise UnreadableReport(f"{name}: the text is {encoding}; save it as UTF-8 and try again")
    if b"\x00" in content:
        raise UnreadableReport(f"{name}: holds NUL bytes, so it is binary or UTF-16; expected a report in UTF-8 text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 4 and error.reason == "unexpected end of data":
            raise UnreadableReport(
                f"{name}: the file breaks off in the middle of a character (byte {error.start} of {len(content)}); "
                "it looks truncated, fetch it again"
            ) from error
        raise UnreadableReport(
            f"{name}: byte {error.start} is not UTF-8 (Big5, GB18030?); save the file as UTF-8 and try again"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
