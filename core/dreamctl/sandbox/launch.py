"""Starts a warm parent in a tier, or says why that tier cannot be had."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from contextlib import suppress
from pathlib import PurePath
from typing import IO, Any

from attrs import Factory, asdict, define

from .limits import Limits
from .tiers import Tier
from .tree import Tree, borrowed, public

NOBODY = 65534
SCRATCH = "/programs"  # in a tree of its own; elsewhere it is a temporary folder
_CREDENTIALS = struct.Struct("3i")  # process, user, group
_ROOM = 256 << 20  # bytes of the files of all running programs together
_PATIENCE = 30.0  # seconds until a warm parent is ready
_CLOSING = 5.0  # seconds in which a warm parent goes when its grader has gone
_FLAGS = ("-P", "-s", "-S", "-B", "-X", "utf8")
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONCOERCECLOCALE": "0"}  # sets have one order, so a program plays the same


class Unavailable(Exception):  # noqa: N818
    """A tier that this machine does not offer; the reason in a sentence or a traceback. `stage`: where it failed."""

    def __init__(self, reason: str, stage: str = "sandbox") -> None:
        super().__init__(reason)
        self.stage = stage


@define
class WarmParent:
    """A running warm parent. `control` is the connection to it, `facts` is what it said of itself."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    errors: IO[bytes]
    folder: str | None  # what has to be deleted afterwards
    facts: dict[str, Any] = Factory(dict)
    itself: int = -1  # a descriptor of the warm parent's own process, which `process` may only wait for

    def kill(self) -> None:
        """End it at once, and with it all its children."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.itself, signal.SIGKILL)
        self.control.close()

    def leave(self) -> None:
        """Let go of it, without ending it."""
        self.control.close()
        self.errors.close()
        if self.itself >= 0:
            os.close(self.itself)
            self.itself = -1
        self.process.returncode = self.process.returncode or 0  # not ours to wait for any more

    def close(self) -> None:
        """End it and all its children."""
        self.control.close()
        try:
            self.process.wait(_CLOSING)
        except subprocess.TimeoutExpired:
            if self.itself >= 0:
                self.kill()
            self.process.kill()
            self.process.wait()
        self.leave()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def launch(tier: Tier, harness: str, tree: Tree, limits: Limits) -> WarmParent:
    """A warm parent that is ready. Raises `Unavailable`."""
    isolated = tier in (Tier.BUBBLEWRAP, Tier.NAMESPACES)
    folder = None if isolated else tempfile.mkdtemp(prefix="dreamctl-")
    try:
        if folder is not None:
            tree = _open_to_nobody(tree, folder)
        parent = _started(tier, tree, folder)
    except BaseException:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        parent.facts = _settled(parent, _settings(tier, harness, tree, limits, folder))
    except BaseException:
        parent.close()
        raise
    return parent


def _open_to_nobody(tree: Tree, folder: str) -> Tree:
    """A folder for programs, and where root becomes nobody, whatever nobody could not read otherwise."""
    programs = f"{folder}/programs"
    os.mkdir(programs, 0o700)
    if os.geteuid() != 0:
        return tree
    if not public(os.path.dirname(folder)):
        raise Unavailable(f"Only root can read {os.path.dirname(folder)}; set TMPDIR to a folder that everybody can.")
    os.chmod(folder, 0o711)  # to go through, not to list
    os.chown(programs, NOBODY, NOBODY)
    return tree if all(map(public, (*tree.readable, *tree.ours))) else borrowed(tree, folder)


def _settings(tier: Tier, harness: str, tree: Tree, limits: Limits, folder: str | None) -> dict[str, Any]:
    return {
        "tier": tier.value,
        "harness": harness,
        "limits": asdict(limits),
        "scratch": f"{folder}/programs" if folder else SCRATCH,
        "room": _ROOM,
        "nobody": NOBODY,
        **tree.settings(),
    }


def _started(tier: Tier, tree: Tree, folder: str | None) -> WarmParent:
    command = [*(_bubblewrap(tree) if tier is Tier.BUBBLEWRAP else []), tree.python, *_FLAGS]
    errors = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the process
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    with theirs:
        process = subprocess.Popen(
            [*command, f"{tree.sandbox}/inside/warm.py", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_ENVIRONMENT | ({"PYTHONHOME": tree.home} if tree.home else {}),
            cwd="/",
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return WarmParent(process, ours, errors, folder)


def _bubblewrap(tree: Tree) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise Unavailable("bubblewrap (bwrap) is not installed.")
    words = [program, "--as-pid-1", "--hostname", "sandbox", "--unshare-cgroup-try"]
    words += [f"--unshare-{name}" for name in ("pid", "net", "ipc", "uts")]
    if os.geteuid() == 0:  # the real root makes the tree, so that it may be anywhere, and the warm parent drops it
        words += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]
    for path in tree.readable:
        words += [*_folders(path), "--ro-bind", path, path]
    for path in tree.hidden:
        words += ["--perms", "0755", "--tmpfs", path]
    for path in tree.ours:
        words += [*_folders(path), "--ro-bind", path, path]
    for path in tree.hidden:
        words += ["--remount-ro", path]
    for name, target in tree.links:
        words += ["--symlink", target, name]
    return [*words, "--perms", "1777", "--tmpfs", SCRATCH, "--remount-ro", "/", "--chdir", "/", "--"]


def _folders(path: str) -> list[str]:
    """The folders above, which everybody may go through; left to itself bubblewrap makes some of them private."""
    return [
        word for parent in reversed(PurePath(path).parents[:-1]) for word in ("--perms", "0755", "--dir", str(parent))
    ]


def _settled(parent: WarmParent, settings: dict[str, Any]) -> dict[str, Any]:
    """Tell it what it has to know, and hear what it has to say."""
    parent.control.settimeout(_PATIENCE)
    try:
        parent.control.send(json.dumps(settings).encode())
        said, process = received(parent.control, 1 << 17)
    except OSError as error:
        raise Unavailable(f"The warm parent does not answer ({error}). {_last_errors(parent)}") from error
    if not said:
        raise Unavailable(f"The warm parent ended. {_last_errors(parent)}")
    facts: dict[str, Any] = json.loads(said)
    stage = facts.pop("stage")
    if stage != "ready":
        raise Unavailable(facts["fault"], stage)
    parent.itself = os.pidfd_open(process)
    parent.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    return facts


def received(link: socket.socket, most: int) -> tuple[bytes, int]:
    """What was sent, and which process sent it, as the kernel says; nothing from nobody (0) at the end."""
    said, extra, _, _ = link.recvmsg(most, socket.CMSG_SPACE(_CREDENTIALS.size))
    return said, _CREDENTIALS.unpack(extra[0][2])[0] if said and extra else 0


def _last_errors(parent: WarmParent) -> str:
    parent.errors.seek(0)
    return parent.errors.read(10_000).decode(errors="replace").strip()
