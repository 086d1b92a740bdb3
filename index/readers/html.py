"""Read an HTML report as a browser without scripts shows it: headings, paragraphs, lists, tables, pages."""

import hashlib
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bs4.dammit import EncodingDetector
from lxml import etree

from index.errors import UnreadableReport
from index.period import read_period
from index.readers.file import File, kind_of, read_content
from index.readers.inline import raised
from index.readers.outline import Content, Heading, Part, assemble, clean_title
from index.readers.printed import Printed, flowing
from index.readers.tables import SpanCell, read_span, span_grid
from index.report import Report, Text

DROPPED: Final = {  # what a reader of the report does not see, and what the summary calls it
    "script": ("scripts", "never run"),
    "style": ("style sheets", "no text of the report"),
    "template": ("templates", "not shown"),
    "noscript": ("texts for browsers without scripts", "not shown"),
    "iframe": ("frames", "another file"),
    "frame": ("frames", "another file"),
    "object": ("embedded objects", "another file"),
    "embed": ("embedded objects", "another file"),
    "applet": ("embedded objects", "another file"),
    "svg": ("drawings", "a drawing has no text to cite"),
    "math": ("formulas", "a formula is not read"),
    "canvas": ("drawings", "a drawing has no text to cite"),
    "img": ("images", "an image has no text"),
    "picture": ("images", "an image has no text"),
    "video": ("films and sounds", "no text"),
    "audio": ("films and sounds", "no text"),
    "nav": ("menus", "navigation is no text of the report"),
    "select": ("form fields", "no text of the report"),
    "textarea": ("form fields", "no text of the report"),
    "button": ("form fields", "no text of the report"),
    "input": ("form fields", "no text of the report"),
    "dialog": ("dialogs", "not shown"),
    "head": ("", ""),
}
_HIDDEN = ("hidden parts", "marked as not shown")
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var "
    "wbr".split()
)
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0[a-z%]*\s*(?:;|$)", re.I
)
_BREAK: Final = "\x0b"  # a line break that is shown
_PAGE = re.compile(r"^(?:page|pg|p)[-_.]?(?P<page>\d{1,4})$", re.I)
_KEY = re.compile(r"[\w.-]{1,64}")
_ENCODINGS = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "ascii": "utf-8"}


def read_html(path: Path, *, metadata: dict[str, Any] | None = None, partial: bool = False) -> Report:
    """Read a whole .html file into a Report; scripts, hidden parts and images are left out and counted.

    The encoding is what byte-order mark or meta element say, else UTF-8. Nothing is executed or fetched. Raises
    UnreadableReport for a file that is no HTML, is otherwise encoded than it says, or is nested beyond reading.
    """
    content = read_content(path)
    root = _parse(path.name, _decode(path.name, content))
    walk = _Walk()
    try:
        parts = list(walk.parts(root))
    except UnreadableReport as error:
        raise UnreadableReport(f"{path.name}: {error}") from error
    if not parts:
        raise UnreadableReport(f"{path.name}: the page shows no text; perhaps scripts write it, save it as shown")
    file = File(name=path.name, text=walk.printed.text, sha256=hashlib.sha256(content).hexdigest())
    overrides = _said_of_itself(root) | (metadata or {})
    return assemble(file, parts, walk.left_out, overrides=overrides, partial=partial)


def _decode(name: str, content: bytes) -> str:
    kind = kind_of(content)
    if kind:
        raise UnreadableReport(f"{name}: this is {kind}, not HTML; expected a saved web page")
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise UnreadableReport(f"{name}: says it is in {encoding!r}, which is no encoding; save it as UTF-8") from error
    except UnicodeDecodeError as error:
        raise UnreadableReport(
            f"{name}: byte {error.start} is not {encoding}, although the file says so or says nothing; save it as UTF-8"
        ) from error
    if "\x00" in text:
        raise UnreadableReport(f"{name}: holds NUL characters, so it is no HTML; expected a saved web page")
    if not re.search(r"<[A-Za-z!?/]", text):
        raise UnreadableReport(f"{name}: holds no HTML; expected a saved web page, or .md for plain text")
    return text


def _encoding(content: bytes) -> str:
    for mark, name in ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return name
    declared = EncodingDetector.find_declared_encoding(content[:8192], is_html=True, search_entire_document=True)
    return _ENCODINGS.get(declared.lower(), declared) if declared else "utf-8"


