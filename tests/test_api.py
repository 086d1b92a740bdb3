"""The HTTP service, through the real application over the bundled report."""

import json
import threading
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import structlog
from fastapi.testclient import TestClient

from api.app import create_app
from api.asker import browser_language
from api.opening import embedder_of
from api.problem import KINDS
from api.schemas import AnswerReply
from api.settings import Settings
from index.script import Language
from qa.answer import Answer, AnswerFigure, Citation, Input
from qa.engine import Engine

CONTRACT = {"id", "status", "reason", "language", "text", "figures", "citations", "notes", "snapshot"}
FIGURE = {"metric", "label", "breakdown", "value", "unit", "period", "formula", "inputs", "citation"}
CITATION = {"number", "report", "edition", "section", "page", "passage_id", "passage", "quote", "start", "end"}
SCOPE_2 = {
    "en": "What were Bairong's Scope 2 emissions in 2022?",
    "zh-Hant": "2022 年範疇二溫室氣體排放量是多少？",
    "zh-Hans": "2022 年范围二温室气体排放量是多少？",
}


def ask(client: TestClient, question: str, **given: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **given})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("language", SCOPE_2)
def test_a_question_gets_its_number_with_the_cell_it_stands_in(client: TestClient, language: str) -> None:
    answer = ask(client, SCOPE_2[language])
    assert answer["status"] == "answered"
    assert answer["language"] == language
    headline = answer["figures"][0]
    assert (headline["value"], headline["period"], headline["metric"]) == ("378.80", "2022", "ghg_scope_2")
    assert "378.80" in answer["citations"][headline["citation"] - 1]["quote"]


@pytest.mark.parametrize(
    "question", [*SCOPE_2.values(), "How many full-time employees in 2020?", "公司如何減少用水？", "今天天气怎么样？"]
)
def test_an_answer_has_every_key_of_the_contract(client: TestClient, question: str) -> None:
    answer = ask(client, question)
    assert answer.keys() >= CONTRACT
    assert all(figure.keys() >= FIGURE for figure in answer["figures"])
    assert all(citation.keys() >= CITATION for citation in answer["citations"])
    for citation in answer["citations"]:
        assert citation["passage"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_wire_carries_every_field_of_an_answer() -> None:
    schema = AnswerReply.model_json_schema()
    parts = schema["$defs"]
    assert set(schema["properties"]) == {*Answer.__dataclass_fields__, "approved"}
    assert set(parts["FigureReply"]["properties"]) == set(AnswerFigure.__dataclass_fields__)
    assert set(parts["CitationReply"]["properties"]) == set(Citation.__dataclass_fields__)
    assert set(parts["InputReply"]["properties"]) == set(Input.__dataclass_fields__)


def test_the_same_question_gets_the_same_bytes(client: TestClient) -> None:
    body = {"question": SCOPE_2["zh-Hant"]}
    assert client.post("/v1/ask", json=body).content == client.post("/v1/ask", json=body).content


def test_the_answer_is_written_in_the_language_asked_for(client: TestClient) -> None:
    answer = ask(client, SCOPE_2["en"], language="zh-Hans")
    assert answer["language"] == "zh-Hans"
    assert answer["figures"][0]["value"] == "378.80"


def test_a_script_both_write_alike_follows_the_browser(client: TestClient) -> None:
    for tag, expected in (("zh-CN", "zh-Hans"), ("zh-HK", "zh-Hant")):
        response = client.post("/v1/ask", json={"question": "2022 年用水"}, headers={"Accept-Language": tag})
        assert response.json()["language"] == expected


def test_a_dash_is_not_disclosed_over_http(client: TestClient) -> None:
    answer = ask(client, "How many full-time employees were there in 2020?")
    assert answer["status"] == "not_disclosed"
    assert answer["reason"] in ("other_period", "not_in_report")
    assert answer["figures"] == []


def test_history_lets_a_question_lean_on_an_earlier_one(client: TestClient) -> None:
    answer = ask(client, "And in 2021?", history=[SCOPE_2["en"]])
    assert [figure["value"] for figure in answer["figures"][:1]] == ["732.98"]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"question": ""}, 422, "question-empty"),
        ({"question": " \n\u3000"}, 422, "question-empty"),
        ({"question": "\u200b\u200b"}, 422, "question-empty"),
        ({}, 422, "question-empty"),
        ({"question": "水" * 501}, 422, "question-too-long"),
        ({"question": 5}, 422, "invalid-request"),
        ({"question": "?", "language": "fr"}, 422, "invalid-request"),
        ({"question": "?", "histroy": []}, 422, "invalid-request"),
        ({"question": "?", "history": ["水" * 501]}, 422, "invalid-request"),
        ({"question": "?", "history": ["水"] * 21}, 422, "invalid-request"),
        ([], 422, "invalid-request"),
        ({"question": "water", "report": "9999-1999"}, 404, "unknown-report"),
    ],
)
def test_a_mistaken_request_is_a_problem(client: TestClient, body: object, status: int, problem: str) -> None:
    response = client.post("/v1/ask", json=body)
    told = response.json()
    assert response.status_code == told["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"/problems/{problem}"
    assert told["instance"] == "/v1/ask"
    assert told["title"]
    assert told["detail"]


def test_500_characters_are_not_too_many(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"question": "水" * 500}).status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe", b"[" * 30000, b'{"question": ' + b"9" * 9000 + b"}", b""],
    ids=["cut off", "not UTF-8", "deeply nested", "huge number", "nothing"],
)
def test_a_body_that_is_no_json_is_a_problem(client: TestClient, content: bytes) -> None:
    response = client.post("/v1/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_half_a_surrogate_pair_is_a_problem(client: TestClient) -> None:
    response = client.post("/v1/ask", content=rb'{"question": "\ud83d"}', headers={"Content-Type": "application/json"})
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("body", "accept", "expected"),
    [
        ({"question": "水" * 501, "language": "en"}, "zh-HK", "A question may have up to 500 characters"),
        ({"question": "碳排放" * 200}, "", "問題最多 500 個字元"),
        ({"question": "温室气体" * 200}, "en", "问题最多 500 个字符"),
        ({"question": "why " * 200}, "zh-CN", "A question may have up to 500 characters"),
        ({"question": ""}, "fr, zh-TW;q=0.8, en;q=0.2", "請輸入 1 至 500 個字元的問題"),
        ({"question": ""}, "zh-CN", "请输入 1 至 500 个字符的问题"),
        ({"question": ""}, "fr", "Please type a question"),
    ],
)
def test_a_problem_is_told_in_the_askers_language(
    client: TestClient, body: dict[str, str], accept: str, expected: str
) -> None:
    response = client.post("/v1/ask", json=body, headers={"Accept-Language": accept})
    assert expected in response.json()["detail"]


