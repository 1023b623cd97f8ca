"""The theory experiment: what its compiled learners do is what the definitions say, and costs grow as stated."""

import numpy as np
import pytest

from dreamctl import Stream, keys
from dreamctl_bandit.theory import DRAWS, TIE, slope, trials_to_learn


def plain(learner, arms, stream, length):
    """All pulls of the past are looked at again after every trial."""
    past, since = [], -1
    for number in range(length):
        draws = Stream(int(stream), DRAWS * number)
        task, arm, executed = 1 + draws.below(arms - 1), draws.below(arms), draws.below(arms)
        past.append((task, arm, task if arm == 0 else 0, executed))
        value = [worth(learner, past, arm) for arm in range(arms)]
        best = any(pull[1] == 0 for pull in past) and value[0] > max(value[1:]) + TIE
        since = (since if since > 0 else number + 1) if best else -1
    return since


def worth(learner, past, arm):
    seen = [pull for pull in past if pull[1] == arm]
    if not seen:
        return 0.0 if learner == "dream" else 1.0
    return np.mean([credit(learner, [other for other in seen if other[2] == pull[2]], pull) for pull in seen])


def credit(learner, alike, pull):
    if learner == "dream":
        return np.log(np.mean([other[0] == pull[0] for other in alike]))
    return max(np.mean([task == a for task, *_, executed in alike if executed == a]) for a in {p[3] for p in alike})


@pytest.mark.parametrize(("learner", "arms"), [("dream", 3), ("dream", 4), ("rl2", 3), ("rl2", 4)])
def test_the_compiled_learners_learn_when_the_plain_ones_do(learner, arms):
    horizon, power = (8, 1) if learner == "dream" else (4, 2)
    length = int(horizon * arms**power * np.log(arms))
    streams = keys(np.arange(3, dtype=np.uint64), arms)
    expected = [plain(learner, arms, stream, length) for stream in streams]
    assert trials_to_learn(learner, arms, 3, horizon=horizon).tolist() == expected
    assert max(expected) > 0


def test_trials_grow_like_a_log_a_with_dream_and_more_than_quadratically_with_rl2():
    arms = np.array([4, 8, 16, 32])
    dream, rl2 = ([trials_to_learn(learner, a, 20) for a in arms] for learner in ("dream", "rl2"))
    assert all((trials > 0).all() for trials in (*dream, *rl2))
    dream, rl2 = (np.array([trials.mean() for trials in each]) for each in (dream, rl2))
    assert 1 <= slope(arms, dream) <= 1.5
    assert 2.1 <= slope(arms, rl2) <= 2.8
    assert rl2[-1] / dream[-1] >= 50


def test_a_run_that_ends_too_soon_says_so():
    assert (trials_to_learn("rl2", 16, 3, horizon=0.5) == -1).all()


def test_the_slope_of_a_power_is_its_exponent():
    arms = np.array([4.0, 8.0, 16.0])
    assert slope(arms, 3 * arms**2.5) == pytest.approx(2.5)
