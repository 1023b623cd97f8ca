"""Which events and outcomes each step had, as the environment declares them: what `running.py` makes statistics of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records import Environment


def names(environment: Environment) -> tuple[list[str], list[str], list[str]]:
    """Events, outcomes and totals: what the environment declares, else its actions, and all of its features."""
    events = list(environment.events) or [f"action {name}" for name in environment.actions]
    features = list(environment.features) or [f"feature {i}" for i in range(_width(environment))]
    declared = bool(environment.outcomes or environment.totals)
    totals = list(environment.totals) if declared else features
    return events, [*environment.outcomes, *(f"change of {total}" for total in totals), "reward"], totals


def step_events_and_outcomes(
    environment: Environment, observation: NDArray[Any], action: NDArray[np.int64], reward: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Event counts [B, T, E], outcomes [B, T, D], and whether some of these could not show [B, T] in every step.

    From observations [B, T+1, *O] with the actions and rewards [B, T] between them.
    """
    seen = observation.reshape(*observation.shape[:2], -1)
    before, after = seen[:, :-1], seen[:, 1:]
    if environment.events:
        events = after[..., columns(environment, environment.events)].astype(np.float32)
    else:
        events = (action[..., None] == np.arange(len(environment.actions))).astype(np.float32)
    counted = after[..., columns(environment, environment.outcomes)].astype(np.float32)
    at = total_columns(environment)
    changed = after[..., at].astype(np.float32) - before[..., at]
    full = columns(environment, sorted(set(environment.unseen.values())))
    highest = environment.observation_space.high.ravel()[full] if len(full) else np.zeros(0)
    blind = (before[..., full] >= highest).any(2)
    return events, np.concatenate([counted, changed, reward[..., None]], 2), blind


def outcomes_unseen(environment: Environment) -> NDArray[np.bool_]:
    """[D] which outcomes cannot show in the steps that are marked so."""
    named = [*environment.outcomes, *environment.totals]
    hidden = np.zeros(len(names(environment)[1]), bool)
    hidden[: len(named)] = [name in environment.unseen for name in named]
    return hidden


def total_columns(environment: Environment) -> NDArray[np.intp]:
    """Where the totals stand in a flat observation."""
    if environment.outcomes or environment.totals:
        return columns(environment, environment.totals)
    return np.arange(_width(environment))


def columns(environment: Environment, chosen: Sequence[str]) -> NDArray[np.intp]:
    """Where features stand in a flat observation."""
    return np.array([environment.features.index(name) for name in chosen], np.intp)


def _width(environment: Environment) -> int:
    return int(np.prod(environment.observation_space.shape or (1,)))
