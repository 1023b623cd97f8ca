"""A trial as a film: played again from its seed and actions, with a picture of every moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from .. import random
from ..errors import PluginError, UsageError
from ..records import Environment, Task
from ..simulation.episodes import Episodes
from ..simulation.open import open_simulator
from ..simulation.simulator import Simulator


@frozen(eq=False, kw_only=True)
class Shot:
    """One moment of an episode. `action` led to it, and is empty at the start of an episode."""

    picture: NDArray[np.uint8]  # [H, W, 3]
    observation: NDArray[Any]  # [*O]
    episode: str
    step: int
    action: str = ""
    reward: float = 0.0
    belief: Mapping[str, float] = field(factory=dict)  # what is judged to be present, by the item's key
    marked: bool = False  # it is what the film is shown for


def film(
    environment: Environment, episodes: Episodes, name: str, belief: Mapping[str, NDArray[np.float32]] | None = None
) -> list[Shot]:
    """Every moment of the one trial in `episodes` (a batch of one), replayed bit for bit.

    `name` is what its episodes are called: "exploration", say. `belief` maps items to probabilities [T+1].
    """
    assert episodes.tasks is not None
    (task,) = episodes.tasks
    shots: list[Shot] = []
    for t, picture in _pictures(environment, episodes, task):
        begins = bool(episodes.starts[0, t])
        number = int(episodes.episode[0, t])
        shots.append(
            Shot(
                picture=picture,
                observation=episodes.observation[0, t],
                episode=f"{name} {number + 1}" if episodes.episode.max() > 0 else name,
                step=0 if begins else shots[-1].step + 1,
                action="" if begins else environment.actions[episodes.action[0, t - 1]],
                reward=0.0 if begins else float(episodes.reward[0, t - 1]),
                belief={item: float(values[t]) for item, values in (belief or {}).items()},
            )
        )
    return shots


def _pictures(environment: Environment, episodes: Episodes, task: Task) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(position, picture) of every observation of the trial."""
    simulator = open_simulator(environment, 1)
    row = np.zeros(1, np.intp)
    for t in np.flatnonzero(episodes.valid[0]):
        if episodes.starts[0, t]:
            seeds = random.keys(episodes.seeds, episodes.episode[:, t])
            observation = simulator.reset([task.params], seeds, row, episodes.instruction)
        else:
            observation = simulator.step(episodes.action[:, t - 1]).observation
        if not np.array_equal(observation, episodes.observation[:, t]):
            raise PluginError(f"{environment.name}: played again from its seed and actions, it went another way.")
        yield int(t), picture_of(environment, simulator)
    simulator.close()


def picture_of(environment: Environment, simulator: Simulator, row: int = 0) -> NDArray[np.uint8]:
    """The row's screen; UsageError where the environment draws nothing."""
    try:
        return simulator.render(row)
    except NotImplementedError as error:
        raise UsageError(f"{environment.name}: it draws no pictures, so there is nothing to show.") from error
