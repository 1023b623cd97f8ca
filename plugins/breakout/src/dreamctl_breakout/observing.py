"""What is noticed while a game is watched, frame by frame: the same for every program, whatever runs it.

A memory is float64 [M]. `start` takes in the first frame, `watch` each further one, and `report` writes the observation
float32 [O] at the end of a step and clears what was counted in it. All three are compiled, for one row.

The ball's velocity is how far it moved since the frame before. A turn is lost when the ball comes to the floor, or
leaves from below the paddle's top for somewhere else. A ball that was put somewhere is served when it moves.
"""

from __future__ import annotations

import numba
import numpy as np

from dreamctl.compiled import compiled

from .frames import (
    BALL,
    BALL_BOTTOM,
    BALL_LEFT,
    BALL_RIGHT,
    BALL_TOP,
    BRICKS,
    CLICKED,
    CRASHED,
    GAP,
    GOES_ON,
    GONE,
    HEIGHT,
    MOUSE_X,
    NEWS,
    NUMBER,
    OTHERS_GONE,
    PADDLE,
    PADDLE_BOTTOM,
    PADDLE_LEFT,
    PADDLE_RIGHT,
    PADDLE_TOP,
    REBUILT,
    STATUS,
    WIDTH,
)
from .names import FEATURES as FEATURES
from .names import LARGEST

KEPT = (  # for a whole episode
    "last left", "last top", "last right", "last bottom", "last paddle left", "last paddle right", "last mouse x",
    "vx", "vy", "flying", "waits", "rest", "put", "old vx", "old vy", "has old",
    "misses", "down", "serves", "bricks at start", "first off x", "first off y", "off x", "off y", "paddle top low",
    "paddle top high", "paddle at", "response", "frame", "last gone", "since gone", "pending", "last click",
    "clicks at rest",
    "dead", "end misses", "number", "gone in all", "gone at first number", "extra at first miss", "told",
    "moved since cleared", "served since cleared",
    "hits in all", "no bounce in all", "inside", "paddle flip frame", "paddle streak", "wall flip frame", "wall streak",
    "size", "turn", "held", "cleared", "since cleared",
    "dead steps", "extra", "answered", "others pending", "sure off x", "sure off y", "late turns",
    "last bricks", "walls cleared", "hit vx", "hit vy", "patience",
)  # fmt: skip
COUNTED = (  # in a step
    "frames", "over side", "over top", "above", "most wall flips", "most paddle flips", "paddle bounces",
    "turned at paddle",
    "passed", "hits", "no bounce", "flips x", "flips y", "flips both", "gone", "most gone", "several", "largest gap",
    "early", "served up", "served down", "served left", "served right", "fastest", "slowest", "kept velocity",
    "new velocity",
    "clicks", "changed at click", "missed", "floor bounces", "after the last", "counted hits", "uncounted hits",
    "counted nothing", "number fell", "served after told", "others gone", "offset", "offsets", "beyond", "edge gap",
    "stage", "wanted x",
)  # fmt: skip
MEMORY = (*KEPT, *COUNTED)
(
    LAST_LEFT, LAST_TOP, LAST_RIGHT, LAST_BOTTOM, LAST_PADDLE_LEFT, LAST_PADDLE_RIGHT, LAST_MOUSE_X,
    VX, VY, FLYING, WAITS, REST, PUT, OLD_VX, OLD_VY, HAS_OLD,
    MISSES, LOW, SERVES, BRICKS_AT_START, FIRST_OFF_X, FIRST_OFF_Y, OFF_X, OFF_Y, PADDLE_TOP_LOW,
    PADDLE_TOP_HIGH, PADDLE_AT, RESPONSE, FRAME_NUMBER, LAST_GONE, SINCE_GONE, PENDING, LAST_CLICK, CLICKS_AT_REST,
    DEAD, END_MISSES, LAST_NUMBER, ALL_GONE, GONE_AT_FIRST_NUMBER, EXTRA_AT_FIRST_MISS, TOLD, MOVED_SINCE_CLEARED,
    SERVED_SINCE_CLEARED,
    ALL_HITS, ALL_NO_BOUNCE, INSIDE, PADDLE_FLIP_FRAME, PADDLE_STREAK, WALL_FLIP_FRAME, WALL_STREAK,
    SIZE, TURN, HELD, CLEARED, SINCE_CLEARED,
    DEAD_STEPS, EXTRA, ANSWERED, OTHERS_PENDING, SURE_OFF_X, SURE_OFF_Y, LATE_TURNS, LAST_BRICKS, WALLS_CLEARED, HIT_VX,
    HIT_VY, PATIENCE,
    FRAMES, OVER_SIDE, OVER_TOP, ABOVE, MOST_WALL_FLIPS, MOST_PADDLE_FLIPS, PADDLE_BOUNCES, TURNED_AT_PADDLE,
    PASSED, HITS, NO_BOUNCE, FLIPS_X, FLIPS_Y, FLIPS_BOTH, STEP_GONE, MOST_GONE, SEVERAL, LARGEST_GAP,
    EARLY, SERVED_UP, SERVED_DOWN, SERVED_LEFT, SERVED_RIGHT, FASTEST, SLOWEST, KEPT_VELOCITY, NEW_VELOCITY,
    CLICKS, CHANGED_AT_CLICK, MISSED, FLOOR_BOUNCES, AFTER_THE_LAST, COUNTED_HITS, UNCOUNTED_HITS,
    COUNTED_NOTHING, NUMBER_FELL, SERVED_AFTER_TOLD, OTHERS, OFFSET, OFFSETS, BEYOND, EDGE_GAP,
    STAGE, WANTED_X,
) = range(len(MEMORY))  # fmt: skip
FIRST_COUNTED = len(KEPT)

