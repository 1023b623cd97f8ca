"""`campy`, the graphics library of stanCode and CS106AP, without a display.

What is odd in it is kept: an object that is added again is listed twice, edges count as inside, an oval is hit inside
its true ellipse, labels are objects like others, there is one handler of each kind, and handlers run inside `pause`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from operator import attrgetter
from types import ModuleType
from typing import Any, NamedTuple

from .. import colours, excuses, wire
from . import fonts
from .stage import LOOK, TEXT, Canvas, Shape, stage

IDLE = 0.02  # seconds between frames after `main` has returned

Handler = Callable[..., Any]


class GPoint(NamedTuple):
    """A place."""

    x: float = 0.0
    y: float = 0.0


class GDimension(NamedTuple):
    """A size."""

    width: float = 0.0
    height: float = 0.0


class GRectangle(NamedTuple):
    """A box."""

    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def __contains__(self, point: Any) -> bool:
        return self.contains(*point)


# --- objects --------------------------------------------------------------------------------------------------------


class GObject(Shape):
    """Anything that can be added to a window."""

    def __init__(self, x: float = 0, y: float = 0, width: float = 0, height: float = 0) -> None:
        super().__init__()
        self._width, self._height = width, height
        self._window: GWindow | None = None  # in which it is listed
        self._whole: GCompound | None = None  # of which it is a part
        self._places: list[int] = []  # in the stack: one for each time that it is listed
        self._color, self._visible, self._line_width = "black", True, 1.0
        self._put(x, y)

    def _put(self, x: float, y: float) -> None:
        """Set the box from a location and the size."""
        self.x1, self.y1 = x, y
        self.x2, self.y2 = self.x1 + self._width, self.y1 + self._height
        self._moved()

    def _moved(self) -> None:
        if self._cells is not None and self._window is not None:
            self._window._canvas.loosen(self)
        if self._canvas is not None and not self._changed:
            self._changed = True
            stage.changed.append(self)

    def _look(self) -> tuple[str, str, str]:
        return "", self._color, ""

    def move(self, dx: float, dy: float) -> None:
        """Move by so many pixels."""
        self.x1 += dx
        self.y1 += dy
        self.x2, self.y2 = self.x1 + self._width, self.y1 + self._height
        if self._cells is not None and self._window is not None:
            self._window._canvas.loosen(self)
        if self._canvas is not None and not self._changed:
            self._changed = True
            stage.changed.append(self)

    def move_polar(self, r: float, theta: float) -> None:
        """Move by a distance in a direction in degrees, counter-clockwise from the right."""
        self.move(r * math.cos(math.radians(theta)), -r * math.sin(math.radians(theta)))

    def contains(self, x: Any, y: float | None = None) -> bool:
        """Whether a point is in the object."""
        x, y = _point(x, y)
        return self.x1 <= x <= self.x2 and self.y1 <= y <= self.y2 and self._hit(x, y)

    def __contains__(self, point: Any) -> bool:
        return self.contains(point)

    x = property(attrgetter("x1"), lambda self, x: self._put(x, self.y))
    y = property(attrgetter("y1"), lambda self, y: self._put(self.x, y))
    width = property(attrgetter("_width"), lambda self, width: self._resize(width, self._height))
    height = property(attrgetter("_height"), lambda self, height: self._resize(self._width, height))
    color = property(attrgetter("_color"), lambda self, color: self._paint("_color", color))
    line_width = property(attrgetter("_line_width"), lambda self, width: setattr(self, "_line_width", width))
    location = property(lambda self: GPoint(self.x, self.y), lambda self, place: self._put(*_point(place)))
    size = property(lambda self: GDimension(self.width, self.height), lambda self, size: self._resize(*size))
    bounds = property(lambda self: GRectangle(self.x1, self.y1, self._width, self._height))
    parent = property(attrgetter("_window"))

    @property
    def visible(self) -> bool:
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        self._visible = bool(visible)
        if self._window is not None and self._places:
            self._canvas = self._window._canvas if visible else None
            self._change()

    def set_location(self, x: Any, y: float | None = None) -> None:
        self._put(*_point(x, y))

    def set_size(self, width: Any, height: float | None = None) -> None:
        self._resize(*_point(width, height))

    def send_to_front(self) -> None:
        if self._window is not None:
            self._window._restack(self, -1)

    def send_to_back(self) -> None:
        if self._window is not None:
            self._window._restack(self, 0)

    send_forward, send_backward = send_to_front, send_to_back

    def get_parent(self) -> GWindow | None:
        return self._window

    def _resize(self, width: float, height: float) -> None:
        x, y = self.x, self.y
        self._width, self._height = float(width), float(height)
        self._put(x, y)

    def _paint(self, name: str, color: Any) -> None:
        setattr(self, name, _color(color))
        if self._canvas is not None:
            self._change(LOOK)


class GFillableObject(GObject):
    """An object with an inside."""

    _filled, _tinted, _fill_color = False, False, ""  # tinted: painted inside without being filled

    def _look(self) -> tuple[str, str, str]:
        return (self._fill_color or self._color) if self._filled or self._tinted else "", self._color, ""

    fill_color = property(
        lambda self: self._fill_color or self._color, lambda self, color: self._paint("_fill_color", color)
    )

    @property
    def filled(self) -> bool:
        return self._filled

    @filled.setter
    def filled(self, filled: bool) -> None:
        self._filled, self._tinted = bool(filled), False
        if self._canvas is not None:
            self._change(LOOK)


class GRect(GFillableObject):
    """A rectangle."""

    def __init__(self, width: float, height: float, x: float = 0, y: float = 0) -> None:
        super().__init__(x, y, width, height)


class GRoundRect(GRect):
    """A rectangle with round corners, which are hit like others."""

    def __init__(self, width: float, height: float, x: float = 0, y: float = 0, corner: float = 10) -> None:
        super().__init__(width, height, x, y)
        self.corner = corner


class G3DRect(GRect):
    """A rectangle that looks raised."""

    def __init__(self, width: float, height: float, x: float = 0, y: float = 0, raised: bool = False) -> None:
        super().__init__(width, height, x, y)
        self.raised = raised


class GOval(GFillableObject):
    """An oval; the corners of its box are not on it."""

    _kind = wire.OVAL

    def __init__(self, width: float, height: float, x: float = 0, y: float = 0) -> None:
        super().__init__(x, y, width, height)

    def _hit(self, x: float, y: float) -> bool:
        across, down = self._width / 2, self._height / 2
        if across == 0 or down == 0:
            return False
        return ((x - self.x1 - across) / across) ** 2 + ((y - self.y1 - down) / down) ** 2 <= 1.0


class GArc(GFillableObject):
    """A part of an oval, hit by its box."""

    _kind = wire.ARC

    def __init__(
        self, width: float, height: float, start: float = 0, sweep: float = 360, x: float = 0, y: float = 0
    ) -> None:
        super().__init__(x, y, width, height)
        self.start, self.sweep = start, sweep


class GLine(GObject):
    """A line between two points."""

    _kind = wire.LINE

    def __init__(self, x0: float, y0: float, x1: float, y1: float) -> None:
        super().__init__()
        self._span(x0, y0, x1, y1)

    def _span(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self._rises = (x1 - x0) * (y1 - y0) < 0
        self._back = (x1, y1) < (x0, y0)
        self._width, self._height = abs(x1 - x0), abs(y1 - y0)
        self._put(min(x0, x1), min(y0, y1))

    def _ends(self) -> tuple[GPoint, GPoint]:
        left, right = (self.y2, self.y1) if self._rises else (self.y1, self.y2)
        ends = GPoint(self.x1, left), GPoint(self.x2, right)
        return ends[::-1] if self._back else ends

    start = property(lambda self: self._ends()[0], lambda self, start: self._span(*_point(start), *self.end))
    end = property(lambda self: self._ends()[1], lambda self, end: self._span(*self.start, *_point(end)))

    def _hit(self, x: float, y: float) -> bool:
        along, up = (x - self.x1) * self._height, (y - self.y1) * self._width
        if self._rises:
            up = self._height * self._width - up
        return abs(along - up) <= 1.5 * max(1.0, math.hypot(self._width, self._height))


class GPolygon(GFillableObject):
    """A polygon of vertices that are relative to its location."""

    _kind = wire.POLYGON

    def __init__(self) -> None:
        super().__init__()
        self._vertices: list[GPoint] = []
        self._at = GPoint(0.0, 0.0)

    def add_vertex(self, vertex: Any, y: float | None = None) -> None:
        self._vertices.append(GPoint(*_point(vertex, y)))
        self._put(*self._at)

    def add_edge(self, dx: float, dy: float) -> None:
        last = self._vertices[-1] if self._vertices else GPoint(0.0, 0.0)
        self.add_vertex((last.x + dx, last.y + dy))

    def add_polar_edge(self, r: float, theta: float) -> None:
        self.add_edge(r * math.cos(math.radians(theta)), -r * math.sin(math.radians(theta)))

    @property
    def vertices(self) -> list[GPoint]:
        return list(self._vertices)

    def _hit(self, x: float, y: float) -> bool:
        return inside(x - self._at.x, y - self._at.y, self._vertices)

    def move(self, dx: float, dy: float) -> None:
        self._put(self._at.x + dx, self._at.y + dy)

    def _put(self, x: float, y: float) -> None:
        self._at = GPoint(x, y)
        points = getattr(self, "_vertices", None) or [GPoint(0.0, 0.0)]
        self.x1, self.x2 = self._at.x + min(p.x for p in points), self._at.x + max(p.x for p in points)
        self.y1, self.y2 = self._at.y + min(p.y for p in points), self._at.y + max(p.y for p in points)
        self._width, self._height = self.x2 - self.x1, self.y2 - self.y1
        self._moved()

    x = property(lambda self: self._at.x, lambda self, x: self._put(x, self._at.y))
    y = property(lambda self: self._at.y, lambda self, y: self._put(self._at.x, y))


class GLabel(GObject):
    """A text; its location is the left end of its baseline, and its bounds go up from there."""

    _kind = wire.LABEL

    def __init__(self, label: Any = "", x: float = 0, y: float = 0) -> None:
        self._text, self._font, self._points, self._bold = str(label), "Dialog-13", 13.0, False
        self._baseline = GPoint(0.0, 0.0)
        super().__init__()
        self._measure()
        self._put(x, y)

    def _look(self) -> tuple[str, str, str]:
        return self._color, "", self._text

    def move(self, dx: float, dy: float) -> None:
        self._put(self._baseline.x + dx, self._baseline.y + dy)

    def _put(self, x: float, y: float) -> None:
        self._baseline = GPoint(x, y)
        self.x1, self.y2 = self._baseline
        self.x2, self.y1 = self.x1 + self._width, self.y2 - self._height
        self._moved()

    def _measure(self) -> None:
        self._width, self._height = fonts.extent(self._text, self._points, self._bold)

    def _write(self, text: Any) -> None:
        self._text = str(text)
        self._measure()
        self._put(*self._baseline)
        if self._canvas is not None:
            self._change(TEXT)

    def _set_font(self, font: Any) -> None:
        self._font = font
        for part in str(font).replace(" ", "-").split("-"):
            if part.isdigit() and int(part) > 0:
                self._points = float(part)
            self._bold = self._bold or "bold" in part.lower()
        self._measure()
        self._put(*self._baseline)

    x = property(lambda self: self._baseline.x, lambda self, x: self._put(x, self._baseline.y))
    y = property(lambda self: self._baseline.y, lambda self, y: self._put(self._baseline.x, y))
    text = property(attrgetter("_text"), lambda self, text: self._write(text))
    label = text
    font = property(attrgetter("_font"), lambda self, font: self._set_font(font))
    ascent = property(lambda self: 0.8 * self._height)
    descent = property(lambda self: 0.2 * self._height)


class GImage(GObject):
    """A picture from a file, hit by its box."""

    _kind = wire.IMAGE

    def __init__(self, filename: Any = "", x: float = 0, y: float = 0) -> None:
        from .pictures import size

        self.filename = filename
        super().__init__(x, y, *size(filename))

    def _look(self) -> tuple[str, str, str]:
        return "", "", str(self.filename)


class GCompound(GObject):
    """Objects that are put at places relative to its own, move together, and are hit as one.

    Each is an object of the window that the compound is in.
    """

    def __init__(self) -> None:
        self.contents: list[GObject] = []
        super().__init__()

    def add(self, gobj: GObject, x: float | None = None, y: float | None = None) -> None:
        local = gobj.location if x is None or y is None else (x, y)
        gobj._put(self.x1 + local[0], self.y1 + local[1])
        self.contents.append(gobj)
        gobj._whole = self
        self._fit()
        if self._window is not None:
            self._window.add(gobj)

    def remove(self, gobj: GObject) -> None:
        if gobj in self.contents:
            self.contents.remove(gobj)
            gobj._whole = None
            if self._window is not None:
                self._window.remove(gobj)

    def clear(self) -> None:
        for gobj in list(self.contents):
            self.remove(gobj)

    def get_object_at(self, x: Any, y: float | None = None) -> GObject | None:
        """The topmost of its parts at a place relative to its own."""
        x, y = _point(x, y)
        found = (part for part in reversed(self.contents) if part.contains(self.x1 + x, self.y1 + y))
        return next(found, None)

    def move(self, dx: float, dy: float) -> None:
        self._put(self.x1 + dx, self.y1 + dy)

    def contains(self, x: Any, y: float | None = None) -> bool:
        return any(part.contains(x, y) for part in self.contents)

    def _put(self, x: float, y: float) -> None:
        for part in self.contents:
            part.move(x - self.x1, y - self.y1)
        super()._put(x, y)

    def _fit(self) -> None:
        self._width = max(part.x2 for part in self.contents) - self.x1
        self._height = max(part.y2 for part in self.contents) - self.y1
        super()._put(self.x1, self.y1)

    def __len__(self) -> int:
        return len(self.contents)

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, index: Any) -> Any:
        return self.contents[index]


def inside(x: float, y: float, points: list[GPoint]) -> bool:
    """Whether a point is in a polygon: a ray from it crosses the outline an odd number of times."""
    odd = False
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]:
            odd = not odd
    return odd


def _point(x: Any, y: float | None = None) -> tuple[float, float]:
    """A point that is given as two numbers or as one thing."""
    if y is not None:
        return x, y
    return (x.x, x.y) if hasattr(x, "x") else tuple(x)


def _color(color: Any) -> str:
    if isinstance(color, str):
        return color
    if isinstance(color, Iterable):
        return "#" + "".join(f"{int(part) & 255:02x}" for part in list(color)[:3])
    return f"#{int(color) & 0xFFFFFF:06x}" if isinstance(color, int) else str(color)


# --- colours --------------------------------------------------------------------------------------------------------


class _Named(type):
    """Colours by name, `GColor.RED`."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_") or colours.rgb(name.replace("_", "")) is None:
            raise AttributeError(f"type object 'GColor' has no attribute '{name}'")
        return cls.normalize(name.replace("_", ""))


