"""The readable city: the specification that the batched simulator is compared with.

Places are (x, y), y grows upwards. The city, its tasks, rewards and limits are those of the distracting bus and map
environments of Liu, Raghunathan, Liang and Finn 2021 (DREAM) as released.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

SIZE, START, STEPS = 9, (4, 4), 20
STOPS = (4, 5), (5, 4), (3, 4), (4, 3)  # useful ones, a step from the start
DEPOTS = (0, 1), (0, 7), (8, 1), (8, 7)  # where they lead: a step from a corner
USELESS_STOPS = (5, 5), (3, 3), (3, 5), (5, 3)
USELESS_DEPOTS = (0, 4), (4, 0), (8, 4), (4, 8)
CORNERS = (0, 0), (0, 8), (8, 0), (8, 8)  # what execution asks for
MAP = (7, 3)
LINES = tuple(permutations(range(4)))  # line i of LINES[k] leads to depot LINES[k][i]
NONE = -1  # instead of the number of the useless lines: there are none

ACTIONS = ("left", "up", "right", "down", "noop", "ride", "end", "pickup", "drop")
MOVES = {0: (-1, 0), 1: (0, 1), 2: (1, 0), 3: (0, -1)}
RIDE, END = ACTIONS.index("ride"), ACTIONS.index("end")
AT_STOP = 1  # the status; 2 and 3 stand for what only kitchens have
STEP_REWARD, GOAL_REWARD = -0.1, 1.0


class City(gymnasium.Env[Any, Any]):
    """Four useful bus lines, and in some cities four useless ones; which line leads where differs by task.

    A line links a stop and a depot, and "ride" goes from either to the other. Nothing shows where a line leads.
    A step costs 0.1. Reaching the corner that is asked for pays 1 instead, and ends the episode. "end" ends it too,
    and costs as much as all the steps that were left. "noop", "pickup" and "drop" do nothing.
    With `has_map`, who stands on (7, 3) sees 1 + `useful`.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012

    def __init__(self, has_map: bool, useful: int, useless: int = NONE, render_mode: str = "rgb_array") -> None:
        self.has_map, self.useful, self.render_mode = has_map, useful, render_mode
        self.lines = links(STOPS, DEPOTS, useful)
        if useless != NONE:
            self.lines |= links(USELESS_STOPS, USELESS_DEPOTS, useless)
        self.observation_space = observation_space(has_map)
        self.action_space = spaces.Discrete(len(ACTIONS))
        self._start(None)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        asked = (options or {}).get("instruction")
        self._start(None if asked is None or not len(asked) else (int(asked[0]), int(asked[1])))
        return self.observe(), {}

    def _start(self, goal: Place | None) -> None:
        self.place, self.goal, self.taken = START, goal, 0

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        self.taken += 1
        if action in MOVES:
            self.place = moved(self.place, MOVES[action])
        elif action == RIDE:
            self.place = self.lines.get(self.place, self.place)
        if self.place == self.goal:
            return self.observe(), GOAL_REWARD, True, False, {}
        if action == END:
            return self.observe(), STEP_REWARD * (1 + max(STEPS - self.taken, 0)), True, False, {}
        return self.observe(), STEP_REWARD, False, False, {}

    def observe(self) -> NDArray[np.uint8]:
        status = AT_STOP if self.place in self.lines else 0
        symbol = [1 + self.useful if self.place == MAP else 0] if self.has_map else []
        return np.array([*self.place, status, *symbol], np.uint8)  # [3, or 4 with a map]

    def render(self) -> NDArray[np.uint8]:
        from .draw import draw

        return draw(self.observe(), self.goal, useless=len(self.lines) > 2 * len(STOPS))


def observation_space(has_map: bool) -> spaces.MultiDiscrete:
    """(x, y, status), and what the map shows where there is one."""
    counts = [SIZE, SIZE, 4, *[1 + len(LINES)] * has_map]
    return spaces.MultiDiscrete(counts, dtype=np.uint8)  # type: ignore[arg-type]


Place = tuple[int, int]


def links(stops: tuple[Place, ...], depots: tuple[Place, ...], number: int) -> dict[Place, Place]:
    """From every stop to its depot, and back, by lines number `number`."""
    there = {stop: depots[to] for stop, to in zip(stops, LINES[number], strict=True)}
    return there | {depot: stop for stop, depot in there.items()}


def moved(place: Place, move: Place) -> Place:
    """A step on, or against the edge of the city."""
    x, y = (min(max(at + by, 0), SIZE - 1) for at, by in zip(place, move, strict=True))
    return x, y
