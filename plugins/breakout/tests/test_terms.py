"""What went wrong is told in the student's terms: their files, their lines, their code, and nothing of ours."""

import re

import pytest
from breakout_bare import Box

from dreamctl_breakout.display import display
from dreamctl_breakout.students import Program

CANVAS = "from graphics import Canvas\nw = Canvas(400, 600)\nw."
FAMILIES = {
    "campy": "from campy.graphics.gwindow import GWindow\nw = GWindow(400, 600)\n",
    "bridge": f"{CANVAS}get_canvas_width()\nw.update()\n",
    "stanford": f"{CANVAS}set_canvas_background_fill('white')\nw.update()\n",
    "web": f"{CANVAS}get_last_click()\n",
    "tkinter": "import tkinter\nroot = tkinter.Tk()\nw = tkinter.Canvas(root, width=400, height=600)\nroot.update()\n",
    "pgl": "from pgl import GWindow, GRect\nw = GWindow(400, 600)\n",
}
MODULES = {"campy": "campy.graphics.gobjects", "tkinter": "tkinter", "pgl": "pgl"}
LINES = {
    "calls what is not there": "w.no_such_thing()",
    "gives too little": "w.move(None) if hasattr(w, 'move') else w.add()",
    "imports a name that is not there": "from {module} import Paddle",
    "asks a module for it": "import {module} as module; module.Paddle",
    "opens a file": "open(__file__ + '.txt')",
    "says where it is": "raise Exception(__file__, w)",
}
OURS = re.compile(r"dreamctl|libraries|site-packages|/tmp|unknown location|0x")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("what", LINES)
def test_a_traceback_shows_their_line_and_no_path_of_ours(family, what):
    line = LINES[what].format(module=MODULES.get(family, "graphics"))
    head = FAMILIES[family]
    files = {"my game.py": f"import parts\n{head}parts.go(w)\n", "parts.py": f"def go(w):\n    {line}\n"}
    said = display(Program({name: text.encode() for name, text in files.items()}), Box()).verdicts["does_not_run"].why
    number = head.count("\n") + 2
    assert said.startswith(f'Traceback (most recent call last):\n  File "my game.py", line {number}, in <module>\n')
    assert '  File "parts.py", line 2, in go\n' in said
    assert f"    {line.split('; ')[-1]}\n" in said or f"    {line}\n" in said
    assert not OURS.search(said.replace(line, ""))
