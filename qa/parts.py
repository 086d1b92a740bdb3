"""Tell a question for the largest or smallest part of a metric: a site, a kind, a segment."""

import re

from index.script import fold

PART_WORDS = frozenset(
    """
    site sites place places location locations plant plants factory factories project projects segment segments
    business businesses division divisions type types kind kinds category categories class classes product products
    office offices branch branches area areas region regions city cities country countries group groups operation
    operations source sources department departments line lines item items sort sorts
    地点 地方 厂 厂区 工厂 厂房 基地 项目 分部 业务 板块 类 种 类别 类型 种类 产品 办公室 分公司
    部门 区域 地区 城市 国家 组别 组 来源 中心 园区 一类 一种 一项 一个 一间 哪类 哪种 按地区划分 划分
    """.split()
)  # what the parts of a metric are called when one of them is asked for
_PARTS = re.compile(
    r"\b(?:which|what)\s+(?:[\w-]+\s+){0,2}?(?:"
    + "|".join(sorted(word for word in PART_WORDS if word.isascii()))
    + r")\b|(?:哪|边)(?:一|几)?[个类种间座家项样]|(?:哪|边)(?:一|个)*(?:"
    + "|".join(sorted((word for word in PART_WORDS if not word.isascii()), key=len, reverse=True))
    + ")",
    re.I,
)


def asks_part(text: str) -> bool:
    """Tell a question for the part of a metric that is the largest or smallest, whatever its parts are.

    >>> asks_part("which site used least?"), asks_part("哪一類投訴最多？"), asks_part("which year was highest?")
    (True, True, False)
    """
    return _PARTS.search(fold(text)) is not None
