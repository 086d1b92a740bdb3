"""The widget on a company's page, in a real browser: another origin, a strict content security policy."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect
from served import Server, company_site, service_for

from api.store.database import Database
from api.store.feedback import COMPLAINTS, feedback
from qa.engine import Engine

AXE = Path(__file__).with_name("axe-core") / "axe.min.js"
IMAGES = Path(__file__).parents[1] / "docs" / "images"


SCOPE_2 = {
    "en": "What were the Scope 2 emissions in 2022?",
    "zh-Hant": "2022 年範疇二溫室氣體排放量是多少？",
    "zh-Hans": "2022 年范围二温室气体排放量是多少？",
}
SILENT = "How many full-time employees were there in 2018?"
BY_AGE = "What is the share of employees by age in 2022?"
CHANGE = "By how much did Scope 2 emissions change from 2020 to 2022?"
PROSE = "How does the board oversee ESG matters?"

Visit = Callable[..., Page]

expect.set_options(timeout=20_000)  # milliseconds; only a failing test waits so long


@pytest.fixture(scope="module")
def origins(engine: Engine) -> Iterator[tuple[Server, Server]]:
    service = Server(lambda: service_for(engine, site.address))
    site = Server(lambda: company_site(service.address))
    service.start()
    site.start()
    yield service, site
    service.stop()
    site.stop()


@pytest.fixture
def visit(browser: Browser, origins: tuple[Server, Server]) -> Iterator[Visit]:
    """Come to the company's page; whatever the browser complains of fails the test."""
    said: list[str] = []
    opened = []

    def go(*, opened_at_once: bool = True, prepare: Callable[[Page], None] | None = None, **told: object) -> Page:
        page_told = {name: told.pop(name) for name in list(told) if name in _PAGE}
        context = browser.new_context(**{"locale": "en-GB", **told})
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        if prepare:
            prepare(page)
        page.goto(f"{origins[1].address}/?{urlencode(page_told)}")
        expect(page.locator("esg-qa")).to_be_attached()
        if opened_at_once:
            page.locator("esg-qa .launcher").click()
            expect(page.locator("esg-qa .suggested li").first).to_be_visible()
        return page

    yield go
    for context in opened:
        context.close()
    assert [line for line in said if "Failed to load resource" not in line] == []


_PAGE = ("lang", "dir", "theme", "position", "launcher", "report", "open")


def ask(page: Page, question: str) -> Locator:
    """Ask and wait until the answer, or what went wrong, is there."""
    box = page.locator("esg-qa #box")
    box.fill(question)
    box.press("Enter")
    turn = page.locator("esg-qa .turn").last
    expect(turn.locator(".asked")).to_have_text(question)
    expect(turn).not_to_have_class("turn loading")
    return turn


def active(page: Page) -> str:
    """What has the focus inside the widget: its tag, then its name or text."""
    return str(
        page.evaluate(
            """() => {
              const inside = document.querySelector("esg-qa").shadowRoot.activeElement;
              return inside ? `${inside.tagName} ${inside.getAttribute("aria-label") ?? inside.id}` : "";
            }"""
        )
    )


# Another origin, a strict policy, three languages


@pytest.mark.parametrize("language", SCOPE_2)
def test_it_answers_under_a_strict_policy_in_the_pages_language(visit: Visit, language: str) -> None:
    page = visit(lang={"en": "en-GB", "zh-Hant": "zh-HK", "zh-Hans": "zh-CN"}[language])
    names = {"en": "Ask Bairong Inc.", "zh-Hant": "向百融雲創提問", "zh-Hans": "向百融云创提问"}
    expect(page.locator("esg-qa h2")).to_have_text(names[language])
    turn = ask(page, SCOPE_2[language])
    expect(turn).to_have_attribute("lang", language)
    expect(turn.locator(".headline .value")).to_have_text("378.80")
    expect(turn.locator(".headline .when")).to_have_text("2022")
    size = turn.locator(".headline .value").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= 40


