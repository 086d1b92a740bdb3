"""Explain what went wrong to whoever opened an address in a browser: a page in their language, with a way on."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, StrictUndefined

from api.page import STATIC, versioned
from api.problem import Wording
from index.script import Language

_BRAND: Wording = {"en": "ESG answers", "zh-Hant": "ESG 問答", "zh-Hans": "ESG 问答"}
_HOME: Wording = {"en": "Ask the ESG report", "zh-Hant": "向 ESG 報告提問", "zh-Hans": "向 ESG 报告提问"}
_NUMBER: Wording = {"en": "Number of this request:", "zh-Hant": "此請求的編號：", "zh-Hans": "此请求的编号："}
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    versioned((STATIC / "trouble.html").read_text(encoding="utf-8"))
)


def opened_by_a_reader(request: Request) -> bool:
    """Tell an address that somebody opened in a browser from one that a program called."""
    return (
        request.method == "GET"
        and not request.url.path.startswith("/v1/")
        and "text/html" in request.headers.get("accept", "")
    )


def reader_page(
    request: Request, body: Mapping[str, object], language: Language, *, headers: Mapping[str, str]
) -> Response:
    """Write problem details as a page."""
    html = _TEMPLATE.render(
        language=language,
        title=body["title"],
        detail=body["detail"],
        brand=_BRAND[language],
        home=_HOME[language],
        number_is=_NUMBER[language],
        number=request.state.request_id if int(str(body["status"])) >= 500 else "",  # nobody looks a typing error up
    )
    return HTMLResponse(html, status_code=int(str(body["status"])), headers=dict(headers))
