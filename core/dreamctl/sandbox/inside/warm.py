"""The warm parent: a clean process that imports the harness once, and forks a child for each program.

It is run as a file, by `python -P -s -S`. It does what the grader asks over a socket: start a child, end a child. It
never sees a program: a child gets its files over its own link, after the fork. It knows nothing that is worth stealing.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import traceback
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

START, KILL, ENDED = 1, 2, 3
REQUEST = struct.Struct("<II")  # what to do, the number of the child
REPORT = struct.Struct("<iId")  # wait status, whether we ended it, processor seconds
_PATIENCE = 200  # ms in which a child that has closed its link is over, if it ends at all
CONTROL = 3  # in a child its link has this number, so nothing else may have it
_SETTINGS = 1 << 17  # bytes at most


def main() -> None:
    """Settle in, say so, and serve until the grader has gone."""
    os.dup2(int(sys.argv[1]), CONTROL)
    control = socket.socket(fileno=CONTROL)
    settings = json.loads(control.recv(_SETTINGS))
    try:
        _stub("dreamctl", os.path.dirname(settings["sandbox"]))
        _stub("dreamctl.sandbox", settings["sandbox"])
        facts = importlib.import_module("dreamctl.sandbox.inside.settle").settle(settings)
        child = importlib.import_module("dreamctl.sandbox.inside.child")
        locks = child.Locks(settings)
        child.prove(locks)
    except Exception:
        return _say(control, stage="sandbox", fault=traceback.format_exc())
    try:
        serve = _harness(settings)
    except Exception:
        return _say(control, stage="harness", fault=traceback.format_exc())
    _say(control, stage="ready", **facts)
    gc.collect()
    gc.freeze()  # what is there before the forks stays shared
    return _obey(control, child, serve, locks)


def _obey(control: socket.socket, child: Any, serve: Any, locks: Any) -> None:
    running: dict[int, int] = {}  # number -> process
    while True:
        request, fds, _, _ = socket.recv_fds(control, REQUEST.size, 1)
        if not request:
            break
        order, number = REQUEST.unpack(request)
        if order == START:
            process = os.fork()
            if process == 0:
                child.run(fds[0], number, serve, locks)
            running[number] = process
            os.close(fds[0])
        else:
            control.send(_end(number, running.pop(number, None), locks.folder(number), order == KILL))
    for number, process in running.items():
        _end(number, process, locks.folder(number), True)


def _end(number: int, process: int | None, folder: str, now: bool) -> bytes:
    """See a child off: how it ended, and what it used. One that goes on without its link is ended."""
    if process is None:
        return REPORT.pack(0, 1, 0.0)
    ours = now or not _ends_by_itself(process)
    if ours:
        os.kill(process, signal.SIGKILL)
    _, status, used = os.wait4(process, 0)
    shutil.rmtree(folder, ignore_errors=True)
    return REPORT.pack(status, ours, used.ru_utime + used.ru_stime)


def _ends_by_itself(process: int) -> bool:
    fd = os.pidfd_open(process)
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    over = bool(waiting.poll(_PATIENCE))
    os.close(fd)
    return over


def _harness(settings: dict[str, Any]) -> Any:
    """The function that serves. Packages on the way to its module are not run: they are for the other side."""
    for name, folder in settings["packages"].items():
        _stub(name, folder)
    sys.meta_path.append(_Files(settings["modules"]))
    module, _, function = settings["harness"].partition(":")
    return getattr(importlib.import_module(module), function)


class _Files:
    """Finds modules whose files are known."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return spec_from_file_location(name, self.files[name]) if name in self.files else None


def _stub(name: str, folder: str) -> None:
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, package)


def _say(control: socket.socket, **facts: Any) -> None:
    control.send(json.dumps(facts).encode()[:_SETTINGS])


if __name__ == "__main__":
    main()