def test_nothing_is_asked_of_anyone_before_it_is_opened_and_then_of_one_host_only(
    visit: Visit, origins: tuple[Server, Server]
) -> None:
    asked: list[str] = []
    page = visit(
        opened_at_once=False, prepare=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    service, site = (server.address for server in origins)
    assert {url for url in asked if url.startswith(service)} == {f"{service}/widget.js"}
    page.locator("esg-qa .launcher").click()
    ask(page, SCOPE_2["en"])
    assert [url for url in asked if not url.startswith((service, site))] == []
    assert page.context.cookies() == []


def test_a_page_of_a_site_that_is_not_allowed_gets_no_answer(browser: Browser, origins: tuple[Server, Server]) -> None:
    stranger = Server(lambda: company_site(origins[0].address))
    stranger.start()
    page = browser.new_page()
    page.goto(stranger.address)
    page.locator("esg-qa .launcher").click()
    expect(page.locator("esg-qa .suggested")).to_contain_text("could not be loaded")
    turn = ask(page, SCOPE_2["en"])
    expect(turn).to_contain_text("cannot be reached")
    page.close()
    stranger.stop()


def test_the_language_follows_the_page_until_the_reader_chooses(visit: Visit) -> None:
    page = visit(lang="en")
    send = page.locator("esg-qa .send")
    page.evaluate("document.documentElement.lang = 'zh-HK'")
    expect(send).to_have_attribute("aria-label", "送出")
    page.locator("esg-qa").get_by_role("button", name="简体中文").click()
    expect(send).to_have_attribute("aria-label", "发送")
    page.evaluate("document.documentElement.lang = 'en'")
    expect(send).to_have_attribute("aria-label", "发送")


def test_the_browsers_language_counts_where_the_page_names_none(visit: Visit) -> None:
    page = visit(lang="", locale="zh-TW")
    expect(page.locator("esg-qa .send")).to_have_attribute("aria-label", "送出")


def test_the_suggested_questions_are_answered(visit: Visit) -> None:
    page = visit(lang="zh-Hans")
    count = page.locator("esg-qa .suggested li").count()
    assert count == 4
    for place in range(count):
        question = page.locator("esg-qa .suggested button").nth(place).inner_text()
        page.locator("esg-qa .suggested button").nth(place).click()
        turn = page.locator("esg-qa .turn").last
        expect(turn.locator(".asked")).to_have_text(question)
        expect(turn.locator(".sources")).to_be_visible()
        expect(turn.locator(".badge")).to_have_count(0)
        page.locator("esg-qa").get_by_role("button", name="清除对话").click()


# What an answer shows


def test_a_metric_over_three_periods_is_drawn_and_stands_in_a_table(visit: Visit) -> None:
    turn = ask(visit(), SCOPE_2["en"])
    chart = turn.get_by_role("img", name="GHG emissions (Scope 2), 2020 to 2022")
    expect(chart).to_be_visible()
    heights = chart.locator(".column").evaluate_all("bars => bars.map(bar => +bar.getAttribute('height'))")
    assert [round(height / heights[0], 2) for height in heights] == [1.0, round(732.98 / 778.20, 2), 0.49]
    expect(chart.locator(".column.now")).to_have_count(1)
    assert chart.locator(".mark").all_text_contents() == ["778.20", "732.98", "378.80"]
    turn.get_by_text("As a table").click()
    rows = turn.locator(".chart tbody tr")
    assert [row.inner_text().split("\t") for row in rows.all()] == [
        ["2020", "778.20"],
        ["2021", "732.98"],
        ["2022", "378.80"],
    ]


def test_groups_stand_in_rows_under_what_they_share(visit: Visit) -> None:
    turn = ask(visit(), BY_AGE)
    expect(turn.locator(".figures.large caption")).to_have_text("Proportion of employees by age group · 2022")
    assert turn.locator(".figures.large .value").all_inner_texts() == ["37%", "61%", "2%"]


def test_a_computed_figure_shows_its_formula(visit: Visit) -> None:
    turn = ask(visit(), CHANGE)
    expect(turn.locator(".headline .value").first).to_have_text("−399.40")
    expect(turn.locator(".formula").first).to_contain_text("378.80 − 778.20")


def test_a_source_unfolds_to_its_passage_with_the_quote_marked(visit: Visit, engine: Engine) -> None:
    page = visit()
    turn = ask(page, SCOPE_2["en"])
    quote = engine.ask(SCOPE_2["en"]).citations[0]
    expect(turn.locator("mark")).to_be_hidden()
    turn.get_by_role("button", name="Source 1").click()
    expect(turn.locator("mark")).to_be_visible()
    assert turn.locator("mark").evaluate("element => element.textContent") == quote.quote
    assert turn.locator("blockquote").evaluate("element => element.textContent") == quote.passage
    expect(turn.locator("summary .where")).to_have_text(f"pages {quote.page}–{quote.page_end} · English edition")
    expect(turn.locator("summary .place > span").first).to_have_text(" › ".join(quote.section[1:]))
    assert active(page).startswith("SUMMARY")


def test_offsets_count_code_points_not_utf_16_units(visit: Visit) -> None:
    page = visit(prepare=lambda page: page.route("**/v1/ask", _shifted))
    turn = ask(page, SCOPE_2["en"])
    turn.locator(".sources summary").click()
    assert turn.locator("mark").evaluate("element => element.textContent") == "排放 🌏 𠮷 378.80"


def _shifted(route: Route) -> None:
    response = route.fetch()
    answer = response.json()
    passage, quote = "𠮷野家 🌏：排放 🌏 𠮷 378.80 噸", "排放 🌏 𠮷 378.80"
    start = passage.index(quote)
    answer["citations"][0] |= {"passage": passage, "quote": quote, "start": start, "end": start + len(quote)}
    route.fulfill(response=response, json=answer)


def test_what_is_not_disclosed_says_why_shows_what_is_near_and_whom_to_ask(visit: Visit) -> None:
    turn = ask(visit(), SILENT)
    expect(turn.locator(".badge")).to_have_text("Not disclosed · not for this period")
    expect(turn.locator(".headline")).to_have_count(0)
    expect(turn.get_by_role("table", name="What the report does disclose nearby")).to_contain_text("1,378")
    mail = str(turn.get_by_role("link", name="Ask investor relations").get_attribute("href"))
    expect(turn.locator(".sources h4")).to_have_text("Closest passages, not an answer")
    assert mail.startswith("mailto:ir@brgroup.com?subject=")
    assert "2018" in mail


def test_an_approved_answer_says_so_and_when(visit: Visit) -> None:
    def approve(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "approved": {"on": "2026-11-22"}})

    turn = ask(visit(prepare=lambda page: page.route("**/v1/ask", approve)), SCOPE_2["zh-Hant"])
    expect(turn.locator(".approved")).to_have_text("經公司核准 · 2026年11月22日")


