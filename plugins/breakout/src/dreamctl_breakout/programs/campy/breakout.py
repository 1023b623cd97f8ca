"""Breakout with campy: the window is in breakoutgraphics.py, the game is here."""

from breakoutgraphics import BreakoutGraphics
from campy.gui.events.timer import pause

FRAME_RATE = 10
NUM_LIVES = 3


def main():
    graphics = BreakoutGraphics()
    lives = NUM_LIVES
    while lives > 0 and graphics.bricks_left > 0:
        pause(FRAME_RATE)
        graphics.ball.move(graphics.dx, graphics.dy)
        graphics.bounce_off_walls()
        graphics.bounce_off_objects()
        if graphics.ball.y > graphics.window.height:
            lives -= 1
            graphics.reset_ball()


if __name__ == "__main__":
    main()
