"""Lambda-returns against the definition, written out."""

import numpy as np
import pytest

from dreamctl.learning import trial_returns


def forward_view(reward, value, mask, valid, discount, lambda_, last_value):
    """(1 - lambda) sum_n lambda^(n-1) G^(n) for each step, from n-step returns G^(n), in O(T^2); float64 [B, T]."""
    out = np.zeros(reward.shape)
    for b in range(len(reward)):
        decisions = np.flatnonzero(mask[b])
        bounds = [*decisions, valid[b].sum() - 1]
        # what comes between two decisions belongs to the earlier one, a step later
        r = [reward[b, t] + discount * reward[b, t + 1 : bounds[k + 1]].sum() for k, t in enumerate(decisions)]
        v = [*value[b, decisions], last_value[b]]
        n = len(decisions)
        for k in range(n):
            ahead = [
                sum(discount ** (i - k) * r[i] for i in range(k, m)) + discount ** (m - k) * v[m]
                for m in range(k + 1, n + 1)
            ]
            weights = [(1 - lambda_) * lambda_**i for i in range(n - k - 1)] + [lambda_ ** (n - k - 1)]
            out[b, decisions[k]] = np.dot(weights, ahead)
    return out


@pytest.fixture
def trials(played):
    episodes = played(40)
    rng = np.random.default_rng(0)
    reward = rng.normal(size=episodes.mask.shape).astype(np.float32)
    value = rng.normal(size=episodes.mask.shape).astype(np.float32)
    assert (episodes.valid[:, 1:] & ~episodes.mask).any(), "there are slots between episodes"
    assert not episodes.valid.all(), "there is padding"
    return reward, value, episodes.mask, episodes.valid


@pytest.mark.parametrize("lambda_", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("discount", [0.9, 1.0])
def test_lambda_returns_are_the_weighted_mean_of_n_step_returns(trials, discount, lambda_):
    last = np.random.default_rng(1).normal(size=40).astype(np.float32)
    made = trial_returns(*trials, discount=discount, lambda_=lambda_, last_value=last)
    np.testing.assert_allclose(made, forward_view(*trials, discount, lambda_, last), rtol=1e-5, atol=1e-5)


def test_lambda_one_is_the_discounted_sum_of_what_came(trials):
    reward, value, mask, valid = trials
    reward = reward * mask
    made = trial_returns(reward, value, mask, valid, discount=0.9, lambda_=1.0)
    for b in range(len(reward)):
        steps = reward[b][mask[b]]
        sums = [sum(0.9**i * r for i, r in enumerate(steps[k:])) for k in range(len(steps))]
        np.testing.assert_allclose(made[b][mask[b]], sums, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(made, trial_returns(reward, 0 * value, mask, valid, discount=0.9, lambda_=1.0))


def test_each_slot_may_have_a_discount_of_its_own(trials):
    reward, value, mask, valid = trials
    discount = np.random.default_rng(2).uniform(0.5, 1, mask.shape).astype(np.float32)
    made = trial_returns(reward, value, mask, valid, discount=discount, lambda_=1.0)
    for b, t in np.argwhere(mask):
        ahead = np.append(1, discount[b, t:].astype(float)).cumprod()[:-1]
        expected = (ahead * reward[b, t:])[valid[b, t + 1 :]].sum()
        np.testing.assert_allclose(made[b, t], expected, rtol=1e-4, atol=1e-5)


def test_lambda_zero_is_one_step_and_the_value_of_what_follows(trials):
    reward, value, mask, valid = trials
    made = trial_returns(reward * mask, value, mask, valid, discount=0.9, lambda_=0.0)
    for b in range(len(reward)):
        r, v = reward[b][mask[b]], [*value[b][mask[b]][1:], 0]
        np.testing.assert_allclose(made[b][mask[b]], r + 0.9 * np.array(v), rtol=1e-5, atol=1e-6)


def test_returns_pass_through_the_ends_of_episodes_and_stop_at_the_end_of_the_trial():
    mask = np.array([[True, False, True, True, False, False]])
    valid = np.array([[True, True, True, True, True, False, False]])
    reward = np.array([[0, 2, 0, 8, 100, 100]], np.float32)  # 2 in the slot, 100 in the padding
    value = np.full((1, 6), 1000, np.float32)
    made = trial_returns(reward, value, mask, valid, discount=0.5, lambda_=1.0)
    assert made.tolist() == [[0.5 * 2 + 0.25 * 8, 0, 4, 8, 0, 0]]


def test_padding_changes_no_return(trials):
    reward, value, mask, valid = trials
    more = np.zeros((40, 5))
    longer = trial_returns(
        np.concatenate([reward, more + 7], 1),
        np.concatenate([value, more + 7], 1),
        np.concatenate([mask, more > 0], 1),
        np.concatenate([valid, more > 0], 1),
        discount=0.9,
        lambda_=0.9,
    )
    made = trial_returns(*trials, discount=0.9, lambda_=0.9)
    np.testing.assert_array_equal(longer, np.concatenate([made, more], 1))


def test_no_return_reaches_back_over_an_action_that_was_not_followed(trials):
    nowhere = np.zeros_like(trials[2])
    cut = trial_returns(*trials, discount=0.9, lambda_=1.0, followed=nowhere)
    np.testing.assert_allclose(cut, trial_returns(*trials, discount=0.9, lambda_=0.0), rtol=1e-6, atol=1e-6)
    everywhere = trial_returns(*trials, discount=0.9, lambda_=0.7, followed=~nowhere)
    np.testing.assert_array_equal(everywhere, trial_returns(*trials, discount=0.9, lambda_=0.7))


def test_what_comes_after_an_action_that_was_not_followed_counts_up_to_it_only(trials):
    reward, value, mask, valid = trials
    followed = np.ones_like(mask)
    followed[:, 3] = False
    other = reward.copy()
    other[:, 3:] += 1
    before, after = (
        trial_returns(r, value, mask, valid, discount=0.9, lambda_=0.7, followed=followed) for r in (reward, other)
    )
    decided = mask[:, 3]
    assert decided.any()
    np.testing.assert_array_equal(before[decided, :3], after[decided, :3])
    assert (before[decided, 3] != after[decided, 3]).all()
