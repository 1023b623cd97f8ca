"""What the observer makes of programs of a few lines, of which everything is known."""

import numpy as np
import pytest
from breakout_bare import Box

from dreamctl_breakout.frames import (
    BALL,
    BALL_BOTTOM,
    BALL_LEFT,
    BALL_RIGHT,
    BALL_TOP,
    BRICKS,
    CLICKED,
    FRAME,
    GONE,
    HEIGHT,
    NEWS,
    WIDTH,
)  # fmt: skip
from dreamctl_breakout.names import CLICK, DODGE, FEATURES, RIGHT_EDGE, SLAM_LEFT, WAIT
from dreamctl_breakout.observing import (
    DEAD,
    HITS,
    KEPT_VELOCITY,
    MEMORY,
    NEW_VELOCITY,
    NO_BOUNCE,
    start,
    watch,
)
from dreamctl_breakout.students import Program, ProgramSimulator

GAME = """
from campy.graphics.gwindow import GWindow
from campy.graphics.gobjects import GOval, GRect
from campy.gui.events.mouse import onmouseclicked, onmousemoved
from campy.gui.events.timer import pause
window = GWindow(width=400, height=500)
bricks = [GRect(30, 10) for n in range(BRICKS)]
for n, brick in enumerate(bricks):
    window.add(brick, 10 + n % 10 * 38, 50 + n // 10 * 15)
paddle, ball = GRect(80, 10), GOval(20, 20)
window.add(paddle, 160, 450)
window.add(ball, 190, 240)
flies, turns = [], TURNS
def move(event):
    paddle.x = min(max(event.x - 40, 0), 320)
    MORE
def serve(event):
    ANEW
    if not flies and turns:
        flies[:] = [2, 5]
        STEP
onmousemoved(move)
onmouseclicked(serve)
while turns:
    pause(10)
    if flies:
        ball.move(*flies)
        EACH
        flies[0] *= -1 if ball.x < 0 or ball.x > 380 else 1
        touches = paddle.y - 20 <= ball.y <= paddle.y + 10 and paddle.x - 20 <= ball.x <= paddle.x + 80
        if TOUCH:
            flies[1] = -5
        if ball.y > 480:
            turns -= 1
            flies.clear()
            ball.x, ball.y = 190, 240
AFTER
while True:
    pause(10)
"""


def noticed(*actions, turns=3, touch="touches", bricks=20, **parts):
    """The observation after each of some steps, by name; `parts` of the program do nothing unless they are given."""
    text = GAME.replace("TURNS", str(turns)).replace("TOUCH", touch).replace("BRICKS", str(bricks))
    for name in ("anew", "more", "step", "each", "after"):
        text = text.replace(name.upper(), parts.get(name, "pass"))
    simulator = ProgramSimulator(1, Box)
    simulator.reset([Program({"breakout.py": text.encode()})], np.array([3], np.uint64), np.array([0]))
    seen = [dict(zip(FEATURES, simulator.step(np.array([a])).observation[0], strict=True)) for a in actions]
    simulator.close()
    return seen


@pytest.mark.parametrize(("turns", "wrong"), [(3, False), (4, True), (5, True)])
def test_a_fourth_turn_is_one_too_many_as_soon_as_it_is_served(turns, wrong):
    assert [step["wrong turns"] > 0 for step in noticed(DODGE, DODGE, DODGE, CLICK, turns=turns)] == [False] * 3 + [
        wrong
    ]


def test_a_click_that_serves_changes_nothing_though_the_ball_moves_in_it():
    (step,) = noticed(CLICK, step="ball.move(1, 1)")
    assert step["served down"] == 1
    assert step["changes at clicks"] == 0


def test_a_click_in_play_that_waits_before_it_sends_the_ball_elsewhere_changes_its_way():
    for waits in ("pass", "pause(10)"):
        (_, step) = noticed(CLICK, CLICK, anew=f"{waits}\n    if flies:\n        flies[:] = [-3, 5]")
        assert step["clicks in play"] == step["changes at clicks"] == 1


def test_a_game_that_stops_while_its_ball_flies_is_no_lost_one():
    for after, lost in (("pass", 1), ("turns = 0", 0)):
        ends = f"if turns == 2 and ball.y > 300:\n            {after}"
        *_, step = noticed(*[CLICK, DODGE] * 2, WAIT, WAIT, turns=1 if lost else 3, each=ends, touch="False")
        assert step["ended lost"] == lost


def test_the_mouse_goes_down_to_where_a_paddle_that_follows_it_would_be_seen_to():
    assert noticed(RIGHT_EDGE, more="paddle.y = max(event.y, 450)")[0]["paddle up and down"] > 1
    assert noticed(RIGHT_EDGE)[0]["paddle up and down"] == 0


