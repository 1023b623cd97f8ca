"""A trial as a film: played again from its seed and actions, with a picture of every moment, or of every frame."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from .. import random
from ..errors import PluginError, UsageError
from ..footage import Footage
from ..records import Environment, Task
from ..simulation.episodes import Episodes
from ..simulation.open import open_simulator
from ..simulation.simulator import Simulator


@frozen(eq=False, kw_only=True)
class Shot:
    """One moment of an episode. `action` led to it, and is empty at the start of an episode.

    Where a step is many frames, it is one of these, of `footage`.
    """

    _picture: NDArray[np.uint8] | None = None  # [H, W, 3]
    observation: NDArray[Any]  # [*O]
    episode: str
    step: int
    action: str = ""
    reward: float = 0.0
    belief: Mapping[str, float] = field(factory=dict)  # what is judged to be present, by the item's key
    marked: bool = False  # it is what the film is shown for
    footage: Footage | None = None
    frame: int = 0

    @property
    def picture(self) -> NDArray[np.uint8]:
        """uint8 [H, W, 3]"""
        if self.footage is not None:
            return self.footage.picture(self.frame)
        assert self._picture is not None
        return self._picture


def film(
    environment: Environment,
    episodes: Episodes,
    name: str,
    belief: Mapping[str, NDArray[np.float32]] | None = None,
    only: Container[int] | None = None,
) -> list[Shot]:
    """Every moment of the one trial in `episodes` (a batch of one), replayed bit for bit.

    `name` is what its episodes are called: "exploration", say. `belief` maps items to probabilities [T+1]. `only` are
    the numbers of the episodes that are wanted.
    """
    assert episodes.tasks is not None
    (task,) = episodes.tasks
    shots: list[Shot] = []
    for shot, t in _filmed(environment, episodes, task, only) or _moments(environment, episodes, task, only):
        number = int(episodes.episode[0, t])
        titled = f"{name} {number + 1}" if episodes.episode.max() > 0 else name
        believed = {item: float(values[t]) for item, values in (belief or {}).items()}
        shots.append(evolve(shot, episode=titled, belief=believed))
    return shots


def _moments(
    environment: Environment, episodes: Episodes, task: Task, only: Container[int] | None
) -> Iterator[tuple[Shot, int]]:
    """A shot of each observation, and its position in T."""
    step = 0
    for t, picture in _pictures(environment, episodes, task, only):
        begins = bool(episodes.starts[0, t])
        step = 0 if begins else step + 1
        yield (
            Shot(
                picture=picture,
                observation=episodes.observation[0, t],
                episode="",
                step=step,
                action="" if begins else environment.actions[episodes.action[0, t - 1]],
                reward=0.0 if begins else float(episodes.reward[0, t - 1]),
            ),
            t,
        )


def _filmed(
    environment: Environment, episodes: Episodes, task: Task, only: Container[int] | None
) -> list[tuple[Shot, int]]:
    """A shot of each frame, and the position in T of the observation after its step; none where there is no footage."""
    shots = []
    for begin in np.flatnonzero((episodes.starts & episodes.valid)[0]).tolist() if environment.footage else ():
        number = int(episodes.episode[0, begin])
        if only is not None and number not in only:
            continue
        steps = int(((episodes.episode[0, 1:] == number) & episodes.mask[0]).sum())
        actions = episodes.action[0, begin : begin + steps].tolist()
        assert environment.footage is not None
        footage = environment.footage(task.params, random.key(int(episodes.seeds[0]), number), actions, 0)
        if footage is None:
            return []
        observed = episodes.observation[0, begin : begin + steps + 1]
        if not np.array_equal(footage.observation[[0, *footage.ends]], observed):
            raise PluginError(f"{environment.name}: {ANOTHER_WAY}")
        step_of = [0, *(1 + np.searchsorted(footage.ends, np.arange(1, len(footage.frames))))]
        for frame, step in enumerate(map(int, step_of)):
            shot = Shot(
                observation=footage.observation[frame],
                episode="",
                step=step,
                action=environment.actions[actions[step - 1]] if step else "",
                footage=footage,
                frame=frame,
            )
            shots.append((shot, begin + step))
    return shots


ANOTHER_WAY = "played again from its seed and actions, it went another way."


def _pictures(
    environment: Environment, episodes: Episodes, task: Task, only: Container[int] | None
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(position, picture) of every observation of the trial, or of these episodes."""
    simulator = open_simulator(environment, 1)
    row = np.zeros(1, np.intp)
    for t in np.flatnonzero(episodes.valid[0]):
        if only is not None and int(episodes.episode[0, t]) not in only:
            continue
        if episodes.starts[0, t]:
            seeds = random.keys(episodes.seeds, episodes.episode[:, t])
            observation = simulator.reset([task.params], seeds, row, episodes.instruction)
        else:
            observation = simulator.step(episodes.action[:, t - 1]).observation
        if not np.array_equal(observation, episodes.observation[:, t]):
            raise PluginError(f"{environment.name}: {ANOTHER_WAY}")
        yield int(t), picture_of(environment, simulator)
    simulator.close()


def picture_of(environment: Environment, simulator: Simulator) -> NDArray[np.uint8]:
    """The screen of its first row; UsageError where the environment draws nothing."""
    try:
        return simulator.render(0)
    except NotImplementedError as error:
        raise UsageError(f"{environment.name}: it draws no pictures, so there is nothing to show.") from error
