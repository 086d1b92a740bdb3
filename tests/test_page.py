"""The page to ask on, in a real browser against a real server."""

import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import Server

from api.app import create_app
from api.settings import Settings
from qa.engine import Engine

SCOPE_2 = "What were the Scope 2 emissions in 2022?"


def service(engine: Engine) -> Server:
    """The service on a port of its own, started."""
    served = Server(lambda: create_app(lambda: engine, settings=Settings()))
    served.start()
    return served


@pytest.fixture(scope="module")
def server(engine: Engine) -> Iterator[Server]:
    served = service(engine)
    yield served
    served.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Iterator[Page]:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(server.address)
    expect(page.locator("h1")).to_contain_text("2022")
    yield page
    assert [line for line in said if "Failed to load resource" not in line] == []


def ask(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.press("#question", "Enter")
    expect(page.locator(".card").first.locator("h3")).to_have_text(question)
    expect(page.locator(".card").first).not_to_have_class("card loading")


def test_the_number_is_set_large_with_unit_and_period(page: Page) -> None:
    ask(page, SCOPE_2)
    value = page.locator(".value").first
    expect(value).to_have_text("378.80")
    assert value.evaluate("element => parseFloat(getComputedStyle(element).fontSize)") >= 40
    expect(page.locator(".unit").first).to_have_text("tCO₂e")
    expect(page.locator(".period").first).to_have_text("2022")


def test_a_citation_unfolds_to_the_passage_with_its_quote_marked(page: Page, engine: Engine) -> None:
    ask(page, SCOPE_2)
    quote = engine.ask(SCOPE_2).citations[0].quote
    expect(page.locator("mark").first).to_be_hidden()
    page.locator("summary").first.click()
    expect(page.locator("mark").first).to_be_visible()
    assert page.locator("mark").first.evaluate("element => element.textContent") == quote
    expect(page.locator("summary").first).to_contain_text("page")
    expect(page.locator("summary").first).to_contain_text("English edition")


def test_a_mark_in_the_answer_opens_its_source(page: Page) -> None:
    ask(page, SCOPE_2)
    page.get_by_role("button", name="Source 1").first.click()
    expect(page.locator("mark").first).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_three_examples_in_three_scripts_can_be_asked(page: Page) -> None:
    buttons = page.locator("#examples button")
    assert [buttons.nth(n).get_attribute("lang") for n in range(buttons.count())] == ["en", "zh-Hant", "zh-Hans"]
    for n in range(3):
        buttons.nth(n).click()
        card = page.locator(".card").first
        expect(card.locator("h3")).to_have_text(buttons.nth(n).inner_text())
        expect(card.locator(".text")).to_be_visible()
        expect(card).to_have_attribute("lang", ["en", "zh-Hant", "zh-Hans"][n])
        expect(card.locator(".badge")).to_have_count(0)


def test_what_is_not_disclosed_says_why_and_whom_to_ask(page: Page) -> None:
    ask(page, "How many full-time employees were there in 2020?")
    card = page.locator(".card").first
    expect(card.locator(".badge")).to_contain_text("Not disclosed")
    expect(card.locator(".number")).to_have_count(0)
    expect(card.locator(".nearest table")).to_contain_text("2022")
    expect(card.locator(".citations h4")).to_have_text("Closest passages, not an answer")
    assert str(card.locator(".contact a").get_attribute("href")).startswith("mailto:ir@")


@pytest.mark.parametrize(
    ("locale", "language", "title"),
    [("en-US", "en", "Ask Bairong"), ("zh-HK", "zh-Hant", "向百融雲創"), ("zh-CN", "zh-Hans", "向百融云创")],
)
def test_the_page_speaks_the_browsers_language(
    browser: Browser, server: Server, locale: str, language: str, title: str
) -> None:
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(server.address)
    expect(page.locator("h1")).to_contain_text(title)
    expect(page.locator("html")).to_have_attribute("lang", language)
    context.close()


def test_the_language_can_be_switched(page: Page) -> None:
    page.get_by_role("button", name="繁體中文").click()
    expect(page.locator("#send")).to_have_text("提問")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("#send")).to_have_text("提问")
    expect(page.get_by_role("button", name="简体中文")).to_have_attribute("aria-pressed", "true")


def test_every_word_of_the_page_is_in_all_three_languages(page: Page) -> None:
    names = page.evaluate("Object.values(WORDS).map(words => Object.keys(words).sort().join())")
    assert len(set(names)) == 1
    values = page.evaluate("Object.values(WORDS).flatMap(words => Object.values(words))")
    assert all(values)