RIGHT_TURNS = 3

JUMP = 45.0  # pixels in a frame: more than a ball flies
RESTS = 5  # frames without motion after which a ball is taken to wait
GIVEN_UP = 15  # frames without motion after a click, after which it is taken to be dead
FROZEN = 90  # the same without one
COUNTS_DOWN = 200  # either, in a program that has written something while nothing moved
SLACK = 3.5  # pixels that a library may leave between a ball and a brick that it hits
BLUR = 1.1  # pixels that the outline of a ball may add
SLOW = 3.0  # pixels a frame: so slow a mouse the paddle follows at once, even one that is asked where it was
SAME = 0.01  # pixels a frame
FRAMES_AHEAD = 4  # as far above the paddle as a ball flies in these, it may turn because of it
FASTER_THAN_ANY = 20.0  # pixels a frame
STOPPED_WITHIN = 3  # frames after the last brick in which a ball that is stopped because of it may still move
FLIES_AGAIN = 6  # frames that a ball flies without bricks, after which it was served for no new game
DEAD_ENOUGH = 3  # steps that end without any motion, after which nothing more is waited for
MOST_BRICKS = 110  # as many as judges have learned from; more of them say no more
CROWD = 8  # bricks that go at once are a new board if they are more


@compiled(nogil=True)
def start(f, m):  # type: ignore[no-untyped-def]
    """Begin an episode with its first frame [F]."""
    m[:] = 0.0
    m[WAITS] = 1.0
    m[PUT] = 1.0
    m[PATIENCE] = GIVEN_UP
    m[BRICKS_AT_START] = f[BRICKS]
    m[LAST_NUMBER] = f[NUMBER]
    m[EXTRA_AT_FIRST_MISS] = -1.0
    m[PADDLE_FLIP_FRAME] = m[WALL_FLIP_FRAME] = -100.0
    m[SINCE_GONE] = 100.0
    m[LAST_MOUSE_X] = f[WIDTH] / 2
    if f[BALL] != 0:
        m[SIZE] = f[BALL_RIGHT] - f[BALL_LEFT]
        m[FIRST_OFF_X] = m[OFF_X] = (f[BALL_LEFT] + f[BALL_RIGHT] - f[WIDTH]) / 2
        m[FIRST_OFF_Y] = m[OFF_Y] = (f[BALL_TOP] + f[BALL_BOTTOM] - f[HEIGHT]) / 2
    m[PADDLE_AT] = 0.9 * f[HEIGHT]
    m[PADDLE_TOP_LOW] = m[PADDLE_TOP_HIGH] = m[PADDLE_AT]
    if f[PADDLE] != 0:
        m[PADDLE_AT] = f[PADDLE_TOP]
        m[PADDLE_TOP_LOW] = m[PADDLE_TOP_HIGH] = f[PADDLE_TOP]
    _clear(m)
    _keep(f, m)


@compiled(nogil=True)
def watch(f, m):  # type: ignore[no-untyped-def]
    """Take in a frame [F]."""
    m[FRAMES] += 1
    m[FRAME_NUMBER] += 1
    m[SINCE_GONE] += 1
    missed = m[MISSED]
    if _stands_again(f, m):
        _begins_anew(f, m)
    else:
        _watch_paddle(f, m)
    swept = f[GONE] > CROWD or (f[BALL] == 0 and f[PADDLE] == 0)  # a new board, or a canvas that is cleared
    gone = 0.0 if swept else f[GONE]
    if f[BALL] != 0:
        _watch_ball(f, m, gone)
    elif m[SIZE] != 0 and m[FLYING] != 0:
        _ball_vanished(f, m)
    _watch_bricks(f, m, gone)
    _watch_texts(f, m, gone, m[MISSED] > missed)
    _watch_end(f, m)
    m[OTHERS_PENDING] += f[OTHERS_GONE]
    _keep(f, m)


