"""For a plugin's own tests: the conformance checks, and small real worlds with known answers.

The names load when first used, because every pytest run imports this package for its fixtures.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    ".checks": ("CHECKS", "Result", "run_check", "run_checks"),
    ".doubles": ("ScriptedSimulator", "bandit", "switches"),
    ".parametrize": ("parametrize_with_checks",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'dreamctl.testing' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name], __name__), name)
