"""Tables of small deterministic environments: what optima, exact posteriors and oracles are computed from.

Within an episode, given the task and the instruction, the observation must name the state.
Letters: S states, A actions, M tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from .. import random
from ..errors import UsageError
from ..records import Environment, Task
from ..simulation.open import open_simulator
from ..simulation.policy import RandomPolicy
from ..simulation.rollout import rollout

VALUES = 50_000_000  # at most, over all steps to go, tasks, states and actions: 400 MB of Q
WALKS = 64  # random episodes that a finished table is compared with
REPLAY, WALK = 0x7265, 0x7761  # sub-streams of the seed


@frozen(eq=False, kw_only=True)
class Table:
    """One task. State 0 is the start; a state from which nothing is played on stays where it is, terminated."""

    next: NDArray[np.int64]  # [S, A]
    reward: NDArray[np.float32]  # [S, A]
    terminated: NDArray[np.bool_]  # [S, A]
    observation: NDArray[Any]  # [S, *O]


@frozen(eq=False, kw_only=True)
class Tables:
    """Several tasks over the states of all of them. A state that a task does not have leads to -1 in it."""

    start: NDArray[np.int64]  # [M]
    next: NDArray[np.int64]  # [M, S, A]
    reward: NDArray[np.float32]  # [M, S, A]
    terminated: NDArray[np.bool_]  # [M, S, A]
    states: States

    def __len__(self) -> int:
        return len(self.start)


def tabulate(
    environment: Environment,
    task: Task,
    *,
    execution: bool,
    instruction: NDArray[Any] | None = None,
    seed: int = 0,
    limit: int = 10_000,
    rewards: bool = True,
) -> Table:
    """Find every state within the step limit, breadth first, by replaying the path to each and trying every action.

    Raises `UsageError` if there are more than `limit` states, or if what happens is not a function of observation and
    action: replays, each under a seed of its own, and random episodes at the end are compared with the table.
    Without `rewards` the table has none, and they may depend on whatever they like.
    """
    steps = environment.execution_steps if execution else environment.exploration_steps
    actions = np.arange(len(environment.actions))
    states = States()
    found: dict[int, tuple[NDArray[Any], ...]] = {}  # state -> what each action leads to
    frontier: dict[int, tuple[int, ...]] = {0: ()}  # state -> the first path that led to it
    for _ in range(steps):
        paths = np.array([(*path, action) for path in frontier.values() for action in actions])  # [B, T]
        before, after, reward, over = _replay(environment, task, instruction, seed, paths)
        reward = reward if rewards else np.zeros_like(reward)
        if not np.array_equal(states.number(before), np.repeat(list(frontier), len(actions))):
            raise _no_table(environment, task)
        following = states.number(after)
        if len(states) > limit:
            raise UsageError(
                f"{environment.name}: task '{task.key}' has more than {limit} states, which are too many for a table."
            )
        for i, state in enumerate(frontier):
            part = slice(i * len(actions), (i + 1) * len(actions))
            found[state] = following[part], reward[part], over[part]
        frontier = {}
        for path, state in zip(paths[~over], following[~over].tolist(), strict=True):
            if state not in found:
                frontier.setdefault(state, tuple(path))
        if not frontier:
            break
    table = _table(states, found, len(actions))
    _compare(environment, task, instruction, seed, steps, table, states, rewards)
    return table


def tabulate_all(
    environment: Environment, tasks: Sequence[Task], *, execution: bool, seed: int = 0, rewards: bool = True
) -> Tables:
    """The tables of several tasks, joined.

    Raises `UsageError` where there is no table of a task, where all of them would be too large, and of executions
    where the environment gives instructions.
    """
    if execution and environment.instructions is not None:
        raise UsageError(f"{environment.name}: it gives instructions, and exact answers are for environments without.")
    steps = environment.execution_steps if execution else environment.exploration_steps
    values = (steps + 1) * len(tasks) * len(environment.actions)  # per state, once value iteration has been run
    states, tables, places = States(), list[Table](), list[NDArray[np.int64]]()
    for task in tasks:
        tables.append(tabulate(environment, task, execution=execution, seed=seed, rewards=rewards))
        places.append(states.number(tables[-1].observation))
        if len(states) * values > VALUES:
            raise UsageError(f"{environment.name}: its {len(tasks)} tasks have too many states for exact answers.")
    shape = len(tables), len(states), len(environment.actions)
    joined = Tables(
        start=np.array([place[0] for place in places]),
        next=np.full(shape, -1),
        reward=np.zeros(shape, np.float32),
        terminated=np.ones(shape, bool),
        states=states,
    )
    for m, (table, place) in enumerate(zip(tables, places, strict=True)):
        joined.next[m, place] = place[table.next]
        joined.reward[m, place] = table.reward
        joined.terminated[m, place] = table.terminated
    return joined


def value_iteration(table: Table | Tables, horizon: int) -> NDArray[np.float64]:
    """Q [horizon+1, S, A], or [horizon+1, M, S, A]: the best undiscounted return with so many steps to go."""
    Q = np.zeros((horizon + 1, *table.reward.shape))
    for left in range(1, horizon + 1):
        value = Q[left - 1].max(-1)  # [S] or [M, S]
        after = np.take_along_axis(value, np.maximum(table.next, 0).reshape(*value.shape[:-1], -1), -1)
        Q[left] = table.reward + np.where(table.terminated, 0, after.reshape(table.next.shape))
    return Q


@frozen(eq=False)
class Solution:
    """What is best in each of several tasks, by value iteration."""

    tables: Tables
    Q: NDArray[np.float64]  # [steps+1, M, S, A] by steps to go

    def act(self, task: NDArray[np.intp], state: NDArray[np.int64], taken: NDArray[np.int64]) -> NDArray[np.int64]:
        """[B] the best actions in states [B] of tasks [B], after `taken` [B] steps of the episode."""
        left = np.maximum(len(self.Q) - 1 - taken, 0)
        return self.Q[left, task, state].argmax(-1)


def solve(environment: Environment, tasks: Sequence[Task], *, execution: bool, seed: int = 0) -> Solution:
    """Tabulate the tasks and solve each for its own reward."""
    tables = tabulate_all(environment, tasks, execution=execution, seed=seed)
    steps = environment.execution_steps if execution else environment.exploration_steps
    return Solution(tables, value_iteration(tables, steps))


class States:
    """Numbers observations in the order in which they are first seen."""

    def __init__(self) -> None:
        self.observations: list[NDArray[Any]] = []
        self.numbers: dict[bytes, int] = {}
        self.known = np.zeros(0, "S1")  # [S] observations as bytes, sorted
        self.order = np.zeros(0, np.int64)  # [S] their numbers

    def __len__(self) -> int:
        return len(self.observations)

    def number(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """[B] the numbers of observations [B, *O]; new ones get the next."""
        for observation in observations:
            if self.numbers.setdefault(observation.tobytes(), len(self)) == len(self):
                self.observations.append(observation)
        return np.array([self.numbers[observation.tobytes()] for observation in observations], np.int64)

    def find(self, observations: NDArray[Any]) -> NDArray[np.int64]:
        """[B] the numbers of observations [B, *O]; -1 for those that have none."""
        if len(self.order) < len(self):
            every = _as_bytes(np.stack(self.observations))
            self.order = np.argsort(every)
            self.known = every[self.order]
        given = _as_bytes(observations)
        place = np.minimum(np.searchsorted(self.known, given), len(self) - 1)
        return np.where(self.known[place] == given, self.order[place], -1)


def _as_bytes(observations: NDArray[Any]) -> NDArray[np.bytes_]:
    flat = np.ascontiguousarray(observations.reshape(len(observations), -1))
    return flat.view(f"S{flat.shape[1] * flat.itemsize}")[:, 0]  # [B]


def _replay(
    environment: Environment, task: Task, instruction: NDArray[Any] | None, seed: int, paths: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float32], NDArray[np.bool_]]:
    """Walk paths [B, T]: the observations before and after the last step, its reward, and whether it ended things."""
    batch, length = paths.shape
    rows = np.arange(batch)
    seeds = random.keys(np.full(batch, random.key(seed, REPLAY, length), np.uint64), rows)
    simulator = open_simulator(environment, batch)
    after = simulator.reset([task.params] * batch, seeds, rows, _every_row(instruction, batch))
    for actions in paths.T:
        before = after
        step = simulator.step(actions)
        after = step.observation
    simulator.close()
    return before, after, step.reward, step.terminated | step.truncated | (step.failure > 0)


def _table(states: States, found: dict[int, tuple[NDArray[Any], ...]], actions: int) -> Table:
    stay = np.repeat(np.arange(len(states))[:, None], actions, 1)
    table = Table(
        next=stay,
        reward=np.zeros(stay.shape, np.float32),
        terminated=np.ones(stay.shape, bool),
        observation=np.stack(states.observations),
    )
    for state, (following, reward, over) in found.items():
        table.next[state], table.reward[state], table.terminated[state] = following, reward, over
    return table


def _compare(
    environment: Environment,
    task: Task,
    instruction: NDArray[Any] | None,
    seed: int,
    steps: int,
    table: Table,
    states: States,
    rewards: bool,
) -> None:
    """Raise unless random episodes go as the table says."""
    seeds = random.keys(np.full(WALKS, random.key(seed, WALK), np.uint64), np.arange(WALKS))
    simulator = open_simulator(environment, WALKS)
    policy = RandomPolicy(table.next.shape[1])
    asked = _every_row(instruction, WALKS)
    walks = rollout(simulator, policy, [task] * WALKS, seeds, steps=steps, instruction=asked)
    simulator.close()
    flat = walks.observation.reshape(-1, *walks.observation.shape[2:])
    place = states.find(flat).reshape(walks.episode.shape)  # [B, T+1]
    row, t = walks.mask.nonzero()
    here, there, action = place[row, t], place[row, t + 1], walks.action[row, t]
    last = ~np.pad(walks.mask, [(0, 0), (0, 1)])[row, t + 1] & (t + 1 < steps)  # it ended before the step limit
    agree = (
        (here >= 0)
        & (table.next[here, action] == there)
        & (~np.bool_(rewards) | (table.reward[here, action] == walks.reward[row, t]))
        & ((table.terminated[here, action] == last) | (t + 1 == steps))
    )
    if not agree.all():
        raise _no_table(environment, task)


def _every_row(instruction: NDArray[Any] | None, batch: int) -> NDArray[Any] | None:
    return None if instruction is None else np.repeat(np.asarray(instruction)[None], batch, 0)


def _no_table(environment: Environment, task: Task) -> UsageError:
    return UsageError(
        f"{environment.name}: task '{task.key}' cannot be made a table, because what happens is not a function of"
        " the observation and the action; use a deterministic environment whose observation names its state."
    )
