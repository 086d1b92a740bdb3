"""Turn texts into unit vectors with a sentence-transformers model: the bundled one, a folder, or a hub name."""

import hashlib
import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelMismatch, UnknownModel
from index.script import fold

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

BUNDLED = Path(__file__).parent / "model" / "weights"

# By a model's name, in lower case; from the model cards, used only where the model itself keeps no prompts.
PROMPTS: dict[str, dict[str, str]] = {
    r"(?<![a-z])e5-(?:small|base|large)(?!-instruct|.*-instruct)": {"query": "query: ", "document": "passage: "},
    r"bge-(?:small|base|large)-zh": {"query": "为这个句子生成表示以用于检索相关文章："},
    r"bge-(?:small|base|large)-en": {"query": "Represent this sentence for searching relevant passages: "},
}


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
        self._source = Path(source).expanduser()
        self._given = str(source)
        self._device = device

    @property
    def name(self) -> str:
        """The folder or hub name the user gave; "bundled" for ours."""
        return "bundled" if self._source == BUNDLED else self._given

    @cached_property
    def fingerprint(self) -> str:
        """Hash the files of a folder; a hub model is named by its commit, or by its weights where it has none."""
        if self._source.is_dir():
            digest = hashlib.sha256()
            for path in sorted(self._source.rglob("*")):
                if path.is_file() and path.suffix != ".md":
                    digest.update(path.relative_to(self._source).as_posix().encode())
                    digest.update(path.read_bytes())
            return digest.hexdigest()
        module = self._model[0]
        commit = getattr(getattr(getattr(module, "auto_model", module), "config", None), "_commit_hash", None)
        return hashlib.sha256(f"{self._given}@{commit or _weights_hash(self._model)}".encode()).hexdigest()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions with the model's own query prompt, where it has one."""
        return _unit(self._model.encode_query(self._prepare(texts), show_progress_bar=False, convert_to_numpy=True))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages with the model's own document prompt, where it has one."""
        return _unit(
            self._model.encode_document(
                self._prepare(texts), batch_size=self._batch, show_progress_bar=False, convert_to_numpy=True
            )
        )

    @property
    def _batch(self) -> int:
        """Texts encoded at once: a static model keeps nothing between them, and is ten times faster in long batches."""
        return 4096 if self.name == "bundled" else 32

    def _prepare(self, texts: Sequence[str]) -> list[str]:
        """Fold and lower-case for the bundled model, which was trained so; a hub model gets its text as it is."""
        return [fold(text).lower() for text in texts] if self.name == "bundled" else list(texts)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        source = model_source(self._given)
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(source, device=self._device)
        except Exception as error:
            raise UnknownModel(
                f"{self._given}: neither a sentence-transformers folder nor a hub model that can be reached from here "
                f"({error}); name another, or leave ESG_QA_MODEL unset for the bundled model"
            ) from error
        if not any(model.prompts.values()):
            model.prompts.update(_known_prompts(self._given))
        return model


def check_model(held: str, fingerprint: str, embedder: Embedder, *, path: Path) -> None:
    """Compare the model that an index was embedded by, its name and fingerprint, with the one that embeds questions.

    Raises ModelMismatch, which says what to do.
    """
    if fingerprint == embedder.fingerprint:
        return
    if held != embedder.name:
        kept = "leave ESG_QA_MODEL unset" if held == "bundled" else f"set ESG_QA_MODEL={held}"
        raise ModelMismatch(
            f"{path}: embedded by {held}, the model now is {embedder.name}; "
            f"{kept} to keep the index, or build it again with esg-qa build"
        )
    changed = "the bundled model" if held == "bundled" else f"the model {held}"
    raise ModelMismatch(f"{path}: {changed} has changed since the index was built; build it again with esg-qa build")


def model_source(given: str) -> str:
    """Tell folder from hub name.

    Raises UnknownModel for what is written as a path but is no folder with a model in it.
    """
    folder = Path(given).expanduser()
    if folder.is_dir():
        if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
            raise UnknownModel(f"{given}: no model in this folder; expected one that sentence-transformers saved")
        return str(folder)
    if folder.is_absolute() or given.startswith((".", "~")) or len(folder.parts) != 2:
        if re.fullmatch(r"[A-Za-z0-9][\w.-]*", given):
            return given  # a hub name without an owner
        raise UnknownModel(
            f"{given}: no such folder; expected a sentence-transformers folder or a hub name owner/model"
        )
    return given


def _known_prompts(name: str) -> dict[str, str]:
    """Give the prompts that a model's card asks for, for families that do not keep them in the model."""
    return next((prompts for pattern, prompts in PROMPTS.items() if re.search(pattern, name.lower())), {})


def _weights_hash(model: "SentenceTransformer") -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()


def _unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    rows = np.asarray(vectors, dtype=np.float32).reshape(len(vectors), -1)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1), dtype=np.float32)