@numba.njit(forceinline=True)
def _clear(m):  # type: ignore[no-untyped-def]
    for i in range(FIRST_COUNTED, len(m)):
        m[i] = 0.0


@numba.njit(forceinline=True)
def _keep(f, m):  # type: ignore[no-untyped-def]
    m[LAST_LEFT], m[LAST_TOP], m[LAST_RIGHT], m[LAST_BOTTOM] = f[BALL_LEFT], f[BALL_TOP], f[BALL_RIGHT], f[BALL_BOTTOM]
    m[LAST_PADDLE_LEFT], m[LAST_PADDLE_RIGHT] = f[PADDLE_LEFT], f[PADDLE_RIGHT]
    m[LAST_CLICK], m[LAST_BRICKS] = f[CLICKED], f[BRICKS]
    if f[MOUSE_X] >= 0:
        m[HELD] = m[HELD] + 1 if f[MOUSE_X] == m[LAST_MOUSE_X] else 0.0
        m[LAST_MOUSE_X] = f[MOUSE_X]


# --- the paddle -----------------------------------------------------------------------------------------------


@numba.njit(forceinline=True)
def _watch_paddle(f, m):  # type: ignore[no-untyped-def]
    if f[PADDLE] == 0:
        return
    width = f[PADDLE_RIGHT] - f[PADDLE_LEFT]
    m[PADDLE_TOP_LOW] = max(m[PADDLE_TOP_LOW], f[PADDLE_TOP])
    m[PADDLE_TOP_HIGH] = min(m[PADDLE_TOP_HIGH], f[PADDLE_TOP])
    if m[FRAME_NUMBER] == 1 and f[MOUSE_X] < 0:
        return
    m[BEYOND] = max(m[BEYOND], max(-f[PADDLE_LEFT], f[PADDLE_RIGHT] - f[WIDTH]))
    middle = (f[PADDLE_LEFT] + f[PADDLE_RIGHT]) / 2
    moved = f[PADDLE_LEFT] != m[LAST_PADDLE_LEFT]
    m[ANSWERED] = moved if f[MOUSE_X] != m[LAST_MOUSE_X] else max(m[ANSWERED], moved)
    flies = f[BALL_LEFT] != m[LAST_LEFT] or f[BALL_TOP] != m[LAST_TOP]
    if m[ANSWERED] == 0 and not (flies and m[FLYING] != 0 and m[REST] == 0):
        return  # some programs look at the mouse in play only
    inside = f[MOUSE_X] >= width and f[MOUSE_X] <= f[WIDTH] - width
    if inside and f[PADDLE_LEFT] > 1 and f[PADDLE_RIGHT] < f[WIDTH] - 1:
        m[RESPONSE] = middle - f[MOUSE_X]
        if abs(f[MOUSE_X] - m[LAST_MOUSE_X]) <= SLOW:
            m[OFFSET] += m[RESPONSE] / width
            m[OFFSETS] += 1
    still = f[MOUSE_X] == m[LAST_MOUSE_X] and m[HELD] >= 2
    if still and f[MOUSE_X] <= 1:
        m[EDGE_GAP] = max(m[EDGE_GAP], f[PADDLE_LEFT])
    if still and f[MOUSE_X] >= f[WIDTH] - 1:
        m[EDGE_GAP] = max(m[EDGE_GAP], f[WIDTH] - f[PADDLE_RIGHT])


# --- the ball -------------------------------------------------------------------------------------------------


@numba.njit(forceinline=True)
def _watch_ball(f, m, gone):  # type: ignore[no-untyped-def]
    dx, dy = f[BALL_LEFT] - m[LAST_LEFT], f[BALL_TOP] - m[LAST_TOP]
    if abs(dx) > JUMP or abs(dy) > JUMP or m[SIZE] == 0:
        _ball_put(f, m)
    elif dx == 0 and dy == 0:
        m[REST] += 1
        if m[FLYING] != 0 and m[WAITS] == 0:  # a program that waits within a click moves its ball a frame later
            m[CLICKS] += f[CLICKED] != 0
        if gone > 0:  # it turned and turned again, and is where it was
            m[PENDING] = 0.0
        if m[REST] >= RESTS:
            m[WAITS] = 1.0
            m[PENDING] = 0.0
    else:
        served = m[WAITS] != 0 or m[FLYING] == 0
        if served:
            _served(m, dx, dy)
        else:
            _flies(f, m, dx, dy, gone)
        m[VX], m[VY] = dx, dy
        m[FLYING], m[WAITS], m[PUT], m[REST], m[DEAD], m[CLICKS_AT_REST] = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
        if m[CLEARED] != 0:
            _moves_after_the_last(f, m, served)
    m[SIZE] = f[BALL_RIGHT] - f[BALL_LEFT]


