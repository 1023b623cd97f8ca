"""What can be had in a hallway, computed by dynamic programming and found again by trying everything."""

from collections import defaultdict
from itertools import product

import numpy as np
import pytest

from dreamctl import ReplayPolicy, open_simulator, rollout
from dreamctl_hallway import dreamctl_environments, hallway


def every_episode(environment, steps):
    """All action sequences, played in every task: sequences [B, T], and observations and rewards for [M, B]."""
    tasks = environment.tasks().test
    sequences = np.array(list(product(range(len(environment.actions)), repeat=steps)))
    batch = len(tasks) * len(sequences)
    episodes = rollout(
        open_simulator(environment, batch),
        ReplayPolicy(np.tile(sequences, (len(tasks), 1))),
        [task for task in tasks for _ in sequences],
        np.arange(batch, dtype=np.uint64),
        steps=steps,
    )
    shape = len(tasks), len(sequences)
    seen = episodes.observation.reshape(*shape, -1)
    reward = episodes.reward.reshape(*shape, -1)
    return seen, reward


def best_by_trying_everything(environment):
    """Every exploration, and after it every execution: what is learned on the way is not needed in a hallway."""
    seen, reward = every_episode(environment, environment.exploration_steps)
    _, paid = every_episode(environment, environment.execution_steps)
    paid = paid.sum(2)  # [M, B]
    totals = []
    for b in range(seen.shape[1]):
        groups = defaultdict(list)  # what was seen -> the tasks in which it is
        for m in range(len(seen)):
            shown = reward[m, b].tobytes() if environment.reward_seen else b""
            groups[seen[m, b].tobytes(), shown].append(m)
        totals.append(sum(paid[group].sum(0).max() for group in groups.values()))
    return max(totals) / len(seen)


@pytest.mark.parametrize("reward_seen", [False, True])
@pytest.mark.parametrize("has_sign", [False, True])
@pytest.mark.parametrize(("hallways", "length", "sign"), [(2, 2, 2), (3, 2, 1), (3, 1, 2)])
def test_the_optimum_is_what_trying_everything_finds(hallways, length, sign, has_sign, reward_seen):
    environment = hallway(
        hallways=hallways, length=length, sign=sign, has_sign=has_sign, reward_seen=reward_seen, noise=1
    )
    assert environment.optimum(environment.tasks()) == pytest.approx(best_by_trying_everything(environment))


@pytest.mark.parametrize("environment", dreamctl_environments(), ids=lambda environment: environment.name)
def test_the_optimum_is_one_with_a_sign_and_chance_without(environment):
    chance = 1 / (len(environment.actions) - 1)
    assert environment.optimum(environment.tasks()) == (chance if environment.name == "no-sign" else 1)


def test_where_the_reward_is_seen_and_no_sign_is_there_trying_one_hallway_is_best():
    environment = hallway(hallways=5, has_sign=False, reward_seen=True)
    assert environment.optimum(environment.tasks()) == pytest.approx(2 / 5)


@pytest.mark.parametrize(("length", "sign"), [(4, 4), (1, 6), (6, 1), (1, 1), (3, 4)])
def test_sign_and_an_end_are_never_both_reached_in_one_exploration(length, sign):
    environment = hallway(hallways=2, length=length, sign=sign)
    seen, _ = every_episode(environment, environment.exploration_steps)
    seen = seen.reshape(*seen.shape[:2], -1, 3)  # [M, B, T+1, (way, distance, symbol)]
    read = (seen[..., 2] > 0).any(-1)
    ended = ((seen[..., 0] > 0) & (seen[..., 0] < 3) & (seen[..., 1] == length)).any(-1)
    assert read.any()
    assert ended.any()
    assert not (read & ended).any()


@pytest.mark.parametrize("environment", dreamctl_environments(), ids=lambda environment: environment.name)
def test_without_exploring_every_hallway_is_as_good(environment):
    assert environment.uninformed(environment.tasks()) == pytest.approx(1 / (len(environment.actions) - 1))


def test_the_player_is_placed_where_the_picture_shows_it():
    environment = hallway(hallways=4)
    simulator = open_simulator(environment, 1)
    seen = [simulator.reset([(2, 0)], np.zeros(1, np.uint64), np.zeros(1, np.intp))]
    shots = [simulator.render(0)]
    for action in (4, 0, 0, 4, 4, 4, 2, 0):
        seen.append(simulator.step(np.array([action])).observation)
        shots.append(simulator.render(0))
    for (x, y), picture in zip(environment.place(np.concatenate(seen)), shots, strict=True):
        blue = np.argwhere((picture[:, :, 2] > 200) & (picture[:, :, 0] < 80))  # the player
        assert np.abs(blue.mean(0) - [y, x]).max() < 3
