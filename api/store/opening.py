"""Open the database that the settings name."""

from api.settings import Settings
from api.store.database import Database, open_database


def open_store(settings: Settings) -> Database:
    """Open the database that the settings name, whatever its tables. Raises StoreError."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return open_database(url, folder=settings.data)


def ready_store(settings: Settings) -> Database:
    """Open the database with the tables of this version; a SQLite file is brought there, a server is only checked.

    Raises StoreError.
    """
    database = open_store(settings)
    if database.kind == "sqlite":
        database.migrate()
    database.check()
    return database
