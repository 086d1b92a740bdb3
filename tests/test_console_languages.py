"""Every page of the console is in its reader's language throughout: no key, no English in a Chinese page."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api.console.explorer import lines
from api.console.quality import JSON_NAME
from api.console.routes import console
from api.store.database import Database
from api.store.feedback import Feedback, keep_feedback
from api.store.questions import Asked, keep_questions
from api.uploads import Upload, write_upload
from index.script import LANGUAGES, Language, to_simplified
from qa.engine import Engine
from tests.conftest import PASSWORD, routes_of

Serve = Callable[..., TestClient]
ACCEPT = {"en": "en-GB", "zh-Hant": "zh-HK", "zh-Hans": "zh-CN"}
SCOPE_2 = {
    "en": "What were the Scope 2 emissions in 2022?",
    "zh-Hant": "2022 年範疇二溫室氣體排放量是多少？",
    "zh-Hans": "2022 年范围二温室气体排放量是多少？",
}
SILENT = {"en": "What is the share price?", "zh-Hant": "公司有遊艇嗎？", "zh-Hans": "公司有游艇吗？"}
# What a Chinese page may say in Latin letters: names, codes and the words of the trade that Chinese readers use.
KNOWN = set(
    """esg hkex gri kpi utc html csv xlsx json pdf utf mib kib ip id nul redis postgresql prometheus sqlite zip a1 en
    scope co tco gwh mwh water javascript test abcdef""".split()
)
# Quotes of the report, code, and what people wrote.
QUOTED = (
    "code, pre, script, style, textarea, blockquote, time, .opened, .letter, .notes, .notes-list, .formula, "
    ".languages, option[lang]"
)
USERS = {"admin", "editor", "reader"}  # the accounts' names
KEY = re.compile(r"\b(?:ask|audit|curated|figures|questions|reports|upload|quality|settings|field|action)\.[a-z-]+\b")
SENTENCE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
NAMED = ("繁體中文", "简体中文", "English", "用水")  # languages by their own names, and what may be searched for
SHOWN = ("title", "placeholder", "aria-label", "alt", "data-confirm", "data-unsaved", "data-progress", "data-done")


@pytest.fixture
def client(serve: Serve, staff: dict[str, str], database: Database, tmp_path: Path) -> TestClient:
    """The console as an admin sees it, with something on every page."""
    assert "admin" in staff
    client = serve(data=str(tmp_path), index=str(tmp_path / "index"))
    with database.session() as session:
        for language in LANGUAGES:
            keep_questions(session, [asked(SILENT[language], language), asked(SILENT[language], language)])
        said = Feedback(answer_id="a" * 16, helpful=False, reason="wrong_number", comment="", at=datetime.now(UTC))
        keep_feedback(session, said)
    for upload in uploads():
        (tmp_path / "uploads" / upload.id).mkdir(parents=True)
        (tmp_path / "uploads" / upload.id / "lock").touch()
        write_upload(tmp_path / "uploads" / upload.id, upload)
    (tmp_path / JSON_NAME).write_text(json.dumps(scorecard()), encoding="utf-8")
    response = client.post("/console/sign-in", data={"name": "admin", "password": PASSWORD})
    assert response.status_code == 200
    return client


def asked(text: str, language: Language) -> Asked:
    return Asked(
        text=text,
        language=language,
        report="",
        status="not_disclosed",
        reason="not_in_report",
        metrics=("ghg_scope_2",),
        answer_id="a" * 16,
        snapshot="s",
        approved=False,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def uploads() -> list[Upload]:
    shared = {"by": "editor", "at": datetime.now(UTC), "files": ("esg.md",), "metadata": {}, "partial": False}
    failed = Upload(id="1" * 16, keep=False, state="failed", error="esg.md: no text to index", **shared)  # type: ignore[arg-type]  # fields by name
    stopped = Upload(id="2" * 16, keep=False, state="failed", error="esg.md: of an older version", **shared)  # type: ignore[arg-type]  # likewise
    report = {
        "names": {"en": "Fern", "zh-Hant": "蕨", "zh-Hans": "蕨"},
        "company": "Fern",
        "year": 2024,
        "editions": [
            {
                "title": "蕨",
                "language": "zh-Hant",
                "file_name": "esg.md",
                "summary": {
                    **dict.fromkeys(("sections", "paragraphs", "items", "tables", "cells", "characters"), 1),
                    "left_out": [{"what": "images", "why": "an image has no text", "count": 2}],
                },
                "unread": [{"place": "t1", "why": "no column says which period it is for", "cells": 3}],
            }
        ],
    }
    ready = Upload(id="3" * 16, keep=True, state="ready", snapshot="s", reports=(report,), **shared)  # type: ignore[arg-type]  # likewise
    return [failed, stopped, ready]


def scorecard() -> dict[str, object]:
    rate = {"hits": 1, "of": 3, "low": 0.1, "high": 0.8, "share": 1 / 3}
    tally = {"wrong_numbers": 1, **dict.fromkeys(("passed", "values", "evidence", "refused_rightly"), rate)}
    kinds = ("lookup", "prose_number", "narrative", "list", "computed", "not_disclosed", "adversarial")
    faults = ["wrong number: 3 t for 2022", "answered, expected not_disclosed", "names 2 of 3 items"]
    case = {"id": "a", "kind": "lookup", "question": "？", "passed": False, "faults": faults, "split": "tuned"}
    spoken = dict.fromkeys(LANGUAGES, tally)
    body = {"suite": "bundled", "snapshot": "x", "overall": tally, "by_kind": dict.fromkeys(kinds, tally)}
    return {**body, "by_language": spoken, "cases": [case]}


def pages(language: Language, engine: Engine, curated: str) -> list[str]:
    """An address of every page, with something to see on it, and of pages that say what went wrong."""
    line = lines(engine.snapshot, language)[0]
    return [
        f"/console/ask?q={SCOPE_2[language]}",
        f"/console/ask?q={SILENT[language]}",
        "/console/ask",
        f"/console/reply?q={SCOPE_2[language]}",
        "/console/figures",
        "/console/figures?q=zzzz",
        f"/console/figures/line?report={line.report}&key={line.key}",
        "/console/figures/line?report=0&key=0",
        "/console/questions",
        "/console/questions?q=zzzz",
        f"/console/questions/{1 + 2 * LANGUAGES.index(language)}",
        "/console/questions/999",
        "/console/curated",
        "/console/curated?state=retired",
        "/console/curated/new",
        f"/console/curated/new?q={SCOPE_2[language]}",
        curated,
        f"{curated}/edit",
        f"{curated}/widget",
        "/console/curated/999",
        "/console/reports",
        *(f"/console/reports/{upload.id}" for upload in uploads()),
        "/console/reports/0123456789abcdef",
        "/console/quality",
        "/console/settings",
        "/console/accounts",
        "/console/audit",
        "/console/password",
        "/console/nowhere",
        "/console/sign-out",
    ]


def write_curated(client: TestClient, engine: Engine, language: Language) -> str:
    """Write, edit, approve and retire an answer, so that the log has entries of all kinds; give its address."""
    token = csrf(client)
    passage = next(p for p in engine.snapshot.passages if p.kind == "prose" and p.edition == "zh-Hant")
    sent = {"csrf_token": token, f"question:{language}": SILENT[language], f"answer:{language}": SILENT[language]}
    sent |= {"passage": passage.id, "action": "save"}
    address = client.post("/console/curated/new", data=sent).url.path
    client.post(f"{address}/edit", data={**sent, "version": "1", f"answer:{language}": SCOPE_2[language]})
    client.post(f"{address}/approve", data={"csrf_token": token, "version": "2"})
    client.post(f"{address}/expiry", data={"csrf_token": token, "version": "3", "expires_on": "2099-01-01"})
    client.post("/console/questions/1", data={"csrf_token": token, "mark": "done"})
    client.post("/console/accounts", data={"csrf_token": token, "name": "admin2", "role": "reader"})
    client.post("/console/accounts/admin2", data={"csrf_token": token, "role": "editor"})
    return str(address)


def refusals(client: TestClient, curated: str) -> list[str]:
    """Pages that say what was wrong with what was sent."""
    token = csrf(client)
    files = [("a.exe", b"MZ"), ("a.md", b"PK\x03\x04"), ("a.md", b""), ("a.pdf", b"x"), ("a.html", b"%PDF-")]
    sent = [client.post("/console/reports", data={"csrf_token": token}, files={"file": file}) for file in files]
    sent.append(client.post("/console/reports", data={"csrf_token": token}, files={"x": b""}))
    year = {"csrf_token": token, "year": "soon"}
    sent.append(client.post("/console/reports", data=year, files={"file": ("a.md", b"# A")}))
    sent.append(client.post("/console/curated/new", data={"csrf_token": token, "action": "save"}))
    half = {"csrf_token": token, "action": "save", "question:en": "？", "answer:en": "", "passage": "none"}
    sent.append(client.post("/console/curated/new", data=half))
    sent.append(client.post(f"{curated}/approve", data={"csrf_token": token, "version": "1"}))
    sent.append(client.post(f"{curated}/expiry", data={"csrf_token": token, "version": "4", "expires_on": "x"}))
    sent.append(client.post(f"/console/reports/{'1' * 16}/publish", data={"csrf_token": token}))
    sent.append(client.post("/console/accounts", data={"csrf_token": token, "name": "<", "role": "reader"}))
    sent.append(client.post("/console/accounts/admin", data={"csrf_token": token, "role": "reader"}))
    sent.append(client.post("/console/password", data={"csrf_token": token, "present": "x", "new": "y", "again": "z"}))
    sent.append(client.post("/console/questions/1", data={"csrf_token": "wrong", "mark": "done"}))
    assert all(response.status_code >= 400 for response in sent), [r.status_code for r in sent]
    return [response.text for response in sent]


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console/quality").text)
    assert found
    return found[1]


def shown(html: str, language: Language) -> list[str]:
    """The words of a page that are the console's own."""
    page = BeautifulSoup(html, "lxml")
    for quote in page.select(QUOTED):
        quote.decompose()
    for other in page.select("[lang]"):
        if not other.decomposed and other.name != "html" and other["lang"] != language:
            other.decompose()
    words = [text.strip() for text in page.find_all(string=True) if text.strip() and text.strip() != "html"]
    return words + [str(tag[name]) for name in SHOWN for tag in page.select(f"[{name}]") if tag.get(name)]


