"""Runs a student's program without a display, frame by frame; it is inside the sandbox, with the program.

The first message of the other side sets it going, each further one is the player's input for a frame. Each reply says
what changed on the canvases (`wire.py`). The program's clock is virtual, so it plays as fast as it computes, and its
random numbers come from the seed, so it plays the same again.
"""

from __future__ import annotations

import builtins
import datetime
import io
import json
import linecache
import os
import random
import re
import sys
import threading
import time
import traceback
from types import ModuleType
from typing import Any, Protocol

from . import chance, excuses, wire
from .libraries import campy, canvases, files, pgl, tk
from .libraries.stage import stage

GOES_ON, OVER, CRASHED = 0, 1, 2  # as in `frames.py`, which the sandbox does not need
EPOCH = 1_600_000_000.0  # what `time.time` says when a program begins
TICK = 1e-4  # seconds that asking for the time takes, so that a loop that waits for it comes to its end
MOST_LINES = 12  # of a traceback: the first and the last half of these
LIBRARIES = (campy, tk, pgl)


class Link(Protocol):
    """The program's end of the connection; `receive` gives nothing when the other end has gone."""

    def receive(self) -> bytes: ...

    def send(self, message: bytes) -> None: ...


def serve(link: Link, folder: str, argument: bytes) -> None:
    """Run the program in `folder`. `argument` is JSON: `entry` (a file), `graphics` (which), `key`, `waits`."""
    settings = json.loads(argument)
    _receive(link)
    stage.exchange = lambda news: _exchange(link, news)
    stage.report = lambda error: stage.say(wire.TRACEBACK, in_their_terms(error, folder))
    stage.waits, stage.sleeps = bool(settings.get("waits", True)), bool(settings.get("sleeps", True))
    _set_the_scene(folder, settings)
    status = _run(os.path.join(folder, settings["entry"]))
    link.send(wire.HEADER.pack(status, stage.clock) + stage.news())


def _exchange(link: Link, news: bytes) -> bytes:
    link.send(wire.HEADER.pack(GOES_ON, stage.clock) + news)
    return _receive(link)


def _receive(link: Link) -> bytes:
    message = link.receive()
    if not message:  # nobody watches any more
        os._exit(0)
    return message


def _run(path: str) -> int:
    """Run the program as Python would, then serve its events; its exit status."""
    main = ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = main
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, main.__dict__)
        for library in LIBRARIES:
            library.linger()
    except SystemExit:
        return OVER
    except BaseException as error:
        stage.report(error)
        return CRASHED
    return OVER


# --- what the program finds -----------------------------------------------------------------------------------------


def _set_the_scene(folder: str, settings: dict[str, Any]) -> None:
    home = os.path.dirname(os.path.join(folder, settings["entry"]))  # as where `python` runs a file, or an IDE does
    sys.path[:0] = dict.fromkeys((home, folder))
    sys.argv = [os.path.basename(settings["entry"])]
    sys.dont_write_bytecode = True
    os.chdir(home)
    _own_modules(home)
    drop_ins: dict[str, ModuleType] = excuses.modules()
    for library in LIBRARIES:
        drop_ins.update(library.modules())
    if settings.get("graphics"):
        drop_ins.update(canvases.modules(settings["graphics"]))
    _install(drop_ins)
    chance.install(random, int(settings["key"]))
    sys.modules["random"] = random
    _virtual_time()
    _no_threads()
    stage.serve = lambda: tk.serve() if tk.Root.canvases else campy.serve()
    _console()
    files.install()
    excuses.quiet()


def _own_modules(folder: str) -> None:
    """A module of the program's own stands before one of Python's that has its name."""
    for name in os.listdir(folder):
        stem, suffix = os.path.splitext(name)
        if suffix == ".py" and stem not in sys.builtin_module_names and stem not in KEPT:
            sys.modules.pop(stem, None)


KEPT = ("random", "time", "sys", "os", "builtins", "io", "site", "codecs", "abc", "encodings")


def _install(modules: dict[str, ModuleType]) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in modules]:
        del sys.modules[name]
    sys.modules.update(modules)
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent in modules:
            setattr(modules[parent], child, module)


def _virtual_time() -> None:
    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        stage.sleep(float(seconds))

    def now() -> float:
        stage.clock += TICK
        stage.asked(seconds=0.0)
        return stage.clock

    time.sleep = sleep
    time.time = lambda: EPOCH + now()
    time.monotonic = time.perf_counter = time.process_time = time.thread_time = now
    time.time_ns = lambda: int((EPOCH + now()) * 1e9)
    time.monotonic_ns = time.perf_counter_ns = time.process_time_ns = lambda: int(now() * 1e9)
    time.localtime, time.gmtime = _at(time.localtime, time.time), _at(time.gmtime, time.time)

    class Moment(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(time.time(), tz)

        today = now

    datetime.datetime = Moment  # type: ignore[misc]


def _at(function: Any, clock: Any) -> Any:
    return lambda seconds=None: function(clock() if seconds is None else seconds)


def _no_threads() -> None:
    """What would run beside the program, a game or a sound, runs where the program next serves its timers."""

    def start(thread: threading.Thread) -> None:
        stage.threads.append(thread.run)

    def join(thread: threading.Thread, timeout: float | None = None) -> None:
        if thread.run in stage.threads:
            stage.threads.remove(thread.run)
            stage.beside(thread.run)

    def later(timer: threading.Timer) -> None:
        stage.after(float(timer.interval), timer.function, tuple(timer.args))

    def wait(event: threading.Event, timeout: float | None = None) -> bool:
        while not event.is_set():
            stage.sleep(1 / 60 if timeout is None else max(0.0, timeout))
            if timeout is not None:
                break
        return event.is_set()

    threading.Thread.start = start  # type: ignore[method-assign]
    threading.Thread.join = join  # type: ignore[method-assign]
    threading.Thread.is_alive = lambda self: self.run in stage.threads  # type: ignore[method-assign]
    threading.Timer.start = later  # type: ignore[method-assign]
    threading.Event.wait = wait  # type: ignore[method-assign]


def _console() -> None:
    answer = excuses.answers()

    def ask(prompt: object = "", /) -> str:
        stage.say(wire.ASKED, str(prompt))
        stage.asked()
        return answer(str(prompt))

    builtins.input = ask
    builtins.exit = builtins.quit = sys.exit
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), Unheard(), Unheard()


class Unheard(io.TextIOBase):
    """What is printed is not kept."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True

    def reconfigure(self, **options: object) -> None: ...


# --- what went wrong ------------------------------------------------------------------------------------------------


ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # in memory: of an object, another one each time
OURS = re.compile(rf"{__package__}\.libraries\.(\w+)\.")  # before the name of an exception of our libraries


def in_their_terms(error: BaseException, folder: str) -> str:
    """A traceback with the lines of the program alone, by the names of its files."""
    lines = [line for line in traceback.extract_tb(error.__traceback__) if line.filename.startswith(folder)]
    if len(lines) > MOST_LINES:
        lines = lines[: MOST_LINES // 2] + lines[-MOST_LINES // 2 :]
    shown = traceback.format_list(lines) if lines else []
    said = traceback.format_exception_only(type(error), error)
    text = "".join(["Traceback (most recent call last):\n"] * bool(shown) + shown + said)
    linecache.clearcache()
    text = text.replace(folder.rstrip("/") + "/", "").replace(" (unknown location)", "")
    text = OURS.sub(lambda found: "_tkinter." if found[1] == "tk" else "", text)
    return ADDRESS.sub("", text).rstrip()
