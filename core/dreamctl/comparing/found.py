"""What a comparison found: `compare.json`, from the files of its runs alone."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..random import key
from ..runs.build import find
from ..runs.provenance import LIBRARIES
from ..training.evaluate import finite
from ..training.measures import resamples
from .plan import Contestant, Plan
from .scores import NEAR, Figure, band, over_seeds, over_seeds_and_tasks, steps_to, tasks_anew
from .work import CURVES, MEASURED, seconds_of

COMPARED = "compare.json"
SCHEMA = 1
MEASURES = {"return": ("mean_return",), "rubric": ("accuracy", "macro_f1", "macro_mcc")}  # answer -> figures
COMPUTED = ("optimum", "uninformed")  # controls that no player plays
DRAWN, PROGRAMS = 1, 2  # streams of the bootstrap

Document = dict[str, Any]


def collect(plan: Plan, out: Path, command: str) -> Document:
    """Every figure, with where it comes from; nothing in it depends on how often the comparison was interrupted but
    `seconds`.
    """
    request, parts = plan.request, find(plan.contestants[0].settings)
    answer = parts.environment.answer
    runs = {each.name: [_read(out, each.run(seed)) for seed in plan.seeds] for each in plan.contestants}
    first = runs[plan.contestants[0].name]
    optimum = first[0]["evaluation"]["controls"].get("optimum") if answer == "return" else None
    curve = _curve_of(plan.contestants, runs)
    document = {
        "schema_version": SCHEMA,
        "command": command,
        "dreamctl": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "plugin": {"name": parts.plugin.name, "version": parts.plugin.version},
        "environment": {"name": parts.environment.name, "version": parts.environment.version},
        "answer": answer,
        "rubric": parts.rubric.name if parts.rubric else None,
        "classifier": parts.classifier.name if parts.classifier else None,
        "steps": request.steps,
        "seeds": list(plan.seeds),
        "hidden": plan.hidden,
        "trials": first[0]["evaluation"]["trials"],
        "tasks": first[0]["evaluation"]["tasks" if answer == "return" else "programs"],
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "seconds": seconds_of(out),
        "curve": curve,
        "optimum": optimum,
        "uninformed": first[0]["evaluation"]["controls"].get("uninformed") if answer == "return" else None,
        "explorers": [_explorer(each, runs[each.name], plan, out, answer, curve, optimum) for each in plan.contestants],
        "controls": _controls(plan, first, answer),
    }
    found: Document = finite(document)
    return found


def processor() -> str:
    """What kind of processor this is, where that can be known."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _read(out: Path, name: str) -> Document:
    found: Document = json.loads((out / MEASURED / f"{name}.json").read_text("utf-8"))
    return found


def _curve_of(contestants: Sequence[Contestant], runs: Mapping[str, Sequence[Document]]) -> str | None:
    """The measure that every learner has a curve of."""
    learners = [runs[each.name] for each in contestants if each.learned]
    for name in CURVES:
        if learners and all(name in run["curves"] for each in learners for run in each):
            return name
    return None


# --- an explorer --------------------------------------------------------------------------------------------------


