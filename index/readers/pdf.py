"""Read a PDF report page by page: headings by size, paragraphs, lists, ruled tables; page furniture is dropped."""

import hashlib
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, Final

import pdfplumber
from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFPageInterpreter

from index.errors import UnreadableReport
from index.readers.file import File, read_content
from index.readers.inline import raised
from index.readers.outline import Content, Heading, Part, assemble, clean_title
from index.readers.printed import Printed, flowing
from index.readers.tables import Grid, SpanCell, span_grid
from index.report import Report, Text

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of each font's every oddity

MAX_PAGES: Final = 600
MAX_UNPACKED: Final = 400 * 2**20  # bytes of all streams together
MAX_CHARACTERS: Final = 60_000  # on one page
MAX_DRAWN: Final = 100_000  # lines, pictures, forms and runs of text on one page, forms within forms too

_STREAM = re.compile(rb"stream\r?\n")
_PAGE_NUMBER = re.compile(
    r"^(?:[-–—|\s]*|page\s*|p\.\s*|第\s*)(?P<page>\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*[頁页])?[-–—|\s]*$", re.I
)
_BULLET = re.compile(r"^[•●○■□◆▪➢✓√·‧◦∙]\s*")
_UNMAPPED = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")

Box = tuple[float, float, float, float]  # left, top, right, bottom, in points from the page's upper left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of a page as it is printed."""

    words: str
    box: Box
    size: float  # of most of its characters, in points
    gaps: int  # wide gaps that divide numbers, as in a table without rules


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What stands on one page."""

    number: int  # counted from 1, in the file
    height: float
    lines: tuple[_Line, ...]
    tables: tuple[tuple[Box, list[list[tuple[str, int, int]]]], ...]  # words, columns and rows that each cell covers
    turned: int  # characters that do not stand upright
    images: int


def read_pdf(path: Path, *, metadata: dict[str, Any] | None = None, partial: bool = False) -> Report:
    """Read a PDF into a Report; page numbers are the printed ones where each page prints one in step, else the file's.

    Only tables whose cells are ruled on all sides are read as tables. Raises UnreadableReport for a file that is no
    PDF, is locked, damaged or scanned, or has more pages or unpacks to more than any report does.
    """
    content = read_content(path)
    name = path.name
    if b"%PDF-" not in content[:1024]:
        raise UnreadableReport(f"{name}: this is no PDF, although its name says so; expected one beginning with %PDF")
    if _unpacked(content) > MAX_UNPACKED:
        raise UnreadableReport(f"{name}: unpacks to more than {MAX_UNPACKED // 2**20} MB; print it to a new PDF")
    pages = _pages(name, content)
    _require_text(name, pages)
    printed, left_out = Printed(), Counter[tuple[str, str]]()
    pages, numbers = _without_furniture(pages, left_out)
    parts = list(_parts(pages, numbers, printed, left_out))
    file = File(name=name, text=printed.text, sha256=hashlib.sha256(content).hexdigest())
    return assemble(file, parts, left_out, overrides=metadata or {}, partial=partial)


def _unpacked(content: bytes, *, depth: int = 3) -> int:
    """Count the bytes that a file's packed streams unpack to, as far as the limit, without keeping them."""
    total = 0
    starts = [match.end() for match in _STREAM.finditer(content)] if depth == 3 else [0]
    for start in starts:
        unpack = zlib.decompressobj()
        data, first = content[start : start + 2**16], True
        position = start + len(data)
        try:
            while data and total <= MAX_UNPACKED:
                piece = unpack.decompress(data, 2**20)
                if first and depth and piece[:1] == b"\x78":
                    total += _unpacked(piece, depth=depth - 1)
                first, total = False, total + len(piece)
                data = unpack.unconsumed_tail
                if not data and not unpack.eof:
                    data = content[position : position + 2**16]
                    position += len(data)
        except zlib.error:
            continue
    return total


