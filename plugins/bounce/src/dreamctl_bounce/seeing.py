"""Reading the game from its pictures: boxes, velocities, contacts, scores, from what is drawn and nothing else.

Every ball that is known is looked for where it would be by now, and taken away from the picture; what is left are balls
that turned or were launched, and they are found by their corners. A velocity is how far a ball moved until the next
frame, so what happens to it in a frame is known one frame later: a reading is of the game after the first of the two
frames shown, and counts what happened in that frame and in the one before. Otherwise it is what `bounce` shows.

When a game ends, its last frame is read with the rest. What a picture hides stays hidden: a ball beside the screen is
thought to fly on, and at the step limit, which nobody sees coming, the last frame is not read.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from dreamctl.compiled import compiled

from .fast_pictures import EMPTY
from .pictures import BALLS_SEEN, CELL, DIGIT_WIDTH, DOT, DOTS, INK, MARGIN, PANEL, PLANES, SCENE, WIDTH, WOOD
from .rules import (
    AT,
    BALL,
    BALL_SPEEDS,
    BALLS,
    BALLS_AT,
    BORDER,
    FEATURES,
    FIELDS,
    GOAL,
    GOAL_LEFT,
    GOAL_RIGHT,
    MISS,
    PADDLE,
    PADDLE_HEIGHT,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCREEN,
    START,
    WALL,
    X_HIGH,
    X_LOW,
)

NONE = -1
NOWHERE = -SCREEN
EXPECTED, LAUNCHED = 3, 15  # cells that a ball is given for being where one was expected, or is launched
SURE = 25  # cells that are enough to look no further
FASTEST = max(BALL_SPEEDS)
SLOWEST = min(BALL_SPEEDS) // 2  # along the faster axis
LOST = 12  # frames after which a ball that cannot be told from others is given up
MOST = 2 * BALLS  # places where a ball may be found
CELLS = SCREEN // CELL
PADDLE_ROW = PANEL + PADDLE_TOP // CELL
VIEW = np.dtype(  # what is known of one game after the last frame seen
    [
        ("x", np.int64, BALLS),
        ("y", np.int64, BALLS),
        ("vx", np.int64, BALLS),  # pixels from the frame before to the last; 0 for a ball just launched
        ("vy", np.int64, BALLS),
        ("alive", np.int64, BALLS),
        ("missed", np.int64, BALLS),  # frames since it was last told from the balls that it lies on
        ("fresh", np.int64, BALLS),  # launched in the last frame
        ("touched", np.int64, BALLS),  # event of the contact in the last frame, or NONE
        ("paddle", np.int64),
        ("own", np.int64),
        ("opponent", np.int64),
        ("counts", np.int64, len(FEATURES)),  # what happened in the last frame, turns not yet among it
        ("action", np.int64),
    ],
    align=True,
)
GOAL_COUNT, ENTERED, MISS_COUNT, WALL_COUNT = AT["goal"], AT["goal_entered"], AT["miss"], AT["wall"]
WALL_NEW, PADDLE_COUNT, PADDLE_NEW, KEY = AT["wall_new"], AT["paddle"], AT["paddle_new"], AT["left"]
APPEARED, GONE, MOVED_RIGHT, MOVED_LEFT = AT["appeared"], AT["gone"], AT["paddle_moved_right"], AT["paddle_moved_left"]
TURNED_GOAL, TURNED_WALL = AT["turned_goal"], AT["turned_wall"]
TURNED_PADDLE, TURNED_NONE = AT["turned_paddle"], AT["turned_none"]
SCENE_ALONE = np.ascontiguousarray(EMPTY[..., SCENE]).astype(np.int64)  # [112, 100]


class PictureReader:
    """Reads `batch` games; each row is told when it begins anew."""

    def __init__(self, batch: int) -> None:
        self.views = np.zeros(batch, VIEW)  # [B]
        self.seen = np.zeros((batch, len(FEATURES)), np.int16)  # [B, O]

    def start(self, rows: NDArray[np.intp], pictures: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Read the first picture of an episode in `rows`, of `pictures` [B, *O]; readings of all rows [B, O]."""
        self.seen = self.seen.copy()
        _start(np.asarray(rows, np.intp), pictures, self.views, self.seen)
        return self.seen

    def read(
        self,
        pictures: NDArray[np.uint8],
        actions: NDArray[np.integer],
        going: NDArray[np.bool_],
        ended: NDArray[np.bool_],
    ) -> NDArray[np.int16]:
        """Read the pictures that `actions` [B] led to; rows that are not `going` on hold still."""
        self.seen = self.seen.copy()
        _read(pictures, np.asarray(actions, np.int64), going, ended, self.views, self.seen)
        return self.seen


