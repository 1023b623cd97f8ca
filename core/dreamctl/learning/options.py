"""Settings of algorithms: frozen records whose fields `--set name=value` can change."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import attrs

from ..errors import UsageError, unknown
from ..records import Problem

O = TypeVar("O")  # noqa: E741

# what a field's type takes, as `isinstance` has it, and how to say so
TAKES: dict[type, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "a text"),
}


# settings that nothing can be learned with at 0
SIZES = {
    *("batch", "hidden", "z", "rho", "learning_rate", "episodes", "epochs", "minibatches", "trees", "leaves"),
    *("trials", "updates", "temperature", "fast", "ahead"),
}

CLASSIFIER = "classifier."  # what the names of a classifier's settings begin with; bare names are the explorer's


def from_problem(kind: type[O], problem: Problem, prefix: str = "") -> O:
    """The options of `kind`, an attrs class: its defaults, and what the user set, each of its field's type.

    A problem's options are the explorer's, by their bare names, and the classifier's, which asks with the prefix
    `CLASSIFIER`. UsageError says what is wrong with one.
    """
    types = get_type_hints(kind)
    known = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]
    given = {}
    for name, value in problem.options.items():
        if name.startswith(CLASSIFIER) != (prefix == CLASSIFIER):
            continue
        bare = name.removeprefix(prefix)
        if bare not in known:
            raise UsageError(f"--set {name}: {unknown('setting', bare, known)}")
        given[bare] = _value(name, value, types[bare])
    return kind(**given)


def _value(name: str, value: Any, kind: Any) -> Any:
    if get_origin(kind) is Literal:
        fits, expected = value in get_args(kind), " or ".join(map(repr, get_args(kind)))
    elif kind in TAKES:
        accepted, expected = TAKES[kind]
        fits = isinstance(value, accepted) and (kind is bool or not isinstance(value, bool))
    else:
        return value
    if fits and kind in (int, float) and not math.isfinite(value):
        fits, expected = False, "a finite number"
    if fits and name.removeprefix(CLASSIFIER) in SIZES and value <= 0:
        fits, expected = False, f"{expected} above 0"
    if not fits:
        raise UsageError(f"--set {name}: expected {expected} (got {value!r}).")
    return float(value) if kind is float else value
