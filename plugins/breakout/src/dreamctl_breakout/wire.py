"""The bytes between a student's program and what watches it: one message in and one out for each frame.

In: `INPUT`, the player's mouse. Out: `HEADER`, then any number of changes; each begins with its code, is a fixed little
struct, and ends in texts (their length in bytes as 16 bits, then UTF-8) where it has some. Only what changed is sent.
"""

from __future__ import annotations

import struct

INPUT = struct.Struct("<Bhh")  # flags, mouse x, mouse y in pixels of the canvas
HEADER = struct.Struct("<Bd")  # status of `frames.py`, seconds on the program's clock
CANVAS = struct.Struct("<BHdd")  # number, width, height; background
ADD = struct.Struct("<BIHBi4d")  # shape, canvas, kind, place in the stack, box; fill, outline, text
MOVE = struct.Struct("<BI4d")  # shape, box: left, top, right, bottom
REMOVE = struct.Struct("<BI")  # shape
LOOK = struct.Struct("<BI")  # shape; fill, outline
TEXT = struct.Struct("<BI")  # shape; text
ORDER = struct.Struct("<BIi")  # shape, its place in the stack
SAY = struct.Struct("<BB")  # kind of remark (TRACEBACK, ASKED); text
LENGTH = struct.Struct("<H")

CODE_CANVAS, CODE_ADD, CODE_MOVE, CODE_REMOVE, CODE_LOOK, CODE_TEXT, CODE_ORDER, CODE_SAY = range(1, 9)
THERE, CLICK = 1, 2  # flags of an input: the mouse is over the screen; its button goes down and up
TRACEBACK, ASKED = 1, 2  # remarks: an exception nobody caught, in the student's terms; a question on the console

KINDS = ("rectangle", "oval", "text", "line", "polygon", "image", "arc")
RECTANGLE, OVAL, LABEL, LINE, POLYGON, IMAGE, ARC = range(len(KINDS))

MOST_BYTES = 4_000_000  # of a message
MOST_TEXT = 4_000  # bytes of a text; longer ones are cut
MOST_SHAPES = 20_000  # on the canvases together
MOST_CANVASES = 16


def text(value: object) -> bytes:
    """A text as it is sent."""
    data = str(value).encode("utf-8", "replace")
    if len(data) > MOST_TEXT:
        data = data[:MOST_TEXT].decode("utf-8", "ignore").encode()
    return LENGTH.pack(len(data)) + data
