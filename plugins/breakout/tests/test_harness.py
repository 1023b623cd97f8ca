"""What a program finds around it: its clock, its chance, its console, its files; and what is told of its errors."""

import json
import random

import numpy as np
import pytest
from breakout_bare import Child, Contained
from breakout_running import run, still

from dreamctl.random import Stream
from dreamctl_breakout import wire
from dreamctl_breakout.chance import stream
from dreamctl_breakout.frames import BRICKS, CRASHED, GOES_ON, OVER, STATUS
from dreamctl_breakout.scene import ProtocolError, Scene

HEAD = """
from campy.graphics.gwindow import GWindow
from campy.graphics.gobjects import GRect
from campy.gui.events.timer import pause
"""
WALL = """
window = GWindow(width=400, height=300)
for i in range(20):
    window.add(GRect(30, 10), i % 10 * 35, 20 + i // 10 * 15)
"""


def ends(text, **more):
    running = run(text, **more)
    still(running, 20)
    assert running.frame[STATUS] == OVER, running.sentence


def test_sleeping_costs_no_time_and_moves_every_clock_on():
    ends(
        """
import time
from time import sleep
a, b, c = time.time(), time.monotonic(), time.perf_counter()
sleep(1000)
assert 1000 <= time.time() - a < 1001
assert 1000 <= time.monotonic() - b < 1001
assert 1000 <= time.perf_counter() - c < 1001
"""
    )


def test_a_program_in_a_folder_finds_what_lies_beside_it_and_what_lies_above():
    main = "import beside, above, sys\nassert open('words.txt').read() == 'yes' and sys.argv == ['breakout.py']\n"
    ends({"game/breakout.py": main, "game/beside.py": "", "game/words.txt": "yes", "above.py": ""})


def test_a_loop_that_looks_at_the_clock_comes_to_its_end():
    ends("import time\nend = time.time() + 0.5\nwhile time.time() < end:\n    pass\n")


def test_random_numbers_are_those_of_the_stream_of_the_key():
    expected = Stream(77)
    uniform, below = expected.uniform(), expected.below(6)
    ends_with = f"import random\nassert random.random() == {uniform!r}\nassert random.randint(1, 6) == {below + 1}\n"
    running = run(ends_with, key=77)
    assert running.frame[STATUS] == OVER, running.sentence


def test_all_of_random_works_and_float_bounds_that_are_whole_are_taken():
    ends(
        """
import random
assert 2 <= random.randint(2.0, 6.0) <= 6
assert random.choice([3]) == 3 and random.sample(range(9), 9) != list(range(10))
items = [1, 2, 3]
random.shuffle(items)
assert sorted(items) == [1, 2, 3]
assert 1 <= random.uniform(1, 2) <= 2
assert random.randrange(0, 10, 5) in (0, 5)
random.gauss(0, 1), random.choices([1, 2], k=3), random.getrandbits(200), random.triangular()
random.seed(5)
first = random.random()
random.seed(5)
assert first == random.random()
assert random.Random(3).random() == random.Random(3).random()
assert random.Random().random() != random.random()
state = random.getstate()
again = random.random()
random.setstate(state)
assert again == random.random()
try:
    random.randint(1.5, 3)
except ValueError:
    pass
else:
    raise AssertionError
"""
    )


@pytest.mark.parametrize("bits", [1, 63, 64, 65, 200])
def test_random_bits_fill_their_width(bits):
    chance = stream(3)
    drawn = [chance.getrandbits(bits) for _ in range(200)]
    assert max(drawn).bit_length() == bits
    assert isinstance(chance, random.Random)


def test_uniform_numbers_are_even():
    chance = stream(9)
    drawn = np.array([chance.randint(1, 6) for _ in range(6000)])
    assert np.bincount(drawn, minlength=7)[1:].min() > 880


def test_a_question_on_the_console_is_answered_and_told():
    running = run(HEAD + 'lives = int(input("How many lives? "))\nassert input("Again? (y/n)") == "y"\npause(1)\n')
    assert running.scene.questions == ["How many lives? ", "Again? (y/n)"]
    assert running.frame[STATUS] == GOES_ON


