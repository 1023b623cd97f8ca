"""Many designs at once as one `Simulator`: a step is a macro-action (`steering.py`), seen by `observing.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled

from .design import Design
from .drawing import draw
from .fast import GAME, begin, code, frame_of, look
from .frames import FRAME, OVER, STATUS
from .names import FEATURES
from .observing import MEMORY, finished, report, start, watch
from .steering import over, steer


class DesignSimulator(Simulator):
    """`batch` games; params are `Design`s. A row that was never reset is over."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.games = np.zeros(batch, GAME)  # [B]
        self.games["status"] = OVER
        self.frames = np.zeros((batch, len(FRAME)))  # [B, F]
        self.frames[:, STATUS] = OVER
        self.memories = np.zeros((batch, len(MEMORY)))  # [B, M]
        self.observation = np.zeros((batch, len(FEATURES)), np.float32)  # [B, O]
        self.codes: dict[Design, NDArray[Any]] = {}
        self.over = np.ones(batch, bool)  # [B]
        self.played = 0  # frames

    def reset(
        self,
        params: Sequence[Design],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        rows = np.asarray(rows, np.intp)
        if len(self.codes) > 4 * self.batch + 1000:
            self.codes.clear()
        for row, design in zip(rows.tolist(), params, strict=True):
            if design not in self.codes:
                self.codes[design] = code(design)
            self.games[row] = self.codes[design]
        self.games["key"][rows] = seeds
        self.observation = self.observation.copy()
        self.over[rows] = False
        begin_all(rows, self.games, self.frames, self.memories, self.observation)
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        self.observation = self.observation.copy()
        actions = np.asarray(actions, np.int64)
        self.played += play(actions, self.games, self.frames, self.memories, self.observation, self.over)
        return Step(self.observation, np.zeros(self.batch, np.float32), self.over.copy())

    def render(self, row: int) -> NDArray[np.uint8]:
        return draw(self.observation[row])


@compiled(nogil=True)
def begin_all(rows, games, frames, memories, seen):  # type: ignore[no-untyped-def]
    """Begin an episode in each of `rows`."""
    for b in rows:
        begin(games[b])
        look(games[b], frames[b])
        start(frames[b], memories[b])
        report(frames[b], memories[b], False, seen[b])


@compiled(nogil=True)
def play(actions, games, frames, memories, seen, ended):  # type: ignore[no-untyped-def]
    """One step of every game that is not over; the others hold still. Returns how many frames were played."""
    played = 0
    for b in range(len(actions)):
        g, f, m = games[b], frames[b], memories[b]
        ended[b] |= finished(f, m)
        if ended[b]:
            continue
        while True:
            x, y, click = steer(actions[b], f, m)
            frame_of(g, x, y, click)
            look(g, f)
            watch(f, m)
            played += 1
            if over(actions[b], f, m):
                break
        report(f, m, True, seen[b])
        ended[b] = finished(f, m)
    return played