def _pages(name: str, content: bytes) -> list[_Page]:
    try:
        with pdfplumber.open(BytesIO(content)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise UnreadableReport(f"{name}: has {len(pdf.pages)} pages, over the limit of {MAX_PAGES}")
            pages = []
            for page in pdf.pages:
                pages.append(_page(name, page))
                page.close()
            return pages
    except UnreadableReport:
        raise
    except Exception as error:  # a damaged PDF makes the library fail in any way
        if "PDFPasswordIncorrect" in repr(error):  # pdfplumber wraps it
            raise UnreadableReport(f"{name}: is locked with a password; save it without one and try again") from error
        raise UnreadableReport(
            f"{name}: the PDF is damaged ({type(error).__name__}); open it in a viewer and print it to a new PDF"
        ) from error


class _Drawn(PDFDevice):
    """Count what a page draws before any of it is laid out: forms that draw forms multiply."""

    def __init__(self, resources: Any, place: str) -> None:  # noqa: ANN401 - pdfminer has no types
        super().__init__(resources)
        self._place = place
        self._drawn = 0

    def begin_figure(self, *_: object) -> None:
        self._count()

    def paint_path(self, *_: object) -> None:
        self._count()

    def render_image(self, *_: object) -> None:
        self._count()

    def render_string(self, *_: object) -> None:
        self._count()

    def _count(self) -> None:
        self._drawn += 1
        if self._drawn > MAX_DRAWN:
            raise UnreadableReport(f"{self._place} draws more than {MAX_DRAWN:,} things")


def _page(name: str, page: Any) -> _Page:  # noqa: ANN401 - pdfplumber has no types
    resources = page.pdf.rsrcmgr
    PDFPageInterpreter(resources, _Drawn(resources, f"{name}: page {page.page_number}")).process_page(page.page_obj)
    if len(page.chars) > MAX_CHARACTERS:
        raise UnreadableReport(f"{name}: page {page.page_number} has more than {MAX_CHARACTERS:,} characters")
    upright = [char for char in page.chars if char["upright"]]
    tables = [(table.bbox, _cells(table, upright)) for table in page.find_tables()]
    tables = [(box, rows) for box, rows in tables if len(rows) > 1 and len(rows[0]) > 1]
    outside = [char for char in upright if not any(_within(char, box) for box, _ in tables)]
    return _Page(
        number=page.page_number,
        height=float(page.height),
        lines=tuple(line for column in _columns(outside, float(page.width)) for line in _lines(column)),
        tables=tuple(tables),
        turned=len(page.chars) - len(upright),
        images=len(page.images),
    )


def _within(char: dict[str, Any], box: Box) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _cells(table: Any, chars: Sequence[dict[str, Any]]) -> list[list[tuple[str, int, int]]]:  # noqa: ANN401
    """Read a ruled table's cells with the columns and rows each covers; a place that no cell covers is an empty one."""
    boxes: list[Box] = sorted(set(table.cells), key=lambda box: (box[1], box[0]))
    lefts, tops = _edges(boxes, 0), _edges(boxes, 1)
    rows: list[list[tuple[str, int, int]]] = [[] for _ in tops]
    covered: set[tuple[int, int]] = set()
    starts = {(_at(box[1], tops), _at(box[0], lefts)): box for box in boxes}
    for row, column in sorted((r, c) for r in range(len(tops)) for c in range(len(lefts))):
        if (row, column) in covered:
            continue
        box = starts.get((row, column))
        if box is None:
            rows[row].append(("", 1, 1))
            continue
        across = sum(box[0] - 1 <= left < box[2] - 1 for left in lefts)
        down = sum(box[1] - 1 <= top < box[3] - 1 for top in tops)
        covered |= {(row + r, column + c) for r in range(down) for c in range(across)}
        words = "\n".join(line.words for line in _lines([char for char in chars if _within(char, box)]))
        rows[row].append((flowing(words), across, down))
    return rows


def _edges(boxes: Sequence[Box], side: int) -> list[float]:
    """Gather the left or upper edges of cells; those within a point of each other are one."""
    found: list[float] = []
    for edge in sorted({box[side] for box in boxes}):
        if not found or edge - found[-1] > 1:
            found.append(edge)
    return found


def _at(edge: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - edge))