@numba.njit
def _moves_after_the_last(f, m, served):  # type: ignore[no-untyped-def]
    """A ball that stopped with the last brick, and that a click serves once more, flies because the game restarts."""
    again = served and m[MOVED_SINCE_CLEARED] <= STOPPED_WITHIN and (f[CLICKED] != 0 or m[LAST_CLICK] != 0)
    if m[SERVED_SINCE_CLEARED] == 0 and not again:
        m[MOVED_SINCE_CLEARED] += 1
        return
    m[SERVED_SINCE_CLEARED] += 1
    m[SERVED_AFTER_TOLD] += m[SERVED_SINCE_CLEARED] == FLIES_AGAIN


@numba.njit
def _ball_put(f, m):  # type: ignore[no-untyped-def]
    """The ball is somewhere else at once."""
    if m[FLYING] != 0:
        if m[LAST_BOTTOM] >= m[PADDLE_AT] - 1 and m[VY] > 0:
            if m[LOW] == 0:
                m[MISSES] += 1
                m[MISSED] += 1
            if m[INSIDE] >= 2 and m[STAGE] == 0:
                m[PASSED] += 1
        elif m[WAITS] == 0 and (f[CLICKED] != 0 or m[LAST_CLICK] != 0):
            m[CLICKS] += 1
            m[CHANGED_AT_CLICK] += 1
        _remember_velocity(f, m)
    m[OFF_X] = (f[BALL_LEFT] + f[BALL_RIGHT] - f[WIDTH]) / 2
    m[OFF_Y] = (f[BALL_TOP] + f[BALL_BOTTOM] - f[HEIGHT]) / 2
    m[FLYING], m[WAITS], m[PUT], m[LOW], m[PENDING], m[REST], m[INSIDE] = 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0
    m[TURN] += 1


@numba.njit
def _ball_vanished(f, m):  # type: ignore[no-untyped-def]
    if m[LAST_BOTTOM] >= m[PADDLE_AT] - 1 and m[VY] > 0 and m[LOW] == 0:
        m[MISSES] += 1
        m[MISSED] += 1
    _remember_velocity(f, m)
    m[FLYING], m[WAITS], m[PUT], m[LOW], m[PENDING] = 0.0, 1.0, 1.0, 0.0, 0.0


@numba.njit
def _remember_velocity(f, m):  # type: ignore[no-untyped-def]
    """That of a turn which is over, unless the step that ended it, which nobody saw, may have met a side wall."""
    m[OLD_VX], m[OLD_VY] = m[VX], m[VY]
    m[HAS_OLD] = m[LAST_LEFT] + m[VX] > 0 and m[LAST_RIGHT] + m[VX] < f[WIDTH]


@numba.njit
def _served(m, dx, dy):  # type: ignore[no-untyped-def]
    if m[PUT] == 0:  # it only paused
        return
    m[SERVES] += 1
    moved = abs(m[OFF_X] - dx) < BLUR and abs(m[OFF_Y] - dy) < BLUR  # it was put and moved before it was seen
    m[SURE_OFF_X], m[SURE_OFF_Y] = (0.0, 0.0) if moved else (m[OFF_X], m[OFF_Y])
    m[SERVED_UP] += dy < 0
    m[SERVED_DOWN] += dy > 0
    m[SERVED_LEFT] += dx < 0
    m[SERVED_RIGHT] += dx > 0
    m[FASTEST] = max(m[FASTEST], abs(dx))
    m[SLOWEST] = max(m[SLOWEST], FASTER_THAN_ANY - min(abs(dx), FASTER_THAN_ANY))
    if m[HAS_OLD] != 0:
        old = abs(dx - m[OLD_VX]) < SAME and abs(dy - m[OLD_VY]) < SAME
        m[KEPT_VELOCITY] += old
        m[NEW_VELOCITY] += not old
    if m[MISSES] > 0:
        _told(m)
    if m[MISSES] >= RIGHT_TURNS:
        m[LATE_TURNS] = m[MISSES] + 1 - RIGHT_TURNS
    m[EXTRA], m[LOW], m[OTHERS_PENDING] = 0.0, 0.0, 0.0


@numba.njit
def _told(m):  # type: ignore[no-untyped-def]
    """More texts than a number after a miss, and more than after the first one, tell of the end; here play goes on."""
    if m[EXTRA_AT_FIRST_MISS] < 0:
        m[EXTRA_AT_FIRST_MISS] = m[EXTRA]
    elif m[EXTRA] > m[EXTRA_AT_FIRST_MISS] and m[TOLD] == 0:
        m[TOLD] = m[MISSES]
    m[SERVED_AFTER_TOLD] += m[TOLD] != 0


