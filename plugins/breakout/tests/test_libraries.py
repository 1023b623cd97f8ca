"""Each drop-in does what its library does, the odd things too: a program that says so itself must come to its end."""

import re

import numpy as np
import pytest
from breakout_running import PROGRAMS, run, still

from dreamctl_breakout.frames import BALL_LEFT, BALL_TOP, BRICKS, CRASHED, GOES_ON, OVER, STATUS

CAMPY = """
from campy.graphics.gwindow import GWindow
from campy.graphics.gobjects import GOval, GRect, GLabel, GPolygon, GLine
from campy.gui.events.mouse import onmouseclicked, onmousemoved
from campy.gui.events.timer import pause
window = GWindow(width=400, height=300, title="t")
"""
SAID = {
    "campy: edges count as inside": """
brick = GRect(40, 10, x=100, y=50)
window.add(brick)
assert window.get_object_at(100, 50) is brick
assert window.get_object_at(140, 60) is brick
assert window.get_object_at(140.1, 60) is None
""",
    "campy: an oval is hit inside its ellipse, not at the corners of its box": """
ball = GOval(20, 20)
window.add(ball, x=100, y=100)
assert window.get_object_at(100, 100) is None
assert window.get_object_at(110, 100) is ball
assert window.get_object_at(120, 110) is ball
assert window.get_object_at(118, 118) is None
""",
    "campy: the last object added is on top": """
below, above = GRect(50, 50), GRect(50, 50)
window.add(below, 10, 10)
window.add(above, 30, 30)
assert window.get_object_at(40, 40) is above
assert window.get_object_at(20, 20) is below
window.add(below)
assert window.get_object_at(40, 40) is below
""",
    "campy: an object that is added again and removed once is still found": """
ball = GRect(20, 20)
window.add(ball, 50, 50)
window.add(ball, 80, 80)
assert (ball.x, ball.y) == (80, 80)
assert window.get_object_at(55, 55) is None
assert window.remove(ball)
assert window.get_object_at(85, 85) is ball
assert window.remove(ball)
assert window.get_object_at(85, 85) is None
""",
    "campy: what is absent, and nothing at all, are removed quietly": """
assert window.remove(None) is False
assert window.remove(GRect(5, 5)) is False
""",
    "campy: a label is an object, and goes up from its baseline": """
label = GLabel("Score: 0")
label.font = "-20"
window.add(label, 10, 100)
assert window.get_object_at(12, 95) is label
assert window.get_object_at(12, 105) is None
assert label.height > 10 and label.width > 40
label.text = "Score: 10000"
assert label.text == "Score: 10000" and (label.x, label.y) == (10, 100)
""",
    "campy: a shape has its numbers as they were given, and moves": """
rect = GRect(45.5, 10)
assert (rect.width, rect.height, rect.x, rect.y) == (45.5, 10, 0, 0)
window.add(rect, x=3, y=4)
rect.move(1.5, -2)
assert (rect.x, rect.y) == (4.5, 2)
rect.x = 7
rect.y += 1
assert (rect.x, rect.y) == (7, 3)
assert (window.width, window.height) == (400, 300)
assert isinstance(rect, GRect) and not rect.filled
rect.filled, rect.fill_color = True, "red"
assert rect.filled and rect.fill_color.hex == "#FF0000"
""",
    "campy: things that moved are found where they are, and cleared windows are empty": """
bricks = [GRect(30, 10) for _ in range(10)]
for i, brick in enumerate(bricks):
    window.add(brick, i * 35, 20)
assert window.get_object_at(40, 25) is bricks[1]
bricks[1].move(0, 200)
assert window.get_object_at(40, 25) is None
assert window.get_object_at(40, 225) is bricks[1]
window.clear()
assert window.get_object_at(40, 225) is None and window.get_object_at(5, 25) is None
""",
    "campy: an attribute of a program's own, and a class on top of one, are kept": """
class Brick(GRect):
    def __init__(self):
        super().__init__(10, 10)
        self.points = 5
brick = Brick()
brick.row = 3
window.add(brick, 0, 0)
assert window.get_object_at(5, 5).points == 5 and window.get_object_at(5, 5).row == 3
""",
    "campy: colours are told as colours, which equal nothing, and come by name or by numbers": """
from campy.graphics.gcolor import GColor
rect, label = GRect(5, 5), GLabel("x")
rect.color = GColor.LIGHT_SKY_BLUE
assert rect.color.hex == "#87CEFA" and rect.color != "lightskyblue" and rect.fill_color.rgb == (0, 0, 0)
label.color = rect.fill_color = GColor(168, 0, 59)
assert label.color.rgb == rect.fill_color.rgb == (168, 0, 59)
label.color = rect.color
assert label.color.rgb == rect.color.rgb
""",
    "campy: a point is in an object or not, and coordinates stay the whole numbers that they were": """
ball = GOval(20, 20, x=100, y=100)
assert (110, 110) in ball and (100, 100) not in ball and (100, 100) in ball.bounds
window.add(ball, x=50)
assert (ball.x, ball.y) == (100, 100) and len(range(ball.x)) == 100 and str(ball.y) == "100"
""",
    "campy: a compound moves its parts, and is hit as one": """
from campy.graphics.gobjects import GCompound
both, one, two = GCompound(), GRect(10, 10), GRect(10, 10)
both.add(one, 0, 0)
both.add(two, 20, 0)
window.add(both, 100, 50)
assert window.get_object_at(125, 55) is both and window.get_object_at(115, 55) is None
both.move(5, 10)
assert (one.x, one.y, two.x) == (105, 60, 125) and (107, 62) in both and (117, 62) not in both
both.x = 200
assert two.x == 220 and len(both) == 2 and both[0] is one and list(both) == [one, two]
window.remove(both)
assert window.get_object_at(205, 65) is None
""",
    "campy: a line has two ends": """
for x0, y0, x1, y1 in ((1, 2, 3, 4), (3, 2, 1, 4), (1, 4, 3, 2), (3, 4, 1, 2), (1, 4, 1, 2)):
    line = GLine(x0, y0, x1, y1)
    assert line.start == (x0, y0) and line.end == (x1, y1)
line.end = 9, 9
assert line.start == (1, 4) and line.end == (9, 9)
""",
    "campy: what the modules export beside shapes is there": """
from campy.graphics.gwindow import *
from campy.gui.events.timer import *
from campy.graphics.goptionpane import GOptionPane
from campy.util.sound import Sound
Sound("hit.wav").play()
assert math.sqrt(4) == 2 and time.time() > 0 and Region.EAST is not Region.WEST and Alignment.LEFT
other = GWindow(color="red")
assert (other.width, other.height) == (500, 500)
pause(10, step=5)
""",
    "campy: functions are called later, once or again and again": """
from campy.gui.events.timer import repeat_every, schedule
seen = []
schedule(seen.append, 15, fargs=("once",))
repeat_every(10, seen.append, fargs=("again",))
for _ in range(4):
    pause(10)
assert seen.count("once") == 1 and seen.count("again") > 2
@repeat_every(10)
def tick():
    seen.append("tick")
tick()
assert seen[-1] == "tick"
for _ in range(4):
    pause(10)
assert seen.count("tick") > 2
quit()
""",
    "campy: polygons and lines are hit where they are": """
triangle = GPolygon()
for vertex in ((0, 0), (40, 0), (0, 40)):
    triangle.add_vertex(vertex)
window.add(triangle, 100, 100)
assert window.get_object_at(105, 105) is triangle and window.get_object_at(138, 138) is None
line = GLine(0, 200, 50, 250)
window.add(line)
assert window.get_object_at(25, 225) is line and window.get_object_at(25, 240) is None
""",
}
TK = """
import tkinter
top = tkinter.Tk()
canvas = tkinter.Canvas(top, width=401, height=301)
canvas.pack()
"""
SAID_TK = {
    "tkinter: an option may be shortened as long as only one begins so": """
ball = canvas.create_oval(0, 0, 9, 9, fil="red", tag="ball")
assert canvas.itemcget(ball, "fill") == "red" and canvas.gettags("ball") == ("ball",)
try:
    canvas.itemconfig(ball, colour="red")
    assert False
except tkinter.TclError:
    pass
""",
    "tkinter: numbers begin at 1 and coordinates are four floats": """
brick = canvas.create_rectangle(10, 20, 50, 30, fill="red")
assert brick == 1 and canvas.coords(brick) == [10.0, 20.0, 50.0, 30.0]
assert canvas.create_oval(0, 0, 5, 5) == 2
canvas.delete(2)
assert canvas.create_oval(0, 0, 5, 5) == 3
assert canvas.coords(99) == [] and canvas.type(99) is None
canvas.move(99, 1, 1)
canvas.delete(99)
""",
    "tkinter: an outline makes touching edges overlap, in stacking order": """
a = canvas.create_rectangle(10, 10, 50, 20, fill="red")
b = canvas.create_rectangle(50, 10, 90, 20, fill="red")
assert canvas.find_overlapping(50, 15, 50, 15) == (a, b)
canvas.tag_raise(a)
assert canvas.find_overlapping(50, 15, 50, 15) == (b, a)
assert canvas.find_overlapping(20, 20.4, 25, 30) == (a,)
assert canvas.find_overlapping(20, 20.5, 25, 30) == ()
bare = canvas.create_rectangle(100, 100, 120, 120, fill="red", outline="")
assert canvas.find_overlapping(120, 110, 130, 115) == ()
assert canvas.find_overlapping(119.9, 110, 130, 115) == (bare,)
""",
    "tkinter: an oval is a true ellipse": """
ball = canvas.create_oval(100, 100, 120, 120, fill="black")
assert canvas.find_overlapping(90, 90, 102, 102) == ()
assert canvas.find_overlapping(90, 90, 104, 104) == (ball,)
assert canvas.find_overlapping(90, 109, 100, 111) == (ball,)
""",
    "tkinter: what is not filled is hit at its outline alone": """
frame = canvas.create_rectangle(10, 10, 200, 200)
assert canvas.find_overlapping(50, 50, 60, 60) == ()
assert canvas.find_overlapping(5, 50, 15, 60) == (frame,)
ring = canvas.create_oval(10, 10, 200, 200)
assert canvas.find_overlapping(100, 100, 110, 110) == ()
""",
    "tkinter: moveto puts the corner of the outline there": """
brick = canvas.create_rectangle(10, 10, 50, 20, fill="red")
assert canvas.bbox(brick) == (9, 9, 51, 21)
canvas.moveto(brick, 100, 100)
assert canvas.coords(brick) == [101.0, 101.0, 141.0, 111.0]
canvas.coords(brick, 5, 6, 45, 16)
assert canvas.coords(brick) == [5.0, 6.0, 45.0, 16.0]
""",
    "tkinter: tags name several things, and options can be asked for": """
for i in range(3):
    canvas.create_rectangle(i * 50, 0, i * 50 + 40, 10, tags="brick", fill="blue")
assert canvas.find_withtag("brick") == (1, 2, 3)
canvas.move("brick", 0, 5)
assert canvas.coords(2)[1] == 5.0
canvas.itemconfig("brick", fill="green")
assert canvas.itemcget(3, "fill") == "green"
canvas.delete("brick")
assert canvas.find_all() == ()
""",
    "tkinter: names that Tk does not know are errors": """
for wrong in (dict(fill="no such colour"), dict(color="red")):
    try:
        canvas.create_rectangle(0, 0, 1, 1, **wrong)
    except tkinter.TclError:
        continue
    raise AssertionError(wrong)
""",
    "tkinter: a window has no size before it is drawn": """
assert canvas.winfo_width() == 1
canvas.update()
assert canvas.winfo_width() == 403
""",
    "tkinter: a canvas can be given another size and colour": """
canvas.config(width=500, height=600, highlightthickness=0)
canvas["bg"] = "black"
canvas.update()
assert (canvas.winfo_reqwidth(), canvas.winfo_height(), canvas["bg"]) == (502, 602, "black")
""",
    "tkinter: a canvas fills its window, through frames too, if it is told so": """
def shape(pack, inside=top):
    canvas = tkinter.Canvas(inside, width=300, height=200)
    pack(canvas)
    canvas.update()
    return canvas.winfo_width(), canvas.winfo_height()
top.geometry("500x600")
assert shape(lambda canvas: canvas.pack(fill="both", expand=True)) == (500, 600)
assert shape(lambda canvas: canvas.pack(fill=tkinter.X)) == (500, 202)
assert shape(lambda canvas: canvas.pack(expand=True)) == (302, 202)
assert shape(lambda canvas: canvas.place(relwidth=1, relheight=0.5)) == (500, 300)
assert shape(lambda canvas: canvas.grid(sticky="nsew")) == (302, 202)
top.rowconfigure(0, weight=1)
top.columnconfigure(0, weight=1)
assert shape(lambda canvas: canvas.grid(sticky="nsew")) == (500, 600)
frame = tkinter.Frame(top)
assert shape(lambda canvas: canvas.pack(fill="both", expand=1), frame) == (302, 202)
frame.pack(fill="both", expand=1)
assert shape(lambda canvas: canvas.pack(fill="both", expand=1), frame) == (500, 600)
""",
    "tkinter: who waits for a variable or a window goes on as soon as it is set or closed, or after a while": """
import time
flag = tkinter.IntVar()
top.after(40, flag.set, 1)
began = time.time()
top.wait_variable(flag)
assert 0.03 < time.time() - began < 0.1
other = tkinter.Toplevel(top)
top.after(40, other.destroy)
top.wait_window(other)
assert not other.winfo_exists()
top.wait_variable(flag)
""",
    "tkinter: events that the program makes itself are heard": """
heard = []
canvas.bind("<<Lost>>", lambda event: heard.append(event.x))
top.bind("<<Lost>>", lambda event: heard.append("top"))
canvas.event_generate("<<Lost>>", x=5)
top.event_generate("<<Lost>>")
assert heard == [5, "top", "top"], heard
""",
    "tkinter: fields and sliders have values": """
entry = tkinter.Entry(top)
entry.insert(0, "me")
assert entry.get() == "me"
slider = tkinter.Scale(top, from_=2, to=9)
assert slider.get() == 2
slider.set(5)
assert slider.get() == 5 and isinstance(slider.get(), int)
assert tkinter.Spinbox(top, from_=3, to=9).get() == "3"
speed = tkinter.StringVar(value="slow")
tkinter.OptionMenu(top, speed, "slow", "fast").pack()
""",
    "tkinter: a canvas and a window say how large they are and in which state": """
assert canvas["width"] == "401" and tkinter.Canvas(top)["height"] == "265" and canvas["bg"] == "white"
assert top.state() == "normal"
top.title("Game")
assert top.title() == "Game"
top.geometry("300x200")
canvas.update()
assert top.winfo_geometry() == "300x200+0+0"
assert top.winfo_rgb("red") == (65535, 0, 0)
assert canvas in top.winfo_children()
""",
    "tkinter: of canvases that are destroyed there may be any number, and nothing is left on them": """
for _ in range(40):
    old = tkinter.Canvas(tkinter.Frame(top))
    old.create_oval(0, 0, 9, 9)
    old.master.destroy()
    assert old.find_all() == ()
""",
    "tkinter: both modules have one TclError": """
import _tkinter
assert _tkinter.TclError is tkinter.TclError
canvas.create_oval(0, 0, 9, 9)
canvas.addtag_overlapping("hit", 0, 0, 5, 5)
assert canvas.gettags(1) == ("hit",)
""",
    "tkinter: timers ring in order": """
rang = []
top.after(30, lambda: rang.append("b"))
top.after(10, lambda: rang.append("a"))
off = top.after(20, lambda: rang.append("never"))
top.after_cancel(off)
top.after(50, top.destroy)
top.mainloop()
assert rang == ["a", "b"], rang
""",
}
SAID_CANVAS = {
    "bridge: names, sizes and colours": """
from graphics import Canvas
canvas = Canvas(420, 600)
canvas.set_canvas_title("x")
assert (canvas.get_canvas_width(), canvas.get_canvas_height()) == (420, 600)
ball = canvas.create_oval(10, 20, 30, 40)
assert ball == 1
assert (canvas.get_left_x(ball), canvas.get_top_y(ball)) == (10, 20)
assert (canvas.get_width(ball), canvas.get_height(ball)) == (20, 20)
assert canvas.itemcget(ball, "fill") == "" and canvas.itemcget(ball, "outline") == "black"
canvas.move_to(ball, 100.5, 7)
assert canvas.coords(ball) == [100.5, 7.0, 120.5, 27.0]
canvas.set_fill_color(ball, "red")
assert canvas.find_overlapping(100, 0, 130, 30) == (ball,)
canvas.set_outline_color(canvas.create_line(0, 0, 5, 5), "red")
canvas.set_canvas_size(500, 700)
canvas.set_canvas_background_color("black")
assert (canvas.get_canvas_width(), canvas.get_canvas_background_color()) == (500, "black")
""",
    "stanford: a colour comes fifth, and the outline is as the fill": """
from graphics import Canvas
canvas = Canvas(500, 600, "Breakout")
brick = canvas.create_rectangle(0, 0, 45, 10, "red")
assert canvas.itemcget(brick, "outline") == "red"
plain = canvas.create_rectangle(0, 0, 45, 10, color="blue")
assert canvas.itemcget(plain, "fill") == "blue"
assert canvas.itemcget(canvas.create_oval(0, 0, 5, 5), "fill") == "black"
assert (canvas.get_width(), canvas.get_height()) == (500, 600)
assert (canvas.get_obj_width(brick), canvas.get_obj_height(brick)) == (45, 10)
canvas.moveto(brick, 10, 20)
assert canvas.coords(brick) == [10.0, 20.0, 55.0, 30.0]
canvas.set_canvas_background_fill("black")
""",
    "web: ids are texts, and coords are two numbers": """
from graphics import Canvas
from ai import call_gpt
assert isinstance(call_gpt("say something nice"), str)
canvas = Canvas(500, 600)
brick = canvas.create_rectangle(0, 0, 45.5, 10, "red")
assert brick == "shape_0" and canvas.create_oval(0, 0, 5, 5) == "shape_1"
x, y = canvas.coords(brick)
assert (canvas.get_object_width(brick), canvas.get_object_height(brick)) == (45.5, 10)
assert (canvas.get_width(), canvas.get_height()) == (500, 600)
canvas.moveto(brick, 10, 20)
assert canvas.get_left_x(brick) == 10 and canvas.get_top_y("shape_99") is None
canvas.delete("shape_99")
try:
    canvas.move(brick, "1", 2)
except AssertionError:
    pass
else:
    raise ValueError
""",
    "web: hits are boxes a pixel smaller, in order of creation, and no texts": """
from graphics import Canvas
canvas = Canvas(500, 600)
wait = lambda: time.sleep(0.01)
a = canvas.create_rectangle(10, 10, 50, 20)
text = canvas.create_text(10, 10, text="hello", font_size=20)
b = canvas.create_rectangle(40, 10, 80, 20)
assert canvas.find_overlapping(40, 5, 60, 15) == [a, b]
assert canvas.find_overlapping(51, 10, 60, 20) == [b]
assert canvas.find_overlapping(0, 19, 60, 30) == [a, b]
assert canvas.find_overlapping(0, 19.5, 60, 30) == []
canvas.moveto(text, 200, 200)
assert canvas.get_left_x(text) == 10
canvas.change_text(text, "bye")
assert canvas.get_mouse_x() == -1 and canvas.get_last_click() is None
canvas.get_last_key_press()
""",
    "pgl: getters, setters and half-open boxes": """
from pgl import GWindow, GRect, GOval, GLabel, GRoundRect, GState
GState().score = 0
round = GRoundRect(10, 20, 40, 10)
assert (round.getX(), round.getY(), round.getWidth()) == (10, 20, 40)
gw = GWindow(400, 300)
assert (gw.getWidth(), gw.getHeight()) == (400, 300)
rect = GRect(10, 20, 40, 10)
rect.setFilled(True)
rect.setColor("red")
gw.add(rect)
assert (rect.getX(), rect.getY(), rect.getWidth(), rect.getHeight()) == (10, 20, 40, 10)
assert gw.getElementAt(10, 20) is rect and gw.getElementAt(50, 30) is None
ball = GOval(20, 20)
gw.add(ball, 100, 100)
assert gw.getElementAt(100, 100) is None and gw.getElementAt(110, 110) is ball
ball.setLocation(200, 200)
assert gw.getElementAt(210, 210) is ball
gw.remove(rect)
assert gw.getElementAt(15, 25) is None
label = GLabel("hi", 5, 5)
label.setLabel("ho")
assert label.getLabel() == "ho"
""",
    "pgl: what is added to a compound is where the compound is, and in its window": """
from pgl import GCompound, GRect, GWindow
gw = GWindow(400, 300)
wall, brick, other = GCompound(), GRect(5, 5, 10, 10), GRect(10, 10)
wall.add(brick)
gw.add(wall, 100, 50)
assert gw.getElementAt(106, 56) is wall and wall.getElementAt(6, 6) is brick
wall.add(other, 30, 0)
assert gw.getElementAt(135, 55) is wall and wall.get_element_at(35, 5) is other and wall.getElementCount() == 2
wall.move(0, 100)
wall.remove(brick)
assert gw.getElementAt(106, 156) is None and gw.getElementAt(135, 155) is wall and wall.getElement(0) is other
gw.remove(wall)
wall.remove(other)
assert gw.getElementAt(135, 155) is None and wall.get_element_at(35, 5) is None
""",
    "pgl: places and sizes have getters, and are taken as one thing": """
from pgl import GPoint, GDimension, GRect, GObject, GFillableObject, GEvent, GLine, GArc
box = GRect(10, 20, 50, 7)
assert (box.getBounds().getWidth(), box.getLocation().getX(), box.get_bounds().get_y()) == (50, 10, 20)
box.set_location(GPoint(3, 4))
box.setSize(GDimension(5, 6))
assert (box.get_x(), box.get_y(), box.get_size().get_height()) == (3, 4, 6)
box.scale(2)
assert isinstance(box, GObject) and box.getWidth() == 10
line = GLine(0, 0, 100, 0)
line.set_end_point(100, 50)
assert line.getEndPoint().getY() == 50
assert GArc(100, 80, 0, 90).getWidth() == 100 and GArc(1, 2, 30, 40, 0, 90).getX() == 1
""",
    "pgl: what a student keeps with a window or an object is his own": """
from pgl import GWindow, GOval
gw = GWindow(400, 300)
gw.width, gw.size, gw.lives = 7, 3, 3
assert (gw.width, gw.getWidth()) == (7, 400)
class Ball(GOval):
    def __init__(self, x, y, r):
        self.x = x
        self.y = y
        GOval.__init__(self, x, y, 2 * r, 2 * r)
gw.add(Ball(10, 20, 5))
assert gw.get_element_at(15, 25).get_y() == 20
""",
}
SAID_TK |= {
    "tkinter: an option that is None is not given": """
item = canvas.create_rectangle(10, 10, 50, 50, fill="red", outline=None, width=None)
assert canvas.itemcget(item, "outline") == "black"
canvas.itemconfig(item, fill=None)
assert canvas.itemcget(item, "fill") == "red"
""",
    "tkinter: variables give values of their kind, and tell who follows them": """
score, lives, heard = tkinter.StringVar(), tkinter.IntVar(), []
score.trace_add("write", lambda *names: heard.append(score.get()))
lives.trace("w", lambda *names: lives.set(min(lives.get(), 3)))
score.set(0)
lives.set("3")
lives.set(7)
assert "Score: " + score.get() == "Score: 0" and lives.get() == 3 and heard == ["0"]
""",
}
ALL = {
    **{name: CAMPY + text for name, text in SAID.items()},
    **{name: TK + text for name, text in SAID_TK.items()},
    **SAID_CANVAS,
}


