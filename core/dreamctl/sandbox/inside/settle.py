"""What the warm parent does once: leave the machine where that is its task, and become nobody."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from . import kernel, landlock, namespaces


def settle(settings: dict[str, Any]) -> dict[str, Any]:
    """Settle in; what is so now: the Landlock version, the user, whether other processes are out of sight."""
    if settings["tier"] == "namespaces":
        namespaces.leave(settings["tree"], settings["scratch"], settings["room"], settings["nobody"])
    _drop(settings["nobody"])
    if settings["tier"] != "none":
        kernel.without_capabilities()
    kernel.no_new_privileges()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if settings["tier"] in ("bubblewrap", "namespaces"):  # there our parent only waits for us
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.environ.clear()
    os.umask(0o022)
    sys.dont_write_bytecode = True
    return {"landlock": landlock.version(), "user": os.getuid(), "first_process": os.getpid() == 1}


def _drop(nobody: int) -> None:
    """Root becomes nobody, for good."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)
    if 0 in (*os.getresuid(), *os.getresgid()) or os.geteuid() == 0:
        raise PermissionError("the warm parent is still root")
