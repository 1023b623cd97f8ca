"""What each algorithm's own term is worth: the algorithm, and the same without it, on a task that tells them apart.

python benchmarks/terms.py [--seeds 3] [--only dream pearl]

writes docs/results/terms.json and docs/images/algorithms/terms.png.
The worlds are small and their optimum is 1. Each learner has the same steps, networks and seeds with the term as
without; greedy policies then play every task. What is in the file is kept, so a run that was interrupted goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import attrs
import numpy as np
from attrs import field, frozen
from matplotlib.figure import Figure

import dreamctl
from dreamctl import Environment, Problem, TaskSet
from dreamctl.algorithms.builtin import dreamctl_explorers
from dreamctl.algorithms.task_id import TaskId
from dreamctl.learning import Learner, execute, explore, trial_seeds
from dreamctl.simulation.open import open_simulator
from dreamctl.testing import bandit
from dreamctl_hallway import hallway, signpost

DOCS = Path(__file__).parents[1] / "docs"
RESULT, PICTURE = DOCS / "results" / "terms.json", DOCS / "images" / "algorithms" / "terms.png"
BATCH, PLAYED, POINTS = 128, 512, 12


# --- worlds ---------------------------------------------------------------------------------------------------------


def sign(far: int) -> Environment:
    """Two hallways of two steps, and a sign so far the other way; one of two steps is found by chance now and then."""
    return hallway(hallways=2, length=2, sign=far)


def tiles(hallways: int = 4, bits: int = 6) -> Environment:
    """A sign one way, and the other way tiles of as many bits, which differ by task and mean nothing.

    There is time for one of the two. A task's identifier names each bit.
    """
    environment = hallway(hallways=hallways, length=2, sign=2, noise=bits)
    tasks = [
        attrs.evolve(task, identifier=(task.params[0], *(task.params[1] >> bit & 1 for bit in range(bits))))
        for task in environment.tasks().train
    ]
    every = TaskSet(train=tasks, validation=tasks, test=tasks, shared=True)
    return attrs.evolve(environment, tasks=lambda: every, exploration_steps=3)


# --- terms ----------------------------------------------------------------------------------------------------------


class NoGain(TaskId):
    """task-id whose explorer earns nothing."""

    def reward(self, log_q: Any, tau: Any, execution: Any) -> Any:
        return np.zeros_like(tau.reward)


@frozen(kw_only=True)
class Term:
    """A term of `explorer`, the world where it counts, and how to do without it."""

    explorer: str
    term: str
    world: str
    make: Callable[[], Environment]
    steps: int
    without: Mapping[str, Any] = field(factory=dict)
    instead: Callable[[Problem], Learner] | None = None


TERMS = [
    Term(
        explorer="dream",
        term="the bottleneck",
        world="a sign or six tiles, four hallways",
        make=tiles,
        steps=60_000,
        without={"bottleneck": "none"},
    ),
    Term(
        explorer="task-id",
        term="the gain about the identity",
        world="a sign three steps away, two hallways",
        make=lambda: sign(far=3),
        steps=60_000,
        instead=NoGain,
    ),
    Term(
        explorer="import",
        term="the tie to the informed policy",
        world="a signpost on the way, eight hallways",
        make=lambda: signpost(3),
        steps=40_000,
        without={"tie": 0.0},
    ),
    Term(
        explorer="varibad",
        term="decoding the trial",
        world="a signpost on the way, two hallways",
        make=lambda: signpost(1),
        steps=80_000,
        without={"decode": False},
    ),
    Term(
        explorer="pearl",
        term="the posterior",
        world="one pull, two arms",
        make=lambda: bandit(2),
        steps=15_000,
        without={"posterior": False},
    ),
    Term(
        explorer="mame",
        term="the reward for usefulness",
        world="a sign, two hallways",
        make=lambda: sign(far=2),
        steps=60_000,
        without={"intrinsic": 0.0},
    ),
    Term(
        explorer="metacure",
        term="the reward for prediction error",
        world="a sign three steps away, two hallways",
        make=lambda: sign(far=3),
        steps=120_000,
        without={"intrinsic": 0.0},
    ),
]


def measure(term: Term, seed: int, *, complete: bool) -> dict[str, Any]:
    """Train, and play every task greedily."""
    environment = term.make()
    problem = Problem(
        environment=environment,
        tasks=environment.tasks(),
        steps=term.steps,
        batch=BATCH,
        seed=seed,
        options={} if complete else term.without,
    )
    build = {explorer.name: explorer.build for explorer in dreamctl_explorers()}[term.explorer]
    if term.instead is not None and not complete:
        build = term.instead
    learner = build(problem)
    curve, cpu = [], time.process_time()
    while learner.steps < term.steps:
        measures = learner.iterate()
        curve.append([learner.steps, measures["execution/return"]])
    learner.finish()
    parts = np.array_split(np.array(curve), POINTS)
    return {
        "explorer": term.explorer,
        "complete": complete,
        "seed": seed,
        "steps": learner.steps,
        "mean_return": round(played(learner), 4),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "curve": [[round(float(x), 4) for x in np.nanmean(part, 0)] for part in parts],
    }


def played(learner: Learner) -> float:
    """Mean return of the greedy policies over the test tasks, each equally often."""
    environment = learner.problem.environment  # type: ignore[attr-defined]
    tasks = list(environment.tasks().test)
    tasks = tasks * max(1, PLAYED // len(tasks))
    simulator, seeds = open_simulator(environment, len(tasks)), trial_seeds(7, len(tasks))
    tau = explore(environment, simulator, learner.explorer(), tasks, seeds).without_tasks()
    return float(
        execute(environment, simulator, learner.executor(), tasks, seeds, learner.condition(tau)).returns.mean()
    )


def main() -> None:
    """Measure what is not in the file yet, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[term.explorer for term in TERMS])
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    runs = json.loads(RESULT.read_text("utf-8"))["runs"] if RESULT.exists() else []
    for seed in range(arguments.seeds):
        for term in TERMS:
            for complete in (True, False):
                known = [(run["explorer"], run["complete"], run["seed"]) for run in runs]
                if term.explorer in arguments.only and (term.explorer, complete, seed) not in known:
                    runs.append(measure(term, seed, complete=complete))
                    print({k: v for k, v in runs[-1].items() if k != "curve"}, file=sys.stderr, flush=True)
                    write(runs)
    write(runs)
    draw(runs)