@pytest.mark.parametrize("name", ALL)
def test_what_is_said_of_a_library_is_so(name):
    running = run(ALL[name])
    still(running, 40)
    assert running.frame[STATUS] == OVER, running.sentence


def test_inside_campys_objects_are_black_until_another_colour_is_given_which_is_seen_at_once():
    text = """
outlined, red, late, unfilled = (GRect(30, 30) for _ in range(4))
outlined.filled, outlined.color = True, "red"
red.filled, red.fill_color = True, "red"
unfilled.fill_color = "red"
for shape in (outlined, red, late, unfilled):
    window.add(shape)
late.fill_color = "blue"
pause(10)
"""
    running = run(CAMPY + text)
    assert [thing.fill for thing in running.scene.things.values()] == ["black", "red", "blue", ""]


def test_a_mouse_event_says_where_and_on_which_window_and_a_click_comes_before_the_release():
    text = """
from campy.gui.events.mouse import onmousereleased
seen = []
onmousereleased(lambda event: seen.append("released"))
onmouseclicked(lambda event: seen.append(event.window))
while len(seen) < 2:
    pause(10)
assert seen == [window, "released"]
quit()
"""
    running = run(CAMPY + text)
    running.advance(20.0, 20.0, 1.0)
    still(running, 5)
    assert running.frame[STATUS] == OVER, running.sentence


