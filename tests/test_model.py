"""The bundled model: its pairs, its pieces, its training and its weights."""

import lzma
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from index.model.augment import ASKING, Augmentation, as_asked, question_and_passage, spell
from index.model.batches import APART, Questions, plan
from index.model.lessons import Lessons, teach
from index.model.measure import Trial, Vectors, general_trials, hits, measure, probe_trials
from index.model.ours import edition_pairs, heading_pairs, own_sources
from index.model.pack import pack, quantise
from index.model.pairs import MARGIN, OPENING, matching_form, read_source, read_sources
from index.model.parts import lean_on_parts
from index.model.pieces import Pieces, join, to_pieces
from index.model.recipe import Recipe
from index.model.semantic import first_vectors, occurrences
from index.model.share import share
from index.model.train import train, vocabulary_texts
from index.model.vocabulary import learn_vocabulary, spelt_out

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = Path(__file__).parent.parent / "index" / "model" / "weights"
LARGEST_FOLDER = 32_000_000  # bytes

WORDS = [("排放", "emissions"), ("員工", "employees"), ("用水", "water"), ("董事", "directors"), ("廢棄物", "waste")]


@cache
def shipped() -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(WEIGHTS), device="cpu")


def vectors(texts: Sequence[str]) -> Vectors:
    return np.asarray(shipped().encode([matching_form(t) for t in texts], normalize_embeddings=True))


def write_source(folder: Path, name: str, rows: Sequence[tuple[str, str]], kind: str = "zh-en") -> None:
    with lzma.open(folder / f"{name}.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"{left}\t{right}\n" for left, right in rows)
    table = folder / "SOURCES.tsv"
    heading = "" if table.exists() else "file\trows\tkind\n"
    with table.open("a", encoding="utf-8") as file:
        file.write(f"{heading}{name}\t{len(rows)}\t{kind}\n")


@pytest.fixture
def training(tmp_path: Path) -> Path:
    laws = [
        row
        for i in range(300)
        for row in [
            (f"本辦法依第{i}號法訂定之。", f"These rules are prescribed under Act {i}."),
            *((f"第{i}條 {a}及{c}", f"Article {i} {b} and {d}") for a, b in WORDS for c, d in WORDS),
        ]
    ]
    write_source(tmp_path, "law_paragraphs", laws)
    write_source(tmp_path, "law_titles", [(a, b) for a, b in WORDS])
    write_source(
        tmp_path, "h2p_zhTW", [(f"{a}{i}", f"{a}於第{i}年") for a, _ in WORDS for i in range(9)], "heading-passage"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("溫室氣體排放總量（範圍一及範圍二）", "温室气体排放总量（范围一及范围二）"),
        ("僱員流失率為１２．５％", "雇员流失率为12.5%"),
        ("董事會監督ESG風險管理", "董事会监督ESG风险管理"),
        ("2022年供應商數目", "2022年供应商数目"),
        ("衞生署敍述枱面", "卫生署叙述台面"),
    ],
)
def test_both_scripts_of_one_text_have_the_same_vector(traditional: str, simplified: str) -> None:
    first, second = vectors([traditional, simplified])
    np.testing.assert_array_equal(first, second)


def test_the_shipped_folder_is_small_enough() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.rglob("*") if file.is_file()) <= LARGEST_FOLDER


def test_sentence_transformers_loads_the_shipped_folder_by_itself() -> None:
    assert type(shipped()[0]).__module__.startswith("sentence_transformers.")
    assert vectors(["電力", "electricity"]).dtype == np.float32


@pytest.mark.parametrize(
    ("question", "passage", "other"),
    [
        ("員工流失率", "the turnover rate of employees", "total water consumption"),
        ("How much electricity was used?", "全年用電量", "董事會會議"),
        ("廢棄物", "hazardous and non-hazardous waste", "training hours"),
        ("anti-corruption", "反貪污培訓", "用水量"),
    ],
)
def test_a_translation_is_nearer_than_another_topic(question: str, passage: str, other: str) -> None:
    asked, right, wrong = vectors([question, passage, other])
    assert asked @ right > asked @ wrong


def test_a_text_without_known_characters_has_no_direction() -> None:
    assert np.isfinite(vectors(["", "\u3400\u3401"])).all()


def test_probe_questions_find_their_passages() -> None:
    figures = measure(probe_trials(), vectors)
    esg = [trial["hit@5"] for name, trial in figures.items() if "esg" in name]
    assert min(esg) >= 0.6


def test_general_questions_find_their_paragraphs_across_languages() -> None:
    figures = measure(general_trials(), vectors)
    seen = [trial for name, trial in figures.items() if name.startswith("general")]
    untouched = [trial for name, trial in figures.items() if name.startswith("untouched")]
    assert (len(seen), len(untouched)) == (8, 4)
    assert all(trial["hit@1"] >= 0.55 and trial["hit@5"] >= 0.78 for trial in seen)
    assert all(trial["hit@1"] >= 0.4 and trial["hit@5"] >= 0.65 for trial in untouched)


