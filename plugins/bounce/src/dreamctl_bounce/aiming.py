"""What a player works out from what it sees, and what a skilled one does about it.

`aims`: where balls will land, and where the paddle would have to be for what. Explorers that learn read it beside the
observation, since products of speeds and distances are hard to learn.
`skills`: to catch the ball that lands next, to send it into the goal or to a wall, to dodge it, or to hold a key.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl.compiled import compiled

from .rules import (
    AT,
    BALL,
    BALLS,
    BALLS_AT,
    BORDER,
    FEATURES,
    FIELDS,
    FRAMES_PER_STEP,
    GOAL_LEFT,
    GOAL_RIGHT,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCREEN,
)

ROOM = SCREEN - 2 * BORDER - BALL  # pixels that a ball can go from wall to wall
REACH = (PADDLE_WIDTH + BALL) // 2 - 2  # the farthest from its middle that the paddle still hits
NEXT = 2  # balls that are looked at: those that land next
FALLING = 6  # numbers for each of them
RISING = 3  # and for the ball that comes to the top next
SIZE = NEXT * FALLING + RISING
LEFT, RIGHT, STAY = range(3)
STRIDE = 40  # pixels that the paddle moves in a step, where it has not just been seen to
HAPPENINGS = [AT[name] for name in ("goal_entered", "miss", "wall_new", "paddle_new", "appeared", "gone")]
PADDLE_AT = FEATURES.index("paddle_x")
LATE = 30.0  # steps; what is later than that is as good as never
WIDE = 160.0  # pixels: distances are given in these


def aims(observation: NDArray[Any]) -> NDArray[np.float32]:
    """For observations [..., O], numbers [..., SIZE] of about -1 to 1.

    For each of the two balls that land next: how soon it does (0 for never, 1 for now), how far to the right of the
    paddle's middle, its heading then; and how far the paddle is from where it would send the ball into the goal, at
    the left and at the right wall. For the ball that comes to the top next: how soon, where, and whether in the goal.
    """
    flat = observation.reshape(-1, observation.shape[-1])
    out = np.zeros((len(flat), SIZE), np.float32)
    _aims(flat, out)
    return out.reshape(*observation.shape[:-1], SIZE)


def skills(observation: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For observations [B, O], the action of each of `rules.SKILLS` [B, K]; and whether something happened, so that it
    is time to think again [B].
    """
    aim = aims(observation)
    distance = aim[:, [1, 3, 4, 5]] * WIDE  # [B, 4] pixels to where each needs the paddle
    moved = np.maximum(observation[:, AT["paddle_moved_left"]], observation[:, AT["paddle_moved_right"]])
    stride = np.where(moved > 0, moved, STRIDE)[:, None]
    far = (np.abs(distance) > stride / 2) & (aim[:, :1] > 0)
    towards = np.where(far, np.where(distance < 0, LEFT, RIGHT), STAY)  # [B, 4]
    landing = distance[:, 0] + observation[:, PADDLE_AT] + PADDLE_WIDTH / 2
    away = np.where(landing > SCREEN / 2, LEFT, RIGHT)  # to where there is more room
    clear = (np.abs(distance[:, 0]) > PADDLE_WIDTH + BALL) | (aim[:, 0] <= 0)
    keys = np.broadcast_to([LEFT, RIGHT, STAY], (len(aim), 3))
    actions = np.concatenate([towards, np.where(clear, STAY, away)[:, None], keys], 1)
    return actions, (observation[:, HAPPENINGS] > 0).any(1)


@compiled
def _aims(seen, out):  # type: ignore[no-untyped-def]
    goal, near, far = (GOAL_LEFT + GOAL_RIGHT) / 2, 0.0, float(SCREEN)
    for b in range(len(seen)):
        first, second, top = LATE, LATE, LATE
        first_ball, second_ball, top_ball = -1, -1, -1
        for k in range(BALLS):
            at = BALLS_AT + FIELDS * k
            if seen[b, at] == 0:
                continue
            y, vy = seen[b, at + 2], seen[b, at + 4]
            if vy > 0 and y < PADDLE_TOP:
                steps = max(PADDLE_TOP - BALL - y, 0) / (vy * FRAMES_PER_STEP)
                if steps < first:
                    second, second_ball = first, first_ball
                    first, first_ball = steps, k
                elif steps < second:
                    second, second_ball = steps, k
            elif vy < 0 and y > 0:
                steps = (BORDER - y) / (vy * FRAMES_PER_STEP)
                if steps < top:
                    top, top_ball = steps, k
        middle = seen[b, PADDLE_AT] + PADDLE_WIDTH / 2
        _land(seen[b], first_ball, first, middle, goal, near, far, out[b, :FALLING])
        _land(seen[b], second_ball, second, middle, goal, near, far, out[b, FALLING : 2 * FALLING])
        if top_ball >= 0:
            x, _ = _fly(seen[b], top_ball, top)
            out[b, 2 * FALLING] = 1 - top / LATE
            out[b, 2 * FALLING + 1] = (x - goal) / WIDE
            out[b, 2 * FALLING + 2] = GOAL_LEFT + BALL / 2 <= x <= GOAL_RIGHT - BALL / 2


@compiled
def _land(seen, ball, steps, middle, goal, near, far, out):  # type: ignore[no-untyped-def]
    if ball < 0:
        return
    x, vx = _fly(seen, ball, steps)
    vy = seen[BALLS_AT + FIELDS * ball + 4]
    heading = np.degrees(np.arctan2(vx, vy))
    out[0] = 1 - steps / LATE
    out[1] = (x - middle) / WIDE
    out[2] = heading / 45
    # The paddle sends a ball off at its mirrored heading, less a degree for each pixel between the two middles.
    for i, target in enumerate((goal, near, far)):
        rise = PADDLE_TOP if i == 0 else PADDLE_TOP / 2
        offset = np.degrees(np.arctan2(target - x, rise)) - heading
        out[3 + i] = (x + min(max(offset, -REACH), REACH) - middle) / WIDE


@compiled
def _fly(seen, ball, steps):  # type: ignore[no-untyped-def]
    """Where a ball's middle is after so many steps, and its speed to the right then, if walls are mirrors."""
    at = BALLS_AT + FIELDS * ball
    vx = seen[at + 3]
    along = (seen[at + 1] - BORDER + vx * steps * FRAMES_PER_STEP) % (2 * ROOM)
    mirrored = along > ROOM
    return BORDER + BALL / 2 + (2 * ROOM - along if mirrored else along), -vx if mirrored else vx
