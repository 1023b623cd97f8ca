"""The running maximum is torch's own, in values and in gradients."""

import torch

from dreamctl.learning.maximum import running_maximum


def test_running_maximum_is_cummax_where_values_tie_too():
    x = torch.randint(-3, 4, (5, 9, 7), generator=torch.Generator().manual_seed(0)).float()
    assert torch.equal(running_maximum(x), x.cummax(1)[0])


def test_its_gradient_is_that_of_cummax():
    draw = torch.Generator().manual_seed(1)
    x = torch.randint(-3, 4, (5, 9, 7), generator=draw).float().requires_grad_()
    weight = torch.randint(-9, 9, x.shape, generator=draw).float()  # whole numbers add up to the same in any order
    (mine,) = torch.autograd.grad((running_maximum(x) * weight).sum(), x)
    (its,) = torch.autograd.grad((x.cummax(1)[0] * weight).sum(), x)
    assert torch.equal(mine, its)


def test_a_single_position_is_its_own_maximum():
    x = torch.randn(3, 1, 2, requires_grad=True)
    running_maximum(x).sum().backward()
    assert torch.equal(running_maximum(x), x)
    assert torch.equal(x.grad, torch.ones_like(x))
