"""The table of a comparison: the same cells for a terminal, for Markdown and for a web page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

TITLES = {  # computed and played controls, as the table calls them
    "optimum": "optimum",
    "uninformed": "without exploring, at best",
    "told": "told the task",
    "random": "random",
    "posterior": "posterior sampling, exact",
    "constant": "constant answer",
    "scripted": "scripted",
}
NOTHING = "-"
Document = Mapping[str, Any]
Cells = tuple[str, ...]


@frozen
class Row:
    """A line; `control` ones are set apart."""

    cells: tuple[str, ...]
    control: bool


def heading(found: Document) -> tuple[str, ...]:
    """The names of the columns; the first is that of the explorers."""
    if found["answer"] == "return":
        steps = "steps to 90 %"
        first = ("explorer", "IQM", "95 %", "mean", "of optimum", "after another's", steps, "explores for")
        return (*first, *_sights(found), "seconds")
    return ("explorer", "accuracy", "95 %", "macro-F1", "95 %", "MCC", "95 %", "explores for", "seconds")


def rows(found: Document) -> list[Row]:
    """Explorers, the best first, then controls."""
    measure = "mean_return" if found["answer"] == "return" else "macro_f1"
    explorers = sorted(found["explorers"], key=lambda each: -_value(each, measure))
    made = [Row(_explorer(each, found), each["control"]) for each in explorers]
    controls = [Row(_control(each, found), True) for each in found["controls"]]
    computed = [
        Row(_padded((TITLES[name], number(found[name])), found), True)
        for name in ("optimum", "uninformed")
        if found[name] is not None
    ]
    return [*(row for row in made if not row.control), *(row for row in made if row.control), *controls, *computed]


def notes(found: Document) -> list[str]:
    """What has to be known to read the table, a sentence each."""
    seeds, networks = len(found["seeds"]), found["hidden"]
    many = f"{seeds} seeds" if seeds > 1 else "one seed"
    said = [
        f"Everybody had {found['steps']:,} agent steps and {many}"
        + (f", and hidden layers of {networks}." if networks else ".")
    ]
    own = [each for each in found["explorers"] if each["note"] and not each["control"]]
    if own:
        said.append("Not the same for all: " + "; ".join(f"{each['name']} {each['note']}" for each in own) + ".")
    tasks = f"{found['trials']:,} trials of {found['tasks']:,} tasks"
    if found["answer"] == "return":
        said += [
            f"IQM: the interquartile mean over seeds of the mean return of {tasks}, with a 95 % bootstrap interval.",
            "After another's: the same executions after the exploration of another task.",
            "Steps to 90 %: the median over seeds of when the greedy policies first earn 90 % of the optimum.",
        ]
        if _sights(found):
            kinds = " and ".join(f"'{name}'" for name in _sights(found))
            said.append(f"Under {kinds}: how many different places of the kind an exploration comes to, on average.")
    else:
        said.append(
            f"Interquartile means over seeds of {tasks}, with 95 % bootstrap intervals over seeds and programs."
        )
    return said


def number(value: float | None) -> str:
    """Three digits behind the point."""
    return NOTHING if value is None else f"{value:.3f}"


def _value(each: Document, measure: str) -> float:
    value = each["figures"][measure]["iqm"]["value"]
    return float("-inf") if value is None else float(value)


def _explorer(each: Document, found: Document) -> Cells:
    explores = f"{each['exploration_steps']:.1f}"
    seconds = f"{each['seconds']:,.0f}"
    if found["answer"] == "rubric":
        return (each["name"], *_measures(each), explores, seconds)
    figures = each["figures"]["mean_return"]
    share = each["of_optimum"]
    return (
        each["name"],
        number(figures["iqm"]["value"]),
        between(figures["iqm"]),
        number(figures["mean"]["value"]),
        NOTHING if share is None else f"{share:.1%}".replace("%", " %"),
        number(each["after_another"]["value"]),
        _steps_to(each.get("steps_to"), found),
        explores,
        *(f"{each['sights'][name]:.2f}" for name in _sights(found)),
        seconds,
    )


def _sights(found: Document) -> tuple[str, ...]:
    """The kinds of places that the environment names."""
    return tuple(found["explorers"][0]["sights"])


def _control(each: Document, found: Document) -> Cells:
    name = str(TITLES.get(each["name"], each["name"]))
    if found["answer"] == "rubric":
        return _padded((name, *_measures(each)), found)
    figures, optimum = each["figures"]["mean_return"], found["optimum"]
    share = f"{figures['iqm']['value'] / optimum:.1%}".replace("%", " %") if optimum else NOTHING
    mean = number(figures["mean"]["value"])
    return _padded((name, number(figures["iqm"]["value"]), between(figures["iqm"]), mean, share), found)


def _measures(each: Document) -> list[str]:
    figures = (each["figures"][name]["iqm"] for name in ("accuracy", "macro_f1", "macro_mcc"))
    return [cell for figure in figures for cell in (number(figure["value"]), between(figure))]


def between(figure: Document) -> str:
    """An interval."""
    if figure["interval"] is None or None in figure["interval"]:
        return NOTHING
    return " to ".join(number(bound) for bound in figure["interval"])


def _steps_to(reached: Document | None, found: Document) -> str:
    if reached is None:
        return NOTHING
    seeds = len(found["seeds"])
    if not reached["reached"]:
        return "never"
    some = "" if reached["reached"] == seeds else f" ({reached['reached']} of {seeds} seeds)"
    return (f"{reached['median']:,.0f}" if reached["median"] is not None else "later") + some


def _padded(cells: tuple[str, ...], found: Document) -> tuple[str, ...]:
    return (*cells, *[""] * (len(heading(found)) - len(cells)))
