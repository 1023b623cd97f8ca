"""A program's files on their way into the sandbox."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from .limits import Contained, Limits

_DEPTH = 16  # folders within folders
_NAME = 200  # bytes of one part of a name


def gather(path: str | os.PathLike[str], limits: Limits | None = None) -> dict[str, bytes]:
    """The files of a submission, by their names relative to it: one file, or everything in a folder.

    Symbolic links, devices, pipes and sockets are left out: what they lead to is not the submission. Raises
    `Contained("files", ...)` beyond the limits and OSError where something cannot be read.
    """
    limits = limits or Limits()
    path = Path(path)
    if not path.is_dir():
        return {path.name: _content(path, limits.files, limits)}
    found: dict[str, bytes] = {}
    left = limits.files
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if stat.S_ISREG(file.lstat().st_mode):
                if len(found) == limits.file_count:
                    raise Contained("files", f"There are more than {limits.file_count} files.")
                found[file.relative_to(path).as_posix()] = content = _content(file, left, limits)
                left -= len(content)
    return found


def check(files: Mapping[str, bytes], argument: bytes, limits: Limits) -> None:
    """Whether a child can be started with this; `Contained("files", ...)` if not."""
    if len(files) > limits.file_count:
        raise Contained("files", f"There are {len(files)} files, at most {limits.file_count} are allowed.")
    size = len(argument) + sum(map(len, files.values()))
    if size > limits.files:
        raise Contained("files", f"The files have {size:,} bytes, at most {limits.files:,} are allowed.")
    for name in files:
        if not _proper(name):
            raise Contained(
                "files", f"A file cannot be called {name[:80]!r} here; folders and names, with '/' between."
            )
    folders = {name[:at] for name in files for at, letter in enumerate(name) if letter == "/"}
    for name in folders & files.keys():
        raise Contained("files", f"{name[:80]!r} is a file and a folder.")


def _content(file: Path, most: int, limits: Limits) -> bytes:
    # Not to follow a link that has taken the file's place since, nor to wait for a pipe.
    fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as opened:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Contained("files", f"{file.name!r} is no ordinary file.")
        content = opened.read(most + 1)
    if len(content) > most:
        raise Contained("files", f"The files have more than {limits.files:,} bytes.")
    return content


def _proper(name: str) -> bool:
    try:
        parts = name.encode().split(b"/")
    except UnicodeEncodeError:
        return False
    return len(parts) <= _DEPTH and all(_part(part) for part in parts)


def _part(part: bytes) -> bool:
    return part not in (b"", b".", b"..") and b"\0" not in part and len(part) <= _NAME
