"""How well each algorithm learns: the figures and curves of the documentation, measured anew.

python benchmarks/curves.py hallway   every explorer on the hallway -> docs/results/hallway.json
python benchmarks/curves.py judges    every classifier on Bounce -> docs/results/judges.json
python benchmarks/curves.py draw      the pictures, from those two files -> docs/images/algorithms/

Explorers are compared by `dreamctl compare`; interrupt it whenever you like.
Classifiers are compared on the same explorations, which takes the Python interface.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np

import dreamctl
from dreamctl.comparing.found import processor
from dreamctl.comparing.pictures import draw_learning
from dreamctl.learning import Judge
from dreamctl.runs import play, seeding
from dreamctl.runs.build import build_judge, build_player, choose, find, problem, task_set
from dreamctl.runs.curves import bare, save_figure
from dreamctl.runs.judging import calibrated, fit_calibration, whole
from dreamctl.runs.machine import on_threads
from dreamctl.runs.settings import Settings
from dreamctl.training.measures import rubric_measures

ROOT = Path(__file__).parents[1]
RESULTS, IMAGES = ROOT / "docs" / "results", ROOT / "docs" / "images" / "algorithms"
RUNS = ROOT / "runs" / "curves"  # where interrupted comparisons go on
BUDGET = "--seeds 5 --steps 2000000 --trials 4096"
COMPARISONS = {  # name -> options of `dreamctl compare`
    "hallway": "--explorers dream,direct-max,rl2-gradient=rl2,rl2-q=rl2,posterior"
    " --set rl2-gradient.learner=gradient --set rl2-q.learner=q",
    "no-sign": "--environment no-sign --explorers dream --shuffled-ids none",  # learns as long, and cannot know
    "reward-seen": "--environment reward-seen --explorers posterior,rl2,e-rl2",
}


# --- explorers on the hallway -------------------------------------------------------------------------------------


def hallway() -> None:
    write("hallway", {"comparisons": {name: compared(name, options) for name, options in COMPARISONS.items()}})


def compared(name: str, options: str) -> Any:
    """What `dreamctl compare` finds."""
    words = f"compare --plugin hallway {options} {BUDGET} --resume --out {RUNS / name}".split()
    RUNS.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "dreamctl", *words], check=True)
    return json.loads((RUNS / name / "compare.json").read_text("utf-8"))


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


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return found


# --- pictures -----------------------------------------------------------------------------------------------------

PAGES = {  # picture -> the explorers that stand out in it; the curves of the others are drawn in grey
    "dream": ("dream",),
    "direct-max": ("direct-max",),
    "rl2": ("rl2-gradient", "rl2-q"),
    "posterior": ("posterior",),
    "random": (),
    "told": (),
    "hallway": ("dream", "direct-max", "rl2-gradient", "rl2-q"),
}


def draw() -> None:
    """Every picture of the documentation that shows figures."""
    found, judged = read("hallway")["comparisons"], read("judges")
    seen = found["reward-seen"]
    for picture, shown in PAGES.items():
        levels = {each["name"]: value(each) for each in found["hallway"]["controls"] if each["name"] == picture}
        if picture == "posterior":
            levels["posterior, reward seen"] = value(next(e for e in seen["explorers"] if e["name"] == "posterior"))
        draw_learning(found["hallway"], IMAGES / f"{picture}.png", shown=shown, levels=levels)
    draw_learning(seen, IMAGES / "e-rl2.png", shown=("e-rl2", "rl2"))
    for picture in JUDGES:
        draw_judged(picture, (picture,), judged)
    draw_judged("judges", JUDGES, judged)


def value(each: dict[str, Any]) -> float:
    """The interquartile mean of an explorer or a control."""
    return float(each["figures"]["mean_return"]["iqm"]["value"])


def draw_judged(picture: str, shown: tuple[str, ...], found: dict[str, Any]) -> None:
    """Macro-F1 by the number of explorations that each classifier was shown."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import EngFormatter

    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.add_subplot(xlabel="explorations of training programs", ylabel="macro-F1 on test programs")
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    bare(axes)
    for n, name in enumerate(JUDGES):
        points = np.array([[run["explorations"], run["macro_f1"]] for run in found["runs"] if run["name"] == name])
        style = {"color": f"C{n}", "linewidth": 2, "label": name} if name in shown else {"color": "0.75"}
        axes.plot(*points.T, marker="o", markersize=4, **style)
    axes.set_ylim(-0.02, 1.05)
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save_figure(figure, IMAGES / f"{picture}.png")


if __name__ == "__main__":
    {"hallway": hallway, "judges": judges, "draw": draw}[sys.argv[1]]()
