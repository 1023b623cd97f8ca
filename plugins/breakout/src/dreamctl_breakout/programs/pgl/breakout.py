"""Breakout with the Portable Graphics Library: a timer moves the ball, and events move the paddle."""

import random

from pgl import GOval, GRect, GWindow

GWINDOW_WIDTH = 360
GWINDOW_HEIGHT = 600
N_ROWS = 10
N_COLS = 10
BRICK_ASPECT_RATIO = 4 / 1
BRICK_TO_BALL_RATIO = 3 / 2
BRICK_TO_PADDLE_RATIO = 2 / 3
BRICK_SEP = 2
TOP_FRACTION = 0.1
BOTTOM_FRACTION = 0.05
N_BALLS = 3
TIME_STEP = 10
INITIAL_Y_VELOCITY = 3.0
MIN_X_VELOCITY = 1.0
MAX_X_VELOCITY = 3.0
BRICK_WIDTH = (GWINDOW_WIDTH - (N_COLS + 1) * BRICK_SEP) / N_COLS
BRICK_HEIGHT = BRICK_WIDTH / BRICK_ASPECT_RATIO
PADDLE_WIDTH = BRICK_WIDTH / BRICK_TO_PADDLE_RATIO
PADDLE_HEIGHT = BRICK_HEIGHT / BRICK_TO_PADDLE_RATIO
PADDLE_Y = (1 - BOTTOM_FRACTION) * GWINDOW_HEIGHT - PADDLE_HEIGHT
BALL_SIZE = BRICK_WIDTH / BRICK_TO_BALL_RATIO
COLORS = ["red", "orange", "green", "cyan", "blue"]


def breakout():
    gw = GWindow(GWINDOW_WIDTH, GWINDOW_HEIGHT)
    gw.balls = N_BALLS
    gw.bricks = N_ROWS * N_COLS
    gw.vx = gw.vy = 0

    for row in range(N_ROWS):
        for col in range(N_COLS):
            x = BRICK_SEP + col * (BRICK_WIDTH + BRICK_SEP)
            y = TOP_FRACTION * GWINDOW_HEIGHT + row * (BRICK_HEIGHT + BRICK_SEP)
            brick = GRect(x, y, BRICK_WIDTH, BRICK_HEIGHT)
            brick.setColor(COLORS[row // 2 % len(COLORS)])
            brick.setFilled(True)
            gw.add(brick)

    paddle = GRect((GWINDOW_WIDTH - PADDLE_WIDTH) / 2, PADDLE_Y, PADDLE_WIDTH, PADDLE_HEIGHT)
    paddle.setFilled(True)
    gw.add(paddle)
    ball = GOval(0, 0, BALL_SIZE, BALL_SIZE)
    ball.setFilled(True)
    gw.add(ball)

    def center_ball():
        ball.setLocation((GWINDOW_WIDTH - BALL_SIZE) / 2, (GWINDOW_HEIGHT - BALL_SIZE) / 2)

    def mousemove(e):
        x = e.getX() - PADDLE_WIDTH / 2
        x = min(max(x, 0), GWINDOW_WIDTH - PADDLE_WIDTH)
        paddle.setLocation(x, PADDLE_Y)

    def click(e):
        if gw.vy == 0 and gw.balls > 0 and gw.bricks > 0:
            gw.vy = INITIAL_Y_VELOCITY
            gw.vx = random.uniform(MIN_X_VELOCITY, MAX_X_VELOCITY)
            if random.random() < 0.5:
                gw.vx = -gw.vx

    def get_colliding_object():
        for x in (ball.getX(), ball.getX() + BALL_SIZE):
            for y in (ball.getY(), ball.getY() + BALL_SIZE):
                found = gw.getElementAt(x, y)
                if found is not None:
                    return found
        return None

    def step():
        if gw.vy == 0:
            return
        ball.move(gw.vx, gw.vy)
        if ball.getX() < 0:
            gw.vx = abs(gw.vx)
        elif ball.getX() + BALL_SIZE > GWINDOW_WIDTH:
            gw.vx = -abs(gw.vx)
        if ball.getY() < 0:
            gw.vy = abs(gw.vy)
        elif ball.getY() > GWINDOW_HEIGHT:
            gw.balls -= 1
            gw.vx = gw.vy = 0
            center_ball()
            return
        found = get_colliding_object()
        if found is paddle:
            gw.vy = -abs(gw.vy)
        elif found is not None and found is not ball:
            gw.remove(found)
            gw.bricks -= 1
            gw.vy = -gw.vy
            if gw.bricks == 0:
                gw.vx = gw.vy = 0

    center_ball()
    gw.addEventListener("mousemove", mousemove)
    gw.addEventListener("click", click)
    gw.setInterval(step, TIME_STEP)


if __name__ == "__main__":
    breakout()
