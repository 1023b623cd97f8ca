"""A chart of what explorers do: a column for each, with the places it visits and what can be known by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..records import Environment
from ..runs.curves import bare, save_figure
from ..simulation.open import open_simulator
from .habits import some_tasks

WIDTH, ROW = 3.6, 2.1  # inches: of a panel, and of the lowest
BAR = 0.5  # inches, for the bar that explains the colours
FADED = 0.45  # how much of the world's picture is left behind the places
NAMED = 16  # tasks that are named beside their rows
KNOWN, PLAYING, TRUE, PLACES = "#1a5fb4", "#8a8f98", "#e2574c", "magma_r"


def draw_habits(environment: Environment, found: Mapping[str, Mapping[str, Any]], *paths: Path) -> None:
    """Draw what `habits` found of each explorer, by its title, into files (.png, .svg)."""
    from matplotlib.figure import Figure

    some = list(found.values())
    panels = ["visits" if any(each["visits"] for each in some) else "actions", "belief"]
    panels += ["example"] * any(each["belief"] and "example" in each["belief"] for each in some)
    world = world_picture(environment) if "visits" in panels else None
    height = max(ROW, min(WIDTH * world.shape[0] / world.shape[1], WIDTH) if world is not None else 0)
    size = WIDTH * len(panels) + 0.9, height * len(found) + 0.6 + BAR
    figure = Figure(figsize=size, layout="constrained")
    rows = [height] * len(found) + [BAR]
    axes = figure.subplots(len(rows), len(panels), squeeze=False, height_ratios=rows)
    shown = None
    for row, (title, each) in enumerate(found.items()):
        axes[row, 0].set_title(_titled(title, each), loc="left", fontsize=11)
        last = row == len(found) - 1
        for column, name in enumerate(panels):
            if name == "visits":
                shown = _visits(axes[row, column], each["visits"], world) or shown
            elif name == "actions":
                shown = _actions(axes[row, column], each["actions"], environment.actions, last=last)
            elif name == "belief":
                _belief(axes[row, column], each, first=row == 0, last=last)
            else:
                _example(axes[row, column], each["belief"], first=row == 0, last=last)
    for unused in axes[-1]:
        unused.set_axis_off()
    if shown is not None:
        bar = figure.colorbar(shown, ax=axes[-1, 0], location="bottom", fraction=0.9, shrink=0.7, aspect=30)
        bar.set_label(f"share of trials that {'come here' if 'visits' in panels else 'do this'}", fontsize=9)
        bar.ax.tick_params(labelsize=8)
    save_figure(figure, *paths)


def _titled(title: str, each: Mapping[str, Any]) -> str:
    """The explorer's name, and below how many places of each kind it comes to."""
    return "\n".join([title, *(f"{name}: {many:.2f}" for name, many in each["sights"].items())])


def world_picture(environment: Environment) -> NDArray[np.uint8] | None:
    """What a task looks like at the start, uint8 [H, W, 3]; None where the environment draws nothing."""
    simulator = open_simulator(environment, 1)
    try:
        task = some_tasks(environment, 0)[0]
        simulator.reset([task.params], np.zeros(1, np.uint64), np.zeros(1, np.intp))
        return simulator.render(0)
    except (NotImplementedError, UsageError):
        return None
    finally:
        simulator.close()


def _visits(axes: Any, visits: list[dict[str, Any]] | None, world: NDArray[np.uint8] | None) -> Any:
    """The places over the world's picture, coloured by how many trials come there; what maps the colours."""
    axes.set_axis_off()
    if world is not None:
        axes.imshow((255 - FADED * (255 - world.astype(float))).astype(np.uint8), interpolation="nearest")
    if not visits:
        return None
    x, y, share = np.array([[each["x"], each["y"], each["share"]] for each in visits]).T
    if world is None:
        axes.set_aspect("equal")
        axes.invert_yaxis()
    order = np.argsort(share, kind="stable")
    return axes.scatter(
        x[order],
        y[order],
        c=share[order],
        s=8 + 90 * share[order],
        cmap=PLACES,
        vmin=0,
        vmax=1,
        edgecolors="0.6",
        linewidths=0.4,
    )


def _actions(axes: Any, share: list[list[float]], names: Sequence[str], *, last: bool) -> Any:
    """How many trials take each action at each step; what maps the colours."""
    grid = np.array(share).T  # [A, T]
    edges = 0.5, grid.shape[1] + 0.5, len(names) - 0.5, -0.5
    shown = axes.imshow(grid, aspect="auto", cmap=PLACES, vmin=0, vmax=1, interpolation="nearest", extent=edges)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.set_yticks(range(len(names)) if len(names) <= NAMED else [], names if len(names) <= NAMED else [], fontsize=7)
    axes.tick_params(labelsize=8)
    if last:
        axes.set_xlabel("step of the exploration", fontsize=9)
    return shown


def _belief(axes: Any, each: Mapping[str, Any], *, first: bool, last: bool) -> None:
    belief = each["belief"]
    steps = np.arange(len(each["playing"]))
    axes.plot(steps, each["playing"], color=PLAYING, linestyle=":", linewidth=1.5, label="still exploring")
    if belief is not None:
        axes.fill_between(steps, *belief["quartiles"], color=KNOWN, alpha=0.15, linewidth=0)
        axes.plot(steps, belief["mean"], color=KNOWN, linewidth=2, label=f"belief in {belief['of']}")
    bare(axes)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(-0.03, 1.05)
    axes.tick_params(labelsize=8)
    if last:
        axes.set_xlabel("step of the exploration", fontsize=9)
    if first:
        axes.legend(frameon=False, fontsize=8, loc="best")
        axes.set_title("all trials", loc="left", fontsize=9)


def _example(axes: Any, belief: Mapping[str, Any] | None, *, first: bool, last: bool) -> None:
    """One trial: how probable each task is after each step; the true one is outlined."""
    from matplotlib.colors import PowerNorm

    if not belief or "example" not in belief:
        axes.set_axis_off()
        return
    example = belief["example"]
    probability, tasks = np.array(example["probability"]).T, example["tasks"]  # [M, T+1]
    scale = PowerNorm(0.5, 0, 1)  # so that one task of many is seen
    axes.imshow(probability, aspect="auto", cmap="Blues", norm=scale, interpolation="nearest", origin="upper")
    axes.xaxis.get_major_locator().set_params(integer=True)
    true = tasks.index(example["task"])
    axes.axhspan(
        true - 0.5,
        true + 0.5,
        fill=False,
        edgecolor=TRUE,
        linewidth=2 if len(tasks) <= NAMED else 1,
        clip_on=False,
        zorder=3,
    )
    axes.tick_params(labelsize=8)
    if first:
        axes.set_title("one trial: how probable each task is", loc="left", fontsize=9)
    if last:
        axes.set_xlabel("step of the exploration", fontsize=9)
    named = len(tasks) <= NAMED
    axes.set_yticks(range(len(tasks)) if named else [], tasks if named else [], fontsize=7)
    if not named:
        axes.set_ylabel(f"{len(tasks)} tasks", fontsize=9)