class GColor(metaclass=_Named):
    """A colour, which is equal to nothing but itself."""

    def __init__(self, red: int, green: int, blue: int) -> None:
        self.rgb = self.r, self.g, self.b = red, green, blue

    @classmethod
    def normalize(cls, color: Any) -> GColor:
        return color if isinstance(color, GColor) else cls(*(colours.rgb(_color(color)) or (0, 0, 0)))

    @staticmethod
    def rgb_to_hex(r: int, g: int, b: int) -> str:
        return _color((r, g, b))

    @property
    def hex(self) -> str:
        return _color(self).upper()

    def __iter__(self) -> Iterator[int]:
        return iter(self.rgb)


class Coloured(GObject):
    """What campy's objects have and pgl's have not: they tell their colours as a `GColor`, and inside they are black
    until a colour for that is given, which is seen at once in a window.
    """

    _fill_color = "black"

    def _tint(self, color: Any) -> None:
        self._tinted = bool(self._places)
        self._paint("_fill_color", color)

    color = property(lambda self: GColor.normalize(self._color), lambda self, color: self._paint("_color", color))
    fill_color = property(lambda self: GColor.normalize(self._fill_color), _tint)


# --- the window -----------------------------------------------------------------------------------------------------


class GWindow:
    """A window with objects in it, listed from bottom to top; one that is added twice is listed twice."""

    def __init__(
        self, width: float = 500, height: float = 500, visible: bool = True, title: str = "", color: Any = None,
        top: Any = None, resizable: bool = False,
    ) -> None:  # fmt: skip
        WINDOWS.append(self)
        self._width, self._height, self.title = width, height, title
        self.visible, self.resizable, self.color = visible, resizable, GColor.normalize(color or "black")
        self._canvas = Canvas(width, height, "white")
        self._top = 0
        self._listed: dict[GObject, None] = {}

    width = property(attrgetter("_width"))
    height = property(attrgetter("_height"))
    size = property(lambda self: GDimension(self._width, self._height))
    location = property(lambda self: GPoint(0, 0), lambda self, place: None)
    background = property(lambda self: self._canvas.background, lambda self, color: self._tint(color))

    def _tint(self, color: Any) -> None:
        self._canvas.background = _color(color)
        stage.tell(self._canvas)

    def add(self, gobj: GObject, x: float | None = None, y: float | None = None) -> None:
        """Put an object on top. One that is in already is moved, and listed a second time."""
        if x is not None and y is not None:
            gobj._put(x, y)
        if isinstance(gobj, GCompound):
            gobj._window = self
            for part in gobj.contents:
                self.add(part)
            return
        self._top += 1
        gobj._places.append(self._top)
        gobj._order = self._top
        if gobj not in self._listed:
            self._listed[gobj] = None
            gobj._window = self
            self._canvas.index(gobj)
        if gobj._visible:
            gobj._canvas = self._canvas
        gobj._change()

    def remove(self, gobj: GObject | None = None) -> bool:
        """Take an object out of sight, and out of the list once. What is not in is left alone."""
        if isinstance(gobj, GCompound):
            gobj._window = None
            return sum(self.remove(part) for part in gobj.contents) > 0
        if gobj is None or gobj not in self._listed:
            return False
        gobj._places.pop(0)
        gobj._canvas = None
        gobj._change()
        if not gobj._places:
            self._unlist(gobj)
        return True

    def clear(self) -> None:
        """Remove everything."""
        for gobj in list(self._listed):
            gobj._places.clear()
            gobj._canvas = None
            gobj._change()
            self._unlist(gobj)

    def get_object_at(self, x: Any, y: float | None = None) -> GObject | None:
        """The topmost object at a point, edges included; None if there is none."""
        stage.calls += 1
        if y is None:
            x, y = _point(x)
        found: Any = self._canvas.top_at(x, y)
        while found is not None and found._whole is not None:
            found = found._whole
        return found  # type: ignore[no-any-return]

    def close(self) -> None:
        """The program ends."""
        raise SystemExit

    def add_to_region(self, gobj: Any, region: Any = None) -> None:
        """Buttons and the like stand beside the canvas."""

    def remove_from_region(self, gobj: Any, region: Any = None) -> None: ...

    def request_focus(self) -> None: ...

    def set_region_alignment(self, region: Any, align: Any) -> None: ...

    def repaint(self) -> None: ...

    def __len__(self) -> int:
        return len(self._listed)

    def __bool__(self) -> bool:
        return True

    def _unlist(self, gobj: GObject) -> None:
        del self._listed[gobj]
        self._canvas.forget(gobj)

    def _restack(self, gobj: GObject, end: int) -> None:
        for part in gobj.contents if isinstance(gobj, GCompound) else ():
            self._restack(part, end)
        if gobj in self._listed:
            lowest = min((min(other._places) for other in self._listed), default=0)
            self._top += 1
            gobj._places = [self._top if end else min(lowest, 0) - 1]
            gobj._order = gobj._places[-1]
            gobj._change(4)


