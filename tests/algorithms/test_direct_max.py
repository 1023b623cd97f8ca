"""direct-max: the same total as DREAM's, paid at the end."""

import attrs
import numpy as np
import pytest

from dreamctl import Problem, RandomPolicy
from dreamctl.algorithms.direct_max import DirectMax, DirectMaxGrader, at_the_end, direct_max
from dreamctl.algorithms.dream_grader import DreamGrader
from dreamctl.algorithms.running import RunningJudge
from dreamctl.testing import bandit, switches


def test_a_total_is_paid_at_each_rows_last_step(played):
    episodes = played(20)
    total = np.arange(20) + 1.0
    reward = at_the_end(total, episodes)
    assert reward.dtype == np.float32
    np.testing.assert_array_equal(reward.sum(1), total)
    for row in range(20):
        assert np.flatnonzero(reward[row]) == [np.flatnonzero(episodes.mask[row])[-1]]


def test_grading_pays_the_same_total_as_information_gain_does():
    environment, rubric = switches(3)
    problem = Problem(
        environment=environment, rubric=rubric, tasks=environment.tasks(), batch=32, options={"cost": 0.1}
    )
    problem = attrs.evolve(problem, judge=RunningJudge(attrs.evolve(problem, options={})))
    dense, sparse = DreamGrader(problem), direct_max(problem)
    assert isinstance(sparse, DirectMaxGrader)
    tau = sparse.trials.explore(RandomPolicy(3), *sparse.trials.draw(0))
    log_q = np.random.default_rng(0).normal(size=tau.valid.shape).astype(np.float32)
    np.testing.assert_allclose(sparse.reward(log_q, tau).sum(1), dense.reward(log_q, tau).sum(1), atol=1e-5)
    assert not sparse.reward(log_q, tau)[:, :-1].any()


def test_what_is_gained_in_grading_is_the_weighted_mean_over_labels():
    environment, rubric = switches(3)
    problem = Problem(environment=environment, rubric=rubric, tasks=environment.tasks(), options={"rare": 0.0})
    probability = np.array([[[0.2, 0.4, 0.5], [0.9, 0.9, 0.5]]], np.float32)
    by_hand = [[np.log(0.2 * 0.6) / 3, np.log(0.9 * 0.1) / 3]]  # one label present, one absent, one not known
    for learner in (DreamGrader(problem), direct_max(problem)):
        log_q = learner.worth(probability, np.array([[1, 0, np.nan]], np.float32))
        np.testing.assert_allclose(log_q, by_hand, rtol=1e-5)


def test_grading_can_pay_for_right_verdicts_of_known_labels():
    environment, rubric = switches(3)
    problem = Problem(environment=environment, rubric=rubric, tasks=environment.tasks(), options={"paid": "accuracy"})
    learner = direct_max(problem)
    probability = np.array([[[0.2, 0.2, 0.2], [0.2, 0.9, 0.2], [0.9, 0.9, 0.2]]], np.float32)
    told = learner.worth(probability, np.array([[1, 1, np.nan]], np.float32))
    np.testing.assert_array_equal(told, [[0, 0.5, 1]])


def test_control_learns_to_explore_from_the_rows_that_executed_on_what_was_found():
    environment = bandit(3)
    learner = direct_max(Problem(environment=environment, tasks=environment.tasks(), batch=8))
    np.testing.assert_array_equal(learner.rewarded(np.array([True, False, True, False])), [1, 3])


def test_control_pays_the_return_of_the_execution_less_the_cost():
    environment = bandit(3)
    problem = Problem(environment=environment, tasks=environment.tasks(), batch=32, options={"cost": 0.25})
    learner = direct_max(problem)
    assert isinstance(learner, DirectMax)
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(learner.exploration.policy(1.0), tasks, seeds)
    execution = learner.trials.execute(learner.execution.policy(1.0), tasks, seeds, learner.condition(tau))
    assert set(execution.returns) == {0.0, 1.0}
    reward = learner.reward(np.zeros(tau.valid.shape, np.float32), tau, execution)
    assert reward.sum(1) == pytest.approx(execution.returns - 0.25)
