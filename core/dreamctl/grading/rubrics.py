"""Course rubrics as a person writes them: a file to begin from, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from attrs import field, frozen

from ..errors import UsageError
from ..plugins import Plugin
from ..records import Environment, Item, Rubric
from ..runs.columns import columns_of
from ..runs.directory import read_settings
from ..runs.settings import toml_value

HEAD = """\
# What counts in a course, made from the rubric '{base}'.
# Change this file as you like, then check it with `dreamctl rubric check FILE`.

name = {name}
environment = {environment}
base = {quoted}  # items that are not named below are as they are there

drop = []  # keys of the base's items that do not count here
{score}

# To make one item out of several, give it a key of its own and the labels that it stands for.
# It takes the place of the items that it is made of; take their tables below away.
#
# [[items]]
# key = "my-item"
# title = "What it is called"
# labels = [{labels}]
# points = 2
# feedback = "What the student should do."
"""


@frozen(kw_only=True)
class Findings:
    """What `dreamctl rubric check` found: mistakes fail the check, notes do not.

    `judged`: keys of the items that the weights can tell, or None where there are no weights.
    `uncovered`: labels of the environment that no item is made of.
    """

    rubric: Rubric
    mistakes: list[str] = field(factory=list)
    notes: list[str] = field(factory=list)
    judged: list[str] | None = None
    uncovered: list[str] = field(factory=list)

    def to_json(self) -> dict[str, Any]:
        """The document of `dreamctl rubric check --json`."""
        judged = self.judged
        items = [
            {
                "key": item.key,
                "title": item.title,
                "points": item.points,
                "labels": list(item.made_of),
                "judged": None if judged is None else item.key in judged,
            }
            for item in self.rubric.items
        ]
        return {
            "rubric": self.rubric.name,
            "environment": self.rubric.environment,
            "points": sum(item.points for item in self.rubric.items),
            "max_score": self.rubric.full_score,
            "items": items,
            "uncovered_labels": self.uncovered,
            "mistakes": self.mistakes,
            "notes": self.notes,
        }


def written(name: str, base: Rubric) -> str:
    """The text of a rubric file that begins as `base`, with all that a person may want to change in it."""
    parts = [label for item in base.items for label in item.made_of][:2]
    head = HEAD.format(
        base=base.name,
        name=toml_value(name),
        environment=toml_value(base.environment),
        quoted=toml_value(base.name),
        score=f"# max_score = {_number(base.full_score)}  # by default the sum of all points",
        labels=", ".join(toml_value(label) for label in parts),
    )
    tables = [
        f"\n[[items]]\nkey = {toml_value(item.key)}\ntitle = {toml_value(item.title)}\n"
        f"points = {_number(item.points)}\nfeedback = {toml_value(item.feedback)}\n"
        for item in base.items
    ]
    return head + "".join(tables)


def examine(rubric: Rubric, plugin: Plugin, environment: Environment) -> Findings:
    """Whether a rubric says what its author means, and whether the environment's weights can judge it."""
    known = _known(plugin, environment)
    judged = _judged(rubric, environment)
    unheard = {label for item in rubric.items for label in item.made_of}
    notes = [*_weightless(rubric), *_overlaps(rubric)]
    if judged is not None:
        notes += [
            f"item '{item.key}': the shipped weights do not judge it; train a run with this rubric."
            for item in rubric.items
            if item.key not in judged
        ]
    return Findings(
        rubric=rubric,
        mistakes=[*_unknown(rubric, known), *_untold(rubric), *_contradictions(rubric)],
        notes=notes,
        judged=judged,
        uncovered=[label for label in known if label not in unheard],
    )


# --- mistakes -----------------------------------------------------------------------------------------------------