def write(runs: list[dict[str, Any]]) -> None:
    """One JSON document, with where it was measured."""
    document = {
        "schema_version": 1,
        "dreamctl": dreamctl.__version__,
        "commit": _commit(),
        "python": platform.python_version(),
        "command": "python benchmarks/terms.py",
        "terms": [{name: getattr(term, name) for name in ("explorer", "term", "world", "steps")} for term in TERMS],
        "runs": runs,
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def draw(runs: list[dict[str, Any]]) -> None:
    """A panel for each term, all in one picture, and each alone for the page of its algorithm."""
    figure = Figure(figsize=(11, 5), layout="constrained")
    panels = figure.subplots(2, 4, sharey=True)
    for term, axes in zip(TERMS, panels.flat, strict=False):
        panel(axes, term, runs)
    panels[0, 0].legend(frameon=False, fontsize=8)
    panels[0, 0].set_ylabel("mean return", fontsize=8)
    for axes in panels.flat[len(TERMS) :]:
        axes.axis("off")
    figure.savefig(PICTURE, dpi=110)
    for term in TERMS:
        if term.explorer == "dream":
            continue  # its page has the curves of a longer comparison
        figure = Figure(figsize=(5.6, 3), layout="constrained")
        axes = figure.add_subplot(ylabel="mean return")
        panel(axes, term, runs)
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
        figure.savefig(PICTURE.with_name(f"{term.explorer}.png"), dpi=110)


def panel(axes: Any, term: Term, runs: list[dict[str, Any]]) -> None:
    """Mean return while training, with the term and without it, a line for each seed."""
    for complete, colour, label in ((True, "C0", "with"), (False, "C3", "without")):
        mine = [run for run in runs if run["explorer"] == term.explorer and run["complete"] == complete]
        for number, run in enumerate(mine):
            steps, returns = np.array(run["curve"]).T
            axes.plot(steps, returns, color=colour, linewidth=1.5, label=label if number == 0 else None)
    axes.axhline(1, color="black", linewidth=1, linestyle="--")
    axes.set_title(f"{term.explorer}: {term.term}", fontsize=9)
    axes.set_xlabel("agent steps", fontsize=8)
    axes.tick_params(labelsize=8)


if __name__ == "__main__":
    main()
