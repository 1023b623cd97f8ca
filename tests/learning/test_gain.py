"""Information gain: what adds up, and what is known by hand."""

import itertools

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Normal

from dreamctl import RandomPolicy, keys, open_simulator
from dreamctl.learning import (
    base_rates,
    embedding_log_likelihood,
    entropy_weight,
    explore,
    identity_log_likelihood,
    information_gain,
    label_log_likelihood,
)
from dreamctl.learning.gain import SMALLEST
from dreamctl.testing import bandit, switches

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def log_likelihood(target, batch, positions):
    """log q [B, T+1] of a decoder that says anything at all."""
    if target == "labels":
        p = 1 / (1 + np.exp(-normal(batch, positions, 3)))
        y = RNG.integers(2, size=(batch, 3)).astype(np.float32)
        y[0, 1] = np.nan
        return label_log_likelihood(p, y, np.array([1, 2, 0.5], np.float32))
    if target == "embedding":
        return embedding_log_likelihood(normal(batch, 4), normal(batch, positions, 4), rho=0.5)
    return identity_log_likelihood(normal(batch, positions, 5), RNG.integers(5, size=batch))


@pytest.mark.parametrize("target", ["labels", "embedding", "identity"])
@pytest.mark.parametrize("cost", [0.0, 0.25])
def test_the_gains_of_a_trial_add_up_to_what_it_told_less_its_cost(played, padded, target, cost):
    episodes = played(50)
    assert (episodes.terminated & episodes.mask).any(), "there are early ends"
    assert (episodes.valid[:, 1:] & ~episodes.mask).any(), "there are slots between episodes"
    log_q = log_likelihood(target, *episodes.valid.shape)
    gain = information_gain(log_q, episodes, cost)
    last = episodes.valid.sum(1) - 1
    told = log_q[np.arange(50), last].astype(np.float64) - log_q[:, 0]
    np.testing.assert_allclose(gain.sum(1, dtype=np.float64), told - cost * episodes.mask.sum(1), rtol=0, atol=1e-4)
    assert not gain[:, :][~episodes.valid[:, 1:]].any(), "padding earns nothing"

    longer = np.concatenate([log_q, normal(50, 3)], 1)  # whatever is said of the padding
    np.testing.assert_array_equal(information_gain(longer, padded(episodes, 3), cost)[:, :-3], gain)


def test_the_slot_between_two_episodes_costs_nothing_and_earns_what_the_new_start_told(played):
    episodes = played(20)
    log_q = normal(*episodes.valid.shape)
    gain = information_gain(log_q, episodes, cost=0.25)
    slot = episodes.valid[:, 1:] & ~episodes.mask
    np.testing.assert_array_equal(gain[slot], np.diff(log_q, axis=1)[slot])
    np.testing.assert_allclose(gain[episodes.mask], np.diff(log_q, axis=1)[episodes.mask] - 0.25, atol=1e-6)


def test_gains_know_nothing_of_the_future(played):
    episodes = played(20)
    log_q = normal(*episodes.valid.shape)
    other = log_q.copy()
    other[:, 6:] = normal(*other[:, 6:].shape)
    np.testing.assert_array_equal(information_gain(log_q, episodes)[:, :5], information_gain(other, episodes)[:, :5])


def test_a_pull_of_a_bandit_is_worth_what_arithmetic_says():
    arms = 4
    environment = bandit(arms)
    tasks = environment.tasks().train * 64
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 0)
    episodes = explore(environment, open_simulator(environment, len(tasks)), RandomPolicy(arms), tasks, seeds)
    arm, pulled, paid = np.array([task.params for task in tasks]), episodes.action[:, 0], episodes.reward[:, 0] > 0

    posterior = np.full((len(tasks), 2, arms), 1 / arms)  # exact, before and after the pull
    posterior[:, 1] = np.where(paid[:, None], 0, 1 / (arms - 1))
    posterior[np.arange(len(tasks)), 1, pulled] = paid
    log_q = identity_log_likelihood(np.log(posterior + 1e-30).astype(np.float32), arm)
    gain = information_gain(log_q, episodes)[:, 0]
    np.testing.assert_allclose(gain, np.where(paid, np.log(4), np.log(4 / 3)), rtol=1e-6)

    # over all arms and pulls, the mean is the mutual information H(1/4, 3/4)
    each = [gain[(arm == a) & (pulled == b)][0] for a, b in itertools.product(range(arms), range(arms))]
    assert np.mean(each) == pytest.approx(-0.25 * np.log(0.25) - 0.75 * np.log(0.75))


