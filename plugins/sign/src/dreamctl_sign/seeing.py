"""Where the eye is and what the sign says, from a picture alone: by drawing what would be seen, and comparing.

It knows the world, as whoever solves a task exactly must; it never sees a task or the state of a game. How the objects
are turned it does not know, and does not need to.
"""

from __future__ import annotations

import math
from functools import cache

import numba
import numpy as np
from numpy.typing import NDArray

from dreamctl.compiled import compiled

from .fast import blocked, facing, touched
from .fast_pictures import draw
from .pictures import COLUMNS, ROWS
from .scene import BLANK, WORDS
from .world import FORWARD, LEFT, OBJECTS, RIGHT, START_X, START_Z, STRIDE, TURN

COARSE = 4  # pixels along each side of a cell, in which starts are first compared
ANGLES, STARTS_X, STARTS_Z = 72, 3, 5  # starts that are drawn to compare with
CANDIDATES = 3  # of these, the most alike are looked into
FIRST_MOVE, READING_MOVE, LAST_MOVE = 0.2, 0.05, 0.01  # metres by which a guess is moved
ANGLE_OF_MOVE = 0.2  # radians by which it is turned, to the metre
LEGIBLE = 60  # pixels that depend on the word, with which it can be read
DOUBT = 12.0  # brightness by which such a pixel, in all its colours, may be off on average and mean little
TURNED = np.tile(np.array([math.sqrt(0.5), math.sqrt(0.5)]), (OBJECTS, 1))  # how objects are thought to be turned


def locate(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(x, z, angle) [N, 3] of starts, from the first pictures of episodes uint8 [N, 60, 80, 3]."""
    places, cells = _starts()
    seen = _coarse(pictures)
    apart = (cells**2).sum(1) - 2 * seen @ cells.T  # [N, starts] squared distance, but for what is the same in a row
    likely = np.argsort(apart, 1, kind="stable")[:, :CANDIDATES]
    return _refined(pictures, places[likely])


@cache
def _starts() -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Starts everywhere [starts, 3], and what is seen there, in cells."""
    x = np.linspace(*START_X, 2 * STARTS_X + 1)[1::2]
    z = np.linspace(*START_Z, 2 * STARTS_Z + 1)[1::2]
    angle = np.arange(ANGLES) * 2 * math.pi / ANGLES
    places = np.stack(np.meshgrid(x, z, angle, indexing="ij"), -1).reshape(-1, 3)
    return places, _coarse(_drawn(places, BLANK))


def _coarse(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mean colours of cells [N, cells]."""
    shape = len(pictures), ROWS // COARSE, COARSE, COLUMNS // COARSE, COARSE, 3
    return pictures.reshape(shape).mean((2, 4), dtype=np.float32).reshape(len(pictures), -1)


@compiled(nogil=True)
def _drawn(places, word):  # type: ignore[no-untyped-def]
    out = np.empty((len(places), ROWS, COLUMNS, 3), np.uint8)
    for i in range(len(places)):
        draw(places[i, 0], places[i, 1], facing(places[i, 2], 0), TURNED, word, out[i])
    return out


@compiled(nogil=True)
def _refined(pictures, candidates):  # type: ignore[no-untyped-def]
    """The best of candidates [N, C, 3], each moved as long as its picture gets more like what is seen."""
    found = np.empty((len(pictures), 3))
    drawn = np.empty((ROWS, COLUMNS, 3), np.uint8)
    for b in range(len(pictures)):
        best = -1
        for c in range(candidates.shape[1]):
            place = candidates[b, c].copy()
            apart = _settle(place, BLANK, FIRST_MOVE, pictures[b], drawn)
            if best < 0 or apart < best:
                best = apart
                found[b] = place
    return found


@numba.njit
def _settle(place, word, move, picture, drawn):  # type: ignore[no-untyped-def]
    """Move a place to where what is seen is most like a picture, thinking that the sign says a word; how unlike it is.

    It is moved by smaller and smaller steps along each axis in turn.
    """
    apart = _apart(place, word, picture, drawn)
    while move >= LAST_MOVE:
        better = False
        for axis in range(3):
            for sign in (-1, 1):
                before = place[axis]
                place[axis] += sign * move * (ANGLE_OF_MOVE if axis == 2 else 1.0)
                away = _apart(place, word, picture, drawn)
                if away < apart:
                    apart, better = away, True
                else:
                    place[axis] = before
        if not better:
            move /= 2
    return apart


@numba.njit
def _apart(place, word, picture, drawn):  # type: ignore[no-untyped-def]
    """The sum of all differences in brightness between a picture and what is seen from a place."""
    draw(place[0], place[1], facing(place[2], 0), TURNED, word, drawn)
    a, b = drawn.ravel(), picture.ravel()
    total = 0
    for i in range(len(a)):
        total += abs(np.int64(a[i]) - np.int64(b[i]))
    return total


@compiled(nogil=True)
def read(pictures, places):  # type: ignore[no-untyped-def]
    """How likely each word makes what is seen from places [N, 3]: [N, words], 1 for all where none can be read."""
    likely = np.ones((len(pictures), len(WORDS)))
    drawn = np.empty((len(WORDS), ROWS, COLUMNS, 3), np.uint8)
    apart = np.empty(len(WORDS))
    for b in range(len(pictures)):
        for word in range(len(WORDS)):
            draw(places[b, 0], places[b, 1], facing(places[b, 2], 0), TURNED, word, drawn[word])
        pixels = 0
        for i in range(ROWS):
            for j in range(COLUMNS):
                one = drawn[0, i, j, 0]
                pixels += drawn[1, i, j, 0] != one or drawn[2, i, j, 0] != one
        if pixels >= LEGIBLE:
            for word in range(len(WORDS)):
                apart[word] = _settle(places[b].copy(), word, READING_MOVE, pictures[b], drawn[0])
            for word in range(len(WORDS)):
                likely[b, word] = math.exp((apart.min() - apart[word]) / (DOUBT * pixels))
    return likely


@compiled(nogil=True)
def moved(places, actions):  # type: ignore[no-untyped-def]
    """Where one is after an action: [N, 3]."""
    after = places.copy()
    for b in range(len(places)):
        if actions[b] == LEFT:
            after[b, 2] += TURN
        elif actions[b] == RIGHT:
            after[b, 2] -= TURN
        elif actions[b] == FORWARD:
            ahead = facing(places[b, 2], 0)
            x, z = places[b, 0] + STRIDE * ahead[0], places[b, 1] + STRIDE * ahead[1]
            if not blocked(x, z):
                after[b, 0], after[b, 1] = x, z
    return after


@compiled(nogil=True)
def nearest(places):  # type: ignore[no-untyped-def]
    """The object that is touched at places [N, 3]: [N], -1 for none."""
    things = np.empty(len(places), np.int64)
    for b in range(len(places)):
        things[b] = touched(places[b, 0], places[b, 1])
    return things
