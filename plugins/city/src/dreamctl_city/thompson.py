"""Exact posterior (Thompson) sampling in cities: what PEARL aims at, with no learning in it.

At the start of each episode a city is drawn from those that fit everything seen so far, and the episode is played as is
best in it; while exploring, to a corner drawn as well, since nobody asks for one. It knows all cities there are, the
held-out ones too, so it is an upper bound. It never explores for information, and it does not draw again when its city
turns out to be another: it may ride the wrong bus to and fro.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dreamctl import Episodes, Policy, Problem, Seen
from dreamctl.learning import Computed

from .env import CORNERS, END, RIDE, SIZE
from .optimum import following, shortest


class Thompson(Computed):
    """The prior is uniform over all cities of the environment."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        tasks = {task.key: task.params for task in (*problem.tasks.train, *problem.tasks.test)}
        self.following = np.stack([following(*params) for params in tasks.values()])  # [M, 81, A]
        self.best = shortest(self.following)

    def explorer(self) -> Policy:
        return BestInSome(self.best)

    def condition(self, explorations: Episodes) -> NDArray[np.bool_]:
        """[B, M] the cities that fit where the buses went."""
        place = places(explorations.observation)  # [B, T+1]
        fits = np.ones((len(explorations), len(self.following)), bool)
        for t in range(explorations.action.shape[1]):
            rode = explorations.mask[:, t] & (explorations.action[:, t] == RIDE)
            fits &= ~rode[:, None] | (place[:, t + 1, None] == self.following[:, place[:, t], -1].T)
        return fits

    def executor(self) -> Policy:
        return BestInSome(self.best)


@frozen(eq=False)
class _Memory:
    fits: NDArray[np.bool_]  # [B, M]
    city: NDArray[np.intp]  # [B]
    goal: NDArray[np.intp]  # [B] number of the corner


class BestInSome(Policy):
    """Draws a city at the start of each episode and plays what is best there. Its condition says which fit [B, M]."""

    def __init__(self, best: NDArray[np.intp]) -> None:
        self.best = best  # [M, 4, 81] actions by city, corner and place

    def start(self, batch: int, condition: NDArray[np.bool_] | None = None) -> _Memory:
        fits = np.ones((batch, len(self.best)), bool) if condition is None else condition
        nothing = np.zeros(batch, np.intp)
        return _Memory(fits, nothing, nothing)

    def act(self, seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], _Memory]:
        if seen.new_episode.any():
            memory = _drawn(seen, memory, uniform)
        place = places(seen.observation)
        there = place == places(np.array(CORNERS))[memory.goal]
        action = self.best[memory.city, memory.goal, place]
        return np.where(there, END, action), memory


def _drawn(seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> _Memory:
    """A city for each row that begins an episode, and the corner that is asked for, or one that is drawn as well."""
    count = memory.fits.sum(1)  # [B]
    number, corner = np.divmod((uniform * count * len(CORNERS)).astype(np.intp), len(CORNERS))
    city = (memory.fits.cumsum(1) <= number[:, None]).sum(1)
    if seen.instruction is not None:
        corner = (places(np.array(CORNERS)) == places(seen.instruction)[:, None]).argmax(1)
    return _Memory(
        memory.fits, np.where(seen.new_episode, city, memory.city), np.where(seen.new_episode, corner, memory.goal)
    )


def places(observation: NDArray[np.integer]) -> NDArray[np.intp]:
    """The numbers of places, from arrays that begin with (x, y): [..., O] to [...]."""
    return observation[..., 0].astype(np.intp) * SIZE + observation[..., 1]
