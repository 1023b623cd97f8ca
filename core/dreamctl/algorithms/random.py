"""The random player: the first control of every table."""

from __future__ import annotations

from ..records import Problem
from ..simulation.policy import Policy, RandomPolicy


def random(problem: Problem) -> Policy:
    """Every action equally likely, in exploration and in execution."""
    return RandomPolicy(len(problem.environment.actions))
