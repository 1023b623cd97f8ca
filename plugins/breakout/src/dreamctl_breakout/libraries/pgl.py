"""`pgl`, the Portable Graphics Library of Eric Roberts, without a display: campy's objects under its own names."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

from . import campy
from .stage import stage


class GPoint(campy.GPoint):
    """A place."""

    def getX(self) -> float:
        return self.x

    def getY(self) -> float:
        return self.y


class GDimension(campy.GDimension):
    """A size."""

    def getWidth(self) -> float:
        return self.width

    def getHeight(self) -> float:
        return self.height


class GRectangle(campy.GRectangle):
    """A box."""

    getX, getY, getWidth, getHeight = GPoint.getX, GPoint.getY, GDimension.getWidth, GDimension.getHeight


class GObject:
    """Anything on a window: the methods that all objects have."""

    x1 = y1 = _width = _height = 0.0  # students' own classes may set a place before the object is made
    _cells = _canvas = _window = None

    def _hit(self: Any, x: float, y: float) -> bool:
        """The right and the lower edge do not belong to a box."""
        return x < self.x2 and y < self.y2

    def getX(self: Any) -> float:
        return self.x

    def getY(self: Any) -> float:
        return self.y

    def getLocation(self: Any) -> GPoint:
        return GPoint(*self.location)

    def setLocation(self: Any, x: Any, y: Any = None) -> None:
        self._put(*campy._point(x, y))

    def getWidth(self: Any) -> float:
        return self.width

    def getHeight(self: Any) -> float:
        return self.height

    def getSize(self: Any) -> GDimension:
        return GDimension(*self.size)

    def setSize(self: Any, width: Any, height: Any = None) -> None:
        self._resize(*campy._point(width, height))

    def scale(self: Any, factor: float) -> None:
        self._resize(self._width * factor, self._height * factor)

    def rotate(self, theta: float) -> None:
        """What is turned keeps its box here."""

    def setBounds(self: Any, x: float, y: float, width: float, height: float) -> None:
        self._resize(width, height)
        self._put(x, y)

    def getBounds(self: Any) -> GRectangle:
        return GRectangle(*self.bounds)

    def movePolar(self: Any, r: float, theta: float) -> None:
        self.move_polar(r, theta)

    def setColor(self: Any, color: Any) -> None:
        self.color = color

    def getColor(self: Any) -> str:
        return self.color

    def setFilled(self: Any, filled: bool) -> None:
        self.filled = filled

    def isFilled(self: Any) -> bool:
        return self.filled

    def setFillColor(self: Any, color: Any) -> None:
        self.fill_color = color

    def getFillColor(self: Any) -> str:
        return self.fill_color

    def setLineWidth(self: Any, width: float) -> None:
        self.line_width = width

    def getLineWidth(self: Any) -> float:
        return self.line_width

    def setVisible(self: Any, visible: bool) -> None:
        self.visible = visible

    def isVisible(self: Any) -> bool:
        return self.visible

    def sendToFront(self: Any) -> None:
        self.send_to_front()

    def sendToBack(self: Any) -> None:
        self.send_to_back()

    sendForward, sendBackward = sendToFront, sendToBack

    def getParent(self: Any) -> Any:
        return self.parent

    def getType(self) -> str:
        return type(self).__name__


class GRect(GObject, campy.GRect):
    """A rectangle: `GRect(x, y, width, height)` or `GRect(width, height)`."""

    def __init__(self, a: float, b: float, c: float | None = None, d: float | None = None) -> None:
        x, y, width, height = (0, 0, a, b) if c is None or d is None else (a, b, c, d)
        super().__init__(width, height, x, y)


class GRoundRect(GRect):
    """A rectangle with round corners, which are hit like others."""

    def __init__(self, a: float, b: float, c: float | None = None, d: float | None = None, corner: float = 10) -> None:
        super().__init__(a, b, c, d)
        self.corner = corner


class GOval(campy.GOval, GObject):
    """An oval, with arguments as those of `GRect`; `hit` is that of an ellipse."""

    def __init__(self, a: float, b: float, c: float | None = None, d: float | None = None) -> None:
        x, y, width, height = (0, 0, a, b) if c is None or d is None else (a, b, c, d)
        super().__init__(width, height, x, y)


class GArc(GObject, campy.GArc):
    """A part of an oval."""

    def __init__(self, a: float, b: float, c: float, d: float, *angles: float) -> None:
        x, y, width, height, start, sweep = (a, b, c, d, *angles) if angles else (0, 0, a, b, c, d)
        super().__init__(width, height, start, sweep, x, y)

    def setStartAngle(self, start: float) -> None:
        self.start = start

    def setSweepAngle(self, sweep: float) -> None:
        self.sweep = sweep


class GLine(campy.GLine, GObject):
    """A line."""

    def setStartPoint(self, x: Any, y: Any = None) -> None:
        self.start = campy._point(x, y)

    def setEndPoint(self, x: Any, y: Any = None) -> None:
        self.end = campy._point(x, y)

    def getStartPoint(self) -> GPoint:
        return GPoint(*self.start)

    def getEndPoint(self) -> GPoint:
        return GPoint(*self.end)


class GPolygon(campy.GPolygon, GObject):
    """A polygon."""

    def addVertex(self, x: float, y: float) -> None:
        self.add_vertex((x, y))

    def addEdge(self, dx: float, dy: float) -> None:
        self.add_edge(dx, dy)

    def addPolarEdge(self, r: float, theta: float) -> None:
        import math

        self.add_edge(r * math.cos(math.radians(theta)), -r * math.sin(math.radians(theta)))


class GLabel(GObject, campy.GLabel):
    """A text."""

    def setLabel(self, label: Any) -> None:
        self.text = label

    def getLabel(self) -> str:
        return str(self.text)

    setText, getText = setLabel, getLabel

    def setFont(self, font: Any) -> None:
        self.font = str(font).replace("px", "").replace("pt", "")

    def getFont(self) -> Any:
        return self.font

    def getAscent(self) -> float:
        return float(self.ascent)

    def getDescent(self) -> float:
        return float(self.descent)


class GImage(GObject, campy.GImage):
    """A picture."""


class GCompound(GObject, campy.GCompound):
    """Objects that are added together."""

    def getElementAt(self, x: Any, y: Any = None) -> Any:
        return self.get_object_at(x, y)

    def getElementCount(self) -> int:
        return len(self.contents)

    def getElement(self, index: int) -> Any:
        return self.contents[index]

    removeAll = campy.GCompound.clear


class GEvent:
    """Something that a player does."""


class GMouseEvent(GEvent):
    """Where the mouse is."""

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def getX(self) -> int:
        return self.x

    def getY(self) -> int:
        return self.y

    def getKey(self) -> str:
        return ""


class GKeyEvent(GMouseEvent):
    """A key that was pressed."""

    def __init__(self, key: str) -> None:
        super().__init__(0, 0)
        self.key = key

    def getKey(self) -> str:
        return self.key


class GTimer:
    """Calls a function once, or again and again."""

    def __init__(self, gw: Any, function: Any, delay: float, repeats: bool = False) -> None:
        self.function, self.seconds, self.repeats = function, max(1.0, float(delay)) / 1000, repeats
        self.number = 0
        self.__qualname__ = getattr(function, "__qualname__", "timer")

    def start(self) -> None:
        self.stop()
        self.number = stage.after(self.seconds, self)

    def stop(self) -> None:
        if self.number:
            stage.call_off(self.number)
            self.number = 0

    def setRepeats(self, repeats: bool) -> None:
        self.repeats = repeats

    def __call__(self) -> None:
        self.number = stage.after(self.seconds, self) if self.repeats else 0
        self.function()


class GWindow(campy.GWindow):
    """A window."""

    width: Any = None  # these are free for what students keep with a window
    height: Any = None
    size: Any = None

    def __init__(self, width: float = 500, height: float = 300, *others: Any) -> None:
        super().__init__(width, height)
        self._listeners: dict[str, list[Any]] = {}
        WINDOWS.append(self)

    def getWidth(self) -> float:
        return float(self._width)

    def getHeight(self) -> float:
        return float(self._height)

    def getElementAt(self, x: Any, y: Any = None) -> Any:
        return self.get_object_at(x, y)

    getObjectAt = getElementAt

    def getElementCount(self) -> int:
        return len(self._listed)

    def getElement(self, index: int) -> Any:
        return sorted(self._listed, key=lambda gobj: gobj._order)[index]

    def addEventListener(self, kind: str, function: Any) -> None:
        self._listeners.setdefault(str(kind).lower(), []).append(function)

    def createTimer(self, function: Any, delay: float, repeats: bool = False) -> GTimer:
        return GTimer(self, function, delay, repeats)

    def setTimeout(self, function: Any, delay: float) -> GTimer:
        timer = GTimer(self, function, delay)
        timer.start()
        return timer

    def setInterval(self, function: Any, delay: float) -> GTimer:
        timer = GTimer(self, function, delay, repeats=True)
        timer.start()
        return timer

    def setWindowTitle(self, title: Any) -> None: ...

    setTitle = setResizable = setWindowTitle

    def setBackground(self, color: Any) -> None:
        self.background = color

    def requestFocus(self) -> None: ...

    def eventLoop(self) -> None:
        """Until the game is over."""
        linger()


WINDOWS: list[GWindow] = []
KEYS = (" ", "\n", "Return", "s")  # that may begin a game
EVENTS = {"moved": ("mousemove",), "clicked": ("mousedown", "mouseup", "click")}


def serve() -> None:
    """Hand the player's events to the listeners of the window."""
    while stage.events:
        kind, x, y = stage.events.popleft()
        for window in WINDOWS:
            if not (0 <= x <= window._width and 0 <= y <= window._height):
                continue
            for name in EVENTS[kind]:
                for listener in window._listeners.get(name, ()):
                    stage.call(listener, GMouseEvent(x, y))
            if kind == "clicked":
                _type(window)


