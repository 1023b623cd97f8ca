"""The learning curves of a run, as one picture; and what all pictures of curves share."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from .checkpoint import replace
from .measures import RESERVED, read_measures

CURVES = "curves.png"
LINES = 6  # in one panel
SMOOTH = 0.05  # share of the run that the thick line is a mean over


def draw_curves(directory: Path, optimum: float | None = None) -> None:
    """Draw `curves.png`: a panel for each group of measures over agent steps; `optimum` is a line beside returns.

    A run without a phase of learning to explore has no curve, and gets no picture.
    """
    lines = [line for line in read_measures(directory) if line["phase"] == "explore"]
    if len(lines) < 2:
        return
    from matplotlib.figure import Figure

    panels = _panels(lines)
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.4 * rows), layout="constrained")
    for number, (group, names) in enumerate(panels.items(), 1):
        axes = figure.add_subplot(rows, columns, number)
        for name in names:
            steps, values = _series(lines, name)
            (faint,) = axes.plot(steps, values, linewidth=0.8, alpha=0.3)
            axes.plot(
                steps,
                _smooth(values),
                color=faint.get_color(),
                linewidth=1.8,
                label=name if group == "return" else name.split("/")[-1],
            )
        if optimum is not None and any("return" in name for name in names):
            axes.axhline(optimum, color="black", linewidth=1, linestyle="--", label="optimum")
        axes.set_title(group, loc="left", fontsize=11)
        over_steps(axes)
        axes.legend(frameon=False, fontsize=9)
    figure.savefig(directory / CURVES, dpi=110)


def over_steps(axes: Any) -> None:
    """The look of all curves over agent steps."""
    from matplotlib.ticker import EngFormatter

    axes.set_xlabel("agent steps")
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    bare(axes)


def bare(axes: Any) -> None:
    """A faint grid, and no frame but the two axes."""
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def save_figure(figure: Any, *paths: Path) -> None:
    """Write a picture to files, PNG or SVG by their names; equal pictures make equal files."""
    import matplotlib

    for path in paths:
        picture = io.BytesIO()
        about = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        with matplotlib.rc_context({"svg.hashsalt": "dreamctl"}):
            figure.savefig(picture, format=path.suffix[1:], dpi=110, metadata=about)
        replace(path, picture.getvalue())


def _panels(lines: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Group -> its measures; returns in a panel of their own, first, since they have one scale and an optimum."""
    names = list(dict.fromkeys(name for line in lines for name in line if name not in RESERVED))
    panels: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: "return" not in name):
        group = "return" if "return" in name else name.split("/")[0]
        if len(panels.setdefault(group, [])) < LINES:
            panels[group].append(name)
    return panels


def _series(lines: list[dict[str, Any]], name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    pairs = [(line["steps"], line[name]) for line in lines if name in line]
    steps, values = np.array(pairs, np.float64).T
    return steps, values


def _smooth(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A running mean, shorter at both ends."""
    width = max(1, int(len(values) * SMOOTH)) | 1
    ones = np.ones(width)
    total: np.ndarray[Any, Any] = np.convolve(values, ones, "same")
    return total / np.convolve(np.ones(len(values)), ones, "same")
