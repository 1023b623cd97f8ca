"""Items that are seen without play: from the first frames, and from those of the program with other constants.

What a handout leaves free, such as colours of one's own, is no fault. An item that cannot be decided is None.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from attrs import field, frozen

from dreamctl import Inspection, SandboxError

from . import colours
from .constants import (
    BALL_SIZE,
    BRICK_TOP,
    CHANGED,
    COLUMNS,
    PADDLE_WIDTH,
    RADIUS,
    ROWS,
    SEPARATION,
    Constant,
    changed,
    constants,
    names_any,
)
from .frames import BRICKS, CRASHED, GOES_ON, STATUS
from .loops import loops_for_ever
from .scene import Thing
from .students import OUR_FAULT, Box, Program, Running, program_of

ITEMS = (
    "does_not_run", "input_at_start", "brick_count_wrong", "brick_layout_wrong", "colours_wrong", "ball_not_centred",
    "ball_size_wrong", "constants_ignored", "loop_never_ends",
)  # fmt: skip
BRICKS_GIVEN, COLUMNS_GIVEN, ROWS_GIVEN = 100, 10, 10
COLOURS_GIVEN = ("red", "orange", "yellow", "green", "cyan")  # from the top, each of two rows
PATIENCE, CALM = 400, 12  # frames until the wall stands; frames without another brick after which it does
CENTRED = 2.2  # pixels
PUT = 20.0  # pixels in a frame: more than a ball flies
EVEN = 1.6  # pixels by which gaps may differ: coordinates may be whole numbers
FARTHER_DOWN = 6.0  # pixels by which the wall may be lower or higher than its constant says
FEW_COLOURS = 3  # of a wall of many rows: fewer are no rule for colours
FEW_CONSTANTS = 6  # with so many, some may stand for sizes, in words that are not known here

Place = tuple[float, float, float, float]  # left, top, right, bottom


@frozen
class Verdict:
    """Whether an item is there, and what was seen; None if it could not be decided."""

    present: bool | None
    why: str = ""


@frozen
class Display:
    """What a program looks like when it has begun.

    `failure` is that of `Running`: our own fault makes every item undecided. `traceback` is in the student's terms.
    """

    verdicts: Mapping[str, Verdict]
    failure: int = 0
    traceback: str = ""


@frozen
class Sight:
    """The first frames of a program: boxes in pixels from the left top corner."""

    size: tuple[float, float] = (0.0, 0.0)
    wall: tuple[tuple[Thing, ...], ...] = ()  # the bricks by rows, from the top
    balls: tuple[Place, ...] = ()  # where the ball is first, as far as can be said
    paddle: float | None = None  # its width
    begun: bool = False  # whether anything was seen
    played: bool = False  # whether it ever waited for the player
    over: bool = False
    crashed: bool = False
    failure: int = 0
    sentence: str = ""
    questions: tuple[str, ...] = field(default=(), converter=tuple)


def display(program: Program, box: Box) -> Display:
    """Look at the first frames of a program, and of the same one with other constants."""
    seen = sight(program, box)
    if seen.failure == OUR_FAULT:
        return Display({item: Verdict(None, seen.sentence) for item in ITEMS}, seen.failure)
    verdicts = {
        "does_not_run": _runs(seen),
        "input_at_start": _asks(seen),
        "brick_count_wrong": _count(seen),
        "brick_layout_wrong": _layout(seen, program),
        "colours_wrong": _colours(seen),
        "ball_not_centred": _centred(seen),
        "ball_size_wrong": _ball_size(seen, program),
        "constants_ignored": _ignored(seen, program, box),
        "loop_never_ends": _loops(seen, program),
    }
    return Display(verdicts, seen.failure, seen.sentence if seen.crashed else "")


def inspect(programs: Sequence[Any], sandbox: Callable[[], Any]) -> list[Inspection]:
    """What is plain to see of each program, or of the source of a design; where we failed, nothing.

    `sandbox()` gives the box in which they run; without one, designs are not looked at.
    """
    try:
        box = sandbox()
    except SandboxError:
        if any(isinstance(program, Program) for program in programs):
            raise
        return [Inspection()] * len(programs)
    return [_inspected(program_of(program), box) for program in programs]


def _inspected(program: Program, box: Box) -> Inspection:
    seen = display(program, box)
    if seen.failure == OUR_FAULT:
        return Inspection()
    labels = {item: verdict.present for item, verdict in seen.verdicts.items() if verdict.present is not None}
    broken = seen.verdicts["does_not_run"]
    said = {item: verdict.why for item, verdict in seen.verdicts.items() if verdict.present}
    return Inspection(labels=labels, problem=broken.why if broken.present else None, seen=said)


# --- looking --------------------------------------------------------------------------------------------------------


def sight(program: Program, box: Box) -> Sight:
    """Run a program until its bricks stand, with the mouse away; if there are none, click once."""
    running = Running(box, program, 0, as_is=True)
    try:
        return _sight(running)
    finally:
        running.close()


def _sight(running: Running) -> Sight:
    questions = tuple(running.scene.questions)
    calm, frames, before = 0, 0, running.frame[BRICKS]
    balls: dict[int, list[Place]] = defaultdict(list)  # where each thing was that was taken for the ball
    while running.frame[STATUS] == GOES_ON and frames < PATIENCE and (calm < CALM or (not balls and frames < 60)):
        _note(running, balls)
        if frames % 60 == 30 and (not balls or not running.frame[BRICKS]):
            running.advance(running.frame[0] // 2, running.frame[1] // 2, 1.0)
        else:
            running.rest()
        frames += 1
        calm = calm + 1 if running.frame[BRICKS] == before and before else 0
        before = running.frame[BRICKS]
    _note(running, balls)
    return Sight(
        size=(float(running.frame[0]), float(running.frame[1])),
        wall=tuple(_rows(running)),
        balls=tuple(_starts(next(reversed(balls.values()), []))),
        paddle=_paddle_width(running),
        begun=bool(running.scene.things) or running.frames > 2,
        played=frames > 0,
        over=running.frame[STATUS] != GOES_ON and frames < CALM,
        crashed=running.frame[STATUS] == CRASHED,
        failure=running.failure,
        sentence=running.sentence,
        questions=questions,
    )


def _note(running: Running, balls: dict[int, list[Place]]) -> None:
    ball = running.roles.ball
    if ball is not None:
        seen = balls.pop(ball.number, [ball.first])
        balls[ball.number] = [*seen, ball.box]  # the last one in the dictionary is the ball of now


def _starts(places: list[Place]) -> Iterator[Place]:
    """Where the ball may have begun: where it was seen first, or a frame before, which nobody saw."""
    moves = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places[1:]) if a != b]
    dx, dy = moves[0] if moves else (0.0, 0.0)
    first = places[:1]
    if len(places) > 1 and max(abs(a - b) for a, b in zip(places[0], places[1], strict=True)) > PUT:
        first = places[:2]  # it was put somewhere else
    for left, top, right, bottom in first:
        for frames in (0, 1):
            yield left - frames * dx, top - frames * dy, right - frames * dx, bottom - frames * dy


def _rows(running: Running) -> Iterator[tuple[Thing, ...]]:
    rows: dict[int, list[Thing]] = defaultdict(list)
    for brick in sorted(running.roles.bricks.values(), key=lambda brick: brick.box[1]):
        at = next((top for top in rows if abs(top - brick.box[1]) < 2), round(brick.box[1]))
        rows[at].append(brick)
    for top in sorted(rows):
        yield tuple(sorted(rows[top], key=lambda brick: brick.box[0]))


def _paddle_width(running: Running) -> float | None:
    paddle = running.roles.paddle
    return paddle.box[2] - paddle.box[0] if paddle is not None else None


# --- judging --------------------------------------------------------------------------------------------------------


def _runs(seen: Sight) -> Verdict:
    if seen.crashed and not (seen.wall and seen.played):
        return Verdict(True, seen.sentence)
    if seen.failure and not seen.wall:
        return Verdict(True, f"Nothing was seen of it: {seen.sentence}")
    if seen.over and not seen.wall:
        return Verdict(True, "It ends before anything is seen; perhaps main is never called.")
    return Verdict(False)


def _asks(seen: Sight) -> Verdict:
    return Verdict(True, f"It asks {seen.questions[0]!r}.") if seen.questions else Verdict(False)


def _count(seen: Sight) -> Verdict:
    count = sum(map(len, seen.wall))
    if not seen.begun or not count:
        return Verdict(None, "No wall of bricks was seen.")
    return Verdict(count != BRICKS_GIVEN, f"There are {count} bricks in {len(seen.wall)} rows.")


def _layout(seen: Sight, program: Program) -> Verdict:
    if not seen.wall:
        return Verdict(None, "No wall of bricks was seen.")
    rows = [row for row in seen.wall if len(row) > 1]
    off = max((_off_centre(row, seen.size[0]) for row in rows), default=0.0)
    if off > CENTRED:
        return Verdict(True, f"The margins left and right of a row differ by {off:.1f} pixels.")
    gaps = [b.box[0] - a.box[2] for row in rows for a, b in pairwise(row)]
    between = [b[0].box[1] - a[0].box[3] for a, b in pairwise(seen.wall)]
    for name, found in (("columns", gaps), ("rows", between)):
        if found and max(found) - min(found) > EVEN:
            return Verdict(True, f"The gaps between {name} go from {min(found):.1f} to {max(found):.1f} pixels.")
        if found and min(found) < -EVEN:
            return Verdict(True, f"Bricks of two {name} lie on each other.")
    named = constants(dict(program.files))
    top = seen.wall[0][0].box[1]
    for constant in named:
        if constant.meaning == BRICK_TOP and abs(top - constant.value) > FARTHER_DOWN:
            return Verdict(True, f"The wall begins at {top:.0f}, and {constant.name} is {constant.value:.0f}.")
    separations = [constant for constant in named if constant.meaning == SEPARATION]
    if len(separations) == 1 and gaps and between:  # one name for the gaps both ways
        for name, found in (("columns", gaps), ("rows", between)):
            if abs(median(found) - separations[0].value) > EVEN:
                said = f"The gaps between {name} are {median(found):.1f} pixels, and"
                return Verdict(True, f"{said} {separations[0].name} is {separations[0].value:g}.")
    return Verdict(False)


def _off_centre(row: Sequence[Thing], width: float) -> float:
    """By how much the margins of a row differ, except for columns that are missing, which are counted elsewhere."""
    off = abs(row[0].box[0] - (width - row[-1].box[2]))
    missing = abs(COLUMNS_GIVEN - len(row)) * (row[1].box[0] - row[0].box[0])
    return min(off, abs(off - missing))


def _colours(seen: Sight) -> Verdict:
    if not seen.wall or any(not (brick.fill or brick.outline) for row in seen.wall for brick in row):
        return Verdict(None, "No bricks with colours were seen.")
    if all(not brick.fill for row in seen.wall for brick in row):
        return Verdict(True, "The bricks have outlines alone.")
    rows = [Counter(colours.rgb(brick.fill) or brick.fill for brick in row) for row in seen.wall]
    mixed = sum(len(row) > 1 and max(row.values()) < 0.9 * sum(row.values()) for row in rows)
    if mixed > len(rows) / 4:
        return Verdict(True, f"In {mixed} rows the bricks have several colours.")
    distinct = {row.most_common(1)[0][0] for row in rows}
    if len(rows) >= 6 and len(distinct) < FEW_COLOURS:
        return Verdict(True, f"{len(rows)} rows have {len(distinct)} colours.")
    runs = [(colour, len(list(same))) for colour, same in groupby(row.most_common(1)[0][0] for row in rows)]
    given = [colours.rgb(name) for name in COLOURS_GIVEN]
    if len(rows) == ROWS_GIVEN and distinct == set(given):
        wrong = runs != [(colour, 2) for colour in given]
        return Verdict(wrong, f"From the top, the colours have {', '.join(str(many) for _, many in runs)} rows.")
    return Verdict(False, f"{len(rows)} rows have {len(distinct)} colours.")


def _centred(seen: Sight) -> Verdict:
    if not seen.balls:
        return Verdict(None, "No ball was seen.")
    off = min(
        max(abs(left + right - seen.size[0]) / 2, abs(top + bottom - seen.size[1]) / 2)
        for left, top, right, bottom in seen.balls
    )
    return Verdict(off > CENTRED, f"The ball begins {off:.1f} pixels off the centre.")


def _ball_size(seen: Sight, program: Program) -> Verdict:
    if not seen.balls:
        return Verdict(None, "No ball was seen.")
    left, top, right, bottom = seen.balls[0]
    width, height = right - left, bottom - top
    if abs(width - height) > 1.5:
        return Verdict(True, f"The ball is {width:.1f} wide and {height:.1f} high.")
    for constant in constants(dict(program.files)):
        expected = {RADIUS: 2 * constant.value, BALL_SIZE: constant.value}.get(constant.meaning or -1)
        if expected is not None:
            said = f"The ball is {width:.1f} wide, and {constant.name} is {constant.value:g}."
            return Verdict(abs(width - expected) > 1.5, said)
    return Verdict(False, f"The ball is {width:.1f} wide.")


def _ignored(seen: Sight, program: Program, box: Box) -> Verdict:
    """The program with other rows, columns, radius and paddle: what of it stays as it was?"""
    files = dict(program.files)
    found = [constant for constant in constants(files) if constant.meaning in CHANGED]
    values = {constant: CHANGED[constant.meaning](constant.value) for constant in found if constant.meaning is not None}
    before = _measures(seen)
    if before and not values and not names_any(files) and len(constants(files)) < FEW_CONSTANTS:
        return Verdict(True, "Sizes stand in it as numbers alone, so it has no constants that could be changed.")
    if not values or not before:
        return Verdict(None, "It has no constants that could be changed.")
    again = sight(Program(changed(files, values)), box)
    if again.failure == OUR_FAULT:
        return Verdict(None, again.sentence)
    if again.crashed or again.failure:
        return Verdict(None if seen.crashed or seen.failure else True, "With other constants it does not run.")
    after = _measures(again)
    ignored = [constant.name for constant in values if _same(constant, before, after)]
    if ignored:
        return Verdict(True, f"{', '.join(sorted(set(ignored)))} can be changed, and the game stays as it is.")
    return Verdict(False)


def _loops(seen: Sight, program: Program) -> Verdict:
    if not seen.wall:
        return Verdict(None, "No game was seen.")
    endless = loops_for_ever(dict(program.files), program.family.entry)
    return Verdict(True, "It has a loop over `while True` that nothing leaves.") if endless else Verdict(None)


def _measures(seen: Sight) -> dict[int, float]:
    """What the constants with a meaning should determine."""
    measures: dict[int, float] = {}
    if seen.wall:
        measures[ROWS], measures[COLUMNS] = len(seen.wall), max(map(len, seen.wall))
    if seen.balls:
        measures[RADIUS] = measures[BALL_SIZE] = seen.balls[0][2] - seen.balls[0][0]
    if seen.paddle is not None:
        measures[PADDLE_WIDTH] = seen.paddle
    return measures


def _same(constant: Constant, before: Mapping[int, float], after: Mapping[int, float]) -> bool:
    """Whether what a constant stands for was seen twice and did not change."""
    what = constant.meaning
    if what is None or what not in before or what not in after:
        return False
    return abs(before[what] - after[what]) < 0.4
