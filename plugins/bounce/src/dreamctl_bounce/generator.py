"""Labelled programs without any data: the right program in many guises, with no fault, one, or a pair of faults.

A fault is the edit that its label names; the labels of what comes out are computed by the rules, like everyone's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from dreamctl import Task, TaskSet

from .labels import BOUNCE, LABELS, LAUNCH, MOVE_LEFT, MOVE_RIGHT, NO_MOVE, OPPONENT, SCORE, labels
from .programs import CODE, COMMANDS, Program
from .rules import EVENTS, GOAL, LEFT, MISS, PADDLE, RIGHT, RUN, WALL

Commands = list[list[str]]  # of each event
Edit = Callable[[Commands, np.random.Generator], None]

RIGHT_PROGRAM = {
    RUN: [LAUNCH],
    LEFT: [MOVE_LEFT],
    RIGHT: [MOVE_RIGHT],
    PADDLE: [BOUNCE],
    WALL: [BOUNCE],
    GOAL: [SCORE, LAUNCH],
    MISS: [OPPONENT, LAUNCH],
}
SCORING = [CODE[SCORE], CODE[OPPONENT]]
NUMBER_OF_FAULTS = (0.15, 0.45, 0.40)  # none, one, two
LISTS = {"train": 2000, "validation": 300, "test": 500}
SEED = 0xB0C4

# Commands stand in an event in the order in which the course's programs have them.
BASIC = (BOUNCE, OPPONENT, SCORE, LAUNCH, MOVE_LEFT, MOVE_RIGHT)
PLACE = {command: place for place, command in enumerate((*BASIC, *(c for c in COMMANDS if c not in BASIC)))}
SETTINGS = [
    [command for command in COMMANDS if command.endswith(f"' {part}")]
    for part in ("ball speed", "paddle speed", "scene", "ball", "paddle")
]


def sample(rng: np.random.Generator) -> Task:
    """A program with no fault, one or two; its key names the program, so equal programs have equal keys."""
    faults = rng.choice(len(LABELS), size=rng.choice(3, p=NUMBER_OF_FAULTS), replace=False)
    return _task([LABELS[i] for i in faults], rng)


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
    rng = np.random.default_rng(SEED)
    seen: set[str] = set()
    return {name: tuple(_different(size, seen, rng)) for name, size in LISTS.items()}


def _different(size: int, seen: set[str], rng: np.random.Generator) -> Iterator[Task]:
    """`size` programs that are not among those `seen`: first one for each label, then whatever comes."""
    singles = list(LABELS)
    while size:
        task = _task(singles[:1], rng) if singles else sample(rng)
        if task.key in seen:
            continue
        seen.add(task.key)
        del singles[:1]
        size -= 1
        yield task


def _task(faults: list[str], rng: np.random.Generator) -> Task:
    commands = [list(RIGHT_PROGRAM[event]) for event in range(len(EVENTS))]
    for fault in faults:
        EDITS[fault](commands, rng)
    _vary(commands, rng)
    program = Program(tuple(bytes(CODE[c] for c in sorted(event, key=PLACE.__getitem__)) for event in commands))
    digest = hashlib.sha256(b"/".join(event.hex().encode() for event in program.events)).hexdigest()
    return Task(key=f"generated-{digest[:16]}", params=program, labels=labels(program))


def _vary(commands: Commands, rng: np.random.Generator) -> None:
    """What a student may choose freely: speeds and looks, mostly at the start; and several moves for a key."""
    for settings in SETTINGS:
        if rng.random() < 0.35:
            commands[RUN].append(str(rng.choice(settings)))
        if rng.random() < 0.08:
            commands[int(rng.integers(len(EVENTS)))].append(str(rng.choice(settings)))
    for event, move in ((LEFT, MOVE_LEFT), (RIGHT, MOVE_RIGHT)):
        if move in commands[event] and rng.random() < 0.1:
            commands[event] += [move] * _few(rng)


def _few(rng: np.random.Generator) -> int:
    """One, less often two, and so on up to nine."""
    return int(min(rng.geometric(0.6), 9))


def _add(event: int, command: str) -> Edit:
    def edit(commands: Commands, rng: np.random.Generator) -> None:
        commands[event] += [command] * _few(rng)

    return edit


def _remove(event: int, command: str) -> Edit:
    def edit(commands: Commands, rng: np.random.Generator) -> None:
        commands[event] = [c for c in commands[event] if c != command]

    return edit


def _spoil_a_key(commands: Commands, rng: np.random.Generator) -> None:
    """One arrow key or both move the paddle the other way, or not at all."""
    wrong = ({LEFT}, {RIGHT}, {LEFT, RIGHT})[rng.integers(3)]
    way = rng.integers(3)
    for event, right, other in ((LEFT, MOVE_LEFT, MOVE_RIGHT), (RIGHT, MOVE_RIGHT, MOVE_LEFT)):
        if event in wrong:
            others = [c for c in commands[event] if c not in (right, other)]
            commands[event] = others + [[other], [], [right, other]][way]


def _edits() -> Iterator[tuple[str, Edit]]:
    places = {"Run": RUN, "Left": LEFT, "Right": RIGHT, "Paddle": PADDLE, "Wall": WALL, "Goal": GOAL, "Miss": MISS}
    edits: dict[str, Callable[[int], Edit]] = {
        "noBallLaunch": lambda event: _remove(event, LAUNCH),
        "multipleBalls": lambda event: _add(event, LAUNCH),
        "noBounce": lambda event: _remove(event, BOUNCE),
        "noPlayerScore": lambda event: _remove(event, SCORE),
        "noOpponentScore": lambda event: _remove(event, OPPONENT),
        "illegal-bounceBall": lambda event: _add(event, BOUNCE),
        "illegal-incrementPlayerScore": lambda event: _add(event, SCORE),
        "illegal-incrementOpponentScore": lambda event: _add(event, OPPONENT),
        "illegal-launchBall": lambda event: _add(event, LAUNCH),
        "illegal-moveLeft": lambda event: _add(event, MOVE_LEFT),
        "illegal-moveRight": lambda event: _add(event, MOVE_RIGHT),
    }
    for label in LABELS:
        place, _, fault = label.removeprefix("when").partition("-")
        yield label, _spoil_a_key if label == NO_MOVE else edits[fault](places[place])


EDITS: dict[str, Edit] = dict(_edits())
