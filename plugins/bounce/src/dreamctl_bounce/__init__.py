"""Bounce for dreamctl: the game of Code.org's course, as its students program it, and what may be wrong with it.

Importing this loads neither numba nor torch; the simulator, the readers and the generator load when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dreamctl import Environment, hookimpl

from .rules import ACTIONS, EVENT_FEATURES, FEATURES, FRAMES_PER_STEP, SCORE_LIMIT

if TYPE_CHECKING:
    from dreamctl import Simulator


def bounce(score_limit: int = SCORE_LIMIT) -> Environment:
    """Bounce, played until either score is `score_limit`; a task's params are a `programs.Program`."""
    from .game import BounceEnv, observation_space

    def simulator(batch: int) -> Simulator:
        from .fast import FastBounce

        return FastBounce(batch, score_limit)

    return Environment(
        name="bounce",
        description="A student's Bounce program is played with the arrow keys, and what is wrong with it is found.",
        observation_space=observation_space(score_limit),
        actions=ACTIONS,
        exploration_steps=100,
        exploration_episodes=8,
        answer="rubric",
        frames_per_step=FRAMES_PER_STEP,
        features=FEATURES,
        events=EVENT_FEATURES,
        tasks=_tasks,
        env=lambda program: BounceEnv(program, score_limit),
        simulator=simulator,
        version=1,
    )


def _tasks() -> Any:
    from .generator import tasks

    return tasks()


@hookimpl
def dreamctl_environments() -> Iterable[Environment]:
    yield bounce()