def test_enter_that_ends_an_ime_composition_does_not_send(page: Page) -> None:
    page.fill("#question", "用水")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    press = "options => document.getElementById('question').dispatchEvent(new KeyboardEvent('keydown', options))"
    composing = {"key": "Enter", "bubbles": True, "cancelable": True}
    page.evaluate(press, {**composing, "isComposing": True})
    page.evaluate(press, {**composing, "keyCode": 229})
    page.wait_for_timeout(200)
    assert sent == []
    page.press("#question", "Shift+Enter")
    assert sent == []
    page.press("#question", "Enter")
    expect(page.locator(".card")).to_have_count(1)
    assert len(sent) == 1


def test_a_composition_made_by_the_browser_itself_does_not_send(page: Page, context: BrowserContext) -> None:
    devtools = context.new_cdp_session(page)
    page.focus("#question")
    devtools.send("Input.imeSetComposition", {"text": "用水", "selectionStart": 2, "selectionEnd": 2})
    devtools.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    )
    devtools.send("Input.insertText", {"text": "用水"})
    page.wait_for_timeout(200)
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator("#question")).to_have_value("用水")


def test_a_follow_up_leans_on_the_question_before(page: Page) -> None:
    ask(page, SCOPE_2)
    ask(page, "And in 2021?")
    expect(page.locator(".card").first.locator(".value")).to_have_text("732.98")
    page.locator("#clear").click()
    expect(page.locator(".card")).to_have_count(0)
    with page.expect_request("**/v1/ask") as sent:
        ask(page, "And in 2020?")
    assert sent.value.post_data_json["history"] == []


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type(SCOPE_2)
    page.keyboard.press("Enter")
    expect(page.locator(".value").first).to_have_text("378.80")
    expect(page.locator("#question")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()


def test_a_screen_reader_hears_the_answer(page: Page) -> None:
    ask(page, SCOPE_2)
    expect(page.locator("[role=status]")).to_contain_text("378.80")
    expect(page.locator("[role=status]")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label("Your question")).to_have_count(1)


@pytest.mark.parametrize(
    "question", ["<img src=x onerror=alert(1)>用水量", "<script>document.title='x'</script> water?"]
)
def test_markup_in_a_question_stays_text(page: Page, question: str) -> None:
    ask(page, question)
    expect(page.locator(".card h3").first).to_have_text(question)
    assert page.locator("main img, main script").count() == 0


@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_off_the_side(browser: Browser, server: Server, width: int, scheme: str) -> None:
    context = browser.new_context(
        locale="zh-HK", viewport={"width": width, "height": 700}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(server.address)
    ask(page, "過去三年範圍 2 排放的走勢如何？")
    page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(16, 21, 19)") == (scheme == "dark")
    context.close()


def test_reduced_motion_stills_the_page(browser: Browser, server: Server) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.address)
    page.evaluate("document.getElementById('list').innerHTML = '<div class=\"card loading\"><p>…</p></div>'")
    seconds = "parseFloat(getComputedStyle(document.querySelector('.loading p'), '::before').animationDuration)"
    assert page.evaluate(seconds) < 0.01
    context.close()


def test_nothing_comes_from_a_third_party(page: Page, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    ask(page, SCOPE_2)
    assert asked
    assert {url for url in asked if not url.startswith(server.address)} == set()
    assert page.context.cookies() == []


def test_a_server_that_is_down_is_said_and_can_be_tried_again(browser: Browser, engine: Engine) -> None:
    served = service(engine)
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(served.address)
    served.stop()
    page.fill("#question", SCOPE_2)
    page.press("#question", "Enter")
    card = page.locator(".card").first
    expect(card).to_contain_text("The service cannot be reached")
    served.start()
    expect(card.get_by_role("button", name="Try again")).to_be_visible()
    card.get_by_role("button", name="Try again").click()
    expect(card.locator(".value")).to_have_text("378.80")
    context.close()
    served.stop()


def test_a_service_that_is_still_loading_says_so(browser: Browser, engine: Engine) -> None:
    ready = threading.Event()

    def load() -> Engine:
        ready.wait(60)
        return engine

    served = Server(lambda: create_app(load, settings=Settings()))
    served.start()
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(served.address)
    page.fill("#question", "员工流失率是多少？")
    page.press("#question", "Enter")
    expect(page.locator(".card")).to_contain_text("服务尚未就绪")
    ready.set()
    time.sleep(0.2)
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".card .value")).to_have_text("21%")
    context.close()
    served.stop()