def test_a_ball_that_the_paddle_is_pushed_over_does_not_pass_through_it():
    for step in noticed(SLAM_LEFT, SLAM_LEFT, touch="touches and ball.y + 20 < paddle.y + 5"):
        assert step["lost"] == 1
        assert step["passes the paddle"] == 0


OVER = """from campy.graphics.gobjects import GLabel
text = GLabel("over")
window.add(text, 100, 300)
while not turns:
    pause(10)
while turns:
    pause(10)
    if flies:
        ball.move(*flies)
        if ball.y > 480:
            turns -= 1
            flies.clear()
            ball.x, ball.y = 190, 240"""


@pytest.mark.parametrize(("wall", "served"), [("bricks", 0), ("bricks[1:]", 1)])
def test_a_click_after_the_end_that_begins_a_new_game_with_its_whole_wall_serves_no_turn_too_many(wall, served):
    goes = "for brick in bricks[:1]:\n            window.remove(brick)"
    anew = f"""global turns
    if not turns:
        for brick in {wall}:
            window.add(brick)
        turns = 3
        window.remove(text)"""
    seen = noticed(*[CLICK, DODGE] * 4, each=goes, touch="False", after=OVER, anew=anew)
    assert seen[5]["misses"] == 3 / 5
    assert sum(step["served after the end"] for step in seen) == served
    assert seen[-1]["misses"] == (1 if served == 0 else 4) / 5


@pytest.mark.parametrize("between", ["", "pause(10)"])
def test_a_new_game_after_one_in_which_no_brick_was_hit_is_one_that_makes_its_wall_anew(between):
    anew = f"""global turns, bricks
    if not turns:
        for brick in bricks:
            window.remove(brick)
        {between or "pass"}
        bricks = [GRect(30, 10) for brick in bricks]
        for n, brick in enumerate(bricks):
            window.add(brick, 10 + n % 10 * 38, 50 + n // 10 * 15)
        turns = 3"""
    for restarts, served in ((anew, 0), ("global turns\n    turns = turns or 3", 1)):
        seen = noticed(*[CLICK, DODGE] * 4, touch="False", after=OVER, anew=restarts)
        assert seen[5]["misses"] == 3 / 5
        assert sum(step["served after the end"] for step in seen) == served
        assert seen[-1]["misses"] == (1 if served == 0 else 4) / 5


def test_after_a_wall_is_cleared_another_one_may_come_with_turns_as_before_or_as_at_first():
    goes = """left = [brick for brick in bricks if brick in window._listed]
        for brick in left[:1]:
            window.remove(brick)
        for brick in bricks if LEFT else ():
            window.add(brick)
        turns += MORE_TURNS"""
    for left in ("len(left) == 1", "not left"):  # the next wall comes at once, or a frame later
        more = f"({left}) and turns == 2"
        seen = noticed(*[CLICK, DODGE] * 4, each=goes.replace("LEFT", left).replace("MORE_TURNS", more), touch="False")
        assert max(step["wrong turns"] for step in seen) == 0
        assert max(step["misses"] for step in seen) > 0
        assert max(step["flies after the last brick"] for step in seen) == 0


def test_texts_that_tell_of_a_win_tell_of_no_loss():
    goes = """left = [brick for brick in bricks if brick in window._listed]
        for brick in left[:turns < 3]:
            window.remove(brick)
        if len(left) == 1:
            from campy.graphics.gobjects import GLabel
            for brick in bricks:
                window.add(brick)
            for n in range(2):
                window.add(GLabel("won"), 100, 300 + 20 * n)
            flies.clear()
            ball.x, ball.y = 190, 240
            continue"""
    seen = noticed(*[CLICK, DODGE] * 4, each=goes, touch="False")
    assert max(step["misses"] for step in seen) > 0
    assert max(step["served after the end"] for step in seen) == 0


@pytest.mark.parametrize(
    ("each", "after", "crashed"),
    [
        ("if ball.y > 300: raise SystemExit", "pass", 1),
        ("while ball.y > 300: pass", "pass", 1),
        ("if ball.y > 470: raise SystemExit", "pass", 0),
        ("pass", "raise SystemExit", 0),
    ],
)
def test_a_program_that_ends_while_its_ball_flies_breaks_off_and_one_that_ends_with_a_turn_does_not(
    each, after, crashed
):
    (*_, step) = noticed(CLICK, DODGE, DODGE, DODGE, turns=1, each=each, after=after)
    assert (step["over"], step["crashed"]) == (1, crashed)


def begun():
    """The first frame of a game with nine bricks, and what the observer remembers of it."""
    frame, memory = np.zeros(len(FRAME)), np.zeros(len(MEMORY))
    shown = {WIDTH: 400, HEIGHT: 500, BALL: 1, BALL_LEFT: 190, BALL_TOP: 240, BALL_RIGHT: 210, BALL_BOTTOM: 260}
    for column, value in {**shown, BRICKS: 9}.items():
        frame[column] = value
    start(frame, memory)
    return frame, memory


