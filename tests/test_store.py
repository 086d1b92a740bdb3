"""What the service remembers, on a real SQLite file and on a real PostgreSQL server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from api.store.accounts import (
    AccountExists,
    LastAdmin,
    UnknownAccount,
    accounts,
    add_account,
    add_token,
    change_account,
    find_account,
    purge_sessions,
    revoke_tokens,
    set_password,
    sign_in,
    sign_out,
    signed_in,
    token_account,
)
from api.store.audit import changes, count_changes
from api.store.curated import (
    CitedPassage,
    CuratedDraft,
    CuratedText,
    Incomplete,
    StaleEdit,
    UnknownCurated,
    answers_to,
    approve_curated,
    count_curated,
    create_curated,
    curated_answers,
    edit_curated,
    expire_curated,
    find_curated,
    flag_curated,
    retire_curated,
    rivals,
)
from api.store.database import Database, StoreError, newest, open_database
from api.store.feedback import COMPLAINT_WORDS, COMPLAINTS, Feedback, count_feedback, feedback, keep_feedback
from api.store.phrasing import phrasing_key
from api.store.questions import (
    Asked,
    QuestionFilter,
    UnknownQuestion,
    as_eval_cases,
    count_alike,
    count_by_metric,
    count_questions,
    keep_questions,
    mark_alike,
    mark_question,
    purge_questions,
    questions,
    questions_alike,
    questions_like,
)
from api.store.tables import Base
from eval.case import BadCase, read_case
from index.script import Language
from tests.conftest import emptied

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 1)
PASSAGE = CitedPassage(
    edition="en",
    passage_id="6608-2022/en/climate/1",
    content_hash="a" * 64,
    section=("Environment", "Climate"),
    page=12,
    text="We aim to reach net zero in our operations.",
    quote="net zero in our operations",
)
DRAFT = CuratedDraft(
    report="6608-2022",
    texts=(
        CuratedText(language="en", question="Is there a net zero target?", answer="Yes, for our own operations."),
        CuratedText(language="zh-Hant", question="公司有淨零目標嗎？", answer="有，適用於自身營運。"),
    ),
    phrasings=("Do you have a net-zero goal?",),
    passages=(PASSAGE,),
    owner="mei",
    expires_on=date(2026, 12, 31),
)
ASKED = Asked(
    text="2022 年範疇二溫室氣體排放量是多少？",
    language="zh-Hant",
    report="",
    status="answered",
    reason=None,
    metrics=("ghg_scope_2",),
    answer_id="a1",
    snapshot="s1",
    approved=False,
    at=NOW,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = open_database(None, folder=tmp_path / "data")
    else:
        database = emptied(request.getfixturevalue("postgresql"), tmp_path)
    assert database.kind == request.param
    database.migrate()
    yield database
    database.close()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.session() as session:
        keep_questions(session, [ASKED])
    assert database.migrate() == newest()
    database.check()
    with database.session() as session:
        assert count_questions(session) == 1


def test_the_migrations_make_the_tables_that_the_code_works_with(database: Database) -> None:
    with database.session() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_tables_of_another_version_are_refused(tmp_path: Path) -> None:
    database = open_database(None, folder=tmp_path)
    with pytest.raises(StoreError, match="esg-qa migrate"):
        database.check()
    database.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "expected such as postgresql"),
        ("mysql://u:secret@h/n", "expected a database of sqlite or postgres"),
    ],
)
def test_an_address_of_no_database_is_refused(tmp_path: Path, url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        open_database(url, folder=tmp_path)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    database = open_database("postgresql://u:secret@127.0.0.1:1/n", folder=tmp_path)
    with pytest.raises(StoreError, match="cannot be reached") as told:
        database.check()
    assert "secret" not in str(told.value)


def test_a_connection_that_comes_back_after_the_database_was_closed_is_closed_too(database: Database) -> None:
    with database.reading() as session:
        held = session.connection().connection.dbapi_connection
        assert held is not None
        database.close()
        assert session.scalar(text("select 1")) == 1
    with pytest.raises(Exception, match="closed"):
        held.cursor().execute("select 1")


def test_no_table_has_a_column_for_an_address(database: Database) -> None:
    with database.session() as session:
        columns = {column["name"] for column in inspect(session.connection()).get_columns("questions")}
    assert columns == {
        *("id", "asked_at", "text", "folded", "language", "report", "status", "reason"),
        *("answer_id", "snapshot", "approved", "mark", "marked_by", "note"),
    }


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.session() as session:
            keep_questions(session, [ASKED])
            session.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    with database.session() as session:
        assert count_questions(session) == 0


def test_questions_come_unanswered_first_then_newest(database: Database) -> None:
    missing = replace(
        ASKED, text="今天天气怎么样？", status="not_disclosed", reason="off_topic", language="zh-Hans", metrics=()
    )
    with database.session() as session:
        keep_questions(session, [missing, ASKED, replace(ASKED, text="Scope 2?", language="en", at=NOW + timedelta(1))])
    with database.session() as session:
        listed = questions(session)
    assert [question.text for question in listed] == [missing.text, "Scope 2?", ASKED.text]
    assert listed[2].metrics == ("ghg_scope_2",)
    assert listed[2].at == NOW
    assert {question.mark for question in listed} == {"new"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QuestionFilter(), {"范围二", "water"}),
        (QuestionFilter(status="not_disclosed"), {"water"}),
        (QuestionFilter(language="zh-Hans"), {"范围二"}),
        (QuestionFilter(metric="ghg_scope_2"), {"范围二"}),
        (QuestionFilter(metric="water"), set()),
        (QuestionFilter(words="範圍"), {"范围二"}),
        (QuestionFilter(words="WAT"), {"water"}),
        (QuestionFilter(words="%"), set()),
        (QuestionFilter(mark="done"), {"water"}),
        (QuestionFilter(since=NOW + timedelta(hours=1)), {"water"}),
        (QuestionFilter(until=NOW + timedelta(hours=1)), {"范围二"}),
    ],
)
def test_questions_are_filtered(database: Database, wanted: QuestionFilter, expected: set[str]) -> None:
    with database.session() as session:
        keep_questions(session, [replace(ASKED, text="范围二", language="zh-Hans")])
        later = NOW + timedelta(hours=2)
        keep_questions(
            session, [replace(ASKED, text="water", language="en", status="not_disclosed", metrics=(), at=later)]
        )
        session.flush()
        (water,) = questions(session, QuestionFilter(language="en"))
        mark_question(session, water.id, "done", by="mei", now=NOW)
    with database.session() as session:
        assert {question.text for question in questions(session, wanted)} == expected
        assert count_questions(session, wanted) == len(expected)


def test_questions_are_counted_by_metric(database: Database) -> None:
    with database.session() as session:
        keep_questions(session, [ASKED, replace(ASKED, metrics=("water", "ghg_scope_2", "water"))])
    with database.session() as session:
        assert count_by_metric(session) == [("ghg_scope_2", 2), ("water", 1)]


def test_answers_to_the_same_question_know_of_each_other(database: Database) -> None:
    with database.session() as session:
        first = create_curated(session, DRAFT, by="mei", now=NOW)
        texts = (CuratedText(language="zh-Hans", question="公司有净零目标吗", answer="有。"),)
        second = create_curated(session, replace(DRAFT, texts=texts, phrasings=()), by="mei", now=NOW)
        assert rivals(session, second.id) == []  # a draft is served to nobody
        approve_curated(session, first.id, version=1, by="mei", now=NOW)
        assert [one.id for one in rivals(session, second.id)] == [first.id]
        assert rivals(session, first.id) == []


def test_answers_that_are_over_are_listed_by_themselves(database: Database) -> None:
    with database.session() as session:
        for expires_on in (None, TODAY - timedelta(days=1), TODAY):
            create_curated(session, replace(DRAFT, expires_on=expires_on), by="mei", now=NOW)
    with database.session() as session:
        assert [one.expires_on for one in curated_answers(session, over=TODAY)] == [TODAY - timedelta(days=1)]
        assert count_curated(session, over=TODAY) == 1
        assert count_curated(session, over=TODAY, state="approved") == 0


def test_questions_that_are_alike_are_one_in_any_script(database: Database) -> None:
    simplified = replace(ASKED, text=" 2022年范畴二温室气体排放量是多少", language="zh-Hans", answer_id="a2", at=NOW)
    other = replace(ASKED, report="6608-2021")
    missing = replace(ASKED, text="Is there a yacht?", status="not_disclosed", metrics=())
    said = Feedback(answer_id="a1", helpful=False, reason=None, comment="", at=NOW)
    with database.session() as session:
        keep_questions(session, [ASKED, simplified, other, missing])
        for answer in ("a1", "a2"):
            keep_feedback(session, replace(said, answer_id=answer))
    with database.session() as session:
        listed = questions_alike(session)
        assert [(group.latest.text, group.count) for group in listed] == [
            (missing.text, 1),
            (other.text, 1),
            (simplified.text, 2),
        ]
        assert listed[2].unhelpful == 2
        assert count_alike(session) == 3
        assert count_alike(session, QuestionFilter(language="zh-Hans")) == 1
        assert [group.latest.id for group in questions_alike(session, limit=1, offset=2)] == [listed[2].latest.id]
        assert mark_alike(session, listed[2].latest.id, "done", by="mei", now=NOW, note="asked often") == 2
    with database.session() as session:
        assert {one.id: one.mark for one in questions(session)} == {1: "done", 2: "done", 3: "new", 4: "new"}
        assert [one.id for one in questions_like(session, 1)] == [2, 1]
        (change,) = changes(session)
        assert change.after == {"mark": "done", "note": "asked often", "alike": 2}
        with pytest.raises(UnknownQuestion, match="none of this number"):
            mark_alike(session, 999, "done", by="mei", now=NOW)


def test_marking_a_question_is_logged(database: Database) -> None:
    with database.session() as session:
        keep_questions(session, [ASKED])
    with database.session() as session:
        (question,) = questions(session)
        marked = mark_question(session, question.id, "watch", by="mei", now=NOW, note="often asked")
        assert (marked.mark, marked.marked_by, marked.note) == ("watch", "mei", "often asked")
        with pytest.raises(UnknownQuestion, match="none of this number"):
            mark_question(session, 999, "done", by="mei", now=NOW)
    with database.session() as session:
        (change,) = changes(session)
    assert (change.who, change.action, change.subject) == ("mei", "question.mark", f"question {question.id}")
    assert change.before == {"mark": "new", "note": ""}
    assert change.after == {"mark": "watch", "note": "often asked"}


def test_old_questions_and_feedback_are_forgotten(database: Database) -> None:
    old = NOW - timedelta(days=400)
    said = Feedback(answer_id="a1", helpful=False, reason="wrong_number", comment="", at=old)
    with database.session() as session:
        keep_questions(session, [replace(ASKED, at=old), ASKED])
        keep_feedback(session, said)
        keep_feedback(session, replace(said, at=NOW))
    with database.session() as session:
        assert purge_questions(session, before=NOW - timedelta(days=365)) == 1
    with database.session() as session:
        assert [question.at for question in questions(session)] == [NOW]
        assert [entry.at for entry in feedback(session)] == [NOW]
        assert count_by_metric(session) == [("ghg_scope_2", 1)]


def test_a_nul_character_is_kept_as_one_that_cannot_be_shown(database: Database) -> None:
    with database.session() as session:
        keep_questions(session, [replace(ASKED, text="wa\x00ter")])
    with database.session() as session:
        assert [question.text for question in questions(session)] == ["wa\ufffdter"]


def test_a_question_shows_the_thumbs_its_answer_got(database: Database) -> None:
    said = Feedback(answer_id="a1", helpful=True, reason=None, comment="好", at=NOW)
    with database.session() as session:
        keep_questions(session, [ASKED, replace(ASKED, answer_id="a2")])
        for helpful in (True, True, False):
            keep_feedback(session, replace(said, helpful=helpful))
    with database.session() as session:
        assert {q.answer_id: (q.helpful, q.unhelpful) for q in questions(session)} == {"a1": (2, 1), "a2": (0, 0)}
        assert count_feedback(session) == (2, 1)
        assert [entry.comment for entry in feedback(session, helpful=False)] == ["好"]


def test_every_complaint_has_words_in_three_languages() -> None:
    assert set(COMPLAINT_WORDS) == set(get_args(Language))
    for words in COMPLAINT_WORDS.values():
        assert set(words) == set(COMPLAINTS)


def test_exported_questions_wait_for_the_answer_an_expert_expects(database: Database) -> None:
    missing = replace(ASKED, status="not_disclosed", reason="other_period", metrics=())
    with database.session() as session:
        keep_questions(session, [missing, ASKED])
    with database.session() as session:
        refused, answered = as_eval_cases(questions(session))
    assert read_case(refused, "export").question == ASKED.text
    with pytest.raises(BadCase, match="an answered case needs values"):
        read_case(answered, "export")
    completed = json.loads(answered)
    completed["expect"]["values"] = [{"value": "378.80", "unit": "tCO2e", "period": "2022"}]
    assert read_case(json.dumps(completed), "export").kind == "lookup"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公司有淨零目標嗎？", "公司有净零目标吗"),
        ("２０２２ 年，範疇二排放量？", "2022年范畴二排放量"),
        ("Is there a NET ZERO target?", "is there a net zero target"),
        ("the company's target", "The Company’s target."),
    ],
)
def test_script_case_and_punctuation_make_no_other_question(one: str, other: str) -> None:
    assert phrasing_key(one) == phrasing_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5 degrees", "15 degrees"),
        ("1,234 tonnes", "1 234 tonnes"),
        ("scope 1 2", "scope 12"),
        ("in 2021", "in 2022"),
        ("+5%", "-5%"),
        ("範疇一", "範疇二"),
    ],
)
def test_a_digit_a_sign_or_a_word_makes_another_question(one: str, other: str) -> None:
    assert phrasing_key(one) != phrasing_key(other)


def approved(database: Database, draft: CuratedDraft = DRAFT) -> int:
    with database.session() as session:
        made = create_curated(session, draft, by="mei", now=NOW)
        approve_curated(session, made.id, version=1, by="lee", now=NOW)
    return made.id


def served(database: Database, question: str, *, report: str = "6608-2022", today: date = TODAY) -> list[int]:
    with database.session() as session:
        return [answer.id for answer in answers_to(session, question, report=report, today=today)]


def test_a_curated_answer_is_kept_as_it_was_written(database: Database) -> None:
    with database.session() as session:
        made = create_curated(session, DRAFT, by="mei", now=NOW)
    with database.session() as session:
        found = find_curated(session, made.id)
    assert found == made
    assert (found.texts, found.phrasings, found.passages) == (DRAFT.texts, DRAFT.phrasings, DRAFT.passages)
    assert (found.state, found.version, found.flagged_by) == ("draft", 1, None)


@pytest.mark.parametrize(
    "question", ["is there a net zero target", "公司有淨零目標嗎", "公司有净零目标吗？", "Do you have a NET-ZERO goal?"]
)
def test_an_approved_answer_is_found_by_each_of_its_phrasings(database: Database, question: str) -> None:
    made = approved(database)
    assert served(database, question) == [made]


def test_what_must_not_be_served_is_not_found(database: Database) -> None:
    question = DRAFT.texts[0].question
    with database.session() as session:
        create_curated(session, DRAFT, by="mei", now=NOW)
    assert served(database, question) == []
    made = approved(database)
    assert served(database, question) == [made]
    assert served(database, question, today=date(2026, 12, 31)) == [made]
    assert served(database, question, today=date(2027, 1, 1)) == []
    assert served(database, question, report="6608-2023") == []
    assert served(database, "Is there another target?") == []
    assert served(database, "？") == []
    with database.session() as session:
        retire_curated(session, made, version=2, by="lee", now=NOW)
    assert served(database, question) == []


def test_an_edited_answer_must_be_approved_again(database: Database) -> None:
    made = approved(database)
    other = replace(DRAFT, phrasings=("Net zero by when?",))
    with database.session() as session:
        edited = edit_curated(session, made, other, version=2, by="mei", now=NOW)
        assert (edited.state, edited.approved_by, edited.version) == ("draft", None, 3)
        with pytest.raises(StaleEdit, match="changed meanwhile"):
            approve_curated(session, made, version=2, by="lee", now=NOW)
        approve_curated(session, made, version=3, by="lee", now=NOW)
    assert served(database, "net zero by when") == [made]
    assert served(database, "Do you have a net-zero goal?") == []


def test_a_missing_passage_flags_an_answer_and_its_return_takes_the_flag_off(database: Database) -> None:
    made = approved(database)
    question = DRAFT.texts[0].question
    with database.session() as session:
        assert [f.id for f in flag_curated(session, held={"b" * 64}, snapshot="s2", now=NOW)] == [made]
        assert flag_curated(session, held={"b" * 64}, snapshot="s2", now=NOW) == []
        assert [answer.flagged_by for answer in curated_answers(session, flagged=True)] == ["s2"]
        with pytest.raises(Incomplete, match="not in snapshot s2"):
            approve_curated(session, made, version=3, by="lee", now=NOW)
    assert served(database, question) == []
    with database.session() as session:
        assert flag_curated(session, held={"a" * 64}, snapshot="s1", now=NOW) == []
    assert served(database, question) == [made]


def test_a_later_day_keeps_an_answer_approved(database: Database) -> None:
    made = approved(database)
    with database.session() as session:
        expire_curated(session, made, date(2028, 1, 1), version=2, by="mei", now=NOW)
    assert served(database, DRAFT.texts[0].question, today=date(2027, 6, 1)) == [made]


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (replace(DRAFT, texts=()), "one language at least"),
        (replace(DRAFT, texts=(DRAFT.texts[0], DRAFT.texts[0])), "one text a language"),
        (replace(DRAFT, texts=(replace(DRAFT.texts[0], answer=" "),)), "expected a question and an answer"),
        (replace(DRAFT, texts=(replace(DRAFT.texts[0], question="？"),)), "expected a question and an answer"),
        (replace(DRAFT, texts=(replace(DRAFT.texts[0], answer="x" * 4001),)), "4001 characters"),
        (replace(DRAFT, phrasings=("水" * 501,)), "500 at most"),
        (replace(DRAFT, phrasings=("水",) * 51), "50 at most"),
        (replace(DRAFT, passages=(replace(PASSAGE, quote="net negative"),)), "expected words of passage"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(database: Database, draft: CuratedDraft, message: str) -> None:
    with database.session() as session, pytest.raises(Incomplete, match=message):
        create_curated(session, draft, by="mei", now=NOW)


def test_an_answer_that_rests_on_nothing_or_is_over_is_not_approved(database: Database) -> None:
    with database.session() as session:
        bare = create_curated(session, replace(DRAFT, passages=()), by="mei", now=NOW)
        over = create_curated(session, replace(DRAFT, expires_on=date(2026, 2, 1)), by="mei", now=NOW)
        with pytest.raises(Incomplete, match="cites no passage"):
            approve_curated(session, bare.id, version=1, by="lee", now=NOW)
        with pytest.raises(Incomplete, match="expired on 2026-02-01"):
            approve_curated(session, over.id, version=1, by="lee", now=NOW)
        with pytest.raises(UnknownCurated, match="none of this number"):
            find_curated(session, 999)


def test_curated_answers_are_listed_and_searched(database: Database) -> None:
    made = approved(database)
    with database.session() as session:
        draft = create_curated(session, replace(DRAFT, phrasings=()), by="mei", now=NOW - timedelta(1))
        assert [answer.id for answer in curated_answers(session)] == [made, draft.id]
        assert [answer.id for answer in curated_answers(session, state="draft")] == [draft.id]
        assert [answer.id for answer in curated_answers(session, words="GOAL")] == [made]
        assert count_curated(session, words="净零") == 2


def test_the_log_tells_what_visitors_were_told_before_and_after(database: Database) -> None:
    made = approved(database)
    other = replace(DRAFT, texts=(replace(DRAFT.texts[0], answer="Not yet."),))
    with database.session() as session:
        edit_curated(session, made, other, version=2, by="mei", now=NOW)
    with database.session() as session:
        edit, approval, creation = changes(session, action="curated")
        assert count_changes(session) == 3
        assert changes(session, who="lee") == [approval]
        assert changes(session, subject="curated answer 999") == []
    assert creation.before is None
    assert edit.before is not None
    assert edit.after is not None
    assert edit.before["texts"]["en"]["answer"] == "Yes, for our own operations."
    assert edit.after["texts"]["en"]["answer"] == "Not yet."


def test_accounts_are_made_once(database: Database) -> None:
    with database.session() as session:
        add_account(session, "lee", role="admin", password_hash="h", by="command line", now=NOW)
        with pytest.raises(AccountExists, match="lee"):
            add_account(session, "lee", role="reader", password_hash=None, by="command line", now=NOW)
        (held,) = accounts(session)
        assert (held.name, held.role, held.disabled) == ("lee", "admin", False)
        assert find_account(session, "lee") == (held, "h")
        assert find_account(session, "mei") is None
        with pytest.raises(UnknownAccount, match="esg-qa account list"):
            set_password(session, "mei", "h", by="lee", now=NOW)


def test_no_change_leaves_nobody_to_manage_accounts(database: Database) -> None:
    with database.session() as session:
        add_account(session, "lee", role="admin", password_hash="h", by="command line", now=NOW)
    for change in ({"disabled": True}, {"role": "editor"}):
        with pytest.raises(LastAdmin, match="make another one first"), database.session() as session:
            change_account(session, "lee", by="lee", now=NOW, **change)  # type: ignore[arg-type]  # a row of a table
    with database.session() as session:
        add_account(session, "mei", role="admin", password_hash="h", by="lee", now=NOW)
        assert change_account(session, "lee", disabled=True, by="mei", now=NOW).disabled


def test_a_browser_is_known_until_it_signs_out_or_its_time_is_over(database: Database) -> None:
    later = NOW + timedelta(hours=8)
    with database.session() as session:
        lee = add_account(session, "lee", role="admin", password_hash="h", by="command line", now=NOW)
        for secret in ("one", "two"):
            sign_in(session, lee, secret, csrf_token="c", now=NOW, expires_at=later)
    with database.session() as session:
        found = signed_in(session, "one", now=NOW)
        assert found is not None
        assert (found.account, found.csrf_token) == (lee, "c")
        assert signed_in(session, "one", now=later) is None
        assert signed_in(session, "three", now=NOW) is None
        sign_out(session, "one")
        assert signed_in(session, "one", now=NOW) is None
        assert purge_sessions(session, now=later) == 1


def test_a_new_password_or_a_disabled_account_signs_every_browser_out(database: Database) -> None:
    with database.session() as session:
        for name in ("lee", "mei"):
            account = add_account(session, name, role="admin", password_hash="h", by="command line", now=NOW)
            sign_in(session, account, name, csrf_token="c", now=NOW, expires_at=NOW + timedelta(hours=8))
        set_password(session, "lee", "h2", by="mei", now=NOW)
        change_account(session, "mei", disabled=True, by="lee", now=NOW)
    with database.session() as session:
        assert signed_in(session, "lee", now=NOW) is None
        assert signed_in(session, "mei", now=NOW) is None


def test_a_token_serves_until_it_expires_or_is_revoked(database: Database) -> None:
    with database.session() as session:
        lee = add_account(session, "lee", role="editor", password_hash=None, by="command line", now=NOW)
        add_token(session, "lee", "s1", label="export", by="lee", now=NOW, expires_at=NOW + timedelta(days=1))
        add_token(session, "lee", "s2", label="export", by="lee", now=NOW, expires_at=None)
        assert token_account(session, "s1", now=NOW) == lee
        assert token_account(session, "s1", now=NOW + timedelta(days=1)) is None
        assert token_account(session, "s3", now=NOW) is None
        assert revoke_tokens(session, "lee", by="lee", now=NOW) == 2
        assert token_account(session, "s2", now=NOW) is None


def test_secrets_stand_nowhere_in_the_database(database: Database) -> None:
    with database.session() as session:
        lee = add_account(session, "lee", role="admin", password_hash="argon2-hash", by="command line", now=NOW)
        sign_in(session, lee, "cookie-secret", csrf_token="c", now=NOW, expires_at=NOW + timedelta(hours=8))
        add_token(session, "lee", "token-secret", label="export", by="lee", now=NOW, expires_at=None)
        set_password(session, "lee", "argon2-other", by="lee", now=NOW)
    with database.session() as session:
        logged = json.dumps([[dict(c.before or {}), dict(c.after or {})] for c in changes(session)])
        held = [
            tuple(row) for table in ("sessions", "tokens") for row in session.execute(text(f"select * from {table}"))
        ]
    assert "secret" not in repr(held)
    assert "argon2" not in logged


def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="expected a time with its zone"), database.session() as session:
        keep_questions(session, [replace(ASKED, at=datetime(2026, 3, 1))])
