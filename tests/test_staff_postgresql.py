"""Every route of the staff and every page of the console, on a real PostgreSQL server."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Match, Route

from api.app import create_app
from api.serving import IndexFolder
from api.settings import Settings
from api.snapshots import held_snapshots
from index.embed import Embedder
from qa.engine import Engine
from tests.conftest import PASSWORD, REPORT, add_staff, emptied, routes_of, sign_in, wait_until_ready


class Walker:
    """A browser that is signed in, and remembers which routes it has been to."""

    def __init__(self, client: TestClient, routes: list[Route], account: str) -> None:
        self.client = client
        self.walked: set[tuple[str, str]] = set()
        self._routes = routes
        self.csrf = sign_in(client, account)

    def call(self, method: str, path: str, *, status: int = 200, **given: Any) -> Any:  # noqa: ANN401 - any route's answer
        """Call a route, which must answer so; give its JSON, else the whole response."""
        if path.startswith("/console"):
            given["data"] = (
                {**given.get("data", {}), "csrf_token": self.csrf["X-CSRF-Token"]} if method == "POST" else None
            )
        elif method != "GET":
            given["headers"] = self.csrf
        response = self.client.request(method, path, follow_redirects=False, **given)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text[:600]}"
        scope = {"type": "http", "method": method, "path": response.request.url.path, "root_path": "", "headers": []}
        found = next(route for route in self._routes if route.matches(scope)[0] is Match.FULL)
        self.walked.add((method, found.path))
        kind = response.headers.get("content-type", "")
        return response.json() if response.content and kind.startswith("application/json") else response

    def get(self, path: str, **given: Any) -> Any:  # noqa: ANN401 - likewise
        """Read."""
        return self.call("GET", path, **given)

    def post(self, path: str, **given: Any) -> Any:  # noqa: ANN401 - likewise
        """Change."""
        return self.call("POST", path, **given)

    def built(self, upload: str) -> str:
        """Wait until an upload is read; give the snapshot."""
        deadline = time.monotonic() + 180
        while True:
            state = self.get(f"/v1/staff/reports/{upload}")
            if state["state"] == "ready":
                return str(state["snapshot"])
            assert state["state"] in ("waiting", "building"), state
            assert time.monotonic() < deadline, state
            time.sleep(0.2)


def staff_routes(app: Any) -> list[Route]:  # noqa: ANN401 - FastAPI's own
    return [route for route in routes_of(app) if route.path.startswith(("/v1/staff", "/console"))]


@pytest.fixture
def walker(
    postgresql: str, bundled_index: Path, engine: Engine, embedder: Embedder, tmp_path: Path
) -> Iterator[Walker]:
    shutil.copytree(bundled_index, tmp_path / "index", symlinks=True)
    database = emptied(postgresql, tmp_path)
    assert database.kind == "postgresql"
    database.migrate()
    add_staff(database)
    given = Settings(
        index=tmp_path / "index", data=tmp_path / "data", rate="100000/second", login_rate="100000/second",
        request_seconds=120,
    )  # fmt: skip
    folder = IndexFolder(given.index, model=None, engine=engine, embedder=embedder)
    app = create_app(folder.load, settings=given, database=database, published=folder.published)
    with TestClient(app) as client:
        wait_until_ready(client)
        yield Walker(client, staff_routes(app), "admin")
    database.close()


def test_every_route_of_the_staff_works_on_postgresql(walker: Walker, engine: Engine, tmp_path: Path) -> None:
    walk_questions(walker)
    walk_curated(walker, engine)
    walk_console(walker, engine)
    walk_reports(walker, tmp_path / "index")
    walk_people(walker)
    every = {(method, route.path) for route in staff_routes(walker.client.app) for method in route.methods or ()}
    assert {one for one in every if one[0] != "HEAD"} - walker.walked == set()


def walk_questions(walker: Walker) -> None:
    asked = ["公司有遊艇嗎？", "公司有游艇吗", "What were the Scope 2 emissions in 2022?"]
    answers = [walker.client.post("/v1/ask", json={"question": text}).json()["id"] for text in asked]
    told = {"answer": answers[0], "helpful": False, "reason": "wrong_number", "comment": "數字\x00不對"}
    assert walker.client.post("/v1/feedback", json=told).status_code == 204
    deadline = time.monotonic() + 30
    while (listed := walker.get("/v1/staff/questions?since=2020-01-01"))["total"] < len(asked):
        assert time.monotonic() < deadline, "the questions were not kept"  # the recorder writes them in its own time
        time.sleep(0.1)
    assert listed["metrics"] == [{"metric": "ghg_scope_2", "questions": 1}]
    assert walker.get("/v1/staff/questions?words=遊艇&status=not_disclosed")["total"] == 2
    one = listed["questions"][0]["id"]
    walker.post(f"/v1/staff/questions/{one}/mark", json={"mark": "watch", "note": "often"})
    assert "艇" in walker.get("/v1/staff/questions/export?mark=watch").text
    assert walker.get("/v1/staff/feedback")["unhelpful"] == 1
    page = walker.get("/console/questions?status=not_disclosed").text
    assert "Different questions: 1 · times asked: 2" in page
    assert "Asked 2 times since" in walker.get(f"/console/questions/{one}").text
    walker.post("/console/questions", status=303, data={"mark": "done", "id": str(one)})
    assert walker.get("/v1/staff/questions?mark=done")["total"] == 2
    walker.post(f"/console/questions/{one}", status=303, data={"mark": "ignored", "note": "備註"})
    assert "visitor" in walker.post("/console/questions/export", data={"id": str(one)}).text


def walk_curated(walker: Walker, engine: Engine) -> None:
    passage = next(p for p in engine.snapshot.passages if p.kind == "prose" and p.edition == "en")
    given = {
        "texts": [{"language": "en", "question": "Is there a yacht?", "answer": "None."}],
        "passages": [{"passage_id": passage.id, "quote": passage.text[:10]}],
    }
    made = walker.call("POST", "/v1/staff/curated", status=201, json=given)
    path = f"/v1/staff/curated/{made['id']}"
    changed = walker.call("PUT", path, json={**given, "version": made["version"], "owner": "admin"})
    approved = walker.post(f"{path}/approve", json={"version": changed["version"]})
    assert walker.client.post("/v1/ask", json={"question": "is there a YACHT"}).json()["approved"]
    until = walker.post(f"{path}/expiry", json={"version": approved["version"], "expires_on": "2099-12-31"})
    assert walker.get(path)["expires_on"] == "2099-12-31"
    assert walker.get("/v1/staff/curated?words=yacht")["total"] == 1
    walker.post(f"{path}/retire", json={"version": until["version"]})
    walker.post(f"{path}/retire", status=409, json={"version": until["version"]})

    walker.get("/console/curated/new")
    sent = {"question:zh-Hant": "有遊艇嗎", "answer:zh-Hant": "沒有。", "passage": passage.id, "action": "save"}
    address = walker.post("/console/curated/new", status=303, data=sent).headers["location"]
    walker.get(f"{address}/edit")
    walker.post(f"{address}/edit", status=303, data={**sent, "version": "1"})
    walker.post(f"{address}/approve", status=303, data={"version": "2"})
    assert "沒有。" in walker.get(address).text
    walker.get(f"{address}/widget")
    walker.post(f"{address}/expiry", status=303, data={"version": "3", "expires_on": ""})
    walker.post(f"{address}/retire", status=303, data={"version": "4"})
    assert address in walker.get("/console/curated?state=retired&q=遊艇").text


def walk_console(walker: Walker, engine: Engine) -> None:
    walker.get("/console", status=303)
    walker.get("/console/ask?q=Scope 2 in 2022")
    walker.get("/console/reply?q=Scope 2 in 2022")
    walker.get("/console/figures?q=water")
    walker.get("/console/figures/line?report=6608-2022&key=kpi-environment.t1.r2")
    walker.get("/console/figures/export.csv")
    walker.get("/console/quality")
    walker.get("/console/quality/scorecard.html", status=404)
    walker.get("/console/settings")
    walker.get("/console/static/console.css")
    walker.get("/console/language/zh-Hant", status=303)
    walker.get("/console/language/en", status=303)
    walker.get("/console/sign-in", status=303)
    assert engine.snapshot.manifest.id in walker.get("/console/reports").text


def walk_reports(walker: Walker, index: Path) -> None:
    file = {"file": ("fern-2024.md", REPORT.encode())}
    before = next(held.id for held in held_snapshots(index) if held.live)
    first = walker.call("POST", "/v1/staff/reports", status=202, files=file)["id"]
    assert walker.get("/v1/staff/reports")["uploads"][0]["id"] == first
    built = walker.built(first)
    walker.get(f"/console/reports/{first}")
    walker.post(f"/v1/staff/reports/{first}/publish")
    assert {one["id"] for one in walker.get("/v1/staff/snapshots")["snapshots"]} == {before, built}
    walker.post(f"/v1/staff/snapshots/{before}/publish")
    second = walker.post("/console/reports", status=303, files=file).headers["location"]
    walker.built(second.rpartition("/")[2])
    walker.post(f"{second}/publish", status=303)
    walker.post(f"/console/snapshots/{before}/publish", status=303)


def walk_people(walker: Walker) -> None:
    assert len(walker.get("/v1/staff/accounts")["accounts"]) == 3
    walker.get("/console/accounts")
    assert "mei" in walker.post("/console/accounts", data={"name": "mei", "role": "reader"}).text
    walker.post("/console/accounts/mei", status=303, data={"role": "editor"})
    walker.post("/console/accounts/mei/password")
    assert {one["action"] for one in walker.get("/v1/staff/audit?limit=500")["changes"]} >= {
        *("account.add", "account.change", "account.password", "account.sign-in", "question.mark", "report.upload"),
        *("report.publish", "report.roll-back", "curated.create", "curated.edit", "curated.approve", "curated.retire"),
    }
    walker.get("/console/audit?who=admin&action=curated")
    assert walker.get("/v1/staff/me")["account"]["name"] == "admin"
    new = f"{PASSWORD} again"
    walker.get("/console/password")
    walker.post("/console/password", status=303, data={"present": PASSWORD, "new": new, "again": new})
    entered = {"name": "admin", "password": new}
    walker.post("/console/sign-in", status=303, data=entered)
    walker.csrf = {"X-CSRF-Token": walker.get("/v1/staff/me")["csrf_token"]}
    walker.call("POST", "/v1/staff/password", status=204, json={"present": new, "new": PASSWORD})
    walker.post("/v1/staff/login", json={"name": "admin", "password": PASSWORD})
    walker.csrf = {"X-CSRF-Token": walker.get("/v1/staff/me")["csrf_token"]}
    walker.call("POST", "/v1/staff/logout", status=204)
    walker.csrf = sign_in(walker.client, "editor")
    walker.post("/console/sign-out", status=303)
    walker.get("/v1/staff/me", status=401)
