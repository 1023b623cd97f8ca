"""What a page replays: the seconds around the evidence, recorded from what the simulator showed.

A clip holds what is drawn of each moment, and the seed and the actions that lead to it: replaying them on the program
gives the same numbers, bit for bit. Numbers are packed as differences in as few bytes as hold them all.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import asdict, field, frozen
from numpy.typing import NDArray

from .. import random
from ..drawing import Drawing
from ..records import Environment, Evidence, Task
from ..simulation.episodes import Episodes
from ..simulation.open import open_simulator

BEFORE, AFTER = 1.5, 1.5  # seconds of a real-time game that are shown around the marked moment
STEPS_BEFORE, STEPS_AFTER = 5, 6  # of a game that is played turn by turn
KINDS = ("b", "h", "i")  # bytes of 8, 16 or 32 bits, as `struct` and `array` call them


@frozen(kw_only=True)
class Clip:
    """Consecutive moments of an episode; moment n is what was seen after n steps.

    `numbers` of all moments are `start`, the first one's, and for the columns `moving`, which change, packed
    `differences` from each moment to the next. `actions` are packed, from the start of the episode to the last moment.
    `seed` is what the simulator was reset with, as digits.
    """

    episode: int
    first: int
    moments: int
    seed: str
    actions: str
    start: tuple[int, ...]
    moving: tuple[int, ...]
    differences: str


@frozen(kw_only=True)
class Trace:
    """The clips of one program, and for each of its items the clip and the moment in which it showed."""

    clips: tuple[Clip, ...] = ()
    marks: Mapping[str, tuple[int, int]] = field(factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the page holds it."""
        return asdict(self)


def record(
    environment: Environment, drawing: Drawing, episodes: Episodes, row: int, evidence: Mapping[str, Evidence]
) -> Trace:
    """The clips around the evidence of the row's items; those that overlap are one."""
    if not evidence:
        return Trace()
    windows = _windows(environment, evidence)
    begins = np.flatnonzero(episodes.starts[row] & episodes.valid[row])
    clips = []
    for episode, first, last in windows:
        begin = int(begins[episode])
        steps = int(episodes.mask[row, begin : begin + environment.exploration_steps].argmin())
        last = min(last, steps or environment.exploration_steps)
        clips.append(_clip(drawing, episodes, row, episode, begin, first, last))
    marks = {key: _place(windows, place) for key, place in evidence.items()}
    return Trace(clips=tuple(clips), marks=marks)


def numbers(clip: Clip) -> NDArray[np.int32]:
    """What is drawn of each moment: int32 [moments, names of the drawing]."""
    table = np.tile(np.array(clip.start, np.int32), (clip.moments, 1))
    moved = unpack(clip.differences).reshape(clip.moments - 1, len(clip.moving))
    table[1:, clip.moving] += np.cumsum(moved, 0, dtype=np.int32)
    return table


def replay(environment: Environment, task: Task, clip: Clip) -> NDArray[Any]:
    """The same moments played again from seed and actions: observations [moments, *O]."""
    simulator = open_simulator(environment, 1)
    try:
        seen = [simulator.reset([task.params], np.array([int(clip.seed)], np.uint64), np.zeros(1, np.intp))]
        seen += [simulator.step(unpack(clip.actions)[n : n + 1]).observation for n in range(clip.first + clip.moments - 1)]
    finally:
        simulator.close()
    return np.concatenate(seen[clip.first :])


def pack(values: NDArray[np.integer]) -> str:
    """Whole numbers as text: the kind, then base64 of the little-endian bytes."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    kind = next(kind for kind in KINDS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return kind + binascii.b2a_base64(values.astype("<" + kind), newline=False).decode()


def unpack(text: str) -> NDArray[np.int64]:
    """The numbers that `pack` made a text of."""
    return np.frombuffer(binascii.a2b_base64(text[1:]), "<" + text[0]).astype(np.int64)
