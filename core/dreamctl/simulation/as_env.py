"""Any environment seen as a `gymnasium.Env`, and as a `gymnasium.vector.VectorEnv`.

An episode here is one that counts: an execution episode where the answer is a return (with its instruction, if the
environment has instructions, beside the observation), an exploration episode where the answer is a rubric.
Each reset draws a task of the split. Row b of a vector seeded with s plays what a single env seeded with s + b plays.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from .. import random
from ..errors import UsageError, unknown
from ..records import Environment, Task, TaskSet
from .from_env import EnvSimulator
from .open import open_simulator
from .simulator import Simulator, Step

DRAWING = 0x6472_6177  # the sub-stream of a row's seed that tasks, episode seeds and instructions come from


class TaskEnv(gymnasium.Env[Any, np.int64]):
    """An environment as a `gymnasium.Env`: a task of `split` per episode, the step limit as truncation.

    `reset(options={"task": key})` plays that task, of any split. `info["task"]` is the task's key; after a failure,
    `info["failure"]` is a sentence about it, and the episode is truncated.
    """

    def __init__(self, environment: Environment, split: str = "train", render_mode: str | None = None) -> None:
        self.episodes = _Episodes(environment, split, batch=1, plain=True)  # one row is faster plain, and draws
        self.observation_space = _space(environment)
        self.action_space = gymnasium.spaces.Discrete(len(environment.actions))
        self.metadata = {"render_modes": self.episodes.render_modes, "render_fps": 30}
        self.render_mode = render_mode

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        row = np.arange(1)
        self.episodes.seed(seed, row, self.np_random)
        self.episodes.start(row, (options or {}).get("task"))
        return _row(self.episodes.seen(), 0), {"task": self.episodes.tasks[0].key}

    def step(self, action: np.int64) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        step = self.episodes.step(np.asarray([action]))
        info = {"failure": self.episodes.simulator.failure(0)} if step.failure[0] else {}
        return (
            _row(self.episodes.seen(), 0),
            float(step.reward[0]),
            bool(step.terminated[0]),
            bool(step.truncated[0]),
            info,
        )

    def render(self) -> NDArray[np.uint8] | None:
        return self.episodes.simulator.render(0) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        self.episodes.close()


class TaskVectorEnv(gymnasium.vector.VectorEnv[Any, NDArray[np.int64], NDArray[Any]]):
    """An environment as a `gymnasium.vector.VectorEnv`: one batched simulator, each row with its own tasks and seeds.

    `autoreset_mode` is what the rows really do when their episode ends, and is declared in `metadata`.
    `reset(options=...)` takes `task`, a key or one per row, and `reset_mask`, a bool per row.
    """

    def __init__(
        self,
        environment: Environment,
        num_envs: int = 1,
        split: str = "train",
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        self.num_envs = num_envs
        self.episodes = _Episodes(environment, split, num_envs)
        self.single_observation_space = _space(environment)
        self.single_action_space = gymnasium.spaces.Discrete(len(environment.actions))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {
            "render_modes": self.episodes.render_modes,
            "render_fps": 30,
            "autoreset_mode": self.autoreset_mode,
        }
        self.render_mode = render_mode
        self.over = np.zeros(num_envs, bool)  # [B] the episode has ended, and the row was not reset yet

    def reset(  # a seed per row is allowed, as in Gymnasium's own vector envs
        self, *, seed: int | Sequence[int] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed if isinstance(seed, int) else None)
        options = options or {}
        mask = np.asarray(options.get("reset_mask", np.ones(self.num_envs, bool)), bool)
        self.episodes.seed(seed, np.flatnonzero(mask), self.np_random)
        infos = self._start(mask, options.get("task"))
        return self.episodes.seen(), infos

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Any, NDArray[Any], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        waiting = self.over if self.autoreset_mode is AutoresetMode.NEXT_STEP else np.zeros(self.num_envs, bool)
        step = self.episodes.step(np.asarray(actions))
        reward = np.where(waiting, 0, step.reward).astype(np.float64)  # [B] as Gymnasium's own
        terminated, truncated = step.terminated & ~waiting, step.truncated & ~waiting
        infos = _info("failure", (step.failure > 0) & ~waiting, self.episodes.simulator.failure)
        self.over = terminated | truncated
        if waiting.any():
            infos |= self._start(waiting)
        elif self.autoreset_mode is AutoresetMode.SAME_STEP and self.over.any():
            last = self.episodes.seen()
            final = _info("final_obs", self.over, lambda row: _row(last, row))
            infos = {**final, "final_info": infos, "_final_info": self.over} | self._start(self.over)
        return self.episodes.seen(), reward, terminated, truncated, infos

    def _start(self, mask: NDArray[np.bool_], asked: str | Sequence[str] | None = None) -> dict[str, Any]:
        """Start an episode where `mask` [B] is true; the infos of those rows."""
        self.episodes.start(np.flatnonzero(mask), asked)
        self.over = self.over & ~mask
        return _info("task", mask, lambda row: self.episodes.tasks[row].key)

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        if self.render_mode != "rgb_array":
            return None
        return tuple(self.episodes.simulator.render(row) for row in range(self.num_envs))

    def close_extras(self) -> None:
        self.episodes.close()


class _Episodes:
    """Rows that each play one episode after another: what both views share."""

    def __init__(self, environment: Environment, split: str, batch: int, plain: bool = False) -> None:
        self.environment, self.batch = environment, batch
        self.simulator = open_simulator(environment, batch, plain=plain)
        self.task_set = environment.tasks()
        self.choices = _choices(environment, self.task_set, split)
        execution = environment.answer == "return"
        self.limit = environment.execution_steps if execution else environment.exploration_steps
        self.streams = np.zeros(batch, np.uint64)  # [B]
        self.drawn = np.zeros(batch, np.uint64)  # [B] draws made from each stream
        self.seeded = False
        self.taken = np.zeros(batch, np.int64)  # [B] steps taken in the episode
        self.tasks: list[Task] = [Task(key="", params=None)] * batch
        self.observation: NDArray[Any] | None = None  # [B, *O]
        self.instruction: NDArray[Any] | None = None  # [B, *I] an execution has one, if an empty one
        if execution:
            space = environment.instruction_space
            shape, dtype = (space.shape or (), space.dtype) if space is not None else ((0,), np.float32)
            self.instruction = np.zeros((batch, *shape), dtype)
        self.open = True

    @property
    def render_modes(self) -> list[str]:
        """Gymnasium's names for how this can be drawn."""
        if not isinstance(self.simulator, EnvSimulator):
            return ["rgb_array"] if type(self.simulator).render is not Simulator.render else []
        task = self._drawn_tasks(np.zeros(1, np.uint64))[0]
        env = self.simulator.make(task.params)
        draws = type(env.unwrapped).render is not gymnasium.Env.render
        env.close()
        return ["rgb_array"] if draws else []

    def seed(self, seed: int | Sequence[int] | None, rows: NDArray[np.intp], rng: np.random.Generator) -> None:
        """Begin the streams of `rows` anew. Without a seed they go on, or begin with what `rng` gives."""
        if seed is None and self.seeded:
            return
        if seed is None:
            seeds = rng.integers(2**63, size=self.batch).astype(np.uint64)
        elif isinstance(seed, int | np.integer):
            seeds = np.arange(self.batch, dtype=np.uint64) + np.uint64(seed)
        else:
            seeds = np.asarray(seed, np.uint64)
        self.streams[rows] = random.keys(seeds, DRAWING)[rows]
        self.drawn[rows] = 0
        self.seeded = True

    def start(self, rows: NDArray[np.intp], asked: str | Sequence[str] | None = None) -> None:
        """Start an episode in `rows`, of a task that is drawn, or of those whose keys are `asked` for."""
        which, seeds, wishes = self._draw(rows), self._draw(rows), self._draw(rows)
        tasks = self._drawn_tasks(which) if asked is None else self._asked_tasks(asked, rows)
        for row, task in zip(rows, tasks, strict=True):
            self.tasks[row] = task
        instructions = self._instruct(rows, tasks, wishes)
        self.observation = self.simulator.reset([task.params for task in tasks], seeds, rows, instructions)
        self.taken[rows] = 0

    def step(self, actions: NDArray[np.integer]) -> Step:
        """One step, with the step limit and failures as truncation."""
        step = self.simulator.step(actions)
        self.observation = step.observation
        self.taken += 1
        truncated = step.truncated | (step.failure > 0) | (self.taken >= self.limit)
        return Step(step.observation, step.reward, step.terminated, truncated & ~step.terminated, step.failure)

    def seen(self) -> Any:
        """What every row sees: the caller's own to change."""
        assert self.observation is not None
        if self.instruction is None or self.environment.instructions is None:
            return self.observation.copy()
        return {"observation": self.observation.copy(), "instruction": self.instruction.copy()}

    def close(self) -> None:
        if self.open:
            self.simulator.close()
        self.open = False

    def _draw(self, rows: NDArray[np.intp]) -> NDArray[np.uint64]:
        bits = random.bits(self.streams[rows], self.drawn[rows])
        self.drawn[rows] += np.uint64(1)
        return bits

    def _instruct(self, rows: NDArray[np.intp], tasks: Sequence[Task], bits: NDArray[np.uint64]) -> NDArray[Any] | None:
        """The instructions of `rows`, drawn from `bits`; None while exploring."""
        if self.instruction is None:
            return None
        if self.environment.instructions is not None:
            for row, task, seed in zip(rows, tasks, bits, strict=True):
                self.instruction[row] = self.environment.instructions(task.params, _rng(seed))
        return self.instruction[rows]

    def _drawn_tasks(self, bits: NDArray[np.uint64]) -> list[Task]:
        if not self.choices:
            assert self.task_set.sample is not None
            return [self.task_set.sample(_rng(value)) for value in bits]
        return [self.choices[index] for index in random.below(bits, np.uint64(len(self.choices)))]

    def _asked_tasks(self, asked: str | Sequence[str], rows: NDArray[np.intp]) -> list[Task]:
        keys = [asked] * len(rows) if isinstance(asked, str) else list(asked)
        if len(keys) != len(rows):
            raise UsageError(f"options['task'] names one task, or one for each of {len(rows)} rows (got {len(keys)}).")
        splits = (self.task_set.train, self.task_set.validation, self.task_set.test)
        known = {task.key: task for split in splits for task in split}
        for key in keys:
            if key not in known:
                nearest = difflib.get_close_matches(key, known, n=1)
                hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
                raise UsageError(f"{self.environment.name} has no task '{key}'.{hint}")
        return [known[key] for key in keys]


