"""Brick breaker: a square ball, bricks in lists, and plain comparisons of boxes."""

import random

import settings
from campy.graphics.gobjects import GLabel, GRect
from campy.graphics.gwindow import GWindow
from campy.gui.events.mouse import onmouseclicked, onmousemoved
from campy.gui.events.timer import pause


def boxes_touch(a, b):
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def make_wall(window):
    wall = []
    step_x = settings.BRICK_WIDTH + settings.GAP
    step_y = settings.BRICK_HEIGHT + settings.GAP
    margin = (window.width - settings.COLUMNS * step_x + settings.GAP) / 2
    for row in range(settings.ROWS):
        for column in range(settings.COLUMNS):
            brick = GRect(settings.BRICK_WIDTH, settings.BRICK_HEIGHT)
            brick.filled = True
            brick.fill_color = settings.COLORS[row * len(settings.COLORS) // settings.ROWS]
            window.add(brick, margin + column * step_x, settings.TOP + row * step_y)
            wall.append(brick)
    return wall


def main():
    window = GWindow(width=settings.WIDTH, height=settings.HEIGHT, title="Bricks")
    back = GRect(settings.WIDTH, settings.HEIGHT)
    back.filled = True
    back.fill_color = "midnightblue"
    window.add(back)
    wall = make_wall(window)
    paddle = GRect(settings.PADDLE_WIDTH, 12)
    paddle.filled = True
    paddle.fill_color = "white"
    window.add(paddle, 0, settings.HEIGHT - 45)
    ball = GRect(settings.BALL_SIZE, settings.BALL_SIZE)
    ball.filled = True
    ball.fill_color = "yellow"
    window.add(ball)
    points = GLabel("0")
    points.color = "white"
    points.font = "-24"
    window.add(points, 8, 32)
    state = {"serve": False, "turns": 3, "hits": 0}

    def move(event):
        left = event.x - settings.PADDLE_WIDTH / 2
        paddle.x = min(max(left, 0), settings.WIDTH - settings.PADDLE_WIDTH)

    def click(event):
        state["serve"] = True

    onmousemoved(move)
    onmouseclicked(click)
    while state["turns"] > 0 and wall:
        ball.x = (settings.WIDTH - settings.BALL_SIZE) / 2
        ball.y = (settings.HEIGHT - settings.BALL_SIZE) / 2
        state["serve"] = False
        while not state["serve"]:
            pause(10)
        vx, vy = random.choice([-1, 1]) * random.uniform(1, 4), 5
        while wall and ball.y < settings.HEIGHT:
            ball.move(vx, vy)
            if ball.x < 0:
                vx = abs(vx)
            if ball.x + ball.width > settings.WIDTH:
                vx = -abs(vx)
            if ball.y < 0:
                vy = abs(vy)
            if boxes_touch(ball, paddle) and vy > 0:
                vy = -vy
            for brick in wall:
                if boxes_touch(ball, brick):
                    window.remove(brick)
                    wall.remove(brick)
                    state["hits"] += 1
                    points.text = str(state["hits"])
                    vy = -vy
                    break
            pause(10)
        if wall:
            state["turns"] -= 1


if __name__ == "__main__":
    main()
