"""Every algorithm of the lecture, compared: one command, in parts, resumable.

python benchmarks/lecture.py OUT                       everything
python benchmarks/lecture.py OUT --only hallways easy  some parts; the list is PARTS below, and `terms` and `theory`
python benchmarks/lecture.py OUT --quick               a rehearsal of minutes, whose figures mean nothing
python benchmarks/lecture.py OUT --draw                the pictures again, from what was found

A part is some comparisons by `dreamctl compare`, in the folders OUT/PART-NAME: interrupt it whenever you like, and the
same command goes on. What a part finds goes to docs/results/PART.json and docs/images/lecture/, or with --quick below
OUT. `terms` and `theory` call `benchmarks/terms.py` and `plugins/bandit/benchmarks/theory.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import attrs
import numpy as np
from attrs import field, frozen

import dreamctl
from dreamctl.algorithms.dream import DreamOptions
from dreamctl.algorithms.task_id import TaskId
from dreamctl.cli.main import dreamctl as command
from dreamctl.comparing.found import processor
from dreamctl.comparing.pictures import coloured, has_curve
from dreamctl.runs.curves import bare, over_steps, save_figure

ROOT = Path(__file__).parents[1]
SEEDS = 3
LEARNERS = "dream,task-id,rl2-gradient=rl2,rl2-q=rl2,e-rl2,import,varibad,pearl,mame,metacure"
OPTIONS = {"dream": DreamOptions, "free": DreamOptions, "task-id": TaskId.Options}  # title -> the settings that it has
Document = dict[str, Any]


@frozen(kw_only=True)
class Comparison:
    """What `dreamctl compare` is asked for. `decoupled` are settings of DREAM and of its kind."""

    world: str  # plugin/environment
    explorers: str
    steps: int
    options: Mapping[str, Any] = field(factory=dict)
    decoupled: Mapping[str, Any] = field(factory=dict)
    more: Sequence[str] = ()

    def words(self, out: Path, *, seeds: int, workers: int, quick: bool) -> list[str]:
        """The words of the command."""
        plugin, environment = self.world.split("/")
        titles = [each.partition("=")[0] for each in self.explorers.split(",")]
        settings = {
            f"{title}.{name}": value
            for title in titles
            if title in OPTIONS
            for name, value in self.decoupled.items()
            if name in attrs.fields_dict(OPTIONS[title])
        }
        settings |= {f"{title}.learner": title.removeprefix("rl2-") for title in titles if title.startswith("rl2-")}
        pairs = [f"{name}={json.dumps(value)}" for name, value in {**self.options, **settings}.items()]
        steps, seeds = (2_000, 1) if quick else (self.steps, seeds)
        return [
            *("compare", "--plugin", plugin, "--environment", environment, "--explorers", self.explorers),
            *("--steps", str(steps), "--seeds", str(seeds), "--shuffled-ids", "none", *self.more),
            *(word for pair in pairs for word in ("--set", pair)),
            *(("--trials", "256") if quick else ()),
            *("--workers", str(workers), "--resume", "--out", str(out)),
        ]


# --- what is compared ---------------------------------------------------------------------------------------------

HALLWAYS = {2: 100_000, 4: 120_000, 8: 180_000, 16: 300_000, 32: 600_000}  # number of hallways -> agent steps
EXECUTOR = {"executor": "feedforward", "spread": 1.0, "learning_rate": 0.001, "epochs": 2, "minibatches": 8}
LIKE_DREAM = ("--hidden", "64")  # what the environments set for DREAM
PEARL = {"pearl.hidden": 128, "pearl.kl": 0.0001}
MAZE = {"varibad.states": 0.0, **PEARL}  # states do not differ by task there

PARTS: dict[str, dict[str, Comparison]] = {
    "hallways": {
        f"n{n}": Comparison(
            world="hallway/" + ("hallway" if n == 8 else f"n{n}"),
            explorers=LEARNERS + ",posterior",
            steps=steps,
            options={"batch": 128},
            decoupled={**EXECUTOR, "warmup": 0.0},  # so that no share of the budget is in what DREAM needs
            more=("--looks", "40", "--hidden", "64", "--trials", "1024"),
        )
        for n, steps in HALLWAYS.items()
    },
    "easy": {
        name: Comparison(
            world=world,
            explorers="rl2-gradient=rl2,rl2-q=rl2,import,varibad,pearl" + more,
            steps=steps,
            options={"batch": 128, **options},
        )
        for name, world, steps, more, options in (
            ("signpost", "hallway/signpost", 100_000, ",posterior", PEARL),
            ("two-armed", "bandit/two-armed", 150_000, "", {}),  # its arms pay by chance, which no table holds
            ("maze", "maze/dense-twice", 1_000_000, ",posterior", MAZE),
        )
    },
    "bus": {
        "bus": Comparison(
            world="city/bus",
            explorers="free=dream," + LEARNERS + ",city/thompson",
            steps=3_000_000,
            options={"free.bottleneck": "none", "free.spread": 1.0},  # embeddings that tell everything apart
            more=LIKE_DREAM,
        )
    },
    "map": {
        "map": Comparison(world="city/map", explorers=LEARNERS + ",city/thompson", steps=2_000_000, more=LIKE_DREAM)
    },
    "cooking": {
        "cooking": Comparison(
            world="cooking/cooking", explorers=LEARNERS + ",cooking/thompson", steps=3_000_000, more=LIKE_DREAM
        )
    },
    "sign": {
        "sign": Comparison(
            world="sign/sign",
            explorers="dream,rl2-q=rl2,import,sign/thompson",
            steps=2_000_000,
            more=LIKE_DREAM,
        )
    },
}
PICTURED = {**{part: part for part in PARTS}, "hallways": "n8", "easy": "maze"}  # whose explorations
BESIDE = ("terms", "theory")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what has not been yet, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", choices=[*PARTS, *BESIDE], default=[*PARTS, *BESIDE])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2, help="runs side by side; 0 spares starting processes")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--draw", action="store_true")
    asked = parser.parse_args(arguments)
    docs = asked.out if asked.quick else ROOT / "docs"
    for part in asked.only:
        result = docs / "results" / f"{part}.json"
        if not asked.draw:
            found = {"terms": run_terms, "theory": run_theory}.get(part, measure)(part, asked)
            if found:
                write(result, part, found)
        if part in PARTS and result.exists():
            draw(part, json.loads(result.read_text("utf-8")), asked.out, docs / "images" / "lecture")


# --- measuring ----------------------------------------------------------------------------------------------------


def run_terms(part: str, asked: argparse.Namespace) -> Document:
    """It writes its own document."""
    if not asked.quick:
        subprocess.run([sys.executable, "benchmarks/terms.py"], cwd=ROOT, check=True)
    return {}


def run_theory(part: str, asked: argparse.Namespace) -> Document:
    """What the bandit's own benchmark finds, once."""
    path = asked.out / "theory.json"
    if not path.exists():
        words = ["plugins/bandit/benchmarks/theory.py", "--json", str(path.resolve())]
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, *words, *(["--seeds", "2"] if asked.quick else [])], cwd=ROOT, check=True)
    found: Document = json.loads(path.read_text("utf-8"))
    return found


