"""The plugin as a whole: the contract, the tasks, the scripted explorer, and the picture."""

import numpy as np

from dreamctl import open_simulator, rollout
from dreamctl.drawing import rgb
from dreamctl.testing import parametrize_with_checks
from dreamctl_cooking import dreamctl_environments, held_out, kitchens, recipe, shared
from dreamctl_cooking.draw import PLAYER, place
from dreamctl_cooking.scripted import LooksEverywhere

COOKING = next(iter(dreamctl_environments()))


@parametrize_with_checks("cooking")
def test_cooking_keeps_the_contract(check):
    check()


def test_kitchen_10_is_held_out_and_the_63_others_are_for_training():
    tasks = held_out()
    assert [(task.key, task.params) for task in tasks.test] == [("kitchen-10", (2, 2, 0))]
    assert len(tasks.train) == 63
    assert {task.params for task in tasks.train} == {task.params for task in kitchens()} - {(2, 2, 0)}
    assert len(shared().test) == len({task.params for task in kitchens()}) == 64


def test_both_ingredients_are_drawn_from_what_the_drawers_hold():
    rng = np.random.default_rng(0)
    asked = np.array([recipe((2, 2, 0), rng) for _ in range(6000)])
    assert set(asked.ravel().tolist()) == {0, 2}
    np.testing.assert_allclose((asked == 2).mean(0), 2 / 3, atol=0.02)
    np.testing.assert_allclose((asked == 2).all(1).mean(), 4 / 9, atol=0.02)


def test_the_scripted_explorer_holds_what_is_in_each_drawer_within_seven_steps():
    tasks = kitchens()
    simulator = open_simulator(COOKING, len(tasks))
    episodes = rollout(simulator, LooksEverywhere(), tasks, np.zeros(len(tasks), np.uint64), steps=20)
    held = episodes.observation[:, [7, 2, 4], 3]  # [B, drawers from below]
    assert held.tolist() == [list(task.params) for task in tasks]
    assert (episodes.mask.sum(1) == 8).all()  # with the "end"


def test_both_simulators_draw_the_same_picture_with_even_sides():
    for asked in (None, np.array([[3, 1]], np.uint8)):
        pictures = []
        for plain in (True, False):
            simulator = open_simulator(COOKING, 1, plain=plain)
            simulator.reset([(3, 2, 1)], np.zeros(1, np.uint64), np.array([0]), asked)
            for action in (2, 7, 0, 8, 2, 1, 7):
                simulator.step(np.array([action]))
            pictures.append(simulator.render(0))
        np.testing.assert_array_equal(*pictures)
        height, width, _ = pictures[0].shape
        assert (height % 2, width % 2) == (0, 0)


def test_what_drawers_hold_is_not_drawn_before_it_is_held():
    def picture(task, *actions):
        env = COOKING.env(task.params)
        env.reset()
        for action in actions:
            env.step(action)
        return env.render().tobytes()

    assert len({picture(task, 2) for task in kitchens()}) == 1
    assert len({picture(task, 2, 7) for task in kitchens()}) == 4
    assert len({picture(task, 2, 7, 0, 8) for task in kitchens()}) == 4


def test_the_player_is_drawn_where_its_place_is():
    env = COOKING.env(COOKING.tasks().test[0].params)
    observation, _ = env.reset()
    for action in (2, 1, 0, 3, 3):
        (x, y) = place(observation[None])[0]
        assert tuple(env.render()[y, x]) == rgb(PLAYER)
        observation = env.step(action)[0]
