"""The same pictures as `pictures.py`, bit for bit, compiled.

First it is found out which surfaces may be seen, and in which columns. Then one column is drawn after the other: the
nearest wall, floor and ceiling beside it, and over them what stands before. What is left out could not be seen, and
what is computed is computed as in the readable form.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from dreamctl.compiled import compiled

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

COLOURS_OF_TEXELS = TEXTURES.ravel()
SIDES = 4
MOST = MOST_LETTERS + SIDES * BLOCKS  # surfaces that stand before walls
UPRIGHT = np.dtype(  # a surface that may be seen, in columns from the first up to the last
    [(name, np.float64) for name in ("qx", "qz", "ex", "ez", "bottom", "top")]
    + [(name, np.int64) for name in ("material", "first", "last")]
)
TOP = np.dtype(  # of a block, in rows and columns from the first up to the last
    [(name, np.float64) for name in ("x", "z", "ax", "az", "length", "thickness", "height")]
    + [(name, np.int64) for name in ("material", "first", "last", "first_row", "last_row")]
)

side = numba.njit(scene.side)


@compiled(nogil=True)
def draw(x, z, forward, turned, word, out):  # type: ignore[no-untyped-def]
    """Draw what is seen into out [rows, columns, 3]."""
    rows, columns = out.shape[0], out.shape[1]
    camera = x, z, forward[0], forward[1], FOCAL * rows
    pixels = out.ravel()  # a view, since it is contiguous
    v = np.empty(rows)
    beyond, flat = np.empty(rows), np.empty(rows, np.int64)  # distance of floor or ceiling, and its texture
    _flats(camera[4], v, beyond, flat)
    walls, uprights, tops = np.empty(len(WALLS), UPRIGHT), np.empty(MOST, UPRIGHT), np.empty(BLOCKS, TOP)
    wall_count = _walls(camera, columns, walls)
    count = _letters(camera, columns, word, uprights)
    count, top_count = _blocks(camera, rows, columns, turned, word, uprights, count, tops)
    distance = np.empty(rows)
    for j in range(columns):
        u = (j + 0.5 - columns / 2) / camera[4]
        ray = camera[2] - camera[3] * u, camera[3] + camera[2] * u
        _draw_room(j, camera, ray, walls[:wall_count], v, beyond, flat, columns, distance, pixels)
        _draw_uprights(j, camera, ray, uprights[:count], v, columns, distance, pixels)
        _draw_tops(j, camera, ray, tops[:top_count], v, columns, distance, pixels)


# --- what may be seen -----------------------------------------------------------------------------------------------


@numba.njit
def _flats(focal, v, beyond, flat):  # type: ignore[no-untyped-def]
    """What each row shows where no wall is: floor or ceiling, how far away, and how blurred."""
    rows = len(v)
    for i in range(rows):
        v[i] = (rows / 2 - i - 0.5) / focal
        height, plane = (HEIGHT, CEILING) if v[i] > 0 else (0.0, FLOOR)
        beyond[i] = (height - EYE) / v[i]
        level = _level(beyond[i] * beyond[i] * DENSITY[plane] / (focal * abs(height - EYE)))
        flat[i] = _texture(plane, level)


@numba.njit
def _walls(camera, columns, walls):  # type: ignore[no-untyped-def]
    count = 0
    for n in range(len(WALLS)):
        wall = WALLS[n, 0], WALLS[n, 1], WALLS[n, 2], WALLS[n, 3]
        count = _add(camera, columns, wall, 0.0, HEIGHT, WALL_MATERIALS[n], walls, count)
    return count


@numba.njit
def _letters(camera, columns, word, uprights):  # type: ignore[no-untyped-def]
    count = 0
    for n in range(MOST_LETTERS):
        if LETTER_MATERIALS[word, n] >= 0:
            letter = LETTER_X, LETTER_PLACES[word, n], 0.0, LETTER
            count = _add(camera, columns, letter, LETTER_BOTTOM, LETTER_TOP, LETTER_MATERIALS[word, n], uprights, count)
    return count


@numba.njit
def _blocks(camera, rows, columns, turned, word, uprights, count, tops):  # type: ignore[no-untyped-def]
    """Adds the sides to `uprights`, of which there are `count`; how many there are now, and how many tops."""
    top_count = 0
    for k in range(BLOCKS):
        if k < BLOCKS - 1:
            thing = int(PARTS[k, 0])
            ax, az = turned[thing, 0], turned[thing, 1]
            cx, cz = PLACES[thing][0] + PARTS[k, 1] * ax, PLACES[thing][1] + PARTS[k, 1] * az
            length, thickness, bottom, top = PARTS[k, 2], PARTS[k, 3], PARTS[k, 4], PARTS[k, 5]
            material = FIRST_COLOUR + 3 * (thing % len(COLOURS))
        elif word != BLANK:
            cx, cz, ax, az = SIGN_X, SIGN_Z, 0.0, 1.0
            length, thickness, bottom, top = BOARD_HALF[word], 0.75 * PROUD, BOARD_BOTTOM, BOARD_TOP
            material = BOARD
        else:
            continue
        radius = length + thickness
        x, z, fx, fz, focal = camera
        ahead, aside = (cx - x) * fx + (cz - z) * fz, (cz - z) * fx - (cx - x) * fz
        if ahead + radius < NEAR:
            continue
        nx, nz, away, half = ax, az, length, thickness
        for n in range(SIDES):
            count = _add(
                camera, columns, side(cx, cz, nx, nz, away, half), bottom, top, material + n % 2, uprights, count
            )
            nx, nz, away, half = -nz, nx, half, away
        if top < EYE:
            t = tops[top_count]
            t.x, t.z, t.ax, t.az, t.length, t.thickness, t.height = cx, cz, ax, az, length, thickness, top
            t.material = material + 2
            nearest, farthest = max(ahead - radius, NEAR), max(ahead + radius, NEAR)
            low = (aside - radius) / (nearest if aside < radius else farthest)
            high = (aside + radius) / (nearest if aside > -radius else farthest)
            t.first, t.last = _from_to(low * focal + columns / 2, high * focal + columns / 2, columns)
            drop = (EYE - top) * focal
            t.first_row, t.last_row = _from_to(rows / 2 + drop / farthest, rows / 2 + drop / nearest, rows)
            t.first_row = max(t.first_row, rows // 2)  # below the horizon
            top_count += t.first < t.last and t.first_row < t.last_row
    return count, top_count


@numba.njit
def _add(camera, columns, surface, bottom, top, material, uprights, count):  # type: ignore[no-untyped-def]
    """Put a surface behind the `count` others if it may be seen; how many there are now."""
    x, z, fx, fz, focal = camera
    qx, qz, ex, ez = surface[0] - x, surface[1] - z, surface[2], surface[3]
    if qx * ez - qz * ex <= 0:  # seen from behind
        return count
    ahead, aside = qx * fx + qz * fz, qz * fx - qx * fz
    ahead_too, aside_too = ahead + ex * fx + ez * fz, aside + ez * fx - ex * fz
    if max(ahead, ahead_too) < NEAR:
        return count
    first, last = 0, columns
    if ahead > NEAR:
        first = _from_to(aside / ahead * focal + columns / 2, columns, columns)[0]
    if ahead_too > NEAR:
        last = _from_to(0, aside_too / ahead_too * focal + columns / 2, columns)[1]
    if first >= last:
        return count
    u = uprights[count]
    u.qx, u.qz, u.ex, u.ez, u.bottom, u.top = qx, qz, ex, ez, bottom, top
    u.material, u.first, u.last = material, first, last
    return count + 1


@numba.njit
def _from_to(low, high, size):  # type: ignore[no-untyped-def]
    """The pixels from `low` to `high` and one or two more, as a range within 0 to `size`."""
    return int(min(max(low - 1.5, 0.0), float(size))), int(min(max(high + 1.5, 0.0), float(size)))


# --- a column -------------------------------------------------------------------------------------------------------


@numba.njit
def _draw_room(
    j, camera, ray, walls, v, beyond, flat, columns, distance, pixels
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Wall, floor and ceiling; sets the distances."""
    x, z, _, _, focal = camera
    dx, dz = ray
    nearest, place, material = np.inf, 0.0, 0
    for w in walls:
        if w.first <= j < w.last:
            across = dx * w.ez - dz * w.ex
            if across > 0:
                t = (w.qx * w.ez - w.qz * w.ex) / across
                if NEAR < t < nearest:
                    s = (w.qx * dz - w.qz * dx) / across
                    if 0 <= s < 1:
                        nearest, place, material = t, s * math.sqrt(w.ex * w.ex + w.ez * w.ez), w.material
    scale, texture, column = DENSITY[material], 0, 0
    if nearest < np.inf:
        texture, column = _texture(material, _level(nearest * scale / focal)), _texel(place * scale)
    middle = len(v) // 2
    above = middle - 1
    while above >= 0:  # from the horizon up to where the wall ends
        y = EYE + v[above] * nearest
        if not (y < HEIGHT and nearest < beyond[above]):
            break
        distance[above] = nearest
        _paint(texture, _texel((HEIGHT - y) * scale), column, above * columns + j, pixels)
        above -= 1
    below = middle
    while below < len(v):  # and down
        y = EYE + v[below] * nearest
        if not (y >= 0.0 and nearest < beyond[below]):
            break
        distance[below] = nearest
        _paint(texture, _texel((HEIGHT - y) * scale), column, below * columns + j, pixels)
        below += 1
    for i in range(above + 1):
        t = distance[i] = beyond[i]
        row, across = _texel((z + dz * t) * DENSITY[CEILING]), _texel((x + dx * t) * DENSITY[CEILING])
        _paint(flat[i], row, across, i * columns + j, pixels)
    for i in range(below, len(v)):
        t = distance[i] = beyond[i]
        row, across = _texel((z + dz * t) * DENSITY[FLOOR]), _texel((x + dx * t) * DENSITY[FLOOR])
        _paint(flat[i], row, across, i * columns + j, pixels)


