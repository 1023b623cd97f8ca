"""Programs of which everything is known: where they get a wrong verdict, no grade of that batch is to be trusted."""

from __future__ import annotations

from attrs import evolve

from dreamctl import Task

from .design import Design
from .students import program_of

SMALL = Design(rows=2, columns=4)  # a game that is soon over
CERTAIN = ("does_not_run", "crash_in_play", "paddle_leaves_screen", "ball_bounces_off_floor")


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
    return Task(key=key, params=program_of(design), labels=labels)
