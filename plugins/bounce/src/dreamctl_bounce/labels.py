"""The 38 labels: what may be wrong with a program, decided from its text by the rules of the released data.

The rules stop early: with no ball to play with, or no paddle that moves and bounces, nothing else is looked at.
A label that is not looked at is false, as it is in the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from dreamctl import Item, Rubric

from .programs import Program
from .rules import GOAL, LEFT, MISS, PADDLE, RIGHT, RUN, WALL

NO_BALL, NO_MOVE, NO_BOUNCE = "whenRun-noBallLaunch", "whenMove-error", "whenPaddle-noBounce"

LAUNCH, BOUNCE = "launch new ball", "bounce ball"
SCORE, OPPONENT = "score point", "score opponent point"
MOVE_LEFT, MOVE_RIGHT = "move left", "move right"

NAMES = {  # event -> (its name in labels, how it is said to a student)
    RUN: ("Run", "the game starts"),
    LEFT: ("Left", "the left arrow is pressed"),
    RIGHT: ("Right", "the right arrow is pressed"),
    PADDLE: ("Paddle", "the ball hits the paddle"),
    WALL: ("Wall", "the ball hits a wall"),
    GOAL: ("Goal", "the ball is in the goal"),
    MISS: ("Miss", "the ball misses the paddle"),
}

Fault = Callable[[Program], bool]


def labels(program: Program) -> dict[str, bool]:
    """Every one of the 38 labels, and whether it is so. Programs with the same labels share one dictionary."""
    return table(_present(program))


def table(present: Iterable[str]) -> dict[str, bool]:
    """Every label, and whether it is among those `present`; shared, so never changed."""
    return _table(tuple(sorted(set(present))))


def _present(program: Program) -> Iterator[str]:
    n = program.count
    if not any(n(event, LAUNCH) for event in (RUN, LEFT, RIGHT)):
        yield NO_BALL
    elif n(LEFT, MOVE_LEFT) <= n(LEFT, MOVE_RIGHT) or n(RIGHT, MOVE_RIGHT) <= n(RIGHT, MOVE_LEFT):
        yield NO_MOVE
    elif not n(PADDLE, BOUNCE):
        yield NO_BOUNCE
    else:
        yield from (item.key for item, fault in FAULTS if fault(program))


@cache
def _table(present: tuple[str, ...]) -> dict[str, bool]:
    return {item.key: item.key in present for item in ITEMS}


def _missing(event: int, command: str) -> Fault:
    return lambda program: not program.count(event, command)


def _there(event: int, command: str) -> Fault:
    return lambda program: program.count(event, command) > 0


def _repeated(event: int, command: str) -> Fault:
    return lambda program: program.count(event, command) > 1


def _item(key: str, title: str, feedback: str) -> Item:
    return Item(key=key, title=title, points=1.0, feedback=feedback)


def _faults() -> Iterator[tuple[Item, Fault]]:
    """What is looked at in a program that has a ball, and a paddle that moves and bounces."""
    yield (
        _item(NO_BALL, "No ball at the start", "No ball is launched when the game starts: launch one there."),
        _missing(RUN, LAUNCH),
    )
    for event in (RUN, GOAL, MISS):
        name, when = NAMES[event]
        title = f"Several balls when {when}"
        feedback = f"More than one ball is launched when {when}: launch exactly one."
        yield _item(f"when{name}-multipleBalls", title, feedback), _repeated(event, LAUNCH)
    for event in (GOAL, MISS):
        name, when = NAMES[event]
        title = f"No new ball when {when}"
        feedback = f"The game stops when {when}, since no new ball is launched: launch one there."
        yield _item(f"when{name}-noBallLaunch", title, feedback), _missing(event, LAUNCH)
    yield (
        _item("whenWall-noBounce", "No bounce off the wall", "The ball flies through the walls: make it bounce there."),
        _missing(WALL, BOUNCE),
    )
    yield (
        _item("whenGoal-illegal-bounceBall", "Bounce in the goal", "The ball bounces in the goal: it should go in."),
        _there(GOAL, BOUNCE),
    )
    yield (
        _item("whenGoal-noPlayerScore", "No point for a goal", "A goal earns the player nothing: score a point there."),
        _missing(GOAL, SCORE),
    )
    yield (
        _item(
            "whenMiss-noOpponentScore",
            "No point for a miss",
            "The opponent earns nothing when the ball misses the paddle: score an opponent point there.",
        ),
        _missing(MISS, OPPONENT),
    )
    yield from _out_of_place("incrementPlayerScore", SCORE, "Own point", (RUN, LEFT, RIGHT, PADDLE, WALL, MISS))
    yield from _out_of_place(
        "incrementOpponentScore", OPPONENT, "Opponent point", (RUN, LEFT, RIGHT, PADDLE, WALL, GOAL)
    )
    yield from _out_of_place("launchBall", LAUNCH, "New ball", (LEFT, RIGHT, PADDLE, WALL))
    yield from _out_of_place("moveLeft", MOVE_LEFT, "Paddle moves left", (RUN, PADDLE, WALL, GOAL, MISS))
    yield from _out_of_place("moveRight", MOVE_RIGHT, "Paddle moves right", (RUN, PADDLE, WALL, GOAL, MISS))


_HAPPENS = {
    SCORE: "The player scores a point",
    OPPONENT: "The opponent scores a point",
    LAUNCH: "A new ball is launched",
    MOVE_LEFT: "The paddle moves left by itself",
    MOVE_RIGHT: "The paddle moves right by itself",
}


def _out_of_place(suffix: str, command: str, title: str, events: tuple[int, ...]) -> Iterator[tuple[Item, Fault]]:
    for event in events:
        name, when = NAMES[event]
        feedback = f"{_HAPPENS[command]} when {when}: take '{command}' away there."
        yield _item(f"when{name}-illegal-{suffix}", f"{title} when {when}", feedback), _there(event, command)


FAULTS = tuple(_faults())
ITEMS = (
    *(item for item, _ in FAULTS),
    _item(
        NO_MOVE,
        "The arrow keys do not steer",
        "An arrow key does not move the paddle its way: let the left arrow move it left and the right arrow right.",
    ),
    _item(NO_BOUNCE, "No bounce off the paddle", "The ball falls through the paddle: make it bounce there."),
)
LABELS = tuple(item.key for item in ITEMS)

PUBLISHED = (
    "whenGoal-noBallLaunch",
    "whenMiss-noOpponentScore",
    "whenGoal-illegal-incrementOpponentScore",
    NO_MOVE,
    "whenPaddle-illegal-incrementPlayerScore",
    "whenWall-illegal-incrementOpponentScore",
    "whenGoal-illegal-bounceBall",
    NO_BALL,
)


def rubrics() -> tuple[Rubric, Rubric]:
    """All 38 labels, and the eight that published graders report; a point each."""
    by_key = {item.key: item for item in ITEMS}
    return (
        Rubric(name="all", environment="bounce", items=ITEMS),
        Rubric(name="published", environment="bounce", items=tuple(by_key[key] for key in PUBLISHED)),
    )
