"""A running service is scored by the answers it sends over HTTP, which are the engine's own."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from api.schemas import AnswerReply
from eval.service import Service, ServiceFailed, read_answer

if TYPE_CHECKING:
    from qa.engine import Engine

PROBLEM = {"status": 422, "title": "Invalid", "detail": "A question is empty."}


@pytest.fixture(scope="module")
def url(engine: "Engine") -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(200, b'{"status": "ready"}')

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if asked["question"] == "?":
                self.reply(422, json.dumps(PROBLEM).encode())
            elif asked["question"] == "page":
                self.reply(200, b"<html>")
            else:
                answer = engine.ask(asked["question"], history=asked["history"], language=asked["language"])
                self.reply(200, AnswerReply.model_validate(answer).model_dump_json().encode())

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("What were Scope 2 emissions in 2022?", ()),
        ("By what percentage did Scope 2 emissions change from 2021 to 2022?", ()),
        ("那 2021 年呢？", ("2022 年範圍二排放是多少？",)),
        ("How many full-time employees were there in 2020?", ()),
    ],
)
def test_an_answer_over_http_is_the_engine_s_own(
    url: str, engine: "Engine", question: str, history: tuple[str, ...]
) -> None:
    service = Service(url)
    service.check()
    assert service.ask(question, history=history) == engine.ask(question, history=history)


def test_what_a_service_refuses_or_sends_instead_is_told(url: str) -> None:
    with pytest.raises(ServiceFailed, match="/v1/ask: 422 A question is empty"):
        Service(url).ask("?")
    with pytest.raises(ServiceFailed, match="sent no JSON"):
        Service(url).ask("page")
    with pytest.raises(ServiceFailed, match="cannot be reached"):
        Service("http://127.0.0.1:9", timeout=2).check()
    with pytest.raises(ServiceFailed, match=r"expected an address such as http://127.0.0.1:8000"):
        Service("file:///etc/hosts")


@pytest.mark.parametrize("body", [None, [], {}, {"id": "1", "status": "answered"}])
def test_json_that_is_no_answer_is_told(body: object) -> None:
    with pytest.raises(ServiceFailed, match="what is no answer"):
        read_answer(body)
