"""Hold the engine that answers: absent while it loads, then one for all, exchanged when another is published."""

import threading
from collections.abc import Callable

import structlog

from api.problem import NotReady
from qa.engine import Engine

Load = Callable[[], Engine]
Published = Callable[[], str]  # names the snapshot that is published now
Loaded = Callable[[Engine], None]


class Service:
    """An engine that is loaded beside the server's start and exchanged whole.

    A request that began with one snapshot ends with it: it holds the engine it took.
    """

    def __init__(
        self,
        load: Load,
        *,
        published: Published | None = None,
        loaded: Loaded = lambda _: None,
        every: float = 1.0,
    ) -> None:
        """Keep `load` for start(); look `every` so many seconds whether another snapshot was published."""
        self._load = load
        self._published = published
        self._loaded = loaded
        self._every = every
        self._engine: Engine | None = None
        self._failed = False
        self._refused = ""  # the snapshot that could not be loaded; not tried again until another is published
        self._loaded_once = threading.Event()
        self._over = threading.Event()

    def start(self) -> None:
        """Begin to load; returns at once."""
        self._over.clear()
        threading.Thread(target=self._run, name="load-index", daemon=True).start()

    def stop(self) -> None:
        """Look for other snapshots no longer."""
        self._over.set()

    def wait(self) -> None:
        """Wait until an engine is loaded; what cannot be loaded is tried again as long as something is published."""
        self._loaded_once.wait()

    @property
    def engine(self) -> Engine:
        """The engine. Raises NotReady while there is none."""
        engine = self._engine
        if engine is None:
            raise NotReady("loading failed" if self._failed else "loading")
        return engine

    def _run(self) -> None:
        self._exchange("")
        while self._published is not None and not self._over.wait(self._every):
            self._look()

    def _look(self) -> None:
        assert self._published is not None
        try:
            name = self._published()
        except Exception as error:  # the folder may be away for a moment; what is loaded goes on answering
            structlog.get_logger().warning("index_not_seen", error=type(error).__name__)
            return
        held = self._engine.snapshot.path.name if self._engine else ""
        if name not in (held, self._refused):
            self._exchange(name)

    def _exchange(self, name: str) -> None:
        log = structlog.get_logger()
        try:
            engine = self._load()
        except Exception as error:
            self._failed, self._refused = True, name
            log.error("index_failed", error=type(error).__name__, detail=str(error))
            return
        self._engine, self._failed, self._refused = engine, False, ""
        self._loaded_once.set()
        log.info("index_loaded", snapshot=engine.snapshot.manifest.id)
        try:
            self._loaded(engine)
        except Exception as error:
            log.error("index_loaded_but", error=type(error).__name__)
