"""Breakout for dreamctl: the assignment of CS106A and its relatives, students' own programs, and what may be wrong.

Importing this loads neither numba nor torch; simulators and the generator load when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreamctl import Environment, Explorer, Inspection, Problem, Rubric, Submission, Task, TaskSet, hookimpl

WEIGHTS = Path(__file__).parent / "weights"  # a finished run; the README says how it was made
DREAM = {"discount": 0.97, "entropy": 0.002, "episodes": 6, "rare": 0.5}

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dreamctl import Footage, Policy, Simulator


def classic() -> Environment:
    """Breakout as the handouts ask for it; a task's params are a `design.Design` or a `students.Program`."""
    from .drawing import DRAWING
    from .labels import SHOWN_BY
    from .names import ACTIONS, DURATION, FEATURES, OUTCOMES, STEPS, TOTALS, observation_space

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
        duration=DURATION,
        shown_by=SHOWN_BY,
        tasks=_tasks,
        env=_plain,
        simulator=_simulator,
        inspect=_inspect,
        known=_known,
        unplayed=_unplayed,
        read_submissions=_read_submissions,
        read_tasks=_read_tasks,
        runs_student_code=True,
        weights=WEIGHTS,
        drawing=DRAWING,
        footage=_footage,
        live=_live,
        settings={"dream": DREAM, "direct-max": DREAM},
        version=2,
    )


def _tasks() -> TaskSet:
    from .generator import tasks

    return tasks()


def _simulator(batch: int) -> Simulator:
    from .mixed import MixedSimulator

    return MixedSimulator(batch)


def _plain(params: Any) -> Any:
    from .mixed import PlainBreakout

    return PlainBreakout(params)


def _inspect(params: Sequence[Any]) -> list[Inspection]:
    from .display import inspect
    from .students import sandbox

    return inspect(params, sandbox)


def _known() -> Sequence[Task]:
    from .known import known

    return known()


def _unplayed(observations: NDArray[np.float32]) -> str:
    from .names import FEATURES

    served = [FEATURES.index(name) for name in ("served up", "served down", "served left", "served right")]
    if observations[:, served].any():
        return ""
    return "No ball ever flew, though the game was begun several times and clicked at, so there is no play to judge."


def _read_submissions(path: Path) -> Iterable[Submission]:
    from .handed_in import read_submissions

    return read_submissions(path)


def _read_tasks(path: Path) -> Sequence[Task]:
    from .labelled import read_tasks

    return read_tasks(path)


def _footage(params: Any, seed: int, actions: Sequence[int], first: int) -> Footage | None:
    from .screen import footage

    return footage(params, seed, actions, first)


def _live(params: Any, seed: int) -> Any:
    from .screen import Played

    return Played(params, seed)


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