def test_handlers_run_inside_pause_alone_one_of_each_kind():
    running = run(
        CAMPY
        + """
seen = []
onmousemoved(lambda event: seen.append("first"))
onmousemoved(lambda event: seen.append((event.x, event.y)))
onmouseclicked(lambda event: seen.append("click"))
pause(10)
assert seen == [(120, 80)], seen
for _ in range(1000):
    window.get_object_at(5, 5)
assert len(seen) == 1
pause(10)
assert seen == [(120, 80), (130, 80), "click"], seen
window.close()
"""
    )
    running.advance(120.0, 80.0, 0.0)
    running.advance(130.0, 80.0, 1.0)
    assert running.frame[STATUS] == OVER, running.sentence


def test_a_handler_may_play_the_whole_turn_while_others_still_run():
    running = run(
        CAMPY
        + """
places = []
ball = GOval(10, 10)
window.add(ball, 50, 50)
def play(event):
    for _ in range(5):
        ball.move(0, 3)
        pause(10)
    assert places == [100, 101, 102, 103, 104, 105], places
    window.close()
onmousemoved(lambda event: places.append(event.x))
onmouseclicked(play)
"""
    )
    for step in range(6):
        running.advance(100.0 + step, 80.0, float(step == 0))
    assert running.frame[STATUS] == OVER, running.sentence


