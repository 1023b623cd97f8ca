"""Submissions as they are handed in; families; constants that change."""

import pytest

from dreamctl import InputError
from dreamctl_breakout.constants import COLUMNS, PADDLE_WIDTH, RADIUS, ROWS, changed, constants, meaning, names_any
from dreamctl_breakout.family import BRIDGE, CAMPY, STANFORD, TKINTER, WEB, family
from dreamctl_breakout.handed_in import program, read_submissions
from dreamctl_breakout.loops import loops_for_ever
from dreamctl_breakout.students import Program

CAMPY_MAIN = (
    "from campy.graphics.gwindow import GWindow\nfrom breakoutgraphics import B\n\ndef main():\n    B()\n\nmain()\n"
)
ALONE = "from graphics import Canvas\n\ndef main():\n    Canvas(400, 400)\n\nif __name__ == '__main__':\n    main()\n"


def write(folder, **texts):
    for name, text in texts.items():
        path = folder.joinpath(*name.split("__"))
        path = path.with_name(path.name + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(path):
    return {s.id: s.problem or s.task.params for s in read_submissions(path)}


def test_a_file_is_a_submission(tmp_path):
    write(tmp_path, game=ALONE)
    found = read(tmp_path / "game.py")
    assert list(found) == ["game.py"]
    assert isinstance(found["game.py"], Program)


def test_a_folder_with_a_program_of_several_files_is_one_submission(tmp_path):
    write(tmp_path, breakout=CAMPY_MAIN, breakoutgraphics="class B:\n    pass\n", campy__x="1 / 0\n")
    found = read(tmp_path)
    assert len(found) == 1
    (only,) = found.values()
    assert only.family.library == CAMPY
    assert only.family.entry == "breakout.py"
    assert dict(only.files).keys() == {"breakout.py", "breakoutgraphics.py", "campy/x.py"}


def test_a_folder_of_folders_is_a_class_in_order_and_an_empty_one_is_told(tmp_path):
    write(tmp_path, b__breakout=ALONE, a__hw3__main=ALONE)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "notes.txt").write_text("no time")
    (tmp_path / "d.zip").write_bytes(b"PK")
    found = read(tmp_path)
    assert list(found) == ["a/hw3", "b", "c", "d.zip"]
    assert "cannot be read" in found["d.zip"]
    assert found["c"] == "c: there is no Python file in it."


def test_a_folder_of_files_that_have_nothing_to_do_with_each_other_is_a_class(tmp_path):
    write(tmp_path, ann=ALONE, bob=ALONE, cyd=ALONE)
    assert list(read(tmp_path)) == ["ann.py", "bob.py", "cyd.py"]


def test_a_plain_and_an_extended_version_are_one_submission_and_the_plain_one_is_run(tmp_path):
    write(tmp_path, breakout=ALONE, breakout_ext=ALONE, breakout_extra=ALONE)
    (only,) = read(tmp_path).values()
    assert only.family.entry == "breakout.py"


@pytest.mark.parametrize("library", ["pygame", "turtle"])
def test_a_program_for_another_library_has_a_sentence(tmp_path, library):
    write(tmp_path, breakout=f"import {library}\n{library}.init()\n")
    (problem,) = read(tmp_path).values()
    assert library in problem


def test_a_program_for_the_graphics_module_of_zelles_book_has_a_sentence(tmp_path):
    write(tmp_path, breakout="from graphics import *\nwindow = GraphWin('Breakout', 400, 600)\nwindow.getMouse()\n")
    (problem,) = read(tmp_path).values()
    assert "Zelle" in problem


def test_a_program_that_needs_a_module_which_is_not_there_is_not_played(tmp_path):
    write(tmp_path, breakout=f"import numpy as np\n{ALONE}")
    (problem,) = read(tmp_path).values()
    assert problem.startswith(f"{tmp_path.name}: it imports numpy, which is not there; ")


def test_a_module_that_comes_with_the_program_or_is_only_tried_or_of_a_file_apart_is_not_missed():
    tried = b"try:\n    import colorama\nexcept ImportError:\n    colorama = None\n"
    files = {"main.py": b"import emoji\n" + tried + ALONE.encode(), "emoji.py": b"", "plot.py": b"import matplotlib\n"}
    assert family(files).problem == ""


