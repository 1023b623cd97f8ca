"""What can be had in a kitchen: computed in closed form, and found again from what its simulator does."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from attrs import evolve

from dreamctl import Simulator, TaskSet
from dreamctl.learning import tabulate, value_iteration
from dreamctl_cooking import dreamctl_environments, kitchens
from dreamctl_cooking.env import ACTIONS, STEPS
from dreamctl_cooking.optimum import not_knowing

COOKING = next(iter(dreamctl_environments()))
USED = [ACTIONS.index(name) for name in ("left", "up", "right", "down", "pickup", "drop")]


class WithoutEnd(Simulator):
    """A kitchen with fewer actions. "end" has no place in a table, since what it costs differs from step to step."""

    def __init__(self, batch):
        self.batch, self.kitchens = batch, COOKING.simulator(batch)

    def reset(self, *given):
        return self.kitchens.reset(*given)

    def step(self, actions):
        return self.kitchens.step(np.array(USED)[actions])


def best_told(task):
    """The best return over what may be asked for, from tables that are found by playing."""
    environment = evolve(COOKING, actions=[ACTIONS[action] for action in USED], ends=(), simulator=WithoutEnd)
    total = 0
    for asked, times in Counter(product(task.params, repeat=2)).items():
        table = tabulate(environment, task, execution=True, instruction=np.array(asked, np.uint8))
        total += times * value_iteration(table, STEPS)[STEPS, 0].max()
    return total / len(task.params) ** 2


@pytest.mark.parametrize("number", [10, 3])
def test_the_optimum_is_what_playing_finds_for_who_is_told_the_kitchen(number):
    task = kitchens()[number]
    assert COOKING.optimum(TaskSet(test=[task])) == pytest.approx(best_told(task), abs=1e-6)


def test_the_optimum_of_the_held_out_kitchen_and_of_all():
    held_out, shared = (environment.optimum(environment.tasks()) for environment in dreamctl_environments())
    assert held_out == pytest.approx(7 / 15)  # 0.467
    assert shared == pytest.approx(0.4)


def test_who_does_not_explore_gets_much_less_and_more_than_nothing():
    assert 0 < not_knowing() < 0.1
