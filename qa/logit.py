"""A conditional logit with the alternative "none": which of several things answers, or that nothing does.

McFadden, "Conditional logit analysis of qualitative choice behavior" (1974).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

_MOST = 30.0  # bound of log odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Logit:
    """Weights fitted to questions whose answer is known."""

    weights: Array  # one for each feature
    bias: float
    floor: float  # certainty, 0 to 1, below which silence is better

    def odds(self, features: Array) -> Array:
        """Tell of each alternative, a row of features, the log odds that it answers rather than nothing."""
        return np.asarray(np.clip(features @ self.weights + self.bias, -_MOST, _MOST), dtype=np.float32)


def certainty(odds: Array, of: int | Sequence[int]) -> float:
    """Tell the likelihood, 0 to 1, that just this alternative answers, or one of these: no other, and not nothing.

    >>> round(certainty(np.array([0.0, 0.0], dtype=np.float32), 1), 3)
    0.333
    """
    shares = np.exp(odds.astype(np.float64))
    return float(shares[of].sum() / (1 + shares.sum()))


def share(odds: Array, of: int) -> float:
    """Tell the likelihood, 0 to 1, that just this alternative answers where one of them does.

    >>> share(np.array([0.0, 0.0], dtype=np.float32), 1)
    0.5
    """
    shares = np.exp((odds - odds.max()).astype(np.float64))
    return float(shares[of] / shares.sum())


def likelihood(model: Logit, evidence: Array) -> float:
    """Tell the likelihood, 0 to 1, that one thing is so, by the evidence for it."""
    return float(1 / (1 + np.exp(-model.odds(evidence[None, :])[0])))


def read_logit(table: Mapping[str, Any], names: Sequence[str]) -> Logit:
    """Read a table of a TOML file: bias, floor where it has one, and a weight for each name."""
    weights = np.array([table["weights"][name] for name in names], dtype=np.float32)
    return Logit(weights=weights, bias=table["bias"], floor=table.get("floor", 0.0))
