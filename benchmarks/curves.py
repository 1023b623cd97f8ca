"""How well each algorithm learns: the figures and curves of the documentation, measured anew.

python benchmarks/curves.py hallway   every explorer on the hallway -> docs/results/hallway.json
python benchmarks/curves.py judges    every classifier on Bounce -> docs/results/judges.json
python benchmarks/curves.py draw      the pictures, from those two files -> docs/images/algorithms/

The hallway's figures are those of `dreamctl train` and `dreamctl evaluate`, each a process of its own on one thread.
Classifiers are compared on the same explorations, which takes the Python interface.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np

import dreamctl
from dreamctl.learning import Judge
from dreamctl.runs import play, seeding
from dreamctl.runs.build import build_judge, build_player, choose, find, problem, task_set
from dreamctl.runs.judging import calibrated, fit_calibration, whole
from dreamctl.runs.machine import on_threads
from dreamctl.runs.measures import read_measures
from dreamctl.runs.settings import Settings
from dreamctl.training.measures import rubric_measures

DOCS = Path(__file__).parents[1] / "docs"
RESULTS, IMAGES = DOCS / "results", DOCS / "images" / "algorithms"
SEEDS = (0, 1, 2, 3, 4)
STEPS, TRIALS = 2_000_000, 4096
LEARNED = {  # name of a curve -> options of `dreamctl train`
    "dream": "--explorer dream",
    "direct-max": "--explorer direct-max",
    "rl2-gradient": "--explorer rl2 --set learner=gradient",
    "rl2-q": "--explorer rl2 --set learner=q",
}
CONTROL = {"dream, no sign": "--environment no-sign --explorer dream"}  # learns as long, and cannot know
PLAYED = {  # the same for explorers that learn nothing
    "posterior": "--explorer posterior",
    "posterior, reward seen": "--environment reward-seen --explorer posterior",
    "told": "--explorer told",
    "random": "--explorer random",
}


# --- explorers on the hallway -------------------------------------------------------------------------------------


def hallway() -> None:
    runs = [measure(name, options, STEPS, seed) for name, options in (LEARNED | CONTROL).items() for seed in SEEDS]
    controls = [measure(name, options, 1, 0) for name, options in PLAYED.items()]
    write("hallway", {"steps": STEPS, "trials": TRIALS, "runs": runs, "controls": controls})


def measure(name: str, options: str, steps: int, seed: int) -> dict[str, Any]:
    """Train with these options, and evaluate the run in a fresh process."""
    words = ["train", "--plugin", "hallway", *options.split(), "--steps", str(steps), "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, "run")
        before = processor_seconds()
        trained = command(*words, "--device", "cpu", "--out", str(run), "--json")
        seconds = processor_seconds() - before
        measured = command("evaluate", str(run), "--trials", str(TRIALS), "--json")
        lines = read_measures(run)
    found = {
        "name": name,
        "seed": seed,
        "command": shlex.join(["dreamctl", *words]),
        "steps": trained["steps"],
        "cpu_seconds": round(seconds, 1),
        **{key: measured[key] for key in ("mean_return", "stderr")},
        "curve": [[line["steps"], line["greedy/return"]] for line in lines if "greedy/return" in line],
    }
    print(name, seed, found["mean_return"], found["cpu_seconds"], file=sys.stderr)
    return found


def processor_seconds() -> float:
    """Of all commands so far: a busy machine does not change it, as it does the time on the wall."""
    times = os.times()
    return times.children_user + times.children_system


def command(*words: str) -> Any:
    """The document that a dreamctl command prints, run on one thread."""
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "dreamctl", *words], env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


# --- classifiers on Bounce ----------------------------------------------------------------------------------------

JUDGES = ("responses", "recurrent", "running")
SHOWN = (256, 512, 1024, 2048, 4096)  # explorations of generated training programs: each comes round about twice


def judges() -> None:
    settings = choose("bounce", explorer="bounce/scripted", rubric="published", steps=1)
    with on_threads(1, "cpu"):
        shown = [batch for turn in range(3) for batch in explorations(settings, "train", turn)]
        asked = explorations(settings, "test", 0)
        runs = [measured for name in JUDGES for measured in judge(name, settings, shown, asked)]
    write("judges", {"rubric": "published", "explorer": "bounce/scripted", "programs": rows(asked), "runs": runs})


def explorations(settings: Settings, split: str, turn: int) -> list[Any]:
    """Batches of explorations with their truth: (episodes, targets [B, L])."""
    parts = find(settings)
    tasks = list(getattr(parts.environment.tasks(), split))
    if split == "train":
        tasks = [tasks[i] for i in seeding.generator(settings.seed, seeding.JUDGE, turn).permutation(len(tasks))]
        tasks = tasks[: len(tasks) // play.ROWS * play.ROWS]  # whole batches only
    seeds = seeding.task_seeds(settings.seed, seeding.JUDGE, tasks, turn)
    policy = build_player(parts.explorer, problem(parts, task_set(parts))).explorer()
    assert parts.rubric is not None
    found = []
    for episodes in play.explore(parts.environment, policy, tasks, seeds):
        first = sum(len(batch) for batch, _ in found)
        found.append((episodes.without_tasks(), parts.rubric.targets(tasks[first : first + len(episodes)])))
    return found


def judge(name: str, settings: Settings, shown: list[Any], asked: list[Any]) -> Iterator[dict[str, Any]]:
    """Accuracy and macro-F1 on the test programs after so many explorations; one that fits at the end fits anew."""
    parts = find(attrs.evolve(settings, classifier=name))
    assert parts.rubric is not None
    task = problem(parts, task_set(parts))
    truth = np.concatenate([targets for _, targets in asked])
    half = len(truth) // 2  # the first half of the test programs calibrates, the second measures
    found: Judge | None = None
    done, busy = 0, 0.0
    for count in SHOWN:
        cpu = time.process_time()
        if found is None or not found.prefixes:
            found, done = build_judge(parts, task), 0
        assert found is not None
        for episodes, targets in shown[done : count // play.ROWS]:
            found.learn(episodes, targets)
        found.finish()
        done = count // play.ROWS
        busy = time.process_time() - cpu + (busy if found.prefixes else 0)
        raw = np.concatenate([whole(found, episodes) for episodes, _ in asked])
        calibration = fit_calibration(found, raw[:half], truth[:half]).calibration
        measures = rubric_measures(calibrated(raw[half:], calibration), truth[half:], parts.rubric.keys)
        yield {
            "name": name,
            "explorations": count,
            **{key: measures[key] for key in ("accuracy", "macro_f1", "ece")},
            "cpu_seconds": round(busy, 1),
        }
        print(name, count, measures["accuracy"], measures["macro_f1"], round(busy, 1), file=sys.stderr)


def rows(batches: list[Any]) -> int:
    return sum(len(batch) for batch, _ in batches)


# --- files --------------------------------------------------------------------------------------------------------


def write(name: str, found: dict[str, Any]) -> None:
    """One JSON document, with where it was measured."""
    about = {
        "schema_version": 1,
        "dreamctl": dreamctl.__version__,
        "python": platform.python_version(),
        "processor": processor(),
        "command": f"python benchmarks/curves.py {name}",
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({**about, **found}, indent=1) + "\n", "utf-8")


def processor() -> str:
    """What kind of processor this is, where that can be known."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


