"""Memories of policies: rows of them are taken apart and put together."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
import torch
from attrs import define

from dreamctl.simulation.policy import chosen, joined


@define(eq=False)
class Held:
    skill: object
    network: object


def memory(batch, first=0):
    rows = np.arange(first, first + batch)
    return Held(
        skill={"which": rows, "since": [rows * 10.0, None]},
        network=(torch.from_numpy(np.stack([rows, -rows], 1)), (), "lstm", 7, torch.tensor(2.0)),
    )


def flat(held):
    pair = held.network[0].numpy()
    since = held.skill["since"][0]
    assert held.skill["since"][1] is None
    assert held.network[1:4] == ((), "lstm", 7)
    assert held.network[4] == 2
    np.testing.assert_array_equal(since, held.skill["which"] * 10)
    np.testing.assert_array_equal(pair, np.stack([held.skill["which"], -held.skill["which"]], 1))
    return held.skill["which"].tolist()


def test_some_rows_of_a_memory_are_those_rows_of_everything_in_it():
    assert flat(chosen(memory(5), np.array([3, 0, 3]))) == [3, 0, 3]
    assert flat(memory(5)) == [0, 1, 2, 3, 4], "the memory itself is as it was"


def test_joined_memories_have_the_rows_of_all_in_order():
    assert flat(joined([memory(2), memory(1, 7), memory(3, 4)])) == [0, 1, 7, 4, 5, 6]


class Pair(NamedTuple):
    left: object
    right: object


@dataclass(frozen=True)
class Kept:
    here: object
    label: str


def test_named_tuples_and_dataclasses_stay_what_they_are():
    held = Pair(np.arange(4), Kept(np.arange(4) * 2, "kept"))
    some = chosen(held, np.array([2, 1]))
    assert (some.left.tolist(), some.right.here.tolist(), some.right.label) == ([2, 1], [4, 2], "kept")
    assert joined([held, some]).right.here.tolist() == [0, 2, 4, 6, 4, 2]
    assert held.right.here.tolist() == [0, 2, 4, 6]


@pytest.mark.parametrize("empty", [None, 3])
def test_a_memory_without_rows_stays_what_it_is(empty):
    assert chosen(empty, np.array([1, 0])) is empty
    assert joined([empty, empty]) is empty
