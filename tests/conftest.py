"""Real things that many tests share, built once: the bundled report's index, its engine, a client of the service."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the fixtures import what they need, so that a test of one small module does not wait for the rest
    from fastapi.testclient import TestClient

    from index.embed import Embedder
    from qa.engine import Engine


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

    with TestClient(create_app(lambda: engine, settings=Settings())) as client:
        deadline = time.monotonic() + 60
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline, "the service did not get ready"
            time.sleep(0.01)
        yield client