# --- events ---------------------------------------------------------------------------------------------------------


class GMouseEvent:
    """Where the mouse is."""

    def __init__(self, kind: str, x: int, y: int) -> None:
        self.event_type, self.x, self.y = kind, x, y
        self.location = GPoint(x, y)
        self.gwindow = self.window = WINDOWS[-1] if WINDOWS else None


WINDOWS: list[GWindow] = []
HANDLERS: dict[str, Handler] = {}  # by kind; one of each
TIMERS: list[GTimer] = []


def _registrar(kind: str) -> Callable[..., Any]:
    def register(function: Handler, *others: Any, **options: Any) -> Handler:
        """Call a function at such events, in place of the one before; without a window yet, it is forgotten."""
        if stage.canvases:
            HANDLERS[kind] = function
        return function

    register.__name__ = f"onmouse{kind}"
    return register


def pause(milliseconds: float, step: Any = None) -> None:
    """Wait, while the program's handlers run."""
    stage.frame(max(0.0, float(milliseconds) / 1000))
    serve()
    stage.ring()
    for timer in list(TIMERS):
        timer._run()


def serve() -> None:
    while stage.events:
        kind, x, y = stage.events.popleft()
        if not _over_window(x, y):
            continue
        for name in ("pressed", "clicked", "released") if kind == "clicked" else (kind,):
            handler = HANDLERS.get(name)
            if handler is not None:
                stage.call(handler, GMouseEvent(name, x, y))


