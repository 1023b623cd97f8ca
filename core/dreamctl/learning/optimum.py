"""The best return that any explorer and executor can reach on a few deterministic tasks, by dynamic programming."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from typing import TypeVar

from attrs import frozen

from ..records import Environment, Task
from .tabular import Tables, tabulate_all, value_iteration

Key = TypeVar("Key", bound=Hashable)
Belief = tuple[int, ...]  # the tasks that fit all that was seen, in order


def best_return(environment: Environment, tasks: Sequence[Task], *, exploring: bool = True) -> float:
    """The highest mean return of the execution episode over `tasks`, for an agent that knows nothing but the list.

    Without `exploring`, there is nothing but the execution: what failing to explore is worth at best.
    The search goes over (episode, steps left, observed state, belief), with values summed over the tasks in the
    belief, so that branches add up. It is for small worlds: time grows with the beliefs that can be reached.
    Raises `UsageError` where the tasks cannot be tabulated.
    """
    explorations = environment.exploration_episodes if exploring else 0
    steps = [environment.exploration_steps] * explorations + [environment.execution_steps]
    tables = [tabulate_all(environment, tasks, execution=False)] * explorations
    tables.append(tabulate_all(environment, tasks, execution=True))
    known = value_iteration(tables[-1], steps[-1]).max(-1)  # [steps+1, M, S] of the execution, knowing the task

    @cache
    def begin(episode: int, belief: Belief) -> float:
        """The value of the trial from the start of an episode."""
        if episode == len(steps):
            return 0.0
        if len(belief) == 1:
            return float(known[-1, belief[0], tables[-1].start[belief[0]]])
        starts = _grouped((int(tables[episode].start[m]), m) for m in belief)
        return sum(go_on(episode, steps[episode], state, some) for state, some in starts.items())

    @cache
    def go_on(episode: int, left: int, state: int, belief: Belief) -> float:
        executing = episode == explorations
        if len(belief) == 1:
            return float(known[left, belief[0], state]) if executing else begin(explorations, belief)
        if left == 0:
            return begin(episode + 1, belief)
        best = 0.0
        for action in range(len(environment.actions)):
            value = 0.0
            for seen in _outcomes(tables[episode], state, action, belief, executing or environment.reward_seen):
                value += seen.reward if executing else 0.0
                value += (
                    begin(episode + 1, seen.belief) if seen.over else go_on(episode, left - 1, seen.state, seen.belief)
                )
            best = value if action == 0 else max(best, value)
        return best

    return begin(0, tuple(range(len(tasks)))) / len(tasks)


@frozen
class _Outcome:
    state: int
    over: bool
    reward: float  # summed over the belief
    belief: Belief


def _outcomes(tables: Tables, state: int, action: int, belief: Belief, reward_seen: bool) -> list[_Outcome]:
    """What can be seen to follow an action, and the tasks in which it does."""
    chosen = list(belief)
    following = tables.next[chosen, state, action].tolist()
    over = tables.terminated[chosen, state, action].tolist()
    reward = tables.reward[chosen, state, action].astype(float).tolist()
    shown = reward if reward_seen else [0.0] * len(belief)
    gained = dict(zip(belief, reward, strict=True))
    groups = _grouped(zip(zip(following, over, shown, strict=True), belief, strict=True))
    return [_Outcome(there, ended, sum(gained[m] for m in some), some) for (there, ended, _), some in groups.items()]


def _grouped(pairs: Iterable[tuple[Key, int]]) -> dict[Key, Belief]:
    """The tasks of each key."""
    groups: dict[Key, Belief] = {}
    for key, task in pairs:
        groups[key] = (*groups.get(key, ()), task)
    return groups
