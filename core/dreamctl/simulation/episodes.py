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
        arrays = {
            f.name: getattr(self, f.name)[index]
            for f in attrs.fields(Episodes)
            if isinstance(getattr(self, f.name), np.ndarray)
        }
        pick = np.arange(len(self))[index]
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
    every = np.arange(len(first))
    whole = in_sequence([(every, first), (every, second)])
    whole = padded(whole, first.action.shape[1] + second.action.shape[1] + 1)
    return attrs.evolve(whole, seeds=second.seeds, instruction=second.instruction, tasks=second.tasks)


def in_sequence(parts: Sequence[tuple[NDArray[np.intp], Episodes]]) -> Episodes:
    """Trials whose episodes are in several `parts`, (rows, episodes): what each row played, one right behind the other.

    The first part is of all rows, in order. T is what the longest trial needs.
    """
    every, first = parts[0]
    valid = [part.valid for _, part in parts]
    ends, begins = np.zeros(len(every), np.intp), []  # [B] where the next part of each row begins
    for (rows, _), seen in zip(parts, valid, strict=True):
        begins.append(ends[rows])
        ends[rows] += seen.sum(1)
    out = _nothing(first, int(ends.max()) - 1)
    failure, episodes = np.zeros_like(first.failure), np.zeros(len(every), np.int32)
    for (rows, part), seen, begin in zip(parts, valid, begins, strict=True):
        row, t = np.nonzero(seen)
        to = rows[row], begin[row] + t
        out["observation"][to], out["executing"][to] = part.observation[row, t], part.executing[row, t]
        out["episode"][to] = part.episode[row, t] + episodes[rows[row]]
        row, t = np.nonzero(seen[:, 1:])
        to = rows[row], begin[row] + t
        for name in NOTHING:
            out[name][to] = getattr(part, name)[row, t]
        episodes[rows] = out["episode"][rows, begin + seen.sum(1) - 1] + 1
        failure[rows] = np.maximum(failure[rows], part.failure)
    last = np.minimum(np.arange(int(ends.max())), ends[:, None] - 1)
    for name in ("observation", "executing", "episode"):
        behind = np.nonzero(np.arange(int(ends.max())) >= ends[:, None])
        out[name][behind] = out[name][behind[0], last[behind]]
    return attrs.evolve(first, **out, failure=failure)


def _nothing(like: Episodes, steps: int) -> dict[str, Any]:
    """Arrays of as many rows, with nothing in them yet."""
    batch = len(like)
    out: dict[str, Any] = {
        name: np.full((batch, steps), none, getattr(like, name).dtype) for name, none in NOTHING.items()
    }
    for name in ("observation", "executing", "episode"):
        array = getattr(like, name)
        out[name] = np.empty((batch, steps + 1, *array.shape[2:]), array.dtype)
    return out
