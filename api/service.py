"""Hold the engine that answers: absent while it loads, then one for all requests."""

import threading
from collections.abc import Callable

import structlog

from api.problem import NotReady
from qa.engine import Engine

Load = Callable[[], Engine]


class Service:
    """An engine that is loaded beside the server's start, so that the server can say it is alive meanwhile."""

    def __init__(self, load: Load) -> None:
        """Keep `load` for start()."""
        self._load = load
        self._engine: Engine | None = None
        self._failed = False

    def start(self) -> None:
        """Begin to load; returns at once."""
        threading.Thread(target=self._run, name="load-index", daemon=True).start()

    @property
    def engine(self) -> Engine:
        """The engine. Raises NotReady while there is none."""
        if self._engine is None:
            raise NotReady("loading failed" if self._failed else "loading")
        return self._engine

    def _run(self) -> None:
        log = structlog.get_logger()
        try:
            engine = self._load()
        except Exception as error:
            self._failed = True
            log.error("index_failed", error=type(error).__name__, detail=str(error))
        else:
            self._engine = engine
            log.info("index_loaded", snapshot=engine.snapshot.manifest.id)
