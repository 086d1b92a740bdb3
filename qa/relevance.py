"""How likely each sentence answers a question, and whether any does: linear models with fitted weights."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

SIGNED: Final[tuple[Ask, ...]] = ("often", "number", "who", "when", "where", "which", "why", "email")
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
    "headed",  # cosine of the sentence and its section's heading together with the question
    "headed_alike",  # the same, 0 for the median sentence and 1 for the best
    "surrounded",  # cosine of the sentence and those beside it with the question
    "surrounded_alike",  # the same, 0 for the median sentence and 1 for the best
    "kind",  # it has a number of the kind that the question says
    "unkind",  # the question says of what kind the number is, and it has none of that kind
    "item",  # an item of a list
    "lead",  # leads to a list
    "length",  # logarithm of its length
    "row",  # a row of a table
    "numbered",  # has a number
    "strictly",  # share of the content that it holds in the very words or words of their group
    "around",  # share that it and all around it hold so
    "weakest",  # how well it and all around it hold the term they hold least
    "strongest",  # share of the two terms that it holds best
    *(f"sign_{ask}" for ask in SIGNED),  # as `sign`, where just that is asked
    "listed_lead",  # leads to a list, where "which" asks for one
    "listed_item",  # an item of a list, where "which" asks for one
    "told_lead",  # leads to a list, where something else is asked that a list may tell
    "told_number",  # has a number, where one is asked for
    "other_likeness",  # cosine of what the report's other edition says at the same place
    "other_alike",  # the same, 0 for the median sentence and 1 for the best
    "other_inside",  # share of the question's content that it holds
    "other_whole",  # share that it and what is around it hold
    "other_squared",  # as `other_whole`, squared
    "other_meaning",  # cosine of its words with the question's
)
# What the evidence that any sentence answers is called, in the order of `answer_features`.
ANSWER_NAMES: Final = (
    "sure",  # logarithm of the certainty of the likeliest sentence, against all others and silence
    "ahead",  # its log odds before any sentence of another passage, up to 5
    "unwell",  # weight of the heaviest term that neither it nor what is around it holds well
    "english",  # whether the question is in English
    "what",  # it asks "what"
    "which",  # it asks "which"
    "why",  # it asks "why"
    "sign_which",  # and the sentence has a list's sign
    "sign_why",  # and it has a cause's
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


FITTED: Final[Mapping[str, Sequence[str]]] = {
    "sentence": NAMES,
    "silence": NAMES,
    "answer": ANSWER_NAMES,
    "number": CANDIDATE_NAMES,
}
KINDS: Final[Mapping[str, re.Pattern[str]]] = {  # numbers by units.Unit's dimension, as sentences have them
    "share": re.compile(r"%|per\s?cent|百分之|[一二三四五六七八九两]成|half|半数|一半|third|quarter", re.I),
    "money": re.compile(r"rmb|hk\$|us\$|\bhkd|\bcny|\busd|元|dollar|yuan|港币|€|million|亿", re.I),
    "duration": re.compile(
        r"(?:\d|[一二两三四五六七八九十]|one|two|three|four|five|six|seven|eight|ten|twelve|twenty|\w+teen)[\s-]*"
        r"(?:个?(?:小时|工作天|工作日|天|日|周|星期|月|年)|(?:working\s+|business\s+|calendar\s+)?(?:hour|day|week|month|year|minute)|个?钟)",
        re.I,
    ),
    "person": re.compile(
        r"\d[\d,.]*\s*万?余?(?:人|名|位)|[一二三四五六七八九十两](?:人|名|位)"
        r"|(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\W+(?:[\w-]+\s+){0,3}"
        r"(?:people|persons?|employees|staff|members|women|men|directors|workers|students|volunteers|participants)",
        re.I,
    ),
    "area": re.compile(r"平方|公顷|square|sq|hectare|acre|m²|亩", re.I),
    "time": re.compile(r"[次回趟场]|times|once|twice|session|meeting", re.I),
}
_WELL = 0.84  # a term held in the very word or one of its group


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the report's other edition says at the place of each sentence; all 0 where it has no such place."""

    likeness: Array  # cosine with the question
    inside: Array  # share of the question's content that it holds
    whole: Array  # share that it and what is around it hold
    meaning: Array  # cosine of its words with the question's


def beside(coverage: Coverage, likeness: Array, weights: Array, place: Sequence[int]) -> Beside:
    """Take from an edition what stands at places, -1 where there is none; the terms weigh as in the question's own."""
    at = np.asarray(place)
    found = at >= 0

    def taken(values: Array) -> Array:
        return np.where(found, values[at], 0).astype(np.float32)

    return Beside(
        likeness=taken(likeness),
        inside=taken(weights @ coverage.inside),
        whole=taken(weights @ _whole(coverage)),
        meaning=taken(coverage.meaning),
    )


