"""The built-in plugin: the core's own explorers and classifiers, through the same hooks as anybody's."""

from __future__ import annotations

from collections.abc import Iterator

from ..hookspecs import hookimpl
from ..records import Explorer, Problem
from ..simulation.policy import Policy, RandomPolicy


@hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    yield Explorer(name="random", build=_random, description="every action with the same probability")


def _random(problem: Problem) -> Policy:
    return RandomPolicy(len(problem.environment.actions))
