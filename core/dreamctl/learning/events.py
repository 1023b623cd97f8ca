"""Which events and outcomes each step had, as the environment declares them: what `running.py` makes statistics of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
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
    return events, np.concatenate([counted, changed, reward[..., None]], 2), _blind(environment, before)


def _blind(environment: Environment, before: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each step [B, T] began with a feature at its highest value, so that some outcomes could not show."""
    if not environment.unseen:
        return np.zeros(before.shape[:2], bool)
    assert isinstance(environment.observation_space, spaces.Box)
    full = columns(environment, sorted(set(environment.unseen.values())))
    return np.asarray((before[..., full] >= environment.observation_space.high.ravel()[full]).any(2))


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
