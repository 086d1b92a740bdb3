"""Collect what a reader sees of a file that is no text itself, and keep each part's place in it."""

import re
import unicodedata

from index.report import Piece, Text
from index.script import legible

_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")
_CONTROL = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f\u2028\u2029\ufffe\uffff]")
_HAN_BREAK = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])"
)

_LOOKALIKE = re.compile(
    r"[\ufb00-\ufb06\u2e80-\u2fd5\uf900-\ufaff]+"
)  # ligatures and radicals that fonts put for letters


class Printed:
    """The visible text of a file, grown part by part."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        """All that was printed so far."""
        return "".join(self._parts)

    def take(self, words: str, *, after: str = "\n") -> Text:
        """Add words as they are and give them back with their place; `after` divides them from what follows."""
        start = self._length
        self._parts += [words, after]
        self._length += len(words) + len(after)
        piece = Piece(start=0, end=len(words), source=start, source_end=start + len(words))
        return Text(text=words, pieces=(piece,) if words else ())


def plain(words: str) -> str:
    """Write a run of words as it is seen: one blank between words, no invisible characters, line breaks kept.

    >>> plain("  Scope\\u00a02 \\n  o\\ufb03ce emissions\\u200b ")
    'Scope 2\\noffice emissions'
    """
    words = _LOOKALIKE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), words)
    lines = _BLANKS.sub(" ", _CONTROL.sub("", legible(words))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def flowing(words: str) -> str:
    """Write words whose line breaks mean nothing on one line; between Chinese characters a break is no blank.

    >>> flowing("環境\\n績效 of\\nthe year")
    '環境績效 of the year'
    """
    return " ".join(_HAN_BREAK.sub("", plain(words)).split())
