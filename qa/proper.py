"""Names of sites and products that only a report has: kept whole where a dictionary would cut them, or romanised."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin
from rapidfuzz.fuzz import ratio

from index.script import fold

_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_NAME: Final = re.compile(r"[a-z]{4,}")
_LONGEST: Final = 5  # characters of a name
_ALIKE: Final = 80.0  # of 100: how much a romanised name has to sound like a Chinese one


class Proper:
    """What stands in a report's row labels, as one text."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._text = "\n".join(fold(label).lower() for label in labels)

    def joined(self, words: Sequence[str], *, apart: Collection[str] = ()) -> list[str]:
        """Put single characters beside each other together where a label has them so, none of those kept apart.

        >>> Proper(["卡兰多铜矿"]).joined(["卡", "兰", "多", "用", "电"], apart={"多"})
        ['卡兰', '多', '用', '电']
        """
        found: list[str] = []
        place = 0
        while place < len(words):
            end = place + 1
            for last in range(min(len(words), place + _LONGEST), place + 1, -1):
                run = words[place:last]
                if (
                    all(len(word) == 1 and _HAN.match(word) and word not in apart for word in run)
                    and "".join(run) in self._text
                ):
                    end = last
                    break
            found.append("".join(words[place:end]))
            place = end
        return found


def runs(words: Sequence[str]) -> list[str]:
    """Give what a dictionary cut into single characters beside each other, as one word each.

    >>> runs(["其中", "卡", "兰", "多", "铜矿", "水"])
    ['卡兰多']
    """
    single = "".join(word if len(word) == 1 and _HAN.match(word) else " " for word in words)
    return [run for run in single.split() if 2 <= len(run) <= _LONGEST]


@lru_cache(maxsize=65536)
def sounds_like(latin: str, han: str) -> bool:
    """Tell whether a Latin name is a Chinese one by its sound, in Pinyin or near to it.

    >>> sounds_like("kalando", "卡兰多"), sounds_like("foshan", "佛山"), sounds_like("water", "水")
    (True, True, False)
    """
    if not _NAME.fullmatch(latin) or not 2 <= len(han) <= _LONGEST or not _HAN.fullmatch(han):
        return False
    return ratio(latin, "".join(lazy_pinyin(han))) >= _ALIKE
