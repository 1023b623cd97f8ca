"""Settings of algorithms: frozen records whose fields `--set name=value` can change."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
import cattrs

from ..errors import UsageError, unknown
from ..records import Problem

O = TypeVar("O")  # noqa: E741


def from_problem(kind: type[O], problem: Problem, **defaults: Any) -> O:
    """The options of `kind`: its defaults, then `defaults`, then what the user set, each of its field's type."""
    known = {field.name: field for field in attrs.fields(kind)}  # type: ignore[arg-type]
    given = dict(defaults)
    for name, value in problem.options.items():
        if name not in known:
            raise UsageError(f"--set {name}: {unknown('setting', name, known)}")
        given[name] = value
    try:
        return cattrs.structure(given, kind)
    except Exception as error:
        raise UsageError(f"--set: a value has the wrong type ({error}).") from error
