"""A program in the sandbox plays as it does outside, bit for bit."""

import numpy as np
import pytest
from breakout_running import Box, follow

from dreamctl.errors import SandboxError
from dreamctl_breakout.reference import references
from dreamctl_breakout.students import HARNESS, PARTS, Running

sandbox = pytest.importorskip("dreamctl.sandbox")

NAMES = ("bridge_clicks", "campy_globals", "pgl_class", "stanford", "tkinter_timer", "web_dictionary")


@pytest.fixture(scope="module", params=["none", None])
def box(request):
    try:
        made = sandbox.Sandbox(HARNESS, parts=PARTS, tier=request.param)
    except SandboxError as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_a_sandboxed_program_gives_the_same_frames(box, name):
    (program,) = (reference.program for reference in references() if reference.name == name)
    outside, inside = (follow(Running(each, program, 11), 400) for each in (Box(), box))
    assert len(inside) > 300
    np.testing.assert_array_equal(inside, outside)
