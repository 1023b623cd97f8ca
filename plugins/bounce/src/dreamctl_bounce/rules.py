"""The numbers of the game, and what a player sees of it: shared by the readable and the fast simulator.

Positions are whole pixels, origin top left, y downwards; a box is named by its left and top edges.
Headings are whole degrees: 0 is straight up, 90 left, 180 straight down, 270 right.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

EVENTS = (
    "when run",
    "when left arrow",
    "when right arrow",
    "when ball hits paddle",
    "when ball hits wall",
    "when ball in goal",
    "when ball misses paddle",
)
RUN, LEFT, RIGHT, PADDLE, WALL, GOAL, MISS = range(len(EVENTS))

SPEEDS = ("very slow", "slow", "normal", "fast", "very fast")
BALL_SPEEDS = (4, 6, 8, 10, 12)  # pixels a frame
PADDLE_SPEEDS = (10, 15, 20, 25, 30)  # pixels a command
NORMAL = SPEEDS.index("normal")

SCREEN = 400
BORDER = 7  # thickness of the walls
BALL = 20
BALLS = 10  # as many as can exist at once
START = 190  # left and top edge of a ball that is launched
GOAL_LEFT, GOAL_RIGHT = 100, 300
PADDLE_WIDTH, PADDLE_HEIGHT, PADDLE_TOP, PADDLE_START = 60, 10, 360, 170
PADDLE_LOW, PADDLE_HIGH = BORDER, SCREEN - BORDER - PADDLE_WIDTH
LAUNCH_LOW, LAUNCH_HEADINGS = 150, 60  # a launched ball heads 150..209 degrees
SCORE_LIMIT = 30
FRAMES_PER_STEP = 2
ACTIONS = ("left", "right", "stay")
SKILLS = ("catch", "into the goal", "to the left wall", "to the right wall", "dodge", *ACTIONS)


def _velocities() -> NDArray[np.int16]:
    """[5, 360, 2] pixels a frame, (vx, vy) for each ball speed and heading, truncated towards zero."""
    table = np.zeros((len(BALL_SPEEDS), 360, 2), np.int16)
    for i, speed in enumerate(BALL_SPEEDS):
        for d in range(360):
            radians = math.radians(d)
            table[i, d] = math.trunc(-speed * math.sin(radians)), math.trunc(-speed * math.cos(radians))
    return table


VELOCITY = _velocities()

# --- what a player sees ---------------------------------------------------------------------------------------

# Contacts are the geometry of the moved ball, whatever the program does about them. All counts are over the frames
# of the step just played and over all balls; they are zero in the first observation.
COUNTS: dict[str, int] = {  # name -> the largest count there can be
    "goal": FRAMES_PER_STEP * BALLS,  # ball-frames in the goal
    "goal_entered": FRAMES_PER_STEP * BALLS,  # in the goal now and not in the frame before
    "miss": FRAMES_PER_STEP * BALLS,
    "wall": FRAMES_PER_STEP * BALLS,
    "paddle": FRAMES_PER_STEP * BALLS,
    "wall_new": FRAMES_PER_STEP * BALLS,  # at a wall now and not in the frame before
    "paddle_new": FRAMES_PER_STEP * BALLS,
    "left": FRAMES_PER_STEP,  # frames in which the key was held and the game ran
    "right": FRAMES_PER_STEP,
    "appeared": FRAMES_PER_STEP * BALLS,  # launched, or put back in the centre
    "gone": FRAMES_PER_STEP * BALLS,
    "turned_goal": FRAMES_PER_STEP * BALLS,  # the velocity changed in a frame in which the ball was in the goal
    "turned_wall": FRAMES_PER_STEP * BALLS,
    "turned_paddle": FRAMES_PER_STEP * BALLS,
    "turned_none": FRAMES_PER_STEP * BALLS,  # the velocity changed without a contact
    "paddle_moved_right": FRAMES_PER_STEP * (PADDLE_HIGH - PADDLE_LOW),  # pixels
    "paddle_moved_left": FRAMES_PER_STEP * (PADDLE_HIGH - PADDLE_LOW),
}
BALL_BOUNDS = {  # a ball beside the screen is seen at its edge
    "alive": (0, 1),
    "x": (-BALL, SCREEN),
    "y": (1 - BALL, SCREEN - 1),
    "vx": (-BALL_SPEEDS[-1], BALL_SPEEDS[-1]),
    "vy": (-BALL_SPEEDS[-1], BALL_SPEEDS[-1]),
}
X_LOW, X_HIGH = BALL_BOUNDS["x"]
SEEN_EVENTS = ("goal", "goal_entered", "miss", "wall", "paddle", "left", "right")
SEEN_OUTCOMES = tuple(name for name in COUNTS if name.startswith(("appeared", "gone", "turned", "paddle_moved")))
SEEN_TOTALS = ("score_own", "score_opponent", "balls", "paddle_x")


def bounds(score_limit: int = SCORE_LIMIT) -> dict[str, tuple[int, int]]:
    """Name of each component of an observation -> its lowest and highest value, in order."""
    return {
        "paddle_x": (PADDLE_LOW, PADDLE_HIGH),
        "score_own": (0, score_limit),
        "score_opponent": (0, score_limit),
        "balls": (0, BALLS),
        **{f"ball{k}_{name}": pair for k in range(BALLS) for name, pair in BALL_BOUNDS.items()},
        **{name: (0, most) for name, most in COUNTS.items()},
    }


FEATURES = tuple(bounds())
BALLS_AT = FEATURES.index("ball0_alive")
FIELDS = len(BALL_BOUNDS)
AT = {name: FEATURES.index(name) for name in COUNTS}
