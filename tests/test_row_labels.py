"""Row labels as issuers print them, English and Chinese, link to the metric, group and denominator they name."""

from pathlib import Path

import pytest

from index.lexicon import bundled_lexicon
from index.subject import label_concept

_TABLE = Path(__file__).with_name("row_labels.tsv")  # label, metric or "-", groups, denominator
ROWS = [tuple((line.split("\t") + [""] * 3)[:4]) for line in _TABLE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("label", "metric", "groups", "per"), ROWS, ids=lambda value: value or "none")
def test_a_printed_label_links_to_what_it_names(label: str, metric: str, groups: str, per: str) -> None:
    concept = label_concept(label, bundled_lexicon())
    named = "+".join(sorted(concept.metrics)) or "-"
    assert (named, " ".join(sorted(member for _, member in concept.members)), concept.per or "") == (
        metric,
        groups,
        per,
    )


@pytest.mark.parametrize(
    "text",
    [
        *("股東營運", "經營口徑", "擔保定期存款", "增加納稅", "日常熟悉", "重大慶祝活動", "中文員工手冊", "創新界別"),
        *("適宜春季", "黃河源頭", "城鎮江河", "HK$ million", "US$ million", "emissions < 30 tonnes"),
    ],
)
def test_words_that_only_hold_the_name_of_a_group_name_none(text: str) -> None:
    assert not bundled_lexicon().concept(text).members


@pytest.mark.parametrize(
    ("names", "member"),
    [
        (("Zhaoqing", "肇慶", "肇庆市"), "zhaoqing"),
        (("Kowloon", "九龍", "九龙"), "kowloon"),
        (("Guangdong-Hong Kong-Macau Greater Bay Area", "粵港澳大灣區"), "greater_bay_area"),
        (("Ethiopia", "埃塞俄比亞"), "ethiopia"),
        (("<30", "≤30", "Under 30", "30歲或以下", "三十歲以下"), "-30"),
        ((">50", "50+", "Over 50", "50歲以上"), "50-"),
        (("Engineers and technicians", "工程技術人員"), "technical_staff"),
    ],
)
def test_a_group_is_known_by_its_names_in_three_scripts(names: tuple[str, ...], member: str) -> None:
    lexicon = bundled_lexicon()
    assert [sorted(key for _, key in lexicon.concept(name).members) for name in names] == [[member]] * len(names)
