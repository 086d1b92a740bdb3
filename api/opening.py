"""Open the index a face was pointed at; where none was named and none is there, build the bundled report first."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from index.build import Progress, build
from index.embed import BUNDLED, Embedder, SentenceTransformerEmbedder
from index.errors import SnapshotError
from index.rerank import CrossEncoderReranker
from index.snapshot import FORMAT, current_folder, open_current
from index.words import dictionary_hash
from qa.engine import Engine

EDITIONS = Path(BUNDLED).parents[1] / "bundled"


def bundled_editions() -> list[Path]:
    """The report editions that ship with the package."""
    return sorted(EDITIONS.glob("*.md"))


def embedder_of(model: str | None) -> Embedder:
    """The model that the settings name, or the bundled one."""
    return SentenceTransformerEmbedder(model) if model else SentenceTransformerEmbedder()


def open_engine(index: Path, *, model: str | None, reranker: str | None = None) -> Engine:
    """Open a folder's published snapshot.

    Raises SnapshotError when it has none, ModelMismatch when another model embedded it, UnknownModel for a reranker
    that is no folder.
    """
    reads_again = CrossEncoderReranker(reranker) if reranker else None
    return Engine(open_current(index), embedder_of(model), reranker=reads_again)


def ensure_bundled(
    index: Path, *, model: str | None, say: Callable[[str], None], progress: Progress = lambda *_: None
) -> None:
    """Build the bundled report into a folder that has no snapshot, or an outdated one of the bundled report."""
    files = bundled_editions()
    if _current(index, files, model):
        return
    say(f"building the bundled report into {index}")
    build(files, index, embedder=embedder_of(model), wait=True, progress=progress)


def _current(index: Path, files: list[Path], model: str | None) -> bool:
    """Tell whether a folder holds the user's own reports, or the bundled one as it is now."""
    try:
        manifest = json.loads((current_folder(index) / "manifest.json").read_text(encoding="utf-8"))
        held = {edition["file_name"]: edition["sha256"] for edition in manifest["editions"]}
    except (SnapshotError, OSError, ValueError, KeyError):
        return False
    ours = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    if not held.keys() <= ours.keys():
        return True
    made_of = (held, manifest.get("format"), manifest.get("dictionary"), manifest.get("model_fingerprint"))
    return made_of == (ours, FORMAT, dictionary_hash(), embedder_of(model).fingerprint)