def _columns(chars: Sequence[dict[str, Any]], width: float) -> list[list[dict[str, Any]]]:
    """Part a page of two columns: down a gutter near the middle that no character crosses, with lines on both sides."""
    letters = [char for char in chars if char["text"].strip()]
    parted = -1  # characters left of the gutter that was tried last
    for x in range(int(width * 0.4), int(width * 0.6), 2):
        if any(char["x0"] < x + 6 and char["x1"] > x - 6 for char in letters):
            continue
        left = [char for char in chars if char["x1"] <= x]
        right = [char for char in chars if char["x0"] >= x]
        if not left or not right or len(left) == parted:
            continue
        parted = len(left)
        both = [_lines(side) for side in (left, right)]
        if all(len(lines) > 5 and median(len(line.words) for line in lines) > 15 for lines in both):
            return [left, right]
    return [list(chars)]


def _lines(chars: Sequence[dict[str, Any]]) -> list[_Line]:
    """Join characters that stand on one line, from left to right, lines from the top down."""
    rows: list[list[dict[str, Any]]] = []
    for char in sorted((c for c in chars if c["text"].strip()), key=lambda c: (-c["size"], c["top"])):
        middle = (char["top"] + char["bottom"]) / 2
        row = next((r for r in rows if r[0]["top"] <= middle <= r[0]["bottom"]), None)
        if row is None:
            rows.append([char])
        else:
            row.append(char)
    return [_line(sorted(row, key=lambda c: c["x0"])) for row in sorted(rows, key=lambda r: r[0]["top"])]


def _line(chars: Sequence[dict[str, Any]]) -> _Line:
    size = Counter(round(char["size"], 1) for char in chars).most_common(1)[0][0]
    base = max(char["bottom"] for char in chars if round(char["size"], 1) == size)
    words: list[str] = []
    run: list[str] = []  # raised characters
    gaps = 0
    last: dict[str, Any] | None = None
    for char in chars:
        high = char["size"] < 0.9 * size and char["bottom"] < base - 0.12 * size
        if run and not high:
            words.append(raised("".join(run)))
            run = []
        if last is not None and char["x0"] - last["x1"] > 0.2 * size:
            gaps += char["x0"] - last["x1"] > 1.5 * size and char["text"].isdigit()
            words += [raised("".join(run)), " "]
            run = []
        (run if high else words).append(char["text"])
        last = char
    words.append(raised("".join(run)))
    box = (chars[0]["x0"], min(c["top"] for c in chars), chars[-1]["x1"], max(c["bottom"] for c in chars))
    return _Line(words=flowing("".join(words)), box=box, size=size, gaps=gaps)


def _require_text(name: str, pages: Sequence[_Page]) -> None:
    words = "".join(line.words for page in pages for line in page.lines) + "".join(
        text for page in pages for _, rows in page.tables for row in rows for text, _, _ in row
    )
    if len(words) < 20 and any(page.images for page in pages):
        raise UnreadableReport(f"{name}: its pages are pictures without text; recognise the text (OCR) and try again")
    if not words:
        raise UnreadableReport(f"{name}: holds no text; expected the pages of a report")
    if len(_UNMAPPED.findall(words)) * 20 > len(words):
        raise UnreadableReport(f"{name}: its fonts do not say which characters they print; recognise the text (OCR)")


