"""The console in a real browser, as an IR officer uses it: ask, reply, explore, curate, upload, roll back."""

import io
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.accounts import Passwords
from api.app import create_app
from api.serving import IndexFolder
from api.settings import Settings
from api.store.accounts import ROLES, add_account
from api.store.database import open_database
from index.embed import Embedder
from tests.conftest import PASSWORD, REPORT
from tests.served import Server

AXE = Path(__file__).with_name("axe-core") / "axe.min.js"
IMAGES = Path(__file__).parents[1] / "docs" / "images"
SCOPE_2 = "What were the Scope 2 emissions in 2022?"
SLOW = 120_000  # milliseconds that building an index may take on a busy machine

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def server(bundled_index: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service over a copy of the bundled report's index, with an account of each role."""
    home = tmp_path_factory.mktemp("console")
    shutil.copytree(bundled_index, home / "index", symlinks=True)
    database = open_database(None, folder=home / "data")
    database.migrate()
    hashed = Passwords().hash(PASSWORD)
    with database.session() as session:
        for role in ROLES:
            add_account(session, role, role=role, password_hash=hashed, by="test", now=datetime.now(UTC))
    settings = Settings(
        index=home / "index", data=home / "data", rate="100000/second", login_rate="100000/second", request_seconds=120
    )
    folder = IndexFolder(settings.index, model=None, embedder=embedder)
    served = Server(lambda: create_app(folder.load, settings=settings, database=database, published=folder.published))
    served.start()
    wait_until_answering(served)
    yield served
    served.stop()
    database.close()


def wait_until_answering(served: Server) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urlopen(f"{served.address}/readyz"):
                return
        except HTTPError:
            assert time.monotonic() < deadline, "the service did not get ready"
            time.sleep(0.1)


@pytest.fixture
def open_as(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open the console as someone of a role; no page may complain on the browser's console."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def start(role: str, *, locale: str = "en-GB", **given: Any) -> Page:  # noqa: ANN401 - options of a context
        context = browser.new_context(base_url=server.address, locale=locale, **given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/console")
        page.fill("[name=name]", role)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/ask")
        return page

    yield start
    for context in contexts:
        context.close()
    assert [line for line in said if "Failed to load resource" not in line] == []


@pytest.fixture
def shoot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], None]:
    """Take a screenshot: for the documentation with --screenshots, aside without."""
    folder = IMAGES if request.config.getoption("--screenshots") else tmp_path

    def take(page: Page, name: str) -> None:
        path = folder / f"console-{name}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 5_000

    return take


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(result => ({
          passed: result.passes.length,
          found: result.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html).join(" ")}`)
        }))"""
    )
    assert found["passed"] >= 5
    return list(found["found"])


def snapshot_of(page: Page) -> str:
    """The snapshot that answers now."""
    return str(page.request.get("/readyz").json()["snapshot"])


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SLOW / 1000
    while not true():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.1)


def accept(page: Page) -> None:
    page.once("dialog", lambda dialog: dialog.accept())


def test_the_quote_is_in_view_beside_the_answer(
    open_as: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    page = open_as("reader")
    page.fill("#question", SCOPE_2)
    page.keyboard.press("Enter")
    expect(page.locator(".headline .value")).to_have_text("378.80")
    expect(page.locator("#source-1")).to_be_in_viewport()
    expect(page.locator("#source-1")).to_contain_text("378.80")
    shoot(page, "answer")
    page.locator("#report").evaluate("element => { element.scrollTop = 0 }")
    page.locator(".text a.ref").first.click()
    expect(page.locator("#source-1")).to_be_in_viewport()
    expect(page.locator("#source-1")).to_be_focused()


def test_a_reply_is_copied_in_the_investors_language(
    open_as: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    page = open_as("reader", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/console/ask?q=" + SCOPE_2.replace(" ", "+"))
    page.get_by_role("link", name="Copy as reply").click()
    page.locator(".tabs").get_by_role("link", name="繁體中文").click()
    page.get_by_role("button", name="Copy with formatting").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    kinds = page.evaluate("navigator.clipboard.read().then(items => items.flatMap(item => item.types))")
    assert set(kinds) == {"text/html", "text/plain"}
    page.get_by_role("button", name="Copy plain text").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "378.80" in text
    assert "資料來源：\n[1]" in text
    shoot(page, "reply")
    page.emulate_media(media="print")
    expect(page.locator(".letter")).to_be_visible()
    for hidden in (".side", ".tabs", "#reply-text", "h1"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_figures_are_found_charted_and_exported(
    open_as: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    page = open_as("reader")
    page.get_by_role("link", name="Figures", exact=True).click()
    page.fill("[name=q]", "範疇二")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="GHG emissions (Scope 2)").click()
    expect(page.locator(".chart rect")).to_have_count(3)
    shoot(page, "figure")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export XLSX").click()
    rows = list(load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 4
    assert 378.8 in rows[1]


def test_a_visitors_question_becomes_an_answer_that_the_widget_serves(
    open_as: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    question = "Is there a roof garden at the head office?"
    page = open_as("editor")
    page.request.post("/v1/ask", data={"question": question})
    page.goto("/console/questions")
    expect(page.get_by_role("link", name=question)).to_be_visible()
    shoot(page, "questions")
    page.get_by_role("link", name=question).click()
    page.get_by_role("link", name="Write a curated answer").click()
    expect(page.locator("[name='question:en']")).to_have_value(question)
    page.fill("[name='answer:en']", "There is none; the report says how the offices save energy.")
    page.fill("[name=find]", "office energy saving")
    page.get_by_role("button", name="Find").click()
    page.locator("[name=passage]").first.check()
    shoot(page, "curate")
    page.get_by_role("button", name="Save as draft").last.click()
    expect(page.locator(".said")).to_contain_text("Approve it")
    accept(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".said")).to_contain_text("Approved")
    served = page.request.post("/v1/ask", data={"question": question}).json()
    assert served["approved"]
    assert served["text"].startswith("There is none")
    page.get_by_role("link", name="Try it on the widget").click()
    page.locator("esg-qa .launcher").click()
    page.locator("esg-qa textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("esg-qa")).to_contain_text("There is none; the report says")
    shoot(page, "widget")


def test_a_report_is_sent_read_published_and_taken_back(
    open_as: Callable[..., Page], shoot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    source = tmp_path / "fern-2024.md"
    source.write_text(REPORT, encoding="utf-8")
    page = open_as("admin")
    page.goto("/console/reports")
    before = snapshot_of(page)
    page.set_input_files("[name=file]", source)
    page.get_by_role("button", name="Send and read").click()
    page.wait_for_url(re.compile(r"/console/reports/[0-9a-f]{16}"))
    expect(page.get_by_role("button", name="Publish")).to_be_visible(timeout=SLOW)
    expect(page.locator("main")).to_contain_text("Fern Water Holdings")
    shoot(page, "upload")
    accept(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".said")).to_contain_text("is published")
    until(lambda: snapshot_of(page) != before)
    answer = page.request.post("/v1/ask", data={"question": "What was the total water consumption in 2024?"}).json()
    assert answer["figures"], answer
    assert answer["figures"][0]["value"] == "5678"
    page.goto("/console/reports")
    accept(page)
    page.locator("tr", has_text=before).get_by_role("button", name="Go back to it").click()
    expect(page.locator(".said")).to_contain_text(before)
    until(lambda: snapshot_of(page) == before)


def test_a_file_that_is_no_report_is_told_without_leaving_the_page(
    open_as: Callable[..., Page], tmp_path: Path
) -> None:
    source = tmp_path / "archive.md"
    source.write_bytes(b"PK\x03\x04 not a report")
    page = open_as("editor")
    page.goto("/console/reports")
    page.set_input_files("[name=file]", source)
    page.get_by_role("button", name="Send and read").click()
    expect(page.get_by_role("alert")).to_contain_text("ZIP archive")


PAGES = [
    f"/console/ask?q={SCOPE_2.replace(' ', '+')}",
    f"/console/reply?q={SCOPE_2.replace(' ', '+')}",
    "/console/figures",
    "/console/figures/line?report=6608-2022&key=kpi-environment.t1.r2",
    "/console/questions",
    f"/console/curated/new?q={SCOPE_2.replace(' ', '+')}",
    "/console/reports",
    "/console/quality",
    "/console/settings",
    "/console/accounts",
    "/console/audit",
]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "zh-HK")])
def test_axe_finds_no_fault(open_as: Callable[..., Page], scheme: str, locale: str) -> None:
    page = open_as("admin", locale=locale, color_scheme=scheme)
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path


@pytest.mark.parametrize("width", [360, 768])
def test_nothing_runs_off_the_side(open_as: Callable[..., Page], width: int) -> None:
    page = open_as("admin", locale="zh-CN", viewport={"width": width, "height": 740})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("locale", ["en-GB", "zh-HK"])
def test_lists_are_cards_and_wide_tables_keep_their_first_column_on_a_phone(
    open_as: Callable[..., Page], shoot: Callable[[Page, str], None], locale: str
) -> None:
    page = open_as("admin", locale=locale, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.request.post("/v1/ask", data={"question": "公司有遊艇嗎？"})
    for path in ("/console/questions", "/console/accounts", "/console/audit", "/console/settings", "/console/reports"):
        page.goto(path)
        cells = page.locator(".cards td[data-label]:visible")
        assert cells.count() > 0, path
        assert cells.evaluate_all("all => Math.min(...all.map(one => one.clientWidth))") >= 240, path
        labels = cells.evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content)")
        assert all(len(label) > 2 for label in labels), path
    page.goto("/console/figures?q=GHG")
    table = page.locator(".scroller:has(> .wide)")
    table.evaluate("element => { element.scrollLeft = 60 }")
    name = page.locator(".wide tbody th[scope=row]").first.bounding_box()
    number = page.locator(".wide tbody td.num").nth(1).bounding_box()
    assert name is not None
    assert number is not None
    assert 0 <= name["x"] < 30
    assert name["width"] <= 160
    assert number["x"] < 330
    if locale == "en-GB":
        page.goto("/console/questions")
        shoot(page, "phone")


def test_the_keyboard_alone_is_enough_to_ask_and_reach_the_evidence(open_as: Callable[..., Page]) -> None:
    page = open_as("reader")
    expect(page.locator("#question")).to_be_focused()
    page.goto("/console/figures")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.goto("/console/ask")
    page.keyboard.type(SCOPE_2)
    page.keyboard.press("Enter")
    expect(page.locator(".headline .value")).to_have_text("378.80")
    page.locator(".text a.ref").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-1")).to_be_focused()


def test_the_pages_work_without_their_script(open_as: Callable[..., Page]) -> None:
    page = open_as("reader", java_script_enabled=False)
    page.fill("#question", SCOPE_2)
    page.keyboard.press("Enter")
    expect(page.locator(".headline .value")).to_have_text("378.80")
    page.get_by_role("link", name="Copy as reply").click()
    expect(page.locator("#reply-text")).to_have_value(re.compile(r"Sources:\n\[1\]"))
    expect(page.locator("[data-copy]").first).to_be_hidden()


def test_a_form_too_large_to_send_stays_with_what_was_written(open_as: Callable[..., Page]) -> None:
    page = open_as("editor")
    page.goto("/console/curated/new")
    page.fill("[name='question:en']", "Anything?")
    page.locator("[name='answer:en']").evaluate("(field) => { field.value = 'x'.repeat(1024 * 1024); }")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("alert")).to_contain_text("was not sent")
    assert page.locator("[name='answer:en']").evaluate("(field) => field.value.length") == 1024 * 1024
    page.fill("[name='answer:en']", "Short.")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.locator("h1")).to_have_text("Anything?")


def test_a_language_is_chosen_for_good_and_a_draft_is_not_left_by_mistake(open_as: Callable[..., Page]) -> None:
    page = open_as("editor")
    page.get_by_role("link", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.goto("/console/curated/new")
    page.fill("[name='question:en']", "Anything?")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="数字").click()
    expect(page.locator("h1")).to_have_text("数字总览")
    assert asked == ["beforeunload"]


def test_what_was_written_is_put_back_after_the_session_ended(open_as: Callable[..., Page]) -> None:
    page = open_as("editor")
    page.goto("/console/curated/new")
    page.fill("[name='question:zh-Hant']", "公司有天台花園嗎？")
    page.fill("[name='answer:zh-Hant']", "沒有。")
    page.fill("[name=find]", "office energy saving")
    page.get_by_role("button", name="Find").click()
    chosen = page.locator("[name=passage]").nth(2)
    chosen.check()
    passage = str(chosen.get_attribute("value"))
    page.context.clear_cookies()
    page.get_by_role("button", name="Save as draft").last.click()
    expect(page.locator("main")).to_contain_text("Your session has ended")
    page.get_by_role("link", name="Sign in").click()
    page.fill("[name=name]", "editor")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("[name='answer:zh-Hant']")).to_have_value("沒有。")
    expect(page.locator(f"[name=passage][value='{passage}']")).to_be_checked()
    page.get_by_role("button", name="Save as draft").last.click()
    expect(page.locator(".said")).to_contain_text("Approve it")
    page.goto("/console/curated/new")
    expect(page.locator("[name='answer:zh-Hant']")).to_have_value("")
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_of_two_editors_the_slower_keeps_what_was_written_and_sees_that_it_would_replace(
    open_as: Callable[..., Page],
) -> None:
    first, second = open_as("editor"), open_as("admin")
    first.goto("/console/curated/new")
    first.fill("[name='question:en']", "Is there a canteen?")
    first.fill("[name='answer:en']", "No.")
    first.get_by_role("button", name="Save as draft").last.click()
    first.wait_for_url(re.compile(r"/console/curated/\d+$"))
    for page in (first, second):
        page.goto(f"{first.url.removesuffix('/edit')}/edit")
    first.fill("[name='answer:en']", "Not this year.")
    first.get_by_role("button", name="Save as draft").last.click()
    expect(first.locator(".said")).to_be_visible()
    second.fill("[name='answer:en']", "Long thought about.")
    second.get_by_role("button", name="Save as draft").last.click()
    expect(second.get_by_role("alert").filter(has_text="Someone else changed this answer")).to_be_visible()
    expect(second.locator("[name='answer:en']")).to_have_value("Long thought about.")
    expect(second.get_by_role("link", name="Look at their version")).to_be_visible()
    second.get_by_role("button", name="Save as draft").last.click()
    expect(second.locator(".said")).to_be_visible()
    expect(second.locator(".preview").first).to_contain_text("Long thought about.")
    expect(second.locator(".history")).to_contain_text("Not this year.")


def test_after_signing_out_the_back_button_shows_nothing(open_as: Callable[..., Page]) -> None:
    page = open_as("reader")
    page.goto("/console/questions")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/console/sign-in*")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Sign in")


def test_a_question_that_is_too_long_stays_to_be_shortened(open_as: Callable[..., Page]) -> None:
    page = open_as("reader")
    page.fill("#question", "water " * 100)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("up to 500 characters")
    expect(page.locator("#question")).to_have_value(re.compile("^water.{500,}"))
