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
IMAGES = Path(__file__).parent / "images"


def hallway(found: dict[str, Any]) -> list[str]:
    """Mean return of every explorer on the hallway, over seeds and by seed, as `dreamctl compare` measured it."""
    lines = heading(
        "explorer", "IQM", "95 %", "by seed", "steps to 90 % of the optimum", "seconds of training", "command"
    )
    for name, compared in found["comparisons"].items():
        where = "" if name == "hallway" else f" on `{name}`"
        for each in compared["explorers"]:
            figure = each["figures"]["mean_return"]["iqm"]
            seeds = by_seed([run["mean_return"] for run in each["runs"]])
            seconds = f"{each['seconds']:.0f}" if each["learned"] else ""
            reached = each.get("steps_to", {}).get("median")
            steps = f"{reached:,.0f}" if reached else ""
            shown = (
                f"{figure['value']:.3f}",
                within(figure["interval"]),
                seeds,
                steps,
                seconds,
                f"`{each['command']}`",
            )
            lines.append(cells(f"{each['name']}{where}", *shown))
    for each in found["comparisons"]["hallway"]["controls"]:
        figure = each["figures"]["mean_return"]["iqm"]
        lines.append(cells(each["name"], f"{figure['value']:.3f}", within(figure["interval"]), "", "", "", ""))
    return [*lines, "", source(found)]


def within(interval: list[float] | None) -> str:
    """An interval; empty where there is none."""
    return "" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def terms(found: dict[str, Any]) -> list[str]:
    """Each algorithm with its own term and without it: mean return of the greedy policies, by seed."""
    lines = heading("explorer", "term", "world", "steps", "with it, by seed", "without it")
    for term in found["terms"]:
        mine = [run for run in found["runs"] if run["explorer"] == term["explorer"]]
        returns = (by_seed([run["mean_return"] for run in mine if run["complete"] == complete]) for complete in (1, 0))
        lines.append(cells(f"`{term['explorer']}`", term["term"], term["world"], f"{term['steps']:,}", *returns))
    return [*lines, "", source(found)]


def hallways(found: dict[str, Any]) -> list[str]:
    """Every explorer by the number of hallways: mean return, and steps to 90 % of the optimum."""
    comparisons = found["comparisons"]
    lines = heading(
        "explorer", *(f"{n[1:]} hallways, {each['steps']:,} steps" for n, each in comparisons.items()), "slope"
    )
    for name, cost in found["cost"].items():
        shown = [the_one(each, name) for each in comparisons.values()]
        slope = f"{cost['slope']:.2f}" if "slope" in cost else ""
        lines.append(cells(f"`{name}`", *(f"{number(each['iqm']['value'])}{reached(each)}" for each in shown), slope))
    levels = {"without exploring": "uninformed", "optimum": "optimum"}
    lines += [cells(title, *(number(each[key]) for each in comparisons.values()), "") for title, key in levels.items()]
    of_dream = found["cost"].get("dream", {})
    if "slope" in of_dream:
        lines += ["", f"N log N itself has a slope of {of_dream['slope_of_n_log_n']:.2f} over the same numbers."]
    return [*lines, "", *pictured("hallways", "cost", "hallways-explorations"), source(found), *commands(found)]


def compared(part: str) -> Callable[[dict[str, Any]], list[str]]:
    """What makes the table of a part of `benchmarks/lecture.py`: explorers on one world or on several."""

    def lines_of(found: dict[str, Any]) -> list[str]:
        comparisons = found["comparisons"]
        sights = list(dict.fromkeys(name for each in comparisons.values() for name in each["explorers"][0]["sights"]))
        titles = ("of optimum", "by seed", "steps to 90 %", "explores for", *sights, "seconds of training")
        lines = heading("world", "explorer", "IQM", "95 %", *titles)
        for name, compared in comparisons.items():
            for each in sorted(compared["explorers"], key=lambda each: -each["iqm"]["value"]):
                lines.append(
                    cells(
                        name,
                        f"`{each['name']}`",
                        number(each["iqm"]["value"]),
                        within(each["iqm"]["interval"]),
                        f"{each['of_optimum']:.0%}",
                        by_seed([run["mean_return"] for run in each["runs"]]),
                        reached(each).strip(" ()"),
                        f"{each['exploration_steps']:.1f}",
                        *(f"{each['sights'][kind]:.2f}" if kind in each["sights"] else "" for kind in sights),
                        f"{each['seconds']:,.0f}" if each["learned"] else "",
                    )
                )
            levels = {
                **compared["controls"],
                "without exploring": compared["uninformed"],
                "optimum": compared["optimum"],
            }
            padding = [""] * (len(titles) + 1)
            lines += [cells(name, f"*{title}*", number(value), *padding) for title, value in levels.items()]
        own = ("lines",) if part == "bus" else ()
        return [*lines, "", *pictured(part, *own, f"{part}-explorations"), source(found), *commands(found)]

    return lines_of


