"""The readable bandits: the specification that the batched ones are compared with."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dreamctl import Stream

REVEALS = 0  # the arm that shows which of the others pays


class Revealing(gymnasium.Env[Any, Any]):
    """One of the arms 1 to `arms` - 1 pays 1, and pulling arm 0 shows which. The first pull ends the episode."""

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012

    def __init__(self, arms: int, pays: int, render_mode: str = "rgb_array") -> None:
        self.arms, self.pays, self.render_mode = arms, pays, render_mode
        self.observation_space = revealing_space(arms)
        self.action_space = spaces.Discrete(arms)
        self.shown = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        self.shown = 0
        return self.observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        self.shown = self.pays if action == REVEALS else 0
        return self.observe(), float(action == self.pays), True, False, {}

    def observe(self) -> NDArray[np.uint8]:
        """What arm 0 has shown, 0 if nothing."""
        return np.array([self.shown], np.uint8)  # [1]

    def render(self) -> NDArray[np.uint8]:
        from .draw import revealing

        return revealing(self.arms).picture(self.observe())


def revealing_space(arms: int) -> spaces.MultiDiscrete:
    return spaces.MultiDiscrete([arms], dtype=np.uint8)  # type: ignore[arg-type]


class TwoArmed(gymnasium.Env[Any, Any]):
    """Arm i pays with the probability `chances[i]`, each pull anew.

    A pull that pays gives 1 / `pulls`, so that the return of an episode is the share of its pulls that paid.
    Pull number n of an episode pays if number n of the stream of its seed, in [0, 1), is below the arm's chance.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012
    observation_space = spaces.MultiDiscrete([3, 2], dtype=np.uint8)
    action_space = spaces.Discrete(2)

    def __init__(self, pulls: int, chances: tuple[float, float], render_mode: str = "rgb_array") -> None:
        self.pulls, self.chances, self.render_mode = pulls, chances, render_mode
        self.pulled = self.paid = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        super().reset(seed=seed)
        self.stream = Stream(seed if seed is not None else int(self.np_random.integers(2**63)))
        self.pulled = self.paid = 0
        return self.observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        self.pulled = int(action) + 1
        self.paid = int(self.stream.uniform() < self.chances[action])
        return self.observe(), self.paid / self.pulls, False, False, {}

    def observe(self) -> NDArray[np.uint8]:
        """(the arm pulled last plus 1, whether it paid)."""
        return np.array([self.pulled, self.paid], np.uint8)  # [2]

    def render(self) -> NDArray[np.uint8]:
        from .draw import TWO_ARMED

        return TWO_ARMED.picture(self.observe())
