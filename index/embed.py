"""Turn texts into unit vectors with a sentence-transformers model: the bundled one, a folder, or a hub name."""

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import UnknownModel
from index.script import fold

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

BUNDLED = Path(__file__).parent / "model" / "weights"


class Embedder(Protocol):
    """What an index needs of a model."""

    @property
    def name(self) -> str:
        """The folder or hub name the user gave; "bundled" for ours."""

    @property
    def fingerprint(self) -> str:
        """A hash that changes whenever the vectors may."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions: float32, one unit row each."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: float32, one unit row each."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model; torch is imported only when the first text is embedded.

    `source` is a folder or a hub name. Raises UnknownModel, naming it, when neither can be loaded.
    """

    def __init__(self, source: str | Path = BUNDLED, *, device: str = "cpu") -> None:
        self._source = Path(source)
        self._given = str(source)
        self._device = device

    @property
    def name(self) -> str:
        """The folder or hub name the user gave; "bundled" for ours."""
        return "bundled" if self._source == BUNDLED else self._given

    @cached_property
    def fingerprint(self) -> str:
        """Hash the files of a folder; a hub model is named by its commit, or by its name where it has none."""
        if self._source.is_dir():
            digest = hashlib.sha256()
            for path in sorted(self._source.rglob("*")):
                if path.is_file() and path.suffix != ".md":
                    digest.update(path.relative_to(self._source).as_posix().encode())
                    digest.update(path.read_bytes())
            return digest.hexdigest()
        commit = getattr(self._first_config(), "_commit_hash", None)
        return hashlib.sha256(f"{self._given}@{commit}".encode()).hexdigest()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions with the model's own query prompt, where it has one."""
        return _unit(self._model.encode_query(self._prepare(texts), show_progress_bar=False, convert_to_numpy=True))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages with the model's own document prompt, where it has one."""
        return _unit(self._model.encode_document(self._prepare(texts), show_progress_bar=False, convert_to_numpy=True))

    def _prepare(self, texts: Sequence[str]) -> list[str]:
        """Fold and lower-case for the bundled model, which was trained so; a hub model gets its text as it is."""
        return [fold(text).lower() for text in texts] if self.name == "bundled" else list(texts)

    def _first_config(self) -> object:
        module = self._model[0]
        return getattr(getattr(module, "auto_model", module), "config", None)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self._given, device=self._device)
        except Exception as error:
            raise UnknownModel(
                f"{self._given}: not a model folder, and not a hub model that can be reached from here ({error}); "
                "name a sentence-transformers folder, or leave ESG_QA_MODEL unset for the bundled model"
            ) from error


def _unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    rows = np.asarray(vectors, dtype=np.float32).reshape(len(vectors), -1)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1)
