"""Bounce for dreamctl: the game of Code.org's course, as its students program it, and what may be wrong with it.

Importing this loads neither numba nor torch; the simulator, the readers and the generator load when they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from dreamctl import Classifier, Environment, Explorer, Problem, Rubric, Submission, Task, TaskSet, UsageError, hookimpl

from .rules import ACTIONS, FEATURES, FRAMES_PER_STEP, SCORE_LIMIT, SEEN_EVENTS, SEEN_OUTCOMES, SEEN_TOTALS, SKILLS

WEIGHTS = Path(__file__).parent / "weights"  # a finished run; the README says how it was made
MOST_POINTS = 30_000  # observations are int16

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dreamctl import Policy, Simulator
    from dreamctl.learning import Judge


def bounce(score_limit: int = SCORE_LIMIT) -> Environment:
    """Bounce, played until either score is `score_limit`; a task's params are a `programs.Program`."""
    from .drawing import DRAWING
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
        unseen={"appeared": "balls", "balls": "balls"},
        derived=_derived,
        skills=_skills,
        skill_names=SKILLS,
        recombined=_recombined,
        tasks=_tasks,
        env=lambda program: BounceEnv(program, score_limit),
        simulator=simulator,
        read_submissions=_read_submissions,
        read_tasks=_read_tasks,
        steps_per_second=25.0,
        weights=WEIGHTS,
        drawing=DRAWING,
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


def _derived(observations: NDArray[Any]) -> NDArray[np.float32]:
    from .aiming import aims

    return aims(observations)


def _skills(observations: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    from .aiming import skills

    return skills(observations)


def _recombined(tasks: Sequence[Task]) -> Callable[[np.random.Generator], Task]:
    from .generator import recombined

    return recombined(tasks)


def _read_submissions(path: Path) -> Iterable[Submission]:
    from .reading import read_submissions

    return read_submissions(path)


def _read_tasks(path: Path) -> Sequence[Task]:
    from .reading import read_tasks

    return read_tasks(path)


def _scripted(problem: Problem) -> Policy:
    from .scripted import ScriptedPolicy

    return ScriptedPolicy()


def _source_rules(problem: Problem) -> Judge:
    from .source_rules import SourceRules

    return SourceRules(problem)


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


@hookimpl
def dreamctl_classifiers() -> Iterable[Classifier]:
    yield Classifier(
        name="source-rules",
        description="a control that reads the program's text and decides by the rules that the labels were made with",
        build=_source_rules,
        learned=False,
        reads_source=True,
        environments=("bounce",),
    )
