"""A player of a few lines: every episode of a trial is another plan, so that each item is looked at once at least."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dreamctl import Policy, Seen

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

PLANS = (  # of the episodes; the last action is kept
    (
        LEFT_EDGE,
        RIGHT_EDGE,
        FOLLOW,
        LEFT_EDGE,
        FOLLOW,
        RIGHT_EDGE,
        CLICK,
        FOLLOW,
        LEFT_END,
        RIGHT_END,
        PLAY,
        CLICK,
        PLAY_ON,
    ),
    (FOLLOW, WAIT, SLAM_LEFT, SLAM_RIGHT, SLAM_LEFT, LEFT_END, RIGHT_END, CLICK, SLAM_RIGHT, SLAM_LEFT, DODGE),
    (DODGE,),
    (LEFT_END, RIGHT_END, CLICK, FOLLOW, SLAM_RIGHT, SLAM_LEFT, SLAM_RIGHT, PLAY, DODGE),
    (DODGE,),
    (CLICK, LEFT_EDGE, FOLLOW, RIGHT_EDGE, FOLLOW, SLAM_LEFT, SLAM_RIGHT, CLICK, SLAM_LEFT, LEFT_END, RIGHT_END, DODGE),
)


@frozen(eq=False)
class Memory:
    """Each [B]."""

    episode: NDArray[np.int64]


class ScriptedPolicy(Policy):
    """Follows the plan of the episode, step by step."""

    def start(self, batch: int, condition: Any = None) -> Memory:
        return Memory(np.full(batch, -1))

    def act(self, seen: Seen, memory: Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Memory]:
        memory = Memory(memory.episode + seen.new_episode)
        longest = max(map(len, PLANS))
        table = np.array([[*plan, *[plan[-1]] * (longest - len(plan))] for plan in PLANS])
        return table[memory.episode % len(PLANS), np.minimum(seen.taken, longest - 1)], memory
