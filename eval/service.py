"""Ask a running service over HTTP, so that what is deployed is what is scored."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from index.errors import EsgQaError
from index.script import Language
from qa.answer import Answer, AnswerFigure, Citation, Input

TIMEOUT: Final = 60.0  # seconds a question


class ServiceFailed(EsgQaError):
    """A service could not be asked, or answered something that is no answer."""


class Service:
    """A running esg-qa, asked as qa.engine.Engine is."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        """Take the service's address, such as https://ir.example.com/esg; raises ServiceFailed for anything else."""
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ServiceFailed(f"{url}: expected an address such as http://127.0.0.1:8000")
        self.url = url.rstrip("/")
        self.timeout = timeout

    def ask(
        self, question: str, *, history: Sequence[str] = (), language: Language | None = None, report: str | None = None
    ) -> Answer:
        """Answer a question.

        Raises ServiceFailed when the service cannot be reached, refuses the question, or sends no answer.
        """
        asked = {"question": question, "history": list(history), "language": language, "report": report}
        return read_answer(self._send("/v1/ask", asked))

    def check(self) -> None:
        """Raise ServiceFailed unless the service is there and ready to answer."""
        self._send("/readyz", None)

    def _send(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        request = Request(
            f"{self.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        try:
            with urlopen(request, timeout=self.timeout) as reply:
                return json.loads(reply.read())
        except HTTPError as error:
            raise ServiceFailed(f"{self.url}{path}: {error.code} {_detail(error)}".rstrip()) from error
        except (URLError, TimeoutError, OSError) as error:
            raise ServiceFailed(f"{self.url}{path}: cannot be reached ({error})") from error
        except ValueError as error:
            raise ServiceFailed(f"{self.url}{path}: sent no JSON") from error


def read_answer(body: object) -> Answer:
    """Read an answer as POST /v1/ask sends it; fields that an older service leaves out are empty.

    Raises ServiceFailed.
    """
    try:
        row = dict(body)  # type: ignore[call-overload] # anything but an object is told below
        return Answer(
            id=row["id"],
            status=row["status"],
            reason=row["reason"],
            language=row["language"],
            text=row["text"],
            figures=tuple(map(_figure, row["figures"])),
            citations=tuple(map(_citation, row["citations"])),
            notes=tuple(row["notes"]),
            snapshot=row["snapshot"],
            interpretation=row.get("interpretation", ""),
            nearest=tuple(map(_figure, row.get("nearest", ()))),
            contact=row.get("contact", ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ServiceFailed(f"the service sent what is no answer ({type(error).__name__}: {error})") from error


def _figure(row: Mapping[str, Any]) -> AnswerFigure:
    texts = {name: row[name] for name in ("id", "metric", "label", "breakdown", "value", "unit", "period", "citation")}
    return AnswerFigure(**texts, formula=row.get("formula"), inputs=tuple(map(_input, row.get("inputs", ()))))


def _input(row: Mapping[str, Any]) -> Input:
    return Input(**{name: row[name] for name in ("label", "value", "unit", "period", "citation")})


def _citation(row: Mapping[str, Any]) -> Citation:
    names = ("number", "report", "edition", "page", "page_end", "passage_id", "passage", "quote", "start", "end")
    return Citation(
        **{name: row[name] for name in names}, section=tuple(row["section"]), also=tuple(row.get("also", ()))
    )


def _detail(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