def test_the_first_press_of_a_switch_is_worth_a_bit_and_the_second_nothing():
    environment, rubric = switches(3)
    tasks = environment.tasks().train
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 1)
    episodes = explore(environment, open_simulator(environment, len(tasks)), RandomPolicy(3), tasks, seeds)
    y = rubric.targets(tasks)
    pressed = np.arange(3) == episodes.action[..., None]  # [B, T, L]
    known = np.concatenate([np.zeros((len(tasks), 1, 3), bool), np.maximum.accumulate(pressed, 1)], 1)
    p = np.where(known, y[:, None], 0.5).astype(np.float32)
    gain = information_gain(label_log_likelihood(p, y), episodes)
    first = np.diff(known.sum(2), axis=1) > 0
    assert first.any()
    assert not first.all()
    np.testing.assert_allclose(gain, np.where(first, np.log(2), 0), atol=1.1 * SMALLEST)


def test_log_likelihoods_are_those_of_torchs_distributions():
    p = RNG.uniform(0.01, 0.99, (6, 3, 2)).astype(np.float32)
    y = RNG.integers(2, size=(6, 2)).astype(np.float32)
    expected = Bernoulli(torch.tensor(p)).log_prob(torch.tensor(y)[:, None].expand(-1, 3, -1)).sum(2)
    np.testing.assert_allclose(label_log_likelihood(p, y), expected, rtol=1e-5)

    z, g = normal(6, 4), normal(6, 3, 4)
    density = Normal(torch.tensor(g), 0.3).log_prob(torch.tensor(z)[:, None]).sum(2)
    made = embedding_log_likelihood(z, g, rho=0.3)
    np.testing.assert_allclose(np.diff(made, axis=1), density.diff(dim=1), rtol=1e-4, atol=1e-4)

    logits, mu = normal(6, 3, 5), RNG.integers(5, size=6)
    expected = Categorical(logits=torch.tensor(logits)).log_prob(torch.tensor(mu)[:, None].expand(-1, 3))
    np.testing.assert_allclose(identity_log_likelihood(logits, mu), expected, rtol=1e-5, atol=1e-6)


def test_one_confident_mistake_is_worth_no_more_than_the_limit():
    limit = np.log(np.float32(SMALLEST))
    wrong = np.ones((1, 1, 1), np.float32)
    assert label_log_likelihood(wrong, np.zeros((1, 1), np.float32))[0, 0] == pytest.approx(limit, rel=1e-4)
    assert label_log_likelihood(0 * wrong, np.ones((1, 1), np.float32))[0, 0] == pytest.approx(limit)
    logits = np.array([[[1000, -1000]]], np.float32)
    assert identity_log_likelihood(logits, np.array([1]))[0, 0] == pytest.approx(limit)
    assert identity_log_likelihood(logits, np.array([0]))[0, 0] == 0


def test_unknown_labels_say_nothing():
    p = RNG.uniform(size=(4, 3, 2)).astype(np.float32)
    y = np.array([[1, np.nan]] * 4, np.float32)
    np.testing.assert_array_equal(label_log_likelihood(p, y), label_log_likelihood(p[..., :1], y[:, :1]))


def test_weights_are_one_over_the_entropy_of_labels_that_vary():
    n = np.nan
    targets = np.array([[1, 0, 1, n, n], [0, 0, 1, n, 1], [1, 0, 1, n, 0], [0, 0, 1, n, 0]], np.float32)
    np.testing.assert_allclose(base_rates(targets), [0.5, 0, 1, n, 1 / 3])
    third = -(np.log(1 / 3) + 2 * np.log(2 / 3)) / 3
    np.testing.assert_allclose(entropy_weight(targets), [1 / np.log(2), 0, 0, 0, 1 / third], rtol=1e-6)
