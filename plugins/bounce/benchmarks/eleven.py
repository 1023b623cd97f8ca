"""The eleven programs of Play to Grade: a correct one, and ten with one fault each.

    python plugins/bounce/benchmarks/eleven.py > eleven.jsonl

The paper's ten were made by its teacher and are not published; these have the ten commonest faults, a fault each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

CORRECT = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}
FAULTS: dict[str, dict[str, list[str]]] = {  # label -> the events that stand otherwise
    "whenMiss-noBallLaunch": {"when ball misses paddle": ["score opponent point"]},
    "whenGoal-noBallLaunch": {"when ball in goal": ["score point"]},
    "whenMiss-noOpponentScore": {"when ball misses paddle": ["launch new ball"]},
    "whenWall-illegal-launchBall": {"when ball hits wall": ["bounce ball", "launch new ball"]},
    "whenRun-noBallLaunch": {"when run": []},
    "whenPaddle-illegal-launchBall": {"when ball hits paddle": ["bounce ball", "launch new ball"]},
    "whenRun-multipleBalls": {"when run": ["launch new ball", "launch new ball"]},
    "whenLeft-illegal-launchBall": {"when left arrow": ["launch new ball", "move left"]},
    "whenPaddle-illegal-incrementPlayerScore": {"when ball hits paddle": ["bounce ball", "score point"]},
    "whenRight-illegal-launchBall": {"when right arrow": ["launch new ball", "move right"]},
}


def eleven() -> Iterator[dict[str, Any]]:
    """Each as a line of a task file has it."""
    yield {"id": "correct", "program": CORRECT}
    for fault, otherwise in FAULTS.items():
        yield {"id": fault, "program": {**CORRECT, **otherwise}}


if __name__ == "__main__":
    sys.stdout.writelines(json.dumps(program) + "\n" for program in eleven())
