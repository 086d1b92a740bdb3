"""The retrieval benchmark: reads each format, scores each leg, draws the same interval twice."""

import json
from pathlib import Path

import pytest

from eval.case import read_case
from eval.retrieval import interval, main, measure, scores, with_passages
from eval.retrieval_sets import (
    Ask,
    BadRetrievalSet,
    beir_set,
    edition_set,
    held_out_sets,
    knowledge_sets,
    squad_set,
    write_beir,
)
from index.embed import SentenceTransformerEmbedder
from index.script import LANGUAGES
from index.snapshot import open_current


def ask(name: str, *relevant: str) -> Ask:
    return Ask(id=name, group=name, language="en", text=name, relevant=frozenset(relevant))


def case_line(**expect: object) -> str:
    row = {
        "id": "c.zh-Hant",
        "kind": "lookup",
        "language": "zh-Hant",
        "group": "c",
        "question": "2022 年範圍 2 排放是多少？",
        "expect": {"status": "answered", "contains": ["378.80"], **expect},
        "provenance": {"author": "t", "written": "before seeing answers", "split": "tuned"},
    }
    return json.dumps(row, ensure_ascii=False)


def write_tiny_beir(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": "w", "title": "用水", "text": "全年用水 120 立方米"}, {"_id": "e", "text": "Electricity: 5 kWh"}]
    queries = [
        {"_id": "q1", "text": "用水多少"},
        {"_id": "q2", "text": "How much electricity?"},
        {"_id": "q3", "text": "x"},
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    qrels = "query-id\tcorpus-id\tscore\nq1\tw\t1\nq1\te\t0\nq2\te\t2\n"
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def write_tiny_squad(path: Path) -> Path:
    qas = [{"id": "1", "question": "Who drinks tea?"}, {"id": "2", "question": "Who flies?", "is_impossible": True}]
    paragraphs = [{"context": "Anna drinks tea.", "qas": qas}, {"context": "Ben reads.", "qas": []}]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def test_a_question_without_its_passage_counts_as_a_miss() -> None:
    found = scores([ask("a", "x"), ask("b", "y")], {"a": ["z", "x"], "b": []})
    assert found["hit@1"] == {"a": 0.0, "b": 0.0}
    assert found["hit@5"] == {"a": 1.0, "b": 0.0}
    assert found["RR"] == {"a": 0.5, "b": 0.0}
    assert found["nDCG@10"]["a"] == pytest.approx(0.6309, abs=1e-4)


def test_an_interval_is_the_same_each_time_and_draws_whole_groups() -> None:
    values = {f"{n}.{s}": float(n % 2) for n in range(10) for s in ("en", "zh")}
    groups = {name: name.split(".")[0] for name in values}
    first = interval(values, groups)
    assert first == interval(values, groups)
    assert first.mean == 0.5
    alone = interval(values, {name: name for name in values})
    assert first.high - first.low > alone.high - alone.low


def test_beir_leaves_out_a_question_nothing_answers(tmp_path: Path) -> None:
    chosen = beir_set(write_tiny_beir(tmp_path / "tiny"))
    assert [(a.id, a.language, set(a.relevant)) for a in chosen.asks] == [("q1", "zh-Hant", {"w"}), ("q2", "en", {"e"})]
    assert chosen.passages["w"] == "用水 全年用水 120 立方米"


def test_what_is_written_in_beir_reads_back(tmp_path: Path) -> None:
    chosen = beir_set(write_tiny_beir(tmp_path / "tiny"))
    write_beir(chosen, tmp_path / "again")
    again = beir_set(tmp_path / "again")
    assert (again.asks, again.passages) == (chosen.asks, chosen.passages)


def test_squad_keeps_every_paragraph_and_drops_the_impossible(tmp_path: Path) -> None:
    chosen = squad_set(write_tiny_squad(tmp_path / "tiny.json"))
    assert len(chosen.passages) == 2
    assert [a.id for a in chosen.asks] == ["1"]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda f: (f / "corpus.jsonl").unlink(), "corpus.jsonl: expected a file of JSON lines"),
        (lambda f: (f / "queries.jsonl").write_text("{"), "queries.jsonl:1: not JSON"),
        (lambda f: (f / "corpus.jsonl").write_text('{"_id": "w"}'), "expected an object with _id and text"),
        (lambda f: (f / "qrels" / "test.tsv").write_text("q1\tnobody\t1\n"), "'nobody' answers a question but"),
        (lambda f: (f / "qrels" / "test.tsv").write_text("q1\tw\n\n"), "expected query-id, corpus-id and score"),
    ],
)
def test_a_broken_beir_folder_says_what_is_wrong(tmp_path: Path, broken, message: str) -> None:  # noqa: ANN001 - a lambda
    broken(write_tiny_beir(tmp_path / "tiny"))
    with pytest.raises(BadRetrievalSet, match=message):
        beir_set(tmp_path / "tiny")


