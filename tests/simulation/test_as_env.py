from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from attrs import evolve
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from dreamctl import CRASHED, Environment, Task, TaskSet, UsageError
from dreamctl.gym import register
from dreamctl.plugins import find_environment, load
from dreamctl.simulation.as_env import TaskEnv, TaskVectorEnv
from dreamctl.testing import ScriptedSimulator, bandit


@pytest.fixture
def corridor(pong: Path) -> Environment:
    return find_environment(load("pong"))


@pytest.fixture
def registered(pong: Path) -> Iterator[str]:
    (name,) = register(load("pong"))
    yield name
    del gymnasium.registry[name]


def scripted(script: Any, **settings: Any) -> Environment:
    return Environment(
        **{
            "name": "scripted",
            "observation_space": spaces.Box(0, 9, (1,)),
            "actions": ("a", "b"),
            "exploration_steps": 20,
            "tasks": lambda: TaskSet(train=[Task(key="t", params=script)], test=[Task(key="u", params=script[:2])]),
            "simulator": ScriptedSimulator,
            **settings,
        }
    )


SCRIPT = [([0], 0.0, False), ([1], 0.5, False), ([2], 1.0, True)]


def test_it_passes_gymnasiums_own_checker_rendering_included(registered: str) -> None:
    assert registered == "dreamctl/pong-v1"
    env = gymnasium.make(registered, render_mode="rgb_array")
    check_env(env.unwrapped)
    env.reset()
    assert env.render().shape == (40, 200, 3)  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_the_batched_env_equals_gymnasiums_own_vector_of_single_ones(registered: str, mode: AutoresetMode) -> None:
    batched = gymnasium.make_vec(registered, num_envs=5, autoreset_mode=mode)
    single = gymnasium.make_vec(
        registered, num_envs=5, vectorization_mode="sync", vector_kwargs={"autoreset_mode": mode}
    )
    assert isinstance(batched.unwrapped, TaskVectorEnv)
    assert isinstance(single.unwrapped, SyncVectorEnv)
    assert batched.metadata["autoreset_mode"] is single.metadata["autoreset_mode"] is mode
    assert batched.observation_space == single.observation_space
    assert batched.action_space == single.action_space
    same(batched.reset(seed=3), single.reset(seed=3))
    rng = np.random.default_rng(0)
    ends = 0
    for _ in range(60):
        actions = rng.integers(2, size=5)
        here, there = batched.step(actions), single.step(actions)
        same(here, there)
        ends += int(here[2].sum())
    assert ends > 3  # some by falling out, others by the step limit
    same(
        batched.reset(options={"reset_mask": np.arange(5) < 2}), single.reset(options={"reset_mask": np.arange(5) < 2})
    )


def same(here: Any, there: Any) -> None:
    """Equal, with equal dtypes, all the way down."""
    if isinstance(here, dict):
        assert here.keys() == there.keys()
        for name in here:
            same(here[name], there[name])
    elif isinstance(here, tuple):
        for one, other in zip(here, there, strict=True):
            same(one, other)
    else:
        assert here.dtype == there.dtype
        if here.dtype == object:
            for one, other in zip(here, there, strict=True):
                assert np.array_equal(one, other)
        else:
            assert np.array_equal(here, there)


def test_the_step_limit_is_truncation(corridor: Environment) -> None:
    env = TaskEnv(corridor)
    env.reset(seed=0, options={"task": "start-2-left-0-right-0"})
    ends = [env.step(np.int64(0))[2:4] for _ in range(corridor.exploration_steps)]
    assert ends == [(False, False)] * 9 + [(False, True)]


def test_an_end_on_the_last_step_is_no_truncation() -> None:
    env = TaskEnv(scripted(SCRIPT, exploration_steps=2))
    env.reset()
    assert [env.step(np.int64(0))[1:4] for _ in range(2)] == [(0.5, False, False), (1.0, True, False)]


def test_a_task_of_any_split_can_be_asked_for(corridor: Environment) -> None:
    env = TaskEnv(corridor)
    observation, info = env.reset(options={"task": "start-4-left-0-right-1"})
    assert observation.tolist() == [0, 0, 0, 0, 1]
    assert info["task"] == "start-4-left-0-right-1"
    with pytest.raises(
        UsageError, match=r"pong has no task 'start-4-left-0-rihgt-1'. Did you mean 'start-4-left-0-right-1'\?"
    ):
        env.reset(options={"task": "start-4-left-0-rihgt-1"})
    vector = TaskVectorEnv(corridor, 2)
    observation, _ = vector.reset(options={"task": ["start-1-left-0-right-0", "start-3-left-0-right-0"]})
    assert observation.argmax(1).tolist() == [1, 3]
    with pytest.raises(UsageError, match="one for each of 2 rows"):
        vector.reset(options={"task": ["start-1-left-0-right-0"]})


def test_tasks_are_drawn_from_the_split_and_all_of_them(corridor: Environment) -> None:
    env = TaskEnv(corridor, split="validation")
    env.reset(seed=0)
    drawn = {env.reset()[1]["task"] for _ in range(60)}
    assert drawn == {task.key for task in corridor.tasks().validation}
    with pytest.raises(UsageError, match=r"No split named 'trian'.*Did you mean 'train'"):
        TaskEnv(corridor, split="trian")
    with pytest.raises(UsageError, match="scripted has no validation tasks"):
        TaskEnv(scripted(SCRIPT), split="validation")


