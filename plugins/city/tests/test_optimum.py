"""What can be had in a city: computed from its lines, and found again from what its simulator does."""

import numpy as np
import pytest
from attrs import evolve

from dreamctl import TaskSet, open_simulator, rollout
from dreamctl.learning import tabulate, value_iteration
from dreamctl_city import bus, dreamctl_environments, with_map
from dreamctl_city.env import ACTIONS, CORNERS, END, STEPS
from dreamctl_city.optimum import not_knowing
from dreamctl_city.scripted import THREE_BUSES, TO_THE_MAP, Follows


def best_told(environment, task):
    """The best return over the four corners, from tables that are found by playing.

    "end" has no place in a table, since what it costs differs from step to step; waiting to the end costs as much.
    """
    environment = evolve(environment, actions=ACTIONS[:END], ends=())
    values = []
    for goal in CORNERS:
        table = tabulate(environment, task, execution=True, instruction=np.array(goal, np.uint8))
        values.append(value_iteration(table, STEPS)[STEPS, 0].max())
    return np.mean(values)


@pytest.mark.parametrize("environment", list(dreamctl_environments()), ids=lambda environment: environment.name)
def test_the_optimum_is_what_playing_finds_for_who_is_told_the_city(environment):
    tasks = environment.tasks().test[:: len(environment.tasks().test) // 2]
    expected = np.mean([best_told(environment, task) for task in tasks])
    assert environment.optimum(TaskSet(test=tasks)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("environment", list(dreamctl_environments()), ids=lambda environment: environment.name)
def test_the_optimum_over_all_test_tasks_is_three_steps(environment):
    assert environment.optimum(environment.tasks()) == pytest.approx(1 - 2 * 0.1)


@pytest.mark.parametrize(("environment", "plan"), [(bus(), THREE_BUSES), (with_map(), TO_THE_MAP)])
def test_who_explores_as_scripted_has_the_optimum(environment, plan):
    """Cities that look alike to the explorer have a route in common that is best in each of them."""
    tasks = environment.tasks().test
    seen = rollout(
        open_simulator(environment, len(tasks)), Follows(plan), tasks, np.zeros(len(tasks), np.uint64), steps=STEPS
    ).observation
    groups = {}
    for task, observation in zip(tasks, seen, strict=True):
        groups.setdefault(observation.tobytes(), []).append(task)
    total = sum(len(group) * best_route(environment, group) for group in groups.values())
    assert total / len(tasks) == pytest.approx(environment.optimum(environment.tasks()))


def best_route(environment, group):
    """The mean over corners of the best return that one route of three steps has in all these cities."""
    routes = np.array(np.meshgrid(*[[0, 1, 2, 3, 5]] * 3)).reshape(3, -1)  # [3, R]
    cities = [task.params for task in group for _ in routes[0]]
    rows = np.arange(len(cities))
    values = []
    for goal in CORNERS:
        simulator = environment.simulator(len(cities))
        simulator.reset(
            cities, np.zeros(len(cities), np.uint64), rows, np.tile(np.array(goal, np.uint8), (len(rows), 1))
        )
        steps = [simulator.step(np.tile(actions, len(group))) for actions in routes]
        returns = np.sum([step.reward for step in steps], 0, dtype=float)
        won = np.where(steps[-1].terminated, returns, -2.0).reshape(len(group), -1)  # [cities, R]
        values.append(won.mean(0).max())
    return np.mean(values)


def test_who_does_not_explore_can_do_no_better_than_walk():
    """All the same with useless lines, and for every corner."""
    walking = 1 - 7 * 0.1
    assert [not_knowing(goal, useless=False) for goal in CORNERS] == pytest.approx([walking] * 4)
    assert not_knowing(CORNERS[0], useless=True) == pytest.approx(walking)