def the_one(comparison: dict[str, Any], name: str) -> dict[str, Any]:
    """An explorer of a comparison."""
    found: dict[str, Any] = next(each for each in comparison["explorers"] if each["name"] == name)
    return found


def reached(each: dict[str, Any]) -> str:
    """When the median seed earned 90 % of the optimum, if it did."""
    median = each.get("steps_to", {}).get("median")
    return f" ({median:,.0f})" if median else ""


def pictured(*names: str) -> list[str]:
    """Those pictures of `benchmarks/lecture.py` that there are."""
    titles = {
        "cost": "Agent steps to 90 % of the optimum over the number of hallways, both logarithmic",
        "lines": "Useful and useless lines that each explorer rides",
    }
    found = [name for name in names if (IMAGES / "lecture" / f"{name}.png").exists()]
    what = {
        name: titles.get(name, "What each explorer does" if "explor" in name else "Learning curves") for name in found
    }
    return [line for name, title in what.items() for line in (f"![{title}](images/lecture/{name}.png)", "")]


def commands(found: dict[str, Any]) -> list[str]:
    """How long it took, with which seeds, and what `dreamctl compare` was asked for."""
    seeds = next(iter(found["comparisons"].values()))["seeds"]
    said = f"Seeds {seeds[0]} to {seeds[-1]}; {found['seconds'] / 60:,.0f} minutes by the clock."
    return ["", said, "", *(f"- `{each['command']}`" for each in found["comparisons"].values())]


def theory(found: dict[str, Any]) -> list[str]:
    """Trials until the arm that reveals is best and stays best, by the number of arms."""
    lines = heading("arms", "DREAM", "RL2", "ratio")
    for n, arms in enumerate(found["arms"]):
        mean, error = ({name: each[n] for name, each in found[key].items()} for key in ("mean_trials", "stderr"))
        trials = (f"{mean[name]:,.0f} ± {error[name]:,.0f}" for name in ("dream", "rl2"))
        lines.append(cells(arms, *trials, f"{mean['rl2'] / mean['dream']:.0f}"))
    slopes = (f"{found['slope'][name]:.2f}" for name in ("dream", "rl2"))
    return [*lines, cells("slope", *slopes, ""), "", f"{found['seeds']} seeds; means and their standard errors."]


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
    """Explorers on real programs, judged by the same classifier: means over seeds, with intervals.

    All tables of Bounce are made from what `benchmarks/bounce.py` writes.
    """
    columns = {
        "eight accuracy": "accuracy, 8 labels",
        "eight macro_f1": "macro-F1, 8 labels",
        "all micro_f1": "micro-F1, all 38",
        "common macro_f1": "macro-F1, the 29 of 1 % or more",
    }
    lines = [*heading("player", "episodes", *columns.values(), "calibration error")]
    for row in found["rows"]:
        lines.append(cells(row["name"], row["episodes"], *(between(row[name]) for name in columns), mean(row["ece"])))
    for name, each in found["controls"].items():
        reads = " (reads the program's text)" if each["reads_source"] else ""
        measured = {**each, "all micro_f1": each["micro_f1"]}
        lines.append(cells(f"{name}{reads}", "", *(f"{measured[c]:.3f}" for c in columns), f"{each['ece']:.3f}"))
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


def bounce_seeds(found: dict[str, Any]) -> list[str]:
    """What every seed came to, and with which command."""
    lines = heading("player", "episodes", "accuracy, 8 labels", "macro-F1, the 29", "seconds of training", "command")
    for row in found["rows"]:
        seeds = (by_seed(row[name]["seeds"]) for name in ("eight accuracy", "common macro_f1"))
        seconds = ", ".join(f"{value:,}" for value in row["training_seconds"])
        lines.append(cells(row["name"], row["episodes"], *seeds, seconds, f"`{row['command']}`"))
    return [*lines, "", source(found)]