def features(
    ask: Ask, kind: str | None, coverage: Coverage, pages: Pages, *, dense: Array, question: Array, other: Beside | None
) -> Array:
    """Measure every sentence, one row a sentence.

    `kind` is the dimension of the number asked for, `dense` the cosine of each sentence's passage with the question,
    `question` the question's vector.
    """
    none = np.zeros(len(pages.sentences), dtype=np.float32)
    likeness, headed, surrounded = pages.likeness(question), pages.headed(question), pages.surrounded(question)
    sign = pages.signs(SIGNS.get(ask))
    numbered = pages.signs(SIGNS["number"])
    of_kind = pages.signs(KINDS.get(kind or ""))
    table = [
        *_covered(coverage),
        _standing_out(dense),
        likeness,
        _standing_out(likeness),
        dense,
        sign,
        pages.opening,
        pages.short,
        headed,
        _standing_out(headed),
        surrounded,
        _standing_out(surrounded),
        of_kind,
        (1 - of_kind) * (kind in KINDS),
        pages.items,
        pages.leads,
        pages.lengths,
        pages.rows,
        numbered,
        *_held(coverage),
        *(sign if ask == one else none for one in SIGNED),
        pages.leads * (ask == "which"),
        pages.items * (ask == "which"),
        pages.leads * (ask in ("what", "who", "why")),
        numbered * (ask in ("number", "when", "often")),
        *_beside(other, none),
    ]
    return np.stack(table, axis=1).astype(np.float32)


def answer_features(ask: Ask, *, english: bool, sure: float, ahead: float, unwell: float, sign: bool) -> Array:
    """Measure whether the likeliest sentence answers; `sure` is its certainty, 0 to 1, `sign` whether it has one."""
    found = [
        float(np.log(sure + 1e-6)),
        min(ahead, 5.0),
        unwell,
        english,
        ask == "what",
        ask == "which",
        ask == "why",
        sign and ask == "which",
        sign and ask == "why",
    ]
    return np.array(found, dtype=np.float32)


def _covered(coverage: Coverage) -> list[Array]:
    """How much of the question stands in each sentence, beside it, in its passage and its headings."""
    weigh, inside = coverage.weights, coverage.inside
    near = np.maximum(inside, coverage.near)
    passage = np.maximum(near, coverage.passage)
    open_ = weigh[:, None] * (coverage.title < 0.5)
    open_ = np.where(open_.sum(axis=0) > 0.05, open_, weigh[:, None])
    held, whole = weigh @ inside, weigh @ _whole(coverage)
    return [
        held,
        weigh @ near - held,
        weigh @ (passage - near),
        weigh @ coverage.title,
        coverage.titled,
        weigh @ coverage.path,
        whole,
        whole**2,
        (open_ * inside).sum(axis=0) / np.maximum(open_.sum(axis=0), 1e-6),
        inside[int(weigh.argmax())],
        np.full_like(held, weigh @ ~coverage.known),
        coverage.focus,
        coverage.meaning,
    ]


def _held(coverage: Coverage) -> list[Array]:
    """How well the terms stand in each sentence and around it: the well held, the least and the best."""
    weigh, inside = coverage.weights, coverage.inside
    around = np.maximum.reduce([inside, coverage.near, coverage.passage, coverage.title, coverage.path])
    return [
        weigh @ (inside >= _WELL),
        weigh @ (around >= _WELL),
        _whole(coverage).min(axis=0),
        np.sort(inside * weigh[:, None], axis=0)[-2:].sum(axis=0),
    ]


def _whole(coverage: Coverage) -> Array:
    """How well each term stands in each sentence or around it, hardly less for standing apart."""
    parts = [coverage.inside, 0.95 * coverage.near, 0.9 * coverage.passage, 0.9 * coverage.title, 0.72 * coverage.path]
    return np.asarray(np.maximum.reduce(parts), dtype=np.float32)


def _beside(other: Beside | None, none: Array) -> list[Array]:
    if other is None:
        return [none] * 6
    likeness, whole = other.likeness, other.whole
    return [likeness, _standing_out(likeness), other.inside, whole, whole**2, other.meaning]


@cache
def fitted(name: str) -> Logit:
    """Load fitted weights that ship with the package.

    "sentence" tells which sentence answers, "silence" whether one does rather than none, "answer" whether the
    likeliest does, "number" which number or none.
    """
    table = tomllib.loads(Path(__file__).with_name("relevance.toml").read_text(encoding="utf-8"))
    return read_logit(table[name], FITTED[name])


def _standing_out(cosines: Array) -> Array:
    median, best = np.median(cosines), cosines.max()
    return np.asarray(np.clip((cosines - median) / max(float(best - median), 0.05), -1, 1), dtype=np.float32)