def test_what_is_not_there_or_holds_nothing_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(read_submissions(tmp_path / "missing"))
    with pytest.raises(InputError, match="no Python program"):
        list(read_submissions(tmp_path))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match=r"ends in '\.py'"):
        program(tmp_path / "a.txt")


def test_a_link_to_somewhere_else_is_not_read(tmp_path):
    write(tmp_path, one__breakout=ALONE)
    (tmp_path / "one" / "secret.py").symlink_to("/etc/passwd")
    (only,) = read(tmp_path).values()
    assert dict(only.files).keys() == {"breakout.py"}


def test_a_program_that_is_no_python_is_still_a_program_of_its_library():
    known = Program({"breakout.py": b"from campy.graphics.gwindow import GWindow\ndef main(:\n"}).family
    assert (known.library, known.entry, known.problem) == (CAMPY, "breakout.py", "")


CALLS = {
    BRIDGE: "canvas = Canvas(420, 600)\nw = canvas.get_canvas_width()\ncanvas.update()",
    STANFORD: "canvas = Canvas(500, 600, 'Breakout')\ncanvas.create_oval(0, 0, 1, 1, 'red')\ncanvas.update()",
    WEB: "canvas = Canvas(500, 600)\nx, y = canvas.coords('shape_0')\ntime.sleep(0.01)",
}


@pytest.mark.parametrize("generation", CALLS)
def test_the_generation_of_canvas_is_read_off_the_calls(generation):
    known = family({"a.py": f"from graphics import Canvas\n{CALLS[generation]}\n".encode()})
    assert known.library == known.graphics == generation
    assert known.why


@pytest.mark.parametrize("of_tk", ["itemconfig(ball, fill='blue')", "bind('<Motion>', move)", "after(10, step)"])
def test_a_canvas_that_is_used_as_tkinters_own_is_not_that_of_the_web(of_tk):
    text = (
        "from graphics import Canvas\ncanvas = Canvas(500, 600)\nball = canvas.create_oval(0, 0, 9, 9, color='red')\n"
    )
    assert family({"a.py": f"{text}canvas.move(ball, 1, 1)\n".encode()}).library == WEB
    assert family({"a.py": f"{text}canvas.{of_tk}\ncanvas.update()\n".encode()}).library != WEB


def test_a_graphics_module_of_the_students_own_is_no_canvas():
    own = {"graphics.py": b"def draw():\n    pass\n", "main.py": b"import graphics\nimport tkinter\ntkinter.Tk()\n"}
    assert family(own).library == TKINTER


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("NBRICK_ROWS", ROWS), ("BRICK_ROWS", ROWS), ("N_ROWS", ROWS), ("BRICK_COLS", COLUMNS), ("COLOR", None),
        ("NBRICKS_PER_ROW", COLUMNS), ("BALL_RADIUS", RADIUS), ("PADDLE_WIDTH", PADDLE_WIDTH), ("BRICK_WIDTH", None),
        ("PADDLE_Y_OFFSET", None), ("paddleWidth", PADDLE_WIDTH), ("ROW_GAP", None),
        ("RAIO", RADIUS), ("radio_bola", RADIUS), ("COLUNAS", COLUMNS), ("NUM_FILAS", ROWS),
    ],
)  # fmt: skip
def test_names_of_constants_have_meanings(name, what):
    assert meaning(name) == what


def test_a_changed_constant_changes_nothing_else_and_what_depends_on_it_follows():
    text = "# größer\nROWS = 10  # rows\nRADIUS = 7.5\nTWICE = 2 * RADIUS\nCOLUMNS: int = 8\nROWS_2 = ROWS\n".encode()
    found = constants({"a.py": text})
    assert [(c.name, c.value) for c in found] == [("ROWS", 10.0), ("RADIUS", 7.5), ("COLUMNS", 8.0)]
    new = changed({"a.py": text}, {found[0]: 7, found[1]: 9, found[2]: 6})["a.py"].decode()
    assert new == "# größer\nROWS = 7  # rows\nRADIUS = 9.0\nTWICE = 2 * RADIUS\nCOLUMNS: int = 6\nROWS_2 = ROWS\n"


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999", "-1e999", "10.0**9", "1e8"])
def test_a_number_that_is_no_size_is_no_constant(number):
    """Such sources are read outside the sandbox, so nothing in them may stop us."""
    assert constants({"a.py": f"import campy\nPADDLE_WIDTH = {number}\n".encode()}) == []


