"""What may be wrong with a Breakout program: the rubric's items, and which of them a design's faults bring about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from dreamctl import Item, Rubric

from .design import FAULTS, Design
from .hiding import shown

START, PLAY = "start", "play"  # when an item is seen


@frozen
class Entry:
    """An item with its group, when it is seen, and the faults that bring it about."""

    key: str
    group: str
    title: str
    feedback: str
    faults: tuple[str, ...]
    points: float = 2.0
    seen: str = PLAY

    @property
    def item(self) -> Item:
        return Item(key=self.key, title=self.title, points=self.points, feedback=self.feedback)


def labels(design: Design) -> dict[str, bool]:
    """Every label, and whether it is so; faults that cannot be seen count for nothing (`hiding.py`)."""
    faults = shown(design).faults
    return {entry.key: not faults.isdisjoint(entry.faults) for entry in ENTRIES}


def labels_of(fault: str) -> tuple[str, ...]:
    """The labels that a fault brings about."""
    return _OF_FAULT[fault]


SHOWN_BY = {  # the outcomes of a step that are the greater the more plainly a label shows
    "skewer": ("paddle flips in a row",),
    "corner_stuck": ("wall flips in a row",),
    "paddle_pass_through": ("passes the paddle",),
    "horizontal_vertical_test_wrong": (
        "turns both ways at bricks", "turns sideways at bricks", "turns at the paddle",
    ),
    "lives_count_wrong": ("wrong turns",),
    "crash_in_play": ("breaks off",),
}  # fmt: skip


def _entries() -> Iterator[Entry]:
    yield from _robustness()
    yield from _display()
    yield from _paddle()
    yield from _ball()
    yield from _bricks()
    yield from _ending()


def _robustness() -> Iterator[Entry]:
    yield Entry(
        "does_not_run", "robustness", "The program does not start",
        "The program stops with an error before anything is seen. Read the last line of the message, and repair the "
        "line of your file that it names.", ("syntax_error", "missing_module"), 20.0, START,
    )  # fmt: skip
    yield Entry(
        "input_at_start", "robustness", "The program asks a question before it starts",
        "The program waits for text in the console before the game is seen. Take the call of input() away.",
        ("asks_for_a_name",), 1.0, START,
    )  # fmt: skip
    yield Entry(
        "crash_in_play", "robustness", "The program breaks off in play",
        "The program stops with an error while it is played, for example when a turn is lost or the last brick goes. "
        "Play to that point, and repair the line that the message names.",
        ("name_error_at_a_miss", "name_error_at_a_win"), 5.0,
    )  # fmt: skip


def _display() -> Iterator[Entry]:
    yield Entry(
        "brick_count_wrong", "display", "Not 10 rows of 10 bricks",
        "There are not 10 rows of 10 bricks. Look at where your loops over rows and columns begin and end.",
        ("row_missing", "row_too_many", "column_missing", "column_too_many", "four_by_four"),
    )  # fmt: skip
    yield Entry(
        "brick_layout_wrong", "display", "The rows of bricks are not in their place",
        "The rows of bricks are not centred, or their gaps or their distance from the top are not as given. Work out "
        "the left margin from the width of the canvas and of a row.", ("rows_at_the_left",), seen=START,
    )  # fmt: skip
    yield Entry(
        "colours_wrong", "display", "The bricks have the wrong colours",
        "Every two rows share a colour: red, orange, yellow, green, cyan. Choose the colour from the number of the "
        "row.",
        ("one_colour",), 1.0, START,
    )  # fmt: skip
    yield Entry(
        "constants_ignored", "display", "Changed constants do not change the game",
        "Some sizes stand in the program as numbers, so the game stays as it is when a constant is changed. Use the "
        "constants everywhere.", ("numbers_in_the_code",), seen=START,
    )  # fmt: skip
    yield Entry(
        "ball_not_centred", "display", "The ball does not start in the centre",
        "The ball does not start in the centre of the canvas. Its place is that of its top left corner, so take half "
        "of its size off both ways.", ("ball_corner_at_the_centre", "ball_half_off_the_centre"), 1.0,
    )  # fmt: skip
    yield Entry(
        "ball_size_wrong", "display", "The ball has the wrong size",
        "The ball is not twice its radius wide and high. An oval is made with its width and height, not with a radius.",
        ("ball_of_one_radius", "ball_of_four_radii"), 1.0,
    )  # fmt: skip


def _paddle() -> Iterator[Entry]:
    yield Entry(
        "paddle_not_centred", "paddle", "The paddle's edge follows the mouse, not its middle",
        "The mouse does not hold the paddle by its middle. Take half of the paddle's width off the mouse's x.",
        ("paddle_by_its_left_edge",),
    )  # fmt: skip
    yield Entry(
        "paddle_leaves_screen", "paddle", "The paddle leaves the canvas",
        "The paddle goes out of the canvas at an edge. Hold its left side at 0 or more, and its right side at the "
        "width of the canvas or less.",
        ("paddle_not_held_back", "paddle_held_back_at_the_left", "paddle_held_back_at_the_right"),
    )  # fmt: skip
    yield Entry(
        "paddle_edge_gap", "paddle", "The paddle does not reach the edges",
        "When the mouse goes quickly to an edge, the paddle stops before it. Do not ignore such a mouse: put the "
        "paddle at the edge instead.", ("paddle_ignores_the_edges", "paddle_stops_short"), 1.0,
    )  # fmt: skip
    yield Entry(
        "paddle_moves_vertically", "paddle", "The paddle moves up or down",
        "The paddle does not keep its height. Change its x only, and add it at the height at which it stays.",
        ("paddle_follows_up_and_down", "paddle_drops_at_first"),
    )  # fmt: skip
    yield Entry(
        "paddle_pass_through", "paddle", "The ball passes through the paddle",
        "The ball falls through the paddle, always or where it is hit off its middle. Look at more than one point of "
        "the ball when you ask whether it touches the paddle.", ("paddle_ignored", "paddle_by_one_corner"), 4.0,
    )  # fmt: skip
    yield Entry(
        "skewer", "paddle", "The ball sticks in the paddle",
        "When the paddle meets the ball from the side, the ball turns in every frame and is stuck in it. A ball that "
        "touches the paddle should go up, whichever way it came.", ("paddle_flips",), 3.0,
    )  # fmt: skip


def _ball() -> Iterator[Entry]:
    yield Entry(
        "launch_upwards", "ball", "The ball starts upwards",
        "The ball starts upwards. It should start downwards, towards the paddle.", ("launched_upwards",), 1.0,
    )  # fmt: skip
    yield Entry(
        "launch_vx_one_sided", "ball", "The ball always starts to the same side",
        "The ball always starts to the same side. Change the sign of its speed sideways half of the time.",
        ("launched_to_one_side",),
    )  # fmt: skip
    yield Entry(
        "launch_not_random", "ball", "The ball always starts equally fast sideways",
        "The ball's speed sideways is the same in each turn. Draw it at random.", ("launched_at_one_speed",),
    )  # fmt: skip
    yield Entry(
        "velocity_kept_across_turns", "ball", "A new turn begins with the old velocity",
        "A new turn goes on with the velocity of the last one. Draw a new one whenever the ball is served.",
        ("velocity_drawn_once",), 1.0,
    )  # fmt: skip
    yield Entry(
        "wall_overlap", "ball", "The ball goes into the walls",
        "The ball is half out of the canvas before it turns, or wholly. Compare its own edges with the walls, on every "
        "side.", ("walls_at_the_centre", "right_wall_late"),
    )  # fmt: skip
    yield Entry(
        "top_wall_missing", "ball", "The ball leaves at the top",
        "The ball flies out of the canvas at the top. Turn it there too.", ("no_top_wall",), 3.0,
    )  # fmt: skip
    yield Entry(
        "corner_stuck", "ball", "The ball is caught at a wall",
        "At a wall the ball turns in every frame and does not get away. Turn it only if it flies towards the wall.",
        ("speed_drawn_at_walls", "slower_at_walls"),
    )  # fmt: skip


def _bricks() -> Iterator[Entry]:
    yield Entry(
        "brick_no_bounce", "bricks", "The ball does not bounce off bricks",
        "A brick goes, but the ball flies on as if nothing had been there, always or now and then. Turn it once for "
        "every hit.", ("brick_never_turns", "brick_turns_from_below", "each_brick_turns"), 3.0,
    )  # fmt: skip
    yield Entry(
        "multi_brick_one_frame", "bricks", "Several bricks go at once",
        "Several bricks go in the same frame. Stop looking at the first thing that the ball touches.",
        ("each_brick_turns", "several_bricks"), 3.0,
    )  # fmt: skip
    yield Entry(
        "brick_break_before_contact", "bricks", "Bricks go before the ball is there",
        "Bricks go while the ball is still away from them. Ask what is at the corners of the ball itself.",
        ("hits_from_afar", "hits_ahead"),
    )  # fmt: skip
    yield Entry(
        "horizontal_vertical_test_wrong", "bricks", "The ball turns the wrong way",
        "When it hits a brick or the paddle, the ball turns sideways as well, or instead. Turn only its speed up and "
        "down.", ("brick_turns_both", "brick_turns_sideways", "paddle_turns_both"),
    )  # fmt: skip
    yield Entry(
        "label_or_paddle_removed", "bricks", "The ball takes away the paddle or a text",
        "The ball takes away things that are no bricks. Ask what it hit before you remove that.",
        ("removes_the_paddle", "removes_the_label"), 3.0,
    )  # fmt: skip


def _ending() -> Iterator[Entry]:
    yield Entry(
        "lives_count_wrong", "ending", "Not three turns",
        "The game does not end with the third lost ball. Count turns down at each miss, and go on only while some are "
        "left.",
        ("one_turn_more", "two_turns_more", "one_turn_less", "two_turns_less", "endless_turns", "floor_is_a_wall"), 3.0,
    )  # fmt: skip
    yield Entry(
        "ball_bounces_off_floor", "ending", "The ball bounces off the floor",
        "A ball that the paddle missed comes back from the floor. The turn should end there.",
        ("floor_turns", "floor_is_a_wall"), 3.0,
    )  # fmt: skip
    yield Entry(
        "win_not_detected", "ending", "The game goes on after the last brick",
        "The ball flies on when no brick is left. Count the bricks, and end the game with the last one.",
        ("goes_on_without_bricks", "win_seen_at_a_miss"), 3.0,
    )  # fmt: skip
    yield Entry(
        "loop_never_ends", "ending", "The program's loop goes on after the game",
        "The game is over, but the loop goes on for ever. Players do not see it; still, let it end.",
        ("loops_for_ever",), 0.0, START,
    )  # fmt: skip
    yield Entry(
        "click_changes_ball_midplay", "ending", "A click in play changes the ball",
        "A click while the ball flies changes its way or puts it back. Look at a click only when the ball waits.",
        ("click_launches_again", "click_puts_the_ball_back", "click_sends_the_ball_down"),
    )  # fmt: skip
    yield Entry(
        "restarts_after_game_over", "ending", "A click after the end serves again",
        "A click serves another ball when the game is over. Look at a click only while turns are left.",
        ("serves_after_the_end",), 1.0,
    )  # fmt: skip
    yield Entry(
        "score_wrong", "ending", "The score is wrong",
        "The number that is shown does not go up with each brick, and only then. Change it where a brick is removed.",
        ("score_counts_the_paddle", "score_one_behind", "score_lost_at_a_miss"), 1.0,
    )  # fmt: skip


ENTRIES = tuple(_entries())
LABELS = tuple(entry.key for entry in ENTRIES)
PLAYED = tuple(entry.key for entry in ENTRIES if entry.seen == PLAY)
GROUPS: Mapping[str, str] = {entry.key: entry.group for entry in ENTRIES}
_OF_FAULT = {fault: tuple(entry.key for entry in ENTRIES if fault in entry.faults) for fault in FAULTS}


def rubrics() -> tuple[Rubric, Rubric]:
    """All items, and those that play shows: a program that does not run has nothing else to look at."""
    items = [entry.item for entry in ENTRIES]
    others = tuple(key for key in LABELS if key != "does_not_run")
    everything = [evolve(item, excludes=others) if item.key == "does_not_run" else item for item in items]
    return (
        Rubric(name="all", environment="classic", items=everything),
        Rubric(name="play", environment="classic", items=[item for item in items if item.key in PLAYED]),
    )
