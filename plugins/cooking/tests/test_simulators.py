"""The readable kitchen and the batched one play the same game."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dreamctl import Policy, RandomPolicy, keys, open_simulator, rollout
from dreamctl_cooking import dreamctl_environments, kitchens
from dreamctl_cooking.env import ACTIONS, AT_BOWL, AT_DRAWER, DROP, EMPTY, PICKUP, Kitchen

COOKING = next(iter(dreamctl_environments()))


class Cook(Policy):
    """Picks up at drawers and drops at the bowl more often than not, walks to and fro, and never ends."""

    def start(self, batch, condition=None):
        return None

    def act(self, seen, memory, uniform):
        walks = (uniform * 1000).astype(np.int64) % 4
        status = seen.observation[:, 2]
        fitting = np.where(status == AT_DRAWER, PICKUP, np.where(status == AT_BOWL, DROP, walks))
        return np.where(uniform < 0.5, fitting, np.where(uniform < 0.6, DROP, walks)), None


@pytest.mark.parametrize("executing", [False, True])
@pytest.mark.parametrize("policy", [RandomPolicy(len(ACTIONS)), Cook()], ids=["random", "cook"])
def test_plain_and_fast_play_the_same_game_also_beyond_the_step_limit(policy, executing):
    tasks = kitchens() * 8
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 0)
    rng = np.random.default_rng(0)
    asked = np.stack([COOKING.instructions(task.params, rng) for task in tasks]) if executing else None
    plain, fast = (
        rollout(open_simulator(COOKING, len(tasks), plain=plain), policy, tasks, seeds, steps=60, instruction=asked)
        for plain in (True, False)
    )
    for name in ("observation", "action", "reward", "terminated", "mask", "episode"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(fast, name))
    assert fast.observation.dtype == COOKING.observation_space.dtype
    if executing and isinstance(policy, Cook):
        assert fast.terminated.any()  # some finish the dish
        assert set(np.unique(fast.reward)) == {np.float32(r) for r in (-0.35, -0.1, 0.0, 0.25)}
        assert (fast.observation[:, -1, 4:] != EMPTY).all(1).any()  # and some fill the bowl


def cook(drawers, asked, text):
    env = Kitchen(drawers)
    env.reset(options={"instruction": asked})
    steps = [env.step(ACTIONS.index(word)) for word in text.split()]
    return [step[1] for step in steps], steps[-1][0].tolist(), steps[-1][2]


def test_each_stage_pays_once_and_every_other_step_costs():
    rewards, seen, over = cook((2, 2, 0), (2, 0), "right pickup left drop right up pickup left down drop")
    assert rewards == [-0.1, 0.25, -0.1, 0.25, -0.1, -0.1, 0.25, -0.1, -0.1, 0.25]
    assert seen == [1, 1, 2, EMPTY, 2, 0, EMPTY]
    assert over


def test_a_wrong_ingredient_costs_and_may_be_exchanged():
    rewards, seen, over = cook((2, 2, 0), (0, 0), "right pickup up pickup")
    assert rewards == [-0.1, -0.35, -0.1, 0.25]
    assert (seen[3], over) == (0, False)


def test_what_is_lost_has_to_be_fetched_again():
    rewards, _, over = cook((2, 2, 0), (2, 2), "right pickup drop pickup left drop drop right pickup left drop")
    assert rewards == [-0.1, 0.25, -0.35, 0.25, -0.1, 0.25, -0.1, -0.1, 0.25, -0.1, 0.25]
    assert over


def test_taking_something_else_instead_loses_what_was_held():
    rewards, _, _ = cook((2, 2, 0), (2, 2), "right pickup pickup up pickup down pickup")
    assert rewards == [-0.1, 0.25, -0.1, -0.1, -0.35, -0.1, 0.25]


def test_a_full_bowl_takes_nothing_more():
    _, seen, over = cook((2, 2, 0), (0, 0), "right pickup left drop " * 3 + "right pickup left drop")
    assert seen == [1, 1, 2, 2, 2, 2, 2]
    assert not over


def test_ending_costs_all_that_is_left_whatever_is_asked():
    assert cook((0, 1, 2), (), "end")[0] == [pytest.approx(-2.0)]
    assert sum(cook((0, 1, 2), (1, 1), "right right end")[0]) == pytest.approx(-2.0)


def test_the_readable_kitchen_is_a_gymnasium_env():
    check_env(Kitchen((0, 1, 2)), skip_render_check=True)