# --- pictures -----------------------------------------------------------------------------------------------------

TITLES = {
    "dream": "DREAM",
    "direct-max": "direct-max",
    "rl2-gradient": "RL2, policy gradient",
    "rl2-q": "RL2, Q-learning",
    "posterior": "posterior sampling",
    "random": "random",
    "told": "told",
    "responses": "responses",
    "recurrent": "recurrent",
    "running": "running",
}
PAGES = {  # picture -> the curves that stand out in it; the others are drawn in grey
    "dream": ("dream",),
    "direct-max": ("direct-max",),
    "rl2": ("rl2-gradient", "rl2-q"),
    "posterior": ("posterior",),
    "random": ("random",),
    "told": ("told",),
    "hallway": tuple(LEARNED),
}
COLOURS = dict(zip(TITLES, ("C0", "C1", "C2", "C3", "C4", "C5", "C6", "C0", "C1", "C2"), strict=True))
OPTIMUM, UNINFORMED = 1.0, 1 / 8


def draw() -> None:
    """Every picture of the documentation that shows figures."""
    returns, judged = read("hallway"), read("judges")
    for picture, shown in PAGES.items():
        _returns(picture, shown, returns)
    for picture in JUDGES:
        _judged(picture, (picture,), judged)
    _judged("judges", JUDGES, judged)


def _returns(picture: str, shown: tuple[str, ...], found: dict[str, Any]) -> None:
    axes, save = _axes("agent steps", "mean return, greedy")
    for name in LEARNED:
        curves = np.array([run["curve"] for run in found["runs"] if run["name"] == name])  # [seeds, points, 2]
        if not len(curves):  # not measured yet
            continue
        steps, returns = curves[:, :, 0].mean(0), curves[:, :, 1]
        if name not in shown:
            axes.plot(steps, returns.mean(0), color="0.75", linewidth=1, zorder=1)
            continue
        axes.fill_between(steps, returns.min(0), returns.max(0), color=COLOURS[name], alpha=0.15, linewidth=0)
        axes.plot(steps, returns.mean(0), color=COLOURS[name], linewidth=2, label=TITLES[name])
    for control in found["controls"]:
        player, _, seen = control["name"].partition(", ")
        if player in shown:
            label = f"{TITLES[player]}{', ' if seen else ''}{seen}"
            style = {"color": COLOURS[player], "linewidth": 2, "linestyle": "--" if seen else "-"}
            axes.axhline(control["mean_return"], label=label, **style)
    axes.axhline(OPTIMUM, color="black", linewidth=1, linestyle="--", label="optimum", zorder=0)
    axes.axhline(UNINFORMED, color="black", linewidth=1, linestyle=":", label="without information", zorder=0)
    axes.set_ylim(-0.02, 1.05)
    save(picture)


def _judged(picture: str, shown: tuple[str, ...], found: dict[str, Any]) -> None:
    axes, save = _axes("explorations of training programs", "macro-F1 on test programs")
    for name in JUDGES:
        points = np.array([[run["explorations"], run["macro_f1"]] for run in found["runs"] if run["name"] == name])
        style = {"color": COLOURS[name], "linewidth": 2, "label": TITLES[name]} if name in shown else {"color": "0.75"}
        axes.plot(*points.T, marker="o", markersize=4, **style)
    axes.set_ylim(-0.02, 1.05)
    save(picture)


def _axes(x: str, y: str) -> tuple[Any, Any]:
    """Axes, and what saves their picture under a name."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import EngFormatter

    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)

    def save(name: str) -> None:
        axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
        IMAGES.mkdir(parents=True, exist_ok=True)
        figure.savefig(IMAGES / f"{name}.png", dpi=100, metadata={"Software": None})

    return axes, save


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return found


if __name__ == "__main__":
    {"hallway": hallway, "judges": judges, "draw": draw}[sys.argv[1]]()
