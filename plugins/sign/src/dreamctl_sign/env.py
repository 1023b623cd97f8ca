"""The readable simulator: an ordinary `gymnasium.Env`, the specification of the game."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dreamctl import Stream

from .pictures import COLUMNS, ROWS, Look, picture
from .scene import BLANK
from .world import (
    ACTIONS,
    END,
    FORWARD,
    HEADINGS,
    LEFT,
    OBJECTS,
    RIGHT,
    START_X,
    START_Z,
    STRIDE,
    TURN,
    blocked,
    facing,
    paid,
    touched,
)


def picture_space() -> spaces.Box:
    """Of one row: uint8 [60, 80, 3]."""
    return spaces.Box(0, 255, (ROWS, COLUMNS, 3), np.uint8)


class SignEnv(gymnasium.Env[Any, Any]):
    """One of three colours is right, and only the sign says which.

    Turning is by 45 degrees, a step forward is 0.7 metres, unless a wall is in the way. Who comes near an object
    touches it, which ends the episode: with reward 1 if it has the right colour and the shape that is asked for
    (`reset(options={"instruction": shape})`; any shape where nothing is asked), else -1. "end" ends it too, with 0.
    The start, its direction (any angle) and the way each object is turned are drawn from the seed.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012

    def __init__(self, colour: int, has_sign: bool = True, render_mode: str = "rgb_array") -> None:
        self.colour, self.word, self.render_mode = colour, colour if has_sign else BLANK, render_mode
        self.observation_space = picture_space()
        self.action_space = spaces.Discrete(len(ACTIONS))
        self.shape = -1
        self.x = self.z = self.start = 0.0
        self.heading = 0
        self.turned = ((1.0, 0.0),) * OBJECTS

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        drawn = Stream(seed if seed is not None else int(self.np_random.integers(2**63)))
        self.x = START_X[0] + (START_X[1] - START_X[0]) * drawn.uniform()
        self.z = START_Z[0] + (START_Z[1] - START_Z[0]) * drawn.uniform()
        self.start, self.heading = HEADINGS * TURN * drawn.uniform(), 0
        self.turned = tuple(facing(HEADINGS * TURN * drawn.uniform(), 0) for _ in range(OBJECTS))
        asked = (options or {}).get("instruction")
        self.shape = -1 if asked is None else int(asked)
        return self.observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        if action == LEFT:
            self.heading = (self.heading + 1) % HEADINGS
        elif action == RIGHT:
            self.heading = (self.heading - 1) % HEADINGS
        elif action == FORWARD:
            ahead_x, ahead_z = facing(self.start, self.heading)
            x, z = self.x + STRIDE * ahead_x, self.z + STRIDE * ahead_z
            if not blocked(x, z):
                self.x, self.z = x, z
        thing = touched(self.x, self.z)
        reward = paid(thing, self.colour, self.shape) if thing >= 0 else 0.0
        return self.observe(), reward, thing >= 0 or action == END, False, {}

    def look(self) -> Look:
        """From where the world is seen now."""
        return Look(self.x, self.z, facing(self.start, self.heading), self.turned, self.word)

    def observe(self) -> NDArray[np.uint8]:
        return picture(self.look())

    def render(self) -> NDArray[np.uint8]:
        from .showing import shown

        return shown(self.look())
