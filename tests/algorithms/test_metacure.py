"""MetaCURE: what is curious, where gradients go, and the sign as the one thing worth looking at."""

import numpy as np
import pytest
import torch

from dreamctl import RandomPolicy
from dreamctl.algorithms.metacure import curiosity, last
from dreamctl.learning import Transitions, gaussian_sample, identifiers
from dreamctl_hallway import hallway


@pytest.fixture
def parts(made, forks):
    learner = made("metacure", forks, z=3)
    torch.manual_seed(0)
    torch.nn.init.normal_(learner.q.head.weight, std=0.2)
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(learner.explorer(), tasks, seeds)
    execution = learner.trials.execute(learner.executor(), tasks, seeds, learner.condition(tau))
    return learner, tau, execution, identifiers(tasks), torch.randn(*tau.valid.shape, 3)


def test_what_nobody_can_predict_is_not_curious_and_padding_never_is(played):
    episodes = played(4)
    known = torch.zeros(episodes.mask.shape)
    noise = torch.full(episodes.mask.shape, 3.0)
    assert not curiosity(noise, known + 3, episodes).any()
    np.testing.assert_array_equal(curiosity(noise, known, episodes), np.where(episodes.mask, 3.0, 0.0))


def test_the_last_value_is_that_of_each_rows_last_observation(played):
    episodes = played(9)
    values = torch.arange(episodes.valid.size).view(*episodes.valid.shape, 1).float()
    for row, value in enumerate(last(values, episodes)):
        assert value == values[row, np.flatnonzero(episodes.valid[row])[-1]]


def test_the_loss_is_the_mean_over_the_steps_of_both_parts(parts):
    learner, tau, execution, kappa, noise = parts
    predicted, informed, _ = learner.losses(tau, execution, kappa, noise)
    with torch.no_grad():
        x, x_2 = (learner.inputs.of_episodes(e) for e in (tau, execution))
        z = gaussian_sample(learner.q(x), noise)
        sums, count = np.zeros(2), 0
        for episodes, steps, beliefs in (
            (tau, Transitions.of(learner.inputs, x), z[:, :-1]),
            (execution, Transitions.of(learner.inputs, x_2), last(z, tau)),
        ):
            mask = torch.from_numpy(episodes.mask)
            sums += [
                float(each[mask].sum())
                for each in (learner.p.nats(steps, beliefs), learner.p_kappa.nats(steps, learner.f(kappa)))
            ]
            count += int(mask.sum())
    np.testing.assert_allclose([predicted.item(), informed.item()], sums / count, rtol=1e-4)


def test_the_two_predictors_learn_apart(parts):
    learner, tau, execution, kappa, noise = parts
    for term, reached in ((0, ("q", "p")), (1, ("f", "p_kappa"))):
        for p in learner.optimiser.parameters:
            p.grad = None
        learner.losses(tau, execution, kappa, noise)[term].backward()
        for name in ("q", "p", "f", "p_kappa"):
            assert any(p.grad is not None for p in getattr(learner, name).parameters()) == (name in reached)


def test_no_policy_moves_the_belief_or_the_predictors(parts, weights):
    learner, tau, execution, _, _ = parts
    believing = learner.q, learner.p, learner.f, learner.p_kappa
    kept = weights(*believing)
    with torch.no_grad():
        belief = learner.q(learner.inputs.of_episodes(tau))
    z = last(belief, tau)[:, :3]
    learner.exploration.learn(tau, tau.reward + 1, condition=lambda rows: belief[rows])
    learner.execution.learn(execution, execution.reward, condition=lambda rows: z[rows])
    assert torch.equal(weights(*believing), kept)


def test_reading_the_sign_is_worth_a_quarter_and_other_steps_nothing(made):
    """Of two symbols the mean is expected at best: 2 x 0.5^2 / 2 nats for the two numbers that differ."""
    learner = made("metacure", hallway(hallways=2, length=2, sign=2), batch=256, kl=0.0, minibatches=1)
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(RandomPolicy(3), tasks, seeds)
    execution = learner.trials.execute(RandomPolicy(3), tasks, seeds)
    for number in range(200):
        noise = torch.randn(*tau.valid.shape, 8, generator=torch.Generator().manual_seed(number))
        learner.predict(tau, execution, identifiers(tasks), noise, progress=0.0)
    x = learner.inputs.of_episodes(tau)
    with torch.no_grad():
        mean = learner.q(x).chunk(2, -1)[0][:, :-1]
        nats = learner.nats(Transitions.of(learner.inputs, x), mean, identifiers(tasks))
    curious = curiosity(*nats, tau)
    shown = tau.observation[:, 1:, 2] > 0
    first = shown & (shown.cumsum(1) == 1) & tau.mask
    assert curious[first].mean() == pytest.approx(0.25, abs=0.06)
    assert abs(curious[tau.mask & ~shown].mean()) < 0.03
    again = shown & ~first & tau.mask
    assert abs(curious[again].mean()) < 0.08


@pytest.mark.parametrize("intrinsic", [1.0, 0.0])
def test_curiosity_reads_the_sign_and_the_tasks_own_reward_does_not(intrinsic, learned, tested):
    environment = hallway(hallways=2, length=2, sign=2)
    learner = learned("metacure", environment, steps=60_000, batch=128, intrinsic=intrinsic)
    exploration, execution = tested(learner, 1)
    assert execution.returns.mean() == (1 if intrinsic else 1 / 2)
    assert exploration.observation[:, :, 2].any(1).all() == (intrinsic > 0)
