"""What learners are made of: public, for third-party explorers and classifiers as for the core's own."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    ".learner": ("Follower", "Judge", "Learner", "State"),
    ".optimum": ("best_return",),
    ".tabular": ("Solution", "Table", "Tables", "solve", "tabulate", "tabulate_all", "value_iteration"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'dreamctl.learning' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name], __name__), name)
