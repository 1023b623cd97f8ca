"""The graphics of my extended Breakout: a kicker, control by the paddle's ends, hearts, and a border."""

import random

from campy.graphics.gobjects import GLine, GOval, GRect
from campy.graphics.gwindow import GWindow
from campy.gui.events.mouse import onmouseclicked, onmousemoved


class BreakoutGraphics:
    def __init__(
        self,
        ball_radius=10,
        paddle_width=75,
        paddle_height=15,
        paddle_offset=50,
        brick_rows=10,
        brick_cols=10,
        brick_width=40,
        brick_height=15,
        brick_offset=50,
        brick_spacing=5,
    ):
        width = brick_cols * (brick_width + brick_spacing) - brick_spacing
        height = brick_offset + 3 * (brick_rows * (brick_height + brick_spacing) - brick_spacing)
        self.window = GWindow(width=width, height=height, title="Breakout")
        self.__dx = 0
        self.__dy = 0
        self.hits = 0
        self.hearts = []
        for i in range(3):
            heart = GOval(12, 12, x=10 + 16 * i, y=10)
            heart.filled = True
            heart.fill_color = "hotpink"
            self.window.add(heart)
            self.hearts.append(heart)
        self.window.add(GLine(0, 40, width, 40))
        self.paddle = GRect(paddle_width, paddle_height)
        self.paddle.filled = True
        self.window.add(self.paddle, (width - paddle_width) / 2, height - paddle_offset)
        self.ball = GOval(ball_radius * 2, ball_radius * 2)
        self.ball.filled = True
        self.window.add(self.ball, (width - ball_radius * 2) / 2, (height - ball_radius * 2) / 2)
        self.bricks = 0
        for i in range(brick_rows):
            for j in range(brick_cols):
                brick = GRect(brick_width, brick_height)
                brick.filled = True
                if i < 2:
                    brick.fill_color = "red"
                elif i < 4:
                    brick.fill_color = "orange"
                elif i < 6:
                    brick.fill_color = "yellow"
                elif i < 8:
                    brick.fill_color = "green"
                else:
                    brick.fill_color = "blue"
                self.window.add(
                    brick, j * (brick_width + brick_spacing), brick_offset + i * (brick_height + brick_spacing)
                )
                self.bricks += 1
        onmousemoved(self.move_paddle)
        onmouseclicked(self.start)

    def move_paddle(self, mouse):
        self.paddle.x = mouse.x - self.paddle.width / 2
        if self.paddle.x < 0:
            self.paddle.x = 0
        if self.paddle.x + self.paddle.width > self.window.width:
            self.paddle.x = self.window.width - self.paddle.width

    def start(self, mouse):
        if self.__dx == 0 and self.__dy == 0 and self.hearts:
            self.__dx = random.randint(1, 4)
            self.__dy = 7
            if random.random() > 0.5:
                self.__dx = -self.__dx

    def move_ball(self):
        self.ball.move(self.__dx, self.__dy)
        if self.ball.x <= 0 or self.ball.x + self.ball.width >= self.window.width:
            self.__dx = -self.__dx
        if self.ball.y <= 0:
            self.__dy = -self.__dy

    def is_lost(self):
        return self.ball.y > self.window.height

    def lose(self):
        self.window.remove(self.hearts.pop())
        self.window.remove(self.ball)
        self.window.add(
            self.ball, (self.window.width - self.ball.width) / 2, (self.window.height - self.ball.height) / 2
        )
        self.__dx = self.__dy = 0

    def collide(self):
        for i in range(2):
            for j in range(2):
                obj = self.window.get_object_at(self.ball.x + i * self.ball.width, self.ball.y + j * self.ball.height)
                if obj is self.paddle:
                    if self.__dy > 0:
                        self.__dy = -self.__dy
                        self.kick()
                    return
                if obj is not None and obj is not self.ball and obj not in self.hearts and not isinstance(obj, GLine):
                    self.window.remove(obj)
                    self.bricks -= 1
                    self.__dy = -self.__dy
                    return

    def kick(self):
        self.hits += 1
        if self.hits == 7:
            self.__dx *= 2
        place = (self.ball.x + self.ball.width / 2 - self.paddle.x) / self.paddle.width
        if (place < 0.2 and self.__dx > 0) or (place > 0.8 and self.__dx < 0):
            self.__dx = -self.__dx
