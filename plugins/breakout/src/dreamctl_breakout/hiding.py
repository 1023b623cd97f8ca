"""Which faults cannot be seen because of another one, or of a free choice: the stated rule by which programs that play
the same, or nearly, are one and the same program.

A fault that does not show is taken away, and so is absent from the labels. The tests play both with the same seeds.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from .design import BOXES, FAULTS, Design


@frozen
class Rule:
    """In programs that are `so` nobody sees the `hidden` faults, because of what `why` says."""

    why: str
    so: Callable[[Design], bool]
    hidden: tuple[str, ...]


def shown(design: Design) -> Design:
    """The program without the faults that nobody can see."""
    for rule in RULES:
        if rule.so(design):
            design = evolve(design, faults=design.faults.difference(rule.hidden))
    return design


def _of(*slots: str) -> tuple[str, ...]:
    return tuple(fault for fault, slot in FAULTS.items() if slot in slots)


def _has(*faults: str) -> Callable[[Design], bool]:
    return lambda design: design.has(*faults)


def _can_be_caught(design: Design) -> bool:
    """Whether a ball can be so deep in the paddle that it is still in it a frame later, going up.

    Its heights are its start and whole numbers of steps from there.
    """
    if design.has("hits_ahead", "hits_from_afar"):  # such a ball turns before it is so deep
        return False
    edges = [design.size] if design.has("paddle_by_one_corner") else [design.size, 0.0]
    if design.collision == BOXES and not design.has("paddle_by_one_corner"):
        return True
    depths = [(design.start[1] + edge - design.paddle_top) % design.vy + design.vy for edge in edges]
    return any(depth <= design.paddle_height for depth in depths)


_WIN = _of("win", "win error")
_PLAY = (
    *_of("walls", "brick turn", "several", "reach", "removes", "score", "top", "wall speed", "paddle bounce"),
    *_WIN,
)
_TURNS = _of("turns", "miss error")
RULES = (
    Rule("a program that does not start is not seen", lambda d: d.has(*_of("start")),
         tuple(fault for fault, slot in FAULTS.items() if slot != "start")),
    Rule("the ball is never sent up", _has("paddle_ignored"), _PLAY),
    Rule("the paddle is there for one hit only", _has("removes_the_paddle"),
         (*_of("paddle bounce", "top", "wall speed", "score"), *_WIN)),
    Rule("the ball leaves at the top before the last brick goes", _has("no_top_wall"), _WIN),
    Rule("the ball flies the same way again and again", _has("paddle_turns_both"), _WIN),
    Rule("the ball comes to fly straight up and down", _has("slower_at_walls"), _WIN),
    Rule("no turn is ever lost", _has("floor_is_a_wall"),
         (*_TURNS, "velocity_drawn_once", "score_lost_at_a_miss", "serves_after_the_end", "win_seen_at_a_miss")),
    Rule("the program breaks at the first miss", _has("name_error_at_a_miss"),
         (*_of("turns"), "floor_turns", "velocity_drawn_once", "score_lost_at_a_miss", "serves_after_the_end",
          "win_seen_at_a_miss")),
    Rule("the first miss ends the game", _has("two_turns_less"),
         ("floor_turns", "velocity_drawn_once", "score_lost_at_a_miss", "serves_after_the_end")),
    Rule("the ball is never served again", _has("floor_turns"), ("velocity_drawn_once", "serves_after_the_end")),
    Rule("there is no last turn", _has("endless_turns"), ("serves_after_the_end",)),
    Rule("the loop does not ask for turns", _has("serves_after_the_end"), ("one_turn_more",)),
    Rule("the loop never ends by a win", _has("goes_on_without_bricks", "win_seen_at_a_miss"), _of("win error")),
    Rule("a click in play launches nothing", _has("velocity_drawn_once"), ("click_launches_again",)),
    Rule("the left edge of the paddle is where the mouse is", _has("paddle_by_its_left_edge"),
         ("paddle_held_back_at_the_right",)),
    Rule("the label that shows the score goes", _has("removes_the_label"), _of("score")),
    Rule("one frame upwards always frees the ball", lambda d: not _can_be_caught(d), ("paddle_flips",)),
    Rule("the place of the hit decides", lambda d: d.control != "none", ("paddle_turns_both",)),
)  # fmt: skip
