"""The words of an answer in English, 繁體 and 简体, built from figures and spans that are cited first."""

from collections.abc import Sequence

from index.chunk import Passage
from index.figures import Figure
from index.lexicon import Lexicon
from index.script import Language, render
from index.units import Unit, unit_name
from qa.answer import AnswerFigure, Citation, Input, Reason
from qa.catalogue import Series, member_name, series_label, unit_label
from qa.compute import Derived, difference, minus, number, percent_change

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "stood": "{label} stood at {value} in {period}",
        "against": ", against {value} in {period}",
        "up_from": ", up {apart} from {value} in {period}",
        "down_from": ", down {apart} from {value} in {period}",
        "same_as": ", the same as in {period}",
        "each": "{label}: {values}",
        "at": "{value} in {period}",
        "missing": "{label} is not disclosed for {period}.",
        "up": "{label} rose by {value} from {first} to {last}: from {before} to {after}.",
        "down": "{label} fell by {value} from {first} to {last}: from {before} to {after}.",
        "same": "{label} did not change from {first} to {last}: {after} in both.",
        "computed": "{label} came to {value} in {period}, computed as {formula}.",
        "most": "{label} was the highest in {period}, at {value}.",
        "least": "{label} was the lowest in {period}, at {value}.",
        "highest": "{label} was highest in {period}, at {value}.",
        "lowest": "{label} was lowest in {period}, at {value}.",
        "average": "{label} averaged {value} over {period}, computed as {formula}.",
        "target": "The target for {label} is {value} by {period}.",
        "target_words": "The target for {label} for {period} is “{words}”.",
        "target_undated": "The target for {label} is {value}.",
        "base": "The base year for {label} is {period}.",
        "base_value": "In the base year {period}, {label} stood at {value}.",
        "progress": "Progress on {label} stood at {value} in {period}.",
        "progress_words": "Progress on {label} in {period}: “{words}”.",
        "restated": "The report restated {label} for {period}.",
        "original": "Before it was restated, {label} stood at {value} in {period}.",
        "printed_same": "The report prints the change as {value}, which agrees.",
        "printed_other": "The report prints the change as {value}, which differs from the computed one.",
        "printed_unsigned": "The report prints the change as {value}.",
        "no_part": "The report does not say that {label} is part of {other}, so no share is computed.",
        "other_currency": "The report gives no figure in {asked}, only in {printed}.",
        "share_in": "Share of {label} in {other}",
        "renminbi": "RMB",
        "points": "percentage points",
        "zero_base": "A percentage change cannot be stated, since {label} was zero in {period}.",
        "share_of": "Share of {label}",
        "change_of": "Change in {label}",
        "gap_of": "Difference between {label}",
        "sum_of": "Sum of {label}",
        "per": "{label} {per}",
        "average_of": "Average of {label}",
        "quoted": "{quote}",
        "translated": "The report answers in Chinese: “{quote}”",
        "not_in_report": "The report does not disclose this.",
        "uncertain": "No passage of the report answers this for certain.",
        "not_in_report_named": "The report does not disclose {label}.",
        "other_period": "The report does not disclose {label} for {period}.",
        "other_boundary": "The report does not break {label} down that way.",
        "unread_period": "The period asked for names no year that can be told; the report covers years up to {latest}.",
        "forward_looking": "The report makes no statement about {period}; it covers periods up to {latest}.",
        "forward_looking_plain": "The report makes no forecast of this; it covers periods up to {latest}.",
        "off_topic": "This is not a question that the ESG report answers.",
        "nearest": " The nearest it discloses: {values}.",
        "closest": " Closest in the report:",
        "closest_section": " “{heading}”",
        "no_reason": "The report gives no reason for this.",
        "code_elsewhere": "For {code}, the report's content index points to: {section}.",
        "list_join": "; ",
        "and": " and ",
        "period_join": ", ",
        "heading_change": "the change",
        "also_named": "“{other}” is a different figure the question could mean.",
        "read_as": "Read as: {label}, {period}.",
        "spelling": "Understood “{given}” as “{meant}”.",
        "other_language": "The report is in Chinese; the passage is quoted as printed.",
    },
    "zh-Hant": {
        "stood": "{period} 年{label}為 {value}",
        "against": "，{period} 年為 {value}",
        "up_from": "，較 {period} 年的 {value} 上升 {apart}",
        "down_from": "，較 {period} 年的 {value} 下降 {apart}",
        "same_as": "，與 {period} 年相同",
        "each": "{label}：{values}",
        "at": "{period} 年 {value}",
        "missing": "報告沒有披露 {period} 年的{label}。",
        "up": "{label}由 {first} 年的 {before} 升至 {last} 年的 {after}，上升 {value}。",
        "down": "{label}由 {first} 年的 {before} 降至 {last} 年的 {after}，下降 {value}。",
        "same": "{label}在 {first} 年與 {last} 年沒有變化，均為 {after}。",
        "computed": "{period} 年{label}為 {value}，計算方法為 {formula}。",
        "most": "{period} 年以{label}最高，為 {value}。",
        "least": "{period} 年以{label}最低，為 {value}。",
        "highest": "{label}以 {period} 年最高，為 {value}。",
        "lowest": "{label}以 {period} 年最低，為 {value}。",
        "average": "{label}在 {period} 年的平均值為 {value}，計算方法為 {formula}。",
        "target": "{label}的 {period} 年目標為 {value}。",
        "target_words": "{label}的 {period} 年目標為「{words}」。",
        "target_undated": "{label}的目標為 {value}。",
        "base": "{label}的基準年為 {period} 年。",
        "base_value": "在基準年 {period} 年，{label}為 {value}。",
        "progress": "{label}的進度在 {period} 年為 {value}。",
        "progress_words": "{label}在 {period} 年的進度：「{words}」。",
        "restated": "{period} 年的{label}經報告重列。",
        "original": "重列前，{period} 年的{label}為 {value}。",
        "printed_same": "報告印列的變動為 {value}，與計算結果相符。",
        "printed_other": "報告印列的變動為 {value}，與計算結果不同。",
        "printed_unsigned": "報告印列的變動為 {value}。",
        "no_part": "報告沒有說明{label}是{other}的一部分，因此不計算佔比。",
        "other_currency": "報告沒有以{asked}列示的數字，只有{printed}的數字。",
        "share_in": "{label}佔{other}的比例",
        "renminbi": "人民幣",
        "points": "個百分點",
        "zero_base": "由於 {period} 年的{label}為零，無法計算百分比變動。",
        "share_of": "{label}佔比",
        "change_of": "{label}的變動",
        "gap_of": "{label}之差",
        "sum_of": "{label}合計",
        "per": "{per}{label}",
        "average_of": "{label}的平均值",
        "quoted": "{quote}",
        "translated": "報告以英文說明：「{quote}」",
        "not_in_report": "報告沒有披露這項資料。",
        "uncertain": "報告中沒有段落能確切回答這個問題。",
        "not_in_report_named": "報告沒有披露{label}。",
        "other_period": "報告沒有披露 {period} 年的{label}。",
        "other_boundary": "報告沒有按這個口徑劃分{label}。",
        "unread_period": "未能辨認所問的是哪一年；報告所涵蓋的期間截至 {latest} 年。",
        "forward_looking": "報告沒有就 {period} 年作出說明，所涵蓋的期間截至 {latest} 年。",
        "forward_looking_plain": "報告沒有就此作出預測，所涵蓋的期間截至 {latest} 年。",
        "off_topic": "這不是 ESG 報告所能回答的問題。",
        "nearest": "最接近的已披露數字：{values}。",
        "closest": "報告中最接近的段落：",
        "closest_section": "「{heading}」",
        "no_reason": "報告沒有說明原因。",
        "code_elsewhere": "就 {code}，報告的內容索引指向：{section}。",
        "list_join": "；",
        "and": "及",
        "period_join": "、",
        "heading_change": "變動",
        "also_named": "問題亦可能是指另一項數字「{other}」。",
        "read_as": "理解為：{period} 年{label}。",
        "spelling": "將「{given}」理解為「{meant}」。",
        "other_language": "報告以英文編寫，引文按原文列出。",
    },
}


