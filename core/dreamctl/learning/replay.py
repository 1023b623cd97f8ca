"""A replay of whole trials, bounded in bytes: what decoders learn from besides the freshest batch."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..simulation.episodes import Episodes
from .learner import State


class Replay:
    """The latest trials, with a vector of truth beside each (labels or identifiers), drawn uniformly by row."""

    def __init__(self, megabytes: float = 32) -> None:
        self.bytes = int(megabytes * 2**20)
        self.arrays: dict[str, NDArray[Any]] = {}
        self.next = self.filled = 0

    @property
    def capacity(self) -> int:
        """How many trials there is room for, once some have come."""
        return len(self.arrays.get("truth", ()))

    def add(self, episodes: Episodes, truth: NDArray[Any]) -> None:
        """Store every row; the oldest rows make room, and all of them where trials have another length than before.

        Where there is room for fewer than these, the last of them are kept.
        """
        columns = {**_columns(episodes), "truth": truth}
        if {n: a.shape[1:] for n, a in self.arrays.items()} != {n: c.shape[1:] for n, c in columns.items()}:
            self.next = self.filled = 0
            capacity = max(1, self.bytes // sum(c[0].nbytes for c in columns.values()))
            self.arrays = {name: np.zeros((capacity, *c.shape[1:]), c.dtype) for name, c in columns.items()}
        capacity = len(self.arrays["truth"])
        rows = min(len(episodes), capacity)
        places = (self.next + np.arange(rows)) % capacity
        for name, column in columns.items():
            self.arrays[name][places] = column[-rows:]
        self.next = int((self.next + rows) % capacity)
        self.filled = min(capacity, self.filled + rows)

    def sample(self, rng: np.random.Generator, rows: int) -> tuple[Episodes, NDArray[Any]]:
        """`rows` stored trials, uniformly with repeats, and their truth."""
        return self._rows(rng.integers(self.filled, size=rows))

    def sample_like(self, rng: np.random.Generator, truth: NDArray[Any]) -> tuple[Episodes, NDArray[Any]]:
        """For each number in `truth` [B], a stored trial whose truth [1] is that number; there has to be one."""
        stored = self.arrays["truth"][: self.filled, 0]
        order = np.argsort(stored, kind="stable")
        first, end = (np.searchsorted(stored, truth, side, order) for side in ("left", "right"))
        return self._rows(order[first + (rng.random(len(truth)) * (end - first)).astype(np.intp)])

    def _rows(self, picked: NDArray[np.intp]) -> tuple[Episodes, NDArray[Any]]:
        columns: dict[str, Any] = {name: array[picked] for name, array in self.arrays.items()}
        truth = columns.pop("truth")
        return Episodes(**columns), truth

    def state(self) -> State:
        """What is stored, and where the next row goes."""
        stored: State = {name: array[: self.filled] for name, array in self.arrays.items()}
        return {**stored, "next": np.asarray(self.next), "capacity": np.asarray(self.capacity)}

    def load(self, state: State) -> None:
        """Take over `state()`; a state without the stored trials (as shipped weights are) leaves it empty."""
        stored = {name: np.asarray(array) for name, array in state.items() if name not in ("next", "capacity")}
        if not stored:
            return
        capacity, self.next = int(state["capacity"]), int(state["next"])
        self.filled = len(stored["truth"])
        self.arrays = {name: np.zeros((capacity, *array.shape[1:]), array.dtype) for name, array in stored.items()}
        for name, array in stored.items():
            self.arrays[name][: self.filled] = array


def _columns(episodes: Episodes) -> dict[str, NDArray[Any]]:
    values = {f.name: getattr(episodes, f.name) for f in attrs.fields(Episodes) if f.name != "tasks"}
    return {name: value for name, value in values.items() if value is not None}
