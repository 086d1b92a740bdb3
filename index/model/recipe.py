"""All that decides what the weights become, besides the data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.model.augment import Augmentation

# Small sources near our readers' questions, and everyday sentences.
REPEATS = {
    "lexicon": 2,
    "edition": 4,
    "written": 2,
    "greensoftware_zhCN": 4,
    "sdg_goals_targets_indicators": 4,
    "twlaw_titles": 2,
    "tatoeba_cmn_eng": 2,
}
CAPS = {"wikititles_pivot": 100_000}  # names: many, and each is seen in no other source


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How much of what is asked, how, and how fast the vectors move."""

    dimensions: int = 1024
    shorter: tuple[int, ...] = ()  # dimensions at which the first values alone must do (Matryoshka)
    batch: int = 2048
    epochs: int = 1
    rate: float = 0.004
    warmup: float = 0.1  # share of the steps
    spread: float = 0.1  # root mean square of the first vectors' values
    scale: float = 10.0  # inverse temperature
    factored: int = 250_000  # rows of one source that make the first vectors
    cap: int = 30_000  # rows asked of one source in an epoch
    caps: Mapping[str, int] = field(default_factory=lambda: CAPS)  # by source, instead of `cap`
    repeats: Mapping[str, int] = field(default_factory=lambda: REPEATS)  # times an epoch that a source is asked
    near: float = 0.5  # share of a text's batches whose rows come from the same documents
    directions: tuple[float, ...] = (0.35, 0.3, 0.2, 0.15)  # shares: English to Chinese, back, Chinese, English
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 20221122

    def limit(self, source: str) -> int:
        """Count the rows of a source that are asked in an epoch, at most."""
        return self.caps.get(source, self.cap)
