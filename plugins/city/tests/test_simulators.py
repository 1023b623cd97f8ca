"""The readable city and the batched one play the same game."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dreamctl import Policy, RandomPolicy, keys, open_simulator, rollout
from dreamctl_city import bus, dreamctl_environments, with_map
from dreamctl_city.env import ACTIONS, CORNERS, END, RIDE

EVERY_ENVIRONMENT = pytest.mark.parametrize(
    "environment", list(dreamctl_environments()), ids=lambda environment: environment.name
)


class Rider(Policy):
    """Rides every other time, else walks; ends seldom."""

    def start(self, batch, condition=None):
        return None

    def act(self, seen, memory, uniform):
        walks = (uniform * 8).astype(np.int64) % 4
        return np.where(uniform < 0.45, RIDE, np.where(uniform > 0.98, END, walks)), None


def play(environment, policy, *, tasks, seeds, goals=None, plain=False, steps=30):
    simulator = open_simulator(environment, len(tasks), plain=plain)
    return rollout(simulator, policy, tasks, seeds, steps=steps, episodes=2, instruction=goals)


@EVERY_ENVIRONMENT
@pytest.mark.parametrize("executing", [False, True])
def test_plain_and_fast_play_the_same_game_also_beyond_the_step_limit(environment, executing):
    every = environment.tasks().test
    tasks = [every[(7 * i) % len(every)] for i in range(256)]
    seeds = keys(np.arange(256, dtype=np.uint64), 0)
    goals = np.array([CORNERS[i % 4] for i in range(256)], np.uint8) if executing else None
    for policy in (RandomPolicy(len(ACTIONS)), Rider()):
        plain = play(environment, policy, tasks=tasks, seeds=seeds, goals=goals, plain=True)
        fast = play(environment, policy, tasks=tasks, seeds=seeds, goals=goals)
        for name in ("observation", "action", "reward", "terminated", "mask", "episode"):
            np.testing.assert_array_equal(getattr(plain, name), getattr(fast, name))
        assert fast.observation.dtype == environment.observation_space.dtype


def test_the_comparison_reaches_corners_depots_and_maps():
    tasks = bus().tasks().test[:256]
    seeds = keys(np.arange(256, dtype=np.uint64), 0)
    goals = np.array([CORNERS[i % 4] for i in range(256)], np.uint8)
    episodes = play(bus(), Rider(), tasks=tasks, seeds=seeds, goals=goals)
    assert (episodes.reward == 1).any()
    assert (episodes.terminated & (episodes.reward < -0.5)).any()  # an early "end"
    for depot in ((0, 1), (8, 7), (0, 4), (4, 8)):
        assert (episodes.observation[..., :2] == depot).all(-1).any()
    episodes = play(with_map(), RandomPolicy(len(ACTIONS)), tasks=with_map().tasks().test * 10, seeds=seeds[:240])
    assert (episodes.observation[..., 3] > 0).any()


def walk(environment, params, actions, goal=()):
    env = environment.env(params)
    env.reset(options={"instruction": goal})
    steps = [env.step(ACTIONS.index(action)) for action in actions]
    return [step[0].tolist() for step in steps], [step[1] for step in steps], steps[-1][2]


def test_the_right_bus_is_a_step_away_and_leads_a_step_from_the_goal():
    seen, rewards, over = walk(bus(), (0, 0), ("up", "ride", "down"), goal=(0, 0))
    assert seen == [[4, 5, 1], [0, 1, 1], [0, 0, 0]]
    assert rewards == [-0.1, -0.1, 1.0]
    assert over


def test_buses_go_back_and_useless_ones_go_elsewhere():
    seen, _, _ = walk(bus(), (1, 3), ("up", "ride", "ride", "right", "ride"))
    assert seen == [[4, 5, 1], [0, 1, 1], [4, 5, 1], [5, 5, 1], [0, 4, 1]]  # lines 3 lead the first where lines 0 do
    assert walk(with_map(), (1, -1), ("up", "right", "ride"))[0][-1] == [5, 5, 0, 0]  # no useless lines there


def test_ending_costs_all_that_is_left():
    assert walk(bus(), (0, 0), ("end",))[1] == [pytest.approx(-2.0)]
    assert sum(walk(bus(), (0, 0), ("up", "up", "end"), goal=(0, 0))[1]) == pytest.approx(-2.0)


@EVERY_ENVIRONMENT
def test_the_readable_city_is_a_gymnasium_env(environment):
    check_env(environment.env(environment.tasks().test[0].params), skip_render_check=True)
