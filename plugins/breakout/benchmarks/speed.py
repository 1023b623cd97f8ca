"""Frames a second of the fast simulator on one core, by batch size, with steering and observer.

Seconds are processor time of this process, which has one thread, so that what else the machine does matters little.

    taskset -c 0 python benchmarks/speed.py [--seconds 2.0]

Programs are those of the training list; each step is a macro-action drawn at random, `play on` among them.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from dreamctl_breakout.generator import tasks
from dreamctl_breakout.names import ACTIONS
from dreamctl_breakout.simulator import DesignSimulator

BATCHES = (1, 16, 64, 256, 1024)
STEPS = 20  # of an episode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each batch size")
    options = parser.parse_args()
    designs = [task.params for task in tasks().train]
    print(f"{'batch':>6} {'million frames a second':>24}")
    for batch in BATCHES:
        rng, simulator = np.random.default_rng(batch), DesignSimulator(batch)
        episode(simulator, designs, rng)
        simulator.played, spent = 0, 0.0
        while spent < options.seconds:
            spent += episode(simulator, designs, rng)
        print(f"{batch:6} {simulator.played / spent / 1e6:24.2f}", flush=True)


def episode(simulator: DesignSimulator, designs: list, rng: np.random.Generator) -> float:
    """Play one episode in every row; the seconds that its steps took."""
    drawn = [designs[i] for i in rng.integers(len(designs), size=simulator.batch)]
    simulator.reset(drawn, rng.integers(2**63, size=simulator.batch).astype(np.uint64), np.arange(simulator.batch))
    began = time.process_time()
    for _ in range(STEPS):
        simulator.step(rng.integers(len(ACTIONS), size=simulator.batch))
    return time.process_time() - began


if __name__ == "__main__":
    main()