@compiled(nogil=True)
def _start(rows, pictures, views, seen):  # type: ignore[no-untyped-def]
    left = np.empty((CELLS, CELLS), np.int64)
    for b in rows:
        v = views[b]
        for k in range(BALLS):
            v.alive[k] = 0
            v.vx[k] = 0
            v.vy[k] = 0
            v.touched[k] = NONE
        v.paddle = _paddle(pictures[b], 0)
        v.own, v.opponent = _score(pictures[b], 0, False), _score(pictures[b], 0, True)
        _next(pictures[b], 0, v, left)
        v.counts[:] = 0
        v.action = NONE
        seen[b, :] = 0
        _show(v.x, v.y, v.vx, v.vy, v.alive, v.paddle, v.own, v.opponent, seen[b])


@compiled(nogil=True)
def _read(pictures, actions, going, ended, views, seen):  # type: ignore[no-untyped-def]
    left = np.empty((CELLS, CELLS), np.int64)
    total = np.empty(len(FEATURES), np.int64)
    for b in range(len(pictures)):
        if not going[b]:
            continue
        v = views[b]
        total[:] = 0
        v.action = actions[b]
        _turn_page(pictures[b], 0, v, left, total)  # completes the second frame of the step before
        x, y, alive = v.x.copy(), v.y.copy(), v.alive.copy()
        vx, vy = v.vx.copy(), v.vy.copy()
        paddle, own, opponent = v.paddle, v.own, v.opponent
        if not ended[b] or not _same_frames(pictures[b]):
            _turn_page(pictures[b], 1, v, left, total)  # completes the first frame of this step
        for k in range(BALLS):
            if v.alive[k] and not v.fresh[k]:
                vx[k], vy[k] = v.vx[k], v.vy[k]
        if ended[b]:
            x, y, alive = v.x.copy(), v.y.copy(), v.alive.copy()
            paddle, own, opponent = v.paddle, v.own, v.opponent
            total += v.counts
        for i in range(len(total)):
            seen[b, i] = total[i]
        _show(x, y, vx, vy, alive, paddle, own, opponent, seen[b])


@numba.njit
def _same_frames(picture):  # type: ignore[no-untyped-def]
    for i in range(picture.shape[0]):
        for j in range(picture.shape[1]):
            for plane in range(PLANES):
                if picture[i, j, plane] != picture[i, j, PLANES + plane]:
                    return False
    return True


@numba.njit
def _turn_page(picture, number, v, left, total):  # type: ignore[no-untyped-def]
    """Go on to the next frame: adds to `total` what happened in the last one, and counts what happened in this."""
    vx, vy, touched, fresh = v.vx.copy(), v.vy.copy(), v.touched.copy(), v.fresh.copy()
    last = v.counts.copy()
    v.counts[:] = 0
    paddle = _paddle(picture, number)
    v.counts[MOVED_RIGHT], v.counts[MOVED_LEFT] = max(paddle - v.paddle, 0), max(v.paddle - paddle, 0)
    v.paddle = paddle
    v.own, v.opponent = _score(picture, number, False), _score(picture, number, True)
    if v.action == 0 or v.action == 1:
        v.counts[KEY + v.action] += 1
    followed = _next(picture, number, v, left)
    for k in range(BALLS):
        if followed[k] and not fresh[k] and (v.vx[k] != vx[k] or v.vy[k] != vy[k]):
            if touched[k] == GOAL:
                last[TURNED_GOAL] += 1
            elif touched[k] == WALL:
                last[TURNED_WALL] += 1
            elif touched[k] == PADDLE:
                last[TURNED_PADDLE] += 1
            else:
                last[TURNED_NONE] += 1
    for i in range(len(total)):
        total[i] += last[i]


