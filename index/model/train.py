"""Train the bundled model: `python -m index.model.train --data ../shared/training --out index/model/weights`."""

import argparse
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

from index.model.augment import ASKING, Augmentation, Bitext, Side, as_asked, question_and_passage, thin
from index.model.measure import held_out_trials, measure, probe_trials
from index.model.ours import own_sources
from index.model.pack import pack
from index.model.pairs import Pair, Source, read_sources
from index.model.pieces import Ids, Pieces, to_pieces
from index.model.vocabulary import learn_vocabulary

DIRECTIONS: tuple[tuple[Side, Side], ...] = (("en", "zh"), ("zh", "en"), ("zh", "zh"), ("en", "en"))
# Small sources near our readers' questions.
REPEATS = {"lexicon": 2, "edition": 4, "greensoftware_zhCN": 4, "sdg_goals_targets_indicators": 4, "twlaw_titles": 2}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that decides what the weights become, besides the data."""

    dimensions: int = 256
    batch: int = 2048
    epochs: int = 4
    rate: float = 0.02
    spread: float = 0.1  # standard deviation of the first vectors
    scale: float = 8.0  # inverse temperature; 20 and 40 were tried and find fewer paraphrased passages
    cap: int = 60_000  # rows asked of one source in an epoch
    repeats: Mapping[str, int] = field(default_factory=lambda: REPEATS)  # times an epoch that a source is asked
    together: bool = False  # mix all sources in every batch
    directions: tuple[float, ...] = (0.35, 0.3, 0.2, 0.15)  # shares, in the order of DIRECTIONS
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 20221122


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Headings, the passages under them, and which headings are the same."""

    headings: Pieces
    passages: Pieces
    same: Ids  # equal numbers: equal headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Sources as pieces, and which rows of them may be asked."""

    bitext: Bitext
    rows: dict[str, Ids]  # by source
    headings: dict[Side, Headings]  # by language


