"""Words that ask without saying what about; a question is explained when only these are left over."""

import tomllib
from pathlib import Path

from index.lexicon import stem

_WORDS = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))

ENGLISH: frozenset[str] = frozenset(form for word in _WORDS["english"].split() for form in (word, stem(word)))
CHINESE: frozenset[str] = frozenset(_WORDS["chinese"].split())
NARROWING: frozenset[str] = frozenset(_WORDS["narrowing"].split())
THINGS: frozenset[str] = frozenset("车船店矿井塔仓校煤纸盐酒药鱼茶糖奶")  # single characters that name what is measured
