"""Measures a judge on programs whose labels somebody has checked: how many can be played, and how each item is told.

    python plugins/breakout/benchmarks/own_programs.py programs.jsonl
    python plugins/breakout/benchmarks/own_programs.py programs.jsonl --run runs/mine --json figures.json

`programs.jsonl` is a list as for `dreamctl evaluate --tasks`; `dreamctl_breakout/labelled.py` says what a line holds.
A program starts if it shows a frame without an error; it can be played if a paddle answers to the mouse and a brick
goes. Beside each figure stands that of the constant answer, which says absent of everything.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dreamctl_breakout
from dreamctl import Task
from dreamctl_breakout.frames import BRICKS, CRASHED, PADDLE, PADDLE_LEFT, STATUS
from dreamctl_breakout.labelled import read_tasks
from dreamctl_breakout.names import FOLLOW, LEFT_EDGE, PLAY, RIGHT_EDGE
from dreamctl_breakout.students import ProgramSimulator, sandbox

SHIPPED = Path(dreamctl_breakout.__file__).parent / "weights"
ACTIONS = (FOLLOW, LEFT_EDGE, RIGHT_EDGE, FOLLOW, FOLLOW, FOLLOW, PLAY, PLAY)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("--run", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, dest="file")
    options = parser.parse_args()
    tasks = read_tasks(options.list)
    names, items, probability, truth = judged(options.list, options.run, options.seed)
    played = {task.key: playable(task) for task in tasks}
    figures = {
        "programs": len(names),
        "start": sum(played[name] != "does not start" for name in names),
        "can be played": sum(played[name] == "" for name in names),
        "not played": {name: played[name] for name in names if played[name]},
        **measures(items, probability, truth),
        "wrong": wrong(names, items, probability, truth),
    }
    if options.file:
        options.file.write_text(json.dumps(figures, indent=1))
    show(figures)


def judged(path: Path, run: Path, seed: int) -> tuple[list[str], list[str], NDArray[Any], NDArray[Any]]:
    """Names, items, and the probability and truth [B, L] of each."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "probabilities.npz")
        copy = shutil.copytree(run, Path(folder, "run"))  # the figures are written into it
        command = [sys.executable, "-m", "dreamctl", "evaluate", str(copy), "--tasks", str(path), "--seed", str(seed)]
        done = subprocess.run([*command, "--probabilities", str(file)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        found = np.load(file)
        return list(found["programs"]), list(found["items"]), found["probability"], found["truth"].astype(float)


def playable(task: Task) -> str:
    """Why a program cannot be played, or nothing."""
    with_box = ProgramSimulator(1, sandbox)
    with_box.reset([task.params], np.array([7], np.uint64), np.array([0]))
    running = with_box.running[0]
    assert running is not None
    try:
        if running.failure or (running.frame[STATUS] == CRASHED and running.frames < 2):
            return "does not start"
        bricks, moves, before = running.frame[BRICKS], 0, running.frame
        for action in ACTIONS:
            with_box.step(np.array([action]))
            moves += running.frame[PADDLE] != 0 and running.frame[PADDLE_LEFT] != before[PADDLE_LEFT]
            bricks, before = max(bricks, running.frame[BRICKS]), running.frame
            if moves and running.frame[BRICKS] < bricks:
                return ""
        return "no brick goes" if moves else "no paddle answers"
    finally:
        with_box.close()


def measures(items: list[str], probability: NDArray[Any], truth: NDArray[Any]) -> dict[str, Any]:
    """Accuracy, macro-F1 and Matthews' correlation over the items that occur; the same of the constant answer."""
    known, said = np.isfinite(truth), probability >= 0.5
    table = {}
    for column, item in enumerate(items):
        rows = known[:, column]
        so, told = truth[rows, column] > 0.5, said[rows, column]
        if not len(so):
            continue
        counts = [int(n.sum()) for n in (so & told, ~so & told, so & ~told, ~so & ~told)]
        table[item] = {
            "present": int(so.sum()), "told": int(told.sum()), "right": counts[0],
            "accuracy": float((so == told).mean()),
            "f1": 2 * counts[0] / max(2 * counts[0] + counts[1] + counts[2], 1), "mcc": _matthews(*counts),
        }  # fmt: skip
    occurring = [row for row in table.values() if row["present"]]
    return {
        "decisions": int(known.sum()),
        "accuracy": float(np.mean([row["accuracy"] for row in table.values()])),
        "constant": float(np.mean([1 - truth[known[:, c], c].mean() for c in range(len(items)) if known[:, c].any()])),
        "macro-F1": float(np.mean([row["f1"] for row in occurring])),
        "MCC": float(np.mean([row["mcc"] for row in occurring])),
        "items that occur": len(occurring),
        "items": table,
    }


def _matthews(a: int, b: int, c: int, d: int) -> float:
    below = float(a + b) * (a + c) * (d + b) * (d + c)
    return (a * d - b * c) / below**0.5 if below else 0.0


def wrong(names: list[str], items: list[str], probability: NDArray[Any], truth: NDArray[Any]) -> dict[str, list[str]]:
    """Of each program, what was told wrongly: `+` where it is not so, `-` where it was not seen."""
    found = {}
    for name, p, so in zip(names, probability, truth, strict=True):
        told = [
            f"{'+' if p[i] >= 0.5 else '-'}{item} {p[i]:.2f}"
            for i, item in enumerate(items)
            if np.isfinite(so[i]) and (p[i] >= 0.5) != (so[i] > 0.5)
        ]
        if told:
            found[name] = told
    return found


def show(figures: dict[str, Any]) -> None:
    for name in ("programs", "start", "can be played", "decisions", "items that occur"):
        print(f"{name:32} {figures[name]}")
    for name in ("accuracy", "constant", "macro-F1", "MCC"):
        print(f"{name:32} {figures[name]:.3f}")
    print(f"\n{'item':32} present  told  right  accuracy    F1")
    for item, row in figures["items"].items():
        shown = f"{row['present']:8}{row['told']:6}{row['right']:7}{row['accuracy']:10.3f}"
        print(f"{item:32}{shown}{row['f1']:6.2f}" if row["present"] else f"{item:32}{shown}")
    for name, why in figures["not played"].items():
        print(f"\n{name}: {why}", end="")
    for name, told in figures["wrong"].items():
        print(f"\n{name}: {', '.join(told)}", end="")
    print()


if __name__ == "__main__":
    main()
