"""Reports that staff send: kept under our own names, built aside, published and taken back."""

import io
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.serving import IndexFolder
from api.settings import Settings
from api.snapshots import UnknownSnapshot, held_snapshots, publish_held
from api.store.audit import changes
from api.store.database import Database, open_database
from api.uploads import (
    BadUpload,
    SentFile,
    Upload,
    accept_upload,
    keep_source,
    read_upload,
    safe_name,
    uploads,
    write_upload,
)
from index.build import READERS, build
from index.embed import Embedder
from index.snapshot import current_folder, open_current, publish
from qa.engine import Engine
from tests.conftest import add_staff, sign_in, wait_until_ready

Serve = Callable[..., TestClient]
REPORT = """---
company: Fern Water Holdings
stock_code: 9901.HK
year: {year}
language: en
title: ESG report {year}
---
# Environment
The company measured its water use at every plant and published what it found.

| Indicator | Unit | {year} |
|---|---|---|
| Total water consumption | m3 | {value} |
"""
QUESTION = "What was the total water consumption in {year}?"


def report(year: int, value: str) -> bytes:
    return REPORT.format(year=year, value=value).encode()


@pytest.fixture(scope="module")
def first_index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("first")
    source = folder / "first.md"
    source.write_bytes(report(2023, "1,234"))
    build([source], folder / "index", embedder=embedder)
    return folder


@pytest.fixture(scope="module")
def first_engine(first_index: Path, embedder: Embedder) -> Engine:
    return Engine(open_current(first_index / "index"), embedder)


def settings_in(folder: Path, first_index: Path) -> Settings:
    shutil.copytree(first_index, folder, dirs_exist_ok=True)
    return Settings(
        index=folder / "index",
        data=folder / "data",
        rate="100000/second",
        login_rate="100000/second",
        upload_limit=200_000,
    )


@contextmanager
def serving(given: Settings, database: Database, engine: Engine, embedder: Embedder) -> Iterator[TestClient]:
    folder = IndexFolder(given.index, model=None, engine=engine, embedder=embedder)
    app = create_app(folder.load, settings=given, database=database, published=folder.published)
    with TestClient(app) as client:
        wait_until_ready(client)
        yield client


@pytest.fixture
def given_settings(tmp_path: Path, first_index: Path) -> Settings:
    return settings_in(tmp_path, first_index)


@pytest.fixture
def client(
    given_settings: Settings, database: Database, staff: dict[str, str], first_engine: Engine, embedder: Embedder
) -> Iterator[TestClient]:
    assert staff
    with serving(given_settings, database, first_engine, embedder) as client:
        yield client


@pytest.fixture(scope="module")
def refusing_service(
    tmp_path_factory: pytest.TempPathFactory, first_index: Path, first_engine: Engine, embedder: Embedder
) -> Iterator[TestClient]:
    """One service for everything that is refused, and so leaves nothing behind for the next test."""
    folder = tmp_path_factory.mktemp("refusing")
    database = open_database(None, folder=folder / "store")
    database.migrate()
    add_staff(database)
    with serving(settings_in(folder, first_index), database, first_engine, embedder) as client:
        yield client
    assert list((folder / "data" / "uploads").iterdir()) == []
    database.close()


@pytest.fixture
def refusing(refusing_service: TestClient) -> TestClient:
    """Nobody is signed in yet."""
    refusing_service.cookies.clear()
    return refusing_service


def send(client: TestClient, name: str, content: bytes, csrf: dict[str, str], **fields: str) -> Any:  # noqa: ANN401 - JSON
    return client.post("/v1/staff/reports", files={"file": (name, content)}, data=fields, headers=csrf)


