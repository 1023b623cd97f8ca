"""My break out game. Everything is global, the score is a label, and the ball is put back with add."""

import random

from campy.graphics.gobjects import GLabel, GOval, GRect
from campy.graphics.gwindow import GWindow
from campy.gui.events.mouse import onmouseclicked, onmousemoved
from campy.gui.events.timer import pause

WIDTH = 420
HEIGHT = 620
RADIUS = 9
FRAME_RATE = 1000 / 120
LIVES = 3
N_ROWS = 10
N_COLS = 10

window = GWindow(width=WIDTH, height=HEIGHT, title="Break it!")
ball = GOval(RADIUS * 2, RADIUS * 2)
paddle = GRect(80, 12)
score_label = GLabel("Score: 0")
lives_label = GLabel("Lives: " + str(LIVES))
vx = 0
vy = 0
is_playing = False
score = 0
lives = LIVES


def main():
    global lives, is_playing
    build()
    onmouseclicked(click)
    onmousemoved(slide)
    while True:
        pause(FRAME_RATE)
        if lives == 0 or score == N_ROWS * N_COLS:
            break
        if is_playing:
            ball.move(vx, vy)
            check_walls()
            check_things()
            if ball.y >= window.height:
                lives -= 1
                lives_label.text = "Lives: " + str(lives)
                is_playing = False
                window.add(ball, x=(WIDTH - ball.width) / 2, y=(HEIGHT - ball.height) / 2)
    show_end()


def build():
    colors = ["tomato", "orange", "gold", "lightgreen", "skyblue"]
    for i in range(N_ROWS):
        for j in range(N_COLS):
            brick = GRect(38, 14, x=2 + j * 42, y=60 + i * 18)
            brick.filled = True
            brick.color = "white"
            brick.fill_color = colors[i // 2 % 5]
            window.add(brick)
    paddle.filled = True
    paddle.fill_color = "navy"
    window.add(paddle, (WIDTH - 80) / 2, HEIGHT - 60)
    ball.filled = True
    window.add(ball, x=(WIDTH - ball.width) / 2, y=(HEIGHT - ball.height) / 2)
    score_label.font = "-18-bold"
    lives_label.font = "-18-bold"
    window.add(score_label, 5, HEIGHT - 5)
    window.add(lives_label, WIDTH - 90, HEIGHT - 5)


def click(m):
    global vx, vy, is_playing
    if not is_playing and lives > 0:
        is_playing = True
        vx = random.randint(1, 5)
        vy = 5
        if random.random() > 0.5:
            vx = -vx


def slide(m):
    if m.x < paddle.width / 2:
        paddle.x = 0
    elif m.x > WIDTH - paddle.width / 2:
        paddle.x = WIDTH - paddle.width
    else:
        paddle.x = m.x - paddle.width / 2


def check_walls():
    global vx, vy
    if ball.x <= 0 and vx < 0:
        vx = -vx
    if ball.x + ball.width >= WIDTH and vx > 0:
        vx = -vx
    if ball.y <= 0 and vy < 0:
        vy = -vy


def check_things():
    global vy, score
    for x in (ball.x, ball.x + ball.width):
        for y in (ball.y, ball.y + ball.height):
            obj = window.get_object_at(x, y)
            if obj is None or obj is ball or obj is score_label or obj is lives_label:
                continue
            if obj is paddle:
                if vy > 0:
                    vy = -vy
            else:
                window.remove(obj)
                score += 1
                score_label.text = "Score: " + str(score)
                vy = -vy
            return


def show_end():
    text = GLabel("You win!" if lives > 0 else "Game over")
    text.font = "-40"
    window.add(text, (WIDTH - text.width) / 2, HEIGHT / 2 + 60)


if __name__ == "__main__":
    main()
