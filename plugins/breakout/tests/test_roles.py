"""What is on a canvas gets its role however the program draws it."""

from itertools import pairwise

import pytest
from breakout_running import run, still

from dreamctl_breakout.frames import (
    BALL,
    BALL_LEFT,
    BALL_RIGHT,
    BALL_TOP,
    BRICKS,
    GAP,
    GONE,
    NEWS,
    NUMBER,
    OTHERS_GONE,
    PADDLE,
    PADDLE_LEFT,
    PADDLE_RIGHT,
    WIDTH,
)

TK = """
import time, tkinter
top = tkinter.Tk()
canvas = tkinter.Canvas(top, width=400, height=500, bg="white")
canvas.pack()
def frame():
    canvas.update()
    time.sleep(0.01)
def rows(n=5, **options):
    return [
        canvas.create_rectangle(i % 10 * 40 + 2, 50 + i // 10 * 15, i % 10 * 40 + 38, 60 + i // 10 * 15, fill="red")
        for i in range(10 * n)
    ]
"""
PLAIN = """
bricks = rows()
paddle = canvas.create_rectangle(160, 450, 240, 462, fill="black")
ball = canvas.create_oval(190, 240, 210, 260, fill="black")
"""


def last(text, frames=12, **more):
    return still(run(TK + text, **more), frames)[-1]


def test_scenery_borders_and_hearts_are_nothing():
    frame = last(
        """
canvas.create_rectangle(0, 0, 400, 500, fill="navy")
for i in range(3):
    canvas.create_oval(10 + 20 * i, 10, 24 + 20 * i, 24, fill="pink")
canvas.create_rectangle(0, 480, 400, 500, fill="green")
canvas.create_line(0, 40, 400, 40)
"""
        + PLAIN
        + "while True:\n    frame()\n"
    )
    assert (frame[BRICKS], frame[BALL], frame[PADDLE]) == (50, 1, 1)
    assert (frame[BALL_LEFT], frame[PADDLE_LEFT], frame[PADDLE_RIGHT]) == (190, 160, 240)


@pytest.mark.parametrize("waits", [0, 30])
def test_stars_that_drift_are_neither_ball_nor_paddle(waits):
    frames = still(
        run(
            TK
            + PLAIN
            + f"""
stars = [canvas.create_oval(18 * i, 22 * i, 18 * i + 3, 22 * i + 3, fill="white") for i in range(20)]
for number in range({waits} + 30):
    for star in stars:
        canvas.move(star, 0, 1)
    if number >= {waits}:
        canvas.move(ball, 2, 3)
    frame()
"""
        ),
        70,
    )
    assert {frame[BALL_RIGHT] - frame[BALL_LEFT] for frame in frames[10:]} == {20}
    assert frames[-1][BALL_TOP] == 240 + 30 * 3
    assert {frame[PADDLE_LEFT] for frame in frames} == {160}  # no star that falls while the mouse rests is the paddle


def test_what_moves_by_itself_is_the_ball_whatever_it_looks_like():
    frame = last(
        """
rows()
sun = canvas.create_oval(180, 240, 220, 280, fill="yellow")
paddle = canvas.create_rectangle(160, 450, 240, 462, fill="black")
ball = canvas.create_rectangle(100, 300, 110, 310, fill="black")
while True:
    canvas.move(ball, 2, 3)
    frame()
"""
    )
    assert frame[BALL_RIGHT] - frame[BALL_LEFT] == 10


def test_what_keeps_its_distance_from_the_mouse_is_the_paddle():
    running = run(
        TK
        + """
rows()
shelf = canvas.create_rectangle(100, 480, 200, 490, fill="brown")
paddle = canvas.create_polygon(150, 440, 250, 440, 240, 452, 160, 452, fill="black")
while True:
    x = canvas.winfo_pointerx()
    canvas.coords(paddle, x - 50, 440, x + 50, 440, x + 40, 452, x - 40, 452)
    frame()
"""
    )
    for x in range(100, 220, 10):
        running.advance(float(x), 100.0, 0.0)
    assert (running.frame[PADDLE_LEFT] + running.frame[PADDLE_RIGHT]) / 2 == 210


