"""The same game, B of them at once: bit-equal to `env.py`, and its pictures to `pictures.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled
from dreamctl.random_jit import bits, uniform

from . import world
from .fast_pictures import draw
from .pictures import COLUMNS, ROWS, Look
from .scene import BLANK
from .world import END, FORWARD, HEADINGS, LEFT, OBJECTS, RIGHT, START_X, START_Z, STRIDE, TURN

NEVER_RESET = -1
GAME = np.dtype(
    [
        ("x", np.float64),
        ("z", np.float64),
        ("start", np.float64),
        ("turned", np.float64, (OBJECTS, 2)),
        ("heading", np.int64),
        ("colour", np.int64),  # NEVER_RESET before the first episode
        ("word", np.int64),
        ("shape", np.int64),  # -1 where nothing is asked for
        ("over", np.bool_),
    ],
    align=True,
)

blocked, touched, paid, facing = (
    numba.njit(function) for function in (world.blocked, world.touched, world.paid, world.facing)
)


class Signs(Simulator):
    """Row b plays the task `params[b] = (colour, whether there is a sign)`, seen as uint8 [60, 80, 3]."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.games = np.zeros(batch, GAME)  # [B]
        self.games["colour"] = NEVER_RESET
        self.pictures = np.zeros((batch, ROWS, COLUMNS, 3), np.uint8)  # [B, *O]

    def reset(
        self,
        params: Sequence[tuple[int, bool]],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        tasks = np.array([(colour, colour if has_sign else BLANK) for colour, has_sign in params], np.int64)
        asked = np.full(len(rows), -1) if instructions is None else np.asarray(instructions, np.int64).reshape(-1)
        self.pictures = self.pictures.copy()
        _reset(
            tasks.reshape(-1, 2),
            np.asarray(seeds, np.uint64),
            np.asarray(rows, np.intp),
            asked,
            self.games,
            self.pictures,
        )
        return self.pictures

    def step(self, actions: NDArray[np.integer]) -> Step:
        before, self.pictures = self.pictures, np.empty_like(self.pictures)
        reward = np.empty(self.batch, np.float32)  # [B]
        _step(np.asarray(actions, np.int64), self.games, before, self.pictures, reward)
        return Step(self.pictures, reward, self.games["over"].copy())

    def look(self, row: int) -> Look:
        """From where the row's world is seen now."""
        game = self.games[row]
        forward = world.facing(float(game["start"]), int(game["heading"]))
        return Look(
            float(game["x"]), float(game["z"]), forward, tuple(map(tuple, game["turned"].tolist())), int(game["word"])
        )

    def render(self, row: int) -> NDArray[np.uint8]:
        from .showing import shown

        return shown(self.look(row))


@compiled(nogil=True)
def _reset(tasks, seeds, rows, asked, games, pictures):  # type: ignore[no-untyped-def]
    for i, row in enumerate(rows):
        g = games[row]
        g.x = START_X[0] + (START_X[1] - START_X[0]) * _drawn(seeds[i], 0)
        g.z = START_Z[0] + (START_Z[1] - START_Z[0]) * _drawn(seeds[i], 1)
        g.start = HEADINGS * TURN * _drawn(seeds[i], 2)
        for thing in range(OBJECTS):
            axis = facing(HEADINGS * TURN * _drawn(seeds[i], 3 + thing), 0)
            g.turned[thing, 0], g.turned[thing, 1] = axis[0], axis[1]
        g.heading = 0
        g.colour, g.word = tasks[i, 0], tasks[i, 1]
        g.shape = asked[i]
        g.over = False
        _see(g, pictures[row])


@numba.njit
def _drawn(seed, number):  # type: ignore[no-untyped-def]
    return uniform(bits(seed, np.uint64(number)))


@compiled(nogil=True)
def _step(actions, games, before, pictures, reward):  # type: ignore[no-untyped-def]
    held, shown = before.reshape(len(actions), -1), pictures.reshape(len(actions), -1)  # lines are copied fast
    for b in range(len(actions)):
        g = games[b]
        reward[b] = 0
        if g.over or g.colour == NEVER_RESET:
            shown[b] = held[b]
            continue
        if actions[b] == LEFT:
            g.heading = (g.heading + 1) % HEADINGS
        elif actions[b] == RIGHT:
            g.heading = (g.heading - 1) % HEADINGS
        elif actions[b] == FORWARD:
            ahead = facing(g.start, g.heading)
            x, z = g.x + STRIDE * ahead[0], g.z + STRIDE * ahead[1]
            if not blocked(x, z):
                g.x, g.z = x, z
        thing = touched(g.x, g.z)
        if thing >= 0:
            reward[b] = paid(thing, g.colour, g.shape)
        g.over = thing >= 0 or actions[b] == END
        _see(g, pictures[b])


@numba.njit
def _see(g, out):  # type: ignore[no-untyped-def]
    draw(g.x, g.z, facing(g.start, g.heading), g.turned, g.word, out)
