"""Which of the things on a canvas is what: the ball, the paddle, the bricks, the texts; and the frame that they make.

Shape and place give a first guess. What moves by itself is the ball, and what keeps its distance from the mouse is the
paddle, so motion corrects the guess. A thing that is made anew in its old shape, as some programs do in each frame or
each turn, keeps its role.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import colours, wire
from .scene import Box, Scene, Thing

NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
FEWEST = 4  # things of a size that are bricks
MOST_ALIKE = 200  # new things of a shape among which the one is looked for that was put in the place of another
MOST_WALLS = 40  # sizes of bricks that are looked at
SURE = 3  # moves after which motion counts for more than shape
SWARM = 6  # things of a shape that move by themselves: stars, snow, and no ball among them
STILL = 3  # frames without motion after which another ball may be the ball
NEAR = 40.0  # pixels from the ball in which things vanish because of it: some programs look a few frames ahead
NUMBER = re.compile(r"-?\d+")
CLOCK = re.compile(
    r"\d:\d\d|\d\s*s(ec(ond)?s?)?\b|\b(time|timer|clock|seconds|tiempo|temps|tempo|zeit|s\u00fcre)\b"
    r"|\u6642\u9593|\u65f6\u95f4|\u79d2",
    re.IGNORECASE,
)
TALK = "\0"  # the words of a text that says now this and now that
INVISIBLE = ("", "transparent")


class Roles:
    """The roles of the things in a scene, as far as its frames up to now tell."""

    def __init__(self) -> None:
        self.canvas = 1
        self.size = (0.0, 0.0)
        self.background = "white"
        self.ball: Thing | None = None
        self.paddle: Thing | None = None
        self.bricks: dict[int, Thing] = {}
        self.ball_box = NOWHERE
        self.stride = 0.0  # pixels along or down, whichever are more, in the last frame in which it flew
        self.sizes: set[tuple[Any, ...]] = set()  # of bricks
        self.alone: Counter[int] = Counter()  # moves that the mouse does not explain, by number of the thing
        self.drifting: dict[tuple[Any, ...], set[int]] = defaultdict(set)  # what made such moves, by shape
        self.followed: Counter[int] = Counter()  # moves at a constant distance from the mouse
        self.offsets: dict[int, tuple[float, float]] = {}  # of things that moved: from the mouse, and from the left
        self.rest = 0  # frames since the ball moved
        self.rebuilt = 0  # bricks that went in this frame and were put there again
        self.flying = False  # whether the ball moved in this frame
        self.numbers: dict[int, list[int]] = {}  # of texts: the number shown, changes with a brick, other changes
        self.words: dict[int, str] = {}  # of texts with a number: the rest of the text
        self.ball_shape: tuple[Any, ...] = ()
        self.paddle_shape: tuple[Any, ...] = ()
        self.mouse = (-1.0, -1.0)

    def look(self, scene: Scene, mouse_x: float, mouse_y: float, clicked: float) -> NDArray[np.float64]:
        """The frame float64 [F] that a scene shows, after the player's input for it."""
        gone: list[Thing] = []
        others = texts = 0
        written = scene.texts
        was_flying = self.flying
        self.mouse = mouse_x, mouse_y
        self.rebuilt = 0
        if scene.added or scene.removed:
            gone, others, texts, rewritten = self._changes(scene)
            written = written + rewritten
        if scene.moved:
            gone += self._moves(scene.moved)
        if scene.looks:
            gone += self._faded(scene.looks)
        ball, before = self.ball, self.ball_box
        self.ball_box = ball.box if ball is not None else NOWHERE
        self.flying = ball is not None and self.ball_box != before and before is not NOWHERE
        self.rest = 0 if self.flying else self.rest + 1
        gap = 0.0
        if ball is not None and gone:  # else nobody saw where it was when they went
            gone = [brick for brick in gone if not self._hit_by_another(brick, scene)]
            gap = max((min(distance(b.box, self.ball_box), distance(b.box, before)) for b in gone), default=0.0)
        stride = max(abs(self.ball_box[0] - before[0]), abs(self.ball_box[1] - before[1]))
        if stride <= NEAR:
            self.stride = stride
        else:  # it was put somewhere else from where it would have come to
            gap = max(0.0, gap - self.stride)
        if written:
            texts += self._written(written, bool(gone))
        if ball is None or not was_flying:
            others = 0  # a turn is over, or has not begun: the program tidies up
        paddle = self.paddle.box if self.paddle is not None else NOWHERE
        return np.array(
            (
                *self.size, ball is not None, *self.ball_box, self.paddle is not None, *paddle, len(self.bricks),
                len(gone), self.rebuilt, gap, others, texts, self._number(), mouse_x, mouse_y, clicked, scene.status,
            ),
            np.float64,
        )  # fmt: skip

    # --- things that came and went ---

    def _changes(self, scene: Scene) -> tuple[list[Thing], int, int, list[Thing]]:
        """Bricks that went, other things that went near the ball, how many texts are new, and those written anew."""
        if not self.bricks or (self.rest > STILL and not self.flying and len(scene.added) >= FEWEST):
            self._guess(scene)
        added = _Added(scene.added)
        gone, rewritten, lost, new, paddle_hit = [], [], 0, 0, False
        for thing in scene.removed:
            self.drifting[_shape(thing)].discard(thing.number)
            successor = added.take_successor(thing)
            if successor is not None:
                self._succeed(thing, successor)
                if successor.text != thing.text and thing.kind == wire.LABEL:
                    rewritten.append(successor)
            elif thing.number in self.bricks:
                del self.bricks[thing.number]
                gone.append(thing)
            elif thing is self.ball:
                self.ball = None
            elif thing is self.paddle:
                self.paddle = None
                paddle_hit = distance(thing.box, self.ball_box) <= NEAR
            elif thing.kind == wire.LABEL and distance(thing.box, self.ball_box) <= NEAR:
                lost += 1
        for thing in added.things.values():
            new += thing.kind == wire.LABEL and scene.frame > 1
            self._welcome(thing)
        lost += paddle_hit and self.paddle is None  # and not another one, of another size, in its place
        return gone, lost, new, rewritten

    def _succeed(self, old: Thing, new: Thing) -> None:
        for counts in (self.alone, self.followed):
            counts[new.number] = counts.pop(old.number, 0)
        if old.number in self.offsets:
            self.offsets[new.number] = self.offsets.pop(old.number)
        for known in (self.numbers, self.words):
            if old.number in known:
                known[new.number] = known.pop(old.number)  # type: ignore[assignment]
        if old is self.ball:
            self.ball = new
        elif old is self.paddle:
            self.paddle = new
        elif old.number in self.bricks:
            del self.bricks[old.number]
            self.bricks[new.number] = new
            self.rebuilt += 1
        if new.box != old.box:
            self._moved(new)

    def _welcome(self, thing: Thing) -> None:
        """Give a new thing its role, if it has the shape of one that is missing."""
        if thing.number in self.bricks or thing.canvas != self.canvas:
            return
        shape = _shape(thing)
        if self.ball is None and (shape == self.ball_shape or (thing.kind == wire.OVAL and self._like_ball(thing))):
            self._make_ball(thing)
        elif self.paddle is None and (shape == self.paddle_shape or self._like_paddle(thing)):
            self.paddle, self.paddle_shape = thing, shape
        elif shape in self.sizes and thing is not self.paddle and thing is not self.ball:
            self.bricks[thing.number] = thing

    # --- things that moved ---

    def _moves(self, moved: Iterable[Thing]) -> list[Thing]:
        gone = []
        for thing in moved:
            if thing.number in self.bricks:
                if self._outside(thing.box):
                    del self.bricks[thing.number]
                    gone.append(thing)
                continue
            self._moved(thing)
        return gone

    def _moved(self, thing: Thing) -> None:
        number = thing.number
        middle = (thing.box[0] + thing.box[2]) / 2
        offset = middle - self.mouse[0]
        before, where = self.offsets.get(number, (1e9, middle))
        if abs(before - offset) < 1.0 and middle != where:
            self.followed[number] += 1
        elif thing is not self.paddle:
            self.alone[number] += 1
            self.drifting[_shape(thing)].add(number)
        self.offsets[number] = offset, middle
        if thing is not self.ball and thing is not self.paddle:
            self._reconsider(thing)

    def _reconsider(self, thing: Thing) -> None:
        """Whether a thing that moves is the ball or the paddle, though another one was thought to be."""
        if thing.kind == wire.LABEL or thing.canvas != self.canvas:
            return
        number, ball, paddle = thing.number, self.ball, self.paddle
        if self.followed[number] >= SURE and self.followed[number] > self.alone[number]:
            if paddle is None or not self.followed[paddle.number]:
                self.paddle, self.paddle_shape = thing, _shape(thing)
        elif self.alone[number] >= SURE and self._like_ball(thing):
            idle = ball is None or not self.alone[ball.number] or self._swarms(ball)
            idle = idle or (self.rest > STILL and _shape(thing) == self.ball_shape)
            if idle or (self.rest > STILL and self._outside(ball.box if ball is not None else NOWHERE)):
                self._make_ball(thing)

    def _make_ball(self, thing: Thing) -> None:
        self.ball, self.ball_shape = thing, _shape(thing)
        self.bricks.pop(thing.number, None)

    def _faded(self, looks: Iterable[Thing]) -> list[Thing]:
        """Bricks that were painted over instead of being removed."""
        gone = {thing.number: thing for thing in looks if thing.number in self.bricks and self._unseen(thing)}
        for number in gone:
            del self.bricks[number]
        return list(gone.values())

    def _unseen(self, thing: Thing) -> bool:
        return all(name in INVISIBLE or same_colour(name, self.background) for name in (thing.fill, thing.outline))

    # --- the first guess ---

    def _guess(self, scene: Scene) -> None:
        """Roles from shapes and places alone."""
        counts = Counter(thing.canvas for thing in scene.things.values())
        self.canvas = max(scene.canvases, key=lambda number: (counts[number], -number), default=1)
        width, height, background = scene.canvases.get(self.canvas, (0.0, 0.0, ""))
        self.size, self.background = (width, height), background or "white"
        things = [thing for thing in scene.things.values() if thing.canvas == self.canvas and thing.kind != wire.LABEL]
        self.bricks = {t.number: t for t in bricks(things, *self.size) if not self._unseen(t)}
        self.sizes = {_shape(thing) for thing in self.bricks.values()}
        rest = [thing for thing in things if thing.number not in self.bricks]
        if self.ball is None or self.ball.number in self.bricks:
            self.ball = max((t for t in rest if self._like_ball(t)), key=self._ball_score, default=None)
            self.ball_shape = _shape(self.ball) if self.ball is not None else ()
        if self.paddle is None or self.paddle.number in self.bricks:
            likely = (t for t in rest if t is not self.ball and self._like_paddle(t))
            self.paddle = max(likely, key=self._paddle_score, default=None)
            self.paddle_shape = _shape(self.paddle) if self.paddle is not None else ()

    def _like_ball(self, thing: Thing) -> bool:
        width, height = _extent(thing)
        most = 0.25 * min(self.size) if min(self.size) > 0 else 100.0
        return (
            thing.kind not in (wire.LABEL, wire.LINE)
            and 2 <= width <= most
            and 2 <= height <= most
            and 0.5 <= width / height <= 2
            and not self._swarms(thing)
        )

    def _hit_by_another(self, brick: Thing, scene: Scene) -> bool:
        """Whether another ball is at a brick that went, and the ball is not."""
        others = (scene.things.get(number) for number in self.drifting[self.ball_shape])
        return distance(brick.box, self.ball_box) > NEAR and any(
            other is not None and other is not self.ball and distance(brick.box, other.box) <= NEAR for other in others
        )

    def _swarms(self, thing: Thing) -> bool:
        return len(self.drifting[_shape(thing)]) >= SWARM

    def _ball_score(self, thing: Thing) -> tuple[float, ...]:
        left, top, right, bottom = thing.box
        across, down = (left + right - self.size[0]) / 2, (top + bottom - self.size[1]) / 2
        return thing.kind == wire.OVAL, min(self.alone[thing.number], SURE), -abs(across) - abs(down), thing.order

    def _like_paddle(self, thing: Thing) -> bool:
        width, height = _extent(thing)
        return (
            thing.kind not in (wire.LABEL, wire.OVAL)
            and thing.box[1] > 0.5 * self.size[1]
            and 10 <= width <= 0.7 * self.size[0]
            and width > 1.3 * height
        )

    def _paddle_score(self, thing: Thing) -> tuple[float, ...]:
        return (
            min(self.followed[thing.number], SURE),
            thing.box[1] < self.size[1],
            thing.kind == wire.RECTANGLE,
            thing.box[1] - thing.box[3],  # a button is higher
            thing.order,
        )

    def _outside(self, box: Box) -> bool:
        left, top, right, bottom = box
        return right < 0 or left > self.size[0] or bottom < 0 or top > self.size[1]

    # --- texts ---

    def _written(self, changed: Iterable[Thing], with_brick: bool) -> int:
        """How many texts were written over with something other than a number; which of them shows one.

        What shows a number now and then, among other words, is a message, and what shows the time is a clock.
        """
        count = 0
        for thing in changed:
            found = NUMBER.findall(thing.text)
            count += not found
            words = NUMBER.sub("", thing.text).strip().rstrip("s") if found else TALK
            if not found or words != self.words.setdefault(thing.number, words) or CLOCK.search(thing.text):
                self.words[thing.number] = TALK
                self.numbers.pop(thing.number, None)
            else:
                number = self.numbers.setdefault(thing.number, [0, 0, 0])
                number[0] = int(found[-1][:15])
                number[1 if with_brick else 2] += 1
                count += not words and not number[1]  # a bare number counts down to the next turn
        return count

    def _number(self) -> float:
        if not self.numbers:
            return -1.0
        return float(max(self.numbers.values(), key=lambda number: (number[1], number[2]))[0])


