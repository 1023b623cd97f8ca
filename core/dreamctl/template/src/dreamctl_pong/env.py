"""The game as one would first write it: an ordinary gymnasium environment that knows nothing of dreamctl."""

import gymnasium
import numpy as np
from gymnasium import spaces


class Corridor(gymnasium.Env):
    """Five cells in a row; the walker goes left (0) or right (1)."""

    observation_space = spaces.Box(0, 1, (5,))  # which cell the walker is in
    action_space = spaces.Discrete(2)
    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012  # as gymnasium has it
    render_mode = "rgb_array"

    def __init__(self, start, left_wraps, right_open):
        self.start, self.left_wraps, self.right_open = start, left_wraps, right_open

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.cell = self.start
        return self._observation(), {}

    def step(self, action):
        cell = self.cell + (-1, 1)[action]
        fell_out = cell == 5 and self.right_open
        if cell == -1 and self.left_wraps:
            cell = 4
        self.cell = min(max(cell, 0), 4)
        return self._observation(), 0.0, fell_out, False, {}

    def render(self):
        picture = np.full((1, 5, 3), 230, np.uint8)
        picture[0, self.cell] = (200, 30, 30)
        return picture.repeat(40, 0).repeat(40, 1)

    def _observation(self):
        return np.eye(5, dtype=np.float32)[self.cell]
