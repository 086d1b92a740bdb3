"""Several processes behind one socket: they start, answer, follow the index together, and are counted together."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from index.build import build
from index.embed import Embedder
from index.snapshot import open_current

WORKERS = 2
START = 180  # seconds until a worker has to be there, on a machine that is busy with other things
REPORT = """\
(Stock Code: 9996.HK)

# Lantern Limited 2023 Environmental, Social and Governance Report

## Environmental performance

Indicator\tUnit\t2023\t2022
Water consumption\tm³\t1,049\t980
"""
QUESTION = {"question": "How much water was consumed in 2023?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A service of several workers, over a folder that something may be built into."""

    process: "subprocess.Popen[bytes]"
    address: str
    index: Path
    log: Path

    def told(self) -> str:
        """What it logged last."""
        return self.log.read_text(encoding="utf-8")[-2000:]

    def get(self, path: str) -> httpx2.Response:
        """Ask over a connection of its own, so that any worker may take it."""
        return httpx2.get(f"{self.address}{path}", timeout=60)

    def ask(self) -> str:
        """Ask once, and give the figure."""
        response = httpx2.post(f"{self.address}/v1/ask", json=QUESTION, timeout=60)
        assert response.status_code == 200, response.text
        return str(response.json()["figures"][0]["value"])

    def count(self, sample: str) -> float:
        """Read one sample of the metrics."""
        found = re.search(rf"^{re.escape(sample)} (\S+)$", self.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0


@pytest.fixture
def served(tmp_path: Path, embedder: Embedder) -> Iterator[Served]:
    index = _built(tmp_path, embedder, REPORT)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {"ESG_QA_DATA": str(tmp_path / "data"), "ESG_QA_RATE": "100000/minute"}
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--workers", str(WORKERS)]
    command += ["--index", str(index), "--port", str(port)]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **told}, stdout=output, stderr=output)
    served = Served(process=process, address=f"http://127.0.0.1:{port}", index=index, log=log)
    try:
        _until(lambda: _loaded(served) == WORKERS, served)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()


def test_workers_answer_together_turn_to_another_snapshot_and_count_as_one(
    served: Served, tmp_path: Path, embedder: Embedder
) -> None:
    assert {served.ask() for _ in range(20)} == {"1049"}
    _built(tmp_path, embedder, REPORT.replace("1,049", "1,050"))
    heard = [served.ask() for _ in range(10)]  # while the workers turn to it, one after the other
    _until(lambda: _loaded(served) == 2 * WORKERS, served)
    later = [served.ask() for _ in range(20)]
    assert set(heard) <= {"1049", "1050"}
    assert set(later) == {"1050"}
    asked = 'esg_qa_requests_total{method="POST",route="/v1/ask",status="200"}'
    _until(lambda: served.count(asked) >= 50, served)  # a request is counted once its answer is on its way
    assert served.count(asked) == served.count('esg_qa_request_seconds_count{route="/v1/ask"}') == 50
    assert served.count("esg_qa_passages") == open_current(served.index).manifest.passages
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) == 0, served.told()


def _built(folder: Path, embedder: Embedder, report: str) -> Path:
    (folder / "lantern-2023.md").write_text(report, encoding="utf-8")
    build([folder / "lantern-2023.md"], folder / "index", embedder=embedder)
    return folder / "index"


def _loaded(served: Served) -> float:
    """How many snapshots the workers loaded, all of them together."""
    try:
        return served.count("esg_qa_snapshots_loaded_total")
    except httpx2.TransportError:
        return 0


def _until(true: Callable[[], bool], served: Served) -> None:
    deadline = time.monotonic() + START
    while not true():
        assert served.process.poll() is None, served.told()
        assert time.monotonic() < deadline, served.told()
        time.sleep(0.2)
