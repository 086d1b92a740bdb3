"""The load run judges rightly: which lost requests a killed worker excuses, and whether memory is flat."""

import socket
import subprocess
import sys
import time
from collections import Counter

import pytest

from eval.load import Killed, Tally, Watch, growth, held_ports, verdict

SECONDS = 60.0
KILLED = Killed(process=7, at=30, ports=frozenset({5001, 5002}))


def samples(*amounts: float) -> list[tuple[float, int]]:
    """Amounts spread evenly over the run."""
    step = SECONDS / len(amounts)
    return [(step * place, int(amount)) for place, amount in enumerate(amounts)]


FLAT = {1: samples(*[500] * 10, *[700] * 90), 2: samples(*[60] * 100)}


@pytest.mark.parametrize(
    ("broken", "killed", "lost"),
    [
        ([], KILLED, 0),
        ([(5001, "ConnectionResetError"), (5002, "RemoteDisconnected")], KILLED, 0),
        ([(5003, "ConnectionResetError")], KILLED, 1),
        ([(0, "ConnectionRefusedError")], KILLED, 1),
        ([(5001, "ConnectionResetError")], None, 1),
    ],
)
def test_only_what_the_killed_worker_held_may_be_lost(
    broken: list[tuple[int, str]], killed: Killed | None, lost: int
) -> None:
    tally = Tally(statuses=Counter({200: 10}), broken=broken)
    found = verdict(tally, killed, FLAT, seconds=SECONDS)
    assert found == ([f"{lost} requests lost that no killed worker held"] if lost else [])


def test_another_status_and_another_answer_are_faults() -> None:
    tally = Tally(statuses=Counter({200: 10, 503: 1}), wrong=2)
    found = verdict(tally, None, FLAT, seconds=SECONDS)
    assert found[0] == "answers by another status than 200: {503: 1}"
    assert found[1].startswith("2 answers differ")


@pytest.mark.parametrize(
    ("seen", "flat"),
    [
        (samples(*[700] * 100), True),
        (samples(*[500] * 30, *[900] * 70), True),  # grew while it loaded the second snapshot
        (samples(*range(500, 700, 2)), False),  # grows all the time
        (samples(*[700, 760] * 50), True),  # swings
    ],
)
def test_memory_is_flat_when_it_does_not_grow_once_settled(seen: list[tuple[float, int]], flat: bool) -> None:
    found = verdict(Tally(), None, {1: seen}, seconds=SECONDS)
    assert (found == []) is flat


def test_a_process_that_was_killed_or_came_in_its_place_is_not_judged() -> None:
    seen = samples(*range(500, 700, 2))
    assert growth({1: seen[:50], 2: seen[50:]}, seconds=SECONDS) == {}
    assert growth({1: seen}, seconds=SECONDS)[1] > 0.05


def test_the_connections_that_a_process_has_taken_are_told_from_those_of_others() -> None:
    program = "import socket,sys; s=socket.create_server(('127.0.0.1',0)); print(s.getsockname()[1],flush=True); "
    program += "c,_=s.accept(); sys.stdin.read()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as taken:
            deadline = time.monotonic() + 20
            while not held_ports(server.pid, port) and time.monotonic() < deadline:
                time.sleep(0.01)
            with socket.create_connection(("127.0.0.1", port)):  # waits to be taken
                assert held_ports(server.pid, port) == {taken.getsockname()[1]}
        server.kill()


def test_memory_is_looked_at_during_the_run() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        watch = Watch(process.pid, time.monotonic())
        watch.start()
        time.sleep(2.5)
        watch.stop()
        process.kill()
    assert len(watch.samples[process.pid]) >= 3
    assert all(amount > 0 for _, amount in watch.samples[process.pid])
