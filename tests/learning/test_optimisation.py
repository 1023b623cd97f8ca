import copy

import numpy as np
import pytest
import torch
from torch import nn

from dreamctl.learning import Optimiser
from dreamctl.learning.optimisation import LAST, dealt


def descend(net, optimiser, steps, first=0, progress=0.0):
    for step in range(first, first + steps):
        x = torch.full((1, 3), float(step))
        optimiser.step((net(x) ** 2).sum(), progress)


def test_saved_and_restored_it_takes_the_same_next_steps():
    torch.manual_seed(0)
    net = nn.Linear(3, 2)
    optimiser = Optimiser([net], 1e-2, clip=1.0)
    descend(net, optimiser, 5)
    twin = copy.deepcopy(net)
    restored = Optimiser([twin], 1e-2, clip=1.0)
    restored.load(copy.deepcopy(optimiser.state()))
    descend(net, optimiser, 5, first=5)
    descend(twin, restored, 5, first=5)
    assert torch.equal(net.weight, twin.weight)
    assert torch.equal(net.bias, twin.bias)


def test_its_state_is_a_flat_dictionary_of_tensors():
    net = nn.Linear(3, 2)
    optimiser = Optimiser([net], 1e-2, clip=1.0)
    assert optimiser.state() == {}
    descend(net, optimiser, 1)
    assert set(optimiser.state()) == {f"{i}.{name}" for i in (0, 1) for name in ("step", "exp_avg", "exp_avg_sq")}
    assert all(isinstance(value, torch.Tensor) for value in optimiser.state().values())


@pytest.mark.parametrize(("progress", "share"), [(0.0, 1.0), (0.5, (1 + LAST) / 2), (1.0, LAST), (3.0, LAST)])
def test_the_first_step_is_the_learning_rate_which_falls_with_progress(progress, share):
    weight = nn.Parameter(torch.tensor([1.0]))
    optimiser = Optimiser([nn.ParameterList([weight])], 0.1, clip=1e9)
    optimiser.step(1000 * weight.sum(), progress)  # Adam's first step has the length of the learning rate
    assert 1 - weight.item() == pytest.approx(0.1 * share, rel=1e-5)


def test_gradients_are_clipped_by_their_norm():
    weight = nn.Parameter(torch.zeros(2))
    optimiser = Optimiser([nn.ParameterList([weight])], 0.1, clip=1.0)
    optimiser.step((weight * torch.tensor([3.0, 4.0])).sum())
    torch.testing.assert_close(weight.grad, torch.tensor([0.6, 0.8]))


@pytest.mark.parametrize(("rows", "parts"), [(10, 4), (3, 4), (1, 8), (8, 1)])
def test_every_row_is_dealt_to_one_minibatch_and_none_is_empty(rows, parts):
    hands = [np.arange(rows)[part] for part in dealt(rows, parts)]
    assert len(hands) == min(rows, parts)
    assert all(len(hand) for hand in hands)
    assert sorted(np.concatenate(hands)) == list(range(rows))


def test_restored_from_before_its_first_step_it_begins_anew():
    torch.manual_seed(0)
    net = nn.Linear(3, 2)
    twin = copy.deepcopy(net)
    fresh, used = Optimiser([net], 1e-2, clip=1.0), Optimiser([twin], 1e-2, clip=1.0)
    start, before = copy.deepcopy(twin.state_dict()), fresh.state()
    descend(twin, used, 3)
    twin.load_state_dict(start)
    used.load(before)
    assert used.steps == 0
    descend(net, fresh, 3)
    descend(twin, used, 3)
    assert torch.equal(net.weight, twin.weight)
