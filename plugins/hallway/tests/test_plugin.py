"""The plugin as a whole: the contract, the scripted explorer, and the picture."""

import numpy as np
import pytest

from dreamctl import keys, open_simulator, rollout
from dreamctl.testing import parametrize_with_checks
from dreamctl_hallway import dreamctl_environments, hallway
from dreamctl_hallway.scripted import ToTheSign


@parametrize_with_checks("hallway")
def test_hallway_keeps_the_contract(check):
    check()


def explore(environment):
    tasks = environment.tasks().test
    return rollout(
        open_simulator(environment, len(tasks)),
        ToTheSign(len(environment.actions)),
        tasks,
        keys(np.arange(len(tasks), dtype=np.uint64), 0),
        steps=environment.exploration_steps,
    )


@pytest.mark.parametrize("environment", dreamctl_environments(), ids=lambda environment: environment.name)
def test_the_scripted_explorer_reads_the_sign_in_time(environment):
    episodes = explore(environment)
    rights = [task.params[0] + 1 for task in environment.tasks().test]
    expected = 0 if environment.name == "no-sign" else rights
    assert (episodes.observation[:, -1, 2] == expected).all()


def test_the_noise_tiles_are_the_tasks_bits_and_lie_in_the_first_cells():
    environment = hallway(hallways=2, noise=3)
    tasks = environment.tasks().test
    simulator = environment.simulator(len(tasks))
    simulator.reset([task.params for task in tasks], np.zeros(len(tasks), np.uint64), np.arange(len(tasks)))
    first = simulator.step(np.arange(len(tasks)) % 2).observation[:, 3:]
    bits = [[noise >> tile & 1 for tile in range(3)] for _, noise in (task.params for task in tasks)]
    assert (first == np.array(bits) + 1).all()
    assert (simulator.step(np.zeros(len(tasks), int)).observation[:, 3:] == 0).all()


def test_nothing_of_the_task_is_drawn_before_it_is_seen():
    environment = hallway(noise=2)
    pictures = []
    for task in environment.tasks().test:
        simulator = environment.simulator(1)
        simulator.reset([task.params], np.zeros(1, np.uint64), np.array([0]))
        pictures.append(simulator.render(0))
    assert all((picture == pictures[0]).all() for picture in pictures)


def test_a_sign_that_is_read_is_drawn_with_its_symbol():
    environment = hallway()
    pictures = set()
    for task in environment.tasks().test:
        env = environment.env(task.params)
        env.reset()
        for action in (8, 0, 0, 0):
            env.step(action)
        pictures.add(env.render().tobytes())
    assert len(pictures) == 8


@pytest.mark.parametrize("environment", dreamctl_environments(), ids=lambda environment: environment.name)
def test_both_simulators_draw_the_same_picture_with_even_sides(environment):
    task = environment.tasks().test[-1]
    pictures = []
    for plain in (True, False):
        simulator = open_simulator(environment, 1, plain=plain)
        simulator.reset([task.params], np.zeros(1, np.uint64), np.array([0]))
        simulator.step(np.array([1]))
        pictures.append(simulator.render(0))
    np.testing.assert_array_equal(*pictures)
    height, width, _ = pictures[0].shape
    assert (height % 2, width % 2) == (0, 0)
