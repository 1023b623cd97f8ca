"""The fast simulator: many games side by side in one compiled loop, bit-equal to `game.py`, which says what it does.

The balls of a game lie in lanes of 16 (10 used; a ball that does not exist rests at the centre), so that moving all of
them and asking whether any is near an edge or the paddle takes a few vector instructions; only then is each looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from dreamctl import Simulator, Step
from dreamctl.random_jit import below, bits
from numpy.typing import NDArray

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

# Where things lie in a row of `balls` (int16), by ball number.
LANES = 16
X, Y, VX, VY, WAS_VX, WAS_VY, HEADING, SPEED = (LANES * i for i in range(8))

# Where things lie in a row of `game` (int64). Sets of balls are bit masks.
COUNTER, ALIVE, COUNTED, IN_GOAL, AT_WALL, AT_PADDLE, FRESH, CHANGED = range(8)
OWN, OPPONENT, PADDLE_X, PADDLE_SPEED, LAUNCH_SPEED, GAME_FIELDS = range(8, 14)

BOUNCES_IN_GOAL, CODE_FIELDS = len(rules.EVENTS) + 1, len(rules.EVENTS) + 2  # in a row of `code`, after the starts

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
        self.balls = np.zeros((batch, LANES * 8), np.int16)  # [B, lanes of 16]
        self.game = np.zeros((batch, GAME_FIELDS), np.int64)  # [B, fields]
        self.keys = np.zeros(batch, np.uint64)  # [B] of the rows' random streams
        self.code = np.zeros((batch, CODE_FIELDS), np.int32)  # [B, starts in the pool, whether the goal bounces]
        self.pool = _Pool()
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
        self.keys[rows] = seeds
        for row, program in zip(rows.tolist(), params, strict=True):
            self.programs[row] = program
        if self.pool.used > _Pool.ROOM:
            self.pool = _Pool()
            params, places = self.programs, np.arange(self.batch)
        else:
            places = rows
        self.code[places] = self.pool.code(params)
        self.observation = self.observation.copy()
        self.over[rows] = False
        _start(rows, self.balls, self.game, self.keys, self.code, self.pool.words, self.score_limit, self.observation)
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        before, self.observation = self.observation, np.empty_like(self.observation)
        reward = np.empty(self.batch, np.float32)  # [B]
        _play(
            np.asarray(actions, np.int64),
            self.balls,
            self.game,
            self.keys,
            self.code,
            self.pool.words,
            self.score_limit,
            before,
            self.observation,
            reward,
            self.over,
        )
        return Step(self.observation, reward, self.over.copy())

    def render(self, row: int) -> NDArray[np.uint8]:
        return draw(self.observation[row])


class _Pool:
    """The words of every program seen, one after the other; a program is known by its identity."""

    ROOM = 1 << 22  # words, after which programs are forgotten and compiled again when they return

    def __init__(self) -> None:
        self.words = np.zeros(1 << 12, np.int32)
        self.used = 0
        self.known: dict[int, int] = {}  # id of a program -> its row in `starts`
        self.programs: list[Program] = []  # kept, so that no id is used again
        self.starts = np.zeros((256, CODE_FIELDS), np.int32)

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


@numba.njit(cache=True, nogil=True)
def _start(rows, balls, game, keys, code, pool, limit, seen):  # type: ignore[no-untyped-def]
    """Begin a game in each of `rows`: `when run`, then the first observation."""
    for b in rows:
        for k in range(LANES):
            balls[b, X + k] = START
            balls[b, Y + k] = START
            balls[b, VX + k] = 0
            balls[b, VY + k] = 0
        game[b, :] = 0
        game[b, PADDLE_X] = PADDLE_START
        game[b, PADDLE_SPEED] = PADDLE_SPEEDS[NORMAL]
        game[b, LAUNCH_SPEED] = NORMAL
        _run(b, RUN, 0, balls, game, keys, code, pool, limit)
        seen[b, :] = 0
        _show(b, balls, game, limit, seen)


@numba.njit(cache=True, nogil=True)
def _play(actions, balls, game, keys, code, pool, limit, before, seen, reward, over):  # type: ignore[no-untyped-def]
    """One step of every game that is not over; the others hold still."""
    for b in range(len(actions)):
        own, opponent = game[b, OWN], game[b, OPPONENT]
        if over[b] or own >= limit or opponent >= limit:
            over[b] = True
            reward[b] = 0
            for i in range(seen.shape[1]):
                seen[b, i] = before[b, i]
            continue
        for i in range(seen.shape[1]):
            seen[b, i] = 0
        for _ in range(rules.FRAMES_PER_STEP):
            _frame(b, actions[b], balls, game, keys, code, pool, limit, seen)
            if game[b, OWN] >= limit or game[b, OPPONENT] >= limit:
                over[b] = True
                break
        reward[b] = game[b, OWN] - own - (game[b, OPPONENT] - opponent)
        _show(b, balls, game, limit, seen)


@numba.njit(inline="always")
def _frame(b, action, balls, game, keys, code, pool, limit, seen):  # type: ignore[no-untyped-def]
    near = np.int16(0)  # negative once a ball is near an edge or as low as the paddle
    for k in range(LANES):
        vx, vy = balls[b, VX + k], balls[b, VY + k]
        x, y = np.int16(balls[b, X + k] + vx), np.int16(balls[b, Y + k] + vy)
        balls[b, X + k] = x
        balls[b, Y + k] = y
        balls[b, WAS_VX + k] = vx
        balls[b, WAS_VY + k] = vy
        edge = np.int16(x - BORDER) | np.int16(SCREEN - BORDER - BALL - 1 - x)
        near |= edge | np.int16(y - BORDER) | np.int16(PADDLE_TOP - BALL - y)
    game[b, FRESH] = 0
    game[b, CHANGED] = 0
    paddle = game[b, PADDLE_X]
    if action == 0 or action == 1:
        seen[b, KEY_COUNT + action] += 1
        _run(b, LEFT + action, 0, balls, game, keys, code, pool, limit)
    if near < 0 or (game[b, IN_GOAL] | game[b, AT_WALL] | game[b, AT_PADDLE]) != 0:
        _touch(b, balls, game, keys, code, pool, limit, seen)
    if game[b, CHANGED] != 0:
        _count_turns(b, balls, game, seen)
    fresh = game[b, FRESH]
    while fresh != 0:
        seen[b, APPEARED] += fresh & 1
        fresh >>= 1
    moved = game[b, PADDLE_X] - paddle
    seen[b, MOVED_RIGHT] += max(moved, 0)
    seen[b, MOVED_LEFT] += max(-moved, 0)


@numba.njit(inline="always")
def _touch(b, balls, game, keys, code, pool, limit, seen):  # type: ignore[no-untyped-def]
    """What each ball touches, and what the program does about it. A ball just launched stands free in the centre."""
    in_goal, at_wall, at_paddle = 0, 0, 0
    mask = game[b, ALIVE] & ~game[b, FRESH]
    k = 0
    while mask >> k != 0:
        bit = 1 << k
        if mask & bit == 0:
            k += 1
            continue
        x, y = np.int64(balls[b, X + k]), np.int64(balls[b, Y + k])
        paddle = game[b, PADDLE_X]
        event = 0
        if y < BORDER and x >= GOAL_LEFT and x + BALL <= GOAL_RIGHT:
            event = GOAL
            seen[b, GOAL_COUNT] += 1
            if game[b, IN_GOAL] & bit == 0:
                seen[b, GOAL_ENTERED] += 1
            in_goal |= bit
        elif y >= SCREEN:
            event = MISS
            seen[b, MISS_COUNT] += 1
        elif x < BORDER or x + BALL >= SCREEN - BORDER or y < BORDER:
            event = WALL
            seen[b, WALL_COUNT] += 1
            if game[b, AT_WALL] & bit == 0:
                seen[b, WALL_NEW] += 1
            at_wall |= bit
            balls[b, X + k] = min(max(x, -FAR), FAR)
        elif (
            y + BALL > PADDLE_TOP
            and y < PADDLE_TOP + PADDLE_HEIGHT
            and x + BALL > paddle
            and x < paddle + PADDLE_WIDTH
        ):
            event = PADDLE
            seen[b, PADDLE_COUNT] += 1
            if game[b, AT_PADDLE] & bit == 0:
                seen[b, PADDLE_NEW] += 1
            at_paddle |= bit
        if event != 0:
            if game[b, COUNTED] & bit == 0:
                if event == GOAL and code[b, BOUNCES_IN_GOAL] == 0:
                    game[b, COUNTED] |= bit
                _run(b, event, k, balls, game, keys, code, pool, limit)
            if (y + BALL <= 0 or y >= SCREEN) and game[b, FRESH] & bit == 0:
                seen[b, GONE] += 1
                game[b, ALIVE] &= ~bit
                game[b, COUNTED] &= ~bit
                balls[b, X + k] = START
                balls[b, Y + k] = START
                balls[b, VX + k] = 0
                balls[b, VY + k] = 0
        k += 1
    here = game[b, ALIVE] & ~game[b, FRESH]
    game[b, IN_GOAL] = in_goal & here
    game[b, AT_WALL] = at_wall & here
    game[b, AT_PADDLE] = at_paddle & here


@numba.njit(inline="always")
def _count_turns(b, balls, game, seen):  # type: ignore[no-untyped-def]
    """Count the balls whose velocity is not what it was when the frame began, by what they touch."""
    here = game[b, ALIVE] & ~game[b, FRESH]
    for k in range(BALLS):
        bit = 1 << k
        same = balls[b, VX + k] == balls[b, WAS_VX + k] and balls[b, VY + k] == balls[b, WAS_VY + k]
        if here & bit == 0 or same:
            continue
        if game[b, IN_GOAL] & bit:
            seen[b, TURNED_GOAL] += 1
        elif game[b, AT_WALL] & bit:
            seen[b, TURNED_WALL] += 1
        elif game[b, AT_PADDLE] & bit:
            seen[b, TURNED_PADDLE] += 1
        else:
            seen[b, TURNED_NONE] += 1


@numba.njit(inline="always")
def _show(b, balls, game, limit, seen):  # type: ignore[no-untyped-def]
    """Write paddle, scores and balls; `seen[b]` holds zeros there."""
    seen[b, 0] = game[b, PADDLE_X]
    seen[b, 1] = min(game[b, OWN], limit)
    seen[b, 2] = min(game[b, OPPONENT], limit)
    alive, k, many = game[b, ALIVE], 0, 0
    while alive >> k != 0:
        if (alive >> k) & 1:
            at = BALLS_AT + FIELDS * k
            seen[b, at] = 1
            seen[b, at + 1] = min(max(balls[b, X + k], X_LOW), X_HIGH)
            seen[b, at + 2] = balls[b, Y + k]
            seen[b, at + 3] = balls[b, VX + k]
            seen[b, at + 4] = balls[b, VY + k]
            many += 1
        k += 1
    seen[b, 3] = many


@numba.njit(inline="always")
def _run(b, event, k, balls, game, keys, code, pool, limit):  # type: ignore[no-untyped-def]
    """Run the commands of an event; `k` is the ball that it happened to."""
    for i in range(code[b, event], code[b, event + 1]):
        op, n = pool[i] & OP_MASK, pool[i] >> OP_BITS
        if op == OP_LEFT:
            game[b, PADDLE_X] = max(PADDLE_LOW, game[b, PADDLE_X] - n * game[b, PADDLE_SPEED])
        elif op == OP_RIGHT:
            game[b, PADDLE_X] = min(PADDLE_HIGH, game[b, PADDLE_X] + n * game[b, PADDLE_SPEED])
        elif op == OP_SCORE:
            game[b, OWN] += n
        elif op == OP_OPPONENT:
            game[b, OPPONENT] += n
        elif op == OP_BOUNCE:
            _bounce(b, event, k, n, balls, game)
        elif op == OP_LAUNCH:
            if event != GOAL and event != MISS:
                for _ in range(min(n, BALLS)):
                    free = 0
                    while free < BALLS and (game[b, ALIVE] >> free) & 1:
                        free += 1
                    if free < BALLS:
                        _launch(b, free, balls, game, keys)
            elif game[b, OWN] < limit and game[b, OPPONENT] < limit:
                game[b, COUNTER] += n - 1  # only the last heading is seen
                _launch(b, k, balls, game, keys)
        elif op == OP_PADDLE_SPEED:
            game[b, PADDLE_SPEED] = PADDLE_SPEEDS[n]
        elif op == OP_RANDOM_PADDLE_SPEED:
            game[b, COUNTER] += n - 1
            game[b, PADDLE_SPEED] = PADDLE_SPEEDS[_draw(b, FIVE, game, keys)]
        elif game[b, ALIVE] != 0:
            speed = np.int64(n)
            if op == OP_RANDOM_BALL_SPEED:
                game[b, COUNTER] += n - 1
                speed = _draw(b, FIVE, game, keys)
            _set_ball_speed(b, event, speed, balls, game)


@numba.njit(cache=True)
def _set_ball_speed(b, event, speed, balls, game):  # type: ignore[no-untyped-def]
    game[b, CHANGED] = 1
    if event == RUN:
        game[b, LAUNCH_SPEED] = speed
    for k in range(BALLS):
        if (game[b, ALIVE] >> k) & 1:
            balls[b, SPEED + k] = speed
            balls[b, VX + k] = VELOCITY[speed, balls[b, HEADING + k], 0]
            balls[b, VY + k] = VELOCITY[speed, balls[b, HEADING + k], 1]


@numba.njit(cache=True)
def _bounce(b, event, k, n, balls, game):  # type: ignore[no-untyped-def]
    x, vx, vy = np.int64(balls[b, X + k]), balls[b, VX + k], balls[b, VY + k]
    heading = np.int64(balls[b, HEADING + k])
    game[b, CHANGED] = 1
    if event == PADDLE:
        offset = game[b, PADDLE_X] + PADDLE_WIDTH // 2 - (x + BALL // 2)
        for _ in range(n):
            if vy > 0:
                heading = (180 - heading - offset) % 360
                vx = VELOCITY[balls[b, SPEED + k], heading, 0]
                vy = VELOCITY[balls[b, SPEED + k], heading, 1]
    elif event == WALL and x <= BORDER:
        if vx < 0:
            vx, heading = -vx, (360 - heading) % 360
    elif event == WALL and x + BALL >= SCREEN - BORDER:
        if vx > 0:
            vx, heading = -vx, (360 - heading) % 360
    elif vy < 0:  # the top wall, or the goal
        vy, heading = -vy, (180 - heading) % 360
    balls[b, VX + k] = vx
    balls[b, VY + k] = vy
    balls[b, HEADING + k] = heading


@numba.njit(cache=True)
def _launch(b, k, balls, game, keys):  # type: ignore[no-untyped-def]
    bit = 1 << k
    heading = LAUNCH_LOW + _draw(b, HEADINGS, game, keys)
    speed = game[b, LAUNCH_SPEED]
    balls[b, X + k] = START
    balls[b, Y + k] = START
    balls[b, HEADING + k] = heading
    balls[b, SPEED + k] = speed
    balls[b, VX + k] = VELOCITY[speed, heading, 0]
    balls[b, VY + k] = VELOCITY[speed, heading, 1]
    game[b, ALIVE] |= bit
    game[b, COUNTED] &= ~bit
    game[b, FRESH] |= bit


@numba.njit(inline="always")
def _draw(b, n, game, keys):  # type: ignore[no-untyped-def]
    """A whole number below `n`: the next draw of the row's stream."""
    value = np.int64(below(bits(keys[b], np.uint64(game[b, COUNTER])), n))
    game[b, COUNTER] += 1
    return value