def test_a_held_out_row_is_in_no_training_run(training: Path) -> None:
    sources = read_sources(training)
    asked = {pair for s in sources for run in s.runs for pair in run}
    unseen = {pair for s in sources for run in s.held_out for pair in run}
    assert asked
    assert unseen
    assert not {p.left for p in asked} & {p.left for p in unseen}
    assert not {p.right for p in asked} & {p.right for p in unseen}


def test_laws_are_held_out_whole_and_the_same_each_time(training: Path) -> None:
    first, second = read_sources(training), read_sources(training)
    assert first == second
    laws = first[0].held_out
    assert 2 < len(laws) < 30
    assert all([bool(OPENING.match(pair.left)) for pair in law] == [True] + [False] * 25 for law in laws)


@pytest.mark.parametrize(
    ("article", "opens"),
    [
        ("本办法依大气污染防制法第二十条第三项规定订定之。", True),
        ("为健全环境管理,特制定本法。", True),
        ("本法所称主管机关:在中央为环境部。", False),
        ("前项办法由中央主管机关定之。", False),
    ],
)
def test_a_law_begins_where_an_article_says_why_it_was_made(article: str, opens: bool) -> None:
    assert bool(OPENING.match(article)) is opens


def test_a_long_work_holds_out_two_stretches_less_a_margin(tmp_path: Path) -> None:
    rows = [(f"第{n}行", f"line {n}") for n in range(6000)]
    write_source(tmp_path, "manual_zhTW", rows)
    source = read_source(tmp_path / "manual_zhTW.tsv.xz", "zh-en")
    assert [len(run) for run in source.held_out] == [120 - 2 * MARGIN] * 2
    trained = {pair.right for run in source.runs for pair in run}
    for run in source.held_out:
        first = int(run[0].right.split()[1])
        assert not {f"line {n}" for n in range(first - MARGIN, first + len(run) + MARGIN)} & trained


def test_a_work_kept_for_measuring_is_never_trained_on(tmp_path: Path) -> None:
    write_source(tmp_path, "opensourceguide_zhTW", [("開源", "open source")])
    source = read_source(tmp_path / "opensourceguide_zhTW.tsv.xz", "zh-en")
    assert not source.runs
    assert len(source.held_out[0]) == 1


def test_a_character_run_is_the_same_piece_wherever_it_stands(training: Path) -> None:
    tokenizer = learn_vocabulary(vocabulary_texts(read_sources(training)), chinese=200, english=200, parts=60)
    assert "排放" in tokenizer.encode("排放").tokens
    assert "排放" in tokenizer.encode("article 2,排放").tokens
    assert "▁emissions" in tokenizer.encode("排放emissions").tokens


def test_numbers_years_and_names_are_pieces() -> None:
    tokenizer = learn_vocabulary(["彼得·希格斯", "彼得·希格斯 in 3"] * 3, chinese=20, english=20, parts=10, rare=1)
    assert tokenizer.encode("1997年 12,480").tokens[0] == "1997"
    assert "480" in tokenizer.encode("12,480").tokens
    assert tokenizer.encode("希格斯").tokens == ["希格斯"]


def test_a_piece_is_spelt_in_smaller_pieces_that_say_the_same(training: Path) -> None:
    tokenizer = learn_vocabulary(vocabulary_texts(read_sources(training)), chinese=200, english=1400, parts=60)
    spelling, piece = spelt_out(tokenizer), tokenizer.id_to_token
    assert [piece(part) for part in spelling[tokenizer.token_to_id("排放")]] == ["排", "放"]
    for number, parts in enumerate(spelling):
        assert "".join(piece(part) for part in parts) == piece(number)


def test_a_share_of_the_pieces_is_spelt_out_text_by_text() -> None:
    texts, spelling = join([[0, 1], [1]]), join([[0], [2, 3], [2], [3]])
    written = spell(texts, spelling, 1.0, np.random.default_rng(0))
    assert (written.ids.tolist(), written.starts.tolist()) == ([0, 2, 3, 2, 3], [0, 3, 5])
    assert spell(texts, spelling, 0.0, np.random.default_rng(0)).ids.tolist() == [0, 1, 1]