def test_a_ball_that_is_made_anew_in_each_turn_is_the_ball_and_none_is_none():
    running = run(
        TK
        + PLAIN
        + """
while True:
    canvas.delete(ball)
    for _ in range(3):
        frame()
    ball = canvas.create_oval(100, 200, 120, 220, fill="black")
    for _ in range(5):
        canvas.move(ball, 1, 1)
        frame()
"""
    )
    seen = [frame[BALL] for frame in still(running, 20)]
    assert sorted(set(seen)) == [0, 1]
    assert running.frame[OTHERS_GONE] == 0


def test_what_is_drawn_anew_in_each_frame_keeps_its_role():
    frames = still(
        run(
            TK
            + PLAIN
            + """
x = 190
while True:
    canvas.delete(ball, paddle)
    x += 2
    ball = canvas.create_oval(x, 240, x + 20, 260, fill="black")
    paddle = canvas.create_rectangle(100, 450, 180, 462, fill="black")
    frame()
"""
        ),
        10,
    )
    assert all(frame[BALL] and frame[PADDLE] and not frame[OTHERS_GONE] for frame in frames)
    assert frames[-1][BALL_LEFT] - frames[-2][BALL_LEFT] == 2


def test_bricks_go_when_they_are_deleted_hidden_painted_over_or_moved_away():
    for how in (
        "canvas.delete(bricks[-5])",
        "canvas.itemconfig(bricks[-5], state='hidden')",
        "canvas.itemconfig(bricks[-5], fill='white', outline='white')",
        "canvas.itemconfig(bricks[-5], fill='', outline='')",
        "canvas.move(bricks[-5], -1000, 0)",
    ):
        frames = still(run(TK + PLAIN + f"frame()\nframe()\n{how}\nwhile True:\n    frame()\n"), 10)
        assert sum(frame[GONE] for frame in frames) == 1, how
        assert frames[-1][BRICKS] == 49, how


def test_a_brick_that_is_said_to_be_painted_over_twice_in_a_frame_goes_once():
    """Our libraries say it once; a program that speaks in their place does not make us fail."""
    forged = """
from dreamctl_breakout import wire
from dreamctl_breakout.libraries.stage import stage
look = b"".join(wire.LOOK.pack(5, 5) + wire.text(colour) + wire.text(colour) for colour in ("white", ""))
frame()
frame()
stage.remarks.append(look)
while True:
    frame()
"""
    frames = still(run(TK + PLAIN + forged), 10)
    assert sum(frame[GONE] for frame in frames) == 1
    assert frames[-1][BRICKS] == 49


def test_a_brick_of_another_colour_is_still_there():
    frame = last(PLAIN + "frame()\ncanvas.itemconfig(bricks[3], fill='blue')\nwhile True:\n    frame()\n")
    assert frame[BRICKS] == 50


def test_the_gap_is_from_the_brick_to_the_ball_now_or_in_the_frame_before():
    frames = still(
        run(
            TK
            + PLAIN
            + """
frame()
canvas.coords(ball, 100, 130, 120, 150)
frame()
canvas.coords(ball, 300, 300, 320, 320)
canvas.delete(bricks[42])
while True:
    frame()
"""
        ),
        8,
    )
    assert [frame[GAP] for frame in frames if frame[GONE]] == [10.0]


def test_a_ball_that_is_taken_away_in_the_frame_of_the_last_brick_was_not_far_from_it():
    text = TK + PLAIN + "frame()\ncanvas.coords(ball, 100, 130, 120, 150)\nframe()\n"
    frames = still(run(text + "canvas.delete(bricks[42])\ncanvas.delete(ball)\nwhile True:\n    frame()\n"), 8)
    assert [(frame[BALL], frame[GAP]) for frame in frames if frame[GONE]] == [(0, 0)]


