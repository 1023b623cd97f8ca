"""Students' programs: run in a sandbox, and played as a batched simulator. `handed_in.py` reads them from files.

The observer and the steering are those of the fast simulator, so both kinds of program are seen and played alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from dreamctl import Simulator, Step

from . import wire
from .design import Design
from .family import CAMPY, GENERATIONS, PGL, TKINTER, Family, family
from .frames import (
    BRICKS,
    CRASHED,
    FRAME,
    GAP,
    GOES_ON,
    GONE,
    HEIGHT,
    NEWS,
    OTHERS_GONE,
    OVER,
    REBUILT,
    STATUS,
    WIDTH,
)  # fmt: skip
from .roles import Roles
from .scene import ProtocolError, Scene
from .source import FILE, source

if TYPE_CHECKING:
    from dreamctl.sandbox import Sandbox

HARNESS = "dreamctl_breakout.harness:serve"
PARTS = tuple(f"dreamctl_breakout.{name}" for name in ("wire", "chance", "colours", "excuses", "libraries"))
PLAYED = (CAMPY, *GENERATIONS, TKINTER, PGL)

MOST_FILES, MOST_BYTES = 200, 8_000_000  # of a submission
TO_START, FOR_A_FRAME = 10.0, 2.0  # seconds of processor time before the first frame, and for each further one
MOST_WATCHING = 20.0  # seconds of processor time to look at all that it shows
LIFE = 120  # seconds of processor time in all: a long game needs one
DEAD = 60  # frames in which nothing moves after an exception in a handler, after which the program has crashed
FEW = 8  # bricks: with fewer there is no wall yet
UNTIL_WALL, CLICKS = 150, (40, 100)  # frames for which a wall is waited for; in which of them it is asked for
LIMPS = 12  # times that the ball moves in every other frame, after which a program is taken to do so
LIMPING = sum(1 << 2 * n for n in range(LIMPS))
SUMMED = [GONE, REBUILT, OTHERS_GONE, NEWS]
OVER_LIMITS, OUR_FAULT = 2, 3  # codes of `Step.failure`

Files = Mapping[str, bytes]


class Child(Protocol):
    """A program in its sandbox. `exchange` raises `Contained`, which has a cause and a detail."""

    def exchange(self, message: bytes, seconds: float) -> bytes: ...

    def close(self) -> None: ...


class Box(Protocol):
    """A sandbox, which starts programs."""

    def start(self, files: Files, argument: bytes) -> Any: ...


# --- programs -------------------------------------------------------------------------------------------------------


def _sorted(files: Files | Iterable[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    return tuple(sorted(dict(files).items()))


@frozen
class Program:
    """A student's program: its files by their paths, as pairs in order."""

    files: tuple[tuple[str, bytes], ...] = field(converter=_sorted)

    @cached_property
    def family(self) -> Family:
        """The library it is written for, and the file that is run."""
        return family(dict(self.files))

    def argument(self, key: int) -> bytes:
        """What the harness is told; `key` is that of the program's random stream."""
        known = self.family
        told = {
            "entry": known.entry,
            "graphics": known.graphics,
            "key": key,
            "waits": known.waits,
            "sleeps": known.sleeps,
        }
        return json.dumps(told).encode()


def program_of(params: Design | Program) -> Program:
    """A program, or the source of a design."""
    return params if isinstance(params, Program) else Program({FILE: source(params).encode()})


# --- one program that runs ------------------------------------------------------------------------------------------


