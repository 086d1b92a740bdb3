"""Score passages for a question with a cross-encoder, by folder or hub name; a choice, off unless named."""

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.embed import Vectors, model_source
from index.errors import UnknownModel

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """What reads a question and a passage together."""

    @property
    def name(self) -> str:
        """The folder or hub name the user gave."""

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """Score texts for a question, shape (texts,); higher is better."""


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder; torch is imported only when the first text is scored.

    Raises UnknownModel, naming it: at once for a folder that is none, and with the first text when it cannot be loaded
    or gives more than one score a pair.
    """

    def __init__(self, source: str, *, device: str = "cpu") -> None:
        self._source = model_source(source)
        self._given = source
        self._device = device

    @property
    def name(self) -> str:
        """The folder or hub name the user gave."""
        return self._given

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """Score texts for a question, shape (texts,); higher is better."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = [(query, text) for text in texts]
        found = self._model.predict(pairs, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32).reshape(len(texts))

    @cached_property
    def _model(self) -> "CrossEncoder":
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(self._source, device=self._device)
        except Exception as error:
            raise UnknownModel(
                f"{self._given}: neither a cross-encoder's folder nor a hub model that can be reached from here "
                f"({error}); name another, or none to search without reranking"
            ) from error
        if model.num_labels != 1:
            raise UnknownModel(
                f"{self._given}: gives {model.num_labels} scores a pair; expected a cross-encoder that gives one"
            )
        return model
