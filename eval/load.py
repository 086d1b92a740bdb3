"""Ask from many places at once while snapshots are exchanged and a worker is killed: what fails, how long it takes.

    python -m eval.load --seconds 60 --askers 50

It starts a service of its own on 127.0.0.1 with a data folder of its own, and talks to nothing else. It ends with 1
when a request was lost that the killed worker did not hold, when an answer was none or another, or when memory grew.
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

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
_SAMPLE_SECONDS = 0.5
_SETTLED = 0.4  # share of the run after which both snapshots were loaded by every worker
_GROWTH = 0.05  # share by which memory may grow from then on and still be called flat

Process = int
Samples = Mapping[Process, Sequence[tuple[float, int]]]  # by process: seconds since the start, resident MiB


@dataclass(slots=True)
class Tally:
    """What the askers met."""

    seconds: list[float] = field(default_factory=list)  # of each answer
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[int, str]] = field(default_factory=list)  # the asker's port, 0: none yet; and how
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

    def note_break(self, port: int, error: Exception) -> None:
        """Count a request that got no answer."""
        with self.lock:
            self.broken.append((port, type(error).__name__))


@dataclass(slots=True)
class Killed:
    """The worker that was killed, and the requests it held then."""

    process: Process
    at: float  # seconds since the start
    ports: frozenset[int]  # of the askers whose connections it had taken


class Watch(threading.Thread):
    """Looks at the memory of a server and its workers twice a second, until it is told to stop."""

    def __init__(self, server: Process, started: float) -> None:
        super().__init__(daemon=True)
        self.samples: dict[Process, list[tuple[float, int]]] = {}
        self._server = server
        self._since = started
        self._over = threading.Event()

    def run(self) -> None:
        """Look until stopped."""
        while not self._over.wait(_SAMPLE_SECONDS):
            at = time.monotonic() - self._since
            for process in (self._server, *_children(self._server)):
                held = _resident(process)
                if held:
                    self.samples.setdefault(process, []).append((at, held))

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


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
        tally, killed, samples = _press(server, port, Path(folder), given)
    _print(tally, killed, samples, given)
    faults = verdict(tally, killed, samples, seconds=given.seconds)
    sys.stdout.write("".join(f"FAULT: {fault}\n" for fault in faults))
    raise SystemExit(1 if faults else 0)


def verdict(tally: Tally, killed: Killed | None, samples: Samples, *, seconds: float) -> list[str]:
    """Say what should not have happened; nothing: all went as it should."""
    lost = [port for port, _ in tally.broken if killed is None or port not in killed.ports]
    refused = {status: count for status, count in tally.statuses.items() if status != 200}
    grown = {process: grew for process, grew in growth(samples, seconds=seconds).items() if grew > _GROWTH}
    found = [
        (lost, f"{len(lost)} requests lost that no killed worker held"),
        (refused, f"answers by another status than 200: {refused}"),
        (tally.wrong, f"{tally.wrong} answers differ from the first to the same question from the same snapshot"),
        (grown, f"memory grew: { ({process: f'{grew:.1%}' for process, grew in grown.items()}) }"),
    ]
    return [words for met, words in found if met]


def growth(samples: Samples, *, seconds: float) -> dict[Process, float]:
    """By how much each process grew after it had settled: from the median of that time's first half to the second's.

    A process that was not there from the start to the end is left out: it was killed, or is loading still.
    """
    grown = {}
    for process, seen in samples.items():
        settled = [held for at, held in seen if seconds * _SETTLED <= at <= seconds]
        if len(settled) >= 2 and seen[0][0] < seconds * 0.1 and seen[-1][0] >= seconds * 0.9:
            early, late = median(settled[: len(settled) // 2]), median(settled[len(settled) // 2 :])
            grown[process] = late / early - 1
    return grown


def held_ports(process: Process, port: int) -> frozenset[int]:
    """Give the far ends of the connections to a port that a process has taken (Linux: /proc)."""
    sockets = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(entry.readlink().name)
    found = set()
    for line in Path(f"/proc/{process}/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        here, there, inode = fields[1], fields[2], fields[9]
        if f"socket:[{inode}]" in sockets and int(here.rpartition(":")[2], 16) == port:
            found.add(int(there.rpartition(":")[2], 16))
    return frozenset(found - {0})


def _kill(process: Process, port: int, *, at: float) -> Killed:
    """Kill a worker; it is stopped first, so that it takes no request after those it holds were counted."""
    os.kill(process, signal.SIGSTOP)
    while ") T " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8"):
        time.sleep(0.001)
    killed = Killed(process=process, at=at, ports=held_ports(process, port))
    os.kill(process, signal.SIGKILL)
    return killed


def _press(
    server: "subprocess.Popen[bytes]", port: int, folder: Path, given: argparse.Namespace
) -> tuple[Tally, Killed | None, Samples]:
    tally, over = Tally(), threading.Event()
    started = time.monotonic()
    watch = Watch(server.pid, started)
    watch.start()
    askers = [
        threading.Thread(target=_ask, args=(port, number, tally, over), daemon=True) for number in range(given.askers)
    ]
    for asker in askers:
        asker.start()
    killed = None
    for moment in range(1, 10):
        time.sleep(max(0, started + given.seconds * moment / 10 - time.monotonic()))
        if given.quiet:
            continue
        _exchange(folder / "index")
        if moment == 5:
            killed = _kill(_workers(server.pid)[0], port, at=time.monotonic() - started)
    time.sleep(max(0, started + given.seconds - time.monotonic()))
    over.set()
    for asker in askers:
        asker.join(_REQUEST_SECONDS + 5)
    watch.stop()
    return tally, killed, watch.samples


def _ask(port: int, number: int, tally: Tally, over: threading.Event) -> None:
    """Ask one question after the other, each on a connection of its own."""
    chosen = random.Random(number)
    while not over.is_set():
        question = chosen.choice(QUESTIONS)
        body = json.dumps({"question": question})
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_REQUEST_SECONDS)
        own = 0
        try:
            connection.connect()
            own = int(connection.sock.getsockname()[1])
            connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            tally.note(time.monotonic() - began, response.status, response.read(), question)
        except (OSError, http.client.HTTPException) as error:
            tally.note_break(own, error)
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
    return [child for child in _children(parent) if _resident(child) > 100]


def _children(parent: Process) -> list[Process]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]
    return []


def _resident(process: Process) -> int:
    """Tell how much of its memory a process has in the machine's, in MiB; 0: it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
    return 0


