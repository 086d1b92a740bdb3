"""Understand a question: language, periods, metric, breakdown, operation, unit, and what it leaves unsaid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from index.errors import EsgQaError
from index.lexicon import Concept, Lexicon, split_terms
from index.period import part_years_in, unread_years_in, year_words_in, years_in
from index.script import Language, fold, language_of
from index.units import Unit, find_unit_words

MAX_LENGTH = 500

Operation = Literal[
    "lookup", "change", "percent_change", "sum", "average", "share", "ratio", "highest", "lowest", "trend", "compare"
]
Ask = Literal["often", "number", "who", "when", "where", "which", "why", "yes_no", "what", "email"]


class BadQuestion(EsgQaError):
    """The question is empty, too long, or in no language the service speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it was understood."""

    text: str
    language: Language
    concept: Concept
    periods: tuple[str, ...]  # empty: the latest
    period_words: str  # the words that were read as periods, when they were not plain years
    every_period: bool  # "in the past three years", "trend"
    operation: Operation
    ask: Ask
    unit: Unit | None  # asked for, "in kg"
    forward: bool  # about a year after the report or a plan
    unread: tuple[str, ...] = ()  # words that have the form of a period and name none that can be told
    parts: tuple[str, ...] = ()  # words that cut a year: a half, a quarter, a month
    manner: bool = False  # asks how something is done, not how much of it there is
    together: bool = False  # several figures are to be added up, whatever else is asked of them
    follows: bool = False  # completed from an earlier question
    context: str = ""  # what the earlier question says besides its period

    @property
    def divides(self) -> bool:
        """Tell whether an amount is asked for per something, whether or not the lexicon knows what."""
        return self.concept.per is not None or bool(_PER_SOMETHING.search(fold(self.text)))


_PER_SOMETHING = re.compile(
    r"\b(?:per|for\s+(?:every|each))\s+(?!of\b|cent|annum|year|month|day|week|quarter|capita\s+gdp)\w|\ba\s+piece\b"
    r"|每(?![年月日天周季次]|个?季|个?月|一?年)|平均一[^年]|按(?!年|照|性别|年龄|地区|职级|类别|揭|市场|位置|地域|地点|成本|口径|标准)[^,，。?？]{1,8}[算计](?!划)",
    re.I,
)
_OR = (  # joins two things that are compared; 定 also stands within words that join nothing
    r"(?:还是|定系|抑或|或|(?<![规固决稳一认肯指制确特否预假约协设法鉴评核审判])定(?![期额制义量性价位点员时下向居]))"
)
_OPERATIONS: tuple[tuple[Operation, re.Pattern[str]], ...] = (
    (
        "ratio",
        re.compile(
            r"\bratio\s+(?:of|between)\b|\b(?:how\s+many|what)\s+times\b(?!\s+(?:did|do|does|were|was|has|have))|\btimes\s+(?:as|that|those|the|more|higher|larger)\b|(?:多少|几|几多)倍|之比",
            re.I,
        ),
    ),
    (
        "percent_change",
        re.compile(
            r"\bhow\s+much\s+(?:more|less|lower|higher|fewer|greater|smaller)\b.{0,20}\b(?:in|as\s+a)\s+per\s?cent(?:age)?\b(?!\s+point)|by\s+(?:what|how\s+many)\s+(?:%|per\s?cent(?:age)?\b(?!\s+point))|(?:what|how\s+many)\s+per\s?cent(?:age)?\b(?!\s+point).{0,60}\b(?:chang|increas|decreas|drop|f[ae]ll|r[io]se|reduc|gr[eo]w|declin)|percent(?:age)?\s+(?:change|increase|decrease|drop|fall|rise|reduction|growth)"
            r"|(?:change|increase|decrease|drop|fall|rise|grow)\w*\s+(?:in\s+percent|by\s+percent)|growth\s+rate|year[\s-]on[\s-]year|\byoy\b"
            r"|(?:增加|减少|增长|上升|下降|下跌|升|跌|降|变动|变化|改变|相差|多[了咗]|少[了咗]|升咗|跌咗|高出|高[了咗]|低[了咗])[^占]{0,8}百分之(?:几|多少)|百分之(?:几|多少).{0,6}(?:变化|变动|增|减|升幅|跌幅|降幅)|增长率|增幅|降幅|跌幅|升幅|变动率|变化率|变动百分比|同比|按年(?:变|增|减|升|跌|下|上)|(?:增|减|升|跌|降|下降|上升|增长|减少|增加|下跌)了?\s*(?:百分之|多少\s*%|几\s*%|多少个?百分)",
            re.I,
        ),
    ),
    (
        "change",
        re.compile(
            r"percentage\s+points?|\bby\s+how\s+(?:much|many)\b|\b(?:go|goes|went|gone|come|came)\s+(?:up|down)\b|个百分点|\bhow\s+much\s+(?:more|less|lower|higher|fewer)\b|\bhow\s+many\s+(?:[\w₂³.]+\s+){0,3}(?:more|fewer|less)\b(?!\s+than)|\bexceed(?:s|ed)?\s+(?!(?:[a-z$]+\s*)?\d)|\bhow\s+(?:did|has|have)\b.*\b(?:change|move|develop|evolve)"
            r"|\b(?:change|changed|difference|drop|dropped|fall|fell|fallen|rise|rose|risen|increase|increased|decrease|decreased|decline|declined|reduced|grow|grew|grown|evolve|evolved)\b"
            r"|compared?\s+(?:with|to)|versus|\bvs\.?\b|变化|变动|相差|差额|差多少|增减|增加了?多少|减少了?多少|下降了?多少|上升了?多少|增长了?多少|比上年|较上年|与上年|较\s*20\d\d|比\s*20\d\d|相比|高多少|低多少|(?<![占百对])比(?![赛例率重如亚特方]).{1,14}[多少高低](?![达])[\u3400-\u9fff]?(?:了|咗|出)?(?:多少|几多|几)|高幾多|高几多|差距|差多远|\bgap\b|up\s+or\s+down|down\s+or\s+up|rise\s+or\s+fall|better\s+or\s+worse|升.{0,3}[跌降]|增.{0,3}减|升咗|跌咗|多咗|少咗(?!(?:几多|多少)个?(?:工作)?[天日])|上升还是下降|[多高升][了咗]?(?:还是|定系?)[少低跌降]|[少低跌降][了咗]?(?:还是|定系?)[多高升]|升定跌|是升是跌",
            re.I,
        ),
    ),
    (
        "average",
        re.compile(
            r"\b(?:three|two|3|2)[\s-]year\s+average|average\s+(?:over|across|for\s+the\s+(?:three|past|last))|average\b.{0,60}\b(?:over|across|during)\s+(?:the\s+)?(?:past|last|three|two|years|20\d\d)|average\s+annual|annual\s+average|yearly\s+average"
            r"|(?:三|两|二|几|历|各)年.{0,16}(?:平均|均值)(?!每[个名人位])|\baverage\b.{0,40}\b(?:three|two)\s+years|平均值|平均每年|每年平均|年均|on\s+average\s+(?:over|across|between|from)",
            re.I,
        ),
    ),
    (
        "share",
        re.compile(
            r"\b(?:share|proportion|percentage|fraction|per\s?cent)\s+of\b|有(?:百分之|多少%)|占.{0,12}(?:比例|比重|比率|几成|百分之|多少|几多)|占比|所占|比重|各占",
            re.I,
        ),
    ),
    (
        "sum",
        re.compile(
            r"\b(?:between\s+them|in\s+total|combined|altogether|(?<!put\s)(?<!bring\s)together|add\s+up|sum(?:\s+of)?|add(?:ed)?\s+(?:up|together)|(?<!largest\s)(?<!highest\s)(?<!smallest\s)(?<!lowest\s)total\s+of|\w\s+plus\s+\w)"
            r"|合计|总共|加起来|加总|加埋|加上|(?<=[\u3400-\u9fff])(?<![增参附更添追施外])加(?![班入强快大拿工权薪油深速热固密盟])(?=[\u3400-\u9fff])|总和|之和|相加|共计|合共|一共",
            re.I,
        ),
    ),
    (
        "trend",
        re.compile(
            r"\btrend|over\s+(?:the\s+)?(?:past|last|three|years|time)|历年|趋势|走势|逐年|year\s+by\s+year|each\s+year|every\s+year",
            re.I,
        ),
    ),
    (
        "highest",
        re.compile(
            r"\b(?:highest|most|largest|biggest|greatest|maximum|peak)\b|最高|最多|最大"
            r"|\b(?:higher|more|greater|larger|bigger|faster|oftener)\b.*\bor\b|\bor\b.*\b(?:higher|more|greater|larger|bigger|faster|oftener)\b"
            rf"|{_OR}"
            r".{0,12}[高多快大](?!少)|(?:哪|边)(?:一)?(?:年|个|组|类|种|边|区).{0,12}[高多快大](?!少)",
            re.I,
        ),
    ),
    (
        "lowest",
        re.compile(
            r"\b(?:lowest|least|smallest|fewest|minimum)\b|最低|最少|最小"
            r"|\b(?:lower|less|fewer|smaller|slower)\b.*\bor\b|\bor\b.*\b(?:lower|less|fewer|smaller|slower)\b"
            rf"|{_OR}"
            r".{0,12}(?<!多)[低少慢小]|(?:哪|边)(?:一)?(?:年|个|组|类|种|边|区).{0,12}(?<!多)[低少慢小]",
            re.I,
        ),
    ),
)
_TREND = re.compile(r"\btrend|趋势|走势", re.I)
_WAY = re.compile(
    r"\b(?:better\s+or\s+worse|up\s+or\s+down|rising\s+or\s+falling)\b|是升是跌|升还是跌|多还是少|好还是坏", re.I
)
_SUM = next(pattern for name, pattern in _OPERATIONS if name == "sum")
_EXTREMES = tuple(entry for entry in _OPERATIONS if entry[0] in ("highest", "lowest"))
_WHICH_GROUP = re.compile(
    r"\b(?:which|what)\b.{0,30}\b(?:group|gender|sex|region|age|place|grade|rank|type|kind)\b|哪|边", re.I
)
_WHICH_OF = re.compile(  # which of several, and by how much
    r"\bwhich\b.{0,80}\b(?:higher|more|greater|larger|bigger|lower|less|fewer|smaller|highest|most|lowest|least|largest|smallest)\b"
    r"|(?:哪|边)(?:一)?(?:个|间|家|座|类|种|组|厂|边|区|条|所|处|只).{0,16}[高多快大低少慢小]",
    re.I,
)
_WHICH_YEAR = re.compile(r"\b(?:which|what)\s+(?:financial\s+|fiscal\s+)?year\b|(?:哪|边)一?年", re.I)
_ASKS: tuple[tuple[Ask, re.Pattern[str]], ...] = (
    (
        "why",
        re.compile(
            r"\bwhy\b|reason|为什么|为甚么|(?:^|[是又竟底,，])为何|为何(?!\s*[?？。]?\s*$)|何以|何解|原因|点解", re.I
        ),
    ),
    ("email", re.compile(r"e-?mail|电邮|电子邮件|邮箱|邮件地址|信箱", re.I)),
    (
        "often",
        re.compile(
            r"how\s+(?:often|frequently|regularly)|多久.{0,6}一次|多长时间.{0,6}一次|频率|频次|隔多久|几耐", re.I
        ),
    ),
    (
        "number",
        re.compile(
            r"how\s+(?:many|much|large|big|high|low|long)|\bnumber\s+of|多少|多大|几大|(?<![哪边])几[名位个次家项年天人宗起单批件成级种层条座台辆所只届轮期场份倍间支款道张部]|百分之几|in\s+per\s?cent|数目|数量|何时多少|几多|\bcount\b|what\s+(?:percentage|share|proportion|rate)|比例|比率|占比",
            re.I,
        ),
    ),
    (
        "when",
        re.compile(
            r"\bwhen\b|which\s+year|since\s+when|what\s+(?:date|year)|何时|什么时候|[哪边]一?年|几时|几月|日期", re.I
        ),
    ),
    (
        "who",
        re.compile(
            r"\bwho(?:m|se)?\b|谁|哪个部门|哪些部门|由何|边个(?![地城厂项业区国类板部年月季产])|哪位|负责人", re.I
        ),
    ),
    ("where", re.compile(r"\bwhere\b|哪里|何处|在哪|地址|边度|address", re.I)),
    (
        "which",
        re.compile(
            r"\bwhich\b|^\s*(?:please\s+)?list\b|\blist\s+(?:the|all|of|its|their|out|any|me|them|up)\b|what\s+(?:are|kinds?|types?|measures?|steps?|certif|awards?)|哪些|有何|列出|包括什么|什么措施|何种|哪几",
            re.I,
        ),
    ),
    (
        "yes_no",
        re.compile(
            r"^(?:is|are|was|were|does|do|did|has|have|can|will)\b|是否|有没有|有否|会不会|是不是|有冇|吗[??]?$", re.I
        ),
    ),
)
_DEEDS = (
    r"reduc|sav|protect|manag|ensur|prevent|handl|assess|deal|treat|select|monitor|support|encourag|mitigat|respond"
    r"|address|safeguard|control|cut|lower|dispos|recycl|evaluat|audit|promot|prepar|guard|secur|engag|choos|vet"
)
_MANNER = re.compile(
    rf"\bhow\s+(?:do|does|did|is|are|was|were|has|have|will)\b.*\b(?:{_DEEDS})"
    r"|\bwhat\s+(?:is|are|was|were|does|do|did|has|have)\b.{0,40}\b(?:doing|do|done)\s+(?:to|about|against|for)\b"
    rf"|\b(?:steps|measures|actions|ways)\b.*\b(?:{_DEEDS})"
    r"|(?:如何|怎样|怎么|怎麼|点样|做了些?(?:什么|甚么)|做咗(?:啲)?(?:乜|咩)|采取了?(?:什么|甚么|哪些)|(?:什么|甚么|哪些|乜嘢|咩)(?:措施|做法|办法|准备|行动))(?!.{0,6}(?:变|发展))",
    re.I,
)
_CURRENCY = re.compile(  # names of money, not of places
    r"\b(?:HK|Hong\s+Kong|Macau|Taiwan|Singapore|US)\s+dollars?\b|\bHK\$|港元|港币|港幣|港紙|港纸|澳门元|澳門元|新台币|新臺幣",
    re.I,
)
_NEAR_YEARS: Final = 10
_SHORT_YEAR = re.compile(
    r"(?<![\d.,年約约近第這这])(?<!過去|过去|最近|成立|達到|达到|超過|超过|為期|为期|連續|连续|長達|长达|歷時|历时|至少|每隔|工作|從業|从业|服務|服务)(?P<year>[12]\d)"
    r"(?=年(?!的?(?:歷史|历史|經驗|经验|資歷|资历|工齡|工龄|租|合約|合约)|[來来間间期後后多以了]|[內内](?!地)|前))"
    r"|(?<![\w.])['’](?P<short>[12]\d)(?!\w)"
)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^<>]{0,300}>", re.I | re.DOTALL)  # asks nothing
_PEOPLE = re.compile(r"员工|雇员|职工|同事|人手|employee|staff|workforce|people|worker|colleague", re.I)
_PEOPLE_TERMS = frozenset(
    {"员", "工", "雇", "职", "同", "事", "人", "手", "employe", "employee", "peopl", "staff", "work", "worker"}
)
_PARTLY = re.compile(r"占|几成|比例|share|proportion|percent|fraction", re.I)
_SAYS_WHICH = re.compile(r"\s*[(（]\s*(?:FY\s*)?(?:19|20)\d\d", re.I)
_LATEST = re.compile(
    r"\b(?:latest|most\s+recent|current|this\s+year|reporting\s+(?:year|period)|currently|now|today)\b|最新|最近一年|今年|本年|报告期|当前|目前|现在|现时|本报告",
    re.I,
)
_LAST_YEAR = re.compile(
    r"\b(?:last|previous|prior|preceding)\s+(?:financial\s+|fiscal\s+)?year\b|\bthe\s+year\s+before\b|\ba\s+year\s+earlier\b|去年|上一?年度?|[前上]一?个?(?:财政|财务|会计|报告)?(?:年度|财年)|前一年|旧年",
    re.I,
)
_BEFORE_LAST = re.compile(r"\b(?:the\s+)?year\s+before\s+last\b|\btwo\s+years\s+(?:ago|earlier|before)\b|前年", re.I)
_LAST_TWO = re.compile(  # the reporting year against the one before it
    r"\b(?:last|this|latest|reporting)\s+(?:financial\s+|fiscal\s+)?year\b.{0,40}\b(?:(?:the|a|one)\s+(?:year\s+(?:before|earlier)(?!\s+last)|one\s+before|(?:previous|prior|preceding)\s+year)|(?:previous|prior|preceding)\s+year)\b"
    r"|(?:去年|旧年|上一?年度?).{0,8}前年|今年.{0,8}(?:去年|旧年|上一?年)|本年度?.{0,8}(?:上一?年|去年)",
    re.I,
)
_EVERY = re.compile(
    r"\b(?:past|last|recent|these|all)\s+(?:three|two|3|2|few|several)?\s*years\b|\beach\s+(?:of\s+the\s+)?(?:last\s+|past\s+)?(?:three\s+|two\s+)?years?\b|three[\s-]year|over\s+the\s+years|over\s+time|year\s+by\s+year|every\s+year|\btrend"
    r"|\ball\s+the\s+years\b|(?:近|过去|最近|这|呢|前)(?:三|两|二|几|3|2)\s*个?(?:财政?年|会计年|年)|(?:三|两|几)个?(?:财年|财政年度|会计年度|年度)|历年|三年(?:间|来|内)?|逐年|各年|每年|趋势|走势",
    re.I,
)
_RANGE = re.compile(r"(?P<first>20\d\d)\s*年?\s*(?:-|–|—|~|至|到|to|through|until)\s*(?P<last>20\d\d)", re.I)
_PART_OF = re.compile(r"占.{0,16}(?:百分之|多少%)")
_SINCE = re.compile(
    r"(?:较|比|自从?|从|由|与|和|对比|相比)\s*20\d\d|\b(?:since|from|versus|vs\.?|than|compared\s+(?:with|to)|against|relative\s+to)\s+(?:in\s+)?(?:FY\s*)?20\d\d",
    re.I,
)
_PLAIN_YEAR = re.compile(
    r"(?:fye?\s?)?(?:19|20)\d\d(?:\s?(?:财政年度|财务年度|会计年度|财年))?", re.I
)  # says which year it is
_FORWARD = re.compile(
    r"\b(?:forecast|projection|projected|outlook\s+for|expected?\s+(?:to|in|for)|next\s+year|going\s+to|in\s+the\s+future|by\s+20[3-9]\d|guidance|predict)"
    r"|预测|预计|预期|明年|后年|出年|展望\s*20|未来(?:几|三|五|一)?年(?:的)?(?:排放|用|员工|目标|数)",
    re.I,
)
_FOLLOW = re.compile(
    r"^\s*(?:and|what\s+about|how\s+about|then|also|same\s+for|but)\b|^(?:那|那么|咁|而|至于|另外)|呢\s*[??]?\s*$|^(?:why|为什么|为何|点解|原因)\s*[??]?\s*$|^\s*(?:in|per|as|by)\s+\S+(?:\s+\S+){0,3}\s*[??]?\s*$|^(?:换算|换成|折合|以|用)",
    re.I,
)


def understand(
    text: str,
    *,
    lexicon: Lexicon,
    latest: str,
    history: Sequence[str] = (),
    language: Language | None = None,
    closing: int = 12,
) -> Question:
    """Read a question; `latest` is the newest reporting year, which "latest" and no period at all stand for.

    `closing` is the month that the reporting year ends in, so that "at 31 March 2024" names a year.

    Raises BadQuestion for an empty question or one of more than 500 characters.
    """
    if not fold(text).strip():
        raise BadQuestion("question: it is empty; expected 1 to 500 characters")
    if len(text) > MAX_LENGTH:
        raise BadQuestion(f"question: {len(text)} characters; expected 1 to {MAX_LENGTH}")
    question = _read(text, lexicon, latest, language, closing)
    if not history:
        return question
    earlier = understand(
        history[-1], lexicon=lexicon, latest=latest, history=history[:-1], language=language, closing=closing
    )
    return _carry_over(question, earlier, latest)


def _read(text: str, lexicon: Lexicon, latest: str, language: Language | None, closing: int) -> Question:
    language = language or language_of(text)
    text = _whole_years(_MARKUP.sub(" ", text), latest).replace("巴仙", "百分比")
    folded = fold(text)
    operation: Operation = next((name for name, pattern in _OPERATIONS if pattern.search(folded)), "lookup")
    if operation == "sum" and _WHICH_YEAR.search(folded):
        operation = _extreme(folded, operation)
    if operation == "percent_change" and _PART_OF.search(folded):
        operation = "share"
    if operation == "sum" and _TREND.search(folded):
        operation = "trend"
    if operation in ("change", "percent_change") and _WHICH_OF.search(folded) and not _WHICH_YEAR.search(folded):
        operation = _extreme(folded, operation)
    if operation == "share" and _WHICH_GROUP.search(folded):
        operation = _extreme(folded, operation)
    periods, words, every = _periods(folded, latest, endpoints=operation in ("change", "percent_change"))
    if (
        operation in ("change", "percent_change")
        and len(periods) == 1
        and periods[0] < latest
        and _SINCE.search(folded)
    ):
        periods = (periods[0], latest)
    if every and operation in ("change", "lookup"):
        operation = "trend"
    if operation == "change" and _WAY.search(folded) and (span := _RANGE.search(folded)):  # better or worse, 2020-2022
        operation, periods = "trend", _periods(span.group(), latest, endpoints=False)[0]
    forward = bool(_FORWARD.search(folded)) or any(int(period[:4]) > int(latest) for period in periods)
    return Question(
        text=text,
        language=language,
        concept=_with_workforce(lexicon.concept(_CURRENCY.sub(" ", text)), folded, operation),
        periods=periods,
        period_words=", ".join(
            filter(None, (words, *(w for w in year_words_in(folded, closing=closing) if not _PLAIN_YEAR.fullmatch(w))))
        ),
        every_period=every,
        operation=operation,
        ask=next((name for name, pattern in _ASKS if pattern.search(folded)), "what"),
        unit=find_unit_words(text),
        forward=forward,
        together=bool(_SUM.search(folded)),
        manner=operation == "lookup" and bool(_MANNER.search(folded)),
        unread=tuple(unread_years_in(folded)),
        parts=tuple(part_years_in(folded, closing=closing)),
    )


def _extreme(folded: str, otherwise: Operation) -> Operation:
    """Tell whether the most or the least is asked for."""
    return next((name for name, pattern in _EXTREMES if pattern.search(folded)), otherwise)


def _whole_years(text: str, latest: str) -> str:
    """Write out years of two digits, 22年 and '22, that lie within ten years of the reporting year.

    >>> _whole_years("22年用了多少電", "2023"), _whole_years("過去22年", "2023")
    ('2022年用了多少電', '過去22年')
    """

    def whole(match: re.Match[str]) -> str:
        year = 2000 + int(match["year"] or match["short"])
        return str(year) if abs(year - int(latest)) <= _NEAR_YEARS else match.group()

    return _SHORT_YEAR.sub(whole, text)


def _with_workforce(concept: Concept, folded: str, operation: Operation) -> Concept:
    """Read "what share of the staff are women" as the share of the workforce, which no phrase of its own names."""
    people = concept.members and not concept.metrics and _PEOPLE.search(folded)
    if not people or not (operation == "share" or _PARTLY.search(folded)):
        return concept
    rest = tuple(term for term in concept.rest if term not in _PEOPLE_TERMS)
    return replace(concept, metrics=frozenset({"workforce_share"}), rest=rest)


def _periods(folded: str, latest: str, *, endpoints: bool) -> tuple[tuple[str, ...], str, bool]:
    """Read the periods a question names, relative words counted from the report's latest year.

    A range means every year in it, unless only its `endpoints` matter, as for a change.
    """
    named = years_in(folded)
    span = _RANGE.search(folded)
    if span and 0 < int(span["last"]) - int(span["first"]) <= 10 and not endpoints:
        named = [str(year) for year in range(int(span["first"]), int(span["last"]) + 1)]
    words: list[str] = []
    reference = int(named[-1]) if len(named) == 1 else int(latest)
    both = _LAST_TWO.search(folded)
    if both and not named:
        return (str(int(latest) - 1), latest), both.group().strip(), False
    for pattern, back in ((_BEFORE_LAST, 2), (_LAST_YEAR, 1)):
        match = pattern.search(folded)
        if match and _SAYS_WHICH.match(folded, match.end()):
            words.append(match.group().strip())
            break  # "last year (2023)" says which year it is
        if match:
            year = str((reference if named else int(latest)) - back)
            if year not in named:
                named.append(year)
            words.append(match.group().strip())
            break
    if _LATEST.search(folded) and not named:
        named = [latest]
    return tuple(named), ", ".join(words), bool(_EVERY.search(folded)) and len(named) < 2


def _carry_over(question: Question, earlier: Question, latest: str) -> Question:
    """Complete a follow-up: what it leaves unsaid is as in the earlier question."""
    mine, theirs = question.concept, earlier.concept
    if mine.metrics or mine.codes or not _leaves_unsaid(question):
        return question
    named = {dimension for dimension, _ in mine.members}
    members = mine.members | {member for member in theirs.members if member[0] not in named}
    concept = replace(
        mine,
        metrics=theirs.metrics,
        codes=theirs.codes,
        per=mine.per or theirs.per,
        members=frozenset(members),
        rest=(*_undated_rest(earlier), *mine.rest),  # what narrowed the earlier question down narrows this one too
    )
    periods = question.periods or earlier.periods
    if question.period_words and not years_in(fold(question.text)) and len(question.periods) == 1:
        base = min(int(period[:4]) for period in (earlier.periods or (latest,)))
        back = 2 if _BEFORE_LAST.search(fold(question.text)) else 1
        periods = (str(base - back),)
    return replace(
        question,
        context=_undated(earlier),
        concept=concept,
        periods=periods,
        every_period=question.every_period or (earlier.every_period and not question.periods),
        operation=question.operation if question.operation != "lookup" else earlier.operation,
        ask=question.ask if question.ask != "what" else earlier.ask,
        follows=True,
    )


def dated_terms(question: Question) -> set[str]:
    """Give the terms of a question that name its periods."""
    return {*years_in(fold(question.text)), *split_terms(fold(question.period_words))}


def _undated_rest(question: Question) -> tuple[str, ...]:
    """Give the terms of a question that nothing explains, less those of its periods."""
    dated = dated_terms(question).union(_plain_years(fold(question.text).lower()))
    return tuple(term for term in question.concept.rest if term not in dated)


def _undated(question: Question) -> str:
    """Take an earlier question's words, and those before it, without its periods."""
    text = fold(f"{question.context} {question.text}".strip())
    for words in filter(None, (*question.period_words.split(", "), *_plain_years(text))):
        text = text.replace(words, " ")
    return text


def _plain_years(text: str) -> list[str]:
    return sorted({match.group() for match in _PLAIN_YEAR.finditer(text)}, key=len, reverse=True)


def _leaves_unsaid(question: Question) -> bool:
    """Tell a follow-up from a new question: it opens or ends like one, or names only a period, a group or a unit."""
    folded = fold(question.text)
    if _FOLLOW.search(folded):
        return True
    named = bool(question.periods or question.concept.members or question.concept.per or question.unit)
    return named and len(question.concept.rest) <= 6
