"""What the widget is served: its script, what it shows first, a figure over its periods, the demonstration page."""

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.series import over_periods
from api.settings import BadSetting, Settings, read_settings
from api.suggest import suggestions
from api.widget import SOURCE, introduce
from index.embed import Embedder
from index.script import LANGUAGES, Language, fold, language_of
from qa.engine import Engine
from tests.small import engine_of

MOST = 20_000  # bytes the widget may weigh on the wire, gzipped, in all

FACTORY = """---
company: 嘉禾紡織控股
stock_code: 2999.HK
year: 2024
language: zh-Hant
title: 嘉禾紡織控股 2024 年環境、社會及管治報告
contact: esg@kaho.example
---

# 嘉禾紡織控股 2024 年環境、社會及管治報告 {#title}

## 環境表現 {#environment}

| 指標 | 單位 | 2022/23 | 2023/24 |
|---|---|---|---|
| 總用水量 | 立方米 | 90,210 | 88,400 |
| 無害廢棄物總量 | 噸 | — | 51.2 |
"""


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    return engine_of(FACTORY, tmp_path_factory.mktemp("factory"), embedder, "factory.md")


def test_the_whole_widget_is_one_script_of_at_most_20_kilobytes(client: TestClient) -> None:
    response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) <= MOST
    script = response.text
    assert not re.search(r"\bimport\b[\s(]|@import|url\(", script)
    assert set(re.findall(r"https?://[\w./]+", script)) == {"http://www.w3.org/2000/svg"}


