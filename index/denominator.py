"""Find what an amount is divided by: "for every RMB 10,000 earned", 按寫字樓面積計, 平均每名員工."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_MONEY = r"(?:rmb|cny|hkd|usd|hk\$|us\$|¥|\$|人民币|港币|港元|美元|yuan|renminbi|dollars?|元|蚊|块)"
_SCALE = r"(?:[\d,.]+|one|ten|a|hundred|thousand|million|billion|mn|[一二两十百千万亿]+)"
_FILL_ENGLISH = (
    rf"(?:\s*(?:{_MONEY}|{_SCALE}|unit|total|gross|net|full-time|the|its|their|our|in|of|worth)(?!\w)\s*){{0,7}}"
)
_FILL_CHINESE = rf"(?:\s*(?:{_MONEY}|{_SCALE}|[一个名位家间单位平均全职的]|单位|赚|赚到|录得)){{0,7}}\s*"
_RELATION = (
    r"(?:\bper\b|\b(?:for\s+)?(?:every|each)\b|\b(?:earn|make|generate|bring\s+in)\s+(?:every|each)\b|\brelative\s+to\b|\bagainst\b|\bdivided\s+by\b|\bin\s+relation\s+to\b"
    r"|\bnormali[sz]ed\s+(?:by|to|for|on)\b|\bscaled\s+(?:by|to)\b|\bfor\s+a\b)"
)
_NO_GROUP = r"(?!\s+(?:categor|grade|type|group|class|level|rank))"  # "each employee category" divides nothing


@dataclass(frozen=True, slots=True)
class Denominators:
    """Reads denominators by the nouns that name them."""

    pattern: re.Pattern[str]  # a named group for each qualifier

    def take(self, text: str) -> tuple[str | None, str]:
        """Give the qualifier a folded, lower-case text names by relation and noun, and the text without it.

        None and the text itself where it names none, or more than one.
        """
        found = list(self.pattern.finditer(text))
        keys = {key for match in found for key, words in match.groupdict().items() if words}
        if len(keys) != 1:
            return None, text
        (key,) = keys
        return key.rstrip("_"), self.pattern.sub(" ", text)


def read_denominators(
    nouns: Mapping[str, tuple[Sequence[str], Sequence[str]]], *, money: str = "per_revenue"
) -> Denominators:
    """Build the reader from the folded Chinese and English nouns of each qualifier; `money` is what a sum alone means.

    >>> read_denominators({"per_area": (["面积"], ["floor area"])}).take("waste relative to office floor area")
    (None, 'waste relative to office floor area')
    >>> read_denominators({"per_area": (["面积"], ["office floor area"])}).take("waste relative to office floor area")
    ('per_area', 'waste  ')
    """
    ways = []
    for key, (chinese, english) in nouns.items():
        han, latin = _either(chinese), _either(english)
        bare_latin = (
            rf"| {_RELATION} \s* (?:{_MONEY}\s*{_SCALE}|{_SCALE}\s*{_MONEY})(?:\s*{_SCALE})?"
            rf"| \b(?:{latin})[-\ ]based\b"
            if key == money
            else ""
        )
        bare_han = rf"| 每 (?:赚到?|卖到?|进账|做)? {_MONEY}? {_SCALE} {_MONEY} (?:{_MONEY})?" if key == money else ""
        ways.append(
            rf"""
            (?P<{key}>
                {_RELATION} {_FILL_ENGLISH} \s* (?:{latin})\b {_NO_GROUP} (?: \s+ of \s+ (?:{latin})\b )? {bare_latin}
            )
          | (?P<{key}_>
                (?: 每 | 单位 ) {_FILL_CHINESE} (?:{han}) (?:平均)? {bare_han}
              | (?: 按 | 以 ) (?:{han}) (?: 计算? | 算 | 平均 | 折算 | 分?摊分? | 来?看 ) (?:的)?
              | 按 (?:{han}) (?= \s* (?: [),;?] | $ ) )
              | 相对于? (?:{han}) (?:的)? | 除以 (?:{han}) | (?:{han}) 平均 (?= 的 )
            )
            """
        )
    return Denominators(re.compile("|".join(ways), re.VERBOSE))


def _either(nouns: Sequence[str]) -> str:
    longest = sorted(nouns, key=len, reverse=True)
    return "|".join(re.escape(noun).replace(r"\ ", r"\s+") for noun in longest) or r"(?!)"