def own(text: str) -> str:
    """Leave out what visitors asked, and languages by their own names."""
    for given in (*SILENT.values(), *SCOPE_2.values(), *NAMED):
        text = text.replace(given, "")
    return text


def faults(html: str, language: Language) -> list[str]:
    """What of a page is not in its language."""
    texts = [own(text) for text in shown(html, language)]
    found = [f"key: {text}" for text in texts if KEY.search(text)]
    if language == "en":
        return found + [f"Chinese: {text}" for text in texts if re.search(r"[\u4e00-\u9fff]", text)]
    for text in texts:
        plain = re.sub(r"ESG_QA_\w+|\S*[./:_]\S*", " ", text)  # variables, addresses, files
        if {word.lower() for word in re.findall(r"[A-Za-z]{3,}", plain)} - KNOWN - USERS or SENTENCE.search(plain):
            found.append(f"English: {text}")
        if language == "zh-Hans" and to_simplified(text) != text:
            found.append(f"Traditional: {text}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_its_readers_language(client: TestClient, engine: Engine, language: Language) -> None:
    client.headers["Accept-Language"] = ACCEPT[language]
    client.get(f"/console/language/{language}")
    curated = write_curated(client, engine, language)
    wrong: dict[str, list[str]] = {}
    for path in pages(language, engine, curated):
        response = client.get(path)
        assert response.status_code < 500, path
        wrong[path] = faults(response.text, language)
    for number, html in enumerate(refusals(client, curated)):
        wrong[f"refusal {number}"] = faults(html, language)
    listed = "\n".join(f"{path}: {each}" for path, found in wrong.items() for each in found)
    assert not listed, listed


def test_no_page_was_left_out(engine: Engine) -> None:
    walked = " ".join(pages("en", engine, "/console/curated/1"))
    routes = list(routes_of(console))
    assert len(routes) > 40
    for route in routes:
        path = route.path
        if (
            "GET" not in (route.methods or ())
            or re.search(r"export|static|scorecard|language|sign-in", path)
            or path == "/console"
        ):
            continue
        pattern = re.sub(r"\\{\w+\\}", "[^/ ]+", re.escape(path))
        assert re.search(rf"{pattern}(?=[ ?]|$)", walked), path


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_the_sign_in_is_in_its_readers_language(serve: Serve, staff: dict[str, str], language: Language) -> None:
    assert staff
    client = serve()
    client.headers["Accept-Language"] = ACCEPT[language]
    wrong = client.post("/console/sign-in", data={"name": "reader", "password": "wrong"})
    for html in (client.get("/console/sign-in").text, wrong.text):
        assert faults(html, language) == []
