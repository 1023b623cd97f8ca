"""The plugin as a whole: the contract, the tasks, the scripted explorers, and the picture."""

import numpy as np
import pytest

from dreamctl import keys, open_simulator, rollout
from dreamctl.drawing import rgb
from dreamctl.testing import parametrize_with_checks
from dreamctl_city import bus, corner, dreamctl_environments, with_map
from dreamctl_city.draw import PLAYER, place
from dreamctl_city.env import CORNERS, LINES
from dreamctl_city.scripted import THREE_BUSES, TO_THE_MAP, Follows

EVERY_ENVIRONMENT = pytest.mark.parametrize(
    "environment", list(dreamctl_environments()), ids=lambda environment: environment.name
)


@parametrize_with_checks("city")
def test_city_keeps_the_contract(check):
    check()


def test_every_eleventh_of_576_bus_cities_is_for_training_and_the_others_are_held_out():
    tasks = bus().tasks()
    assert (len(tasks.train), len(tasks.test)) == (53, 523)
    assert [task.identifier for task in tasks.train] == [(number,) for number in range(0, 576, 11)]
    assert {useful for useful, _ in (task.params for task in tasks.train)} == set(range(24))
    assert len({task.params for task in [*tasks.train, *tasks.test]}) == 576
    assert tasks.test[22].params == (1, 1)  # number 25, behind 0, 11 and 22


def test_all_24_cities_with_a_map_are_for_training_and_for_testing():
    tasks = with_map().tasks()
    assert tasks.shared
    assert [task.identifier for task in tasks.test] == [(number,) for number in range(24)]


def test_each_corner_is_asked_for_as_often_as_the_others():
    rng = np.random.default_rng(0)
    asked = [tuple(corner(None, rng).tolist()) for _ in range(4000)]
    assert all(900 < asked.count(place) < 1100 for place in CORNERS)


def explore(environment, plan):
    tasks = [*environment.tasks().train, *environment.tasks().test]
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 0)
    simulator = open_simulator(environment, len(tasks))
    return tasks, rollout(simulator, Follows(plan), tasks, seeds, steps=environment.exploration_steps)


def test_three_buses_tell_all_four_lines_in_ten_steps_and_nothing_of_the_useless_ones():
    tasks, episodes = explore(bus(), THREE_BUSES)
    seen = {}
    for task, observation in zip(tasks, episodes.observation, strict=True):
        seen.setdefault(observation.tobytes(), set()).add(task.params[0])
    assert len(seen) == len(LINES)
    assert all(len(useful) == 1 for useful in seen.values())
    assert (episodes.mask.sum(1) == 11).all()  # with the "end"


def test_the_map_is_read_after_four_steps():
    tasks, episodes = explore(with_map(), TO_THE_MAP)
    assert episodes.observation[:, 4, 3].tolist() == [1 + task.params[0] for task in tasks]
    assert (episodes.observation[:, :4, 3] == 0).all()


@EVERY_ENVIRONMENT
def test_both_simulators_draw_the_same_picture_with_even_sides(environment):
    task = environment.tasks().test[-1]
    for asked in (None, np.array([[0, 8]], np.uint8)):
        pictures = []
        for plain in (True, False):
            simulator = open_simulator(environment, 1, plain=plain)
            simulator.reset([task.params], np.zeros(1, np.uint64), np.array([0]), asked)
            simulator.step(np.array([1]))
            pictures.append(simulator.render(0))
        np.testing.assert_array_equal(*pictures)
        height, width, _ = pictures[0].shape
        assert (height % 2, width % 2) == (0, 0)


@EVERY_ENVIRONMENT
def test_nothing_of_the_task_is_drawn_before_it_is_seen_and_the_goal_is(environment):
    def picture(task, goal):
        env = environment.env(task.params)
        env.reset(options={"instruction": goal})
        return env.render().tobytes()

    tasks = environment.tasks().test[:24]
    assert len({picture(task, ()) for task in tasks}) == 1
    assert len({picture(tasks[0], goal) for goal in CORNERS}) == 4


def test_the_map_is_drawn_once_it_is_read():
    pictures = set()
    for task in with_map().tasks().test:
        env = with_map().env(task.params)
        env.reset()
        for action in (2, 2, 2, 3):
            env.step(action)
        pictures.add(env.render().tobytes())
    assert len(pictures) == 24


def test_the_player_is_drawn_where_its_place_is():
    env = with_map().env(with_map().tasks().test[0].params)
    observation, _ = env.reset()
    for action in (2, 1, 0, 3, 3):
        (x, y) = place(observation[None])[0]
        assert tuple(env.render()[y, x]) == rgb(PLAYER)
        observation = env.step(action)[0]
