"""Strip inline markup from a stretch of a file, keeping each visible character's place."""

import html
import re

from index.report import Piece, Text
from index.text import slice_text

_MARKUP = re.compile(
    r"""
    (?P<comment>   <!--.*?--> )
  | (?P<autolink>  <(?P<address>https?://[^\s<>]+|[\w.+-]+@[\w.-]+)> )
  | (?P<raised>    <sup\b[^<>]*>(?P<mark>\s*\d[\d\s,]*|\s*[a-h]\s*)</sup\s*> )
  | (?P<tag>       </?[A-Za-z][^<>]*> )
  | (?P<image>     !\[[^\]]*\]\([^()\s]*\) )
  | (?P<link>      \[(?P<label>[^\[\]]*)\]\([^()\s]*\) )
  | (?P<strong>    \*\*(?=\S)|(?<=\S)\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w) )
  | (?P<escape>    \\(?P<escaped>[!-/:-@\[-`{-~]) )
  | (?P<entity>    &(?:[A-Za-z]+|\#\d+|\#x[0-9A-Fa-f]+); )
    """,
    re.VERBOSE | re.DOTALL,
)

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def visible(source: str, start: int, end: int) -> Text:
    """Read the visible characters of source[start:end], trimmed of white space at both ends.

    >>> visible("**Scope 2** is <b>378.80</b> t", 0, 30).text
    'Scope 2 is 378.80 t'
    """
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    characters: list[str] = []
    pieces: list[Piece] = []
    length = 0

    def keep(shown: str, begin: int, finish: int) -> None:
        nonlocal length
        if not shown:
            return
        characters.append(shown)
        joins = pieces and pieces[-1].source_end == begin and len(shown) == finish - begin
        if joins and pieces[-1].end - pieces[-1].start == pieces[-1].source_end - pieces[-1].source:
            last = pieces.pop()
            pieces.append(Piece(start=last.start, end=length + len(shown), source=last.source, source_end=finish))
        else:
            pieces.append(Piece(start=length, end=length + len(shown), source=begin, source_end=finish))
        length += len(shown)

    position = start
    for match in _MARKUP.finditer(source, start, end):
        keep(source[position : match.start()], position, match.start())
        if match["link"] is not None:
            label = visible(source, *match.span("label"))
            for piece in label.pieces:
                keep(label.text[piece.start : piece.end], piece.source, piece.source_end)
        elif match["autolink"] is not None:
            keep(match["address"], *match.span("address"))
        elif match["raised"] is not None:
            keep(raised(match["mark"]), *match.span("mark"))
        elif match["escape"] is not None:
            keep(match["escaped"], *match.span("escaped"))
        elif match["entity"] is not None:
            keep(html.unescape(match["entity"]), match.start(), match.end())
        position = match.end()
    keep(source[position:end], position, end)
    return _trim(Text(text="".join(characters), pieces=tuple(pieces)))


def raised(text: str) -> str:
    """Write what is raised above its line so that a footnote's mark never becomes part of a word or number.

    >>> raised("3"), raised("1, 2"), raised("a"), raised("(1)"), raised("th")
    ('³', '¹ ²', '[a]', '(1)', 'th')
    """
    mark = text.strip()
    if re.fullmatch(r"\d[\d\s,]*", mark, re.ASCII):
        return " ".join(re.findall(r"\d+", mark)).translate(_RAISED)
    return f"[{mark}]" if re.fullmatch("[a-h]", mark) else text


def _trim(text: Text) -> Text:
    shown = text.text
    start = len(shown) - len(shown.lstrip())
    end = len(shown.rstrip())
    return text if (start, end) == (0, len(shown)) else slice_text(text, start, max(start, end))
