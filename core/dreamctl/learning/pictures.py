"""Pictures: halved for networks, and packed into features as the bytes that they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from attrs import evolve
from numpy.typing import NDArray
from torch import Tensor

from ..compiled import compiled
from ..simulation.simulator import Simulator, Step


class HalvingSimulator(Simulator):
    """A simulator of pictures that shows them at half their size: a quarter of the bytes to keep, each halved once."""

    def __init__(self, shown: Simulator) -> None:
        self.shown, self.batch = shown, shown.batch

    def reset(
        self,
        params: Sequence[Any],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        return halved(self.shown.reset(params, seeds, rows, instructions))

    def step(self, actions: NDArray[np.integer]) -> Step:
        step = self.shown.step(actions)
        return evolve(step, observation=halved(step.observation))

    def failure(self, row: int) -> str:
        return self.shown.failure(row)

    def close(self) -> None:
        self.shown.close()


def halved(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures [..., H, W, C] with the mean of each two by two pixels for a pixel; an odd edge is cut off."""
    *lead, height, width, channels = pictures.shape
    out = np.empty((*lead, height // 2, width // 2, channels), np.uint8)
    lines = np.ascontiguousarray(pictures).reshape(-1, height, width * channels)
    _halve(lines, out.reshape(len(lines), height // 2, -1), channels)
    return out


@compiled(nogil=True)
def _halve(pictures, out, channels):  # type: ignore[no-untyped-def]
    count, height, size = out.shape
    two = np.empty(2 * size, np.uint16)  # sums of two lines, one above the other
    for n in range(count):
        for i in range(height):
            for k in range(2 * size):
                two[k] = np.uint16(pictures[n, 2 * i, k]) + np.uint16(pictures[n, 2 * i + 1, k])
            for j in range(0, size, channels):
                for c in range(j, j + channels):
                    out[n, i, c] = (two[j + c] + two[j + c + channels] + 2) >> 2


def packed_size(picture: tuple[int, ...]) -> int:
    """Number of features that hold the bytes of a picture (H, W, C)."""
    return -(-math.prod(picture) // 4)


def write_picture(pictures: NDArray[np.uint8], out: NDArray[np.float32]) -> int:
    """Put the bytes of pictures [..., H, W, C] into the first columns of `out` [..., F]; returns how many."""
    *lead, height, width, channels = pictures.shape
    size = height * width * channels
    out.view(np.uint8)[..., :size] = pictures.reshape(*lead, size)
    return packed_size((height, width, channels))


def pictures_of(features: Tensor, picture: tuple[int, ...]) -> Tensor:
    """The pictures uint8 [N, H, W, C] that features [N, F] begin with."""
    packed = features[:, : packed_size(picture)].contiguous()
    return packed.view(torch.uint8)[:, : math.prod(picture)].reshape(-1, *picture)
