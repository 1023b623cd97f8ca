"""The same pictures as `pictures.py`, bit for bit, one column after the other and compiled.

In a column, the nearest wall is found first; floor and ceiling are what it leaves, and the blocks that the column may
meet are painted over it. What is skipped could not be seen, and what is computed is computed as in the readable form.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from . import scene
from .pictures import FOCAL
from .scene import (
    BLANK,
    BLOCKS,
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
    MOST_LETTERS,
    NEAR,
    PARTS,
    PROUD,
    SHARP,
    TEXELS,
    TEXTURES,
    WALL_MATERIALS,
    WALLS,
)
from .world import COLOURS, EYE, HEIGHT, LETTER, PLACES, SIGN_X, SIGN_Z

MASK = TEXELS - 1
SIDES = 4
FAR = 1e30

side = numba.njit(scene.side)


@numba.njit(cache=True, nogil=True)
def draw(x, z, forward, turned, word, out):  # type: ignore[no-untyped-def]
    """Draw what is seen into out [rows, columns, 3]."""
    rows, columns = out.shape[0], out.shape[1]
    focal = FOCAL * rows
    fx, fz = forward
    v = np.empty(rows)
    plane, beyond, blur = np.empty(rows, np.int64), np.empty(rows), np.empty(rows, np.int64)  # floor or ceiling
    for i in range(rows):
        v[i] = (rows / 2 - i - 0.5) / focal
        height, plane[i] = (HEIGHT, CEILING) if v[i] > 0 else (0.0, FLOOR)
        beyond[i] = (height - EYE) / v[i]
        blur[i] = _level(beyond[i] * beyond[i] * DENSITY[plane[i]] / (focal * abs(height - EYE)))
    blocks = np.empty((BLOCKS, 8))  # centre, axis, half length and thickness, bottom, top
    sides = np.empty((BLOCKS, SIDES, 4))
    spans = np.empty((BLOCKS, 2), np.int64)  # columns that may meet the block
    _place_blocks(x, z, fx, fz, focal, columns, turned, word, blocks, sides, spans)
    distance = np.empty(rows)
    for j in range(columns):
        u = (j + 0.5 - columns / 2) / focal
        dx, dz = fx - fz * u, fz + fx * u
        _room(x, z, dx, dz, focal, v, plane, beyond, blur, distance, j, out)
        if word != BLANK:
            for n in range(MOST_LETTERS):
                if LETTER_MATERIALS[word, n] >= 0:
                    _upright(
                        x, z, dx, dz, focal, v, LETTER_X, LETTER_PLACES[word, n], 0.0, LETTER, LETTER_BOTTOM,
                        LETTER_TOP, LETTER_MATERIALS[word, n], distance, j, out,
                    )  # fmt: skip
        for k in range(BLOCKS):
            if spans[k, 0] <= j < spans[k, 1]:
                if k < BLOCKS - 1:
                    material = FIRST_COLOUR + 3 * (int(PARTS[k, 0]) % len(COLOURS))
                else:
                    material = BOARD
                for n in range(SIDES):
                    s = sides[k, n]
                    _upright(
                        x, z, dx, dz, focal, v, s[0], s[1], s[2], s[3], blocks[k, 6], blocks[k, 7], material + n % 2,
                        distance, j, out,
                    )  # fmt: skip
                if blocks[k, 7] < EYE:
                    _top(x, z, dx, dz, focal, v, blocks[k], material + 2, distance, j, out)


@numba.njit
def _place_blocks(x, z, fx, fz, focal, columns, turned, word, blocks, sides, spans):  # type: ignore[no-untyped-def]
    for k in range(BLOCKS):
        b = blocks[k]
        if k < BLOCKS - 1:
            thing = int(PARTS[k, 0])
            ax, az = turned[thing, 0], turned[thing, 1]
            b[0], b[1] = PLACES[thing][0] + PARTS[k, 1] * ax, PLACES[thing][1] + PARTS[k, 1] * az
            b[2], b[3] = ax, az
            b[4], b[5], b[6], b[7] = PARTS[k, 2], PARTS[k, 3], PARTS[k, 4], PARTS[k, 5]
        else:
            b[0], b[1], b[2], b[3] = SIGN_X, SIGN_Z, 0.0, 1.0
            b[4], b[5], b[6], b[7] = BOARD_HALF[word], 0.75 * PROUD, BOARD_BOTTOM, BOARD_TOP
        spans[k, 0], spans[k, 1] = _span(x, z, fx, fz, focal, columns, b)
        if k == BLOCKS - 1 and word == BLANK:
            spans[k, 1] = 0
        if spans[k, 0] >= spans[k, 1]:
            continue
        nx, nz = b[2], b[3]
        for n in range(SIDES):
            away, half = (b[4], b[5]) if n % 2 == 0 else (b[5], b[4])
            s = side(b[0], b[1], nx, nz, away, half)
            sides[k, n, 0], sides[k, n, 1], sides[k, n, 2], sides[k, n, 3] = s
            nx, nz = -nz, nx


@numba.njit
def _span(x, z, fx, fz, focal, columns, b):  # type: ignore[no-untyped-def]
    """Columns from the first up to the last that may meet a block, or more; none if it is behind the eye."""
    radius = b[4] + b[5]
    ahead, aside = (b[0] - x) * fx + (b[1] - z) * fz, (b[1] - z) * fx - (b[0] - x) * fz
    if ahead + radius < NEAR:
        return 0, 0
    if ahead - radius < 2 * NEAR:
        return 0, columns
    nearest, farthest = ahead - radius, ahead + radius
    left, right = aside - radius, aside + radius
    low = left / (nearest if left < 0 else farthest)
    high = right / (nearest if right > 0 else farthest)
    first, last = low * focal + columns / 2 - 1.5, high * focal + columns / 2 + 1.5
    return int(min(max(first, 0.0), float(columns))), int(min(max(last, 0.0), float(columns)))


@numba.njit
def _room(x, z, dx, dz, focal, v, plane, beyond, blur, distance, j, out):  # type: ignore[no-untyped-def]
    """A column of wall, floor and ceiling; sets the distances."""
    nearest, place, wall = FAR, 0.0, -1
    for n in range(len(WALLS)):
        ex, ez = WALLS[n, 2], WALLS[n, 3]
        across = dx * ez - dz * ex
        if across > 0:
            qx, qz = WALLS[n, 0] - x, WALLS[n, 1] - z
            t = (qx * ez - qz * ex) / across
            if NEAR < t < nearest:
                s = (qx * dz - qz * dx) / across
                if 0 <= s < 1:
                    nearest, place, wall = t, s * math.sqrt(ex * ex + ez * ez), n
    material = WALL_MATERIALS[wall]
    column = _texel(place * DENSITY[material])
    level = _level(nearest * DENSITY[material] / focal)
    scale = DENSITY[material]
    for i in range(len(v)):
        y, t = EYE + v[i] * nearest, beyond[i]
        if wall >= 0 and 0.0 <= y < HEIGHT and nearest < t:
            distance[i] = nearest
            _paint(material, level, _texel((HEIGHT - y) * scale), column, i, j, out)
        else:
            distance[i] = t
            flat = DENSITY[plane[i]]
            _paint(plane[i], blur[i], _texel((z + dz * t) * flat), _texel((x + dx * t) * flat), i, j, out)


@numba.njit
def _upright(
    x, z, dx, dz, focal, v, left_x, left_z, ex, ez, bottom, top, material, distance, j, out
):  # type: ignore[no-untyped-def]  # fmt: skip
    across = dx * ez - dz * ex
    if across <= 0:
        return
    qx, qz = left_x - x, left_z - z
    t = (qx * ez - qz * ex) / across
    if t <= NEAR:
        return
    s = (qx * dz - qz * dx) / across
    if s < 0 or s >= 1:
        return
    column = _texel(s * math.sqrt(ex * ex + ez * ez) * DENSITY[material])
    level = _level(t * DENSITY[material] / focal)
    first, last = _rows(len(v), focal, top, bottom, t, t)
    for i in range(first, last):
        y = EYE + v[i] * t
        if bottom <= y < top and t < distance[i]:
            distance[i] = t
            _paint(material, level, _texel((top - y) * DENSITY[material]), column, i, j, out)


@numba.njit
def _top(x, z, dx, dz, focal, v, b, material, distance, j, out):  # type: ignore[no-untyped-def]
    """The top of a block that is lower than the eye. Its colour is the same all over."""
    radius = b[4] + b[5]
    stretch = math.sqrt(dx * dx + dz * dz)  # metres that the ray goes where t is 1
    middle = ((b[0] - x) * dx + (b[1] - z) * dz) / (stretch * stretch)
    nearest, farthest = middle - radius / stretch, middle + radius / stretch
    if farthest < NEAR:
        return
    first, last = _rows(len(v), focal, b[7], b[7], max(farthest, NEAR), max(nearest, NEAR))
    for i in range(max(first, len(v) // 2), last):
        t = (b[7] - EYE) / v[i]
        if NEAR < t < distance[i]:
            px, pz = x + dx * t, z + dz * t
            along = (px - b[0]) * b[2] + (pz - b[1]) * b[3]
            aside = (pz - b[1]) * b[2] - (px - b[0]) * b[3]
            if abs(along) <= b[4] and abs(aside) <= b[5]:
                distance[i] = t
                _paint(material, 0, 0, 0, i, j, out)


@numba.njit
def _rows(rows, focal, top, bottom, t_top, t_bottom):  # type: ignore[no-untyped-def]
    """Rows from that of a height at one distance to that of a lower one at another, or a little more."""
    first = rows / 2 - focal * (top - EYE) / t_top - 1.5
    last = rows / 2 - focal * (bottom - EYE) / t_bottom + 1.5
    return int(min(max(first, 0.0), float(rows))), int(min(max(last, 0.0), float(rows)))


@numba.njit(inline="always")
def _paint(material, level, row, column, i, j, out):  # type: ignore[no-untyped-def]
    out[i, j, 0] = TEXTURES[material, level, row, column, 0]
    out[i, j, 1] = TEXTURES[material, level, row, column, 1]
    out[i, j, 2] = TEXTURES[material, level, row, column, 2]


@numba.njit(inline="always")
def _texel(place):  # type: ignore[no-untyped-def]
    return int(place) & MASK


@numba.njit(inline="always")
def _level(texels):  # type: ignore[no-untyped-def]
    level = 0
    for n in range(LEVELS - 1):
        if texels >= SHARP * (1 << n):
            level += 1
    return level