def test_a_label_that_goes_when_the_ball_flies_by_is_another_thing_that_went():
    text = (
        PLAIN
        + "label = canvas.create_text(205, 280, text='Score: 0')\nfor _ in range(5):\n    canvas.move(ball, 1, 2)\n"
    )
    gone = still(run(TK + text + "    frame()\ncanvas.move(ball, 1, 2)\ncanvas.delete(label)\nframe()\nframe()\n"), 9)
    assert sum(frame[OTHERS_GONE] for frame in gone) == 1
    waiting = text.replace("canvas.move(ball, 1, 2)", "pass")
    stays = still(run(TK + waiting + "    frame()\ncanvas.delete(label)\nframe()\nframe()\n"), 9)
    assert sum(frame[OTHERS_GONE] for frame in stays) == 0


def test_a_paddle_of_another_size_in_its_place_is_not_taken_away():
    text = """
canvas.move(ball, 0, 200)
frame()
canvas.move(ball, 0, 5)
frame()
canvas.delete(paddle)
{}
while True:
    canvas.move(ball, 0, -5)
    frame()
"""
    wider = "paddle = canvas.create_rectangle(140, 450, 260, 462, fill='black')"
    for made, lost in ((wider, 0), ("", 1)):
        frames = still(run(TK + PLAIN + text.format(made)), 8)
        assert max(frame[OTHERS_GONE] for frame in frames) == lost
        assert frames[-1][PADDLE] == 1 - lost


def test_the_number_is_that_of_the_text_that_counts_bricks():
    frame = last(
        PLAIN
        + """
lives = canvas.create_text(50, 20, text="Lives: 3")
score = canvas.create_text(300, 20, text="Score: 0")
frame()
canvas.itemconfig(lives, text="Lives: 2")
frame()
for n in range(3):
    canvas.delete(bricks[n])
    canvas.delete(score)
    score = canvas.create_text(300, 20, text=f"Score: {n + 1}")
    frame()
canvas.itemconfig(lives, text="Lives: 1")
while True:
    frame()
"""
    )
    assert frame[NUMBER] == 3
    assert frame[NEWS] == 0


def test_new_texts_and_words_written_over_are_news_and_counting_is_not():
    text = """
lives = canvas.create_text(60, 20, text="Lives: 3")
frame()
canvas.itemconfig(lives, text="Lives: 2")
frame()
canvas.delete(lives)
lives = canvas.create_text(60, 20, text="Lives: 1")
frame()
canvas.itemconfig(lives, text="None left")
frame()
canvas.create_text(200, 300, text="You have 7 points")
while True:
    frame()
"""
    frames = still(run(TK + PLAIN + text), 9)
    assert [frame[NEWS] for frame in frames if frame[NEWS]] == [1, 1]
    assert [frame[NUMBER] for frame in frames[3:]] == [1, -1, -1, -1, -1, -1, -1]  # what talks counts no longer


def test_a_clock_and_a_message_with_a_number_are_no_score():
    text = """
shown = canvas.create_text(60, 20, text={!r})
for said in {!r}:
    canvas.itemconfig(shown, text=said)
    frame()
while True:
    frame()
"""
    said = {
        ("0 s", ("1 s", "2 s", "3 s")): -1,
        ("click", ("combo 3", "combo 4", "2 left, click")): -1,
        ("Score: 0", ("Score: 1", "Score: 2", "Score: 3")): 3,
        ("0 points", ("1 point", "2 points", "3 points")): 3,
    }
    for (first, others), number in said.items():
        assert still(run(TK + PLAIN + text.format(first, others)), 9)[-1][NUMBER] == number


def test_a_button_that_is_drawn_above_the_paddle_is_not_the_paddle():
    frame = last(PLAIN + "canvas.create_rectangle(130, 320, 270, 370, fill='green')\nwhile True:\n    frame()\n")
    assert frame[PADDLE_LEFT] == 160


