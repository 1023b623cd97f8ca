from __future__ import annotations

import numpy as np
import pytest

from dreamctl import Item, PluginError, Rubric


def rubric(**excludes: list[str]) -> Rubric:
    items = [Item(key=key, points=2.0**n, excludes=others) for n, (key, others) in enumerate(excludes.items())]
    return Rubric(name="r", environment="e", items=items)


def standing(of: Rubric, *probability: float) -> str:
    p = np.array([probability])
    (stands,) = of.stand(p >= 0.5, p)
    return "".join(key for key, so in zip(of.keys, stands, strict=True) if so)


def test_without_exclusions_whatever_is_present_stands() -> None:
    p = np.random.default_rng(0).random((50, 3))
    assert (rubric(a=[], b=[], c=[]).stand(p >= 0.5, p) == (p >= 0.5)).all()


def test_a_present_item_strikes_what_it_excludes_and_an_absent_one_nothing() -> None:
    gate = rubric(gate=["x", "y"], x=[], y=[])
    assert standing(gate, 0.6, 0.9, 0.9) == "gate"
    assert standing(gate, 0.4, 0.9, 0.9) == "xy"


def test_of_two_that_exclude_each_other_the_more_probable_stands_and_of_equals_the_first() -> None:
    either = rubric(a=["b"], b=["a"], c=[])
    assert standing(either, 0.6, 0.9, 0.7) == "bc"
    assert standing(either, 0.9, 0.6, 0.7) == "ac"
    assert standing(either, 0.9, 0.9, 0.7) == "ac"


def test_what_is_struck_strikes_nothing() -> None:
    chain = rubric(a=["b"], b=["c"], c=[])
    assert standing(chain, 0.6, 0.9, 0.8) == "ac"
    assert standing(chain, 0.4, 0.9, 0.8) == "b"


def test_in_a_circle_the_most_probable_stands() -> None:
    circle = rubric(a=["b"], b=["c"], c=["a"])
    assert standing(circle, 0.6, 0.9, 0.8) == "b"
    assert standing(circle, 0.6, 0.4, 0.8) == "c"


def test_a_row_does_not_depend_on_its_neighbours_and_no_two_that_exclude_each_other_stand() -> None:
    rng = np.random.default_rng(1)
    keys = "abcdefg"
    some = rubric(**{k: [o for o in keys if o != k and rng.random() < 0.3] for k in keys})
    p = rng.random((200, len(keys)))
    together = some.stand(p >= 0.5, p)
    assert (np.concatenate([some.stand(row[None] >= 0.5, row[None]) for row in p]) == together).all()
    assert (together <= (p >= 0.5)).all()
    either_way = some.exclusions | some.exclusions.T
    at_odds = together.astype(int) @ either_way > 0  # with one that stands
    assert (together == (p >= 0.5) & ~at_odds).all()


def test_an_item_that_is_excluded_costs_nothing() -> None:
    gate = rubric(gate=["x", "y"], x=[], y=[])  # 1, 2 and 4 points
    assert gate.score({"gate": "present", "x": "present", "y": "present"}) == 6
    assert gate.score({"gate": "abstained", "x": "present", "y": "absent"}) == 5
    assert gate.score({"x": "present", "y": "present"}) == 1
    assert gate.score({}) == 7


@pytest.mark.parametrize(("others", "sentence"), [(["z"], "No item named 'z'"), (["a"], "cannot exclude itself")])
def test_what_an_item_excludes_is_another_item_of_the_rubric(others: list[str], sentence: str) -> None:
    with pytest.raises(PluginError, match=sentence):
        rubric(a=others, b=[])