def say(name: str, language: Language, **values: str) -> str:
    """Fill a sentence of the service's own; Simplified sentences are the Traditional ones, rendered."""
    if language == "en":
        return TEXTS["en"][name].format(**values)
    template = TEXTS["zh-Hant"][name]
    return render(template, "zh-Hans").format(**values) if language == "zh-Hans" else template.format(**values)


class Citations:
    """Numbers the citations of one answer, each quote once."""

    def __init__(self) -> None:
        self._held: list[Citation] = []

    def cite(self, passage: Passage, start: int, end: int, *, also: Sequence[str] = ()) -> int:
        """Add a quote, or find it again; gives its number, counted from 1."""
        for held in self._held:
            if (held.passage_id, held.start, held.end) == (passage.id, start, end):
                return held.number
        self._held.append(
            Citation(
                number=len(self._held) + 1,
                report=passage.report_id,
                edition=passage.edition,
                section=passage.section,
                page=passage.page,
                page_end=passage.page_end,
                passage_id=passage.id,
                passage=passage.text,
                quote=passage.text[start:end],
                start=start,
                end=end,
                also=tuple(also),
            )
        )
        return len(self._held)

    @property
    def all(self) -> tuple[Citation, ...]:
        """The citations, in the order of their numbers."""
        return tuple(self._held)


