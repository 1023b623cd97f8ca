"""What an explorer does, over many trials: where it goes, how long it goes on, and what can be known by then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..algorithms.posterior import posteriors
from ..errors import DreamctlError
from ..learning.tabular import tabulate_all
from ..records import Environment, Task
from ..runs import play
from ..runs.build import draw
from ..runs.directory import Run
from ..runs.seeding import EVALUATE, task_seeds
from ..simulation.episodes import Episodes, concatenate
from .trial import Watched

TRIALS = 256
MOST = 64  # tasks: with more, some of them stand for all, evenly spread
QUARTILES = (0.25, 0.75)

Document = dict[str, Any]


def habits(watched: Watched, *, trials: int = TRIALS) -> Document:
    """How the explorations of `trials` trials go, as a JSON document.

    - `playing` [T+1]: the share of trials that have not stopped before each step. Steps count over all episodes.
    - `actions` [T, A]: of the trials that take each step, the share that take it by each action.
    - `visits`: for each place (x, y) the share of trials that come there, and how often a trial does; None where the
      environment does not say where a player is.
    - `sights`: for each kind of place that the environment names, how many different ones a trial comes to, on average.
    - `belief`: how probable the truth is after each step, `mean` and `quartiles` over trials: the true task, by the
      exact posterior over `tasks` tasks, or the true labels, by the judge. `example` is one trial's posterior. None
      where neither is to be had.
    """
    environment, tasks = watched.environment, some_tasks(watched.environment, watched.seed)
    shown = [tasks[n % len(tasks)] for n in range(trials)]
    seeds = np.concatenate(
        [
            task_seeds(watched.seed, EVALUATE, shown[first : first + len(tasks)], turn)
            for turn, first in enumerate(range(0, trials, len(tasks)))
        ]
    )
    told, run = watched.explorer.told, watched.run
    policy = watched.player.explorer()
    episodes = concatenate(list(play.explore(environment, policy, shown, seeds, told=told)))
    return {
        "trials": trials,
        "playing": rounded(episodes.valid.mean(0)),
        "actions": rounded(actions(environment, episodes)),
        "visits": visits(environment, episodes),
        "sights": sights(environment, episodes),
        "belief": belief_in_labels(run, episodes)
        if run and run.judge
        else belief_in_tasks(environment, tasks, episodes),
    }


def some_tasks(environment: Environment, seed: int) -> list[Task]:
    """Test tasks, or what else there is: all of them, or `MOST`. Of one task alone there is nothing to find out."""
    tasks = environment.tasks()
    lists = [tasks.test, tasks.validation, tasks.train]
    known = next((some for some in lists if len(some) > 1), None) or next(filter(None, lists), None)
    known = known or draw(tasks, MOST, seed, EVALUATE)
    return [known[i] for i in np.unique(np.linspace(0, len(known) - 1, min(MOST, len(known))).astype(int))]


def actions(environment: Environment, episodes: Episodes) -> NDArray[np.float64]:
    """The share of each action at each step [T, A]; zeros where nobody takes one."""
    taken = episodes.action[:, :, None] == np.arange(len(environment.actions))  # [B, T, A]
    steps = episodes.mask.sum(0)[:, None]
    return np.asarray((taken & episodes.mask[:, :, None]).sum(0) / np.maximum(steps, 1))


def visits(environment: Environment, episodes: Episodes) -> list[Document] | None:
    """Where the players of these episodes come, and how often."""
    if environment.place is None:
        return None
    row, t = np.nonzero(episodes.valid)
    there = np.asarray(environment.place(episodes.observation[row, t]))  # [N, 2]
    places, which = np.unique(there, axis=0, return_inverse=True)
    count = np.zeros((len(episodes), len(places)))
    np.add.at(count, (row, which.ravel()), 1)
    shares, times = (count > 0).mean(0), count.mean(0)
    return [
        {"x": int(x), "y": int(y), "share": round(float(share), 4), "times": round(float(many), 4)}
        for (x, y), share, many in zip(places, shares, times, strict=True)
    ]


def sights(environment: Environment, episodes: Episodes) -> dict[str, float]:
    """How many different places of each kind a trial comes to, on average."""
    if environment.place is None:
        return {}
    row, t = np.nonzero(episodes.valid)
    seen = episodes.observation[row, t]
    where = np.column_stack([row, environment.place(seen)])  # [N, 3]
    return {
        name: round(len(np.unique(where[np.asarray(of_this_kind(seen))], axis=0)) / len(episodes), 4)
        for name, of_this_kind in environment.sights.items()
    }


def belief_in_tasks(environment: Environment, tasks: Sequence[Task], episodes: Episodes) -> Document | None:
    """What can be known of the task after each step, were nothing forgotten: the exact posterior."""
    assert episodes.tasks is not None
    try:
        tables = tabulate_all(environment, tasks, execution=False, rewards=environment.reward_seen)
    except DreamctlError:  # chance decides, or the tasks are too large for tables
        return None
    prior = np.array([task.weight for task in tasks], float)
    found = posteriors(tables, prior / prior.sum(), episodes, reward_seen=environment.reward_seen)  # [B, T+1, M]
    place = {task.key: m for m, task in enumerate(tasks)}
    true = np.array([place[task.key] for task in episodes.tasks])
    of_truth = np.take_along_axis(found, true[:, None, None], 2)[:, :, 0]
    example = {"task": episodes.tasks[0].key, "tasks": [task.key for task in tasks], "probability": rounded(found[0])}
    return {"of": "the true task", "tasks": len(tasks), **over_trials(of_truth), "example": example}


def belief_in_labels(run: Run, episodes: Episodes) -> Document | None:
    """How probable the judge thinks what is true, after each step: the mean over items."""
    assert episodes.tasks is not None
    if run.judge is None or run.rubric is None or not run.judge.judge.prefixes:
        return None
    truth = run.rubric.targets(episodes.tasks)[:, None]  # [B, 1, L]
    believed = run.judge.beliefs(episodes)  # [B, T+1, L]
    right = np.where(np.isnan(truth), np.nan, np.where(truth > 0.5, believed, 1 - believed))
    return {
        "of": "the true labels",
        "tasks": len({task.key for task in episodes.tasks}),
        **over_trials(np.nanmean(right, 2)),
    }


def over_trials(values: NDArray[np.float64]) -> Document:
    """The mean and the quartiles of [B, T+1] over trials."""
    return {"mean": rounded(values.mean(0)), "quartiles": [rounded(each) for each in np.quantile(values, QUARTILES, 0)]}


def rounded(values: NDArray[Any]) -> Any:
    """As lists, with four digits behind the point."""
    return np.round(values.astype(np.float64), 4).tolist()
