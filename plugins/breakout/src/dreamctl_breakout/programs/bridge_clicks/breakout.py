"""Breakout for CS Bridge. Each turn begins with a click."""

import random
import time

from graphics import Canvas

CANVAS_WIDTH = 420
CANVAS_HEIGHT = 600
PADDLE_WIDTH = 60
PADDLE_HEIGHT = 10
BALL_RADIUS = 10
NUM_ROWS = 10
NUM_COLS = 10
BRICK_WIDTH = 37
BRICK_HEIGHT = 8
SPACE = 4


def main():
    canvas = Canvas(CANVAS_WIDTH, CANVAS_HEIGHT)
    canvas.set_canvas_title("Breakout!")
    n_bricks = make_bricks(canvas)
    paddle = canvas.create_rectangle(180, 560, 180 + PADDLE_WIDTH, 560 + PADDLE_HEIGHT)
    canvas.set_fill_color(paddle, "black")
    ball = canvas.create_oval(200, 290, 200 + 2 * BALL_RADIUS, 290 + 2 * BALL_RADIUS)
    canvas.set_fill_color(ball, "black")
    canvas.update()
    for life in range(3):
        canvas.move_to(ball, 200, 290)
        wait(canvas, paddle)
        n_bricks = play_one_ball(canvas, ball, paddle, n_bricks)
        if n_bricks == 0:
            break
    canvas.mainloop()


def wait(canvas, paddle):
    canvas.get_new_mouse_clicks()
    while len(canvas.get_new_mouse_clicks()) == 0:
        follow_mouse(canvas, paddle)
        canvas.update()
        time.sleep(1 / 60)


def make_bricks(canvas):
    start = (CANVAS_WIDTH - NUM_COLS * BRICK_WIDTH - (NUM_COLS - 1) * SPACE) / 2
    for i in range(NUM_ROWS):
        if i < 2:
            color = "red"
        elif i < 4:
            color = "orange"
        elif i < 6:
            color = "yellow"
        elif i < 8:
            color = "green"
        else:
            color = "cyan"
        for j in range(NUM_COLS):
            x = start + j * (BRICK_WIDTH + SPACE)
            y = 70 + i * (BRICK_HEIGHT + SPACE)
            brick = canvas.create_rectangle(x, y, x + BRICK_WIDTH, y + BRICK_HEIGHT)
            canvas.set_fill_color(brick, color)
            canvas.set_outline_color(brick, color)
    return NUM_ROWS * NUM_COLS


def play_one_ball(canvas, ball, paddle, n_bricks):
    dx = random.randint(2, 5)
    if random.random() < 0.5:
        dx *= -1
    dy = 6
    while n_bricks > 0:
        follow_mouse(canvas, paddle)
        canvas.move(ball, dx, dy)
        x = canvas.get_left_x(ball)
        y = canvas.get_top_y(ball)
        if x <= 0 or x + canvas.get_width(ball) >= CANVAS_WIDTH:
            dx *= -1
        if y <= 0:
            dy *= -1
        if y + canvas.get_height(ball) >= CANVAS_HEIGHT:
            return n_bricks
        things = canvas.find_overlapping(x, y, x + 2 * BALL_RADIUS, y + 2 * BALL_RADIUS)
        things = [thing for thing in things if thing != ball]
        if len(things) > 0:
            if things[0] == paddle:
                dy = -abs(dy)
            else:
                canvas.delete(things[0])
                n_bricks -= 1
                dy *= -1
        canvas.update()
        time.sleep(1 / 60)
    return 0


def follow_mouse(canvas, paddle):
    x = canvas.get_mouse_x() - PADDLE_WIDTH / 2
    if x < 0:
        x = 0
    if x > CANVAS_WIDTH - PADDLE_WIDTH:
        x = CANVAS_WIDTH - PADDLE_WIDTH
    canvas.move_to(paddle, x, 560)


if __name__ == "__main__":
    main()
