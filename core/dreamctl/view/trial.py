"""Who is watched, and the film of one of its trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen
from numpy.typing import NDArray

from ..records import Environment, Explorer, Task
from ..runs import play
from ..runs.seeding import EVALUATE, task_seeds
from ..simulation.episodes import Episodes
from .film import Shot, film


@frozen(eq=False, kw_only=True)
class Watched:
    """An explorer that is ready to play. `beliefs(episodes)` gives what is believed of `items`, [B, T+1, L]."""

    plugin: str
    environment: Environment
    explorer: Explorer
    player: play.Player
    beliefs: Callable[[Episodes], NDArray[Any]] | None = None
    items: Sequence[str] = ()


def shots(watched: Watched, task: Task, seed: int, episodes: int) -> list[Shot]:
    """The first `episodes` exploration episodes of the trial, and its execution if the answer is a return.

    The trial is the one that `dreamctl evaluate` plays of the same task under the same seed.
    """
    environment, told = watched.environment, watched.explorer.told
    seeds = task_seeds(seed, EVALUATE, [task])
    rows = play.ROWS if watched.explorer.learned else 1
    execution = None
    if environment.answer == "return":
        ((exploration, execution),) = play.trials(environment, watched.player, [task], seeds, told=told, rows=rows)
    else:
        policy = watched.player.explorer()
        (exploration,) = play.explore(environment, policy, [task], seeds, told=told, rows=rows)
    belief = {}
    if watched.beliefs is not None:
        believed = watched.beliefs(exploration)[0]  # [T+1, L]
        belief = {item: believed[:, i] for i, item in enumerate(watched.items)}
    explored = film(environment, exploration, "exploration", belief)
    kept = list(dict.fromkeys(shot.episode for shot in explored))[:episodes]
    shown = [shot for shot in explored if shot.episode in kept]
    return shown + (film(environment, execution, "execution") if execution is not None else [])
