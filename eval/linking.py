"""Fit and measure the linking of questions to metrics, on the phrasings themselves, each left out when it is asked.

    python -m eval.linking         # how often the right metric is linked, and what each threshold lets through
    python -m eval.linking --fit   # write qa/linking.json anew

Every phrasing is asked twice: with its metric among the candidates, and with it taken away, when "none of them" is the
right answer: a report's neighbouring metric must not answer for one that nobody knows.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from index.lexicon import bundled_lexicon
from index.script import fold
from qa.linking import FEATURES, WEIGHTS, Linker, bundled_linker

SEED: Final = 7
THRESHOLDS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Example:
    """A question with every metric's evidence."""

    features: torch.Tensor  # float32, metrics x features
    gold: int  # row of the right metric; -1: none of them
    text: str
    held_out: bool


def examples(linker: Linker) -> Iterator[Example]:
    """Ask every third phrasing that is not a name of the lexicon, a fifth of the metrics held out."""
    lexicon = bundled_lexicon()
    names = {fold(name) for m in lexicon.metrics.values() for name in (m.zh_hant, m.zh_hans, m.en, *m.words)}
    held_out = set(np.random.default_rng(SEED).choice(linker.metrics, len(linker.metrics) // 5, replace=False))
    for number, metric, text in linker.phrasings:
        if text in names or number % 3:
            continue
        found = linker.features(text, lexicon.concept(text).metrics, without=number)
        if found is None:
            continue
        features = torch.from_numpy(found)
        gold = linker.metrics.index(metric)
        yield Example(features, gold, text, metric in held_out)
        absent = features.clone()
        absent[gold] = -9.0
        yield Example(absent, -1, text, metric in held_out)


def fit(data: list[Example], *, steps: int = 60, penalty: float = 1e-3) -> dict[str, float]:
    """Fit a conditional logit with the alternative "none" by maximum likelihood (L-BFGS)."""
    stacked = torch.stack([example.features for example in data])
    usable = stacked[:, :, :1] > -8
    gold = torch.tensor([example.gold if example.gold >= 0 else stacked.shape[1] for example in data])
    weights = torch.zeros(len(FEATURES) + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = (stacked @ weights[:-1]).masked_fill(~usable[:, :, 0], -1e9)
        none = weights[-1].expand(len(data), 1)
        value = torch.nn.functional.cross_entropy(torch.cat([scores, none], 1), gold)
        value = value + penalty * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return dict(zip((*FEATURES, "none"), (round(float(w), 4) for w in weights.detach()), strict=True))


def measure(data: list[Example], weights: dict[str, float]) -> dict[float, tuple[float, float]]:
    """Give by threshold the share of present metrics linked rightly, and of all questions linked wrongly."""
    vector = torch.tensor([weights[name] for name in FEATURES])
    right, wrong = dict.fromkeys(THRESHOLDS, 0), dict.fromkeys(THRESHOLDS, 0)
    present = sum(example.gold >= 0 for example in data)
    for example in data:
        scores = (example.features @ vector).masked_fill(example.features[:, 0] < -8, -1e9)
        shares = torch.softmax(torch.cat([scores, torch.tensor([weights["none"]])]), 0)[:-1]
        best = int(shares.argmax())
        for threshold in THRESHOLDS:
            if float(shares[best]) >= threshold:
                right[threshold] += best == example.gold
                wrong[threshold] += best != example.gold
    return {t: (right[t] / max(1, present), wrong[t] / max(1, len(data))) for t in THRESHOLDS}


def main(arguments: list[str]) -> None:
    """Fit when asked to, then print what each threshold brings."""
    linker = bundled_linker()
    data = list(examples(linker))
    if "--fit" in arguments:
        weights = fit([example for example in data if not example.held_out])
        WEIGHTS.write_text(json.dumps({"weights": weights}, indent=1) + "\n", encoding="utf-8")
    weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    for name, part in (("fitted on", False), ("held out", True)):
        chosen = [example for example in data if example.held_out == part]
        lines = [f"{t:.2f}: {r:.1%} right, {w:.2%} wrong" for t, (r, w) in measure(chosen, weights).items()]
        sys.stdout.write(f"{name} ({len(chosen)} questions)\n  " + "\n  ".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
