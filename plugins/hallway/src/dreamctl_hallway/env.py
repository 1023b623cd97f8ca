"""The readable hallway: the specification that the batched simulator is compared with."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from attrs import frozen
from gymnasium import spaces
from numpy.typing import NDArray


@frozen
class Layout:
    """`hallways` hallways of `length` cells lead away from a junction; a sign is `sign` steps the other way.

    With `noise`, the first cell of every hallway shows that many bits, which differ by task and mean nothing.
    """

    hallways: int = 8
    length: int = 4
    sign: int = 4
    has_sign: bool = True
    noise: int = 0

    @property
    def behind(self) -> int:
        """The number of the way to the sign; 0 is the junction, 1 to `hallways` are the hallways."""
        return self.hallways + 1

    @property
    def observation_space(self) -> spaces.MultiDiscrete:
        """(way, distance from the junction, symbol, noise tiles); symbol and tiles are 0 where nothing is shown."""
        counts = [self.hallways + 2, max(self.length, self.sign) + 1, self.hallways + 1, *[3] * self.noise]
        return spaces.MultiDiscrete(counts, dtype=np.uint8)  # type: ignore[arg-type]


class Hallway(gymnasium.Env[Any, Any]):
    """One of the hallways is right, and only the sign says which.

    At the junction, action i < N enters hallway i + 1, and the last action, "back", enters the way to the sign.
    On a way, "back" walks a step back towards the junction, and every other action walks a step on.
    The end of any hallway ends the episode: with reward 1 if `right` is its index, else 0.
    Standing on the sign shows `right + 1`. Beyond the sign there is a wall.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012

    def __init__(self, layout: Layout, right: int, noise: int = 0, render_mode: str = "rgb_array") -> None:
        self.layout, self.right, self.noise, self.render_mode = layout, right, noise, render_mode
        self.observation_space = layout.observation_space
        self.action_space = spaces.Discrete(layout.hallways + 1)
        self.way = self.distance = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        self.way = self.distance = 0
        return self.observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        back = action == self.layout.hallways
        if self.way == 0:
            self.way, self.distance = int(action) + 1, 1
        elif back:
            self.distance -= 1
            self.way = self.way if self.distance else 0
        elif self.way == self.layout.behind:
            self.distance = min(self.distance + 1, self.layout.sign)
        else:
            self.distance += 1
        at_end = self.in_hallway and self.distance == self.layout.length
        return self.observe(), float(at_end and self.way == self.right + 1), at_end, False, {}

    @property
    def in_hallway(self) -> bool:
        return 0 < self.way < self.layout.behind

    def observe(self) -> NDArray[np.uint8]:
        layout = self.layout
        at_sign = layout.has_sign and self.way == layout.behind and self.distance == layout.sign
        symbol = self.right + 1 if at_sign else 0
        on_tiles = self.in_hallway and self.distance == 1
        tiles = [1 + (self.noise >> tile & 1) if on_tiles else 0 for tile in range(layout.noise)]
        return np.array([self.way, self.distance, symbol, *tiles], np.uint8)  # [3 + noise]

    def render(self) -> NDArray[np.uint8]:
        from .draw import draw

        return draw(self.layout, self.observe())
