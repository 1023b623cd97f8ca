"""Playing many tasks: shards of a constant number of rows, so that results do not depend on how tasks are grouped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .. import random
from ..learning.trials import EXPLORING, execute
from ..learning.trials import explore as play
from ..records import Environment, Task
from ..simulation.episodes import Episodes, concatenate, in_sequence
from ..simulation.open import open_simulator
from ..simulation.policy import Padded, Policy, chosen, joined
from ..simulation.rollout import resume
from .seeding import SHUFFLE, generator

ROWS = 256  # networks pick other kernels for other batch shapes, so every shard has this many rows


class Player(Protocol):
    """What a trial needs; every `Learner` is one, and `Scripted` makes one of a plain policy."""

    def explorer(self) -> Policy: ...
    def condition(self, explorations: Episodes) -> Any: ...
    def executor(self) -> Policy: ...


class Scripted:
    """A policy that learns nothing: it executes as it explores, and is conditioned on nothing."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def explorer(self) -> Policy:
        return self.policy

    def condition(self, explorations: Episodes) -> None:
        return None

    def executor(self) -> Policy:
        return self.policy


def explore(
    environment: Environment,
    policy: Policy,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    *,
    told: bool = False,
    rows: int = ROWS,
    failures: list[str] | None = None,
) -> Iterator[Episodes]:
    """Play the exploration of every task; yields shards in order, the last one cut to the rows that are left.

    A `told` policy is given the tasks as its condition. A sentence per row is put into `failures`, empty where all
    went well.
    """
    policy = Padded(policy, rows)
    for index, real in _shards(len(tasks), rows):
        shard, own = [tasks[i] for i in index], seeds[index[:real]]
        with closing(open_simulator(environment, real)) as simulator:
            episodes = play(environment, simulator, policy, shard[:real], own, condition=_told(shard, told))
            if failures is not None:
                failures += [simulator.failure(row) if episodes.failure[row] else "" for row in range(real)]
        yield episodes


def explore_until(
    environment: Environment,
    policy: Policy,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    enough: Callable[[Episodes, Any], tuple[NDArray[np.bool_], Any]],
    *,
    failures: list[str] | None = None,
) -> Episodes:
    """The explorations of all tasks at once, each going on until `enough` has been seen in its row.

    That is asked after every episode but the environment's last, of the episode and a memory of those before it (None
    at first); it answers [B], and its new memory. Rows that go on are put together into shards of `ROWS`, so what one
    program needs is not waited for by the others; a row plays as it would in `explore`.
    """
    policy, keys = Padded(policy, ROWS), random.keys(seeds, EXPLORING)
    going, memory, remembered = np.arange(len(tasks)), None, None
    parts: list[tuple[NDArray[np.intp], Episodes]] = []
    sentences = [""] * len(tasks)

    def play_on(number: int) -> tuple[Episodes, Any]:
        """The next episode of every row that goes on, and the policy's memory of them."""
        parts, memories = [], []
        for index, real in _shards(len(going), ROWS):
            rows = going[index[:real]]
            with closing(open_simulator(environment, real)) as simulator:
                played, after = resume(
                    simulator,
                    policy,
                    policy.start(ROWS) if memory is None else chosen(memory, index),
                    [tasks[row] for row in rows],
                    keys[rows],
                    steps=environment.exploration_steps,
                    first=number,
                    reward_seen=environment.reward_seen,
                    actions=len(environment.actions),
                )
                for at in np.flatnonzero(played.failure):
                    sentences[rows[at]] = simulator.failure(int(at))
            parts.append(played)
            memories.append(chosen(after, np.arange(real)))
        return concatenate(parts), joined(memories)

    for number in range(environment.exploration_episodes):
        played, memory = play_on(number)
        parts.append((going, played))
        if number == environment.exploration_episodes - 1:
            break
        over, remembered = enough(played, remembered)
        on = np.flatnonzero(~over & (played.failure == 0))
        if not len(on):
            break
        going, memory, remembered = going[on], chosen(memory, on), chosen(remembered, on)
    if failures is not None:
        failures += sentences
    return in_sequence(parts)


def trials(
    environment: Environment,
    player: Player,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    *,
    told: bool = False,
    shuffle: bool = False,
    rows: int = ROWS,
) -> Iterator[tuple[Episodes, Episodes]]:
    """Whole trials of a return answer: shards of explorations, and of the executions that go with them.

    Nobody but a `told` player sees which task it is in. With `shuffle`, each row's execution is conditioned on the
    exploration of another row of its shard, drawn at random: what is left is what can be done without exploring.
    """
    simulator = open_simulator(environment, rows)
    explorer, executor = player.explorer(), player.executor()
    try:
        for index, real in _shards(len(tasks), rows):
            shard, own = [tasks[i] for i in index], seeds[index]
            exploration = play(environment, simulator, explorer, shard, own, condition=_told(shard, told))
            read = exploration if told else exploration.without_tasks()
            if shuffle:
                read = read.rows(generator(int(own[0]), SHUFFLE).permutation(rows))
            execution = execute(environment, simulator, executor, shard, own, player.condition(read))
            yield exploration.rows(slice(real)), execution.rows(slice(real))
    finally:
        simulator.close()


def _shards(count: int, rows: int) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Indices [rows] of each shard, the last repeated where tasks run out, and how many of them are real."""
    for first in range(0, count, rows):
        yield np.minimum(np.arange(first, first + rows), count - 1), min(rows, count - first)


def _told(tasks: list[Task], told: bool) -> list[Task] | None:
    return tasks if told else None
