"""Write a trained model as a SentenceTransformer folder with shared 8-bit directions and a factor for each piece.

sentence-transformers reads `embeddings` (int8), `mapping` (each piece's row of them) and `weights` (each piece's
factor) by itself, as model2vec writes them, so `SentenceTransformer(folder)` needs no code of ours.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

from index.model.share import share

LARGEST = 127
ROWS = 29_700  # directions of 1,024 values that leave room for the tokenizer in 32 MB


def pack(model: SentenceTransformer, folder: Path, *, rows: int = ROWS) -> None:
    """Save the model with at most `rows` directions, rounded to 8 bits a value; an older folder is replaced."""
    if folder.exists():
        shutil.rmtree(folder)
    model.save(str(folder), create_model_card=False)
    shared = share(model.state_dict()["0.embedding.weight"], rows)
    embeddings, factors = quantise(shared.directions)
    weights = factors[shared.row] * shared.length
    written = next(folder.rglob("model.safetensors"))
    save_file({"embeddings": embeddings, "mapping": shared.row.to(torch.int32), "weights": weights}, written)
    written.chmod(0o644)  # safetensors writes for the owner alone
    tokenizer = next(folder.rglob("tokenizer.json"))
    tokenizer.write_text(closely(tokenizer.read_text(encoding="utf-8")), encoding="utf-8")


def closely(tokenizer: str) -> str:
    """Write JSON without the indents that make up more than half of a tokenizer's file.

    >>> closely('{\\n  "vocab": [\\n    ["排放", -9.25]\\n  ]\\n}')
    '{"vocab":[["排放",-9.25]]}'
    """
    return json.dumps(json.loads(tokenizer), ensure_ascii=False, separators=(",", ":"))


def quantise(vectors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Round rows to int8; `rows * factors[:, None]` is the vector again, off by at most half a factor.

    >>> rows, factors = quantise(torch.tensor([[0.5, -1.27], [0.0, 0.0]]))
    >>> rows.tolist()
    [[50, -127], [0, 0]]
    """
    factors = (vectors.abs().amax(dim=1) / LARGEST).clamp_min(torch.finfo(torch.float32).tiny)
    return torch.round(vectors / factors[:, None]).to(torch.int8), factors.to(torch.float32)
