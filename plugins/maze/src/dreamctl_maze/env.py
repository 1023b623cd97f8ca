"""The readable maze: the specification that the batched simulator is compared with."""

from __future__ import annotations

from functools import cache
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

# "#" is a wall, "S" the start, and "o" a dead end where the prize may be
PLAN = (
    "#########",
    "#o.#o#.o#",
    "##.#.#.##",
    "#o..S..o#",
    "##.#.#.##",
    "#o.#o#.o#",
    "#########",
)
PLACES = [(x, y) for y, row in enumerate(PLAN) for x, mark in enumerate(row) if mark != "#"]
START = next(place for place in PLACES if PLAN[place[1]][place[0]] == "S")
ENDS = [(x, y) for x, y in PLACES if PLAN[y][x] == "o"]
WIDTH, HEIGHT = len(PLAN[0]), len(PLAN)

ACTIONS = ("left", "up", "right", "down")
MOVES = ((-1, 0), (0, -1), (1, 0), (0, 1))
OBSERVATION_SPACE = spaces.MultiDiscrete([WIDTH, HEIGHT], dtype=np.uint8)

Place = tuple[int, int]


class Maze(gymnasium.Env[Any, Any]):
    """A prize is in dead end number `end` of `ENDS`. Getting there ends the episode. One sees one's place (x, y).

    Getting there pays 1, and nothing else pays anything; or, if `dense`, each step pays the share of the way from the
    start to the prize that it brings the player nearer, and costs as much if it leads away.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012

    def __init__(self, dense: bool, end: int, render_mode: str = "rgb_array") -> None:
        self.dense, self.prize, self.render_mode = dense, ENDS[end], render_mode
        self.observation_space = OBSERVATION_SPACE
        self.action_space = spaces.Discrete(len(ACTIONS))
        self.place = START

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        self.place = START
        return self.observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        before, self.place = self.place, moved(self.place, int(action))
        there = self.place == self.prize
        if not self.dense:
            return self.observe(), float(there), there, False, {}
        left = distances(self.prize)
        return self.observe(), (left[before] - left[self.place]) / left[START], there, False, {}

    def observe(self) -> NDArray[np.uint8]:
        return np.array(self.place, np.uint8)  # [2]

    def render(self) -> NDArray[np.uint8]:
        from .draw import DRAWING

        return DRAWING.picture(self.observe())


def moved(place: Place, action: int) -> Place:
    """A step on, or none where there is a wall."""
    (x, y), (dx, dy) = place, MOVES[action]
    return place if PLAN[y + dy][x + dx] == "#" else (x + dx, y + dy)


@cache
def distances(goal: Place) -> dict[Place, int]:
    """The steps from each place to a goal, breadth first."""
    found, frontier = {goal: 0}, [goal]
    for place in frontier:
        for action in range(len(ACTIONS)):
            near = moved(place, action)  # every step can be taken back
            if near not in found:
                found[near] = found[place] + 1
                frontier.append(near)
    return found
