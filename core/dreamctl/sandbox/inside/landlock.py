"""Landlock: what a process may read, by path; it writes, connects and signals nothing any more.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from .kernel import syscall

_VERSION = 1  # flag of create_ruleset: say the version
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # version -> kinds of access to files that there are
_NET_RIGHTS = 0b11  # bind and connect, since version 4
_SCOPES = 0b11  # abstract sockets and signals, since version 6
_QUIET = 1  # restrict_self since version 7: denials do not fill the log of the machine


def version() -> int:
    """The Landlock version of this kernel; 0 if it has none."""
    try:
        return syscall("landlock_create_ruleset", None, 0, _VERSION)
    except OSError:
        return 0


def opened(paths: Iterable[str]) -> list[tuple[int, int]]:
    """Descriptors of what may be read, each with the rights that fit it; those that are missing are left out."""
    found = []
    for path in paths:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        folder = stat.S_ISDIR(os.fstat(fd).st_mode)
        found.append((fd, _READ_FILE | _READ_DIR if folder else _READ_FILE))
    return found


def restrict(readable: Iterable[tuple[int, int]]) -> None:
    """From here on this process reads what is beneath `readable`, and has no other access to files."""
    known = version()
    files = (1 << _FILE_RIGHTS[min(known, max(_FILE_RIGHTS))]) - 1
    attributes = struct.pack("<QQQ", files, _NET_RIGHTS, _SCOPES)
    length = 8 if known < 4 else 16 if known < 6 else 24
    rules = syscall("landlock_create_ruleset", ctypes.c_char_p(attributes), length, 0)
    for fd, rights in readable:
        syscall("landlock_add_rule", rules, _PATH_BENEATH, ctypes.c_char_p(struct.pack("<Qi", rights, fd)), 0)
    syscall("landlock_restrict_self", rules, _QUIET if known >= 7 else 0)
    os.close(rules)
