"""Hallways and a sign: the plugin to read first. Importing it is light; what runs is imported when it is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

import dreamctl
from dreamctl import Environment, Explorer, Problem, Task, TaskSet
from dreamctl.presets import enumerated

from .env import Hallway, Layout


def hallway(
    name: str = "hallway",
    *,
    hallways: int = 8,
    length: int = 4,
    sign: int = 4,
    reward_seen: bool = False,
    has_sign: bool = True,
    noise: int = 0,
) -> Environment:
    """`hallways` hallways of `length` steps; a sign `sign` steps the other way says which one is right.

    One exploration episode, too short to see both the sign and the end of a hallway; then one execution episode,
    worth 1 at the end of the right hallway. The optimum is 1, and without information 1 / `hallways`.
    With `noise`, tiles show that many bits that differ by task and mean nothing.
    """
    layout = Layout(hallways, length, sign, has_sign, noise)

    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import Hallways

        return Hallways(layout, batch)

    def place(observations: NDArray[np.uint8]) -> NDArray[np.int64]:
        from .draw import place

        return place(layout, observations)

    def at_sign(observations: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return (observations[:, 0] == layout.behind) & (observations[:, 1] == sign)

    def at_end(observations: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return (observations[:, 0] > 0) & (observations[:, 0] < layout.behind) & (observations[:, 1] == length)

    return enumerated(
        Environment(
            name=name,
            description=f"{hallways} hallways, of which {'a sign' if has_sign else 'nothing'} says which one is right",
            observation_space=layout.observation_space,
            features=("way", "distance", "symbol", *(f"tile {tile}" for tile in range(noise))),
            actions=(*(f"hallway {number + 1}" for number in range(hallways)), "back"),
            answer="return",
            exploration_steps=max(sign, length) + 1,
            execution_steps=length + 1,
            reward_seen=reward_seen,
            tasks=lambda: tasks(layout),
            env=lambda params: Hallway(layout, *params),
            simulator=simulator,
            place=place,
            sights={"sign": at_sign, "end of a hallway": at_end},
        )
    )


def signpost(bits: int = 1, name: str = "signpost") -> Environment:
    """2^bits hallways of two steps, whose first cells show the number of the right one: it lies on the way."""
    environment = hallway(name, hallways=2**bits, length=2, sign=2, noise=bits)
    shown = [task for task in environment.tasks().train if task.params[0] == task.params[1]]
    every = TaskSet(train=shown, validation=shown, test=shown, shared=True)
    return attrs.evolve(environment, description=f"{2**bits} hallways, each with a signpost", tasks=lambda: every)


def tasks(layout: Layout) -> TaskSet:
    """One task for each right hallway and each setting of the noise tiles: so few that all splits are the same."""

    def task(right: int, noise: int) -> Task:
        key = f"hallway-{right + 1}" + (f"-noise-{noise}" if layout.noise else "")
        return Task(key=key, params=(right, noise), identifier=(right, noise) if layout.noise else (right,))

    every = [task(right, noise) for right in range(layout.hallways) for noise in range(2**layout.noise)]
    return TaskSet(train=every, validation=every, test=every, shared=True)


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield hallway()
    yield hallway("reward-seen", reward_seen=True)
    yield hallway("no-sign", has_sign=False)
    yield hallway("noise", noise=4)
    for hallways in (2, 4, 16, 32):
        yield hallway(f"n{hallways}", hallways=hallways)
    yield signpost()


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    def to_the_sign(problem: Problem) -> Any:
        from .scripted import ToTheSign

        return ToTheSign(len(problem.environment.actions))

    yield Explorer(
        name="scripted",
        build=to_the_sign,
        answers=frozenset({"return"}),
        environments=tuple(environment.name for environment in dreamctl_environments()),
        description="walks to the sign",
    )
