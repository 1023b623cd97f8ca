# File: Breakout.py
"""Breakout with pgl, as a class. The game begins by itself after a moment."""

import random

from pgl import GLabel, GOval, GRect, GWindow

GWINDOW_WIDTH = 400
GWINDOW_HEIGHT = 600
N_ROWS = 10
N_COLS = 10


class Breakout:
    def __init__(self):
        self.gw = GWindow(GWINDOW_WIDTH, GWINDOW_HEIGHT)
        self.lives = 3
        self.left = N_ROWS * N_COLS
        self.vx = 0
        self.vy = 0
        self.score = GLabel("100 bricks left", 10, 25)
        self.gw.add(self.score)
        for i in range(N_ROWS):
            for j in range(N_COLS):
                b = GRect(3.5 + j * 39.5, 60 + i * 14, 37.5, 10)
                b.setFilled(True)
                b.setColor(["Red", "Orange", "Yellow", "Green", "Cyan"][i // 2])
                self.gw.add(b)
        self.paddle = GRect(165, 540, 70, 12)
        self.paddle.setFilled(True)
        self.gw.add(self.paddle)
        self.ball = GOval(190, 290, 20, 20)
        self.ball.setFilled(True)
        self.gw.add(self.ball)
        self.gw.addEventListener("mousemove", self.mouse)
        self.timer = self.gw.setInterval(self.step, 15)
        self.gw.setTimeout(self.serve, 500)

    def mouse(self, e):
        x = e.getX() - 35
        if x < 0:
            x = 0
        elif x > 330:
            x = 330
        self.paddle.setLocation(x, 540)

    def serve(self):
        self.vx = random.uniform(1, 3)
        if random.uniform(0, 1) < 0.5:
            self.vx = -self.vx
        self.vy = 4

    def step(self):
        self.ball.move(self.vx, self.vy)
        x, y = self.ball.getX(), self.ball.getY()
        if x < 0 or x > GWINDOW_WIDTH - 20:
            self.vx = -self.vx
        if y < 0:
            self.vy = -self.vy
        if y > GWINDOW_HEIGHT:
            self.lives -= 1
            self.vx = self.vy = 0
            self.ball.setLocation(190, 290)
            if self.lives > 0:
                self.gw.setTimeout(self.serve, 500)
            else:
                self.timer.stop()
            return
        other = self.find(x, y)
        if other == self.paddle:
            self.vy = -abs(self.vy)
        elif other:
            self.gw.remove(other)
            self.vy = -self.vy
            self.left -= 1
            self.score.setLabel(str(self.left) + " bricks left")
            if self.left == 0:
                self.timer.stop()

    def find(self, x, y):
        for px, py in [(x, y), (x + 20, y), (x, y + 20), (x + 20, y + 20)]:
            obj = self.gw.getElementAt(px, py)
            if obj is not None and obj != self.ball and obj != self.score:
                return obj


if __name__ == "__main__":
    Breakout()