@numba.njit
def _next(picture, number, v, left):  # type: ignore[no-untyped-def]
    """Find every ball in the next frame; says which were followed from the last one."""
    for i in range(CELLS):
        for j in range(CELLS):
            left[i, j] = picture[PANEL + i, j, number * PLANES + BALLS_SEEN]
    followed = np.zeros(BALLS, np.bool_)
    for k in range(BALLS):  # beside the screen it is thought to fly on
        x, y = v.x[k] + v.vx[k], v.y[k] + v.vy[k]
        if v.alive[k] and (x + BALL <= 0 or x >= SCREEN) and -BALL < y < SCREEN:
            followed[k] = True
            v.x[k], v.y[k] = x, y
    found_x, found_y = np.empty(MOST, np.int64), np.empty(MOST, np.int64)
    found = _look(v, followed, left, found_x, found_y)
    launched = 0
    for n in range(found):  # every ball that flew on as it did
        for k in range(BALLS):
            as_before = v.x[k] + v.vx[k] == found_x[n] and v.y[k] + v.vy[k] == found_y[n]
            if as_before and v.alive[k] and not v.fresh[k] and not followed[k] and found_x[n] != NOWHERE:
                followed[k] = True
                v.x[k], v.y[k], v.missed[k] = found_x[n], found_y[n], 0
                found_x[n] = NOWHERE
    for n in range(found):  # then those that turned, or are new
        x, y = found_x[n], found_y[n]
        if x == NOWHERE:
            continue
        if x == START and y == START:
            launched += 1
            continue
        k = _nearest(v, followed, x, y)
        if k != NONE:
            followed[k] = True
            frames = 1 + v.missed[k]
            v.vx[k], v.vy[k] = round((x - v.x[k]) / frames), round((y - v.y[k]) / frames)
            v.x[k], v.y[k], v.missed[k] = x, y, 0
    before = v.touched.copy()
    for k in range(BALLS):
        v.fresh[k] = 0
        v.touched[k] = NONE
        if not v.alive[k]:
            continue
        x, y = v.x[k], v.y[k]
        if not followed[k]:  # it is gone, or was put back, after it moved once more
            x, y = x + v.vx[k], y + v.vy[k]
        v.touched[k] = _touches(x, y, v.paddle)
        _count_contact(v.counts, v.touched[k], before[k])
        if not followed[k]:
            if launched > 0 and (v.touched[k] == GOAL or v.touched[k] == MISS):
                launched -= 1
                _launch(v, k)
            elif y >= SCREEN or y + BALL <= 0 or v.missed[k] == LOST:
                v.counts[GONE] += v.missed[k] < LOST
                v.alive[k] = 0
                v.touched[k] = NONE
            else:
                v.missed[k] += 1
    for k in range(BALLS):
        if launched > 0 and not v.alive[k]:
            launched -= 1
            _launch(v, k)
    return followed


