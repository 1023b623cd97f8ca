"""One frame of Breakout as numbers: what can be seen on a canvas, whatever runs the game.

A frame is float64 [F], made after each frame boundary of the program. Lengths are in pixels of its canvas, from the top
left corner. What is not there has the box 0, 0, 0, 0.
"""

from __future__ import annotations

FRAME = (
    "width",  # of the canvas
    "height",
    "ball",  # 1 if there is a ball
    "ball left",
    "ball top",
    "ball right",
    "ball bottom",
    "paddle",  # 1 if there is a paddle
    "paddle left",
    "paddle top",
    "paddle right",
    "paddle bottom",
    "bricks",  # on the canvas
    "gone",  # bricks that went in this frame
    "rebuilt",  # bricks that were taken away and put there again in this frame
    "gap",  # the largest distance from a brick that went to the ball, in this frame or the last, whichever was nearer
    "others gone",  # things that went which are neither ball nor brick: a label, the paddle
    "news",  # texts in this frame that are new, or written over with something other than a number
    "number",  # the last number in the text that shows one and changes, -1 if none does
    "mouse x",  # what the player did at the beginning of this frame
    "mouse y",
    "clicked",
    "status",  # GOES_ON, OVER or CRASHED
)
GOES_ON, OVER, CRASHED = 0.0, 1.0, 2.0  # over: the program has come to its end, and no frame will follow
(
    WIDTH, HEIGHT, BALL, BALL_LEFT, BALL_TOP, BALL_RIGHT, BALL_BOTTOM, PADDLE, PADDLE_LEFT, PADDLE_TOP, PADDLE_RIGHT,
    PADDLE_BOTTOM, BRICKS, GONE, REBUILT, GAP, OTHERS_GONE, NEWS, NUMBER, MOUSE_X, MOUSE_Y, CLICKED, STATUS,
) = range(len(FRAME))  # fmt: skip
