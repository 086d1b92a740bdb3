"""The command line, on real files; where the process itself matters, in one of its own."""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from api.cli import app
from api.logs import log_to_stderr
from api.opening import bundled_editions

QUESTION = "What were Bairong's Scope 2 emissions in 2022?"


def run(*words: str | Path, cwd: Path, **environment: str) -> Result:
    with contextlib.chdir(cwd):
        return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "100", **environment})


def told(finished: Result) -> str:
    """The one line a mistake is told in."""
    assert finished.exit_code == 2, finished.output
    assert isinstance(finished.exception, SystemExit)
    (line,) = finished.stderr.strip().splitlines()
    return line


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    index = tmp_path_factory.mktemp("cli") / "index"
    finished = run("build", *bundled_editions(), "--index", index, cwd=index.parent)
    assert finished.exit_code == 0, finished.stderr
    return index, finished.stdout + finished.stderr


@pytest.mark.parametrize("command", ["build", "ask", "search", "serve", "eval"])
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    finished = run(command, "--help", cwd=tmp_path)
    assert finished.exit_code == 0
    assert "--index" in finished.stdout


def test_help_imports_nothing_slow(tmp_path: Path) -> None:
    slow = ("torch", "faiss", "jieba", "fastapi", "pydantic")
    code = f"import sys, api.cli; print([name for name in {slow} if name in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "[]"


def test_a_mistake_ends_the_process_with_2_and_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", "build", "none.md"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
    assert "none.md" in finished.stderr


def test_a_build_says_what_it_read_and_what_it_left_out(built: tuple[Path, str]) -> None:
    _, output = built
    for word in ("sections", "paragraphs", "list items", "tables", "cells", "figures", "6608-2022 zh-Hant", "why"):
        assert word in output
    assert re.search(r"published [\d,]+ passages and [\d,]+ figures", output)


def test_an_answer_shows_its_number_and_its_source(built: tuple[Path, str]) -> None:
    finished = run("ask", QUESTION, "--index", built[0], cwd=built[0].parent)
    assert finished.exit_code == 0, finished.stderr
    assert "378.80 tCO₂e" in finished.stdout
    assert re.search(r"\[1\] .*page", finished.stdout, re.DOTALL)


def test_json_is_what_the_service_answers(built: tuple[Path, str]) -> None:
    finished = run("ask", QUESTION, "--json", "--index", built[0], cwd=built[0].parent)
    answer = json.loads(finished.stdout)
    assert answer["figures"][0]["value"] == "378.80"
    citation = answer["citations"][0]
    assert citation["passage"][citation["start"] : citation["end"]] == citation["quote"]


def test_history_and_language_are_heard(built: tuple[Path, str]) -> None:
    finished = run(
        "ask",
        "And in 2021?",
        "--history",
        QUESTION,
        "--language",
        "zh-Hans",
        "--json",
        "--index",
        built[0],
        cwd=built[0],
    )
    answer = json.loads(finished.stdout)
    assert (answer["language"], answer["figures"][0]["value"]) == ("zh-Hans", "732.98")


def test_silence_is_an_answer_and_no_failure(built: tuple[Path, str]) -> None:
    finished = run("ask", "2020 年全職員工人數是多少？", "--index", built[0], cwd=built[0].parent)
    assert finished.exit_code == 0
    assert "未有披露" in finished.stdout


def test_search_shows_both_ranks(built: tuple[Path, str]) -> None:
    finished = run("search", "用水量", "--k", "2", "--json", "--index", built[0], cwd=built[0].parent)
    assert len(json.loads(finished.stdout)["hits"]) == 2
    shown = run("search", "用水量", "--k", "2", "--index", built[0], cwd=built[0].parent)
    assert "meaning" in shown.stdout
    assert "words" in shown.stdout


def test_search_keeps_to_a_year_and_says_what_there_is_when_nothing_is_of_it(built: tuple[Path, str]) -> None:
    kept = run("search", "用水量", "--year", "2022", "--json", "--index", built[0], cwd=built[0].parent)
    assert {hit["passage"]["report"] for hit in json.loads(kept.stdout)["hits"]} == {"6608-2022"}
    none = run("search", "用水量", "--year", "1999", "--index", built[0], cwd=built[0].parent)
    assert (none.exit_code, none.stdout) == (0, "")
    assert "the index holds 6608-2022 of 2022 in" in none.stderr


def test_search_names_both_places_of_a_row_printed_twice(built: tuple[Path, str]) -> None:
    query = ("search", "Total water consumption", "--language", "en", "--k", "20", "--index", built[0])
    shown = run(*query, cwd=built[0].parent)
    printed = "".join(shown.stdout.replace("│", "").split())
    twice = ("kpi-environment.t1.r19", "environmental-impact.t1.r3")
    assert any(f"alsoprintedat6608-2022.en.{one}" in printed for one in twice)


def test_without_an_index_the_bundled_report_is_built_and_said_so(tmp_path: Path) -> None:
    finished = run("ask", QUESTION, cwd=tmp_path)
    assert finished.exit_code == 0, finished.stderr
    assert "building the bundled report into .index" in finished.stderr
    assert "378.80" in finished.stdout
    assert "building" not in run("ask", QUESTION, cwd=tmp_path).stderr


def test_the_environment_names_the_index(built: tuple[Path, str], tmp_path: Path) -> None:
    finished = run("ask", QUESTION, cwd=tmp_path, ESG_QA_INDEX=str(built[0]))
    assert finished.exit_code == 0
    assert not (tmp_path / ".index").exists()