def main() -> None:
    """Train, pack, measure what was packed, and log the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with SOURCES.tsv and *.tsv.xz")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sources = [*read_sources(options.data), *own_sources()]
    tokenizer = learn_vocabulary(vocabulary_texts(sources))
    model = train(teach(sources, tokenizer), tokenizer, Recipe())
    pack(model, options.out)
    packed = SentenceTransformer(str(options.out), device="cpu")
    trials = held_out_trials(sources) + probe_trials(distractors=sources)
    figures = measure(trials, lambda texts: packed.encode(list(texts), normalize_embeddings=True))
    logger.info(json.dumps(figures, ensure_ascii=False, indent=1))


def vocabulary_texts(sources: Sequence[Source], *, cap: int = 4_000_000, seed: int = 0) -> Iterator[str]:
    """Choose the texts whose pieces are learned: at most `cap` characters of one source."""
    random = np.random.default_rng(seed)
    for source in sources:
        characters = 0
        for number in random.permutation(len(source.runs)):
            for pair in source.runs[number] if characters < cap else ():
                characters += len(pair.right)
                yield from (pair.right,) if source.kind == "headings" else (pair.left, pair.right)


def teach(sources: Sequence[Source], tokenizer: Tokenizer) -> Lessons:
    """Turn sources into pieces once, before the first epoch."""
    random = np.random.default_rng(0)
    bitext, headings = [s for s in sources if s.kind != "headings"], [s for s in sources if s.kind == "headings"]
    runs = [(s.name, run) for s in bitext for run in _runs(s, random)]
    pairs = [pair for _, run in runs for pair in run]
    lengths = np.array([len(run) for _, run in runs])
    ends = np.cumsum(lengths)
    names = np.repeat([name for name, _ in runs], lengths)
    seen = _seen_before([p.left for p in pairs]) | _seen_before([p.right for p in pairs])
    return Lessons(
        bitext=Bitext(
            zh=to_pieces(tokenizer, [p.left for p in pairs]),
            en=to_pieces(tokenizer, [p.right for p in pairs]),
            run_start=np.repeat(ends - lengths, lengths),
            run_end=np.repeat(ends, lengths),
            asking={side: to_pieces(tokenizer, texts) for side, texts in ASKING.items()},
        ),
        rows={s.name: np.flatnonzero((names == s.name) & ~seen) for s in bitext},
        headings={side: _heading_pieces([s for s in headings if s.language == side], tokenizer) for side in ASKING},
    )


def train(lessons: Lessons, tokenizer: Tokenizer, recipe: Recipe) -> SentenceTransformer:
    """Train a StaticEmbedding with in-batch negatives in both directions."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    embedding = StaticEmbedding(tokenizer, embedding_dim=recipe.dimensions)
    torch.nn.init.normal_(embedding.embedding.weight, std=recipe.spread)
    model = SentenceTransformer(modules=[embedding], device="cpu")
    loss = MultipleNegativesRankingLoss(
        model,
        scale=recipe.scale,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.rate, fused=True)
    steps = recipe.epochs * len(plan(lessons, recipe, np.random.default_rng(0)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(10 * (step + 1) / steps, 1 - step / steps))
    labels = torch.zeros(0)
    for epoch in range(recipe.epochs):
        losses = []
        for of, rows in plan(lessons, recipe, random):
            questions, passages = _batch(lessons, of, rows, recipe, random)
            optimizer.zero_grad()
            value = loss([questions.features(), passages.features()], labels)
            value.backward()
            optimizer.step()
            schedule.step()
            losses.append(value.item())
        logger.info("epoch %d: %d batches, loss %.3f", epoch + 1, len(losses), float(np.mean(losses)))
    return model


def plan(lessons: Lessons, recipe: Recipe, random: Generator) -> list[tuple[Side | None, Ids]]:
    """Plan an epoch: large sources in batches of their own, whose negatives are harder, and the small ones mixed."""
    batches: list[tuple[Side | None, Ids]] = []
    mixed: list[Ids] = []
    for name, rows in lessons.rows.items():
        chosen = random.permutation(np.repeat(rows, recipe.repeats.get(name, 1)))[: recipe.cap]
        whole = 0 if recipe.together or name in recipe.repeats else len(chosen) // recipe.batch * recipe.batch
        batches += [(None, part) for part in np.split(chosen[:whole], whole // recipe.batch)] if whole else []
        mixed.append(chosen[whole:])
    rest = random.permutation(np.concatenate(mixed))
    batches += [(None, rest[i : i + recipe.batch]) for i in range(0, len(rest) - recipe.batch + 1, recipe.batch)]
    for side, headings in lessons.headings.items():
        shuffled = random.permutation(len(headings.same))
        order = shuffled[np.unique(headings.same[shuffled], return_index=True)[1]]
        order = random.permutation(order)
        batches += [(side, order[i : i + recipe.batch]) for i in range(0, len(order) - recipe.batch // 2, recipe.batch)]
    return [batches[i] for i in random.permutation(len(batches))]


def _batch(lessons: Lessons, of: Side | None, rows: Ids, recipe: Recipe, random: Generator) -> tuple[Pieces, Pieces]:
    augmentation = recipe.augmentation
    if of is not None:
        headings, passages = lessons.headings[of].headings, lessons.headings[of].passages
        asked = headings.take(headings.starts[rows], np.diff(headings.starts)[rows])
        length = np.minimum(np.diff(passages.starts)[rows], augmentation.longest)
        return (
            as_asked(asked, lessons.bitext.asking[of], augmentation.asked, random),
            thin(passages.take(passages.starts[rows], length), augmentation.passage_kept, random),
        )
    side, answered = DIRECTIONS[random.choice(len(DIRECTIONS), p=recipe.directions)]
    return question_and_passage(lessons.bitext, rows, side, answered, augmentation=augmentation, random=random)


def _runs(source: Source, random: Generator) -> list[tuple[Pair, ...]]:
    if source.kind != "titles":
        return list(source.runs)
    pairs = [pair for run in source.runs for pair in run]
    return [tuple(pairs[i] for i in random.permutation(len(pairs)))]


def _seen_before(texts: Sequence[str]) -> NDArray[np.bool_]:
    first = {text: i for i, text in reversed(list(enumerate(texts)))}
    return np.array([first[text] != i for i, text in enumerate(texts)])


def _heading_pieces(sources: Sequence[Source], tokenizer: Tokenizer) -> Headings:
    pairs = [pair for source in sources for run in source.runs for pair in run]
    number = {heading: i for i, heading in enumerate(dict.fromkeys(p.left for p in pairs))}
    return Headings(
        headings=to_pieces(tokenizer, [p.left for p in pairs]),
        passages=to_pieces(tokenizer, [p.right for p in pairs]),
        same=np.array([number[p.left] for p in pairs], dtype=np.int64),
    )


if __name__ == "__main__":
    main()
