"""Ask from many places at once while snapshots are exchanged and a worker is killed: what fails, how long it takes.

    python -m eval.load --seconds 60 --askers 50

It starts a service of its own on 127.0.0.1 with a data folder of its own, and talks to nothing else.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "What were the Scope 2 emissions in 2022?",
    "2022 年範疇二溫室氣體排放量是多少？",
    "员工流失率是多少？",
    "How many employees were trained?",
    "公司如何減少用水？",
    "What is the forecast for 2040?",
    "今天天气怎么样？",
    "How much hazardous waste was produced?",
)
_READY_SECONDS = 180
_REQUEST_SECONDS = 30


@dataclass(slots=True)
class Tally:
    """What the askers met."""

    seconds: list[float] = field(default_factory=list)  # of each answer
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[float, str]] = field(default_factory=list)  # when, since the start, and how
    snapshots: Counter[str] = field(default_factory=Counter)
    wrong: int = 0  # answers that differ from the first one to the same question from the same snapshot
    first: dict[tuple[str, str], bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float, status: int, body: bytes, question: str) -> None:
        """Count one answer."""
        snapshot = str(json.loads(body).get("snapshot", "")) if status == 200 else ""
        with self.lock:
            self.seconds.append(seconds)
            self.statuses[status] += 1
            if snapshot:
                self.snapshots[snapshot] += 1
                self.wrong += self.first.setdefault((snapshot, question), body) != body

    def note_break(self, at: float, error: Exception) -> None:
        """Count a request that got no answer."""
        with self.lock:
            self.broken.append((at, type(error).__name__))


def main() -> None:
    """Run and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quiet", action="store_true", help="exchange no snapshot and kill no worker")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="esg-qa-load-") as folder,
        _service(Path(folder), given.workers) as (
            server,
            port,
        ),
    ):
        before = _memory(server.pid)
        tally, killed_at = _press(server, port, Path(folder), given)
        time.sleep(3)
        _print(tally, killed_at, before, _memory(server.pid), given)


def _press(
    server: "subprocess.Popen[bytes]", port: int, folder: Path, given: argparse.Namespace
) -> tuple[Tally, float | None]:
    tally, over = Tally(), threading.Event()
    started = time.monotonic()
    askers = [
        threading.Thread(target=_ask, args=(port, number, tally, over, started), daemon=True)
        for number in range(given.askers)
    ]
    for asker in askers:
        asker.start()
    killed_at = None
    for moment in range(1, 10):
        time.sleep(max(0, started + given.seconds * moment / 10 - time.monotonic()))
        if given.quiet:
            continue
        _exchange(folder / "index")
        if moment == 5:
            killed_at = time.monotonic() - started
            os.kill(_workers(server.pid)[0], signal.SIGKILL)
    time.sleep(max(0, started + given.seconds - time.monotonic()))
    over.set()
    for asker in askers:
        asker.join(_REQUEST_SECONDS + 5)
    return tally, killed_at


def _ask(port: int, number: int, tally: Tally, over: threading.Event, started: float) -> None:
    """Ask one question after the other, each on a connection of its own."""
    chosen = random.Random(number)
    while not over.is_set():
        question = chosen.choice(QUESTIONS)
        body = json.dumps({"question": question})
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_REQUEST_SECONDS)
        try:
            connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            tally.note(time.monotonic() - began, response.status, response.read(), question)
        except (OSError, http.client.HTTPException) as error:
            tally.note_break(time.monotonic() - started, error)
            time.sleep(0.05)
        finally:
            connection.close()


@contextlib.contextmanager
def _service(folder: Path, workers: int) -> "Iterator[tuple[subprocess.Popen[bytes], int]]":
    """Serve two snapshots' folder with so many workers, until the end."""
    _build(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ESG_QA_INDEX": str(folder / "index"),
        "ESG_QA_DATA": str(folder / "data"),
        "ESG_QA_RATE": "1000000/second",
        "ESG_QA_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve"]
    command += ["--index", str(folder / "index"), "--port", str(port), "--workers", str(workers)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        _await_all(server, port, workers)
        yield server, port
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(60)
        if server.poll() is None:
            server.kill()
        text = (folder / "log").read_text(encoding="utf-8", errors="replace")
        for line in [line for line in text.splitlines() if '"error"' in line][:5]:
            sys.stderr.write(line + "\n")


def _build(folder: Path) -> None:
    """Make two snapshots of the bundled report: all editions, and the first alone."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    editions = sorted((ROOT / "index" / "bundled").glob("*.md"))
    for files in (editions[:1], editions):
        command = [sys.executable, "-c", "from api.cli import main; main()", "build", *map(str, files)]
        subprocess.run([*command, "--index", str(folder / "index")], env=environment, check=True, capture_output=True)


def _exchange(index: Path) -> None:
    """Publish the snapshot that is not published."""
    current = (index / "CURRENT").read_text(encoding="utf-8").strip()
    other = next(path.name for path in sorted((index / "snapshots").iterdir()) if path.name != current)
    aside = index / ".CURRENT.load"
    aside.write_text(other + "\n", encoding="utf-8")
    aside.replace(index / "CURRENT")


def _await_all(server: "subprocess.Popen[bytes]", port: int, workers: int) -> None:
    """Wait until the service answers and every worker had time to load."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit("the service ended")
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200 and len(_workers(server.pid)) == workers:
                time.sleep(10)
                return
        time.sleep(0.5)
    raise SystemExit("the service did not get ready")


def _workers(parent: int) -> list[int]:
    """Find the worker processes of a server: its children that hold the most memory."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8").split()
    return [int(child) for child in children if _resident(int(child)) > 100]


def _memory(parent: int) -> int:
    """Sum the resident memory of a server and its workers, in MiB."""
    return _resident(parent) + sum(_resident(child) for child in _workers(parent))


def _resident(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
    return 0


def _print(tally: Tally, killed_at: float | None, before: int, after: int, given: argparse.Namespace) -> None:
    near = [at for at, _ in tally.broken if killed_at is not None and abs(at - killed_at) < 2]
    kinds = Counter(kind for _, kind in tally.broken)
    lines = [
        f"askers {given.askers}, workers {given.workers}, seconds {given.seconds:.0f}, processors {os.cpu_count()}",
        f"answers {sum(tally.statuses.values())} ({len(tally.seconds) / given.seconds:.1f} a second), "
        f"by status {dict(tally.statuses)}",
        f"no answer {len(tally.broken)} {dict(kinds)}, of them within 2 s of the killed worker: {len(near)}",
        f"answers that differ from the first of the same snapshot {tally.wrong}",
        f"answers by snapshot {dict(tally.snapshots)}",
        f"p50 {_percentile(tally.seconds, 50):.3f} s, p95 {_percentile(tally.seconds, 95):.3f} s, "
        f"longest {max(tally.seconds, default=0):.3f} s",
        f"memory before {before} MiB, after {after} MiB",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0


if __name__ == "__main__":
    main()