def test_any_site_may_load_the_script(client: TestClient) -> None:
    headers = client.get("/widget.js", headers={"Origin": "https://ir.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_an_unchanged_script_is_not_sent_again(client: TestClient, encoding: str) -> None:
    first = client.get("/widget.js", headers={"Accept-Encoding": encoding})
    again = client.get("/widget.js", headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert "max-age=300" in first.headers["cache-control"]
    assert first.headers["vary"] == "Accept-Encoding"


def test_packed_and_plain_are_the_same_script_under_different_tags(client: TestClient) -> None:
    packed, plain = (client.get("/widget.js", headers={"Accept-Encoding": name}) for name in ("gzip", "identity"))
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]
    assert len(gzip.compress(plain.content, 9)) <= MOST


def test_no_answer_can_become_markup() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.js"))
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "cookie"):
        assert way not in source, way
    assert not re.search(r"localStorage|sessionStorage|[^-]style:|setAttribute\(\"style\"", source)


def test_it_tells_company_report_and_contact_in_every_language(client: TestClient) -> None:
    told = client.get("/v1/widget").json()
    assert told["report"] == "6608-2022"
    assert told["company"] == {"en": "Bairong Inc.", "zh-Hant": "百融雲創", "zh-Hans": "百融云创"}
    assert set(told["title"]) == set(told["languages"]) == {"en", "zh-Hant", "zh-Hans"}
    assert fold(told["title"]["zh-Hant"]) == fold(told["title"]["zh-Hans"])
    assert told["contact"].startswith("ir@")
    assert told["disclaimer"] == {}


def test_every_suggested_question_is_answered_alike_in_every_language(client: TestClient) -> None:
    asked = client.get("/v1/widget").json()["suggestions"]
    assert {len(questions) for questions in asked.values()} == {4}
    for wordings in zip(*asked.values(), strict=True):
        answers = [client.post("/v1/ask", json={"question": question}).json() for question in wordings]
        assert [answer["language"] for answer in answers] == list(asked)
        assert {answer["status"] for answer in answers} == {"answered"}
        assert len({json.dumps([(f["id"], f["value"]) for f in answer["figures"]]) for answer in answers}) == 1


def test_suggestions_come_from_the_report_at_hand(factory: Engine) -> None:
    found = suggestions(factory, "2999-2024")
    assert found
    for wording in found:
        for language in LANGUAGES:
            assert factory.ask(wording[language], language=language).status == "answered"
    assert any("水" in wording["zh-Hant"] for wording in found)
    told = introduce(factory, None, settings=Settings())
    assert (told.report, told.year, told.contact) == ("2999-2024", 2024, "esg@kaho.example")
    assert told.company["zh-Hans"] == "嘉禾纺织控股"


def test_a_suggestion_is_in_the_language_it_is_for(engine: Engine) -> None:
    for wording in suggestions(engine, "6608-2022"):
        assert {language: language_of(text, otherwise=language) for language, text in wording.items()} == {
            language: language for language in LANGUAGES
        }


def test_an_unknown_report_is_told_in_the_readers_language(client: TestClient) -> None:
    response = client.get("/v1/widget", params={"report": "1-1999"}, headers={"Accept-Language": "zh-HK"})
    assert response.status_code == 404
    assert response.json()["title"] == "沒有這份報告"


def test_a_figure_is_given_over_every_period_oldest_first(client: TestClient) -> None:
    figure = client.post("/v1/ask", json={"question": "What were the Scope 2 emissions in 2022?"}).json()["figures"][0]
    series = client.get(f"/v1/figures/{figure['id']}/series", params={"language": "en"}).json()
    assert [(point["period"], point["value"], point["digits"]) for point in series["points"]] == [
        ("2020", "778.20", "778.20"),
        ("2021", "732.98", "732.98"),
        ("2022", "378.80", "378.80"),
    ]
    assert (series["label"], series["unit"]) == (figure["label"], figure["unit"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_series_holds_one_row_and_its_own_numbers_in_every_language(engine: Engine, language: Language) -> None:
    printed = {figure.id: figure for figure in engine.snapshot.figures}
    for figure in engine.snapshot.figures:
        series = over_periods(engine.snapshot, figure.id, language=language)
        assert series is not None
        assert figure.id in {cell.id for cell in series.cells}
        assert {cell.row_key for cell in series.cells} == {figure.row_key}
        assert [cell.value for cell in series.cells] == [printed[cell.id].value for cell in series.cells]
        assert [cell.period for cell in series.cells] == sorted(cell.period for cell in series.cells)


def test_a_dash_is_not_disclosed_and_never_zero(factory: Engine) -> None:
    with TestClient(create_app(lambda: factory, settings=Settings())) as client:
        while client.get("/readyz").status_code != 200:
            pass
        waste = client.get("/v1/figures", params={"metric": "non_hazardous_waste"}).json()["figures"]
        for cell in waste:
            points = client.get(f"/v1/figures/{cell['id']}/series").json()["points"]
            assert [(point["period"], point["value"]) for point in points] == [("2023", None), ("2024", "51.2")]
        assert len(waste) == 2


def test_an_unknown_figure_is_told_in_the_readers_language(client: TestClient) -> None:
    response = client.get("/v1/figures/6608-2022.nowhere/series", headers={"Accept-Language": "zh-CN"})
    assert (response.status_code, response.json()["title"]) == (404, "没有这个数字")


def test_a_disclaimer_is_set_by_the_environment(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    monkeypatch.setenv("ESG_QA_DISCLAIMER", '{"zh-Hant": "以本公司刊發的報告為準。"}')
    told = introduce(engine, None, settings=read_settings())
    assert told.disclaimer == {"zh-Hant": "以本公司刊發的報告為準。", "zh-Hans": "以本公司刊发的报告为准。"}


@pytest.mark.parametrize("value", ['{"en"', '{"fr": "Bonjour"}', '["en"]'])
def test_a_disclaimer_that_cannot_be_read_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ESG_QA_DISCLAIMER", value)
    with pytest.raises(BadSetting, match="ESG_QA_DISCLAIMER="):
        read_settings()


@pytest.mark.parametrize(
    ("header", "lang", "words"),
    [("en", "en", "At a glance"), ("zh-HK", "zh-Hant", "數字摘要"), ("zh-CN", "zh-Hans", "数字摘要")],
)
def test_the_demonstration_page_carries_the_widget_by_its_one_line(
    client: TestClient, header: str, lang: str, words: str
) -> None:
    response = client.get("/demo", headers={"Accept-Language": header})
    assert f'<html lang="{lang}">' in response.text
    assert words in response.text
    assert '<script src="/widget.js" data-language="auto" data-theme="light" async></script>' in response.text
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert client.get("/demo", params={"language": "zh-Hant"}).text.count('lang="zh-Hant"') >= 2


def test_the_demonstration_page_shows_figures_the_report_prints(client: TestClient) -> None:
    shown = re.findall(r"<dd>([^<]+?)\s*<", client.get("/demo", headers={"Accept-Language": "en"}).text)
    printed = {cell["digits"] for cell in client.get("/v1/figures", params={"limit": 1000}).json()["figures"]}
    assert len(shown) == 3
    assert {value.replace(",", "").removesuffix("%") for value in shown} <= {
        digits.replace(",", "") for digits in printed
    }


def test_the_page_to_ask_on_leads_to_the_demonstration(client: TestClient) -> None:
    assert 'href="/demo"' in client.get("/").text


def test_every_part_of_the_widget_is_in_the_script() -> None:
    assert {path.name for path in Path(SOURCE).iterdir()} == {
        "answer.js",
        "figures.js",
        "markup.js",
        "panel.css",
        "panel.js",
        "reader.js",
        "service.js",
        "sources.js",
        "words.js",
    }
