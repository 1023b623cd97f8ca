"""Breakout with tkinter, on the template of Code in Place."""

import random
import time
import tkinter

CANVAS_WIDTH = 600
CANVAS_HEIGHT = 800
PADDLE_Y = CANVAS_HEIGHT - 50
PADDLE_WIDTH = 100
PADDLE_HEIGHT = 16
BALL_SIZE = 30
N_ROWS = 10
N_COLS = 10
SPACING = 5
BRICK_HEIGHT = 10
BRICK_WIDTH = (CANVAS_WIDTH - (N_COLS + 1) * SPACING) / N_COLS
BRICK_TOP = 50
COLORS = ["red", "orange", "yellow", "green", "cyan"]
LIVES = 3


def main():
    canvas = make_canvas(CANVAS_WIDTH, CANVAS_HEIGHT, "Brick Breaker")
    bricks = make_bricks(canvas)
    paddle = canvas.create_rectangle(0, PADDLE_Y, PADDLE_WIDTH, PADDLE_Y + PADDLE_HEIGHT, fill="black")
    lives = LIVES
    while lives > 0 and bricks:
        serve(canvas, paddle, bricks)
        lives -= 1
    canvas.mainloop()


def make_bricks(canvas):
    bricks = set()
    for row in range(N_ROWS):
        for col in range(N_COLS):
            x = SPACING + col * (BRICK_WIDTH + SPACING)
            y = BRICK_TOP + row * (BRICK_HEIGHT + SPACING)
            color = COLORS[(row // 2) % len(COLORS)]
            brick = canvas.create_rectangle(x, y, x + BRICK_WIDTH, y + BRICK_HEIGHT, fill=color, outline=color)
            bricks.add(brick)
    return bricks


def serve(canvas, paddle, bricks):
    x = CANVAS_WIDTH / 2 - BALL_SIZE / 2
    y = CANVAS_HEIGHT / 2 - BALL_SIZE / 2
    ball = canvas.create_oval(x, y, x + BALL_SIZE, y + BALL_SIZE, fill="black")
    change_x = random.choice([-1, 1]) * random.uniform(2, 5)
    change_y = 6
    while bricks:
        canvas.move(ball, change_x, change_y)
        mouse_x = canvas.winfo_pointerx() - canvas.winfo_rootx()
        left = min(max(mouse_x - PADDLE_WIDTH / 2, 0), CANVAS_WIDTH - PADDLE_WIDTH)
        canvas.coords(paddle, left, PADDLE_Y, left + PADDLE_WIDTH, PADDLE_Y + PADDLE_HEIGHT)
        x1, y1, x2, y2 = canvas.coords(ball)
        if x1 < 0:
            change_x = abs(change_x)
        if x2 > CANVAS_WIDTH:
            change_x = -abs(change_x)
        if y1 < 0:
            change_y = abs(change_y)
        if y2 > CANVAS_HEIGHT:
            break
        for thing in canvas.find_overlapping(x1, y1, x2, y2):
            if thing == paddle:
                change_y = -abs(change_y)
                break
            if thing in bricks:
                canvas.delete(thing)
                bricks.remove(thing)
                change_y = -change_y
                break
        canvas.update()
        time.sleep(1 / 60)
    canvas.delete(ball)


def make_canvas(width, height, title):
    top = tkinter.Tk()
    top.minsize(width=width, height=height)
    top.title(title)
    canvas = tkinter.Canvas(top, width=width + 1, height=height + 1)
    canvas.pack()
    return canvas


if __name__ == "__main__":
    main()
