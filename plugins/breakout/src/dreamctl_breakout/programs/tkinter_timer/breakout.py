"""Breakout in tkinter: after() moves the ball, <Motion> the paddle."""

import random
from tkinter import Canvas, Tk

WIDTH, HEIGHT = 500, 650
ROWS, COLS = 10, 10
PADDLE_WIDTH = 84
RADIUS = 11


class Breakout:
    def __init__(self, root):
        self.root = root
        self.canvas = Canvas(root, width=WIDTH, height=HEIGHT, bg="black", highlightthickness=0)
        self.canvas.pack()
        self.canvas.bind("<Motion>", self.on_motion)
        self.canvas.bind("<Button-1>", self.on_click)
        self.paddle = self.canvas.create_rectangle(208, 600, 208 + PADDLE_WIDTH, 614, fill="white")
        self.lives = 3
        self.score = 0
        self.moving = False
        self.text = self.canvas.create_text(60, 20, text="Score: 0", fill="white", font=("Arial", 14))
        self.ball = self.canvas.create_oval(0, 0, 2 * RADIUS, 2 * RADIUS, fill="white", tags="ball")
        self.place_ball()
        width = (WIDTH - 11 * 4) / COLS
        for row in range(ROWS):
            for col in range(COLS):
                x, y = 4 + col * (width + 4), 60 + row * 16
                color = ("red", "orange", "yellow", "green", "cyan")[row // 2 % 5]
                self.canvas.create_rectangle(x, y, x + width, y + 12, fill=color, tags="brick")
        self.tick()

    def place_ball(self):
        x, y = WIDTH / 2 - RADIUS, HEIGHT / 2 - RADIUS
        self.canvas.coords(self.ball, x, y, x + 2 * RADIUS, y + 2 * RADIUS)
        self.moving = False

    def on_motion(self, event):
        x = max(0, min(WIDTH - PADDLE_WIDTH, event.x - PADDLE_WIDTH / 2))
        self.canvas.coords(self.paddle, x, 600, x + PADDLE_WIDTH, 614)

    def on_click(self, event):
        if not self.moving and self.lives > 0:
            self.moving = True
            self.dx = random.choice([-1, 1]) * random.uniform(1, 4)
            self.dy = 5

    def tick(self):
        if self.moving:
            self.step()
        if self.lives > 0 and self.canvas.find_withtag("brick"):
            self.root.after(12, self.tick)

    def step(self):
        self.canvas.move(self.ball, self.dx, self.dy)
        x1, y1, x2, y2 = self.canvas.coords(self.ball)
        if x1 <= 0:
            self.dx = abs(self.dx)
        if x2 >= WIDTH:
            self.dx = -abs(self.dx)
        if y1 <= 0:
            self.dy = abs(self.dy)
        if y2 >= HEIGHT:
            self.lives -= 1
            self.place_ball()
            return
        for item in self.canvas.find_overlapping(x1, y1, x2, y2):
            if item == self.paddle:
                self.dy = -abs(self.dy)
                break
            if "brick" in self.canvas.gettags(item):
                self.canvas.delete(item)
                self.dy = -self.dy
                self.score += 1
                self.canvas.itemconfig(self.text, text=f"Score: {self.score}")
                break


if __name__ == "__main__":
    window = Tk()
    window.title("Breakout")
    Breakout(window)
    window.mainloop()
