"""The weights that did best."""

import math

import torch
from torch import nn

from dreamctl.learning.best import WINDOW, Best


def offered(values, best, layer):
    """Offer values, with the weight at the number of each."""
    for number, value in enumerate(values):
        nn.init.constant_(layer.weight, number)
        best.offer(value)


def test_the_weights_of_the_best_stretch_come_back():
    layer = nn.Linear(1, 1)
    best = Best(layer)
    offered([0.0] * WINDOW + [1.0] * WINDOW + [0.5] * 30, best, layer)
    best.restore()
    assert float(layer.weight.detach()) == 2 * WINDOW - 1
    assert best.value == 1


def test_one_lucky_batch_is_no_stretch_and_no_result_counts_for_nothing():
    layer = nn.Linear(1, 1)
    best = Best(layer)
    offered([1.0] * (WINDOW - 1) + [math.nan] * 5, best, layer)
    best.restore()
    assert float(layer.weight.detach()) == WINDOW + 3, "what is there stays"


def test_what_is_saved_goes_on_as_if_nothing_had_been():
    values = torch.randn(60, generator=torch.Generator().manual_seed(0)).tolist()
    layers = [nn.Linear(1, 1) for _ in range(2)]
    whole, first = (Best(layer) for layer in layers)
    offered(values, whole, layers[0])
    offered(values[:25], first, layers[1])
    resumed = Best(layers[1])
    resumed.load(first.state())
    for number, value in enumerate(values[25:], 25):
        nn.init.constant_(layers[1].weight, number)
        resumed.offer(value)
    whole.restore()
    resumed.restore()
    assert torch.equal(layers[0].weight, layers[1].weight)
