"""Which events and outcomes each step had, as the environment declares them: what `running.py` makes statistics of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import frozen
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


@frozen(eq=False)
class Reading:
    """Where an observation of an environment tells events, outcomes and totals: columns of a flat one."""

    events: NDArray[np.intp] | None  # None where the actions are the events
    actions: int
    outcomes: NDArray[np.intp]
    totals: NDArray[np.intp]
    full: NDArray[np.intp]  # features that hide some outcomes at their highest values,
    highest: NDArray[Any]  # and these values
    hidden: NDArray[np.bool_]  # [D] which outcomes those are

    @classmethod
    def of(cls, environment: Environment) -> Reading:
        """How this environment's observations are read."""
        e = environment
        named = [*e.outcomes, *e.totals]
        hidden = np.zeros(len(names(e)[1]), bool)
        hidden[: len(named)] = [name in e.unseen for name in named]
        full = columns(e, sorted(set(e.unseen.values())))
        return cls(
            columns(e, e.events) if e.events else None,
            len(e.actions),
            columns(e, e.outcomes),
            columns(e, e.totals) if named else np.arange(_width(e)),
            full,
            e.observation_space.high.ravel()[full] if isinstance(e.observation_space, spaces.Box) else full,
            hidden,
        )

    def steps(
        self, before: NDArray[Any], after: NDArray[Any], action: NDArray[np.int64], reward: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
        """Event counts [..., E], outcomes [..., D], and whether some of these could not show [...], of steps.

        From the flat observations `before` and `after` them [..., O], and their actions and rewards [...].
        """
        if self.events is None:
            events = (action[..., None] == np.arange(self.actions)).astype(np.float32)
        else:
            events = after[..., self.events].astype(np.float32)
        counted = after[..., self.outcomes].astype(np.float32)
        changed = after[..., self.totals].astype(np.float32) - before[..., self.totals]
        blind = np.asarray((before[..., self.full] >= self.highest).any(-1))
        return events, np.concatenate([counted, changed, reward[..., None]], -1), blind

    def totals_of(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """The totals [..., M] in flat observations [..., O]."""
        return observation[..., self.totals].astype(np.float32)


def flat(observation: NDArray[Any], lead: int) -> NDArray[Any]:
    """Observations with `lead` axes before those of one, as [..., O]."""
    return observation.reshape(*observation.shape[:lead], -1)


def columns(environment: Environment, chosen: Sequence[str]) -> NDArray[np.intp]:
    """Where features stand in a flat observation."""
    return np.array([environment.features.index(name) for name in chosen], np.intp)


def _width(environment: Environment) -> int:
    return int(np.prod(environment.observation_space.shape or (1,)))
