"""Breakout. A click plays the whole turn; main only draws and goes home."""

from random import choice, randint

from campy.graphics.gobjects import GOval, GRect
from campy.graphics.gwindow import GWindow
from campy.gui.events.mouse import onmouseclicked, onmousemoved
from campy.gui.events.timer import pause

W, H = 440, 640
SIZE = 20


class Game:
    def __init__(self):
        self.w = GWindow(width=W, height=H, title="breakout")
        self.pad = GRect(70, 14, x=(W - 70) / 2, y=H - 55)
        self.pad.filled = True
        self.w.add(self.pad)
        self.o = GOval(SIZE, SIZE)
        self.o.filled = True
        self.w.add(self.o, (W - SIZE) / 2, (H - SIZE) / 2)
        self.n = 0
        self.turn = 3
        self.busy = False
        for r in range(10):
            for c in range(10):
                b = GRect(40, 12, x=c * 44 + 2, y=r * 16 + 55)
                b.filled = True
                b.color = b.fill_color = ("red", "orange", "yellow", "green", "cyan")[r // 2]
                self.w.add(b)
                self.n += 1
        onmousemoved(self.follow)
        onmouseclicked(self.go)

    def follow(self, e):
        self.pad.x = max(0, min(W - self.pad.width, e.x - self.pad.width / 2))

    def go(self, e):
        if self.busy or self.turn == 0 or self.n == 0:
            return
        self.busy = True
        dx, dy = choice((-1, 1)) * randint(1, 4), 6
        while self.n:
            self.o.move(dx, dy)
            if self.o.x <= 0 or self.o.x + SIZE >= W:
                dx = -dx
            if self.o.y <= 0:
                dy = -dy
            if self.o.y + SIZE >= H:
                self.turn -= 1
                self.o.x, self.o.y = (W - SIZE) / 2, (H - SIZE) / 2
                break
            hit = self.touched()
            if hit is self.pad:
                dy = -abs(dy)
            elif hit:
                self.w.remove(hit)
                self.n -= 1
                dy = -dy
            pause(8)
        self.busy = False

    def touched(self):
        x, y = self.o.x, self.o.y
        a = self.w.get_object_at(x, y)
        b = self.w.get_object_at(x + SIZE, y)
        c = self.w.get_object_at(x, y + SIZE)
        d = self.w.get_object_at(x + SIZE, y + SIZE)
        for one in (a, b, c, d):
            if one is not None and one is not self.o:
                return one


Game()