def measure(part: str, asked: argparse.Namespace) -> Document:
    """What each comparison of a part finds, without its curves by seed and what the pictures are drawn from."""
    found = {}
    for name, comparison in PARTS[part].items():
        out = asked.out / f"{part}-{name}"
        out.parent.mkdir(parents=True, exist_ok=True)
        words = comparison.words(out, seeds=asked.seeds, workers=asked.workers, quick=asked.quick)
        command.main(words, standalone_mode=False)
        found[name] = shortened(json.loads((out / "compare.json").read_text("utf-8")))
    costs = {"cost": cost(found)} if part == "hallways" else {}
    return {"seconds": round(sum(each["seconds"] for each in found.values())), **costs, "comparisons": found}


def shortened(found: Document) -> Document:
    """What the documentation shows of a `compare.json`."""
    explorers = []
    for each in found["explorers"]:
        kept = {key: value for key, value in each.items() if key not in ("habits", "figures")}
        kept["runs"] = [
            {key: run[key] for key in ("seed", "mean_return", "sights", "training_seconds")} for run in each["runs"]
        ]
        explorers.append({**kept, "iqm": each["figures"]["mean_return"]["iqm"]})
    controls = {each["name"]: each["figures"]["mean_return"]["iqm"]["value"] for each in found["controls"]}
    names = ("environment", "steps", "seeds", "hidden", "trials", "seconds", "command", "optimum", "uninformed")
    return {**{name: found[name] for name in names}, "controls": controls, "explorers": explorers}


