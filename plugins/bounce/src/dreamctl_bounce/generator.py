"""Labelled programs without any data: what the weighted grammar of `grammar.py` says that students hand in.

Labels are computed by the rules, like everyone's; equal programs have equal keys.
"""

from __future__ import annotations

import hashlib
from bisect import bisect
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

import numpy as np
from attrs import frozen

from dreamctl import Task, TaskSet

from . import grammar
from .grammar import KINDS, LETTERS, PARTNERS
from .labels import BOUNCE, LABELS, LAUNCH, MOVE_LEFT, MOVE_RIGHT, OPPONENT, SCORE, labels
from .programs import CODE, COMMANDS, Program
from .rules import EVENTS, RUN

WORDS = ("run", "left", "right", "paddle", "wall", "goal", "miss")  # the events, as the grammar calls them
LETTER = dict(zip(LETTERS, (MOVE_LEFT, MOVE_RIGHT, BOUNCE, SCORE, OPPONENT, LAUNCH), strict=True))
SCORING = [CODE[SCORE], CODE[OPPONENT]]
LISTS = {"train": 4000, "validation": 300, "test": 500}
SEED = 0xB0C4

# Commands stand in an event in the order in which the course's programs have them.
BASIC = (BOUNCE, OPPONENT, SCORE, LAUNCH, MOVE_LEFT, MOVE_RIGHT)
PLACE = {CODE[command]: place for place, command in enumerate((*BASIC, *(c for c in COMMANDS if c not in BASIC)))}

T = TypeVar("T")
Event = list[int]  # codes of the commands under it, in any order


def sample(rng: np.random.Generator) -> Task:
    """A program of some kind of student; its key names the program, so equal programs have equal keys."""
    dice = Random(int(rng.integers(1 << 63)))
    student = BY_NAME[STUDENTS.draw(dice)]
    habit = HABITS.draw(dice)
    events: list[Event] = []
    for number in range(len(EVENTS)):
        again = student.repeats[number]
        repeats = again is not None and dice.random() < again.chance
        event = again.of(events) if again and repeats else _new_event(number, student, habit, dice)
        if dice.random() < SLIPS:
            _slip(event, dice)
        events.append(event)
    return _task(events)


def sample_many(count: int, rng: np.random.Generator) -> list[Task]:
    """So many programs, one after the other."""
    return [sample(rng) for _ in range(count)]


def tasks() -> TaskSet:
    """Fixed lists of different programs, each with every label in it; and an endless stream of others for training."""
    lists = _lists()
    held_out = {task.key for name in ("validation", "test") for task in lists[name]}

    def sample_others(rng: np.random.Generator) -> Task:
        return next(task for task in iter(lambda: sample(rng), None) if task.key not in held_out)

    return TaskSet(train=lists["train"], validation=lists["validation"], test=lists["test"], sample=sample_others)


def wild(rng: np.random.Generator) -> Program:
    """Any commands under any event, up to a few hundred: what no student means, and a simulator must still play."""
    length, balls, points = rng.choice([2, 6, 20, 60]), rng.integers(12), rng.random()
    events = [rng.choice(len(COMMANDS), size=rng.integers(length + 1)) for _ in EVENTS]
    if points < 0.6:  # else most games are over at once
        events = [codes[~np.isin(codes, SCORING) | (rng.random(len(codes)) < 0.1)] for codes in events]
    events[RUN] = np.append(events[RUN], [CODE[LAUNCH]] * balls)
    return Program(tuple(bytes(rng.permutation(codes).astype(np.uint8)) for codes in events))


@cache
def _lists() -> dict[str, tuple[Task, ...]]:
    programs = _different(np.random.default_rng(SEED))
    return {name: tuple(_with_every_label(size, programs)) for name, size in LISTS.items()}


def _different(rng: np.random.Generator) -> Iterator[Task]:
    """Programs without end, none of them twice."""
    seen: set[str] = set()
    while True:
        task = sample(rng)
        if task.key not in seen:
            seen.add(task.key)
            yield task


def _with_every_label(size: int, programs: Iterator[Task]) -> list[Task]:
    """`size` programs: the next ones, but the last of them give way to the first that show a label still missing."""
    drawn = [next(programs) for _ in range(size)]
    missing = [label for label in LABELS if not any(task.labels[label] for task in drawn)]
    found: list[Task] = []
    while missing:
        task = next(programs)
        if any(task.labels[label] for label in missing):
            found.append(task)
            missing = [label for label in missing if not task.labels[label]]
    return [*drawn[: size - len(found)], *found]