def test_an_endless_generator_stands_in_for_training_tasks() -> None:
    def sample(rng: np.random.Generator) -> Task:
        number = int(rng.integers(1000))
        return Task(key=str(number), params=[([number / 200], 0.0, False)])

    env = TaskEnv(scripted(SCRIPT, tasks=lambda: TaskSet(sample=sample)))
    first = [env.reset(seed=5)[1]["task"], *(env.reset()[1]["task"] for _ in range(5))]
    assert len(set(first)) > 3
    assert first == [env.reset(seed=5)[1]["task"], *(env.reset()[1]["task"] for _ in range(5))]


def test_a_return_answer_is_played_as_an_execution_with_its_instruction() -> None:
    class Asked(ScriptedSimulator):
        def reset(self, params, seeds, rows, instructions=None):  # type: ignore[no-untyped-def]
            self.asked = instructions
            return super().reset(params, seeds, rows)

    settings = {
        "answer": "return",
        "execution_steps": 3,
        "simulator": Asked,
        "instruction_space": spaces.Box(0, 1, (2,)),
        "instructions": lambda params, rng: rng.random(2, np.float32),
    }
    vector = TaskVectorEnv(scripted(SCRIPT, **settings), 4)
    observation, _ = vector.reset(seed=1)
    assert observation in vector.observation_space
    simulator = vector.episodes.simulator
    assert isinstance(simulator, Asked)
    assert np.array_equal(observation["instruction"], simulator.asked)
    assert len(np.unique(observation["instruction"])) == 8
    single = TaskEnv(scripted(SCRIPT, **settings))
    assert np.array_equal(single.reset(seed=3)[0]["instruction"], observation["instruction"][2])
    check_env(single)


@pytest.fixture(autouse=True)
def _no_spec_is_no_news() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not having a spec.*")
        yield


def test_without_instructions_an_execution_still_has_an_empty_one() -> None:
    seen = []

    class Noting(ScriptedSimulator):
        def reset(self, params, seeds, rows, instructions=None):  # type: ignore[no-untyped-def]
            seen.append(None if instructions is None else instructions.shape)
            return super().reset(params, seeds, rows)

    TaskEnv(scripted(SCRIPT, simulator=Noting)).reset()
    TaskEnv(scripted(SCRIPT, simulator=Noting, answer="return", execution_steps=2)).reset()
    assert seen == [None, (1, 0)]


def test_a_failure_truncates_and_explains_itself() -> None:
    class Crashing(ScriptedSimulator):
        def step(self, actions):  # type: ignore[no-untyped-def]
            step = super().step(actions)
            return evolve(step, failure=np.full(self.batch, CRASHED, np.uint8))

        def failure(self, row: int) -> str:
            return "it fell over"

    env = TaskEnv(scripted(SCRIPT, simulator=Crashing))
    env.reset()
    assert env.step(np.int64(0))[2:] == (False, True, {"failure": "it fell over"})
    vector = TaskVectorEnv(scripted(SCRIPT, simulator=Crashing), 2)
    vector.reset()
    infos = vector.step(np.zeros(2, int))[4]
    assert infos["failure"].tolist() == ["it fell over"] * 2


def test_next_step_autoreset_gives_no_reward_for_the_reset_even_after_a_step_limit() -> None:
    endless = [([n % 9], 1.0, False) for n in range(100)]
    vector = TaskVectorEnv(scripted(endless, exploration_steps=2), 1)
    vector.reset()
    steps = [vector.step(np.zeros(1, int)) for _ in range(6)]
    assert [step[1][0] for step in steps] == [1, 1, 0, 1, 1, 0]
    assert [bool(step[3][0]) for step in steps] == [False, True, False, False, True, False]
    assert [step[0][0, 0] for step in steps] == [1, 2, 0, 1, 2, 0]


def test_without_autoreset_a_finished_row_holds_still_until_it_is_reset() -> None:
    vector = TaskVectorEnv(scripted(SCRIPT), 2, autoreset_mode="Disabled")
    assert vector.metadata["autoreset_mode"] is AutoresetMode.DISABLED
    vector.reset()
    steps = [vector.step(np.zeros(2, int)) for _ in range(4)]
    assert [step[2].tolist() for step in steps] == [[False] * 2, [True] * 2, [True] * 2, [True] * 2]
    assert [step[1].tolist() for step in steps] == [[0.5] * 2, [1] * 2, [0] * 2, [0] * 2]
    observation, infos = vector.reset(options={"reset_mask": np.array([False, True])})
    assert observation[:, 0].tolist() == [2, 0]
    assert infos["task"].tolist() == [None, "t"]


def test_what_is_returned_is_the_callers_to_change() -> None:
    env = TaskEnv(bandit())
    first, _ = env.reset(seed=0)
    first += 1
    assert env.episodes.observation is not None
    assert not env.episodes.observation.any()


def test_only_what_can_draw_declares_a_picture(corridor: Environment) -> None:
    assert TaskEnv(corridor).metadata["render_modes"] == ["rgb_array"]
    vector = TaskVectorEnv(corridor, 2, render_mode="rgb_array")
    assert vector.metadata["render_modes"] == []  # its fast simulator draws nothing
    plain = TaskVectorEnv(evolve(corridor, simulator=None), 2, render_mode="rgb_array")
    plain.reset()
    pictures = plain.render()
    assert pictures is not None
    assert [picture.shape for picture in pictures] == [(40, 200, 3)] * 2
    assert TaskEnv(scripted(SCRIPT)).metadata["render_modes"] == []
