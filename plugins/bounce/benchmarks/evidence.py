"""Whether what a grade points at is what is wrong: marked moments against an exact log of faulty events.

    python benchmarks/evidence.py RUN PROGRAMS [--programs 300] [--out docs/results/evidence.json]

Programs are graded as `dreamctl grade` does it. For each label that is said to be present, the marked moment counts as
right if a true faulty event, a step in which the label shows (`showing.py`), lies within 25 frames of it in the same
episode.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from dreamctl import Submission, __version__
from dreamctl.grading.grade import grade, grader
from dreamctl.runs.directory import load_run
from dreamctl.runs.graded import graded_trials
from dreamctl.runs.play import ROWS
from dreamctl_bounce.labels import LABELS
from dreamctl_bounce.reading import read_tasks
from dreamctl_bounce.rules import FRAMES_PER_STEP
from dreamctl_bounce.showing import moments

NEAR = 25  # frames


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    grading = grader(load_run(options.run))
    tasks = read_tasks(options.tasks)[: options.programs]
    began = time.process_time()
    grades = {
        found.submission: found
        for shard in grade(grading, [Submission(id=task.key, task=task) for task in tasks])
        for found in shard
    }
    seconds = time.process_time() - began
    marks: list[tuple[str, str, int]] = []  # label, what became of it, frames to the nearest true event
    for first in range(0, len(tasks), ROWS):
        shard = tasks[first : first + ROWS]
        episodes = graded_trials(grading.run, shard, grading.seed)
        shows = moments(shard, episodes)
        for row, task in enumerate(shard):
            for label, found in grades[task.key].labels.items():
                if found.verdict == "present":
                    marks.append((label, *_judge(task, label, found.evidence, episodes, shows[row], row)))
    table = {
        label: _summary([m for m in marks if m[0] == label]) for label in LABELS if any(m[0] == label for m in marks)
    }
    everything = _summary(marks)
    _print(table, everything, seconds / len(tasks))
    if options.out:
        given = " ".join(Path(a).name if Path(a).exists() else a for a in sys.argv[1:])
        document = {
            "schema_version": 1,
            "dreamctl": __version__,
            "command": f"python plugins/bounce/benchmarks/evidence.py {given}",
            "programs": len(tasks),
            "all": everything,
            "labels": table,
        }
        options.out.write_text(json.dumps(document, indent=1) + "\n")


def _judge(task: Any, label: str, evidence: Any, episodes: Any, shows: Any, row: int) -> tuple[str, int]:
    """What became of one mark: wrong verdict, label that does not show in this play, or so many frames away."""
    if not task.labels[label]:
        return "wrong verdict", -1
    at = np.flatnonzero(shows[:, LABELS.index(label)])  # positions of observations
    if len(at) == 0:
        return "hidden", -1
    same = at[episodes.episode[row, at] == evidence.episode]
    if len(same) == 0:
        return "other episode", -1
    begin = int((episodes.episode[row] == evidence.episode).argmax())
    frames = FRAMES_PER_STEP * int(np.abs(same - (begin + evidence.step + 1)).min())
    return ("near" if frames <= NEAR else "far"), frames


def _summary(marks: list[tuple[str, str, int]]) -> dict[str, Any]:
    kinds = [kind for _, kind, _ in marks]
    counts = {kind: kinds.count(kind) for kind in ("near", "far", "other episode", "hidden", "wrong verdict")}
    shown = counts["near"] + counts["far"] + counts["other episode"]
    return {
        "present": len(marks),
        **counts,
        "share": counts["near"] / len(marks),
        "share_of_shown": counts["near"] / shown if shown else None,
    }


def _print(table: dict[str, Any], everything: dict[str, Any], seconds: float) -> None:
    print(f"{'':44}{'present':>8}{'near':>6}{'far':>6}{'other':>6}{'hidden':>7}{'wrong':>6}{'share':>7}{'of shown':>9}")
    for name, row in [*table.items(), ("all", everything)]:
        counts = "".join(
            f"{row[kind]:{width}}"
            for kind, width in (("present", 8), ("near", 6), ("far", 6), ("other episode", 6), ("hidden", 7))
        )
        of_shown = "-" if row["share_of_shown"] is None else f"{row['share_of_shown']:.1%}"
        print(f"{name:44}{counts}{row['wrong verdict']:6}{row['share']:7.1%}{of_shown:>9}")
    print(f"{1000 * seconds:.1f} ms of processor time a program, playing and judging included")


if __name__ == "__main__":
    main()
