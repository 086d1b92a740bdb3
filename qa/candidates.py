"""How likely each number of a report's sentences is the one asked for: the features of a conditional logit."""

from typing import Final

import numpy as np
import numpy.typing as npt

from qa.counted import Candidate

Array = npt.NDArray[np.float32]

# What the features are called in relevance.toml, in the order of `candidate_features`.
CANDIDATE_NAMES: Final = (
    "score",  # of its sentence, in log odds
    "best",  # whether its sentence is the likeliest to answer
    "named",  # how surely it counts what the question names
    "unnamed",  # the question names what is counted, and it does not count that
    "told",  # the question says of what kind the number is, and its unit is of that kind
    "bare",  # the question says of what kind the number is, and it has no unit
    "classified",  # it has the measure word asked with
    "alien",  # it counts what the question does not speak of
    "share",  # of the rest of the question that its own clause holds
    "held",  # of the whole question that its sentence holds
    "around",  # of the whole question that its sentence and what is around it hold
    "missing",  # weight of the heavy terms that neither holds
    "alone",  # no other number of the sentence is of the kind asked for
    "rivals",  # how many are, up to 4, by 4
    "first",  # it is the first of them
    "changes",  # whether it says a change where none is asked for, or the other way about
    "unlike",  # it is not measured as the metrics asked for are
    "metric",  # its clause names a metric asked for
)


def candidate_features(
    one: Candidate,
    *,
    score: float,
    best: bool,
    noun: bool,
    kind: str | None,
    around: Array,
    weights: Array,
    changes: bool,
    unlike: bool,
    metric: bool,
) -> list[float]:
    """Measure one number.

    `kind` is the dimension that the question asks for, `around` how well each of its terms stands in or around the
    number's sentence.
    """
    bare = one.quantity.unit is None and one.quantity.kind == "amount"
    return [
        score,
        best,
        one.named,
        noun and one.named == 0,
        kind is not None and not bare,
        kind is not None and bare,
        one.measured,
        one.alien,
        one.share,
        one.whole,
        float(around @ weights),
        float(weights @ (around < 0.35)),
        one.rivals == 0,
        min(one.rivals, 4) / 4,
        one.place == 0,
        changes,
        unlike,
        metric,
    ]
