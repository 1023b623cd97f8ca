"""Small real worlds with known answers, and a simulator that plays a script."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..records import Environment, Item, Rubric, Task, TaskSet
from ..simulation.simulator import Simulator, Step


class ScriptedSimulator(Simulator):
    """Every row plays the script `params`, whatever the actions: a sequence of (observation, reward, terminated).

    The first entry is what reset shows; after the last the row holds still. `shape` is that of one observation.
    """

    def __init__(self, batch: int, shape: tuple[int, ...] = (1,)) -> None:
        self.batch = batch
        self.scripts: list[Sequence[tuple[Any, float, bool]]] = [[(np.zeros(shape), 0.0, False)]] * batch
        self.position = np.zeros(batch, np.int64)  # [B] in the script

    def reset(
        self,
        params: Sequence[Any],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        for script, row in zip(params, rows, strict=True):
            self.scripts[row] = script
        self.position[rows] = 0
        return self._column(0).astype(np.float32)

    def step(self, actions: NDArray[np.integer]) -> Step:
        still = self._column(2).astype(bool) | (self.position == [len(script) - 1 for script in self.scripts])
        self.position = np.where(still, self.position, self.position + 1)
        reward = np.where(still, 0, self._column(1)).astype(np.float32)
        return Step(self._column(0).astype(np.float32), reward, self._column(2).astype(bool))

    def _column(self, index: int) -> NDArray[Any]:
        return np.array([script[int(at)][index] for script, at in zip(self.scripts, self.position, strict=True)])


def bandit(arms: int = 4) -> Environment:
    """A return answer with known returns: one arm pays 1, and the episode ends with the first pull.

    Exploring once and pulling at random afterwards, if the arm did not pay: 1/arms + (1 - 1/arms) / (arms - 1), that is
    2/arms. Uninformed: 1/arms. Told: 1. Each exploration pull is worth log(arms) nats where it pays.
    """
    tasks = [Task(key=f"arm-{arm}", params=arm, identifier=(arm,)) for arm in range(arms)]
    return Environment(
        name="bandit",
        observation_space=spaces.Box(0, 1, (1,)),
        actions=tuple(f"pull {arm}" for arm in range(arms)),
        exploration_steps=1,
        execution_steps=1,
        answer="return",
        tasks=lambda: TaskSet(train=tasks, validation=tasks, test=tasks, shared=True),
        simulator=_Bandit,
    )


def switches(count: int = 3) -> tuple[Environment, Rubric]:
    """A rubric answer with known information: pressing switch i shows whether lamp i is broken, and nothing else.

    Every pattern of broken lamps is equally likely, so a first press of each switch is worth log 2 nats, a second
    press nothing, and `count` presses of different switches everything.
    """
    patterns = list(itertools.product((False, True), repeat=count))
    tasks = [
        Task(
            key="".join("01"[broken] for broken in pattern),
            params=pattern,
            labels={f"lamp-{i}": broken for i, broken in enumerate(pattern)},
            identifier=tuple(int(broken) for broken in pattern),
        )
        for pattern in patterns
    ]
    environment = Environment(
        name="switches",
        observation_space=spaces.Box(0, 1, (2,)),
        actions=tuple(f"press {i}" for i in range(count)),
        exploration_steps=count,
        tasks=lambda: TaskSet(train=tasks, validation=tasks, test=tasks, shared=True),
        simulator=lambda batch: _Switches(batch, count),
    )
    items = tuple(Item(key=f"lamp-{i}", title=f"Lamp {i} is broken") for i in range(count))
    return environment, Rubric(name="lamps", environment="switches", items=items)


class _Bandit(Simulator):
    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.arm = np.full(batch, -1)  # [B] the arm that pays; -1 before the first reset
        self.over = np.ones(batch, bool)  # [B]

    def reset(
        self,
        params: Sequence[int],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        self.arm[rows], self.over[rows] = params, False
        return np.zeros((self.batch, 1), np.float32)

    def step(self, actions: NDArray[np.integer]) -> Step:
        reward = (~self.over & (actions == self.arm)).astype(np.float32)
        self.over = self.arm >= 0
        return Step(np.zeros((self.batch, 1), np.float32), reward, self.over.copy())


class _Switches(Simulator):
    def __init__(self, batch: int, count: int) -> None:
        self.batch = batch
        self.broken = np.zeros((batch, count), bool)  # [B, lamps]
        self.ready = np.zeros(batch, bool)  # [B] reset at least once
        self.shown = np.zeros((batch, 2), np.float32)  # [B, (works, broken)] of the switch just pressed

    def reset(
        self,
        params: Sequence[Sequence[bool]],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        self.broken[rows], self.ready[rows] = np.asarray(params, bool), True
        self.shown = self.shown.copy()
        self.shown[rows] = 0
        return self.shown

    def step(self, actions: NDArray[np.integer]) -> Step:
        broken = self.broken[np.arange(self.batch), actions]
        self.shown = np.where(self.ready[:, None], np.stack([~broken, broken], 1), False).astype(np.float32)
        return Step(self.shown, np.zeros(self.batch, np.float32), np.zeros(self.batch, bool))
