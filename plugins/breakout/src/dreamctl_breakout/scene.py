"""What is on the canvases of a program, from the bytes that it sends (`wire.py`), which are read strictly.

Whatever a program sends, reading it gives a scene or a `ProtocolError`, in bounded time and memory.
"""

from __future__ import annotations

import math
import struct

from . import wire
from .frames import CRASHED

Box = tuple[float, float, float, float]  # left, top, right, bottom
FURTHEST = 1e9  # pixels: what lies beyond, or nowhere, is taken to be there
MOST_REMARKS = 100  # that are kept


class ProtocolError(Exception):
    """What came is no message of the protocol."""


class Thing:
    """Something on a canvas."""

    __slots__ = ("born", "box", "canvas", "fill", "first", "kind", "moves", "number", "order", "outline", "text")

    def __init__(self, number: int, canvas: int, kind: int, order: int, box: Box, born: int) -> None:
        self.number, self.canvas, self.kind, self.order, self.box, self.born = number, canvas, kind, order, box, born
        self.first = box  # where it was seen first
        self.fill = self.outline = self.text = ""
        self.moves = 0  # frames in which its box changed


class Scene:
    """The canvases as they are after a frame, and what changed in it."""

    def __init__(self) -> None:
        self.frame = 0  # how many came before the one that is shown
        self.status, self.clock = 0, 0.0
        self.canvases: dict[int, tuple[float, float, str]] = {}  # number to width, height, background
        self.things: dict[int, Thing] = {}
        self.tracebacks: list[str] = []
        self.questions: list[str] = []
        self.added: list[Thing] = []  # in this frame, as the rest
        self.removed: list[Thing] = []
        self.moved: list[Thing] = []
        self.looks: list[Thing] = []
        self.texts: list[Thing] = []

    def read(self, message: bytes) -> None:
        """Take in the message of a frame. Raises `ProtocolError`."""
        if len(message) > wire.MOST_BYTES:
            raise ProtocolError(f"a message of {len(message)} bytes")
        self.frame += 1
        for changes in (self.added, self.removed, self.moved, self.looks, self.texts):
            changes.clear()
        try:
            self._read(message)
        except (struct.error, UnicodeDecodeError, KeyError, IndexError) as error:
            raise ProtocolError(f"a message that makes no sense ({error!r})") from error

    def _read(self, message: bytes) -> None:
        self.status, clock = wire.HEADER.unpack_from(message)
        if self.status > CRASHED or not clock >= 0:
            raise ProtocolError(f"status {self.status} at {clock}")
        self.clock = clock
        at, end = wire.HEADER.size, len(message)
        things, moved = self.things, self.moved
        unpack_move, move_size = wire.MOVE.unpack_from, wire.MOVE.size
        while at < end:
            code = message[at]
            if code == wire.CODE_MOVE:
                _, number, *box = unpack_move(message, at)
                thing, place = things[number], _box(box)
                if place != thing.box:
                    thing.box = place
                    thing.moves += 1
                    moved.append(thing)
                at += move_size
            else:
                at = READERS[code](self, message, at)

    def _canvas(self, message: bytes, at: int) -> int:
        _, number, width, height = wire.CANVAS.unpack_from(message, at)
        if not 1 <= number <= wire.MOST_CANVASES or not (abs(width) < FURTHEST and abs(height) < FURTHEST):
            raise ProtocolError(f"canvas {number} of {width} by {height}")
        background, at = _text(message, at + wire.CANVAS.size)
        self.canvases[number] = (width, height, background)
        return at

    def _add(self, message: bytes, at: int) -> int:
        _, number, canvas, kind, order, *box = wire.ADD.unpack_from(message, at)
        if number in self.things or canvas not in self.canvases or kind >= len(wire.KINDS):
            raise ProtocolError(f"shape {number} of kind {kind} on canvas {canvas}")
        if len(self.things) >= wire.MOST_SHAPES:
            raise ProtocolError(f"more than {wire.MOST_SHAPES} shapes")
        thing = Thing(number, canvas, kind, order, _box(box), self.frame)
        thing.fill, at = _text(message, at + wire.ADD.size)
        thing.outline, at = _text(message, at)
        thing.text, at = _text(message, at)
        self.things[number] = thing
        self.added.append(thing)
        return at

    def _remove(self, message: bytes, at: int) -> int:
        self.removed.append(self.things.pop(wire.REMOVE.unpack_from(message, at)[1]))
        return at + wire.REMOVE.size

    def _look(self, message: bytes, at: int) -> int:
        thing = self.things[wire.LOOK.unpack_from(message, at)[1]]
        was = thing.fill, thing.outline
        thing.fill, at = _text(message, at + wire.LOOK.size)
        thing.outline, at = _text(message, at)
        if (thing.fill, thing.outline) != was:
            self.looks.append(thing)
        return at

    def _write(self, message: bytes, at: int) -> int:
        thing = self.things[wire.TEXT.unpack_from(message, at)[1]]
        was = thing.text
        thing.text, at = _text(message, at + wire.TEXT.size)
        if thing.text != was:
            self.texts.append(thing)
        return at

    def _order(self, message: bytes, at: int) -> int:
        _, number, order = wire.ORDER.unpack_from(message, at)
        self.things[number].order = order
        return at + wire.ORDER.size

    def _say(self, message: bytes, at: int) -> int:
        _, kind = wire.SAY.unpack_from(message, at)
        said, at = _text(message, at + wire.SAY.size)
        if kind not in (wire.TRACEBACK, wire.ASKED):
            raise ProtocolError(f"a remark of kind {kind}")
        remarks = self.tracebacks if kind == wire.TRACEBACK else self.questions
        if len(remarks) < MOST_REMARKS:
            remarks.append(said)
        return at


READERS = {
    wire.CODE_CANVAS: Scene._canvas,
    wire.CODE_ADD: Scene._add,
    wire.CODE_REMOVE: Scene._remove,
    wire.CODE_LOOK: Scene._look,
    wire.CODE_TEXT: Scene._write,
    wire.CODE_ORDER: Scene._order,
    wire.CODE_SAY: Scene._say,
}


def _box(box: list[float]) -> Box:
    left, top, right, bottom = box
    if abs(left) < FURTHEST and abs(top) < FURTHEST and abs(right) < FURTHEST and abs(bottom) < FURTHEST:
        return left, top, right, bottom
    return _near(left), _near(top), _near(right), _near(bottom)


def _near(edge: float) -> float:
    return FURTHEST if math.isnan(edge) else max(-FURTHEST, min(FURTHEST, edge))


def _text(message: bytes, at: int) -> tuple[str, int]:
    (length,) = wire.LENGTH.unpack_from(message, at)
    start, end = at + wire.LENGTH.size, at + wire.LENGTH.size + length
    if length > wire.MOST_TEXT or end > len(message):
        raise ProtocolError(f"a text of {length} bytes")
    return message[start:end].decode(), end
