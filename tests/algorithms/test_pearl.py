"""PEARL: a posterior that is a product, moved by the critics and the divergence alone, and sampled once an episode."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from dreamctl.algorithms.pearl import numbers
from dreamctl.learning import Replay, Transitions, gaussian_product
from dreamctl.learning.belief import from_natural
from dreamctl.simulation.episodes import follow
from dreamctl.testing import bandit


@pytest.fixture
def parts(made, forks):
    """A learner whose posterior says something, explorations, and whole trials."""
    learner = made("pearl", forks, z=3)
    torch.manual_seed(0)
    torch.nn.init.normal_(learner.q.head.weight, std=0.2)
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(learner.policy(), tasks, seeds)
    execution = learner.trials.execute(learner.policy(), tasks, seeds, learner.condition(tau))
    return learner, tau, follow(tau, execution)


def test_the_posterior_is_the_product_of_what_every_step_says(parts):
    learner, tau, _ = parts
    with torch.no_grad():
        factors = learner.q(Transitions.of(learner.inputs, learner.inputs.of_episodes(tau)).all)
        expected = gaussian_product(factors, torch.from_numpy(tau.mask))
        torch.testing.assert_close(from_natural(learner.evidence(tau)), expected)


def test_acting_gathers_the_same_evidence_as_reading_the_episodes(parts):
    learner, _, _ = parts
    policy = learner.policy(greedy=True)
    seen_evidence = []

    class Watched(type(policy)):
        def act(self, seen, memory, uniform):
            action, memory = super().act(seen, memory, uniform)
            seen_evidence.append(memory.evidence)
            return action, memory

    watched = Watched(policy.q, policy.policy, policy.size, True)
    tasks, seeds = learner.trials.draw(1)
    played = learner.trials.explore(watched, tasks, seeds)
    torch.testing.assert_close(seen_evidence[-1], learner.condition(played), rtol=1e-4, atol=1e-4)
    assert (played.episode == 2).any()


def test_z_is_drawn_once_an_episode_and_from_the_prior_at_first(parts):
    learner, _, _ = parts
    zs, starts = [], []
    policy = learner.policy()

    class Watched(type(policy)):
        def act(self, seen, memory, uniform):
            action, memory = super().act(seen, memory, uniform)
            zs.append(memory.z.numpy())
            starts.append(seen.new_episode)
            return action, memory

    tasks, seeds = learner.trials.draw(1)
    learner.trials.explore(Watched(policy.q, policy.policy, policy.size, True), tasks, seeds)
    for t in range(1, len(zs)):
        same = (zs[t] == zs[t - 1]).all(1)
        np.testing.assert_array_equal(same, ~starts[t])
    assert starts[0].all()


def test_the_divergence_is_that_from_a_standard_normal(parts):
    learner, tau, trial = parts
    belief = from_natural(learner.evidence(tau))
    _, nats = learner.losses(trial, belief, torch.randn(len(tau), 3))
    mean, logvar = belief.chunk(2, -1)
    expected = kl_divergence(Normal(mean, logvar.exp().sqrt()), Normal(torch.zeros(3), torch.ones(3))).sum(1).mean()
    torch.testing.assert_close(nats, expected)


def test_the_encoder_is_trained_by_the_critics_error_and_the_divergence(parts):
    learner, tau, trial = parts
    noise = torch.randn(len(tau), 3)
    for term in (0, 1):
        for p in learner.optimiser.parameters:
            p.grad = None
        learner.losses(trial, from_natural(learner.evidence(tau)), noise)[term].backward()
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in learner.q.parameters())
        reached = [p.grad is not None for p in learner.soft.critics.parameters()]
        assert all(reached) if term == 0 else not any(reached)
        assert all(p.grad is None for p in learner.soft.targets.parameters())


def test_acting_and_targets_give_the_encoder_no_gradient(parts):
    learner, tau, _ = parts
    assert not learner.condition(tau).requires_grad
    owned = {id(p) for p in learner.optimiser.parameters}
    assert owned == {id(p) for module in (learner.q, learner.soft.critics) for p in module.parameters()}


def test_critics_learn_from_trials_of_the_contexts_own_task(parts):
    _, tau, trial = parts
    replay, which = Replay(8), numbers(tau.tasks)
    replay.add(trial, which[:, None])
    rng = np.random.default_rng(0)
    drawn, truth = replay.sample_like(rng, which)
    np.testing.assert_array_equal(truth[:, 0], which)
    right = np.array([task.params[0] for task in tau.tasks])
    paid = drawn.reward.max(1) > 0
    ends = drawn.observation[..., 0].max(1)
    assert (ends[paid] >= right[paid] + 1).all()
    assert len(np.unique(which)) == len({task.key for task in tau.tasks})


@pytest.mark.parametrize("posterior", [True, False])
def test_one_pull_tells_which_of_two_arms_pays_but_not_to_whom_samples_the_prior(posterior, learned, tested):
    learner = learned("pearl", bandit(2), steps=12_000, batch=128, posterior=posterior)
    _, execution = tested(learner)
    if posterior:
        assert execution.returns.mean() >= 0.95
    else:
        assert execution.returns.mean() == pytest.approx(0.5, abs=0.15)


def test_a_replay_that_holds_less_than_a_batch_is_learned_from_all_the_same(made, forks):
    learner = made("pearl", forks, megabytes=0.004)
    for _ in range(2):
        measures = learner.iterate()
    assert 0 < learner.replay.capacity < 16
    assert np.isfinite(measures["critic/error"])
