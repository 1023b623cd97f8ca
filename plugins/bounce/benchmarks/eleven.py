"""The eleven programs of Play to Grade: a correct one, and ten with one fault each.

    python plugins/bounce/benchmarks/eleven.py > eleven.jsonl

The paper's ten were made by its teacher and are not published; these have the ten commonest faults, a fault each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from dreamctl_bounce.generator import EDITS, PLACE, RIGHT_PROGRAM
from dreamctl_bounce.rules import EVENTS

FAULTS = (
    "whenMiss-noBallLaunch",
    "whenGoal-noBallLaunch",
    "whenMiss-noOpponentScore",
    "whenWall-illegal-launchBall",
    "whenRun-noBallLaunch",
    "whenPaddle-illegal-launchBall",
    "whenRun-multipleBalls",
    "whenLeft-illegal-launchBall",
    "whenPaddle-illegal-incrementPlayerScore",
    "whenRight-illegal-launchBall",
)


def eleven() -> Iterator[dict[str, Any]]:
    """Each as a line of a task file has it."""
    for fault in (None, *FAULTS):
        commands = [list(RIGHT_PROGRAM[event]) for event in range(len(EVENTS))]
        if fault is not None:
            EDITS[fault](commands, np.random.default_rng(1))
        written = [sorted(event, key=PLACE.__getitem__) for event in commands]
        yield {"id": fault or "correct", "program": dict(zip(EVENTS, written, strict=True))}


def write(path: Any) -> None:
    """As a file of tasks."""
    path.write_text("".join(json.dumps(program) + "\n" for program in eleven()), "utf-8")


if __name__ == "__main__":
    sys.stdout.writelines(json.dumps(program) + "\n" for program in eleven())
