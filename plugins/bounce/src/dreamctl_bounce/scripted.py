"""A player of a few lines: it sees what is on the screen and plays each episode of a trial in another style."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from dreamctl import Policy, Seen

from .rules import (
    BALL,
    BALLS,
    BALLS_AT,
    BORDER,
    FEATURES,
    FIELDS,
    GOAL_LEFT,
    GOAL_RIGHT,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCREEN,
)

GO_LEFT, GO_RIGHT, STAY = range(3)

# What the player wants with the ball that comes down next.
CATCH, AIM, GRAZE, FLEE, KEYS = range(5)  # in the middle; into the goal; with the edge; not at all; press anything
STYLES = np.array(  # [8 episodes, 5 wishes] how often each; after eight they come again
    [
        [0.30, 0.30, 0.15, 0.15, 0.10],
        [0.10, 0.80, 0.10, 0.00, 0.00],
        [0.00, 0.00, 0.10, 0.80, 0.10],
        [0.20, 0.10, 0.70, 0.00, 0.00],
        [0.00, 0.00, 0.00, 0.00, 1.00],
        [0.20, 0.70, 0.10, 0.00, 0.00],
        [0.30, 0.20, 0.20, 0.20, 0.10],
        [0.10, 0.30, 0.60, 0.00, 0.00],
    ]
)
HELD = 0.75  # how often a random key stays held
REACH = (PADDLE_WIDTH + BALL) // 2 - 2  # the farthest from its middle that the paddle still hits
SURE = REACH - 10  # and where it mostly does, though it stops only once a stride


@frozen(eq=False)
class Memory:
    """Each [B]."""

    episode: NDArray[np.int64]
    wish: NDArray[np.int64]
    offset: NDArray[np.float64]  # pixels from the ball's middle to the paddle's, where it is to be hit
    stride: NDArray[np.float64]  # pixels that the paddle moves in a step, as last seen


class ScriptedPolicy(Policy):
    """Follows, aims, grazes or flees from the ball that lands next, or presses any key."""

    def start(self, batch: int, condition: Any = None) -> Memory:
        return Memory(np.full(batch, -1), np.full(batch, KEYS), np.zeros(batch), np.full(batch, 40.0))

    def act(self, seen: Seen, memory: Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Memory]:
        falling, landing, heading = _next_ball(seen.observation)
        memory = _wish(_look(memory, seen), seen, falling, landing, heading, uniform)
        middle = seen.observation[:, FEATURES.index("paddle_x")] + PADDLE_WIDTH / 2
        actions = _towards(landing + memory.offset - middle, memory.stride)
        actions = np.where(memory.wish == FLEE, _away(landing - middle, middle), actions)
        return np.where(falling & (memory.wish != KEYS), actions, _any_key(seen.action, uniform)), memory


def _look(memory: Memory, seen: Seen) -> Memory:
    """Count episodes, and see how far the paddle moves."""
    moved = seen.observation[:, FEATURES.index("paddle_moved_left")]
    moved = np.maximum(moved, seen.observation[:, FEATURES.index("paddle_moved_right")])
    pressed = (seen.action == GO_LEFT) | (seen.action == GO_RIGHT)
    return evolve(
        memory,
        episode=memory.episode + seen.new_episode,
        stride=np.where(pressed & (moved > 0), moved, memory.stride),
    )


def _next_ball(observation: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Whether a ball comes down, where its middle will be when it reaches the paddle, and how many degrees to the
    right of straight down it will head there; each [B].
    """
    fields = observation[:, BALLS_AT : BALLS_AT + FIELDS * BALLS].reshape(-1, BALLS, FIELDS).astype(np.float64)
    alive, x, y, vx, vy = np.moveaxis(fields, 2, 0)  # each [B, balls]
    coming = (alive > 0) & (vy > 0) & (y < PADDLE_TOP)
    frames = np.where(coming, (PADDLE_TOP - BALL - y) / np.maximum(vy, 1), np.inf)
    first = frames.argmin(1)[:, None]
    x, vx, vy, frames = (np.take_along_axis(a, first, 1)[:, 0] for a in (x, vx, vy, frames))
    falling = np.isfinite(frames)
    frames = np.where(falling, np.maximum(frames, 0), 0)
    room = SCREEN - 2 * BORDER - BALL
    along = np.mod(x - BORDER + vx * frames, 2 * room)  # a wall is a mirror
    mirrored = along > room
    landing = BORDER + BALL / 2 + np.where(mirrored, 2 * room - along, along)
    return falling, landing, np.degrees(np.arctan2(np.where(mirrored, -vx, vx), np.maximum(vy, 1)))


def _wish(
    memory: Memory,
    seen: Seen,
    falling: NDArray[np.bool_],
    landing: NDArray[np.float64],
    heading: NDArray[np.float64],
    uniform: NDArray[np.float64],
) -> Memory:
    """Think anew when an episode begins, when a ball appears, and while none comes down."""
    anew = seen.new_episode | ~falling | (seen.observation[:, FEATURES.index("appeared")] > 0)
    odds = STYLES[memory.episode % len(STYLES)].cumsum(1)
    wish = np.minimum((uniform[:, None] >= odds).sum(1), KEYS)
    spread = _other(uniform, 997.0)
    goal = GOAL_LEFT + (GOAL_RIGHT - GOAL_LEFT) * (0.3 + 0.4 * spread)
    # The paddle sends a ball off at its mirrored heading, less a degree for each pixel between the two middles.
    aim = np.degrees(np.arctan2(goal - landing, PADDLE_TOP)) - heading
    side = np.where(spread < 0.5, -1, 1)
    offset = np.select(
        [wish == AIM, wish == GRAZE],
        [np.clip(aim, -SURE, SURE), side * (REACH - 12 * _other(uniform, 89.0))],
        24 * spread - 12,
    )
    return evolve(memory, wish=np.where(anew, wish, memory.wish), offset=np.where(anew, offset, memory.offset))


def _towards(distance: NDArray[np.float64], stride: NDArray[np.float64]) -> NDArray[np.int64]:
    far = np.abs(distance) > stride / 2
    return np.where(far, np.where(distance < 0, GO_LEFT, GO_RIGHT), STAY)


def _away(distance: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.int64]:
    """Away from where the ball lands; past it, if there is more room on the other side."""
    clear = PADDLE_WIDTH + BALL
    room_left = middle + distance > SCREEN / 2
    return np.where(np.abs(distance) > clear, STAY, np.where(room_left, GO_LEFT, GO_RIGHT))


def _any_key(last: NDArray[np.int64], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    anew = (uniform * 3).astype(np.int64)
    return np.where((last >= 0) & (_other(uniform, 7919.0) < HELD), last, anew)


def _other(uniform: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Another number in [0, 1) from the same one, as good as unrelated."""
    return np.mod(uniform * factor, 1.0)