def test_an_index_that_was_named_is_not_made_up(tmp_path: Path) -> None:
    for command in (["ask", "?"], ["search", "?"], ["serve"], ["eval"]):
        assert "no index here" in told(run(*command, "--index", tmp_path / "none", cwd=tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.md", b"", "the file is empty"),
        ("picture.md", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "a PNG image"),
        ("wide.md", "# 報告".encode("utf-16"), "UTF-16"),
        ("big5.md", "環境報告".encode("big5") * 20, "not UTF-8"),
        ("report.pages", b"# Report", "expected .md"),
    ],
)
def test_a_file_that_is_no_report_leaves_the_index_alone(
    built: tuple[Path, str], tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    index = tmp_path / "index"
    shutil.copytree(built[0], index)
    (tmp_path / name).write_bytes(content)
    assert message in told(run("build", tmp_path / name, "--index", index, cwd=tmp_path))
    assert "378.80" in run("ask", QUESTION, "--index", index, cwd=tmp_path).stdout


def test_users_mistakes_are_told_in_one_line(built: tuple[Path, str], tmp_path: Path) -> None:
    index = built[0]
    assert "no such file" in told(run("build", "none.md", cwd=tmp_path))
    assert "expected en, zh-Hant, zh-Hans" in told(run("ask", "?", "--language", "fr", "--index", index, cwd=tmp_path))
    assert "empty" in told(run("ask", " ", "--index", index, cwd=tmp_path))
    assert "501 characters" in told(run("ask", "水" * 501, "--index", index, cwd=tmp_path))
    assert "6608-2022" in told(run("ask", "water", "--report", "none", "--index", index, cwd=tmp_path))
    assert "ESG_QA_PORT" in told(run("serve", "--index", index, cwd=tmp_path, ESG_QA_PORT="many"))
    assert "one edition" in told(run("build", *bundled_editions(), "--title", "Report", cwd=tmp_path))
    assert "no such file of cases" in told(run("eval", "--cases", "none.jsonl", "--index", index, cwd=tmp_path))
    assert "no such suite; expected bundled" in told(run("eval", "--suite", "none", cwd=tmp_path))
    assert "leave out --index" in told(run("eval", "--suite", "bundled", "--index", index, cwd=tmp_path))
    assert "leave out --index" in told(run("eval", "--url", "http://host", "--index", index, cwd=tmp_path))
    assert "cannot be reached" in told(run("eval", "--url", "http://127.0.0.1:9", cwd=tmp_path))
    assert "none.json: expected what" in told(run("eval", "--compare", "none.json", "--index", index, cwd=tmp_path))


def test_what_is_logged_leaves_standard_output_to_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    structlog.get_logger().error("answer_withheld")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "answer_withheld" in printed.err


def test_an_evaluation_exits_1_below_its_gate(built: tuple[Path, str], tmp_path: Path) -> None:
    case = {
        "id": "lookup.scope-2.en",
        "kind": "lookup",
        "language": "en",
        "question": QUESTION,
        "expect": {"status": "answered", "values": [{"value": "378.80", "unit": "tCO2e", "period": "2022"}]},
        "provenance": {"author": "test", "written": "before seeing answers", "split": "tuned"},
    }
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(case), encoding="utf-8")
    passed = run("eval", "--cases", cases, "--json", "--junit", "junit.xml", "--index", built[0], cwd=tmp_path)
    assert passed.exit_code == 0, passed.stderr
    assert json.loads(passed.stdout)["overall"]["passed"]["hits"] == 1
    assert "lookup.scope-2.en" in (tmp_path / "junit.xml").read_text(encoding="utf-8")
    case["expect"] = {"status": "answered", "values": [{"value": "379.80", "unit": "tCO2e", "period": "2022"}]}
    cases.write_text(json.dumps(case), encoding="utf-8")
    (tmp_path / "run.json").write_text(passed.stdout, encoding="utf-8")
    more = ("--compare", "run.json", "--html", "card.html")
    failed = run("eval", "--cases", cases, *more, "--index", built[0], cwd=tmp_path)
    assert failed.exit_code == 1
    assert "gate not met" in failed.stderr
    assert "newly wrong 1" in failed.stdout
    assert "New wrong numbers" in (tmp_path / "card.html").read_text(encoding="utf-8")


def test_serve_answers_and_logs_json_without_the_question(built: tuple[Path, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as errors:
        server = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from api.cli import main; main()",
                "serve",
                "--index",
                str(built[0]),
                "--port",
                "0",
            ],
            stderr=errors,
        )
        try:
            address = _address(log, server)
            body = json.dumps({"question": QUESTION}).encode()
            request = urllib.request.Request(f"{address}/v1/ask", body, {"Content-Type": "application/json"})
            while _status(f"{address}/readyz") != 200:
                time.sleep(0.1)
            with urllib.request.urlopen(request, timeout=30) as response:
                assert json.load(response)["figures"][0]["value"] == "378.80"
        finally:
            server.terminate()
            server.wait(timeout=30)
    said, *logged = log.read_text(encoding="utf-8").splitlines()
    assert "serving" in said
    assert {json.loads(line)["event"] for line in logged} >= {"index_loaded", "request"}
    assert "Scope 2" not in "".join(logged)


def _address(log: Path, server: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(r"running on (http://[\d.:]+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_migrating_makes_the_tables_in_the_data_folder(tmp_path: Path) -> None:
    for _ in range(2):
        finished = run("migrate", cwd=tmp_path, ESG_QA_DATA=str(tmp_path / "data"))
        assert finished.exit_code == 0, finished.stderr
        assert "the tables of version" in finished.stderr
    assert (tmp_path / "data" / "esg-qa.sqlite").exists()
    assert "expected a database of sqlite" in told(run("migrate", cwd=tmp_path, ESG_QA_DATABASE_URL="mysql://h/n"))
