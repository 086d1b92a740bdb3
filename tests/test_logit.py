"""A conditional logit with the alternative "none", and the fitted weights that ship."""

import numpy as np
import pytest

from index.lexicon import bundled_lexicon
from index.quantity import find_quantities
from qa.counted import candidates, read_counted
from qa.evidence import read_terms
from qa.logit import Logit, certainty, likelihood, read_logit, share
from qa.question import understand
from qa.relevance import FITTED, fitted
from qa.wording import bundled_wording


def test_certainties_and_silence_add_up_to_one() -> None:
    odds = np.array([2.0, -1.0, 0.5], dtype=np.float32)
    silence = 1 / (1 + np.exp(odds).sum())
    assert sum(certainty(odds, n) for n in range(3)) + silence == pytest.approx(1)


def test_another_that_answers_as_well_halves_the_certainty() -> None:
    alone, beside = np.array([9.0], dtype=np.float32), np.array([9.0, 9.0], dtype=np.float32)
    assert certainty(alone, 0) == pytest.approx(1, abs=1e-3)
    assert certainty(beside, 0) == pytest.approx(0.5, abs=1e-3)


def test_odds_are_bounded() -> None:
    model = Logit(weights=np.array([1e6], dtype=np.float32), bias=0.0, floor=0.5)
    assert model.odds(np.array([[1.0], [-1.0]], dtype=np.float32)).tolist() == [30.0, -30.0]


def test_a_weight_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="near"):
        read_logit({"bias": 0.0, "floor": 0.5, "weights": {"inside": 1.0}}, ("inside", "near"))


@pytest.mark.parametrize("name", FITTED)
def test_every_feature_has_a_fitted_weight(name: str) -> None:
    weights = fitted(name).weights
    assert weights.shape == (len(FITTED[name]),)
    assert np.isfinite(weights).all()
    same = {"lost"} if name == "sentence" else set()  # the same for all sentences of a question, it tells none apart
    assert {one for one, weight in zip(FITTED[name], weights, strict=True) if weight == 0} <= same


@pytest.mark.parametrize("name", ["answer", "number"])
def test_what_is_said_has_a_floor(name: str) -> None:
    assert 0 < fitted(name).floor < 1


def test_shares_add_up_to_one_without_silence() -> None:
    odds = np.array([2.0, -1.0, 0.5], dtype=np.float32)
    assert sum(share(odds, n) for n in range(3)) == pytest.approx(1)


def test_evidence_that_says_nothing_leaves_an_answer_as_likely_as_not() -> None:
    model = Logit(weights=np.array([2.0], dtype=np.float32), bias=0.0, floor=0.5)
    found = [likelihood(model, np.array([x], dtype=np.float32)) for x in (-1.0, 0.0, 1.0)]
    assert found[1] == pytest.approx(0.5)
    assert found[0] + found[2] == pytest.approx(1)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("question", "sentence", "alien"),
    [
        ("How many times did the panel meet?", "Its members are three outside directors.", True),
        ("How many directors sit on the panel?", "Its members are three outside directors.", False),
        ("事故分幾級？", "事故分為五個等級。", False),
    ],
)
def test_a_number_of_what_the_question_does_not_speak_of_is_alien(question: str, sentence: str, alien: bool) -> None:
    wording = bundled_wording()
    terms = read_terms(question, (), wording)
    found = candidates(sentence, read_counted(question, wording), terms, [1 / len(terms)] * len(terms), wording)
    assert [one.alien for one in found] == [alien]


@pytest.mark.parametrize(
    ("question", "change"),
    [("By how much did output rise?", True), ("效率提高了多少？", True), ("How much water was used?", False)],
)
def test_by_how_much_asks_for_a_change(question: str, change: bool) -> None:
    assert read_counted(question, bundled_wording()).change is change


@pytest.mark.parametrize(
    ("question", "ask"),
    [("按嚴重程度分成幾級？", "number"), ("提供的系統有哪幾個？", "which"), ("滿意程度達到百分之幾？", "number")],
)
def test_a_measure_word_asks_for_a_number_unless_it_asks_which(question: str, ask: str) -> None:
    assert understand(question, lexicon=bundled_lexicon(), latest="2022").ask == ask


def test_a_hyphen_joins_a_number_and_its_scale() -> None:
    assert [q.value for q in find_quantities("a service on the 10-billion scale")] == [10**10]
