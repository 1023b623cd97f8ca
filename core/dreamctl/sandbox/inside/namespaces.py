"""A tree of one's own: namespaces made without bubblewrap, where the kernel lets us.

What is left behind is out of reach: files that are not in the tree, every other process, every network.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from typing import Any

from .kernel import libc, syscall

_NEW_NS, _NEW_CGROUP, _NEW_UTS, _NEW_IPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
_NEW_USER, _NEW_PID, _NEW_NET = 0x10000000, 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
_HERE = -100  # AT_FDCWD
_RECURSIVE = 0x8000  # AT_RECURSIVE
_CLONE_TREE, _CLOSE_ON_EXEC = 1, 0o2000000
_EMPTY_PATH = 4  # MOVE_MOUNT_F_EMPTY_PATH
_ATTRIBUTES = 1 | 2 | 4  # read only, no set-user-id, no devices
_DETACH = 2
_BASE = "/tmp"  # any folder that exists: the new root is mounted there for a moment


def leave(tree: Mapping[str, Any], scratch: str, room: int, nobody: int) -> None:
    """Leave this machine for `tree`; goes on in a new process, the first of its own, while this one waits for it.

    `scratch` is a folder of memory files, of at most `room` bytes, and the only place that can be written to.
    """
    root = os.geteuid() == 0
    user, group = os.geteuid(), os.getegid()
    spaces = _NEW_NS | _NEW_CGROUP | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NET
    libc("unshare", spaces if root else spaces | _NEW_USER)
    if not root:
        _be(nobody, user, group)
    libc("sethostname", b"sandbox", 7)
    libc("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    _build(tree, scratch, room)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _be(nobody: int, user: int, group: int) -> None:
    """In here we are nobody, whoever we are outside."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{nobody} {user} 1"), ("gid_map", f"{nobody} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _build(tree: Mapping[str, Any], scratch: str, room: int) -> None:
    """`tree`: `readable` paths, symbolic `links` (name, target), `hidden` folders, then `ours`, readable as well."""
    sources = {path: _copied(path) for path in [*tree["readable"], *tree["ours"]]}
    _mount_memory(_BASE, 1 << 20)
    for path in tree["readable"]:
        _put(sources[path], path)
    for path in tree["hidden"]:
        _mount_memory(_BASE + path, 1 << 20)
    for path in tree["ours"]:
        _put(sources[path], path)
    for name, target in tree["links"]:
        os.symlink(target, _BASE + name)
    os.makedirs(_BASE + scratch)
    attributes = struct.pack("<QQQQ", _ATTRIBUTES, 0, 0, 0)
    syscall("mount_setattr", _HERE, _BASE.encode(), _RECURSIVE, attributes, len(attributes))
    _mount_memory(_BASE + scratch, room)
    os.chmod(_BASE + scratch, 0o1777)  # whoever we drop to writes here; nobody else is there
    os.chdir(_BASE)
    syscall("pivot_root", b".", b".")
    libc("umount2", b".", _DETACH)
    os.chdir("/")


def _copied(path: str) -> int:
    """A mount of what is at `path`, not yet anywhere."""
    return syscall("open_tree", _HERE, os.fsencode(path), _CLONE_TREE | _CLOSE_ON_EXEC | _RECURSIVE)


def _put(mount: int, path: str) -> None:
    place = _BASE + path
    if os.path.isdir(f"/proc/self/fd/{mount}"):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o444))
    syscall("move_mount", mount, b"", _HERE, os.fsencode(place), _EMPTY_PATH)
    os.close(mount)


def _mount_memory(path: str, room: int) -> None:
    options = f"size={room},nr_inodes=20000,mode=0755".encode()
    libc("mount", b"tmpfs", os.fsencode(path), b"tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)
