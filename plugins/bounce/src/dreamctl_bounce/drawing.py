"""The screen, drawn from an observation: so both simulators draw the same, and nothing that a player cannot see."""

from __future__ import annotations

from dreamctl import Box, Digits, Disc, Drawing

from .rules import (
    BALL,
    BALLS,
    BORDER,
    FEATURES,
    GOAL_LEFT,
    GOAL_RIGHT,
    PADDLE_HEIGHT,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCREEN,
)

BACKGROUND, BORDERS, NET = "#18222e", "#c4cad0", "#569468"
PADDLE_COLOUR, BALL_COLOUR, OWN_COLOUR, OPPONENT_COLOUR = "#58a6f0", "#face5a", "#8cdc96", "#f08278"
DOT, EDGE = 6, 24  # pixels: a dot of a digit, and how far the scores, own on the left, are from the edges

DRAWING = Drawing(
    width=SCREEN,
    height=SCREEN,
    background=BACKGROUND,
    columns=FEATURES,
    shapes=(
        Box(x=0, y=0, width=SCREEN, height=BORDER, colour=BORDERS),
        Box(x=0, y=0, width=BORDER, height=SCREEN, colour=BORDERS),
        Box(x=SCREEN - BORDER, y=0, width=BORDER, height=SCREEN, colour=BORDERS),
        Box(x=GOAL_LEFT, y=0, width=GOAL_RIGHT - GOAL_LEFT, height=BORDER, colour=NET),
        Digits(x=EDGE, y=EDGE, value="score_own", dot=DOT, colour=OWN_COLOUR),
        Digits(x=SCREEN - EDGE, y=EDGE, value="score_opponent", dot=DOT, leftwards=1, colour=OPPONENT_COLOUR),
        Box(x="paddle_x", y=PADDLE_TOP, width=PADDLE_WIDTH, height=PADDLE_HEIGHT, colour=PADDLE_COLOUR),
        *(
            Disc(x=f"ball{k}_x", y=f"ball{k}_y", size=BALL, colour=BALL_COLOUR, shown=f"ball{k}_alive")
            for k in range(BALLS)
        ),
    ),
)
draw = DRAWING.picture
