"""Breakout with the Canvas of CS Bridge: the game is a class."""

import random
import time

from graphics import Canvas

CANVAS_WIDTH = 420
CANVAS_HEIGHT = 600
NBRICK_COLUMNS = 10
NBRICK_ROWS = 10
BRICK_SEP = 4
BRICK_WIDTH = (CANVAS_WIDTH - (NBRICK_COLUMNS + 1.0) * BRICK_SEP) // NBRICK_COLUMNS
BRICK_HEIGHT = 8
BRICK_Y_OFFSET = 70
PADDLE_WIDTH = 60
PADDLE_HEIGHT = 10
PADDLE_Y_OFFSET = 30
BALL_RADIUS = 10
VELOCITY_Y = 6.0
VELOCITY_X_MIN = 2.0
VELOCITY_X_MAX = 6.0
DELAY = 1 / 60
NTURNS = 3
COLORS = ["red", "orange", "yellow", "green", "cyan"]


class Breakout:
    def __init__(self):
        self.canvas = Canvas(CANVAS_WIDTH, CANVAS_HEIGHT)
        self.canvas.set_canvas_title("Breakout")
        self.bricks_left = 0
        self.add_bricks()
        self.paddle = self.canvas.create_rectangle(0, self.paddle_y(), PADDLE_WIDTH, self.paddle_y() + PADDLE_HEIGHT)
        self.canvas.set_fill_color(self.paddle, "black")
        self.ball = self.canvas.create_oval(0, 0, 2 * BALL_RADIUS, 2 * BALL_RADIUS)
        self.canvas.set_fill_color(self.ball, "black")
        self.vx = self.vy = 0

    def add_bricks(self):
        used = NBRICK_COLUMNS * BRICK_WIDTH + (NBRICK_COLUMNS - 1) * BRICK_SEP
        left = (self.canvas.get_canvas_width() - used) / 2
        for row in range(NBRICK_ROWS):
            for column in range(NBRICK_COLUMNS):
                x = left + column * (BRICK_WIDTH + BRICK_SEP)
                y = BRICK_Y_OFFSET + row * (BRICK_HEIGHT + BRICK_SEP)
                brick = self.canvas.create_rectangle(x, y, x + BRICK_WIDTH, y + BRICK_HEIGHT)
                self.canvas.set_color(brick, COLORS[row // 2 % len(COLORS)])
                self.bricks_left += 1

    def paddle_y(self):
        return self.canvas.get_canvas_height() - PADDLE_Y_OFFSET - PADDLE_HEIGHT

    def play(self):
        for _ in range(NTURNS):
            self.serve()
            while not self.turn_is_over():
                self.step()
                self.canvas.update()
                time.sleep(DELAY)
            if self.bricks_left == 0:
                break

    def serve(self):
        self.canvas.move_to(
            self.ball,
            self.canvas.get_canvas_width() / 2 - BALL_RADIUS,
            self.canvas.get_canvas_height() / 2 - BALL_RADIUS,
        )
        self.vx = random.uniform(VELOCITY_X_MIN, VELOCITY_X_MAX) * random.choice([1, -1])
        self.vy = VELOCITY_Y

    def turn_is_over(self):
        bottom = self.canvas.get_top_y(self.ball) + self.canvas.get_height(self.ball)
        return self.bricks_left == 0 or bottom >= self.canvas.get_canvas_height()

    def step(self):
        self.move_paddle()
        self.canvas.move(self.ball, self.vx, self.vy)
        self.bounce_off_walls()
        self.bounce_off_things()

    def move_paddle(self):
        if self.canvas.mouse_is_on_canvas():
            x = self.canvas.get_mouse_x() - PADDLE_WIDTH / 2
            x = max(0, min(x, self.canvas.get_canvas_width() - PADDLE_WIDTH))
            self.canvas.move_to(self.paddle, x, self.paddle_y())

    def bounce_off_walls(self):
        x = self.canvas.get_left_x(self.ball)
        if x <= 0:
            self.vx = abs(self.vx)
        if x + self.canvas.get_width(self.ball) >= self.canvas.get_canvas_width():
            self.vx = -abs(self.vx)
        if self.canvas.get_top_y(self.ball) <= 0:
            self.vy = abs(self.vy)

    def bounce_off_things(self):
        x1, y1, x2, y2 = self.canvas.coords(self.ball)
        for thing in self.canvas.find_overlapping(x1, y1, x2, y2):
            if thing == self.ball:
                continue
            if thing == self.paddle:
                self.vy = -abs(self.vy)
            else:
                self.canvas.delete(thing)
                self.bricks_left -= 1
                self.vy = -self.vy
            return


if __name__ == "__main__":
    Breakout().play()
