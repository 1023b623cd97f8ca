"""Explorers that know what matters: one reads the map, the other rides three of the useful buses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreamctl import Policy, Seen

from .env import ACTIONS

TO_THE_MAP = ("right", "right", "right", "down", "end")
THREE_BUSES = ("up", "ride", "ride", "down", "right", "ride", "ride", "left", "down", "ride", "end")


class Follows(Policy):
    """Plays the same actions in every city, and ends."""

    def __init__(self, plan: tuple[str, ...]) -> None:
        self.plan = np.array([ACTIONS.index(action) for action in plan])  # [T]

    def start(self, batch: int, condition: None = None) -> None:
        return None

    def act(self, seen: Seen, memory: None, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], None]:
        return self.plan[np.minimum(seen.taken, len(self.plan) - 1)], None
