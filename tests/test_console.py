"""The console without a browser: who may open what, forms and their tokens, hostile text, files to take away."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.console.evidence import Grid, open_report
from api.console.explorer import lines
from api.console.export import harmless, to_csv, to_workbook
from api.console.people import MASK, differences
from api.console.quality import JSON_NAME, read_scorecard
from api.console.reply import write_reply
from api.console.view import PLACES, safe_path
from api.console.words import TABLE, Words, read_table
from api.page import STATIC
from api.store.curated import MAX_CURATED, curated_answers
from api.store.database import Database
from api.store.questions import Asked, find_question, keep_questions
from index.script import LANGUAGES, Language, language_of
from qa.engine import Engine
from tests.conftest import PASSWORD

Serve = Callable[..., TestClient]
SCOPE_2 = "What were the Scope 2 emissions in 2022?"
UNKNOWN_YEAR = "How many full-time employees were there in 2018?"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
CONSOLE = TABLE.parent
SCRIPT = CONSOLE / "static" / "console.js"


def enter(client: TestClient, name: str, staff: dict[str, str]) -> str:
    """Sign in as a browser does, by the form, and give the token that forms need."""
    response = client.post("/console/sign-in", data={"name": name, "password": staff[name]}, follow_redirects=False)
    assert response.status_code == 303, response.text
    page = client.get("/console/quality").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def editor(serve: Serve, staff: dict[str, str]) -> tuple[TestClient, str]:
    client = serve()
    return client, enter(client, "editor", staff)


@pytest.fixture
def asked(database: Database) -> list[int]:
    """Three questions of visitors: one unanswered, one hostile, one answered."""
    rows = [("Is there a yacht?", "not_disclosed"), (HOSTILE, "not_disclosed"), (SCOPE_2, "answered")]
    with database.session() as session:
        keep_questions(
            session,
            [
                Asked(
                    text=text,
                    language="en",
                    report="",
                    status="answered" if status == "answered" else "not_disclosed",
                    reason=None if status == "answered" else "not_in_report",
                    metrics=("ghg_scope_2",) if status == "answered" else (),
                    answer_id="0" * 16,
                    snapshot="s",
                    approved=False,
                    at=datetime(2026, 1, 1, tzinfo=UTC),
                )
                for text, status in rows
            ],
        )
    return [1, 2, 3]


# Words


def test_every_word_of_the_console_is_in_all_three_languages() -> None:
    for name, words in read_table().items():
        assert len(words) in (2, 3), name
        holes = [set(re.findall(r"{(\w+)}", text)) for text in words]
        assert all(text.strip() for text in words), name
        assert all(found == holes[0] for found in holes), name
        assert all(Words(language).has(name) for language in LANGUAGES)


def test_the_table_holds_every_name_that_a_page_says_and_no_other() -> None:
    sources = "\n".join(path.read_text() for path in (*CONSOLE.glob("*.py"), *CONSOLE.glob("templates/*.html")))
    said = set(re.findall(r"""say\(\s*"([\w-]+\.[\w.-]+)"[,)]""", sources))
    names = set(read_table())
    assert said - names == set()
    built = ("aspect.", "disclosure.", "standing.", "mark.", "status.", "reason.", "role.", "waiting.", "said.")
    built += (
        "action.",
        "field.",
        "kind.",
        "audit.of-",
        "audit.a-",
        "nav.",
        "column.",
        "figures.",
        "reports.",
        "upload.",
        "step.",
    )
    unused = {name for name in names - said if not name.startswith(built) and f'"{name}"' not in sources}
    assert unused <= {"curated.expires_on"}


def test_simplified_words_are_simplified() -> None:
    say = Words("zh-Hans")
    assert language_of(say("questions.lead", days=3)) == "zh-Hans"
    assert say("nav.reports") == "报告"


# Who may open what


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("role", ["reader", "editor", "admin"])
def test_each_page_opens_to_its_roles_only(serve: Serve, staff: dict[str, str], place: object, role: str) -> None:
    order = ["reader", "editor", "admin"]
    client = serve()
    enter(client, role, staff)
    allowed = order.index(role) >= order.index(place.role)  # type: ignore[attr-defined]
    response = client.get(place.path)  # type: ignore[attr-defined]
    assert response.status_code == (200 if allowed else 403)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-type"].startswith("text/html")
    assert (f'href="{place.path}"' in response.text) == allowed  # type: ignore[attr-defined]


PAGES = [place.path for place in PLACES] + [
    "/console/reply?q=x",
    "/console/figures/line?report=6608-2022&key=x",
    "/console/figures/export.csv",
    "/console/questions/1",
    "/console/curated/new",
    "/console/curated/1",
    "/console/curated/1/edit",
    "/console/curated/1/widget",
    "/console/quality/scorecard.html",
    "/console/password",
]


@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(serve: Serve, path: str) -> None:
    client = serve()
    response = client.get(path, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/console/sign-in?next=%2Fconsole%2F")
    assert client.get(path).status_code == 200


CHANGES = [
    ("/console/questions", {"mark": "done", "id": "1"}, "editor"),
    ("/console/questions/export", {"id": "1"}, "reader"),
    ("/console/questions/1", {"mark": "done"}, "editor"),
    ("/console/curated/new", {"action": "save"}, "editor"),
    ("/console/curated/1/edit", {"action": "save"}, "editor"),
    ("/console/curated/1/approve", {"version": "1"}, "editor"),
    ("/console/curated/1/retire", {"version": "1"}, "editor"),
    ("/console/curated/1/expiry", {"version": "1"}, "editor"),
    ("/console/reports", {"company": "x"}, "editor"),
    ("/console/reports/0123456789abcdef/publish", {}, "admin"),
    ("/console/snapshots/0123456789abcdef/publish", {}, "admin"),
    ("/console/accounts", {"name": "x", "role": "reader"}, "admin"),
    ("/console/accounts/reader", {"role": "admin"}, "admin"),
    ("/console/accounts/reader/password", {}, "admin"),
    ("/console/password", {}, "reader"),
    ("/console/sign-out", {}, "reader"),
]


@pytest.mark.parametrize(("path", "sent", "role"), CHANGES)
@pytest.mark.usefixtures("asked")
def test_no_change_goes_through_without_its_pages_token(
    serve: Serve, staff: dict[str, str], path: str, sent: dict[str, str], role: str
) -> None:
    client = serve()
    token = enter(client, role, staff)
    assert client.post(path, data=sent).status_code == 403
    assert client.post(path, data={**sent, "csrf_token": token[:-1] + "!"}).status_code == 403
    foreign = client.post(path, data={**sent, "csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


@pytest.mark.parametrize(("path", "sent", "role"), [change for change in CHANGES if change[2] != "reader"])
@pytest.mark.usefixtures("asked")
def test_no_change_goes_through_for_a_lower_role(
    serve: Serve, staff: dict[str, str], path: str, sent: dict[str, str], role: str
) -> None:
    client = serve()
    token = enter(client, {"editor": "reader", "admin": "editor"}[role], staff)
    response = client.post(path, data={**sent, "csrf_token": token})
    assert response.status_code == 403
    assert "needs the role" in response.text


@pytest.mark.usefixtures("asked")
def test_nobody_signed_in_may_change_anything(serve: Serve) -> None:
    response = serve().post("/console/questions/1", data={"mark": "done"})
    assert response.status_code == 401
    assert "/console/sign-in" in response.text


# The door


def test_a_wrong_password_is_told_without_telling_which(serve: Serve, staff: dict[str, str]) -> None:
    client = serve()
    assert "reader" in staff
    told = [
        client.post("/console/sign-in", data={"name": name, "password": "not the password"})
        for name in ("reader", "nobody")
    ]
    assert [response.status_code for response in told] == [401, 401]
    assert told[0].text.replace("reader", "nobody") == told[1].text
    assert client.get("/console/ask", follow_redirects=False).status_code == 303


def test_many_attempts_are_stopped(serve: Serve, staff: dict[str, str]) -> None:
    client = serve(login_rate="2/minute")
    assert "reader" in staff
    sent = {"name": "reader", "password": "wrong"}
    codes = [client.post("/console/sign-in", data=sent).status_code for _ in range(3)]
    assert codes == [401, 401, 429]


def test_another_site_cannot_sign_a_browser_in(serve: Serve, staff: dict[str, str]) -> None:
    sent = {"name": "reader", "password": staff["reader"]}
    assert serve().post("/console/sign-in", data=sent, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_name_in_an_encoding_that_cannot_be_kept_is_refused(serve: Serve, staff: dict[str, str]) -> None:
    client = serve()
    assert "reader" in staff
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800\r\n--b--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b; charset=unicode_escape"}
    assert client.post("/console/sign-in", content=body, headers=kind).status_code == 415


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/console/ask?q=1", "/console/ask?q=1"),
        ("https://evil.example", "/console"),
        ("//evil.example", "/console"),
        ("/console//evil.example", "/console"),
        ("/console/\\evil.example", "/console"),
        ("/console/a\r\nSet-Cookie: x", "/console"),
        ("/consolex", "/console"),
        ("/v1/ask", "/console"),
    ],
)
def test_only_an_address_of_the_console_is_gone_back_to(wanted: str, kept: str) -> None:
    assert safe_path(wanted) == kept


def test_the_sign_in_leads_where_the_visitor_wanted(serve: Serve, staff: dict[str, str]) -> None:
    sent = {"name": "reader", "password": staff["reader"], "next": "/console/figures?q=water"}
    response = serve().post("/console/sign-in", data=sent, follow_redirects=False)
    assert response.headers["location"] == "/console/figures?q=water"
    assert "httponly" in response.headers["set-cookie"].lower()


def test_signing_out_ends_the_session(editor: tuple[TestClient, str]) -> None:
    client, token = editor
    client.post("/console/sign-out", data={"csrf_token": token})
    assert client.get("/console/ask", follow_redirects=False).status_code == 303


def test_a_password_can_be_changed(editor: tuple[TestClient, str]) -> None:
    client, token = editor
    new = "a longer horse battery"
    sent = {"csrf_token": token, "present": PASSWORD, "new": new, "again": new}
    assert client.post("/console/password", data={**sent, "present": "wrong"}).status_code == 401
    assert client.post("/console/password", data={**sent, "again": "another"}).status_code == 422
    assert client.post("/console/password", data={**sent, "new": "short", "again": "short"}).status_code == 422
    assert "Sign in with the new one" in client.post("/console/password", data=sent).text
    assert client.post("/console/sign-in", data={"name": "editor", "password": new}).status_code == 200


# Languages and errors


@pytest.mark.parametrize(("language", "word"), [("en", "Figures"), ("zh-Hant", "數字"), ("zh-Hans", "数字")])
def test_the_console_speaks_three_languages(editor: tuple[TestClient, str], language: str, word: str) -> None:
    client, _ = editor
    client.get(f"/console/language/{language}?next=/console/figures")
    page = client.get("/console/figures")
    assert f'<html lang="{language}">' in page.text
    assert word in page.text
    assert page.headers["content-language"] == language


@pytest.mark.parametrize(
    ("accept", "title"),
    [("en", "There is nothing at this address"), ("zh-HK", "此網址沒有內容"), ("zh-CN", "此网址没有内容")],
)
def test_an_error_is_a_page_in_the_readers_language(serve: Serve, accept: str, title: str) -> None:
    response = serve().get("/console/nowhere", headers={"Accept-Language": accept})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert title in response.text


def test_errors_outside_the_console_stay_problem_details(serve: Serve) -> None:
    assert serve().get("/consoles").headers["content-type"] == "application/problem+json"


def test_a_service_without_a_database_says_that_it_has_no_staff(client: TestClient) -> None:
    response = client.get("/console/ask")
    assert response.status_code == 503
    assert "keeps no records" in response.text


def test_no_page_has_inline_script_or_style(editor: tuple[TestClient, str]) -> None:
    client, _ = editor
    for path in ("/console/ask?q=water", "/console/figures", "/console/questions", "/console/curated/new?q=water"):
        html = client.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
        policy = client.get(path).headers["content-security-policy"]
        assert "unsafe-inline" not in policy


def test_every_colour_of_a_page_is_among_the_shared_ones() -> None:
    shared = (STATIC / "tokens.css").read_text(encoding="utf-8")
    light, dark = (set(re.findall(r"(--[\w-]+):", part)) for part in shared.split("@media"))
    assert light == dark
    for sheet in (STATIC / "ask.css", CONSOLE / "static" / "console.css"):
        text = sheet.read_text(encoding="utf-8")
        own = set(re.findall(r"(--[\w-]+):", text)) | set(re.findall(r'setProperty\("(--[\w-]+)"', SCRIPT.read_text()))
        assert set(re.findall(r"var\((--[\w-]+)", text)) - own <= light, sheet.name


def test_a_file_of_the_console_is_kept_by_its_version(serve: Serve) -> None:
    client = serve()
    address = re.search(r"/console/static/console\.css\?v=\w+", client.get("/console/sign-in").text)
    assert address
    assert "immutable" in client.get(address[0]).headers["cache-control"]
    assert client.get("/console/static/console.css").headers["cache-control"] == "no-cache"
    assert client.get("/console/static/..%2Fwords.toml").status_code == 404


# Ask and reply


def test_an_answer_stands_beside_the_report_opened_at_its_quote(editor: tuple[TestClient, str]) -> None:
    page = editor[0].get("/console/ask", params={"q": SCOPE_2}).text
    assert "378.80" in page
    assert re.search(r'<tr class="cited" id="source-1" tabindex="-1">', page)
    assert page.count('id="source-1"') == 1


def test_a_question_of_the_staff_is_not_kept_among_the_visitors(editor: tuple[TestClient, str]) -> None:
    client, _ = editor
    client.get("/console/ask", params={"q": SCOPE_2})
    assert "Nobody has asked anything yet" in client.get("/console/questions").text


@pytest.mark.usefixtures("asked")
def test_hostile_text_stays_text(editor: tuple[TestClient, str]) -> None:
    client, _ = editor
    for path in (
        "/console/ask",
        "/console/reply",
        "/console/figures",
        "/console/curated/new",
        "/console/questions",
        "/console/questions/2",
        "/console/curated",
    ):
        html = client.get(path, params={"q": HOSTILE} if path != "/console/questions/2" else {}).text
        assert "<script>alert" not in html, path
        assert "<img src=x" not in html, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_quote_of_an_answer_is_marked_in_the_opened_report(engine: Engine, language: Language) -> None:
    for question in (SCOPE_2, "How does the board oversee ESG matters?", "How did water consumption develop?"):
        answer = engine.ask(question, language=language)
        sections = open_report(engine.snapshot, answer.citations)
        assert {number for section in sections for number in section.sources} == {c.number for c in answer.citations}
        marked = ""
        for block in (block for section in sections for block in section.blocks):
            if isinstance(block, Grid):
                marked += "".join(" | ".join(row.cells) + "\n" for row in block.rows if row.marked)
            else:
                marked += "".join(piece.text for piece in block.pieces if piece.marked) + "\n"
        for citation in answer.citations:
            assert citation.quote in marked


def test_a_group_that_its_first_row_names_is_not_named_again(engine: Engine) -> None:
    (section, *_) = open_report(engine.snapshot, engine.ask(UNKNOWN_YEAR).citations)
    grids = [block for block in section.blocks if isinstance(block, Grid)]
    assert grids
    for grid in grids:
        for above, row in zip(grid.rows, grid.rows[1:], strict=False):
            assert not (row.group and above.cells[0] == row.cells[0])


def test_an_opened_section_keeps_every_word_of_its_passages(engine: Engine) -> None:
    answer = engine.ask(SCOPE_2)
    (section,) = open_report(engine.snapshot, answer.citations)
    shown = "\n".join(
        "\n".join(" | ".join(row.cells) for row in block.rows)
        + "\n".join(" | ".join(line) for line in block.header)
        + "\n".join(piece.text for note in block.notes for piece in note.pieces)
        if isinstance(block, Grid)
        else "".join(piece.text for piece in block.pieces)
        for block in section.blocks
    )
    cited = engine.snapshot.by_id[answer.citations[0].passage_id]
    held = [p for p in engine.snapshot.passages if (p.section_key, p.edition) == (cited.section_key, cited.edition)]
    assert [line for passage in held for line in passage.text.split("\n") if line not in shown] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_has_the_answer_and_its_numbered_sources(engine: Engine, language: Language) -> None:
    answer = engine.ask(SCOPE_2, language=language)
    reply = write_reply(answer, SCOPE_2, engine.snapshot)
    for written in (reply.text, reply.html):
        assert "378.80" in written
        assert "66" in written
    assert "[1]" in reply.text
    columns, row = reply.sources[0].rows
    assert len(columns) == len(row)
    assert f"    {' | '.join(columns)}\n    {answer.citations[0].quote}" in reply.text
    assert f"<td>{columns[2]}</td>" in reply.html


@pytest.mark.parametrize(
    ("language", "said"), [("en", "do not answer"), ("zh-Hant", "並未解答"), ("zh-Hans", "并未解答")]
)
def test_what_is_only_close_to_a_question_is_never_called_its_source(
    editor: tuple[TestClient, str], engine: Engine, language: Language, said: str
) -> None:
    answer = engine.ask(UNKNOWN_YEAR, language=language)
    assert answer.status == "not_disclosed"
    assert answer.citations
    reply = write_reply(answer, UNKNOWN_YEAR, engine.snapshot)
    assert said in reply.sources_title
    client, _ = editor
    client.get(f"/console/language/{language}?next=/console/ask")
    asked = client.get("/console/ask", params={"q": UNKNOWN_YEAR}).text
    assert f'<p class="closest">{Words(language)("ask.closest")}</p>' in asked
    assert "closest" not in client.get("/console/ask", params={"q": SCOPE_2}).text
    draft = client.get("/console/curated/new", params={"q": UNKNOWN_YEAR}).text
    assert 'name="passage"' in draft
    assert not re.search(r'name="passage"[^>]*checked', draft)


def test_a_reply_to_hostile_text_is_escaped(engine: Engine) -> None:
    reply = write_reply(engine.ask("water consumption"), HOSTILE, engine.snapshot)
    assert HOSTILE in reply.text
    assert "<script" not in reply.html
    assert "<img" not in reply.html


# Figures


def test_the_explorer_lists_every_series_and_finds_by_words_in_any_script(editor: tuple[TestClient, str]) -> None:
    client, _ = editor
    assert "74 of 74 rows" in client.get("/console/figures").text
    for words in ("scope 2", "范畴二", "範疇二", "ghg_scope_2"):
        page = client.get("/console/figures", params={"q": words}).text
        assert "378.80" in page, words
    assert "No disclosed figure matches" in client.get("/console/figures", params={"q": "unicorn"}).text


def test_a_figure_shows_its_chart_its_row_and_its_section(editor: tuple[TestClient, str], engine: Engine) -> None:
    line = next(line for line in lines(engine.snapshot, "en") if "ghg_scope_2" in line.metrics)
    page = editor[0].get("/console/figures/line", params={"report": line.report, "key": line.key}).text
    assert page.count("<rect") == len([cell for cell in line.cells if cell.value is not None])
    assert line.cells[0].row in page
    assert engine.snapshot.manifest.id in page
    missing = editor[0].get("/console/figures/line", params={"report": line.report, "key": "x"})
    assert missing.status_code == 404


def test_an_export_holds_every_figure_with_its_source(editor: tuple[TestClient, str], engine: Engine) -> None:
    client, _ = editor
    cells = [cell for line in lines(engine.snapshot, "en") for cell in line.cells]
    written = client.get("/console/figures/export.csv")
    assert written.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(written.content.decode("utf-8-sig"))))
    assert len(rows) == len(cells)
    scope = next(row for row in rows if row["Metric key"] == "ghg_scope_2" and row["Period"] == "2022")
    assert (scope["Value"], scope["Unit"], scope["Page"]) == ("378.80", "tCO₂e", "66")
    assert scope["Exact row"].startswith("GHG emissions (Scope 2) |")
    assert scope["Snapshot"] == engine.snapshot.manifest.id
    book = load_workbook(io.BytesIO(client.get("/console/figures/export.xlsx", params={"q": "scope 2"}).content))
    table = list(book.worksheets[0].iter_rows(values_only=True))
    values = [row[table[0].index("Value")] for row in table[1:]]
    assert 378.8 in values


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_no_exported_cell_is_a_formula(engine: Engine, text: str) -> None:
    assert harmless(text).startswith("'")
    from dataclasses import replace

    line = replace(next(iter(lines(engine.snapshot, "en"))), label=text, metric=text)
    say = Words("en")
    written = to_csv([line], say=say, snapshot="s").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(written)):
        assert not [cell for cell in row if re.match(r"\s*[=@＝]|[+-](?!\d)|-2\+", cell)]
    sheet = load_workbook(io.BytesIO(to_workbook([line], say=say, snapshot="s"))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"inlineStr", "s", "n"}


# Questions


@pytest.mark.usefixtures("asked")
def test_unanswered_questions_come_first_and_can_be_sifted(editor: tuple[TestClient, str]) -> None:
    client, _ = editor
    page = client.get("/console/questions").text
    assert page.index("Is there a yacht?") < page.index(SCOPE_2)
    sifted = client.get("/console/questions", params={"metric": "ghg_scope_2", "status": "answered"}).text
    assert SCOPE_2 in sifted
    assert "yacht" not in sifted
    assert "No question matches" in client.get("/console/questions", params={"language": "zh-Hans"}).text


def test_questions_that_are_alike_are_one_with_a_count_and_are_marked_together(
    editor: tuple[TestClient, str], asked: list[int], database: Database
) -> None:
    client, token = editor
    alike = ["Is there a YACHT", "  is there a yacht ?"]
    with database.session() as session:
        first = find_question(session, asked[0])
        again = [replace(first, text=text, at=first.at + timedelta(days=1)) for text in alike]
        keep_questions(session, again)
    page = client.get("/console/questions?status=not_disclosed").text
    assert "Different questions: 2 · times asked: 4" in page
    assert page.lower().count("is there a yacht") == 2  # the link, and the words of its box
    assert "Asked 3 times in the same words" in page
    assert '2<span class="hidden-words"> 2 without an answer' in page
    sent = {"csrf_token": token, "mark": "done", "id": "5"}
    assert "3 marked" in client.post("/console/questions", data=sent).text
    with database.session() as session:
        assert [find_question(session, number).mark for number in (1, 2, 4, 5)] == ["done", "new", "done", "done"]
    client.post("/console/questions/1", data={"csrf_token": token, "mark": "watch", "note": "sold"})
    with database.session() as session:
        assert [find_question(session, number).note for number in (1, 2, 4, 5)] == ["sold", "", "sold", "sold"]
    assert "Asked 3 times since 2026-01-01" in client.get("/console/questions/4").text


def test_questions_are_marked_together_or_one_by_one_with_a_note(
    editor: tuple[TestClient, str], asked: list[int], database: Database
) -> None:
    client, token = editor
    response = client.post("/console/questions", data={"csrf_token": token, "mark": "ignored", "id": ["1", "2", "99"]})
    assert "2 marked" in response.text
    client.post("/console/questions/3", data={"csrf_token": token, "mark": "watch", "note": HOSTILE})
    with database.reading() as session:
        assert [find_question(session, number).mark for number in asked] == ["ignored", "ignored", "watch"]
        assert find_question(session, 3).note == HOSTILE
    assert "<script>alert" not in client.get("/console/questions").text


@pytest.mark.usefixtures("asked")
def test_a_message_is_said_once(editor: tuple[TestClient, str]) -> None:
    client, token = editor
    said = client.post("/console/questions", data={"csrf_token": token, "mark": "done"})
    assert "Nothing was ticked" in said.text
    assert "Nothing was ticked" not in client.get("/console/questions").text


@pytest.mark.usefixtures("asked")
def test_ticked_questions_are_exported_as_cases(editor: tuple[TestClient, str]) -> None:
    client, token = editor
    response = client.post("/console/questions/export", data={"csrf_token": token, "id": ["1", "3"]})
    cases = [json.loads(line) for line in response.text.splitlines()]
    assert [case["question"] for case in cases] == ["Is there a yacht?", SCOPE_2]
    assert response.headers["content-disposition"].endswith('"visitors.jsonl"')


# Curated answers


def write(client: TestClient, token: str, engine: Engine, **given: str) -> str:
    """Keep a draft about Scope 2 and give its address."""
    passage = engine.ask(SCOPE_2).citations[0].passage_id
    sent = {
        "csrf_token": token,
        "action": "save",
        "report": "6608-2022",
        "question:en": "How high is Scope 2?",
        "answer:en": "It was 378.80 tCO₂e.\r\nSee the report.",
        "phrasings": "scope two please\r\n範疇二有多高",
        "passage": passage,
        "owner": "editor",
        **given,
    }
    response = client.post("/console/curated/new", data=sent, files={"none": b""}, follow_redirects=False)
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def ask(client: TestClient, question: str) -> dict[str, object]:
    return dict(client.post("/v1/ask", json={"question": question}).json())


def test_an_answer_is_served_once_an_editor_approves_it_and_no_longer_when_retired(
    editor: tuple[TestClient, str], engine: Engine
) -> None:
    client, token = editor
    address = write(client, token, engine)
    assert ask(client, "How high is Scope 2?")["approved"] is None
    client.post(f"{address}/approve", data={"csrf_token": token, "version": "1"})
    served = ask(client, "how high is scope 2")
    assert served["text"] == "It was 378.80 tCO₂e.\nSee the report."
    assert served["approved"]
    assert ask(client, "Scope two please")["text"] == served["text"]
    stale = client.post(f"{address}/retire", data={"csrf_token": token, "version": "1"})
    assert stale.status_code == 409
    client.post(f"{address}/retire", data={"csrf_token": token, "version": "2"})
    assert ask(client, "how high is scope 2")["approved"] is None


def test_a_curated_answer_begins_from_what_the_service_says(editor: tuple[TestClient, str], engine: Engine) -> None:
    page = editor[0].get("/console/curated/new", params={"q": SCOPE_2}).text
    answer = engine.ask(SCOPE_2)
    assert answer.text in page
    assert f'value="{answer.citations[0].passage_id}" checked' in page
    assert answer.citations[0].quote in page


def test_passages_are_found_without_losing_what_was_written(editor: tuple[TestClient, str], database: Database) -> None:
    client, token = editor
    sent = {"csrf_token": token, "action": "find", "question:en": "Q?", "answer:en": HOSTILE, "find": "water saving"}
    page = client.post("/console/curated/new", data=sent).text
    assert page.count('name="passage"') == 8
    assert "&lt;script&gt;alert(1)" in page
    with database.reading() as session:
        assert curated_answers(session) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"question:en": "", "answer:en": ""}, "The form"),
        ({"question:en": "x" * 501}, "Question: may have up to 500"),
        ({"answer:en": "x" * 4001}, "Answer: may have up to 4000"),
        ({"expires_on": "tomorrow"}, "Last day"),
        ({"quote:{passage}": "words that are not there"}, "expected words of passage"),
    ],
)
def test_what_is_wrong_with_a_draft_is_told_beside_what_was_written(
    editor: tuple[TestClient, str], engine: Engine, given: dict[str, str], told: str
) -> None:
    client, token = editor
    passage = engine.ask(SCOPE_2).citations[0].passage_id
    sent = {"csrf_token": token, "action": "save", "question:en": "Q?", "answer:en": "kept words", "passage": passage}
    sent |= {name.format(passage=passage): value for name, value in given.items()}
    response = client.post("/console/curated/new", data=sent)
    assert response.status_code == 422
    assert told in response.text


def test_a_form_with_far_too_much_text_loses_none_of_it(editor: tuple[TestClient, str]) -> None:
    client, token = editor
    written = "節約用水" * 25_000
    sent = {"csrf_token": token, "action": "save", "question:zh-Hant": "用水？", "answer:zh-Hant": written}
    response = client.post("/console/curated/new", data=sent, files={"none": b""})
    assert response.status_code == 422
    assert "Answer: may have up to 4000" in response.text
    assert written in response.text


def test_a_form_that_is_too_large_to_read_is_told_so(editor: tuple[TestClient, str]) -> None:
    client, token = editor
    sent = {"csrf_token": token, "action": "save", "answer:en": "x" * MAX_CURATED}
    response = client.post("/console/curated/new", data=sent, files={"none": b""})
    assert response.status_code == 413
    assert "larger than 1 MiB" in response.text


def test_an_answer_that_cites_nothing_cannot_be_approved(editor: tuple[TestClient, str], engine: Engine) -> None:
    client, token = editor
    address = write(client, token, engine, passage="")
    assert "cites no passage yet" in client.get(address).text
    assert client.post(f"{address}/approve", data={"csrf_token": token, "version": "1"}).status_code == 422


def test_an_edit_makes_it_a_draft_again_and_the_history_tells(editor: tuple[TestClient, str], engine: Engine) -> None:
    client, token = editor
    address = write(client, token, engine)
    client.post(f"{address}/approve", data={"csrf_token": token, "version": "1"})
    passage = engine.ask(SCOPE_2).citations[0].passage_id
    sent = {"csrf_token": token, "action": "save", "version": "2", "question:en": "Q?", "answer:en": "New words"}
    page = client.post(f"{address}/edit", data={**sent, "passage": passage}).text
    assert '<span class="chip draft">' in page
    assert "approved it" in page
    assert "It was 378.80 tCO₂e." in page
    stale = client.post(f"{address}/edit", data={**sent, "passage": passage})
    assert stale.status_code == 409


def test_a_last_day_can_be_set_and_an_expired_answer_is_listed_so(
    editor: tuple[TestClient, str], engine: Engine
) -> None:
    client, token = editor
    address = write(client, token, engine)
    client.post(f"{address}/approve", data={"csrf_token": token, "version": "1"})
    sent = {"csrf_token": token, "version": "2"}
    assert client.post(f"{address}/expiry", data={**sent, "expires_on": "someday"}).status_code == 422
    assert "last day is changed" in client.post(f"{address}/expiry", data={**sent, "expires_on": "2020-01-01"}).text
    assert "How high is Scope 2?" in client.get("/console/curated", params={"state": "expired"}).text
    assert ask(client, "How high is Scope 2?")["approved"] is None


# Reports


def test_the_reports_page_tells_what_was_read_and_what_was_not(editor: tuple[TestClient, str], engine: Engine) -> None:
    page = editor[0].get("/console/reports").text
    for edition in engine.snapshot.manifest.editions:
        assert edition.file_name in page
        assert all(one.place in page for one in edition.unread)
    assert engine.snapshot.manifest.id in page


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("report.exe", b"MZ", "report.exe"), ("report.md", b"PK\x03\x04", "ZIP archive"), (HOSTILE, b"x", "expected")],
)
def test_a_file_that_is_no_report_is_refused_on_the_page(
    serve: Serve, staff: dict[str, str], tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    client = serve(data=str(tmp_path), index=str(tmp_path / "index"))
    token = enter(client, "editor", staff)
    response = client.post("/console/reports", data={"csrf_token": token}, files={"file": (name, content)})
    assert response.status_code == 422
    assert told in response.text
    assert "<script>alert" not in response.text


def test_an_unknown_upload_or_snapshot_is_told(serve: Serve, staff: dict[str, str], tmp_path: Path) -> None:
    client = serve(data=str(tmp_path), index=str(tmp_path / "index"))
    token = enter(client, "admin", staff)
    assert client.get("/console/reports/0123456789abcdef").status_code == 404
    sent = {"csrf_token": token}
    assert client.post("/console/reports/0123456789abcdef/publish", data=sent).status_code == 404
    assert client.post("/console/snapshots/0123456789abcdef/publish", data=sent).status_code == 404


# Quality, settings, accounts, audit log


def test_quality_says_how_to_make_a_scorecard(serve: Serve, staff: dict[str, str], tmp_path: Path) -> None:
    client = serve(data=str(tmp_path))
    enter(client, "reader", staff)
    page = client.get("/console/quality").text
    assert f"esg-qa eval --json &gt; {tmp_path / JSON_NAME}" in page
    (tmp_path / JSON_NAME).write_text('{"cases": 3}')
    assert "cannot be read" in client.get("/console/quality").text


def test_a_scorecard_is_shown_without_the_cases_held_back(serve: Serve, staff: dict[str, str], tmp_path: Path) -> None:
    rate = {"hits": 1, "of": 3, "low": 0.1, "high": 0.8, "share": 1 / 3}
    tally = {"wrong_numbers": 1, **dict.fromkeys(("passed", "values", "evidence", "refused_rightly"), rate)}
    case = {"kind": "lookup", "passed": False, "faults": ["wrong"]}
    cases = [
        {"id": "a", "question": "shown?", "split": "tuned", **case},
        {"id": "b", "question": "secret?", "split": "held_back", **case},
    ]
    body = {"snapshot": "x", "overall": tally, "by_kind": {"lookup": tally}, "by_language": {"en": tally}}
    (tmp_path / JSON_NAME).write_text(json.dumps({**body, "cases": cases}))
    client = serve(data=str(tmp_path))
    enter(client, "reader", staff)
    page = client.get("/console/quality").text
    assert "33.3%" in page
    assert "shown?" in page
    assert "secret?" not in page
    assert read_scorecard(tmp_path / "none.json") is None


def test_a_scorecards_own_page_runs_nothing(serve: Serve, staff: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "scorecard.html").write_text("<script>alert(1)</script>")
    client = serve(data=str(tmp_path))
    enter(client, "reader", staff)
    policy = client.get("/console/quality/scorecard.html").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox;" in policy


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "account reader"), ("zh-Hant", "帳戶 reader"), ("zh-Hans", "账户 reader")]
)
def test_the_audit_log_is_in_its_readers_language(
    serve: Serve, staff: dict[str, str], language: str, subject: str
) -> None:
    client = serve()
    enter(client, "reader", staff)
    enter(client, "admin", staff)
    client.get(f"/console/language/{language}?next=/console/audit")
    page = client.get("/console/audit").text
    assert f"{subject}</a>" in page
    link = re.search(rf'href="([^"]+)">{subject}</a>', page)
    assert link
    assert f"{subject.split()[0]} admin</a>" not in client.get(link[1]).text


def test_settings_show_no_secret(serve: Serve, staff: dict[str, str]) -> None:
    client = serve(database_url="postgresql://esg:hunter2secret@db/esg")
    enter(client, "editor", staff)
    page = client.get("/console/settings").text
    assert "ESG_QA_DATABASE_URL" in page
    assert MASK in page
    assert "hunter2secret" not in page


def test_an_admin_makes_changes_and_disables_accounts(serve: Serve, staff: dict[str, str]) -> None:
    client, other = serve(), serve()
    token = enter(client, "admin", staff)
    made = client.post("/console/accounts", data={"csrf_token": token, "name": "mei", "role": "editor"}).text
    found = re.search(r'<pre class="command" tabindex="0">([^<]+)</pre>', made)
    assert found
    assert other.post("/console/sign-in", data={"name": "mei", "password": found[1]}).status_code == 200
    assert found[1] not in client.get("/console/accounts").text
    again = client.post("/console/accounts", data={"csrf_token": token, "name": "mei", "role": "editor"})
    assert again.status_code == 409
    client.post("/console/accounts/mei", data={"csrf_token": token, "action": "disable"})
    assert other.get("/console/ask", follow_redirects=False).status_code == 303
    last = client.post("/console/accounts/admin", data={"csrf_token": token, "role": "reader"})
    assert "only admin" in last.text
    wrong = client.post("/console/accounts", data={"csrf_token": token, "name": "<b>", "role": "editor"})
    assert wrong.status_code == 422


@pytest.mark.usefixtures("asked")
def test_the_audit_log_tells_who_changed_what(serve: Serve, staff: dict[str, str]) -> None:
    client = serve()
    token = enter(client, "admin", staff)
    client.post("/console/questions/2", data={"csrf_token": token, "mark": "done", "note": HOSTILE})
    page = client.get("/console/audit", params={"action": "question"}).text
    assert "marked the question" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "No change matches" in client.get("/console/audit", params={"who": "nobody"}).text
    assert differences(None, {"a": [1, 2]}, Words("en")) == [("a", "", "1\n2")]