def write(path: Path, part: str, found: Document) -> None:
    """One JSON document, with where it was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    document = {
        "schema_version": 1,
        "dreamctl": dreamctl.__version__,
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "processor": processor(),
        "command": f"python benchmarks/lecture.py OUT --only {part}",
        **found,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def cost(comparisons: Mapping[str, Document]) -> Document:
    """Steps to 90 % of the optimum by the number of hallways, where the median seed gets there, and log-log slopes.

    `slope_of_n_log_n` is what N log N itself comes to over the same numbers.
    """
    found: Document = {}
    for name in [each["name"] for each in next(iter(comparisons.values()))["explorers"]]:
        steps = {int(n[1:]): _explorer(each, name).get("steps_to", {}).get("median") for n, each in comparisons.items()}
        there = np.array([[n, many] for n, many in steps.items() if many], float)
        found[name] = {"steps": steps}
        if len(there) > 2:
            n, many = there.T
            found[name] |= {"slope": _slope(n, many), "slope_of_n_log_n": _slope(n, n * np.log(n))}
    return found


def _slope(x: Any, y: Any) -> float:
    return round(float(np.polyfit(np.log(x), np.log(y), 1)[0]), 3)


def _explorer(comparison: Document, name: str) -> Document:
    found: Document = next(each for each in comparison["explorers"] if each["name"] == name)
    return found


# --- pictures -----------------------------------------------------------------------------------------------------


def draw(part: str, found: Document, out: Path, images: Path) -> None:
    """The curves of a part, a picture of its own if it has one, and what explorers do in one of its worlds."""
    images.mkdir(parents=True, exist_ok=True)
    draw_curves(found["comparisons"], images / f"{part}.png")
    if part == "hallways":
        draw_cost(found["cost"], images / "cost.png")
    if part == "bus":
        draw_lines(found["comparisons"]["bus"], images / "lines.png")
    explorations = out / f"{part}-{PICTURED[part]}" / "explorations.png"
    if explorations.exists():
        shutil.copyfile(explorations, images / f"{part}-explorations.png")


def draw_curves(comparisons: Mapping[str, Document], path: Path) -> None:
    """A panel for each comparison: interquartile means of greedy returns over agent steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.1 * len(comparisons) + 2.0, 3.2), layout="constrained")
    panels = figure.subplots(1, len(comparisons), squeeze=False)[0]
    for axes, (name, each) in zip(panels, comparisons.items(), strict=True):
        over_steps(axes)
        axes.set_title(name, fontsize=10)
        for explorer, colour in coloured(each["explorers"]):
            if has_curve(explorer):
                curve = explorer["curve"]
                axes.plot(curve["steps"], curve["iqm"], color=colour, linewidth=1.6, label=explorer["name"])
            else:
                axes.axhline(explorer["iqm"]["value"], color=colour, linewidth=1.6, label=explorer["name"])
        axes.axhline(each["optimum"], color="black", linewidth=1, linestyle="--", label="optimum", zorder=0)
        if each["uninformed"] is not None:
            axes.axhline(
                each["uninformed"], color="black", linewidth=1, linestyle=":", label="without exploring", zorder=0
            )
        axes.set_xlim(left=0)
    panels[0].set_ylabel("mean return, greedy")
    panels[-1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save_figure(figure, path)


def draw_cost(found: Document, path: Path) -> None:
    """Steps to 90 % of the optimum over the number of hallways, both logarithmic, beside N log N."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import ScalarFormatter

    figure = Figure(figsize=(7.4, 3.6), layout="constrained")
    axes = figure.add_subplot(xlabel="hallways N", ylabel="agent steps to 90 % of the optimum")
    bare(axes)
    for each, colour in coloured([{"name": name, **each, "control": False} for name, each in found.items()]):
        points = np.array([[int(n), many] for n, many in each["steps"].items() if many]).reshape(-1, 2)
        slope = f", slope {each['slope']:.2f}" if "slope" in each else "" if len(points) else ": never"
        axes.plot(*points.T, marker="o", markersize=4, color=colour, linewidth=1.6, label=each["name"] + slope)
    mine = np.array([[int(n), many] for n, many in found["dream"]["steps"].items() if many], float)
    if len(mine):
        n = mine[:, 0]
        line = mine[0, 1] * n * np.log(n) / (n[0] * np.log(n[0]))
        axes.plot(n, line, color="black", linewidth=1, linestyle="--", label="N log N", zorder=0)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylim(5e3, 2e6)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save_figure(figure, path)


def draw_lines(found: Document, path: Path) -> None:
    """How many different useful and useless lines each explorer rides in an exploration."""
    from matplotlib.figure import Figure

    names = [each["name"] for each in found["explorers"]]
    figure = Figure(figsize=(7.4, 0.36 * len(names) + 1.0), layout="constrained")
    axes = figure.add_subplot(xlabel="different lines ridden in an exploration, of four")
    bare(axes)
    for n, kind in enumerate(("useful line", "useless line")):
        values = [each["sights"][kind] for each in found["explorers"]]
        axes.barh(np.arange(len(names)) + 0.36 * (n - 0.5), values, 0.36, color=("C2", "C3")[n], label=kind)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.legend(frameon=False, fontsize=9)
    save_figure(figure, path)


if __name__ == "__main__":
    main()