def _choices(environment: Environment, tasks: TaskSet, split: str) -> Sequence[Task]:
    """The tasks of a split; none where they come from the endless generator, which stands in for training tasks."""
    splits = {"train": tasks.train, "validation": tasks.validation, "test": tasks.test}
    if split not in splits:
        raise UsageError(unknown("split", split, splits))
    if not splits[split] and (split != "train" or tasks.sample is None):
        having = [name for name, listed in splits.items() if listed]
        raise UsageError(f"{environment.name} has no {split} tasks; it has {' and '.join(having) or 'none at all'}.")
    return splits[split]


def _space(environment: Environment) -> gymnasium.Space[Any]:
    if environment.answer != "return" or environment.instruction_space is None:
        return environment.observation_space
    return gymnasium.spaces.Dict(
        {"observation": environment.observation_space, "instruction": environment.instruction_space}
    )


def _row(seen: Any, row: int) -> Any:
    """What one row sees."""
    return {name: part[row] for name, part in seen.items()} if isinstance(seen, dict) else seen[row]


def _info(name: str, mask: NDArray[np.bool_], value: Callable[[int], Any]) -> dict[str, Any]:
    """Gymnasium's form of infos: an object array [B], and `_name` [B], true where there is something."""
    if not mask.any():
        return {}
    values = np.full(len(mask), None, object)
    for row in np.flatnonzero(mask):
        values[row] = value(int(row))
    return {name: values, f"_{name}": mask.copy()}


def _rng(bits: np.uint64) -> np.random.Generator:
    return np.random.default_rng(int(bits))
