"""The dynamics of designs, compiled: a game is one record, and plays frame by frame as its program (`source.py`) does.

A row's random numbers are draws of its stream, in the order in which the program's lines run: a launch draws the speed
sideways (unless it is always the same), then whether it is to the left (unless it never is); a wall that draws a speed
draws one number.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from dreamctl import UsageError
from dreamctl.compiled import compiled
from dreamctl.random_jit import below, bits, uniform

from . import frames
from .design import AHEAD, BOXES, MARGIN, SHORT, SLOWER, Design, impossible
from .libraries.fonts import extent
from .source import LABEL_Y, turns_given

MOST = 16  # rows, and columns
CROWD = 64  # bricks that go in one frame, at most
DIGITS = 6  # of a score that a label shows
LABEL_X = 5.0

CODE = [  # what a design says, as numbers
    ("width", "f8"),
    ("height", "f8"),
    ("size", "f8"),
    ("start_x", "f8"),
    ("start_y", "f8"),
    ("paddle_width", "f8"),
    ("paddle_height", "f8"),
    ("paddle_start_y", "f8"),
    ("paddle_moved_y", "f8"),
    ("rows", "i8"),
    ("columns", "i8"),
    ("brick_width", "f8"),
    ("brick_height", "f8"),
    ("column_x", "f8", MOST),
    ("row_y", "f8", MOST),
    ("column_pitch", "f8"),
    ("row_pitch", "f8"),
    ("brick_bottom", "f8"),
    ("vy", "f8"),
    ("vx_min", "f8"),
    ("vx_max", "f8"),
    ("whole", "i8"),
    ("turns_given", "i8"),
    ("click_to_serve", "i8"),
    ("pauses_last", "i8"),
    ("polls", "i8"),
    ("moves_last", "i8"),
    ("boxes", "i8"),
    ("careful", "i8"),
    ("floor_edge", "f8"),  # how far below its top the ball touches the floor
    ("lifts", "i8"),
    ("control", "i8"),
    ("kicker", "i8"),
    ("label", "i8"),
    ("points", "i8"),
    ("first_points", "i8"),  # of the highest row
    ("end_label", "i8"),
    ("closes", "i8"),
    ("margin", "f8"),
    ("ahead", "f8"),
    ("place", "f8"),  # of the mouse in the paddle, from its left edge
    ("paddle_low", "f8"),
    ("paddle_high", "f8"),
    ("ignores_edges", "i8"),
    ("paddle_y_rule", "i8"),
    ("one_side", "i8"),
    ("one_speed", "i8"),
    ("drawn_once", "i8"),
    ("near_edge", "f8"),  # of the ball, that the left and the top wall look at: how far from its corner
    ("far_edge", "f8"),  # that the right wall looks at
    ("no_top", "i8"),
    ("wall_rule", "i8"),
    ("flips", "i8"),
    ("turns_both", "i8"),
    ("contact_rule", "i8"),
    ("brick_rule", "i8"),
    ("several", "i8"),
    ("removes", "i8"),
    ("endless", "i8"),
    ("least_turns", "i8"),  # with which the loop goes on
    ("floor_rule", "i8"),
    ("win_rule", "i8"),
    ("serves_after", "i8"),
    ("click_rule", "i8"),
    ("score_rule", "i8"),
    ("miss_error", "i8"),
    ("win_error", "i8"),
    ("does_not_start", "i8"),
    ("label_width", "f8", DIGITS + 1),  # by the number of digits
    ("label_height", "f8"),
]
STATE = [  # how a game stands
    ("x", "f8"),
    ("y", "f8"),
    ("dx", "f8"),
    ("dy", "f8"),
    ("was_x", "f8"),  # in the frame before
    ("was_y", "f8"),
    ("paddle_x", "f8"),
    ("paddle_y", "f8"),
    ("bricks", "i8", MOST),  # a bit for each column
    ("bricks_left", "i8"),  # as the program counts
    ("there", "i8"),  # as they are
    ("turns", "i8"),
    ("playing", "i8"),
    ("score", "i8"),
    ("hits", "i8"),
    ("finished", "i8"),
    ("ended", "i8"),
    ("status", "i8"),
    ("paddle_there", "i8"),
    ("label_there", "i8"),
    ("shown", "i8"),  # the number in the label
    ("number", "f8"),  # the same once it has changed, else -1
    ("gone", "i8"),  # in this frame, as the next three
    ("gap", "f8"),
    ("taken", "i8", CROWD),  # the bricks that went
    ("others", "i8"),
    ("texts", "i8"),  # that are new
    ("mouse_x", "f8"),
    ("mouse_y", "f8"),
    ("clicked", "f8"),
    ("noted_x", "f8"),  # where the program believes the mouse to be
    ("noted_y", "f8"),
    ("key", "u8"),
    ("counter", "u8"),
]
GAME = np.dtype([*STATE, *CODE], align=True)

PLACE, ENDS = 1, 2  # control
SCORE, TURNS = 1, 2  # label
FOLLOWS, DROPS = 1, 2  # paddle_y_rule
DRAWS, SLOWS = 1, 2  # wall_rule
IGNORED, ONE_CORNER = 1, 2  # contact_rule
NEVER, FROM_BELOW, BOTH, SIDEWAYS, SIDES = 1, 2, 3, 4, 5  # brick_rule
EACH, ONCE = 1, 2  # several
THE_PADDLE, THE_LABEL = 1, 2  # removes
TURNS_BACK, IS_WALL = 1, 2  # floor_rule
GOES_ON, AT_A_MISS = 1, 2  # win_rule
AGAIN, BACK, DOWN = 1, 2, 3  # click_rule
COUNTS_PADDLE, BEHIND, LOST = 1, 2, 3  # score_rule
NOTHING, PADDLE, LABEL = -1, -2, -3  # what is at a point; a brick is its row * MOST + its column


def code(design: Design) -> NDArray[Any]:
    """The design as numbers: a record of `GAME`. Raises UsageError if there can be no such program."""
    why = impossible(design)
    if not why and max(design.rows_drawn, design.columns_drawn) > MOST:
        why = f"there are at most {MOST} rows and columns (got {design.rows_drawn} and {design.columns_drawn})."
    if not why and design.gap <= 0:
        why = f"the gap between bricks is more than 0 (got {design.gap})."
    if why:
        raise UsageError(f"breakout: {why}")
    record = np.zeros((), GAME)
    for name, value in _values(design).items():
        record[name] = value
    return record


def _values(d: Design) -> dict[str, Any]:
    def rule(*faults: str) -> int:
        return next((number for number, fault in enumerate(faults, 1) if d.has(fault)), 0)

    low, high = 0.0, d.width - d.paddle_width
    if d.has("paddle_stops_short"):
        low, high = low + SHORT, high - SHORT
    if d.has("paddle_not_held_back", "paddle_held_back_at_the_right"):
        low = -np.inf
    if d.has("paddle_not_held_back", "paddle_held_back_at_the_left"):
        high = np.inf
    column_pitch, row_pitch = d.brick_width + d.gap, d.brick_height + d.gap
    columns = [d.brick_left + column * column_pitch for column in range(MOST)]
    rows = [d.brick_top + row * row_pitch for row in range(MOST)]
    brick_rule = rule("brick_never_turns", "brick_turns_from_below", "brick_turns_both", "brick_turns_sideways")
    words = "Score: " if d.label == "score" else "Turns: "
    drop = d.paddle_height if d.has("paddle_drops_at_first") else 0.0
    rows_given = 4 if d.has("four_by_four") else d.rows
    half = d.size / 2
    return {
        **{name: getattr(d, name) for name in ("width", "height", "size", "paddle_width", "paddle_height", "vx_min")},
        **{name: getattr(d, name) for name in ("vx_max", "brick_width", "brick_height", "kicker", "points")},
        **{name: getattr(d, name) for name in ("click_to_serve", "pauses_last", "lifts", "end_label", "closes")},
        **{name: getattr(d, name) for name in ("polls", "moves_last")},
        "start_x": d.start[0],
        "start_y": d.start[1],
        "paddle_start_y": d.paddle_top - drop,
        "paddle_moved_y": d.paddle_top,
        "rows": d.rows_drawn,
        "columns": d.columns_drawn,
        "column_x": columns,
        "row_y": rows,
        "column_pitch": column_pitch,
        "row_pitch": row_pitch,
        "brick_bottom": rows[d.rows_drawn - 1] + d.brick_height,
        "vy": -d.vy if d.has("launched_upwards") else d.vy,
        "whole": d.whole_vx,
        "turns_given": turns_given(d),
        "boxes": d.collision == BOXES,
        "careful": d.careful_walls,
        "floor_edge": 0.0 if d.floor_below else d.size,
        "control": {"none": 0, "place": PLACE, "ends": ENDS}[d.control],
        "label": {"none": 0, "score": SCORE, "turns": TURNS}[d.label],
        "first_points": rows_given + 1,
        "margin": MARGIN if d.has("hits_from_afar") else 0.0,
        "ahead": AHEAD if d.has("hits_ahead") else 0.0,
        "place": 0.0 if d.has("paddle_by_its_left_edge") else d.paddle_width / 2,
        "paddle_low": low,
        "paddle_high": high,
        "ignores_edges": d.has("paddle_ignores_the_edges"),
        "paddle_y_rule": rule("paddle_follows_up_and_down", "paddle_drops_at_first"),
        "one_side": d.has("launched_to_one_side"),
        "one_speed": d.has("launched_at_one_speed"),
        "drawn_once": d.has("velocity_drawn_once"),
        "near_edge": half if d.has("walls_at_the_centre") else 0.0,
        "far_edge": half if d.has("walls_at_the_centre") else 0.0 if d.has("right_wall_late") else d.size,
        "no_top": d.has("no_top_wall"),
        "wall_rule": rule("speed_drawn_at_walls", "slower_at_walls"),
        "flips": d.has("paddle_flips"),
        "turns_both": d.has("paddle_turns_both"),
        "contact_rule": rule("paddle_ignored", "paddle_by_one_corner"),
        "brick_rule": brick_rule or (SIDES if d.sides else 0),
        "several": rule("each_brick_turns", "several_bricks"),
        "removes": rule("removes_the_paddle", "removes_the_label"),
        "endless": d.has("endless_turns"),
        "least_turns": 0 if d.has("one_turn_more") else 1,
        "floor_rule": rule("floor_turns", "floor_is_a_wall"),
        "win_rule": rule("goes_on_without_bricks", "win_seen_at_a_miss"),
        "serves_after": d.has("serves_after_the_end"),
        "click_rule": rule("click_launches_again", "click_puts_the_ball_back", "click_sends_the_ball_down"),
        "score_rule": rule("score_counts_the_paddle", "score_one_behind", "score_lost_at_a_miss"),
        "miss_error": d.has("name_error_at_a_miss"),
        "win_error": d.has("name_error_at_a_win"),
        "does_not_start": d.has("syntax_error", "missing_module"),
        "label_width": [extent(words + "0" * digits, 13.0)[0] for digits in range(DIGITS + 1)],
        "label_height": extent(words, 13.0)[1],
    }


# --- compiled -------------------------------------------------------------------------------------------------
# A game is passed as a record, a bare pointer. Functions stand in the order of the program that they play.


@compiled(nogil=True)
def begin(g):  # type: ignore[no-untyped-def]
    """Run the program until its first frame ends."""
    for r in range(MOST):
        g.bricks[r] = (1 << g.columns) - 1 if r < g.rows else 0
    g.bricks_left = g.rows * g.columns
    g.there = g.bricks_left
    g.x = g.start_x
    g.y = g.start_y
    g.was_x = g.x
    g.was_y = g.y
    g.dx = 0.0
    g.dy = 0.0
    g.paddle_x = (g.width - g.paddle_width) / 2
    g.paddle_y = g.paddle_start_y
    g.turns = g.turns_given
    g.playing, g.score, g.hits, g.finished, g.ended, g.status = 0, 0, 0, 0, 0, 0
    g.paddle_there, g.label_there, g.shown, g.number = 1, 1, 0, -1.0
    if g.label == TURNS:
        g.shown = g.turns
    g.counter = np.uint64(0)
    g.gone, g.gap, g.others, g.texts = 0, 0.0, 0, 0
    g.mouse_x, g.mouse_y, g.clicked = -1.0, -1.0, 0.0
    g.noted_x, g.noted_y = g.width / 2, g.paddle_moved_y
    if g.does_not_start:
        g.status = frames.CRASHED
    elif g.click_to_serve == 0:
        launch(g)
        g.playing = 1
        if g.pauses_last:
            play_frame(g)


@compiled(nogil=True)
def frame_of(g, mouse_x, mouse_y, click):  # type: ignore[no-untyped-def]
    """The player's mouse, then the program until its next frame ends."""
    g.gone, g.gap, g.others, g.texts = 0, 0.0, 0, 0
    g.mouse_x, g.mouse_y, g.clicked = mouse_x, mouse_y, click
    if g.status != frames.GOES_ON:
        return
    g.was_x = g.x
    g.was_y = g.y
    g.noted_x, g.noted_y = mouse_x, mouse_y
    if g.polls == 0:
        move_paddle(g)
    if click != 0 and g.click_to_serve:
        serve(g)
    if g.ended:
        return
    if g.pauses_last and not goes_on(g):
        end(g)
        return
    if g.playing:
        play_frame(g)
        if g.gone > 0:
            measure(g)
        if g.status == frames.GOES_ON and not g.pauses_last and not goes_on(g):
            end(g)


