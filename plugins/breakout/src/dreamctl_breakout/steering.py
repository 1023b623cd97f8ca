"""What the player does in a step: macro-actions, each of many frames, that end at an event or a frame limit.

`steer` says where the mouse goes and whether it clicks in the next frame, and `over` whether the step has come to its
end; both are compiled, for one row, and read the frame that is seen and the observer's memory. The paddle is aimed by
how it has answered to the mouse so far, since not every program holds it by its middle. A ball that waits is served.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from dreamctl.compiled import compiled

from .frames import (
    BALL,
    BALL_BOTTOM,
    BALL_LEFT,
    BALL_RIGHT,
    BALL_TOP,
    GOES_ON,
    HEIGHT,
    PADDLE_BOTTOM,
    PADDLE_LEFT,
    PADDLE_RIGHT,
    PADDLE_TOP,
    STATUS,
    WIDTH,
)
from .names import (
    CLICK,
    DODGE,
    FOLLOW,
    LEFT_EDGE,
    LEFT_END,
    PLAY,
    PLAY_ON,
    RIGHT_EDGE,
    RIGHT_END,
    SLAM_LEFT,
    SLAM_RIGHT,
    WAIT,
)
from .observing import (
    ABOVE,
    DEAD,
    FLYING,
    FRAME_NUMBER,
    FRAMES,
    LAST_MOUSE_X,
    MISSED,
    PADDLE_AT,
    PADDLE_BOUNCES,
    RESPONSE,
    SINCE_CLEARED,
    SINCE_GONE,
    STAGE,
    STEP_GONE,
    TURN,
    VX,
    VY,
    WAITS,
)

LIMIT = np.array([30, 300, 500, 500, 500, 700, 600, 600, 10, 10, 1200, 4000])  # frames a step at most
LATER = 30_000  # frames of an episode after which a step has a tenth of that
PAUSE = 20  # frames between clicks at a ball that waits
AFTER_CLICK, AFTER_SLAM, AFTER_CLEARED = 12, 25, 120  # frames that are still watched
BRICKS_OF_A_PLAY, DULL = 8, 2500  # bricks that end a play; frames without a brick that end any
SERVE_AFTER = 7  # frames: a ball that waits so long is served


@compiled(nogil=True)
def steer(action, f, m):  # type: ignore[no-untyped-def]
    """Mouse x and y in whole pixels, and whether it clicks, in the next frame."""
    width = f[WIDTH]
    middle = (f[BALL_LEFT] + f[BALL_RIGHT]) / 2
    long = f[PADDLE_RIGHT] - f[PADDLE_LEFT]
    target, click = m[LAST_MOUSE_X] + m[RESPONSE], 0.0
    y = m[PADDLE_AT]
    if action in (LEFT_EDGE, RIGHT_EDGE):
        x = 0.0 if action == LEFT_EDGE else width
        return x, _pixel(f[HEIGHT] * (0.6 if action == LEFT_EDGE else 0.95), f[HEIGHT]), 0.0
    if action == WAIT:
        return math.floor(m[LAST_MOUSE_X] + 0.5), _pixel(y, f[HEIGHT]), 0.0
    if f[BALL] != 0:
        if action == DODGE:
            target = _away(f, middle, long)
        elif action in (SLAM_LEFT, SLAM_RIGHT):
            target = _slam(action, f, m, middle, long)
        else:
            size = f[BALL_RIGHT] - f[BALL_LEFT]
            target = middle + m[VX]
            if action == LEFT_END:
                target += long / 2 - size / 4
            elif action == RIGHT_END:
                target -= long / 2 - size / 4
            elif action in (PLAY, PLAY_ON):
                target += long * _whim(m[TURN])
    if action == CLICK:
        click = _click_in_play(f, m)
    elif m[WAITS] != 0 and m[FRAMES] % PAUSE == SERVE_AFTER:
        click = 1.0
    return _pixel(target - m[RESPONSE], width), _pixel(y, f[HEIGHT]), click


@compiled(nogil=True)
def over(action, f, m):  # type: ignore[no-untyped-def]
    """Whether the step is over after this frame."""
    frames = m[FRAMES]
    limit = LIMIT[action] if m[FRAME_NUMBER] < LATER else max(LIMIT[action] // 10, 10)
    if f[STATUS] != GOES_ON or frames >= limit:
        return True
    if action in (WAIT, LEFT_EDGE, RIGHT_EDGE):
        return False
    if m[MISSED] > 0 or (m[DEAD] != 0 and frames > 40):
        return True
    if action == CLICK:
        return m[STAGE] > AFTER_CLICK
    if action in (FOLLOW, LEFT_END, RIGHT_END):
        return m[PADDLE_BOUNCES] > 0
    if action in (SLAM_LEFT, SLAM_RIGHT):
        return m[STAGE] > AFTER_SLAM
    if action == DODGE:
        return False
    if m[ABOVE] > 60 or m[SINCE_CLEARED] > AFTER_CLEARED:
        return True
    if action == PLAY and m[STEP_GONE] >= BRICKS_OF_A_PLAY:
        return True
    return m[SINCE_GONE] > DULL and frames > DULL


@numba.njit(forceinline=True)
def _pixel(x, most):  # type: ignore[no-untyped-def]
    return np.floor(min(max(x, 0.0), most) + 0.5) if x < most else np.floor(most)


@numba.njit(forceinline=True)
def _whim(turn):  # type: ignore[no-untyped-def]
    """From -0.3 to 0.3, another one for each hit of the paddle."""
    return ((turn * 0.6180339887498949) % 1.0 - 0.5) * 0.6


@numba.njit
def _away(f, middle, long):  # type: ignore[no-untyped-def]
    """Beside the ball, on the side with more room."""
    clear = long / 2 + (f[BALL_RIGHT] - f[BALL_LEFT]) + 25
    return middle + clear if middle < f[WIDTH] / 2 else middle - clear


@numba.njit
def _slam(action, f, m, middle, long):  # type: ignore[no-untyped-def]
    """Beside the ball until it is so low that one frame upwards does not free it from the paddle, then into it."""
    if m[STAGE] == 0:
        beside = long / 2 + (f[BALL_RIGHT] - f[BALL_LEFT]) / 2 + abs(m[VX]) + 10
        high = f[PADDLE_BOTTOM] - f[PADDLE_TOP]
        ahead = m[VY] if m[TURN] % 2 == 0 else 0.0  # some programs move the ball first, and some look first
        deep = f[BALL_BOTTOM] + ahead - f[PADDLE_TOP]  # of the ball's lower edge in the paddle
        deeper = f[BALL_TOP] + ahead - f[PADDLE_TOP]  # of its upper edge
        caught = (deep >= m[VY] and deep <= high) or (deeper >= m[VY] and deeper <= high)
        if m[VY] > 0 and m[FLYING] != 0 and caught:
            m[STAGE] = 1.0
            return middle + m[VX]
        room_left, room_right = middle - beside - long / 2 > 0, middle + beside + long / 2 < f[WIDTH]
        left = room_left if action == SLAM_LEFT else not room_right
        return middle - beside if left else middle + beside
    m[STAGE] += 1
    return middle + m[VX]


@numba.njit
def _click_in_play(f, m):  # type: ignore[no-untyped-def]
    """Once: at a ball that waits, or at one that flies where nothing else can turn it."""
    if m[STAGE] > 0:
        m[STAGE] += 1
        return 0.0
    if m[WAITS] == 0:
        room = 30.0
        clear = f[BALL_LEFT] > room and f[BALL_RIGHT] < f[WIDTH] - room and m[SINCE_GONE] > 6
        clear = clear and f[BALL_TOP] > 0.42 * f[HEIGHT] and f[BALL_BOTTOM] < m[PADDLE_AT] - 40
        up = m[VY] < 0 if m[TURN] % 3 != 2 else m[VY] > 0  # mostly on its way up, now and then on its way down
        if not (clear and up) and m[FRAMES] < 250:
            return 0.0
    elif m[FRAMES] < 2:
        return 0.0
    m[STAGE] = 1.0
    return 1.0