@numba.njit
def _look(v, followed, left, found_x, found_y):  # type: ignore[no-untyped-def]
    """Take every ball away from what is `left` of the picture, from the top on; how many there were, and where.

    The first cell that anything covers is the corner of a ball, so that ball's place is known from what lies there.
    """
    found, cell = 0, 0
    expected = followed.copy()
    while found < MOST:
        cell = _first(left, cell)
        if cell == NONE:
            break
        i, j = cell // CELLS, cell % CELLS
        k, best = _expected(v, expected, left, i, j)
        x, y, fit = _corner(left, i, j) if best < SURE else (NOWHERE, NOWHERE, 0)
        if k != NONE and best >= fit:
            expected[k] = True
            x, y = v.x[k] + v.vx[k], v.y[k] + v.vy[k]
        if x == NOWHERE:
            left[i, j] = 0  # nothing that a ball explains
            continue
        _take(left, x, y)
        found_x[found], found_y[found] = x, y
        found += 1
    return found


@numba.njit
def _first(left, start):  # type: ignore[no-untyped-def]
    """The first cell from `start` on that something covers."""
    cells = left.ravel()
    for cell in range(start, len(cells)):
        if cells[cell] != 0:
            return cell
    return NONE


@numba.njit
def _expected(v, followed, left, i, j):  # type: ignore[no-untyped-def]
    """The ball that, flying on as it did, would cover (i, j) first and explain most; and how much that is."""
    found, best = NONE, 0
    for k in range(BALLS):
        if not v.alive[k] or v.fresh[k] or followed[k]:
            continue
        x, y = v.x[k] + v.vx[k], v.y[k] + v.vy[k]
        if max(y, 0) // CELL == i and max(x, 0) // CELL == j:
            fit = _fit(left, x, y) + EXPECTED
            if fit > max(best, EXPECTED):
                found, best = k, fit
    return found, best


@numba.njit
def _nearest(v, followed, x, y):  # type: ignore[no-untyped-def]
    """The ball that may be here by now, nearest to where it was expected. Every ball moves."""
    nearest, best = NONE, 4 * FASTEST + 1
    for k in range(BALLS):
        far = max(abs(v.x[k] - x), abs(v.y[k] - y))
        off = abs(v.x[k] + v.vx[k] - x) + abs(v.y[k] + v.vy[k] - y)
        if v.alive[k] and not followed[k] and SLOWEST <= far <= FASTEST * (1 + v.missed[k]) and off < best:
            nearest, best = k, off
    return nearest


@numba.njit
def _launch(v, k):  # type: ignore[no-untyped-def]
    v.x[k], v.y[k], v.vx[k], v.vy[k] = START, START, 0, 0
    v.alive[k], v.fresh[k], v.touched[k], v.missed[k] = 1, 1, NONE, 0
    v.counts[APPEARED] += 1


@numba.njit
def _touches(x, y, paddle):  # type: ignore[no-untyped-def]
    if y < BORDER and x >= GOAL_LEFT and x + BALL <= GOAL_RIGHT:
        return GOAL
    if y >= SCREEN:
        return MISS
    if x < BORDER or x + BALL >= SCREEN - BORDER or y < BORDER:
        return WALL
    beside = x + BALL > paddle and x < paddle + PADDLE_WIDTH
    if beside and y + BALL > PADDLE_TOP and y < PADDLE_TOP + PADDLE_HEIGHT:
        return PADDLE
    return NONE


@numba.njit
def _count_contact(counts, touched, before):  # type: ignore[no-untyped-def]
    if touched == GOAL:
        counts[GOAL_COUNT] += 1
        counts[ENTERED] += touched != before
    elif touched == MISS:
        counts[MISS_COUNT] += 1
    elif touched == WALL:
        counts[WALL_COUNT] += 1
        counts[WALL_NEW] += touched != before
    elif touched == PADDLE:
        counts[PADDLE_COUNT] += 1
        counts[PADDLE_NEW] += touched != before


@numba.njit
def _cover(x, y, i, j):  # type: ignore[no-untyped-def]
    """Pixels of the ball at (x, y) that lie in cell (i, j)."""
    high = min(y + BALL, (i + 1) * CELL) - max(y, i * CELL)
    wide = min(x + BALL, (j + 1) * CELL) - max(x, j * CELL)
    return max(high, 0) * max(wide, 0)


