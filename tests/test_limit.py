"""What keeps the public routes standing: rates, sizes, times, and sites that may ask."""

import asyncio
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.guard import ForeignCharset, Guard, SlowToSend, TooLarge, TooSlow
from api.limit import PAGES, BadRate, Limiter, TooMany, read_rate
from api.settings import Settings
from api.store.database import Database
from qa.answer import Answer
from qa.engine import Engine
from tests.conftest import wait_until_ready

Serve = Callable[..., TestClient]
SITE = "https://ir.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A server of a test's own."""

    url: str
    process: "subprocess.Popen[bytes]"


def ask(client: TestClient, question: str = "水", **headers: str) -> Response:
    response: Response = client.post("/v1/ask", json={"question": question}, headers=headers)  # type: ignore[assignment]  # httpx's
    return response


@pytest.mark.parametrize(
    ("question", "accept", "words"),
    [
        ("用水量是多少？", "en", "秒後再試"),
        ("水", "zh-CN", "秒后再试"),
        ("How much water?", "zh-HK", "Please try again in"),
    ],
)
def test_too_many_requests_are_refused_in_the_askers_language(
    serve: Serve, question: str, accept: str, words: str
) -> None:
    client = serve(rate="2/minute")
    for _ in range(2):
        assert ask(client).status_code == 200
    refused = client.post("/v1/ask", json={"question": question}, headers={"Accept-Language": accept})
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/too-many"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert words in refused.json()["detail"]
    assert client.get("/v1/reports").status_code == 429
    for path in ("/healthz", "/readyz", "/"):
        assert client.get(path).status_code == 200


def test_every_route_is_under_a_limit_but_for_those_that_keep_the_service_in_place(serve: Serve) -> None:
    described = serve().get("/openapi.json").json()["paths"]
    uncounted = set()
    for path in [*described, "/", "/demo", "/widget.js", "/static/ask.js", "/problems/too-many", "/openapi.json"]:
        client = serve(rate="1/minute")
        address = re.sub(r"{\w+}", "x", path)
        codes = [client.get(address).status_code for _ in range(PAGES + 1)]
        if 429 not in codes:
            uncounted.add(path)
        elif path == "/demo" or (path.startswith("/v1/") and not path.startswith("/v1/staff/")):
            assert codes[1] == 429, path
        else:
            assert codes.index(429) == PAGES, path
    assert uncounted == {"/healthz", "/readyz"}


@pytest.mark.parametrize(
    "path", ["/console", "/console/sign-in", "/console/static/console.css", "/metrics", "/nowhere"]
)
def test_pages_and_the_staffs_routes_are_limited_more_widely_than_questions(serve: Serve, path: str) -> None:
    client = serve(rate="1/minute")
    ask(client)
    assert ask(client).status_code == 429
    codes = [client.get(path, follow_redirects=False).status_code for _ in range(PAGES + 1)]
    assert 429 not in codes[:PAGES]
    assert codes[PAGES] == 429


def test_each_address_is_counted_by_itself(serve: Serve) -> None:
    client = serve(rate="1/minute", trusted_proxies=1)
    for address in ("203.0.113.1", "203.0.113.2"):
        assert ask(client, **{"X-Forwarded-For": address}).status_code == 200
    for spoofed in ("203.0.113.1", "198.51.100.9, 203.0.113.1"):
        assert ask(client, **{"X-Forwarded-For": spoofed}).status_code == 429


