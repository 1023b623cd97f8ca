"""Exact posterior (Thompson) sampling in kitchens: what PEARL aims at, with no learning in it.

At the start of each episode a kitchen is drawn from those that fit everything seen so far, and the episode is played as
is best in it; while exploring, for a recipe drawn from it as well, since nobody asks for one. It knows all kitchens
there are, the held-out one too, so it is an upper bound. It never explores for information, and it does not draw again
when its kitchen turns out to be another: it may go on opening the wrong drawer.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dreamctl import Episodes, Policy, Problem, Seen
from dreamctl.learning import Computed

from .env import ACTIONS, BOWL, DRAWERS, DROP, INGREDIENTS, PICKUP

KITCHENS = np.array([*product(range(INGREDIENTS), repeat=len(DRAWERS))])  # [M, 3]
SPOTS = np.array([*DRAWERS, BOWL])  # [4, (x, y)]
FAR = np.abs(SPOTS[:-1] - BOWL).sum(1)  # [3] steps from the bowl to each drawer
LEFT, UP, RIGHT, DOWN = (ACTIONS.index(name) for name in ("left", "up", "right", "down"))


class Thompson(Computed):
    """The prior is uniform over all kitchens."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def explorer(self) -> Policy:
        return BestInSome()

    def condition(self, explorations: Episodes) -> NDArray[np.bool_]:
        """[B, M] the kitchens that fit what was found in drawers."""
        seen = explorations.observation.astype(np.intp)
        picked = explorations.mask & (explorations.action == PICKUP) & (seen[:, :-1, 0] == DRAWERS[0][0])  # [B, T]
        fits = np.ones((len(explorations), len(KITCHENS)), bool)
        for t in range(picked.shape[1]):
            drawer, held = seen[:, t, 1], seen[:, t + 1, 3]
            fits &= ~picked[:, t, None] | (held[:, None] == KITCHENS[:, drawer].T)
        return fits

    def executor(self) -> Policy:
        return BestInSome()


@frozen(eq=False)
class _Memory:
    fits: NDArray[np.bool_]  # [B, M]
    kitchen: NDArray[np.intp]  # [B, 3] what the drawers are taken to hold
    asked: NDArray[np.intp]  # [B, 2]


class BestInSome(Policy):
    """Draws a kitchen at the start of each episode and cooks as is best there. Its condition says which fit [B, M]."""

    def start(self, batch: int, condition: NDArray[np.bool_] | None = None) -> _Memory:
        fits = np.ones((batch, len(KITCHENS)), bool) if condition is None else condition
        nothing = np.zeros((batch, len(DRAWERS)), np.intp)
        return _Memory(fits, nothing, nothing[:, :2])

    def act(self, seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], _Memory]:
        if seen.new_episode.any():
            memory = _drawn(seen, memory, uniform)
        rows = np.arange(len(uniform))
        x, y, _, held, *bowl = seen.observation.T.astype(np.intp)  # each [B]
        second = (np.array(bowl) == memory.asked[:, 0]).any(0)
        wanted = memory.asked[rows, second.astype(np.intp)]
        drawer = np.where(memory.kitchen == wanted[:, None], FAR, np.inf).argmin(1)
        has = held == wanted
        to_x, to_y = SPOTS[np.where(has, len(DRAWERS), drawer)].T
        moves = [x < to_x, x > to_x, y < to_y, y > to_y]
        return np.select(moves, (RIGHT, LEFT, UP, DOWN), np.where(has, DROP, PICKUP)).astype(np.int64), memory


def _drawn(seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> _Memory:
    """A kitchen for each row that begins an episode, and what is asked for, or two drawers' contents drawn as well."""
    begins = seen.new_episode[:, None]
    if seen.instruction is None:
        rows = np.arange(len(uniform))[:, None]
        recipes = len(DRAWERS) ** 2
        number, recipe = np.divmod((uniform * memory.fits.sum(1) * recipes).astype(np.intp), recipes)
        kitchen = KITCHENS[(memory.fits.cumsum(1) <= number[:, None]).sum(1)]
        asked = kitchen[rows, np.stack(np.divmod(recipe, len(DRAWERS)), 1)]
    else:
        asked = seen.instruction.astype(np.intp)
        likely = (asked[:, :, None, None] == KITCHENS).sum(3).prod(1)  # [B, M] of the 9 recipes, how many are this one
        below = (memory.fits * likely).cumsum(1)
        kitchen = KITCHENS[(below <= uniform[:, None] * below[:, -1:]).sum(1)]
    return _Memory(memory.fits, np.where(begins, kitchen, memory.kitchen), np.where(begins, asked, memory.asked))