@numba.njit
def _fit(left, x, y):  # type: ignore[no-untyped-def]
    """How many cells a ball at (x, y) would explain to the pixel; 0 if there is no room for it.

    Where it lies on others, its own edges still show.
    """
    if y + BALL <= 0 or y >= SCREEN:
        return 0
    fit = 1
    for i in range(max(y, 0) // CELL, min(y + BALL - 1, SCREEN - 1) // CELL + 1):
        for j in range(max(x, 0) // CELL, min(x + BALL - 1, SCREEN - 1) // CELL + 1):
            covered = _cover(x, y, i, j)
            if left[i, j] < covered:
                return 0
            fit += left[i, j] == covered
    return fit


@numba.njit
def _take(left, x, y):  # type: ignore[no-untyped-def]
    for i in range(max(y, 0) // CELL, min(y + BALL - 1, SCREEN - 1) // CELL + 1):
        for j in range(max(x, 0) // CELL, min(x + BALL - 1, SCREEN - 1) // CELL + 1):
            left[i, j] = max(left[i, j] - _cover(x, y, i, j), 0)


@numba.njit
def _corner(left, i, j):  # type: ignore[no-untyped-def]
    """Where a ball that covers (i, j) first explains most, and how much; NOWHERE and 0 if none has room."""
    best, best_x, best_y = 0, NOWHERE, NOWHERE
    for y in range((CELL * i if i > 0 else 1 - BALL), CELL * i + CELL):
        for x in range((CELL * j if j > 0 else 1 - BALL), CELL * j + CELL):
            if _cover(x, y, i, j) > left[i, j]:
                continue
            fit = _fit(left, x, y)
            if fit > 0 and x == START and y == START:
                fit += LAUNCHED
            if fit > best:
                best, best_x, best_y = fit, x, y
    return best_x, best_y, best


@numba.njit
def _paddle(picture, number):  # type: ignore[no-untyped-def]
    """The paddle's left edge, by how much of its first cell is covered."""
    for j in range(WIDTH):
        light = picture[PADDLE_ROW, j, number * PLANES + SCENE] - SCENE_ALONE[PADDLE_ROW, j]
        if light > 0:
            return (j + 1) * CELL - light // (CELL * WOOD)
    return 0


@numba.njit
def _score(picture, number, opponent):  # type: ignore[no-untyped-def]
    """A number in the panel, digit by digit; the opponent's from the right."""
    channel, value, worth = number * PLANES + SCENE, 0, 1
    column = WIDTH - MARGIN - DIGIT_WIDTH if opponent else MARGIN
    while 0 <= column <= WIDTH - DIGIT_WIDTH:
        digit = _digit(picture, column, channel)
        if digit == NONE:
            break
        if opponent:
            value, worth, column = value + digit * worth, worth * 10, column - DIGIT_WIDTH
        else:
            value, column = value * 10 + digit, column + DIGIT_WIDTH
    return value


@numba.njit
def _digit(picture, column, channel):  # type: ignore[no-untyped-def]
    for digit in range(len(DOTS)):
        same = True
        for i in range(DOTS.shape[1]):
            for j in range(DOTS.shape[2]):
                if DOTS[digit, i, j] != (picture[1 + DOT * i, column + DOT * j, channel] == INK):
                    same = False
        if same:
            return digit
    return NONE


@numba.njit
def _show(x, y, vx, vy, alive, paddle, own, opponent, seen):  # type: ignore[no-untyped-def]
    many = 0
    for k in range(BALLS):
        if alive[k]:
            at = BALLS_AT + FIELDS * k
            seen[at] = 1
            seen[at + 1] = min(max(x[k], X_LOW), X_HIGH)
            seen[at + 2] = y[k]
            seen[at + 3] = vx[k]
            seen[at + 4] = vy[k]
            many += 1
    seen[0], seen[1], seen[2], seen[3] = paddle, own, opponent, many
