"""How large a picture in a file is: the headers of PNG, GIF, BMP and JPEG say so."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

UNKNOWN = (100.0, 100.0)


def size(file: Any) -> tuple[float, float]:
    """Width and height in pixels. Raises `FileNotFoundError` as any library would."""
    if not isinstance(file, (str, Path)):
        return UNKNOWN
    with open(file, "rb") as stream:
        data = stream.read(200_000)
    try:
        return _size(data)
    except (struct.error, IndexError):
        return UNKNOWN


def _size(data: bytes) -> tuple[float, float]:
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return struct.unpack(">II", data[16:24])
    if data[:4] == b"GIF8":
        return struct.unpack("<HH", data[6:10])
    if data[:2] == b"BM":
        return struct.unpack("<II", data[18:26])
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    return UNKNOWN


def _jpeg(data: bytes) -> tuple[float, float]:
    at = 2
    while at < len(data):
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return UNKNOWN
