"""What a child does before it serves: take in its files, and lock itself in."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from .. import framing
from . import kernel, landlock, seccomp
from .link import Link

LINK = 3  # the one descriptor besides 0, 1 and 2
_LAST_WORDS = 4000  # characters of a traceback
Serve = Callable[[Link, str, bytes], None]


class Locks:
    """What a child is locked in with, prepared once."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.scratch: str = settings["scratch"]
        self.limits: dict[str, int] = settings["limits"]
        self.locked = settings["tier"] != "none"
        self._filter = seccomp.program() if self.locked else b""
        self._landlock = self.locked and landlock.version() > 0
        if settings["tier"] == "landlock" and not self._landlock:
            raise OSError("this kernel has no Landlock")
        tree = settings["tree"]
        self._readable = landlock.opened([*tree["readable"], *tree["ours"]]) if self._landlock else []

    def folder(self, number: int) -> str:
        """Where a child's files are."""
        return f"{self.scratch}/{number}"

    def bound(self) -> None:
        """Limits of the kernel's own, behind those that the grader watches over."""
        limits = self.limits
        bounds = {resource.RLIMIT_AS: limits["memory"], resource.RLIMIT_CPU: limits["cpu"]}
        bounds |= {resource.RLIMIT_STACK: 8 << 20, resource.RLIMIT_NOFILE: limits["open_files"]}
        bounds |= {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_MEMLOCK: 0}
        bounds |= {resource.RLIMIT_MSGQUEUE: 0, resource.RLIMIT_NICE: 0, resource.RLIMIT_RTPRIO: 0}
        bounds |= {resource.RLIMIT_NPROC: 0, resource.RLIMIT_SIGPENDING: 16}
        for name, value in bounds.items():
            _, most = resource.getrlimit(name)
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(name, (value, value))

    def lock(self, folder: str) -> None:
        """No way back: only `folder` and what Python needs can be read, and only harmless calls be made."""
        if self._landlock:
            landlock.restrict([*self._readable, *landlock.opened([folder])])
        os.closerange(LINK + 1, 1 << 16)
        if self.locked:
            seccomp.restrict(self._filter)


def run(link: int, number: int, serve: Serve, locks: Locks) -> NoReturn:
    """Be a child: the program's files come over `link`, then the harness serves there."""
    code = 1
    try:
        _only(link)
        connection = Link(LINK)
        try:
            folder, argument = _locked_in(connection, locks.folder(number), locks)
        except Exception:
            connection.send(traceback.format_exc()[-_LAST_WORDS:].encode(errors="replace"), framing.LOST)
        else:
            code = _served(serve, connection, folder, argument)
    finally:
        os._exit(code)  # nothing is left to do for whoever waits for the end


def prove(locks: Locks) -> None:
    """Try the locks in a child that is thrown away; an error if they do not hold."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(writing, LINK)
            os.mkdir(locks.folder(0))
            locks.bound()
            locks.lock(locks.folder(0))
            os.write(LINK, _broken(locks).encode())
        except BaseException:
            os.write(LINK, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said = file.read().decode()
    os.waitpid(child, 0)
    os.rmdir(locks.folder(0))
    if said != "holds":
        raise OSError(f"the locks do not hold: {said}")


def _broken(locks: Locks) -> str:
    if not locks.locked:
        return "holds"
    attempts: dict[str, Callable[[], Any]] = {
        "fork": os.fork,
        "exec": lambda: os.execv(sys.executable, [sys.executable]),
        "a signal": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "writing": lambda: os.open(f"{locks.folder(0)}/file", os.O_CREAT | os.O_WRONLY),
        "reading": lambda: os.open("/etc/hostname", os.O_RDONLY),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        return f"{name} is possible"
    return "holds"


def _only(link: int) -> None:
    """Keep no descriptor of the warm parent's but `link`; standard input, output and error lead nowhere already."""
    os.dup2(link, LINK, inheritable=False)
    os.dup2(1, 2)  # what the warm parent says goes to the grader
    os.setsid()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _locked_in(link: Link, folder: str, locks: Locks) -> tuple[str, bytes]:
    """Take in the files and the argument, and lock up."""
    link.send(b"")  # the kernel tells the grader who sent this
    files, argument = framing.unpack(link.receive())
    _write(files, folder)
    os.chdir(folder)
    locks.bound()
    locks.lock(folder)
    link.send(b"")
    return folder, argument


def _write(files: dict[str, bytes], folder: str) -> None:
    os.mkdir(folder)
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)


def _served(serve: Serve, link: Link, folder: str, argument: bytes) -> int:
    try:
        serve(link, folder, argument)
    except SystemExit:
        return 0
    except MemoryError:
        link.send(b"", framing.NO_MEMORY)
    except BaseException as error:  # a program can bring this about, so where our files are is not said
        last = "".join(traceback.format_exception_only(error)).strip()
        link.send(last[-_LAST_WORDS:].encode(errors="replace"), framing.FAILED)
    return 0
