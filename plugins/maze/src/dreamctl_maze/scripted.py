"""An explorer that looks into one dead end after another, the nearest first, and stays where the prize is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreamctl import Policy, Seen

from .env import ACTIONS, ENDS, START, Place, distances, moved


class GoesRound(Policy):
    """A tour of all dead ends that is the same in every maze; the episode ends where the prize is."""

    def __init__(self) -> None:
        self.tour = np.array(tour())  # [T] actions

    def start(self, batch: int, condition: None = None) -> None:
        return None

    def act(self, seen: Seen, memory: None, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], None]:
        return self.tour[np.minimum(seen.taken, len(self.tour) - 1)], None


def tour() -> list[int]:
    """Actions from the start through all dead ends, always to the nearest one that is left."""
    place, left, actions = START, set(ENDS), list[int]()
    while left:
        end = min(left, key=lambda end: (distances(end)[place], ENDS.index(end)))
        while place != end:
            action = _towards(place, end)
            place = moved(place, action)
            actions.append(action)
        left.remove(end)
    return actions


def _towards(place: Place, end: Place) -> int:
    return min(range(len(ACTIONS)), key=lambda action: distances(end)[moved(place, action)])
