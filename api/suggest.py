"""Find questions to suggest for a report: only such as its engine answers, the same in all three languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index.lexicon import Lexicon, bundled_lexicon
from index.script import LANGUAGES, Language
from qa.answer import Answer
from qa.catalogue import Series, read_catalogue
from qa.engine import Engine

Wording = Mapping[Language, str]

# Aspects of the HKEX Code that investors ask about first: climate, resources, emissions, then people.
_ENVIRONMENT = ("D", "A2", "A1")
_SOCIAL = ("B1", "B2", "B3", "B5", "B6", "B7", "B8")

_NUMBER: Wording = {
    "en": "What is the figure for {name} in {last}?",
    "zh-Hant": "{last} 年{name}是多少？",
    "zh-Hans": "{last} 年{name}是多少？",
}
_TREND: Wording = {
    "en": "How did {name} develop over the years?",
    "zh-Hant": "{name}的走勢如何？",
    "zh-Hans": "{name}的走势如何？",
}
_GROUP: Wording = {
    "en": "What is the {name} by {dimension} in {last}?",
    "zh-Hant": "{last} 年按{dimension}劃分的{name}是多少？",
    "zh-Hans": "{last} 年按{dimension}划分的{name}是多少？",
}
# Subjects the HKEX Code asks every issuer to write about.
_PROSE: tuple[Wording, ...] = (
    {
        "en": "How does the board oversee ESG matters?",
        "zh-Hant": "董事會如何監督 ESG 事宜？",
        "zh-Hans": "董事会如何监督 ESG 事宜？",
    },
    {
        "en": "How can misconduct be reported?",
        "zh-Hant": "舉報不當行為有哪些渠道？",
        "zh-Hans": "举报不当行为有哪些渠道？",
    },
    {
        "en": "What measures does the company take to save energy?",
        "zh-Hant": "公司採取了哪些節能措施？",
        "zh-Hans": "公司采取了哪些节能措施？",
    },
    {
        "en": "How is child labour prevented?",
        "zh-Hant": "公司如何預防聘用童工？",
        "zh-Hans": "公司如何预防聘用童工？",
    },
    {
        "en": "Which standards was the report prepared under?",
        "zh-Hant": "報告依據哪些標準編製？",
        "zh-Hans": "报告依据哪些标准编制？",
    },
)
_SENTENCE_ENDS = (".", "。", "！", "？", "!", "?", "”", "」")

_found: WeakKeyDictionary[Engine, dict[str, tuple[Wording, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A question in three languages, and where an answer to it must come from."""

    wording: Wording
    metric: str = ""  # lexicon key; empty: answered by a passage
    cells: frozenset[str] = frozenset()  # ids of the figures that answer it; empty: a passage does
    figures: int = 0  # how many of them the answer must give at least


def suggestions(engine: Engine, report: str) -> tuple[Wording, ...]:
    """Give a report's suggested questions: a number, a trend, a breakdown and a passage, so far as it has them.

    Each was asked in every language and answered from the same place. Found once per engine and report.
    """
    held = _found.setdefault(engine, {})
    if report not in held:
        held[report] = tuple(_choose(engine, report))
    return held[report]


def _choose(engine: Engine, report: str) -> Iterator[Wording]:
    lexicon = bundled_lexicon()
    series = [
        one
        for one in read_catalogue(engine.snapshot, lexicon).of_report(report)
        if len(one.metrics) == 1 and not one.per
    ]
    taken: set[str] = set()
    for candidates in (
        _numbers(series, lexicon),
        _trends(series, lexicon),
        _groups(series, lexicon),
        (_Candidate(wording=wording) for wording in _PROSE),
    ):
        fresh = (one for one in candidates if one.metric not in taken)
        chosen = next((one for one in fresh if _answered(engine, report, one)), None)
        if chosen is not None:
            taken |= {chosen.metric} - {""}
            yield chosen.wording


def _answered(engine: Engine, report: str, candidate: _Candidate) -> bool:
    """Ask in every language; the answers must come from the same cells or the same passage."""
    answers = [engine.ask(candidate.wording[language], language=language, report=report) for language in LANGUAGES]
    if any(answer.status != "answered" for answer in answers):
        return False
    if not candidate.cells:
        return all(_tells(answer) for answer in answers) and len({_place(engine, one) for one in answers}) == 1
    given = {tuple(figure.id for figure in answer.figures) for answer in answers}
    cells = given.pop()
    return not given and len(cells) >= candidate.figures and candidate.cells.issuperset(cells)


def _tells(answer: Answer) -> bool:
    words = answer.text.rsplit("[", 1)[0].rstrip()
    return not answer.figures and bool(answer.citations) and words.endswith(_SENTENCE_ENDS)


def _place(engine: Engine, answer: Answer) -> str:
    return engine.snapshot.by_id[answer.citations[0].passage_id].blocks[0]


def _numbers(series: Sequence[Series], lexicon: Lexicon) -> Iterator[_Candidate]:
    for one in _ranked(series, lexicon, _ENVIRONMENT, periods=1):
        if not one.members:
            yield _about([one], _NUMBER, lexicon, figures=1)


def _trends(series: Sequence[Series], lexicon: Lexicon) -> Iterator[_Candidate]:
    for one in _ranked(series, lexicon, (*_ENVIRONMENT[1:], *_SOCIAL), periods=3):
        if not one.members:
            yield _about([one], _TREND, lexicon, figures=3)


def _groups(series: Sequence[Series], lexicon: Lexicon) -> Iterator[_Candidate]:
    for one in _ranked(series, lexicon, _SOCIAL, periods=1):
        dimensions = {dimension for dimension, _ in one.members}
        if len(one.members) == 1 and dimensions <= {"gender", "age"}:
            groups = [
                other
                for other in series
                if other.metrics == one.metrics and {dimension for dimension, _ in other.members} == dimensions
            ]
            yield _about(groups, _GROUP, lexicon, figures=2, dimension=dimensions.pop())


def _about(
    series: Sequence[Series], wording: Wording, lexicon: Lexicon, *, figures: int, dimension: str = ""
) -> _Candidate:
    metric = lexicon.metrics[next(iter(series[0].metrics))]
    return _Candidate(
        wording={
            language: wording[language].format(
                name=_inside(metric.name(language)),
                dimension=lexicon.dimensions[dimension].name(language) if dimension else "",
                last=series[0].periods[0],
            )
            for language in LANGUAGES
        },
        metric=metric.key,
        cells=frozenset(cell for one in series for cell in _cells(one)),
        figures=figures,
    )


def _cells(series: Series) -> Iterator[str]:
    for one in (series, *series.also):
        for held in one.cells.values():
            yield from (figure.id for figure in held.values())


def _ranked(series: Sequence[Series], lexicon: Lexicon, aspects: Sequence[str], *, periods: int) -> list[Series]:
    """The series worth suggesting, the weightiest first: by aspect, then those a report prints more than once."""
    aspect = {id(one): lexicon.metrics[next(iter(one.metrics))].aspect for one in series}
    worth = [
        one
        for one in series
        if aspect[id(one)] in aspects
        and sum(one.disclosed(period) for period in one.periods) >= periods
        and one.disclosed(one.periods[0])
        and one.value(one.periods[0]) != 0
    ]
    return sorted(worth, key=lambda one: (aspects.index(aspect[id(one)]), -len(one.also), -one.value(one.periods[0])))


def _inside(name: str) -> str:
    """A name as it stands inside a sentence.

    >>> _inside("Total energy consumption"), _inside("GHG emissions (Scope 2)"), _inside("用水總量")
    ('total energy consumption', 'GHG emissions (Scope 2)', '用水總量')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