SMALL_STEPS = {  # how the ball moves up or down in each frame (None: not at all), and whether a brick goes in it
    "turns where it was": ([-5, -5, 0, 5], [0, 0, 1, 0], (1, 0)),
    "turns and turns back at the next brick": ([-5, -2, -2, 2, 5], [0, 1, 1, 1, 0], (1, 0)),
    "hits two bricks, and stays where it is": ([-5, -3, None, -5], [0, 1, 1, 0], (0, 0)),
    "flies on": ([-5, -5, -5, -5], [0, 0, 1, 0], (1, 1)),
}


@pytest.mark.parametrize("what", SMALL_STEPS)
def test_a_ball_that_moves_in_small_steps_within_a_frame_bounces(what):
    moves, gone, (hits, without) = SMALL_STEPS[what]
    frame, memory = begun()
    for move, bricks in zip([-5, -5, *moves], [0, 0, *gone], strict=True):
        if move is not None:
            frame[[BALL_LEFT, BALL_RIGHT]] += 1
            frame[[BALL_TOP, BALL_BOTTOM]] += move
        frame[GONE] = bricks
        frame[BRICKS] -= bricks
        watch(frame, memory)
    assert (memory[HITS], memory[NO_BOUNCE]) == (hits, without)


@pytest.mark.parametrize(
    ("left", "then", "kept", "drawn"),
    [(300, (3, 8), 1, 0), (300, (-3, 8), 0, 1), (375, (3, 8), 0, 0), (375, (-3, 8), 0, 0)],
)
def test_a_turn_that_ends_where_the_ball_may_have_met_a_side_wall_too_says_nothing_of_the_next_velocity(
    left, then, kept, drawn
):
    frame, memory = begun()
    ball, where = [BALL_LEFT, BALL_TOP, BALL_RIGHT, BALL_BOTTOM], np.array([left - 21.0, 414, left - 1, 434])
    for speed in [(3, 8)] * 8:
        frame[ball] = where = where + np.tile(speed, 2)
        watch(frame, memory)
    frame[ball] = where = np.array([190.0, 240, 210, 260])
    watch(frame, memory)
    for _ in range(2):
        frame[ball] = where = where + np.tile(then, 2)
        watch(frame, memory)
    assert (memory[KEPT_VELOCITY], memory[NEW_VELOCITY]) == (kept, drawn)


@pytest.mark.parametrize(("every", "dead"), [(30, 0), (1000, 1)])
def test_a_game_that_counts_down_to_its_next_turn_is_not_over(every, dead):
    frame, memory = begun()
    for number in range(150):
        frame[NEWS], frame[CLICKED] = number % every == every - 1, number == 40
        watch(frame, memory)
    assert memory[DEAD] == dead


def test_a_canvas_that_is_cleared_when_the_game_is_over_is_no_hit_of_bricks():
    steps = noticed(DODGE, CLICK, bricks=8, turns=1, after="window.clear()")
    assert steps[-1]["bricks"] == steps[-1]["bricks gone"] == steps[-1]["gone too early"] == 0


def test_a_click_that_serves_again_when_the_ball_has_come_to_rest_changes_nothing_in_play():
    stays = "flies and ball.y > 300"
    (*_, step) = noticed(
        DODGE, CLICK, touch=f"{stays}: flies.clear()\n        if flies and touches", step="ball.x, ball.y = 190, 240"
    )
    assert step["served down"] == 1
    assert step["changes at clicks"] == 0


GOES = """
        if bricks:
            window.remove(bricks.pop())
            if not bricks:
                THEN
            continue
"""
REST = "[pause(10) for frame in range(30)]"
WALL = "bricks += [GRect(30, 10) for n in range(20)]; [window.add(b, 10 + n * 19, 50) for n, b in enumerate(bricks)]"


@pytest.mark.parametrize(
    ("then", "what", "flies_on", "restarts"),
    [
        ("flies.clear()", "stops, and a click serves it", False, True),
        ("pass", "flies on", True, False),
        (REST, "rests, and flies on by itself", True, False),
        (f"{REST}; {WALL}", "rests, and flies on with the next wall", False, False),
        (f"flies.clear(); {WALL}", "stops, with the next wall", False, False),
        (f"ball.x = 10; {REST}; flies.clear(); turns = 0", "moves once more when the game is over", False, False),
    ],
)
def test_what_a_ball_does_after_the_last_brick(then, what, flies_on, restarts):
    steps = noticed(DODGE, CLICK, DODGE, turns=9, each=GOES.replace("THEN", then))
    assert (max(step["flies after the last brick"] for step in steps) > 0.1) == flies_on, what
    assert (max(step["served after the end"] for step in steps) > 0) == restarts, what
