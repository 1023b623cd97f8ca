"""Posterior sampling in kitchens: what it believes, and what it gets."""

import numpy as np
import pytest

from dreamctl import Problem, TaskSet, keys, open_simulator
from dreamctl.learning import execute, explore
from dreamctl_cooking import dreamctl_environments, kitchens
from dreamctl_cooking.optimum import not_knowing
from dreamctl_cooking.thompson import KITCHENS, Thompson

COOKING = next(iter(dreamctl_environments()))
TRUE = np.array([(np.array(task.params) == KITCHENS).all(1) for task in kitchens()])  # [64, M]


def played(tasks, condition=None):
    """What explorations leave possible, instructions and executions."""
    thompson = Thompson(Problem(environment=COOKING, tasks=COOKING.tasks()))
    simulator, seeds = open_simulator(COOKING, len(tasks)), keys(np.arange(len(tasks), dtype=np.uint64), 3)
    fits = thompson.condition(explore(COOKING, simulator, thompson.explorer(), tasks, seeds))
    return fits, execute(
        COOKING, simulator, thompson.executor(), tasks, seeds, fits if condition is None else condition
    )


def test_who_draws_the_true_kitchen_cooks_as_is_best_there():
    tasks = kitchens() * 64
    _, executions = played(tasks, np.tile(TRUE, (64, 1)))
    returns = executions.returns.reshape(64, 64)  # [trials, kitchens]
    optima = np.array([COOKING.optimum(TaskSet(test=[task])) for task in kitchens()])
    np.testing.assert_allclose(returns.mean(0), optima, atol=4 * returns.std(0).max() / 8)
    assert returns.mean() == pytest.approx(optima.mean(), abs=0.02)


def test_the_true_kitchen_always_fits_and_each_drawer_that_was_opened_leaves_a_fourth():
    fits, _ = played(kitchens() * 4)
    assert fits[np.tile(TRUE, (4, 1))].all()
    assert set(fits.sum(1)) == {16, 4}


def test_it_gets_less_than_who_knows_nothing_and_plays_well_since_it_goes_on_opening_the_wrong_drawer():
    tasks = kitchens() * 32
    everything = np.ones((len(tasks), len(KITCHENS)), bool)
    before, after = (played(tasks, condition)[1].returns.mean() for condition in (everything, None))
    assert before < after < -1 < not_knowing()
