"""Breakout for dreamctl: the assignment of CS106A and its relatives, students' own programs, and what may be wrong.

Importing this loads neither numba nor torch; simulators and the generator load when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dreamctl import Environment, Explorer, Problem, Rubric, TaskSet, hookimpl

if TYPE_CHECKING:
    from pathlib import Path

    from dreamctl import Policy, Simulator, Submission


def classic() -> Environment:
    """Breakout as the handouts ask for it; a task's params are a `Design` or a student's `Program`."""
    from .drawing import DRAWING
    from .names import ACTIONS, FEATURES, OUTCOMES, STEPS, TOTALS, observation_space

    return Environment(
        name="classic",
        description="A student's Breakout program is played with the mouse, and what is wrong with it is found.",
        observation_space=observation_space(),
        actions=ACTIONS,
        exploration_steps=30,
        exploration_episodes=6,
        answer="rubric",
        features=FEATURES,
        events=(STEPS,),
        outcomes=OUTCOMES,
        totals=TOTALS,
        tasks=_tasks,
        simulator=_simulator,
        read_submissions=_read_submissions,
        runs_student_code=True,
        drawing=DRAWING,
        version=1,
    )


def _tasks() -> TaskSet:
    from .generator import tasks

    return tasks()


def _simulator(batch: int) -> Simulator:
    from .mixed import MixedSimulator
    from .students import open_sandbox

    return MixedSimulator(batch, open_sandbox)


def _read_submissions(path: Path) -> Iterable[Submission]:
    from .students import read_submissions

    return read_submissions(path)


def _scripted(problem: Problem) -> Policy:
    from .scripted import ScriptedPolicy

    return ScriptedPolicy()


@hookimpl
def dreamctl_environments() -> Iterable[Environment]:
    yield classic()


@hookimpl
def dreamctl_rubrics() -> Iterable[Rubric]:
    from .labels import rubrics

    yield from rubrics()


@hookimpl
def dreamctl_explorers() -> Iterable[Explorer]:
    yield Explorer(
        name="scripted",
        description="Each episode by another plan: edges, clicks, both ends of the paddle, slams, lost turns, a win.",
        build=_scripted,
        answers={"rubric"},
        environments=("classic",),
    )
