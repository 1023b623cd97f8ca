"""The four hooks. Each is called once per loaded plugin; what it yields is checked and named `plugin/name`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from .records import Classifier, Environment, Explorer, Rubric

hookspec = pluggy.HookspecMarker("dreamctl")
hookimpl = pluggy.HookimplMarker("dreamctl")


@hookspec
def dreamctl_environments() -> Iterable[Environment]:
    """Environments that this plugin provides: what can be simulated, and on which tasks."""
    return ()


@hookspec
def dreamctl_rubrics() -> Iterable[Rubric]:
    """Rubrics for this plugin's environments, or for another plugin's."""
    return ()


@hookspec
def dreamctl_explorers() -> Iterable[Explorer]:
    """Exploration policies: scripted ones, and algorithms that learn one."""
    return ()


@hookspec
def dreamctl_classifiers() -> Iterable[Classifier]:
    """Judges of labels, fitted on an explorer's episodes or scripted."""
    return ()