def bricks(things: Iterable[Thing], width: float, height: float) -> Iterator[Thing]:
    """The things that stand in rows of one size, in the upper part of the canvas."""
    solid = [thing for thing in things if thing.kind != wire.LINE and thing.box[3] - thing.box[1] > 1]
    rows = _walls(solid, _shape, width, height) or _walls(solid, _height, width, height)
    rows = sorted(rows, key=len, reverse=True)[:MOST_WALLS]
    rows = [group for group in rows if len(group) >= 0.1 * len(rows[0])]
    for group in rows:
        if not any(other is not group and _decorates(group, other) for other in rows):
            yield from group


def _walls(
    things: list[Thing], key: Callable[[Thing], tuple[Any, ...]], width: float, height: float
) -> list[list[Thing]]:
    """The groups of things with the same key that stand in rows."""
    groups: dict[tuple[Any, ...], list[Thing]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return [group for group in groups.values() if len(group) >= FEWEST and _in_rows(group, width, height)]


def _in_rows(group: list[Thing], width: float, height: float) -> bool:
    tops = Counter(round(thing.box[1]) for thing in group)
    together = sum(count for count in tops.values() if count >= (3 if len(group) >= 8 else 2))
    high = sum(thing.box[1] < 0.75 * height for thing in group)
    first = group[0].box
    small = (first[2] - first[0]) * (first[3] - first[1]) < 0.1 * width * height
    return together >= 0.6 * len(group) and high >= 0.6 * len(group) and small


def _decorates(group: list[Thing], other: list[Thing]) -> bool:
    """Whether the things of a group lie on those of another, larger ones."""
    if len(other) < len(group):
        return False
    boxes = [thing.box for thing in other]

    def lies_on(box: Box) -> bool:
        return any(b[0] <= box[0] and b[1] <= box[1] and b[2] >= box[2] and b[3] >= box[3] and b != box for b in boxes)

    return all(lies_on(thing.box) for thing in group[:5])


def distance(a: Box, b: Box) -> float:
    """How far apart two boxes are: the larger of the distances along and down; 0 if they touch."""
    if b is NOWHERE:
        return 1e9
    return max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3], 0.0)


