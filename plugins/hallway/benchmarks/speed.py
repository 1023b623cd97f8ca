"""How many steps a second the batched hallway makes on one core, by batch size; `python speed.py`.

Every row plays whole episodes of random actions. Only steps of rows that are not over are counted, and the resets are
within the time. Tasks are handed over as one array [B, 2], as a caller does who resets often.
"""

from __future__ import annotations

import time

import numpy as np

from dreamctl_hallway import hallway

BATCHES = (1, 64, 1024, 4096, 16384, 65536)
SECONDS = 1.0
EPISODES = 16  # different episodes of random actions, drawn beforehand


def steps_per_second(batch: int) -> float:
    """Steps of rows that are not over, a second, resets included."""
    environment = hallway()
    simulator = environment.simulator(batch)
    tasks = environment.tasks().test
    params = np.array([tasks[row % len(tasks)].params for row in range(batch)], np.int32)  # [B, 2]
    rows, seeds = np.arange(batch), np.zeros(batch, np.uint64)
    size = EPISODES, environment.exploration_steps, batch
    actions = np.random.default_rng(0).integers(len(environment.actions), size=size)

    def episode(number: int) -> int:
        """One episode in every row; returns the steps that were taken."""
        simulator.reset(params, seeds, rows)
        taken = 0
        over = 0
        for chosen in actions[number % EPISODES]:
            taken += batch - over
            over = int(np.count_nonzero(simulator.step(chosen).terminated))
        return taken

    episode(0)  # compiles
    total, number, start = 0, 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        total += episode(number)
        number += 1
    return total / (time.perf_counter() - start)


if __name__ == "__main__":
    for batch in BATCHES:
        print(f"{batch:>6} rows  {steps_per_second(batch) / 1e6:8.1f} million steps a second")
