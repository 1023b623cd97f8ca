"""Exact posterior (Thompson) sampling: what PEARL aims at, with no learning in it.

The training tasks are enumerated, tabulated and solved. At the start of each episode a task is drawn from those that
fit everything seen so far, and the episode is played as is best in that task; execution does the same.
It never explores for information: in the hallway it tries a hallway, and no sign.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..errors import UsageError
from ..learning.learner import Computed
from ..learning.tabular import Solution, Tables, solve
from ..records import Problem
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy, Seen


class PosteriorSampling(Computed):
    """The posterior is over the problem's training tasks; its prior is their weights."""

    def __init__(self, problem: Problem) -> None:
        environment, tasks = problem.environment, problem.tasks.train
        if not tasks:
            raise UsageError("posterior: it needs a list of training tasks, and this task set has none.")
        self.problem = problem
        self.exploration = solve(environment, tasks, execution=False, seed=problem.seed)
        self.execution = solve(environment, tasks, execution=True, seed=problem.seed)
        weights = np.array([task.weight for task in tasks], float)
        self.prior = weights / weights.sum()  # [M]

    def explorer(self) -> Policy:
        return SamplingPolicy(self.exploration, self.prior, reward_seen=self.problem.environment.reward_seen)

    def condition(self, explorations: Episodes) -> NDArray[np.float64]:
        """[B, M] the posterior after the explorations."""
        return posterior(
            self.exploration.tables, self.prior, explorations, reward_seen=self.problem.environment.reward_seen
        )

    def executor(self) -> Policy:
        return SamplingPolicy(self.execution, self.prior, reward_seen=True)


def posterior(
    tables: Tables, prior: NDArray[np.float64], episodes: Episodes, *, reward_seen: bool
) -> NDArray[np.float64]:
    """[B, M] the posterior over the tables' tasks, given episodes; the prior where no task fits."""
    return posteriors(tables, prior, episodes, reward_seen=reward_seen)[:, -1]


def posteriors(
    tables: Tables, prior: NDArray[np.float64], episodes: Episodes, *, reward_seen: bool
) -> NDArray[np.float64]:
    """The same after every prefix: [B, T+1, M]."""
    batch, length = episodes.action.shape
    flat = episodes.observation.reshape(-1, *episodes.observation.shape[2:])
    state = tables.states.find(flat).reshape(batch, length + 1)  # [B, T+1]
    weight = np.tile(prior, (batch, 1)) * (tables.start == state[:, :1])  # [B, M]
    found = [weight]
    for t in range(length):
        here, there, action = state[:, t], state[:, t + 1], episodes.action[:, t]
        reward = episodes.reward[:, t] if reward_seen else None
        ended = tables.terminated[:, here, action].T  # [B, M] by a step limit of the environment's own, too
        goes_on = episodes.mask[:, t + 1] if t + 1 < length else np.zeros(batch, bool)
        fits = _fits(tables, here, action, there, reward)
        fits &= np.where(goes_on[:, None], ~ended, ended | ~episodes.terminated[:, t, None])
        begins = (tables.start == there[:, None]) | ~episodes.starts[:, t + 1, None]
        fits = np.where(episodes.mask[:, t, None], fits, begins)
        weight = weight * fits
        found.append(weight)
    return np.stack([_normalised(weight, prior) for weight in found], 1)


@frozen(eq=False)
class _Memory:
    weight: NDArray[np.float64]  # [B, M] the posterior, before normalising
    task: NDArray[np.intp]  # [B] the task drawn for this episode
    state: NDArray[np.int64]  # [B] where the last action was taken
    taken: NDArray[np.int64]  # [B] steps of this episode


class SamplingPolicy(Policy):
    """Draws a task at the start of each episode and plays what is best in it. Its condition is a posterior [B, M]."""

    def __init__(self, solution: Solution, prior: NDArray[np.float64], *, reward_seen: bool) -> None:
        self.solution, self.prior, self.reward_seen = solution, prior, reward_seen

    def start(self, batch: int, condition: NDArray[np.float64] | None = None) -> _Memory:
        weight = np.tile(self.prior, (batch, 1)) if condition is None else condition
        nothing = np.zeros(batch, np.int64)
        return _Memory(weight, nothing, nothing, nothing)

    def act(self, seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], _Memory]:
        tables = self.solution.tables
        state = tables.states.find(seen.observation)  # [B]
        reward = seen.reward if self.reward_seen else None
        moved = seen.action >= 0
        fits = np.where(moved[:, None], _fits(tables, memory.state, seen.action, state, reward), True)
        fits &= (tables.start == state[:, None]) | ~seen.new_episode[:, None]
        weight = _normalised(memory.weight * fits, self.prior)
        task = np.where(seen.new_episode, _draw(weight, uniform), memory.task)
        taken = np.where(seen.new_episode, 0, memory.taken + 1)
        return self.solution.act(task, state, taken), _Memory(weight, task, state, taken)


def _fits(
    tables: Tables,
    here: NDArray[np.int64],
    action: NDArray[np.int64],
    there: NDArray[np.int64],
    reward: NDArray[np.float32] | None,
) -> NDArray[np.bool_]:
    """[B, M] which tasks lead from `here` to `there`, with that reward if it was seen."""
    fits = there[:, None] == tables.next[:, here, action].T
    if reward is not None:
        fits &= reward[:, None] == tables.reward[:, here, action].T
    return fits


def _normalised(weight: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weight.sum(1, keepdims=True)
    return np.where(total > 0, weight, prior) / np.where(total > 0, total, 1)


def _draw(weight: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.intp]:
    """[B] a task from each row's distribution."""
    below = weight.cumsum(1)
    return (below <= uniform[:, None] * below[:, -1:]).sum(1)
