"""Pictures a second of the batched simulator, on one core: processor time, so that a busy machine counts less."""

import time

import numpy as np

from dreamctl_sign.fast import Signs

BATCH, STEPS = 256, 40


def main() -> None:
    """Turn on the spot, from many starts."""
    simulator = Signs(BATCH)
    params = [(row % 3, True) for row in range(BATCH)]
    simulator.reset(params, np.arange(BATCH, dtype=np.uint64), np.arange(BATCH))
    left = np.zeros(BATCH, np.int64)
    simulator.step(left)
    begun = time.process_time()
    for _ in range(STEPS):
        simulator.step(left)
    print(f"{BATCH * STEPS / (time.process_time() - begun):,.0f} pictures a second")


if __name__ == "__main__":
    main()
