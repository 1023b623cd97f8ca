"""The sandbox as the grader sees it: start a child with a program, exchange messages with it, see it off."""

from __future__ import annotations

import os
import random
import signal
import socket
import struct
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, NoReturn

from ..errors import SandboxError
from . import framing
from .files import check
from .inside import warm
from .launch import Unavailable, WarmParent, launch, received
from .limits import OUR_FAULT, Contained, Limits
from .tiers import PROTECTING, WAY_UP, Tier
from .tree import Tree, tree_for

_TICK = 0.02  # seconds after which the clocks are read, while a reply is due
_STARTING = 20.0  # seconds of processor time and sleep to start a child
_LAST = 4000  # characters of last words


class Sandbox:
    """Runs programs that nobody has reason to trust, each in a process of its own that can do nothing but compute.

    `harness` names a trusted function, `"package.module:serve"`. In a child it is called as `serve(link, folder,
    argument)`: `folder` holds the child's copy of its files, which it can only read, and is the working directory;
    `argument` is the bytes it was started with; `link.receive()` gives the grader's next message and `link.send(reply)`
    answers it, one reply for each message. When `serve` returns, the child ends. The harness has Python's own library,
    its own module and the modules and packages in `parts`; packages on the way to them are not run, nothing else can be
    imported.

    `tier` asks for one tier (`Tier` or its name). None takes the best that this machine has; it never takes
    `Tier.NONE`, which has to be asked for. Raises `SandboxError` if it cannot be had, or if the harness cannot be
    imported in there.

    A warm parent imports the harness once and forks a child for each program. If it dies it is started again; its
    children are lost (`Contained.ours`), and others are not touched. One sandbox belongs to one thread. In a forked
    copy of the process it starts a warm parent of its own with the next child; those from before are the original's.
    """

    def __init__(
        self,
        harness: str,
        *,
        parts: Iterable[str] = (),
        limits: Limits | None = None,
        tier: Tier | str | None = None,
    ) -> None:
        self.harness = harness
        self.limits = limits or Limits()
        self._tree = tree_for(harness, parts)
        self.tier, self._parent = _best(harness, self._tree, self.limits, tier)
        self._children: dict[int, Child] = {}
        self._owner = os.getpid()

    @property
    def facts(self) -> dict[str, Any]:
        """What to record with whatever is computed from replies: the tier, and the Landlock version in use."""
        landlock = self._parent.facts["landlock"] if self.tier is not Tier.NONE else 0
        return {"tier": self.tier.value, "landlock": landlock}

    def start(self, files: Mapping[str, bytes], argument: bytes = b"") -> Child:
        """A child with a program: `files` by names relative to its folder, with '/' between folders and names.

        Raises `Contained("files", ...)` if they are too many, too large or badly named, and `Contained("lost", ...)`
        if the sandbox fails twice.
        """
        check(files, argument, self.limits)
        if self._owner != os.getpid():
            self._leave_to_the_original()
            self._launch()
        body = framing.pack(files, argument)
        try:
            return self._start(body)
        except Contained as contained:
            if not contained.ours:
                raise
        self._restart()
        return self._start(body)

    def close(self) -> None:
        """End everything in it."""
        if self._owner != os.getpid():
            self._leave_to_the_original()
            return
        self._forget("ended", "It was closed.")
        self._parent.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, body: bytes) -> Child:
        number = next(number for number in range(1, len(self._children) + 2) if number not in self._children)
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs:
            try:
                socket.send_fds(self._parent.control, [warm.REQUEST.pack(warm.START, number)], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise Contained(OUR_FAULT, f"The warm parent is gone ({error}).") from error
        child = self._children[number] = Child(ours, number, self._parent, self.limits, self._children)
        try:
            child._begin(body)
        except Contained as contained:  # the program has not run yet
            raise Contained(OUR_FAULT, contained.detail) from contained
        child._serving = True
        return child

    def _forget(self, cause: str, detail: str) -> None:
        """All children are over, or will be at once."""
        for child in self._children.values():
            child._contained = Contained(cause, detail)
            child._link.close()
        self._children.clear()

    def _restart(self) -> None:
        self._forget(OUR_FAULT, "The warm parent died, and its children with it.")
        self._parent.close()
        self._launch()

    def _leave_to_the_original(self) -> None:
        """We are a copy: what the original started is not ours, and stays."""
        self._forget("ended", "It stayed with the process that this one is a copy of.")
        self._parent.leave()
        self._owner = os.getpid()

    def _launch(self) -> None:
        try:
            self._parent = launch(self.tier, self.harness, self._tree, self.limits)
        except Unavailable as unavailable:
            raise SandboxError(
                f"The sandbox could not be started again: {_last_line(str(unavailable))}"
            ) from unavailable


class Child:
    """A program that runs. Made by `Sandbox.start`."""

    def __init__(
        self, link: socket.socket, number: int, parent: WarmParent, limits: Limits, siblings: dict[int, Child]
    ) -> None:
        self._link = link
        self._number = number
        self._parent = parent
        self._siblings = siblings
        self._limits = limits
        self._buffer = memoryview(bytearray(framing.BLOCK))
        self._tokens = random.Random(os.urandom(16))
        self._token = 0
        self._output = 0
        self._process = 0
        self._serving = False
        self._asleep = 0.0  # seconds before this exchange
        self._watch = _Watch(0, _STARTING, 1.0)
        self._contained: Contained | None = None
        # The kernel wakes us from waiting, so that the clocks can be read without asking it at each exchange.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            link.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", 0, round(_TICK * 1e6)))

    def exchange(self, message: bytes, seconds: float | None = None) -> bytes:
        """Send `message` and wait for the reply: at most so many `seconds` of the child's processor time and sleep.

        Raises `Contained` if the child is over, now or before.
        """
        self.send(message, seconds)
        return self.receive()

    def send(self, message: bytes, seconds: float | None = None) -> None:
        """The first half of `exchange`, so that several children may compute at once. `receive` has to follow."""
        if self._contained:
            raise self._contained
        self._token = self._tokens.getrandbits(32)
        self._asleep += self._watch.asleep
        self._watch = _Watch(self._process, seconds or self._limits.seconds, self._limits.patience)
        data = framing.HEADER.pack(framing.MESSAGE, len(message), self._token) + message
        try:
            sent = self._link.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._over()
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def receive(self) -> bytes:
        """The second half of `exchange`."""
        if self._contained:
            raise self._contained
        got = self._read(self._buffer)
        while got < framing.HEADER.size:
            got += self._read(self._buffer[got:])
        kind, length, token = framing.HEADER.unpack_from(self._buffer)
        end = framing.HEADER.size + length
        if kind != framing.MESSAGE:
            self._last_words(kind, length, got)
        if token != self._token:
            self._stop("protocol", "It spoke without being asked.")
        self._output += length
        if length > self._limits.reply:
            self._stop("output", f"A reply has {length:,} bytes, at most {self._limits.reply:,} are allowed.")
        if self._output > self._limits.output:
            self._stop("output", f"Its replies have more than {self._limits.output:,} bytes together.")
        if got > end:
            self._stop("protocol", "It said more after its reply.")
        if got == end:
            return bytes(self._buffer[framing.HEADER.size : end])
        return self._long(length, got)

    def close(self) -> None:
        """End the child. Whatever is exchanged afterwards raises `Contained("ended", ...)`."""
        if self._contained is None:
            self._finish(Contained("ended", "It was closed."), warm.KILL)

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, body: bytes) -> None:
        """Learn who it is, from the kernel; hand it its program; wait until it is locked in."""
        self._process = self._introduced()
        self._link.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self.send(body, _STARTING)
        self.receive()

    def _introduced(self) -> int:
        while True:
            try:
                said, process = received(self._link, framing.HEADER.size)
            except BlockingIOError:
                self._check()
                continue
            except OSError:
                said, process = b"", 0
            if len(said) == framing.HEADER.size and process:
                return process
            self._stop(OUR_FAULT, "The child never began.")

    def _send_rest(self, data: memoryview) -> None:
        while data:
            try:
                data = data[self._link.send(data) :]
            except BlockingIOError:
                self._check()
            except OSError:
                self._over()

    def _read(self, into: memoryview) -> int:
        while True:
            try:
                got = self._link.recv_into(into)
            except BlockingIOError:
                self._check()
                continue
            except OSError:
                got = 0
            if not got:
                self._over()
            return got

    def _read_more(self, into: memoryview) -> int:
        """Of a reply that is on its way; where a child sleeps between its drops, that is counted."""
        with suppress(OSError):
            got = self._link.recv_into(into, 0, socket.MSG_DONTWAIT)
            if got:
                return got
        began, asleep = time.monotonic(), _asleep(self._process)
        got = self._read(into)
        if asleep:
            self._watch.asleep += min(time.monotonic() - began, _TICK)
            self._check()
        return got

    def _long(self, length: int, got: int) -> bytes:
        """A reply that comes in pieces."""
        reply = bytearray(length)
        at = got - framing.HEADER.size
        reply[:at] = self._buffer[framing.HEADER.size : got]
        with memoryview(reply) as rest:
            while at < length:
                at += self._read_more(rest[at:])
        return bytes(reply)

    def _check(self) -> None:
        overdue = self._watch.overdue()
        if overdue:
            self._stop("time", overdue)
        asleep = self._asleep + self._watch.asleep
        if asleep > self._limits.sleep:
            allowed = f"{self._limits.sleep:g} s are allowed."
            self._stop("time", f"It slept for {asleep:.0f} s in its life, {allowed}", lived=True)

    def _last_words(self, kind: int, length: int, got: int) -> NoReturn:
        if kind == framing.NO_MEMORY:
            self._stop("memory", f"It needed more than its {self._limits.memory:,} bytes of memory.")
        if kind not in (framing.FAILED, framing.LOST) or length > framing.BLOCK // 2:
            self._stop("protocol", "It sent a frame of a kind that there is not.")
        while got < framing.HEADER.size + length:
            got += self._read_more(self._buffer[got:])
        said = bytes(self._buffer[framing.HEADER.size : framing.HEADER.size + length]).decode(errors="replace")[-_LAST:]
        if kind == framing.FAILED:
            self._stop("crashed", f"Its harness failed: {said}")
        if self._serving:
            self._stop("protocol", "It sent a frame of a kind that there is not.")
        self._stop(OUR_FAULT, f"It could not be locked in: {said}")

    def _stop(self, cause: str, detail: str, lived: bool = False) -> NoReturn:
        """End the child for this reason."""
        contained = Contained(cause, detail, lived)
        self._finish(contained, warm.KILL)
        raise contained

    def _over(self) -> NoReturn:
        """The child has closed its link. Find out why."""
        report = self._finish(Contained("ended", "It ended."), warm.ENDED)
        self._contained = _cause(report, self._limits)
        raise self._contained

    def _finish(self, contained: Contained, order: int) -> bytes:
        self._contained = contained
        self._link.close()
        try:
            self._parent.control.send(warm.REQUEST.pack(order, self._number))
            report = self._parent.control.recv(warm.REPORT.size)
        except OSError:
            report = b""
        if not report:  # it is dead, or does not answer: what it says later would be taken for something else
            self._parent.kill()
        self._siblings.pop(self._number, None)
        return report