def _print(tally: Tally, killed: Killed | None, samples: Samples, given: argparse.Namespace) -> None:
    held = [port for port, _ in tally.broken if killed is not None and port in killed.ports]
    kinds = Counter(kind for _, kind in tally.broken)
    lines = [
        f"askers {given.askers}, workers {given.workers}, seconds {given.seconds:.0f}, processors {os.cpu_count()}",
        f"answers {sum(tally.statuses.values())} ({len(tally.seconds) / given.seconds:.1f} a second), "
        f"by status {dict(tally.statuses)}",
        f"no answer {len(tally.broken)} {dict(kinds)}, of them held by the killed worker: {len(held)}"
        + (f" of the {len(killed.ports)} it held at {killed.at:.0f} s" if killed else ""),
        f"answers that differ from the first of the same snapshot {tally.wrong}",
        f"answers by snapshot {dict(tally.snapshots)}",
        f"p50 {_percentile(tally.seconds, 50):.3f} s, p95 {_percentile(tally.seconds, 95):.3f} s, "
        f"longest {max(tally.seconds, default=0):.3f} s",
        *_memory(samples, killed, seconds=given.seconds),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _memory(samples: Samples, killed: Killed | None, *, seconds: float) -> Iterator[str]:
    """Tell how the memory of each process went: at the start, at most, at the end, and how it grew once settled."""
    grown = growth(samples, seconds=seconds)
    for process, seen in samples.items():
        held = [amount for _, amount in seen]
        name = "worker" if seen[0][0] < seconds * 0.1 else "worker in its place"
        if process == next(iter(samples)):
            name = "supervisor"
        end = "killed" if killed and killed.process == process else f"last {held[-1]}"
        told = f", {grown[process]:+.1%} once settled" if process in grown else ""
        yield f"memory of {name} {process}, MiB, {len(held)} samples: first {held[0]}, most {max(held)}, {end}{told}"
    flat = bool(grown) and max(grown.values()) <= _GROWTH
    yield f"memory flat (at most {_GROWTH:.0%} growth once settled): {'yes' if flat else 'no'}"


def _percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0


if __name__ == "__main__":
    main()