@pytest.mark.parametrize("markup", ["<img src=x onerror=alert(1)>", "<script>document.title='x'</script>"])
def test_markup_in_a_question_or_an_answer_stays_text(visit: Visit, markup: str) -> None:
    def say(route: Route) -> None:
        response = route.fetch()
        answer = response.json()
        answer |= {"text": f"{markup} [1]", "notes": [markup], "interpretation": markup, "contact": markup}
        answer["citations"][0] |= {"passage": markup, "start": 0, "end": len(markup), "section": [markup, markup]}
        answer["figures"][0] |= {"label": markup, "unit": markup, "formula": markup}
        route.fulfill(response=response, json=answer)

    page = visit(prepare=lambda page: page.route("**/v1/ask", say))
    turn = ask(page, f"{markup} Scope 2 emissions in 2022")
    expect(turn.locator(".text")).to_contain_text(markup)
    assert turn.locator("img, script").count() == 0


def test_a_follow_up_leans_on_the_questions_before(visit: Visit) -> None:
    page = visit()
    ask(page, SCOPE_2["en"])
    with page.expect_request("**/v1/ask") as sent:
        turn = ask(page, "And in 2021?")
    assert sent.value.post_data_json["history"] == [SCOPE_2["en"]]
    expect(turn.locator(".headline .value")).to_have_text("732.98")
    page.locator("esg-qa").get_by_role("button", name="Clear the conversation").click()
    expect(page.locator("esg-qa .turn")).to_have_count(0)
    expect(page.locator("esg-qa .suggested")).to_be_visible()
    with page.expect_request("**/v1/ask") as sent:
        ask(page, PROSE)
    assert sent.value.post_data_json["history"] == []


def test_an_answer_is_copied_with_its_numbered_sources(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, SCOPE_2["en"])
    turn.get_by_role("button", name="Copy the answer").click()
    expect(turn.locator(".told")).to_have_text("Copied.")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert copied.startswith(SCOPE_2["en"])
    assert "378.80 tCO₂e in 2022" in copied
    assert re.search(r"\[1\] .+, pages 66–69 · English edition: “GHG emissions \(Scope 2\)", copied)


# Feedback


@contextmanager
def collecting(status: int, **headers: str) -> Iterator[tuple[list[dict[str, Any]], Callable[[Page], None]]]:
    """A service that takes what readers say of answers, and what it was told."""
    told: list[dict[str, Any]] = []

    def take(route: Route) -> None:
        told.append(json.loads(route.request.post_data or "{}"))
        allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        body = "" if status == 204 else json.dumps({"title": "No", "detail": "No.", "status": status})
        route.fulfill(status=status, body=body, headers={**allowed, **headers})

    yield told, lambda page: page.route("**/v1/feedback", take)


