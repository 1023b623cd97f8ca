"""Predictors of a task, against torch.distributions, and what they are shown."""

import numpy as np
import torch
from torch.distributions import Normal

from dreamctl.learning import Inputs, Predictor, Transitions


def parts(forks, played):
    torch.manual_seed(0)
    inputs, episodes = Inputs(forks), played(6)
    return inputs, episodes, Transitions.of(inputs, inputs.of_episodes(episodes)), Predictor(inputs, 3, 8)


def test_a_step_is_what_was_seen_done_and_what_followed(forks, played):
    inputs, episodes, steps, _ = parts(forks, played)
    row, t = np.nonzero(episodes.mask)
    np.testing.assert_array_equal(steps.action.argmax(2).numpy()[row, t], episodes.action[row, t])
    np.testing.assert_array_equal(steps.reward.numpy()[row, t], episodes.reward[row, t])
    seen = inputs.of_episodes(episodes)[..., inputs.columns["observation"]]
    torch.testing.assert_close(steps.following, seen[:, 1:])
    torch.testing.assert_close(steps.state[..., : seen.shape[2]], seen[:, :-1])
    assert steps.state.shape[2] == Transitions.state_size(inputs)
    assert steps.all.shape[2] == Transitions.size(inputs)


def test_the_state_does_not_hold_the_last_action_or_reward(forks, played):
    inputs, episodes, steps, _ = parts(forks, played)
    x = inputs.of_episodes(episodes)
    for name in ("action", "reward", "start"):
        x[..., inputs.columns[name]] = 7
    torch.testing.assert_close(Transitions.of(inputs, x).state, steps.state)


def test_nats_are_those_of_unit_gaussians_up_to_a_constant(forks, played):
    _, _, steps, p = parts(forks, played)
    z = torch.randn(6, 3)
    acted = torch.cat([steps.state, steps.action], 2)
    reward = p.reward(torch.cat([acted, steps.following], 2), z[:, None])[..., 0]
    log_p = 2 * Normal(reward, 1).log_prob(steps.reward)
    log_p = log_p + 3 * Normal(p.state(acted, z[:, None]), 1).log_prob(steps.following).sum(2)
    constant = (2 + 3 * steps.following.shape[2]) * 0.5 * np.log(2 * np.pi)
    torch.testing.assert_close(p.nats(steps, z, rewards=2, states=3), -log_p - constant, rtol=1e-4, atol=1e-4)


def test_every_step_for_every_belief_is_each_belief_alone(forks, played):
    _, _, steps, p = parts(forks, played)
    z = torch.randn(6, 4, 3)
    together = p.nats(steps, z[:, :, None])
    assert together.shape == (6, 4, steps.reward.shape[1])
    for belief in range(4):
        torch.testing.assert_close(together[:, belief], p.nats(steps, z[:, belief]), rtol=1e-4, atol=1e-5)


def test_a_belief_for_each_step_goes_with_its_own_step(forks, played):
    _, _, steps, p = parts(forks, played)
    z = torch.randn(6, steps.reward.shape[1], 3)
    own, every = p.nats(steps, z), p.nats(steps, z[:, :, None])
    torch.testing.assert_close(own, every.diagonal(dim1=1, dim2=2), rtol=1e-4, atol=1e-5)


def test_without_states_only_rewards_count(forks, played):
    _, _, steps, p = parts(forks, played)
    p.nats(steps, torch.randn(6, 3), states=0).sum().backward()
    assert all(parameter.grad is None for parameter in p.state.parameters())
    assert all(parameter.grad is not None for parameter in p.reward.parameters())
