"""Kitchens whose drawers hold other ingredients in each task. Importing it is light."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

import dreamctl
from dreamctl import Environment, Explorer, Problem, Task, TaskSet
from dreamctl.presets import APART

from .env import ACTIONS, DRAWERS, INGREDIENTS, OBSERVATION_SPACE, STEPS, Kitchen

HELD_OUT = 10  # the kitchen (2, 2, 0)

TASK_ID = {**APART, "warmup": 0.3}
DREAM = {**TASK_ID, "spread": 0.5, "pressure": 0.00001, "pressure_from": 0.4}


def kitchens() -> list[Task]:
    """All 64, by number: what the drawers hold, the first being the least of three digits to the base 4."""
    contents = [held[::-1] for held in product(range(INGREDIENTS), repeat=len(DRAWERS))]
    return [Task(key=f"kitchen-{n}", params=held, identifier=held) for n, held in enumerate(contents)]


def held_out() -> TaskSet:
    """One kitchen to test on, the 63 others to learn from."""
    every = kitchens()
    return TaskSet(train=every[:HELD_OUT] + every[HELD_OUT + 1 :], test=[every[HELD_OUT]])


def shared() -> TaskSet:
    """All kitchens, to learn from and to test on."""
    every = kitchens()
    return TaskSet(train=every, validation=every, test=every, shared=True)


def cooking(name: str, tasks: TaskSet, description: str) -> Environment:
    """Two ingredients, drawn from what is in the drawers, are asked for; one exploration episode to look into them."""

    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import Kitchens

        return Kitchens(batch)

    def optimum(tasks: TaskSet) -> float:
        from .optimum import knowing

        return knowing([task.params for task in tasks.test])

    def uninformed(tasks: TaskSet) -> float:
        from .optimum import not_knowing

        return not_knowing()

    def place(observations: NDArray[Any]) -> NDArray[np.int64]:
        from .draw import place

        return place(observations)

    return Environment(
        name=name,
        description=description,
        observation_space=OBSERVATION_SPACE,
        features=("x", "y", "status", "held", "bowl 1", "bowl 2", "bowl 3"),
        actions=ACTIONS,
        ends=("end",),
        answer="return",
        exploration_steps=STEPS,
        execution_steps=STEPS,
        reward_seen=False,
        tasks=lambda: tasks,
        instructions=recipe,
        instruction_space=spaces.MultiDiscrete([INGREDIENTS] * 2, dtype=np.uint8),
        env=Kitchen,
        simulator=simulator,
        optimum=optimum,
        uninformed=uninformed,
        place=place,
        settings={"dream": DREAM, "direct-max": DREAM, "task-id": TASK_ID},
    )


def recipe(params: Any, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Two ingredients, each that of a drawer drawn anew."""
    return np.array(params, np.uint8)[rng.integers(len(DRAWERS), size=2)]


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield cooking("cooking", held_out(), "63 kitchens to learn from, and one that is new")
    yield cooking("shared", shared(), "64 kitchens, to learn from and to be measured on")


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    def scripted(problem: Problem) -> Any:
        from .scripted import LooksEverywhere

        return LooksEverywhere()

    yield Explorer(
        name="scripted",
        build=scripted,
        answers=frozenset({"return"}),
        environments=("cooking", "shared"),
        description="looks into all three drawers",
    )

    def thompson(problem: Problem) -> Any:
        from .thompson import Thompson

        return Thompson(problem)

    yield Explorer(
        name="thompson",
        build=thompson,
        answers=frozenset({"return"}),
        learned=True,
        environments=("cooking", "shared"),
        description="exact posterior sampling: cooks as is best in a kitchen drawn from those that fit",
    )