def test_a_thumb_up_is_sent_at_once(visit: Visit) -> None:
    with collecting(204) as (told, prepare):
        turn = ask(visit(prepare=prepare), SCOPE_2["en"])
        turn.get_by_role("button", name="Helpful", exact=True).click()
        expect(turn.locator(".told")).to_have_text("Thank you for the feedback.")
        expect(turn.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    assert [set(one) for one in told] == [{"answer", "helpful", "reason"}]
    assert (told[0]["helpful"], told[0]["reason"]) == (True, None)
    assert re.fullmatch(r"[0-9a-f]{16}", told[0]["answer"])


def test_a_thumb_down_asks_what_was_wrong(visit: Visit) -> None:
    with collecting(204) as (told, prepare):
        turn = ask(visit(prepare=prepare), SCOPE_2["en"])
        turn.get_by_role("button", name="Not helpful").click()
        reasons = turn.locator(".faults input[type=radio]").evaluate_all("all => all.map(one => one.value)")
        assert reasons == list(COMPLAINTS)
        turn.get_by_label("Hard to understand").check()
        turn.get_by_label("In your own words").fill("  Which scope?  ")
        turn.get_by_role("button", name="Send feedback").click()
        expect(turn.locator(".told")).to_have_text("Thank you for the feedback.")
    assert (told[0]["helpful"], told[0]["reason"], told[0]["comment"]) == (False, "hard_to_understand", "Which scope?")


def test_feedback_reaches_the_staff(browser: Browser, engine: Engine, database: Database) -> None:
    service = Server(lambda: service_for(engine, site.address, database))
    site = Server(lambda: company_site(service.address))
    service.start()
    site.start()
    page = browser.new_page(locale="zh-HK")
    page.goto(f"{site.address}/?lang=zh-HK&open=")
    turn = ask(page, SCOPE_2["zh-Hant"])
    turn.get_by_role("button", name="沒有幫助").click()
    turn.get_by_label("數字有誤").check()
    turn.get_by_role("button", name="送出意見").click()
    expect(turn.locator(".told")).to_have_text("多謝你的意見。")
    with database.session() as session:
        kept = feedback(session)
    assert [(one.helpful, one.reason, one.comment) for one in kept] == [(False, "wrong_number", "")]
    page.close()
    service.stop()
    site.stop()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "Feedback is not collected here."),
        (429, "The feedback could not be sent. Please try again. You can ask again in 20 seconds."),
        (500, "The feedback could not be sent. Please try again."),
    ],
)
def test_feedback_that_is_not_taken_is_said(visit: Visit, status: int, words: str) -> None:
    with collecting(status, **({"Retry-After": "20"} if status == 429 else {})) as (_, prepare):
        turn = ask(visit(prepare=prepare), SCOPE_2["en"])
        turn.get_by_role("button", name="Helpful", exact=True).click()
        expect(turn.locator(".told")).to_have_text(words)
        expect(turn.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "false")


# Input methods and the keyboard


@pytest.mark.parametrize("press", [{"isComposing": True}, {"keyCode": 229}])
def test_a_key_that_ends_a_composition_neither_sends_nor_closes(visit: Visit, press: dict[str, Any]) -> None:
    sent: list[Request] = []
    page = visit()
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    box = page.locator("esg-qa #box")
    box.fill("用水")
    for key in ("Enter", "Escape"):
        box.dispatch_event("keydown", {"key": key, "bubbles": True, "cancelable": True, "composed": True, **press})
    expect(page.locator("esg-qa .panel")).to_be_visible()
    expect(page.locator("esg-qa .turn")).to_have_count(0)
    assert box.input_value() == "用水"
    box.press("Shift+Enter")
    expect(page.locator("esg-qa .turn")).to_have_count(0)
    box.fill("用水量")
    box.press("Enter")
    expect(page.locator("esg-qa .turn")).to_have_count(1)
    assert len([request for request in sent if request.url.endswith("/v1/ask")]) == 1


