"""One sandbox for all programs that a thread runs with a harness: a warm parent is started once, and used again.

Programs run without protection only where `UNPROTECTED` is set in the environment, which `dreamctl grade` does for a
long option. It is inherited by every process that grades, and recorded in every grade.
"""

from __future__ import annotations

import os
import threading

from .box import Sandbox
from .limits import Limits
from .tiers import Tier

UNPROTECTED = "DREAMCTL_WITHOUT_SANDBOX"

HARMLESS = "dreamctl.sandbox.attacks.harness:serve"

_OPEN: dict[tuple[int, int, str], Sandbox] = {}


def shared_sandbox(harness: str, *, parts: tuple[str, ...] = (), limits: Limits | None = None) -> Sandbox:
    """The sandbox of this thread for `harness`, in the best tier; it ends with the process.

    Raises `SandboxError` where programs cannot be locked in.
    """
    owner = (os.getpid(), threading.get_ident(), harness)  # a forked process has none of its parent's
    if owner not in _OPEN:
        _OPEN[owner] = Sandbox(harness, parts=parts, limits=limits, tier=_asked())
    return _OPEN[owner]


def protection() -> str:
    """The tier that programs run in here, "none" where that was asked for.

    Raises `SandboxError` where there is none that protects.
    """
    with Sandbox(HARMLESS, tier=_asked()) as sandbox:
        return str(sandbox.tier.value)


def _asked() -> Tier | None:
    return Tier.NONE if os.environ.get(UNPROTECTED) else None