def test_a_handler_that_is_registered_before_there_is_a_window_is_forgotten():
    text = (
        CAMPY.replace("window = GWindow", "onmousemoved(lambda event: 1 / 0)\nwindow = GWindow")
        + "pause(10)\npause(10)\n"
    )
    running = run(text)
    still(running, 5)
    assert running.frame[STATUS] == OVER, running.sentence


def test_an_exception_in_a_handler_is_told_and_the_program_goes_on():
    running = run(CAMPY + "onmouseclicked(lambda event: 1 / 0)\nwhile True:\n    pause(10)\n")
    running.advance(10.0, 10.0, 1.0)
    running.advance(10.0, 10.0, 0.0)
    assert running.frame[STATUS] == GOES_ON
    assert "ZeroDivisionError" in running.traceback
    assert "campy" not in running.traceback


def test_wait_for_click_waits_for_a_click():
    for library in ("canvas.get_canvas_width()", "canvas.get_object_width('shape_0')", "canvas.get_obj_width"):
        text = f"from graphics import Canvas\ncanvas = Canvas(300, 300)\nwait = lambda: {library}\n"
        running = run(text + "canvas.wait_for_click()\n")
        assert len(still(running, 20)) == 21
        running.advance(50.0, 50.0, 1.0)
        assert running.frame[STATUS] == OVER, running.sentence


