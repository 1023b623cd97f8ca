"""Policies: who acts. Memory is explicit, so acting one step or a thousand is the same function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray


@frozen(eq=False)
class Seen:
    """What a player has before it when it acts, one entry per row."""

    observation: NDArray[Any]  # [B, *O]
    action: NDArray[np.int64]  # [B] the last action, -1 if there was none
    reward: NDArray[np.float32]  # [B] the last reward, 0 where it is hidden
    new_episode: NDArray[np.bool_]  # [B] an episode has just begun
    taken: NDArray[np.int64]  # [B] steps taken in this episode
    instruction: NDArray[Any] | None = None  # [B, *I] what execution asks for; None while exploring


class Policy(ABC):
    """Chooses actions for a batch of rows."""

    @abstractmethod
    def start(self, batch: int, condition: Any = None) -> Any:
        """The memory before the first step of a trial.

        `condition` is whatever the policy is conditioned on, with B as the first axis: an embedding z, a task that
        was sampled, the index of the label being looked for; None for nothing.
        """

    @abstractmethod
    def act(self, seen: Seen, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        """Actions [B] and the new memory. `uniform` [B] in [0, 1) is the only randomness a policy may use.

        It is asked after the last step of an episode too, so that it sees how the episode ended; what it answers then
        is not played. A memory that is taken apart by rows and put together (`chosen`, `joined`) consists of arrays
        and tensors with B as their first axis, in tuples, lists, dictionaries, dataclasses or attrs classes.
        """


class RandomPolicy(Policy):
    """Each action with the same probability."""

    def __init__(self, actions: int) -> None:
        self.actions = actions

    def start(self, batch: int, condition: Any = None) -> None:
        return None

    def act(self, seen: Seen, memory: None, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], None]:
        return (uniform * self.actions).astype(np.int64), None


class ReplayPolicy(Policy):
    """Plays recorded actions [B, T] again, one column a step; stays on 0 where the record has none."""

    def __init__(self, actions: NDArray[np.int64]) -> None:
        self.actions = actions

    def start(self, batch: int, condition: Any = None) -> int:
        return 0

    def act(self, seen: Seen, memory: int, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
        batch, recorded = self.actions.shape
        column = self.actions[:, memory] if memory < recorded else np.zeros(batch, np.int64)
        return np.maximum(column, 0), memory + 1


class Padded(Policy):
    """A policy that is always asked about `rows` rows, the last ones repeated where fewer play.

    Networks pick other kernels for other batch shapes; so what a row does never depends on how many there are. A
    condition, and a memory, are of `rows` rows.
    """

    def __init__(self, policy: Policy, rows: int) -> None:
        self.policy, self.rows = policy, rows

    def start(self, batch: int, condition: Any = None) -> Any:
        return self.policy.start(self.rows, condition)

    def act(self, seen: Seen, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        playing = len(uniform)
        index = np.minimum(np.arange(self.rows), playing - 1)
        actions, memory = self.policy.act(chosen(seen, index), memory, uniform[index])
        return actions[:playing], memory


def chosen(memory: Any, rows: NDArray[np.intp]) -> Any:
    """A memory of some rows: every array and tensor in it, B being its first axis, with these rows alone."""
    return _mapped(lambda arrays: arrays[0][rows], [memory])


def joined(memories: Sequence[Any]) -> Any:
    """The rows of several memories of one policy, one after the other."""
    return _mapped(_concatenated, memories)


def _mapped(function: Callable[[list[Any]], Any], memories: Sequence[Any]) -> Any:
    first = memories[0]
    if hasattr(first, "shape") and len(first.shape):
        return function(list(memories))
    if isinstance(first, Mapping):
        return {name: _mapped(function, [m[name] for m in memories]) for name in first}
    if isinstance(first, (tuple, list)):
        parts = [_mapped(function, part) for part in zip(*memories, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if attrs.has(type(first)):
        names = [f.name for f in attrs.fields(type(first))]
    elif is_dataclass(first):
        names = [f.name for f in fields(first)]
    else:
        return first
    made = copy(first)
    for name in names:
        object.__setattr__(made, name, _mapped(function, [getattr(m, name) for m in memories]))
    return made


def _concatenated(arrays: list[Any]) -> Any:
    if isinstance(arrays[0], np.ndarray):
        return np.concatenate(arrays)
    import torch

    return torch.cat(arrays)
