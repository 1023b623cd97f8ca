"""The screen, drawn from an observation: so both simulators draw the same, and nothing that a player cannot see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .rules import (
    BALL,
    BALLS,
    BALLS_AT,
    BORDER,
    FIELDS,
    GOAL_LEFT,
    GOAL_RIGHT,
    PADDLE_HEIGHT,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCREEN,
)

BACKGROUND, BORDERS, NET = (24, 34, 46), (196, 202, 208), (86, 148, 104)
PADDLE_COLOUR, BALL_COLOUR, OWN_COLOUR, OPPONENT_COLOUR = (
    (88, 166, 240),
    (250, 206, 90),
    (140, 220, 150),
    (240, 130, 120),
)

# Five rows of three dots for each digit.
DIGITS = (
    ("###", "# #", "# #", "# #", "###"),
    (" # ", "## ", " # ", " # ", "###"),
    ("###", "  #", "###", "#  ", "###"),
    ("###", "  #", "###", "  #", "###"),
    ("# #", "# #", "###", "  #", "  #"),
    ("###", "#  ", "###", "  #", "###"),
    ("###", "#  ", "###", "# #", "###"),
    ("###", "  #", "  #", "  #", "  #"),
    ("###", "# #", "###", "# #", "###"),
    ("###", "# #", "###", "  #", "###"),
)
DOT = 6  # pixels


def draw(observation: NDArray[np.int16]) -> NDArray[np.uint8]:
    """The screen as it stands after an observation: uint8 [400, 400, 3]; own score on the left."""
    screen = np.full((SCREEN, SCREEN, 3), BACKGROUND, np.uint8)
    _box(screen, 0, 0, SCREEN, BORDER, BORDERS)
    _box(screen, 0, 0, BORDER, SCREEN, BORDERS)
    _box(screen, SCREEN - BORDER, 0, BORDER, SCREEN, BORDERS)
    _box(screen, GOAL_LEFT, 0, GOAL_RIGHT - GOAL_LEFT, BORDER, NET)
    paddle_x, own, opponent = (int(value) for value in observation[:3])
    _number(screen, own, 24, OWN_COLOUR)
    _number(screen, opponent, SCREEN - 24 - _width(opponent), OPPONENT_COLOUR)
    _box(screen, paddle_x, PADDLE_TOP, PADDLE_WIDTH, PADDLE_HEIGHT, PADDLE_COLOUR)
    for alive, x, y, *_ in observation[BALLS_AT : BALLS_AT + FIELDS * BALLS].reshape(BALLS, FIELDS).tolist():
        if alive:
            _disc(screen, x, y)
    return screen


def _box(screen: NDArray[np.uint8], x: int, y: int, width: int, height: int, colour: tuple[int, int, int]) -> None:
    screen[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = colour


def _disc(screen: NDArray[np.uint8], x: int, y: int) -> None:
    rows, columns = np.ogrid[:SCREEN, :SCREEN]
    centre_x, centre_y = x + (BALL - 1) / 2, y + (BALL - 1) / 2
    screen[(columns - centre_x) ** 2 + (rows - centre_y) ** 2 <= (BALL / 2) ** 2] = BALL_COLOUR


def _width(number: int) -> int:
    return 4 * DOT * len(str(number)) - DOT


def _number(screen: NDArray[np.uint8], number: int, x: int, colour: tuple[int, int, int]) -> None:
    for digit in str(number):
        for row, dots in enumerate(DIGITS[int(digit)]):
            for column, dot in enumerate(dots):
                if dot == "#":
                    _box(screen, x + DOT * column, 24 + DOT * row, DOT, DOT, colour)
        x += 4 * DOT