@numba.njit(forceinline=True)
def _flies(f, m, dx, dy, gone):  # type: ignore[no-untyped-def]
    vx, vy = m[VX], m[VY]
    flip_x, flip_y = dx * vx < 0, dy * vy < 0
    fast_x, fast_y = max(abs(dx), abs(vx)), max(abs(dy), abs(vy))
    if m[PENDING] != 0 or gone > 0:
        _bounces(m, dx, dy, gone)
    other = m[OTHERS_PENDING] != 0 or f[OTHERS_GONE] != 0
    if m[OTHERS_PENDING] != 0:  # play goes on, so it was not cleared away at the end
        m[OTHERS] += m[OTHERS_PENDING]
        m[OTHERS_PENDING] = 0.0
    if f[BALL_LEFT] < 0 or f[BALL_RIGHT] > f[WIDTH] or f[BALL_TOP] < 0:
        over = max(-f[BALL_LEFT], f[BALL_RIGHT] - f[WIDTH]) - 1.2 * fast_x - 1
        m[OVER_SIDE] = max(m[OVER_SIDE], over)
        m[OVER_TOP] = max(m[OVER_TOP], -f[BALL_TOP] - 1.2 * fast_y - 1)
        if f[BALL_BOTTOM] < 0:
            m[ABOVE] += 1
    lowest = max(f[BALL_BOTTOM], m[LAST_BOTTOM])
    near_paddle = False
    if f[PADDLE] != 0 and lowest >= f[PADDLE_TOP] - FRAMES_AHEAD * fast_y - 2:
        near_paddle = _near_paddle(f, m, fast_x, fast_y)
        _through_paddle(f, m, dy, flip_y)
    if flip_x or flip_y:
        _turned(f, m, flip_x, flip_y, vy, fast_x, near_paddle)
    if f[BALL_BOTTOM] >= f[HEIGHT] and dy > 0 and m[LOW] == 0:
        m[LOW] = 1.0
        m[MISSES] += 1
        m[MISSED] += 1
    if (f[CLICKED] != 0 or m[LAST_CLICK] != 0) and not other:
        _clicked(f, m, dx, dy, fast_x, fast_y, near_paddle)


@numba.njit
def _near_paddle(f, m, fast_x, fast_y):  # type: ignore[no-untyped-def]
    left = min(f[PADDLE_LEFT], m[LAST_PADDLE_LEFT]) - fast_x - 2
    right = max(f[PADDLE_RIGHT], m[LAST_PADDLE_RIGHT]) + fast_x + 2
    beside = f[BALL_RIGHT] >= left and f[BALL_LEFT] <= right
    low = max(f[BALL_BOTTOM], m[LAST_BOTTOM]) >= f[PADDLE_TOP] - FRAMES_AHEAD * fast_y - 2
    return beside and low and min(f[BALL_TOP], m[LAST_TOP]) <= f[PADDLE_BOTTOM] + fast_y + 2


@numba.njit
def _through_paddle(f, m, dy, flip_y):  # type: ignore[no-untyped-def]
    """A ball whose middle is over the paddle for two frames, and that comes out below, has passed through."""
    middle = (f[BALL_LEFT] + f[BALL_RIGHT]) / 2
    overlaps = f[BALL_BOTTOM] > f[PADDLE_TOP] and f[BALL_TOP] < f[PADDLE_BOTTOM]
    if dy < 0:
        m[INSIDE] = 0.0
    elif overlaps and middle > f[PADDLE_LEFT] and middle < f[PADDLE_RIGHT]:
        m[INSIDE] += 1
    elif f[BALL_TOP] >= f[PADDLE_BOTTOM]:
        if m[INSIDE] >= 2 and m[STAGE] == 0:  # not where the paddle was pushed over it
            m[PASSED] += 1
        m[INSIDE] = 0.0


@numba.njit
def _turned(f, m, flip_x, flip_y, vy, fast_x, near_paddle):  # type: ignore[no-untyped-def]
    if near_paddle:
        if flip_y:
            close = m[FRAME_NUMBER] - m[PADDLE_FLIP_FRAME] <= 3
            m[PADDLE_STREAK] = m[PADDLE_STREAK] + 1 if close else 1.0
            m[PADDLE_FLIP_FRAME] = m[FRAME_NUMBER]
            m[MOST_PADDLE_FLIPS] = max(m[MOST_PADDLE_FLIPS], m[PADDLE_STREAK])
            if vy > 0:
                m[PADDLE_BOUNCES] += 1
                m[TURN] += 1
                at_wall = m[LAST_LEFT] <= fast_x + 1 or m[LAST_RIGHT] >= f[WIDTH] - fast_x - 1
                m[TURNED_AT_PADDLE] += flip_x and not at_wall
        return
    if m[SINCE_GONE] > 1:
        close = m[FRAME_NUMBER] - m[WALL_FLIP_FRAME] <= 1
        m[WALL_STREAK] = m[WALL_STREAK] + 1 if close else 1.0
        m[WALL_FLIP_FRAME] = m[FRAME_NUMBER]
        m[MOST_WALL_FLIPS] = max(m[MOST_WALL_FLIPS], m[WALL_STREAK])
    if flip_y and vy > 0 and m[LAST_BOTTOM] > m[PADDLE_AT] and m[LAST_BOTTOM] >= f[HEIGHT] - 2 * abs(vy) - 2:
        m[FLOOR_BOUNCES] += 1
        m[LOW] = 0.0


