"""Soft actor-critic with counted actions: values, policy and gradients, and a chain whose values are known."""

import math

import numpy as np
import torch
from torch.distributions import Categorical

from dreamctl import Seen
from dreamctl.learning import Inputs, SoftQ, SoftQOptions


def make(forks, **options):
    torch.manual_seed(0)
    soft = SoftQ(Inputs(forks), SoftQOptions(hidden=16, **options), z=3)
    for net in soft.critics.both:
        torch.nn.init.normal_(net.head.weight, std=0.3)
    return soft


def arrays(forks, episodes):
    x = Inputs(forks).of_episodes(episodes)
    columns = (np.maximum(episodes.action, 0), episodes.reward, episodes.terminated, episodes.mask)
    return x, *(torch.from_numpy(column) for column in columns)


def test_the_value_is_that_of_the_best_policy_with_its_entropy(forks):
    soft = make(forks, temperature=0.3)
    q = torch.randn(5, 3)
    best = Categorical(logits=q / 0.3)
    expected = (best.probs * q).sum(1) + 0.3 * (best.entropy() - math.log(3))
    torch.testing.assert_close(soft.value(q), expected)
    for other in (Categorical(probs=torch.rand(5, 3)) for _ in range(20)):
        assert ((other.probs * q).sum(1) + 0.3 * (other.entropy() - math.log(3)) <= soft.value(q) + 1e-6).all()
    assert soft.value(torch.zeros(1, 3)).abs() < 1e-6, "where nothing pays, nothing is worth anything"


def test_the_policy_plays_with_those_probabilities(forks):
    soft, batch = make(forks), 4000
    seen = Seen(
        observation=np.zeros((batch, 5), np.uint8),
        action=np.full(batch, -1),
        reward=np.zeros(batch, np.float32),
        new_episode=np.ones(batch, bool),
        taken=np.zeros(batch, int),
    )
    policy, z = soft.policy(), torch.zeros(batch, 3)
    actions, _ = policy.act(seen, policy.start(batch, z), (np.arange(batch) + 0.5) / batch)
    q = soft.critics(soft.inputs.of_seen(seen), z)[0]
    expected = (q / soft.options.temperature).softmax(0).detach().numpy()
    np.testing.assert_allclose(np.bincount(actions, minlength=3) / batch, expected, atol=2 / batch)
    greedy, _ = soft.policy(greedy=True).act(seen, policy.start(batch, z), np.zeros(batch))
    assert (greedy == int(q.argmax())).all()


def test_the_loss_is_the_soft_bellman_error_of_both_critics(forks, played):
    soft = make(forks, discount=0.9)
    episodes = played(12)
    x, action, reward, terminated, mask = arrays(forks, episodes)
    z = torch.randn(12, 3)
    expected, steps = 0.0, 0
    with torch.no_grad():
        q, following = soft.critics.each(x, z), torch.minimum(*soft.targets.each(x, z))
        for row, t in zip(*np.nonzero(episodes.mask), strict=True):
            y = reward[row, t]
            if not terminated[row, t]:
                y = y + 0.9 * soft.value(following[row, t + 1])
            expected += sum((each[row, t, action[row, t]] - y) ** 2 for each in q)
            steps += 1
    torch.testing.assert_close(soft.loss(x, action, reward, terminated, mask, z), expected / steps)


def test_the_gradient_goes_into_the_critics_and_z_and_not_into_the_targets(forks, played):
    soft, z = make(forks), torch.randn(12, 3, requires_grad=True)
    soft.loss(*arrays(forks, played(12)), z).backward()
    assert z.grad.abs().sum() > 0
    assert all(p.grad.abs().sum() > 0 for p in soft.critics.parameters())
    assert all(p.grad is None for p in soft.targets.parameters())


def test_targets_go_part_of_the_way_to_the_critics(forks):
    soft = make(forks, follow=0.25)
    before = [p.clone() for p in soft.targets.parameters()]
    soft.follow()
    for now, was, critic in zip(soft.targets.parameters(), before, soft.critics.parameters(), strict=True):
        torch.testing.assert_close(now, 0.75 * was + 0.25 * critic)
