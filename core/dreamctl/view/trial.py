"""Who is watched, and the film of one of its trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from ..errors import UsageError
from ..records import Environment, Explorer, Task
from ..runs import play
from ..runs.directory import Run
from ..runs.graded import graded_trials
from ..runs.judging import FittedJudge
from ..runs.machine import on_threads
from ..runs.seeding import EVALUATE, task_seeds
from ..simulation.episodes import Episodes, cut
from .film import Shot, film

BEFORE, AFTER = 5, 6  # moments that are shown around a step
SECONDS = 1.5  # that are shown before a step, and after it, where it is many frames


@frozen(eq=False, kw_only=True)
class Watched:
    """An explorer that is ready to play. `beliefs(episodes)` gives what is believed of `items` (their titles).

    `seed`: what its trials are seeded with, where nothing is said.
    `run`: the one that trained it, if one did; `graded`: whether its grade of a program is looked into.
    """

    plugin: str
    environment: Environment
    explorer: Explorer
    player: play.Player
    seed: int = 0
    beliefs: Callable[[Episodes], NDArray[Any]] | None = None  # a trial (a batch of one) to [1, T+1, L]
    items: Sequence[str] = ()
    run: Run | None = None
    graded: bool = False

    @classmethod
    def of_run(cls, run: Run, of_program: bool = False) -> Watched:
        """The explorer that a run trained, and what its judge believes."""
        return cls(
            plugin=run.parts.plugin.name,
            environment=run.environment,
            explorer=run.parts.explorer,
            player=run.player,
            seed=run.settings.seed,
            beliefs=partial(beliefs, run.judge) if run.judge is not None else None,
            items=[item.called for item in run.rubric.items] if run.rubric is not None else (),
            run=run,
            graded=of_program and run.rubric is not None,
        )


def trial(watched: Watched, task: Task, seed: int) -> tuple[Episodes, Episodes | None]:
    """Its exploration, and its execution if the answer is a return.

    It is the trial that `dreamctl grade` judges of the same program under the same seed, where grades are looked into;
    else the one that `dreamctl evaluate` plays of the same task under the same seed.
    """
    if watched.graded and watched.run is not None:
        with on_threads(watched.run.settings.threads, watched.run.settings.device):
            return graded_trials(watched.run, [task], seed), None
    environment, told = watched.environment, watched.explorer.told
    seeds = task_seeds(seed, EVALUATE, [task])
    rows = play.ROWS if watched.explorer.learned else 1
    if environment.answer == "return":
        ((exploration, execution),) = play.trials(environment, watched.player, [task], seeds, told=told, rows=rows)
        return exploration, execution
    policy = watched.player.explorer()
    (exploration,) = play.explore(environment, policy, [task], seeds, told=told, rows=rows)
    return exploration, None


def shots(
    watched: Watched, task: Task, seed: int, episodes: int = 1, *, first: int = 1, step: int | None = None
) -> list[Shot]:
    """Exploration episodes of the trial, from number `first` on, and its execution if the answer is a return.

    With `step`, only the moments around that step of episode `first`, and it is marked. Both count from 1.
    """
    environment = watched.environment
    exploration, execution = trial(watched, task, seed)
    belief = {}
    if watched.beliefs is not None:
        believed = watched.beliefs(exploration)[0]  # [T+1, L]
        belief = {item: believed[:, i] for i, item in enumerate(watched.items)}
    last = int(exploration.episode.max()) + 1
    if first > last:
        raise UsageError(f"Task '{task.key}': its exploration has {_count(last, 'episode')}, and no {first}.")
    only = range(first - 1, first if step is not None else first - 1 + episodes)
    explored = film(environment, exploration, "exploration", belief, only)
    if step is not None:
        return _around(explored, step)
    return explored + (film(environment, execution, "execution") if execution is not None else [])


def beliefs(judge: FittedJudge, episodes: Episodes) -> NDArray[np.float64]:
    """What is believed after every step of one trial: [1, T+1, L].

    A judge of whole explorations is asked about every prefix, as if the exploration had ended there.
    """
    if judge.judge.prefixes:
        return judge.beliefs(episodes)
    ends = np.arange(episodes.valid.shape[1])
    parts = [ends[first : first + play.ROWS] for first in range(0, len(ends), play.ROWS)]
    asked = [judge.probabilities(cut(episodes.rows(np.zeros(len(part), np.intp)), part)) for part in parts]
    return np.concatenate(asked)[None]


def _around(episode: list[Shot], step: int) -> list[Shot]:
    """The moments of an episode from a little before a step to a little after it."""
    if step > episode[-1].step:
        raise UsageError(f"'{episode[0].episode}' has {_count(episode[-1].step, 'step')}, and no {step}.")
    of_step = [n for n, shot in enumerate(episode) if shot.step == step]
    footage = episode[0].footage
    if footage is None:
        low, high = of_step[0] - BEFORE, of_step[-1] + AFTER
    else:
        low, high = of_step[0] - round(SECONDS * footage.pace), of_step[-1] + round(SECONDS * footage.pace)
    return [evolve(shot, marked=shot.step == step) for shot in episode[max(low, 0) : high + 1]]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)
