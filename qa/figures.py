"""Choose the series a question asks for, or say why none is."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from index.lexicon import Concept, Lexicon, Member, split_terms
from index.script import fold
from index.units import Unit, counted_unit, read_unit
from index.words import tokens
from qa.asking import asking_words
from qa.catalogue import Catalogue, Series
from qa.linking import Link
from qa.parts import PART_WORDS
from qa.phrases import CHINESE, ENGLISH, THINGS
from qa.proper import Proper
from qa.question import Question, dated_terms
from qa.rarity import rarity
from qa.topics import settle

Absence = Literal["unknown", "boundary", "measure"]

_LISTED = re.compile(
    r"\band\b(?!\s+(?:by\s+)?(?:how|what|when|why|who|where|which)\b)|\bplus\b|&|;|\+|和|与|及|、|同埋|跟|以及|各", re.I
)
PERCENT = re.compile(r"百分之|百分比|[几多]个?点(?!钟)|\bper\s?cent|\bpct\b|percentage|%", re.I)
_MEASURES = frozenset({"share", "duration", "days", "mass", "ghg_mass", "energy", "volume", "area", "money"})
_MODEL = re.compile(r"(?!fy)[a-z]{1,4}\d{2,4}[a-z]{0,2}|\d{3}[a-z]s?")  # a type of aircraft, car or ship
_EXCLUDES = frozenset("outside except excluding besides 以外 之外 除 除了 除去 撇除 撇开 不包括 不含".split())
_OUTSIDE_SEVERAL = re.compile(  # outside China and Hong Kong: the second is not asked for either
    r"\b(?:outside|except|excluding|other\s+than)\s+(?:of\s+)?(?:the\s+)?[a-z]+(?:\s+[a-z]+)?\s+(?:and|or)\s+(?:the\s+)?[a-z]+"
    r"|[和与及或、][\u3400-\u9fff]{2,4}(?:以外|之外)",
    re.I,
)
_PLACES = frozenset("港澳台臺美英日韩法德京沪粤男女")  # single characters that may name a group
_COMPARING = frozenset({"change", "percent_change", "ratio", "highest", "lowest"})
_COMPARED = frozenset({"exceed", "exceeds", "exceeded", "高出", "高于", "低于", "超出", "多出"})
_RATE = re.compile(r"(?<!效)(?<!频)率(?![先领])|\brates?\b", re.I)
_PER_UNIT = re.compile(r"\s*(?:per\b|每)|.*[/／]", re.I)  # a unit that no table knows: "per million customers"
_EACH = re.compile(r"(?:\b(?:per|every|each)|每)\s*(?:one\s+)?(?P<number>\d[\d,.]*)", re.I)
_RARE = 0.9  # rarity from which a word is said only by all of its characters
_TELLING = 0.5  # rarity from which a Chinese word of one character says something
_EARLIER = re.compile(r"\b(?:before|prior|previous\w*|original\w*|earlier|pre)\b|前|原|早前|先前|之前", re.I)
_RESTATED = frozenset({"restated", "restatement", "经", "重列", "经重列", "重述", "经重述"})
_GROUP_WORDS = {  # what the groups of a breakdown are called when one of them is asked for
    "region": ("city", "cities", "region", "regions", "place", "城市", "地区"),
    "gender": ("gender", "sex", "性别"),
    "age": ("age", "ages", "年龄", "年龄层"),
}
_STAFF_SHARE, _STAFF = frozenset({"workforce_share"}), frozenset({"employees_total"})
_REVENUE = "per_revenue"  # what "intensity" without a denominator is understood as, when several are printed


_RECYCLED = re.compile(
    r"\brecycl|\brecover|\breus|\breclaim|\bsalvag|\bused?\s+again|second\s+life|回收|循环|再造|再用|再生|重用|利用|中水|翻用",
    re.I,
)
_NARROWED = (  # what a label says that a row counts less than all of
    re.compile(
        r"contract[eo]r|outsourc|third[\s-]party\s+(?:staff|workers)|外包|外判|承[包建办]商|分包|判头|二判", re.I
    ),
    re.compile(r"voluntar|自愿|主动离", re.I),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing a question asks for: one set of metrics for one group."""

    metrics: frozenset[str]
    per: str | None
    members: frozenset[Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The series chosen for a target, with how sure the choice is."""

    target: Target
    series: Series | None
    score: float
    rivals: tuple[Series, ...] = ()  # others that fit almost as well
    absence: Absence | None = None  # why there is no series
    near: tuple[Series, ...] = ()  # the same metric in other cuts
    parts: tuple[Series, ...] = ()  # the series whose sum is the target, when the report prints no total


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the tables hold for a question."""

    matches: tuple[Match, ...]
    residue: tuple[str, ...]  # content words of the question that nothing explains
    links: tuple[Link, ...] = ()  # how the metric was found, when no name of it stands in the question

    @property
    def found(self) -> tuple[Match, ...]:
        """The matches that have a series, or the parts of one."""
        return tuple(match for match in self.matches if match.series is not None or match.parts)


def choose(
    question: Question,
    catalogue: Catalogue,
    *,
    names: Sequence[str],
    floor: float = 2.2,
) -> Choice:
    """Match a question with the series of one report; `names` are the company's, which explain themselves.

    A series is chosen when lexicon, label, denominator and group agree to at least `floor`, and the question holds no
    word of content that neither the lexicon nor the series' labels explain.
    """
    question = settle(question, catalogue.lexicon)
    asked = _Asked(replace(question, concept=as_printed(question.concept, catalogue)), names, catalogue.proper)
    return _by_name(asked, catalogue, floor)


def as_printed(concept: Concept, catalogue: Catalogue) -> Concept:
    """Name a metric that counts one group, such as part-time employees, as the report prints it: by total and group."""
    metrics, printed = catalogue.lexicon.metrics, {key for s in catalogue.series for key in s.metrics | s.part_of}
    keys, members = set(concept.metrics), set(concept.members)
    for key in concept.metrics - printed:
        parent, group = metrics[key].parent, metrics[key].group
        if parent is None or group is None:
            continue
        others = {member for member in members if member[0] == group[0]}
        if others or any(parent in s.metrics | s.part_of and group in s.members for s in catalogue.series):
            keys = keys - {key} | {parent}
            members |= set() if others else {group}
    return replace(concept, metrics=frozenset(keys), members=frozenset(members))


def by_headcount(question: Question, catalogue: Catalogue) -> Question:
    """Ask for a share of the staff by their numbers, where the report prints numbers of that group and no share."""
    concept = question.concept
    if concept.metrics != _STAFF_SHARE or not concept.members or question.operation not in ("lookup", "share"):
        return question
    held = [series for series in catalogue.series if series.members == concept.members and series.per is None]
    printed = any(series.metrics == _STAFF_SHARE for series in held)
    counted = any(series.metrics == _STAFF and series.unit not in ("%", "pp") for series in held)
    if printed or not counted:
        return question
    return replace(question, operation="share", concept=replace(concept, metrics=_STAFF), unit=None)


def joined_members(concept: Concept, catalogue: Catalogue) -> frozenset[Member]:
    """Name groups that are asked for together as the one group they make, where the report prints only that one."""
    printed = {m for s in catalogue.series if s.metrics & concept.metrics for m in s.members}
    members = concept.members
    joining = {key: word.joins for key, word in catalogue.lexicon.members.items() if word.joins}
    for key, joins in joining.items():
        dimension = key[0]
        named = {member[1] for member in members if member[0] == dimension}
        spread = frozenset[str]().union(*(joining.get((dimension, name), {name}) for name in named))
        apart = len(named) > 1 and all((dimension, name) in printed for name in named)
        if spread == joins and key in printed and not apart:
            members = frozenset(member for member in members if member[0] != dimension) | {key}
    return members


def divided(choice: Choice, question: Question, lexicon: Lexicon) -> bool:
    """Tell whether every row chosen is divided, where a question asks for an amount per something or a rate."""
    held = [match.series for match in choice.found if match.series]
    divides = question.divides and question.concept.per is None
    rate = question.operation not in ("share", "ratio", "percent_change") and asks_rate(question)
    return not (divides or rate) or all(is_divided(series, lexicon) for series in held)


def asks_rate(question: Question) -> bool:
    """Tell whether a question speaks of a rate, which no plain count answers."""
    return bool(_RATE.search(fold(question.text)))


def is_divided(series: Series, lexicon: Lexicon) -> bool:
    """Tell a row that is divided by something: by its metric, its unit or its label's words."""
    printed = series.printed_unit
    if any(lexicon.metrics[key].kind == "rate" for key in series.metrics | series.part_of):
        return True
    if any(_PER_UNIT.match(fold(figure.unit_text)) for held in series.cells.values() for figure in held.values()):
        return True
    named = any(_RATE.search(fold(" ".join(path))) for path in series.labels.values())
    return series.per is not None or series.unit in ("%", "pp") or named or bool(printed and "/" in printed.dimension)


def chosen(series: Sequence[Series]) -> Choice:
    """Take series that were found in another way as what a question asks for."""
    targets = [Target(metrics=one.metrics, per=one.per, members=one.members) for one in series]
    matches = [Match(target=target, series=one, score=0) for target, one in zip(targets, series, strict=True)]
    return Choice(matches=tuple(matches), residue=())


def is_narrower(series: Series, question: Question, lexicon: Lexicon) -> bool:
    """Tell a row whose label says that it is less than what is asked for: contractors' injuries, film recycled."""
    text = fold(f"{question.context} {question.text}")
    said = [fold(path[-1]) for path in series.labels.values()]
    asked = (fold(lexicon.metrics[key].en) for key in question.concept.metrics & series.metrics)
    kinds = _NARROWED if any(map(_RECYCLED.search, asked)) else (*_NARROWED, _RECYCLED)
    return any(all(kind.search(label) for label in said) and not kind.search(text) for kind in kinds)


def _by_name(asked: "_Asked", catalogue: Catalogue, floor: float) -> Choice:
    ranked = {series.row_key: _label_score(asked, series) for series in catalogue.series}
    named = _named(asked, catalogue)
    if named is not None:
        target = Target(metrics=named.metrics, per=named.per, members=named.members)
        found = Match(target=target, series=named, score=ranked[named.row_key])
        return Choice(matches=(found,), residue=_residue(asked, [named]))
    targets = _targets(asked.concept, catalogue)
    matches = [_match(target, asked, catalogue, ranked, floor) for target in targets]
    ways = {catalogue.lexicon.metrics[key].way_of for target in targets for key in target.metrics}
    if len({target.metrics for target in targets}) > 1 and not asked.listed and (None in ways or len(ways) > 1):
        matches = [_likeliest(matches)]
    if not targets:
        matches = _by_label(asked, catalogue, ranked, floor)
    residue = _residue(asked, [match.series for match in matches if match.series])
    return Choice(matches=tuple(matches), residue=residue)


def stray_numbers(question: Question) -> bool:
    """Tell whether a question holds a number that is no period, age, code or sum: it narrows down what is asked for."""
    dated = dated_terms(question)
    dated |= {
        term for each in _EACH.finditer(fold(question.text).lower()) for term in split_terms(each["number"])
    }  # of a divisor
    return any(term[0].isdigit() and term not in dated for term in question.concept.rest)


class _Asked:
    """A question's terms, prepared once for all series."""

    def __init__(self, question: Question, names: Sequence[str], proper: Proper) -> None:
        self.question = question
        self.concept = question.concept
        self.unit: Unit | None = question.unit
        self.words = f"{question.context} {question.text}".strip()
        self.terms = split_terms(fold(self.words))
        self.counts = Counter(self.terms)
        self.company = names
        self.proper = proper
        self.names = {term for name in names for term in split_terms(fold(name))}
        self.listed = question.together or bool(_LISTED.search(fold(question.text)))
        self.text = "\x1f".join(self.terms)
        plain = question.operation in ("lookup", "highest", "lowest", "trend")
        self.in_percent = plain and bool(PERCENT.search(fold(question.text)))
        self.counted = counted_unit(question.text) if plain else None


def _named(asked: _Asked, catalogue: Catalogue, *, shortest: int = 6) -> Series | None:
    """Find the one series whose whole printed label stands in the question and says all that the question says."""
    found: dict[str, tuple[int, Series]] = {}
    for series in catalogue.series:
        for edition, own in series.own_terms.items():
            if len(own) < shortest or "\x1f".join(own) not in asked.text:
                continue
            said = catalogue.lexicon.concept(series.labels[edition][-1])
            if asked.concept.metrics <= said.metrics and asked.concept.members <= said.members:
                found[series.row_key] = (len(own), series)
    longest = max((length for length, _ in found.values()), default=0)
    best = [series for length, series in found.values() if length == longest]
    return best[0] if len(best) == 1 else None


def _targets(concept: Concept, catalogue: Catalogue) -> list[Target]:
    if not concept.metrics:
        return []
    whole = any(series.metrics == concept.metrics for series in catalogue.series)
    keys = _joined_metrics(concept.metrics, catalogue)
    keys -= {part for key in keys for part in catalogue.lexicon.metrics[key].sums}  # "Scope 1 and 2" names no Scope 1
    metrics = [concept.metrics] if whole else [frozenset({key}) for key in sorted(keys)]
    by_dimension: dict[str, list[Member]] = {}
    for member in sorted(joined_members(concept, catalogue)):
        by_dimension.setdefault(member[0], []).append(member)
    for dimension in sorted(concept.dimensions - set(by_dimension)):
        cut = {m for s in catalogue.series if s.metrics == concept.metrics for m in s.members if m[0] == dimension}
        if cut:
            by_dimension[dimension] = sorted(cut)
    groups = [frozenset(group) for group in product(*by_dimension.values())]
    together = frozenset(member for held in by_dimension.values() for member in held)
    if len(groups) > 1 and printed_together(together, concept.metrics, catalogue):
        groups = [together]
    return [Target(metrics=m, per=concept.per, members=group) for m in metrics for group in groups]


def printed_together(members: frozenset[Member], metrics: frozenset[str], catalogue: Catalogue) -> bool:
    """Tell groups that a report prints in one row, "Hong Kong, Macau and overseas", and not each in its own."""
    held = [s.members for s in catalogue.series if not metrics or metrics & (s.metrics | s.part_of)]
    return members in held and not any(one < members for one in held if one)


def _joined_metrics(keys: frozenset[str], catalogue: Catalogue) -> frozenset[str]:
    """Name metrics as the report prints them: injuries and deaths in one row, or each in its own."""
    printed = frozenset(key for series in catalogue.series for key in series.metrics)
    ways = {key: metric.way_of for key, metric in catalogue.lexicon.metrics.items() if key in printed and metric.way_of}
    ways = {key: of for key, of in ways.items() if of in keys - printed}
    keys = keys - set(ways.values()) | set(ways)
    for metric in catalogue.lexicon.metrics.values():
        if not metric.joins:
            continue
        if metric.key in keys and metric.key not in printed and metric.joins <= printed:
            keys = keys - {metric.key} | metric.joins
        elif metric.joins <= keys and metric.key in printed and not metric.joins <= printed:
            keys = keys - metric.joins | {metric.key}
    return keys


def _match(target: Target, asked: _Asked, catalogue: Catalogue, labels: dict[str, float], floor: float) -> Match:
    lexicon = catalogue.lexicon
    related = [s for s in catalogue.series if _kinship(target.metrics, s.metrics, lexicon) > 0]
    scored = sorted(
        ((_score(target, asked, series, labels[series.row_key], lexicon), series) for series in related),
        key=lambda pair: (-pair[0], pair[1].row_key),
    )
    same = tuple(s for s in related if s.metrics == target.metrics)
    printed = any(s.per == target.per and s.members == target.members for s in same)
    parts = () if printed else _parts_of(target, catalogue.series, lexicon)
    if parts:
        return Match(target=target, series=None, score=floor, parts=parts)
    scored = _without_parts(target, scored, labels)
    if not scored or scored[0][0] < floor:
        if not related:
            return Match(target=target, series=None, score=0, absence="unknown")
        fits_members = any(s.members == target.members for s in same)
        absence: Absence = "measure" if fits_members or not target.members else "boundary"
        return Match(
            target=target,
            series=None,
            score=scored[0][0] if scored else 0,
            absence=absence if same else "unknown",
            near=same or tuple(related),
        )
    best, series = scored[0]
    part = _named_part(target, series, asked, catalogue, labels)
    if part is not None:
        return Match(target=target, series=part, score=labels[part.row_key], near=same)
    rivals = tuple(s for score, s in scored[1:] if score > best - 0.4 and s.metrics != series.metrics)
    return Match(
        target=target, series=series, score=best, rivals=rivals, near=tuple(s for s in same if s is not series)
    )


def _named_part(
    target: Target, whole: Series, asked: _Asked, catalogue: Catalogue, labels: dict[str, float]
) -> Series | None:
    """Find the part of a metric whose words a question says, more of them than of the whole's label, if just one."""
    own = {term for terms in whole.terms.values() for term in terms}
    found = [
        series
        for series in catalogue.series
        if target.metrics <= series.part_of
        and (series.members, series.per, series.unit) == (target.members, whole.per, whole.unit)
        and labels[series.row_key] > labels[whole.row_key]
        and any((set(terms) - own) & asked.counts.keys() for terms in series.own_terms.values())
    ]
    return found[0] if len(found) == 1 else None


def _parts_of(target: Target, related: Sequence[Series], lexicon: Lexicon) -> tuple[Series, ...]:
    """Find the series whose sum is what a target means: Scopes 1 and 2 for all emissions."""
    if target.per or len(target.metrics) != 1:
        return ()
    whole = next(iter(target.metrics))
    wanted = lexicon.metrics[whole].sums
    if any(lexicon.beyond(key, whole) for series in related for key in series.metrics):
        return ()  # a report that prints Scope 3 means more by all emissions than Scopes 1 and 2
    found = [
        next((s for s in related if s.metrics == {key} and not s.per and s.members == target.members), None)
        for key in wanted
    ]
    parts = [series for series in found if series is not None]
    complete = len(parts) == len(wanted) > 0 and len({series.unit for series in parts}) == 1
    return tuple(parts) if complete else ()


def _without_parts(
    target: Target, scored: list[tuple[float, Series]], labels: dict[str, float], *, named: float = 1.5
) -> list[tuple[float, Series]]:
    """Let a part stand for the total asked only where the report has one such part, or the question names its label."""
    kinds = {series.metrics for _, series in scored if series.metrics != target.metrics and series.per == target.per}
    if len(kinds) <= 1:
        return scored
    return [(s, series) for s, series in scored if series.metrics == target.metrics or labels[series.row_key] >= named]


def _likeliest(matches: Sequence[Match]) -> Match:
    """Of several metrics named in one breath, none listed beside another, answer for none that leaves one unknown."""
    unknown = next((match for match in matches if match.series is None and not match.parts), None)
    if unknown is not None:
        return unknown
    best = max(matches, key=lambda match: match.score)
    return Match(
        target=best.target,
        series=None,
        score=best.score,
        absence="measure",
        near=tuple(m.series for m in matches if m.series),
    )


def _score(target: Target, asked: _Asked, series: Series, label: float, lexicon: Lexicon) -> float:
    """Add up the evidence that a series is what a target means; a disagreement costs more than any label is worth."""
    score = 3.0 * _kinship(target.metrics, series.metrics, lexicon) + label
    score += _denominator(target.per, series.per)
    if target.members == series.members:
        score += 0.5
    else:
        score -= 4.0 * len(target.members - series.members) + 3.0 * len(series.members - target.members)
    if is_narrower(series, asked.question, lexicon):
        score -= 4.0
    printed = series.printed_unit
    if asked.in_percent and series.unit not in ("%", "pp"):
        score -= 4.0
    if asked.counted is not None and not countable(asked.counted, printed):
        score -= 4.0
    if asked.unit is not None and printed is not None:
        score += (
            0.4 if unit_asked(asked.unit, printed) is not None else -1.0 if series.unit not in ("%", "pp") else -4.0
        )
    return score


def countable(asked: Unit, printed: Unit | None) -> bool:
    """Tell whether what "how many" counts can be what a row counts; counts of things go by many names, or by none."""
    if printed is None:
        return asked.dimension.split("/")[0] not in _MEASURES
    kinds = {unit.dimension.split("/")[0] for unit in (asked, printed)}
    return len(kinds) == 1 or not kinds & _MEASURES or kinds <= {"mass", "ghg_mass", "co2_mass"}


def unit_asked(asked: Unit, printed: Unit) -> Unit | None:
    """The unit a figure can be stated in when one is asked for; a mass of gas stays one of CO₂ equivalent."""
    if asked.dimension == "mass" and printed.dimension == "ghg_mass":
        return read_unit(f"{asked.symbol}CO2e")
    return asked if asked.dimension == printed.dimension else None


def _kinship(asked: frozenset[str], held: frozenset[str], lexicon: Lexicon) -> float:
    """1 for the same metrics, less for a part where the total is asked; 0 for strangers."""
    if not asked or not held:
        return 0.0
    if asked == held:
        return 1.0
    below = all(any(a in lexicon.ancestors(h) for a in asked) for h in held)
    return 0.45 if below else 0.0


def _denominator(asked: str | None, held: str | None) -> float:
    if asked == held:
        return 0.5
    if asked == "intensity" and held is not None:
        return 0.4 if held == _REVENUE else 0.1
    return -3.0


def _label_score(asked: _Asked, series: Series) -> float:
    """Score how much of a series' printed label stands in the question: 2.5 for all of it in one run."""
    best = 0.0
    for edition, own in series.own_terms.items():
        if not own:
            continue
        path = series.terms[edition]
        best = max(best, _overlap(asked, own), _overlap(asked, path) + (0.2 if len(path) > len(own) else 0))
    return best


def _overlap(asked: _Asked, label: tuple[str, ...]) -> float:
    if "\x1f".join(label) in asked.text:
        return 2.3 + min(len(label), 20) / 100
    content = [term for term in label if term not in ENGLISH]
    if not content:
        return 0.0
    covered = sum((Counter(content) & asked.counts).values())
    recall = covered / len(content)
    precision = covered / max(1, len([t for t in asked.terms if t not in ENGLISH]))
    return 1.5 * (2 * recall * precision / (recall + precision)) if covered else 0.0


def _by_label(asked: _Asked, catalogue: Catalogue, labels: dict[str, float], floor: float) -> list[Match]:
    """Choose by the printed label alone, for rows and questions the lexicon does not know."""
    ranked = sorted(catalogue.series, key=lambda series: (-labels[series.row_key], series.row_key))
    fitting = [
        s
        for s in ranked
        if labels[s.row_key] >= floor and asked.concept.members <= s.members and not _bare_group(s, catalogue)
    ]
    if not fitting:
        return []
    best = fitting[0]
    target = Target(metrics=best.metrics, per=best.per, members=best.members)
    return [Match(target=target, series=best, score=labels[best.row_key])]


def _bare_group(series: Series, catalogue: Catalogue) -> bool:
    """Tell a row whose own label says nothing but a group, "Macau", where other rows are called so too."""
    said = [catalogue.lexicon.concept(path[-1]) for path in series.labels.values()] if series.members else []
    if not any(one.members and not one.metrics and not one.rest for one in said):
        return False
    own = {fold(path[-1]) for path in series.labels.values()}
    return any(
        fold(path[-1]) in own for other in catalogue.series if other is not series for path in other.labels.values()
    )


def unexplained(question: Question, names: Sequence[str], series: Iterable[Series]) -> tuple[str, ...]:
    """Find the words of content that neither the series nor plain asking explain."""
    return _residue(_Asked(question, names, Proper(())), series)


def _residue(asked: _Asked, chosen: Iterable[Series]) -> tuple[str, ...]:
    """Find the question's words of content that neither lexicon, label, period, company nor plain asking explain."""
    chosen = list(chosen)
    explained = {term for series in chosen for terms in series.terms.values() for term in terms} | asked.names
    rest = asked.concept.rest
    left = {term for term in rest if term not in explained}
    settled = {*tokens(asked.question.period_words), *unit_words(asked.words)}
    operation = asked.question.operation
    added = len(asked.concept.members) < 2 or asked.question.together
    if operation == "percent_change" or (operation == "share" and added):
        settled |= {"百分之几", "百分之多少"}
    marked = any(cell.restated for series in chosen for cells in series.cells.values() for cell in cells.values())
    restated = asked.question.ask != "yes_no" and not _EARLIER.search(fold(asked.words))
    if marked or restated:  # what a report prints now is what it restated
        settled |= _RESTATED
    if operation in _COMPARING:
        settled |= _COMPARED
        cut = {dimension for dimension, _ in asked.concept.members}
        settled |= {word for dimension in cut for word in _GROUP_WORDS.get(dimension, ())}
    if operation in ("highest", "lowest"):
        settled |= PART_WORDS
    found: list[str] = []
    outside = _OUTSIDE_SEVERAL.search(fold(asked.words)) if asked.concept.members else None
    if outside:
        found.append(outside.group())
    for token in asked.proper.joined(tokens(asked.words), apart=CHINESE | asking_words()):
        if token in _EXCLUDES and asked.concept.members and (left & set(split_terms(token)) or set(token) <= left):
            found.append(token)  # the groups named are those that are not asked for
            continue
        if token in settled or read_unit(token.lstrip("多几")) is not None:
            continue
        if "\u3400" <= token[0] <= "\u9fff":
            unsaid = "".join(character for character in token if character in left)
            partly = len(unsaid) < min(2, len(token)) and not (unsaid and rarity(token) >= _RARE)
            if partly or token in CHINESE or unsaid in CHINESE or token in asking_words():
                continue
            if all(character in CHINESE for character in token):
                continue
            if len(token) == 1 and token not in _PLACES | THINGS and rarity(token) < _TELLING:
                continue
        else:
            stems = split_terms(token)
            named = _MODEL.fullmatch(token) is not None  # of an A330, whatever else is asked
            plain = (all(t in ENGLISH or not t.isalpha() for t in stems) and not named) or token in asking_words()
            if plain or not any(term in left for term in stems):
                continue
        found.append(token)
    return tuple(found)


def unit_words(text: str, *, longest: int = 5) -> set[str]:
    """Find the words of a text that name a unit: "cubic metres", 兆瓦時, "tonnes of CO2 equivalent"."""
    held = tokens(text)
    found: set[str] = set()
    for start in range(len(held)):
        for end in range(min(len(held), start + longest), start, -1):
            words = held[start:end]
            if read_unit(" ".join(words)) is not None or read_unit("".join(words)) is not None:
                found.update(words)
                break
    return found
