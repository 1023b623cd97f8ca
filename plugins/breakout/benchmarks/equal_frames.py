"""Learned, scripted and random play at equal frames: what is known of each item after so many frames of a program.

    dreamctl train --plugin breakout --steps 1000000 --replays 1 --seed 0 --out runs/0     and other seeds
    python plugins/breakout/benchmarks/equal_frames.py runs/0 runs/1 runs/2 --json figures.json --picture figures.png

A run brings players, each with a judge that was fitted on its own explorations: its explorer, and as controls the
script and random macro-actions; those of one name are seeds of one player. All explore the same held-out designs. What
a judge makes of the steps that were over within the frames counts; items that are seen without playing are left out.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dreamctl
from dreamctl.learning import Inputs
from dreamctl.runs.directory import Run, load_run
from dreamctl.runs.judging import FittedJudge
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import EVALUATE, task_seeds
from dreamctl.simulation.episodes import cut
from dreamctl.simulation.policy import Policy
from dreamctl.training.measures import rubric_measures
from dreamctl_breakout.labels import ENTRIES, PLAY

COMMAND = "python plugins/breakout/benchmarks/equal_frames.py RUNS"
BUDGETS = (1_000, 3_000, 10_000, 20_000, 40_000, 80_000)  # frames
SHOWN = 20_000  # of the table by item
PER_UNIT = 1000  # frames
COMMON = 0.01  # rarer items are left out of macro-F1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--designs", type=int, default=1000)
    parser.add_argument("--json", type=Path, dest="file")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    by_player: dict[str, list[dict[int, dict[str, Any]]]] = defaultdict(list)
    for path in options.runs:
        for name, each in measured(path, options.designs):
            by_player[name].append(each)
    found = {
        name: {frames: over_seeds([seed[frames] for seed in seeds]) for frames in BUDGETS}
        for name, seeds in by_player.items()
    }
    if options.file:
        about = {"schema_version": 1, "dreamctl": dreamctl.__version__, "command": COMMAND}
        options.file.write_text(json.dumps({**about, "players": found}, indent=1) + "\n")
    if options.picture:
        draw(found, options.picture)
    show(found)


def measured(path: Path, designs: int) -> Iterator[tuple[str, dict[int, dict[str, Any]]]]:
    """Each player of a run by name, with its measures after each number of frames."""
    run = load_run(path)
    assert run.rubric is not None
    tasks = run.environment.tasks().test[:designs]
    played = [n for n, entry in enumerate(ENTRIES) if entry.seen == PLAY and entry.key in run.rubric.keys]
    keys = [run.rubric.keys[n] for n in played]
    targets = run.rubric.targets(tasks)[:, played]
    common = [key for key, share in zip(keys, run.prevalence[played], strict=True) if share >= COMMON]
    inputs = Inputs(run.environment)
    for name, policy, judge in players(run):
        seeds = task_seeds(run.settings.seed, EVALUATE, tasks)
        parts: dict[int, list[NDArray[np.float64]]] = {frames: [] for frames in BUDGETS}
        for episodes in explore(run.environment, policy, tasks, seeds):
            took = inputs.durations(episodes)
            for frames in BUDGETS:
                parts[frames].append(judge.probabilities(cut(episodes, within(took, frames)))[:, played])
        yield (
            name,
            {
                frames: figures(rubric_measures(np.concatenate(each), targets, keys), common)
                for frames, each in parts.items()
            },
        )


def players(run: Run) -> Iterator[tuple[str, Policy, FittedJudge]]:
    """Everybody with a judge, by name."""
    assert run.judge is not None
    yield run.parts.explorer.name, run.player.explorer(), run.judge
    for name, (_, player, judge) in run.controls.items():
        yield name, player.explorer(), judge


def within(took: NDArray[np.float32], frames: int) -> NDArray[np.intp]:
    """How many positions of each row [B] are over after so many frames, from how long each step [B, T] took."""
    return (np.rint(took * PER_UNIT).cumsum(1) <= frames).sum(1)


def figures(measures: Mapping[str, Any], common: Sequence[str]) -> dict[str, Any]:
    """Accuracy, macro-F1 over the common items, and F1 by item."""
    f1 = {key: label["f1"] for key, label in measures["labels"].items() if key in common}
    return {"accuracy": measures["accuracy"], "macro_f1": float(np.mean(list(f1.values()))), "f1": f1}


def over_seeds(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Each figure as its mean, and what the seeds gave."""
    by_seed = {key: [each[key] for each in found] for key in ("accuracy", "macro_f1")}
    items = {key: float(np.mean([each["f1"][key] for each in found])) for key in found[0]["f1"]}
    return {**{key: float(np.mean(values)) for key, values in by_seed.items()}, "by_seed": by_seed, "f1": items}


def show(found: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> None:
    """Both tables, in Markdown."""
    print("| frames |", " | ".join(f"{name}: accuracy, macro-F1 (by seed)" for name in found), "|")
    print("|---|" + "---|" * len(found))
    for frames in BUDGETS:
        told = []
        for each in found.values():
            seeds = ", ".join(f"{value:.3f}" for value in each[frames]["by_seed"]["macro_f1"])
            told.append(f"{each[frames]['accuracy']:.3f}, {each[frames]['macro_f1']:.3f} ({seeds})")
        print(f"| {frames:,} |", " | ".join(told), "|")
    print(f"\n| item, F1 after {SHOWN:,} frames |", " | ".join(found), "|")
    print("|---|" + "---|" * len(found))
    for key in next(iter(found.values()))[SHOWN]["f1"]:
        print(f"| `{key}` |", " | ".join(f"{each[SHOWN]['f1'][key]:.3f}" for each in found.values()), "|")


def draw(found: Mapping[str, Mapping[int, Mapping[str, Any]]], path: Path) -> None:
    """Macro-F1 over frames, a line for each player with the range of its seeds."""
    from matplotlib.figure import Figure

    from dreamctl.runs.curves import bare, save_figure

    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axes = figure.add_subplot(xlabel="frames of a program", ylabel="macro-F1", xscale="log", ylim=(0, 1))
    bare(axes)
    for name, each in found.items():
        seeds = np.array([each[frames]["by_seed"]["macro_f1"] for frames in BUDGETS])
        (line,) = axes.plot(BUDGETS, seeds.mean(1), marker="o", markersize=3, label=name)
        axes.fill_between(BUDGETS, seeds.min(1), seeds.max(1), color=line.get_color(), alpha=0.2, linewidth=0)
    axes.legend(frameon=False)
    save_figure(figure, path)


if __name__ == "__main__":
    main()
