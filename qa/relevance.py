"""How likely each sentence answers a question: a logistic model over evidence, with few and fitted weights."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from qa.candidates import CANDIDATE_NAMES
from qa.evidence import Coverage, Pages
from qa.logit import Logit, read_logit
from qa.question import Ask

Array = npt.NDArray[np.float32]

# What the features are called in relevance.toml, in the order of `features`.
NAMES: Final = (
    "inside",  # share of the question's content, by rarity, that the sentence itself holds
    "near",  # what the sentences beside it add
    "passage",  # what the rest of its passage adds
    "title",  # share that the section's heading holds
    "titled",  # share of the section's heading that the question speaks of
    "path",  # share that the headings above it hold
    "whole",  # share that sentence, passage and headings hold together, hardly less for standing apart
    "squared",  # as `whole`, squared: the last word found says more than the first
    "fresh",  # share of what the section's heading leaves unsaid that the sentence itself holds
    "rarest",  # whether the sentence holds the term that says most
    "lost",  # share that the report nowhere speaks of
    "focus",  # share of the sentence's own content that the question speaks of
    "meaning",  # cosine of the sentence's words with the question's
    "dense",  # cosine of the passage with the question, 0 for the median passage and 1 for the best
    "likeness",  # cosine of the sentence by itself with the question
    "alike",  # the same, 0 for the median sentence and 1 for the best
    "passed",  # cosine of the passage with the question
    "sign",  # whether it has what such an answer has: an agent, a date, a place, a cause, a list
    "opening",  # whether it opens its passage
    "short",  # fewer than six words of content
)
SIGNS: Final[Mapping[Ask, re.Pattern[str]]] = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "when": re.compile(
        r"20\d\d|19\d\d|\d{1,2}\s*月|january|february|march|april|\bmay\b|june|july|august|september|october"
        r"|november|december|month|每年|季度",
        re.I,
    ),
    "who": re.compile(
        r"部|委员会|小组|团队|董事|管理层|负责人|机构|主席|总裁|经理|专员|公司由|由.{2,20}(?:负责|审|领|担任|组成)|CEO|CFO|department|committee"
        r"|team|group|board|management|director|officer|\bhead|chair|agency|auditor|party|unit|\bby\s+[A-Z]|led\s+by",
        re.I,
    ),
    "often": re.compile(
        r"每(?:年|季|月|周|日|半年|两年|星期|\w{1,2}年)|年度|季度|按月|按季|逐月|定期|不定期|随时|一次|两次|annual|yearly|quarter|month|week|daily"
        r"|regular|periodic|from\s+time\s+to\s+time|once|twice|every\b|at\s+least\s+\w+\s+(?:a|per)\b|times\s+(?:a|per)",
        re.I,
    ),
    "where": re.compile(
        r"[省市区县镇村路楼座]|办公|总部|香港|内地|北京|上海|网站|群岛|\bat\s+[A-Z]|\bin\s+[A-Z]|www\.|islands?|province|city|district|office",
        re.I,
    ),
    "why": re.compile(
        r"因|由于|所以|以便|为了|旨在|以[免防]|鉴于|使得|从而|because|since|owing|due\s+to|as\s+a\s+result|reason|in\s+order\s+to|so\s+that|so\s+as"
        r"|given\b|therefore|thus|\bto\s+\w+",
        re.I,
    ),
    "number": re.compile(
        r"\d|[一二三四五六七八九十百千万两]+(?:[余多]?)[家名人位次项个队间场份款种类件宗层条座台辆小]|hundred|thousand|million"
        r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|once|twice|half|no|none)\b|全部|半数|没有",
        re.I,
    ),
    "which": re.compile(
        r"[：:]$|、[^。]*[及和与]|、[^。]*、|下列|以下|包括|分为|例如|[;；](?=.)|,[^.]*,[^.]*\band\b|following|below|include|comprise|such\s+as|\bas\s+follows|namely"
    ),
}


def features(ask: Ask, coverage: Coverage, pages: Pages, dense: Array, likeness: Array) -> Array:
    """Measure every sentence; `dense` is the cosine of its passage with the question. One row a sentence."""
    weigh = coverage.weights
    inside = coverage.inside
    near = np.maximum(inside, coverage.near)
    passage = np.maximum(near, coverage.passage)
    headed = np.maximum(coverage.title, 0.8 * coverage.path)
    open_ = weigh[:, None] * (coverage.title < 0.5)
    open_ = np.where(open_.sum(axis=0) > 0.05, open_, weigh[:, None])
    whole = np.maximum.reduce([inside, 0.95 * near, 0.9 * passage, 0.9 * headed])
    held = weigh @ inside
    table = [
        held,
        weigh @ near - held,
        weigh @ (passage - near),
        weigh @ coverage.title,
        coverage.titled,
        weigh @ coverage.path,
        weigh @ whole,
        (weigh @ whole) ** 2,
        (open_ * inside).sum(axis=0) / np.maximum(open_.sum(axis=0), 1e-6),
        inside[int(weigh.argmax())],
        np.full_like(held, weigh @ ~coverage.known),
        coverage.focus,
        coverage.meaning,
        _standing_out(dense),
        likeness,
        _standing_out(likeness),
        dense,
        pages.signs(SIGNS.get(ask)),
        pages.opening,
        pages.short,
    ]
    return np.stack(table, axis=1).astype(np.float32)


@cache
def fitted(name: str) -> Logit:
    """Load fitted weights that ship with the package: those of a "sentence" or a "number"."""
    table = tomllib.loads(Path(__file__).with_name("relevance.toml").read_text(encoding="utf-8"))
    return read_logit(table[name], {"sentence": NAMES, "number": CANDIDATE_NAMES}[name])


def _standing_out(cosines: Array) -> Array:
    median, best = np.median(cosines), cosines.max()
    return np.asarray(np.clip((cosines - median) / max(float(best - median), 0.05), -1, 1), dtype=np.float32)
