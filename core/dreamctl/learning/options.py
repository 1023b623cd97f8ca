"""Settings of algorithms: frozen records whose fields `--set name=value` can change."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
import cattrs

from ..errors import UsageError, unknown
from ..records import Problem

O = TypeVar("O")  # noqa: E741


CLASSIFIER = "classifier."  # how `--set` names the settings of the classifier; bare names are the explorer's


def from_problem(kind: type[O], problem: Problem, prefix: str = "") -> O:
    """The options of `kind`: its defaults, and what the user set under `prefix`, each of its field's type."""
    known = {field.name: field for field in attrs.fields(kind)}  # type: ignore[arg-type]
    given: dict[str, Any] = {}
    for name, value in problem.options.items():
        if name.startswith(CLASSIFIER) != (prefix == CLASSIFIER):
            continue
        bare = name.removeprefix(prefix)
        if bare not in known:
            raise UsageError(f"--set {name}: {unknown('setting', bare, known)}")
        given[bare] = value
    try:
        return cattrs.structure(given, kind)
    except Exception as error:
        raise UsageError(f"--set: a value has the wrong type ({error}).") from error