def built(client: TestClient, upload: str) -> dict[str, Any]:
    """Wait for the end of a build."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state: dict[str, Any] = client.get(f"/v1/staff/reports/{upload}").json()
        if state["state"] not in ("waiting", "building"):
            return state
        time.sleep(0.1)
    raise AssertionError(state)


def snapshot_of(client: TestClient) -> str:
    return str(client.get("/readyz").json()["snapshot"])


def wait_for(client: TestClient, snapshot: str) -> None:
    deadline = time.monotonic() + 60
    while snapshot_of(client) != snapshot:
        assert time.monotonic() < deadline, "the service did not turn to the published snapshot"
        time.sleep(0.05)


def test_an_upload_is_built_aside_published_and_taken_back(
    client: TestClient, database: Database, given_settings: Settings
) -> None:
    first = snapshot_of(client)
    keep_source(given_settings, given_settings.index.parent / "first.md", metadata={}, partial=False)
    csrf = sign_in(client, "admin")
    sent = send(client, "../../ESG 2024.md", report(2024, "5,678"), csrf, keep="true")
    assert sent.status_code == 202, sent.text
    ready = built(client, sent.json()["id"])
    assert (ready["state"], ready["error"], ready["files"]) == ("ready", "", ["ESG 2024.md"])
    assert {(each["id"], each["year"]) for each in ready["reports"]} == {("9901-2023", 2023), ("9901-2024", 2024)}
    assert snapshot_of(client) == first

    published = client.post(f"/v1/staff/reports/{ready['id']}/publish", headers=csrf)
    assert published.status_code == 200, published.text
    wait_for(client, ready["snapshot"])
    answer = client.post("/v1/ask", json={"question": QUESTION.format(year=2024)}).json()
    assert answer["figures"][0]["value"].replace(",", "") == "5678"
    assert built(client, ready["id"])["state"] == "published"

    later = built(client, send(client, "2025.md", report(2025, "9,012"), csrf, keep="true").json()["id"])
    assert later["state"] == "ready", later["error"]
    assert {each["id"] for each in later["reports"]} == {"9901-2023", "9901-2024", "9901-2025"}  # held since published

    listed = client.get("/v1/staff/snapshots").json()["snapshots"]
    assert {(each["id"], each["live"]) for each in listed} == {(first, False), (ready["snapshot"], True)}
    assert client.post(f"/v1/staff/snapshots/{first}/publish", headers=csrf).json()["live"]
    wait_for(client, first)
    with database.session() as session:
        found = [(change.action, change.who) for change in changes(session, action="report")]
    assert found == [(f"report.{done}", "admin") for done in ("roll-back", "upload", "publish", "upload")]
    assert not list(given_settings.data.parent.glob("ESG*"))


def test_a_report_whose_file_is_not_held_is_not_silently_dropped(client: TestClient, given_settings: Settings) -> None:
    (given_settings.index.parent / "first.md").unlink()
    csrf = sign_in(client, "admin")
    failed = built(client, send(client, "2024.md", report(2024, "1"), csrf, keep="true").json()["id"])
    assert failed["state"] == "failed"
    assert "first.md: it answers now, but its file is not held here" in failed["error"]


def test_a_file_that_cannot_be_read_leaves_what_answers_alone(client: TestClient) -> None:
    first = snapshot_of(client)
    csrf = sign_in(client, "admin")
    sent = send(client, "big5.md", "環境報告".encode("big5") * 50, csrf)
    assert sent.status_code == 202
    failed = built(client, sent.json()["id"])
    assert failed["state"] == "failed"
    assert "not UTF-8" in failed["error"]
    refused = client.post(f"/v1/staff/reports/{failed['id']}/publish", headers=csrf)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-built")
    assert snapshot_of(client) == first


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.md", b"\0" * 10_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("report.zip", zipped(), "expected .md"),
        ("report.md", zipped(), "a ZIP archive"),
        ("report.md", b"\x1f\x8b" + zlib.compress(b"\0" * 1_000_000), "a gzip archive"),
        ("report.md", b"MZ\x90\x00", "a program"),
        ("report.md", b"#!/bin/sh\nrm -rf /\n", "a script"),
        ("report.md", b"\x89PNG\r\n", "a picture"),
        ("report.md", b"%PDF-1.7", "a PDF under another name"),
        ("report.md", b"# Report\n" * 200 + b"\x00", "not a text in UTF-8"),
        ("report.md", b"", "the file is empty"),
        ("report.php", b"<?php", "expected .md"),
        ("report", b"# Report", "expected .md"),
        (".md.exe", b"# Report", "expected .md"),
    ],
)
def test_what_is_no_report_is_refused_and_nothing_of_it_stays(
    refusing: TestClient, name: str, content: bytes, why: str
) -> None:
    csrf = sign_in(refusing, "editor")
    refused = send(refusing, name, content, csrf)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/bad-upload")
    assert why in refused.json()["detail"]
    assert list((refusing.app.state.settings.data / "uploads").iterdir()) == []


def test_a_pdf_must_be_one(refusing: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, ".pdf", READERS[".md"])
    refused = send(refusing, "report.pdf", b"<html>", sign_in(refusing, "editor"))
    assert "not a PDF" in refused.json()["detail"]


def test_an_upload_over_the_limit_is_refused_while_it_is_read(refusing: TestClient) -> None:
    csrf = sign_in(refusing, "editor")
    refused = send(refusing, "report.md", b"# Report\n" * 30_000, csrf)
    assert refused.status_code == 413
    assert "200000" in refused.json()["detail"]


def test_a_compressed_body_is_not_unpacked(refusing: TestClient) -> None:
    csrf = sign_in(refusing, "editor")
    content = zlib.compress(b"\0" * 10_000_000)
    headers = {**csrf, "Content-Encoding": "gzip", "Content-Type": "multipart/form-data; boundary=x"}
    assert refusing.post("/v1/staff/reports", content=content, headers=headers).status_code == 422


def test_only_staff_may_send_and_only_an_admin_may_publish(refusing: TestClient) -> None:
    assert send(refusing, "report.md", report(2024, "1"), {}).status_code == 401
    for role in ("reader", "editor"):
        csrf = sign_in(refusing, role)
        assert send(refusing, "report.md", report(2024, "1"), {}).status_code == 403
        for path in ("reports", "snapshots"):
            refused = refusing.post(f"/v1/staff/{path}/{'0' * 16}/publish", headers=csrf)
            assert refused.status_code == 403
    assert send(refusing, "report.md", report(2024, "1"), sign_in(refusing, "reader")).status_code == 403


@pytest.mark.parametrize("name", ["0" * 16, "..%2f..%2fetc", "CURRENT", "0" * 15 + "g", "%00"])
def test_paths_never_leave_the_folder(refusing: TestClient, name: str) -> None:
    csrf = sign_in(refusing, "admin")
    for path in ("reports", "snapshots"):
        response = refusing.post(f"/v1/staff/{path}/{name}/publish", headers=csrf)
        assert response.status_code in (404, 405, 422)


def test_a_snapshot_is_named_by_its_id_alone(given_settings: Settings) -> None:
    for name in ("..", "../index", "", "0" * 16, "\x00"):
        with pytest.raises(UnknownSnapshot):
            publish_held(given_settings.index, name)


def test_a_damaged_snapshot_is_not_published(client: TestClient, given_settings: Settings) -> None:
    first = current_folder(given_settings.index)
    broken = first.with_name("f" * 16)
    broken.mkdir()
    (broken / "manifest.json").write_text((first / "manifest.json").read_text(encoding="utf-8"), encoding="utf-8")
    refused = client.post(f"/v1/staff/snapshots/{broken.name}/publish", headers=sign_in(client, "admin"))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/snapshot-damaged")
    assert [held.id for held in held_snapshots(given_settings.index) if held.live] == [first.name]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"year": "soon"}, "year"),
        ({"stock_code": "../x"}, "stock_code"),
        ({"language": "fr"}, "language"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_a_field_that_makes_no_sense_is_told(refusing: TestClient, fields: dict[str, str], why: str) -> None:
    refused = send(refusing, "report.md", report(2024, "1"), sign_in(refusing, "editor"), **fields)
    assert refused.status_code == 422
    assert why in refused.json()["detail"]


def test_several_files_say_their_own_titles(given_settings: Settings) -> None:
    files = [SentFile(name=f"{n}.md", content=io.BytesIO(b"# Report")) for n in range(2)]
    with pytest.raises(BadUpload, match="describe one edition"):
        accept_upload(
            given_settings, files, metadata={"title": "T"}, keep=False, partial=False, by="t", now=datetime.now(UTC)
        )
    with pytest.raises(BadUpload, match="expected 1 to 6"):
        accept_upload(given_settings, [], metadata={}, keep=False, partial=False, by="t", now=datetime.now(UTC))


def waiting(folder: Path, **given: Any) -> Upload:  # noqa: ANN401 - fields
    folder.mkdir(parents=True)
    (folder / "lock").touch()
    (folder / "log").write_text(given.pop("log", ""), encoding="utf-8")
    upload = Upload(
        id=folder.name,
        by="t",
        at=datetime.now(UTC),
        files=("a.md",),
        keep=False,
        metadata={},
        partial=False,
        state="building",
    )
    upload = replace(upload, **given)
    write_upload(folder, upload)
    return upload


@pytest.mark.parametrize(
    ("log", "why"), [("", "ESG_QA_BUILD_SECONDS"), ("Traceback\nMemoryError: x", "ESG_QA_BUILD_MEMORY")]
)
def test_a_build_whose_process_is_gone_has_failed(tmp_path: Path, log: str, why: str) -> None:
    folder = tmp_path / ("a" * 16)
    waiting(folder, log=log)
    found = read_upload(folder)
    assert found is not None
    assert found.state == "failed"
    assert why in found.error


def test_a_build_that_takes_too_long_is_ended(given_settings: Settings) -> None:
    hurried = given_settings.model_copy(update={"build_seconds": 1})
    rows = "".join(f"| Water used at plant {n} | m3 | {n} |\n" for n in range(1500))
    sent = SentFile(name="long.md", content=io.BytesIO(report(2024, "1") + rows.encode()))
    accepted = accept_upload(hurried, [sent], metadata={}, keep=False, partial=False, by="t", now=datetime.now(UTC))
    deadline = time.monotonic() + 120
    (found,) = uploads(hurried)
    while found.state in ("waiting", "building"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        (found,) = uploads(hurried)
    assert (found.id, found.state) == (accepted.id, "failed")
    assert "ESG_QA_BUILD_SECONDS" in found.error


def test_the_latest_uploads_are_remembered(given_settings: Settings) -> None:
    folder = given_settings.data / "uploads"
    for number in range(22):
        at = datetime.now(UTC) - timedelta(days=number)
        waiting(folder / f"{number:016x}", at=at, state="failed", error="x")
    sent = SentFile(name="a.md", content=io.BytesIO(report(2024, "1")))
    accepted = accept_upload(
        given_settings, [sent], metadata={}, keep=False, partial=False, by="t", now=datetime.now(UTC)
    )
    held = uploads(given_settings)
    assert held[0].id == accepted.id
    assert [upload.id for upload in held[1:]] == [f"{number:016x}" for number in range(20)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.md", "report.md"),
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\reports\\ESG.MD", "ESG.md"),
        ("報告（繁體）.md", "報告（繁體）.md"),
        ("...md", "report.md"),
        ("a\x00b\n.md", "a_b.md"),
        ("a.m\x00d/../x.\u202emd", "x.md"),
        ("-rf.md", "-rf.md"),
        ("a" * 300 + ".md", "a" * 80 + ".md"),
    ],
)
def test_a_file_gets_a_name_that_is_safe(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@settings(max_examples=300, deadline=None)
@given(name=st.text(max_size=200))
def test_no_name_leaves_its_folder(name: str) -> None:
    kept = safe_name(name)
    assert Path(kept).name == kept
    assert not kept.startswith(".")
    assert len(kept.encode()) < 255 or not kept.isascii()
    assert "\x00" not in kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), kind=st.sampled_from(["multipart/form-data; boundary=x", "text/plain", ""]))
def test_nothing_that_is_sent_as_a_form_breaks_it(refusing: TestClient, content: bytes, kind: str) -> None:
    if not refusing.cookies:
        sign_in(refusing, "editor")
    csrf = {"X-CSRF-Token": refusing.get("/v1/staff/me").json()["csrf_token"]}
    response = refusing.post("/v1/staff/reports", content=content, headers={**csrf, "Content-Type": kind})
    assert response.status_code in (403, 422)


def test_the_bundled_report_can_stand_beside_an_upload(
    client: TestClient, given_settings: Settings, bundled_index: Path
) -> None:
    bundled = current_folder(bundled_index)
    shutil.copytree(bundled, given_settings.index / "snapshots" / bundled.name)
    publish(given_settings.index, bundled.name)
    csrf = sign_in(client, "admin")
    ready = built(client, send(client, "2024.md", report(2024, "1"), csrf, keep="true").json()["id"])
    assert ready["state"] == "ready", ready["error"]
    assert {each["id"] for each in ready["reports"]} == {"6608-2022", "9901-2024"}