def test_files_with_windows_line_ends_chinese_comments_and_a_byte_order_mark_run():
    text = (HEAD + WALL + "# 這是註解\nname = '磚塊'\npause(10)\n").replace("\n", "\r\n")
    assert run(b"\xef\xbb\xbf" + text.encode()).frame[BRICKS] == 20


def test_modules_of_the_program_stand_before_those_of_python():
    helper = "VALUE = 3\n"
    ends("import helper, queue\nassert helper.VALUE == queue.VALUE == 3\n", **{"helper.py": helper, "queue.py": helper})


def test_a_library_that_was_handed_in_beside_the_program_is_not_used():
    beside = {"graphics.py": "import tkinter\nclass Canvas(tkinter.Canvas):\n    get_canvas_width = 1 / 0\n"}
    ends("from graphics import Canvas\ncanvas = Canvas(100, 100)\nassert canvas.get_canvas_width() == 100\n", **beside)


def test_sounds_and_pillow_may_be_missing():
    ends(
        """
import winsound
from playsound import playsound
from PIL import Image, ImageTk
import pygame
winsound.PlaySound("bounce.wav", winsound.SND_ASYNC | winsound.SND_FILENAME)
playsound("bounce.wav", block=False)
pygame.mixer.init()
pygame.mixer.Sound("bounce.wav").play()
print("hello")
"""
    )


def test_pictures_have_the_size_that_their_file_says():
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x30\0\0\0\x20" + b"\0" * 20
    text = """
import tkinter
top = tkinter.Tk()
image = tkinter.PhotoImage(file="ball.png")
assert (image.width(), image.height()) == (48, 32)
try:
    tkinter.PhotoImage(file="missing.png")
except tkinter.TclError:
    pass
else:
    raise AssertionError
"""
    ends(text, **{"ball.png": png})


def test_an_exit_is_an_end_and_an_exception_a_crash_in_the_students_terms():
    assert run("import sys\nsys.exit(1)\n").frame[STATUS] == OVER
    assert run("quit()\n").frame[STATUS] == OVER
    running = run({"breakout.py": "import parts\nparts.go()\n", "parts.py": "def go():\n    return 1 / 0\n"})
    assert running.frame[STATUS] == CRASHED
    assert running.sentence.startswith('Traceback (most recent call last):\n  File "breakout.py", line 2, in <module>')
    assert running.sentence.endswith("ZeroDivisionError: division by zero")
    assert "harness" not in running.sentence


def test_a_syntax_error_names_file_and_line():
    running = run("from campy.graphics.gwindow import GWindow\ndef main(:\n    pass\n")
    assert running.frame[STATUS] == CRASHED
    assert 'File "breakout.py", line 2' in running.sentence
    assert "SyntaxError" in running.sentence


def test_a_program_without_end_and_without_frames_is_stopped_and_the_frame_says_over():
    running = run(HEAD + WALL + "pause(10)\nwhile True:\n    pass\n")
    running.child.end.settimeout(0.2)
    exchange = running.child.exchange
    running.child.exchange = lambda message, seconds: exchange(message, 0.2)
    running.advance(5.0, 5.0, 0.0)
    assert running.frame[STATUS] == OVER
    assert running.frame[BRICKS] == 20
    assert running.sentence.startswith("time:")


def test_the_same_key_gives_the_same_bytes_and_another_one_other_bytes():
    text = f"{HEAD}{WALL}import random\nball = GRect(5, 5)\nwindow.add(ball)\n"
    text += "while True:\n    ball.move(random.random(), 1)\n    pause(9)\n"

    def told(key):
        argument = json.dumps({"entry": "breakout.py", "graphics": None, "key": key}).encode()
        child = Child({"breakout.py": text.encode()}, argument)
        return [child.exchange(wire.INPUT.pack(wire.THERE, n, 5)) for n in range(10)]

    assert told(4) == told(4)
    assert told(4) != told(5)


# --- what is sent -------------------------------------------------------------------------------------------------


