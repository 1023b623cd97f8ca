"""How many trials it takes to learn that an arm is worth pulling because of what it shows: DREAM against RL2.

The setting of the analysis of Liu, Raghunathan, Liang and Finn 2021 (DREAM, section on sample complexity): the bandit
of `reveal`, tabular learners, and an outer loop whose exploration and execution arms are drawn uniformly, so that all
that differs is how exploring is credited. After each trial both ask which exploration arm is best:

- DREAM credits an arm with what it told about the task mu: the mean over its pulls of log q(mu | arm, observation),
  where q is the empirical frequency of mu among the trials with that arm and observation;
- RL2 credits an arm with what execution makes of it: the mean over its pulls of max_a Q(arm, observation, a), where
  Q is the empirical mean of the reward, 0 for what was never tried.

An arm that was never pulled could be the best. Learning is over when the revealing arm is better than every other, and
stays so. An arm that shows nothing looks telling to DREAM until it was pulled in two different tasks, which is a matter
of collecting coupons: A log A. RL2 first has to find out, for most of the A things that the revealing arm shows, which
of A arms pays then, while that arm is pulled once in A trials.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreamctl import keys
from dreamctl.compiled import compiled
from dreamctl.random_jit import below, bits

REVEALS = 0
TIE = 1e-9  # values nearer than this are the same, but for rounding
DRAWS = 3  # of each trial: the task, the exploration arm, the execution arm


def trials_to_learn(learner: str, arms: int, seeds: int, *, horizon: float = 12.0) -> NDArray[np.int64]:
    """Trials until the revealing arm is best and stays best: int64 [seeds]; -1 where it is not so at the end.

    `learner` is "dream" or "rl2". To see that it stays so, a run goes on for `horizon` times A log A trials with DREAM,
    and A^2 log A with RL2. Run number n is the same whatever `seeds` is.
    """
    run, power = {"dream": (_dream, 1), "rl2": (_rl2, 2)}[learner]
    length = int(horizon * arms**power * np.log(arms))
    streams = keys(np.arange(seeds, dtype=np.uint64), arms)
    return np.array([run(arms, stream, length) for stream in streams])


def slope(arms: NDArray[np.floating], trials: NDArray[np.floating]) -> float:
    """Of the straight line through log trials over log arms, by least squares."""
    return float(np.polyfit(np.log(arms), np.log(trials), 1)[0])


@compiled
def _trial(stream, number, arms):  # type: ignore[no-untyped-def]
    """Task, exploration arm, what it shows, execution arm."""
    first = np.uint64(DRAWS * number)
    task = 1 + int(below(bits(stream, first), np.uint64(arms - 1)))
    explored = int(below(bits(stream, first + np.uint64(1)), np.uint64(arms)))
    executed = int(below(bits(stream, first + np.uint64(2)), np.uint64(arms)))
    return task, explored, task if explored == REVEALS else 0, executed


@compiled
def _best(value):  # type: ignore[no-untyped-def]
    """Whether the revealing arm is better than every other."""
    return value[1:].max() + TIE < value[REVEALS]


@compiled
def _dream(arms, stream, length):  # type: ignore[no-untyped-def]
    count = np.zeros((arms, arms, arms))  # [arm, observation, task] trials
    pulls = np.zeros(arms)  # [arm]
    told = np.zeros((arms, arms))  # [arm, observation] sum of log q over these trials
    value = np.zeros(arms)  # [arm]; log 1 for an arm that was never pulled
    since = -1
    for number in range(length):
        task, arm, seen, _ = _trial(stream, number, arms)
        count[arm, seen, task] += 1
        pulls[arm] += 1
        total = count[arm, seen].sum()
        told[arm, seen] = 0
        for times in count[arm, seen]:
            if times:
                told[arm, seen] += times * np.log(times / total)
        value[arm] = told[arm].sum() / pulls[arm]
        if pulls[REVEALS] and _best(value):
            since = number + 1 if since < 0 else since
        else:
            since = -1
    return since


@compiled
def _rl2(arms, stream, length):  # type: ignore[no-untyped-def]
    tried = np.zeros((arms, arms, arms))  # [arm, observation, execution arm] trials
    paid = np.zeros((arms, arms, arms))  # [arm, observation, execution arm] reward
    pulls = np.zeros((arms, arms))  # [arm, observation]
    best = np.zeros((arms, arms))  # [arm, observation] max_a Q
    value = np.ones(arms)  # [arm]; the largest reward for an arm that was never pulled
    since = -1
    for number in range(length):
        task, arm, seen, executed = _trial(stream, number, arms)
        tried[arm, seen, executed] += 1
        paid[arm, seen, executed] += executed == task
        pulls[arm, seen] += 1
        best[arm, seen] = 0
        for a in range(arms):
            if tried[arm, seen, a]:
                best[arm, seen] = max(best[arm, seen], paid[arm, seen, a] / tried[arm, seen, a])
        value[arm] = (pulls[arm] * best[arm]).sum() / pulls[arm].sum()
        if _best(value):
            since = number + 1 if since < 0 else since
        else:
            since = -1
    return since