@numba.njit
def _clicked(f, m, dx, dy, fast_x, fast_y, near_paddle):  # type: ignore[no-untyped-def]
    """A click where nothing else turns the ball; the velocity may change in this frame or in the next."""
    at_wall = (
        min(m[LAST_LEFT], f[BALL_LEFT]) <= fast_x
        or max(m[LAST_RIGHT], f[BALL_RIGHT]) >= f[WIDTH] - fast_x
        or min(m[LAST_TOP], f[BALL_TOP]) <= fast_y
        or max(m[LAST_BOTTOM], f[BALL_BOTTOM]) >= f[HEIGHT] - fast_y
    )
    if at_wall or near_paddle or m[SINCE_GONE] <= 2:
        return
    m[CLICKS] += f[CLICKED] != 0
    if m[CLICKS] == 0:  # it served the ball
        return
    if abs(dx - m[VX]) > SAME or abs(dy - m[VY]) > SAME:
        m[CHANGED_AT_CLICK] += 1


# --- bricks, texts, the end ------------------------------------------------------------------------------------


@numba.njit
def _bounces(m, dx, dy, gone):  # type: ignore[no-untyped-def]
    """Whether the ball turns in the frame in which a brick goes, or in the next one in which it moves.

    A ball that hits one brick after another may turn and turn back between two frames, which nobody sees.
    """
    pending = m[PENDING] != 0
    if not pending:
        m[HIT_VX], m[HIT_VY] = m[VX], m[VY]
    flip_x, flip_y = dx * m[HIT_VX] < 0, dy * m[HIT_VY] < 0
    turned = flip_x or flip_y
    m[PENDING] = 0.0
    if turned or (pending and gone == 0):
        _count_bounce(m, flip_x, flip_y)
    if gone > 0 and pending == turned:
        m[PENDING] = 1.0
        m[HIT_VX], m[HIT_VY] = (dx, dy) if turned else (m[VX], m[VY])


@numba.njit
def _count_bounce(m, flip_x, flip_y):  # type: ignore[no-untyped-def]
    m[ALL_HITS] += 1
    m[HITS] += 1
    if flip_x and flip_y:
        m[FLIPS_BOTH] += 1
    elif flip_x:
        m[FLIPS_X] += 1
    elif flip_y:
        m[FLIPS_Y] += 1
    else:
        m[NO_BOUNCE] += 1
        m[ALL_NO_BOUNCE] += 1


@numba.njit(forceinline=True)
def _watch_bricks(f, m, gone):  # type: ignore[no-untyped-def]
    if gone > 0:
        m[SINCE_GONE] = 0.0
        m[ALL_GONE] += gone
        m[STEP_GONE] += gone
        m[MOST_GONE] = max(m[MOST_GONE], gone)
        m[SEVERAL] += gone > 1
        m[LARGEST_GAP] = max(m[LARGEST_GAP], f[GAP] - SLACK)
        m[EARLY] += f[GAP] > SLACK
    m[LAST_GONE] = gone
    if f[BRICKS] != 0:
        m[CLEARED], m[SINCE_CLEARED], m[MOVED_SINCE_CLEARED], m[SERVED_SINCE_CLEARED] = 0.0, 0.0, 0.0, 0.0
    elif m[BRICKS_AT_START] != 0:
        m[CLEARED] = 1.0
        m[SINCE_CLEARED] += 1
        m[AFTER_THE_LAST] = max(m[AFTER_THE_LAST], m[MOVED_SINCE_CLEARED])


@numba.njit(forceinline=True)
def _stands_again(f, m):  # type: ignore[no-untyped-def]
    """Whether the whole wall is there once more; one of which nothing was missing, after a game that is over."""
    if f[BRICKS] != m[BRICKS_AT_START]:
        return False
    if m[ALL_GONE] > 0:
        return m[LAST_BRICKS] < f[BRICKS]
    rebuilt = f[REBUILT] == f[BRICKS] or m[LAST_BRICKS] == 0
    return rebuilt and m[WAITS] != 0 and m[MISSES] >= RIGHT_TURNS


