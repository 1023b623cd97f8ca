"""Facts about a program that play may show, and what each label says about them.

A fact is what the labels are made of: whether a command stands under an event, whether `launch new ball` stands there
more than once, whether an arrow key steers its way. `opposite` is the nearest program in which it is the other way
round: if that one plays the same, nobody can see the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from .labels import BOUNCE, LABELS, LAUNCH, MOVE_LEFT, MOVE_RIGHT, NAMES, NO_MOVE, OPPONENT, SCORE
from .programs import CODE, Program
from .rules import GOAL, LEFT, MISS, PADDLE, RIGHT, RUN, WALL

EVENTS = (RUN, LEFT, RIGHT, PADDLE, WALL, GOAL, MISS)
SEVERAL, STEERS = "several balls", "steers"
WAY = {LEFT: (MOVE_LEFT, MOVE_RIGHT), RIGHT: (MOVE_RIGHT, MOVE_LEFT)}  # of a key: its own, and the other


@frozen
class Fact:
    """Something that is so in a program or not; `kind` is a command, `SEVERAL` or `STEERS`."""

    event: int
    kind: str
    so: Callable[[Program], bool]
    opposite: Callable[[Program], Program]


def _there(event: int, command: str) -> Fact:
    def so(program: Program) -> bool:
        return program.count(event, command) > 0

    def opposite(program: Program) -> Program:
        return _with(program, event, command, 0 if so(program) else 1)

    return Fact(event, command, so, opposite)


def _moves(event: int, command: str, other: str) -> Fact:
    """One move under an event. It comes and goes with a move the other way, since only the difference is seen."""

    def so(program: Program) -> bool:
        return program.count(event, command) > 0

    def opposite(program: Program) -> Program:
        moves, others = program.count(event, command), program.count(event, other)
        if moves == 0:
            return _with(_with(program, event, command, 1), event, other, others + 1)
        return _with(_with(program, event, command, 0), event, other, others - min(moves, others))

    return Fact(event, command, so, opposite)


def _several(event: int) -> Fact:
    def so(program: Program) -> bool:
        return program.count(event, LAUNCH) > 1

    def opposite(program: Program) -> Program:
        return _with(program, event, LAUNCH, 1 if so(program) else 2)

    return Fact(event, SEVERAL, so, opposite)


def _steers(event: int) -> Fact:
    """An arrow key moves the paddle its way on balance."""
    way, other = WAY[event]

    def so(program: Program) -> bool:
        return program.count(event, way) > program.count(event, other)

    def opposite(program: Program) -> Program:
        ways, others = program.count(event, way), program.count(event, other)
        return _with(program, event, other, ways) if so(program) else _with(program, event, way, others + 1)

    return Fact(event, STEERS, so, opposite)


def _with(program: Program, event: int, command: str, times: int) -> Program:
    """The program with a command that many times under an event: the last ones go, or new ones come at the end."""
    code, commands = CODE[command], program.events[event]
    while commands.count(code) > times:
        at = commands.rindex(code)
        commands = commands[:at] + commands[at + 1 :]
    commands += bytes([code]) * (times - commands.count(code))
    return Program((*program.events[:event], commands, *program.events[event + 1 :]))


def _facts() -> Iterator[Fact]:
    for event in EVENTS:
        yield from (_there(event, command) for command in (LAUNCH, SCORE, OPPONENT))
        yield _several(event)
        if event in WAY:
            yield _steers(event)
        else:
            yield _moves(event, MOVE_LEFT, MOVE_RIGHT)
            yield _moves(event, MOVE_RIGHT, MOVE_LEFT)
    yield from (_there(event, BOUNCE) for event in (PADDLE, WALL, GOAL))


FACTS = tuple(_facts())

_KINDS = {  # how a label's key ends -> the kind of its fact, and whether it complains of it or of its absence
    "noBallLaunch": (LAUNCH, False),
    "multipleBalls": (SEVERAL, True),
    "noBounce": (BOUNCE, False),
    "noPlayerScore": (SCORE, False),
    "noOpponentScore": (OPPONENT, False),
    "illegal-bounceBall": (BOUNCE, True),
    "illegal-incrementPlayerScore": (SCORE, True),
    "illegal-incrementOpponentScore": (OPPONENT, True),
    "illegal-launchBall": (LAUNCH, True),
    "illegal-moveLeft": (MOVE_LEFT, True),
    "illegal-moveRight": (MOVE_RIGHT, True),
}


def _of_labels() -> Iterator[tuple[str, tuple[tuple[int, bool], ...]]]:
    at = {(fact.event, fact.kind): number for number, fact in enumerate(FACTS)}
    places = {name: event for event, (name, _) in NAMES.items()}
    for label in LABELS:
        place, _, end = label.removeprefix("when").partition("-")
        if label == NO_MOVE:
            yield label, ((at[LEFT, STEERS], False), (at[RIGHT, STEERS], False))
        else:
            kind, value = _KINDS[end]
            yield label, ((at[places[place], kind], value),)


OF_LABEL = dict(_of_labels())  # label -> the facts it complains of: (index in FACTS, the value that is wrong)
