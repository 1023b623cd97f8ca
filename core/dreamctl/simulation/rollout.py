"""Rollouts: a policy plays one trial in every row of a simulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import define
from numpy.typing import NDArray

from .. import random
from ..errors import PluginError
from ..records import Task
from .episodes import Episodes
from .policy import Policy, Seen, chosen, joined
from .simulator import Simulator, Step

ACTING = 0x616374  # the sub-stream of a row's seed that the policy's uniform numbers come from


def rollout(
    simulator: Simulator,
    policy: Policy,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    *,
    steps: int,
    episodes: int = 1,
    condition: Any = None,
    instruction: NDArray[Any] | None = None,
    reward_seen: bool = True,
    actions: int | None = None,
) -> Episodes:
    """Play `episodes` episodes of at most `steps` steps in every row.

    Row b plays `tasks[b]`. Its episode e is reset with seed `keys(seeds, e)[b]`, and its policy draws from a stream of
    that episode, so a row plays the same whatever shares its batch. A failure ends the row's whole trial.
    An execution episode is one that has an `instruction` [B, *I], be it an empty one ([B, 0]).
    Where `actions` says how many there are, a policy that chooses another is refused with a PluginError.
    With `reward_seen=False` the policy is shown rewards of 0, and so are readers of the result.
    The returned arrays have T = episodes * (steps + 1) - 1.
    """
    memory = policy.start(simulator.batch, condition)
    return _play(simulator, policy, memory, tasks, seeds, 0, steps, episodes, instruction, reward_seen, actions)[0]


def resume(
    simulator: Simulator,
    policy: Policy,
    memory: Any,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    *,
    steps: int,
    episodes: int = 1,
    first: int = 0,
    instruction: NDArray[Any] | None = None,
    reward_seen: bool = True,
    actions: int | None = None,
) -> tuple[Episodes, Any]:
    """The same with a policy whose `memory` is that of the episodes before the `first`; also the memory at the end.

    Episodes are numbered from 0 here too, but seeded by their place in the trial: playing on is as not having stopped.
    """
    played, ends = _play(
        simulator, policy, memory, tasks, seeds, first, steps, episodes, instruction, reward_seen, actions
    )
    return played, _together(ends)


Ends = list[tuple[NDArray[np.intp], Any]]  # rows that ended at the same time, and a memory that is theirs then


def _together(ends: Ends) -> Any:
    """One memory of all rows, each with its own at the end of its trial."""
    if len(ends) == 1:
        return ends[0][1]
    place = np.argsort(np.concatenate([rows for rows, _ in ends]))
    return chosen(joined([chosen(memory, rows) for rows, memory in ends]), place)


def _play(
    simulator: Simulator,
    policy: Policy,
    memory: Any,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    first: int,
    steps: int,
    episodes: int,
    instruction: NDArray[Any] | None,
    reward_seen: bool,
    actions: int | None,
) -> tuple[Episodes, Ends]:
    batch, params = simulator.batch, [task.params for task in tasks]
    seeds = np.asarray(seeds, np.uint64)
    acting = random.keys(seeds, ACTING)

    def reset(rows: NDArray[np.intp], episode: NDArray[np.int32]) -> NDArray[Any]:
        asked = None if instruction is None else instruction[rows]
        return simulator.reset([params[row] for row in rows], random.keys(seeds[rows], first + episode), rows, asked)

    at = _Rows.start(batch, steps, episodes)
    observation = reset(np.arange(batch), at.episode)
    stream = random.keys(acting, first + at.episode)
    length = episodes * (steps + 1) - 1
    out = _empty(batch, length, observation)
    out["observation"][:, 0] = observation
    ends: Ends = []
    ended = np.zeros(batch, bool)
    for t in range(length + 1):
        seen = at.seen(observation, reward_seen, instruction)
        uniform = random.uniform(random.bits(stream, at.taken.astype(np.uint64)))
        action, memory = policy.act(seen, memory, uniform)
        if actions is not None:
            _check_actions(policy, action, batch, actions)
        if (at.done & ~ended).any():  # these have now acted on their last observation, as between two episodes
            ends.append((np.flatnonzero(at.done & ~ended), memory))
            ended = at.done
        if ended.all():
            out["observation"][:, t + 1 :] = observation[:, None]
            out["episode"][:, t + 1 :] = at.episode[:, None]
            break
        result = simulator.step(action)
        held, done = observation, at.done
        observation = result.observation
        at.advance(action, result)
        if at.new_episode.any():
            rows = np.flatnonzero(at.new_episode)
            observation = reset(rows, at.episode[rows])
            stream = random.keys(acting, first + at.episode)
        if done.any():  # a row that reached a step limit is not over for its simulator, but its trial is
            observation = np.where(done.reshape(-1, *(1,) * (held.ndim - 1)), held, observation)
        out["observation"][:, t + 1] = observation
        out["action"][:, t] = at.action
        out["reward"][:, t] = at.reward if reward_seen else 0
        out["terminated"][:, t] = at.played & result.terminated
        out["mask"][:, t] = at.played
        out["episode"][:, t + 1] = at.episode
    played = Episodes(
        **out,
        seeds=seeds,
        failure=at.failure,
        executing=np.full((batch, length + 1), instruction is not None),
        instruction=instruction,
        tasks=tuple(tasks),
    )
    return played, ends


@define(eq=False)
class _Rows:
    """Where each row stands in its trial, and what happened to it last; every array is [B]."""

    steps: int  # limit of an episode
    episodes: int  # of a trial
    action: NDArray[np.int64]  # -1 where there was none
    reward: NDArray[np.float32]
    played: NDArray[np.bool_]  # a step happened
    new_episode: NDArray[np.bool_]  # an episode began
    episode: NDArray[np.int32]
    taken: NDArray[np.int64]  # steps of the current episode
    over: NDArray[np.bool_]  # the current episode is over
    done: NDArray[np.bool_]  # the trial is over
    failure: NDArray[np.uint8]

    @classmethod
    def start(cls, batch: int, steps: int, episodes: int) -> _Rows:
        no, none = np.zeros(batch, bool), np.zeros(batch, np.int64)
        reward, failure, episode = np.zeros(batch, np.float32), np.zeros(batch, np.uint8), np.zeros(batch, np.int32)
        return cls(steps, episodes, none - 1, reward, no, ~no, episode, none, no, no, failure)

    def seen(self, observation: NDArray[Any], reward_seen: bool, instruction: NDArray[Any] | None) -> Seen:
        """What the policy is shown now."""
        reward = self.reward if reward_seen else np.zeros_like(self.reward)
        return Seen(observation, self.action, reward, self.new_episode, self.taken, instruction)

    def advance(self, action: NDArray[np.int64], result: Step) -> None:
        """Take in one step; rows whose episode was over begin the next one instead."""
        self.played, self.new_episode = ~self.over & ~self.done, self.over & ~self.done
        self.episode = self.episode + self.new_episode
        self.action = np.where(self.played, action, -1)
        self.reward = np.where(self.played, result.reward, np.float32(0))
        self.taken = np.where(self.played, self.taken + 1, 0)
        self.failure = np.where(self.played, result.failure, self.failure)
        limit = self.taken >= self.steps
        ended = self.played & (result.terminated | result.truncated | (result.failure > 0) | limit)
        self.over = (self.over & ~self.new_episode) | ended
        self.done = self.done | (ended & (self.episode == self.episodes - 1)) | (self.failure > 0)


def _check_actions(policy: Policy, action: Any, batch: int, actions: int) -> None:
    whole = isinstance(action, np.ndarray) and action.dtype.kind in "iu" and action.shape == (batch,)
    if not whole or action.min() < 0 or action.max() >= actions:
        raise PluginError(
            f"{type(policy).__name__}: act() gives a whole number from 0 to {actions - 1} per row, as an array of "
            f"shape ({batch},)."
        )


def _empty(batch: int, length: int, observation: NDArray[Any]) -> dict[str, Any]:
    return {
        "observation": np.empty((batch, length + 1, *observation.shape[1:]), observation.dtype),  # [B, T+1, *O]
        "action": np.full((batch, length), -1, np.int64),  # [B, T]
        "reward": np.zeros((batch, length), np.float32),  # [B, T]
        "terminated": np.zeros((batch, length), bool),  # [B, T]
        "mask": np.zeros((batch, length), bool),  # [B, T]
        "episode": np.zeros((batch, length + 1), np.int32),  # [B, T+1]
    }