def test_a_canvas_is_shared_by_the_frames_of_a_pgl_interval():
    text = """
from pgl import GWindow, GOval
gw = GWindow(300, 300)
ball = GOval(0, 0, 10, 10)
gw.add(ball)
timer = gw.setInterval(lambda: ball.move(1, 2), 20)
gw.addEventListener("click", lambda event: timer.stop())
"""
    running = run(text)
    seen = still(running, 10)
    assert [frame[3] for frame in seen[1:]] == [float(n) for n in range(10)] or seen[-1][3] in (9.0, 10.0)
    running.advance(50.0, 50.0, 1.0)
    at = running.frame[3]
    still(running, 5)
    assert running.frame[3] == at


def test_frames_are_where_the_program_sleeps_not_also_where_it_draws():
    text = (
        TK
        + """
import time
ball = canvas.create_oval(0, 0, 10, 10, fill="black")
canvas.update()
while True:
    canvas.move(ball, 1, 0)
    canvas.update()
    time.sleep(0.01)
"""
    )
    seen = still(run(text), 10)
    assert [frame[3] for frame in seen[1:]] == [float(n) for n in range(1, 11)]


def test_a_program_that_draws_and_never_sleeps_has_a_frame_for_each_drawing():
    text = (
        TK
        + """
ball = canvas.create_oval(0, 0, 10, 10, fill="black")
while True:
    canvas.move(ball, 1, 0)
    canvas.update()
"""
    )
    seen = still(run(text), 10)
    assert [frame[3] for frame in seen] == [float(n) for n in range(1, 12)]


