"""The policy-gradient learner: exact properties."""

import copy

import numpy as np
import pytest
import torch

from dreamctl import Seen
from dreamctl.learning import Inputs, PGLearner, PGOptions, trial_returns


def make(forks, **options):
    torch.manual_seed(0)
    learner = PGLearner(Inputs(forks), PGOptions(hidden=16, **options))
    torch.nn.init.normal_(learner.net.head.weight, std=0.1)
    return learner


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def test_actions_are_drawn_with_their_probabilities(forks):
    policy = make(forks).policy()
    batch = 4000
    seen = Seen(
        observation=np.zeros((batch, 5), np.uint8),
        action=np.full(batch, -1),
        reward=np.zeros(batch, np.float32),
        new_episode=np.ones(batch, bool),
        taken=np.zeros(batch, int),
    )
    uniform = (np.arange(batch) + 0.5) / batch
    actions, _ = policy.act(seen, policy.start(batch), uniform)
    assert (np.diff(actions) >= 0).all(), "the inverse of a cumulative distribution rises"
    with torch.no_grad():
        out, _ = policy.net.step(policy.inputs.of_seen(seen), policy.net.start(batch))
    expected = out[0, :-1].softmax(0).numpy()
    assert expected.min() > 0.01
    np.testing.assert_allclose(np.bincount(actions, minlength=3) / batch, expected, atol=1.5 / batch)
    last, _ = policy.act(seen, policy.start(batch), np.full(batch, np.nextafter(1.0, 0)))
    assert (last == 2).all()


def test_greedy_policies_take_the_mode_and_no_uniform_numbers(forks, played):
    learner = make(forks)
    episodes = played(30, policy=learner.policy(greedy=True))
    with torch.no_grad():
        logits = learner.net(learner.inputs.of_episodes(episodes)).numpy()[:, :-1, :-1]
    np.testing.assert_array_equal(logits.argmax(2)[episodes.mask], episodes.action[episodes.mask])

    class Stirred(type(learner.policy())):
        def act(self, seen, memory, uniform):
            return super().act(seen, memory, 1 - uniform)

    stirred = Stirred(learner.net, learner.inputs, True)
    np.testing.assert_array_equal(played(30, policy=stirred).action, episodes.action)


def test_its_first_step_is_the_plain_policy_gradient(forks, played):
    learner = make(forks, epochs=1, minibatches=1, clip=1e9)
    twin = copy.deepcopy(learner)
    episodes = played(20, policy=learner.policy())
    learner.learn(episodes, episodes.reward)

    o, mask = twin.options, torch.tensor(episodes.mask)
    out = twin.net(twin.inputs.of_episodes(episodes))[:, :-1]
    value = out[..., -1]
    target = torch.tensor(
        trial_returns(
            episodes.reward,
            value.detach().numpy(),
            episodes.mask,
            episodes.valid,
            discount=o.discount,
            lambda_=o.lambda_,
        )
    )
    advantage = (target - value.detach())[mask]
    advantage = (advantage - advantage.mean()) / advantage.std(correction=0)
    policy = torch.distributions.Categorical(logits=out[..., :-1])
    played_log = policy.log_prob(torch.tensor(np.maximum(episodes.action, 0)))[mask]
    loss = (
        -(advantage * played_log).mean()
        + o.value * ((value - target)[mask] ** 2).mean()
        - o.entropy * policy.entropy()[mask].mean()
    )
    loss.backward()
    for p, expected in zip(learner.net.parameters(), twin.net.parameters(), strict=True):
        torch.testing.assert_close(p.grad, expected.grad, rtol=1e-4, atol=1e-5)


def test_padding_changes_nothing_that_is_learned(measured, played, padded):
    learner = make(measured)
    twin = copy.deepcopy(learner)
    episodes = played(20)
    one = learner.learn(episodes, episodes.reward)
    longer = padded(episodes, 4)
    other = twin.learn(longer, longer.reward + 5 * ~longer.valid[:, 1:])
    assert other["loss"] == pytest.approx(one["loss"], abs=1e-5)
    torch.testing.assert_close(weights(learner.net), weights(twin.net), rtol=0, atol=1e-4)


def test_fewer_rows_than_minibatches_are_enough(forks, played):
    episodes = played(1)
    assert np.isfinite(make(forks).learn(episodes, episodes.reward)["loss"])


def test_saved_and_restored_it_learns_the_same(forks, played):
    learner, first, second = make(forks), played(20), played(20, seed=1)
    learner.learn(first, first.reward)
    twin = PGLearner(Inputs(forks), learner.options)
    twin.load(copy.deepcopy(learner.state()))
    for each in (learner, twin):
        each.learn(second, second.reward, progress=0.5)
    assert torch.equal(weights(learner.net), weights(twin.net))
