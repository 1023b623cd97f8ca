"""The readable kitchen: the specification that the batched simulator is compared with.

Places are (x, y), y grows upwards. The kitchen, its tasks, rewards and limits are those of the cooking environment of
Liu, Raghunathan, Liang and Finn 2021 (DREAM) as released.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

SIZE, STEPS = 3, 20
BOWL = START = (1, 1)
DRAWERS = (2, 0), (2, 1), (2, 2)
INGREDIENTS, SLOTS = 4, 3
EMPTY = INGREDIENTS  # in a hand, or in a slot of the bowl

ACTIONS = ("left", "up", "right", "down", "noop", "ride", "end", "pickup", "drop")
MOVES = {0: (-1, 0), 1: (0, 1), 2: (1, 0), 3: (0, -1)}
END, PICKUP, DROP = (ACTIONS.index(name) for name in ("end", "pickup", "drop"))
AT_BOWL, AT_DRAWER = 2, 3  # the status; 1 stands for what only cities have
STEP_REWARD, PROGRESS, MISTAKE = -0.1, 0.25, -0.35
HOLD_FIRST, PLACE_FIRST, HOLD_SECOND, PLACE_SECOND, DONE = range(5)  # stages: what is to be done next
OBSERVATION_SPACE = spaces.MultiDiscrete([SIZE, SIZE, 4, *[INGREDIENTS + 1] * (1 + SLOTS)], dtype=np.uint8)


class Kitchen(gymnasium.Env[Any, Any]):
    """Three drawers hold an ingredient each, of which there is always more; nothing shows which before it is held.

    "pickup" at a drawer takes its ingredient in place of what is held. "drop" puts it into the bowl where that is and
    has room; elsewhere it is lost, and where the bowl is full it stays in the hand.
    Execution asks for two ingredients, one after the other. To hold the first, to have it in the bowl, to hold the
    second, and to have it in the bowl pay 0.25 each; every other step costs 0.1. Picking up something else than what
    is to be held next costs 0.35, and so does losing it again before it is in the bowl. "end" ends the episode and
    costs as much as all the steps that were left. "noop" and "ride" do nothing.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012

    def __init__(self, drawers: tuple[int, int, int], render_mode: str = "rgb_array") -> None:
        self.drawers, self.render_mode = dict(zip(DRAWERS, drawers, strict=True)), render_mode
        self.observation_space = OBSERVATION_SPACE
        self.action_space = spaces.Discrete(len(ACTIONS))
        self._start(None)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        asked = (options or {}).get("instruction")
        self._start(None if asked is None or not len(asked) else tuple(int(part) for part in asked))
        return self.observe(), {}

    def _start(self, asked: tuple[int, ...] | None) -> None:
        self.asked = asked
        self.place, self.held, self.stage, self.taken = START, EMPTY, HOLD_FIRST, 0
        self.bowl: list[int] = []

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        self.taken += 1
        picked = action == PICKUP and self.place in self.drawers
        placed = action == DROP and self.place == BOWL and self.held != EMPTY and len(self.bowl) < SLOTS
        if action in MOVES:
            x, y = (min(max(at + by, 0), SIZE - 1) for at, by in zip(self.place, MOVES[action], strict=True))
            self.place = x, y
        elif picked:
            self.held = self.drawers[self.place]
        elif placed:
            self.bowl.append(self.held)
            self.held = EMPTY
        elif action == DROP and self.place != BOWL:
            self.held = EMPTY
        if action == END:
            return self.observe(), STEP_REWARD * (1 + max(STEPS - self.taken, 0)), True, False, {}
        reward = STEP_REWARD if self.asked is None else self._judge(picked, placed)
        return self.observe(), reward, self.stage == DONE, False, {}

    def _judge(self, picked: bool, placed: bool) -> float:
        """The reward of what was done, and the next stage."""
        assert self.asked is not None
        wanted = self.asked[self.stage // 2]
        if self.stage in (HOLD_FIRST, HOLD_SECOND):
            if not picked:
                return STEP_REWARD
            right, otherwise = self.held == wanted, self.stage
        else:
            if self.held == wanted:
                return STEP_REWARD
            right, otherwise = placed, self.stage - 1
        self.stage = self.stage + 1 if right else otherwise
        return PROGRESS if right else MISTAKE

    def observe(self) -> NDArray[np.uint8]:
        """(x, y, status, what is held, what is in the bowl)."""
        status = AT_BOWL if self.place == BOWL else AT_DRAWER if self.place in self.drawers else 0
        bowl = [*self.bowl, *[EMPTY] * (SLOTS - len(self.bowl))]
        return np.array([*self.place, status, self.held, *bowl], np.uint8)  # [7]

    def render(self) -> NDArray[np.uint8]:
        from .draw import draw

        return draw(self.observe(), self.asked)