def amount(digits: str, unit: str, language: Language) -> str:
    """Write digits with their unit: a percent sign attaches, words stand apart.

    >>> amount("46", "%", "en"), amount("1,378", "人", "zh-Hant")
    ('46%', '1,378 人')
    """
    if unit in ("%", "％"):
        return f"{digits}%"
    if unit.upper().startswith("RMB") and language == "en":
        return f"{digits} ({unit})"
    return f"{digits} {unit}" if unit else digits


def currency_name(unit: Unit, language: Language) -> str:
    """Name a currency for a reader; 元 alone may be any."""
    return say("renminbi", language) if unit.symbol == "CNY" else unit_name(unit, language)


def shown(figure: Figure, language: Language) -> str:
    """Write a disclosed cell with its unit."""
    return amount(figure.digits, unit_label(figure, language), language)


def answer_figure(
    series: Series,
    period: str,
    citations: Citations,
    passages: dict[str, Passage],
    language: Language,
    lexicon: Lexicon,
) -> AnswerFigure:
    """Cite a series' cell and give it as a figure of the answer."""
    figure = series.figure(period, language)
    passage = passages[figure.passage_id]
    also = [held.figure(period, language).passage_id for held in series.also if period in held.cells]
    cited = citations.cite(passage, figure.row_start, figure.row_end, also=also)
    return AnswerFigure(
        id=figure.id,
        metric="+".join(sorted(series.metrics)),
        label=series_label(series, language, lexicon),
        breakdown=", ".join(member_name(member, language, lexicon) for member in sorted(series.members)),
        value=plain(figure.digits),
        unit=unit_label(figure, language),
        period=period,
        citation=cited,
    )


def derived_figure(
    derived: Derived, inputs: Sequence[AnswerFigure], *, label: str, unit: str, period: str
) -> AnswerFigure:
    """Give a computed number as a figure, with its formula and the cited figures it came from."""
    first = inputs[0]
    return AnswerFigure(
        id="",
        metric=first.metric,
        label=label,
        breakdown=first.breakdown,
        value=format(derived.value, "f"),
        unit=unit,
        period=period,
        citation=first.citation,
        formula=derived.formula,
        inputs=tuple(
            Input(label=f.label, value=f.value, unit=f.unit, period=f.period, citation=f.citation) for f in inputs
        ),
    )


def plain(digits: str) -> str:
    """Give printed digits as a machine reads them, every decimal kept.

    >>> plain("1,529.24"), plain("(5.60)")
    ('1529.24', '-5.60')
    """
    negative = digits.startswith(("(", "-", "−"))
    bare = digits.strip("()（）-−").replace(",", "")
    return f"-{bare}" if negative else bare


def movement(old: str, new: str, unit: str, language: Language) -> tuple[str, str] | None:
    """Tell up, down or same, and how far in words: in points for shares, in percent for amounts.

    None where a percentage says nothing: from zero, or from or to a negative number.

    >>> movement("732.98", "378.80", "t", "en"), movement("33", "19", "%", "en")
    (('down', '48.3%'), ('down', '14 percentage points'))
    """
    apart = difference(old, new).value
    if apart == 0:
        return "same", ""
    direction = "up" if apart > 0 else "down"
    if unit in ("%", "％"):
        return direction, amount(minus(abs(apart)), say("points", language), language)
    relative = percent_change(old, new)
    if relative is None or number(old) < 0 or number(new) < 0:
        return None
    return direction, f"{minus(abs(relative.value))}%"


def written(value: str) -> str:
    """Write machine digits for a reader, thousands separated."""
    return minus(number(value))


def refusal(reason: Reason, language: Language, **values: str) -> str:
    """Say plainly that, and why, the report does not answer."""
    if reason == "not_in_report" and values.get("label"):
        return say("not_in_report_named", language, **values)
    if reason == "forward_looking" and not values.get("period"):
        return say("forward_looking_plain", language, **values)
    return say(reason, language, **values)


def with_mark(text: str, numbers: Sequence[int]) -> str:
    """Put citation numbers after a sentence."""
    return text + "".join(f"[{n}]" for n in dict.fromkeys(numbers))


def in_edition(passage: Passage, language: Language) -> bool:
    """Tell whether a passage is in a language the reader reads."""
    return (passage.edition == "en") == (language == "en")
