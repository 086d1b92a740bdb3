"""Chinese words typed by sound are read as the words they sound like; known words stand as they are."""

import pytest

from qa.homophones import Homophones

HOMOPHONES = Homophones(
    ["供应商", "员工流失率", "温室气体", "用水量", "捐赠", "董事长", "童工"], "培训时数。培训开支。潜在风险与潜在机遇。"
)


@pytest.mark.parametrize(
    ("text", "given", "meant"),
    [
        ("上海供應傷有幾家", "供應傷", "供应商"),
        ("2022 员工流逝率", "员工流逝率", "员工流失率"),
        ("温室汽体多少", "温室汽体", "温室气体"),
        ("平均陪训时长", "陪训", "培训"),  # known from the report alone
        ("总用水两", "用水两", "用水量"),
    ],
)
def test_a_word_of_the_same_sound_is_meant(text: str, given: str, meant: str) -> None:
    corrected, found = HOMOPHONES.correct(text)
    assert found == {given: meant}
    assert corrected == text.replace(given, meant)


@pytest.mark.parametrize(
    "text",
    [
        "供應商有幾家",
        "董事占多少",  # 占 asks
        "花了多少錢在培訓上",
        "合同工有几名",  # 同工 is no word here
        "員工",
        "water use",
        "½ 用水",  # folds into more characters than it has
        "",
    ],
)
def test_what_is_known_stands(text: str) -> None:
    assert HOMOPHONES.correct(text) == (text, {})
