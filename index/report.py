"""What a report is, free of any file format: sections of paragraphs, lists and tables that know their place."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from index.script import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of visible characters and where the file has them."""

    start: int  # in the visible text
    end: int
    source: int  # offset of the first character in the file's text
    source_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Characters as a reader sees them: the file's own, less its markup."""

    text: str
    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph; `note` when it stands under a table to explain it."""

    key: str
    text: Text
    note: bool = False
    page: int | None = None  # where the file itself has pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A bullet or numbered list, one text an item."""

    key: str
    items: tuple[Text, ...]
    note: bool = False
    page: int | None = None  # where the file itself has pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as the file has it."""

    text: Text
    heading: bool = False  # marked as a header cell by the format itself
    spanned: bool = False  # repeats the cell above or to the left that spans into this place
    across: int = 1  # how many columns the cell covers
    down: int = 1  # how many rows it covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table, as many cells as the table has columns."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A rectangular grid; the first `header_rows` rows name the columns."""

    key: str
    rows: tuple[Row, ...]
    header_rows: int
    divider: str = " | "  # what stands between two cells of a row in the file
    page: int | None = None  # where the file itself has pages

    @property
    def header(self) -> tuple[Row, ...]:
        """The rows that name the columns."""
        return self.rows[: self.header_rows]

    @property
    def body(self) -> tuple[Row, ...]:
        """The rows below the header."""
        return self.rows[self.header_rows :]


Block = Paragraph | Items | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the blocks up to the next heading."""

    key: str  # the same in every edition of a report that marks its headings with keys
    path: tuple[str, ...]  # headings from the chapter down to this one
    level: int  # 1 is a chapter
    page: int | None  # where the contents say it starts, counted as the report counts; None: before the first
    page_end: int | None  # the last page it can reach
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        """The section's own heading."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something in the file that became no block, and why."""

    what: str
    why: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSummary:
    """What was read, counted, and what was left out."""

    sections: int
    paragraphs: int
    items: int
    tables: int
    cells: int
    characters: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Who reports, on which year, in which language."""

    company: str
    stock_code: str  # as printed, "6608.HK"; empty: not found
    year: int | None  # the reporting year; None: not found
    language: Language
    title: str
    contact: str = ""  # an investor-relations address printed in the report
    aliases: tuple[str, ...] = field(default=())  # other names the report gives the company

    @property
    def names(self) -> tuple[str, ...]:
        """What the company goes by: its name, stock code and aliases."""
        return tuple(name for name in (self.company, self.stock_code, *self.aliases) if name)

    @property
    def report_id(self) -> str:
        """A name for the report that its editions share.

        >>> Metadata(company="百融", stock_code="6608.HK", year=2022, language="en", title="").report_id
        '6608-2022'
        """
        code = self.stock_code.split(".")[0].lstrip("0") or _slug(self.company)
        return f"{code}-{self.year}" if self.year else code


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One edition of a report, read whole."""

    metadata: Metadata
    sections: tuple[Section, ...]
    source: str  # the file's text, or of HTML and PDF what a reader sees; every Piece points into it
    summary: ReadingSummary
    file_name: str
    sha256: str  # of the file's bytes

    @property
    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Every block with its section, in reading order."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-") or "report"
