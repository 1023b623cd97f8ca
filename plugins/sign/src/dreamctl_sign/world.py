"""Where everything is, in metres, and what a step does: numbers that the readable and the fast simulator share.

The world of the sparse 3D visual navigation task of Liu et al. 2021 (released with their code, and in Farama's
MiniWorld as `MiniWorld-Sign`): x runs east, z runs south, y up. A barrier reaches from the east wall into the room,
and behind it a sign hangs on the east wall.

The functions are plain arithmetic on numbers, so that numba compiles them as they stand.
"""

from __future__ import annotations

import math

WIDTH, DEPTH, HEIGHT = 10.0, 13.0, 2.74  # of the room, along x, z and y
BARRIER_END, BARRIER_NORTH, BARRIER_SOUTH = 6.0, 6.5, 6.75  # it reaches from here to the east wall

COLOURS = ("blue", "red", "green")
SHAPES = ("box", "key")
PLACES = ((1.0, 1.0), (9.0, 1.0), (9.0, 5.0), (5.0, 1.0), (1.0, 5.0), (1.0, 9.0))  # (x, z): boxes by colour, then keys
OBJECTS = len(PLACES)

BOX = 0.8  # along each side
KEY_LENGTH, KEY_HEIGHT, KEY_THICKNESS = 1.45, 0.6, 0.24

WORDS = ("BLUE", "RED", "GREEN")  # what the sign says, by colour
SIGN_X, SIGN_Z, SIGN_Y, LETTER = WIDTH, 10.25, 1.35, 1.0  # the middle of the sign, and the side of a letter

EYE, FIELD_OF_VIEW = 1.5, math.radians(60)  # of the camera: height, and angle from top to bottom
BODY = 0.4  # radius of the agent
STRIDE, TURN = 0.7, math.pi / 4
HEADINGS = 8
LEFT, RIGHT, FORWARD, END = range(4)
ACTIONS = ("left", "right", "forward", "end")
REACH = 1.1 * STRIDE  # an object is touched from this far away
START_X, START_Z = (4.0, 5.0), (4.0, 6.0)
BOX_RADIUS, KEY_RADIUS = BOX * math.sqrt(2) / 2, 0.7355  # the key's is that of the original's mesh
TOUCHED_BOX, TOUCHED_KEY = BOX_RADIUS + BODY + REACH, KEY_RADIUS + BODY + REACH  # distance between centres

HORIZON = 20  # steps


def blocked(x, z):  # type: ignore[no-untyped-def]
    """Whether the agent's body would be in a wall at (x, z)."""
    if x < BODY or x > WIDTH - BODY or z < BODY or z > DEPTH - BODY:
        return True
    beside = max(BARRIER_END - x, 0.0)
    before = max(max(BARRIER_NORTH - z, z - BARRIER_SOUTH), 0.0)
    return beside * beside + before * before < BODY * BODY


def touched(x, z):  # type: ignore[no-untyped-def]
    """The object that is touched at (x, z), by its place in `PLACES`; -1 for none. Where there are two, the last."""
    found = -1
    for thing in range(OBJECTS):
        away_x, away_z = x - PLACES[thing][0], z - PLACES[thing][1]
        near = TOUCHED_BOX if thing < len(COLOURS) else TOUCHED_KEY
        if math.sqrt(away_x * away_x + away_z * away_z) < near:
            found = thing
    return found


def paid(thing, colour, shape):  # type: ignore[no-untyped-def]
    """The reward for touching an object; `shape` -1 asks for none, so that only the colour counts."""
    right = thing % len(COLOURS) == colour and (shape < 0 or thing // len(COLOURS) == shape)
    return 1.0 if right else -1.0


def facing(start, heading):  # type: ignore[no-untyped-def]
    """(x, z) of the unit vector of a heading, a whole number of left turns from the angle `start`."""
    angle = start + heading * TURN
    return math.cos(angle), -math.sin(angle)