def _message():
    text = wire.text("red")
    return b"".join(
        [
            wire.HEADER.pack(0, 1.5),
            wire.CANVAS.pack(wire.CODE_CANVAS, 1, 400.0, 300.0) + wire.text("white"),
            wire.ADD.pack(wire.CODE_ADD, 7, 1, wire.RECTANGLE, 1, 1.0, 2.0, 3.0, 4.0) + text + text + wire.text(""),
            wire.MOVE.pack(wire.CODE_MOVE, 7, 2.0, 2.0, 4.0, 4.0),
            wire.LOOK.pack(wire.CODE_LOOK, 7) + wire.text("blue") + text,
            wire.TEXT.pack(wire.CODE_TEXT, 7) + wire.text("é"),
            wire.ORDER.pack(wire.CODE_ORDER, 7, 9),
            wire.SAY.pack(wire.CODE_SAY, wire.ASKED) + wire.text("?"),
        ]
    )


def test_a_message_is_read_as_it_was_written():
    scene = Scene()
    scene.read(_message())
    thing = scene.things[7]
    assert (thing.box, thing.fill, thing.text, thing.order) == ((2.0, 2.0, 4.0, 4.0), "blue", "é", 9)
    assert scene.moved == [thing]
    assert scene.questions == ["?"]
    scene.read(wire.HEADER.pack(1, 2.0) + wire.REMOVE.pack(wire.CODE_REMOVE, 7))
    assert scene.things == {}
    assert scene.removed == [thing]
    assert scene.status == 1


def test_bytes_that_make_no_sense_are_an_error_of_the_protocol_and_no_other():
    rng = np.random.default_rng(1)
    good = _message()
    for trial in range(3000):
        bad = bytearray(good)
        for _ in range(int(rng.integers(1, 4))):
            bad[rng.integers(len(bad))] = rng.integers(256)
        if trial % 3 == 0:
            del bad[rng.integers(len(bad)) :]
        scene = Scene()
        try:
            scene.read(bytes(bad))
        except ProtocolError:
            continue
        assert scene.status in (0, 1, 2)


def test_boxes_that_are_nowhere_are_far_away_and_finite():
    scene = Scene()
    scene.read(_message() + wire.MOVE.pack(wire.CODE_MOVE, 7, np.nan, -np.inf, np.inf, 1e300))
    assert np.isfinite(scene.things[7].box).all()


def test_a_child_that_is_gone_is_contained():
    child = Child({"breakout.py": b"import os\nos._exit(3)\n"}, b'{"entry": "breakout.py", "key": 1}')
    with pytest.raises(Contained):
        child.exchange(wire.INPUT.pack(0, 0, 0))


def test_threads_run_when_they_are_joined_and_dates_follow_the_clock():
    ends(
        """
import datetime, threading, time
seen = []
thread = threading.Thread(target=seen.append, args=(1,), daemon=True)
thread.start()
thread.join()
assert seen == [1]
before = datetime.datetime.now()
time.sleep(90)
assert 90 <= (datetime.datetime.now() - before).total_seconds() < 91
"""
    )


def test_waiting_for_an_event_costs_no_time_and_ends_a_frame():
    ends(
        """
import sys, threading, time
sys.stdout.reconfigure(encoding="utf-8")
stop, before = threading.Event(), time.time()
for _ in range(10):
    assert not stop.wait(100)
assert 1000 <= time.time() - before < 1001
stop.set()
assert stop.wait() and stop.wait(5)
"""
    )


def test_a_game_that_stands_still_after_an_exception_in_a_handler_has_crashed():
    text = """
from pgl import GWindow, GOval
gw = GWindow(300, 300)
ball = GOval(0, 0, 10, 10)
gw.add(ball)
def step():
    ball.move(5, 5)
    if ball.getX() > 50:
        raise KeyError("wall")
    gw.setTimeout(step, 10)
gw.setTimeout(step, 10)
gw.addEventListener("click", lambda event: None)
"""
    running = run(text)
    frames = still(running, 200)
    assert frames[-1][STATUS] == CRASHED
    assert 60 < len(frames) < 100
    assert "KeyError: 'wall'" in running.sentence


def test_a_program_that_calls_itself_without_end_crashes_in_its_own_terms():
    running = run(HEAD + WALL + "def play():\n    pause(1)\n    play()\n\nplay()\n")
    frames = still(running, 2000)
    assert frames[-1][STATUS] == CRASHED
    assert 100 < len(frames) < 1000
    assert "RecursionError" in running.sentence
    assert len(running.sentence) < 2000
