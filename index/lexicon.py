"""ESG metrics by name in three scripts, with units and HKEX and GRI codes; reads labels and questions as concepts."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import Stemmer

from index.cut import cut
from index.denominator import Denominators, read_denominators
from index.script import Language, fold, render

_TERM = re.compile(r"\d+(?:\.\d+)*|[a-z][a-z0-9'&]*|[\u3400-\u9fff\uf900-\ufaff]|%")
_SCOPE = re.compile(r"(?:范畴|范围)\s*(?P<han>[一二三123])")
_SCOPE_RANGE = re.compile(
    r"(?P<scope>\bscope|范畴|范围)s?\s*[1一]\s*(?:-|–|—|~|至|到|to|through)\s*(?:\bscope|范畴|范围)?\s*[3三](?!\d)"
)
_SHORT = 2  # characters
_HAN_DIGITS = {"一": "1", "二": "2", "三": "3"}
_WORD_DIGITS = {"one": "1", "two": "2", "three": "3", "i": "1", "ii": "2", "iii": "3"}
_CODE = re.compile(r"(?<![A-Za-z0-9])(?P<aspect>[AB]\d)(?:\.(?P<number>\d{1,2}))?(?![A-Za-z0-9.])")
_GRI = re.compile(r"\bGRI\s*(?P<number>\d{1,3}-\d{1,2})\b", re.I)
_AGED = re.compile(  # "employees under 30" are aged under 30; "staff under 30 hours" are not
    r"""
    (?P<whom> \b (?: employees | staff | workers | people | persons | colleagues | those | workforce | team | anyone
        | men | women | males | females | hires | leavers ) \s+ (?: (?:who|that) \s+ (?:are|were|is) \s+ )? )
    (?: (?: between | from ) \s* (?= \d\d \s* (?: - | – | to | and ) \s* \d\d \b )
      | (?= (?: under | below | younger \s+ than | over | above | older \s+ than ) \s* \d\d \b ) )
    (?! \D* (?: \d\d \s* (?: - | – | to | and ) \s* )? \d\d \s*
        (?: [.,]\d | % | per\b | hours?\b | days?\b | months?\b | km\b | percent\b
          | countr | cit | nationalit | thousand | million | k\b ) )
    """,
    re.VERBOSE | re.I,
)
_AGE = re.compile(
    r"""
    (?P<low>\d\d)\s*岁?\s*(?:\(含\))?\s*(?:-|–|—|~|至|到|to|and|with)\s*(?P<high>\d\d)\s*(?:岁|years?\s*old|years?\s*of\s*age|\b(?=.{0,12}(?:age|岁)))
  | (?P<under>\d\d)\s*岁?\s*(?:\([^)]*\))?\s*(?:及)?\s*(?:以下|或以下|以内)(?:[的嘅]?(?:后生|年轻))?
  | (?P<over>\d\d)\s*岁?\s*(?:\([^)]*\))?\s*(?:及)?\s*(?:以上|或以上)
  | (?:不|未|没有?|冇|并非)\s*(?:超过|大于|高于|年?过|够|满|到|足)\s*(?P<under_not>\d\d)\s*岁
  | (?:不|未|没有?|冇)\s*(?:小于|低于|少于)\s*(?P<over_not>\d\d)\s*岁
  | (?:小于|低于|未满|不足|不到)\s*(?P<under_zh>\d\d)\s*岁
  | (?:大于|超过|年过|高于)\s*(?P<over_zh>\d\d)\s*岁
  | (?<!\d)(?<!\d\s)年过\s*(?P<over_past>\d\d)(?!\s*[.\d%])
  | \b(?:not|n[o']t|never|yet\s+to\s+be)\s+(?:yet\s+)?
      (?:pass|passed|past|over|above|older\s+than|beyond|turned|reached)\s*(?:the\s+age\s+of\s*|age\s*)?(?P<under_never>\d\d)\b
      (?=\s*(?:$|[?,.;:)(]|years|in\b|for\b|at\b|by\b|and\b|was\b|turn|employ|staff|group))
  | \b(?:no|not)\s+older\s+than\s*(?P<under_most>\d\d)\b
  | \b(?:past|passed|beyond)\s*(?:the\s+age\s+of\s*|age\s*)?(?P<over_passed>\d\d)\b
      (?=\s*(?:$|[?,.;:)(]|d(?:id|o|oes)\b|years|in\b|for\b|at\b|by\b|and\b|was\b|turn|employ|staff|group))
  | \bthe\s+(?:wrong|far)\s+side\s+of\s*(?P<over_side>\d\d)\b
  | (?:aged?\s*|ages\s*)\b(?:under|below|younger\s+than|less\s+than|up\s+to)\s*(?P<under_aged>\d\d)\b
  | (?:aged?\s*|ages\s*)\b(?:over|above|older\s+than|more\s+than)\s*(?P<over_aged>\d\d)\b
  | \b(?:under|below|younger\s+than)\s*(?:the\s+age\s+of\s*)?(?P<under_en>\d\d)s?\b
      (?=\s*(?:$|[?,.;:)(]|years|in\b|for\b|at\b|by\b|and\b|or\b|was\b|turn|employ|staff|group))
  | \b(?:over|above|older\s+than)\s*(?:the\s+age\s+of\s*)?(?P<over_en>\d\d)s?\b
      (?=\s*(?:$|[?,.;:)(]|years|in\b|for\b|at\b|by\b|and\b|was\b|turn|employ|staff|group))
  | \baged?\s*(?:between\s*)?(?P<low_en>\d\d)\s*(?:-|–|to|and)\s*(?P<high_en>\d\d)
  | \b(?:under|below)\s*-?\s*(?P<under_plural>\d\d)s\b
  | \b(?:over|above)\s*-?\s*(?P<over_plural>\d\d)s\b
  | (?<![\d.-])(?P<low_bare>[2-6]\d)\s*(?:-|–|to)\s*(?P<high_bare>[2-6]\d)\b(?![\d.%-])
  | \b(?P<under_tail>\d\d)\s*(?:or|and|years\s*old\s*(?:or|and))\s*(?:under|below|younger)
  | \b(?P<over_tail>\d\d)\s*(?:or|and|years\s*old\s*(?:or|and))\s*(?:over|above|older)
    """,
    re.VERBOSE | re.I,
)
_AGE_SIGN = re.compile(  # <30, ≥ 50, 60+: an age where nothing else is said, or where the text speaks of age
    r"(?:(?<![\d.])[<≤]=?\s*(?P<under_sign>[2-6]\d)(?![\d.,%])|(?<![\d.])[>≥]=?\s*(?P<over_sign>[2-6]\d)(?![\d.,%])"
    r"|(?<![\d.,-])(?P<over_plus>[2-6]\d)\s*\+(?!\s*\d))\s*(?:岁|years?\s*old)?"
)
_TENS = {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60"}
_SPELT_AGE = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS)})\b(?=\s*(?:years?\b|$|[?,.;:)]|in\b|at\b|did\b|do\b|were\b|are\b|was\b|and\b|or\b))",
    re.I,
)
_OF_AGE = re.compile(r"\bages?d?\b|\byears?\s+old\b|岁|年龄", re.I)
_RATE_BASE = re.compile(
    r"""
    \bper \s+ (?: one \s+ | an? \s+ )? (?: [\d,]{3,} | hundred | thousand | million ) \s*
      (?: hundred | thousand | million )? \s*
      (?: (?: (?: man | working | work ) [\s-]? )? hours? (?: \s+ worked )?
        | (?: full-time \s+ )? (?: employees? | workers? | staff | people | persons ) )
  | 每 (?: [\d,]{3,} | [一二两]? [十百千万]+ ) \s* [个名位]?
      (?: 工作小时 | 工作时数 | 工时 | 小时 | 员工 | 雇员 | 职工 )
    """,
    re.VERBOSE | re.I,
)

_FUNCTION = frozenset("a an the of in on at to for from by with and or per number total".split())
_PARTICLES = frozenset("的之及和与或数量率额总")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")

_PIECE = re.compile(rf"{_HAN.pattern}|[^{_HAN.pattern[1:-2]}]+")
_COVERAGE = re.compile(
    r"\((?:包括|包含|涵盖|覆盖|不含|不包括|includ\w+\b|exclud\w+\b|cover(?:s|ing)\b)[^()]*\)|\((?:含|inclusive)\)", re.I
)
_HOW_MUCH = re.compile(r"多少|几多|咗|(?<=[用排买花捐购])了")
_RATE = re.compile(r"率|比|占|%|成|share|percent|proportion|rate|ratio|coverage", re.I)
_ASKING = re.compile(r"多少|几|how\s+m", re.I)  # a name that is a question is matched whole, never word by word
_HEAD = "per_employee"
_HAN_NUMERALS = "零一二三四五六七八九"
_HAN_AGE = re.compile(
    r"(?P<tens>[二三四五六七])?十(?P<ones>[一二三四五六七八九])?(?=岁|(?<=年过.十)|(?<=年过.十.)|(?:至|到|-)[二三四五六七]十[一二三四五六七八九]?岁)"
)

Member = tuple[str, str]  # dimension and member, ("gender", "female")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One ESG metric, as the HKEX Code (Appendix C2, earlier 27), GRI or common practice name it."""

    key: str
    zh_hant: str
    zh_hans: str
    en: str
    words: tuple[str, ...]  # other names in any script
    units: tuple[str, ...]  # canonical symbols; empty: none
    kind: str
    codes: tuple[str, ...]  # "HKEX A1.2", "GRI 305-2"
    aspect: str  # "A1".."B8", "D", "G", "E", "other"
    parent: str | None  # the total it is part of
    breakdowns: tuple[str, ...]
    group: Member | None  # the group of its parent that it counts
    average_of: str | None  # the total that it is when divided by the people
    rate_of: str | None  # the count that it is per so many hours worked or people
    way_of: str | None  # the metric that it is by one way of counting, where both ways may be printed
    sums: tuple[str, ...]  # the metrics it is the sum of, when all are disclosed
    joins: frozenset[str]  # the metrics that one row prints together under this name
    better: int  # 1: higher is better, -1: lower is better, 0: disputable

    def name(self, language: Language) -> str:
        """The metric's name as a reader of this language expects it."""
        return {"en": self.en, "zh-Hant": self.zh_hant, "zh-Hans": self.zh_hans}[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A qualifier, a dimension or a member of one, by name."""

    key: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    dimension: str = ""
    over: tuple[tuple[str, ...], tuple[str, ...]] = (
        (),
        (),
    )  # of a qualifier: nouns of the divisor, Chinese and English
    joins: frozenset[str] = frozenset()  # of a member: the members that one row prints together under this name

    def name(self, language: Language) -> str:
        """The first name in the reader's script."""
        return self.en[0] if language == "en" else render(self.zh[0], language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A phrase of the lexicon found in a text."""

    kind: str  # "metric", "qualifier", "dimension", "member"
    key: str
    start: int  # in terms, not characters
    end: int
    dimension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """What a label or a question speaks of, in the lexicon's terms."""

    metrics: frozenset[str] = frozenset()
    per: str | None = None  # qualifier key, "per_employee"
    members: frozenset[Member] = frozenset()
    dimensions: frozenset[str] = frozenset()  # named without a member, "by gender"
    codes: tuple[str, ...] = ()  # "A1.2"
    rest: tuple[str, ...] = field(default=())  # terms no phrase explains, in order
    order: tuple[str, ...] = ()  # keys of metrics and members as they are mentioned


@dataclass(frozen=True, kw_only=True, eq=False)  # one is itself alone, so that what it read can be kept
class Lexicon:
    """All metrics and words, with the phrases that mean them."""

    metrics: dict[str, Metric]
    qualifiers: dict[str, Word]
    dimensions: dict[str, Word]
    members: dict[Member, Word]
    phrases: dict[tuple[str, ...], tuple[tuple[str, str, str], ...]]  # terms -> (kind, key, dimension)
    longest: int
    synonyms: "Synonyms"
    denominators: Denominators

    @property
    def chinese_phrases(self) -> set[str]:
        """Folded Chinese phrases, for the word cutter."""
        joined = ("".join(terms) for terms in self.phrases)
        return {phrase for phrase in joined if all("\u3400" <= c <= "\u9fff" for c in phrase)}

    @cached_property
    def latin_words(self) -> frozenset[str]:
        """Stemmed Latin words that stand in some phrase."""
        return frozenset(term for terms in self.phrases for term in terms if term.isascii() and term.isalpha())

    def terms(self, text: str) -> tuple[str, ...]:
        """Split folded text into terms, everyday words rewritten to the phrases' own."""
        return split_terms(text, self.synonyms)

    def mentions(self, terms: tuple[str, ...], inside: frozenset[int] = frozenset()) -> list[Mention]:
        """Find the longest phrases, left to right, none overlapping another.

        `inside` are the terms that do not open a word: no metric is named by two characters that cut a word apart, such
        as 廢膠 in 廢膠水.
        """
        found: list[Mention] = []
        position = 0
        while position < len(terms):
            for length in range(min(self.longest, len(terms) - position), 0, -1):
                meanings = self.phrases.get(terms[position : position + length])
                if meanings and not (
                    length == _SHORT
                    and not terms[position].isascii()
                    and (position in inside or position + length in inside)
                    and all(kind == "metric" for kind, *_ in meanings)
                ):
                    end = position + length
                    found += [
                        Mention(kind=kind, key=key, start=position, end=end, dimension=dimension)
                        for kind, key, dimension in meanings
                    ]
                    position = end
                    break
            else:
                position += 1
        return found

    def concept(self, text: str) -> Concept:
        """Read a label or a question: which metrics, per what, for whom.

        >>> sorted(bundled_lexicon().concept("女性員工流失率").members)
        [('gender', 'female')]
        """
        folded = _COVERAGE.sub(" ", fold(text))
        based = _RATE_BASE.sub(" ", folded)
        if based != folded:
            counted = self._read(based)
            rates = self.rates(counted.metrics)
            if rates:
                return replace(counted, metrics=rates, per=None)
        return self._read(folded)

    def rates(self, keys: Iterable[str]) -> frozenset[str]:
        """Name the rates that counts are per million hours or per thousand people; none where one has no rate."""
        of = {metric.rate_of: metric.key for metric in self.metrics.values() if metric.rate_of}
        named = [key if self.metrics[key].kind == "rate" else of.get(key) for key in keys]
        return frozenset(key for key in named if key) if all(named) else frozenset()

    def _read(self, folded: str) -> Concept:
        codes = tuple(m.group().upper() for m in _CODE.finditer(folded)) + tuple(
            f"GRI {m['number']}" for m in _GRI.finditer(folded)
        )
        plain = _GRI.sub(" ", _CODE.sub(" ", folded))
        ages, plain = _ages(plain)
        divided_by, plain = self.denominators.take(plain.lower())
        terms = self.terms(plain)
        mentions = self.mentions(terms, self._inside(plain))
        scattered, words = self._scattered(self._words(plain), rates=bool(_RATE.search(plain)))
        if scattered:
            mentions = [m for m in mentions if m.kind != "metric" or not self._within(terms[m.start : m.end], words)]
        explained = {n for mention in mentions for n in range(mention.start, mention.end)}
        spelt = {character for word in words for character in (word if not word.isascii() else (word,))}
        explained |= {n for n, term in enumerate(terms) if term in spelt}
        named = [mention.key for mention in mentions if mention.kind == "metric"]
        if any(
            self.metrics[key].aspect == _EMITTED and not self.related(key, _ALL_GASES) for key in named
        ):  # 排放 of what is named
            bare = [m for m in mentions if m.key == _ALL_GASES and set(terms[m.start : m.end]) <= _BARE_EMISSIONS]
            named = [key for key in named if key != _ALL_GASES] if bare else named
        members = set(ages) | {(m.dimension, m.key) for m in mentions if m.kind == "member"}
        per = divided_by or _strongest(mention.key for mention in mentions if mention.kind == "qualifier")
        metrics, per = self._averaged(self._specific(self._cut_out([*named, *scattered], members)), per)
        return Concept(
            metrics=metrics,
            per=per,
            members=frozenset(members),
            dimensions=frozenset(m.key for m in mentions if m.kind == "dimension"),
            codes=codes,
            rest=tuple(term for n, term in enumerate(terms) if n not in explained),
            order=tuple(dict.fromkeys(m.key for m in mentions)),
        )

    def _averaged(self, keys: frozenset[str], per: str | None) -> tuple[frozenset[str], str | None]:
        """Read a total per head as the average it is, and an average per head as the average."""
        if per != _HEAD:
            return keys, per
        means = {metric.average_of: metric.key for metric in self.metrics.values() if metric.average_of}
        averages = frozenset(means.get(key, key) for key in keys)
        settled = bool(averages) and all(self.metrics[key].kind == "average" for key in averages)
        return (averages, None) if settled else (keys, per)

    def regrouped(self, concept: Concept) -> Concept:
        """Read a total and a group as the metric that counts the group, as `concept` does for a text."""
        members = set(concept.members)
        metrics = self._specific(self._cut_out(sorted(concept.metrics), members))
        metrics, per = self._averaged(metrics, concept.per)
        return replace(concept, metrics=metrics, per=per, members=frozenset(members))

    def _cut_out(self, keys: Sequence[str], members: set[Member]) -> list[str]:
        """Read a total and a group as the metric that counts the group: full-time of all employees."""
        found = list(keys)
        for metric in self.metrics.values():
            if metric.group is None or metric.group not in members:
                continue
            if metric.key in found:
                members.discard(metric.group)
            elif metric.parent in found:
                members.discard(metric.group)
                found = [key for key in found if key != metric.parent] + [metric.key]
        return found

    def _words(self, text: str) -> frozenset[str]:
        """Split folded text into words of content: stems, and Chinese words of two characters or more."""
        rewritten = self.synonyms.rewrite(text.lower())
        latin = {term for term in self.terms(text) if term.isascii() and term not in _FUNCTION}
        return frozenset(latin | {word for run in _HAN.findall(rewritten) for word in cut(run) if len(word) > 1})

    def _inside(self, text: str) -> frozenset[int]:
        """Number the terms of a folded text that stand within a Chinese word and do not open it."""
        found: set[int] = set()
        count = 0
        for piece in _PIECE.findall(self.synonyms.rewrite(_scopes_apart(text.lower()))):
            if not _HAN.match(piece):
                count += len(split_terms(piece))
                continue
            for word in cut(piece):
                found.update(range(count + 1, count + len(word)))
                count += len(word)
        return frozenset(found)

    def _clipped(self, name: str) -> bool:
        """Tell whether a Chinese name has a word of one character, which its words of content leave out."""
        pieces = (piece for run in _HAN.findall(self.synonyms.rewrite(name)) for piece in cut(run))
        return any(len(piece) == 1 and piece not in _PARTICLES for piece in pieces)

    def _within(self, terms: tuple[str, ...], words: frozenset[str]) -> bool:
        """Tell whether a mention says nothing that a longer, scattered phrase does not say."""
        characters = {character for word in words if not word.isascii() for character in word}
        return all(term in words or term in characters or term in _FUNCTION for term in terms)

    def _scattered(self, words: frozenset[str], *, rates: bool) -> tuple[list[str], frozenset[str]]:
        """Find the metric whose phrase has all its words in a text, in any order, when none is longer."""
        count: Counter[frozenset[str]] = Counter()
        for word in words:
            count.update(self.bags_of.get(word, ()))
        whole = [bag for bag, n in count.items() if n == len(bag)]
        longest = max((len(bag) for bag in whole), default=0)
        best = [bag for bag in whole if len(bag) == longest]
        keys = sorted({key for bag in best for key in self.bags[bag]})
        if not rates and any(self.metrics[key].kind == "rate" for key in keys):
            return [], frozenset()
        return (keys, frozenset().union(*best)) if len(keys) == 1 else ([], frozenset())

    @cached_property
    def bags(self) -> dict[frozenset[str], tuple[str, ...]]:
        """Names of two or more words of content as sets of words, with the one metric they name."""
        found: dict[frozenset[str], set[str]] = {}
        for metric in self.metrics.values():
            for name in (metric.zh_hant, metric.zh_hans, metric.en, *metric.words):
                bag = self._words(fold(name))
                latin = [term for term in self.terms(fold(name)) if term.isascii() and term not in _FUNCTION]
                if len(latin) > len(set(latin)):
                    continue  # "scope 3 category 3": a set of words does not tell that it needs both
                if len(bag) > 1 and not _ASKING.search(fold(name)) and not self._clipped(fold(name)):
                    found.setdefault(bag, set()).add(metric.key)
        return {bag: tuple(keys) for bag, keys in found.items() if len(keys) == 1}

    @cached_property
    def bags_of(self) -> dict[str, tuple[frozenset[str], ...]]:
        """The word sets that hold a word."""
        found: dict[str, list[frozenset[str]]] = {}
        for bag in self.bags:
            for term in bag:
                found.setdefault(term, []).append(bag)
        return {term: tuple(bags) for term, bags in found.items()}

    def ancestors(self, key: str) -> Iterator[str]:
        """The totals a metric is part of, nearest first."""
        parent = self.metrics[key].parent if key in self.metrics else None
        while parent is not None and parent in self.metrics:
            yield parent
            parent = self.metrics[parent].parent

    def children(self, key: str) -> list[str]:
        """The metrics whose total this is."""
        return [metric.key for metric in self.metrics.values() if metric.parent == key]

    def related(self, one: str, other: str) -> bool:
        """Tell whether two metrics are the same or one is part of the other."""
        return one == other or one in self.ancestors(other) or other in self.ancestors(one)

    def beyond(self, key: str, total: str) -> bool:
        """Tell a part of a total that lies beyond what the total is usually summed of: Scope 3 of all emissions."""
        metric, above = self.metrics[key], {key, *self.ancestors(key)}
        part = key != total and total in above and not (metric.sums or metric.joins)
        return part and above.isdisjoint(self.metrics[total].sums)

    def _specific(self, keys: Iterable[str]) -> frozenset[str]:
        found = frozenset(keys)
        for key in found:  # a total and more of its parts than it is usually summed of: all of them, Scopes 1 to 3
            sums = set(self.metrics[key].sums)
            below = {other for other in found if key in self.ancestors(other)}
            held = {part for one in below for part in (one, *self.metrics[one].sums, *self.metrics[one].joins)}
            if sums and sums <= held and any(self.beyond(one, key) for one in below):
                found -= below
        totals = {ancestor for key in found for ancestor in self.ancestors(key)}
        parts = {part for key in found - totals for part in (*self.metrics[key].joins, *self.metrics[key].sums)}
        return found - totals - parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms:
    """Everyday words and the phrases' own words for them."""

    stems: dict[str, str] = field(default_factory=dict)  # Latin stem -> the stem it stands for
    han: dict[str, str] = field(default_factory=dict)  # folded Chinese word -> the word it stands for
    pattern: re.Pattern[str] | None = None  # any key of `han`, longest first

    def rewrite(self, text: str) -> str:
        """Put the phrases' own words for everyday ones, and take out the "how much" that parts 用 from 水."""
        if self.pattern is None:
            return text
        return _HOW_MUCH.sub("", self.pattern.sub(lambda match: self.han[match.group()], text))


_NO_SYNONYMS = Synonyms()


def split_terms(text: str, synonyms: Synonyms = _NO_SYNONYMS) -> tuple[str, ...]:
    """Split folded text into matching terms: single Chinese characters, stemmed words, numbers.

    >>> split_terms(fold("範疇二 Emissions in 2022"))
    ('范', '畴', '2', 'emiss', 'in', '2022')
    """
    lowered = synonyms.rewrite(_scopes_apart(text.lower()))
    terms: list[str] = []
    for match in _TERM.finditer(lowered):
        term = match.group()
        if terms and terms[-1] == "scope":
            term = _WORD_DIGITS.get(term, term)
        scope = re.fullmatch(r"scope([123])", term)
        if scope:
            terms += ["scope", scope[1]]
        else:
            stemmed = stem(term)
            terms.append(synonyms.stems.get(stemmed, stemmed))
    return tuple(terms)


def _scopes_apart(text: str) -> str:
    """Write scopes of emissions alike, 範圍二 as 范畴2, and a range of them as all that it spans."""
    spanned = _SCOPE_RANGE.sub(r"\g<scope>1 and \g<scope>2 and \g<scope>3 ", text)
    return _SCOPE.sub(lambda m: f"范畴{_HAN_DIGITS.get(m['han'], m['han'])} ", spanned)


def stem(word: str) -> str:
    """Reduce an English word to its stem; anything else stays as it is."""
    if word in _WHOLE:
        return word
    return _stemmer().stemWord(word.removesuffix("'s")) if word.isascii() and word[0].isalpha() else word


_EMITTED = "A1"
_ALL_GASES = "ghg_total"
_BARE_EMISSIONS = frozenset({"emiss", "emit", "排", "放", "量", "总"})
_WHOLE = frozenset({"production", "productivity"})  # no stem tells them from products


@cache
def bundled_lexicon() -> Lexicon:
    """Load the lexicon that ships with the package."""
    return read_lexicon(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))


def read_lexicon(text: str) -> Lexicon:
    """Read a lexicon from TOML."""
    tables = tomllib.loads(text)
    metrics = {table["key"]: _metric(table) for table in tables.get("metric", [])}
    qualifiers = {table["key"]: _word(table) for table in tables.get("qualifier", [])}
    dimensions = {table["key"]: _word(table) for table in tables.get("dimension", [])}
    members = {(table["dimension"], table["key"]): _word(table) for table in tables.get("breakdown", [])}
    synonyms = _synonyms(tables.get("synonym", []))
    bare = {split_terms(fold(table["word"])) for table in tables.get("synonym", [])}
    phrases: dict[tuple[str, ...], dict[tuple[str, str, str], None]] = {}

    def add(name: str, meaning: tuple[str, str, str]) -> None:
        terms = split_terms(fold(name), synonyms)
        emptied = terms in bare and terms != split_terms(fold(name))  # "workforce" would stand for any employee
        if terms and not emptied:
            phrases.setdefault(terms, {})[meaning] = None

    for metric in metrics.values():
        for name in (metric.zh_hant, metric.zh_hans, metric.en, *metric.words):
            add(name, ("metric", metric.key, ""))
    for kind, words in (("qualifier", qualifiers), ("dimension", dimensions)):
        for word in words.values():
            for name in (*word.zh, *word.en):
                add(name, (kind, word.key, ""))
    for word in members.values():
        for name in (*word.zh, *word.en):
            add(name, ("member", word.key, word.dimension))
    return Lexicon(
        metrics=metrics,
        qualifiers=qualifiers,
        dimensions=dimensions,
        members=members,
        phrases={terms: _meant(meanings) for terms, meanings in phrases.items()},
        longest=max((len(terms) for terms in phrases), default=0),
        synonyms=synonyms,
        denominators=read_denominators({key: word.over for key, word in qualifiers.items() if any(word.over)}),
    )


def _synonyms(tables: Sequence[dict[str, Any]]) -> Synonyms:
    stems = {stem(word): stem(table["word"]) for table in tables for word in table.get("en", ())}
    han = {fold(word): fold(table["word"]) for table in tables for word in table.get("zh", ())}
    longest_first = sorted(map(re.escape, han), key=len, reverse=True)
    pattern = re.compile("|".join(longest_first)) if han else None
    return Synonyms(stems=stems, han=han, pattern=pattern)


def _meant(meanings: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    """A phrase that names a metric names no group of people besides: "full-time employees" is counted, not cut."""
    held = tuple(meanings)
    metrics = tuple(meaning for meaning in held if meaning[0] == "metric")
    return metrics or held


def age_name(member: str, language: Language) -> str:
    """Write an age band for a reader.

    >>> age_name("-30", "en"), age_name("30-50", "zh-Hant")
    ('aged 30 and under', '30 至 50 歲')
    """
    low, high = member.split("-")
    if language == "en":
        if not low:
            return f"aged {high} and under"
        return f"aged {low}-{high}" if high else f"aged over {low}"
    years = "歲" if language == "zh-Hant" else "岁"
    if not low:
        return f"{high} {years}以下"
    return f"{low} 至 {high} {years}" if high else f"{low} {years}以上"


def _ages(text: str) -> tuple[frozenset[Member], str]:
    found: set[Member] = set()

    def take(match: re.Match[str]) -> str:
        named = {name: value for name, value in match.groupdict().items() if value}
        if len(named) == 2:
            low, high = named.values()
            found.add(("age", f"{low}-{high}"))
        else:
            ((name, value),) = named.items()
            found.add(("age", f"-{value}" if name.startswith("under") else f"{value}-"))
        return " "

    written = _SPELT_AGE.sub(lambda match: _TENS[match["tens"].lower()], _HAN_AGE.sub(_digits, text))
    rest = _AGE.sub(take, _AGED.sub(r"\g<whom>aged ", written))
    if _AGE_SIGN.fullmatch(rest.strip()) or _OF_AGE.search(text):
        rest = _AGE_SIGN.sub(take, rest)
    return frozenset(found), rest


def _digits(match: re.Match[str]) -> str:
    """Write 三十 or 五十五 as 30 or 55."""
    tens, ones = match["tens"], match["ones"]
    return f"{_HAN_NUMERALS.index(tens) if tens else 1}{_HAN_NUMERALS.index(ones) if ones else 0}"


def _strongest(keys: Iterable[str]) -> str | None:
    """Choose a named denominator over the bare word intensity."""
    found = sorted(set(keys), key=lambda key: (key == "intensity", key))
    return found[0] if found else None


def _metric(table: dict[str, Any]) -> Metric:
    better = 1 if table.get("higher_is_better") else -1 if table.get("lower_is_better") else 0
    return Metric(
        key=table["key"],
        zh_hant=table["zh_hant"],
        zh_hans=table["zh_hans"],
        en=table["en"],
        words=(*table.get("words_zh", ()), *table.get("words_en", ())),
        units=tuple(table.get("units", ())),
        kind=table["kind"],
        codes=tuple(table.get("codes", ())),
        aspect=table["aspect"],
        parent=table.get("parent"),
        breakdowns=tuple(table.get("breakdowns", ())),
        group=(table["group"][0], table["group"][1]) if "group" in table else None,
        average_of=table.get("average_of"),
        rate_of=table.get("rate_of"),
        way_of=table.get("way_of"),
        sums=tuple(table.get("sums", ())),
        joins=frozenset(table.get("joins", ())),
        better=better,
    )


def _word(table: dict[str, Any]) -> Word:
    return Word(
        key=table["key"],
        zh=tuple(table["zh"]),
        en=tuple(table["en"]),
        dimension=table.get("dimension", ""),
        over=(tuple(map(fold, table.get("over_zh", ()))), tuple(map(fold, table.get("over_en", ())))),
        joins=frozenset(table.get("joins", ())),
    )


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
