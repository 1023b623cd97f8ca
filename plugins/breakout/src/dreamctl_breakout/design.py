"""A Breakout program as a choice: its constants, what a student may freely decide, and what went wrong.

`source.py` writes a design as the program that a student would hand in, and says with it what every field means;
`fast.py` plays many designs at once, and plays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import evolve, field, frozen

CORNERS, BOXES = "corners", "boxes"

# Fault -> its slot. Of a slot a program has one fault at most, because they would stand in the same lines.
FAULTS: Mapping[str, str] = {
    # what is on the canvas
    "row_missing": "brick count",
    "row_too_many": "brick count",
    "column_missing": "brick count",
    "column_too_many": "brick count",
    "four_by_four": "brick count",
    "rows_at_the_left": "layout",
    "one_colour": "colours",
    "numbers_in_the_code": "constants",
    "ball_corner_at_the_centre": "ball start",
    "ball_half_off_the_centre": "ball start",
    "ball_of_one_radius": "ball size",
    "ball_of_four_radii": "ball size",
    # the paddle and the mouse
    "paddle_by_its_left_edge": "paddle place",
    "paddle_not_held_back": "paddle edge",
    "paddle_held_back_at_the_left": "paddle edge",
    "paddle_held_back_at_the_right": "paddle edge",
    "paddle_ignores_the_edges": "paddle edge",
    "paddle_stops_short": "paddle edge",
    "paddle_follows_up_and_down": "paddle height",
    "paddle_drops_at_first": "paddle height",
    # the ball
    "launched_upwards": "launch down",
    "launched_to_one_side": "launch side",
    "launched_at_one_speed": "launch speed",
    "velocity_drawn_once": "launch again",
    "walls_at_the_centre": "walls",
    "right_wall_late": "walls",
    "no_top_wall": "top",
    "speed_drawn_at_walls": "wall speed",
    "slower_at_walls": "wall speed",
    "paddle_flips": "paddle bounce",
    "paddle_turns_both": "paddle bounce",
    "paddle_ignored": "paddle contact",
    "paddle_by_one_corner": "paddle contact",
    # the bricks
    "brick_never_turns": "brick turn",
    "brick_turns_from_below": "brick turn",
    "brick_turns_both": "brick turn",
    "brick_turns_sideways": "brick turn",
    "each_brick_turns": "several",
    "several_bricks": "several",
    "hits_from_afar": "reach",
    "hits_ahead": "reach",
    "removes_the_paddle": "removes",
    "removes_the_label": "removes",
    # how it ends
    "one_turn_more": "turns",
    "one_turn_less": "turns",
    "two_turns_less": "turns",
    "two_turns_more": "turns",
    "endless_turns": "turns",
    "floor_turns": "floor",
    "floor_is_a_wall": "floor",
    "goes_on_without_bricks": "win",
    "win_seen_at_a_miss": "win",
    "loops_for_ever": "end",
    "serves_after_the_end": "end",
    "click_launches_again": "click",
    "click_puts_the_ball_back": "click",
    "click_sends_the_ball_down": "click",
    "score_counts_the_paddle": "score",
    "score_one_behind": "score",
    "score_lost_at_a_miss": "score",
    "name_error_at_a_miss": "miss error",
    "name_error_at_a_win": "win error",
    # before anything is seen
    "syntax_error": "start",
    "missing_module": "start",
    "asks_for_a_name": "start",
}

MARGIN, AHEAD, SHORT = 8.0, 3, 20.0  # pixels too far; frames ahead; pixels that a paddle stops short
SLOWER = 0.9  # of its speed sideways that a ball keeps at a wall


@frozen(kw_only=True)
class Design:
    """A program: constants as in the handout (pixels, pixels a frame), free choices, and faults.

    - `whole_vx`: launch speeds are whole numbers, both ends included.
    - `click_to_serve`: each turn begins with a click; else at once.
    - `pauses_last`: the loop waits at its end; else at its beginning, so that a game's last frame ends the program.
    - `collision`: `corners` asks what is at the four corners of the ball's box and takes the first thing found;
      `boxes` compares the ball's box with the paddle and then with every brick, and takes the first brick.
    - `polls`: the paddle is moved in the loop, where the mouse is asked for, and so rests while the ball waits; else by
      each movement of the mouse.
    - `moves_last`: the loop looks at what the ball touches before it moves the ball.
    - `careful_walls`: a wall turns only a ball that flies towards it.
    - `floor_below`: a turn is lost when the ball has left the canvas; else when it touches the floor.
    - `lifts`: the paddle also puts the ball on its top.
    - `sides`: a brick hit from the side turns the ball sideways.
    - `control`: where the paddle is hit decides about the way: `none`, `place` (sets vx) or `ends` (turns back).
    - `kicker`: the ball is twice as fast sideways from that hit of the paddle on; 0 for never.
    - `label`: `none`, `score` or `turns` is shown.
    - `points`: for a brick; 0 for more points the higher its row.
    - `end_label`: a text tells that the game is over.
    - `closes`: the program ends with the game; else its window stays.
    """

    width: float = 420.0
    height: float = 600.0
    rows: int = 10
    columns: int = 10
    brick_width: float = 37.0
    brick_height: float = 8.0
    gap: float = 4.0
    brick_top: float = 70.0
    paddle_width: float = 60.0
    paddle_height: float = 10.0
    paddle_offset: float = 30.0
    radius: float = 10.0
    vy: float = 3.0
    vx_min: float = 1.0
    vx_max: float = 3.0
    whole_vx: bool = False
    delay: float = 10.0  # milliseconds
    turns: int = 3
    click_to_serve: bool = True
    pauses_last: bool = False
    collision: Literal["corners", "boxes"] = "corners"
    polls: bool = False
    moves_last: bool = False
    careful_walls: bool = False
    floor_below: bool = False
    lifts: bool = False
    sides: bool = False
    control: Literal["none", "place", "ends"] = "none"
    kicker: int = 0
    label: Literal["none", "score", "turns"] = "none"
    points: int = 1
    end_label: bool = False
    closes: bool = False
    faults: frozenset[str] = field(factory=frozenset, converter=frozenset)

    def has(self, *faults: str) -> bool:
        """Whether it has one of these faults."""
        return not self.faults.isdisjoint(faults)

    def without(self, *faults: str) -> Design:
        """The same program without these faults."""
        return evolve(self, faults=self.faults - set(faults))

    @property
    def rows_drawn(self) -> int:
        return 4 if self.has("four_by_four") else self.rows - self.has("row_missing") + self.has("row_too_many")

    @property
    def columns_drawn(self) -> int:
        if self.has("four_by_four"):
            return 4
        return self.columns - self.has("column_missing") + self.has("column_too_many")

    @property
    def size(self) -> float:
        """Of the ball's box."""
        return self.radius * (1 if self.has("ball_of_one_radius") else 4 if self.has("ball_of_four_radii") else 2)

    @property
    def brick_left(self) -> float:
        """Of the first column."""
        if self.has("rows_at_the_left"):
            return 0.0
        columns = self.columns if self.has("column_missing") else self.columns_drawn
        return (self.width - (columns * self.brick_width + (columns - 1) * self.gap)) / 2

    @property
    def paddle_top(self) -> float:
        return self.height - self.paddle_offset

    @property
    def start(self) -> tuple[float, float]:
        """Where the ball's box is put: its left and top edge."""
        if self.has("ball_corner_at_the_centre"):
            return self.width / 2, self.height / 2
        if self.has("ball_half_off_the_centre"):
            return (self.width - self.size / 2) / 2, (self.height - self.size / 2) / 2
        return (self.width - self.size) / 2, (self.height - self.size) / 2


