import random
import time

from graphics import Canvas

# no functions needed :)
canvas = Canvas(500, 600)
bricks = []
for i in range(100):
    r = i // 10
    c = i % 10
    bricks.append(
        canvas.create_rectangle(
            c * 50 + 2, r * 15 + 50, c * 50 + 48, r * 15 + 60, ["red", "orange", "yellow", "green", "cyan"][r // 2]
        )
    )
paddle = canvas.create_rectangle(210, 565, 290, 580, "black")
ball = canvas.create_oval(240, 290, 260, 310, "black")
lives = 3
vx = random.uniform(2, 6)
if random.randint(0, 1) == 0:
    vx = -vx
vy = 5
while lives > 0 and len(bricks) > 0:
    canvas.moveto(paddle, min(max(canvas.get_mouse_x() - 40, 0), 420), 565)
    canvas.move(ball, vx, vy)
    bx = canvas.get_left_x(ball)
    by = canvas.get_top_y(ball)
    if (bx < 0 and vx < 0) or (bx > 480 and vx > 0):
        vx = -vx
    if by < 0:
        vy = 5
    if by > 580:
        lives = lives - 1
        canvas.moveto(ball, 240, 290)
        vx = random.uniform(2, 6)
        if random.randint(0, 1) == 0:
            vx = -vx
        vy = 5
        time.sleep(1)
        continue
    for thing in canvas.find_overlapping(bx, by, bx + 20, by + 20):
        if thing == ball:
            continue
        if thing == paddle:
            vy = -5
        else:
            canvas.delete(thing)
            bricks.remove(thing)
            vy = -vy
        break
    time.sleep(0.01)
