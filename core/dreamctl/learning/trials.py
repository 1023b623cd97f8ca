"""Where learners get their trials: tasks drawn, seeds handed out, exploration and execution rolled out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import random
from ..records import Environment, Problem, Task
from ..simulation.episodes import Episodes
from ..simulation.open import open_simulator
from ..simulation.policy import Policy
from ..simulation.rollout import rollout
from ..simulation.simulator import Simulator
from .pictures import HalvingSimulator

TRAINING, EXPLORING, EXECUTING, ASKING, REPLAYING, NOISE, PREFIXES = range(1, 8)  # branches of the seed tree


class Trials:
    """Batches of trials on training tasks. Batch number n is a pure function of the problem's seed and n."""

    def __init__(self, problem: Problem, batch: int, episodes: int | None = None) -> None:
        self.problem, self.environment, self.batch = problem, problem.environment, batch
        self.episodes = episodes or problem.environment.exploration_episodes
        simulator = open_simulator(problem.environment, batch)
        self.simulator = HalvingSimulator(simulator) if problem.environment.halve else simulator
        self.taken = 0

    def draw(self, number: int) -> tuple[list[Task], NDArray[np.uint64]]:
        """The tasks and seeds [B] of batch `number`: uniform from the training tasks, or from their generator;
        half from each where there are both.
        """
        base = random.key(self.problem.seed, TRAINING, number)
        rng = np.random.default_rng(base)
        tasks = self.problem.tasks
        listed = 0 if not tasks.train else self.batch if tasks.sample is None else self.batch // 2
        drawn = [tasks.train[i] for i in rng.integers(len(tasks.train), size=listed)] if listed else []
        if tasks.sample is not None:
            drawn += [tasks.sample(rng) for _ in range(self.batch - listed)]
        return drawn, trial_seeds(base, self.batch)

    def explore(
        self, policy: Policy, tasks: Sequence[Task], seeds: NDArray[np.uint64], condition: Any = None
    ) -> Episodes:
        """The exploration episodes of a batch of trials."""
        episodes = explore(self.environment, self.simulator, policy, tasks, seeds, self.episodes, condition)
        self.taken += episodes.steps
        return episodes

    def execute(
        self, policy: Policy, tasks: Sequence[Task], seeds: NDArray[np.uint64], condition: Any = None
    ) -> Episodes:
        """The execution episode of a batch of trials, each with its own instruction."""
        episodes = execute(self.environment, self.simulator, policy, tasks, seeds, condition)
        self.taken += episodes.steps
        return episodes


def sample_tasks(problem: Problem, count: int = 2000) -> list[Task]:
    """Training tasks to compute statistics from: all that are listed, else `count` from the generator.

    None where there is neither, as in a run whose task file is gone: it can still play and judge.
    """
    if problem.tasks.train or problem.tasks.sample is None:
        return list(problem.tasks.train)
    rng = np.random.default_rng(random.key(problem.seed, TRAINING))
    return [problem.tasks.sample(rng) for _ in range(count)]


def trial_seeds(base: int, batch: int) -> NDArray[np.uint64]:
    """One seed per row below `base`: uint64 [B]."""
    return random.keys(np.full(batch, base, np.uint64), np.arange(batch))


def explore(
    environment: Environment,
    simulator: Simulator,
    policy: Policy,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    episodes: int | None = None,
    condition: Any = None,
) -> Episodes:
    """Roll out the exploration of a trial in every row."""
    return rollout(
        simulator,
        policy,
        tasks,
        random.keys(seeds, EXPLORING),
        steps=environment.exploration_steps,
        episodes=episodes or environment.exploration_episodes,
        condition=condition,
        reward_seen=environment.reward_seen,
        actions=len(environment.actions),
    )


def execute(
    environment: Environment,
    simulator: Simulator,
    policy: Policy,
    tasks: Sequence[Task],
    seeds: NDArray[np.uint64],
    condition: Any = None,
) -> Episodes:
    """Roll out one execution episode in every row, with an instruction drawn from the row's own seed."""
    return rollout(
        simulator,
        policy,
        tasks,
        random.keys(seeds, EXECUTING),
        steps=environment.execution_steps,
        condition=condition,
        instruction=draw_instructions(environment, tasks, seeds),
        actions=len(environment.actions),
    )


def draw_instructions(environment: Environment, tasks: Sequence[Task], seeds: NDArray[np.uint64]) -> NDArray[Any]:
    """One instruction per row [B, *I]; [B, 0] where the environment has none, which still marks execution."""
    if environment.instructions is None:
        return np.zeros((len(tasks), 0), np.float32)
    keys = random.keys(seeds, ASKING)
    return np.stack(
        [
            environment.instructions(task.params, np.random.default_rng(int(k)))
            for task, k in zip(tasks, keys, strict=True)
        ]
    )
