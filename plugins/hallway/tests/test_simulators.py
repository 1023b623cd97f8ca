"""The readable hallway and the batched one play the same game."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dreamctl import Policy, RandomPolicy, keys, open_simulator, rollout
from dreamctl_hallway import dreamctl_environments, hallway

ENVIRONMENTS = [
    *dreamctl_environments(),
    hallway("short-sign", hallways=3, length=3, sign=1, noise=2),
    hallway("far-sign", hallways=2, length=1, sign=6),
]


class Wanderer(Policy):
    """Keeps to its last action most of the time, so that it gets somewhere."""

    def __init__(self, actions):
        self.actions = actions

    def start(self, batch, condition=None):
        return None

    def act(self, seen, memory, uniform):
        drawn = (uniform * 3 * self.actions).astype(np.int64)
        return np.where(drawn < self.actions, drawn, np.maximum(seen.action, 0)), None


def play(environment, policy, *, tasks, seeds, plain=False):
    simulator = open_simulator(environment, len(tasks), plain=plain)
    return rollout(simulator, policy, tasks, seeds, steps=3 * environment.exploration_steps, episodes=2)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda environment: environment.name)
def test_plain_and_fast_play_the_same_game(environment):
    every = environment.tasks().test
    tasks = [every[i % len(every)] for i in range(256)]
    seeds = keys(np.arange(256, dtype=np.uint64), 0)
    for policy in (RandomPolicy(len(environment.actions)), Wanderer(len(environment.actions))):
        plain = play(environment, policy, tasks=tasks, seeds=seeds, plain=True)
        fast = play(environment, policy, tasks=tasks, seeds=seeds)
        for name in ("observation", "action", "reward", "terminated", "mask", "episode"):
            np.testing.assert_array_equal(getattr(plain, name), getattr(fast, name))
        assert fast.observation.dtype == environment.observation_space.dtype


def test_the_comparison_reaches_signs_ends_and_rewards():
    environment = hallway("noise", noise=2)
    tasks = environment.tasks().test * 8
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 0)
    episodes = play(environment, Wanderer(9), tasks=tasks, seeds=seeds)
    assert (episodes.observation[..., 2] > 0).any()
    assert (episodes.observation[..., 3:] > 0).any()
    assert episodes.terminated.any()
    assert set(np.unique(episodes.reward)) == {0, 1}


def test_a_batch_is_so_many_single_hallways():
    environment = hallway()
    tasks = environment.tasks().test * 4
    seeds = keys(np.arange(32, dtype=np.uint64), 7)
    together = play(environment, Wanderer(9), tasks=tasks, seeds=seeds)
    for b in range(32):
        alone = play(environment, Wanderer(9), tasks=tasks[b : b + 1], seeds=seeds[b : b + 1])
        np.testing.assert_array_equal(alone.observation[0], together.observation[b])
        np.testing.assert_array_equal(alone.reward[0], together.reward[b])


def test_resetting_some_rows_leaves_the_others_alone():
    environment = hallway()
    simulator = environment.simulator(3)
    params = [task.params for task in environment.tasks().test[:3]]
    before = simulator.reset(params, np.zeros(3, np.uint64), np.arange(3))
    walked = simulator.step(np.array([1, 8, 2])).observation
    after = simulator.reset(params[1:2], np.zeros(1, np.uint64), np.array([1]))
    assert before.tolist() == [[0, 0, 0]] * 3
    assert walked.tolist() == [[2, 1, 0], [9, 1, 0], [3, 1, 0]]
    assert after.tolist() == [[2, 1, 0], [0, 0, 0], [3, 1, 0]]
    simulator.reset([], np.zeros(0, np.uint64), np.zeros(0, np.intp))


def test_a_finished_row_holds_still_and_one_never_reset_does_not_move():
    environment = hallway(hallways=2, length=1)
    simulator = environment.simulator(2)
    simulator.reset([(0, 0)], np.zeros(1, np.uint64), np.array([0]))
    first, second = simulator.step(np.array([0, 0])), simulator.step(np.array([1, 1]))
    assert first.reward.tolist() == [1, 0]
    assert second.reward.tolist() == [0, 0]
    assert second.observation.tolist() == first.observation.tolist() == [[1, 1, 0], [0, 0, 0]]
    assert second.terminated.tolist() == [True, False]


def test_the_readable_hallway_is_a_gymnasium_env():
    environment = hallway(noise=2)
    check_env(environment.env((3, 1)), skip_render_check=True)


def test_every_observation_is_in_the_observation_space():
    environment = hallway(hallways=2, noise=1)
    tasks = environment.tasks().test * 4
    episodes = play(environment, Wanderer(3), tasks=tasks, seeds=np.arange(len(tasks), dtype=np.uint64))
    for observation in episodes.observation.reshape(-1, 4):
        assert environment.observation_space.contains(observation)
