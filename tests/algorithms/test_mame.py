"""MAME: the explorer's reward by hand, by autograd and as the DiCE gradient; what adaptation moves."""

import attrs
import numpy as np
import pytest
import torch

from dreamctl.algorithms.mame import Samples, n_step_returns
from dreamctl.testing import bandit
from dreamctl_hallway import hallway


@pytest.fixture
def parts(made, forks):
    learner = made("mame", forks, z=3)
    torch.manual_seed(0)
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(learner.exploration.policy(), tasks, seeds)
    execution = learner.trials.execute(learner.execution.policy(), tasks, seeds, learner.condition(tau))
    return learner, tau, execution


def outer_after(learner, inner, outer, w):
    """The outer loss of each row, if sample t of the inner step weighs w [B, T]."""
    z_0 = learner.model.z_0.detach().expand(*w.shape, -1).clone().requires_grad_()
    error = (learner.model.errors(inner.acted, inner.returns, z_0) * inner.share).sum()
    (asked,) = torch.autograd.grad(error, z_0)
    z = learner.model.z_0.detach() - learner.options.fast * (w[..., None] * asked).sum(1)
    return learner.outer(outer, z)


def test_returns_look_n_steps_ahead_within_the_episode(played):
    episodes = played(20)
    reward = np.where(episodes.mask, np.random.default_rng(0).normal(size=episodes.reward.shape), 0)
    reward = reward.astype(np.float32)
    episodes = type(episodes)(
        **{f: getattr(episodes, f) for f in episodes.__slots__ if f != "__weakref__"} | {"reward": reward}
    )
    found = n_step_returns(episodes, 3, 0.5)
    for row, t in np.ndindex(found.shape):
        ahead = [
            0.5**k * reward[row, t + k]
            for k in range(3)
            if t + k < reward.shape[1]
            and episodes.mask[row, t + k]
            and episodes.episode[row, t + k] == episodes.episode[row, t]
        ]
        assert found[row, t] == pytest.approx(sum(ahead) if episodes.mask[row, t] else 0, abs=1e-6)


def test_the_reward_by_hand(parts):
    """M = z, z_0 = 0: samples ask for z to go to their returns, 1 and -1, and the execution wants it at 1."""
    learner, _, _ = parts
    learner.options = attrs.evolve(learner.options, fast=0.5)
    learner.model.z_0.data.zero_()
    learner.model.errors = lambda acted, returns, z: 0.5 * (z[..., 0] - returns) ** 2
    nothing = torch.zeros(1, 2, 1)
    inner = Samples(nothing, torch.tensor([[1.0, -1.0]]), torch.tensor([[True, True]]))
    outer = Samples(nothing, torch.tensor([[1.0, 0.0]]), torch.tensor([[True, False]]))
    np.testing.assert_allclose(learner.usefulness(inner, outer), [[0.25, -0.25]])
    alone = Samples(nothing, torch.tensor([[1.0, -1.0]]), torch.tensor([[True, False]]))
    assert learner.adapt(alone)[0, 0] == 0.5
    np.testing.assert_allclose(learner.usefulness(alone, outer), [[0.5 * 1 * 0.5, 0]])


def test_the_reward_is_how_much_less_outer_loss_a_sample_that_weighs_more_leaves(parts):
    learner, tau, execution = parts
    inner, outer = learner.samples(tau), learner.samples(execution)
    w = torch.ones(inner.mask.shape, requires_grad=True)
    (slope,) = torch.autograd.grad(outer_after(learner, inner, outer, w).sum(), w)
    reward = learner.usefulness(inner, outer)
    np.testing.assert_allclose(reward, -slope.numpy(), atol=1e-6)
    assert np.abs(reward).max() > 0
    assert not reward[~tau.mask].any()


def test_the_policy_gradient_on_it_is_the_dice_gradient(parts):
    learner, tau, execution = parts
    inner, outer = learner.samples(tau), learner.samples(execution)
    log_mu = torch.randn(inner.mask.shape, requires_grad=True)
    total = log_mu.cumsum(1)
    dice = (total - total.detach()).exp()
    (slope,) = torch.autograd.grad(outer_after(learner, inner, outer, dice).sum(), log_mu)
    reward = learner.usefulness(inner, outer)
    to_go = np.flip(np.flip(reward, 1).cumsum(1), 1)
    np.testing.assert_allclose(-slope.numpy(), to_go, atol=1e-6)


def test_execution_learns_through_the_step_into_the_model_and_z_0(parts, weights):
    learner, tau, execution = parts
    inner = learner.samples(tau)
    before = {"z_0": learner.model.z_0.detach().clone(), "net": weights(learner.model.net)}
    explorer = weights(learner.exploration.net)
    torch.nn.init.normal_(learner.execution.net.head.weight)
    learner.execution.learn(
        execution, execution.reward + 1, condition=lambda rows: learner.adapt(inner.rows(rows), through=True)
    )
    assert not torch.equal(learner.model.z_0.detach(), before["z_0"])
    assert not torch.equal(weights(learner.model.net), before["net"]), "the second-order part"
    assert torch.equal(weights(learner.exploration.net), explorer)


def test_the_explorers_loss_moves_the_explorer_alone(parts, weights):
    learner, tau, execution = parts
    kept = weights(learner.model, learner.execution.net)
    before = weights(learner.exploration.net)
    learner.exploration.learn(tau, learner.usefulness(learner.samples(tau), learner.samples(execution)))
    assert torch.equal(weights(learner.model, learner.execution.net), kept)
    assert not torch.equal(weights(learner.exploration.net), before)


@pytest.mark.parametrize("intrinsic", [1.0, 0.0])
def test_what_helps_to_adapt_is_the_sign_and_without_that_reward_it_is_not_read(intrinsic, learned, tested):
    environment = hallway(hallways=4, length=2, sign=1)
    learner = learned("mame", environment, steps=50_000, batch=128, intrinsic=intrinsic)
    exploration, execution = tested(learner, 1)
    assert execution.returns.mean() == (1 if intrinsic else 1 / 4)
    assert exploration.observation[:, :, 2].any(1).all() == (intrinsic > 0)


def test_one_pull_tells_which_of_two_arms_pays(learned, tested):
    learner = learned("mame", bandit(2), steps=15_000, batch=128)
    _, execution = tested(learner, 1)
    assert execution.returns.mean() == 1
