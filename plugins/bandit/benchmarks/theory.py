"""How many trials DREAM and RL2 take to learn that the revealing arm is worth its pull, by the number of arms.

    python benchmarks/theory.py [--seeds 100] [--json FILE]

Tabular learners, an outer loop that draws arms uniformly; `dreamctl_bandit.theory` says what is counted.
Takes under a minute on one core.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from dreamctl_bandit.theory import slope, trials_to_learn

ARMS = (4, 8, 16, 32, 64)
LEARNERS = ("dream", "rl2")
BETWEEN = 32  # arms at which the two are compared


def measure(seeds: int) -> dict[str, object]:
    """Mean trials and their standard error by learner and number of arms, slopes, and the ratio at 32 arms."""
    runs = {learner: [trials_to_learn(learner, arms, seeds) for arms in ARMS] for learner in LEARNERS}
    assert all((trials > 0).all() for each in runs.values() for trials in each), "a run was too short"
    mean = {learner: [float(trials.mean()) for trials in each] for learner, each in runs.items()}
    error = {learner: [float(trials.std(ddof=1) / seeds**0.5) for trials in each] for learner, each in runs.items()}
    at = ARMS.index(BETWEEN)
    return {
        "arms": list(ARMS),
        "seeds": seeds,
        "mean_trials": mean,
        "stderr": error,
        "slope": {learner: slope(np.array(ARMS), np.array(mean[learner])) for learner in LEARNERS},
        f"ratio_at_{BETWEEN}": mean["rl2"][at] / mean["dream"][at],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    start = time.perf_counter()
    found = measure(options.seeds)
    mean, error = found["mean_trials"], found["stderr"]
    print(f"{'arms':>5} {'DREAM':>14} {'RL2':>18} {'ratio':>7}")
    for i, arms in enumerate(ARMS):
        dream, rl2 = (f"{mean[x][i]:,.0f} ± {error[x][i]:,.0f}" for x in LEARNERS)  # type: ignore[index]
        print(f"{arms:>5} {dream:>14} {rl2:>18} {mean['rl2'][i] / mean['dream'][i]:>7.1f}")  # type: ignore[index]
    slopes = ", ".join(f"{learner} {value:.2f}" for learner, value in found["slope"].items())  # type: ignore[attr-defined]
    print(f"log-log slopes: {slopes}; {options.seeds} seeds, {time.perf_counter() - start:.0f} s")
    if options.json:
        found["seconds"] = round(time.perf_counter() - start, 1)
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