def _over_window(x: int, y: int) -> bool:
    return any(0 <= x <= canvas.width and 0 <= y <= canvas.height for canvas in stage.canvases)


def linger() -> None:
    """After the program's end events are served until its window is closed; without handlers nothing can happen."""
    while HANDLERS or TIMERS:
        pause(IDLE * 1000)


class GTimer:
    """Calls its listener again and again."""

    def __init__(self, milliseconds: float) -> None:
        self.milliseconds, self._next = float(milliseconds), math.inf
        self._listeners: list[Handler] = []

    def add_action_listener(self, function: Handler) -> None:
        self._listeners.append(function)

    def start(self) -> None:
        self._next = stage.clock + self.milliseconds / 1000
        if self not in TIMERS:
            TIMERS.append(self)

    def stop(self) -> None:
        if self in TIMERS:
            TIMERS.remove(self)

    def _run(self) -> None:
        if stage.clock >= self._next:
            self._next = stage.clock + self.milliseconds / 1000
            for listener in self._listeners:
                stage.call(listener, GMouseEvent("timer", 0, 0))


def schedule(function: Handler, delay_ms: float, fargs: Iterable[Any] = ()) -> None:
    """Call a function later."""

    def once(event: GMouseEvent) -> None:
        timer.stop()
        function(*fargs)

    timer = GTimer(delay_ms)
    timer.add_action_listener(once)
    timer.start()


