"""The pictures of Bounce's figures, from the documents that `benchmarks/bounce.py` writes, as PNG and SVG.

python benchmarks/bounce_curves.py   docs/results/bounce-*.json -> docs/images/bounce-*.png and .svg
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
MEASURE, TITLE = "common macro_f1", "macro-F1, labels of 1 % or more"
COLOURS = {"dream": "C0", "direct-max": "C1", "bounce/scripted": "C2", "random": "C7"}
LEARNED = ("dream", "direct-max")


def draw(results: Path = DOCS / "results", images: Path = DOCS / "images") -> None:
    """Every picture whose document is there."""
    explorers = read(results / "bounce-explorers.json")
    if explorers is None:
        return
    ceiling = highest(read(results / "ceiling.json"))
    images.mkdir(parents=True, exist_ok=True)
    save(images / "bounce-episodes", lambda axes: by_episodes(axes, explorers, ceiling))
    save(images / "bounce-coverage", lambda axes: by_coverage(axes, explorers))
    budgets = read(results / "bounce-budgets.json")
    if budgets is not None:
        save(images / "bounce-budgets", lambda axes: by_budget(axes, explorers, budgets, ceiling))


def highest(found: dict[str, Any] | None) -> float | None:
    """What can be seen at all, if that has been measured."""
    of_common = [each["macro_f1"] for each in (found or {}).get("ceilings", ()) if "1 %" in each["labels"]]
    return max(of_common, default=None)


def by_episodes(axes: Any, found: dict[str, Any], ceiling: float | None) -> None:
    """How much each player finds, after so many episodes; the band holds 95 % over seeds and programs."""
    for player, colour in COLOURS.items():
        rows = [row for row in found["rows"] if row["name"] == player]
        x = [row["episodes"] for row in rows]
        low, high = zip(*(row[MEASURE]["interval"] for row in rows), strict=True)
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(x, [row[MEASURE]["value"] for row in rows], "o-", color=colour, label=player)
    axes.set_xscale("log", base=2)
    axes.set_xticks(x, [str(n) for n in x])
    axes.set_xlabel("episodes of 100 steps")
    axes.set_ylabel(TITLE)
    mark(axes, ceiling)


def by_budget(axes: Any, explorers: dict[str, Any], budgets: dict[str, Any], ceiling: float | None) -> None:
    """What more training is worth to those that learn, after one episode; the others are level lines."""
    for player, colour in COLOURS.items():
        (full,) = (row for row in explorers["rows"] if row["name"] == player and row["episodes"] == 1)
        if player not in LEARNED:
            axes.axhline(full[MEASURE]["value"], color=colour, label=player)
            continue
        rows = [row for row in budgets["rows"] if row["name"] == player and row["episodes"] == 1]
        points = [(row["steps"], row[MEASURE]) for row in rows] + [(explorers["steps"], full[MEASURE])]
        points.sort(key=lambda point: point[0])
        steps = [point[0] for point in points]
        axes.fill_between(steps, *zip(*(p[1]["interval"] for p in points), strict=True), color=colour, alpha=0.15, lw=0)
        axes.plot(steps, [point[1]["value"] for point in points], "o-", color=colour, label=player)
    from matplotlib.ticker import EngFormatter

    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.set_xlabel("agent steps of training")
    axes.set_ylabel(f"{TITLE}, 1 episode")
    mark(axes, ceiling)


def by_coverage(axes: Any, found: dict[str, Any]) -> None:
    """How accurate the surest verdicts are."""
    for player, colour in COLOURS.items():
        (row,) = (row for row in found["rows"] if row["name"] == player and row["episodes"] == 8)
        shares = [100 * point["share"] for point in row["coverage"]]
        axes.plot(
            shares,
            [100 * point["accuracy"] for point in row["coverage"]],
            "o-",
            color=colour,
            label=player,
            markersize=4,
        )
    axes.invert_xaxis()
    axes.set_xlabel("share of verdicts that are given, the surest first (%)")
    axes.set_ylabel("of these, right (%)")


def mark(axes: Any, ceiling: float | None) -> None:
    """What can be seen at all, if that has been measured."""
    if ceiling is not None:
        axes.axhline(ceiling, color="black", lw=1, ls="--", label="what can be seen")


def save(path: Path, plot: Callable[[Any], None]) -> None:
    """One picture, in both forms."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 3.8), layout="constrained")
    axes = figure.add_subplot()
    plot(axes)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    with rc_context({"svg.hashsalt": "dreamctl"}):
        figure.savefig(path.with_suffix(".png"), dpi=100, metadata={"Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def read(path: Path) -> dict[str, Any] | None:
    """A document, if it is there."""
    return json.loads(path.read_text("utf-8")) if path.exists() else None


if __name__ == "__main__":
    draw()
