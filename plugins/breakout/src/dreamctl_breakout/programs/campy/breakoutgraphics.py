"""The graphics of Breakout: a window with bricks, a paddle and a ball."""

import random

from campy.graphics.gobjects import GOval, GRect
from campy.graphics.gwindow import GWindow
from campy.gui.events.mouse import onmouseclicked, onmousemoved

BRICK_SPACING = 5
BRICK_WIDTH = 40
BRICK_HEIGHT = 15
BRICK_ROWS = 10
BRICK_COLS = 10
BRICK_OFFSET = 50
BALL_RADIUS = 10
PADDLE_WIDTH = 75
PADDLE_HEIGHT = 15
PADDLE_OFFSET = 50
INITIAL_Y_SPEED = 7
MAX_X_SPEED = 5
COLORS = ("red", "orange", "yellow", "green", "blue")


class BreakoutGraphics:
    def __init__(self):
        width = BRICK_COLS * (BRICK_WIDTH + BRICK_SPACING) - BRICK_SPACING
        height = BRICK_OFFSET + 3 * (BRICK_ROWS * (BRICK_HEIGHT + BRICK_SPACING) - BRICK_SPACING)
        self.window = GWindow(width=width, height=height, title="Breakout")
        self.paddle = GRect(PADDLE_WIDTH, PADDLE_HEIGHT)
        self.paddle.filled = True
        self.window.add(self.paddle, (width - PADDLE_WIDTH) / 2, height - PADDLE_OFFSET)
        self.ball = GOval(2 * BALL_RADIUS, 2 * BALL_RADIUS)
        self.ball.filled = True
        self.window.add(self.ball)
        self.reset_ball()
        self.bricks_left = 0
        self.draw_bricks()
        onmousemoved(self.move_paddle)
        onmouseclicked(self.start)

    def draw_bricks(self):
        for row in range(BRICK_ROWS):
            for col in range(BRICK_COLS):
                brick = GRect(BRICK_WIDTH, BRICK_HEIGHT)
                brick.filled = True
                brick.fill_color = brick.color = COLORS[row // 2 % len(COLORS)]
                x = col * (BRICK_WIDTH + BRICK_SPACING)
                y = BRICK_OFFSET + row * (BRICK_HEIGHT + BRICK_SPACING)
                self.window.add(brick, x, y)
                self.bricks_left += 1

    def reset_ball(self):
        self.dx = self.dy = 0
        self.ball.x = self.window.width / 2 - BALL_RADIUS
        self.ball.y = self.window.height / 2 - BALL_RADIUS

    def start(self, event):
        if self.dy == 0 and self.bricks_left > 0:
            self.dx = random.randint(1, MAX_X_SPEED)
            if random.random() > 0.5:
                self.dx = -self.dx
            self.dy = INITIAL_Y_SPEED

    def move_paddle(self, event):
        x = event.x - self.paddle.width / 2
        self.paddle.x = min(max(x, 0), self.window.width - self.paddle.width)

    def bounce_off_walls(self):
        if self.ball.x <= 0:
            self.dx = abs(self.dx)
        elif self.ball.x + self.ball.width >= self.window.width:
            self.dx = -abs(self.dx)
        if self.ball.y <= 0:
            self.dy = abs(self.dy)

    def object_touched(self):
        x, y = self.ball.x, self.ball.y
        size = 2 * BALL_RADIUS
        for corner_x, corner_y in ((x, y), (x + size, y), (x, y + size), (x + size, y + size)):
            touched = self.window.get_object_at(corner_x, corner_y)
            if touched is not None and touched is not self.ball:
                return touched
        return None

    def bounce_off_objects(self):
        touched = self.object_touched()
        if touched is self.paddle:
            self.dy = -abs(self.dy)
        elif touched is not None:
            self.window.remove(touched)
            self.bricks_left -= 1
            self.dy = -self.dy
