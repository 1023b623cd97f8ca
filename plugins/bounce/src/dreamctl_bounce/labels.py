"""The 38 labels: what may be wrong with a program, decided from its text by the rules of the released data.

The rules stop early: with no ball to play with, or no paddle that moves and bounces, nothing else is looked at.
A label that is not looked at is false, as it is in the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import attrs

from dreamctl import Item, Rubric

from .programs import Program
from .rules import EVENTS, GOAL, LEFT, MISS, PADDLE, RIGHT, RUN, WALL

NO_BALL, NO_MOVE, NO_BOUNCE = "whenRun-noBallLaunch", "whenMove-error", "whenPaddle-noBounce"

LAUNCH, BOUNCE = "launch new ball", "bounce ball"
SCORE, OPPONENT = "score point", "score opponent point"
MOVE_LEFT, MOVE_RIGHT = "move left", "move right"

NAMES = {  # event -> (its name in labels, how it is said to a student)
    RUN: ("Run", "the game starts"),
    LEFT: ("Left", "you press the left arrow"),
    RIGHT: ("Right", "you press the right arrow"),
    PADDLE: ("Paddle", "the ball hits the paddle"),
    WALL: ("Wall", "the ball hits a wall"),
    GOAL: ("Goal", "the ball goes into the goal"),
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
        _item(
            NO_BALL,
            "No ball when the game starts",
            "No ball comes when the game starts. Put one 'launch new ball' under 'when run'.",
        ),
        _missing(RUN, LAUNCH),
    )
    yield (
        _item(
            "whenRun-multipleBalls",
            "Several balls when the game starts",
            "Several balls come at once when the game starts. Keep only one 'launch new ball' under 'when run'.",
        ),
        _repeated(RUN, LAUNCH),
    )
    for event, after in ((GOAL, "a goal"), (MISS, "a miss")):
        name, block = NAMES[event][0], EVENTS[event]
        yield (
            _item(
                f"when{name}-multipleBalls",
                f"More than one launch after {after}",
                f"After {after} the ball is launched more than once, and only the last launch counts. "
                f"Keep only one 'launch new ball' under '{block}'.",
            ),
            _repeated(event, LAUNCH),
        )
    for event, after in ((GOAL, "a goal"), (MISS, "a miss")):
        name, block = NAMES[event][0], EVENTS[event]
        yield (
            _item(
                f"when{name}-noBallLaunch",
                f"No new ball after {after}",
                f"After {after} no new ball comes, so nobody can play on. Put one 'launch new ball' under '{block}'.",
            ),
            _missing(event, LAUNCH),
        )
    yield (
        _item(
            "whenWall-noBounce",
            "The ball does not bounce off the walls",
            "The ball flies out through the walls. Put 'bounce ball' under 'when ball hits wall'.",
        ),
        _missing(WALL, BOUNCE),
    )
    yield (
        _item(
            "whenGoal-illegal-bounceBall",
            "The ball bounces off the goal",
            "The ball bounces back out of the goal instead of going in. "
            "Take 'bounce ball' away from 'when ball in goal'.",
        ),
        _there(GOAL, BOUNCE),
    )
    yield (
        _item(
            "whenGoal-noPlayerScore",
            "No point for a goal",
            "You get no point for a goal. Put 'score point' under 'when ball in goal'.",
        ),
        _missing(GOAL, SCORE),
    )
    yield (
        _item(
            "whenMiss-noOpponentScore",
            "No opponent point for a miss",
            "The opponent gets no point when you miss the ball. "
            "Put 'score opponent point' under 'when ball misses paddle'.",
        ),
        _missing(MISS, OPPONENT),
    )
    yield from _out_of_place("incrementPlayerScore", SCORE, (RUN, LEFT, RIGHT, PADDLE, WALL, MISS))
    yield from _out_of_place("incrementOpponentScore", OPPONENT, (RUN, LEFT, RIGHT, PADDLE, WALL, GOAL))
    yield from _out_of_place("launchBall", LAUNCH, (LEFT, RIGHT, PADDLE, WALL))
    yield from _out_of_place("moveLeft", MOVE_LEFT, (RUN, PADDLE, WALL, GOAL, MISS))
    yield from _out_of_place("moveRight", MOVE_RIGHT, (RUN, PADDLE, WALL, GOAL, MISS))


_HAPPENS = {  # command -> its title, what a student sees, and when it is right
    SCORE: ("You score", "You get a point", "A point is for a goal only."),
    OPPONENT: ("The opponent scores", "The opponent gets a point", "That is for a missed ball only."),
    LAUNCH: ("A new ball", "Another ball comes", "A new ball comes at the start, after a goal and after a miss only."),
    MOVE_LEFT: (
        "The paddle goes left",
        "The paddle jumps to the left by itself",
        "Only the left arrow should do that.",
    ),
    MOVE_RIGHT: (
        "The paddle goes right",
        "The paddle jumps to the right by itself",
        "Only the right arrow should do that.",
    ),
}


def _out_of_place(suffix: str, command: str, events: tuple[int, ...]) -> Iterator[tuple[Item, Fault]]:
    title, seen, rule = _HAPPENS[command]
    for event in events:
        name, when = NAMES[event]
        feedback = f"{seen} when {when}. {rule} Take '{command}' away from '{EVENTS[event]}'."
        yield _item(f"when{name}-illegal-{suffix}", f"{title} when {when}", feedback), _there(event, command)


FAULTS = tuple(_faults())


def _with_exclusions(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Each item excludes those that the rules never let stand beside it."""
    return tuple(attrs.evolve(item, excludes=[k.key for k in items if _never_both(item.key, k.key)]) for item in items)


def _never_both(one: str, other: str) -> bool:
    """Whether the rules stop at one of two labels, or ask for no launch and for several under the same event."""
    if one == other:
        return False
    launches = {one.partition("-")[2], other.partition("-")[2]} == {"noBallLaunch", "multipleBalls"}
    same_event = one.partition("-")[0] == other.partition("-")[0]
    return bool({NO_MOVE, NO_BOUNCE} & {one, other}) or (launches and same_event)


ITEMS = _with_exclusions(
    (
        *(item for item, _ in FAULTS),
        _item(
            NO_MOVE,
            "The arrow keys do not steer the paddle",
            "An arrow key does not move the paddle its way, so the game cannot be played. "
            "Put 'move left' under 'when left arrow' and 'move right' under 'when right arrow', and no other moves.",
        ),
        _item(
            NO_BOUNCE,
            "The ball does not bounce off the paddle",
            "The ball falls through the paddle, so the game cannot be played. "
            "Put 'bounce ball' under 'when ball hits paddle'.",
        ),
    )
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
    published = [
        attrs.evolve(by_key[key], excludes=[other for other in PUBLISHED if other in by_key[key].excludes])
        for key in PUBLISHED
    ]
    return (
        Rubric(name="all", environment="bounce", items=ITEMS),
        Rubric(name="published", environment="bounce", items=published),
    )
