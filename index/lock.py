"""One build at a time in an index folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import SnapshotError


@contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Keep other builds out of a folder, which is made when it is not there; a process that dies lets it go.

    The folder itself is locked (flock), so that nothing is left in it. A file system that knows no such locks is
    written to without one. Raises SnapshotError when another build is at it, unless told to `wait`; OSError when the
    folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            _lock(held, folder, wait=wait)
        yield
    finally:
        os.close(held)


def _lock(held: int, folder: Path, *, wait: bool) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError as error:
        raise SnapshotError(
            f"{folder}: another build is writing here; wait until it has ended, or name another folder with --index. "
            "What was published before is untouched"
        ) from error
