"""What a person sees of a program: its canvas, with every brick in its place, replayed or played with the mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Footage, Look, SandboxError
from dreamctl.footage import BOX, LINE, OVAL, POINTER, TEXT, WIDEST, Picture, Shape, paint

from . import colours, wire
from .design import Design
from .frames import CLICKED, CRASHED, MOUSE_X, MOUSE_Y
from .scene import Thing
from .students import Program, ProgramSimulator, Running, program_of, sandbox

KINDS = {
    wire.OVAL: OVAL, wire.ARC: OVAL, wire.LABEL: TEXT, wire.LINE: LINE,
    wire.RECTANGLE: BOX, wire.POLYGON: BOX, wire.IMAGE: BOX,
}  # fmt: skip
IMAGE = "#c9ced6"  # what stands for a picture, whose file is not looked at
WHITE, BLACK = "#ffffff", "#000000"
MOST_SHAPES, MOST_LETTERS, MOST_LOOKS = 3000, 120, 4000  # that are shown
MOST_KEPT, FEW_SHAPES = 5_000_000, 200  # shapes in all pictures of a footage; beyond them, so many in each
POINTED, CLICKING = Look(POINTER, WHITE, BLACK), Look(POINTER, "#e02020", BLACK)
SLOWEST, FASTEST = 10.0, 200.0  # frames a second of a replay
FURTHEST = 9999  # pixels: what lies beyond is not seen
LONGEST = 2.0  # seconds that a program may let a person wait for a frame


class Screen:
    """The pictures of one program; `looks` are all that were needed so far."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.looks: dict[Look, int] = {}
        self.known: dict[tuple[int, str, str, str], int] = {}  # looks by what is sent of them
        self.shapes: dict[Shape, Shape] = {}  # what stands in many pictures is kept once
        self.kept = 0  # shapes in all pictures together

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height, _ = self._canvas
        return _within(width), _within(height)

    @property
    def background(self) -> str:
        return _colour(self._canvas[2]) or WHITE

    def picture(self, pointer: bool = True) -> Picture:
        """The canvas as it is now; with a `pointer` where the player's mouse is."""
        running = self.running
        there = [thing for thing in running.scene.things.values() if thing.canvas == running.roles.canvas]
        most = MOST_SHAPES if self.kept < MOST_KEPT else FEW_SHAPES
        shapes = list(map(self._shape, sorted(there, key=lambda thing: thing.order)[:most]))
        self.kept += len(shapes)
        x, y, clicked = (int(running.frame[column]) for column in (MOUSE_X, MOUSE_Y, CLICKED))
        if pointer and x >= 0:
            shapes.append((self._look(CLICKING if clicked else POINTED), x, y, 0, 0))
        return tuple(shapes)

    @property
    def _canvas(self) -> tuple[float, float, str]:
        return self.running.scene.canvases.get(self.running.roles.canvas, (400.0, 400.0, ""))

    def _shape(self, thing: Thing) -> Shape:
        sent = thing.kind, thing.fill, thing.outline, thing.text
        look = self.known.get(sent)
        if look is None:
            look = self.known[sent] = self._look(_look(thing))
        left, top, right, bottom = thing.box
        if not (abs(left) < FURTHEST and abs(top) < FURTHEST and abs(right) < FURTHEST and abs(bottom) < FURTHEST):
            return look, FURTHEST, FURTHEST, 0, 0
        left, top = round(left), round(top)
        shape = look, left, top, round(right) - left, round(bottom) - top
        return self.shapes.setdefault(shape, shape)

    def _look(self, look: Look) -> int:
        if look not in self.looks and len(self.looks) >= MOST_LOOKS:
            return 0
        return self.looks.setdefault(look, len(self.looks))


def footage(params: Design | Program, seed: int, actions: Sequence[int], first: int) -> Footage | None:
    """What is seen of the steps from `first` on; a design is shown as its source plays it.

    None of a design where there is no sandbox for its source.
    """
    try:
        box = sandbox()
    except SandboxError:
        if isinstance(params, Program):
            raise
        return None
    return filmed(program_of(params), seed, actions, first, lambda: box)


def filmed(
    program: Program, seed: int, actions: Sequence[int], first: int, box: Callable[[], Any] = sandbox
) -> Footage:
    """The footage of a program that runs in what `box()` gives."""
    from .observing import report

    simulator = ProgramSimulator(1, box)
    pictures: list[Picture] = []
    clocks: list[float] = []
    seen: list[NDArray[np.float32]] = []

    def look(running: Running, memory: NDArray[np.float64]) -> None:
        observation = np.zeros_like(simulator.observation[0])
        report(running.frame, memory.copy(), True, observation)
        pictures.append(screen.picture())
        clocks.append(running.scene.clock)
        seen.append(observation)

    before = simulator.reset([program], np.array([seed], np.uint64), np.zeros(1, np.intp))[0]
    running = simulator.running[0]
    assert running is not None
    screen, ends = Screen(running), []
    for number, action in enumerate(actions):
        if number == first:
            pictures, clocks, seen = [screen.picture()], [running.scene.clock], [before]
            simulator.look = look
        before = simulator.step(np.array([action])).observation[0]
        ends.append(len(pictures) - 1)
    simulator.close()
    width, height = screen.size
    return Footage(
        width=width,
        height=height,
        background=screen.background,
        pace=_pace(clocks),
        looks=tuple(screen.looks),
        frames=pictures,
        ends=ends[first:],
        observation=np.stack(seen),
        said=running.sentence if running.scene.status == CRASHED else "",
    )


class Played:
    """A program that a person plays: a `dreamctl.footage.Live`."""

    def __init__(self, params: Design | Program, seed: int, box: Callable[[], Any] = sandbox) -> None:
        self.running = Running(box(), program_of(params), seed, as_is=True)
        self.screen = Screen(self.running)
        self.width, self.height = self.screen.size

    @property
    def over(self) -> bool:
        return self.running.child is None

    @property
    def message(self) -> str:
        return self.running.sentence

    def advance(self, x: int, y: int, click: bool) -> float:
        before = self.running.scene.clock
        self.running.advance(x, y, float(click))
        return float(min(max(self.running.scene.clock - before, 0.0), LONGEST))

    def picture(self) -> NDArray[np.uint8]:
        shapes = self.screen.picture(pointer=False)
        return paint(self.width, self.height, self.screen.background, tuple(self.screen.looks), shapes)

    def close(self) -> None:
        self.running.close()


def _within(length: float) -> int:
    return int(min(max(length, 1.0), WIDEST))


def _look(thing: Thing) -> Look:
    if thing.kind == wire.LABEL:
        return Look(TEXT, _colour(thing.fill) or _colour(thing.outline) or BLACK, "", thing.text[:MOST_LETTERS])
    if thing.kind == wire.IMAGE:
        return Look(BOX, IMAGE, "#8a8f98")
    return Look(KINDS[thing.kind], _colour(thing.fill), _colour(thing.outline))


def _colour(name: str) -> str:
    known = colours.rgb(name)
    return "" if known is None else "#{:02x}{:02x}{:02x}".format(*known)


def _pace(clocks: Sequence[float]) -> float:
    """Frames a second, by the program's own clock."""
    waits = [after - before for before, after in pairwise(clocks) if after > before]
    return float(min(max(1 / median(waits), SLOWEST), FASTEST)) if waits else 50.0
