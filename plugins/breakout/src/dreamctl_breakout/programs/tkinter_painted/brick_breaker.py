"""Brick breaker on the template. A brick that was hit is painted white and forgotten."""

import random
import time
import tkinter

CANVAS_WIDTH = 600
CANVAS_HEIGHT = 700
PADDLE_WIDTH = 110
BALL_SIZE = 24


def main():
    canvas = make_canvas(CANVAS_WIDTH, CANVAS_HEIGHT, "Brick Breaker")
    wall = {}
    for row in range(10):
        for col in range(10):
            left = 5 + col * 59.5
            top = 60 + row * 17
            color = ["red", "orange", "yellow", "green", "blue"][row // 2]
            brick = canvas.create_rectangle(left, top, left + 54.5, top + 12, fill=color, outline="white")
            wall[brick] = True
    paddle = canvas.create_rectangle(0, 640, PADDLE_WIDTH, 656, fill="black")
    ball = canvas.create_oval(0, 0, BALL_SIZE, BALL_SIZE, fill="gray")
    tries = 3
    while tries > 0 and any(wall.values()):
        middle = CANVAS_WIDTH / 2 - BALL_SIZE / 2, CANVAS_HEIGHT / 2 - BALL_SIZE / 2
        canvas.coords(ball, middle[0], middle[1], middle[0] + BALL_SIZE, middle[1] + BALL_SIZE)
        dx = random.choice((-1, 1)) * random.randint(2, 5)
        dy = 6
        lost = False
        while not lost and any(wall.values()):
            update_paddle(canvas, paddle)
            canvas.move(ball, dx, dy)
            left, top, right, bottom = canvas.coords(ball)
            if left <= 0:
                dx = abs(dx)
            if right >= CANVAS_WIDTH:
                dx = -abs(dx)
            if top <= 0:
                dy = abs(dy)
            lost = bottom >= CANVAS_HEIGHT
            found = canvas.find_overlapping(left, top, right, bottom)
            if paddle in found:
                dy = -abs(dy)
            else:
                for item in found:
                    if wall.get(item):
                        wall[item] = False
                        canvas.itemconfig(item, fill="white")
                        dy = -dy
                        break
            canvas.update()
            time.sleep(1 / 50)
        if lost:
            tries -= 1


def update_paddle(canvas, paddle):
    x = canvas.winfo_pointerx() - canvas.winfo_rootx() - PADDLE_WIDTH / 2
    x = max(0, min(x, CANVAS_WIDTH - PADDLE_WIDTH))
    canvas.moveto(paddle, x, 640)


def make_canvas(width, height, title):
    top = tkinter.Tk()
    top.minsize(width=width, height=height)
    top.title(title)
    canvas = tkinter.Canvas(top, width=width + 1, height=height + 1)
    canvas.pack()
    return canvas


if __name__ == "__main__":
    main()
