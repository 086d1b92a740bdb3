"""A snapshot never changes, is published by one rename, and the last good one stays whatever happens to a build."""

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.build import build, read_report
from index.embed import Embedder
from index.errors import EsgQaError, SnapshotError, UnknownFormat, UnreadableReport
from index.lock import locked
from index.snapshot import KEPT, current_folder, open_current, read_snapshot

ROOT = Path(__file__).parents[1]

REPORT = """\
(股份代號：9999.HK)

# 小店控股 2022 年環境、社會及管治報告

收集雨水，節約用水。

## 環境績效

指標\t單位\t2022 年\t2021 年
耗水量\t噸\t1,049\t—
外購電力\t兆瓦時\t5.60\t0
"""
CHANGED = REPORT.replace("1,049", "1,050")

# Builds in a process of its own; argv: report, index, an audit event and a word in its arguments at which to be killed.
BUILD = """
import os, signal, sys
from pathlib import Path
import numpy as np
from index.build import build

class Letters:
    name = fingerprint = "letters"
    def encode_passages(self, texts):
        rows = np.array([[text.count(letter) + 1 for letter in "水電年人"] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
    encode_queries = encode_passages

report, index, event, word = sys.argv[1:]
def hook(happened, arguments):
    if happened == event and any(word in str(argument) for argument in arguments):
        os.kill(os.getpid(), signal.SIGKILL)
if event == "disk full":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(word), int(word)))
else:
    sys.addaudithook(hook)
try:
    build([Path(report)], Path(index), embedder=Letters())
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "tiny-2022.md"
    path.write_text(REPORT, encoding="utf-8")
    return path


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    path = tmp_path / "changed-2022.md"
    path.write_text(CHANGED, encoding="utf-8")
    return path


@pytest.fixture
def index(report: Path, tmp_path: Path, embedder: Embedder) -> Path:
    folder = tmp_path / "index"
    build([report], folder, embedder=embedder)
    return folder


def water(index: Path) -> list[str]:
    return [f.digits for f in open_current(index).figures if f.metrics == ("water_total",)]


def test_what_was_built_is_what_is_opened(index: Path, report: Path) -> None:
    snapshot = open_current(index)
    read = read_report(report)
    assert [e.metadata for e in snapshot.manifest.editions] == [read.metadata]
    assert [(e.summary, e.sha256) for e in snapshot.manifest.editions] == [(read.summary, read.sha256)]
    assert water(index) == ["1,049", "—"]
    assert [str(figure.value) for figure in snapshot.figures] == ["1049", "None", "5.60", "0"]
    assert len(snapshot.passages) == len(snapshot.dense) == len(snapshot.sparse) == snapshot.manifest.passages
    for passage in snapshot.passages:
        for start, end, source, source_end in passage.source:
            assert passage.text[start:end] == read.source[source:source_end]


def test_an_index_folder_holds_only_the_pointer_and_the_snapshots(index: Path) -> None:
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "snapshots"]
    assert current_folder(index).name == open_current(index).manifest.id


def test_the_same_input_gives_the_same_snapshot(index: Path, report: Path, tmp_path: Path, embedder: Embedder) -> None:
    first = open_current(index).manifest
    assert build([report], index, embedder=embedder) == first
    assert build([report], tmp_path / "elsewhere", embedder=embedder) == first
    assert len(list((index / "snapshots").iterdir())) == 1


def test_another_input_gives_another_snapshot_and_the_old_one_stays(
    index: Path, changed: Path, embedder: Embedder
) -> None:
    before = current_folder(index)
    after = build([changed], index, embedder=embedder)
    assert after.id != before.name
    assert water(index) == ["1,050", "—"]
    assert read_snapshot(before).manifest.id == before.name


def test_a_snapshot_that_is_open_answers_after_the_next_is_published(
    index: Path, changed: Path, embedder: Embedder
) -> None:
    held = open_current(index)
    build([changed], index, embedder=embedder)
    assert [figure.digits for figure in held.figures][:1] == ["1,049"]
    assert held.dense.scores(embedder.encode_queries(["用水"])[0]).shape == (len(held.passages),)


def test_only_the_last_few_snapshots_are_kept(index: Path, changed: Path, embedder: Embedder) -> None:
    for number in range(KEPT + 2):
        changed.write_text(REPORT.replace("1,049", f"1,{number:03}"), encoding="utf-8")
        build([changed], index, embedder=embedder)
    assert len(list((index / "snapshots").iterdir())) == KEPT
    assert water(index) == [f"1,{KEPT + 1:03}", "—"]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("empty.md", b"", UnreadableReport, "the file is empty"),
        ("wide.md", REPORT.encode("utf-16"), UnreadableReport, "the text is UTF-16"),
        ("image.md", b"\x89PNG\r\n\x1a\n", UnreadableReport, "this is a PNG image"),
        ("cut.md", "用水".encode()[:-1], UnreadableReport, "looks truncated"),
        ("report.pages", REPORT.encode(), UnknownFormat, "expected .md"),
        ("bare.md", b"# \n\n***\n", UnreadableReport, "no text to index"),
    ],
)
def test_a_build_that_fails_leaves_the_index_as_it_was(
    name: str, content: bytes, error: type[EsgQaError], message: str, index: Path, report: Path, embedder: Embedder
) -> None:
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    bad = report.with_name(name)
    bad.write_bytes(content)
    with pytest.raises(error, match=message):
        build([bad], index, embedder=embedder)
    with pytest.raises(EsgQaError):
        build([report, bad], index, embedder=embedder)
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before
    assert water(index) == ["1,049", "—"]


def test_two_files_of_one_edition_are_refused_together(
    index: Path, report: Path, changed: Path, embedder: Embedder
) -> None:
    with pytest.raises(UnreadableReport, match=r"changed-2022\.md: same company, year and language as tiny-2022\.md"):
        build([report, changed], index, embedder=embedder)
    assert water(index) == ["1,049", "—"]


def build_aside(report: Path, index: Path, event: str, word: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", BUILD, str(report), str(index), event, word]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ("sqlite3.connect", ".building-"),
        ("open", "manifest.json"),
        ("os.rename", ".building-"),
        ("os.rename", "CURRENT"),
    ],
)
def test_a_build_killed_at_any_moment_leaves_the_old_index(
    event: str, word: str, index: Path, changed: Path, embedder: Embedder
) -> None:
    killed = build_aside(changed, index, event, word)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert water(index) == ["1,049", "—"]
    build([changed], index, embedder=embedder)
    assert water(index) == ["1,050", "—"]
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "snapshots"]


@pytest.mark.parametrize("room", [2_000, 12_000])
def test_a_full_disk_is_an_error_in_words_and_leaves_the_old_index(room: int, index: Path, changed: Path) -> None:
    built = build_aside(changed, index, "disk full", str(room))
    assert built.returncode == 0, built.stderr
    assert built.stdout.startswith("SnapshotError"), built.stdout + built.stderr
    assert "cannot write the index here" in built.stdout
    assert water(index) == ["1,049", "—"]


def test_a_file_where_the_index_folder_should_be_is_an_error_in_words(
    report: Path, tmp_path: Path, embedder: Embedder
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"taken: cannot write the index here .*name a folder you may write to"):
        build([report], taken, embedder=embedder)
    assert taken.read_text(encoding="utf-8") == "a file"


def test_a_file_where_the_snapshots_should_be_leaves_the_rest_alone(
    index: Path, changed: Path, embedder: Embedder
) -> None:
    (index / "snapshots").rename(index / "moved")
    (index / "snapshots").write_text("", encoding="utf-8")
    with pytest.raises(SnapshotError, match="cannot write the index here"):
        build([changed], index, embedder=embedder)
    (index / "snapshots").unlink()
    (index / "moved").rename(index / "snapshots")
    assert water(index) == ["1,049", "—"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")
def test_a_read_only_folder_is_an_error_in_words_and_leaves_the_old_index(
    index: Path, changed: Path, embedder: Embedder
) -> None:
    for folder in (index, index / "snapshots"):
        folder.chmod(0o555)
    try:
        with pytest.raises(SnapshotError, match=r"cannot write the index here .*published before is untouched"):
            build([changed], index, embedder=embedder)
        assert water(index) == ["1,049", "—"]
    finally:
        for folder in (index, index / "snapshots"):
            folder.chmod(0o755)


def parts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "overwritten"])
def test_a_damaged_part_is_an_error_that_says_what_to_do(harm: str, index: Path) -> None:
    folder = current_folder(index)
    harmed = []
    for part in parts(folder):
        whole = part.read_bytes()
        if harm == "missing":
            part.unlink()
        else:
            part.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "overwritten": b"\x07" * len(whole)}[harm])
        try:
            open_current(index)
        except SnapshotError as error:
            assert "build it again with esg-qa build" in str(error)  # noqa: PT017 - one part after another
            harmed.append(part.name)
        finally:
            part.write_bytes(whole)
    assert harmed == [part.name for part in parts(folder)]
    assert water(index) == ["1,049", "—"]


def test_one_changed_bit_is_noticed_and_its_part_named(index: Path) -> None:
    folder = current_folder(index)
    checked = [part for part in parts(folder) if part.name != "manifest.json"]
    assert {part.relative_to(folder).as_posix() for part in checked} == set(open_current(index).manifest.parts)
    for part in checked:
        whole = part.read_bytes()
        place = len(whole) // 2
        part.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(SnapshotError, match=rf"{re.escape(part.name)}: damaged .*build it again"):
            open_current(index)
        part.write_bytes(whole)
    assert water(index) == ["1,049", "—"]


def test_a_second_build_in_a_folder_is_refused_while_one_is_at_it(
    index: Path, changed: Path, embedder: Embedder
) -> None:
    with locked(index), pytest.raises(SnapshotError, match="another build is writing here; wait until it has ended"):
        build([changed], index, embedder=embedder)
    assert water(index) == ["1,049", "—"]
    build([changed], index, embedder=embedder)
    assert water(index) == ["1,050", "—"]


def test_a_second_build_may_wait_for_its_turn(index: Path, changed: Path, embedder: Embedder) -> None:
    with ThreadPoolExecutor() as pool:
        with locked(index):
            waiting = pool.submit(build, [changed], index, embedder=embedder, wait=True)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            assert water(index) == ["1,049", "—"]
        waiting.result(timeout=60)
    assert water(index) == ["1,050", "—"]
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "snapshots"]


def test_parts_of_two_snapshots_do_not_pass_for_one(index: Path, changed: Path, embedder: Embedder) -> None:
    first = current_folder(index)
    changed.write_text(CHANGED + "\n## 社會\n\n全員受訓。\n", encoding="utf-8")
    build([changed], index, embedder=embedder)
    (current_folder(index) / "vectors.faiss").write_bytes((first / "vectors.faiss").read_bytes())
    with pytest.raises(SnapshotError, match=r"vectors\.faiss: damaged \(.*checksum differs\); build it again"):
        open_current(index)


def test_building_again_repairs_a_damaged_snapshot(index: Path, report: Path, embedder: Embedder) -> None:
    (current_folder(index) / "report.sqlite").write_bytes(b"")
    build([report], index, embedder=embedder)
    assert water(index) == ["1,049", "—"]


def test_a_folder_without_an_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no index here; make one with esg-qa build FILE --index"):
        open_current(tmp_path / "nowhere")


@pytest.mark.parametrize("pointer", [b"", b"0123456789abcdef\n", b"\xff\xfe"])
def test_a_pointer_to_nothing_is_an_error_in_words(pointer: bytes, index: Path) -> None:
    (index / "CURRENT").write_bytes(pointer)
    with pytest.raises(SnapshotError, match="build"):
        open_current(index)


def test_a_snapshot_of_another_format_says_to_build_again(index: Path) -> None:
    manifest = current_folder(index) / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"format": 2', '"format": 99'), encoding="utf-8")
    with pytest.raises(SnapshotError, match="has format 99, this version reads 2; build it again"):
        open_current(index)
