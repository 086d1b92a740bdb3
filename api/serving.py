"""Make the service of one worker: over an index folder, following what is published in it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from api.app import create_app
from api.logs import configure_logging
from api.opening import embedder_of
from api.settings import Settings
from api.store.opening import ready_store
from index.embed import Embedder
from index.snapshot import current_folder, open_current
from qa.engine import Engine

_WARMING = ("What is thrown away, and why?", "How much is thrown away?")  # name no metric: go every way to an answer


class IndexFolder:
    """Opens whatever snapshot a folder has published; the embedding model is loaded once."""

    def __init__(
        self, index: Path, *, model: str | None, engine: Engine | None = None, embedder: Embedder | None = None
    ) -> None:
        """Give `engine` first, when it is given; `embedder` is the model, when it is loaded already."""
        self._index = index
        self._model = model
        self._first = engine
        self._embedder = embedder

    def load(self) -> Engine:
        """Open the published snapshot, warm: the first visitor waits no longer than the next.

        Raises SnapshotError or ModelMismatch.
        """
        engine, self._first = self._first, None
        if engine is None:
            self._embedder = self._embedder or embedder_of(self._model)
            engine = Engine(open_current(self._index), self._embedder)
        for question in _WARMING:
            engine.ask(question)
        return engine

    def published(self) -> str:
        """Name the published snapshot. Raises SnapshotError."""
        return current_folder(self._index).name


def worker(
    settings: Settings, *, engine: Engine | None = None, wait: bool = False, metrics: Path | None = None
) -> FastAPI:
    """Make the service of one process.

    With `wait`, it takes no request before it can answer: so that a worker that takes another's place loses none.
    """
    configure_logging(settings.log_level)
    folder = IndexFolder(settings.index, model=settings.model, engine=engine)
    return create_app(
        folder.load,
        settings=settings,
        database=ready_store(settings),
        published=folder.published,
        wait=wait,
        metrics=metrics,
    )


def worker_factory(settings: Settings, metrics: Path) -> Callable[[], FastAPI]:
    """Make what each of several processes calls; it can be sent to another process."""
    return partial(worker, settings, wait=True, metrics=metrics)