def test_an_unknown_report_is_told_in_the_questions_script(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "员工流失率是多少？", "report": "none"})
    assert "没有编号为 none 的报告" in response.json()["detail"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh", "zh-Hans"),
        ("zh-Hant-TW", "zh-Hant"),
        ("yue-HK", "zh-Hant"),
        ("en-GB;q=0.3, zh-SG;q=0.4", "zh-Hans"),
        ("en;q=0", None),
        ("zhx", None),
        ("*, ;;;q=q", None),
    ],
)
def test_the_browser_names_a_language(header: str, language: Language | None) -> None:
    assert browser_language(header) == language


def test_every_problem_speaks_three_languages() -> None:
    for kind in KINDS.values():
        for words in (kind.title, kind.detail):
            assert list(words) == list(get_args(Language))
            assert len(set(words.values())) > 1


def test_a_problems_address_says_what_it_means(client: TestClient) -> None:
    told = client.get("/problems/question-too-long").json()
    assert told["status"] == 422
    assert told["title"]["zh-Hant"] == "問題過長"
    assert client.get("/problems/none").status_code == 404


def test_a_large_body_is_refused_before_it_is_read(client: TestClient) -> None:
    body = json.dumps({"question": "水", "history": ["x" * 70000]}).encode()

    def chunks() -> Iterator[bytes]:
        yield from (body[n : n + 1000] for n in range(0, len(body), 1000))

    for content in (body, chunks()):
        response = client.post("/v1/ask", content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 413
        assert response.json()["type"] == "/problems/too-large"


def test_wrong_addresses_and_methods_are_problems(client: TestClient) -> None:
    nowhere, wrong = client.get("/v1/nothing"), client.get("/v1/ask")
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "/problems/not-found")
    assert (wrong.status_code, wrong.json()["type"]) == (405, "/problems/method-not-allowed")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("accept", "title"),
    [("en", "There is nothing at this address"), ("zh-HK", "此網址沒有內容"), ("zh-CN", "此网址没有内容")],
)
def test_a_reader_who_opens_a_wrong_address_gets_a_page(client: TestClient, accept: str, title: str) -> None:
    opened = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": accept}
    response = client.get("/nowhere/<script>alert(1)</script>", headers=opened)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert f"<h1>{title}</h1>" in response.text
    assert "<script" not in response.text
    assert client.get("/v1/nowhere", headers=opened).headers["content-type"] == "application/problem+json"


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for response in (client.get("/"), client.get("/healthz"), client.get("/nowhere"), client.post("/v1/ask", json={})):
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-request-id"]


