"""The fast simulator: many games side by side in one compiled loop, bit-equal to `game.py`, which says what it does.

The balls of a game lie in lanes of 16 (10 used; a ball that does not exist rests at the centre), so that moving all of
them and asking whether any is near an edge or the paddle takes a few vector instructions; only then is each looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled
from dreamctl.random_jit import below, bits

from . import programs, rules
from .drawing import draw
from .programs import Program
from .rules import (
    AT,
    BALL,
    BALLS,
    BALLS_AT,
    BORDER,
    FIELDS,
    GOAL,
    GOAL_LEFT,
    GOAL_RIGHT,
    LAUNCH_LOW,
    LEFT,
    MISS,
    NORMAL,
    PADDLE,
    PADDLE_HEIGHT,
    PADDLE_HIGH,
    PADDLE_LOW,
    PADDLE_START,
    PADDLE_TOP,
    PADDLE_WIDTH,
    RUN,
    SCORE_LIMIT,
    SCREEN,
    START,
    VELOCITY,
    WALL,
    X_HIGH,
    X_LOW,
)

BOUNCES_IN_GOAL, CODE_FIELDS = len(rules.EVENTS) + 1, len(rules.EVENTS) + 2  # in a row of code, after the starts
LANES = 16
GAME = np.dtype(  # one game: what is touched in every frame comes first. Sets of balls are bit masks.
    [
        ("x", np.int16, LANES),
        ("y", np.int16, LANES),
        ("vx", np.int16, LANES),
        ("vy", np.int16, LANES),
        ("was_vx", np.int16, LANES),  # when the frame began
        ("was_vy", np.int16, LANES),
        ("alive", np.int64),
        ("fresh", np.int64),  # launched in this frame
        ("in_goal", np.int64),  # touched in the last frame
        ("at_wall", np.int64),
        ("at_paddle", np.int64),
        ("counted", np.int64),  # in the goal, and not put back since
        ("turned", np.int64),  # whether a command may have changed a velocity in this frame
        ("paddle_x", np.int64),
        ("paddle_speed", np.int64),  # pixels a command
        ("own", np.int64),
        ("opponent", np.int64),
        ("code", np.int32, CODE_FIELDS),
        ("launch_speed", np.int64),
        ("key", np.uint64),  # of the random stream
        ("counter", np.uint64),  # draws made
        ("stride", np.uint64),  # how far a draw moves the counter on: 1, or 0 to hold chance still
        ("heading", np.int16, LANES),
        ("speed", np.int16, LANES),
        ("seen", np.int16, len(rules.FEATURES)),
    ],
    align=True,
)

PADDLE_SPEEDS = np.array(rules.PADDLE_SPEEDS)
HEADINGS, FIVE = np.uint64(rules.LAUNCH_HEADINGS), np.uint64(len(rules.SPEEDS))
NOTHING = Program((b"",) * len(rules.EVENTS))  # the program of a row that was never reset
FAR = 8 * SCREEN  # a ball this far beside the screen never comes back; it waits there, so that int16 is enough

GOAL_COUNT, GOAL_ENTERED, MISS_COUNT = AT["goal"], AT["goal_entered"], AT["miss"]
WALL_COUNT, WALL_NEW, PADDLE_COUNT, PADDLE_NEW = AT["wall"], AT["wall_new"], AT["paddle"], AT["paddle_new"]
KEY_COUNT, APPEARED, GONE = AT["left"], AT["appeared"], AT["gone"]
TURNED_GOAL, TURNED_WALL, TURNED_PADDLE = AT["turned_goal"], AT["turned_wall"], AT["turned_paddle"]
TURNED_NONE, MOVED_RIGHT, MOVED_LEFT = AT["turned_none"], AT["paddle_moved_right"], AT["paddle_moved_left"]

OP_LEFT, OP_RIGHT, OP_BOUNCE = programs.OP_LEFT, programs.OP_RIGHT, programs.OP_BOUNCE
OP_SCORE, OP_OPPONENT, OP_LAUNCH = programs.OP_SCORE, programs.OP_OPPONENT, programs.OP_LAUNCH
OP_BALL_SPEED, OP_RANDOM_BALL_SPEED = programs.OP_BALL_SPEED, programs.OP_RANDOM_BALL_SPEED
OP_PADDLE_SPEED, OP_RANDOM_PADDLE_SPEED = programs.OP_PADDLE_SPEED, programs.OP_RANDOM_PADDLE_SPEED
OP_BITS, OP_MASK = programs.OP_BITS, (1 << programs.OP_BITS) - 1


class FastBounce(Simulator):
    """`batch` games of Bounce; params are `Program`s, and a program is compiled when it is first seen."""

    def __init__(self, batch: int, score_limit: int = SCORE_LIMIT) -> None:
        self.batch, self.score_limit = batch, score_limit
        self.games = np.zeros(batch, GAME)  # [B]
        self.games["stride"] = 1
        self.pool = Pool()
        self.programs = [NOTHING] * batch
        self.observation = np.zeros((batch, len(rules.FEATURES)), np.int16)  # [B, O]
        self.over = np.ones(batch, bool)  # [B] a row is over until it is reset

    def reset(
        self,
        params: Sequence[Program],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.int16]:
        rows = np.asarray(rows, np.intp)
        self.games["key"][rows] = seeds
        for row, program in zip(rows.tolist(), params, strict=True):
            self.programs[row] = program
        if len(self.pool) > Pool.ROOM:
            self.pool = Pool()
            params, places = self.programs, np.arange(self.batch)
        else:
            places = rows
        self.games["code"][places] = self.pool.code(params)
        self.observation = self.observation.copy()
        self.over[rows] = False
        start(rows, self.games, self.pool.words, self.score_limit, self.observation)
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        self.observation = np.empty_like(self.observation)
        reward = np.empty(self.batch, np.float32)  # [B]
        actions = np.asarray(actions, np.int64)
        play(actions, self.games, self.pool.words, self.score_limit, self.observation, reward, self.over)
        return Step(self.observation, reward, self.over.copy())

    def render(self, row: int) -> NDArray[np.uint8]:
        return draw(self.observation[row])


class Pool:
    """The words of every program seen, one after the other; a program is known by its identity."""

    ROOM = 1 << 22  # numbers held, after which programs are forgotten, and compiled again when they return

    def __init__(self) -> None:
        self.words = np.zeros(1 << 12, np.int32)
        self.used = 0
        self.known: dict[int, int] = {}  # id of a program -> its row in `starts`
        self.programs: list[Program] = []  # kept, so that no id is used again
        self.starts = np.zeros((256, CODE_FIELDS), np.int32)

    def __len__(self) -> int:
        return self.used + CODE_FIELDS * len(self.programs)

    def code(self, programs: Sequence[Program]) -> NDArray[np.int32]:
        known = self.known
        indices = [known[id(p)] if id(p) in known else self.add(p) for p in programs]
        return self.starts[indices]

    def add(self, program: Program) -> int:
        words, starts = program.code
        index = len(self.programs)
        self.words = _with_room(self.words, self.used + len(words))
        self.words[self.used : self.used + len(words)] = words
        self.starts = _with_room(self.starts, index + 1)
        self.starts[index, :BOUNCES_IN_GOAL] = self.used + starts
        self.starts[index, BOUNCES_IN_GOAL] = program.bounces_in_goal
        self.used += len(words)
        self.programs.append(program)
        self.known[id(program)] = index
        return index


def _with_room(array: NDArray[np.int32], rows: int) -> NDArray[np.int32]:
    if rows <= len(array):
        return array
    larger = np.zeros((max(rows, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


# --- compiled -------------------------------------------------------------------------------------------------
# A game is passed as a record: a bare pointer, where arrays would be counted references in the innermost loop.


@compiled(nogil=True)
def start(rows, games, pool, limit, seen):  # type: ignore[no-untyped-def]
    """Begin a game in each of `rows`: `when run`, then the first observation."""
    for b in rows:
        g = games[b]
        for k in range(LANES):
            g.x[k] = START
            g.y[k] = START
            g.vx[k] = 0
            g.vy[k] = 0
        g.alive, g.fresh, g.in_goal, g.at_wall, g.at_paddle, g.counted = 0, 0, 0, 0, 0, 0
        g.paddle_x, g.paddle_speed, g.launch_speed = PADDLE_START, PADDLE_SPEEDS[NORMAL], NORMAL
        g.own, g.opponent = 0, 0
        g.counter = np.uint64(0)
        _run(g, RUN, 0, pool, limit)
        for i in range(len(g.seen)):
            g.seen[i] = 0
        _show(g, limit)
        for i in range(len(g.seen)):
            seen[b, i] = g.seen[i]


@compiled(nogil=True)
def play(actions, games, pool, limit, seen, reward, over):  # type: ignore[no-untyped-def]
    """One step of every game that is not over; the others hold still."""
    for b in range(len(actions)):
        g = games[b]
        reward[b] = 0
        over[b] |= over_of(g, limit)
        if not over[b]:
            own, opponent = g.own, g.opponent
            for i in range(len(g.seen)):
                g.seen[i] = 0
            for _ in range(rules.FRAMES_PER_STEP):
                if not over[b]:
                    frame_of(g, actions[b], pool, limit)
                    over[b] = over_of(g, limit)
            reward[b] = g.own - own - (g.opponent - opponent)
            _show(g, limit)
        for i in range(len(g.seen)):
            seen[b, i] = g.seen[i]


@numba.njit(forceinline=True)
def over_of(g, limit):  # type: ignore[no-untyped-def]
    return g.own >= limit or g.opponent >= limit


@numba.njit(forceinline=True)
def frame_of(g, action, pool, limit):  # type: ignore[no-untyped-def]
    near = np.int16(0)  # negative once a ball is near an edge or as low as the paddle
    for k in range(LANES):
        g.was_vx[k] = g.vx[k]
        g.was_vy[k] = g.vy[k]
        x, y = np.int16(g.x[k] + g.vx[k]), np.int16(g.y[k] + g.vy[k])
        g.x[k] = x
        g.y[k] = y
        beside = np.int16(x - BORDER) | np.int16(SCREEN - BORDER - BALL - 1 - x)
        near |= beside | np.int16(y - BORDER) | np.int16(PADDLE_TOP - BALL - y)
    g.fresh, g.turned = 0, 0
    paddle = g.paddle_x
    if action == 0 or action == 1:
        g.seen[KEY_COUNT + action] += 1
        _run(g, LEFT + action, 0, pool, limit)
    if near < 0 or (g.in_goal | g.at_wall | g.at_paddle) != 0:
        _touch(g, pool, limit)
    if g.turned != 0:
        _count_turns(g)
    fresh = g.fresh
    while fresh != 0:
        g.seen[APPEARED] += fresh & 1
        fresh >>= 1
    g.seen[MOVED_RIGHT] += max(g.paddle_x - paddle, 0)
    g.seen[MOVED_LEFT] += max(paddle - g.paddle_x, 0)


@numba.njit(forceinline=True)
def _touch(g, pool, limit):  # type: ignore[no-untyped-def]
    """What each ball touches, and what the program does about it. A ball just launched stands free in the centre."""
    was_in_goal, was_at_wall, was_at_paddle = g.in_goal, g.at_wall, g.at_paddle
    in_goal, at_wall, at_paddle = 0, 0, 0
    here = g.alive & ~g.fresh
    for k in range(BALLS):
        bit = 1 << k
        if here & bit == 0:
            continue
        x, y = np.int64(g.x[k]), np.int64(g.y[k])
        if y < BORDER and x >= GOAL_LEFT and x + BALL <= GOAL_RIGHT:
            event = GOAL
            g.seen[GOAL_COUNT] += 1
            g.seen[GOAL_ENTERED] += was_in_goal & bit == 0
            in_goal |= bit
        elif y >= SCREEN:
            event = MISS
            g.seen[MISS_COUNT] += 1
        elif x < BORDER or x + BALL >= SCREEN - BORDER or y < BORDER:
            event = WALL
            g.seen[WALL_COUNT] += 1
            g.seen[WALL_NEW] += was_at_wall & bit == 0
            at_wall |= bit
            g.x[k] = min(max(x, -FAR), FAR)
        elif (
            y + BALL > PADDLE_TOP
            and y < PADDLE_TOP + PADDLE_HEIGHT
            and x + BALL > g.paddle_x
            and x < g.paddle_x + PADDLE_WIDTH
        ):
            event = PADDLE
            g.seen[PADDLE_COUNT] += 1
            g.seen[PADDLE_NEW] += was_at_paddle & bit == 0
            at_paddle |= bit
        else:
            continue
        if g.counted & bit == 0:
            if event == GOAL and g.code[BOUNCES_IN_GOAL] == 0:
                g.counted |= bit
            _run(g, event, k, pool, limit)
        if (y + BALL <= 0 or y >= SCREEN) and g.fresh & bit == 0:
            g.seen[GONE] += 1
            g.alive &= ~bit
            g.counted &= ~bit
            g.x[k] = START
            g.y[k] = START
            g.vx[k] = 0
            g.vy[k] = 0
    here = g.alive & ~g.fresh
    g.in_goal, g.at_wall, g.at_paddle = in_goal & here, at_wall & here, at_paddle & here


@numba.njit
def _count_turns(g):  # type: ignore[no-untyped-def]
    """Count the balls whose velocity is not what it was when the frame began, by what they touch."""
    here = g.alive & ~g.fresh
    for k in range(BALLS):
        bit = 1 << k
        same = g.vx[k] == g.was_vx[k] and g.vy[k] == g.was_vy[k]
        if here & bit == 0 or same:
            continue
        if g.in_goal & bit:
            g.seen[TURNED_GOAL] += 1
        elif g.at_wall & bit:
            g.seen[TURNED_WALL] += 1
        elif g.at_paddle & bit:
            g.seen[TURNED_PADDLE] += 1
        else:
            g.seen[TURNED_NONE] += 1


@numba.njit(forceinline=True)
def _show(g, limit):  # type: ignore[no-untyped-def]
    """Write paddle, scores and balls into `seen`, which holds zeros there."""
    g.seen[0] = g.paddle_x
    g.seen[1] = min(g.own, limit)
    g.seen[2] = min(g.opponent, limit)
    many = 0
    for k in range(BALLS):
        if g.alive >> k == 0:
            break
        if g.alive & (1 << k):
            at = BALLS_AT + FIELDS * k
            g.seen[at] = 1
            g.seen[at + 1] = min(max(g.x[k], X_LOW), X_HIGH)
            g.seen[at + 2] = g.y[k]
            g.seen[at + 3] = g.vx[k]
            g.seen[at + 4] = g.vy[k]
            many += 1
    g.seen[3] = many


@numba.njit(forceinline=True)
def _run(g, event, k, pool, limit):  # type: ignore[no-untyped-def]
    """Run the commands of an event; `k` is the ball that it happened to."""
    for i in range(g.code[event], g.code[event + 1]):
        op, n = pool[i] & OP_MASK, np.int64(pool[i] >> OP_BITS)
        if op == OP_LEFT:
            g.paddle_x = max(PADDLE_LOW, g.paddle_x - n * g.paddle_speed)
        elif op == OP_RIGHT:
            g.paddle_x = min(PADDLE_HIGH, g.paddle_x + n * g.paddle_speed)
        elif op == OP_SCORE:
            g.own += n
        elif op == OP_OPPONENT:
            g.opponent += n
        elif op == OP_BOUNCE:
            _bounce(g, event, k, n)
        elif op == OP_LAUNCH:
            if event != GOAL and event != MISS:
                _launch_others(g, n)
            elif not over_of(g, limit):
                g.counter += g.stride * np.uint64(n - 1)  # only the last heading is seen
                _launch(g, k)
        elif op == OP_PADDLE_SPEED:
            g.paddle_speed = PADDLE_SPEEDS[n]
        elif op == OP_RANDOM_PADDLE_SPEED:
            g.counter += g.stride * np.uint64(n - 1)
            g.paddle_speed = PADDLE_SPEEDS[_draw(g, FIVE)]
        elif g.alive != 0:
            if op == OP_RANDOM_BALL_SPEED:
                g.counter += g.stride * np.uint64(n - 1)
                n = _draw(g, FIVE)
            _set_ball_speed(g, event, n)


@numba.njit
def _set_ball_speed(g, event, speed):  # type: ignore[no-untyped-def]
    g.turned = 1
    if event == RUN:
        g.launch_speed = speed
    for k in range(BALLS):
        if g.alive & (1 << k):
            g.speed[k] = speed
            g.vx[k] = VELOCITY[speed, g.heading[k], 0]
            g.vy[k] = VELOCITY[speed, g.heading[k], 1]


@numba.njit
def _bounce(g, event, k, n):  # type: ignore[no-untyped-def]
    x, vx, vy, heading = np.int64(g.x[k]), np.int64(g.vx[k]), np.int64(g.vy[k]), np.int64(g.heading[k])
    g.turned = 1
    if event == PADDLE:
        offset = g.paddle_x + PADDLE_WIDTH // 2 - (x + BALL // 2)
        for _ in range(n):
            if vy > 0:
                heading = (180 - heading - offset) % 360
                vx, vy = np.int64(VELOCITY[g.speed[k], heading, 0]), np.int64(VELOCITY[g.speed[k], heading, 1])
    elif event == WALL and x <= BORDER:
        if vx < 0:
            vx, heading = -vx, (360 - heading) % 360
    elif event == WALL and x + BALL >= SCREEN - BORDER:
        if vx > 0:
            vx, heading = -vx, (360 - heading) % 360
    elif vy < 0:  # the top wall, or the goal
        vy, heading = -vy, (180 - heading) % 360
    g.vx[k] = vx
    g.vy[k] = vy
    g.heading[k] = heading


@numba.njit
def _launch_others(g, n):  # type: ignore[no-untyped-def]
    """Launch up to `n` balls that do not exist, lowest number first."""
    for k in range(BALLS):
        if n > 0 and g.alive & (1 << k) == 0:
            _launch(g, k)
            n -= 1


@numba.njit
def _launch(g, k):  # type: ignore[no-untyped-def]
    bit = 1 << k
    heading = LAUNCH_LOW + _draw(g, HEADINGS)
    g.x[k] = START
    g.y[k] = START
    g.heading[k] = heading
    g.speed[k] = g.launch_speed
    g.vx[k] = VELOCITY[g.launch_speed, heading, 0]
    g.vy[k] = VELOCITY[g.launch_speed, heading, 1]
    g.alive |= bit
    g.counted &= ~bit
    g.fresh |= bit


@numba.njit(forceinline=True)
def _draw(g, n):  # type: ignore[no-untyped-def]
    """A whole number below `n`: the next draw of the game's stream."""
    value = np.int64(below(bits(g.key, g.counter), n))
    g.counter += g.stride
    return value
