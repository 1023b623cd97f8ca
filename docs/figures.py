"""The tables of `measured.md`, made from the JSON documents in `results/` when the documentation is built.

```{figures} NAME
```

in a page becomes the table of that name; where its document is not there, it becomes one sentence that says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RESULTS = Path(__file__).parent / "results"


def hallway(found: dict[str, Any]) -> list[str]:
    """Mean return of every explorer on the hallway, by seed."""
    lines = ["| explorer | mean return, by seed | processor seconds, start included | command |", "|---|---|---|---|"]
    for name in dict.fromkeys(run["name"] for run in found["runs"]):
        runs = [run for run in found["runs"] if run["name"] == name]
        returns = ", ".join(f"{run['mean_return']:.3f}" for run in runs)
        seconds = ", ".join(f"{run['cpu_seconds']:.0f}" for run in runs)
        lines.append(f"| {name} | {returns} | {seconds} | `{runs[0]['command']}` |")
    for run in found["controls"]:
        mean = f"{run['mean_return']:.3f} ± {run['stderr']:.3f}"
        lines.append(f"| {run['name']} | {mean} | | `{run['command']}` |")
    return [*lines, "", source(found)]


def judges(found: dict[str, Any]) -> list[str]:
    """Accuracy and macro-F1 of every classifier on Bounce, by the number of explorations it was shown."""
    lines = [
        "| classifier | explorations | accuracy | macro-F1 | calibration error | processor seconds |",
        "|---|---|---|---|---|---|",
    ]
    for run in found["runs"]:
        measures = " | ".join(f"{run[name]:.3f}" for name in ("accuracy", "macro_f1", "ece"))
        lines.append(f"| {run['name']} | {run['explorations']:,} | {measures} | {run['cpu_seconds']:.0f} |")
    return [*lines, "", source(found)]


def bounce(found: dict[str, Any]) -> list[str]:
    """Explorers on real programs, judged by the same classifier: what every seed came to.

    `bounce.json` is what `benchmarks/bounce.py` writes: `evaluations`, each with a `name` of explorer, seed and
    episodes, the `command` that trained it, and as `evaluation` the document of `dreamctl evaluate --json`.
    """
    kinds = ("accuracy", "macro_f1", "micro_f1", "macro_mcc", "ece")
    by_player: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for run in found["evaluations"]:
        explorer, _, episodes = run["name"].split(", ")
        by_player.setdefault((explorer, episodes), []).append(run["evaluation"])
    lines = [
        "| player | episodes | accuracy, by seed | macro-F1, by seed | micro-F1 | macro-MCC | calibration error |",
        "|---|---|---|---|---|---|---|",
    ]
    for (explorer, episodes), documents in by_player.items():
        accuracy, macro, *others = ([document[kind] for document in documents] for kind in kinds)
        means = " | ".join(f"{sum(values) / len(values):.3f}" for values in others)
        by_seed = " | ".join(", ".join(f"{value:.3f}" for value in values) for values in (accuracy, macro))
        lines.append(f"| {explorer} | {episodes.split()[0]} | {by_seed} | {means} |")
    constant = next(iter(by_player.values()))[0]["controls"]["constant"]
    lines.append("| constant answer | | " + " | ".join(f"{constant[kind]:.3f}" for kind in kinds) + " |")
    return [*lines, "", source(found)]


def ceiling(found: dict[str, Any]) -> list[str]:
    """What can be seen of each label at all, what a few episodes show of it, and what the judge finds in those."""
    lines = [
        "| ceiling | labels | accuracy | macro-F1 | micro-F1 | whole label set right |",
        "|---|---|---|---|---|---|",
    ]
    for bound in found["ceilings"]:
        measures = " | ".join(f"{bound[name]:.3f}" for name in ("accuracy", "macro_f1", "micro_f1", "exact"))
        lines.append(f"| {bound['name']} | {bound['labels']} | {measures} |")
    seen = [label for label in found["labels"].values() if label["present"]]
    players = list(seen[0]["shown"])
    budgets = ", ".join(seen[0]["shown"][players[0]])
    lines += ["", f"| label | programs | can be seen | F1 of the trees |{_columns(players, budgets)} the judge finds |"]
    lines += ["|---" * (5 + len(players)) + "|"]
    for name, label in found["labels"].items():
        if label["present"]:
            shares = [label["shown"][player].values() for player in players] + [label["found"].values()]
            cells = " | ".join(", ".join(f"{value:.2f}" for value in values) for values in shares)
            at_best = f"{label['can_be_seen']:.3f} | {label['trees']['f1']:.2f}"
            lines.append(f"| {name} | {label['present']} | {at_best} | {cells} |")
    broken = found["broken"]
    lines += [
        "",
        f"Of the broken programs, {broken['nothing_shows']:.1%} show nothing wrong in {found['episodes']} episodes.",
    ]
    return [*lines, "", source(found)]


def _columns(players: list[str], budgets: str) -> str:
    return "".join(f" {player} shows in {budgets} |" for player in players)


def source(found: dict[str, Any]) -> str:
    """Where the figures come from."""
    machine = f", one core of {found['processor']}" if found.get("processor") else ""
    return f"Measured with dreamctl {found.get('dreamctl', '')}{machine}: `{found['command']}`."


TABLES: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "hallway": hallway,
    "judges": judges,
    "bounce": bounce,
    "ceiling": ceiling,
}


def table(name: str, results: Path = RESULTS) -> list[str]:
    """The table of that name as Markdown lines."""
    path = results / f"{name}.json"
    if not path.exists():
        return [f"There is no `docs/results/{name}.json` yet, so there are no figures to show."]
    return TABLES[name](json.loads(path.read_text("utf-8")))


class Figures(SphinxDirective):
    """```{figures} NAME``` in a page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RESULTS / f"{self.arguments[0]}.json"))
        return self.parse_text_to_nodes("\n".join(table(self.arguments[0])))


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls this."""
    app.add_directive("figures", Figures)
    return {"parallel_read_safe": True}