@numba.njit
def _begins_anew(f, m):  # type: ignore[no-untyped-def]
    """The wall stands again: a score may begin anew, and after a loss a game with all its turns does.

    After a win it may be a game or a level, so nothing more is said of the number of turns.
    """
    won = m[CLEARED] != 0 and m[ALL_GONE] > 0
    m[ALL_GONE], m[GONE_AT_FIRST_NUMBER], m[LAST_NUMBER] = 0.0, 0.0, f[NUMBER]
    m[DEAD], m[REST], m[CLICKS_AT_REST], m[ANSWERED] = 0.0, 0.0, 0.0, 0.0
    m[EXTRA] = -f[NEWS]  # what is told, before and now, is no matter of a turn
    if not won and (m[MISSES] >= RIGHT_TURNS or m[TOLD] != 0):
        m[MISSES], m[TOLD], m[LATE_TURNS], m[EXTRA_AT_FIRST_MISS] = 0.0, 0.0, 0.0, -1.0
    else:
        m[WALLS_CLEARED] += 1


@numba.njit(forceinline=True)
def _watch_texts(f, m, gone, missed):  # type: ignore[no-untyped-def]
    changed = f[NUMBER] != m[LAST_NUMBER]
    hit = gone > 0 or m[SINCE_GONE] <= 1
    turn = missed or m[LOW] != 0 or m[WAITS] != 0  # when turns are counted, which is no matter of the score
    if changed and f[NUMBER] >= 0:
        rose = f[NUMBER] > m[LAST_NUMBER]
        if rose and hit:
            m[COUNTED_HITS] += 1
            if m[GONE_AT_FIRST_NUMBER] == 0:
                m[GONE_AT_FIRST_NUMBER] = m[ALL_GONE]
        elif rose and not turn:
            m[COUNTED_NOTHING] += 1
        elif not rose and not hit and not (turn and m[LAST_NUMBER] - f[NUMBER] == 1):
            m[NUMBER_FELL] = max(m[NUMBER_FELL], m[LAST_NUMBER] - f[NUMBER])
    elif gone > 0 and f[NUMBER] >= 0:
        m[UNCOUNTED_HITS] += 1
    if turn:
        m[EXTRA] += f[NEWS]
    m[LAST_NUMBER] = f[NUMBER]


@numba.njit(forceinline=True)
def _watch_end(f, m):  # type: ignore[no-untyped-def]
    if m[WAITS] != 0 and (f[CLICKED] != 0 or m[CLICKS_AT_REST] != 0):
        m[CLICKS_AT_REST] += 1  # frames since the first of them
    if m[WAITS] != 0 and m[REST] >= RESTS and f[NEWS] > 0:
        m[PATIENCE] = COUNTS_DOWN
    if m[CLICKS_AT_REST] > m[PATIENCE] or m[REST] > max(FROZEN, m[PATIENCE]):
        m[DEAD] = 1.0
    if f[BALL] == 0 and m[WAITS] != 0:
        m[REST] += 1
    ended = (m[DEAD] != 0 or f[STATUS] != GOES_ON) and m[CLEARED] == 0 and f[STATUS] != CRASHED
    lost = m[FLYING] == 0 or m[LOW] != 0  # a game that stops while its ball flies is no lost one
    m[END_MISSES] = m[MISSES] if ended and lost else 0.0


