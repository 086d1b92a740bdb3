"""Open the database, bring its tables to this version, and hand out transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from index.errors import EsgQaError

MIGRATIONS = Path(__file__).parent / "migrations"
FILE_NAME = "esg-qa.sqlite"  # in the data folder, when no address names another database

_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_BUSY_SECONDS = 5  # SQLite: how long one writer waits for another
_CONNECT_SECONDS = 3


class StoreError(EsgQaError):
    """The database cannot be opened, or its tables are of another version."""


class Database:
    """A database and its pool of connections; safe to share between threads, not to inherit by fork."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writing=True)

    @property
    def kind(self) -> str:
        """Either "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction that may write: committed at the end, rolled back on an error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads; it waits for no writer."""
        with Session(self._engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def migrate(self) -> str:
        """Bring the tables to this version and name it; what they hold stays."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self._engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except SQLAlchemyError as error:
            raise StoreError(f"{self._shown}: cannot bring its tables to this version ({_reason(error)})") from error
        return newest()

    def check(self) -> None:
        """Tell whether the tables are of this version.

        Raises StoreError when they are not, or when the database cannot be reached.
        """
        try:
            with self._engine.connect() as connection:
                held = MigrationContext.configure(connection).get_current_revision()
        except SQLAlchemyError as error:
            raise StoreError(f"{self._shown}: cannot be reached ({_reason(error)})") from error
        if held != newest():
            raise StoreError(
                f"{self._shown}: its tables are at {held or 'nothing'}, this version needs {newest()}; "
                "bring them there with esg-qa migrate"
            )

    def close(self) -> None:
        """Close every connection; one that a thread still works with is closed when it comes back."""
        event.listen(self._engine.pool, "checkin", _close_late)
        self._engine.dispose()

    @property
    def _shown(self) -> str:
        return self._engine.url.render_as_string(hide_password=True)


def open_database(url: str | None, *, folder: Path) -> Database:
    """Open the database an address names, or the SQLite file in a folder, which is made when it is not there.

    Raises StoreError for an address that is none, or a folder that cannot be written.
    """
    if url is None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"{folder}: cannot make this folder ({error.strerror})") from error
        url = f"sqlite:///{folder / FILE_NAME}"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("the database's address: expected such as postgresql://user:password@host/name") from error
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine)
    if parsed.drivername == "postgresql+psycopg":
        return Database(
            create_engine(
                parsed,
                pool_pre_ping=True,
                pool_timeout=_CONNECT_SECONDS,
                connect_args={"connect_timeout": _CONNECT_SECONDS, "options": "-c timezone=UTC"},
            )
        )
    raise StoreError(f"{parsed.drivername}: expected a database of sqlite or postgresql")


def newest() -> str:
    """Name the version of the tables that this code works with."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head


def _close_late(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401 - whatever SQLAlchemy opened
    """Let readers read while one writes, keep foreign keys, and leave transactions to SQLAlchemy."""
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    # A transaction that reads first and then writes could not wait for another writer, so it takes its turn at once.
    connection.exec_driver_sql("begin immediate" if connection.get_execution_options().get("writing") else "begin")


def _reason(error: SQLAlchemyError) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())[:300]