def _explorer(
    contestant: Contestant,
    runs: Sequence[Document],
    plan: Plan,
    out: Path,
    answer: str,
    curve: str | None,
    optimum: float | None,
) -> Document:
    rng = np.random.default_rng(key(0, DRAWN))
    paths = [out / MEASURED / f"{contestant.run(seed)}.npz" for seed in plan.seeds]
    figures = _of_returns(paths, plan, rng) if answer == "return" else _of_rubrics(paths, runs, rng)
    evaluations = [run["evaluation"] for run in runs]
    found = {
        "name": contestant.name,
        "explorer": contestant.settings.explorer,
        "control": contestant.control,
        "learned": contestant.learned,
        "options": dict(contestant.settings.options),
        "note": contestant.note,
        "command": contestant.command(plan.seeds[0]),
        "figures": figures,
        "exploration_steps": float(np.mean([each["exploration_steps"] for each in evaluations])),
        "sights": _mean([run["habits"]["sights"] for run in runs]),
        "seconds": round(float(np.mean([run["training_seconds"] for run in runs])), 1),
        "runs": [
            {
                "seed": seed,
                **{name: each["evaluation"][name] for name in MEASURES[answer]},
                **({"controls": each["evaluation"]["controls"]} if answer == "return" else {}),
                "exploration_steps": each["evaluation"]["exploration_steps"],
                "sights": each["habits"]["sights"],
                "training_seconds": each["training_seconds"],
                "curve": each["curves"].get(curve or "", []),
            }
            for seed, each in zip(plan.seeds, runs, strict=True)
        ],
        "habits": runs[_median(evaluations, answer)]["habits"],
    }
    if answer == "return":
        others = np.array([each["controls"]["shuffled"] for each in evaluations])
        found["of_optimum"] = figures["mean_return"]["iqm"]["value"] / optimum if optimum else None
        found["after_another"] = over_seeds(others, rng)["iqm"].to_json()
    curves = [np.array(run["curves"][curve]) for run in runs if curve and curve in run["curves"]]
    if contestant.learned and curves:
        found["curve"] = band(curves, rng)
        if answer == "return" and optimum and optimum > 0:
            median, reached = steps_to(curves, NEAR * optimum)
            found["steps_to"] = {"target": NEAR * optimum, "median": median, "reached": reached}
    return found


def _mean(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean over seeds of each number."""
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def _median(evaluations: Sequence[Document], answer: str) -> int:
    """The seed that is neither among the best nor among the worst: which one to look at."""
    values = [each[MEASURES[answer][0]] for each in evaluations]
    return int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])


def _of_returns(paths: Sequence[Path], plan: Plan, rng: np.random.Generator) -> Document:
    """Runs are resampled, and tasks with them where those that were played are some of many."""
    played = [np.load(path) for path in paths]
    runs = np.array([each["returns"].mean() for each in played])
    keys, counts = np.unique(played[0]["tasks"], return_counts=True)
    if not all(np.array_equal(np.sort(each["tasks"]), np.sort(played[0]["tasks"])) for each in played):
        return {"mean_return": _json(over_seeds(runs, rng))}  # each seed drew its own tasks
    scores = np.array([[each["returns"][each["tasks"] == name].mean() for name in keys] for each in played])  # [S, M]
    every = find(plan.contestants[0].settings).environment.tasks().shared and plan.request.held_out is None
    anew = None if every else tasks_anew(scores, counts.astype(np.float64), np.random.default_rng(key(0, PROGRAMS)))
    found = {**over_seeds(runs, rng, anew), "over_tasks": over_seeds_and_tasks(scores, rng)}
    return {"mean_return": {**_json(found), "tasks": dict(zip(keys.tolist(), scores.mean(0).tolist(), strict=True))}}


def _of_rubrics(paths: Sequence[Path], runs: Sequence[Document], rng: np.random.Generator) -> Document:
    """Runs and programs are resampled together; all runs on the same programs."""
    anew = []
    for path in paths:
        found = np.load(path)
        anew.append(resamples(found["probability"], found["truth"], np.random.default_rng(key(0, PROGRAMS))))
    return {
        name: _json(
            over_seeds(
                np.array([run["evaluation"][name] for run in runs]), rng, np.stack([each[name] for each in anew])
            )
        )
        for name in MEASURES["rubric"]
    }


def _json(figures: Mapping[str, Figure]) -> Document:
    return {name: figure.to_json() for name, figure in figures.items()}


# --- controls -----------------------------------------------------------------------------------------------------


def _controls(plan: Plan, runs: Sequence[Document], answer: str) -> list[Document]:
    """Those that `dreamctl evaluate` measured beside the first explorer, and that are no contestants themselves."""
    compared = {each.settings.explorer.rpartition("/")[2] for each in plan.contestants}
    names = [name for name in runs[0]["evaluation"]["controls"] if name not in {*compared, *COMPUTED, "shuffled"}]
    rng = np.random.default_rng(key(0, DRAWN))

    def value(run: Document, name: str, measure: str) -> float:
        found = run["evaluation"]["controls"][name]
        return float(found if answer == "return" else found[measure])

    return [
        {
            "name": name,
            "figures": {
                measure: _json(over_seeds(np.array([value(run, name, measure) for run in runs]), rng))
                for measure in MEASURES[answer]
            },
        }
        for name in names
    ]
