"""Write a question as it is compared with another: script, case and punctuation aside."""

import re

from index.script import fold

_BETWEEN = re.compile(
    r"""
    (?<=\d)[.,:](?=\d)                # belongs to a number and stays
    | (?P<dropped>[\s?!.,;:'"“”‘’「」『』《》()\[\]…、。]+)
    """,
    re.VERBOSE,
)
_CJK = r"[\u3400-\u9fff\uf900-\ufaff]"
_BESIDE_CJK = re.compile(rf"(?<={_CJK})\s+|\s+(?={_CJK})")


def phrasing_key(text: str) -> str:
    """Fold a question for comparison; two that differ in a digit, a sign or a word differ here too.

    >>> phrasing_key("２０２２ 年，範疇二排放量是多少？"), phrasing_key("2022年范畴二排放量是多少")
    ('2022年范畴二排放量是多少', '2022年范畴二排放量是多少')
    >>> phrasing_key("Is 1.5 °C the Company’s target?")
    'is 1.5 °c the company s target'
    """
    spaced = _BETWEEN.sub(lambda found: " " if found["dropped"] else found[0], fold(text).casefold())
    return _BESIDE_CJK.sub("", " ".join(spaced.split()))
