"""What the agent sees, in readable form: each surface is asked where it meets each pixel's ray.

The ray of the pixel in row i and column j starts at the eye and goes along (forward + u_j right + v_i up). Its
parameter t is the distance straight ahead; it depends only on the column for an upright surface, and only on the row
for a flat one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from .scene import (
    BLANK,
    BOARD,
    BOARD_BOTTOM,
    BOARD_HALF,
    BOARD_TOP,
    CEILING,
    DENSITY,
    FIRST_COLOUR,
    FLOOR,
    LETTER_BOTTOM,
    LETTER_MATERIALS,
    LETTER_PLACES,
    LETTER_TOP,
    LETTER_X,
    LEVELS,
    NEAR,
    PARTS,
    PROUD,
    SHARP,
    TEXELS,
    TEXTURES,
    WALL_MATERIALS,
    WALLS,
    side,
)
from .world import COLOURS, EYE, FIELD_OF_VIEW, HEIGHT, LETTER, PLACES, SIGN_X, SIGN_Z

ROWS, COLUMNS = 60, 80
FOCAL = 0.5 / math.tan(FIELD_OF_VIEW / 2)  # distance of the picture from the eye, where its height is 1


@frozen
class Look:
    """From where the world is seen, and what differs in it: the way each object is turned, and the sign's word."""

    x: float
    z: float
    forward: tuple[float, float]  # (x, z), a unit vector
    turned: tuple[tuple[float, float], ...]  # (x, z) of each object's axis
    word: int  # a colour, or BLANK


def picture(look: Look, rows: int = ROWS, columns: int = COLUMNS) -> NDArray[np.uint8]:
    """uint8 [rows, columns, 3]."""
    canvas = _Canvas(look, rows, columns)
    canvas.flat(0.0, FLOOR)
    canvas.flat(HEIGHT, CEILING)
    for wall, material in zip(WALLS.tolist(), WALL_MATERIALS, strict=True):
        canvas.upright(*wall, 0.0, HEIGHT, material)
    if look.word != BLANK:
        for material, place in zip(LETTER_MATERIALS[look.word], LETTER_PLACES[look.word], strict=True):
            if material >= 0:
                canvas.upright(LETTER_X, place, 0.0, LETTER, LETTER_BOTTOM, LETTER_TOP, material)
    blocks = _blocks(look)
    for block in blocks:
        canvas.sides(*block)
    for block in blocks:
        canvas.top(*block)
    return canvas.colours


Block = tuple[tuple[float, float], tuple[float, float], float, float, float, float, int]


def _blocks(look: Look) -> list[Block]:
    """Centre, axis, half of length and thickness, bottom, top and material of each part of each object, and of the
    board that the sign's letters are on.
    """
    blocks: list[Block] = []
    for thing, offset, length, thickness, bottom, top in PARTS.tolist():
        number = int(thing)
        (x, z), axis = PLACES[number], look.turned[number]
        centre = x + offset * axis[0], z + offset * axis[1]
        blocks.append((centre, axis, length, thickness, bottom, top, FIRST_COLOUR + 3 * (number % len(COLOURS))))
    if look.word != BLANK:
        half = float(BOARD_HALF[look.word])
        blocks.append(((SIGN_X, SIGN_Z), (0.0, 1.0), half, 0.75 * PROUD, BOARD_BOTTOM, BOARD_TOP, BOARD))
    return blocks