def test_a_file_that_is_not_squad_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(BadRetrievalSet, match="expected SQuAD's format"):
        squad_set(tmp_path / "x.json")


def test_a_folder_without_training_pairs_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadRetrievalSet, match=r"no SOURCES\.tsv"):
        held_out_sets(tmp_path)


def test_evidence_is_a_row_or_block_and_its_section_only_alone(bundled_index: Path) -> None:
    snapshot = open_current(bundled_index)
    row = read_case(case_line(evidence=["kpi-environment.t1.r2", "kpi-environment"]), "t:1")
    asks = {a.edition: a.relevant for a in edition_set(snapshot, [row]).asks}
    assert asks["en"] == {"6608-2022.en.kpi-environment.t1.r2"}
    assert asks[None] == asks["en"] | asks["zh-Hant"]
    section = read_case(case_line(evidence=["whistleblowing"]), "t:2")
    block = read_case(case_line(evidence=["whistleblowing.p1"]), "t:3")
    held = [edition_set(snapshot, [case]).asks[0].relevant for case in (section, block)]
    assert held[1]
    assert held[1] <= held[0]


def test_each_leg_script_and_passage_language_has_its_figures(bundled_index: Path) -> None:
    snapshot = open_current(bundled_index)
    embedder = SentenceTransformerEmbedder()
    chosen = edition_set(snapshot, [read_case(case_line(evidence=["kpi-environment.t1.r2"]), "t:1")])
    found = measure([chosen], snapshot, embedder)
    assert {(c.leg, c.passages) for c in found.cells} == {
        (leg, edition) for leg in ("dense", "sparse", "fused") for edition in ("en", "zh-Hant", "all")
    }
    assert {c.asked for c in found.cells} == {"zh-Hant", "all"}
    own = next(c for c in found.cells if (c.leg, c.passages) == ("fused", "zh-Hant"))
    assert own.measures["hit@5"].mean == 1.0
    outside = with_passages(chosen, snapshot)
    assert len(outside.passages) == len(snapshot.passages)
    assert [a.edition for a in outside.asks] == [None]


def test_general_knowledge_is_asked_in_three_scripts_and_drawn_by_paragraph() -> None:
    found = {each.name: each for each in knowledge_sets()}
    assert len(found) == 6
    untouched = found["untouched, zh"]
    assert (len(untouched.passages), len(untouched.asks)) == (160, 540)
    assert {ask.language for ask in untouched.asks} == set(LANGUAGES)
    assert len({ask.group for ask in untouched.asks}) == 60
    assert all(ask.relevant <= untouched.passages.keys() for ask in untouched.asks)


def test_the_command_prints_json_for_any_folder(
    bundled_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot_cases = [read_case(case_line(evidence=["kpi-environment.t1.r2"]), "t:1")]
    monkeypatch.setattr("eval.retrieval.edition_set", lambda snapshot: edition_set(snapshot, snapshot_cases))
    beir, squad = write_tiny_beir(tmp_path / "tiny"), write_tiny_squad(tmp_path / "tea.json")
    main(["--index", str(bundled_index), "--beir", str(beir), "--squad", str(squad), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert {cell["set_name"] for cell in found["cells"]} == {"editions", "tiny", "tea"}
