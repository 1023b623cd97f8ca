"""From what is seen to what a network reads: one vector per position, the same while acting and while learning."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import attrs
import gymnasium
import numpy as np
import torch
from attrs import frozen
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor

from ..errors import PluginError
from ..records import Environment
from ..simulation.episodes import Episodes
from ..simulation.policy import Seen
from .pictures import halved, packed_size, write_picture

Scaling = tuple[NDArray[np.float32], NDArray[np.float32]]

UNBOUNDED = 1e30  # bounds as large as this, as the largest float, say nothing


class Size(int):
    """A number of features, of which the first hold the bytes of a `picture` (H, W, C), where there is one."""

    picture: tuple[int, ...] | None = None

    @classmethod
    def of(cls, features: int, picture: tuple[int, ...] | None) -> Size:
        size = cls(features)
        size.picture = picture
        return size


@frozen(eq=False, slots=False)
class Inputs:
    """The features of one position: observation, last action (one-hot), last reward, new-episode flag, execution flag,
    what is derived from the observation, and the instruction where the position belongs to an execution episode.

    A picture stays the bytes that it is, four to a feature, until a network looks at it (`pictures_of`).
    """

    environment: Environment

    @property
    def actions(self) -> int:
        return len(self.environment.actions)

    @cached_property
    def wandering(self) -> NDArray[np.int64]:
        """The actions that noise chooses from: those that do not end the episode."""
        ends = self.environment.ends
        return np.array([n for n, name in enumerate(self.environment.actions) if name not in ends])

    @cached_property
    def _scaling(self) -> Scaling | None:
        space = self.environment.observation_space
        return scaling(space) if isinstance(space, spaces.Box) and not self.picture else None

    @cached_property
    def derived(self) -> int:
        """Number of features that the environment derives from an observation."""
        derive, space = self.environment.derived, self.environment.observation_space
        return 0 if derive is None else derive(np.zeros((1, *(space.shape or ())), space.dtype)).shape[-1]

    def durations(self, episodes: Episodes) -> NDArray[np.float32]:
        """How long each step [B, T] took, as the environment's `duration` says it; 0 where none was played."""
        assert self.environment.duration is not None
        took = episodes.observation[:, 1:, self.environment.features.index(self.environment.duration)]
        return np.where(episodes.mask, took, 0).astype(np.float32)

    @property
    def size(self) -> Size:
        """Number of features F."""
        return Size.of(self.columns["instruction"].stop, self.picture)

    @property
    def picture(self) -> tuple[int, ...] | None:
        """The shape of the pictures that networks look at; None for other observations."""
        space = self.environment.observation_space
        if not (isinstance(space, spaces.Box) and space.dtype == np.uint8 and len(space.shape) == 3):
            return None
        height, width, channels = space.shape
        return (height // 2, width // 2, channels) if self.environment.halve else space.shape

    @cached_property
    def columns(self) -> dict[str, slice]:
        """Where each part of the features stands: observation, action, reward, start, executing, derived, instruction.

        Action and reward are the last ones: at position t + 1 stand those that led from t there.
        """
        asked = self.environment.instruction_space
        widths = {
            "observation": packed_size(self.picture)
            if self.picture
            else space_size(self.environment.observation_space),
            "action": self.actions,
            "reward": 1,
            "start": 1,
            "executing": 1,
            "derived": self.derived,
            "instruction": 0 if asked is None else space_size(asked),
        }
        ends = np.cumsum(list(widths.values())).tolist()
        return {name: slice(end - width, end) for (name, width), end in zip(widths.items(), ends, strict=True)}

    @property
    def measured(self) -> NDArray[np.bool_]:
        """[F] which features are measured quantities, and so want centring and scaling; the others are flags."""
        flags = np.zeros(self.size, bool)
        if isinstance(self.environment.observation_space, spaces.Box) and not self.picture:
            flags[: space_size(self.environment.observation_space)] = True
        return flags

    def looked_at(self, episodes: Episodes) -> Episodes:
        """The same with pictures of the size that networks look at: smaller to keep, and equal in features."""
        if not self.environment.halve or episodes.observation.shape[2:] == self.picture:
            return episodes
        return attrs.evolve(episodes, observation=halved(episodes.observation))

    def of_episodes(self, episodes: Episodes) -> Tensor:
        """Features of every position: float32 [B, T+1, F]."""
        batch, steps = episodes.action.shape
        before = np.full((batch, 1), -1)
        action = np.concatenate([before, episodes.action], 1)  # [B, T+1] the action that led here
        reward = np.concatenate([np.zeros((batch, 1), np.float32), episodes.reward], 1)
        asked = episodes.instruction
        if asked is not None:
            asked = np.broadcast_to(asked[:, None], (batch, steps + 1, *asked.shape[1:]))
        return self._features(episodes.observation, action, reward, episodes.starts, episodes.executing, asked)

    def of_seen(self, seen: Seen) -> Tensor:
        """Features of the present position: float32 [B, F]."""
        executing = np.full(len(seen.action), seen.instruction is not None)
        return self._features(seen.observation, seen.action, seen.reward, seen.new_episode, executing, seen.instruction)

    def _features(
        self,
        observation: NDArray[Any],
        action: NDArray[np.int64],
        reward: NDArray[np.float32],
        start: NDArray[np.bool_],
        executing: NDArray[np.bool_],
        instruction: NDArray[Any] | None,
    ) -> Tensor:
        lead = action.shape
        out = np.zeros((*lead, self.size), np.float32)  # [..., F]
        if self.picture:
            n = write_picture(observation if observation.shape[-3:] == self.picture else halved(observation), out)
        else:
            n = write_space(self.environment.observation_space, observation, out, self._scaling)
        taken = action >= 0
        out[..., n : n + self.actions] = (action[..., None] == np.arange(self.actions)) & taken[..., None]
        n += self.actions
        out[..., n], out[..., n + 1], out[..., n + 2] = reward, start, executing
        n += 3
        if self.environment.derived is not None:
            out[..., n : n + self.derived] = self.environment.derived(observation)
            n += self.derived
        if self.environment.instruction_space is not None and instruction is not None:
            asked = out[..., n:]
            write_space(self.environment.instruction_space, instruction, asked)
            asked *= executing[..., None]
        return torch.from_numpy(out)


def space_size(space: gymnasium.Space[Any]) -> int:
    """Number of features that a space's values take."""
    if isinstance(space, spaces.Discrete):
        return int(space.n)
    if isinstance(space, spaces.MultiDiscrete):
        return int(space.nvec.sum())
    if isinstance(space, spaces.Box | spaces.MultiBinary):
        return math.prod(space.shape)
    raise PluginError(
        f"{type(space).__name__} spaces cannot be learned from; use a Box, MultiDiscrete, MultiBinary or Discrete."
    )


def write_space(
    space: gymnasium.Space[Any], value: NDArray[Any], out: NDArray[np.float32], scaled: Scaling | None = None
) -> int:
    """Write features of `value` [..., *O] into the first columns of `out` [..., F]; returns how many.

    Whole-number choices become one-hot; a Box with finite bounds is scaled so that they are -1 and 1; `scaled`
    saves working out how.
    """
    if isinstance(space, spaces.Discrete):
        out[..., : space.n] = value[..., None] - space.start == np.arange(space.n)
        return int(space.n)
    if isinstance(space, spaces.MultiDiscrete):
        n, first = 0, space.start.ravel()
        each = value.reshape(*value.shape[: value.ndim - len(space.shape)], len(first))
        for i, choices in enumerate(space.nvec.ravel()):
            out[..., n : n + choices] = each[..., i, None] == np.arange(first[i], first[i] + choices)
            n += int(choices)
        return n
    size = space_size(space)
    flat = value.reshape(*value.shape[: value.ndim - len(space.shape or ())], size)
    if isinstance(space, spaces.Box):
        scale, shift = scaled or scaling(space)
        np.multiply(flat, scale, out=out[..., :size], dtype=np.float32, casting="unsafe")
        out[..., :size] -= shift
    else:
        out[..., :size] = flat
    return size


def scaling(space: spaces.Box) -> Scaling:
    """By what a value is multiplied, and what is then taken off, each of its parts."""
    low, high = space.low.ravel().astype(np.float64), space.high.ravel().astype(np.float64)
    bounded = (np.abs(low) < UNBOUNDED) & (np.abs(high) < UNBOUNDED) & (high > low)
    scale = np.where(bounded, 2 / np.where(bounded, high - low, 1), 1)
    shift = np.where(bounded, scale * np.where(bounded, low, 0) + 1, 0)
    return scale.astype(np.float32), shift.astype(np.float32)
