"""Lay out answers, passages and what was read for a terminal (rich)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from index.build import Progress as Report
from index.script import Language
from index.snapshot import Manifest, Snapshot
from qa.answer import Answer, AnswerFigure, Citation, Reason
from qa.compose import amount, written
from qa.retrieve import Hit

Word = Literal["not_disclosed", "page", "pages", "edition", "nearest", "contact", "closest"]

WORDS: dict[Language, dict[Word, str]] = {
    "en": {
        "not_disclosed": "Not disclosed",
        "page": "page {page}",
        "pages": "pages {page}–{end}",
        "edition": "{edition} edition",
        "nearest": "Disclosed nearby",
        "contact": "Ask further",
        "closest": "Closest passages, not an answer",
    },
    "zh-Hant": {
        "not_disclosed": "未有披露",
        "page": "第 {page} 頁",
        "pages": "第 {page}–{end} 頁",
        "edition": "{edition}版",
        "nearest": "相近的已披露數據",
        "contact": "進一步查詢",
        "closest": "最接近的段落（並非答案）",
    },
    "zh-Hans": {
        "not_disclosed": "未披露",
        "page": "第 {page} 页",
        "pages": "第 {page}–{end} 页",
        "edition": "{edition}版",
        "nearest": "相近的已披露数据",
        "contact": "进一步查询",
        "closest": "最接近的段落（并非答案）",
    },
}
REASONS: dict[Language, dict[Reason, str]] = {
    "en": {
        "not_in_report": "the report does not say",
        "other_period": "not for this period",
        "other_boundary": "not within this boundary",
        "forward_looking": "the report makes no such forecast",
        "off_topic": "this is not about the report",
    },
    "zh-Hant": {
        "not_in_report": "報告未有提及",
        "other_period": "並非此期間",
        "other_boundary": "並非此範圍",
        "forward_looking": "報告未有作出此預測",
        "off_topic": "與報告無關",
    },
    "zh-Hans": {
        "not_in_report": "报告未提及",
        "other_period": "并非该期间",
        "other_boundary": "并非该范围",
        "forward_looking": "报告未作出该预测",
        "off_topic": "与报告无关",
    },
}
EDITIONS: dict[Language, dict[str, str]] = {
    "en": {"en": "English", "zh-Hant": "Traditional Chinese", "zh-Hans": "Simplified Chinese"},
    "zh-Hant": {"en": "英文", "zh-Hant": "繁體中文", "zh-Hans": "簡體中文"},
    "zh-Hans": {"en": "英文", "zh-Hant": "繁体中文", "zh-Hans": "简体中文"},
}
_SHARES = {"read": (0, 20), "embed": (20, 80), "index": (80, 90), "publish": (90, 100)}  # of a build, in per cent


def answer_panel(question: str, answer: Answer) -> RenderableType:
    """Show an answer: its number on top, then words, arithmetic, notes and citations."""
    words = WORDS[answer.language]
    parts: list[RenderableType] = []
    if answer.status == "not_disclosed":
        reason = f" · {REASONS[answer.language][answer.reason]}" if answer.reason else ""
        parts.append(Text(words["not_disclosed"] + reason, style="bold yellow"))
    for figure in answer.figures:
        parts.append(_figure(figure, answer.language))
    parts.append(Padding(Text(answer.text), (1, 0) if parts else (0, 0, 1, 0)))
    if answer.interpretation:
        parts.append(Text(answer.interpretation, style="dim"))
    parts += [_bullet(Text(note, style="dim")) for note in answer.notes]
    if answer.nearest:
        parts.append(Text(words["nearest"], style="bold"))
        parts += [_bullet(Text(_line(figure, answer.language))) for figure in answer.nearest]
    if answer.contact and answer.status == "not_disclosed":
        parts.append(Text(f"{words['contact']}: {answer.contact}"))
    if answer.citations and answer.status == "not_disclosed":
        parts.append(Padding(Text(words["closest"], style="bold"), (1, 0, 0, 0)))
    parts += [_citation(citation, answer.language) for citation in answer.citations]
    return Panel(Group(*parts), title=Text(question, style="bold"), title_align="left", padding=(1, 2))


def hit_panel(hit: Hit) -> RenderableType:
    """Show a passage that search found."""
    ranks = ", ".join(
        f"{leg} {rank}" for leg, rank in (("meaning", hit.dense_rank), ("words", hit.sparse_rank)) if rank is not None
    )
    passage = hit.passage
    page = f" · p. {passage.page}" if passage.page is not None else ""
    printed_again = f"\nalso printed at {', '.join(hit.also)}" if hit.also else ""
    return Panel(
        Text(passage.text).append(printed_again, style="dim"),
        title=Text(" › ".join(passage.section) + page, style="bold"),
        subtitle=Text(f"{passage.id} · {ranks}", style="dim"),
        title_align="left",
        subtitle_align="left",
    )


def reading_summary(snapshot: Snapshot) -> RenderableType:
    """Show what was read of each edition, and what was not, with the reason."""
    figures = Counter((figure.report_id, figure.edition) for figure in snapshot.figures)
    table = Table(title=Text("What was read", style="bold"), title_justify="left")
    names = ("edition", "sections", "paragraphs", "list items", "tables", "cells", "figures")
    for name in names:
        table.add_column(name, justify="left" if name == "edition" else "right", overflow="fold")
    for edition in snapshot.manifest.editions:
        read, metadata = edition.summary, edition.metadata
        found = figures[metadata.report_id, metadata.language]
        counts = (read.sections, read.paragraphs, read.items, read.tables, read.cells, found)
        table.add_row(f"{metadata.report_id} {metadata.language}", *(f"{count:,}" for count in counts))
    titles = [Text(f"{e.file_name}: {e.metadata.title}", style="bold") for e in snapshot.manifest.editions]
    return Group(*titles, table, *_not_read(snapshot.manifest))


def _not_read(manifest: Manifest) -> list[RenderableType]:
    table = Table(title=Text("What was left out, or kept as text", style="bold"), title_justify="left")
    for name in ("edition", "what", "how many", "why"):
        table.add_column(name, justify="right" if name == "how many" else "left", overflow="fold")
    for edition in manifest.editions:
        language = edition.metadata.language
        for left in edition.summary.left_out:
            table.add_row(language, Text(left.what), f"{left.count:,}", Text(left.why))
        for unread in edition.unread:
            table.add_row(language, Text(unread.place), f"{unread.cells:,}", Text(f"kept as text: {unread.why}"))
    return [table] if table.row_count else []


@contextmanager
def progress_bar(console: Console) -> Iterator[Report]:
    """Show how far a build has come; the bar is gone when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task("build", total=100, visible=False)

    def report(step: str, done: int, of: int) -> None:
        begin, end = _SHARES.get(step, (0, 100))
        bar.update(task, description=step, completed=begin + (end - begin) * done / max(of, 1), visible=True)

    with bar:
        yield report


