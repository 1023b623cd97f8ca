"""Prove that the readable and the fast simulator play the same game, step by step and bit by bit.

    python benchmarks/equal.py [--programs 10000] [--steps 100] [--data FOLDER] [--seed 0]

Plays that many random programs (half of them wild, half as the generator makes them), then every program in a folder of
real ones. Exits with an error at the first difference.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dreamctl_bounce.fast import FastBounce
from dreamctl_bounce.game import BounceEnv
from dreamctl_bounce.generator import sample, wild
from dreamctl_bounce.programs import Program
from dreamctl_bounce.reading import read_tasks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    drawn = [wild(rng) if i % 2 else sample(rng).params for i in range(options.programs)]
    report("random", drawn, options.steps, rng)
    if options.data:
        report("real", [task.params for task in read_tasks(options.data)], options.steps, rng)


def report(name: str, programs: Sequence[Program], steps: int, rng: np.random.Generator) -> None:
    began = time.perf_counter()
    played = compare(programs, steps, rng)
    seconds = time.perf_counter() - began
    print(f"{len(programs)} {name} programs, {played} steps: equal ({seconds:.0f} s)")


def compare(programs: Sequence[Program], steps: int, rng: np.random.Generator) -> int:
    """Play every program in both simulators with the same seed and keys; returns the number of steps played."""
    batch = len(programs)
    seeds = rng.integers(2**64, size=batch, dtype=np.uint64)
    held = rng.integers(3, size=(steps // 4 + 1, batch)).repeat(4, 0)[:steps]
    actions = np.where(rng.random((steps, batch)) < 0.5, held, rng.integers(3, size=(steps, batch)))  # [T, B]
    simulator = FastBounce(batch)
    observations = [simulator.reset(programs, seeds, np.arange(batch))]
    rest = [simulator.step(action) for action in actions]
    observations += [step.observation for step in rest]
    played = 0
    for b, program in enumerate(programs):
        env = BounceEnv(program)
        observation, _ = env.reset(seed=int(seeds[b]))
        check((observation == observations[0][b]).all(), program, 0)
        for t, step in enumerate(rest):
            observation, reward, terminated, *_ = env.step(int(actions[t, b]))
            same = (observation == step.observation[b]).all() and np.float32(reward) == step.reward[b]
            check(same and terminated == step.terminated[b], program, t + 1)
            played += 1
            if terminated:
                break
    return played


def check(same: bool, program: Program, step: int) -> None:
    if not same:
        raise SystemExit(f"The simulators differ at step {step} of {program.to_json()}")


if __name__ == "__main__":
    main()
