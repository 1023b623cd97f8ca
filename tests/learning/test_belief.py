"""Gaussian beliefs, against torch.distributions and against densities multiplied by hand."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from dreamctl.learning import BelievingPolicy, Inputs, QLearner, QOptions, Recurrent
from dreamctl.learning.belief import (
    divergence,
    divergence_chain,
    from_natural,
    gaussian_product,
    gaussian_sample,
    natural,
    normal,
)
from dreamctl.learning.networks import Feedforward


def beliefs(*shape):
    torch.manual_seed(0)
    return torch.randn(*shape, dtype=torch.float64)


def as_normal(belief):
    mean, logvar = belief.chunk(2, -1)
    return Normal(mean, logvar.exp().sqrt())


def test_the_divergence_is_that_of_normal_distributions():
    one, other = beliefs(2, 5, 6)
    torch.testing.assert_close(divergence(one, other), kl_divergence(as_normal(one), as_normal(other)).sum(-1))
    torch.testing.assert_close(divergence(one), divergence(one, torch.zeros(5, 6).double()))
    assert divergence(one, one).abs().max() < 1e-12


def test_the_chain_measures_each_belief_from_the_one_before_and_the_first_from_the_prior():
    some = beliefs(3, 5, 6)
    nats = divergence_chain(some)
    for row in range(3):
        for t in range(5):
            before = some[row, t - 1] if t else torch.zeros(6).double()
            expected = kl_divergence(as_normal(some[row, t]), as_normal(before)).sum()
            torch.testing.assert_close(nats[row, t], expected)


def test_the_product_of_factors_is_the_normalised_product_of_their_densities():
    factors = beliefs(2, 4, 2)  # one dimension
    mask = torch.tensor([[True, True, False, True], [True, False, False, False]])
    x = torch.linspace(-12, 12, 20001, dtype=torch.float64)
    for row in range(2):
        density = torch.ones_like(x)
        for n in range(4):
            if mask[row, n]:
                density *= as_normal(factors[row, n]).log_prob(x).exp()
        density /= torch.trapezoid(density, x)
        expected = as_normal(gaussian_product(factors, mask)[row]).log_prob(x).exp()
        torch.testing.assert_close(density, expected, rtol=1e-6, atol=1e-8)


def test_the_product_does_not_depend_on_the_order_and_of_nothing_is_the_prior():
    factors, mask = beliefs(3, 4, 6), torch.ones(3, 4, dtype=torch.bool)
    torch.testing.assert_close(gaussian_product(factors, mask), gaussian_product(factors.flip(1), mask))
    assert not gaussian_product(factors, ~mask).any()
    one = factors[:, :1]
    torch.testing.assert_close(from_natural(natural(one))[:, 0], one[:, 0])


def test_a_draw_has_the_mean_and_deviation_of_the_belief_and_passes_gradient_to_both():
    belief = torch.tensor([[0.5, -1.0, 0.0, 2.0]], requires_grad=True)
    z = gaussian_sample(belief, torch.tensor([[1.0, -2.0]]))
    torch.testing.assert_close(z, torch.tensor([[1.5, -1 - 2 * np.e]]), rtol=1e-6, atol=1e-6)
    z.sum().backward()
    assert (belief.grad != 0).all()


def test_normal_noise_is_a_function_of_the_uniform_number_and_normal():
    uniform = np.random.default_rng(0).random(4000)
    noise = normal(uniform, 3)
    np.testing.assert_array_equal(noise[7:9], normal(uniform[7:9], 3))
    assert abs(noise.mean()) < 0.03
    np.testing.assert_allclose(np.cov(noise.T), np.eye(3), atol=0.06)
    assert noise.dtype == np.float32


@pytest.mark.parametrize("network", [Feedforward, Recurrent])
def test_acting_on_a_belief_step_by_step_is_the_whole_sequence_at_once(forks, played, network):
    torch.manual_seed(0)
    inputs = Inputs(forks)
    encoder = Recurrent(inputs.size, 6, hidden=16)
    learner = QLearner(inputs, QOptions(hidden=16), network=network, condition=6)
    episodes = played(30, policy=BelievingPolicy(encoder, learner.policy()))
    with torch.no_grad():
        x = inputs.of_episodes(episodes)
        q = learner.net(x, encoder(x))[:, :-1].numpy()
    np.testing.assert_array_equal(q.argmax(2)[episodes.mask], episodes.action[episodes.mask])