def _figure(figure: AnswerFigure, language: Language) -> RenderableType:
    number = Text(amount(written(figure.value), figure.unit, language), style="bold green")
    what = Text(" · ".join(part for part in (figure.label, figure.breakdown, figure.period) if part))
    lines = [number, what]
    if figure.formula:
        lines.append(Text(figure.formula, style="italic"))
    return Group(*lines)


def _bullet(text: Text) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column()
    grid.add_column(overflow="fold")
    grid.add_row("•", text)
    return grid


def _line(figure: AnswerFigure, language: Language) -> str:
    what = " · ".join(part for part in (figure.label, figure.breakdown, figure.period) if part)
    return f"{what}: {amount(written(figure.value), figure.unit, language)}"


def _citation(citation: Citation, language: Language) -> RenderableType:
    words = WORDS[language]
    place = " › ".join(citation.section)
    if citation.page is not None:
        several = citation.page_end is not None and citation.page_end > citation.page
        place += " · " + words["pages" if several else "page"].format(page=citation.page, end=citation.page_end)
    edition = words["edition"].format(edition=EDITIONS[language].get(citation.edition, citation.edition))
    head = Text(f"[{citation.number}] {place} · {edition}", style="cyan")
    quote = Text(citation.quote.replace("\t", "  "), style="italic")
    return Padding(Group(head, Padding(quote, (0, 0, 0, 4))), (1, 0, 0, 0))
