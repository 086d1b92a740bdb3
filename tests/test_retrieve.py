"""A question finds its passage by meaning, by word, by another name, in another language, misspelt."""

import time
from pathlib import Path

import numpy as np
import pytest

from index.embed import SentenceTransformerEmbedder
from index.lexicon import bundled_lexicon
from index.snapshot import Snapshot, open_current
from index.sparse import SparseIndex
from index.words import search_tokens
from qa.expand import near_spellings, other_names
from qa.retrieve import _standardised, in_readers_edition, rank, retrieve


@pytest.fixture(scope="module")
def snapshot(bundled_index: Path) -> Snapshot:
    return open_current(bundled_index)


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.mark.parametrize("edition", ["en", "zh-Hant"])
@pytest.mark.parametrize(
    "question", ["Scope 2 emissions", "範疇二排放", "範圍 2 排放量", "范围2排放", "scope two emissions", "Scope II"]
)
def test_a_scope_is_found_however_it_is_written(
    question: str, edition: str, snapshot: Snapshot, embedder: SentenceTransformerEmbedder
) -> None:
    hits = retrieve(question, snapshot, embedder, edition=edition, k=3)
    places = {place for hit in hits for place in (hit.passage.id, *hit.also)}
    assert f"6608-2022.{edition}.kpi-environment.t1.r2" in places


def test_another_scope_is_another_word() -> None:
    assert search_tokens("Scope 1")[-1] != search_tokens("範疇二")[-1]
    assert "scope2" not in search_tokens("範圍 20 頁")
    assert "scope1" not in search_tokens("Scope in general")


@pytest.mark.parametrize("question", ["KPI B6.1", "關鍵績效指標 B6.1", "B6.1 在哪里披露"])
def test_a_kpi_code_is_matched_exactly(
    question: str, snapshot: Snapshot, embedder: SentenceTransformerEmbedder
) -> None:
    assert "B6.1" in retrieve(question, snapshot, embedder, k=1)[0].passage.text


@pytest.mark.parametrize(("asked", "named"), [("员工流失率", "turnov"), ("staff turnover", "员工流失率")])
def test_the_lexicon_names_what_is_asked_in_the_other_language(asked: str, named: str) -> None:
    found = other_names(asked, bundled_lexicon())
    assert named in found
    assert not set(found) & set(search_tokens(asked))


def test_a_kpi_code_stands_for_the_metrics_reported_under_it() -> None:
    assert "water" in other_names("HKEX KPI A2.2", bundled_lexicon())


def test_an_unknown_word_is_read_as_the_known_one_it_is_near_to() -> None:
    known = {"turnov", "water", "emiss"}
    assert near_spellings(["turnovr", "water", "2022", "zzzzzz", "用水"], known) == ["turnov"]


def test_a_row_printed_twice_is_one_hit_that_names_both_places(
    snapshot: Snapshot, embedder: SentenceTransformerEmbedder
) -> None:
    hits = retrieve("Total water consumption", snapshot, embedder, edition="en", k=20)
    twice = {"6608-2022.en.kpi-environment.t1.r19", "6608-2022.en.environmental-impact.t1.r3"}
    found = [hit for hit in hits if hit.passage.id in twice]
    assert len(found) == 1
    assert {found[0].passage.id, *found[0].also} == twice


def test_twins_are_the_same_in_every_edition_and_name_each_other(snapshot: Snapshot) -> None:
    assert len(snapshot.twins) > 40
    for one, others in snapshot.twins.items():
        assert one not in others
        for other in others:
            assert one in snapshot.twins[other]
            assert snapshot.by_id[one].edition == snapshot.by_id[other].edition


def test_a_readers_edition_keeps_one_hit_for_a_row_printed_twice(
    snapshot: Snapshot, embedder: SentenceTransformerEmbedder
) -> None:
    shown = in_readers_edition(retrieve("用水總量", snapshot, embedder, k=30), snapshot, "en")
    ids = [hit.passage.id for hit in shown]
    assert {hit.passage.edition for hit in shown} == {"en"}
    assert not any(other in ids for hit in shown for other in hit.also)


@pytest.mark.parametrize(
    ("filters", "found"), [({"year": 2022}, True), ({"year": 1999}, False), ({"report": "no"}, False)]
)
def test_a_filter_keeps_only_what_it_names(
    filters: dict[str, object], found: bool, snapshot: Snapshot, embedder: SentenceTransformerEmbedder
) -> None:
    assert bool(retrieve("water", snapshot, embedder, **filters)) is found  # type: ignore[arg-type] # a table of filters


def test_both_scripts_of_a_question_rank_alike(snapshot: Snapshot, embedder: SentenceTransformerEmbedder) -> None:
    hant = [hit.passage.id for hit in retrieve("員工流失率是多少？", snapshot, embedder)]
    assert hant == [hit.passage.id for hit in retrieve("员工流失率是多少？", snapshot, embedder)]


def test_no_passage_scores_above_the_bound() -> None:
    index = SparseIndex.of([["water", "use"], ["water"] * 40, ["power"]])
    for question in (["water"], ["water", "use", "water"], ["water", "unheard"]):
        assert index.scores(question).max() <= index.bound(question) + 1e-5
    assert index.bound(["unheard"]) >= index.bound(["power"])
    assert not index.scores(["unheard"]).any()


def test_words_few_passages_share_do_not_outweigh_a_close_meaning(
    snapshot: Snapshot, embedder: SentenceTransformerEmbedder
) -> None:
    hits = retrieve("Who looks into whistleblowing reports?", snapshot, embedder, edition="zh-Hant", k=5)
    assert any(hit.passage.section_key.startswith("whistle") for hit in hits)


def test_a_model_whose_cosines_lie_close_together_weighs_the_same() -> None:
    cosines, everything = np.array([0.1, 0.5, 0.3], dtype=np.float32), np.ones(3, dtype=bool)
    closer = np.float32(0.8) + cosines / 10
    np.testing.assert_allclose(_standardised(cosines, everything), _standardised(closer, everything), atol=1e-4)
    assert not _standardised(np.full(3, 0.7, dtype=np.float32), everything).any()
    assert not _standardised(cosines, ~everything).any()


def test_the_legs_switched_off_leave_plain_words(snapshot: Snapshot, embedder: SentenceTransformerEmbedder) -> None:
    tokens = search_tokens("water consumption")
    plain = rank("water consumption", snapshot.dense, snapshot.sparse, embedder, names=0, spelling=0)
    best = int(np.argmax(snapshot.sparse.scores(tokens)))
    assert next(iter(plain.sparse)) == best


def test_a_question_is_ranked_within_milliseconds(snapshot: Snapshot, embedder: SentenceTransformerEmbedder) -> None:
    def once(question: str) -> float:
        started = time.perf_counter()
        retrieve(question, snapshot, embedder)
        return time.perf_counter() - started

    questions = ["2022 年用水量", "employe turnovr rate", "Scope 2 emissions in 2022", "收到举报后由谁调查"]
    once(questions[0])
    times = [once(question) for _ in range(8) for question in questions]
    assert np.median(times) < 0.02  # 5 ms at rest; a busy machine is slower