def test_a_loop_that_only_asks_for_clicks_has_frames_all_the_same():
    text = """
from graphics import Canvas
import time
canvas = Canvas(300, 300)
canvas.create_text(10, 10, text="click", color="red")
while not canvas.get_new_mouse_clicks():
    pass
"""
    running = run(text)
    assert len(still(running, 3)) == 4
    running.advance(50.0, 50.0, 1.0)
    still(running, 2)
    assert running.frame[STATUS] == OVER


def test_bricks_that_were_added_are_seen():
    text = CAMPY + "for i in range(20):\n    window.add(GRect(30, 10), i % 10 * 35, 20 + i // 10 * 15)\npause(10)\n"
    assert run(text).frame[BRICKS] == 20


def test_a_module_that_a_library_lacks_is_a_module_that_is_not_there():
    running = run("from campy.graphics.gnothing import GRect\n")
    assert running.frame[STATUS] == CRASHED
    assert "ModuleNotFoundError: No module named 'campy.graphics.gnothing'" in running.sentence


def test_a_program_may_name_its_own_attributes_as_it_likes():
    """Students' classes are often kinds of the library's own."""
    mine = (
        "hit",
        "order",
        "kind",
        "canvas",
        "cells",
        "look",
        "change",
        "items",
        "options",
        "area",
        "last",
        "top",
        "alive",
    )
    names = "".join(f"        self.{name} = None\n" for name in mine)
    campy = CAMPY + f"class Ball(GOval):\n    def __init__(self):\n        super().__init__(20, 20)\n{names}"
    campy += "ball = Ball()\nwindow.add(ball, 50, 50)\nassert window.get_object_at(60, 60) is ball\nball.move(1, 1)\n"
    tk = "import tkinter\nclass Game(tkinter.Canvas):\n    def __init__(self):\n        super().__init__(width=300)\n"
    tk += f"{names}game = Game()\nball = game.create_oval(0, 0, 20, 20, fill='red')\n"
    tk += "game.move(ball, 1, 1)\ngame.update()\n"
    tk += "assert game.find_overlapping(5, 5, 15, 15) == (ball,) and game.winfo_width() > 300\n"
    for text in (campy, tk):
        running = run(text)
        still(running, 3)
        assert running.frame[STATUS] == OVER, running.sentence


