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


def around(environment: Environment) -> tuple[int, int]:
    """How many moments are shown before a marked one, and after it."""
    pace = environment.steps_per_second
    return (STEPS_BEFORE, STEPS_AFTER) if pace is None else (round(BEFORE * pace), round(AFTER * pace))


def record(environment: Environment, episodes: Episodes, evidence: Sequence[Mapping[str, Evidence]]) -> list[Trace]:
    """A trace for each row, by the evidence [B] of its items; without clips where the environment has no drawing."""
    drawing = environment.drawing
    if drawing is None:
        return [Trace()] * len(evidence)
    begins = episodes.starts & episodes.valid  # [B, T+1]
    return [
        _trace(environment, drawing, episodes, row, np.flatnonzero(begins[row]), found) if found else Trace()
        for row, found in enumerate(evidence)
    ]


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
        seen += [
            simulator.step(unpack(clip.actions)[n : n + 1]).observation for n in range(clip.first + clip.moments - 1)
        ]
    finally:
        simulator.close()
    return np.concatenate(seen[clip.first :])


def _trace(
    environment: Environment,
    drawing: Drawing,
    episodes: Episodes,
    row: int,
    begins: NDArray[np.intp],
    evidence: Mapping[str, Evidence],
) -> Trace:
    """`begins` are the positions in T at which the row's episodes begin."""
    steps = np.bincount(episodes.episode[row, 1:][episodes.mask[row]], minlength=len(begins))  # of each episode
    marked = {key: (place.episode, min(place.step + 1, int(steps[place.episode]))) for key, place in evidence.items()}
    windows = _windows(environment, sorted(set(marked.values())))
    clips = []
    for episode, first, last in windows:
        last = min(last, int(steps[episode]))
        clips.append(_clip(drawing, episodes, row, int(begins[episode]), first, last))
    return Trace(clips=tuple(clips), marks={key: (_holding(windows, *at), at[1]) for key, at in marked.items()})


def _windows(environment: Environment, marked: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(episode, first moment, last moment) around each marked moment, in order; those that meet are one."""
    before, after = around(environment)
    windows: list[tuple[int, int, int]] = []
    for episode, moment in marked:
        first, last = max(moment - before, 0), moment + after
        if windows and windows[-1][0] == episode and first <= windows[-1][2]:
            windows[-1] = episode, windows[-1][1], last
        else:
            windows.append((episode, first, last))
    return windows


def _holding(windows: Sequence[tuple[int, int, int]], episode: int, moment: int) -> int:
    return next(n for n, window in enumerate(windows) if window[0] == episode and window[1] <= moment <= window[2])


def _clip(drawing: Drawing, episodes: Episodes, row: int, begin: int, first: int, last: int) -> Clip:
    """Moments `first` to `last` of the episode that begins at position `begin`."""
    shown = drawing.numbers(episodes.observation[row, begin + first : begin + last + 1])
    episode = int(episodes.episode[row, begin])
    return Clip(
        episode=episode,
        first=first,
        moments=len(shown),
        seed=str(random.key(int(episodes.seeds[row]), episode)),
        actions=pack(episodes.action[row, begin : begin + last]),
        **packed(shown),
    )


def packed(shown: NDArray[np.int32]) -> dict[str, Any]:
    """The numbers [moments, names] of all moments as a clip keeps them."""
    change = np.diff(shown, axis=0)
    moving = np.flatnonzero(change.any(0))
    return {
        "start": tuple(shown[0].tolist()),
        "moving": tuple(moving.tolist()),
        "differences": pack(change[:, moving]),
    }


def pack(values: NDArray[np.integer]) -> str:
    """Whole numbers as text: the kind, then base64 of the little-endian bytes."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    kind = next(kind for kind in KINDS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return kind + binascii.b2a_base64(values.astype("<" + kind).tobytes(), newline=False).decode()


def unpack(text: str) -> NDArray[np.int64]:
    """The numbers that `pack` made a text of."""
    return np.frombuffer(binascii.a2b_base64(text[1:]), "<" + text[0]).astype(np.int64)
