"""Tell what a table row speaks of: a metric, a group, a denominator, or a part that the lexicon does not know."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.columns import PARENTHESIS, is_plain
from index.lexicon import Concept, Lexicon, Member
from index.script import fold
from index.units import Unit, read_unit

LONGEST_CAPTION = 120  # characters; a longer text above a table is prose

_COVERAGE = re.compile(r"包括|包含|涵盖|覆盖|不含|不包括|include|exclud|cover", re.I)
_DENOMINATOR = {"money": "per_revenue", "person": "per_employee", "area": "per_area"}
_TOTAL = re.compile(
    r"^(?:(?:grand\s+|sub-?\s*|overall\s+)?total|overall|all(?:\s+(?:employees|staff|workers))?|[全所][体部有](?:员工|雇员)|合计|总计|总数|小计|总和|共计|整体)$",
    re.I,
)
SUB_ROW = re.compile(r"^\s*(?:[-–—•·▪◦*]\s*(?=\D)|其中|当中|of\s+which|including\b)", re.I)
_BY = re.compile(r"\s+by\s+|(?:\s+|^)(?:breakdown|distribution|composition|structure|profile)\b", re.I)
_HAN_BY = re.compile(
    r"按[^按、,。]{1,16}?(?:划分|分类|分布|统计|列示|呈列)的?"
    r"|按(?:性别|年龄(?:组别|段)?|地区|地域|职级|(?:雇员|员工|雇佣|聘用)?类[型别]|行业|业务(?:分部)?|用途|来源|部门|学历)的?"
)
_PEOPLE = re.compile(
    r"^(?:total\s+|our\s+|the\s+)?(?:(?:number|no\.)\s+of\s+)?(?:employees?|staff|workforce|headcount|workers|personnel)$"
    r"|^总?(?:员工|雇员|职工|人员|在职员工|劳动力)(?:总?人数|总数|数目|人数)?"
    r"(?:的?(?:构成|组成|分布|结构|概况|情况|划分|统计|明细))?$|^总?人数$",
    re.I,
)
_DIVISION = re.compile(  # a name above the labels that says what each row is one of
    r"(?:business\s+|operating\s+)?(?:sectors?|industry|industries|segments?|regions?|countr(?:y|ies)|sites?|plants?|factor(?:y|ies)"
    r"|locations?|departments?|functions?|grades?|divisions?)"
    r"|行业|地区|区域|国家|业务(?:分部|板块)?|分部|板块|部门|职级|级别|厂[房区]|工厂|地点|基地",
    re.I,
)
_NEUTRAL = re.compile(  # what a heading may say that neither measures nor counts: "B1 Employment", "Social data"
    r"^(?:(?:[a-z]\d{0,2}|(?:[a-z]\.?)?\d{1,2}(?:\.\d{1,2}){0,3}|[一二三四五六七八九十]{1,3}|[(（][一二三四五六七八九十\d]{1,3}[)）])\s*[.:、．]?\s*)?(?:environment(?:al)?|social|governance|(?:our\s+)?people|workplace|employment(?:\s+and\s+labou?r\s+practices)?"
    r"|indicators?|items?|metrics?|kpis?|key\s+performance\s+indicators?|categor(?:y|ies)|社会|环境|管治|雇佣(?:及劳工常规)?|员工|人力资源"
    r"|指标|项目|类别|关键绩效指标|(?:所在)?层面)(?:\s*(?:performance|data|indicators?|kpis?|绩效|数据|范畴|指标))?$",
    re.I,
)
_SAYS_PEOPLE = re.compile(r"\b(?:employees?|staff|workers)\b|员工|雇员|职工|人员", re.I)
_PEOPLE_ALONE = re.compile(
    r"(?:our\s+|the\s+)?(?:employees?|staff|workforce|headcount|workers|personnel)|员工|雇员|职工|人员|劳动力", re.I
)
_BARE_SHARE = re.compile(
    r"所?占?(?:比例|比|百分比|比率)(?:%)?|(?:percentage|proportion|share|%)(?:\s+of\s+total)?", re.I
)
_SHARE_OF_PEOPLE = frozenset({"workforce_share"})
_PEOPLE_COUNTED = frozenset({"employees_total"})
# What a label may say besides without meaning a part: how it counts, whom, and at which kind of place.
_COUNTING = frozenset(
    "all report total overal amount quantiti volum number no figur valu data the of in by at for from and or abov with "
    "to a an our group employe peopl person headcount produc generat consum consumpt usag use".split()
)
_HAN_COUNTING = re.compile(
    r"总[量数额计和]|合计|小计|整体|全[体部]|所有|(?:使|耗)?用量|消耗量|耗量|产生量|排放量|数[量目值据字]|人数|员工|本?集团|[的之总]"
)
_SITE = frozenset("plant factori site offic branch region area oper base district citi".split())
_HAN_SITE = re.compile(r"工厂|厂[房区]?|基地|办公室|办事处|分公司|地区|区域|园区|城市")
_TERM = re.compile(r"[^\s\u3400-\u9fff]+|[\u3400-\u9fff]")
_SHARE = frozenset(
    "percentag percent proport share ratio rate % 比 例 率 占 百 分".split()
)  # what a rate is called besides
_BEFORE = re.compile(r"(?<=.{2})[:：].*$|(?<=[A-Za-z]{3}),\s.*$")  # of "Fatalities, contractors" what stands behind
_NOTE = re.compile(r"\s*(?:注|附注|\bnotes?)\s*\d*\s*$", re.I)
_AS_AT = re.compile(  # the day or year that a heading says its table is of
    r"(?:\bas\s+)?\b(?:at|of|for|in|on)\s+(?:the\s+)?(?:(?:financial\s+)?year\s+)?(?:ended\s+|ending\s+)?"
    r"(?:\d{1,2}\s+[a-z]{3,9}|[a-z]{3,9}\s+\d{1,2}|year[\s-]end)?,?\s*(?:(?:19|20)\d\d)?\s*$"
    r"|(?:截至|截止|于)?(?:(?:19|20)\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})日|底)(?:止)?(?:年度)?的?",
    re.I,
)
PER_UNIT = re.compile(r"\s*(?:per\b|每)", re.I)  # what a rate is counted per, in a unit that nobody knows
_NUMBERED = re.compile(
    r"^\s*(?:tables?|charts?|figures?|表格?|图表?)\s*[\dA-Z一二三四五六七八九十]+(?:[.\-]\d+)*\s*[:：.、)）\-–—]?\s*",
    re.I,
)
_TABLE_NUMBER = re.compile(
    r"\s*(?:[Tt](?i:ables?)|[Cc](?i:harts?)|表格?|图表?)\s*(?:\d+|[A-Z](?![A-Za-z])|[一二三四五六七八九十]+(?![\u3400-\u9fff]))"
)
_TOPICS = re.compile(r"\s*[、,，;；/&]\s*|\s+and\s+|以及|[及和与]", re.I)
_SUMMED = re.compile(r"\btotals?\b|合计|总计|总数|小计|总和|共计|总[量额值]|^总", re.I)
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_GENDER = re.compile(r"\b(?:fe)?males?\b|\b(?:wo)?men\b|[男女]性?", re.I)
_OF_PEOPLE = frozenset({"gender", "age", "grade", "employment_type", "education"})
_COUNTED = frozenset({"person", "attendance", "time", "case", "company", "supplier", "piece", "item", "kind"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a row speaks of; of a part that only its label names, the whole is known and `concept` has no metric."""

    concept: Concept
    part: str = ""  # the label of a group that the lexicon does not know; empty: none
    part_of: frozenset[str] = frozenset()  # the metric that it is a part of
    otherwise: frozenset[str] = frozenset()  # what "Female employees" alone counts, where no column says more

    @property
    def bearing(self) -> Concept:
        """What notes may bear on: a note on the whole bears on its parts."""
        return replace(self.concept, metrics=self.concept.metrics or self.part_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What the rows above have said, as far as it reaches further down."""

    total: frozenset[str] = frozenset()  # the metric that rows which name a group alone break down
    amounts: tuple[tuple[str, str], ...] = ()  # metrics and what they are measured in, since the last intensity


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The words that stand around a table and may say what its rows count."""

    context: str  # the name above the labels
    caption: str  # a short text above the table
    title: str  # of the section


def read_subject(
    labels: Sequence[str], unit: Unit | None, above: Above, around: Surroundings, lexicon: Lexicon
) -> Subject:
    """Read what a row speaks of.

    A label that names only a total, a group or a denominator speaks of the metric that its heading, the row above,
    the header or the caption names. A label with other words in it names a part of that metric.
    """
    parts = [label_concept(label, lexicon) for label in labels]
    own = _measurable(parts[-1], unit, lexicon) if parts else Concept()
    members, per = set(own.members), own.per
    for part in reversed(parts[:-1]):
        per = per or part.per
        named = {dimension for dimension, _ in members}
        members |= {member for member in part.members if member[0] not in named}
    denominator = _per(unit)
    if denominator and (per is None or per == "intensity"):
        per = denominator
    concept = replace(own, members=frozenset(members), per=per)
    if not labels:
        return Subject(concept=concept)
    joined = _joined(labels, own, around, lexicon)
    if joined:
        rate = all(lexicon.metrics[key].rate_of for key in joined)
        return Subject(concept=replace(concept, metrics=joined, per=None if rate else per))
    unnamed = replace(concept, metrics=frozenset())
    outside = concept_of(lexicon, _BEFORE.sub("", PARENTHESIS.sub(" ", fold(labels[-1])))).metrics
    if outside and outside < own.metrics and dimensions_of(own.metrics - outside, lexicon) <= _COUNTED:
        return Subject(concept=unnamed, part=labels[-1], part_of=outside)
    share = own.metrics == _SHARE_OF_PEOPLE and is_bare_share(labels[-1])
    fits = _can_be(own.metrics, Concept(), unit, lexicon)
    cut = divided(labels, around, lexicon)
    site = _is_site(labels, own, lexicon)
    if own.metrics and not share and fits and not site and not (cut and unit is None):
        return Subject(concept=concept)
    groups = [group for key in own.metrics if (group := lexicon.metrics[key].group)]
    if groups and len(groups) == len(own.metrics):  # training hours of the full-time employees
        unnamed = replace(unnamed, members=unnamed.members | frozenset(groups))
    found = _inherited(labels, unnamed, unit, above, around, lexicon)
    emitted = unit is not None and unit.dimension.startswith("ghg_mass")  # by paper, which is not weighed here
    plain = fits or not (emitted or residue(labels[-1], lexicon))  # "Sales conduct" of the complaints measures no sales
    if found.part and own.metrics and plain and SUB_ROW.match(fold(labels[-1])):  # of the loans, those to clean energy
        return replace(found, concept=concept)
    if found.concept.metrics or found.part or found.otherwise or share:
        return found
    return Subject(concept=unnamed if _of_another_sort(own.metrics, unit, lexicon) else concept)


def _measurable(own: Concept, unit: Unit | None, lexicon: Lexicon) -> Concept:
    """Of several metrics that a label names, leave those that its unit measures: the share of what is bought."""
    fitting = frozenset(key for key in own.metrics if fits_unit(frozenset({key}), unit, lexicon))
    if fitting == _SHARE_OF_PEOPLE and own.metrics - fitting - _PEOPLE_COUNTED:
        return replace(own, metrics=frozenset())  # a share, but not of the people
    return replace(own, metrics=fitting) if len(own.metrics) > 1 and fitting else own


def _is_site(labels: Sequence[str], own: Concept, lexicon: Lexicon) -> bool:
    """Tell a label that names one site of a kind that is counted elsewhere: a data centre under its efficiency."""
    above = heading_metrics(labels[-2], lexicon) if len(labels) > 1 else ()
    counts = all(lexicon.metrics[key].kind == "count" for key in own.metrics)
    if not above or not counts or names_people(labels[-2]):
        return False
    apart = not any(lexicon.related(one, other) for one in own.metrics for other in above[0])
    measured = all(lexicon.metrics[key].kind != "count" for key in above[0])
    return apart and measured and bool(own.members or residue(labels[-1], lexicon))


def _inherited(
    labels: Sequence[str], concept: Concept, unit: Unit | None, above: Above, around: Surroundings, lexicon: Lexicon
) -> Subject:
    """Read what a row speaks of by the words around it, of which its own label names all, a group or a part."""
    left = frozenset() if _only_total(labels[-1]) else frozenset(residue(labels[-1], lexicon, headings=labels[:-1]))
    left |= {labels[-1]} if names_people(labels[-1]) else frozenset()  # "Employees", beside "Directors"
    own = label_concept(labels[-1], lexicon)
    grouped = own.metrics and all(lexicon.metrics[key].group in concept.members for key in own.metrics)
    if (own.dimensions and not own.members) or (own.metrics and not grouped):
        left |= {labels[-1]}  # "Education" of what is spent on it, "Electricity" of the emissions it causes
    for metrics, for_parts in _wholes(labels, concept, unit, above, around, lexicon, whole=not left - _SHARE):
        rate = all(lexicon.metrics[key].kind == "rate" for key in metrics)
        if not (left - _SHARE if rate else left):
            return Subject(concept=replace(concept, metrics=metrics))
        if for_parts and len(metrics) == 1:
            return Subject(concept=concept, part=labels[-1], part_of=metrics)
    headings = [_NEUTRAL.sub("", fold(text).strip()) for text in (*labels[:-1], around.context, around.caption)]
    silent = not any(residue(text, lexicon) for text in headings)
    people = names_people(labels[-1]) or (own.members and not left and _SAYS_PEOPLE.search(fold(labels[-1])))
    counted = people and silent and (unit is None or unit.dimension == "person")
    return Subject(concept=concept, otherwise=_PEOPLE_COUNTED if counted else frozenset())


def after(above: Above, labels: Sequence[str], subject: Subject, unit: Unit | None, lexicon: Lexicon) -> Above:
    """Tell what the row reaches over further down, given what those above it do."""
    concept = replace(subject.concept, metrics=subject.concept.metrics or subject.otherwise)
    own = labels[-1] if labels else ""
    if not concept.metrics or concept.members or label_concept(own, lexicon).members or SUB_ROW.match(fold(own)):
        return above
    if unit is not None and "/" in unit.dimension:
        return Above(total=concept.metrics if concept.per is None else above.total)
    measured = unit.dimension if unit else ""
    return Above(total=concept.metrics, amounts=(*above.amounts, *((key, measured) for key in concept.metrics)))


def after_heading(above: Above, label: str, lexicon: Lexicon) -> Above:
    """Tell what a heading between rows leaves standing: one that only divides, "By gender", all of it."""
    found = heading_metrics(label, lexicon)
    if found:
        return Above(total=found[0])
    return above if not residue(label, lexicon) else Above()


def divided(labels: Sequence[str], around: Surroundings, lexicon: Lexicon) -> frozenset[str]:
    """Give the metric that a heading divides by something, where the row's own metric is none of its kind.

    "Electricity" under "Financed emissions by sector" is a sector, and no electricity was measured.
    """
    own = dimensions_of(label_concept(labels[-1], lexicon).metrics, lexicon) if labels else set[str]()
    if not own:
        return frozenset()
    for heading in (*reversed(labels[:-1]), around.context, around.caption):
        plain = PARENTHESIS.sub(" ", fold(heading)).lower()
        sorts = heading == around.caption and bool(_DIVISION.fullmatch(fold(around.context).strip()))
        named = caption_metrics(heading, lexicon) if sorts or " by " in plain or _HAN_BY.search(plain) else None
        kinds = dimensions_of(named or (), lexicon)
        if named and kinds:
            return named if own.isdisjoint(kinds) else frozenset()
    return frozenset()


def heading_metrics(text: str, lexicon: Lexicon) -> tuple[frozenset[str], ...]:
    """Read what a heading may say is counted, likeliest first; people and a breakdown alone count the people.

    >>> from index.lexicon import bundled_lexicon
    >>> [sorted(metrics) for metrics in heading_metrics("Employees by region", bundled_lexicon())]
    [['employees_total']]
    """
    text = _NUMBERED.sub("", fold(text))
    head = _head(text)
    named = label_concept(head, lexicon).metrics if head else frozenset[str]()
    topics = [topic for topic in _TOPICS.split(head) if topic]
    if len(topics) > 1 and not (len(named) == 1 and not residue(head, lexicon)):
        each = [metrics for topic in topics for metrics in heading_metrics(topic, lexicon)[:1]]
        return (frozenset().union(*each),) if len(each) == len(topics) else ()
    people = _PEOPLE_COUNTED if _PEOPLE.match(head) else frozenset[str]()
    found = (named or label_concept(text, lexicon).metrics, people)
    return tuple(dict.fromkeys(metrics for metrics in found if metrics))


def _head(text: str) -> str:
    """Take what a heading speaks of, less what it is numbered and divided by."""
    plain = _NOTE.sub("", PARENTHESIS.sub(" ", _NUMBERED.sub("", fold(text))).strip())
    return _HAN_BY.sub("", _BY.split(_AS_AT.sub("", plain).strip())[0]).strip(" :;-–—,、的")


def leaves_heading(heading: str, label: str, unit: Unit | None, lexicon: Lexicon, *, total: bool) -> bool:
    """Tell a row that a heading above it no longer speaks of: one that names another metric of its own.

    `total` says that a row before it has summed up what stands under the heading. A heading that only divides, "By
    region", is left by a row that names a metric and no group; one that names a metric, by a row that names another
    one which its unit can measure.

    >>> from index.lexicon import bundled_lexicon
    >>> labels = ("Hong Kong", "Donations")
    >>> [leaves_heading("By region", label, None, bundled_lexicon(), total=False) for label in labels]
    [False, True]
    """
    own = label_concept(label, lexicon)
    if not own.metrics or SUB_ROW.match(fold(label)) or _only_total(label):
        return False
    said = label_concept(heading, lexicon)
    above = frozenset[str]().union(*heading_metrics(heading, lexicon))
    if said.dimensions and not above:
        return not {dimension for dimension, _ in own.members} & said.dimensions
    apart = bool(above) and not any(lexicon.related(one, other) for one in own.metrics for other in above)
    if total and own.metrics != above:
        return apart or bool(own.per)
    kinds = dimensions_of(own.metrics, lexicon)
    amount = bool(said.per) and unit is not None and "/" not in unit.dimension  # no density, as the heading says
    kindred = not amount and not kinds.isdisjoint(dimensions_of(above, lexicon))
    measured = unit is not None and unit.dimension.split("/")[0] in kinds and not kindred
    return apart and measured and not _BY.search(heading) and not _HAN_BY.search(fold(heading))


def sums_up(heading: str, label: str, lexicon: Lexicon) -> bool:
    """Tell a row that is the total of what stands under a heading."""
    own = label_concept(label, lexicon)
    above = heading_metrics(heading, lexicon)
    whole = _only_total(label) or (own.metrics in above and not residue(label, lexicon))
    return whole and not own.members and not own.per and bool(_SUMMED.search(fold(label)))


def names_whole(label: str, lexicon: Lexicon) -> bool:
    """Tell a label that means all there is, or a group that the lexicon knows, from one with other words in it.

    >>> from index.lexicon import bundled_lexicon
    >>> [names_whole(label, bundled_lexicon()) for label in ("Total", "Hong Kong office", "Retail division")]
    [True, True, False]
    """
    return _only_total(label) or not residue(label, lexicon)


def is_bare_share(label: str) -> bool:
    """Tell a label that says "share" and not of what: 佔比, Percentage of total."""
    return bool(_BARE_SHARE.fullmatch(PARENTHESIS.sub("", fold(label)).strip()))


def names_group(label: str, lexicon: Lexicon) -> bool:
    """Tell a label that says nothing but which group of people or place it is for."""
    concept = label_concept(label, lexicon)
    return bool(concept.members) and not concept.metrics and not residue(label, lexicon)


def residue(label: str, lexicon: Lexicon, *, headings: Sequence[str] = ()) -> tuple[str, ...]:
    """Find the words of a label that neither the lexicon nor its headings nor plain counting explain."""
    concept = concept_of(lexicon, SUB_ROW.sub("", PARENTHESIS.sub(" ", fold(label))))
    placed = any(dimension == "region" for dimension, _ in concept.members)
    known = _COUNTING | (_SITE if placed else frozenset()) | set(lexicon.terms(fold(" ".join(headings)).lower()))
    rest = _HAN_COUNTING.sub(" ", _BETWEEN_HAN.sub("", " ".join(concept.rest)))
    left = _HAN_SITE.sub(" ", rest) if placed else rest
    return tuple(term for term in _TERM.findall(left) if term not in known)


@lru_cache(maxsize=4096)  # the same headings stand around many rows
def concept_of(lexicon: Lexicon, text: str) -> Concept:
    """Read a text as the lexicon does."""
    return lexicon.concept(text)


@lru_cache(maxsize=4096)
def label_concept(label: str, lexicon: Lexicon) -> Concept:
    """Read one label; what its parentheses say of coverage or rank bounds the row, it does not break it down."""
    per = concept_of(lexicon, label).per
    label = PARENTHESIS.sub(lambda found: " " if _measures(found["inside"]) else found.group(), label)
    plain = _without_gender(PARENTHESIS.sub(" ", label), lexicon)
    whole = concept_of(lexicon, label)
    inside = whole.members - plain.members
    remark = bool(_COVERAGE.search(fold(label))) or any(n > 1 for n in Counter(dim for dim, _ in inside).values())
    members = plain.members if remark else plain.members | whole.members
    _, colon, narrower = label.replace("：", ":").rpartition(":")
    nearest = concept_of(lexicon, narrower).members if colon else frozenset[Member]()
    cut = {dimension for dimension, _ in nearest}  # of "Mainland: Shanghai" the place itself
    members = frozenset(member for member in members if member[0] not in cut or member in nearest)
    held = plain.metrics.union(*(lexicon.metrics[key].sums for key in plain.metrics))
    parts = {key for key in whole.metrics - plain.metrics if held & set(lexicon.ancestors(key))}
    how = (
        plain.metrics and parts == whole.metrics - plain.metrics and plain.metrics < whole.metrics
    )  # "(location-based)"
    metrics = plain.metrics if how and len(plain.metrics) == 1 else whole.metrics or plain.metrics
    return replace(whole, metrics=metrics, per=per, members=members, rest=plain.rest)


def _measures(inside: str) -> bool:
    """Tell what a label's parentheses say of its unit, "tonnes" or "per 1,000 passengers", from what they name."""
    return read_unit(inside) is not None or bool(PER_UNIT.match(fold(inside)))


def _without_gender(label: str, lexicon: Lexicon) -> Concept:
    """Read a label; of "Male employees trained" the metric's own words, which the word for men parts."""
    concept = concept_of(lexicon, label)
    if concept.metrics or not concept.members:
        return concept
    rest = concept_of(lexicon, _GENDER.sub(" ", fold(label)))
    return replace(rest, members=concept.members) if rest.metrics and not rest.rest else concept


def caption_metrics(caption: str, lexicon: Lexicon) -> frozenset[str]:
    """Read the one metric that a short text above a table names; none where it names several, or a group of one."""
    if len(caption) > LONGEST_CAPTION:
        return frozenset()
    said = concept_of(lexicon, PARENTHESIS.sub(" ", _NUMBERED.sub("", fold(caption))))
    found = heading_metrics(caption, lexicon)
    return found[0] if found and len(found[0]) == 1 and not (said.per or said.members) else frozenset()


def names_table(text: str) -> bool:
    """Tell a text that numbers a table: "Table 3 - Purchased electricity by site".

    >>> names_table("Table 3 – Purchased electricity by site"), names_table("Tables of targets")
    (True, False)
    """
    return bool(_TABLE_NUMBER.match(fold(text)))


def fits_unit(metrics: frozenset[str], unit: Unit | None, lexicon: Lexicon) -> bool:
    """Tell whether metrics that stand above a table can be measured in the unit of its row.

    >>> from index.lexicon import bundled_lexicon
    >>> fits_unit(frozenset({"turnover_rate"}), read_unit("persons"), bundled_lexicon())
    False
    """
    return _can_be(metrics, Concept(), unit, lexicon)


def dimensions_of(metrics: Iterable[str], lexicon: Lexicon) -> set[str]:
    """Give the kinds of unit that metrics are measured in."""
    return {unit.dimension for key in metrics for text in lexicon.metrics[key].units if (unit := read_unit(text))}


def _wholes(
    labels: Sequence[str],
    concept: Concept,
    unit: Unit | None,
    above: Above,
    around: Surroundings,
    lexicon: Lexicon,
    *,
    whole: bool,
) -> Iterable[tuple[frozenset[str], bool]]:
    """Give what a row may be a total, a group or a part of, nearest first, and whether a part of it may be unnamed."""
    own = labels[-1]
    groups = bool(concept.members) and whole
    reach = bool(concept.members) or _only_total(own)
    found = [
        (metrics, not names_people(label))
        for label in reversed(labels[:-1])
        for metrics in heading_metrics(label, lexicon)
    ]
    if all(not residue(label, lexicon) for label in labels[:-1]) and (reach or not whole):
        found += [(metrics, not names_people(around.context)) for metrics in heading_metrics(around.context, lexicon)]
    sub = bool(SUB_ROW.match(fold(own)))
    wider = caption_metrics(around.caption, lexicon)
    if wider and not sub and all(wider & set(lexicon.ancestors(key)) for key in above.total):
        found.append((wider, False))  # "Hong Kong" after "Engineers" in a table of employees counts employees
    if sub or (groups and not any(residue(label, lexicon) for label in labels[:-1])):
        found.append((above.total, sub))
    if concept.per and whole and not concept.members:
        found.append((_amount_above(above, unit, lexicon), False))
    if reach or not whole:
        for_parts = not names_people(around.caption) and not residue(_head(around.caption), lexicon)
        found.append((caption_metrics(around.caption, lexicon), for_parts))
    cut = any(label_concept(label, lexicon).dimensions for label in labels[:-1])
    if groups or cut:
        for_parts = cut and not residue(_head(around.title), lexicon)
        found += [(metrics, for_parts) for metrics in heading_metrics(around.title, lexicon)]
    for metrics, for_parts in found:
        if metrics and _can_be(metrics, concept, unit, lexicon):
            yield metrics, for_parts


def names_people(text: str) -> bool:
    """Tell a heading that names people and nothing that is said of them: what stands under it need count no people."""
    return bool(_PEOPLE_ALONE.fullmatch(PARENTHESIS.sub("", fold(text)).strip()))


def _only_total(label: str) -> bool:
    bare = PARENTHESIS.sub("", fold(label)).strip()
    return bool(_TOTAL.match(bare)) or is_plain(bare)


def _joined(labels: Sequence[str], concept: Concept, around: Surroundings, lexicon: Lexicon) -> frozenset[str]:
    """Read a label together with its heading as the name of one part: emissions and Scope 1, water and recycled."""
    own = SUB_ROW.sub("", fold(labels[-1])).lstrip(" :")
    above = labels[-2] if len(labels) > 1 else around.context
    total = concept_of(lexicon, PARENTHESIS.sub(" ", above)).metrics
    if not total or _only_total(own):
        return frozenset()
    together = concept_of(lexicon, PARENTHESIS.sub(" ", f"{above} {own}"))
    if together.metrics == total:
        return frozenset()
    descends = all(set(lexicon.ancestors(key)) & total for key in together.metrics)
    rates = all(lexicon.metrics[key].rate_of in total for key in together.metrics)
    sharper = not concept.metrics or (len(together.metrics) == 1 and not together.rest and len(concept.metrics) == 1)
    return together.metrics if (descends or rates) and sharper else frozenset()


def _amount_above(above: Above, unit: Unit | None, lexicon: Lexicon) -> frozenset[str]:
    """Find the amount that a bare intensity divides: the last total, when all of its kind above are parts of it."""
    if unit is None or len(above.total) != 1:
        return frozenset()
    measured = unit.dimension.split("/")[0]
    (total,) = above.total
    same = [key for key, dimension in above.amounts if dimension == measured]
    held = (total, *lexicon.metrics[total].sums)
    parts = all(key in held or total in lexicon.ancestors(key) for key in same)
    return above.total if total in same and parts else frozenset()


def _can_be(metrics: frozenset[str], concept: Concept, unit: Unit | None, lexicon: Lexicon) -> bool:
    """Tell whether a row of this unit and group can speak of a metric that other words than its own name."""
    if any(_of_things(key, lexicon) for key in metrics) and any(dim in _OF_PEOPLE for dim, _ in concept.members):
        return False
    taken = {group[0] for key in metrics if (group := lexicon.metrics[key].group)}
    if any(dimension in taken for dimension, _ in concept.members):  # a part-time part of the full-time employees
        return False
    kinds = dimensions_of(metrics, lexicon)
    if unit is None or not kinds:
        return True
    counted, *per = unit.dimension.split("/")
    alike = counted in kinds or unit.dimension in kinds or bool(counted in _COUNTED and kinds & _COUNTED)
    return alike or (counted == "share" and not per and bool(concept.members))


def _of_another_sort(metrics: Iterable[str], unit: Unit | None, lexicon: Lexicon) -> bool:
    """Tell a unit that no figure of these metrics has: hours of what is counted, money of what is weighed."""
    held = {_sort(kind) for kind in dimensions_of(metrics, lexicon)}
    own = _sort(unit.dimension) if unit else ""
    return bool(own and held) and own not in held


def _sort(dimension: str) -> str:
    counted = dimension.split("/")[0]
    return "counted" if counted in _COUNTED else counted if counted in ("duration", "days", "money", "share") else ""


def _of_things(key: str, lexicon: Lexicon) -> bool:
    """Tell a metric of the environment or of business, which no group of people breaks down."""
    metric = lexicon.metrics[key]
    return metric.aspect[:1] in "ADE" and not metric.breakdowns


def _per(unit: Unit | None) -> str | None:
    if unit is None or "/" not in unit.dimension:
        return None
    return _DENOMINATOR.get(unit.dimension.rsplit("/", 1)[1])
