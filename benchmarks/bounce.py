"""Who explores Bounce best, by the same classifier: learned explorers, a scripted one and a random one.

    python benchmarks/bounce.py TRAIN.jsonl.gz VALIDATION.jsonl.gz --out docs/results/bounce.json

Every explorer gets the same budget of agent steps and the same seeds. Each run is trained and then evaluated by the
command line, each evaluation in a fresh process, on held-out programs, after 1 and after 8 episodes of 100 steps.
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

from dreamctl import __version__

EPISODES = (8, 1)


def main() -> None:
    """Train, evaluate, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("--rubric", default="published")
    parser.add_argument("--explorers", default="dream,direct-max,bounce/scripted,random")
    parser.add_argument("--steps", type=int, default=2_000_000)
    parser.add_argument("--replays", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, default=Path("runs/bounce-benchmark"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--at-once", type=int, default=2, help="Runs side by side, one thread each.")
    options = parser.parse_args()
    jobs = [(explorer, seed) for seed in range(options.seeds) for explorer in options.explorers.split(",")]
    with ThreadPoolExecutor(options.at_once) as pool:
        rows = list(pool.map(lambda job: measure(options, *job), jobs))
    given = " ".join(Path(a).name if Path(a).exists() else a for a in sys.argv[1:])
    document = {
        "schema_version": 1,
        "dreamctl": __version__,
        "command": f"python benchmarks/bounce.py {given}",
        "evaluations": [evaluation for row in rows for evaluation in row],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(document, indent=1) + "\n")


def measure(options: argparse.Namespace, explorer: str, seed: int) -> list[dict[str, Any]]:
    """Train one explorer with one seed, and evaluate it after each number of episodes."""
    run = options.runs / f"{options.rubric}-{explorer.replace('/', '-')}-{seed}"
    start = time.monotonic()
    if not run.exists():
        arguments = ["--plugin", "bounce", "--explorer", explorer, "--rubric", options.rubric, "--no-controls"]
        arguments += ["--tasks", str(options.train), "--steps", str(options.steps), "--seed", str(seed)]
        arguments += ["--replays", str(options.replays)]
        dreamctl("train", *arguments, "--out", str(run))
    seconds = round(time.monotonic() - start)
    command = f"dreamctl train --plugin bounce --explorer {explorer} --rubric {options.rubric} --seed {seed}"
    evaluated = []
    for episodes in EPISODES:
        asked = ["--tasks", str(options.validation), "--episodes", str(episodes), "--json"]
        document = json.loads(dreamctl("evaluate", str(run), *asked))
        document.pop("labels", None)
        name = f"{explorer}, seed {seed}, {episodes} episode{'s' if episodes > 1 else ''}"
        evaluated.append({"name": name, "command": command, "training_seconds": seconds, "evaluation": document})
    return evaluated


def dreamctl(*arguments: str) -> str:
    """Run the command in a process of its own; its standard output."""
    done = subprocess.run([sys.executable, "-m", "dreamctl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"dreamctl {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
