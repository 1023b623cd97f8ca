"""Students' programs in the sandbox: the same frames as without it, and whatever they try, the others go on."""

from __future__ import annotations

import numpy as np
import pytest
from breakout_bare import Box
from breakout_running import follow

from dreamctl.sandbox import Limits, Sandbox
from dreamctl_breakout import students
from dreamctl_breakout.design import Design
from dreamctl_breakout.frames import GOES_ON, STATUS
from dreamctl_breakout.mixed import MixedSimulator
from dreamctl_breakout.names import CLICK, DODGE
from dreamctl_breakout.reference import FOLDERS, references
from dreamctl_breakout.simulator import DesignSimulator
from dreamctl_breakout.students import HARNESS, PARTS, Program, ProgramSimulator, Running, sandbox

RIGHT = {reference.name: reference.program for reference in references() if reference.name in FOLDERS}
PLAYER = "from campy.gui.events.timer import pause\nfrom campy.graphics.gwindow import GWindow\nGWindow()\npause(1)\n"
HOSTILE = {
    "loops": "while True:\n    pass\n",
    "forks": "import os\nwhile True:\n    os.fork()\n",
    "hoards": "x = [0] * 10**6\nwhile True:\n    x = x + x\n",
    "leaves": "import os\nos._exit(3)\n",
    "reads": "print(open('/etc/passwd').read())\n",
    "forges": "import os\nwhile True:\n    os.write(3, b'all is well' * 1000)\n",
    "hangs up": "import os\nos.close(3)\nwhile True:\n    pass\n",
    "crashes": "import ctypes\nctypes.string_at(0)\n",
    "recurses": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n",
    "prints": "while True:\n    print('x' * 10**6)\n",
}


@pytest.fixture(scope="module")
def box():
    with Sandbox(HARNESS, parts=PARTS) as box:
        yield box


@pytest.mark.parametrize("name", RIGHT)
def test_a_program_shows_the_same_frames_in_the_sandbox_as_without(name: str, box: Sandbox) -> None:
    inside, outside = (Running(each, RIGHT[name], 7) for each in (box, Box()))
    np.testing.assert_array_equal(follow(inside, 120), follow(outside, 120))
    assert (inside.sentence, inside.failure) == (outside.sentence, outside.failure)
    inside.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_program_ends_with_a_sentence_and_its_neighbour_does_not_notice(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(students, "FOR_A_FRAME", 0.3)
    limits = Limits(memory=128 << 20)
    program = Program({"breakout.py": (PLAYER + HOSTILE[name]).encode()})
    with Sandbox(HARNESS, parts=PARTS, limits=limits) as box:
        neighbour, alone = Running(box, RIGHT["campy"], 3), Running(Box(), RIGHT["campy"], 3)
        seen = follow(neighbour, 20)
        hostile = Running(box, program, 3)
        for _ in range(3):
            hostile.advance(10, 10, 0)
        seen += follow(neighbour, 20)[1:]
    expected = follow(alone, 20)
    expected += follow(alone, 20)[1:]
    np.testing.assert_array_equal(seen, expected)
    assert hostile.frame[STATUS] != GOES_ON
    assert hostile.sentence


def test_designs_and_programs_play_side_by_side_each_as_if_alone() -> None:
    design = Design()
    mixed = MixedSimulator(3)
    fast, real = DesignSimulator(1), ProgramSimulator(1, sandbox)
    one, seed, actions = np.arange(1), np.array([5, 5, 5], np.uint64), [CLICK, DODGE]
    try:
        seen = [mixed.reset([design, RIGHT["campy"], RIGHT["web"]], seed, np.arange(3))]
        expected = [[fast.reset([design], seed[:1], one)[0], real.reset([RIGHT["campy"]], seed[:1], one)[0]]]
        for action in actions:
            step = mixed.step(np.full(3, action))
            seen.append(step.observation)
            expected.append([each.step(np.array([action])).observation[0] for each in (fast, real)])
        np.testing.assert_array_equal(np.array(seen)[:, :2], expected)
        swapped = mixed.reset([RIGHT["campy"], design], seed[:2], np.array([0, 1]))
        np.testing.assert_array_equal(swapped[:2], seen[0][[1, 0]])
        assert not mixed.step(np.full(3, CLICK)).terminated[:2].any()
    finally:
        mixed.close()
        real.close()


def test_a_batch_of_programs_is_played_in_one_sandbox_and_each_as_if_alone() -> None:
    programs = [RIGHT[name] for name in ("campy", "web", "tkinter", "pgl")]
    seeds = np.arange(4, dtype=np.uint64)
    together = ProgramSimulator(4, sandbox)
    first = together.reset(programs, seeds, np.arange(4))
    for row, program in enumerate(programs):
        single = ProgramSimulator(1, sandbox)
        np.testing.assert_array_equal(single.reset([program], seeds[row : row + 1], np.arange(1))[0], first[row])
        single.close()
    together.close()