class _Watch:
    """Whether an exchange takes too long: by the child's processor time and sleep, and at last by the clock."""

    def __init__(self, process: int, seconds: float, patience: float) -> None:
        self._process = process
        self._seconds = seconds
        self._patience = patience
        self._clock = (~process << 3) | 2  # of all threads of another process: CPUCLOCK_SCHED
        self._began = self._looked = time.monotonic()
        self._used = time.clock_gettime(self._clock) if process else 0.0
        self.asleep = 0.0

    def overdue(self) -> str:
        """Why it is too late, or nothing. It is asked every `_TICK`."""
        now = time.monotonic()
        if not self._process:
            used = 0.0
        else:
            used = time.clock_gettime(self._clock) - self._used
            if _asleep(self._process):
                self.asleep += now - self._looked
        self._looked = now
        if used + self.asleep > self._seconds:
            return f"It computed for {used:.2f} s and slept for {self.asleep:.2f} s, {self._seconds:g} s are allowed."
        if now - self._began > self._seconds * self._patience:
            return f"It did not answer within {now - self._began:.0f} s."
        return ""


def _asleep(process: int) -> bool:
    """Whether it sleeps or is stopped, rather than runs or would like to."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b") ")[2][:1] in (b"S", b"T", b"t")
    except OSError:
        return False


def _cause(report: bytes, limits: Limits) -> Contained:
    """Why a child is over that closed its link."""
    if not report:
        return Contained(OUR_FAULT, "The warm parent died, and its children with it.")
    status, ours, used = warm.REPORT.unpack(report)
    if ours:
        return Contained("ended", "It closed its link and went on; it was stopped.")
    if os.WIFEXITED(status):
        return Contained("ended", f"Its process ended with code {os.WEXITSTATUS(status)}.")
    number = os.WTERMSIG(status)
    if number == signal.SIGKILL and used > 0.5 * limits.cpu:  # the limit goes by another clock, coarse and higher
        spent = f"It used {used:.0f} s of processor time in its life, {limits.cpu} s are allowed."
        return Contained("time", spent, lived=True)
    if number == signal.SIGKILL:
        return Contained("memory", "The system killed it, as it does where memory runs out.")
    return Contained("crashed", f"Its process died of {signal.Signals(number).name}.")


def _best(harness: str, tree: Tree, limits: Limits, asked: Tier | str | None) -> tuple[Tier, WarmParent]:
    """The tier that was asked for, or the best there is, and a warm parent in it."""
    tiers = PROTECTING if asked is None else (Tier(asked),)
    reasons = []
    for tier in tiers:
        try:
            return tier, launch(tier, harness, tree, limits)
        except Unavailable as unavailable:
            if unavailable.stage == "harness":
                raise SandboxError(
                    f"{harness} cannot be imported in the sandbox: {_last_line(str(unavailable))}"
                ) from unavailable
            reasons.append(f"{tier.value}: {_last_line(str(unavailable))}")
    way = WAY_UP[Tier.NONE if asked is None else tiers[0]]
    raise SandboxError(f"Programs cannot be locked in on this machine. {' '.join(reasons)} {way}")


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else ""
