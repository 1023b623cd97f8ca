"""Breakout, CS106A: the paddle is drawn anew in each frame, and so is the ball in each turn."""

import math
import random
import time

from graphics import Canvas

WIDTH = 500
HEIGHT = 600
BRICK_W = 45
BRICK_H = 10
GAP = 4
ROWS = 10
COLS = 10
PADDLE_W = 70
PADDLE_Y = 540
R = 10


def main():
    canvas = Canvas(WIDTH, HEIGHT, "Breakout")
    canvas.set_canvas_background_fill("lightyellow")
    left = (WIDTH - (COLS * (BRICK_W + GAP) - GAP)) / 2
    bricks = set()
    for n in range(ROWS * COLS):
        row, col = divmod(n, COLS)
        x = left + col * (BRICK_W + GAP)
        y = 70 + row * (BRICK_H + GAP)
        bricks.add(canvas.create_rectangle(x, y, x + BRICK_W, y + BRICK_H, color_of(row)))
    balls_left = 3
    while balls_left and bricks:
        if not one_ball(canvas, bricks):
            balls_left -= 1
    canvas.mainloop()


def color_of(row):
    return ["red", "orange", "yellow", "green", "cyan"][math.floor(row / 2) % 5]


def one_ball(canvas, bricks):
    ball = canvas.create_oval(WIDTH / 2 - R, HEIGHT / 2 - R, WIDTH / 2 + R, HEIGHT / 2 + R, "navy")
    paddle = canvas.create_rectangle(0, PADDLE_Y, PADDLE_W, PADDLE_Y + 15)
    v_x, v_y = random.uniform(2.0, 6.0), 6
    if random.getrandbits(1):
        v_x = -v_x
    while True:
        x = min(max(canvas.get_mouse_x() - PADDLE_W / 2, 0), WIDTH - PADDLE_W)
        canvas.delete(paddle)
        paddle = canvas.create_rectangle(x, PADDLE_Y, x + PADDLE_W, PADDLE_Y + 15)
        canvas.move(ball, v_x, v_y)
        x1, y1, x2, y2 = canvas.coords(ball)
        if x1 <= 0 or x2 >= WIDTH:
            v_x = abs(v_x) if x1 <= 0 else -abs(v_x)
        if y1 <= 0:
            v_y = abs(v_y)
        touched = [one for one in canvas.find_overlapping(x1, y1, x2, y2) if one != ball]
        if paddle in touched:
            v_y = -abs(v_y)
        elif touched:
            canvas.delete(touched[0])
            bricks.discard(touched[0])
            v_y = -v_y
        canvas.update()
        time.sleep(1 / 120)
        if not bricks or y2 >= HEIGHT:
            canvas.delete(ball)
            canvas.delete(paddle)
            return not bricks


main()