class _Canvas:
    """A picture in the making, with the distance of what is seen in each pixel."""

    def __init__(self, look: Look, rows: int, columns: int) -> None:
        self.x, self.z = look.x, look.z
        self.focal = FOCAL * rows  # pixels
        u = (np.arange(columns) + 0.5 - columns / 2) / self.focal
        self.v = (rows / 2 - np.arange(rows) - 0.5) / self.focal  # [rows]
        fx, fz = look.forward
        self.dx, self.dz = fx - fz * u, fz + fx * u  # [columns] the right hand is (-fz, fx)
        self.distance = np.full((rows, columns), np.inf)
        self.colours = np.zeros((rows, columns, 3), np.uint8)

    def upright(self, x: float, z: float, ex: float, ez: float, bottom: float, top: float, material: int) -> None:
        across = self.dx * ez - self.dz * ex  # [columns] above 0 where the front is seen
        qx, qz = x - self.x, z - self.z
        with np.errstate(divide="ignore", invalid="ignore"):
            t, s = (qx * ez - qz * ex) / across, (qx * self.dz - qz * self.dx) / across
        met = np.flatnonzero((across > 0) & (t > NEAR) & (s >= 0) & (s < 1))
        t, s = t[met], s[met]
        y = EYE + self.v[:, None] * t  # [rows, met]
        seen = (y >= bottom) & (y < top) & (t < self.distance[:, met])
        along = np.broadcast_to(s * math.sqrt(ex * ex + ez * ez), y.shape)
        level = _level(t * DENSITY[material] / self.focal)
        self._paint(*_where(seen, met), along[seen], (top - y)[seen], t, level, seen, material)

    def flat(self, height: float, material: int, inside: Any = None) -> None:
        """The plane at a height, below or above the eye; `inside(x, z)` says which points belong to the surface."""
        t = (height - EYE) / self.v  # [rows]
        met = np.flatnonzero(t > NEAR)
        t = t[met, None]
        x, z = self.x + self.dx * t, self.z + self.dz * t  # [met, columns]
        seen = t < self.distance[met]
        if inside is not None:
            seen &= inside(x, z)
        level = _level(t * t * DENSITY[material] / (self.focal * abs(height - EYE)))
        row, column = np.nonzero(seen)
        self._paint(met[row], column, x[seen], z[seen], t, level, seen, material)

    def sides(
        self,
        centre: tuple[float, float],
        axis: tuple[float, float],
        length: float,
        thickness: float,
        bottom: float,
        top: float,
        material: int,
    ) -> None:
        """The four sides of a block."""
        normals = [(*axis, length, thickness), (-axis[1], axis[0], thickness, length)]
        normals += [(-nx, -nz, away, half) for nx, nz, away, half in normals]
        for number, (nx, nz, away, half) in enumerate(normals):
            self.upright(*side(*centre, nx, nz, away, half), bottom, top, material + number % 2)

    def top(
        self,
        centre: tuple[float, float],
        axis: tuple[float, float],
        length: float,
        thickness: float,
        bottom: float,
        top: float,
        material: int,
    ) -> None:
        """The top of a block, where it is lower than the eye."""
        (cx, cz), (ax, az) = centre, axis

        def inside(x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.bool_]:
            along, aside = (x - cx) * ax + (z - cz) * az, (z - cz) * ax - (x - cx) * az
            return (np.abs(along) <= length) & (np.abs(aside) <= thickness)

        if top < EYE:
            self.flat(top, material + 2, inside)

    def _paint(
        self,
        row: NDArray[np.intp],
        column: NDArray[np.intp],
        across: NDArray[np.float64],
        down: NDArray[np.float64],
        t: NDArray[np.float64],
        level: NDArray[np.int64],
        seen: NDArray[np.bool_],
        material: int,
    ) -> None:
        """Paint the pixels (row, column) that are `seen`, whose places on the surface are (across, down) in metres."""
        self.distance[row, column] = np.broadcast_to(t, seen.shape)[seen]
        of_row, of_column = _texel(down * DENSITY[material]), _texel(across * DENSITY[material])
        self.colours[row, column] = TEXTURES[material, np.broadcast_to(level, seen.shape)[seen], of_row, of_column]


def _where(seen: NDArray[np.bool_], met: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    row, column = np.nonzero(seen)
    return row, met[column]


def _texel(place: NDArray[np.float64]) -> NDArray[np.int64]:
    return place.astype(np.int64) & (TEXELS - 1)


def _level(texels: NDArray[np.float64]) -> NDArray[np.int64]:
    """How blurred a texture is shown of which a pixel covers so many texels."""
    return np.sum([texels >= SHARP * 2**level for level in range(LEVELS - 1)], 0)
