"""Programs: seven events with commands each, and the words that they compile to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dreamctl import InputError

from .rules import EVENTS, GOAL, LEFT, MISS, PADDLE, RIGHT, RUN, SPEEDS, WALL

_LOOKS = ("hardcourt", "retro", "random")
COMMANDS = (
    "move left",
    "move right",
    "bounce ball",
    "score point",
    "score opponent point",
    "launch new ball",
    *(f"set '{speed}' ball speed" for speed in (*SPEEDS, "random")),
    *(f"set '{speed}' paddle speed" for speed in (*SPEEDS, "random")),
    *(f"set '{look}' {part}" for part in ("scene", "ball", "paddle") for look in _LOOKS),
)
CODE = {command: code for code, command in enumerate(COMMANDS)}
BOUNCE = CODE["bounce ball"]
LAUNCH = "launch new ball"
MANY = 3  # balls at once
MOST_COMMANDS = 10_000  # in a program; students' longest has 355

# What a word of compiled code does; its argument is a number of repetitions, or the index of a speed.
OP_LEFT, OP_RIGHT, OP_BOUNCE, OP_SCORE, OP_OPPONENT, OP_LAUNCH = range(6)  # the codes of the same commands
OP_BALL_SPEED, OP_RANDOM_BALL_SPEED, OP_PADDLE_SPEED, OP_RANDOM_PADDLE_SPEED = range(6, 10)
OP_BITS = 4


@frozen(slots=False)
class Program:
    """What a student wrote: for each of the seven events, its commands in order, as one byte each (`COMMANDS`).

    It is all that a simulator is given of a task.
    """

    events: tuple[bytes, ...]

    @cached_property
    def code(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Words, and [8] where each event's words begin (the last is where they end)."""
        parts = [_compile(event, commands) for event, commands in enumerate(self.events)]
        starts = np.cumsum([0, *map(len, parts)], dtype=np.int32)
        return np.array([word for part in parts for word in part], np.int32), starts

    @property
    def bounces_in_goal(self) -> bool:
        """Whether a ball in the goal bounces, and so never counts as having gone in."""
        return BOUNCE in self.events[GOAL]

    def count(self, event: int, command: str) -> int:
        """How often a command stands under an event."""
        return self.events[event].count(CODE[command])

    @classmethod
    def from_json(cls, value: Any) -> Program:
        """The program that a JSON object describes: each of the seven events with its list of commands.

        Raises `InputError` with one sentence that names the event and the command.
        """
        if not isinstance(value, dict):
            raise InputError(f"a program is an object with the seven events, but this is {kind(value)}.")
        for name in value:
            if name not in EVENTS:
                raise InputError(f"{shown(name)} is not an event.{nearest(name, EVENTS)}")
        for name in EVENTS:
            if name not in value:
                raise InputError(f"the event '{name}' is missing; give it an empty list if nothing happens then.")
            if not isinstance(value[name], list):
                raise InputError(f"event '{name}': expected a list of commands, but this is {kind(value[name])}.")
        total = sum(map(len, value.values()))
        if total > MOST_COMMANDS:
            raise InputError(f"the program has {total} commands, and at most {MOST_COMMANDS} are read.")
        return cls(tuple(_codes(name, value[name]) for name in EVENTS))

    def to_json(self) -> dict[str, list[str]]:
        """The program as it stands in files."""
        return {name: [COMMANDS[code] for code in codes] for name, codes in zip(EVENTS, self.events, strict=True)}


def balls(program: Program) -> str:
    """Whether three balls or more can fly at once, "3 or more" or "fewer".

    So it is with as many launches at the start, or with one where each time adds a ball: at a key, the paddle, a wall.
    """
    several = program.count(RUN, LAUNCH) >= MANY or any(program.count(e, LAUNCH) for e in (LEFT, RIGHT, PADDLE, WALL))
    return f"{MANY} or more" if several else "fewer"


def shown(value: Any) -> str:
    """A value as it is quoted in a sentence: on one line, and short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return words.get(type(value), "a number")


def nearest(name: Any, known: Iterable[str]) -> str:
    """A second sentence with the nearest spelling, if there is one."""
    close = difflib.get_close_matches(name[:80], known, n=1) if isinstance(name, str) else []
    return f" Did you mean '{close[0]}'?" if close else ""


def _codes(event: str, commands: list[Any]) -> bytes:
    try:
        return bytes([CODE[command] for command in commands])
    except (KeyError, TypeError):
        number, command = next((i, c) for i, c in enumerate(commands, 1) if not isinstance(c, str) or c not in CODE)
        where = f"event '{event}', command {number}"
        if not isinstance(command, str):
            raise InputError(f"{where}: expected a command, but this is {kind(command)}.") from None
        raise InputError(f"{where}: {shown(command)} is not a command.{nearest(command, COMMANDS)}") from None


def _compile(event: int, commands: bytes) -> list[int]:
    """The words of one event: runs of equal commands merged, what changes nothing left out."""
    words: list[int] = []
    previous, repeats = -1, 0
    for code in [*(code for code in commands if not _does_nothing(event, code)), -1]:
        if code == previous:
            repeats += 1
            continue
        if previous >= 0:
            words.append(_word(previous, repeats))
        previous, repeats = code, 1
    return words


def _does_nothing(event: int, code: int) -> bool:
    appearance = code >= CODE["set 'hardcourt' scene"]
    return appearance or (code == BOUNCE and event in (RUN, LEFT, RIGHT, MISS))


def _word(code: int, repeats: int) -> int:
    ball, paddle = CODE["set 'very slow' ball speed"], CODE["set 'very slow' paddle speed"]
    if code < ball:
        # Bouncing off the paddle twice gives the heading before, so four times is as good as any even number more.
        argument = min(repeats, 4 - repeats % 2) if code == BOUNCE else repeats
        return code | argument << OP_BITS
    fixed, random, first = (
        (OP_BALL_SPEED, OP_RANDOM_BALL_SPEED, ball)
        if code < paddle
        else (OP_PADDLE_SPEED, OP_RANDOM_PADDLE_SPEED, paddle)
    )
    speed = code - first
    return fixed | speed << OP_BITS if speed < len(SPEEDS) else random | repeats << OP_BITS