def _parse(name: str, text: str) -> "etree._Element":
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableReport(f"{name}: holds no HTML elements ({error}); expected a saved web page") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise UnreadableReport(f"{name}: elements stand too deep in one another to be read; save the page plainly")
    if root is None:
        raise UnreadableReport(f"{name}: holds no HTML elements; expected a saved web page")
    return root


def _said_of_itself(root: "etree._Element") -> dict[str, Any]:
    """Take company, code, year, title and other names from meta elements that name them as front matter does."""
    names = ("company", "stock_code", "year", "language", "title", "contact", "aliases")
    said: dict[str, Any] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or "").removeprefix("esg-qa:")
        if (meta.get("name") or "").startswith("esg-qa:") and name in names and meta.get("content"):
            said[name] = meta.get("content")
    return said


class _Walk:
    """One way through a page: what it shows in order, what it leaves out."""

    def __init__(self) -> None:
        self.printed = Printed()
        self.left_out: Counter[tuple[str, str]] = Counter()
        self._run: list[str] = []  # words of the block that is open
        self._items: list[str] = []
        self._lists = 0
        self._heading: tuple[int, str | None] | None = None
        self._page: int | None = None

    def parts(self, root: "etree._Element") -> Iterator[Part]:
        """Yield headings, paragraphs, lists and tables; the tree is walked without recursion."""
        walker = etree.iterwalk(root, events=("start", "end"))
        left: set[etree._Element] = set()
        for event, element in walker:
            if event == "start":
                self._note_page(element)
                why = _left_out(element)
                if why is not None:
                    self.left_out[why] += bool(why[0])
                    left.add(element)
                    walker.skip_subtree()
                elif element.tag == "table" and _is_data(element):
                    yield from self._flush()
                    yield from self._end_list()
                    yield from self._table(element)
                    left.add(element)
                    walker.skip_subtree()
                else:
                    yield from self._open(element)
            else:
                if element not in left:
                    yield from self._close(element)
                left.discard(element)
                self._run.append(_tail(element))
        yield from self._flush()

    def _open(self, element: "etree._Element") -> Iterator[Part]:
        if not _is_inline(element):
            yield from self._flush()
        level = _heading_level(element)
        if level:
            self._heading = (level, _key(element))
        if element.tag in ("ul", "ol", "menu"):
            self._lists += 1
        self._run.append(_text(element))

    def _close(self, element: "etree._Element") -> Iterator[Part]:
        if not _is_inline(element):
            yield from self._flush()
        if _heading_level(element):
            self._heading = None
        if element.tag in ("ul", "ol", "menu"):
            self._lists = max(self._lists - 1, 0)
            if self._lists == 0:
                yield from self._end_list()

    def _flush(self) -> Iterator[Part]:
        """End the block that is open: a heading, an item of a list or a paragraph."""
        words = _lines("".join(self._run))
        self._run.clear()
        if not words:
            return
        if self._heading is not None:
            level, key = self._heading
            title = clean_title(words)
            yield from self._end_list()
            self.printed.take(title)
            yield self._part(Heading(title=title, level=level, key=key))
        elif self._lists:
            self._items.append(words)
        else:
            yield self._part(self.printed.take(words))

    def _end_list(self) -> Iterator[Part]:
        if self._items:
            items = tuple(self.printed.take(item) for item in self._items)
            self._items = []
            yield self._part(items)

    def _table(self, table: "etree._Element") -> Iterator[Part]:
        """Read a table of data: its caption, its cells, then the tables that stand inside its cells."""
        for caption in _own(table, "caption"):
            words = self._words(caption)
            if words:
                yield self._part(self.printed.take(words))
        head = [row for part in _own(table, "thead") for row in _own(part, "tr")]
        body = [
            row
            for part in table
            if part.tag in ("tbody", "tr")
            for row in ([part] if part.tag == "tr" else _own(part, "tr"))
        ]
        foot = [row for part in _own(table, "tfoot") for row in _own(part, "tr")]
        rows = [cells for row in (*head, *body, *foot) if (cells := self._row(row))]
        if rows:
            grid = span_grid(rows, head_rows=len(head), empty=Text(text="", pieces=()))
            yield self._part(grid)
        for nested in table.iter("table"):
            if nested is not table and _nearest_table(nested) is table:
                self.left_out["tables inside a table's cell", "read as tables of their own below it"] += 1
                yield from self._table(nested)

    def _row(self, row: "etree._Element") -> list[SpanCell]:
        if _left_out(row) is not None:
            self.left_out[_HIDDEN] += 1
            return []
        cells = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            if _left_out(cell) is not None:
                self.left_out[_HIDDEN] += 1
                continue
            text = self.printed.take(self._words(cell), after="\t")
            across, down = read_span(cell.get("colspan")), read_span(cell.get("rowspan"))
            cells.append(SpanCell(text=text, across=across, down=down, heading=cell.tag == "th"))
        if cells:
            self.printed.take("", after="\n")
        return cells

    def _words(self, element: "etree._Element") -> str:
        """Read all that one cell or caption shows, blocks in it as lines; tables in it are no words of its own."""
        walker = etree.iterwalk(element, events=("start", "end"))
        words: list[str] = []
        left: set[etree._Element] = set()
        for event, inner in walker:
            if event == "start":
                why = _left_out(inner) if inner is not element else None
                if why is not None or (inner.tag == "table" and inner is not element):
                    self.left_out[why or ("", "")] += bool(why and why[0])
                    left.add(inner)
                    walker.skip_subtree()
                    continue
                words.append(("" if _is_inline(inner) else _BREAK) + _text(inner))
            elif inner is not element:
                words.append(("" if _is_inline(inner) or inner in left else _BREAK) + _tail(inner))
        return _lines("".join(words))

    def _part(self, content: Content) -> Part:
        return Part(content=content, page=self._page)

    def _note_page(self, element: "etree._Element") -> None:
        """Note the anchors that name pages; a number that goes back is none."""
        named = [_PAGE.match(element.get(name) or "") for name in ("id", "name")]
        pages = [int(match["page"]) for match in named if match]
        said = element.get("data-page-number") or (
            element.get("aria-label") if element.get("role") == "doc-pagebreak" else None
        )
        pages += [int(said)] if said and said.isdecimal() and len(said) < 5 else []
        if pages and (self._page is None or pages[0] >= self._page):
            self._page = pages[0]


