"""The pictures of a comparison: learning curves with bands, and what each explorer does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..records import Environment
from ..runs.curves import over_steps, save_figure
from ..view.chart import draw_habits

SIZE = (8.2, 3.8)  # inches
AXES = {
    "greedy/return": "mean return, greedy",
    "decoder/accuracy": "accuracy of the decoder",
    "exploration/gain": "information gain, nats",
}
LEVELS = {"optimum": "--", "uninformed": ":"}  # computed, as lines in black
OTHERS = "0.75"  # the colour of curves that do not stand out
Document = Mapping[str, Any]


def draw_learning(
    found: Document, *paths: Path, shown: Collection[str] | None = None, levels: Mapping[str, float] | None = None
) -> None:
    """Interquartile means over seeds with their intervals over agent steps; explorers that learn nothing are levels.

    Only `shown` explorers stand out, by default all; the curves of others are grey. `levels` are lines more, by name.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    over_steps(axes)
    axes.set_ylabel(AXES.get(found["curve"], "return") if found["curve"] else "mean return")
    for each, colour in coloured(found["explorers"]):
        stands_out = shown is None or each["name"] in shown
        if has_curve(each):
            _curve(axes, each, colour, stands_out=stands_out)
        elif found["answer"] == "return" and stands_out:
            level = each["figures"]["mean_return"]["iqm"]["value"]
            axes.axhline(level, color=colour, linewidth=2, label=each["name"])
    for n, (name, level) in enumerate((levels or {}).items(), len(found["explorers"])):
        axes.axhline(level, color=_colour(n), linewidth=2, linestyle="--", label=name)
    for name, style in LEVELS.items():
        if found["answer"] == "return" and found[name] is not None:
            label = "optimum" if name == "optimum" else "without exploring"
            axes.axhline(found[name], color="black", linewidth=1, linestyle=style, label=label, zorder=0)
    axes.set_xlim(left=0)
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save_figure(figure, *paths)


def coloured(explorers: Sequence[Document]) -> list[tuple[Document, Any]]:
    """Each with the colour that it has in every picture of the comparison; controls are grey."""
    return [(each, "0.45" if each["control"] else _colour(n)) for n, each in enumerate(explorers)]


def has_curve(explorer: Document) -> bool:
    """Whether it was looked at more than once; who computes and does not learn is at one level."""
    return len(explorer.get("curve", {}).get("steps", ())) > 1


def draw_doings(found: Document, environment: Environment, *paths: Path) -> None:
    """What each explorer does in its exploration, of the seed in the middle."""
    titled = {each["name"]: each["habits"] for each in found["explorers"]}
    draw_habits(environment, titled, *paths)


def _curve(axes: Any, each: Document, colour: Any, *, stands_out: bool) -> None:
    curve = each["curve"]
    if not stands_out:
        axes.plot(curve["steps"], curve["iqm"], color=OTHERS, linewidth=1, zorder=1)
        return
    style = "--" if each["control"] else "-"
    axes.fill_between(curve["steps"], curve["low"], curve["high"], color=colour, alpha=0.15, linewidth=0)
    axes.plot(curve["steps"], curve["iqm"], color=colour, linewidth=2, linestyle=style, label=each["name"])


def _colour(n: int) -> Any:
    """Ten colours, and ten more that are lighter."""
    from matplotlib import colormaps

    return colormaps["tab20"](n % 10 * 2 + (n // 10) % 2)
