"""A maze with a prize in one of its dead ends. Importing it is light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dreamctl
from dreamctl import Environment, Explorer, Problem, Task, TaskSet
from dreamctl.presets import enumerated

from .draw import DRAWING, place
from .env import ACTIONS, ENDS, OBSERVATION_SPACE, Maze

EXPLORATION_STEPS, EXECUTION_STEPS = 24, 5


def maze(name: str, *, dense: bool, episodes: int = 1, steps: int = EXPLORATION_STEPS) -> Environment:
    """Too few steps to look into every dead end, in one exploration episode or several, and one episode to fetch the
    prize; rewards are seen.
    """
    every = [Task(key=f"end-{end + 1}", params=end, identifier=(end,)) for end in range(len(ENDS))]
    tasks = TaskSet(train=every, validation=every, test=every, shared=True)

    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import Mazes

        return Mazes(dense, batch)

    def at_end(observations: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return (observations[:, None] == np.array(ENDS)).all(2).any(1)

    return enumerated(
        Environment(
            name=name,
            description=f"a prize in one of {len(ENDS)} dead ends" + ", and every step nearer to it pays" * dense,
            observation_space=OBSERVATION_SPACE,
            features=("x", "y"),
            actions=ACTIONS,
            answer="return",
            exploration_steps=steps,
            exploration_episodes=episodes,
            execution_steps=EXECUTION_STEPS,
            tasks=lambda: tasks,
            env=lambda end: Maze(dense, end),
            simulator=simulator,
            place=place,
            sights={"dead end": at_end},
            drawing=DRAWING,
        )
    )


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield maze("maze", dense=False)
    yield maze("dense", dense=True)
    yield maze("dense-twice", dense=True, episodes=2, steps=8)


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    def scripted(problem: Problem) -> Any:
        from .scripted import GoesRound

        return GoesRound()

    yield Explorer(
        name="scripted",
        build=scripted,
        answers=frozenset({"return"}),
        environments=("maze", "dense", "dense-twice"),
        description="looks into one dead end after another, the nearest first",
    )
