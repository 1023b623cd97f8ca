"""What students hand in, as a weighted grammar: kinds of students, and what each kind puts under each event.

Every number is a weight or a percentage that may be changed. The weights are rounded frequencies of commands in real
programs; no real program is among them.

A production such as `"bn 13"` puts *bounce ball* and *launch new ball* under an event with weight 13; `-` puts nothing.
The letters are l *move left*, r *move right*, b *bounce ball*, s *score point*, o *score opponent point* and
n *launch new ball*, for a new ball.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

LETTERS = "lrbson"


@frozen(kw_only=True)
class Kind:
    """One kind of student: its share, and what stands under each of the seven events.

    `repeats`: percentage of programs in which an event repeats the commands of its partner (`PARTNERS`) instead.
    `settings`: percentage of programs that set the ball's speed, the paddle's speed and the looks under an event.
    """

    name: str
    weight: float
    run: str
    left: str
    right: str
    paddle: str
    wall: str
    goal: str
    miss: str
    repeats: Mapping[str, int]
    settings: Mapping[str, tuple[int, int, int]] = field(factory=dict)


KINDS = (
    Kind(
        name="dresses the game up: speeds and looks at the start, a slip or two",
        weight=23,
        run="n 80, - 6, sn 4, bn 2, son 1.5, on 1.5, lrn 0.8, bon 0.5",
        left="l 80, ln 8, r 5, ls 4, lb 2",
        right="r 84, rn 7, l 3, ro 1",
        paddle="b 63, bn 13, bs 9, bo 4, n 2, bsn 2, - 2, s 2, bon 0.5",
        wall="b 56, bn 13, n 5, bs 4, bo 4, - 4, on 3, o 3, sn 3, s 2, bsn 1",
        goal="sn 42, s 28, n 5, on 5, o 4, bsn 3, so 3, - 3, bs 2, son 2, b 1",
        miss="o 29, on 28, n 13, - 9, sn 5, s 5, son 2, b 2, so 2, bon 1, bo 1",
        repeats={"right": 75, "wall": 26, "miss": 26},
        settings={"run": (82, 85, 68), "miss": (2, 1, 1)},
    ),
    Kind(
        name="plain: the game as it is taught, a slip or two",
        weight=16,
        run="n 80, bn 5, - 4, sn 2, on 2.5, lrn 1, b 0.5, bso 0.5, bsn 1, lrbn 1",
        left="l 84, ln 5, lb 5, r 2, lo 0.5",
        right="r 76, rn 10, - 9, rb 3",
        paddle="b 63, bn 17, - 7, n 5, bs 5, bsn 2, bo 1",
        wall="b 58, bn 14, n 8, - 6, bo 4, on 3, o 2, bs 2",
        goal="s 39, sn 36, so 5, bsn 4, son 2, bs 3, on 2, n 2, o 2, - 2, bn 2, bso 1",
        miss="o 38, on 30, n 11, - 6, s 3, b 3, bo 2, bn 2",
        repeats={"right": 86, "wall": 12, "miss": 22},
        settings={
            "run": (10, 11, 30),
            "paddle": (16, 26, 5),
            "wall": (16, 8, 2),
            "goal": (3, 2, 3),
            "miss": (1, 3, 2),
        },
    ),
    Kind(
        name="mixes up: a command for most events, often another event's",
        weight=15,
        run="n 61, - 14, bn 7, sn 4, b 3, on 2, so 0.5, son 2, bon 1, bsn 1, bson 2, lrbn 1, lrb 0.5, ln 2, lr 1",
        left="l 81, r 8, ls 3, s 1, ln 1, - 1, lo 2",
        right="r 59, l 22, rn 11, ro 3, rso 1, rb 2",
        paddle="b 45, s 13, o 8, bs 8, bo 5, - 4, bn 4, n 3, bsn 2, sn 2, so 2, bso 1",
        wall="b 36, n 13, s 11, o 10, - 9, bs 5, bo 4, bn 4, on 3, sn 2, bso 1",
        goal="s 33, - 16, sn 11, o 11, n 9, b 8, so 5, on 2, bs 2, bn 2, bo 2, bso 1",
        miss="- 29, n 17, o 16, s 14, on 9, b 6, sn 4, so 3",
        repeats={"right": 87, "wall": 16, "miss": 17},
        settings={"run": (6, 11, 18), "goal": (2, 5, 2), "miss": (4, 2, 3)},
    ),
    Kind(
        name="tunes: all but right, with other speeds and looks after a goal or a miss",
        weight=8,
        run="n 97, sn 1",
        left="l 94, r 5",
        right="r 78, rn 12, l 2, rs 2, - 1, rb 2",
        paddle="b 90, bn 7, bs 2",
        wall="b 88, bn 8, n 2",
        goal="sn 84, s 7, on 2, bsn 2, n 1, son 1",
        miss="on 73, o 15, sn 4, - 3, n 2",
        repeats={"right": 98, "wall": 33, "miss": 52},
        settings={
            "run": (44, 47, 53),
            "paddle": (21, 17, 6),
            "wall": (24, 9, 6),
            "goal": (55, 34, 27),
            "miss": (41, 32, 21),
        },
    ),
    Kind(
        name="has it right, and plays with speeds and looks",
        weight=3,
        run="n 1",
        left="l 1",
        right="r 1",
        paddle="b 1",
        wall="b 1",
        goal="sn 1",
        miss="on 1",
        repeats={"right": 90, "wall": 10, "miss": 0},
        settings={
            "run": (55, 50, 55),
            "left": (3, 20, 2),
            "paddle": (35, 22, 7),
            "wall": (35, 14, 5),
            "goal": (45, 27, 25),
            "miss": (35, 24, 17),
        },
    ),
    Kind(
        name="wants many balls: launches one whatever happens",
        weight=8,
        run="n 63, - 26, bn 5, sn 3",
        left="ln 51, l 19, lbn 7, n 7, lsn 4, lbsn 2, r 2, lon 2, rn 2, - 1",
        right="rn 33, r 28, rb 8, rbn 8, - 5, ln 3, o 2, lr 2, sn 2, bson 2, lrbn 2, bn 2",
        paddle="bn 53, n 14, bsn 9, b 8, sn 5, bon 4, - 3, on 2",
        wall="bn 49, n 17, bsn 9, sn 7, bon 4, b 3, on 2, o 2, - 2, son 2, bson 1",
        goal="sn 41, n 15, bsn 9, s 9, on 9, bn 5, son 4, - 3, bon 1, o 1",
        miss="on 25, n 22, sn 16, bn 10, - 9, s 5, o 4, son 4, so 2",
        repeats={"right": 85, "wall": 41, "miss": 31},
        settings={"run": (27, 29, 36), "paddle": (2, 2, 3), "wall": (1, 0, 2), "miss": (2, 3, 3)},
    ),
    Kind(
        name="half finished: most events are empty, or hold whatever came first",
        weight=7,
        run="- 38, n 20, b 6, l 4, s 4, lb 2, o 2, r 2, sn 2, lr 2, lbn 2, bson 2, ln 2, rb 2, so 2, lrbson 2",
        left="l 23, - 22, r 7, s 7, n 6, o 5, ln 3, b 3, lb 2, sn 2, lsn 2, lbn 2, lo 1, ls 1, lbson 2, rn 2, son 2",
        right="- 35, r 18, o 10, s 7, n 7, b 5, l 5, rs 2, rb 2, son 2, rbn 2",
        paddle="- 47, o 12, n 10, s 10, b 9, l 2, r 2, on 2, bsn 2, sn 1",
        wall="- 66, n 9, s 7, b 5, o 5, r 2, on 1",
        goal="- 70, n 9, s 7, o 6, r 3, l 1",
        miss="- 76, n 9, s 5, o 4, b 2, l 1",
        repeats={"right": 34, "wall": 6, "miss": 10},
        settings={
            "run": (8, 9, 15),
            "left": (2, 2, 4),
            "right": (1, 2, 3),
            "paddle": (2, 9, 5),
            "wall": (6, 7, 5),
            "goal": (6, 4, 8),
            "miss": (5, 5, 6),
        },
    ),
    Kind(
        name="launches with a key: no ball at the start, one at an arrow key",
        weight=8,
        run="- 68, n 17, bn 3, b 3, sn 2, s 1, o 0.5, bo 1, ln 1",
        left="ln 53, l 21, lsn 5, lo 4, b 3, lbn 3, ls 3, n 2, lb 1, lon 1",
        right="r 57, rn 22, rs 5, rb 3, ro 3, n 2, ron 2, rsn 2, ls 1",
        paddle="b 49, - 12, s 9, bs 8, bn 8, bsn 4, n 3, l 2, o 2",
        wall="b 52, - 12, n 6, o 6, bn 6, bs 6, bo 5, s 5, sn 1",
        goal="s 45, sn 19, - 9, o 7, b 6, n 6, so 3, bs 3, son 2",
        miss="o 32, - 18, n 14, on 11, s 7, b 5, sn 4, so 4, bo 3",
        repeats={"right": 14, "wall": 9, "miss": 21},
        settings={
            "run": (3, 7, 12),
            "left": (4, 4, 8),
            "right": (2, 2, 7),
            "paddle": (8, 11, 8),
            "wall": (2, 1, 8),
            "goal": (6, 4, 15),
            "miss": (4, 5, 9),
        },
    ),
    Kind(
        name="wants many points: scores whatever happens",
        weight=8,
        run="n 51, sn 29, - 11, s 3, bsn 2, son 3, lrbson 1",
        left="ls 31, lsn 27, l 15, ln 6, lbsn 4, lso 3, sn 2, lbs 2, lson 2, rs 1, lrsn 1, s 2, lbson 2",
        right="rs 39, r 14, rsn 14, rson 6, ron 4, ro 3, rso 4, rn 2, rbsn 2, rbn 2, ls 2, rbo 2, lbson 2",
        paddle="bs 40, bsn 34, sn 10, b 4, s 3, bson 3, son 2, bn 2",
        wall="bsn 29, bs 27, sn 12, bn 9, b 5, son 4, bso 3, s 3, bson 2, bo 2, n 2",
        goal="sn 58, s 15, bsn 8, son 6, bs 2, so 2, n 2, bson 2, on 2",
        miss="sn 36, son 18, bsn 9, s 8, on 7, o 4, n 4, so 3, bson 3, - 3, bs 1, bso 1",
        repeats={"right": 82, "wall": 51, "miss": 9},
        settings={"run": (39, 43, 49), "goal": (0, 1, 3), "miss": (0, 1, 2)},
    ),
    Kind(
        name="speeds up with the keys: nearly right, with settings under the arrows",
        weight=5,
        run="n 78, - 12, sn 3, bn 3, on 1",
        left="l 72, ln 12, lsn 4, lb 3, r 2, ls 2, lbsn 2",
        right="r 67, rn 13, ro 4, l 4, rsn 4, ron 2, on 2",
        paddle="b 62, bn 17, bs 5, bsn 5, - 2, sn 2, n 2",
        wall="b 51, n 16, bo 6, s 5, bn 4, bs 4, - 3, bsn 2, bon 2",
        goal="sn 54, s 23, bsn 5, son 4, - 4, n 4, so 2",
        miss="on 34, o 20, n 13, sn 7, - 5, bon 4, son 4, s 3, bo 2, bn 2, bsn 2, b 2",
        repeats={"right": 84, "wall": 47, "miss": 44},
        settings={
            "run": (23, 9, 41),
            "left": (24, 81, 13),
            "right": (22, 81, 12),
            "paddle": (26, 15, 10),
            "wall": (21, 13, 10),
            "goal": (15, 9, 10),
            "miss": (17, 10, 8),
        },
    ),
    Kind(
        name="changes the looks whatever happens",
        weight=3,
        run="n 80, sn 6, bn 3, son 2, r 2, b 2",
        left="l 53, ln 18, ls 9, r 7, lb 3, lsn 2, lbn 2, lso 2",
        right="r 50, rs 15, rn 11, - 7, lrb 6, lbn 6",
        paddle="b 43, bn 25, bs 16, sn 5, bsn 4, rb 3, s 2",
        wall="b 36, bn 21, - 11, bo 6, bsn 5, bs 4, n 4, bon 4, on 4, bso 3, sn 2",
        goal="sn 41, s 25, bsn 8, son 5, bs 5, n 4, so 3, on 2, o 2, bon 1",
        miss="on 29, o 19, n 17, sn 9, s 5, son 5, bo 4, - 4, bn 2, bsn 2, bon 2",
        repeats={"right": 88, "wall": 28, "miss": 17},
        settings={
            "run": (38, 48, 40),
            "left": (1, 2, 36),
            "right": (1, 0, 34),
            "paddle": (14, 14, 55),
            "wall": (13, 10, 52),
            "goal": (1, 7, 59),
            "miss": (5, 6, 53),
        },
    ),
)

# An event whose commands may be repeated by another: with left and right, or the two scores, changed over.
PARTNERS = {"right": ("left", "lr"), "wall": ("paddle", ""), "miss": ("goal", "so")}

# In so many events of a hundred, one command more stands there than its production says, or one less.
SLIPS = 2
SLIP = "l 10, r 10, b 20, s 20, o 15, n 25"

# How often, in percent, a command that stands under an event stands there again.
AGAIN = {  # letter: run, left, right, paddle, wall, goal, miss
    "l": (8, 2, 2, 0, 0, 0, 0),
    "r": (13, 2, 2, 0, 0, 0, 0),
    "b": (11, 5, 4, 1, 1, 2, 1),
    "s": (27, 30, 31, 18, 17, 15, 16),
    "o": (32, 5, 7, 7, 3, 8, 7),
    "n": (22, 17, 18, 15, 14, 17, 15),
}
# Some do so hardly ever and some all the time: how much more often than that, in percent, and for how many.
HABITS = {20: 50, 120: 38, 370: 12}
# How many there are then: from, to, weight.
TIMES = {
    "lrbo": ((2, 2, 66), (3, 3, 15), (4, 5, 11), (6, 9, 4), (10, 25, 3), (26, 50, 1)),
    "s": ((2, 2, 36), (3, 3, 19), (4, 5, 17), (6, 9, 10), (10, 20, 11), (21, 50, 4), (51, 250, 3)),
    "n": ((2, 2, 44), (3, 3, 21), (4, 5, 19), (6, 9, 8), (10, 20, 5), (21, 50, 2.5), (51, 130, 0.5)),
}

# Which values are set at the start, and under other events.
VALUES = {
    "ball speed": (
        "very slow 9, slow 6, normal 29, fast 18, very fast 31, random 7",
        "very slow 4, slow 4, normal 23, fast 20, very fast 30, random 19",
    ),
    "paddle speed": (
        "very slow 3, slow 1, normal 22, fast 17, very fast 51, random 6",
        "very slow 3, slow 4, normal 22, fast 18, very fast 38, random 15",
    ),
    "scene": ("hardcourt 32, retro 42, random 26", "hardcourt 30, retro 19, random 51"),
    "ball": ("hardcourt 35, retro 40, random 26", "hardcourt 31, retro 16, random 53"),
    "paddle": ("hardcourt 31, retro 46, random 23", "hardcourt 34, retro 14, random 52"),
}
# How many percent of those who change the looks change each part: at the start, and under other events.
LOOKS = {"scene": (87, 60), "ball": (75, 49), "paddle": (68, 44)}
