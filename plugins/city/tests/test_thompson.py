"""Posterior sampling in cities: what it believes, and what it gets."""

import numpy as np
import pytest

from dreamctl import Problem, TaskSet, keys, open_simulator
from dreamctl.learning import execute, explore
from dreamctl_city import bus, with_map
from dreamctl_city.thompson import Thompson


def played(environment, tasks, condition=None):
    """Explorations, what they leave possible, and executions."""
    thompson = Thompson(Problem(environment=environment, tasks=environment.tasks()))
    simulator, seeds = open_simulator(environment, len(tasks)), keys(np.arange(len(tasks), dtype=np.uint64), 3)
    explorations = explore(environment, simulator, thompson.explorer(), tasks, seeds)
    fits = thompson.condition(explorations) if condition is None else condition
    return explorations, fits, execute(environment, simulator, thompson.executor(), tasks, seeds, fits)


def test_who_draws_the_true_city_plays_what_is_best_there():
    tasks = with_map().tasks().test * 8
    _, _, executions = played(with_map(), tasks, np.tile(np.eye(24, dtype=bool), (8, 1)))
    optimum = with_map().optimum(TaskSet(test=with_map().tasks().test))
    np.testing.assert_allclose(executions.returns, optimum, atol=1e-6)


def test_the_true_city_always_fits_and_a_ride_leaves_a_fourth():
    environment = bus()
    every = [*environment.tasks().train, *environment.tasks().test]
    explorations, fits, _ = played(environment, every)
    rode = (explorations.observation[:, 1:, 2] == 1) & (explorations.action == 5)
    assert fits[np.arange(len(every)), np.arange(len(every))].all()
    assert rode.any(1).all()
    assert set(fits.sum(1)) <= {576 // 4, 576 // 12, 576 // 24, 576 // 16, 576 // 48, 576 // 96}
    assert np.median(fits.sum(1)) == 576 // 4


def test_it_gets_little_since_it_never_explores_for_information():
    """Without exploring, it rides the right bus one time in four, and else to and fro till the end."""
    tasks = with_map().tasks().test * 96
    everything = np.ones((len(tasks), 24), bool)
    before, after = (played(with_map(), tasks, condition)[2].returns for condition in (everything, None))
    assert before.mean() == pytest.approx(0.25 * 0.8 - 0.75 * 2, abs=0.1)
    assert -0.75 < after.mean() < -0.45
