"""Code in Place final project: Breakout with lives, a score and a start screen."""

import random
import time

from graphics import Canvas

WIDTH = 400
HEIGHT = 600
BALL_SIZE = 18


def main():
    canvas = Canvas(WIDTH, HEIGHT)
    hello = canvas.create_text(120, 350, text="Click to start", font_size=24, color="black")
    game = {"lives": 3, "score": 0, "bricks": []}
    draw_wall(canvas, game)
    game["paddle"] = canvas.create_rectangle(160, 560, 240, 572, "purple")
    game["score text"] = canvas.create_text(10, 10, text="Score 0", font_size=16)
    canvas.wait_for_click()
    canvas.delete(hello)
    while game["lives"] > 0 and game["bricks"]:
        turn(canvas, game)
    if game["bricks"]:
        canvas.create_text(130, 350, text="GAME OVER", font_size=28, color="red")
    else:
        canvas.create_text(130, 350, text="YOU WON", font_size=28, color="green")


def draw_wall(canvas, game):
    colors = ["red", "orange", "yellow", "green", "cyan"]
    y = 60
    for row in range(10):
        x = 4
        for column in range(10):
            game["bricks"].append(canvas.create_rectangle(x, y, x + 35, y + 10, colors[row // 2]))
            x += 39.67
        y += 14


def turn(canvas, game):
    left = WIDTH / 2 - BALL_SIZE / 2
    top = HEIGHT / 2 - BALL_SIZE / 2
    ball = canvas.create_oval(left, top, left + BALL_SIZE, top + BALL_SIZE, "blue")
    speed = [random.uniform(1.5, 4) * random.choice([-1, 1]), 5]
    while game["bricks"]:
        time.sleep(0.015)
        steer(canvas, game)
        canvas.move(ball, speed[0], speed[1])
        x = canvas.get_left_x(ball)
        y = canvas.get_top_y(ball)
        if x <= 0:
            speed[0] = abs(speed[0])
        elif x >= WIDTH - BALL_SIZE:
            speed[0] = -abs(speed[0])
        if y <= 0:
            speed[1] = abs(speed[1])
        elif y >= HEIGHT - BALL_SIZE:
            game["lives"] -= 1
            break
        hit(canvas, game, ball, x, y, speed)
    canvas.delete(ball)


def steer(canvas, game):
    mouse = canvas.get_mouse_x()
    if mouse < 40:
        mouse = 40
    if mouse > WIDTH - 40:
        mouse = WIDTH - 40
    canvas.moveto(game["paddle"], mouse - 40, 560)


def hit(canvas, game, ball, x, y, speed):
    for thing in canvas.find_overlapping(x, y, x + BALL_SIZE, y + BALL_SIZE):
        if thing == game["paddle"]:
            speed[1] = -abs(speed[1])
            return
        if thing in game["bricks"]:
            game["bricks"].remove(thing)
            canvas.delete(thing)
            game["score"] += 1
            canvas.change_text(game["score text"], "Score " + str(game["score"]))
            speed[1] = -speed[1]
            return


if __name__ == "__main__":
    main()
