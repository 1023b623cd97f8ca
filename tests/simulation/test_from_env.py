from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from dreamctl import Environment, PluginError, Task, TaskSet, keys, open_simulator
from dreamctl.simulation.from_env import EnvSimulator
from dreamctl.testing import checks


class Walk(gymnasium.Env[Any, int]):
    """A walk with a random step of its own; ends at `edge`. Shows its place, and what it was asked for."""

    observation_space = spaces.Box(-9, 9, (2,))
    action_space = spaces.Discrete(2)

    def __init__(self, edge: int) -> None:
        self.edge, self.closed = edge, False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.place, self.asked = 0, (options or {}).get("instruction", 0)
        return self.seen(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.place += (-1, 1)[action] + int(self.np_random.integers(-1, 2))
        over = abs(self.place) >= self.edge
        return self.seen(), float(self.place), over, False, {}

    def seen(self) -> Any:
        return np.array([self.place, self.asked], np.float32).clip(-9, 9)

    def close(self) -> None:
        self.closed = True


WALK = Environment(
    name="walk",
    observation_space=Walk.observation_space,
    actions=("left", "right"),
    exploration_steps=12,
    tasks=lambda: TaskSet(train=[Task(key=f"edge-{edge}", params=edge) for edge in (2, 3, 4)]),
    env=Walk,
)
SEEDS = keys(np.full(5, 81, np.uint64), np.arange(5))
EDGES = [2, 3, 4, 2, 3]


def test_each_row_is_its_env_alone() -> None:
    simulator = open_simulator(WALK, 5)
    observation = simulator.reset(EDGES, SEEDS, np.arange(5))
    alone = [Walk(edge) for edge in EDGES]
    first = [env.reset(seed=int(seed))[0] for env, seed in zip(alone, SEEDS, strict=True)]
    assert np.array_equal(observation, first)
    over = np.zeros(5, bool)
    for t in range(12):
        actions = np.array([t % 2, 1, 0, 1, t // 2 % 2])
        step = simulator.step(actions)
        for row, env in enumerate(alone):
            if not over[row]:
                seen, reward, terminated, _, _ = env.step(int(actions[row]))
                assert np.array_equal(step.observation[row], seen)
                assert (step.reward[row], step.terminated[row]) == (reward, terminated)
        over |= step.terminated
    assert over.any()


@pytest.mark.parametrize(
    "check",
    [
        checks.spaces_and_dtypes,
        checks.same_seed_same_bytes,
        checks.batch_equals_single,
        checks.resetting_rows_leaves_others_alone,
        checks.finished_row_holds_still,
        checks.returned_arrays_stay,
    ],
    ids=lambda check: check.__name__,
)
def test_an_adapted_env_keeps_the_contract_of_simulators(check: Any) -> None:
    check("test/walk", WALK)


def test_an_instruction_arrives_as_an_option() -> None:
    simulator = open_simulator(WALK, 2)
    observation = simulator.reset([2, 3], SEEDS[:2], np.arange(2), np.array([5.0, 7.0]))
    assert observation[:, 1].tolist() == [5, 7]
    assert simulator.reset([2], SEEDS[:1], np.array([1]))[:, 1].tolist() == [5, 0]


def test_an_env_is_made_anew_for_other_params_and_closed() -> None:
    simulator = open_simulator(WALK, 1)
    assert isinstance(simulator, EnvSimulator)
    simulator.reset([2], SEEDS[:1], np.arange(1))
    first = simulator.envs[0]
    simulator.reset([3], SEEDS[:1], np.arange(1))
    second = simulator.envs[0]
    simulator.close()
    assert isinstance(first, Walk)
    assert isinstance(second, Walk)
    assert (first.edge, first.closed, second.edge, second.closed) == (2, True, 3, True)


def test_an_env_that_draws_nothing_says_so() -> None:
    simulator = open_simulator(WALK, 1)
    simulator.reset([2], SEEDS[:1], np.arange(1))
    with pytest.raises(NotImplementedError):
        simulator.render(0)


class Broken(Walk):
    """Shows and pays what it is told to."""

    def __init__(self, observation: Any, reward: Any) -> None:
        super().__init__(edge=3)
        self.observation, self.paid = observation, reward

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if self.paid == "exit":
            raise SystemExit(0)
        return self.observation, self.paid, False, False, {}


@pytest.mark.parametrize(
    ("observation", "reward", "sentence"),
    [
        ([0.0], 0.0, r"shape \(1,\), but its observation_space has the shape \(2,\)"),
        ([0.0, np.nan], 0.0, "not finite"),
        ([0.0, 0.0], float("nan"), "gave the reward nan"),
        ([0.0, 0.0], "one", "gave the reward 'one'"),
        ([0.0, 0.0], "exit", r"called sys.exit\(0\)"),
    ],
)
def test_an_env_that_shows_nonsense_is_named_in_one_sentence(observation: Any, reward: Any, sentence: str) -> None:
    environment = Environment(
        name="broken",
        observation_space=Walk.observation_space,
        actions=("left", "right"),
        exploration_steps=2,
        tasks=TaskSet,
        env=lambda params: Broken(*params),
    )
    simulator = EnvSimulator(environment, 1)
    simulator.reset([(observation, reward)], np.zeros(1, np.uint64), np.arange(1))
    with pytest.raises(PluginError, match=sentence):
        simulator.step(np.zeros(1, np.int64))