def same_colour(a: str, b: str) -> bool:
    first = colours.rgb(a)
    return a == b or (first is not None and first == colours.rgb(b))


class _Added:
    """The things that are new in a frame, by what they look like; `things` are those that nobody took yet."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = {thing.number: thing for thing in things}
        self.alike: dict[tuple[Any, ...], list[Thing]] = defaultdict(list)
        self.there: dict[tuple[Any, ...], Thing] = {}
        for thing in things:
            self.alike[_look(thing)].append(thing)
            self.there[_look(thing), thing.box] = thing

    def take_successor(self, old: Thing) -> Thing | None:
        """The thing that was put in the place of another: of its kind and size, or for a text, where it was."""
        look = _look(old)
        found = self.there.get((look, old.box))
        if found is None or found.number not in self.things:
            near = [new for new in self.alike.get(look, [])[:MOST_ALIKE] if new.number in self.things]
            if old.kind == wire.LABEL:
                near = [n for n in near if abs(n.box[0] - old.box[0]) + abs(n.box[3] - old.box[3]) < 60][:1]
            found = min(near, key=lambda n: abs(n.box[0] - old.box[0]) + abs(n.box[1] - old.box[1]), default=None)
        if found is not None:
            self.things.pop(found.number, None)
            self.alike[look].remove(found)
        return found


def _look(thing: Thing) -> tuple[Any, ...]:
    return (wire.LABEL,) if thing.kind == wire.LABEL else _shape(thing)


def _shape(thing: Thing) -> tuple[Any, ...]:
    width, height = _extent(thing)
    return thing.kind, round(width, 1), round(height, 1)


def _height(thing: Thing) -> tuple[Any, ...]:
    return thing.kind, round(thing.box[3] - thing.box[1], 1)


def _extent(thing: Thing) -> tuple[float, float]:
    left, top, right, bottom = thing.box
    return right - left, bottom - top
