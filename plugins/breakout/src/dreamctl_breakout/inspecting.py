"""What is plain to see of a student's program before it is played, and programs of which everything is known."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from dreamctl import Inspection, Task

from .design import Design
from .display import display
from .source import FILE, source
from .students import Program, sandbox

SMALL = Design(rows=2, columns=4)  # a game that is soon over
CERTAIN = ("does_not_run", "crash_in_play", "paddle_leaves_screen", "ball_bounces_off_floor")


def inspect(params: Any) -> Inspection:
    """Look at the first frames of a program, also with other constants; a design is known without."""
    if not isinstance(params, Program):
        return Inspection()
    seen = display(params, sandbox())
    labels = {item: verdict.present for item, verdict in seen.verdicts.items() if verdict.present is not None}
    problem = seen.verdicts["does_not_run"].why if labels.get("does_not_run") else None
    return Inspection(labels=labels, problem=problem)


def known() -> list[Task]:
    """A right program and one with two faults, as source that runs as students' programs do."""
    wrong = frozenset({"paddle_not_held_back", "floor_turns"})
    present = {"paddle_leaves_screen", "ball_bounces_off_floor"}
    right = dict.fromkeys(CERTAIN, False)
    return [
        _task("right", SMALL, right),
        _task("wrong", evolve(SMALL, faults=wrong), {label: label in present for label in CERTAIN}),
    ]


def _task(key: str, design: Design, labels: dict[str, bool]) -> Task:
    return Task(key=key, params=Program({FILE: source(design).encode()}), labels=labels)