def test_a_source_that_is_too_long_to_be_read_here_is_told_by_its_words():
    source = b"import campy\nnumbers = [" + b"0," * 600_000 + b"]\n"
    assert family({"a.py": source}).library == CAMPY
    assert constants({"a.py": source}) == []


def test_constants_that_are_given_side_by_side_change_one_by_one_and_a_shared_number_is_none_of_them():
    text = b"import campy\nROWS, COLS = 10, 12\nPAD_W = PAD_H = 80\n"
    found = constants({"a.py": text})
    assert [(c.name, c.value) for c in found] == [("ROWS", 10), ("COLS", 12)]
    assert changed({"a.py": text}, dict(zip(found, (7, 8), strict=True)))["a.py"] == text.replace(b"10, 12", b"7, 8")
    assert names_any({"a.py": b"import campy\nPAD_W = PAD_H = 80\n"})


def test_constants_of_classes_and_capital_names_in_functions_are_constants_too():
    text = "class G:\n    paddle_width = 80\n\ndef main():\n    BALL_RADIUS = 9\n    row = 0\n"
    assert {(c.name, c.value) for c in constants({"a.py": text.encode()})} == {("paddle_width", 80), ("BALL_RADIUS", 9)}


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("canvas.create_rectangle(0, 570, 80, 585)", False),
        ("PADDLE_WIDTH = WIDTH / 6", True),
        ("def f(paddle_width=75): pass", True),
        ("self.paddle_width = 70", True),
        ("SIZES = dict(rows=10, w=500)", True),
        ("SIZES = {'cols': 10}", True),
        ("for row in range(10): pass", False),
    ],
)
def test_a_program_of_numbers_alone_has_no_name_for_a_size(text, so):
    assert names_any({"a.py": text.encode()}) == so


LOOPS = {
    "while True:\n    pause(10)\n": True,
    "def step():\n    pause(10)\nwhile 1:\n    step()\n": True,
    "while True:\n    for each in balls:\n        break\n    pause(10)\n": True,
    "while True:\n    if turns == 0:\n        break\n    pause(10)\n": False,
    "def play():\n    while True:\n        pause(10)\n        if turns == 0:\n            return\n": False,
    "def end():\n    sys.exit()\nwhile True:\n    pause(10)\n    if turns == 0:\n        end()\n": False,
    "def tick():\n    pause(10)\ndef wait():\n    tick()\nwhile True:\n    wait()\n": True,
    "while True:\n    for each in balls:\n        pass\n    else:\n        break\n    pause(10)\n": False,
    "root.after(9, root.destroy)\nwhile True:\n    root.update()\n": False,
    "while True:\n    if turns == 0:\n        window.close()\n    pause(10)\n": False,
    "while turns:\n    pause(10)\n": False,
    "while True:\n    print()\n": False,
}


@pytest.mark.parametrize(("text", "endless"), LOOPS.items())
def test_a_loop_that_waits_and_that_nothing_leaves_goes_on_for_ever(text, endless):
    assert loops_for_ever({"breakout.py": f"import campy\n{text}".encode()}, "breakout.py") == endless


def test_only_the_loops_of_what_is_run_count():
    other = {"bouncing_ball.py": b"while True:\n    pause(10)\n", "shapes.py": b"def draw():\n    sys.exit()\n"}
    assert not loops_for_ever({**other, "breakout.py": b"while turns:\n    pause(10)\n"}, "breakout.py")
    assert not loops_for_ever(
        {**other, "breakout.py": b"def unused():\n    while True:\n        pause(1)\n"}, "breakout.py"
    )
    assert loops_for_ever({**other, "breakout.py": b"import bouncing_ball\n"}, "breakout.py")


def test_a_source_that_is_made_to_be_deep_or_long_to_follow_is_read_all_the_same():
    deep = "while True:\n    pause(10)\n    x = " + "+".join(["1"] * 1500) + "\n"
    chain = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(5000)) + "def f5000():\n    pause(1)\n"
    many = "if x == 0:\n    pass\n" + "".join(f"elif x == {n}:\n    pass\n" for n in range(1, 900))
    for text in (deep, f"{chain}while True:\n    f0()\n", f"{many}while True:\n    pause(1)\n"):
        assert loops_for_ever({"breakout.py": text.encode()}, "breakout.py")