class Running:
    """A program from its start on, frame by frame.

    Frames before any bricks are there are played at once, with a click if they do not come, unless it is taken `as_is`.
    `frame` float64 [F] is what its last frame shows. `failure` is 0, `OVER_LIMITS` or `OUR_FAULT`, and `sentence` says
    what happened; a traceback is in the student's terms. A program that has ended stays as it is.
    """

    def __init__(self, box: Box, program: Program, key: int, as_is: bool = False) -> None:
        self.scene, self.roles = Scene(), Roles()
        self.frame = np.zeros(len(FRAME))
        self.frames, self.failure, self.sentence = 0, 0, ""
        self.outlived = False  # whether it was ended because it has run for as long as we let it
        self.limps = False  # whether it waits twice for each move of the ball: then a frame is two of its own
        self.watched = 0.0  # seconds of our own time that looking at it took
        self.steps = 0  # in which of the last frames the ball moved, as bits
        self.child: Child | None = None
        try:
            self.child = box.start(dict(program.files), program.argument(key))
        except Exception as error:
            self._stopped(error)
            return
        self._exchange(wire.INPUT.pack(0, 0, 0), -1.0, -1.0, 0.0, TO_START)
        if not as_is and self.frame[BRICKS] < FEW:
            self._wait_for_wall()

    def advance(self, mouse_x: float, mouse_y: float, click: float) -> None:
        """Play one frame with the mouse there, in whole pixels."""
        if self.child is None:
            return
        x, y = _whole(mouse_x), _whole(mouse_y)
        flags = wire.THERE | (wire.CLICK if click else 0)
        self._exchange(wire.INPUT.pack(flags, x, y), x, y, click, FOR_A_FRAME)
        if self.limps and self.child is not None:
            half = self.frame
            self._exchange(wire.INPUT.pack(wire.THERE, x, y), x, y, click, FOR_A_FRAME)
            self.frame[SUMMED] += half[SUMMED]
            self.frame[GAP] = max(self.frame[GAP], half[GAP])

    def _wait_for_wall(self) -> None:
        calm, before = 0, 0.0
        for number in range(UNTIL_WALL):
            if self.child is None or calm:
                return
            if number in CLICKS and self.frame[BRICKS] < FEW:
                self.advance(self.frame[WIDTH] // 2, self.frame[HEIGHT] // 2, 1.0)
            else:
                self.rest()
            there = self.frame[BRICKS]
            calm = calm + 1 if there == before and there >= FEW else 0
            before = there

    def rest(self) -> None:
        """Play one frame without touching the mouse."""
        if self.child is not None:
            self._exchange(wire.INPUT.pack(0, 0, 0), -1.0, -1.0, 0.0, FOR_A_FRAME)

    def close(self) -> None:
        """End the program."""
        if self.child is not None:
            self.child.close()
            self.child = None

    @property
    def traceback(self) -> str:
        """The last exception that nobody caught, in the student's terms."""
        return self.scene.tracebacks[-1] if self.scene.tracebacks else ""

    def _exchange(self, message: bytes, x: float, y: float, click: float, seconds: float) -> None:
        assert self.child is not None
        try:
            reply = self.child.exchange(message, seconds)
            began = time.thread_time()
            self.scene.read(reply)
        except Exception as error:
            self._stopped(error)
            return
        self.frame = self.roles.look(self.scene, x, y, click)
        self.watched += time.thread_time() - began
        if self.watched > MOST_WATCHING:
            self._stopped(ProtocolError(f"more than can be looked at in {MOST_WATCHING:.0f} seconds"))
            return
        self.frames += 1
        if not self.limps:
            self.steps = (self.steps << 1 | self.roles.flying) & (1 << 2 * LIMPS) - 1
            self.limps = self.steps == LIMPING
        if self.scene.tracebacks and self.roles.rest > DEAD:  # a handler broke off, and the game with it
            self.scene.status = self.frame[STATUS] = CRASHED
        if self.scene.status != GOES_ON:
            self.sentence = self.traceback if self.scene.status == CRASHED else "The program has come to its end."
            self.close()

    def _stopped(self, error: Exception) -> None:
        """The sandbox ended it, or it said what makes no sense; a program that hangs in play shows nothing more."""
        cause, detail = getattr(error, "cause", None), getattr(error, "detail", str(error))
        if isinstance(error, ProtocolError):
            cause, detail = "protocol", f"The program sent {error}."
        elif cause is None:
            raise error
        self.sentence = f"{cause}: {detail}"
        self.frame = self.frame.copy()
        self.frame[STATUS] = OVER
        self.outlived = getattr(error, "lived", False)
        if cause == "lost":
            self.failure = OUR_FAULT
        elif not (self.frames and cause in ("time", "ended")):
            self.failure = OVER_LIMITS
        self.close()


def _whole(x: float) -> int:
    return int(min(max(np.floor(x + 0.5), -30_000), 30_000)) if np.isfinite(x) else 0


# --- many of them ---------------------------------------------------------------------------------------------------


def sandbox() -> Sandbox:
    """Where the programs of this thread run."""
    from dreamctl.sandbox import Limits, shared_sandbox

    limits = Limits(cpu=LIFE, seconds=FOR_A_FRAME, files=MOST_BYTES, file_count=MOST_FILES)
    return shared_sandbox(HARNESS, parts=PARTS, limits=limits)


class ProgramSimulator(Simulator):
    """`batch` students' programs; params are `Program`s, and a step is a macro-action of `steering.py`.

    `sandbox()` gives the box in which they run; it is asked for when the first program starts. `look`, if there is one,
    is called after each frame, with the program and the observer's memory.
    """

    def __init__(self, batch: int, sandbox: Callable[[], Any]) -> None:
        from .observing import FEATURES, MEMORY

        self.batch, self.sandbox = batch, sandbox
        self.look: Callable[[Running, NDArray[np.float64]], None] | None = None
        self.box: Any = None
        self.running: list[Running | None] = [None] * batch
        self.memories = np.zeros((batch, len(MEMORY)))  # [B, M]
        self.observation = np.zeros((batch, len(FEATURES)), np.float32)  # [B, O]
        self.played = 0  # frames

    def reset(
        self,
        params: Sequence[Program],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        from .observing import report, start

        if self.box is None and len(params):
            self.box = self.sandbox()
        self.observation = self.observation.copy()
        for program, seed, row in zip(params, seeds, rows, strict=True):
            self.drop(int(row))
            self.running[row] = running = Running(self.box, program, int(seed))
            start(running.frame, self.memories[row])
            report(running.frame, self.memories[row], False, self.observation[row])
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        from .observing import finished

        self.observation = self.observation.copy()
        over = np.ones(self.batch, bool)  # [B]
        failure = np.zeros(self.batch, np.uint8)  # [B]
        for row, running in enumerate(self.running):
            if running is None:
                continue
            if not finished(running.frame, self.memories[row]):
                self._play(row, running, int(actions[row]))
            over[row], failure[row] = finished(running.frame, self.memories[row]), running.failure
        return Step(self.observation, np.zeros(self.batch, np.float32), over, failure=failure)

    def failure(self, row: int) -> str:
        running = self.running[row]
        return running.sentence if running is not None else ""

    def close(self) -> None:
        for row in range(self.batch):
            self.drop(row)

    def _play(self, row: int, running: Running, action: int) -> None:
        from .observing import broken_off, report, watch
        from .steering import over, steer

        memory = self.memories[row]
        while True:
            running.advance(*steer(action, running.frame, memory))
            if running.frame[STATUS] == OVER and not running.outlived and broken_off(running.frame, memory):
                running.frame[STATUS] = CRASHED
            watch(running.frame, memory)
            self.played += 1
            if self.look is not None:
                self.look(running, memory)
            if over(action, running.frame, memory):
                break
        report(running.frame, memory, True, self.observation[row])

    def drop(self, row: int) -> None:
        """End the program of a row."""
        running = self.running[row]
        if running is not None:
            running.close()
            self.running[row] = None