def test_a_composition_made_by_the_browser_itself_does_not_send(visit: Visit) -> None:
    page = visit()
    devtools = page.context.new_cdp_session(page)
    page.locator("esg-qa #box").focus()
    devtools.send("Input.imeSetComposition", {"text": "用水", "selectionStart": 2, "selectionEnd": 2})
    key = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    devtools.send("Input.dispatchKeyEvent", key)
    devtools.send("Input.insertText", {"text": "用水"})
    expect(page.locator("esg-qa #box")).to_have_value("用水")
    expect(page.locator("esg-qa .turn")).to_have_count(0)


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit(opened_at_once=False)
    page.locator("#elsewhere").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert active(page) == "TEXTAREA box"
    page.keyboard.type(SCOPE_2["en"])
    page.keyboard.press("Enter")
    expect(page.locator("esg-qa .headline .value")).to_have_text("378.80")
    expect(page.locator("esg-qa .chart")).to_be_visible()
    reached = []
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        reached.append(active(page))
        if reached[-1] == "BUTTON Source 1":
            break
    assert {"BUTTON Not helpful", "BUTTON Helpful", "BUTTON Copy the answer", "BUTTON Source 1"} <= set(reached)
    page.keyboard.press("Enter")
    expect(page.locator("esg-qa mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("esg-qa .panel")).to_be_hidden()
    expect(page.locator("esg-qa .launcher")).to_be_focused()


def test_focus_returns_to_what_opened_it(visit: Visit) -> None:
    page = visit(opened_at_once=False)
    page.locator("#elsewhere").focus()
    page.evaluate("document.querySelector('esg-qa').open()")
    assert active(page) == "TEXTAREA box"
    page.locator("esg-qa").get_by_role("button", name="Close").click()
    expect(page.locator("#elsewhere")).to_be_focused()


def test_keys_typed_into_it_do_not_reach_the_pages_shortcuts(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.heard = []; addEventListener('keydown', event => heard.push(event.key))")
    page.locator("esg-qa #box").press("s")
    page.keyboard.press("Escape")
    page.locator("#elsewhere").press("x")
    assert page.evaluate("heard") == ["x"]


# Assistive technology


def test_a_screen_reader_finds_names_for_everything(visit: Visit) -> None:
    page = visit()
    ask(page, SCOPE_2["en"])
    expect(page.locator("esg-qa .chart")).to_be_visible()
    expect(page.locator("esg-qa .panel")).to_match_aria_snapshot(
        """
        - dialog "Ask Bairong Inc.":
          - heading "Ask Bairong Inc." [level=2]
          - paragraph: 2022 ESG report
          - group "Language":
            - button "EN English" [pressed]
            - button "繁體中文"
            - button "简体中文"
          - button "Clear the conversation"
          - button "Close"
          - region "Conversation":
            - article:
              - heading "What were the Scope 2 emissions in 2022?" [level=3]
              - paragraph: /GHG emissions \\(Scope 2\\) · 2022/
              - paragraph: 378.80 tCO₂e
              - paragraph:
                - text: /378.80 tCO₂e in 2022/
                - button "Source 1"
              - figure:
                - img "GHG emissions (Scope 2), 2020 to 2022"
              - heading "Sources" [level=4]
              - list:
                - listitem
              - button "Copy the answer"
              - button "Helpful"
              - button "Not helpful"
          - textbox "Your question"
          - button "Send"
          - status: /Answer.*378.80/
        """
    )
    expect(page.locator("esg-qa [role=status]")).to_have_attribute("aria-live", "polite")


def test_the_launcher_tells_that_it_opens_a_dialog(visit: Visit) -> None:
    page = visit(opened_at_once=False)
    launcher = page.get_by_role("button", name="Ask the ESG report")
    expect(launcher).to_have_attribute("aria-haspopup", "dialog")
    expect(launcher).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_no_accessibility_rule_is_broken_in_any_state(visit: Visit, scheme: str, width: int) -> None:
    page = visit(
        opened_at_once=False, color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})

    def check(state: str) -> None:
        expression = """axe.run({include: ["esg-qa"]}, {
          runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        }).then(found => JSON.stringify({
          passed: found.passes.length,
          broken: found.violations.map(one => [one.id, one.nodes.map(node => node.html + node.failureSummary)]),
        }))"""
        answered = devtools.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        found = json.loads(answered["result"]["value"])
        assert found["broken"] == [], state
        assert found["passed"] >= 4, f"{state}: axe looked at nothing"

    check("closed")
    page.locator("esg-qa .launcher").click()
    expect(page.locator("esg-qa .suggested li").first).to_be_visible()
    check("welcome")
    for question in (SCOPE_2["en"], SILENT, BY_AGE, CHANGE, SCOPE_2["zh-Hant"]):
        turn = ask(page, question)
        turn.locator(".sources summary").first.click()
    page.locator("esg-qa .plain summary").first.click()
    turn.get_by_role("button", name="沒有幫助").click()
    check("answers, a source, a table and the feedback form open")
    page.route("**/v1/ask", lambda route: route.abort())
    ask(page, "Water?")
    check("an error")


def test_a_question_that_is_too_long_is_told_and_stays_to_be_shortened(visit: Visit) -> None:
    page = visit()
    long = "水" * 501
    turn = ask(page, long)
    expect(turn).to_contain_text("問題最多 500 個字元")
    expect(page.locator("esg-qa #box")).to_have_value(long)


# Sizes, themes, directions, motion


@pytest.mark.parametrize("width", [320, 375, 480])
def test_on_a_phone_it_is_a_sheet_over_the_whole_screen(visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    ask(page, BY_AGE)
    panel = page.locator("esg-qa .panel")
    panel.evaluate("element => Promise.all(element.getAnimations().map(animation => animation.finished))")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": width, "height": 700}
    log = page.locator("esg-qa .log")
    assert log.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('esg-qa').shadowRoot.querySelector('.panel').matches(':modal')")


def test_a_suggestion_that_is_tapped_brings_up_no_keyboard(visit: Visit) -> None:
    page = visit(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    page.locator("esg-qa .suggested button").first.tap()
    expect(page.locator("esg-qa .turn .text")).to_be_visible()
    assert active(page) == "H2 name"
    page.locator("esg-qa .head button[aria-label='Clear the conversation']").tap()
    expect(page.locator("esg-qa .turn")).to_have_count(0)
    assert active(page) == "H2 name"


def test_a_suggestion_that_is_chosen_by_keyboard_leaves_the_reader_where_typing_goes_on(visit: Visit) -> None:
    page = visit()
    page.locator("esg-qa .suggested button").first.press("Enter")
    expect(page.locator("esg-qa .turn .text")).to_be_visible()
    assert active(page) == "TEXTAREA box"


def test_it_changes_with_the_window_and_keeps_the_conversation(visit: Visit) -> None:
    page = visit(viewport={"width": 1200, "height": 800})
    ask(page, SCOPE_2["en"])
    beside, over = page.locator("esg-qa .panel:not(:modal)"), page.locator("esg-qa .panel:modal")
    expect(beside).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(over).to_be_visible()
    expect(page.locator("esg-qa .headline .value")).to_be_visible()
    assert active(page) == "TEXTAREA box"
    page.set_viewport_size({"width": 1200, "height": 800})
    expect(beside).to_be_visible()
    expect(page.locator("esg-qa .headline .value")).to_be_visible()


def test_every_target_is_at_least_24_pixels(visit: Visit) -> None:
    page = visit(viewport={"width": 375, "height": 800})
    turn = ask(page, SCOPE_2["en"])
    turn.get_by_role("button", name="Not helpful").click()
    for target in page.locator("esg-qa :is(button, summary, label:has(input), textarea):visible").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, target.inner_text()


@pytest.mark.parametrize(
    ("scheme", "theme", "dark"),
    [("light", "auto", False), ("dark", "auto", True), ("dark", "light", False), ("light", "dark", True)],
)
def test_dark_follows_the_reader_unless_the_site_says(visit: Visit, scheme: str, theme: str, dark: bool) -> None:
    page = visit(color_scheme=scheme, theme=theme)
    ground = page.locator("esg-qa .panel").evaluate("element => getComputedStyle(element).backgroundColor")
    assert ground == ("rgb(20, 26, 23)" if dark else "rgb(255, 255, 255)")


def test_the_site_can_theme_it(visit: Visit) -> None:
    page = visit()
    page.evaluate("document.querySelector('esg-qa').style.setProperty('--esg-qa-accent', 'rgb(120, 20, 60)')")
    send = page.locator("esg-qa .send")
    assert send.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(120, 20, 60)"


def test_the_pages_own_styles_do_not_reach_inside(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { color: red; font-size: 40px; text-transform: uppercase; letter-spacing: 9px }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    read = """element => {
      const { color, fontSize, textTransform, letterSpacing } = getComputedStyle(element);
      return [color, fontSize, textTransform, letterSpacing];
    }"""
    assert page.locator("esg-qa .lead").evaluate(read) == ["rgb(85, 97, 91)", "15px", "none", "normal"]


@pytest.mark.parametrize(
    ("direction", "position", "left"), [("ltr", "", False), ("rtl", "", True), ("ltr", "start", True)]
)
def test_it_stands_at_the_end_of_the_line_of_the_pages_direction(
    visit: Visit, direction: str, position: str, left: bool
) -> None:
    page = visit(dir=direction, viewport={"width": 1200, "height": 800}, **({"position": position} if position else {}))
    box = page.locator("esg-qa .panel").bounding_box()
    assert box is not None
    assert box["x"] == (20 if left else 1200 - 20 - box["width"])
    turn = ask(page, SCOPE_2["en"])
    assert turn.locator(".text").evaluate("element => getComputedStyle(element).direction") == "ltr"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200


def test_reduced_motion_stills_it(visit: Visit) -> None:
    page = visit(reduced_motion="reduce", prepare=lambda page: page.route("**/v1/ask", lambda _: None))
    moving = "element => getComputedStyle(element, '::before').animationName"
    assert page.locator("esg-qa .panel").evaluate("element => getComputedStyle(element).animationName") == "none"
    page.locator("esg-qa #box").fill("Water?")
    page.locator("esg-qa #box").press("Enter")
    assert page.locator("esg-qa .loading .aside").evaluate(moving) == "none"


# What goes wrong


def test_a_service_that_is_down_is_said_and_can_be_tried_again(browser: Browser, engine: Engine) -> None:
    service = Server(lambda: service_for(engine, site.address))
    site = Server(lambda: company_site(service.address))
    service.start()
    site.start()
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{site.address}/?lang=zh-Hans")
    expect(page.locator("esg-qa .launcher")).to_be_visible()
    service.stop()
    page.locator("esg-qa .launcher").click()
    expect(page.locator("esg-qa .suggested")).to_contain_text("未能加载建议问题")
    turn = ask(page, SCOPE_2["zh-Hans"])
    expect(turn).to_contain_text("无法连接服务")
    expect(page.locator("esg-qa [role=status]")).to_contain_text("无法连接服务")
    service.start()
    turn.get_by_role("button", name="再试一次").click()
    expect(turn.locator(".headline .value")).to_have_text("378.80")
    expect(page.locator("esg-qa .turn")).to_have_count(1)
    page.locator("esg-qa").get_by_role("button", name="清除对话").click()
    page.locator("esg-qa .suggested").get_by_role("button", name="再试一次").click()
    expect(page.locator("esg-qa .suggested li")).to_have_count(4)
    page.close()
    service.stop()
    site.stop()


def test_a_slow_network_is_told_of_and_given_up_on_in_the_end(visit: Visit) -> None:
    page = visit(prepare=lambda page: (page.clock.install(), page.route("**/v1/ask", lambda _: None)))
    page.locator("esg-qa #box").fill("Water?")
    page.locator("esg-qa #box").press("Enter")
    turn = page.locator("esg-qa .turn")
    expect(turn).to_contain_text("Looking in the report…")
    expect(page.locator("esg-qa .send")).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(4_000)
    expect(turn).to_contain_text("Still looking.")
    page.clock.fast_forward(26_000)
    expect(turn).to_contain_text("The service is taking too long")
    page.unroute("**/v1/ask")
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator(".text")).to_be_visible()


def test_a_reader_without_a_connection_is_told_so(visit: Visit) -> None:
    page = visit()
    page.context.set_offline(True)
    turn = ask(page, SCOPE_2["en"])
    expect(turn).to_contain_text("You are offline")
    page.context.set_offline(False)
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator(".headline .value")).to_have_text("378.80")


def test_too_many_questions_say_when_to_ask_again(visit: Visit) -> None:
    def refuse(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        body = {"title": "提問過於頻密", "detail": "請稍後再試。", "status": 429}
        route.fulfill(status=429, json=body, headers={**headers, "Retry-After": "42"})

    page = visit(lang="zh-HK", prepare=lambda page: page.route("**/v1/ask", refuse))
    turn = ask(page, SCOPE_2["zh-Hant"])
    expect(turn).to_contain_text("提問過於頻密")
    expect(turn).to_contain_text("42 秒後可再提問。")
    expect(turn.get_by_role("button", name="再試一次")).to_be_visible()


def test_a_problem_is_told_in_the_language_the_widget_speaks(visit: Visit) -> None:
    page = visit(lang="zh-HK", report="1-1999", opened_at_once=False)
    page.locator("esg-qa .launcher").click()
    expect(page.locator("esg-qa .suggested")).to_contain_text("沒有編號為 1-1999 的報告")
    turn = ask(page, "用電量是多少？")
    expect(turn).to_contain_text("沒有這份報告")
    expect(page.locator("esg-qa #box")).to_have_value("用電量是多少？")


def test_clearing_forgets_the_question_that_is_being_answered(visit: Visit) -> None:
    page = visit(prepare=lambda page: page.route("**/v1/ask", lambda _: None))
    page.locator("esg-qa #box").fill("Water?")
    page.locator("esg-qa #box").press("Enter")
    page.locator("esg-qa").get_by_role("button", name="Clear the conversation").click()
    page.unroute("**/v1/ask")
    ask(page, SCOPE_2["en"])
    expect(page.locator("esg-qa .turn")).to_have_count(1)


# The host page


def test_the_host_page_can_drive_it_and_hears_what_happens(visit: Visit) -> None:
    page = visit(opened_at_once=False, launcher="none")
    expect(page.locator("esg-qa .launcher")).to_be_hidden()
    page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ["open", "close", "answer", "error", "feedback"])
            document.addEventListener(`esg-qa:${name}`, event => heard.push([name, event.detail.question ?? null]));
        }"""
    )
    value = page.evaluate(f"document.querySelector('esg-qa').ask({SCOPE_2['en']!r}).then(a => a.figures[0].value)")
    assert value == "378.80"
    page.route("**/v1/ask", lambda route: route.abort())
    assert page.evaluate("document.querySelector('esg-qa').ask('Water?')") is None
    page.evaluate("document.querySelector('esg-qa').clear()")
    expect(page.locator("esg-qa .turn")).to_have_count(0)
    page.evaluate("document.querySelector('esg-qa').close()")
    assert page.evaluate("heard") == [["open", None], ["answer", SCOPE_2["en"]], ["error", "Water?"], ["close", None]]
    expect(page.locator("esg-qa .launcher")).to_be_hidden()


def test_every_word_of_it_is_in_all_three_languages() -> None:
    source = (Path(__file__).parents[1] / "api" / "static" / "widget" / "words.js").read_text(encoding="utf-8")
    blocks = re.split(r"^  (?:en|\"zh-Han[ts]\"): \{$", source, flags=re.M)[1:]
    names = [re.findall(r"^\s+(\w+|\"[\w-]+\"):", block, flags=re.M) for block in blocks]
    assert len(blocks) == 3
    assert names[0] == names[1] == names[2]
    places = [[set(re.findall(r"\{\w+\}", line)) for line in block.splitlines()] for block in blocks]
    assert places[0][: len(names[0])] == places[1][: len(names[0])] == places[2][: len(names[0])]
    assert len(names[0]) > 60


def test_the_demonstration_page_opens_it_from_a_button_of_its_own(
    browser: Browser, origins: tuple[Server, Server]
) -> None:
    page = browser.new_page(locale="zh-HK")
    page.goto(f"{origins[0].address}/demo")
    expect(page.locator("h1")).to_have_text("2022 年 ESG 報告")
    page.get_by_role("button", name="向報告提問").click()
    turn = ask(page, SCOPE_2["zh-Hant"])
    expect(turn.locator(".headline .value")).to_have_text("378.80")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="向報告提問")).to_be_focused()
    page.close()


# The documentation's pictures


def _phone(browser: Browser, address: str, language: str, question: str, path: Path) -> None:
    page = browser.new_page(locale=language, viewport={"width": 390, "height": 780}, reduced_motion="reduce")
    page.goto(f"{address}/demo?language={language}")
    page.locator("esg-qa .launcher").click()
    turn = ask(page, question)
    expect(turn.locator(".chart, .figures").first).to_be_visible()
    page.screenshot(path=path)
    page.close()


def test_the_documentations_pictures_can_be_drawn(
    browser: Browser, origins: tuple[Server, Server], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = IMAGES if request.config.getoption("--screenshots") else tmp_path
    folder.mkdir(exist_ok=True)
    service, site = (server.address for server in origins)
    page = browser.new_page(locale="en-GB", viewport={"width": 1120, "height": 720}, reduced_motion="reduce")
    page.goto(f"{service}/demo")
    page.locator("esg-qa .launcher").click()
    expect(page.locator("esg-qa .suggested li")).to_have_count(4)
    page.screenshot(path=folder / "widget-demo.png")
    page.goto(f"{site}/?open=")
    for name, question in (("figure", SCOPE_2["en"]), ("computed", CHANGE), ("silent", SILENT), ("groups", BY_AGE)):
        turn = ask(page, question)
        expect(turn.locator(".chart, .figures").first).to_be_visible()
        page.locator("esg-qa .log").evaluate(
            "log => log.scrollTo(0, log.querySelector('.turn:last-child').offsetTop - 12)"
        )
        page.locator("esg-qa .panel").screenshot(path=folder / f"widget-{name}.png")
    page.locator("esg-qa .turn").first.get_by_role("button", name="Source 1").click()
    page.locator("esg-qa .panel").screenshot(path=folder / "widget-source.png")
    page.route("**/v1/ask", lambda route: route.abort())
    ask(page, "How much water was used?")
    page.locator("esg-qa .panel").screenshot(path=folder / "widget-error.png")
    page.emulate_media(color_scheme="dark")
    page.unroute("**/v1/ask")
    expect(ask(page, SCOPE_2["en"]).locator(".chart")).to_be_visible()
    page.locator("esg-qa .panel").screenshot(path=folder / "widget-dark.png")
    page.close()
    _phone(browser, service, "zh-Hant", SCOPE_2["zh-Hant"], folder / "widget-phone-zh-Hant.png")
    _phone(browser, service, "zh-Hans", "2022 年按年龄划分的员工占比是多少？", folder / "widget-phone-zh-Hans.png")
    drawn = sorted(folder.glob("widget-*.png"))
    assert len(drawn) == 10
    assert all(0 < picture.stat().st_size < 200_000 for picture in drawn)
