"""Bounce for dreamctl: the game of Code.org's course, as its students program it, and what may be wrong with it.

Importing this loads neither numba nor torch; the simulator, the readers and the generator load when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from dreamctl import Environment, Explorer, Problem, Rubric, Submission, Task, TaskSet, UsageError, hookimpl

from .rules import ACTIONS, FEATURES, FRAMES_PER_STEP, SCORE_LIMIT, SEEN_EVENTS, SEEN_OUTCOMES, SEEN_TOTALS

WEIGHTS = Path(__file__).parent / "weights"  # a finished run; the README says how it was made
MOST_POINTS = 30_000  # observations are int16

if TYPE_CHECKING:
    from dreamctl import Policy, Simulator


def bounce(score_limit: int = SCORE_LIMIT) -> Environment:
    """Bounce, played until either score is `score_limit`; a task's params are a `programs.Program`."""
    from .game import BounceEnv, observation_space

    if not 1 <= score_limit <= MOST_POINTS:
        raise UsageError(f"bounce: 'score_limit' is a number from 1 to {MOST_POINTS:,} (got {score_limit}).")

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
        events=SEEN_EVENTS,
        outcomes=SEEN_OUTCOMES,
        totals=SEEN_TOTALS,
        tasks=_tasks,
        env=lambda program: BounceEnv(program, score_limit),
        simulator=simulator,
        read_submissions=_read_submissions,
        read_tasks=_read_tasks,
        steps_per_second=25.0,
        weights=WEIGHTS,
        version=1,
    )


def pixels(score_limit: int = SCORE_LIMIT) -> Environment:
    """Bounce seen as pictures: the same game, of which nothing is told that is not drawn."""
    from .pictures import PictureEnv, picture_space, reading_space

    def simulator(batch: int) -> Simulator:
        from .fast_pictures import PictureBounce

        return PictureBounce(batch, score_limit)

    def reader(batch: int) -> Any:
        from .seeing import PictureReader

        return PictureReader(batch)

    return evolve(
        bounce(score_limit),
        name="pixels",
        description="Bounce as it looks: boxes, contacts and scores are read from small pictures of the screen.",
        observation_space=picture_space(),
        reading_space=reading_space(score_limit),
        reader=reader,
        env=lambda program: PictureEnv(program, score_limit),
        simulator=simulator,
        weights=None,
    )


def _tasks() -> TaskSet:
    from .generator import tasks

    return tasks()


def _read_submissions(path: Path) -> Iterable[Submission]:
    from .reading import read_submissions

    return read_submissions(path)


def _read_tasks(path: Path) -> Sequence[Task]:
    from .reading import read_tasks

    return read_tasks(path)


def _scripted(problem: Problem) -> Policy:
    from .scripted import ScriptedPolicy

    return ScriptedPolicy()


@hookimpl
def dreamctl_environments() -> Iterable[Environment]:
    yield bounce()
    yield pixels()


@hookimpl
def dreamctl_rubrics() -> Iterable[Rubric]:
    from .labels import rubrics

    for rubric in rubrics():
        yield rubric
        yield evolve(rubric, name=f"pixels-{rubric.name}", environment="pixels")


@hookimpl
def dreamctl_explorers() -> Iterable[Explorer]:
    yield Explorer(
        name="scripted",
        description="Each episode in another style: follows the ball, aims at the goal, flees, presses any key.",
        build=_scripted,
        answers={"rubric"},
        environments=("bounce", "pixels"),
    )
