"""Measure how fast this machine builds, starts and answers: `python -m eval.bench`.

Each thing runs in a process of its own. A plain BM25 scan in Python over the same passages runs beside the service, so
that the numbers can be read on any machine.
"""

import http.client
import json
import math
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.run import load_cases
from index.embed import BUNDLED, SentenceTransformerEmbedder
from index.snapshot import Snapshot, open_current
from index.words import search_tokens
from qa.engine import Engine

EDITIONS = sorted((BUNDLED.parents[1] / "bundled").glob("*.md"))

_BUILD = """
import json, resource, sys, time
from pathlib import Path
started = time.perf_counter()
from index.build import build
from index.embed import SentenceTransformerEmbedder
embedder = SentenceTransformerEmbedder()
embedder.encode_passages(["warm"])
ready = time.perf_counter()
build([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]), embedder=embedder)
built = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"imports": ready - started, "build": built - ready, "peak": peak}))
"""


def main() -> None:
    """Run every measurement and print a table."""
    questions = [case.question for case in load_cases()]
    with TemporaryDirectory() as folder:
        index = Path(folder)
        built = measure_build(index)
        snapshot = open_current(index)
        engine = Engine(snapshot, SentenceTransformerEmbedder())
        engine.ask(questions[0])
        in_process = milliseconds(engine.ask, questions)
        scan = milliseconds(plain_bm25(snapshot), questions)
        started, over_http = measure_http(index, questions)
    table = Table("measured", "value", title=f"{len(questions)} questions, {snapshot.manifest.passages} passages")
    table.columns[1].justify = "right"
    table.add_row("imports and model, before a build", f"{built['imports']:.1f} s")
    table.add_row("build of the bundled report's index", f"{built['build']:.1f} s")
    table.add_row("peak memory of the build, all told", f"{built['peak']:.0f} MB")
    table.add_row("start-up of the server, until /readyz", f"{started:.1f} s", end_section=True)
    for name, times in (("in process", in_process), ("over HTTP", over_http), ("plain BM25 scan", scan)):
        table.add_row(f"a question {name}, p50", f"{np.percentile(times, 50):.2f} ms")
        table.add_row(f"a question {name}, p99", f"{np.percentile(times, 99):.2f} ms")
    plain = np.percentile(scan, 50)
    for name, times in (("in process", in_process), ("over HTTP", over_http)):
        table.add_row(f"ratio {name} to plain BM25 scan, p50", f"{np.percentile(times, 50) / plain:.2f}")
    Console().print(table)


def measure_build(index: Path) -> dict[str, float]:
    """Build the bundled report in a process of its own: seconds, and MB at the peak."""
    command = [sys.executable, "-c", _BUILD, str(index), *map(str, EDITIONS)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return measured


def measure_http(index: Path, questions: Sequence[str]) -> tuple[float, list[float]]:
    """Start the server as a user would, ask over one kept connection: start-up seconds, ms a question."""
    port = _free_port()
    started = time.perf_counter()
    with _server(index, port):
        _until_ready(port)
        start_up = time.perf_counter() - started
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def ask(question: str) -> bytes:
            body = json.dumps({"question": question}).encode()
            connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
            return connection.getresponse().read()

        ask(questions[0])
        return start_up, milliseconds(ask, questions)


def milliseconds(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Time each question once, in ms."""
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - started) * 1000)
    return times


def plain_bm25(snapshot: Snapshot, *, k1: float = 1.5, b: float = 0.75) -> Callable[[str], list[int]]:
    """Make a BM25 ranking (Robertson and Zaragoza, 2009) that scans every passage in Python, with nothing clever."""
    bags = [Counter(search_tokens(passage.text)) for passage in snapshot.passages]
    lengths = [bag.total() for bag in bags]
    average = sum(lengths) / len(lengths)
    frequency = Counter(term for bag in bags for term in bag)

    def weight(term: str) -> float:
        return math.log(1 + (len(bags) - frequency[term] + 0.5) / (frequency[term] + 0.5))

    def rank(question: str) -> list[int]:
        weights = {term: weight(term) for term in set(search_tokens(question))}
        scores = [0.0] * len(bags)
        for n, (bag, length) in enumerate(zip(bags, lengths, strict=True)):
            damping = k1 * (1 - b + b * length / average)
            scores[n] = sum(w * bag[t] * (k1 + 1) / (bag[t] + damping) for t, w in weights.items() if t in bag)
        return sorted(range(len(scores)), key=lambda n: -scores[n])[:8]

    return rank


@contextmanager
def _server(index: Path, port: int) -> Iterator[None]:
    command = [
        sys.executable,
        "-c",
        "from api.cli import app; app()",
        "serve",
        "--index",
        str(index),
        "--port",
        str(port),
    ]
    quiet = {"ESG_QA_LOG_LEVEL": "error", **os.environ}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet)
    try:
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def _until_ready(port: int, *, patience: float = 120.0) -> None:
    deadline = time.perf_counter() + patience
    while time.perf_counter() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"the server on port {port} was not ready in {patience:.0f} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