def test_search_gives_passages_with_both_ranks(client: TestClient) -> None:
    body = client.get("/v1/search", params={"q": "用水量", "k": 5}).json()
    assert len(body["hits"]) == 5
    assert {"passage", "score", "dense_rank", "sparse_rank"} <= body["hits"][0].keys()
    assert {hit["passage"]["report"] for hit in body["hits"]} == {"6608-2022"}
    assert any(hit["dense_rank"] for hit in body["hits"])
    assert any(hit["sparse_rank"] for hit in body["hits"])


def test_search_keeps_to_a_language_and_a_report(client: TestClient) -> None:
    hits = client.get("/v1/search", params={"q": "water", "language": "en", "report": "6608-2022"}).json()["hits"]
    assert {hit["passage"]["edition"] for hit in hits} == {"en"}
    assert client.get("/v1/search", params={"q": "water", "report": "none"}).status_code == 404


@pytest.mark.parametrize(("year", "found"), [(2022, True), (2021, False)])
def test_search_keeps_to_a_reporting_year(client: TestClient, year: int, found: bool) -> None:
    assert bool(client.get("/v1/search", params={"q": "water", "year": year}).json()["hits"]) is found


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "水" * 501}, {"q": "water", "k": 0}, {"q": "water", "k": "many"}]
)
def test_a_mistaken_search_is_a_problem(client: TestClient, query: dict[str, str]) -> None:
    assert client.get("/v1/search", params=query).status_code == 422


@pytest.mark.parametrize("metric", ["ghg_scope_2", "範疇二", "范围二", "Scope 2 GHG emissions"])
def test_figures_are_found_by_key_and_by_name(client: TestClient, metric: str) -> None:
    body = client.get("/v1/figures", params={"metric": metric, "period": "2022", "language": "en"}).json()
    assert "378.80" in {figure["digits"] for figure in body["figures"]}
    assert {figure["period"] for figure in body["figures"]} == {"2022"}
    assert {figure["edition"] for figure in body["figures"]} == {"en"}


def test_a_dash_has_no_value(client: TestClient) -> None:
    body = client.get("/v1/figures", params={"metric": "full_time_employees", "period": "2020"}).json()
    totals = [figure for figure in body["figures"] if not figure["members"]]
    assert totals
    assert {(figure["disclosure"], figure["value"]) for figure in totals} == {("not_disclosed", None)}


def test_figures_come_in_pages(client: TestClient) -> None:
    everything = client.get("/v1/figures", params={"limit": 1000}).json()
    second = client.get("/v1/figures", params={"limit": 10, "offset": 10}).json()
    assert everything["total"] == second["total"] > 100
    assert second["figures"] == everything["figures"][10:20]


def test_every_figure_stands_in_its_passage(client: TestClient) -> None:
    figures = client.get("/v1/figures", params={"limit": 1000, "language": "zh-Hant"}).json()["figures"]
    for figure in figures[::25]:
        passage = client.get(f"/v1/passages/{figure['passage_id']}").json()
        assert figure["digits"] in passage["text"]


def test_reports_say_what_was_read(client: TestClient, engine: Engine) -> None:
    body = client.get("/v1/reports").json()
    (report,) = body["reports"]
    assert (report["id"], report["stock_code"], report["year"]) == ("6608-2022", "6608.HK", 2022)
    assert {edition["language"] for edition in report["editions"]} == {"en", "zh-Hant"}
    assert all(edition["summary"]["tables"] > 0 for edition in report["editions"])
    assert body["snapshot"] == engine.snapshot.manifest.id


def test_a_passage_names_its_counterparts(client: TestClient) -> None:
    found = client.get("/v1/search", params={"q": "用水量", "language": "zh-Hant"}).json()["hits"][0]["passage"]
    passage = client.get(f"/v1/passages/{found['id']}").json()
    assert {key: passage[key] for key in found} == found
    (other,) = passage["counterparts"]
    assert client.get(f"/v1/passages/{other}").json()["edition"] == "en"


