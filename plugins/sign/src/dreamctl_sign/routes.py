"""The shortest ways to an object, or to where the sign can be read: breadth first over places and headings."""

from __future__ import annotations

import math

import numba
import numpy as np

from dreamctl.compiled import compiled

from .fast import blocked, facing, touched
from .world import (
    BARRIER_SOUTH,
    BODY,
    COLOURS,
    DEPTH,
    FORWARD,
    HEADINGS,
    HORIZON,
    LEFT,
    OBJECTS,
    PLACES,
    RIGHT,
    SIGN_X,
    SIGN_Z,
    STRIDE,
    TOUCHED_BOX,
    TOUCHED_KEY,
    WIDTH,
)

SIGN = -1  # as a goal
CELL = 0.05  # metres: places nearer to one another than that are taken for one
CLEAR = 0.2  # metres by which ways keep clear of objects that are not to be touched
FARTHEST, ASIDE, OFF = 7.0, math.tan(math.radians(50)), math.radians(15)  # from which the sign is read


@numba.njit
def legible(x, z, ahead_x, ahead_z):  # type: ignore[no-untyped-def]
    """Whether the sign is before one at (x, z): behind the barrier, near, not too slanted, and looked at."""
    away_x, away_z = SIGN_X - x, SIGN_Z - z
    far = math.sqrt(away_x * away_x + away_z * away_z)
    looked_at = ahead_x * away_x + ahead_z * away_z >= far * math.cos(OFF)
    return z > BARRIER_SOUTH + BODY and far <= FARTHEST and abs(away_z) <= away_x * ASIDE and looked_at


@numba.njit
def _beside(x, z, goal):  # type: ignore[no-untyped-def]
    """Whether an object that is not the goal is touched at (x, z), or nearly."""
    for thing in range(OBJECTS):
        away_x, away_z = PLACES[thing][0] - x, PLACES[thing][1] - z
        near = (TOUCHED_BOX if thing < len(COLOURS) else TOUCHED_KEY) + CLEAR
        if thing != goal and away_x * away_x + away_z * away_z < near * near:
            return True
    return False


@compiled(nogil=True)
def routes(places, goals):  # type: ignore[no-untyped-def]
    """Actions [N, HORIZON] from places (x, z, angle) [N, 3] to the goals [N] (objects, or `SIGN`), and how many [N],
    with FORWARD behind the last; HORIZON + 1 where there is no way within the horizon.
    """
    across, down = int(WIDTH / CELL) + 1, int(DEPTH / CELL) + 1
    known = np.empty((across, down, HEADINGS), np.bool_)
    most = across * down * HEADINGS
    where = np.empty((most, 2))
    heading, parent, action = np.empty(most, np.int8), np.empty(most, np.int32), np.empty(most, np.int8)
    actions, lengths = np.full((len(places), HORIZON), FORWARD), np.full(len(places), HORIZON + 1)
    for b in range(len(places)):
        known[:] = False
        where[0, 0], where[0, 1] = places[b, 0], places[b, 1]
        heading[0], parent[0], action[0] = 0, -1, -1
        first, last, found = 0, 1, -1
        for steps in range(1, HORIZON + 1):
            end = last
            for state in range(first, end):
                for taken in (LEFT, RIGHT, FORWARD):
                    x, z, h = where[state, 0], where[state, 1], int(heading[state])
                    if taken == FORWARD:
                        ahead = facing(places[b, 2], h)
                        x, z = x + STRIDE * ahead[0], z + STRIDE * ahead[1]
                        if blocked(x, z):
                            continue
                    else:
                        h = (h + 1 if taken == LEFT else h - 1) % HEADINGS
                    cell = int(x / CELL), int(z / CELL)
                    if known[cell[0], cell[1], h]:
                        continue
                    known[cell[0], cell[1], h] = True
                    ahead = facing(places[b, 2], h)
                    if _beside(x, z, goals[b]):
                        continue
                    here = legible(x, z, ahead[0], ahead[1]) if goals[b] == SIGN else touched(x, z) == goals[b]
                    where[last, 0], where[last, 1], heading[last] = x, z, h
                    parent[last], action[last] = state, taken
                    if here:
                        found = last
                        break
                    last += 1
                if found >= 0:
                    break
            if found >= 0:
                lengths[b] = steps
                break
            first = end
        for t in range(lengths[b] - 1, -1, -1):
            if found > 0:
                actions[b, t] = action[found]
                found = parent[found]
    return actions, lengths
