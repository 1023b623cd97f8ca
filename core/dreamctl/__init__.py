"""dreamctl: let a machine learn to play interactive programs, find what is wrong with them, and prove it.

These are the names a plugin imports. They load when first used, so that importing dreamctl stays light;
what learners are made of is in `dreamctl.learning`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .announce import announce

__version__ = "0.1.0"

_HOME = {
    ".records": (
        "Classifier",
        "Environment",
        "Evidence",
        "Explorer",
        "Grade",
        "Inspection",
        "Item",
        "ItemGrade",
        "Problem",
        "Rubric",
        "Submission",
        "Task",
        "TaskSet",
    ),
    ".drawing": ("Box", "Digits", "Disc", "Drawing"),
    ".hookspecs": ("hookimpl",),
    ".footage": ("Footage", "Look"),
    ".errors": ("DreamctlError", "InputError", "PluginError", "RunError", "SandboxError", "UsageError"),
    ".simulation.simulator": ("CRASHED", "OUR_FAULT", "OVER_LIMIT", "Simulator", "Step"),
    ".simulation.policy": ("Policy", "RandomPolicy", "ReplayPolicy", "Seen"),
    ".simulation.episodes": ("Episodes",),
    ".simulation.rollout": ("rollout",),
    ".simulation.open": ("open_simulator",),
    ".random": ("Stream", "key", "keys"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted([*_MODULE_OF, "__version__"])

if TYPE_CHECKING:
    from .drawing import Box, Digits, Disc, Drawing
    from .errors import DreamctlError, InputError, PluginError, RunError, SandboxError, UsageError
    from .footage import Footage, Look
    from .hookspecs import hookimpl
    from .random import Stream, key, keys
    from .records import (
        Classifier,
        Environment,
        Evidence,
        Explorer,
        Grade,
        Inspection,
        Item,
        ItemGrade,
        Problem,
        Rubric,
        Submission,
        Task,
        TaskSet,
    )
    from .simulation.episodes import Episodes
    from .simulation.open import open_simulator
    from .simulation.policy import Policy, RandomPolicy, ReplayPolicy, Seen
    from .simulation.rollout import rollout
    from .simulation.simulator import CRASHED, OUR_FAULT, OVER_LIMIT, Simulator, Step


def __getattr__(name: str) -> Any:
    if name == "gym":  # registers environments with Gymnasium, so it loads every plugin; only where it is asked for
        return import_module(".gym", __name__)
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'dreamctl' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name], __name__), name)


def __dir__() -> list[str]:
    return __all__


announce()
