"""What learners keep, under names."""

import torch
from torch import nn

from dreamctl.learning import Replay, below, load_states, nested, states


def test_parts_that_are_nested_come_apart_again():
    together = nested({"a": {"x": 1, "b/y": 2}, "ab": {"z": 3}})
    assert below("a", together) == {"x": 1, "b/y": 2}
    assert below("ab", together) == {"z": 3}


def test_networks_and_what_else_has_a_state_take_it_over_by_name():
    one, other = ({"net": nn.Linear(2, 3), "replay": Replay(1.0)} for _ in range(2))
    load_states(other, states(one))
    assert torch.equal(one["net"].weight, other["net"].weight)
    assert {name.partition("/")[0] for name in states(one)} == {"net", "replay"}