@pytest.mark.parametrize("name", ["none", "../../etc/passwd", "%2e%2e/%00", "a/b/c"])
def test_an_unknown_passage_is_a_problem(client: TestClient, name: str) -> None:
    response = client.get(f"/v1/passages/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_until_the_index_is_loaded_the_service_is_alive_but_not_ready(engine: Engine) -> None:
    loaded = threading.Event()

    def load() -> Engine:
        loaded.wait(30)
        return engine

    with TestClient(create_app(load, settings=Settings())) as starting:
        assert starting.get("/healthz").status_code == 200
        for response in (starting.get("/readyz"), starting.post("/v1/ask", json={"question": "water?"})):
            assert response.status_code == 503
            assert response.json()["type"] == "/problems/not-ready"
            assert response.headers["retry-after"]
        loaded.set()


def test_a_failed_load_stays_not_ready() -> None:
    def load() -> Engine:
        raise OSError("no such disk")

    with structlog.testing.capture_logs() as logs, TestClient(create_app(load, settings=Settings())) as broken:
        assert broken.get("/readyz").status_code == 503
    assert "index_failed" in {entry["event"] for entry in logs}


def test_an_unforeseen_error_is_a_problem_that_tells_nothing_and_logs_no_question(engine: Engine) -> None:
    class Broken(Engine):
        def ask(self, question: str, **_: object) -> Answer:
            raise RuntimeError(f"cannot read {question}")

    broken = Broken(engine.snapshot, embedder_of(None))
    with (
        structlog.testing.capture_logs() as logs,
        TestClient(create_app(lambda: broken, settings=Settings())) as client,
    ):
        while client.get("/readyz").status_code != 200:
            pass
        response = client.post("/v1/ask", json={"question": "secret question"}, headers={"X-Request-ID": "abc-1"})
    assert response.status_code == 500
    assert response.headers["x-request-id"] == "abc-1"
    assert response.headers["content-security-policy"]
    assert "secret" not in response.text
    assert "secret" not in json.dumps(logs)
    assert [entry["request_id"] for entry in logs if entry["event"] == "failure"] == ["abc-1"]


def test_questions_are_not_logged(client: TestClient) -> None:
    with structlog.testing.capture_logs() as logs:
        client.post("/v1/ask", json={"question": "secret question"})
        client.get("/v1/search", params={"q": "secret words"})
        client.get("/v1/passages/secret-passage")
        client.get("/secret/page")
    assert [entry["route"] for entry in logs] == ["/v1/ask", "/v1/search", "/v1/passages/{id}", "other"]
    assert "secret" not in json.dumps(logs)


def test_many_may_ask_at_once(client: TestClient) -> None:
    expected = {question: client.post("/v1/ask", json={"question": question}).content for question in SCOPE_2.values()}
    wrong: list[str] = []

    def keep_asking() -> None:
        for question, content in list(expected.items()) * 5:
            if client.post("/v1/ask", json={"question": question}).content != content:
                wrong.append(question)

    threads = [threading.Thread(target=keep_asking) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_openapi_describes_the_contract_with_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    operation = described["paths"]["/v1/ask"]["post"]
    question = described["components"]["schemas"]["Question"]
    assert len(question["examples"]) == 3
    assert {"200", "400", "404", "413", "422", "503"} <= operation["responses"].keys()
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    AnswerReply.model_validate(example)
    for citation in example["citations"]:
        assert citation["passage"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_example_in_openapi_is_what_the_service_answers(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    example = described["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    answer = ask(client, SCOPE_2["en"])
    assert example["figures"][0]["value"] == answer["figures"][0]["value"]
    assert example.keys() == answer.keys()


def test_the_pages_files_may_be_kept(client: TestClient) -> None:
    html = client.get("/")
    assert html.headers["cache-control"] == "no-cache"
    assert client.get("/", headers={"If-None-Match": html.headers["etag"]}).status_code == 304
    script = next(part.split('"')[0] for part in html.text.split('src="') if part.startswith("/static/ask.js"))
    assert "immutable" in client.get(script).headers["cache-control"]
    assert client.get("/static/ask.js").headers["cache-control"] == "no-cache"
    assert client.get("/static/index.html").status_code == 404
    assert client.get("/static/..%2fapp.py").status_code == 404


@pytest.mark.parametrize(
    ("accept", "words", "link"),
    [
        ("en", "The address may be mistyped", "Ask the ESG report"),
        ("zh-HK", "網址可能有誤", "向 ESG 報告提問"),
        ("zh-CN", "网址可能有误", "向 ESG 报告提问"),
    ],
)
def test_a_person_who_mistypes_an_address_is_led_on_and_a_program_is_told_of_the_description(
    client: TestClient, accept: str, words: str, link: str
) -> None:
    person = client.get("/esg/raport", headers={"Accept": "text/html", "Accept-Language": accept})
    assert person.status_code == 404
    assert words in person.text
    assert f'<a href="/">{link}</a>' in person.text
    assert "openapi" not in person.text
    assert "X-Request-ID" not in person.text
    program = client.get("/esg/raport", headers={"Accept-Language": accept})
    assert program.headers["content-type"] == "application/problem+json"
    assert "/openapi.json" in program.json()["detail"]
    console = client.get("/console/nowhere", headers={"Accept-Language": accept}).text
    assert words in console
    assert "openapi" not in console


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/widget.js", "/v1/reports", "/console/sign-in", "/nowhere"]
)
def test_a_head_is_answered_like_a_get_without_a_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == str(len(get.content)) or "content-encoding" in get.headers
