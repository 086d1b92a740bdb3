"""The supervisor replaces a worker that dies, at whatever moment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SERVE = """
import sys
import uvicorn
from api.workers import Workers

if __name__ == "__main__":
    given = {"port": int(sys.argv[1]), "log_level": "error"}
    config = uvicorn.Config("tiny:app", workers=2, timeout_worker_healthcheck=300, **given)
    Workers(config, [config.bind_socket()]).run()
"""
APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    (tmp_path / "tiny.py").write_text(APP)
    (tmp_path / "serve.py").write_text(SERVE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    with subprocess.Popen(
        [sys.executable, "serve.py", port], cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}
    ) as it:
        yield it
        for child in workers(it):
            os.kill(child, signal.SIGKILL)
        it.kill()


def workers(supervisor: "subprocess.Popen[bytes]") -> list[int]:
    children = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
    spawned = [int(child) for child in children]
    return [child for child in spawned if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_worker_that_dies_while_it_is_asked_whether_it_lives_is_replaced_at_once(
    supervisor: "subprocess.Popen[bytes]",
) -> None:
    until(lambda: len(workers(supervisor)) == 2)
    time.sleep(2)  # they listen
    held, other = workers(supervisor)
    os.kill(held, signal.SIGSTOP)
    time.sleep(2)  # it is asked, and cannot answer
    os.kill(held, signal.SIGKILL)
    until(lambda: len(workers(supervisor)) == 2 and held not in workers(supervisor))
    assert other in workers(supervisor)
