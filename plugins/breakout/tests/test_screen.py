"""What a person sees of a program: its bricks where they are, the frames in between, and the game in their own hand."""

import numpy as np
import pytest
from breakout_bare import Box
from breakout_running import PROGRAMS

from dreamctl.replay.tape import tape, untape
from dreamctl_breakout.frames import BRICKS, PADDLE_LEFT, PADDLE_RIGHT
from dreamctl_breakout.handed_in import program
from dreamctl_breakout.names import ACTIONS
from dreamctl_breakout.screen import Played, Screen, filmed
from dreamctl_breakout.students import Program, ProgramSimulator, Running

STEPS = [ACTIONS.index(name) for name in ("follow", "click", "follow", "dodge")]
FAMILIES = ["campy", "bridge", "stanford_redrawn", "web_plain", "tkinter_painted", "pgl_class"]


@pytest.mark.parametrize("name", FAMILIES)
def test_footage_ends_each_step_with_what_was_observed_and_is_told_in_little(name):
    given = program(PROGRAMS / name)
    simulator = ProgramSimulator(1, Box)
    seen = [simulator.reset([given], np.array([5], np.uint64), np.zeros(1, np.intp))[0]]
    seen += [simulator.step(np.array([action])).observation[0] for action in STEPS]
    footage = filmed(given, 5, STEPS, 1, Box)
    np.testing.assert_array_equal(footage.observation[[0, *footage.ends]], seen[1:])
    told = tape(footage.frames)
    assert untape(told) == footage.frames
    assert len(told) < 40 * len(footage.frames) + 4000
    assert footage.picture(0).shape == (footage.height, footage.width, 3)
    simulator.close()


@pytest.mark.parametrize("name", FAMILIES)
def test_every_brick_has_its_shape(name):
    running = Running(Box(), program(PROGRAMS / name), 3)
    screen = Screen(running)
    for number in range(120):
        running.advance(200, 300, number % 20 == 3)
    boxes = [shape[1:] for shape in screen.picture()]
    bricks = [tuple(map(round, thing.box)) for thing in running.roles.bricks.values()]
    assert len(bricks) == running.frame[BRICKS] > 50
    assert all((left, top, right - left, bottom - top) in boxes for left, top, right, bottom in bricks)


def test_what_a_program_says_when_it_breaks_off_stands_in_its_footage():
    files = {"breakout.py": b"from campy.graphics.gwindow import GWindow\nfrom campy.gui.events.timer import pause\n"
             b"w = GWindow()\npause(10)\npause(10)\n1 / 0\n"}  # fmt: skip
    footage = filmed(Program(files), 1, [0], 0, Box)
    assert footage.said.endswith("ZeroDivisionError: division by zero")
    assert '"breakout.py", line 6' in footage.said


def test_a_person_holds_the_paddle_with_the_mouse_and_serves_by_a_click():
    game = Played(program(PROGRAMS / "campy"), 3, Box)
    waits = [game.advance(x, 300, x == 110) for x in range(100, 160)]
    frame = game.running.frame
    assert (frame[PADDLE_LEFT] + frame[PADDLE_RIGHT]) / 2 == pytest.approx(159, abs=1)
    assert max(waits) == pytest.approx(0.01)
    assert game.running.roles.flying
    assert game.picture().shape == (game.height, game.width, 3)
    assert not game.over
    game.close()
