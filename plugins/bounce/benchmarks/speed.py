"""Frames a second of the fast simulator on one core, by batch size; frames of finished games are not counted.

Seconds are processor time of this process, which has one thread, so that what else the machine does matters little.

    taskset -c 0 python benchmarks/speed.py [FILE or FOLDER of programs] [--seconds 1.0]

Without a file the programs are generated ones. Each episode has at most 100 steps of random keys. Two figures: steps
alone (as the published simulator was measured), and with the resets between episodes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dreamctl_bounce.fast import FastBounce
from dreamctl_bounce.generator import tasks
from dreamctl_bounce.programs import Program
from dreamctl_bounce.reading import read_tasks
from dreamctl_bounce.rules import FRAMES_PER_STEP

BATCHES = (1, 16, 64, 256, 512, 1024, 2048, 4096)
STEPS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each batch size")
    options = parser.parse_args()
    drawn = read_tasks(options.programs) if options.programs else tasks().train
    programs = [task.params for task in drawn]
    print(f"{len(programs)} programs, {STEPS} steps of random keys an episode; million frames a second")
    print(f"{'batch':>6} {'steps':>8} {'with resets':>12}")
    for batch in BATCHES:
        alone, together = measure(programs, batch, options.seconds)
        print(f"{batch:6} {alone / 1e6:8.2f} {together / 1e6:12.2f}", flush=True)


def measure(programs: Sequence[Program], batch: int, seconds: float) -> tuple[float, float]:
    rng, simulator = np.random.default_rng(batch), FastBounce(batch)
    everyone = np.arange(batch)
    for start in range(0, len(programs), batch):  # every program has been seen once, as in training
        some = programs[start : start + batch]
        simulator.reset(some, np.zeros(len(some), np.uint64), everyone[: len(some)])
    frames, stepping, resetting = 0, 0.0, 0.0
    while stepping < seconds:
        drawn = [programs[i] for i in rng.integers(len(programs), size=batch)]
        seeds = rng.integers(2**64, size=batch, dtype=np.uint64)
        actions = rng.integers(3, size=(STEPS, batch))
        began = time.process_time()
        simulator.reset(drawn, seeds, everyone)
        reset = time.process_time()
        ends = [simulator.step(action).terminated for action in actions]
        stepped = time.process_time()
        resetting, stepping = resetting + reset - began, stepping + stepped - reset
        before = np.concatenate([np.zeros((1, batch), bool), ends[:-1]])  # [T, B] over before the step
        frames += FRAMES_PER_STEP * int((~before).sum())
    return frames / stepping, frames / (stepping + resetting)


if __name__ == "__main__":
    main()
