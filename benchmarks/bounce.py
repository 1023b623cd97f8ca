"""Who explores Bounce best, by the same classifier: learned explorers, a scripted one and a random one.

    python benchmarks/bounce.py TRAIN.jsonl.gz VALIDATION.jsonl.gz --out docs/results/bounce.json

Every explorer gets the same budget of agent steps and the same seeds. Each run is trained and then evaluated by the
command line, each evaluation in a fresh process, on held-out programs, after 1, 2 and 8 episodes of 100 steps.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

EPISODES = (1, 2, 8)


def main() -> None:
    """Train, evaluate, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("--rubric", default="published")
    parser.add_argument("--explorers", default="dream,direct-max,bounce/scripted,random")
    parser.add_argument("--steps", type=int, default=3_000_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, default=Path("runs/bounce-benchmark"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--at-once", type=int, default=2, help="Runs side by side, one thread each.")
    options = parser.parse_args()
    jobs = [(explorer, seed) for seed in range(options.seeds) for explorer in options.explorers.split(",")]
    with ThreadPoolExecutor(options.at_once) as pool:
        rows = list(pool.map(lambda job: measure(options, *job), jobs))
    document = {
        "schema_version": 1,
        "command": "python benchmarks/bounce.py " + " ".join(Path(a).name if "/" in a else a for a in sys.argv[1:]),
        "rubric": options.rubric,
        "steps": options.steps,
        "results": rows,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(document, indent=1) + "\n")


def measure(options: argparse.Namespace, explorer: str, seed: int) -> dict[str, Any]:
    """Train one explorer with one seed, and evaluate it after each number of episodes."""
    run = options.runs / f"{options.rubric}-{explorer.replace('/', '-')}-{seed}"
    start = time.monotonic()
    if not run.exists():
        arguments = ["--plugin", "bounce", "--explorer", explorer, "--rubric", options.rubric, "--no-controls"]
        arguments += ["--tasks", str(options.train), "--steps", str(options.steps), "--seed", str(seed)]
        dreamctl("train", *arguments, "--out", str(run))
    seconds = time.monotonic() - start
    row: dict[str, Any] = {"explorer": explorer, "seed": seed, "training_seconds": round(seconds)}
    for episodes in EPISODES:
        measured = json.loads(
            dreamctl("evaluate", str(run), "--tasks", str(options.validation), "--episodes", str(episodes), "--json")
        )
        kept = ("accuracy", "macro_f1", "micro_f1", "macro_mcc", "ece", "common")
        row[f"episodes_{episodes}"] = {name: measured.get(name) for name in kept}
    return row


def dreamctl(*arguments: str) -> str:
    """Run the command in a process of its own; its standard output."""
    done = subprocess.run([sys.executable, "-m", "dreamctl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"dreamctl {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