def _type(window: GWindow) -> None:
    """Where nothing moves, a player presses a key that may begin the game."""
    listeners = [each for name in ("key", "keydown", "keypress") for each in window._listeners.get(name, ())]
    turn = stage.attempt() if listeners else None
    if turn is not None:
        for listener in listeners:
            stage.call(listener, GKeyEvent(KEYS[turn % len(KEYS)]))


def pause(milliseconds: float) -> None:
    """Wait, while listeners and timers run."""
    stage.frame(float(milliseconds) / 1000)
    serve()
    stage.ring()


def linger() -> None:
    """After the program's end its window stays, with its listeners and timers."""
    stage.run(serve, lambda: bool(stage.timers) or any(window._listeners for window in WINDOWS))
    stage.finish()


class GState:
    """What listeners share, in attributes."""


CLASSES = (GObject, GRect, GOval, GArc, GLine, GPolygon, GLabel, GImage, GCompound, GKeyEvent, GMouseEvent, GEvent,
           GTimer, GWindow, GRoundRect, GState, GPoint, GDimension, GRectangle)  # fmt: skip


def _name_in_small_letters() -> None:
    """The later editions say `set_filled` for `setFilled`, and so on; both are understood.

    Names that campy has are left alone, and so `GObject`, which stands before campy's classes.
    """
    for kind in CLASSES:
        for name in dir(kind) if kind is not GObject else ():
            small = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
            if "a" <= name[0] <= "z" and not hasattr(kind, small):
                setattr(kind, small, getattr(kind, name))


_name_in_small_letters()


def modules() -> dict[str, ModuleType]:
    """The module `pgl`."""
    module = ModuleType("pgl")
    module.__dict__.update({found.__name__: found for found in CLASSES}, GFillableObject=GObject, pause=pause)
    return {"pgl": module}
