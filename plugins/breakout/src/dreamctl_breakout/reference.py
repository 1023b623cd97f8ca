"""Programs of our own, as students write them: every library, several quite different ways of writing, right and wrong.

Each stands in a folder of `programs/`; a wrong one is a right one with a few lines changed. They are not made by the
generator, so they measure how a judge does on programs that are written differently.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from .handed_in import program
from .students import Program

FOLDER = Path(__file__).parent / "programs"

Change = tuple[str, str, str]  # file, lines, and what stands in their place


@frozen
class Reference:
    """A program and what is wrong with it; every other label is absent."""

    name: str
    folder: str
    labels: frozenset[str] = field(default=frozenset(), converter=frozenset)
    changes: tuple[Change, ...] = ()

    @cached_property
    def program(self) -> Program:
        """The program itself."""
        files = dict(program(FOLDER / self.folder).files)
        for file, old, new in self.changes:
            text = files[file].decode()
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {old!r} stands {text.count(old)} times in {self.folder}/{file}.")
            files[file] = text.replace(old, new).encode()
        return Program(files)


def references() -> tuple[Reference, ...]:
    """All of them, the right ones first."""
    plain = [Reference(folder, folder, OF_FOLDERS.get(folder, ())) for folder in FOLDERS]
    wrong = [
        Reference(f"{folder}: {name}", folder, (*labels, *OF_FOLDERS.get(folder, ())), changes)
        for folder, name, labels, changes in WRONG
    ]
    return tuple(sorted((*plain, *wrong), key=lambda reference: bool(reference.labels)))


OF_FOLDERS = {"web_plain": ("constants_ignored",)}  # its sizes are numbers alone


FOLDERS = tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_")))

WRONG: tuple[tuple[str, str, tuple[str, ...], tuple[Change, ...]], ...] = (
    (
        "campy", "turns back at the paddle, whichever way it flies", ("skewer",),
        (
            (
                "breakoutgraphics.py", "self.dy = -abs(self.dy)\n        elif touched",
                "self.dy = -self.dy\n        elif touched",
            ),
        ),
    ),
    (
        "campy", "the paddle is not held back", ("paddle_leaves_screen",),
        (("breakoutgraphics.py", "min(max(x, 0), self.window.width - self.paddle.width)", "x"),),
    ),
    (
        "campy", "four turns", ("lives_count_wrong",),
        (("breakout.py", "while lives > 0", "while lives >= 0"),),
    ),
    (
        "campy_globals", "every corner that hits counts", ("multi_brick_one_frame", "brick_no_bounce"),
        (("breakout.py", "                vy = -vy\n            return\n", "                vy = -vy\n"),),
    ),
    (
        "campy_globals", "always to the right", ("launch_vx_one_sided",),
        (("breakout.py", "        if random.random() > 0.5:\n            vx = -vx\n", ""),),
    ),
    (
        "campy_globals", "each click serves", ("click_changes_ball_midplay",),
        (("breakout.py", "if not is_playing and lives > 0:", "if lives > 0:"),),
    ),
    (
        "campy_globals", "waits for a brick that is not there", ("win_not_detected",),
        (("breakout.py", "score == N_ROWS * N_COLS:", "score > N_ROWS * N_COLS:"),),
    ),
    (
        "campy_in_the_click", "four lives", ("lives_count_wrong",),
        (("breakout.py", "self.turn = 3", "self.turn = 4"),),
    ),
    (
        "campy_in_the_click", "the paddle by its left edge", ("paddle_not_centred",),
        (("breakout.py", "e.x - self.pad.width / 2", "e.x"),),
    ),
    (
        "campy_in_the_click", "a wrong name at a miss", ("crash_in_play",),
        (("breakout.py", "self.turn -= 1", "self.turns -= 1"),),
    ),
    (
        "campy_lists", "all bricks that touch", ("multi_brick_one_frame", "brick_no_bounce"),
        (
            ("main.py", "for brick in wall:", "for brick in list(wall):"),
            ("main.py", "                    vy = -vy\n                    break\n", "                    vy = -vy\n"),
        ),
    ),
    (
        "campy_lists", "bricks do not turn the ball", ("brick_no_bounce",),
        (("main.py", "                    vy = -vy\n                    break\n", "                    break\n"),),
    ),
    (
        "campy_lists", "serves upwards", ("launch_upwards",),
        (("main.py", "random.uniform(1, 4), 5", "random.uniform(1, 4), -5"),),
    ),
    (
        "campy_lists", "ten rows, whatever the settings say", ("constants_ignored",),
        (("main.py", "for row in range(settings.ROWS):", "for row in range(10):"),),
    ),
    (
        "campy_speeds", "asks for a name", ("input_at_start",),
        (("breakout_ext.py", "def main():\n", "name = input('Your name: ')\n\n\ndef main():\n"),),
    ),
    (
        "campy_speeds", "imports what it was not handed in with", ("does_not_run",),
        (("breakout_ext.py", "from breakoutgraphics_ext import", "from breakoutgraphics import"),),
    ),
    (
        "web_dictionary", "one speed sideways", ("launch_not_random",),
        (("main.py", "random.uniform(1.5, 4) *", "3 *"),),
    ),
    (
        "web_dictionary", "the paddle counts too", ("score_wrong",),
        (
            (
                "main.py", "            speed[1] = -abs(speed[1])\n            return\n",
                "            speed[1] = -abs(speed[1])\n            game[\"score\"] += 1\n"
                "            canvas.change_text(game[\"score text\"], \"Score \" + str(game[\"score\"]))\n"
                "            return\n",
            ),
        ),
    ),
    (
        "web_dictionary", "the floor is a wall", ("ball_bounces_off_floor", "lives_count_wrong"),
        (
            (
                "main.py", "            game[\"lives\"] -= 1\n            break\n",
                "            speed[1] = -abs(speed[1])\n",
            ),
        ),
    ),
    (
        "web_plain", "the corner of the ball at the centre", ("ball_not_centred",),
        (
            ("breakout.py", "create_oval(240, 290, 260, 310", "create_oval(250, 300, 270, 320"),
            ("breakout.py", "canvas.moveto(ball, 240, 290)", "canvas.moveto(ball, 250, 300)"),
        ),
    ),
    (
        "web_plain", "eight rows", ("brick_count_wrong",),
        (("breakout.py", "for i in range(100):", "for i in range(80):"),),
    ),
    (
        "web_plain", "rows at the left", ("brick_layout_wrong",),
        (("breakout.py", "c * 50 + 2, r * 15 + 50, c * 50 + 48", "c * 50, r * 15 + 50, c * 50 + 46"),),
    ),
    (
        "web_plain", "the right wall is late", ("wall_overlap",),
        (("breakout.py", "(bx > 480 and vx > 0)", "(bx > 495 and vx > 0)"),),
    ),
    (
        "tkinter_timer", "the paddle goes where the mouse is", ("paddle_moves_vertically",),
        (
            (
                "breakout.py", "self.canvas.coords(self.paddle, x, 600, x + PADDLE_WIDTH, 614)",
                "self.canvas.coords(self.paddle, x, event.y, x + PADDLE_WIDTH, event.y + 14)",
            ),
        ),
    ),
    (
        "tkinter_timer", "the old velocity for a new turn", ("velocity_kept_across_turns",),
        (
            (
                "breakout.py", "            self.dx = random.choice([-1, 1]) * random.uniform(1, 4)\n",
                "            if self.lives == 3:\n"
                "                self.dx = random.choice([-1, 1]) * random.uniform(1, 4)\n",
            ),
        ),
    ),
    (
        "campy", "no wall at the top", ("top_wall_missing",),
        (("breakoutgraphics.py", "        if self.ball.y <= 0:\n            self.dy = abs(self.dy)\n", ""),),
    ),
    (
        "tkinter_painted", "turns back at the paddle, whichever way it flies", ("skewer",),
        (("brick_breaker.py", "dy = -abs(dy)\n            else:", "dy = -dy\n            else:"),),
    ),
    (
        "tkinter_painted", "all bricks are red", ("colours_wrong",),
        (("brick_breaker.py", '["red", "orange", "yellow", "green", "blue"][row // 2]', '"red"'),),
    ),
    (
        "bridge_clicks", "a row too many is red", ("colours_wrong",), (("breakout.py", "if i < 2:", "if i <= 2:"),),
    ),
    (
        "bridge_clicks", "all that the ball touches goes", ("multi_brick_one_frame", "brick_no_bounce"),
        (
            (
                "breakout.py",
                "                canvas.delete(things[0])\n                n_bricks -= 1\n                dy *= -1\n",
                "                for thing in things:\n                    canvas.delete(thing)\n"
                "                    n_bricks -= 1\n                    dy *= -1\n",
            ),
        ),
    ),
    (
        "bridge_clicks", "the paddle waits while the mouse is at an edge", ("paddle_edge_gap",),
        (
            ("breakout.py", "    if x < 0:\n        x = 0\n", "    if x < 0:\n        return\n"),
            (
                "breakout.py", "    if x > CANVAS_WIDTH - PADDLE_WIDTH:\n        x = CANVAS_WIDTH - PADDLE_WIDTH\n",
                "    if x > CANVAS_WIDTH - PADDLE_WIDTH:\n        return\n",
            ),
        ),
    ),
    (
        "stanford_redrawn", "looks for bricks at a miss alone", ("win_not_detected",),
        (("breakout.py", "if not bricks or y2 >= HEIGHT:", "if y2 >= HEIGHT:"),),
    ),
    (
        "stanford_redrawn", "asks far around the ball", ("brick_break_before_contact",),
        (
            (
                "breakout.py", "canvas.find_overlapping(x1, y1, x2, y2)",
                "canvas.find_overlapping(x1 - 9, y1 - 9, x2 + 9, y2 + 9)",
            ),
        ),
    ),
    (
        "pgl_class", "the paddle by its left edge", ("paddle_not_centred",),
        (("Breakout.py", "e.getX() - 35", "e.getX()"),),
    ),
    (
        "pgl_class", "bricks turn the ball sideways", ("horizontal_vertical_test_wrong",),
        (
            (
                "Breakout.py", "            self.gw.remove(other)\n            self.vy = -self.vy\n",
                "            self.gw.remove(other)\n            self.vx = -self.vx\n",
            ),
        ),
    ),
    (
        "bridge", "the ball is as large as its radius says twice", ("ball_size_wrong", "ball_not_centred"),
        (
            (
                "breakout.py", "self.canvas.create_oval(0, 0, 2 * BALL_RADIUS, 2 * BALL_RADIUS)",
                "self.canvas.create_oval(0, 0, 4 * BALL_RADIUS, 4 * BALL_RADIUS)",
            ),
        ),
    ),
    (
        "tkinter", "five lives", ("lives_count_wrong",),
        (("breakout.py", "LIVES = 3", "LIVES = 5"),),
    ),
    (
        "pgl", "each click serves", ("click_changes_ball_midplay",),
        (("breakout.py", "if gw.vy == 0 and gw.balls > 0", "if gw.balls > 0"),),
    ),
    (
        "web", "a wall of sixteen", ("brick_count_wrong",),
        (
            ("breakout.py", "ROWS = 10", "ROWS = 4"),
            ("breakout.py", "COLUMNS = 10\n", "COLUMNS = 4\n"),
            ("breakout.py", "- BRICK_GAP * 9) / 10", "- BRICK_GAP * 3) / 4"),
        ),
    ),
    (
        "campy", "the rows touch", ("brick_layout_wrong",),
        (("breakoutgraphics.py", "row * (BRICK_HEIGHT + BRICK_SPACING)\n", "row * BRICK_HEIGHT\n"),),
    ),
    (
        "tkinter", "each row has the next colour", ("colours_wrong",),
        (("breakout.py", "COLORS[(row // 2) % len(COLORS)]", "COLORS[row % len(COLORS)]"),),
    ),
    (
        "pgl_class", "listens with a method that is not there", ("does_not_run",),
        (("Breakout.py", '"mousemove", self.mouse)', '"mousemove", self.mouse_moved)'),),
    ),
)  # fmt: skip
