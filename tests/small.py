"""A small report, built and opened to be asked."""

from pathlib import Path

from index.build import build
from index.embed import Embedder
from index.snapshot import open_current
from qa.engine import Engine


def engine_of(report: str, folder: Path, embedder: Embedder, name: str = "report.md") -> Engine:
    """Build a report from its Markdown in a folder, and open it."""
    path = folder / name
    path.write_text(report, encoding="utf-8")
    build([path], folder / "index", embedder=embedder)
    return Engine(open_current(folder / "index"), embedder)