def bounce_comparisons(found: dict[str, Any]) -> list[str]:
    """By how much learning for information is ahead of each control, and on how many labels."""
    lines = heading(
        "ahead of",
        "episodes",
        "macro-F1, the 29",
        "accuracy, 8 labels",
        "labels better",
        "worse",
        "need play",
        "of these better",
    )
    for each in found["comparisons"]:
        needed = set(each["need_play"])
        better, worse = set(each["better"]), set(each["worse"])
        ahead = (between(each[name], sign="+") for name in ("common macro_f1", "eight accuracy"))
        counts = (len(better), len(worse), len(needed), len(better & needed))
        lines.append(cells(each["other"], each["episodes"], *ahead, *counts))
    return [*lines, "", source(found)]


def bounce_labels(found: dict[str, Any]) -> list[str]:
    """The F1 of every label, by player and number of episodes."""
    shown = [row for row in found["rows"] if row["episodes"] in (1, 8)]
    lines = heading("label", *(f"{row['name']}, {row['episodes']}" for row in shown))
    for label in shown[0]["labels"]:
        lines.append(cells(f"`{label}`", *(f"{row['labels'][label]['value']:.3f}" for row in shown)))
    return [*lines, "", source(found)]


def bounce_broken(found: dict[str, Any]) -> list[str]:
    """Telling broken programs from correct ones, of all programs and of both parts."""
    lines = heading(
        "player",
        "episodes",
        "accuracy",
        "balanced accuracy",
        "broken found",
        "correct left alone",
        "balanced, body",
        "balanced, tail",
    )
    for row in found["rows"]:
        names = ("accuracy", "balanced_accuracy", "recall", "specificity")
        values = (
            with_programs([seed[name] for seed in row["broken"]], row["broken"][0]["intervals"][name]) for name in names
        )
        parts = row["groups"].get("distribution", {})
        balanced = (number(parts.get(part, {}).get("broken", {}).get("balanced_accuracy")) for part in ("body", "tail"))
        lines.append(cells(row["name"], row["episodes"], *values, *balanced))
    return [*lines, "", source(found)]


def bounce_certainty(found: dict[str, Any]) -> list[str]:
    """How accurate the surest verdicts are, and whether probabilities mean what they say."""
    shares = [point["share"] for point in found["rows"][0]["coverage"]]
    lines = heading("player", "episodes", "calibration error", *(f"surest {share:.0%}" for share in shares))
    for row in found["rows"]:
        points = (f"{point['accuracy']:.4f}" for point in row["coverage"])
        lines.append(cells(row["name"], row["episodes"], f"{sum(row['ece']) / len(row['ece']):.4f}", *points))
    return [*lines, "", source(found)]


def bounce_balls(found: dict[str, Any]) -> list[str]:
    """Programs in which three balls or more can fly at once, against the others."""
    lines = heading(
        "player", "episodes", "programs", "3 labels, 3 balls or more", "3 labels, fewer", "all, 3 or more", "all, fewer"
    )
    for row in found["rows"]:
        many, few = (row["groups"].get("balls", {}).get(part) for part in ("3 or more", "fewer"))
        if many is None or few is None:
            continue
        programs = f"{many['programs']:,} and {few['programs']:,}"
        values = (number(part[name]) for name in ("balls", "accuracy") for part in (many, few))
        lines.append(cells(row["name"], row["episodes"], programs, *values))
    return [*lines, "", source(found)]


def bounce_speeds(found: dict[str, Any]) -> list[str]:
    """Trained without a speed of the ball, the paddle, both or neither; on programs that set both, and on others."""
    columns = ("eight accuracy", "eight precision", "eight recall", "eight micro_f1", "eight macro_f1")
    titles = ("accuracy", "precision", "recall", "micro-F1", "macro-F1")
    lines = heading("held out", "measured on", "programs", "episodes", *titles)
    for row in found["rows"]:
        of = f"programs with {found['speed']} ball and paddle" if row["test"] == "unseen" else "the others"
        values = (between(row[name]) for name in columns)
        lines.append(cells(row["name"], of, f"{row['programs']:,}", row["episodes"], *values))
    return [*lines, "", source(found)]


def bounce_plain(found: dict[str, Any]) -> list[str]:
    """Any runs: headlines, and broken or not; what a run does not judge is left out."""
    columns = ("eight accuracy", "eight macro_f1", "all micro_f1", "common macro_f1")
    lines = heading(
        "run",
        "episodes",
        "accuracy, 8",
        "macro-F1, 8",
        "micro-F1, 38",
        "macro-F1, 29",
        "calibration",
        "broken, accuracy",
        "broken, balanced",
    )
    for row in found["rows"]:
        judged = columns if len(row["labels"]) > 8 else columns[:2]
        values = [between(row[name]) if name in judged else "" for name in columns]
        broken = (mean([seed[name] for seed in row["broken"]]) for name in ("accuracy", "balanced_accuracy"))
        lines.append(cells(row["name"], row["episodes"], *values, mean(row["ece"]), *broken))
    commands = dict.fromkeys(f"- {row['name']}: `{row['command']}`" for row in found["rows"])
    return [*lines, "", *commands, "", source(found)]