def _lines(words: str) -> str:
    return "\n".join(line for each in words.split(_BREAK) if (line := flowing(each)))


def _text(element: "etree._Element") -> str:
    """Give the words an element begins with; raised digits stand as such, so that they join no number."""
    if element.tag == "br":
        return _BREAK
    return raised(element.text or "") if _is_raised(element) else element.text or ""


def _tail(element: "etree._Element") -> str:
    parent = element.getparent()
    return raised(element.tail or "") if parent is not None and _is_raised(parent) else element.tail or ""


def _is_raised(element: "etree._Element") -> bool:
    """Tell what stands in a sup, or in a link or two within one."""
    return element.tag == "sup" or any(above.tag == "sup" for above in islice(element.iterancestors(), 3))


def _left_out(element: "etree._Element") -> tuple[str, str] | None:
    """Say what an element that is not shown is, and why; None for one that is."""
    if element.tag in DROPPED:
        return DROPPED[str(element.tag)]
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return _HIDDEN if hidden or _UNSEEN.search(element.get("style") or "") else None


def _is_inline(element: "etree._Element") -> bool:
    return element.tag in _INLINE and not _heading_level(element)


def _heading_level(element: "etree._Element") -> int | None:
    tag = str(element.tag)
    if re.fullmatch("h[1-6]", tag):
        return int(tag[1])
    if element.get("role") == "heading":
        level = element.get("aria-level") or "2"
        return min(int(level), 6) if level.isdecimal() and level != "0" else 2
    return None


def _key(element: "etree._Element") -> str | None:
    """Take a heading's own id, or that of its anchor, as its key; a page's is none."""
    names = [element.get("id"), *(a.get("id") or a.get("name") for a in element.iter("a"))]
    return next((name for name in names if name and _KEY.fullmatch(name) and not _PAGE.match(name)), None)


def _is_data(table: "etree._Element") -> bool:
    """Tell a table of data from one that only lays a page out: that holds headings, lists or tables in a few cells."""
    if table.get("role") in ("presentation", "none"):
        return False
    inner = next((each for each in table.iter("table") if each is not table), None)
    rows = [row for row in table.iter("tr") if _nearest_table(row) is table]
    cells = [cell for row in rows[:3] for cell in row if cell.tag in ("td", "th")]
    named = any(read_period(flowing("".join(cell.itertext())[:60])) for cell in cells)
    if inner is not None or next(table.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None:
        return named or any(cell.tag == "th" for cell in cells)
    return len(rows) > 1 or len(cells) > 1


def _nearest_table(element: "etree._Element") -> "etree._Element | None":
    return next(element.iterancestors("table"), None)


def _own(element: "etree._Element", tag: str) -> Iterable["etree._Element"]:
    return [child for child in element if child.tag == tag]
