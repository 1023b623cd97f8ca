"""Agent steps a second in training, one thread: each step is acted on and learned from by every network of the method.

    taskset -c 0 python benchmarks/training_speed.py [--seconds 20]

Hallway: every explorer that learns a return. Bounce: DREAM for grading (explorer, running classifier) on the plugin's
generated programs. The first iterations, which compile, are not counted. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from dreamctl import Problem
from dreamctl.algorithms.builtin import dreamctl_explorers
from dreamctl.plugins import find_environment, find_rubric, load

EXPLORERS = {explorer.name: explorer for explorer in dreamctl_explorers() if explorer.learned}


def measure(plugin_name: str, explorer: str, seconds: float) -> dict[str, object]:
    """Train for about `seconds` and count."""
    import torch

    torch.set_num_threads(1)
    plugin = load(plugin_name)
    environment = find_environment(plugin)
    rubric = find_rubric(None, plugin) if environment.answer == "rubric" else None
    problem = Problem(environment=environment, tasks=environment.tasks(), rubric=rubric, steps=1)  # 1: past the warm-up
    learner = EXPLORERS[explorer].build(problem)
    for _ in range(3):
        learner.iterate()
    steps, wall, cpu = learner.steps, time.perf_counter(), time.process_time()
    while time.perf_counter() - wall < seconds:
        learner.iterate()
    steps = learner.steps - steps
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "environment": f"{plugin_name}/{environment.name}",
        "explorer": explorer,
        "steps": steps,
        "steps_per_second": round(steps / wall),
        "steps_per_processor_second": round(steps / cpu),
    }


def main() -> None:
    """Measure everybody."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    every = [("hallway", name) for name, explorer in EXPLORERS.items() if "return" in explorer.answers]
    every.append(("bounce", "dream"))
    print(json.dumps({"schema_version": 1, "results": [measure(*each, seconds) for each in every]}))


if __name__ == "__main__":
    main()