COURSES: Mapping[str, Design] = {
    "java 2018": Design(),
    "bridge": Design(vy=6.0, vx_min=2.0, vx_max=6.0),
    "python 2024": Design(
        width=500.0, brick_width=45.0, brick_height=10.0, paddle_width=70.0, paddle_height=15.0, paddle_offset=50.0,
        vy=6.0, vx_min=2.0, vx_max=6.0,
    ),
    "code in place": Design(
        width=500.0, brick_width=45.5, brick_height=10.0, gap=5.0, brick_top=50.0, paddle_width=80.0,
        paddle_height=15.0, vy=6.0, vx_min=2.0, vx_max=5.0, click_to_serve=False,
    ),
    "stancode": Design(
        width=445.0, height=635.0, brick_width=40.0, brick_height=15.0, gap=5.0, brick_top=50.0, paddle_width=75.0,
        paddle_height=15.0, paddle_offset=50.0, vy=7.0, vx_min=1.0, vx_max=5.0, whole_vx=True,
    ),
}  # fmt: skip


def impossible(design: Design) -> str:
    """Why no program can be like this, in a sentence; empty if one can."""
    unknown = design.faults - set(FAULTS)
    if unknown:
        return f"there is no fault '{min(unknown)}'."
    slots = [FAULTS[fault] for fault in sorted(design.faults)]
    twice = [slot for slot in slots if slots.count(slot) > 1]
    if twice:
        return f"two of its faults are about the same thing ({twice[0]})."
    for needed, so, faults in _NEEDS:
        if design.has(*faults) and not so(design):
            return f"'{min(design.faults & set(faults))}' needs {needed}."
    return ""


_REMOVES = ("removes_the_paddle", "removes_the_label")
_CLICK = ("click_launches_again", "click_puts_the_ball_back", "click_sends_the_ball_down", "serves_after_the_end")
_SCORE = ("score_counts_the_paddle", "score_one_behind", "score_lost_at_a_miss")
_FLOOR = ("floor_turns", "floor_is_a_wall")
_NEEDS = (
    ("a click to serve", lambda d: d.click_to_serve, _CLICK),
    ("a score", lambda d: d.label == "score", (*_SCORE, "removes_the_label")),
    ("points of 1 or more", lambda d: d.points > 0, (*_REMOVES, "score_counts_the_paddle")),
    ("corners", lambda d: d.collision == CORNERS, _REMOVES),
    ("an end that is not told", lambda d: not d.end_label, ("removes_the_label",)),
    ("a paddle that is felt", lambda d: not d.has("paddle_ignored", "paddle_by_one_corner"), _REMOVES[:1]),
    ("turns that are not told", lambda d: d.label != "turns", ("one_turn_more",)),
    ("an end that is told", lambda d: d.end_label, ("serves_after_the_end",)),
    ("a window that stays", lambda d: not d.closes, ("loops_for_ever", "serves_after_the_end")),
    ("a floor that is touched", lambda d: not d.floor_below, _FLOOR),
    ("walls that turn whatever comes", lambda d: not d.careful_walls, ("speed_drawn_at_walls", "slower_at_walls")),
    ("a paddle that does not put the ball up", lambda d: not d.lifts, ("paddle_flips",)),
    ("to look past the ball itself", lambda d: d.collision != CORNERS or AHEAD * d.vy != d.radius, ("hits_ahead",)),
)


def with_faults(design: Design, faults: Iterable[str]) -> Design:
    """The same program with these faults too."""
    return evolve(design, faults=design.faults | set(faults))
