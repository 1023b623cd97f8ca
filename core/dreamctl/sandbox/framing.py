"""The bytes between the grader and a child: frames on a stream, and what a child is started with.

A frame is a header and a body. The header says what kind of frame it is, how long its body is, and, in a reply, which
message it answers: the token of that message, which nobody can know before the message came.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

HEADER = struct.Struct("<III")  # kind, bytes of body, token
MESSAGE, FAILED, NO_MEMORY, LOST = 0, 1, 2, 3  # kinds: what is exchanged; last words; last words before it served
BLOCK = 1 << 16  # bytes read at once

_COUNT = struct.Struct("<I")
_ENTRY = struct.Struct("<II")  # bytes of the name, bytes of the content


def pack(files: Mapping[str, bytes], argument: bytes) -> bytes:
    """What a child is started with, as the body of one frame."""
    parts = [_COUNT.pack(len(files)), _COUNT.pack(len(argument)), argument]
    for name, content in files.items():
        encoded = name.encode()
        parts += [_ENTRY.pack(len(encoded), len(content)), encoded, content]
    return b"".join(parts)


def unpack(body: bytes) -> tuple[dict[str, bytes], bytes]:
    """The files and the argument that were packed."""
    (count,), (length,) = _COUNT.unpack_from(body), _COUNT.unpack_from(body, _COUNT.size)
    at = 2 * _COUNT.size + length
    argument = body[2 * _COUNT.size : at]
    files = {}
    for _ in range(count):
        named, filled = _ENTRY.unpack_from(body, at)
        at += _ENTRY.size
        name = body[at : at + named].decode()
        files[name] = body[at + named : at + named + filled]
        at += named + filled
    return files, argument
