"""Files as a program finds them at home: those that it writes live in memory, and names are those of Windows too."""

from __future__ import annotations

import builtins
import errno
import io
import os
import stat
from typing import Any

MOST_BYTES, MOST_FILES = 8_000_000, 200  # of all files that a program writes together, as of what is handed in

KEPT: dict[str, bytearray] = {}  # what is in them, by absolute path


def install() -> None:
    """From now on what is written to files goes to memory, and files are found as on Windows and macOS."""
    opened, status = open, os.stat

    def open_(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        path = _path(file)
        if path not in KEPT and (mode in READING or not _may_be_written(path, mode)):
            as_asked = (mode, buffering, encoding, errors, newline, closefd, opener)
            try:
                return opened(file, *as_asked)
            except FileNotFoundError:
                if not os.path.exists(path):
                    raise
                return opened(path, *as_asked)
        return _layers(Written(path, mode, _content(path, mode, opened)), mode, encoding, errors, newline)

    def stat_(path: Any, **options: Any) -> os.stat_result:
        place = _path(path)
        if place not in KEPT:
            return status(place if os.path.lexists(place) else path, **options)
        content = KEPT[place]
        return os.stat_result((stat.S_IFREG | 0o644, 0, 0, 1, 0, 0, len(content), 0, 0, 0))

    def mkdir(path: Any, *arguments: Any, **options: Any) -> None:
        if os.path.exists(path):
            raise _error(errno.EEXIST, path)

    open_.__name__ = open_.__qualname__ = "open"
    builtins.open = io.open = open_
    os.stat, os.mkdir = stat_, mkdir  # a file may be written in a folder that is not there, so it need not be made


READING = ("r", "rt", "rb", "tr", "br")


def _path(file: Any) -> str:
    """Where a file is; nothing for what is already open."""
    if not isinstance(file, (str, bytes, os.PathLike)):
        return ""
    path = os.path.abspath(os.fsdecode(file))
    return path if path in KEPT or os.path.lexists(path) else _elsewhere(path)


def _elsewhere(path: str) -> str:
    """The file that Windows or macOS would find: in any case, and with a backslash between folders."""
    here = os.sep
    for part in path.replace("\\", "/").split("/"):
        there = os.path.join(here, part)
        if not os.path.lexists(there):
            try:
                names = [name for name in os.listdir(here) if name.lower() == part.lower()]
            except OSError:
                return path
            if not names:
                return path
            there = os.path.join(here, min(names))
        here = there
    return here


def _may_be_written(path: str, mode: str) -> bool:
    """Not what is open, nor in a mode that there is not, which has an error of its own."""
    return bool(path) and sum(mode.count(letter) for letter in "rwax") == 1 and set(mode) <= set("rwaxbt+")


def _content(path: str, mode: str, opened: Any) -> bytearray:
    """What is in a file when it is opened."""
    if "x" in mode and os.path.exists(path):
        raise _error(errno.EEXIST, path)
    if os.path.isdir(path):
        raise _error(errno.EISDIR, path)
    if path in KEPT:
        content = KEPT[path]
    elif len(KEPT) == MOST_FILES:
        raise _error(errno.ENOSPC, path)
    elif "r" in mode or ("a" in mode and os.path.exists(path)):
        with opened(path, "rb") as file:
            content = bytearray(file.read(MOST_BYTES))
    else:
        content = bytearray()
    if "w" in mode:
        content.clear()
    return KEPT.setdefault(path, content)


def _error(number: int, path: Any) -> OSError:
    """Of the class that belongs to its number."""
    return OSError(number, os.strerror(number), path)


def _layers(raw: Written, mode: str, encoding: str | None, errors: str | None, newline: str | None) -> Any:
    """A file as `open` gives it."""
    layer = io.BufferedRandom if "+" in mode else io.BufferedReader if "r" in mode else io.BufferedWriter
    buffered = layer(raw)
    if "b" in mode:
        return buffered
    text = io.TextIOWrapper(buffered, encoding, errors, newline)
    text.mode = mode  # type: ignore[misc]
    return text


class Written(io.RawIOBase):
    """A file in memory."""

    def __init__(self, name: str, mode: str, content: bytearray) -> None:
        self.name, self.mode = name, mode
        self._content, self._at = content, len(content) if "a" in mode else 0

    def readable(self) -> bool:
        return "r" in self.mode or "+" in self.mode

    def writable(self) -> bool:
        return "r" not in self.mode or "+" in self.mode

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, len(self._content))[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._content[self._at : self._at + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def write(self, data: Any) -> int:
        if "a" in self.mode:
            self._at = len(self._content)
        self._grow(self._at + len(data))
        self._content[self._at : self._at + len(data)] = data
        self._at += len(data)
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        size = self._at if size is None else size
        self._grow(size)
        del self._content[size:]
        return size

    def _grow(self, size: int) -> None:
        more = size - len(self._content)
        if sum(map(len, KEPT.values())) + more > MOST_BYTES:
            raise _error(errno.ENOSPC, self.name)
        self._content.extend(bytes(max(0, more)))