@compiled(nogil=True)
def report(f, m, stepped, o):  # type: ignore[no-untyped-def]
    """Write the observation [O], after a step or (not `stepped`) at the start, and begin to count anew."""
    m[DEAD_STEPS] = m[DEAD_STEPS] + 1 if stepped and m[DEAD] != 0 else 0.0
    width, height = max(f[WIDTH], 1.0), max(f[HEIGHT], 1.0)
    ended = m[DEAD] != 0 or f[STATUS] != GOES_ON
    last = m[TOLD] if m[TOLD] != 0 else m[END_MISSES]
    wrong = abs(last - RIGHT_TURNS) if last > 0 else max(0.0, m[MISSES] - RIGHT_TURNS, m[LATE_TURNS])
    if m[WALLS_CLEARED] != 0:
        wrong = 0.0
    at = _write(o, 0, (
        f[BALL], (f[BALL_LEFT] + f[BALL_RIGHT]) / 2 / width, (f[BALL_TOP] + f[BALL_BOTTOM]) / 2 / height, m[VX] / 10,
        m[VY] / 10, m[SIZE] / 20,
    ))  # fmt: skip
    at = _write(o, at, (
        f[PADDLE], (f[PADDLE_LEFT] + f[PADDLE_RIGHT]) / 2 / width, f[PADDLE_TOP] / height,
        min(f[BRICKS], MOST_BRICKS) / 100, min(m[BRICKS_AT_START], MOST_BRICKS) / 100,
    ))  # fmt: skip
    at = _write(o, at, (
        m[FIRST_OFF_X] / 10, m[FIRST_OFF_Y] / 10, m[SURE_OFF_X] / 10, m[SURE_OFF_Y] / 10,
    ))  # fmt: skip
    at = _write(o, at, (
        m[MISSES] / 5, m[WAITS], m[DEAD], _flag(ended), _flag(f[STATUS] == CRASHED), m[CLEARED],
        m[FRAME_NUMBER] / 10000,
    ))  # fmt: skip
    at = _write(o, at, (
        m[FRAMES] / 1000, m[OVER_SIDE] / 10, m[OVER_TOP] / 10, m[ABOVE] / 30, m[MOST_WALL_FLIPS] / 5,
        m[MOST_PADDLE_FLIPS] / 5,
    ))  # fmt: skip
    at = _write(o, at, (
        m[PADDLE_BOUNCES] / 10, _share(m[TURNED_AT_PADDLE], m[PADDLE_BOUNCES]), m[PASSED],
    ))  # fmt: skip
    at = _write(o, at, (
        m[HITS] / 10, m[NO_BOUNCE] / 10, _share(m[ALL_NO_BOUNCE], m[ALL_HITS]) if m[ALL_HITS] >= 10 else 0.0,
        _share_of_many(m[FLIPS_X], m[HITS]), _share_of_many(m[FLIPS_Y], m[HITS]),
        _share_of_many(m[FLIPS_BOTH], m[HITS]),
    ))  # fmt: skip
    at = _write(o, at, (
        m[STEP_GONE] / 10, m[MOST_GONE] / 2, m[SEVERAL] / 5, m[LARGEST_GAP] / 10,
        _share(m[EARLY], max(m[HITS], m[EARLY])),
    ))  # fmt: skip
    at = _write(o, at, (
        m[SERVED_UP], m[SERVED_DOWN], m[SERVED_LEFT], m[SERVED_RIGHT], m[FASTEST] / 10, m[SLOWEST] / 10,
        m[KEPT_VELOCITY], m[NEW_VELOCITY],
    ))  # fmt: skip
    at = _write(o, at, (
        m[CLICKS], m[CHANGED_AT_CLICK], m[MISSED], m[FLOOR_BOUNCES], wrong / 3, _flag(m[END_MISSES] > 0),
        m[AFTER_THE_LAST] / 30,
    ))  # fmt: skip
    at = _write(o, at, (
        m[COUNTED_HITS] / 10, m[UNCOUNTED_HITS] / 10, m[COUNTED_NOTHING] / 5, max(m[GONE_AT_FIRST_NUMBER] - 1, 0.0),
        m[NUMBER_FELL] / 10, m[SERVED_AFTER_TOLD],
    ))  # fmt: skip
    at = _write(o, at, (
        m[OTHERS], _share(m[OFFSET], m[OFFSETS]) * 2, m[BEYOND] / 10, m[EDGE_GAP] / 10,
        (m[PADDLE_TOP_LOW] - m[PADDLE_TOP_HIGH]) / 10, _flag(f[STATUS] == CRASHED), _flag(stepped),
    ))  # fmt: skip
    assert at == len(o)
    _clear(m)


@numba.njit(forceinline=True)
def _write(o, at, values):  # type: ignore[no-untyped-def]
    """Write some values, held within bounds; returns where the next one comes."""
    for value in values:
        o[at] = min(max(value, -LARGEST), LARGEST)
        at += 1
    return at


@compiled(nogil=True)
def finished(f, m):  # type: ignore[no-untyped-def]
    """Whether the episode is over: the program has ended, or nothing moves any more whatever the player does."""
    return f[STATUS] != GOES_ON or m[DEAD_STEPS] >= DEAD_ENOUGH


@compiled(nogil=True)
def broken_off(f, m):  # type: ignore[no-untyped-def]
    """Whether a ball that flew, over the paddle and among bricks, was on its way still when the program ended."""
    falls = m[LAST_BOTTOM] + max(2 * m[VY], 0) >= min(m[PADDLE_AT], f[HEIGHT])
    return m[FLYING] != 0 and m[REST] == 0 and m[LAST_BRICKS] > CROWD and not falls


@numba.njit(forceinline=True)
def _flag(so):  # type: ignore[no-untyped-def]
    return 1.0 if so else 0.0


@numba.njit(forceinline=True)
def _share_of_many(part, whole):  # type: ignore[no-untyped-def]
    return part / whole if whole >= 3 else 0.0


@numba.njit(forceinline=True)
def _share(part, whole):  # type: ignore[no-untyped-def]
    return part / whole if whole > 0 else 0.0


def empty(batch: int) -> np.ndarray:
    """Memories of rows that have not begun."""
    return np.zeros((batch, len(MEMORY)))
