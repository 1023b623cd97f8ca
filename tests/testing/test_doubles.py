from __future__ import annotations

import numpy as np
import pytest

from dreamctl import RandomPolicy, ReplayPolicy, open_simulator, rollout
from dreamctl.testing import ScriptedSimulator, bandit, switches

ROWS = 4000
SEEDS = np.arange(ROWS, dtype=np.uint64)


@pytest.mark.parametrize("arms", [2, 5])
def test_a_bandit_pays_an_uninformed_player_one_in_its_arms_and_a_told_one_always(arms: int) -> None:
    environment = bandit(arms)
    tasks = [environment.tasks().test[row % arms] for row in range(ROWS)]
    simulator = open_simulator(environment, ROWS)
    guessed = rollout(simulator, RandomPolicy(arms), tasks, SEEDS, steps=1).returns
    assert abs(guessed.mean() - 1 / arms) < 4 * np.sqrt((1 / arms) * (1 - 1 / arms) / ROWS)
    told = ReplayPolicy(np.array([[task.params] for task in tasks]))
    assert rollout(simulator, told, tasks, SEEDS, steps=1).returns.tolist() == [1.0] * ROWS


def test_a_switch_shows_whether_its_own_lamp_is_broken_and_nothing_else() -> None:
    environment, rubric = switches(3)
    tasks = environment.tasks().test
    presses = np.tile([2, 0, 1], (len(tasks), 1))
    episodes = rollout(open_simulator(environment, 8), ReplayPolicy(presses), tasks, SEEDS[:8], steps=3)
    shown = episodes.observation[:, 1:, 1]  # [B, presses]
    assert np.array_equal(shown, rubric.targets(tasks)[:, [2, 0, 1]])
    assert np.array_equal(episodes.observation[:, 1:].sum(-1), np.ones((8, 3)))
    assert not episodes.observation[:, 0].any()


def test_a_scripted_simulator_plays_each_rows_script_and_then_holds_still() -> None:
    long = [([0], 0.0, False), ([1], 0.5, False), ([2], 0.25, False)]
    simulator = ScriptedSimulator(2)
    simulator.reset([long, [([7], 0.0, False), ([8], 1.0, True)]], SEEDS[:2], np.arange(2))
    steps = [simulator.step(np.zeros(2, int)) for _ in range(3)]
    assert [step.observation[:, 0].tolist() for step in steps] == [[1, 8], [2, 8], [2, 8]]
    assert [step.reward.tolist() for step in steps] == [[0.5, 1], [0.25, 0], [0, 0]]
    assert [step.terminated.tolist() for step in steps] == [[False, True]] * 3
