"""Runs hostile programs in a sandbox, each beside a neighbour that does honest work, and says how each ended."""

from __future__ import annotations

import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from attrs import frozen

from ..box import Child, Sandbox
from ..limits import MIB, Contained, Limits
from ..tiers import Tier
from . import harness, programs

HARNESS = "dreamctl.sandbox.attacks.harness:serve"
FILES = {"program.py": b"print('nothing')"}
LIMITS = Limits(memory=96 * MIB, cpu=30, seconds=0.15, reply=1 * MIB, output=64 * MIB)
_STRANGE = {"empty_name": "", "climbing_name": "../up", "absolute_name": "/etc/cron.d/job", "long_name": "n" * 300}
_STRANGE |= {"hidden_zero": "a\0b", "folder_itself": ".", "deep_name": "d/" * 40 + "x", "no_unicode": "\ud800"}


@frozen(kw_only=True)
class Attempt:
    """What became of one attack.

    `end`: `refused` and `nothing` (it went on, and had gained nothing), or the cause it was stopped for, or `broke`:
    it gained what it wanted. `as_expected`: the end is one that this attack may have. `neighbour`: whether the
    neighbour's answers were the same as if it had been alone.
    """

    name: str
    kind: str
    end: str
    detail: str
    as_expected: bool
    neighbour: bool

    @property
    def contained(self) -> bool:
        """Whether nothing came of it."""
        return self.as_expected and self.neighbour


def attack(box: Sandbox, names: Iterable[str] | None = None) -> list[Attempt]:
    """Try attacks in `box`, a sandbox of `HARNESS`; by default all of them.

    Where there is no lock only those are tried that do no harm if they succeed.
    """
    everything = names is None
    if names is None:
        names = [name for name, (*_, harmless) in programs.ATTACKS.items() if harmless or box.tier is not Tier.NONE]
    with _prey() as (prey, unharmed), _Neighbour(box) as neighbour:
        told = {**prey, "neighbour": neighbour.folder, "processes": [neighbour.process]}
        attempts = [_attempt(box, name, told, neighbour, unharmed) for name in names]
        if everything:
            attempts += [_badly_named(box, name, file, neighbour) for name, file in _STRANGE.items()]
            attempts.append(_too_large(box, neighbour))
        return attempts


def attack_this_machine(
    tier: Tier | str | None = None, names: Iterable[str] | None = None
) -> tuple[dict[str, Any], list[Attempt]]:
    """Try attacks in the best tier of this machine, or in the one that is named; and the sandbox's `facts`."""
    with Sandbox(HARNESS, limits=LIMITS, tier=tier) as box:
        return box.facts, attack(box, names)


class _Neighbour:
    """A well-behaved child, whose answers are compared with the same work done alone."""

    def __init__(self, box: Sandbox) -> None:
        self._child = box.start(FILES, json.dumps({"name": "", "secret": "of the neighbour"}).encode())
        self._digest = b""
        self._numbers = count()
        self.folder = "../1"  # it is the first
        self.process = self._child._process

    def __enter__(self) -> _Neighbour:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def begins(self) -> None:
        """Give it work, so that it is busy while something else happens."""
        message = str(next(self._numbers)).encode()
        self._digest = harness.worked(self._digest, message)
        self._child.send(message, 10.0)

    def is_well(self) -> bool:
        """Whether its answer is right."""
        try:
            return self._child.receive() == self._digest
        except Contained:
            return False


def _attempt(box: Sandbox, name: str, prey: dict[str, Any], neighbour: _Neighbour, unharmed: Iterator[bool]) -> Attempt:
    _, kind, ends, _ = programs.ATTACKS[name]
    child = box.start(FILES, json.dumps({"name": name, **prey}).encode())
    neighbour.begins()
    with child:
        end, detail = _outcome(child)
    if not next(unharmed) or prey["token"] in detail:
        end, detail = "broke", f"Something outside was changed or read. {detail}"
    return Attempt(name=name, kind=kind, end=end, detail=detail, as_expected=end in ends, neighbour=neighbour.is_well())


def _outcome(child: Child) -> tuple[str, str]:
    try:
        end, _, detail = child.exchange(harness.ATTACK).decode(errors="replace").partition(" ")
        child.exchange(b"and go on")
    except Contained as contained:
        return contained.cause, contained.detail
    return end, detail


def _badly_named(box: Sandbox, name: str, file: str, neighbour: _Neighbour) -> Attempt:
    return _not_started(box, f"file_with_{name}", {file: b"x"}, neighbour)


def _too_large(box: Sandbox, neighbour: _Neighbour) -> Attempt:
    return _not_started(box, "huge_file", {"huge.py": bytes(box.limits.files + 1)}, neighbour)


def _not_started(box: Sandbox, name: str, files: dict[str, bytes], neighbour: _Neighbour) -> Attempt:
    neighbour.begins()
    try:
        box.start(files).close()
        end, detail = "broke", "It was started."
    except Contained as contained:
        end, detail = contained.cause, contained.detail
    return Attempt(
        name=name,
        kind="submission",
        end=end,
        detail=detail,
        as_expected=end == "files",
        neighbour=neighbour.is_well(),
    )


@contextmanager
def _prey() -> Iterator[tuple[dict[str, Any], Iterator[bool]]]:
    """Things on this machine that are worth an attack, and whether they are as they were, again and again."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dreamctl-prey-")))
        folder.chmod(0o755)
        token = secrets.token_hex(8)
        secret = folder / "secret.txt"
        secret.write_text(token)
        web = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        datagrams = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        datagrams.bind(web.getsockname())
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(folder / "socket"))
        unix.listen()
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0{token}")
        abstract.listen()
        sockets = [web, datagrams, unix, abstract]
        prey: dict[str, Any] = {
            "token": token,
            "secret": str(secret),
            "socket": str(folder / "socket"),
            "abstract": token,
        }
        prey |= {"port": web.getsockname()[1], "grader": os.getpid()}
        yield prey, _as_it_was(folder, token, sockets)


def _as_it_was(folder: Path, token: str, sockets: list[socket.socket]) -> Iterator[bool]:
    for each in sockets:
        each.setblocking(False)
    while True:
        same = sorted(path.name for path in folder.iterdir()) == ["secret.txt", "socket"]
        yield same and (folder / "secret.txt").read_text() == token and not any(map(_visited, sockets))


def _visited(server: socket.socket) -> bool:
    try:
        server.recv(1) if server.type == socket.SOCK_DGRAM else server.accept()[0].close()
    except BlockingIOError:
        return False
    return True