def _task(events: list[Event]) -> Task:
    program = Program(tuple(bytes(sorted(event, key=PLACE.__getitem__)) for event in events))
    digest = hashlib.sha256(b"/".join(event.hex().encode() for event in program.events)).hexdigest()
    return Task(key=f"generated-{digest[:16]}", params=program, labels=labels(program))


# --- one event ------------------------------------------------------------------------------------------------


def _new_event(number: int, student: Student, habit: float, dice: Random) -> Event:
    """A production, whose commands may stand there several times, and settings."""
    event: Event = []
    for code in student.productions[number].draw(dice):
        event.append(code)
        if dice.random() < AGAIN[number][code] * habit:
            low, high = TIMES[code].draw(dice)
            event += [code] * (dice.randint(low, high) - 1)
    chances = student.settings[number]
    if chances is not None:
        for part, chance in zip(SETTINGS, chances, strict=True):
            if dice.random() < chance:
                _set(part, number, event, dice)
    return event


def _set(part: str, number: int, event: Event, dice: Random) -> None:
    """Set a speed, or change the looks: each part of them or not."""
    later = number != RUN
    if part != "looks":
        event.append(VALUES[part][later].draw(dice))
        return
    for look, chances in grammar.LOOKS.items():
        if dice.random() * 100 < chances[later]:
            event.append(VALUES[look][later].draw(dice))


def _slip(event: Event, dice: Random) -> None:
    """A command that stands there goes, or one that does not comes."""
    (code,) = SLIP.draw(dice)
    if code in event:
        event[:] = [other for other in event if other != code]
    else:
        event.append(code)


# --- the grammar, made ready ----------------------------------------------------------------------------------


class Weighted(Generic[T]):
    """Values that are drawn by their weights."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.values = list(weights)
        self.upto = list(accumulate(weights.values()))

    def draw(self, dice: Random) -> T:
        return self.values[bisect(self.upto, dice.random() * self.upto[-1])]


@frozen
class Repeat:
    """Another event's commands, some of them changed over, with some chance."""

    chance: float
    other: int
    changed: Mapping[int, int]

    def of(self, events: list[Event]) -> Event:
        return [self.changed.get(code, code) for code in events[self.other]]


@frozen
class Student:
    """A kind of student: per event its productions, what it repeats, and the chances of settings."""

    productions: list[Weighted[tuple[int, ...]]]
    repeats: list[Repeat | None]
    settings: list[tuple[float, ...] | None]

    @classmethod
    def of(cls, kind: grammar.Kind) -> Student:
        return cls(
            [Weighted(_productions(getattr(kind, word))) for word in WORDS],
            [_repeat(word, kind.repeats[word]) if word in kind.repeats else None for word in WORDS],
            [tuple(p / 100 for p in kind.settings[word]) if word in kind.settings else None for word in WORDS],
        )


def _productions(text: str) -> dict[tuple[int, ...], float]:
    """`"b 64, bn 13, - 7"` as codes of commands, and their weights."""
    return {tuple(CODE[LETTER[c]] for c in word if c != "-"): weight for word, weight in _weights(text)}


def _weights(text: str) -> list[tuple[str, float]]:
    pairs = [part.strip().rpartition(" ") for part in text.split(",")]
    return [(word, float(weight)) for word, _, weight in pairs]


def _repeat(word: str, percent: int) -> Repeat:
    other, pair = PARTNERS[word]
    codes = [CODE[LETTER[letter]] for letter in pair]
    return Repeat(percent / 100, WORDS.index(other), dict(zip(codes, reversed(codes), strict=True)))


def _values(text: str, part: str) -> Weighted[int]:
    return Weighted({CODE[f"set '{value}' {part}"]: weight for value, weight in _weights(text)})


STUDENTS = Weighted({kind.name: kind.weight for kind in KINDS})
BY_NAME = {kind.name: Student.of(kind) for kind in KINDS}
HABITS = Weighted({percent / 100: float(weight) for percent, weight in grammar.HABITS.items()})
SLIPS, SLIP = grammar.SLIPS / 100, Weighted(_productions(grammar.SLIP))
SETTINGS = ("ball speed", "paddle speed", "looks")
VALUES = {part: tuple(_values(text, part) for text in texts) for part, texts in grammar.VALUES.items()}
AGAIN = [{CODE[LETTER[c]]: grammar.AGAIN[c][event] / 100 for c in LETTERS} for event in range(len(EVENTS))]
TIMES = {
    CODE[LETTER[c]]: Weighted({(low, high): weight for low, high, weight in rows})
    for letters, rows in grammar.TIMES.items()
    for c in letters
}
