"""Breakout on the Canvas of CS106A."""

import random
import time

from graphics import Canvas

CANVAS_WIDTH = 500
CANVAS_HEIGHT = 600
PADDLE_Y = CANVAS_HEIGHT - 30
PADDLE_WIDTH = 80
PADDLE_HEIGHT = 15
BALL_RADIUS = 10
BRICK_GAP = 5
BRICK_WIDTH = (CANVAS_WIDTH - BRICK_GAP * 9) / 10
BRICK_HEIGHT = 10
BRICK_TOP = 60
ROWS = 10
COLUMNS = 10
TURNS = 3
DELAY = 0.01
COLORS = ["red", "orange", "yellow", "green", "cyan"]


def main():
    canvas = Canvas(CANVAS_WIDTH, CANVAS_HEIGHT, "Breakout")
    bricks = draw_bricks(canvas)
    paddle = canvas.create_rectangle(
        CANVAS_WIDTH / 2 - PADDLE_WIDTH / 2,
        PADDLE_Y,
        CANVAS_WIDTH / 2 + PADDLE_WIDTH / 2,
        PADDLE_Y + PADDLE_HEIGHT,
        "black",
    )
    ball = canvas.create_oval(0, 0, 2 * BALL_RADIUS, 2 * BALL_RADIUS, "black")
    turns = TURNS
    while turns > 0 and len(bricks) > 0:
        play_turn(canvas, ball, paddle, bricks)
        turns -= 1


def draw_bricks(canvas):
    bricks = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            x = column * (BRICK_WIDTH + BRICK_GAP)
            y = BRICK_TOP + row * (BRICK_HEIGHT + BRICK_GAP)
            color = COLORS[row // 2 % len(COLORS)]
            bricks.append(canvas.create_rectangle(x, y, x + BRICK_WIDTH, y + BRICK_HEIGHT, color))
    return bricks


def play_turn(canvas, ball, paddle, bricks):
    canvas.moveto(ball, CANVAS_WIDTH / 2 - BALL_RADIUS, CANVAS_HEIGHT / 2 - BALL_RADIUS)
    dx = random.uniform(2, 6)
    if random.random() < 0.5:
        dx = -dx
    dy = 6
    while len(bricks) > 0:
        move_paddle(canvas, paddle)
        canvas.move(ball, dx, dy)
        x = canvas.get_left_x(ball)
        y = canvas.get_top_y(ball)
        if x < 0:
            dx = abs(dx)
        if x + 2 * BALL_RADIUS > CANVAS_WIDTH:
            dx = -abs(dx)
        if y < 0:
            dy = abs(dy)
        if y + 2 * BALL_RADIUS > CANVAS_HEIGHT:
            return
        hit = first_hit(canvas, ball, x, y)
        if hit == paddle:
            dy = -abs(dy)
        elif hit in bricks:
            canvas.delete(hit)
            bricks.remove(hit)
            dy = -dy
        canvas.update()
        time.sleep(DELAY)


def move_paddle(canvas, paddle):
    x = canvas.get_mouse_x() - PADDLE_WIDTH / 2
    x = max(0, min(x, CANVAS_WIDTH - PADDLE_WIDTH))
    canvas.moveto(paddle, x, PADDLE_Y)


def first_hit(canvas, ball, x, y):
    for found in canvas.find_overlapping(x, y, x + 2 * BALL_RADIUS, y + 2 * BALL_RADIUS):
        if found != ball:
            return found
    return None


if __name__ == "__main__":
    main()