def test_a_game_in_a_thread_gets_the_mouse_while_it_sleeps():
    text = (
        TK
        + """
import threading, time
seen = []
def game():
    for _ in range(4):
        time.sleep(0.01)
    assert seen[:3] == [100, 101, 102], seen
    top.destroy()
threading.Thread(target=game, daemon=True).start()
canvas.bind("<Motion>", lambda event: seen.append(event.x))
top.mainloop()
"""
    )
    running = run(text)
    for step in range(8):
        running.advance(100.0 + step, 80.0, 0.0)
    assert running.frame[STATUS] == OVER, running.sentence


MUSIC = """
import threading, time
def music():
    while True:
        time.sleep(1)
threading.Thread(target=music, daemon=True).start()
"""
DRAWN = "ball = canvas.create_oval(0, 0, 10, 10, fill='black')\n"
STEP = "def step():\n    canvas.move(ball, 1, 0)\n    top.after(10, step)\nstep()\ntop.mainloop()\n"
LOOP = "while True:\n    canvas.move(ball, 1, 0)\n    canvas.update()\n    time.sleep(0.01)\n"


@pytest.mark.parametrize(
    ("text", "least"),
    [
        (TK + DRAWN + MUSIC + STEP, 28),
        (TK + DRAWN + MUSIC + LOOP, 18),
        (TK + "import playsound\n" + DRAWN + MUSIC.replace("time.sleep(1)", "playsound.playsound('a.mp3')") + LOOP, 18),
        (
            "from graphics import Canvas\ncanvas = Canvas(300, 300)\n"
            + DRAWN
            + MUSIC
            + LOOP.replace(".update", ".get_width"),
            18,
        ),
        (
            CAMPY
            + "ball = GOval(10, 10)\nwindow.add(ball)\n"
            + MUSIC
            + "while True:\n    ball.move(1, 0)\n    pause(10)\n",
            18,
        ),
    ],
)
def test_a_thread_that_never_ends_and_moves_nothing_does_not_stop_the_game(text, least):
    assert still(run(text), 30)[-1][3] >= least


def test_a_thread_that_nobody_waits_for_runs_at_the_end_unless_it_is_a_daemon():
    for daemon, end in ((False, 5.0), (True, 0.0)):
        running = run(
            f"""
from graphics import Canvas
import threading, time
canvas = Canvas(300, 300)
ball = canvas.create_oval(0, 0, 10, 10)
def game():
    for _ in range(5):
        canvas.move(ball, 1, 0)
        time.sleep(0.01)
threading.Thread(target=game, daemon={daemon}).start()
"""
        )
        still(running, 10)
        assert (running.frame[STATUS], running.frame[3]) == (OVER, end)


def test_a_button_that_is_drawn_is_clicked_after_a_click_beside_it_did_nothing():
    text = (
        CAMPY
        + """
from campy.gui.events.mouse import onmouseclicked
ball, button, caption = GOval(10, 10), GRect(90, 30, x=30, y=200), GLabel("START")
window.add(ball)
window.add(button)
window.add(caption, 40, 225)
def clicked(event):
    if 30 <= event.x <= 120 and 200 <= event.y <= 230:
        ball.move(5, 0)
onmouseclicked(clicked)
while True:
    pause(10)
"""
    )
    running = run(text)
    still(running, 3, x=200.0, y=100.0)
    for clicks in (1, 2):
        running.advance(200.0, 100.0, 1.0)
        still(running, 6, x=200.0, y=100.0)
        assert running.frame[3] == 5 * (clicks - 1)


@pytest.mark.parametrize(
    "way", ["top.bind('<space>', begin)", "tkinter.Button(top, text='Start', command=begin).pack()"]
)
def test_a_player_who_clicks_where_nothing_moves_and_no_click_is_waited_for_begins_otherwise(way):
    text = (
        TK
        + f"""
def begin(event=None):
    canvas.move(ball, 5, 0)
ball = canvas.create_oval(0, 0, 10, 10, fill="black")
{way}
top.mainloop()
"""
    )
    running = run(text)
    still(running, 10)
    running.advance(50.0, 50.0, 1.0)
    running.advance(50.0, 50.0, 1.0)
    still(running, 2)
    assert running.frame[3] == 5.0  # and once it moves, a click is a click


