"""A control that is told the task: nothing to find out while exploring, and in execution what is best in the task."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..learning.learner import Computed
from ..learning.tabular import Solution, solve
from ..records import Problem, Task
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy, RandomPolicy, Seen


class Told(Computed):
    """Each task that is met is tabulated and solved once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def explorer(self) -> Policy:
        return RandomPolicy(len(self.problem.environment.actions))

    def condition(self, explorations: Episodes) -> NDArray[np.object_]:
        """[B] the tasks themselves."""
        assert explorations.tasks is not None, "told: it must be told the tasks"
        tasks = np.empty(len(explorations), object)
        tasks[:] = explorations.tasks
        return tasks

    def executor(self) -> Policy:
        return BestInTask(self.problem)


@frozen(eq=False)
class _Memory:
    solution: Solution
    task: NDArray[np.intp]  # [B] the row's task in the solution
    taken: NDArray[np.int64]  # [B] steps of this episode


class BestInTask(Policy):
    """Plays what is best in the row's own task. Its condition is the tasks [B]."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def start(self, batch: int, condition: NDArray[np.object_]) -> _Memory:  # type: ignore[override]
        different: dict[str, Task] = {task.key: task for task in condition}
        solution = solve(self.problem.environment, tuple(different.values()), execution=True, seed=self.problem.seed)
        place = {key: m for m, key in enumerate(different)}
        task = np.array([place[task.key] for task in condition])
        return _Memory(solution, task, np.zeros(batch, np.int64))

    def act(self, seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], _Memory]:
        state = memory.solution.tables.states.find(seen.observation)
        taken = np.where(seen.new_episode, 0, memory.taken)
        action = memory.solution.act(memory.task, state, taken)
        return action, _Memory(memory.solution, memory.task, taken + 1)
