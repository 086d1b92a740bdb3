"""Real things that many tests share, built once: the bundled report's index, its engine, a client of the service."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # the fixtures import what they need, so that a test of one small module does not wait for the rest
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser
    from starlette.routing import Route

    from api.store.database import Database
    from index.embed import Embedder
    from qa.engine import Engine

REPORT = """---
company: Fern Water Holdings
stock_code: 9901.HK
year: 2024
language: en
title: ESG report 2024
---
# Environment
The company measured its water use at every plant and published what it found.

| Indicator | Unit | 2024 |
|---|---|---|
| Total water consumption | m3 | 5,678 |
"""
PASSWORD = "correct horse battery"
CHROMIUM = Path("/usr/bin/chromium")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="draw the documentation's screenshots anew")


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's chromium; where there is none, the tests that need it are skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def embedder() -> "Embedder":
    from api.opening import embedder_of

    return embedder_of(None)


@pytest.fixture(scope="session")
def bundled_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from api.opening import bundled_editions, embedder_of
    from index.build import build

    index = tmp_path_factory.mktemp("bundled") / "index"
    build(bundled_editions(), index, embedder=embedder_of(None))
    return index


@pytest.fixture(scope="session")
def engine(bundled_index: Path) -> "Engine":
    from api.opening import open_engine

    return open_engine(bundled_index, model=None)


@pytest.fixture(scope="session")
def client(engine: "Engine") -> Iterator["TestClient"]:
    from fastapi.testclient import TestClient

    from api.app import create_app
    from api.settings import Settings

    with TestClient(create_app(lambda: engine, settings=Settings(rate="100000/second"))) as client:
        wait_until_ready(client)
        yield client


@pytest.fixture
def database(tmp_path: Path) -> Iterator["Database"]:
    """A real SQLite file with the tables of this version."""
    from api.store.database import open_database

    database = open_database(None, folder=tmp_path / "data")
    database.migrate()
    yield database
    database.close()


def server_program(name: str) -> str | None:
    """Where a program of the PostgreSQL server lies; Debian keeps them off the PATH."""
    folders = [str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")]
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of this test run's own; its socket and files lie in a temporary folder."""
    initdb, pg_ctl = server_program("initdb"), server_program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="esg-qa-pg-"))
    if user:
        try:
            shutil.chown(folder, user, user)
        except LookupError:
            pytest.skip("PostgreSQL will not run as root, and there is no user postgres")

    def call(*command: str) -> None:
        finished = subprocess.run(
            command,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if finished.returncode:
            pytest.skip(f"PostgreSQL does not start here: {finished.stderr.strip()[-200:]}")

    cluster, log = str(folder / "cluster"), str(folder / "log")
    call(initdb, "--auth=trust", "--username=esg", "--no-sync", "--encoding=UTF8", "--locale=C", "-D", cluster)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    call(pg_ctl, "start", "--wait", "-D", cluster, "-l", log, "-o", options)
    try:
        yield f"postgresql://esg@/postgres?host={folder}"
    finally:
        call(pg_ctl, "stop", "--mode=immediate", "-D", cluster)
        shutil.rmtree(folder)


def emptied(url: str, folder: Path) -> "Database":
    """Open a PostgreSQL database with nothing in it."""
    from sqlalchemy import text

    from api.store.database import open_database

    database = open_database(url, folder=folder)
    with database.session() as session:
        session.execute(text("drop schema public cascade"))
        session.execute(text("create schema public"))
    return database


@pytest.fixture
def serve(engine: "Engine", database: "Database") -> Iterator["Callable[..., TestClient]"]:
    """Start the service over the bundled report and the database, with any settings."""
    from fastapi.testclient import TestClient

    from api.app import create_app
    from api.settings import Settings

    with ExitStack() as stack:

        def start(*, base_url: str = "http://testserver", **given: object) -> TestClient:
            settings = Settings.model_validate({"rate": "100000/second", "login_rate": "100000/second", **given})
            app = create_app(lambda: engine, settings=settings, database=database)
            client = stack.enter_context(TestClient(app, base_url=base_url))
            wait_until_ready(client)
            return client

        yield start


@pytest.fixture
def staff(database: "Database") -> dict[str, str]:
    """An account of each role, by its name, and their password."""
    return add_staff(database)


def add_staff(database: "Database") -> dict[str, str]:
    from datetime import UTC, datetime

    from api.accounts import Passwords
    from api.store.accounts import ROLES, add_account

    hashed = Passwords().hash(PASSWORD)
    with database.session() as session:
        for role in ROLES:
            add_account(session, role, role=role, password_hash=hashed, by="test", now=datetime.now(UTC))
    return dict.fromkeys(ROLES, PASSWORD)


def wait_until_ready(client: "TestClient") -> None:
    deadline = time.monotonic() + 60
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, "the service did not get ready"
        time.sleep(0.01)


def sign_in(client: "TestClient", name: str) -> dict[str, str]:
    """Sign the client's browser in and give the header that its changes need."""
    response = client.post("/v1/staff/login", json={"name": name, "password": PASSWORD})
    assert response.status_code == 200, response.text
    return {"X-CSRF-Token": response.json()["csrf_token"]}


def routes_of(router: Any) -> Iterator["Route"]:  # noqa: ANN401 - an application or a router of FastAPI's
    """Give every route of an application, those of the routers it includes too."""
    from starlette.routing import Route

    for route in router.routes:
        if isinstance(route, Route):
            yield route
        else:
            yield from routes_of(getattr(route, "original_router", None) or route)
