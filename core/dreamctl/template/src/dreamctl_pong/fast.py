"""The same game for B walkers at once. `dreamctl check` compares it with `env.py`, row by row."""

import dreamctl
import numpy as np


class Corridors(dreamctl.Simulator):
    """B corridors, each with its own start and its own faults."""

    def __init__(self, batch):
        self.batch = batch
        self.cell = np.full(batch, -1)  # [B] 0..4, or -1 before the first reset
        self.left_wraps = np.zeros(batch, bool)  # [B]
        self.right_open = np.zeros(batch, bool)  # [B]
        self.over = np.ones(batch, bool)  # [B] fallen out, or never reset

    def reset(self, params, seeds, rows, instructions=None):
        self.cell[rows], self.left_wraps[rows], self.right_open[rows] = np.transpose(params)
        self.over[rows] = False
        return self._observation()

    def step(self, actions):
        cell = np.where(self.over, self.cell, self.cell + 2 * actions - 1)
        self.over |= (cell == 5) & self.right_open
        cell = np.where((cell == -1) & self.left_wraps & ~self.over, 4, cell)
        self.cell = np.where(self.over, np.minimum(cell, 4), np.clip(cell, 0, 4))
        return dreamctl.Step(self._observation(), np.zeros(self.batch, np.float32), self.over & (self.cell >= 0))

    def _observation(self):
        return (self.cell[:, None] == np.arange(5)).astype(np.float32)  # [B, 5]
