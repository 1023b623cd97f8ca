"""VariBAD: its objective against torch.distributions, which parameters it moves, and belief that pays."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from dreamctl.learning import Transitions


@pytest.fixture
def parts(made, forks):
    """A learner with a belief that says something, whole trials of it, and noise for samples."""
    learner = made("varibad", forks, z=3)
    torch.manual_seed(0)
    torch.nn.init.normal_(learner.q.head.weight, std=0.2)
    torch.nn.init.normal_(learner.learner.net.head.weight, std=0.2)
    tasks, seeds = learner.trials.draw(0)
    trial = learner.play(tasks, seeds)
    return learner, trial, tasks, torch.randn(*trial.valid.shape, 3)


def elbo(learner, trial, noise):
    x = learner.inputs.of_episodes(trial)
    valid, mask = torch.from_numpy(trial.valid), torch.from_numpy(trial.mask)
    return learner.negative_elbo(x, learner.q(x), noise, valid, mask)


def test_every_prefix_decodes_the_whole_trial_and_is_measured_from_the_one_before(parts):
    learner, trial, _, noise = parts
    decoded, divergence = elbo(learner, trial, noise)

    with torch.no_grad():
        x = learner.inputs.of_episodes(trial)
        mean, logvar = learner.q(x).chunk(2, -1)
        belief = Normal(mean, logvar.exp().sqrt())
        steps = Transitions.of(learner.inputs, x)
        acted = torch.cat([steps.state, steps.action], 2)
        led = torch.cat([acted, steps.following], 2)
        log_p = nats = 0.0
        for row in range(len(trial)):
            before = Normal(torch.zeros(3), torch.ones(3))
            played = trial.mask[row]
            for t in np.flatnonzero(trial.valid[row]):
                here = Normal(belief.mean[row, t], belief.stddev[row, t])
                nats += kl_divergence(here, before).sum()
                before = here
                m = (here.mean + here.stddev * noise[row, t]).expand(int(played.sum()), 3)
                reward = Normal(learner.p.reward(led[row, played], m)[:, 0], 1)
                state = Normal(learner.p.state(acted[row, played], m), 1)
                log_p += reward.log_prob(steps.reward[row, played]).sum()
                log_p += state.log_prob(steps.following[row, played]).sum()
        numbers = (trial.valid.sum(1) * trial.mask.sum(1)).sum() * (1 + steps.following.shape[2])
        log_p += numbers * 0.5 * np.log(2 * np.pi)
    torch.testing.assert_close(decoded, -log_p / len(trial), rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(divergence, nats / len(trial), rtol=1e-4, atol=1e-4)


def test_an_early_belief_is_asked_about_what_comes_later(parts):
    """Only the last step's reward changes, and the loss of the first belief does."""
    learner, trial, _, noise = parts
    x = learner.inputs.of_episodes(trial)
    first = torch.zeros(trial.valid.shape, dtype=torch.bool)
    first[:, 0] = True
    mask = torch.from_numpy(trial.mask)
    with torch.no_grad():
        belief = learner.q(x)
        before, _ = learner.negative_elbo(x, belief, noise, first, mask)
        x[torch.arange(len(x)), torch.from_numpy(trial.valid.sum(1) - 1), learner.inputs.columns["reward"].start] += 1
        after, _ = learner.negative_elbo(x, belief, noise, first, mask)
    assert abs(float(after - before)) > 1e-3


def test_the_policys_loss_reaches_neither_encoder_nor_decoder(parts, weights):
    learner, trial, tasks, _ = parts
    learner.options = type(learner.options)(z=3, updates=1, decode=False, kl=0.0)  # only the policy has a loss
    before, policy = weights(learner.q, learner.p), weights(learner.learner.net)
    learner.learn(trial, trial.reward + 1, tasks, 0.0)
    assert torch.equal(weights(learner.q, learner.p), before)
    assert not torch.equal(weights(learner.learner.net), policy)


def test_the_belief_learns_by_decoding_and_divergence_without_the_policy(parts):
    learner, trial, _, noise = parts
    decoded, divergence = elbo(learner, trial, noise)
    policy = list(learner.learner.net.parameters())
    decoded.backward(retain_graph=True)
    assert all(p.grad is not None for module in (learner.q, learner.p) for p in module.parameters())
    for p in learner.p.parameters():
        p.grad = None
    divergence.backward()
    assert all(p.grad is None for p in [*policy, *learner.p.parameters()])
    assert not {id(p) for p in learner.optimiser.parameters} & {id(p) for p in learner.learner.optimiser.parameters}


def test_execution_begins_with_the_belief_that_exploration_left(parts, tested):
    learner, _, _, _ = parts
    exploration, execution = tested(learner, 2)
    memory = learner.condition(exploration)
    with torch.no_grad():
        belief, _ = learner.q.step(learner.inputs.of_episodes(execution)[:, 0], memory)
        out, _ = learner.learner.net.step(learner.inputs.of_episodes(execution)[:, 0], None, belief)
    actions = out[:, : learner.inputs.actions].argmax(1).numpy()
    np.testing.assert_array_equal(actions, execution.action[:, 0])


@pytest.mark.parametrize("decode", [True, False])
def test_a_belief_that_is_decoded_finds_the_way_by_a_signpost_and_one_that_is_not_does_not(
    decode, learned, tested, signpost
):
    learner = learned("varibad", signpost(), steps=30_000, batch=128, decode=decode)
    _, execution = tested(learner, 1)
    assert execution.returns.mean() == (1 if decode else 1 / 2)
