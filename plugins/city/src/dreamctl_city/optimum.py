"""What can be had in a city, by dynamic programming: knowing its lines, and knowing nothing of them beforehand.

A place is a number from 0 to 80. "end", "noop" and the actions of kitchens are left out: ending costs what staying to
the last step costs, and staying is never better than walking into the edge of the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .env import (
    CORNERS,
    DEPOTS,
    GOAL_REWARD,
    MOVES,
    NONE,
    RIDE,
    SIZE,
    START,
    STEP_REWARD,
    STEPS,
    STOPS,
    USELESS_DEPOTS,
    USELESS_STOPS,
    Place,
    links,
    moved,
)

PLACES = [(x, y) for x in range(SIZE) for y in range(SIZE)]
NUMBER = {place: number for number, place in enumerate(PLACES)}


def knowing(cities: Sequence[tuple[int, int]]) -> float:
    """The best mean return of an execution in these cities (useful, useless), over the four corners.

    No explorer makes more possible. One that finds out the useful lines, as both scripted ones do, makes as much.
    """
    different = list(dict.fromkeys(cities))
    value = {city: _value_of(city) for city in different}
    return float(np.mean([value[city] for city in cities]))


@cache
def _value_of(city: tuple[int, int]) -> float:
    return float(np.mean([_value(following(*city), goal) for goal in CORNERS]))


def _value(ways: NDArray[np.intp], goal: Place) -> float:
    """The best return from the start, by value iteration over `ways` [81, A]."""
    value = np.zeros(len(PLACES))
    for _ in range(STEPS):
        value = np.where(ways == NUMBER[goal], GOAL_REWARD, STEP_REWARD + value[ways]).max(1)
    return float(value[NUMBER[START]])


def following(useful: int, useless: int) -> NDArray[np.intp]:
    """[81, A] the places that moves and a ride lead to."""
    lines = links(STOPS, DEPOTS, useful) | (links(USELESS_STOPS, USELESS_DEPOTS, useless) if useless != NONE else {})
    rides = [NUMBER[lines.get(place, place)] for place in PLACES]
    return np.column_stack([_walks(), rides])


def shortest(ways: NDArray[np.intp]) -> NDArray[np.intp]:
    """[M, 4, 81] the actions on a shortest way to each corner, in cities where actions lead as `ways` [M, 81, A] says.

    What is shortest is best. Places are numbered as in `PLACES`, and the last of the A actions is the ride.
    """
    cities = np.arange(len(ways))[:, None, None]
    actions = np.array([*MOVES, RIDE])
    best = np.empty((len(ways), len(CORNERS), len(PLACES)), np.intp)
    for corner, goal in enumerate(CORNERS):
        left = np.full(ways.shape[:2], STEPS)  # [M, 81] steps
        for _ in range(STEPS):
            left[:, NUMBER[goal]] = 0
            left = 1 + left[cities, ways].min(2)
        left[:, NUMBER[goal]] = 0
        best[:, corner] = actions[left[cities, ways].argmin(2)]
    return best


def _walks() -> NDArray[np.intp]:
    """[81, 4] the places that moves lead to."""
    return np.array([[NUMBER[moved(place, move)] for move in MOVES.values()] for place in PLACES])


# --- without exploring --------------------------------------------------------------------------------------------


@cache
def not_knowing(goal: Place = CORNERS[0], *, useless: bool) -> float:
    """The best return of an execution to one corner for who knows the city but not its lines, all equally likely.

    All corners are alike. It may find out about lines on the way: value iteration is over the place and what is known
    of useful and useless lines.
    """
    known = _Knowledge()
    size = len(known.states)
    value = np.zeros((len(PLACES), size, size if useless else 1))  # [81, K, K']
    walks = _walks()
    for _ in range(STEPS):
        before = value
        value = np.full_like(before, -np.inf)
        for to in walks.T:
            arrived = (to == NUMBER[goal])[:, None, None]
            np.maximum(value, np.where(arrived, GOAL_REWARD, STEP_REWARD + before[to]), out=value)
        known.ride(value, before, STOPS, DEPOTS)
        if useless:
            known.ride(value.swapaxes(1, 2), before.swapaxes(1, 2), USELESS_STOPS, USELESS_DEPOTS)
    nothing = known.number[(NONE,) * len(STOPS)]
    return float(value[NUMBER[START], nothing, nothing if useless else 0])


class _Knowledge:
    """What can be known of four lines: for each the depot it leads to, or NONE."""

    def __init__(self) -> None:
        every = product(range(NONE, 4), repeat=4)
        self.states = [state for state in every if all(state.count(depot) <= 1 for depot in range(4))]
        self.number = {state: number for number, state in enumerate(self.states)}

    def ride(
        self,
        value: NDArray[np.float64],
        before: NDArray[np.float64],
        stops: Sequence[Place],
        depots: Sequence[Place],
    ) -> None:
        """Raise `value` [81, K, ...] to that of riding where it is better; `before` is with a step less to go."""
        for k, state in enumerate(self.states):
            possible = self._possible(state)
            for end in range(4):
                of_stop = [(depots[depot], after) for (stop, depot), after in possible.items() if stop == end]
                of_depot = [(stops[stop], after) for (stop, depot), after in possible.items() if depot == end]
                for place, led in ((stops[end], of_stop), (depots[end], of_depot)):
                    mean = np.mean([before[NUMBER[to], after] for to, after in led], 0)
                    here = value[NUMBER[place], k]
                    np.maximum(here, STEP_REWARD + mean, out=here)

    def _possible(self, state: tuple[int, ...]) -> dict[tuple[int, int], int]:
        """Each (stop, depot) that may be a line, those of a stop equally likely, and what is known after riding it."""
        lines = [
            (stop, depot)
            for stop in range(4)
            for depot in range(4)
            if state[stop] == depot or (state[stop] == NONE and depot not in state)
        ]
        return {line: self.number[(*state[: line[0]], line[1], *state[line[0] + 1 :])] for line in lines}