def test_an_untrusted_header_opens_no_way_around_the_limit(serve: Serve) -> None:
    client = serve(rate="1/minute")
    statuses = [ask(client, **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]
    assert statuses == [200, 429, 429]


@pytest.mark.parametrize("content", [b"[" * 5000, b"\xff", b"[1]", b""])
def test_a_refusal_reads_no_sense_into_a_body_without_any(serve: Serve, content: bytes) -> None:
    client = serve(rate="1/minute")
    ask(client)
    assert client.post("/v1/ask", content=content).status_code == 429


def test_a_rate_that_cannot_be_read_is_told() -> None:
    with pytest.raises(BadRate, match="expected a rate such as 60/minute"):
        read_rate("often")


def test_when_redis_is_away_requests_are_counted_here() -> None:
    limiter = Limiter("redis://127.0.0.1:1/0")
    rate = read_rate("1/minute")
    with structlog.testing.capture_logs() as logs:
        limiter.count(rate, "a")
        with pytest.raises(TooMany):
            limiter.count(rate, "a")
    assert [entry["event"] for entry in logs] == ["limit_store_failed"]


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """A real Redis, which a test may stop."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server: apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [server, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(int(port), process)
        yield Redis(url=f"redis://127.0.0.1:{port}/0", process=process)
    finally:
        process.terminate()
        process.wait(30)


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("redis-server did not start")


def test_workers_that_share_redis_share_the_limit(redis_server: Redis) -> None:
    workers = [Limiter(redis_server.url) for _ in range(3)]
    rate = read_rate("3/minute")
    for limiter in workers:
        limiter.count(rate, "public", "203.0.113.1")
    for limiter in workers:
        with pytest.raises(TooMany) as refused:
            limiter.count(rate, "public", "203.0.113.1")
        assert 1 <= refused.value.seconds <= 60
    workers[0].count(rate, "public", "203.0.113.2")
    workers[0].count(rate, "login", "203.0.113.1")


def test_services_that_share_redis_refuse_together(serve: Serve, redis_server: Redis) -> None:
    first, second = (serve(rate="2/minute", redis_url=redis_server.url) for _ in range(2))
    assert [ask(client).status_code for client in (first, second, first, second)] == [200, 200, 429, 429]


def test_when_redis_dies_each_worker_counts_for_itself(redis_server: Redis) -> None:
    limiter, rate = Limiter(redis_server.url), read_rate("1/minute")
    limiter.count(rate, "a")
    redis_server.process.terminate()
    redis_server.process.wait(30)
    with structlog.testing.capture_logs() as logs:
        limiter.count(rate, "a")  # what Redis had counted is gone with it
        with pytest.raises(TooMany):
            limiter.count(rate, "a")
    assert [entry["event"] for entry in logs] == ["limit_store_failed"]


def test_pages_of_the_sites_that_were_named_may_ask(serve: Serve) -> None:
    client = serve(origins=f"{SITE}, https://www.example.com/")
    preflight = client.options(
        "/v1/ask",
        headers={
            "Origin": SITE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,accept-language",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in preflight.headers
    answered = ask(client, Origin="https://www.example.com")
    assert answered.headers["access-control-allow-origin"] == "https://www.example.com"
    assert "Retry-After" in answered.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in ask(client, Origin="https://evil.example").headers


def test_a_refusal_can_be_read_by_the_page_that_asked(serve: Serve) -> None:
    client = serve(origins=SITE, rate="1/minute")
    ask(client, Origin=SITE)
    refused = ask(client, Origin=SITE)
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == SITE


def test_no_other_site_is_told_what_the_staff_sees(serve: Serve) -> None:
    client = serve(origins="*")
    assert ask(client, Origin="https://any.example").headers["access-control-allow-origin"] == "*"
    for path in ("/v1/staff/me", "/v1/staff/questions", "/"):
        assert "access-control-allow-origin" not in client.get(path, headers={"Origin": SITE}).headers


def test_without_setting_no_other_site_may_ask(client: TestClient) -> None:
    assert "access-control-allow-origin" not in ask(client, Origin=SITE).headers


def test_an_answer_that_takes_too_long_is_given_up_in_time(engine: Engine, database: Database) -> None:
    go_on = threading.Event()

    class Slow(Engine):
        def ask(self, question: str, **_: object) -> Answer:
            go_on.wait(30)
            return engine.ask(question)

    slow = Slow(engine.snapshot, engine._embedder)
    settings = Settings(request_seconds=0.5)
    with TestClient(create_app(lambda: slow, settings=settings, database=database)) as client:
        wait_until_ready(client)
        response = client.post("/v1/ask", json={"question": "用水量"})
        go_on.set()
    assert response.status_code == 503
    assert response.json()["type"] == "/problems/took-too-long"
    assert "稍後再試" in response.json()["detail"]
    assert response.headers["retry-after"]


def call_guard(
    guard: Guard, *, path: str = "/", headers: dict[str, str] | None = None, **body: object
) -> list[Message]:
    """Send one POST through a guard; `chunks` come one by one, `pause` waits before the first."""
    sent: list[Message] = []
    chunks = iter(body.get("chunks", [b""]))  # type: ignore[call-overload]  # a list of bytes

    async def receive() -> Message:
        await asyncio.sleep(float(body.get("pause", 0)))  # type: ignore[arg-type]  # a number
        chunk = next(chunks, None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
        "query_string": b"",
    }
    asyncio.run(guard(scope, receive, send))
    return sent


async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads its body to the end."""
    while (await receive()).get("more_body"):
        pass
    await Response(status_code=204)(scope, receive, send)


async def tell(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": type(error).__name__}, status_code=400)


@pytest.mark.parametrize(
    ("path", "chunks", "headers", "error"),
    [
        ("/", [b"x" * 90], {}, None),
        ("/", [b"x" * 60] * 2, {}, TooLarge),
        ("/", [b""], {"content-length": "101"}, TooLarge),
        ("/", [b""], {"content-length": "9" * 5000}, TooLarge),
        ("/form/7/edit", [b"x" * 100] * 2, {}, None),
        ("/form/7/edit", [b"x" * 100] * 3, {}, TooLarge),
        ("/form/7/edit", [b""], {"content-length": "201"}, TooLarge),
        ("/upload", [b"x" * 600], {}, None),
        ("/upload", [b"x" * 600] * 2, {}, TooLarge),
        ("/upload", [b""], {"content-length": "1001"}, TooLarge),
    ],
)
def test_a_body_may_be_as_large_as_its_path_allows(
    path: str, chunks: list[bytes], headers: dict[str, str], error: type[Exception] | None
) -> None:
    guard = Guard(swallow, body_limit=100, explain=tell, uploads={"/upload": 1000}, forms={"/form": 200})
    start, body, *_ = call_guard(guard, path=path, headers=headers, chunks=chunks)
    assert start["status"] == (204 if error is None else 400)
    assert error is None or error.__name__.encode() in body["body"]


@pytest.mark.parametrize(
    ("kind", "let_in"),
    [
        ("multipart/form-data; boundary=x", True),
        ("multipart/form-data; boundary=x; charset=UTF-8", True),
        ("multipart/form-data; boundary=x; charset=unicode_escape", False),
        ('multipart/form-data; boundary=x; Charset="punycode"', False),
        ("application/x-www-form-urlencoded; charset=big5", False),
        ("application/json; charset=latin-1", True),
    ],
)
def test_a_form_is_read_as_utf_8_or_not_at_all(kind: str, let_in: bool) -> None:
    start, body = call_guard(Guard(swallow, body_limit=100, explain=tell), headers={"content-type": kind})
    assert (start["status"] == 204) is let_in
    assert let_in or ForeignCharset.__name__.encode() in body["body"]


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    guard = Guard(swallow, body_limit=100, explain=tell, seconds=0.05)
    _, body = call_guard(guard, chunks=[b"x"], pause=5)
    assert SlowToSend.__name__.encode() in body["body"]


def test_an_application_that_hangs_is_not_waited_for() -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(30)

    started = time.monotonic()
    _, body = call_guard(Guard(hang, body_limit=100, explain=tell, seconds=0.05))
    assert TooSlow.__name__.encode() in body["body"]
    assert time.monotonic() - started < 10


def test_bad_settings_stop_the_start(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(BadRate, match="60/minute"):
        create_app(lambda: engine, settings=Settings(rate="many", data=tmp_path))