def bounce_curves(found: dict[str, Any]) -> list[str]:
    """The pictures that `benchmarks/bounce_curves.py` draws of these figures."""
    pictures = {
        "bounce-episodes": "Macro-F1 of every player by the number of episodes",
        "bounce-budgets": "Macro-F1 after one episode by the steps of training",
        "bounce-coverage": "Accuracy of the surest verdicts by their share",
    }
    there = {name: title for name, title in pictures.items() if (IMAGES / f"{name}.png").exists()}
    lines = [line for name, title in there.items() for line in (f"![{title}](images/{name}.png)", "")]
    return [*lines, source(found)]


def heading(*titles: str) -> list[str]:
    """The first two lines of a table."""
    return [cells(*titles), "|" + "---|" * len(titles)]


def cells(*values: Any) -> str:
    """A line of a table."""
    return f"| {' | '.join(map(str, values))} |"


def between(measure: dict[str, Any], sign: str = "") -> str:
    """A value with its interval."""
    low, high = measure["interval"]
    return f"{measure['value']:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def with_programs(values: list[float | None], interval: list[float | None]) -> str:
    """The mean over seeds, with the interval over programs of the first."""
    low, high = interval
    return mean(values) if low is None else f"{mean(values)} ({number(low)} to {number(high)})"


def by_seed(values: list[float]) -> str:
    """The values of the seeds."""
    return ", ".join(f"{value:.3f}" for value in values)


def mean(values: list[float | None]) -> str:
    """The mean over seeds, where there is one."""
    known = [value for value in values if value is not None]
    return number(sum(known) / len(known) if known else None)


def number(value: float | None) -> str:
    """A measure; empty where it is not defined."""
    return "" if value is None else f"{value:.3f}"


def source(found: dict[str, Any]) -> str:
    """Where the figures come from."""
    machine = f", one core of {found['processor']}" if found.get("processor") else ""
    commit = f" at {found['commit']}" if found.get("commit") else ""
    return f"Measured with dreamctl {found.get('dreamctl', '')}{commit}{machine}: `{found['command']}`."


TABLES: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "hallway": hallway,
    "terms": terms,
    "theory": theory,
    "hallways": hallways,
    **{part: compared(part) for part in ("easy", "bus", "map", "cooking", "sign")},
    "judges": judges,
    "ceiling": ceiling,
}
BOUNCE: dict[str, tuple[str, Callable[[dict[str, Any]], list[str]]]] = {  # table -> its document, and what makes it
    "bounce": ("bounce-explorers", bounce),
    "bounce-curves": ("bounce-explorers", bounce_curves),
    "bounce-seeds": ("bounce-explorers", bounce_seeds),
    "bounce-comparisons": ("bounce-explorers", bounce_comparisons),
    "bounce-labels": ("bounce-explorers", bounce_labels),
    "bounce-broken": ("bounce-explorers", bounce_broken),
    "bounce-certainty": ("bounce-explorers", bounce_certainty),
    "bounce-balls": ("bounce-explorers", bounce_balls),
    "bounce-speeds": ("bounce-speeds", bounce_speeds),
    "bounce-generated": ("bounce-generated", bounce_plain),
    "bounce-play-to-grade": ("bounce-play-to-grade", bounce_plain),
}


def table(name: str, results: Path = RESULTS) -> list[str]:
    """The table of that name as Markdown lines."""
    document, make = BOUNCE.get(name, (name, TABLES.get(name)))
    path = results / f"{document}.json"
    if not path.exists():
        return [f"There is no `docs/results/{document}.json` yet, so there are no figures to show."]
    assert make is not None, f"no table is named {name}"
    return make(json.loads(path.read_text("utf-8")))


class Figures(SphinxDirective):
    """```{figures} NAME``` in a page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        document, _ = BOUNCE.get(self.arguments[0], (self.arguments[0], None))
        self.env.note_dependency(str(RESULTS / f"{document}.json"))
        return self.parse_text_to_nodes("\n".join(table(self.arguments[0])))


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls this."""
    app.add_directive("figures", Figures)
    return {"parallel_read_safe": True}