def test_pieces_are_taken_kept_and_joined_text_by_text() -> None:
    texts = Pieces(ids=np.arange(6), starts=np.array([0, 2, 6]))
    taken = texts.take(np.array([3, 0]), np.array([2, 1]))
    assert [taken.ids[a:b].tolist() for a, b in zip(taken.starts, taken.starts[1:], strict=False)] == [[3, 4], [0]]
    kept = texts.keep(np.array([False, False, True, False, False, True]))
    assert (kept.ids.tolist(), kept.starts.tolist()) == ([0, 2, 5], [0, 1, 3])
    joined = texts.beside(taken)
    assert (joined.ids.tolist(), joined.starts.tolist()) == ([0, 1, 3, 4, 2, 3, 4, 5, 0], [0, 4, 9])


def test_a_question_and_its_passage_come_from_the_same_run(training: Path) -> None:
    lessons = teach(
        read_sources(training), learn_vocabulary(["排放 emissions"], chinese=50, english=50, parts=40, rare=1)
    )
    rows = lessons.rows["law_paragraphs"][:64]
    random = np.random.default_rng(1)
    questions, passages = question_and_passage(
        lessons.bitext, rows, "en", "zh", augmentation=Augmentation(), random=random
    )
    assert len(questions) == len(passages) == len(rows)
    assert (np.diff(questions.starts) > 0).all()
    assert (np.diff(passages.starts) > 0).all()


def lessons_of(training: Path) -> Lessons:
    sources = read_sources(training)
    return teach(sources, learn_vocabulary(vocabulary_texts(sources), chinese=200, english=1400, parts=60))


def test_rows_of_one_document_are_asked_together_but_apart(training: Path) -> None:
    lessons = lessons_of(training)
    planned = plan(lessons, Recipe(batch=128, near=1.0, cap=4096), np.random.default_rng(5))
    beside = [np.sort(batch.rows) for batch in planned if batch.kind == "rows"]
    gaps = [np.diff(rows) for rows in beside]
    assert min(gap.min() for gap in gaps) >= 1
    together = [gap for gap in gaps if (gap % APART == 0).mean() > 0.5]
    assert together
    assert all(gap.min() >= APART for gap in together)


def test_a_plan_is_the_same_each_time_and_keeps_to_its_limits(training: Path) -> None:
    lessons, recipe = lessons_of(training), Recipe(batch=64, cap=256, repeats={})
    first, second = (plan(lessons, recipe, np.random.default_rng(9)) for _ in range(2))
    assert all(np.array_equal(a.rows, b.rows) and a.kind == b.kind for a, b in zip(first, second, strict=True))
    asked = np.concatenate([batch.rows for batch in first if batch.kind == "rows"])
    assert len(set(asked) & set(lessons.rows["law_paragraphs"])) <= 256


def test_a_collated_batch_has_a_question_and_a_passage_a_row(training: Path) -> None:
    lessons = lessons_of(training)
    collate = Questions(lessons, Recipe())
    features = collate([{"row": int(row), "kind": 0} for row in lessons.rows["law_paragraphs"][:32]])
    assert len(features["question_offsets"]) == len(features["passage_offsets"]) == 32
    assert features["passage_input_ids"].dtype == torch.int64


def test_first_vectors_put_translations_together(training: Path) -> None:
    sources = read_sources(training)
    tokenizer = learn_vocabulary(vocabulary_texts(sources), chinese=200, english=1400, parts=60)
    found = first_vectors(teach(sources, tokenizer), tokenizer.get_vocab_size(), dimensions=32, limit=4000, rounds=3)
    unit = torch.nn.functional.normalize(found)
    chinese = unit[[tokenizer.token_to_id(matching_form(a)) for a, _ in WORDS[:3]]]
    english = unit[[tokenizer.token_to_id(f"▁{b}") for _, b in WORDS[:3]]]
    assert (chinese @ english.T).argmax(dim=1).tolist() == [0, 1, 2]


def test_occurrences_weigh_a_text_to_length_one_and_ignore_repeats() -> None:
    found, rarity = occurrences(join([[0, 0, 1], [1, 2]]), 4)
    assert found.pieces.ids.tolist() == [0, 1, 1, 2]
    assert found.rows.starts.tolist() == [0, 1, 3, 4, 4]
    assert rarity[3] == 0
    assert torch.isclose(found.weights[:2].square().sum(), torch.tensor(1.0))


def test_a_share_of_the_questions_gets_the_words_of_a_question() -> None:
    questions = Pieces(ids=np.zeros(1000, dtype=np.int64), starts=np.arange(1001))
    asking = Pieces(ids=np.ones(2, dtype=np.int64), starts=np.array([0, 2]))
    asked = as_asked(questions, asking, 0.3, np.random.default_rng(2))
    assert 0.25 < (np.diff(asked.starts) == 3).mean() < 0.35


