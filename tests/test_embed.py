"""Models as a choice: prompts, dimensions and fingerprints follow the model; another model's index is refused."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.build import build, embedding_text
from index.embed import SentenceTransformerEmbedder, Vectors, _known_prompts, check_model
from index.errors import ModelMismatch, UnknownModel
from index.rerank import CrossEncoderReranker
from index.snapshot import open_current
from qa.engine import Engine
from qa.retrieve import retrieve

REPORT = """# Tiny Co. 2022 ESG Report

Stock code: 1234.HK

## Environment

The company used 120 tonnes of water in 2022. Rain is collected on the roof.

## People

Every employee is trained twice a year. Nobody under sixteen is employed.
"""
WORDS = (
    "the company used tonnes of water in rain is collected on roof every employee trained year query passage".split()
)


@pytest.fixture(scope="module")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import BertTokenizerFast

    folder = tmp_path_factory.mktemp("tokenizer")
    letters = [chr(n) for n in range(97, 123)] + list("0123456789:.,水用量")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *WORDS]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizerFast(vocab=str(vocabulary)).save_pretrained(folder)
    return folder


def save_tiny_bert(folder: Path, tokenizer_folder: Path, *, seed: int = 0, labels: int | None = None) -> Path:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel

    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
    shape = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=128, num_labels=labels or 2, **shape)
    model = BertModel(config) if labels is None else BertForSequenceClassification(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def hub_style(tmp_path_factory: pytest.TempPathFactory, tokenizer_folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer

    parts = save_tiny_bert(tmp_path_factory.mktemp("bert"), tokenizer_folder)
    folder = tmp_path_factory.mktemp("hub") / "tiny-bert"
    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(str(parts), prompts=prompts, device="cpu").save(str(folder))
    return folder


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "tiny-2022.en.md"
    path.write_text(REPORT, encoding="utf-8")
    return path


def build_with(report: Path, index: Path, embedder: SentenceTransformerEmbedder) -> None:
    metadata = {"company": "Tiny Co.", "stock_code": "1234.HK", "year": 2022, "language": "en"}
    build([report], index, embedder=embedder, metadata=metadata)


def test_questions_and_passages_get_the_models_own_prompts(hub_style: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder, plain = SentenceTransformerEmbedder(hub_style), SentenceTransformer(str(hub_style), device="cpu")
    for vectors, prompt in (
        (embedder.encode_queries(["water used"]), "query: "),
        (embedder.encode_passages(["water used"]), "passage: "),
    ):
        expected = plain.encode(f"{prompt}water used", normalize_embeddings=True)
        np.testing.assert_allclose(vectors[0], expected, atol=1e-5)
    assert not np.allclose(embedder.encode_queries(["water"]), embedder.encode_passages(["water"]))


def test_a_hub_style_transformer_builds_and_searches_an_index(hub_style: Path, report: Path, tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(hub_style))
    build_with(report, tmp_path / "index", embedder)
    snapshot = open_current(tmp_path / "index")
    assert (snapshot.manifest.model, snapshot.manifest.dimensions) == (str(hub_style), 48)
    assert snapshot.manifest.model_fingerprint == embedder.fingerprint
    best = Engine(snapshot, SentenceTransformerEmbedder(hub_style)).search("How much water was used?")[0]
    assert "120 tonnes of water" in best.passage.text
    assert best.dense_rank is not None


def test_the_command_line_searches_with_a_hub_style_folder(
    hub_style: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from api.cli import app

    build_with(report, tmp_path / "index", SentenceTransformerEmbedder(str(hub_style)))
    monkeypatch.setenv("ESG_QA_MODEL", str(hub_style))
    result = CliRunner().invoke(app, ["search", "water used", "--index", str(tmp_path / "index")])
    assert result.exit_code == 0, result.output
    assert "120 tonnes of water" in result.output


def test_an_index_of_another_model_is_refused_with_what_to_do(hub_style: Path, report: Path, tmp_path: Path) -> None:
    build_with(report, tmp_path / "index", SentenceTransformerEmbedder(str(hub_style)))
    with pytest.raises(ModelMismatch, match=rf"the model now is bundled; set ESG_QA_MODEL={hub_style} .*esg-qa build"):
        Engine(open_current(tmp_path / "index"), SentenceTransformerEmbedder())


def test_an_index_of_the_bundled_model_says_how_to_go_back_to_it(hub_style: Path) -> None:
    with pytest.raises(ModelMismatch, match="leave ESG_QA_MODEL unset"):
        check_model("bundled", "other", SentenceTransformerEmbedder(hub_style), path=Path("index"))


def test_a_changed_bundled_model_asks_for_a_rebuild() -> None:
    with pytest.raises(ModelMismatch, match=r"the bundled model has changed .* build it again"):
        check_model("bundled", "fingerprint of older weights", SentenceTransformerEmbedder(), path=Path("index"))


def test_changed_weights_in_a_folder_change_its_fingerprint(hub_style: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(hub_style, tmp_path / "copy")
    before = SentenceTransformerEmbedder(copy).fingerprint
    assert before == SentenceTransformerEmbedder(hub_style).fingerprint
    (copy / "README.md").write_text("another card", encoding="utf-8")
    assert SentenceTransformerEmbedder(copy).fingerprint == before
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x80\x3f")
    changed = SentenceTransformerEmbedder(copy)
    assert changed.fingerprint != before
    with pytest.raises(ModelMismatch, match="has changed since the index was built"):
        check_model(str(copy), before, changed, path=Path("index"))


@pytest.mark.parametrize("name", ["/nowhere/model", "./nowhere", "~/nowhere/at/all", "a/b/c"])
def test_a_missing_folder_is_an_unknown_model(name: str) -> None:
    with pytest.raises(UnknownModel, match=r"no such folder; expected a sentence-transformers folder or a hub name"):
        SentenceTransformerEmbedder(name).encode_queries(["water"])


def test_a_folder_without_a_model_is_an_unknown_model(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="no model in this folder"):
        SentenceTransformerEmbedder(tmp_path).encode_queries(["water"])


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("intfloat/multilingual-e5-small", "query: "),
        ("intfloat/multilingual-e5-large-instruct", None),
        ("BAAI/bge-large-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
        ("BAAI/bge-m3", None),
        ("Qwen/Qwen3-Embedding-0.6B", None),
    ],
)
def test_a_family_that_keeps_no_prompts_gets_those_of_its_card(name: str, query: str | None) -> None:
    assert _known_prompts(name).get("query") == query


def test_a_cross_encoder_reorders_the_first_hits(tokenizer_folder: Path, report: Path, tmp_path: Path) -> None:
    reranker = CrossEncoderReranker(str(save_tiny_bert(tmp_path / "cross", tokenizer_folder, labels=1)))
    embedder = SentenceTransformerEmbedder()
    build_with(report, tmp_path / "index", embedder)
    snapshot = open_current(tmp_path / "index")
    plain = retrieve("water", snapshot, embedder)
    reranked = retrieve("water", snapshot, embedder, reranker=reranker)
    assert {hit.passage.id for hit in reranked} == {hit.passage.id for hit in plain}
    scores = [hit.score for hit in reranked]
    assert scores == sorted(scores, reverse=True)
    assert scores != [hit.score for hit in plain]
    assert reranker.scores("water", []).shape == (0,)


def test_a_classifier_with_several_labels_is_no_reranker(tokenizer_folder: Path, tmp_path: Path) -> None:
    folder = save_tiny_bert(tmp_path / "classifier", tokenizer_folder, labels=3)
    with pytest.raises(UnknownModel, match="gives 3 scores a pair"):
        CrossEncoderReranker(str(folder)).scores("water", ["rain"])


def test_a_missing_reranker_is_an_unknown_model() -> None:
    with pytest.raises(UnknownModel, match="no such folder"):
        CrossEncoderReranker("./nowhere")


class Prefers:
    """A reranker that likes one word."""

    name = "prefers"

    def __init__(self, word: str) -> None:
        self._word = word

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - a reranker reads both
        return np.array([self._word in text for text in texts], dtype=np.float32)


def test_an_engine_searches_in_the_rerankers_order(report: Path, tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder()
    build_with(report, tmp_path / "index", embedder)
    snapshot = open_current(tmp_path / "index")
    for word in ("tonnes", "employee"):
        assert word in Engine(snapshot, embedder, reranker=Prefers(word)).search("water")[0].passage.text


def test_a_setting_names_the_reranker_and_unset_means_none(
    tokenizer_folder: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from api.cli import app

    cross = str(save_tiny_bert(tmp_path / "cross", tokenizer_folder, labels=1))
    build_with(report, tmp_path / "index", SentenceTransformerEmbedder())

    def search() -> list[float]:
        found = CliRunner().invoke(app, ["search", "water", "--json", "--index", str(tmp_path / "index")])
        assert found.exit_code == 0, found.output
        return [hit["score"] for hit in json.loads(found.stdout)["hits"]]

    plain = search()
    monkeypatch.setenv("ESG_QA_RERANKER", cross)
    reread = search()
    passages = [embedding_text(p) for p in open_current(tmp_path / "index").passages]
    expected = sorted((float(s) for s in CrossEncoderReranker(cross).scores("water", passages)), reverse=True)
    assert reread == pytest.approx(expected, abs=1e-4)
    assert reread != plain
    monkeypatch.setenv("ESG_QA_RERANKER", "./nowhere")
    refused = CliRunner().invoke(app, ["search", "water", "--index", str(tmp_path / "index")])
    assert refused.exit_code != 0
    assert "no such folder" in refused.output