def _unknown(rubric: Rubric, known: Sequence[str]) -> Iterator[str]:
    for item in rubric.items:
        for label in item.made_of:
            if label not in known:
                near = get_close_matches(label, known, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                yield f"item '{item.key}': there is no label '{label}' in {rubric.environment}.{hint}"


def _untold(rubric: Rubric) -> Iterator[str]:
    for item in rubric.items:
        for name in ("title", "feedback"):
            if not getattr(item, name).strip():
                yield f"item '{item.key}': it has no {name}; say what {_SAYS[name]}."


_SAYS = {"title": "it is called in reports", "feedback": "the student should do"}


def _contradictions(rubric: Rubric) -> Iterator[str]:
    for number, item in enumerate(rubric.items):
        for other in rubric.items[number + 1 :]:
            if _set(item) == _set(other):
                yield f"items '{item.key}' and '{other.key}' are made of the same labels; leave one of them out."
            elif _set(item) & _set(other) and (other.key in item.excludes or item.key in other.excludes):
                both = min(_set(item) & _set(other))
                yield f"items '{item.key}' and '{other.key}' exclude each other, but '{both}' makes both present."
    for circle in _circles(rubric):
        names = ", ".join(repr(key) for key in circle)
        yield f"items {names} exclude each other in a circle, so none of them comes first."


def _circles(rubric: Rubric) -> Iterator[list[str]]:
    """Circles of items of which each excludes the next and is not excluded by it."""
    by_key = {item.key: item for item in rubric.items}
    one_way = {
        item.key: [other for other in item.excludes if item.key not in by_key[other].excludes] for item in rubric.items
    }
    free = {key for key, others in one_way.items() if not others}
    while more := {key for key, others in one_way.items() if key not in free and set(others) <= free}:
        free |= more
    stuck = [key for key in one_way if key not in free]
    if stuck:
        path = [stuck[0]]
        while True:
            step = next(other for other in one_way[path[-1]] if other not in free)
            if step in path:
                break
            path.append(step)
        yield path[path.index(step) :]


# --- notes --------------------------------------------------------------------------------------------------------


def _weightless(rubric: Rubric) -> Iterator[str]:
    for item in rubric.items:
        if item.points == 0:
            yield f"item '{item.key}': it costs no points, so it is told and changes no score."
    lost = sum(item.points for item in rubric.items)
    if rubric.full_score > lost:
        yield (
            f"'max_score' is {_number(rubric.full_score)}, and all items together cost {_number(lost)}: "
            "nobody can score 0."
        )
    if rubric.full_score < lost:
        yield (
            f"'max_score' is {_number(rubric.full_score)}, and all items together cost {_number(lost)}: "
            "a program with many faults is at 0 before the last is counted."
        )


def _overlaps(rubric: Rubric) -> Iterator[str]:
    for number, item in enumerate(rubric.items):
        for other in rubric.items[number + 1 :]:
            both = _set(item) & _set(other)
            if both and _set(item) != _set(other):
                yield f"items '{item.key}' and '{other.key}' both hold '{min(both)}', which costs the points of both."


def _judged(rubric: Rubric, environment: Environment) -> list[str] | None:
    """Keys of the items that the shipped weights tell."""
    if environment.weights is None:
        return None
    own = read_settings(environment.weights).rubric
    if own is None:
        return None
    return [item.key for item in rubric.items if _told(item, own)]


def _told(item: Item, own: Rubric) -> bool:
    alone = Rubric(name="one", environment=own.environment, items=(Item(key=item.key, labels=item.made_of),))
    try:
        columns_of(alone, own)
    except UsageError:
        return False
    return True


def _known(plugin: Plugin, environment: Environment) -> list[str]:
    """The environment's labels: those that the plugin's own rubrics for it are made of."""
    names = (environment.name, f"{plugin.name}/{environment.name}")
    own = (rubric for rubric in plugin.rubrics.values() if rubric.environment in names)
    return list(dict.fromkeys(label for rubric in own for item in rubric.items for label in item.made_of))


def _set(item: Item) -> frozenset[str]:
    return frozenset(item.made_of)


def _number(value: float) -> str:
    return f"{value:g}"


def unread(labels: Iterable[str], most: int = 5) -> str:
    """Some labels in a sentence, not too many of them."""
    labels = list(labels)
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(labels[:most]) + more
