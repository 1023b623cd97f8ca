"""System calls that Python has no name for, by ctypes. They raise OSError."""

from __future__ import annotations

import ctypes
import os
import platform
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)

# Where the tables of the two architectures differ: x86_64, aarch64. Newer calls have one number on both.
_NUMBERS = {"pivot_root": (155, 41), "seccomp": (317, 277)}
_NUMBERS |= {name: (number, number) for name, number in (("open_tree", 428), ("move_mount", 429))}
_NUMBERS |= {name: (number, number) for name, number in (("close_range", 436), ("mount_setattr", 442))}
_NUMBERS |= {
    f"landlock_{name}": (444 + at,) * 2 for at, name in enumerate(("create_ruleset", "add_rule", "restrict_self"))
}

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 4, 24, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITIES = 64


def machine() -> int:
    """The column of this machine in tables of system calls; -1 if it has none."""
    return {"x86_64": 0, "aarch64": 1}.get(platform.machine(), -1)


def syscall(name: str, *arguments: Any) -> int:
    """Call the kernel. Integers, buffers and None (a null pointer) may be given."""
    if machine() < 0:
        raise OSError(38, f"no table of system calls for {platform.machine()}")
    return _checked(_LIBC.syscall(ctypes.c_long(_NUMBERS[name][machine()]), *map(_argument, arguments)), name)


def libc(name: str, *arguments: Any) -> int:
    """Call a function of the C library that returns -1 and sets errno if it fails."""
    return _checked(getattr(_LIBC, name)(*map(_argument, arguments)), name)


def prctl(option: int, *arguments: int) -> int:
    """Change something about this process."""
    return libc("prctl", option, *(*arguments, 0, 0, 0, 0)[:4])


def no_new_privileges() -> None:
    """Nothing that is executed from here on gains privileges."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def without_capabilities() -> None:
    """Give up every capability, for good."""
    for capability in range(_CAPABILITIES):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one, or none to begin with
            break
    prctl(PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    libc("capset", header, (ctypes.c_uint32 * 6)())


def _argument(value: Any) -> Any:
    return ctypes.c_long(value) if isinstance(value, int) else value


def _checked(result: int, name: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return int(result)
