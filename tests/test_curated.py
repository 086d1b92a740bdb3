"""Answers that staff approved come first, as long as what they rest on still stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.curated import cite, content_hash, held_hashes, newest_report, present
from api.problem import UnknownPassage
from api.schemas import AnswerReply
from api.settings import Settings
from api.store.curated import (
    CuratedDraft,
    CuratedText,
    Incomplete,
    approve_curated,
    create_curated,
    flag_curated,
    retire_curated,
)
from api.store.database import Database
from api.store.questions import questions
from qa.engine import Engine
from tests.conftest import wait_until_ready

Serve = Callable[..., TestClient]
NOW = datetime.now(UTC)
ENGLISH = "Does the company plant trees?"
CHINESE = "公司有否植樹？"


@pytest.fixture
def draft(engine: Engine) -> CuratedDraft:
    snapshot = engine.snapshot
    chosen = {p.edition: p for p in snapshot.passages if p.kind == "prose" and len(p.text) > 40}
    return CuratedDraft(
        report=newest_report(snapshot),
        texts=(
            CuratedText(language="en", question=ENGLISH, answer="Staff planted trees in a day of service."),
            CuratedText(language="zh-Hant", question=CHINESE, answer="員工曾參與植樹服務日。"),
        ),
        phrasings=("Any tree planting?",),
        passages=tuple(cite(snapshot, chosen[edition].id, chosen[edition].text[:20]) for edition in ("en", "zh-Hant")),
        owner="mei",
    )


@pytest.fixture
def approved(database: Database, draft: CuratedDraft) -> int:
    with database.session() as session:
        made = create_curated(session, draft, by="mei", now=NOW)
        return approve_curated(session, made.id, version=1, by="lee", now=NOW).id


def ask(client: TestClient, question: str, **given: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **given})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    AnswerReply.model_validate(body)
    return body


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        (ENGLISH, "en", "Staff planted trees in a day of service."),
        ("any TREE planting", "en", "Staff planted trees in a day of service."),
        (CHINESE, "zh-Hant", "員工曾參與植樹服務日。"),
        ("公司有否植树", "zh-Hans", "员工曾参与植树服务日。"),
    ],
)
@pytest.mark.usefixtures("approved")
def test_an_approved_answer_is_served_in_the_askers_language(
    serve: Serve, question: str, language: str, words: str
) -> None:
    answer = ask(serve(), question)
    assert (answer["status"], answer["language"], answer["text"]) == ("answered", language, words)
    assert answer["approved"] == {"on": NOW.date().isoformat()}
    (citation,) = answer["citations"]
    assert citation["number"] == 1
    assert citation["edition"] == ("en" if language == "en" else "zh-Hant")
    assert citation["passage"][citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.usefixtures("approved")
def test_other_questions_are_the_engines(serve: Serve) -> None:
    client = serve()
    for question in ("Does the company plant many trees?", "What were Bairong's Scope 2 emissions in 2022?"):
        assert ask(client, question)["approved"] is None
    assert ask(client, ENGLISH, language="zh-Hans")["text"] == "员工曾参与植树服务日。"


@pytest.mark.usefixtures("approved")
def test_the_same_question_gets_the_same_bytes(serve: Serve) -> None:
    client = serve()
    first = client.post("/v1/ask", json={"question": ENGLISH})
    assert client.post("/v1/ask", json={"question": ENGLISH}).content == first.content


def test_a_draft_a_retired_and_a_flagged_answer_are_not_served(
    serve: Serve, database: Database, draft: CuratedDraft
) -> None:
    client = serve()
    with database.session() as session:
        made = create_curated(session, draft, by="mei", now=NOW)
    assert ask(client, ENGLISH)["approved"] is None
    with database.session() as session:
        approve_curated(session, made.id, version=1, by="lee", now=NOW)
    assert ask(client, ENGLISH)["approved"]
    with database.session() as session:
        flag_curated(session, held=set(), snapshot="s2", now=NOW)
    assert ask(client, ENGLISH)["approved"] is None
    with database.session() as session:
        flag_curated(session, held={p.content_hash for p in draft.passages}, snapshot="s1", now=NOW)
    assert ask(client, ENGLISH)["approved"]
    with database.session() as session:
        retire_curated(session, made.id, version=4, by="lee", now=NOW)
    assert ask(client, ENGLISH)["approved"] is None


def test_an_answer_whose_passage_is_gone_is_not_served_even_before_it_is_flagged(
    serve: Serve, database: Database, draft: CuratedDraft
) -> None:
    gone = replace(draft.passages[0], content_hash=content_hash("another report's words"))
    with database.session() as session:
        made = create_curated(session, replace(draft, passages=(draft.passages[1], gone)), by="mei", now=NOW)
        approve_curated(session, made.id, version=1, by="lee", now=NOW)
    assert ask(serve(), ENGLISH)["approved"] is None


def test_an_answer_without_a_text_the_asker_reads_is_not_served(
    serve: Serve, database: Database, draft: CuratedDraft
) -> None:
    client = serve()
    with database.session() as session:
        english = replace(draft, texts=draft.texts[:1], phrasings=(CHINESE,))
        made = create_curated(session, english, by="mei", now=NOW)
        approve_curated(session, made.id, version=1, by="lee", now=NOW)
    assert ask(client, ENGLISH)["approved"]
    assert ask(client, CHINESE)["approved"] is None


def test_a_question_that_leans_on_an_earlier_one_is_the_engines(
    serve: Serve, database: Database, draft: CuratedDraft
) -> None:
    client = serve()
    leaning = "And in 2021?"
    with database.session() as session:
        made = create_curated(session, replace(draft, phrasings=(leaning,)), by="mei", now=NOW)
        approve_curated(session, made.id, version=1, by="lee", now=NOW)
    answer = ask(client, leaning, history=["What were Bairong's Scope 2 emissions in 2022?"])
    assert answer["approved"] is None
    assert answer["figures"][0]["value"] == "732.98"
    assert ask(client, ENGLISH, history=["What were Bairong's Scope 2 emissions in 2022?"])["approved"]


@pytest.mark.usefixtures("approved")
def test_when_the_database_fails_the_engine_answers(serve: Serve, database: Database) -> None:
    client = serve()
    with database.session() as session:
        session.execute(text("drop table curated_phrasings"))
    with structlog.testing.capture_logs() as logs:
        assert ask(client, "What were Bairong's Scope 2 emissions in 2022?")["figures"][0]["value"] == "378.80"
    assert "failure" in {entry["event"] for entry in logs}


@pytest.mark.usefixtures("approved")
def test_questions_are_kept_behind_the_answer_and_say_what_was_served(engine: Engine, database: Database) -> None:
    with TestClient(create_app(lambda: engine, settings=Settings(), database=database)) as client:
        wait_until_ready(client)
        served = ask(client, ENGLISH)
        answered = ask(client, "2022 年範疇二溫室氣體排放量是多少？")
        ask(client, "How many full-time employees were there in 2020?")
    with database.session() as session:
        refused, number, curated = questions(session)  # leaving the service wrote what was waiting
    assert (refused.status, refused.approved) == ("not_disclosed", False)
    assert (number.answer_id, number.metrics, number.language) == (answered["id"], ("ghg_scope_2",), "zh-Hant")
    assert (curated.answer_id, curated.approved, curated.snapshot) == (served["id"], True, served["snapshot"])


def test_a_question_is_kept_as_it_is_seen(engine: Engine, database: Database) -> None:
    with TestClient(create_app(lambda: engine, settings=Settings(), database=database)) as client:
        wait_until_ready(client)
        ask(client, "\u202eSc\u200bope 2 in <b>2022</b>?\U000e0061")
    with database.session() as session:
        assert [kept.text for kept in questions(session)] == ["Scope 2 in <b>2022</b>?"]


def test_with_the_switch_off_no_question_is_kept(engine: Engine, database: Database) -> None:
    settings = Settings(store_questions=False)
    with TestClient(create_app(lambda: engine, settings=settings, database=database)) as client:
        wait_until_ready(client)
        ask(client, ENGLISH)
    with database.session() as session:
        assert questions(session) == []


def test_a_database_that_fails_to_keep_questions_fails_no_answer(engine: Engine, database: Database) -> None:
    with (
        structlog.testing.capture_logs() as logs,
        TestClient(create_app(lambda: engine, settings=Settings(), database=database)) as client,
    ):
        wait_until_ready(client)
        with database.session() as session:
            session.execute(text("drop table question_metrics"))
            session.execute(text("drop table questions"))
        assert ask(client, ENGLISH)["status"]
    assert "questions_not_kept" in {entry["event"] for entry in logs}
    assert ENGLISH not in str(logs)


def test_a_citation_is_tied_to_the_words_of_a_passage(engine: Engine) -> None:
    passage = engine.snapshot.passages[0]
    cited = cite(engine.snapshot, passage.id)
    assert cited.quote == passage.text
    assert cited.content_hash in held_hashes(engine.snapshot)
    with pytest.raises(Incomplete, match="expected words of passage"):
        cite(engine.snapshot, passage.id, "words that no report holds")
    with pytest.raises(UnknownPassage):
        cite(engine.snapshot, "none")


def test_an_answer_is_served_on_its_last_day_and_not_after(
    database: Database, engine: Engine, draft: CuratedDraft
) -> None:
    last = date(2999, 1, 1)
    with database.session() as session:
        made = create_curated(session, replace(draft, expires_on=last), by="mei", now=NOW)
        kept = approve_curated(session, made.id, version=1, by="lee", now=NOW)
    for today, served in ((last, True), (date(2999, 1, 2), False)):
        answer = present(kept, engine.snapshot, question=ENGLISH, language="en", today=today)
        assert (answer is not None) == served