@pytest.mark.parametrize(
    "way",
    [
        "canvas.bind('<Button-1>', lambda event: None)\ntop.bind('<space>', begin)",
        "canvas.bind('<Button-1>', lambda event: None)\ntkinter.Button(top, text='Easy', command=begin).pack()",
        "top.bind('<KeyPress-Return>', begin)",
        "top.bind('<Key>', lambda event: begin() if event.keysym == 'Return' else None)",
        "canvas.create_text(9, 9, text='Press s')\n"
        "top.bind('<Key>', lambda event: begin() if event.char == 's' else None)",
        "label = tkinter.Label(top, text='Click to start')\nlabel.bind('<Button-1>', begin)",
        "canvas.tag_bind(canvas.create_text(9, 9, text='Play'), '<Button-1>', begin)",
        "text = canvas.create_text(9, 9, text='Press space')\n"
        "def blink(state='hidden'):\n"
        "    canvas.itemconfig(text, state=state)\n"
        "    top.after(20, blink, 'normal' if state == 'hidden' else 'hidden')\n"
        "blink()\ntop.bind('<space>', begin)",
    ],
)
def test_who_plays_tries_one_way_to_begin_after_another(way):
    running = run(
        TK
        + f"""
def begin(event=None):
    canvas.move(ball, 5, 0)
ball = canvas.create_oval(0, 0, 10, 10, fill="black")
{way}
top.mainloop()
"""
    )
    for _ in range(2):
        still(running, 10)
        running.advance(50.0, 50.0, 1.0)
    still(running, 2)
    assert running.frame[3] in (5.0, 10.0)


def test_a_button_that_is_gone_is_not_pressed():
    for gone in ("frame.destroy()", "frame.pack_forget()", "button.config(state='disabled')"):
        running = run(
            TK
            + f"""
frame = tkinter.Frame(top)
frame.pack()
button = tkinter.Button(frame, text="Start", command=lambda: canvas.move(ball, 5, 0))
button.pack()
ball = canvas.create_oval(0, 0, 10, 10, fill="black")
{gone}
top.mainloop()
"""
        )
        still(running, 10)
        running.advance(50.0, 50.0, 1.0)
        still(running, 2)
        assert running.frame[3] == 0.0


BRIDGE = "from graphics import Canvas\nimport time\ncanvas = Canvas(300, 300)\ncanvas.set_canvas_title('t')\n"
WEB = "from graphics import Canvas\nimport time\ncanvas = Canvas(300, 300)\n"


@pytest.mark.parametrize(
    ("head", "begun"),
    [
        (BRIDGE, "canvas.get_new_key_presses()"),
        (BRIDGE, "canvas.get_last_key_press() == 'Enter'"),
        (BRIDGE + "typed = []\ncanvas.set_on_key_pressed(typed.append)\n", "' ' in typed and 'space' in typed"),
        (BRIDGE + "canvas.create_button('Start', Canvas.TOP)\n", "canvas.get_new_button_clicks() == ['Start']"),
        (
            BRIDGE
            + "canvas.create_button('Start', Canvas.TOP)\nsaid = []\ncanvas.set_on_button_clicked(said.append)\n",
            "said == ['Start']",
        ),
        (WEB, "canvas.get_last_key_press() == 'Enter'"),
    ],
)
def test_a_canvas_that_is_asked_for_keys_or_buttons_gets_them_where_nothing_moves(head, begun):
    running = run(f"{head}while not ({begun}):\n    canvas.update()\n    time.sleep(0.02)\n")
    for _ in range(2):
        assert running.frame[STATUS] == GOES_ON
        still(running, 10)
        running.advance(50.0, 50.0, 1.0)
    still(running, 3)
    assert running.frame[STATUS] == OVER, running.sentence


@pytest.mark.parametrize("path", ["pgl/breakout.py", "pgl_class/Breakout.py"])
def test_a_pgl_program_is_the_same_game_under_the_names_of_later_editions(path):
    text = (PROGRAMS / path).read_text("utf-8")
    later = re.sub(r"\.([a-z]+(?:[A-Z][a-z]+)+)\(", lambda name: re.sub("([A-Z])", r"_\1", name[0]).lower(), text)
    assert later.count("_at(") == text.count("ElementAt(") > 0
    seen = []
    for each in (text, later):
        running = run(each)
        for x in range(50, 350, 4):
            running.advance(float(x), 300.0, x % 40 == 10)
            seen.append(running.frame.copy())
    np.testing.assert_array_equal(*np.split(np.array(seen), 2))
    assert running.frame[STATUS] == GOES_ON
    assert len(np.unique(np.array(seen)[:, BALL_TOP])) > 40


def test_a_key_of_a_pgl_window_has_its_name_by_either_method():
    running = run(
        """
from pgl import GWindow, GOval
gw = GWindow(300, 300)
ball = GOval(0, 0, 10, 10)
gw.add(ball)
gw.add_event_listener("key", lambda event: ball.move(4, 0) if event.get_key() == event.getKey() == " " else None)
"""
    )
    still(running, 10)
    running.advance(50.0, 50.0, 1.0)
    still(running, 2)
    assert running.frame[BALL_LEFT] == 4.0


def test_all_listeners_of_a_pgl_window_hear_and_keys_are_pressed_where_nothing_moves():
    running = run(
        """
from pgl import GWindow, GOval
gw = GWindow(300, 300)
ball = GOval(0, 0, 10, 10)
gw.add(ball)
gw.addEventListener("click", lambda event: ball.move(1, 0))
gw.addEventListener("click", lambda event: ball.move(2, 0))
gw.addEventListener("key", lambda event: ball.move(4, 0) if event.getKey() == " " else None)
"""
    )
    still(running, 10)
    running.advance(50.0, 50.0, 1.0)
    still(running, 2)
    assert running.frame[3] == 7.0
