"""The staff's routes: what visitors asked and said, curated answers, who changed what, what is counted."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.store.curated import MAX_ANSWER, MAX_CURATED, MAX_PHRASINGS
from api.store.database import Database
from api.store.questions import Asked, keep_questions
from index.script import LANGUAGES
from qa.engine import Engine
from tests.conftest import sign_in

Serve = Callable[..., TestClient]
ASKED = Asked(
    text="2022 年範疇二溫室氣體排放量是多少？",
    language="zh-Hant",
    report="",
    status="answered",
    reason=None,
    metrics=("ghg_scope_2",),
    answer_id="a" * 16,
    snapshot="s1",
    approved=False,
    at=datetime(2026, 3, 1, tzinfo=UTC),
)
pytestmark = pytest.mark.usefixtures("staff")


def curated(engine: Engine, **given: object) -> dict[str, Any]:
    passage = next(p for p in engine.snapshot.passages if p.kind == "prose" and p.edition == "en")
    return {
        "texts": [{"language": "en", "question": "Is there a tree policy?", "answer": "There is."}],
        "passages": [{"passage_id": passage.id, "quote": passage.text[:10]}],
        **given,
    }


def test_questions_are_listed_marked_and_exported(serve: Serve, database: Database) -> None:
    with database.session() as session:
        keep_questions(session, [ASKED])
    client = serve()
    csrf = sign_in(client, "editor")
    listed = client.get("/v1/staff/questions", params={"words": "范畴二", "since": "2026-02-28T00:00:00"}).json()
    assert listed["total"] == 1
    assert listed["metrics"] == [{"metric": "ghg_scope_2", "questions": 1}]
    (question,) = listed["questions"]
    assert (question["text"], question["mark"]) == (ASKED.text, "new")
    path = f"/v1/staff/questions/{question['id']}/mark"
    marked = client.post(path, json={"mark": "watch", "note": "often"}, headers=csrf).json()
    assert (marked["mark"], marked["marked_by"], marked["note"]) == ("watch", "editor", "often")
    exported = client.get("/v1/staff/questions/export", params={"mark": "watch"})
    assert exported.headers["content-disposition"] == 'attachment; filename="visitors.jsonl"'
    assert [json.loads(line)["question"] for line in exported.text.splitlines()] == [ASKED.text]
    assert client.get("/v1/staff/questions", params={"mark": "done"}).json()["total"] == 0


@pytest.mark.parametrize("moment", ["594", "0", "1.5e9", "", "yesterday"])
def test_a_bare_number_is_no_day(serve: Serve, moment: str) -> None:
    client = serve()
    csrf = sign_in(client, "editor")
    for path in ("questions", "questions/export"):
        refused = client.get(f"/v1/staff/{path}", params={"until": moment}, headers={"Accept-Language": "en"})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "until")
    days: tuple[object, ...] = (moment, 86_400)
    for day in days:
        refused = client.post("/v1/staff/curated/1/expiry", json={"version": 1, "expires_on": day}, headers=csrf)
        assert refused.json()["errors"] == [{"pointer": "#/expires_on", "detail": "must be a date such as 2026-12-31"}]


def test_feedback_reaches_the_staff(serve: Serve) -> None:
    client = serve()
    answer = client.post("/v1/ask", json={"question": "水"}).json()["id"]
    given = {"answer": answer, "helpful": False, "reason": "wrong_number", "comment": " 數字不對 "}
    assert client.post("/v1/feedback", json=given).status_code == 204
    assert client.post("/v1/feedback", json={"answer": answer, "helpful": True}).status_code == 204
    sign_in(client, "reader")
    said = client.get("/v1/staff/feedback", params={"answer": answer, "helpful": False}).json()
    assert (said["helpful"], said["unhelpful"]) == (1, 1)
    (entry,) = said["feedback"]
    assert (entry["reason"], entry["comment"]) == ("wrong_number", "數字不對")


@pytest.mark.parametrize(
    "given",
    [
        {"answer": "a" * 16},
        {"answer": "../" * 5, "helpful": True},
        {"answer": "A" * 16, "helpful": True},
        {"answer": "a" * 16, "helpful": True, "reason": "because"},
        {"answer": "a" * 16, "helpful": True, "comment": "x" * 501},
        {"answer": "a" * 16, "helpful": True, "address": "me"},
        {"answer": "a" * 16, "helpful": 1},
        {"answer": "a" * 16, "helpful": "true"},
        {"answer": 1234567890123456, "helpful": True},
        [],
    ],
)
def test_feedback_that_makes_no_sense_is_refused(serve: Serve, given: object) -> None:
    assert serve().post("/v1/feedback", json=given).status_code == 422


def test_a_curated_answer_goes_from_draft_to_the_visitor_and_away(serve: Serve, engine: Engine) -> None:
    client = serve()
    csrf = sign_in(client, "editor")

    def visitor() -> Any:  # noqa: ANN401 - JSON
        return client.post("/v1/ask", json={"question": "is there a TREE policy"}).json()

    def step(path: str, **given: object) -> dict[str, Any]:
        response = client.post(f"/v1/staff/curated/{made['id']}/{path}", json=given, headers=csrf)
        assert response.status_code == 200, response.text
        changed: dict[str, Any] = response.json()
        return changed

    created = client.post("/v1/staff/curated", json=curated(engine), headers=csrf)
    assert created.status_code == 201
    made = created.json()
    assert (made["state"], made["owner"], made["report"]) == ("draft", "editor", "6608-2022")
    assert visitor()["approved"] is None
    assert step("approve", version=1)["approved_by"] == "editor"
    assert visitor()["text"] == "There is."
    edited = client.put(
        f"/v1/staff/curated/{made['id']}", json={**curated(engine, owner="mei"), "version": 2}, headers=csrf
    ).json()
    assert (edited["state"], edited["owner"]) == ("draft", "mei")
    assert visitor()["approved"] is None
    assert step("approve", version=3)["state"] == "approved"
    assert step("expiry", version=4, expires_on="2020-01-01")["expires_on"] == "2020-01-01"
    assert visitor()["approved"] is None
    assert step("retire", version=5)["state"] == "retired"
    assert client.get(f"/v1/staff/curated/{made['id']}").json()["version"] == 6
    assert client.get("/v1/staff/curated", params={"state": "retired", "words": "tree"}).json()["total"] == 1


@pytest.mark.parametrize(
    ("path", "given", "told"),
    [
        ("curated/1/approve", {"version": "1"}, "#/version must be a whole number"),
        ("curated/1/approve", {"version": 1.5}, "#/version must be a whole number"),
        ("curated/1/approve", {"version": True}, "#/version must be a whole number"),
        ("curated/1/expiry", {"version": 1, "expires_on": 20261231}, "#/expires_on must be a date"),
        ("login", {"name": "reader", "password": 5}, "#/password must be a string"),
        ("questions/1/mark", {"mark": "done", "note": 5}, "#/note must be a string"),
    ],
)
def test_a_value_of_another_type_is_refused(serve: Serve, path: str, given: dict[str, object], told: str) -> None:
    client = serve()
    refused = client.post(f"/v1/staff/{path}", json=given, headers=sign_in(client, "editor"))
    assert refused.status_code == 422
    assert told in refused.json()["detail"]


def test_the_longest_curated_answer_is_taken(serve: Serve, engine: Engine) -> None:
    client = serve()
    texts = [{"language": one, "question": "問" * 500, "answer": "答" * MAX_ANSWER} for one in LANGUAGES]
    phrasings = [f"{n}{'問' * 490}" for n in range(MAX_PHRASINGS)]
    sent = {**curated(engine), "texts": texts, "phrasings": phrasings}
    assert 64 * 1024 < len(json.dumps(sent)) < MAX_CURATED
    made = client.post("/v1/staff/curated", json=sent, headers=sign_in(client, "editor"))
    assert made.status_code == 201
    assert made.json()["texts"][1]["answer"] == "答" * MAX_ANSWER


@pytest.mark.parametrize(
    ("given", "status", "kind"),
    [
        ({"texts": []}, 422, "invalid-request"),
        ({"passages": [{"passage_id": "none"}]}, 404, "unknown-passage"),
        ({"report": "none"}, 404, "unknown-report"),
        ({"texts": [{"language": "en", "question": "?", "answer": "x"}]}, 422, "incomplete"),
    ],
)
def test_a_curated_answer_that_lacks_something_is_refused(
    serve: Serve, engine: Engine, given: dict[str, object], status: int, kind: str
) -> None:
    client = serve()
    csrf = sign_in(client, "editor")
    refused = client.post("/v1/staff/curated", json=curated(engine, **given), headers=csrf)
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{kind}")


def test_a_quote_must_stand_in_its_passage(serve: Serve, engine: Engine) -> None:
    client = serve()
    csrf = sign_in(client, "editor")
    given = curated(engine)
    given["passages"][0]["quote"] = "words that no report holds"
    assert client.post("/v1/staff/curated", json=given, headers=csrf).json()["type"] == "/problems/incomplete"


def test_a_change_to_what_someone_else_changed_is_refused(serve: Serve, engine: Engine) -> None:
    client = serve()
    csrf = sign_in(client, "editor")
    made = client.post("/v1/staff/curated", json=curated(engine), headers=csrf).json()
    path = f"/v1/staff/curated/{made['id']}"
    assert client.put(path, json={**curated(engine), "version": 1}, headers=csrf).status_code == 200
    for refused in (
        client.put(path, json={**curated(engine), "version": 1}, headers=csrf),
        client.post(f"{path}/approve", json={"version": 1}, headers=csrf),
    ):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/changed-meanwhile")


def test_the_log_names_who_changed_what(serve: Serve, engine: Engine) -> None:
    client = serve()
    csrf = sign_in(client, "editor")
    client.post("/v1/staff/curated", json=curated(engine), headers=csrf)
    sign_in(client, "admin")
    (change,) = client.get("/v1/staff/audit", params={"action": "curated", "who": "editor"}).json()["changes"]
    assert (change["action"], change["subject"], change["before"]) == ("curated.create", "curated answer 1", None)
    assert change["after"]["texts"]["en"]["answer"] == "There is."
    assert {each["name"] for each in client.get("/v1/staff/accounts").json()["accounts"]} == {
        *("reader", "editor", "admin")
    }


def test_what_the_staff_sees_is_kept_by_no_cache(serve: Serve) -> None:
    client = serve()
    assert client.get("/v1/staff/me").headers["cache-control"] == "no-store"
    sign_in(client, "reader")
    for path in ("me", "questions", "feedback", "curated"):
        assert client.get(f"/v1/staff/{path}").headers["cache-control"] == "no-store"


def test_counts_are_for_this_machine_or_for_the_token(serve: Serve) -> None:
    assert serve().get("/metrics").status_code == 404  # the test's client has no address of this machine
    client = serve(metrics_token="secret-token")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    client.post("/v1/ask", json={"question": "2022 年範疇二溫室氣體排放量是多少？"})
    client.get("/v1/passages/secret-passage")
    counted = client.get("/metrics", headers={"Authorization": "Bearer secret-token"})
    assert counted.status_code == 200
    assert 'esg_qa_requests_total{method="POST",route="/v1/ask",status="200"}' in counted.text
    assert 'esg_qa_answers_total{approved="false",language="zh-Hant",reason="",status="answered"}' in counted.text
    assert "secret-passage" not in counted.text
    assert "esg_qa_request_seconds_bucket" in counted.text


def test_counts_are_given_to_this_machine_unless_a_proxy_asks(serve: Serve) -> None:
    client = serve()
    local = TestClient(client.app, client=("127.0.0.1", 5000))
    assert local.get("/metrics").status_code == 200
    assert local.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
