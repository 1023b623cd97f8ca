"""The errors that dreamctl raises on purpose: one sentence each, shown without a traceback.

A message says which thing, what was expected, what came, and what to do.
Anything else that reaches the command line is a bug in dreamctl or a plugin, and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DreamctlError(Exception):
    """Something that the caller can mend. `exit_code` is what `dreamctl` exits with."""

    exit_code = 1


class UsageError(DreamctlError):
    """An option, name or combination that does not fit."""

    exit_code = 2


class PluginError(DreamctlError):
    """A plugin that is missing, cannot be imported, or breaks the contract."""

    exit_code = 3


class InputError(DreamctlError):
    """A file that cannot be read or is not what it should be."""

    exit_code = 4


class RunError(DreamctlError):
    """A run directory that is missing, damaged, foreign, or from a newer dreamctl."""

    exit_code = 5


class SandboxError(DreamctlError):
    """Student code would have to run without the protection it needs."""

    exit_code = 6


class CheckFailed(DreamctlError):  # noqa: N818  # it reads as a sentence where it is raised
    """A plugin failed its conformance checks."""

    exit_code = 7


def printable(text: str) -> str:
    """A text that students may have written, without what moves a cursor, hides letters or rings a bell."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text.expandtabs(4))


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """One sentence about a name that does not exist: what does, and the nearest spelling.

    >>> unknown("plugin", "hallwy", ["bounce", "hallway"])
    "No plugin named 'hallwy'. There are: bounce, hallway. Did you mean 'hallway'?"
    """
    names = sorted(known)
    listed = f"There are: {', '.join(names)}." if names else "There are none."
    nearest = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    return f"No {kind} named '{name}'. {listed}{hint}"
