"""DREAM learns the bandit that reveals, in seconds, and posterior sampling does not."""

import numpy as np
import pytest

from dreamctl import Problem, keys, open_simulator
from dreamctl.learning import execute, explore
from dreamctl.plugins import find_explorer, load
from dreamctl_bandit import reveal


def learner(name, steps):
    environment = reveal()
    explorer = find_explorer(f"core/{name}", load("bandit"), environment)
    problem = Problem(environment=environment, tasks=environment.tasks(), steps=steps, batch=64)
    made = explorer.build(problem)
    while made.steps < steps:
        made.iterate()
    return environment, made


def returns(environment, made):
    tasks = environment.tasks().test * 40
    simulator, seeds = open_simulator(environment, len(tasks)), keys(np.arange(len(tasks), dtype=np.uint64), 9)
    explorations = explore(environment, simulator, made.explorer(), tasks, seeds)
    condition = made.condition(explorations.without_tasks())
    return explorations, execute(environment, simulator, made.executor(), tasks, seeds, condition).returns


def test_dream_learns_to_pull_the_arm_that_reveals():
    explorations, earned = returns(*learner("dream", 6000))
    assert (explorations.action[:, 0] == 0).all()
    assert earned.mean() == 1


def test_posterior_sampling_never_pulls_it():
    explorations, earned = returns(*learner("posterior", 1))
    assert (explorations.action[:, 0] != 0).all()
    assert earned.mean() == pytest.approx(1 / 7, abs=0.09)
