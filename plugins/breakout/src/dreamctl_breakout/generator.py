"""Labelled designs without end: many are right, others have one to five faults, in every combination.

Faults that nobody can see are taken away (`hiding.py`), so programs that play the same are the same. Which split a
program belongs to is told by its faults: no combination of two or more is both in training and in validation or test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs
import numpy as np
from attrs import evolve

from dreamctl import Task, TaskSet

from .design import BOXES, CORNERS, COURSES, FAULTS, Design, impossible, with_faults
from .hiding import shown
from .labels import ENTRIES, PLAYED, labels

LISTS = {"train": 4000, "validation": 400, "test": 1000}
SEED = 0xB4EA
RIGHT, MANY = 0.3, (0.34, 0.28, 0.2, 0.12, 0.06)  # share of programs without faults; of the others with 1 to 5
UNPLAYED = 0.04  # share of programs with a fault that is seen without play
TRAIN_SHARE = 8  # of ten combinations of faults; the others are one each for validation and test

# How often an item is the reason for a fault, relative to the others: as often as in real programs, but for the rare
# ones, and for those that are hard to find.
OFTEN: Mapping[str, float] = {
    "skewer": 2.0,
    "multi_brick_one_frame": 1.8,
    "launch_vx_one_sided": 1.5,
    "launch_not_random": 1.2,
    "ball_not_centred": 1.2,
    "brick_count_wrong": 1.2,
    "paddle_leaves_screen": 1.2,
    "lives_count_wrong": 1.3,
    "win_not_detected": 1.5,
    "brick_no_bounce": 0.8,
    "horizontal_vertical_test_wrong": 1.2,
    "label_or_paddle_removed": 1.2,
    "restarts_after_game_over": 1.2,
    "score_wrong": 1.3,
    "crash_in_play": 0.8,
    "paddle_pass_through": 0.8,
}


def sample(rng: np.random.Generator) -> Task:
    """A program; its key names it, so equal programs have equal keys."""
    design = _with_faults(_right(rng), rng)
    if rng.random() < UNPLAYED:
        design = with_faults(design, [_one_of(rng, [f for f in _UNPLAYED if not impossible(with_faults(design, [f]))])])
    return task(shown(design))


def task(design: Design) -> Task:
    """The labelled task of a design."""
    text = repr((*attrs.astuple(design)[:-1], *sorted(design.faults)))
    digest = hashlib.sha256(text.encode()).hexdigest()
    number = len(design.faults)
    return Task(
        key=f"design-{digest[:16]}",
        params=design,
        labels=labels(design),
        groups={"faults": "3 or more" if number > 2 else str(number), "collision": design.collision},
    )


def tasks() -> TaskSet:
    """Fixed lists of different programs, and an endless stream of others for training."""
    lists = _lists()
    held_out = {task.key for name in ("validation", "test") for task in lists[name]}

    def sample_others(rng: np.random.Generator) -> Task:
        return next(t for t in iter(lambda: sample(rng), None) if _may_be_in("train", t) and t.key not in held_out)

    return TaskSet(train=lists["train"], validation=lists["validation"], test=lists["test"], sample=sample_others)


@cache
def _lists() -> dict[str, tuple[Task, ...]]:
    rng, seen = np.random.default_rng(SEED), set()
    lists: dict[str, list[Task]] = {name: [] for name in LISTS}
    while any(len(lists[name]) < size for name, size in LISTS.items()):
        drawn = sample(rng)
        if drawn.key in seen:
            continue
        names = [name for name, size in LISTS.items() if len(lists[name]) < size and _may_be_in(name, drawn)]
        if names:
            seen.add(drawn.key)
            lists[names[int(rng.integers(len(names)))]].append(drawn)
    return {name: tuple(found) for name, found in lists.items()}


def _may_be_in(split: str, task: Task) -> bool:
    """A combination of faults belongs to one split; programs with fewer than two may be in any."""
    faults = task.params.faults
    if len(faults) < 2:
        return True
    number = hashlib.sha256("/".join(sorted(faults)).encode()).digest()[0] % 10
    home = "train" if number < TRAIN_SHARE else "validation" if number == TRAIN_SHARE else "test"
    return split == home


# --- free choices ---------------------------------------------------------------------------------------------


def _right(rng: np.random.Generator) -> Design:
    """A right program: a course's constants, some of them changed, and a student's free choices."""
    course = COURSES[_one_of(rng, list(COURSES))]
    design = course if rng.random() < 0.5 else _changed(course, rng)
    sides = rng.random() < 0.12
    control = _one_of(rng, ["none", "place", "ends"], [0.84, 0.08, 0.08])
    label = _one_of(rng, ["none", "score", "turns"], [0.55, 0.35, 0.1])
    end_label = rng.random() < 0.35
    return evolve(
        design,
        click_to_serve=bool(rng.random() < (0.3 if not course.click_to_serve else 0.85)),
        pauses_last=bool(rng.random() < 0.5),
        collision=_one_of(rng, [CORNERS, BOXES], [0.65, 0.35]),
        polls=bool(rng.random() < 0.3),
        moves_last=bool(rng.random() < 0.25),
        careful_walls=bool(rng.random() < 0.35) or sides or control != "none",
        floor_below=bool(rng.random() < 0.35),
        lifts=bool(rng.random() < 0.15),
        sides=sides,
        control=control,
        kicker=7 if rng.random() < 0.06 else 0,
        label=label,
        points=int(_one_of(rng, [1, 10, 5, 0], [0.6, 0.2, 0.1, 0.1])),
        end_label=end_label,
        closes=bool(rng.random() < 0.3),
    )


def _changed(design: Design, rng: np.random.Generator) -> Design:
    """Other speeds, and other sizes of canvas and paddle."""
    vy = float(_one_of(rng, [3, 4, 5, 6, 7, 8]))
    low = float(_one_of(rng, [1, 2]))
    return evolve(
        design,
        height=design.height + float(rng.integers(-2, 6) * 20),
        paddle_width=float(_one_of(rng, [50, 60, 75, 90, 110, 150])),
        paddle_height=float(_one_of(rng, [10, 12, 15, 20])),
        paddle_offset=float(_one_of(rng, [30, 40, 50, 70])),
        radius=float(_one_of(rng, [10, 10, 8, 9, 11, 12, 15])),
        vy=vy,
        vx_min=low,
        vx_max=low + float(_one_of(rng, [2, 3, 4, 5])),
        whole_vx=bool(rng.random() < 0.4),
        delay=float(_one_of(rng, [8, 10, 16, 20])),
    )


def _one_of(rng: np.random.Generator, values: list[Any], odds: list[float] | None = None) -> Any:
    return values[int(rng.choice(len(values), p=odds))]


# --- faults -----------------------------------------------------------------------------------------------------

_REASONS = {entry.key: entry.faults for entry in ENTRIES if entry.key in PLAYED}
_UNPLAYED = tuple(fault for entry in ENTRIES if entry.key not in PLAYED for fault in entry.faults)
_WEIGHTS = np.array([OFTEN.get(key, 1.0) for key in _REASONS])
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_SUITS: Mapping[str, Callable[[Design], Design]] = {
    **{
        fault: lambda d: evolve(d, click_to_serve=True)
        for fault in ("click_launches_again", "click_puts_the_ball_back", "click_sends_the_ball_down")
    },
    "serves_after_the_end": lambda d: evolve(d, click_to_serve=True, end_label=True, closes=False),
    "score_counts_the_paddle": lambda d: evolve(d, label="score", points=d.points or 1),
    "score_one_behind": lambda d: evolve(d, label="score"),
    "score_lost_at_a_miss": lambda d: evolve(d, label="score"),
    "removes_the_label": lambda d: evolve(d, label="score", points=d.points or 1, end_label=False, collision=CORNERS),
    "removes_the_paddle": lambda d: evolve(d, points=d.points or 1, collision=CORNERS),
    "one_turn_more": lambda d: evolve(d, label="score" if d.label == "turns" else d.label),
    "floor_turns": lambda d: evolve(d, floor_below=False),
    "floor_is_a_wall": lambda d: evolve(d, floor_below=False),
    "speed_drawn_at_walls": lambda d: evolve(d, careful_walls=False, sides=False, control="none"),
    "slower_at_walls": lambda d: evolve(d, careful_walls=False, sides=False, control="none"),
    "paddle_flips": lambda d: evolve(d, lifts=False),
    "paddle_turns_both": lambda d: evolve(d, careful_walls=True, control="none"),
    "brick_turns_both": lambda d: evolve(d, careful_walls=True),
    "brick_turns_sideways": lambda d: evolve(d, careful_walls=True),
}


def _with_faults(design: Design, rng: np.random.Generator) -> Design:
    if rng.random() < RIGHT:
        return design
    wanted = 1 + int(rng.choice(len(MANY), p=MANY))
    keys = list(_REASONS)
    for _ in range(20):
        if len(design.faults) >= wanted:
            break
        fault = _one_of(rng, list(_REASONS[keys[int(rng.choice(len(keys), p=_WEIGHTS))]]))
        suited = _SUITS.get(fault, lambda d: d)(with_faults(design, [fault]))
        if FAULTS[fault] not in {FAULTS[other] for other in design.faults} and not impossible(suited):
            design = suited
    return design