def repeat_every(delay_ms: float, function: Handler | None = None, fargs: Iterable[Any] = ()) -> Any:
    """Call a function again and again; without one, make of one what does so from its first call on."""

    def repeated(function: Handler) -> Handler:
        def again(*arguments: Any) -> None:
            function(*arguments)
            schedule(again, delay_ms, fargs)

        return again

    return repeated if function is None else schedule(repeated(function), delay_ms, fargs)


class _Interactor(GObject):
    """A button or a slider: it stands beside the canvas, where nobody presses it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__()
        self.value = self.text = self.label = arguments[0] if arguments else ""

    def click(self, function: Handler) -> Handler:
        return function

    add_click_handler = onclick = add_action_listener = click


# --- modules --------------------------------------------------------------------------------------------------------

Region = Enum("Region", ["CENTER", "EAST", "NORTH", "SOUTH", "WEST"], start=0)
Alignment = Enum("Alignment", ["LEFT", "CENTER", "RIGHT"], start=0)
MOUSE = ("clicked", "moved", "pressed", "released", "dragged", "entered", "exited", "wheel")
KEYS = ("pressed", "released", "typed")
OBJECTS = (GRect, GRoundRect, G3DRect, GOval, GArc, GLine, GPolygon, GLabel, GImage, GCompound)


def modules() -> dict[str, ModuleType]:
    """Every module of the library by its full name."""
    objects = {"GObject": GObject, "GFillableObject": GFillableObject}
    objects |= {shape.__name__: type(shape.__name__, (Coloured, shape), {}) for shape in OBJECTS}
    types = {"GPoint": GPoint, "GDimension": GDimension, "GRectangle": GRectangle}
    mouse = {f"onmouse{kind}": _registrar(kind) for kind in MOUSE}
    keyboard = {f"onkey{kind}": _registrar(f"key{kind}") for kind in KEYS}
    timer = {"pause": pause, "schedule": schedule, "repeat_every": repeat_every, "GTimer": GTimer, "time": time}
    interactors = {name: type(name, (_Interactor,), {}) for name in INTERACTORS}
    return dict(
        _module(name, names)
        for name, names in (
            ("campy", {}),
            ("campy.graphics", {}),
            ("campy.graphics.gwindow", {"GWindow": GWindow, "Region": Region, "Alignment": Alignment, "math": math}),
            ("campy.graphics.gobjects", {**objects, **types, "math": math}),
            ("campy.graphics.gimage", {"GImage": objects["GImage"]}),
            ("campy.graphics.gtypes", types),
            ("campy.graphics.gcolor", {"GColor": GColor}),
            ("campy.gui", {}),
            ("campy.gui.interactors", interactors),
            ("campy.gui.ginteractors", interactors),
            ("campy.gui.events", {}),
            ("campy.gui.events.mouse", {**mouse, "GMouseEvent": GMouseEvent}),
            ("campy.gui.events.timer", timer),
            ("campy.gui.events.keyboard", keyboard),
            ("campy.gui.events.key", keyboard),
            ("campy.util", {}),
            *((name, {"__getattr__": excuses.anything}) for name in QUIET),
        )
    )


QUIET = ("campy.graphics.gfont", "campy.graphics.goptionpane", "campy.gui.events.window", "campy.util.sound")
INTERACTORS = ("GInteractor", "GButton", "GCheckBox", "GSlider", "GTextField", "GChooser", "GRadioButton")


def _module(name: str, names: dict[str, Any]) -> tuple[str, ModuleType]:
    module = ModuleType(name)
    module.__path__ = []  # so that what is not there is a module that was not found
    module.__dict__.update(names)
    return name, module
