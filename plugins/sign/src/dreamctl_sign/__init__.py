"""A sign behind a barrier, seen in 3D: exploring from pixels. Importing it is light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

import dreamctl
from dreamctl import Environment, Explorer, Problem, Task, TaskSet

from .world import ACTIONS, COLOURS, HORIZON, SHAPES

DREAM = {  # what it needs here, and why: the README
    "steps": 2_000_000,
    "batch": 256,
    "hidden": 64,
    "learning_rate": 0.001,
    "warmup": 0.15,
    "explorer": "feedforward",
    "executor": "feedforward",
    "execution_discount": 0.95,
    "best": True,
    "execution_lambda": 0.5,
    "epochs": 2,
    "minibatches": 8,
    "noisy": 0.5,
    "noise": 1.0,
    "sticky": 0.7,
    "decoder_minibatches": 12,
    "replayed": 2.0,
    "whole": 3.0,
    "megabytes": 64.0,
    "spread": 1.0,
    "bottleneck": "noise",
}


def sign(name: str = "sign", *, reward_seen: bool = True, has_sign: bool = True) -> Environment:
    """One of three colours is right, and a sign behind a barrier says which.

    One exploration episode of 20 steps, then one execution episode of 20 steps, which asks for a box or for a key:
    1 for touching the one of the right colour, -1 for touching any other object, 0 for touching none.
    """

    def env(params: Any) -> Any:
        from .env import SignEnv

        return SignEnv(*params)

    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import Signs

        return Signs(batch)

    def optimum(tasks: TaskSet) -> float:
        from .optimum import best_return

        return best_return(has_sign=has_sign, reward_seen=reward_seen)

    return Environment(
        name=name,
        description=f"six objects in a room, of which {'a sign behind a barrier' if has_sign else 'nothing'} says"
        " which are right, in pixels",
        observation_space=spaces.Box(0, 255, (60, 80, 3), np.uint8),
        actions=ACTIONS,
        ends=("end",),
        halve=True,
        answer="return",
        exploration_steps=HORIZON,
        execution_steps=HORIZON,
        reward_seen=reward_seen,
        tasks=lambda: tasks(has_sign),
        instructions=asked,
        instruction_space=spaces.Discrete(len(SHAPES)),
        env=env,
        simulator=simulator,
        optimum=optimum,
        settings={"dream": DREAM, "direct-max": DREAM},
    )


def tasks(has_sign: bool = True) -> TaskSet:
    """One task for each colour, so that all splits are the same."""
    every = [
        Task(key=colour, params=(number, has_sign), identifier=(number,), groups={"colour": colour})
        for number, colour in enumerate(COLOURS)
    ]
    return TaskSet(train=every, validation=every, test=every, shared=True)


def asked(params: Any, rng: np.random.Generator) -> NDArray[np.int64]:
    """The shape that an execution asks for: 0 a box, 1 a key."""
    return np.array(rng.integers(len(SHAPES)))


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield sign()
    yield sign("reward-hidden", reward_seen=False)
    yield sign("no-sign", reward_seen=False, has_sign=False)


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    def reader(problem: Problem) -> Any:
        from .scripted import Reader

        return Reader()

    def sampler(problem: Problem) -> Any:
        from .scripted import Sampler

        return Sampler()

    every = tuple(environment.name for environment in dreamctl_environments())
    yield Explorer(
        name="scripted",
        build=reader,
        answers=frozenset({"return"}),
        environments=every,
        description="reads the sign, then walks to the right object; it knows the world",
    )
    yield Explorer(
        name="thompson",
        build=sampler,
        answers=frozenset({"return"}),
        environments=every,
        description="exact posterior sampling: walks to an object that may be right; it knows the world",
    )
