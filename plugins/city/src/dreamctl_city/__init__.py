"""Cities whose bus lines differ by task, some of them useless, and one with a map. Importing it is light."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

import dreamctl
from dreamctl import Environment, Explorer, Problem, Task, TaskSet
from dreamctl.presets import APART

from .env import (
    ACTIONS,
    CORNERS,
    DEPOTS,
    LINES,
    MAP,
    NONE,
    SIZE,
    STEPS,
    USELESS_DEPOTS,
    City,
    Place,
    observation_space,
)

EVERY = 11  # one city in so many is for training

TASK_ID = {**APART, "warmup": 0.2}
DREAM = {**TASK_ID, "spread": 0.03, "pressure": 0.00003}


def bus() -> Environment:
    """Four useful lines and four useless ones: 24 x 24 cities, of which 53 are for training and the rest held out."""
    every = [_task(useful, useless) for useless in range(len(LINES)) for useful in range(len(LINES))]
    tasks = TaskSet(train=every[::EVERY], test=[task for number, task in enumerate(every) if number % EVERY])
    return _city("bus", tasks, "four bus lines that help, and four that lead nowhere of use", has_map=False)


def with_map() -> Environment:
    """Four useful lines, and a map four steps away that says which of the 24 cities it is."""
    every = [_task(useful) for useful in range(len(LINES))]
    tasks = TaskSet(train=every, validation=every, test=every, shared=True)
    return _city("map", tasks, "four bus lines, and a map that says where they lead", has_map=True)


def _task(useful: int, useless: int = NONE) -> Task:
    """The city whose number is useful + 24 useless, or useful where there are no useless lines."""
    number = useful + len(LINES) * max(useless, 0)
    return Task(key=f"city-{number}", params=(useful, useless), identifier=(number,))


def _city(name: str, tasks: TaskSet, description: str, *, has_map: bool) -> Environment:
    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import Cities

        return Cities(has_map, batch)

    def optimum(tasks: TaskSet) -> float:
        from .optimum import knowing

        return knowing([task.params for task in tasks.test])

    def uninformed(tasks: TaskSet) -> float:
        from .optimum import not_knowing

        return not_knowing(useless=not has_map)

    def place(observations: NDArray[Any]) -> NDArray[np.int64]:
        from .draw import place

        return place(observations)

    return Environment(
        name=name,
        description=description,
        observation_space=observation_space(has_map),
        features=("x", "y", "status", *["map"] * has_map),
        actions=ACTIONS,
        ends=("end",),
        answer="return",
        exploration_steps=STEPS,
        execution_steps=STEPS,
        reward_seen=False,
        tasks=lambda: tasks,
        instructions=corner,
        instruction_space=spaces.MultiDiscrete([SIZE, SIZE], dtype=np.uint8),
        env=lambda params: City(has_map, *params),
        simulator=simulator,
        optimum=optimum,
        uninformed=uninformed,
        place=place,
        settings={"dream": DREAM, "direct-max": DREAM, "task-id": TASK_ID},
        sights={
            "useful line": _at(DEPOTS),
            **({"map": _at((MAP,))} if has_map else {"useless line": _at(USELESS_DEPOTS)}),
        },
    )


def _at(places: tuple[Place, ...]) -> Callable[[NDArray[Any]], NDArray[np.bool_]]:
    """Which observations [N, O] are made at one of these places [N]; who is at a depot has ridden its line."""

    def at(observations: NDArray[Any]) -> NDArray[np.bool_]:
        return (observations[:, None, :2] == np.array(places)).all(2).any(1)

    return at


def corner(params: Any, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The corner (x, y) that execution asks for, each as often as the others."""
    return np.array(CORNERS[rng.integers(len(CORNERS))], np.uint8)


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield bus()
    yield with_map()


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    def scripted(problem: Problem) -> Any:
        from .scripted import THREE_BUSES, TO_THE_MAP, Follows

        return Follows(TO_THE_MAP if problem.environment.name == "map" else THREE_BUSES)

    yield Explorer(
        name="scripted",
        build=scripted,
        answers=frozenset({"return"}),
        environments=("bus", "map"),
        description="rides three of the useful buses, or reads the map",
    )

    def thompson(problem: Problem) -> Any:
        from .thompson import Thompson

        return Thompson(problem)

    yield Explorer(
        name="thompson",
        build=thompson,
        answers=frozenset({"return"}),
        learned=True,
        environments=("bus", "map"),
        description="exact posterior sampling: plays what is best in a city drawn from those that fit",
    )
