"""Keep what visitors asked, behind the answer: no question waits for the database or fails with it."""

import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from api.store.accounts import purge_sessions
from api.store.database import Database
from api.store.questions import Asked, keep_questions, purge_questions

_WAITING = 2000  # questions held while the database is away; more are dropped, and that is logged
_TOGETHER = 100  # questions in one transaction
_PURGE_EVERY = timedelta(hours=1)


class Recorder:
    """Writes questions from a thread of its own, and forgets those past their days."""

    def __init__(self, database: Database, *, keep: bool, days: int, dropped: Callable[[int], None]) -> None:
        """Without `keep`, only forget; `dropped` is told how many questions could not be kept."""
        self._database = database
        self._keep = keep
        self._lifetime = timedelta(days=days)
        self._dropped = dropped
        self._waiting: queue.Queue[Asked | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._run, name="keep-questions", daemon=True)
        self._thread.start()

    def keep(self, asked: Asked) -> None:
        """Take a question; returns at once."""
        if not self._keep:
            return
        try:
            self._waiting.put_nowait(asked)
        except queue.Full:
            self._dropped(1)

    def stop(self, *, seconds: float = 5) -> None:
        """Write what waits, for so many seconds at most, and end."""
        if self._thread is not None:
            self._waiting.put(None, timeout=seconds)
            self._thread.join(seconds)

    def _run(self) -> None:
        purged_at: datetime | None = None
        while True:
            now = datetime.now(UTC)
            if purged_at is None or now - purged_at >= _PURGE_EVERY:
                self._try(partial(self._purge, now), 0)
                purged_at = now
            batch, over = self._take(seconds=60)
            if batch:
                self._try(partial(self._write, batch), len(batch))
            if over:
                return

    def _take(self, *, seconds: float) -> tuple[list[Asked], bool]:
        """Wait for questions and take those there are; say whether the end was called."""
        batch: list[Asked] = []
        try:
            taken = self._waiting.get(timeout=seconds)
            while taken is not None:
                batch.append(taken)
                if len(batch) == _TOGETHER:
                    return batch, False
                taken = self._waiting.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    def _write(self, batch: list[Asked]) -> None:
        with self._database.session() as session:
            keep_questions(session, batch)

    def _purge(self, now: datetime) -> None:
        with self._database.session() as session:
            purge_questions(session, before=now - self._lifetime)
            purge_sessions(session, now=now)

    def _try(self, act: Callable[[], None], questions: int) -> None:
        try:
            act()
        except Exception as error:  # the thread must outlive any fault of the database
            self._dropped(questions)
            structlog.get_logger().error("questions_not_kept", error=type(error).__name__, questions=questions)
