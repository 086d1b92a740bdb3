"""Serve a demonstration page: a listed company's investor relations, with the widget on it by its one line."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from jinja2 import Environment, StrictUndefined

from api.asker import browser_language
from api.page import versioned
from api.service import Service
from api.settings import Settings
from api.suggest import suggestions
from api.widget import introduce
from index.script import LANGUAGES, Language
from qa.answer import AnswerFigure
from qa.compose import written
from qa.engine import Engine

demo = APIRouter(include_in_schema=False)

HIGHLIGHTS = 3  # figures shown at a glance

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "own": "English",
        "nav": "About us|Governance|Investor relations|Announcements|Contact",
        "kicker": "Investor relations",
        "heading": "{year} ESG report",
        "lead": "How {company} performed on environmental, social and governance matters, in the figures it disclosed.",
        "read": "Read the report",
        "ask": "Ask the report",
        "glance": "At a glance",
        "documents": "Report editions",
        "contact": "Contact investor relations",
        "stock": "Stock code {code}",
        "demonstration": "A demonstration of esg-qa, not the company’s website. The figures are from its report.",
    },
    "zh-Hant": {
        "own": "繁體中文",
        "nav": "關於我們|企業管治|投資者關係|公告|聯絡我們",
        "kicker": "投資者關係",
        "heading": "{year} 年 ESG 報告",
        "lead": "{company}在環境、社會及管治方面的表現，以其披露的數字呈現。",
        "read": "閱讀報告",
        "ask": "向報告提問",
        "glance": "數字摘要",
        "documents": "報告版本",
        "contact": "聯絡投資者關係部",
        "stock": "股份代號 {code}",
        "demonstration": "esg-qa 示範頁，並非該公司網站。所列數字均為其報告所披露。",
    },
    "zh-Hans": {
        "own": "简体中文",
        "nav": "关于我们|公司治理|投资者关系|公告|联系我们",
        "kicker": "投资者关系",
        "heading": "{year} 年 ESG 报告",
        "lead": "{company}在环境、社会及治理方面的表现，以其披露的数字呈现。",
        "read": "阅读报告",
        "ask": "向报告提问",
        "glance": "数字摘要",
        "documents": "报告版本",
        "contact": "联系投资者关系部",
        "stock": "股份代号 {code}",
        "demonstration": "esg-qa 演示页，并非该公司网站。所列数字均为其报告所披露。",
    },
}

_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
    (Path(__file__).parent / "static" / "demo.html").read_text(encoding="utf-8")
)


@demo.get("/demo")
def demo_page(
    request: Request,
    language: Annotated[Language | None, Query(description="Of the page; null: the browser's.")] = None,
) -> Response:
    """Show the newest report the service holds as an investor-relations page would."""
    service: Service = request.app.state.service
    settings: Settings = request.app.state.settings
    reader = language or browser_language(request.headers.get("accept-language", "")) or settings.language
    html = versioned(_write(service.engine, reader, settings))
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language", "Content-Language": reader}
    return Response(html, headers=headers, media_type="text/html; charset=utf-8")


def _write(engine: Engine, language: Language, settings: Settings) -> str:
    told = introduce(engine, None, settings=settings)
    editions = [one for one in engine.snapshot.manifest.editions if one.metadata.report_id == told.report]
    values = {"company": told.company[language], "year": told.year or "", "code": editions[0].metadata.stock_code}
    return _TEMPLATE.render(
        language=language,
        languages=[(name, WORDS[name]["own"]) for name in LANGUAGES],
        company=told.company[language],
        title=told.title[language],
        contact=told.contact,
        stock_code=values["code"],
        editions=[(WORDS[one.metadata.language]["own"], one.metadata) for one in editions],
        highlights=_highlights(engine, told.report, language),
        say={name: words.format(**values) for name, words in WORDS[language].items()},
    )


def _highlights(engine: Engine, report: str, language: Language) -> list[dict[str, str]]:
    """The first figures of the suggested questions' answers."""
    answers = [
        engine.ask(wording[language], language=language, report=report) for wording in suggestions(engine, report)
    ]
    return [_highlight(answer.figures[0]) for answer in answers if answer.figures][:HIGHLIGHTS]


def _highlight(figure: AnswerFigure) -> dict[str, str]:
    close = figure.unit in ("%", "‰")
    return {
        "label": figure.label,
        "value": written(figure.value) + (figure.unit if close else ""),
        "unit": "" if close else figure.unit,
        "period": figure.period,
    }
