"""What the player can do, and what it sees: the names of actions and of the components of an observation."""

from __future__ import annotations

import numpy as np
from gymnasium import spaces

ACTIONS = (
    "wait",
    "click",
    "follow",
    "hit with the left end",
    "hit with the right end",
    "dodge",
    "slam from the left",
    "slam from the right",
    "to the left edge",
    "to the right edge",
    "play",
    "play on",
)
(
    WAIT, CLICK, FOLLOW, LEFT_END, RIGHT_END, DODGE, SLAM_LEFT, SLAM_RIGHT, LEFT_EDGE, RIGHT_EDGE, PLAY, PLAY_ON,
) = range(len(ACTIONS))  # fmt: skip


STANDING = (  # how things stand
    "ball there", "ball x", "ball y", "ball vx", "ball vy", "ball size", "paddle there", "paddle x", "paddle top",
    "bricks", "bricks at start", "start off x", "start off y", "put off x", "put off y", "misses", "rests", "dead",
    "over", "crashed", "cleared", "frames so far",
)  # fmt: skip
TOTALS = (  # of these, what says something about the program
    "ball size", "bricks", "bricks at start", "put off x", "put off y", "misses",
)  # fmt: skip
DURATION = "frames"  # that the step took, in thousands
STEPS = "steps"  # 1 where one was played
OUTCOMES = (  # what happened in the step
    DURATION, "past side walls", "past the top wall", "stays above", "wall flips in a row", "paddle flips in a row",
    "paddle bounces", "turns at the paddle", "passes the paddle", "brick hits", "hits without bounce",
    "share without bounce", "turns sideways at bricks", "turns up or down at bricks", "turns both ways at bricks",
    "bricks gone", "most bricks at once", "several at once", "largest gap", "gone too early", "served up",
    "served down",
    "served left", "served right", "fastest serve", "slowest serve", "old velocity", "new velocity", "clicks in play",
    "changes at clicks", "lost", "floor bounces", "wrong turns", "ended lost", "flies after the last brick",
    "counted hits", "uncounted hits", "counted nothing", "first counted late", "number fell", "served after the end",
    "others gone", "paddle off the mouse", "paddle beyond", "gap at the edge", "paddle up and down", "breaks off",
)  # fmt: skip
FEATURES = (*STANDING, *OUTCOMES, STEPS)
LARGEST = 10.0  # of an observation


def observation_space() -> spaces.Box:
    """Of one row: float32, named by `FEATURES`."""
    return spaces.Box(-LARGEST, LARGEST, (len(FEATURES),), np.float32)
