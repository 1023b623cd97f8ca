"""The plugin as a whole: the contract, the scripted explorer, and the pictures."""

import numpy as np
import pytest

from dreamctl import RandomPolicy, keys, open_simulator, rollout
from dreamctl.testing import parametrize_with_checks
from dreamctl_bandit import REVEALING, dreamctl_environments, reveal, two_armed
from dreamctl_bandit.scripted import PullsTheRevealer

ENVIRONMENTS = {environment.name: environment for environment in dreamctl_environments()}


@parametrize_with_checks("bandit")
def test_bandit_keeps_the_contract(check):
    check()


@pytest.mark.parametrize("name", REVEALING)
def test_the_scripted_explorer_is_shown_the_arm_that_pays_and_others_are_not(name):
    environment = ENVIRONMENTS[name]
    tasks, arms = environment.tasks().test, len(environment.actions)
    assert [task.params for task in tasks] == list(range(1, arms))
    simulator = open_simulator(environment, len(tasks))
    played = rollout(simulator, PullsTheRevealer(), tasks, np.zeros(len(tasks), np.uint64), steps=1)
    assert played.observation[:, 1, 0].tolist() == [task.params for task in tasks]
    for arm in range(1, arms):
        simulator.reset([task.params for task in tasks], np.zeros(len(tasks), np.uint64), np.arange(len(tasks)))
        step = simulator.step(np.full(len(tasks), arm))
        assert not step.observation.any()
        assert step.reward.tolist() == [task.params == arm for task in tasks]


@pytest.mark.parametrize("environment", list(ENVIRONMENTS.values()), ids=list(ENVIRONMENTS))
def test_plain_and_fast_bandits_pay_the_same(environment):
    tasks = [environment.tasks().test[i % len(environment.tasks().test)] for i in range(128)]
    seeds = keys(np.arange(128, dtype=np.uint64), 0)
    plain, fast = (
        rollout(
            open_simulator(environment, 128, plain=plain),
            RandomPolicy(len(environment.actions)),
            tasks,
            seeds,
            steps=environment.execution_steps,
            episodes=2,
        )
        for plain in (True, False)
    )
    for name in ("observation", "action", "reward", "terminated", "mask", "episode"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(fast, name))
    assert fast.reward.any()


def test_an_arm_pays_as_often_as_its_chance_says():
    environment = two_armed(chances=[(0.9, 0.3)], pulls=20)
    tasks = environment.tasks().test * 1000
    simulator = open_simulator(environment, 1000)
    played = rollout(simulator, RandomPolicy(2), tasks, keys(np.arange(1000, dtype=np.uint64), 1), steps=20)
    for arm, chance in enumerate((0.9, 0.3)):
        paid = played.reward[played.action == arm]
        assert paid.mean() * 20 == pytest.approx(chance, abs=0.02)


@pytest.mark.parametrize("environment", [reveal(), two_armed()], ids=lambda environment: environment.name)
def test_both_simulators_draw_the_same_picture_with_even_sides(environment):
    pictures = []
    for plain in (True, False):
        simulator = open_simulator(environment, 1, plain=plain)
        simulator.reset([environment.tasks().test[0].params], np.zeros(1, np.uint64), np.array([0]))
        simulator.step(np.array([0]))
        pictures.append(simulator.render(0))
    np.testing.assert_array_equal(*pictures)
    height, width, _ = pictures[0].shape
    assert (height % 2, width % 2) == (0, 0)
