"""Episodes: the arrays that are all a learner ever reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..records import Task


@frozen(eq=False, kw_only=True)
class Episodes:
    """The episodes of B trials, packed along T.

    In a row, the episodes of its trial follow each other without gaps, and padding comes only at the end. Position t
    of [B, T+1] arrays is an observation; position t of [B, T] arrays is what led from observation t to t + 1. Between
    two episodes there is no action: there `mask` is false, `action` is -1, and observation t + 1 is the reset of the
    next episode. Padding repeats the last observation, with `mask` false.
    """

    observation: NDArray[Any]  # [B, T+1, *O]
    action: NDArray[np.int64]  # [B, T] -1 where there was none
    reward: NDArray[np.float32]  # [B, T]
    terminated: NDArray[np.bool_]  # [B, T] a real end, not a step limit
    mask: NDArray[np.bool_]  # [B, T] true where a step happened
    episode: NDArray[np.int32]  # [B, T+1] number of the episode that the observation belongs to
    seeds: NDArray[np.uint64]  # [B] the trial's seed; episode e was reset with keys(seeds, e)
    failure: NDArray[np.uint8]  # [B] 0, or the code of the failure that ended the trial
    executing: NDArray[np.bool_]  # [B, T+1] the observation belongs to an execution episode
    instruction: NDArray[Any] | None = None  # [B, *I] what execution asks for, seen where `executing`
    tasks: tuple[Task, ...] | None = None  # the rows' tasks, where a learner may know them

    def __len__(self) -> int:
        return len(self.action)

    @property
    def starts(self) -> NDArray[np.bool_]:
        """[B, T+1] true at the first observation of each episode."""
        first = np.ones((len(self), 1), bool)
        return np.concatenate([first, self.episode[:, 1:] != self.episode[:, :-1]], 1)

    @property
    def valid(self) -> NDArray[np.bool_]:
        """[B, T+1] true where there is an observation, false in the padding."""
        seen = np.concatenate([np.ones((len(self), 1), bool), self.mask], 1)
        return seen | self.starts

    @property
    def steps(self) -> int:
        """Steps that really happened."""
        return int(self.mask.sum())

    @property
    def returns(self) -> NDArray[np.float64]:
        """[B] undiscounted return of each row."""
        return np.where(self.mask, self.reward, 0).sum(1, dtype=np.float64)

    def rows(self, index: NDArray[np.intp] | slice) -> Episodes:
        """Some of the rows."""
        pick = np.arange(len(self))[index]
        arrays = {
            f.name: getattr(self, f.name)[pick]
            for f in attrs.fields(Episodes)
            if isinstance(getattr(self, f.name), np.ndarray)
        }
        return attrs.evolve(self, **arrays, tasks=self.tasks and tuple(self.tasks[i] for i in pick))

    def without_tasks(self) -> Episodes:
        """The same episodes with nothing that names the tasks: what a test-time policy may see."""
        return attrs.evolve(self, tasks=None)


def cut(episodes: Episodes, at: NDArray[np.intp]) -> Episodes:
    """The first `at` [B] steps of each row, as far as its observation `at`, with padding in place of the rest."""
    length = episodes.mask.shape[1]
    gone = np.arange(length) >= at[:, None]  # [B, T]
    held = np.minimum(np.arange(length + 1), at[:, None])  # [B, T+1]
    rows = np.arange(len(episodes))[:, None]
    return attrs.evolve(
        episodes,
        observation=episodes.observation[rows, held],
        action=np.where(gone, -1, episodes.action),
        reward=np.where(gone, np.float32(0), episodes.reward),
        terminated=episodes.terminated & ~gone,
        mask=episodes.mask & ~gone,
        episode=episodes.episode[rows, held],
        executing=episodes.executing[rows, held],
    )


def concatenate(parts: Sequence[Episodes]) -> Episodes:
    """The rows of several `Episodes`, one after the other; the shorter ones are padded."""
    length = max(part.action.shape[1] for part in parts)
    parts = [padded(part, length) for part in parts]
    first = parts[0]
    arrays = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts])
        for f in attrs.fields(Episodes)
        if isinstance(getattr(first, f.name), np.ndarray)
    }
    named = all(part.tasks is not None for part in parts)
    tasks = tuple(task for part in parts for task in part.tasks or ()) if named else None
    return attrs.evolve(first, **arrays, tasks=tasks)


NOTHING = {"action": -1, "reward": 0, "terminated": False, "mask": False}  # what padding holds in [B, T] arrays


def padded(episodes: Episodes, length: int) -> Episodes:
    """The same rows with T = `length`, which is not less than it was."""
    more = length - episodes.action.shape[1]
    if not more:
        return episodes
    arrays: dict[str, Any] = {
        name: np.concatenate([array, np.full((len(array), more), none, array.dtype)], 1)
        for name, none in NOTHING.items()
        for array in [getattr(episodes, name)]
    }
    for name in ("observation", "episode", "executing"):
        array = getattr(episodes, name)
        arrays[name] = np.concatenate([array, np.repeat(array[:, -1:], more, 1)], 1)
    return attrs.evolve(episodes, **arrays)


def follow(first: Episodes, second: Episodes) -> Episodes:
    """Each row of `second` right behind the same row of `first`: a whole trial in one sequence, without gaps."""
    batch = len(first)
    length = first.valid.sum(1)  # [B] observations that count in `first`
    total = first.action.shape[1] + second.action.shape[1] + 1
    at = np.arange(total + 1) - length[:, None]  # [B, T+1] position in `second`
    rows = np.arange(batch)[:, None]

    def joined(name: str, none: Any = None) -> NDArray[Any]:
        a, b = getattr(first, name), getattr(second, name)
        here = at if none is None else at[:, : a.shape[1] + b.shape[1] + 1]
        from_first = a[rows, np.clip(here + length[:, None], 0, a.shape[1] - 1)]
        from_second = b[rows, np.clip(here, 0, b.shape[1] - 1)]
        extra = (1,) * (a.ndim - 2)
        out = np.where((here < 0).reshape(*here.shape, *extra), from_first, from_second)
        if none is not None:  # the slot between the two, and what lies behind the end, hold no action
            out[(here == -1) | (here >= b.shape[1])] = none
        return out

    episode = joined("episode") + np.where(at >= 0, first.episode[rows[:, 0], length - 1][:, None] + 1, 0)
    return attrs.evolve(
        second,
        observation=joined("observation"),
        executing=joined("executing"),
        episode=episode.astype(np.int32),
        action=joined("action", -1),
        reward=joined("reward", 0),
        terminated=joined("terminated", False),
        mask=joined("mask", False),
        failure=np.maximum(first.failure, second.failure),
    )