def _without_furniture(
    pages: Sequence[_Page], left_out: Counter[tuple[str, str]]
) -> tuple[list[_Page], dict[int, int]]:
    """Drop running heads and feet and page numbers; give the page numbers that readers see."""
    seen = Counter(key for page in pages for key in {_furniture(line) for line in page.lines if _at_edge(line, page)})
    kept: list[_Page] = []
    printed: dict[int, int] = {}
    for page in pages:
        lines = []
        for line in page.lines:
            number = _PAGE_NUMBER.match(line.words) if _at_edge(line, page) else None
            if number:
                printed[page.number] = int(number["page"])
                left_out["page numbers", "read as pages"] += 1
            elif _at_edge(line, page) and seen[_furniture(line)] >= max(3, len(pages) * 0.4):
                left_out["running heads and feet", "the same on many pages"] += 1
            else:
                lines.append(line)
        left_out["turned characters", "they do not stand upright"] += page.turned
        left_out["images", "an image has no text"] += page.images
        kept.append(replace(page, lines=tuple(lines)))
    steps = Counter(number - page for page, number in printed.items())
    step, times = steps.most_common(1)[0] if steps else (0, 0)
    shift = step if times >= 3 and times * 2 > len(pages) else 0
    return kept, {page.number: page.number + shift for page in pages}


def _at_edge(line: _Line, page: _Page) -> bool:
    return line.box[3] < page.height * 0.1 or line.box[1] > page.height * 0.9


def _furniture(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.words)


def _parts(
    pages: Sequence[_Page], numbers: dict[int, int], printed: Printed, left_out: Counter[tuple[str, str]]
) -> Iterator[Part]:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.words)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted((size for size in sizes if size >= body * 1.15), reverse=True)
    levels = {size: min(n, 4) for n, size in enumerate(larger, start=1)}
    for page in pages:
        number = numbers[page.number] if numbers[page.number] > 0 else None
        unruled = sum(line.gaps > 1 for line in page.lines)
        left_out["lines of numbers without ruled cells", "kept as text, not read as figures"] += unruled
        for content in _page_contents(page, levels, printed):
            yield Part(content=content, page=number)


def _page_contents(page: _Page, levels: dict[float, int], printed: Printed) -> Iterator[Content]:
    tables = sorted(page.tables, key=lambda table: table[0][1])
    run: list[_Line] = []
    for line in page.lines:
        while tables and tables[0][0][1] < line.box[1] and tables[0][0][0] < line.box[2]:
            yield from _run(run, levels, printed)
            run = []
            yield _grid(tables.pop(0)[1], printed)
        if run and not _continues(run[-1], line):
            yield from _run(run, levels, printed)
            run = []
        run.append(line)
    yield from _run(run, levels, printed)
    for _, rows in tables:
        yield _grid(rows, printed)


def _continues(line: _Line, following: _Line) -> bool:
    """Tell lines of one block: of one size, close beneath one another; a bullet begins a block of its own."""
    gap = following.box[1] - line.box[3]
    near = -0.5 * line.size < gap < 0.75 * line.size
    tabular = line.gaps > 1 or following.gaps > 1
    return near and abs(line.size - following.size) < 0.6 and not _BULLET.match(following.words) and not tabular


def _run(lines: Sequence[_Line], levels: dict[float, int], printed: Printed) -> Iterator[Content]:
    if not lines:
        return
    words = flowing("\n".join(line.words for line in lines))
    level = levels.get(lines[0].size)
    bullet = _BULLET.match(words)
    if level and len(words) <= 120 and any(character.isalpha() for character in words):
        title = clean_title(words)
        printed.take(title)
        yield Heading(title=title, level=level)
    elif bullet and words[bullet.end() :]:
        yield (printed.take(words[bullet.end() :]),)
    elif words:
        yield printed.take(words)


def _grid(rows: Sequence[Sequence[tuple[str, int, int]]], printed: Printed) -> Grid:
    cells = []
    for row in rows:
        laid = [
            SpanCell(text=printed.take(words, after="\t"), across=across, down=down, heading=False)
            for words, across, down in row
        ]
        printed.take("", after="\n")
        cells.append(laid)
    return span_grid(cells, head_rows=0, empty=Text(text="", pieces=()))
