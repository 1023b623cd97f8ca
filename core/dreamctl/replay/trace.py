"""What a page replays: the seconds around the evidence, recorded from what the simulator showed.

A clip holds what is drawn of each moment, and the seed and the actions that lead to it: replaying them on the program
gives the same numbers, bit for bit. Numbers are packed as differences in as few bytes as hold them all.
Where much happens in a step, a clip holds a film instead, every frame of the seconds around the one in which it showed.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from attrs import asdict, field, frozen
from numpy.typing import NDArray

from .. import random
from ..drawing import Drawing
from ..footage import Footage
from ..records import Environment, Evidence, Task
from ..simulation.episodes import Episodes
from ..simulation.open import open_simulator
from .tape import tape

BEFORE, AFTER = 1.5, 1.5  # seconds of a real-time game that are shown around the marked moment
STEPS_BEFORE, STEPS_AFTER = 5, 6  # of a game that is played turn by turn
STEPS_OF_FILM = 2  # before the marked step, and after it, of which a film may show something
LONGEST = 1500  # frames of a step that is shown as a whole

# In which frame of a step a row's item showed, from 0; -1 is before the step, and None, nobody knows. It is asked with
# the row, the item's key, the observation before the step, those after each of its frames [N, *O], and the action.
Pin = Callable[[int, str, NDArray[Any], NDArray[Any], int], int | None]

KINDS = ("b", "h", "i")  # bytes of 8, 16 or 32 bits, as `struct` and `array` call them


@frozen(kw_only=True)
class Film:
    """Consecutive frames as a page holds them: `tape` of pictures, whose shapes have `looks` (kind, colours, text).

    Step `first + 1 + n` of the clip ends with frame `ends[n]`. `said`: by the program, when it broke off.
    """

    width: int
    height: int
    background: str
    pace: float
    looks: tuple[tuple[str, str, str, str], ...]
    tape: str
    ends: tuple[int, ...]
    said: str = ""


@frozen(kw_only=True)
class Clip:
    """Consecutive moments of an episode; moment n is what was seen after n steps.

    With a `film`, its moments are frames, and nothing is drawn from numbers.

    `numbers` of all moments are `start`, the first one's, and for the columns `moving`, which change, packed
    `differences` from each moment to the next. `actions` are packed, from the start of the episode to the last moment.
    `seed` is what the simulator was reset with, as digits.
    """

    episode: int
    first: int
    moments: int
    seed: str
    actions: str
    start: tuple[int, ...] = ()
    moving: tuple[int, ...] = ()
    differences: str = ""
    film: Film | None = None


@frozen(kw_only=True)
class Trace:
    """The clips of one program, and for each of its items the clip and the moment, or the film's frame, of it."""

    clips: tuple[Clip, ...] = ()
    marks: Mapping[str, tuple[int, int]] = field(factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the page holds it."""
        return asdict(self)


def around(environment: Environment) -> tuple[int, int]:
    """How many moments are shown before a marked one, and after it."""
    pace = environment.steps_per_second
    return (STEPS_BEFORE, STEPS_AFTER) if pace is None else (round(BEFORE * pace), round(AFTER * pace))


def record(
    environment: Environment,
    episodes: Episodes,
    evidence: Sequence[Mapping[str, Evidence]],
    pin: Pin | None = None,
) -> list[Trace]:
    """A trace for each row, by the evidence [B] of its items; without clips where the environment has no drawing.

    `pin` finds the frame of a step in which an item showed; where nobody knows, its end is marked, and all is shown.
    """
    if environment.drawing is None and environment.footage is None:
        return [Trace()] * len(evidence)
    return [_trace(environment, episodes, row, found, pin) if found else Trace() for row, found in enumerate(evidence)]


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
    environment: Environment, episodes: Episodes, row: int, evidence: Mapping[str, Evidence], pin: Pin | None
) -> Trace:
    filmed = _filmed(environment, episodes, row, evidence, pin) if environment.footage is not None else None
    return filmed or (_drawn(environment, episodes, row, evidence) if environment.drawing is not None else Trace())


def _steps(episodes: Episodes, row: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of each of the row's episodes, the position in T at which it begins, and how many steps it has."""
    begins = np.flatnonzero((episodes.starts & episodes.valid)[row])
    return begins, np.bincount(episodes.episode[row, 1:][episodes.mask[row]], minlength=len(begins))


# --- frame by frame -------------------------------------------------------------------------------------------


def _filmed(
    environment: Environment, episodes: Episodes, row: int, evidence: Mapping[str, Evidence], pin: Pin | None
) -> Trace | None:
    """The films around what was seen; None if they cannot be shown, or show something else than was graded."""
    clips: list[Clip] = []
    marks: dict[str, tuple[int, int]] = {}

    def place(key: str) -> tuple[int, int]:
        return evidence[key].episode, evidence[key].step

    for (episode, step), keys in groupby(sorted(evidence, key=place), key=place):
        found = footage_of(environment, episodes, row, episode, step)
        if found is None:
            return None
        footage, first = found
        before, last = _frames_of(footage, step - first)
        action = int(episodes.action[row, _steps(episodes, row)[0][episode] + step])
        seen = footage.observation[before + 1 : last + 1]
        frames, lows = {}, {}
        for key in keys:
            at = pin(row, key, footage.observation[before], seen, action) if pin is not None and len(seen) else None
            frames[key] = last if at is None else before + 1 + at
            lows[key] = max(before, last - LONGEST) if at is None else frames[key]
        for low, high in _windows_of_film(footage, sorted((lows[key], frames[key]) for key in frames)):
            here = {key: frame for key, frame in frames.items() if low <= frame <= high and key not in marks}
            marks |= {key: (len(clips), frame - low) for key, frame in here.items()}
            clips.append(_film_clip(episodes, row, episode, first, footage, low, high))
    return Trace(clips=tuple(clips), marks=marks)


def footage_of(
    environment: Environment, episodes: Episodes, row: int, episode: int, step: int
) -> tuple[Footage, int] | None:
    """What is seen of a step and of those around it, and the number of the first of these; None if it cannot be shown.

    It is compared with what was observed: a program that plays otherwise the second time is not shown.
    """
    assert environment.footage is not None
    assert episodes.tasks is not None
    begins, steps = _steps(episodes, row)
    first, end = max(step - STEPS_OF_FILM, 0), min(step + 1 + STEPS_OF_FILM, int(steps[episode]))
    if step >= steps[episode]:
        return None
    begin = int(begins[episode])
    seed = random.key(int(episodes.seeds[row]), episode)
    actions = episodes.action[row, begin : begin + end].tolist()
    footage = environment.footage(episodes.tasks[row].params, seed, actions, first)
    if footage is None:
        return None
    observed = episodes.observation[row, begin + first : begin + end + 1]
    shown = footage.observation[[0, *footage.ends]]
    return (footage, first) if np.array_equal(shown, observed) else None


def _frames_of(footage: Footage, number: int) -> tuple[int, int]:
    """The frame before step `number` of a footage, and its last one."""
    return (int(footage.ends[number - 1]) if number else 0), int(footage.ends[number])


def _windows_of_film(footage: Footage, marked: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(first, last) frame of what is shown around marked frames, each given with the first that has to be seen.

    They are in order, and those that meet are one.
    """
    windows: list[tuple[int, int]] = []
    for least, frame in marked:
        low = max(least - round(BEFORE * footage.pace), 0)
        high = min(frame + round(AFTER * footage.pace), len(footage.frames) - 1)
        if windows and low <= windows[-1][1]:
            windows[-1] = windows[-1][0], max(windows[-1][1], high)
        else:
            windows.append((low, high))
    return windows


def _film_clip(episodes: Episodes, row: int, episode: int, first: int, footage: Footage, low: int, high: int) -> Clip:
    """Frames `low` to `high` of a footage whose first step is number `first`."""
    begin = int(_steps(episodes, row)[0][episode])
    skipped = sum(end < low for end in footage.ends)
    ends = [end for end in footage.ends if end >= low]
    until = next((n for n, end in enumerate(ends, 1) if end >= high), len(ends))
    return Clip(
        episode=episode,
        first=first + skipped,
        moments=high - low + 1,
        seed=str(random.key(int(episodes.seeds[row]), episode)),
        actions=pack(episodes.action[row, begin : begin + first + skipped + until]),
        film=film_of(footage, low, high),
    )


def film_of(footage: Footage, low: int, high: int) -> Film:
    """Frames `low` to `high`, with those looks alone that they need."""
    pictures = footage.frames[low : high + 1]
    needed = sorted({shape[0] for picture in pictures for shape in picture})
    new = {look: number for number, look in enumerate(needed)}
    looks = [footage.looks[look] for look in needed]
    at_end = high == len(footage.frames) - 1
    return Film(
        width=footage.width,
        height=footage.height,
        background=footage.background,
        pace=round(footage.pace, 3),
        looks=tuple((look.kind, look.fill, look.outline, look.text) for look in looks),
        tape=tape([tuple((new[look], *box) for look, *box in picture) for picture in pictures]),  # type: ignore[misc]
        ends=tuple(min(end, high) - low for end in footage.ends if end >= low),
        said=footage.said if at_end else "",
    )


# --- moment by moment -----------------------------------------------------------------------------------------


def _drawn(environment: Environment, episodes: Episodes, row: int, evidence: Mapping[str, Evidence]) -> Trace:
    assert environment.drawing is not None
    begins, steps = _steps(episodes, row)
    marked = {key: (place.episode, min(place.step + 1, int(steps[place.episode]))) for key, place in evidence.items()}
    windows = _windows(environment, sorted(set(marked.values())))
    clips = []
    for episode, first, last in windows:
        last = min(last, int(steps[episode]))
        clips.append(_clip(environment.drawing, episodes, row, int(begins[episode]), first, last))
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
