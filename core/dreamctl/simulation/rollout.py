"""Rollouts: a policy plays one trial in every row of a simulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import random
from ..records import Task
from .episodes import Episodes
from .policy import Policy, Seen
from .simulator import Simulator

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
) -> Episodes:
    """Play `episodes` episodes of at most `steps` steps in every row.

    Row b plays `tasks[b]`. Its episode e is reset with seed `keys(seeds, e)[b]`, and its policy draws from its own
    stream, so a row plays the same whatever shares its batch. A failure ends the row's whole trial.
    An execution episode is one that has an `instruction` [B, *I], be it an empty one ([B, 0]).
    With `reward_seen=False` the policy is shown rewards of 0, and so are readers of the result.
    The returned arrays have T = episodes * (steps + 1) - 1.
    """
    batch, params = simulator.batch, [task.params for task in tasks]
    seeds = np.asarray(seeds, np.uint64)
    acting = random.keys(seeds, ACTING)
    everyone = np.arange(batch)
    observation = simulator.reset(params, random.keys(seeds, 0), everyone, instruction)

    length = episodes * (steps + 1) - 1
    out = _empty(batch, length, observation)
    out["observation"][:, 0] = observation
    memory = policy.start(batch, condition)
    action = np.full(batch, -1, np.int64)
    reward = np.zeros(batch, np.float32)
    new_episode = np.ones(batch, bool)
    episode = np.zeros(batch, np.int32)
    taken = np.zeros(batch, np.int64)  # [B] steps taken in the current episode
    over = np.zeros(batch, bool)  # [B] the current episode is over
    done = np.zeros(batch, bool)  # [B] the trial is over
    failure = np.zeros(batch, np.uint8)

    for t in range(length):
        seen = Seen(observation, action, reward if reward_seen else np.zeros_like(reward), new_episode, instruction)
        uniform = random.uniform(random.bits(acting, np.array([t], np.uint64)))
        chosen, memory = policy.act(seen, memory, uniform)
        result = simulator.step(chosen)

        playing, resetting = ~over & ~done, over & ~done
        held, observation = observation, result.observation
        if resetting.any():
            rows = np.flatnonzero(resetting)
            episode[rows] += 1
            again = random.keys(seeds[rows], episode[rows])
            asked = None if instruction is None else instruction[rows]
            observation = simulator.reset([params[row] for row in rows], again, rows, asked)
        if done.any():
            observation = np.where(done.reshape(-1, *(1,) * (held.ndim - 1)), held, observation)
        action = np.where(playing, chosen, -1)
        reward = np.where(playing, result.reward, np.float32(0))
        new_episode = resetting
        taken = np.where(playing, taken + 1, 0)
        failure = np.where(playing, result.failure, failure)
        ended = playing & (result.terminated | result.truncated | (result.failure > 0) | (taken >= steps))
        over = (over & ~resetting) | ended
        done = done | (ended & (episode == episodes - 1)) | (failure > 0)

        out["observation"][:, t + 1] = observation
        out["action"][:, t] = action
        out["reward"][:, t] = reward if reward_seen else 0
        out["terminated"][:, t] = playing & result.terminated
        out["mask"][:, t] = playing
        out["episode"][:, t + 1] = episode
        if done.all():
            out["observation"][:, t + 2 :] = observation[:, None]
            out["episode"][:, t + 2 :] = episode[:, None]
            break
    return Episodes(
        **out,
        seeds=seeds,
        failure=failure,
        executing=np.full((batch, length + 1), instruction is not None),
        instruction=instruction,
        tasks=tuple(tasks),
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