def test_training_twice_gives_the_same_weights(training: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the trainer needs the train extra")
    sources = read_sources(training)
    tokenizer = learn_vocabulary(vocabulary_texts(sources), chinese=200, english=200, parts=60)
    recipe = Recipe(dimensions=8, shorter=(4,), batch=64, epochs=1, cap=512)
    first, second = (train(teach(sources, tokenizer), tokenizer, recipe) for _ in range(2))
    assert torch.equal(*(model.state_dict()["0.embedding.weight"] for model in (first, second)))
    pack(first, tmp_path / "weights")
    assert (tmp_path / "weights" / "model.safetensors").stat().st_mode & 0o444 == 0o444


def test_eight_bits_keep_a_vector_within_half_a_step() -> None:
    exact = torch.randn(50, 16, generator=torch.Generator().manual_seed(3))
    rows, factors = quantise(exact)
    assert ((rows * factors[:, None] - exact).abs() <= factors[:, None] / 2 + 1e-6).all()


def test_a_rare_word_leans_on_its_parts_and_keeps_its_length() -> None:
    exact = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, -2.0], [0.0, -2.0]])
    spelling = join([[0], [1], [0, 0], [0, 0]])
    leaning = lean_on_parts(exact, spelling, np.array([50, 50, 0, 1_000_000]), rare=10, most=0.5)
    assert torch.equal(leaning[:2], exact[:2])
    torch.testing.assert_close(leaning[2], torch.tensor([0.8944, -1.7889]), atol=1e-4, rtol=0)
    torch.testing.assert_close(leaning[3], exact[3], atol=1e-4, rtol=0)


def test_the_nearest_pieces_share_a_direction_and_keep_their_lengths() -> None:
    vectors = torch.tensor([[2.0, 0.0], [0.0, 3.0], [0.5, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    shared = share(vectors, rows=3)
    assert shared.row[0] == shared.row[2] != shared.row[1] == shared.row[3] != shared.row[4]
    torch.testing.assert_close(shared.vectors(), vectors)


@pytest.mark.parametrize(("largest", "rows"), [(1, 6), (2, 3), (3, 2)])
def test_no_more_pieces_share_a_direction_than_may(largest: int, rows: int) -> None:
    vectors = torch.tensor([[1.0, 0.0]] * 6) + 0.01 * torch.randn(6, 2, generator=torch.Generator().manual_seed(4))
    shared = share(vectors, rows=1, largest=largest)
    assert shared.row.bincount().max() <= largest
    assert len(shared.directions) >= rows


def test_enough_room_leaves_every_piece_its_own_direction() -> None:
    vectors = torch.randn(9, 4, generator=torch.Generator().manual_seed(5))
    shared = share(vectors, rows=9)
    assert shared.row.tolist() == list(range(9))
    torch.testing.assert_close(shared.vectors(), vectors)


def test_a_packed_model_gives_the_vectors_it_was_trained_to(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tokenizer = learn_vocabulary(["排放 员工 用水 water waste emissions"] * 9, chinese=20, english=40, parts=30)
    exact = torch.randn(tokenizer.get_vocab_size(), 16, generator=torch.Generator().manual_seed(6))
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=exact.clone())], device="cpu")
    pack(model, tmp_path / "weights")
    read = SentenceTransformer(str(tmp_path / "weights"), device="cpu")
    texts = ["用水", "员工 waste", "2022"]
    np.testing.assert_allclose(read.encode(texts), model.encode(texts), atol=0.05)
    assert "\n" not in (tmp_path / "weights" / "tokenizer.json").read_text(encoding="utf-8")


def test_a_tie_with_a_better_rank_counts_as_found() -> None:
    trial = Trial(name="two", questions=("a", "b"), passages=("a", "b"), answers=(0, 1))
    axes = {"a": [1.0, 0.0], "b": [0.6, 0.8]}
    assert hits(trial, lambda texts: np.array([axes[t] for t in texts], dtype=np.float32))["hit@1"] == 1.0


def test_the_editions_are_aligned_line_by_line() -> None:
    for source in own_sources():
        assert source.runs[0], source.name


def test_editions_of_different_length_are_refused(tmp_path: Path) -> None:
    chinese, english = tmp_path / "a.zh-Hant.md", tmp_path / "a.en.md"
    chinese.write_text("## 一\n\n二\n", encoding="utf-8")
    english.write_text("## One\n", encoding="utf-8")
    with pytest.raises(ValueError, match="shorter"):
        list(edition_pairs(chinese, english))


def test_a_heading_leads_to_the_longer_lines_below_it() -> None:
    pairs = list(heading_pairs("## 用水 {#water}\n\n- 全年用水量為一百噸\n\n短\n"))
    assert [(p.left, p.right) for p in pairs] == [("用水", "全年用水量为一百吨")]


def test_every_way_of_asking_has_pieces_in_its_language() -> None:
    assert all(len(to_pieces(shipped().tokenizer, ASKING[side]).ids) for side in ASKING)
