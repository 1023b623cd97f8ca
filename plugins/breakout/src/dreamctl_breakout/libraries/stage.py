"""What a program has put on its canvases, its clock, and where its frames end: what all libraries share.

A frame ends where the program waits. There the changes go out, the player's mouse comes in, and the library hands
events to the program's handlers. A process runs one program, so there is one `stage`.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from .. import wire

CELL = 40.0  # pixels: about the size of a brick, so that a place has few shapes
MOST_CELLS = 400  # a larger shape lies in no cell: it is asked each time
CALLS = 512  # to functions that ask or look but never wait, after which a frame ends all the same
UPDATES = 8  # without sleep, after which drawing ends a frame even if the source sleeps somewhere
SLOW = 0.2  # seconds: a timer that takes longer does not move the game
QUIET = 5  # frames without motion, after which a click is one to begin the game
PATIENCE = 10  # times that a thread may sleep and move nothing while a main program with a loop of its own waits for it
ROOM = 16  # calls within calls that ending a frame needs
LOOK, TEXT, ORDER = 1, 2, 4  # what changed in a shape, besides its box
# what is said on what begins a game
BEGINS = re.compile(
    r"start|play|begin|new|go|launch|serve|level|easy|normal|medium|hard|\u958b\u59cb|\u5f00\u59cb", re.IGNORECASE
)


class LeftBehindError(BaseException):
    """Ends what would run in a thread: the program is over, or has waited long enough for it."""


class Shape:
    """Something on a canvas, in a box. `x1`, `y1`, `x2`, `y2` are what is seen, and what hit tests look at."""

    _kind = wire.RECTANGLE

    def __init__(self) -> None:
        self.x1 = self.y1 = self.x2 = self.y2 = 0.0
        self._order = 0
        self._canvas: Canvas | None = None  # on which it is seen
        self._cells: list[Any] | None = None  # of the canvas' index, while it rests
        self._number = stage.number()
        self._sent: Canvas | None = None  # on which the other side knows it
        self._changed = False
        self._news = 0

    def _look(self) -> tuple[str, str, str]:
        """Fill, outline and text, as they are seen."""
        return "", "", ""

    def _change(self, news: int = 0) -> None:
        """Say that the box changed, and what else."""
        self._news |= news
        if not self._changed:
            self._changed = True
            stage.changed.append(self)

    def _hit(self, x: float, y: float) -> bool:
        """Whether a point inside the box is on the shape."""
        return True


class Canvas:
    """A drawing area, and which of its shapes are where.

    Those that rest lie in a grid of cells, those that move in a short list, so that a hit test looks at few.
    """

    def __init__(self, width: float, height: float, background: str = "") -> None:
        self.width, self.height, self.background = width, height, background
        self.number = stage.open(self)
        stage.tell(self)
        self.grid: dict[tuple[int, int], list[Shape]] = {}
        self.loose: list[Shape] = []
        self.fresh: list[Shape] = []

    def index(self, shape: Shape) -> None:
        """Let hit tests find a shape."""
        self.fresh.append(shape)

    def forget(self, shape: Shape) -> None:
        """Hit tests do not find it any more."""
        if shape._cells is not None:
            for cell in shape._cells:
                cell.remove(shape)
            shape._cells = None
        elif shape in self.loose:
            self.loose.remove(shape)
        elif shape in self.fresh:
            self.fresh.remove(shape)

    def loosen(self, shape: Shape) -> None:
        """The box of a shape in the grid has changed: from now on it is asked each time."""
        for cell in shape._cells or ():
            cell.remove(shape)
        shape._cells = None
        self.loose.append(shape)

    def all(self) -> list[Shape]:
        """Every shape, in a fixed order."""
        resting = {shape for cell in self.grid.values() for shape in cell}
        return sorted({*resting, *self.loose, *self.fresh}, key=lambda shape: shape._number)

    def near(self, x: float, y: float) -> Iterator[Shape]:
        """The shapes that may be at a point."""
        if self.fresh:
            self._settle()
        yield from self.grid.get((int(x // CELL), int(y // CELL)), ())
        yield from self.loose

    def top_at(self, x: float, y: float) -> Shape | None:
        """The topmost shape at a point, edges included."""
        if self.fresh:
            self._settle()
        found, order = None, -math.inf
        try:
            cell = self.grid.get((int(x // CELL), int(y // CELL)), ())
        except (ValueError, OverflowError):  # a ball at infinity hits nothing
            return None
        for shapes in (cell, self.loose):
            for shape in shapes:
                if (
                    shape._order > order
                    and shape.x1 <= x <= shape.x2
                    and shape.y1 <= y <= shape.y2
                    and shape._hit(x, y)
                ):
                    found, order = shape, shape._order
        return found

    def within(self, x1: float, y1: float, x2: float, y2: float) -> list[Shape]:
        """The shapes whose cells a box touches, each once, in no order."""
        if self.fresh:
            self._settle()
        left, top, right, bottom = x1 // CELL, y1 // CELL, x2 // CELL, y2 // CELL
        if not (abs(left) < 1e9 and abs(top) < 1e9 and abs(right) < 1e9 and abs(bottom) < 1e9):
            return self.loose + list({shape for cell in self.grid.values() for shape in cell})
        if left == right and top == bottom:
            return self.loose + self.grid.get((int(left), int(top)), [])
        if (right - left + 1) * (bottom - top + 1) > len(self.grid):
            return self.loose + list({shape for cell in self.grid.values() for shape in cell})
        found: set[Shape] = set()
        for row in range(int(top), int(bottom) + 1):
            for column in range(int(left), int(right) + 1):
                cell = self.grid.get((column, row))
                if cell:
                    found.update(cell)
        return self.loose + list(found)

    def _settle(self) -> None:
        for shape in self.fresh:
            keys = _keys(shape)
            if keys is None:
                self.loose.append(shape)
                continue
            shape._cells = [self.grid.setdefault(key, []) for key in keys]
            for cell in shape._cells:
                cell.append(shape)
        self.fresh.clear()


def _keys(shape: Shape) -> list[tuple[int, int]] | None:
    """The cells of a shape; None if there are too many of them."""
    box = (shape.x1, shape.y1, shape.x2, shape.y2)
    if not all(abs(edge) < 1e6 for edge in box):
        return None
    left, top, right, bottom = (int(edge // CELL) for edge in (*box[:2], max(box[0], box[2]), max(box[1], box[3])))
    if (right - left + 1) * (bottom - top + 1) > MOST_CELLS:
        return None
    return [(column, row) for row in range(top, bottom + 1) for column in range(left, right + 1)]


class Stage:
    """The canvases of the program, the player's mouse, the virtual clock, and the end of each frame."""

    def __init__(self) -> None:
        self.canvases: list[Canvas] = []
        self._closed: list[int] = []  # numbers of canvases that are gone
        self.changed: list[Shape] = []
        self.remarks: list[bytes] = []
        self.timers: list[tuple[float, int, Callable[..., Any], tuple[Any, ...]]] = []  # a heap by when they are due
        self.clock = 0.0  # seconds since the program began
        self.calls = 0  # since the last frame
        self.mouse: tuple[int, int] | None = None
        self.events: deque[tuple[str, int, int]] = deque()  # (moved, pressed or clicked), x, y
        self.exchange: Callable[[bytes], bytes] = _nobody
        self.report: Callable[[BaseException], None] = _raise  # what becomes of an exception in a handler
        self.waits = True  # whether the source waits anywhere; if not, asking for the mouse ends a frame
        self.sleeps = True  # whether the source sleeps in its loops; if not, drawing ends a frame
        self.updates = 0  # since it last slept
        self.frames = 0  # that have ended
        self.stirred = 0  # in which of them anything last moved
        self.pressed, self.answered, self.vain = -QUIET, True, 0  # the last click, and how many before moved nothing
        self.serve: Callable[[], None] = _nothing  # hands events to the program's handlers
        self.threads: list[Any] = []  # the methods `run` of those of the program that have not begun
        self._beside: list[float] = []  # the patience with those that run now, within one another
        self._seen = 0  # of what changed, when the innermost went on
        self._going: Callable[[], bool] | None = None  # whether events are to be served still; None outside `run`
        self.shown = False  # whether a frame has ended yet
        self._shapes = self._armed = 0
        self._rang: dict[str, float] = {}  # when a timer last rang
        self._periods: dict[str, float] = {}  # of timers that ring again and again

    def number(self) -> int:
        """A number for a new shape."""
        self._shapes += 1
        return self._shapes

    def open(self, canvas: Canvas) -> int:
        """A number for a new canvas."""
        if len(self.canvases) == wire.MOST_CANVASES:
            raise RuntimeError(f"more than {wire.MOST_CANVASES} windows")
        self.canvases.append(canvas)
        return self._closed.pop() if self._closed else len(self.canvases)

    def close(self, canvas: Canvas) -> None:
        """A canvas is gone, with its shapes: another one may get its number."""
        self.canvases.remove(canvas)
        self._closed.append(canvas.number)

    def tell(self, canvas: Canvas) -> None:
        """Send a canvas' size and colour."""
        head = wire.CANVAS.pack(wire.CODE_CANVAS, canvas.number, float(canvas.width), float(canvas.height))
        self.remarks.append(head + wire.text(canvas.background))

    def say(self, kind: int, text: str) -> None:
        """Send a remark."""
        self.remarks.append(wire.SAY.pack(wire.CODE_SAY, kind) + wire.text(text))

    def frame(self, seconds: float = 0.0) -> None:
        """End a frame: the clock goes on, the changes go out, the player's mouse comes in as events."""
        _room(ROOM)
        self.clock += seconds
        self.shown = True
        self.frames += 1
        if not _blinks(self.changed):
            self.stirred = self.frames
            self.answered = self.answered or self.frames - self.pressed <= QUIET
        flags, x, y = wire.INPUT.unpack(self.exchange(self.news()))
        self.calls = 0
        if not flags & wire.THERE:
            return
        if self.mouse != (x, y):
            self.mouse = (x, y)
            self.events.append(("moved", x, y))
        if flags & wire.CLICK:
            self.events.append(("clicked", *self._aim(x, y)))

    def _aim(self, x: int, y: int) -> tuple[int, int]:
        """Where a player clicks: after a click that moved nothing, every other one on a text that promises a game."""
        if self.frames - self.pressed < QUIET:  # the last one may move something yet
            return x, y
        self.vain = 0 if self.answered else self.vain + 1
        self.pressed, self.answered = self.frames, False
        if self.vain % 2 == 0:
            return x, y
        places = [
            (int(shape.x1 + shape.x2) // 2, int(shape.y1 + shape.y2) // 2)
            for canvas in self.canvases
            for shape in canvas.all()
            if shape._kind == wire.LABEL and BEGINS.search(shape._look()[2])
        ]
        return places[self.vain // 2 % len(places)] if places else (x, y)

    def attempt(self) -> int | None:
        """Which way to begin a player tries with this click: the first, and after each that was in vain the next.

        None where something moves, or the last click may move something yet: there a click is no more than a click.
        """
        still = self.frames - self.stirred >= QUIET and self.pressed == self.frames
        return self.vain if still else None

    def sleep(self, seconds: float) -> None:
        """The program sleeps: a frame ends."""
        self.updates = 0
        if self._beside:
            self._sleep_beside(seconds)
            return
        self.frame(seconds)
        if self.threads:
            self._begin_threads()

    def _sleep_beside(self, seconds: float) -> None:
        """A thread sleeps: events and timers are served, as the main thread would do meanwhile."""
        if not _blinks(self.changed[self._seen :]):
            self._beside[-1] = max(self._beside[-1], PATIENCE)
        wake = self.clock + seconds
        while self.timers and self.timers[0][0] < wake:
            self._next()
        self.frame(max(0.0, wake - self.clock))
        self.serve()
        self.ring()
        self._seen = len(self.changed)
        self._beside[-1] -= 1
        if self._beside[-1] == 0 or (self._going is not None and not self._going()):
            raise LeftBehindError

    def update(self) -> None:
        """The program draws. A frame ends, unless it sleeps as well: then the frame ends there."""
        self.updates += 1
        if not self.sleeps or self.updates > UPDATES or not self.shown:
            self.frame(1 / 60)

    def asked(self, moved: bool = False, seconds: float = 1 / 60) -> None:
        """A library function was called that does not wait; after so many of them a frame ends all the same.

        `moved`: in a program that waits nowhere, the frame ends here if anything has changed.
        """
        self.calls += 1
        if self.calls > CALLS or (moved and not self.waits and self.changed):
            (self.sleep if self._beside else self.frame)(seconds)

    def after(self, seconds: float, function: Callable[..., Any], arguments: tuple[Any, ...] = ()) -> int:
        """Call a function later, from `run`; a number by which it can be called off."""
        self._armed += 1
        heapq.heappush(self.timers, (self.clock + max(0.0, seconds), self._armed, function, arguments))
        return self._armed

    def call_off(self, number: int) -> None:
        """A function is not called after all."""
        self.timers = [timer for timer in self.timers if timer[1] != number]
        heapq.heapify(self.timers)

    def run(self, serve: Callable[[], None], going: Callable[[], bool]) -> None:
        """Frames, events and timers, as long as it is `going`. Of several timers the slowest one ends the frames."""
        before = self.serve, self._going
        self.serve, self._going = serve, going
        try:
            while going():
                self._next()
        finally:
            self.serve, self._going = before

    def _next(self) -> None:
        """On to where the next timer is due, or the next frame ends."""
        due = self.timers[0][0] if self.timers else math.inf
        if due == math.inf or self._ends_frame(self.timers[0][2], due):
            self.frame(1 / 60 if due == math.inf else max(0.0, due - self.clock))
            self.serve()
        self.clock = max(self.clock, min(due, self.clock + 1.0))
        self.ring()

    def finish(self) -> None:
        """At the end of the program the threads that have not begun run, but for daemons."""
        while self.threads:
            run = self.threads.pop(0)
            if not run.__self__.daemon:
                self.beside(run)

    def ring(self) -> None:
        """Call the functions that are due, those alone that were armed before."""
        if self.threads:
            self._begin_threads()
        last = self._armed
        while self.timers and self.timers[0][0] <= self.clock and self.timers[0][1] <= last:
            _, _, function, arguments = heapq.heappop(self.timers)
            self.call(function, *arguments)

    def _ends_frame(self, function: Callable[..., Any], due: float) -> bool:
        name = getattr(function, "__qualname__", repr(function))
        period = due - self._rang.get(name, -math.inf)
        self._rang[name] = due
        if period < SLOW:
            self._periods[name] = period
        if self._periods.get(name, 0.0) >= max(self._periods.values(), default=0.0):
            return True
        slowest = max(self._periods, key=lambda other: self._periods[other])
        return due - self._rang[slowest] > 2 * self._periods[slowest]  # it does not ring any more

    def call(self, handler: Callable[..., Any], *arguments: Any) -> Any:
        """Call a handler of the program; an exception in it is reported, and the program goes on, as in Tk."""
        try:
            return handler(*arguments)
        except Exception as error:
            self.report(error)
            return None

    def _begin_threads(self) -> None:
        while self.threads:
            self.beside(self.threads.pop(0), PATIENCE if self._going is None else math.inf)

    def beside(self, function: Callable[[], Any], patience: float = math.inf) -> None:
        """Run what would run in a thread, while events and timers are served where it sleeps."""
        self._beside.append(patience)
        self._seen = len(self.changed)
        try:
            self.call(function)
        except LeftBehindError:
            pass
        finally:
            self._beside.pop()

    def news(self) -> bytes:
        """What changed since it was last asked."""
        parts = self.remarks
        self.remarks = []
        for shape in self.changed:
            shape._changed = False
            canvas, sent = shape._canvas, shape._sent
            if canvas is sent:
                if canvas is not None:
                    parts.append(wire.MOVE.pack(wire.CODE_MOVE, shape._number, shape.x1, shape.y1, shape.x2, shape.y2))
                    if shape._news:
                        parts.append(_rest(shape))
            else:
                if sent is not None:
                    parts.append(wire.REMOVE.pack(wire.CODE_REMOVE, shape._number))
                if canvas is not None:
                    parts.append(_added(shape, canvas))
                shape._sent = canvas
            shape._news = 0
        self.changed.clear()
        return b"".join(parts)


def _added(shape: Shape, canvas: Canvas) -> bytes:
    box = (shape.x1, shape.y1, shape.x2, shape.y2)
    head = wire.ADD.pack(wire.CODE_ADD, shape._number, canvas.number, shape._kind, shape._order, *box)
    return head + b"".join(wire.text(part) for part in shape._look())


def _rest(shape: Shape) -> bytes:
    """What changed in a shape, besides its box."""
    fill, outline, text = shape._look()
    news = b""
    if shape._news & LOOK:
        news += wire.LOOK.pack(wire.CODE_LOOK, shape._number) + wire.text(fill) + wire.text(outline)
    if shape._news & TEXT:
        news += wire.TEXT.pack(wire.CODE_TEXT, shape._number) + wire.text(text)
    if shape._news & ORDER:
        news += wire.ORDER.pack(wire.CODE_ORDER, shape._number, shape._order)
    return news


def _blinks(shapes: list[Shape]) -> bool:
    """Whether nothing moved: texts alone came, went or are others."""
    for shape in shapes:  # `all` takes longer, in each frame
        if shape._kind != wire.LABEL or not (shape._news or shape._canvas is not shape._sent):
            return False
    return True


def _room(calls: int) -> None:
    """Fail here, if at all, in a program that calls itself without end: not between a message and its reply."""
    if calls:
        _room(calls - 1)


def _nobody(message: bytes) -> bytes:
    return wire.INPUT.pack(0, 0, 0)


def _nothing() -> None:
    """No library has events to serve."""


def _raise(error: BaseException) -> None:
    raise error


stage = Stage()