def test_what_a_second_ball_breaks_is_no_matter_of_the_first():
    text = """
other = canvas.create_oval(20, 300, 40, 320, fill="black")
for n in range(40):
    canvas.move(ball, 1, 2)
    canvas.move(other, 0, -4)
    if n == 35:
        canvas.delete(bricks[40])
    frame()
"""
    frames = still(run(TK + PLAIN + text), 50)
    assert (frames[-1][BALL_LEFT], frames[-1][BRICKS]) == (190 + 40, 49)
    assert not any(frame[GONE] or frame[GAP] for frame in frames)


def test_play_begins_when_there_are_bricks_and_clicks_if_they_do_not_come():
    first = "canvas.update()\ntime.sleep(1)\n"
    assert run(TK + first + PLAIN + "while True:\n    frame()\n", as_is=False).frame[BRICKS] == 50
    asks = "clicks = []\ncanvas.bind('<Button-1>', clicks.append)\nwhile not clicks:\n    frame()\n"
    assert run(TK + asks + PLAIN + "while True:\n    frame()\n", as_is=False).frame[BRICKS] == 50


def test_a_wall_that_is_built_slowly_is_counted_when_it_stands():
    frame = last(
        """
for row in range(4):
    for i in range(10):
        canvas.create_rectangle(i * 40, 50 + 15 * row, i * 40 + 35, 60 + 15 * row, fill="red")
    frame()
while True:
    frame()
"""
    )
    assert frame[BRICKS] == 40


def test_the_canvas_with_most_on_it_is_the_one_that_is_looked_at():
    frame = last(
        "other = tkinter.Canvas(top, width=90, height=90)\nother.create_oval(1, 1, 9, 9)\n" + PLAIN + "frame()\n"
    )
    assert frame[WIDTH] == 400
    assert frame[BALL_TOP] == 240


def test_bricks_of_many_widths_are_bricks():
    frame = last(
        """
for row in range(4):
    x = 0
    for i in range(9):
        wide = 20 + (i * 7 + row * 5) % 13 + i + row / 10
        canvas.create_rectangle(x, 50 + 15 * row, x + wide, 60 + 15 * row, fill="red")
        x += wide + 4
canvas.create_rectangle(160, 450, 240, 462, fill="black")
canvas.create_oval(190, 240, 210, 260, fill="black")
while True:
    frame()
"""
    )
    assert (frame[BRICKS], frame[BALL], frame[PADDLE]) == (36, 1, 1)


def test_a_program_that_waits_twice_for_each_move_has_a_frame_for_each_move():
    running = run(
        TK
        + PLAIN
        + """
for n in range(60):
    canvas.move(ball, 1, 2)
    frame()
    if n == 40:
        canvas.delete(bricks[3])
    frame()
"""
    )
    frames = still(running, 120)
    tops = [frame[BALL_TOP] for frame in frames]
    late = [b - a for a, b in pairwise(tops[30:])]
    assert late[:-2] == [2.0] * (len(late) - 2)
    assert 60 < len(frames) < 90
    assert sum(frame[GONE] for frame in frames) == 1


def test_a_program_that_draws_far_too_much_is_ended(monkeypatch):
    """Looking at it takes our time, and so that of others."""
    monkeypatch.setattr("dreamctl_breakout.students.MOST_WATCHING", 0.05)
    text = """
import tkinter
canvas = tkinter.Canvas(tkinter.Tk(), width=400, height=300)
while True:
    canvas.delete("all")
    for number in range(2000):
        canvas.create_rectangle(number % 400, 0, number % 400 + 5 + number // 4 * 0.1, 9)
    canvas.update()
"""
    running = run(text)
    still(running, 50)
    assert running.sentence.startswith("protocol"), running.sentence
    assert running.frames < 50