@numba.njit
def measure(g):  # type: ignore[no-untyped-def]
    """The largest gap between a brick that went and the ball, where it is or was in the last frame."""
    for n in range(min(g.gone, CROWD)):
        x, y = g.column_x[g.taken[n] % MOST], g.row_y[g.taken[n] // MOST]
        g.gap = max(g.gap, min(gap(g, g.x, g.y, x, y), gap(g, g.was_x, g.was_y, x, y)))


@numba.njit(forceinline=True)
def gap(g, x, y, brick_x, brick_y):  # type: ignore[no-untyped-def]
    """How far the ball's box is from a brick: the larger of the two distances, along and down."""
    along = max(brick_x - (x + g.size), x - (brick_x + g.brick_width))
    down = max(brick_y - (y + g.size), y - (brick_y + g.brick_height))
    return max(max(along, down), 0.0)


@numba.njit(forceinline=True)
def goes_on(g):  # type: ignore[no-untyped-def]
    """The condition of the loop."""
    if g.serves_after == 0 and g.turns < g.least_turns:
        return False
    if g.win_rule == AT_A_MISS:
        return g.finished == 0
    return g.win_rule == GOES_ON or g.bricks_left > 0


@numba.njit
def end(g):  # type: ignore[no-untyped-def]
    """What stands behind the loop."""
    g.ended = 1
    if g.win_error and g.bricks_left == 0:
        g.status = frames.CRASHED
        return
    if g.end_label and g.serves_after == 0:
        g.texts += 1
    if g.closes:
        g.status = frames.OVER


@numba.njit(forceinline=True)
def move_paddle(g):  # type: ignore[no-untyped-def]
    x = g.noted_x - g.place
    if g.ignores_edges:
        if x >= 0 and x <= g.width - g.paddle_width:
            g.paddle_x = x
    else:
        g.paddle_x = min(max(x, g.paddle_low), g.paddle_high)
    if g.paddle_y_rule == FOLLOWS:
        g.paddle_y = g.noted_y
    elif g.paddle_y_rule == DROPS:
        g.paddle_y = g.paddle_moved_y


@numba.njit
def serve(g):  # type: ignore[no-untyped-def]
    if g.click_rule == AGAIN or g.click_rule == BACK:
        if g.click_rule == BACK:
            put_ball_back(g)
        launch(g)
        g.playing = 1
        return
    if g.playing == 0:
        launch(g)
        g.playing = 1
    if g.click_rule == DOWN:
        g.dy = g.vy


@numba.njit(forceinline=True)
def put_ball_back(g):  # type: ignore[no-untyped-def]
    g.x = g.start_x
    g.y = g.start_y


@numba.njit
def launch(g):  # type: ignore[no-untyped-def]
    if g.drawn_once and (g.dx != 0 or g.dy != 0):
        return
    g.dx = g.vx_max if g.one_speed else draw_speed(g)
    if g.one_side == 0 and draw(g) > 0.5:
        g.dx = -g.dx
    g.dy = g.vy


@numba.njit(forceinline=True)
def draw(g):  # type: ignore[no-untyped-def]
    """A number from 0 up to 1."""
    value = uniform(bits(g.key, g.counter))
    g.counter += np.uint64(1)
    return value


@numba.njit
def draw_speed(g):  # type: ignore[no-untyped-def]
    if g.whole:
        value = below(bits(g.key, g.counter), np.uint64(g.vx_max - g.vx_min + 1))
        g.counter += np.uint64(1)
        return g.vx_min + value
    return g.vx_min + (g.vx_max - g.vx_min) * draw(g)


@numba.njit(forceinline=True)
def play_frame(g):  # type: ignore[no-untyped-def]
    if g.polls:
        move_paddle(g)
    if g.moves_last == 0:
        move_ball(g)
    bounce_off_walls(g)
    if g.y + g.floor_edge >= g.height:
        if g.floor_rule == IS_WALL:
            g.dy = -abs(g.dy)
        else:
            lose_turn(g)
        if g.moves_last and g.floor_rule != 0 and g.status == frames.GOES_ON:
            move_ball(g)
        return
    top = g.y - g.margin + g.ahead * g.dy
    bottom = top + g.size + 2 * g.margin
    if top <= g.brick_bottom or max(bottom, g.y + g.size) >= g.paddle_y:
        if g.boxes:
            hit_boxes(g)
        else:
            hit_corners(g)
    if g.moves_last:
        move_ball(g)


@numba.njit(forceinline=True)
def move_ball(g):  # type: ignore[no-untyped-def]
    g.x += g.dx
    g.y += g.dy


@numba.njit(forceinline=True)
def bounce_off_walls(g):  # type: ignore[no-untyped-def]
    if (g.x + g.near_edge <= 0 and (g.careful == 0 or g.dx < 0)) or (
        g.x + g.far_edge >= g.width and (g.careful == 0 or g.dx > 0)
    ):
        if g.wall_rule == DRAWS:
            speed = draw_speed(g)
            g.dx = -speed if g.dx > 0 else speed
        elif g.wall_rule == SLOWS:
            g.dx = -g.dx * SLOWER
        else:
            g.dx = -g.dx
    if g.y + g.near_edge <= 0 and g.no_top == 0 and (g.careful == 0 or g.dy < 0):
        g.dy = -g.dy


@numba.njit
def lose_turn(g):  # type: ignore[no-untyped-def]
    if g.miss_error:
        g.status = frames.CRASHED
        return
    if g.endless == 0:
        g.turns -= 1
    if g.label == TURNS:
        show(g, g.turns)
    if g.score_rule == LOST:
        g.score = 0
        show(g, 0)
    if g.win_rule == AT_A_MISS and g.bricks_left == 0:
        g.finished = 1
    if g.floor_rule == TURNS_BACK:
        g.dy = -abs(g.dy)
    else:
        put_ball_back(g)
        if g.click_to_serve:
            g.playing = 0
        else:
            launch(g)
    if g.serves_after and g.turns == 0:
        g.texts += 1


@numba.njit
def show(g, number):  # type: ignore[no-untyped-def]
    """Set the label's text."""
    if g.label_there and number != g.shown:
        g.number = number
    g.shown = number


@numba.njit
def hit_corners(g):  # type: ignore[no-untyped-def]
    """What is found at the first of four corners at which something is."""
    if g.contact_rule == ONE_CORNER and object_at(g, g.x, g.y + g.size) == PADDLE:
        bounce_off_paddle(g)
        return
    left = g.x - g.margin
    top = g.y - g.margin + g.ahead * g.dy
    right = left + g.size + 2 * g.margin
    bottom = top + g.size + 2 * g.margin
    found = object_at(g, left, top)
    if found == NOTHING:
        found = object_at(g, right, top)
    if found == NOTHING:
        found = object_at(g, left, bottom)
    if found == NOTHING:
        found = object_at(g, right, bottom)
    if found == PADDLE and g.contact_rule != ONE_CORNER:
        if g.contact_rule != IGNORED:
            if g.removes == THE_PADDLE:
                take(g, found)
            bounce_off_paddle(g)
        return
    if g.several == 0:
        if found != NOTHING and found != PADDLE:
            take(g, found)
            turn_off(g, found)
        return
    hit = NOTHING
    for corner in range(4):
        found = object_at(g, right if corner & 1 else left, bottom if corner & 2 else top)
        if found != NOTHING and found != PADDLE:
            take(g, found)
            hit = found
            if g.several == EACH:
                turn_off(g, found)
    if g.several == ONCE and hit != NOTHING:
        turn_off(g, hit)


@numba.njit
def object_at(g, x, y):  # type: ignore[no-untyped-def]
    """The topmost brick, paddle or label at a point; a label that does not count hides what is under it."""
    if g.label != 0 and g.label_there and y <= LABEL_Y and y >= LABEL_Y - g.label_height and x >= LABEL_X:
        number, digits = abs(g.shown), 1
        while number > 9:
            number //= 10
            digits += 1
        if x <= LABEL_X + g.label_width[min(digits, DIGITS)]:
            return LABEL if g.removes == THE_LABEL else NOTHING
    if (
        g.paddle_there
        and y >= g.paddle_y
        and y <= g.paddle_y + g.paddle_height
        and x >= g.paddle_x
        and x <= g.paddle_x + g.paddle_width
    ):
        return PADDLE
    if y > g.brick_bottom or y < g.row_y[0]:
        return NOTHING
    r = int(np.floor((y - g.row_y[0]) / g.row_pitch))
    if r + 1 < g.rows and y >= g.row_y[r + 1]:  # the division was rounded down
        r += 1
    if r < 0 or r >= g.rows or y < g.row_y[r] or y > g.row_y[r] + g.brick_height or g.bricks[r] == 0:
        return NOTHING
    c = int(np.floor((x - g.column_x[0]) / g.column_pitch))
    if c >= -1 and c + 1 < g.columns and x >= g.column_x[c + 1]:
        c += 1
    if c < 0 or c >= g.columns or x < g.column_x[c] or x > g.column_x[c] + g.brick_width:
        return NOTHING
    return r * MOST + c if g.bricks[r] >> c & 1 else NOTHING


@numba.njit
def hit_boxes(g):  # type: ignore[no-untyped-def]
    """The paddle if the ball's box touches it, else the first brick that it touches."""
    if g.contact_rule == ONE_CORNER:
        if (
            g.paddle_x <= g.x
            and g.x <= g.paddle_x + g.paddle_width
            and g.paddle_y <= g.y + g.size
            and g.y + g.size <= g.paddle_y + g.paddle_height
        ):
            bounce_off_paddle(g)
            return
    elif g.contact_rule != IGNORED and touches(g, g.paddle_x, g.paddle_y, g.paddle_width, g.paddle_height):
        bounce_off_paddle(g)
        return
    hit = NOTHING
    for r in range(g.rows):
        if g.bricks[r] == 0 or not beside(g, g.row_y[r], g.brick_height):
            continue
        for c in range(g.columns):
            if g.bricks[r] >> c & 1 and touches(g, g.column_x[c], g.row_y[r], g.brick_width, g.brick_height):
                hit = r * MOST + c
                take(g, hit)
                if g.several != ONCE:
                    turn_off(g, hit)
                if g.several == 0:
                    return
    if g.several == ONCE and hit != NOTHING:
        turn_off(g, hit)


@numba.njit(forceinline=True)
def beside(g, y, height):  # type: ignore[no-untyped-def]
    """Whether the ball is as high as a thing: the half of `touches`, but for a ball that looks ahead and may turn."""
    top = g.y - g.margin + g.ahead * g.dy
    return g.ahead != 0 or (top + g.size + 2 * g.margin >= y and top <= y + height)


@numba.njit(forceinline=True)
def touches(g, x, y, width, height):  # type: ignore[no-untyped-def]
    left = g.x - g.margin
    top = g.y - g.margin + g.ahead * g.dy
    right = left + g.size + 2 * g.margin
    bottom = top + g.size + 2 * g.margin
    return right >= x and left <= x + width and bottom >= y and top <= y + height


@numba.njit
def take(g, thing):  # type: ignore[no-untyped-def]
    """Remove a thing, whatever it is, and count it as a brick."""
    if thing == PADDLE:
        g.paddle_there = 0
        g.others += 1
    elif thing == LABEL:
        g.label_there = 0
        g.others += 1
    else:
        r, c = thing // MOST, thing % MOST
        g.bricks[r] &= ~(1 << c)
        g.there -= 1
        g.taken[min(g.gone, CROWD - 1)] = thing
        g.gone += 1
    g.bricks_left -= 1
    if g.label == SCORE:
        before = g.score
        g.score += g.points if g.points != 0 else g.first_points - thing // MOST
        show(g, before if g.score_rule == BEHIND else g.score)


@numba.njit
def turn_off(g, thing):  # type: ignore[no-untyped-def]
    if g.brick_rule == NEVER:
        return
    if g.brick_rule == FROM_BELOW:
        if g.dy < 0:
            g.dy = -g.dy
    elif g.brick_rule == BOTH:
        g.dx = -g.dx
        g.dy = -g.dy
    elif g.brick_rule == SIDEWAYS:
        g.dx = -g.dx
    elif g.brick_rule == SIDES:
        y, height = float(LABEL_Y), g.label_height
        if thing != LABEL:
            y, height = g.row_y[thing // MOST], g.brick_height
        middle = g.y + g.size / 2
        if y <= middle and middle <= y + height:
            g.dx = -g.dx
        else:
            g.dy = -g.dy
    else:
        g.dy = -g.dy


@numba.njit
def bounce_off_paddle(g):  # type: ignore[no-untyped-def]
    g.dy = -g.dy if g.flips else -abs(g.dy)
    if g.turns_both:
        g.dx = -g.dx
    if g.lifts:
        g.y = g.paddle_y - g.size
    if g.control == PLACE:
        g.dx = (g.x + g.size / 2 - (g.paddle_x + g.paddle_width / 2)) / (g.paddle_width / 2) * g.vx_max
    elif g.control == ENDS:
        place = (g.x + g.size / 2 - g.paddle_x) / g.paddle_width
        if (place < 0.25 and g.dx > 0) or (place > 0.75 and g.dx < 0):
            g.dx = -g.dx
    if g.kicker:
        g.hits += 1
        if g.hits == g.kicker:
            g.dx = g.dx * 2
    if g.score_rule == COUNTS_PADDLE:
        g.score += g.points
        show(g, g.score)


@numba.njit(forceinline=True)
def look(g, frame):  # type: ignore[no-untyped-def]
    """Write what is on the canvas: a frame [F] of `frames.py`."""
    if g.does_not_start:
        frame[:] = 0.0
        frame[frames.NUMBER], frame[frames.MOUSE_X], frame[frames.MOUSE_Y] = -1.0, -1.0, -1.0
        frame[frames.STATUS] = g.status
        return
    frame[frames.WIDTH] = g.width
    frame[frames.HEIGHT] = g.height
    frame[frames.BALL] = 1.0
    frame[frames.BALL_LEFT] = g.x
    frame[frames.BALL_TOP] = g.y
    frame[frames.BALL_RIGHT] = g.x + g.size
    frame[frames.BALL_BOTTOM] = g.y + g.size
    there = g.paddle_there != 0
    frame[frames.PADDLE] = 1.0 if there else 0.0
    frame[frames.PADDLE_LEFT] = g.paddle_x if there else 0.0
    frame[frames.PADDLE_TOP] = g.paddle_y if there else 0.0
    frame[frames.PADDLE_RIGHT] = g.paddle_x + g.paddle_width if there else 0.0
    frame[frames.PADDLE_BOTTOM] = g.paddle_y + g.paddle_height if there else 0.0
    frame[frames.BRICKS] = g.there
    frame[frames.GONE] = g.gone
    frame[frames.REBUILT] = 0.0
    frame[frames.GAP] = g.gap
    frame[frames.OTHERS_GONE] = g.others
    frame[frames.NEWS] = g.texts
    frame[frames.NUMBER] = g.number
    frame[frames.MOUSE_X] = g.mouse_x
    frame[frames.MOUSE_Y] = g.mouse_y
    frame[frames.CLICKED] = g.clicked
    frame[frames.STATUS] = g.status
