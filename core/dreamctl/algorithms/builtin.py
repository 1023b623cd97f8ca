"""The built-in plugin: the core's own explorers and classifiers, through the same hooks as anybody's."""

from __future__ import annotations

from collections.abc import Iterator

from ..hookspecs import hookimpl
from ..learning.learner import Learner
from ..records import Explorer, Problem
from ..simulation.policy import Policy, RandomPolicy


@hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    yield Explorer(name="random", build=_random, description="every action with the same probability")
    yield Explorer(
        name="posterior",
        build=_posterior,
        answers={"return"},
        description="acts as is best in a task drawn from the exact posterior; for tasks that can be tabulated",
    )
    yield Explorer(
        name="told",
        build=_told,
        answers={"return"},
        told=True,
        description="a control that is told the task and does what is best in it; for tasks that can be tabulated",
    )


def _random(problem: Problem) -> Policy:
    return RandomPolicy(len(problem.environment.actions))


def _posterior(problem: Problem) -> Learner:
    from .posterior import PosteriorSampling

    return PosteriorSampling(problem)


def _told(problem: Problem) -> Learner:
    from .told import Told

    return Told(problem)
