"""The service keeps to its own description, whatever is sent to it (schemathesis)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.accounts import new_token
from api.app import create_app
from api.settings import Settings
from api.store.accounts import add_account, add_token
from api.store.database import open_database
from qa.engine import Engine

# Rules that no schema can say, by the problem that refuses what breaks them: one text a language, a file that is a
# report. Whatever else the description allows is accepted.
RULES = {
    "/v1/staff/curated": "/problems/incomplete",
    "/v1/staff/curated/{id}": "/problems/incomplete",
    "/v1/staff/reports": "/problems/bad-upload",
}


@pytest.fixture(scope="module")
def described(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - schemathesis' own
    """The service with a database and a signed-in admin, as its OpenAPI describes it."""
    folder: Path = tmp_path_factory.mktemp("described")
    database = open_database(None, folder=folder)
    database.migrate()
    token, now = new_token(), datetime.now(UTC)
    with database.session() as session:
        add_account(session, "robot", role="admin", password_hash=None, by="test", now=now)
        add_token(session, "robot", token, label="t", by="test", now=now, expires_at=None)
    given = Settings(rate="100000/second", login_rate="100000/second", data=folder, index=folder / "index")
    app = create_app(lambda: engine, settings=given, database=database, wait=True)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    schema.config.headers = {"Authorization": f"Bearer {token}"}
    yield schema
    database.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_every_route_keeps_to_its_description(described: Any, mode: GenerationMode) -> None:  # noqa: ANN401 - schemathesis' own
    broken: list[str] = []
    routes = [found.ok() for found in described.get_all_operations()]
    for route in routes:
        try:
            _check(route.as_strategy(generation_mode=mode), RULES.get(route.path))
        except Unsatisfiable:
            continue  # a route that takes nothing can be sent nothing wrong
        except (Failure, FailureGroup) as error:
            broken.append(f"{route.label}: {error}"[:1500])
    assert len(routes) > 25
    assert broken == []


def _check(cases: SearchStrategy[schemathesis.Case], rule: str | None) -> None:
    @settings(max_examples=12, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def keeps(case: schemathesis.Case) -> None:
        response = case.call()
        broken = rule is not None and response.status_code == 422 and response.json()["type"] == rule
        case.validate_response(response, excluded_checks=[positive_data_acceptance] if broken else [])

    keeps()
