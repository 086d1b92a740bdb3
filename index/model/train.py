"""Train the bundled model: `python -m index.model.train --data ../shared/training --out index/model/weights`."""

import argparse
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from torch.utils.data import SequentialSampler

from index.model.batches import KINDS, Planned, Questions, plan
from index.model.lessons import Lessons, teach
from index.model.measure import general_trials, held_out_trials, measure, probe_trials
from index.model.ours import own_sources
from index.model.pack import pack
from index.model.pairs import Source, read_sources
from index.model.parts import frequencies, lean_on_parts
from index.model.recipe import Recipe
from index.model.semantic import first_vectors
from index.model.vocabulary import learn_vocabulary

logger = logging.getLogger(__name__)


def main() -> None:
    """Train, pack, measure what was packed, and log the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with SOURCES.tsv and *.tsv.xz")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sources = [*read_sources(options.data), *own_sources()]
    logger.info("%d sources read", len(sources))
    tokenizer = learn_vocabulary(vocabulary_texts(sources))
    logger.info("%d pieces learnt", tokenizer.get_vocab_size())
    model = train(teach(sources, tokenizer), tokenizer, Recipe())
    pack(model, options.out)
    packed = SentenceTransformer(str(options.out), device="cpu")
    trials = general_trials() + held_out_trials(sources) + probe_trials(distractors=sources)
    figures = measure(
        trials, lambda texts: packed.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    )
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


def train(lessons: Lessons, tokenizer: Tokenizer, recipe: Recipe) -> SentenceTransformer:
    """Factor what stands in which pair, train with in-batch negatives in both directions, lean on the words' parts.

    Needs the `train` extra: datasets and accelerate.
    """
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    first = first_vectors(lessons, tokenizer.get_vocab_size(), dimensions=recipe.dimensions, limit=recipe.factored)
    logger.info("first vectors of %d dimensions", recipe.dimensions)
    first *= recipe.spread / first.square().mean().sqrt()
    embedding = StaticEmbedding(tokenizer, embedding_weights=first)
    model = SentenceTransformer(modules=[embedding], device="cpu")
    planned = [batch for _ in range(recipe.epochs) for batch in plan(lessons, recipe, random)]
    with TemporaryDirectory() as folder:
        trainer = SentenceTransformerTrainer(
            model=model,
            args=_arguments(folder, recipe, steps=len(planned)),
            train_dataset=_dataset(planned),
            loss=_loss(model, recipe),
            data_collator=Questions(lessons, recipe),  # type: ignore[arg-type] # it asks for a collator of texts
        )
        trainer.train()
    with torch.no_grad():
        trained = embedding.embedding.weight
        trained.copy_(lean_on_parts(trained, lessons.spelling, frequencies(lessons)))
    return model


class InOrder(DefaultBatchSampler):
    """Batches as they were planned."""

    def __init__(self, dataset: Any, *, batch_size: int, drop_last: bool, **_: object) -> None:  # noqa: ANN401 - a datasets.Dataset
        super().__init__(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)


def _loss(model: SentenceTransformer, recipe: Recipe) -> torch.nn.Module:
    loss = MultipleNegativesRankingLoss(
        model,
        scale=recipe.scale,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    return MatryoshkaLoss(model, loss, [recipe.dimensions, *recipe.shorter]) if recipe.shorter else loss


def _arguments(folder: str, recipe: Recipe, *, steps: int) -> SentenceTransformerTrainingArguments:
    return SentenceTransformerTrainingArguments(
        output_dir=folder,
        num_train_epochs=1,  # the plan holds every epoch
        per_device_train_batch_size=recipe.batch,
        batch_sampler=InOrder,
        learning_rate=recipe.rate,
        lr_scheduler_type="linear",
        warmup_steps=int(recipe.warmup * steps),
        weight_decay=0.0,
        max_grad_norm=0.0,  # no clipping
        optim="adamw_torch_fused",
        seed=recipe.seed,
        use_cpu=True,
        save_strategy="no",
        logging_steps=max(steps // 40, 1),
        report_to="none",
        disable_tqdm=True,
    )


def _dataset(planned: Sequence[Planned]) -> Any:  # noqa: ANN401 - a datasets.Dataset
    from datasets import Dataset

    rows = np.concatenate([batch.rows for batch in planned])
    kinds = np.concatenate([np.full(len(batch.rows), KINDS.index(batch.kind)) for batch in planned])
    return Dataset.from_dict({"row": rows, "kind": kinds})


if __name__ == "__main__":
    main()
