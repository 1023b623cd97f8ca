"""The extended game."""

from breakoutgraphics_ext import BreakoutGraphics
from campy.gui.events.timer import pause

FRAME_RATE = 1000 / 120
NUM_LIVES = 3


def main():
    graphics = BreakoutGraphics()
    lives = NUM_LIVES
    while lives > 0 and graphics.bricks > 0:
        graphics.move_ball()
        graphics.collide()
        if graphics.is_lost():
            lives -= 1
            graphics.lose()
        pause(FRAME_RATE)


if __name__ == "__main__":
    main()