@numba.njit
def _draw_uprights(j, camera, ray, uprights, v, columns, distance, pixels):  # type: ignore[no-untyped-def]
    focal, rows = camera[4], len(v)
    dx, dz = ray
    for w in uprights:
        if not w.first <= j < w.last:
            continue
        across = dx * w.ez - dz * w.ex
        if across <= 0:
            continue
        t = (w.qx * w.ez - w.qz * w.ex) / across
        s = (w.qx * dz - w.qz * dx) / across
        if t <= NEAR or s < 0 or s >= 1:
            continue
        bottom, top, material = w.bottom, w.top, w.material
        scale = DENSITY[material]
        column = _texel(s * math.sqrt(w.ex * w.ex + w.ez * w.ez) * scale)
        texture = _texture(material, _level(t * scale / focal))
        first, last = _from_to(rows / 2 - focal * (top - EYE) / t, rows / 2 - focal * (bottom - EYE) / t, rows)
        for i in range(first, last):
            y = EYE + v[i] * t
            if bottom <= y < top and t < distance[i]:
                distance[i] = t
                _paint(texture, _texel((top - y) * scale), column, i * columns + j, pixels)


@numba.njit
def _draw_tops(j, camera, ray, tops, v, columns, distance, pixels):  # type: ignore[no-untyped-def]
    x, z, _, _, _ = camera
    dx, dz = ray
    for b in tops:
        if not b.first <= j < b.last:
            continue
        for i in range(b.first_row, b.last_row):
            t = (b.height - EYE) / v[i]
            if NEAR < t < distance[i]:
                px, pz = x + dx * t, z + dz * t
                along = (px - b.x) * b.ax + (pz - b.z) * b.az
                aside = (pz - b.z) * b.ax - (px - b.x) * b.az
                if abs(along) <= b.length and abs(aside) <= b.thickness:
                    distance[i] = t
                    _paint(_texture(b.material, 0), 0, 0, i * columns + j, pixels)  # tops are of one colour


@numba.njit(inline="always")
def _paint(texture, row, column, pixel, pixels):  # type: ignore[no-untyped-def]
    texel, to = texture + 3 * (row * TEXELS + column), 3 * pixel
    pixels[to] = COLOURS_OF_TEXELS[texel]
    pixels[to + 1] = COLOURS_OF_TEXELS[texel + 1]
    pixels[to + 2] = COLOURS_OF_TEXELS[texel + 2]


@numba.njit(inline="always")
def _texture(material, level):  # type: ignore[no-untyped-def]
    """Where a texture begins in `COLOURS_OF_TEXELS`."""
    return 3 * TEXELS * TEXELS * (material * LEVELS + level)


@numba.njit(inline="always")
def _texel(place):  # type: ignore[no-untyped-def]
    return int(place) & (TEXELS - 1)


@numba.njit(inline="always")
def _level(texels):  # type: ignore[no-untyped-def]
    level = 0
    for n in range(LEVELS - 1):
        if texels >= SHARP * (1 << n):
            level += 1
    return level
