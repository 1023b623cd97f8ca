"""What people are shown: the agent's view, drawn larger, and beside it a plan of the world."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

from .pictures import COLUMNS, ROWS, Look, picture
from .scene import BLANK, INK, PAINT, PAPER, WORDS
from .world import BARRIER_END, BARRIER_NORTH, BARRIER_SOUTH, BOX, COLOURS, DEPTH, KEY_LENGTH, PLACES, SIGN_Z, WIDTH

LARGER = 6
METRE = 26  # pixels of the plan
MARGIN = 11
GROUND, WALL, AGENT = (232, 226, 213), (120, 108, 92), (47, 111, 237)
SIZE = (int(WIDTH * METRE) + 2 * MARGIN, LARGER * ROWS)


def shown(look: Look) -> NDArray[np.uint8]:
    """uint8 [360, 762, 3]."""
    view = picture(look, LARGER * ROWS, LARGER * COLUMNS)
    return np.ascontiguousarray(np.concatenate([view, plan(look)], 1))


def plan(look: Look) -> NDArray[np.uint8]:
    """The world from above, north up: uint8 [360, 282, 3]. The sign's word is not on it."""
    surface = pygame.Surface(SIZE)
    surface.fill(PAPER)
    pygame.draw.rect(surface, GROUND, _rect(0, 0, WIDTH, DEPTH))
    pygame.draw.rect(surface, WALL, _rect(0, 0, WIDTH, DEPTH).inflate(6, 6), 3)
    pygame.draw.rect(surface, WALL, _rect(BARRIER_END, BARRIER_NORTH, WIDTH, BARRIER_SOUTH))
    if look.word != BLANK:
        half = max(map(len, WORDS)) / 2
        pygame.draw.rect(surface, INK, _rect(WIDTH - 0.15, SIGN_Z - half, WIDTH + 0.1, SIGN_Z + half))
    for number, (x, z) in enumerate(PLACES):
        along = np.array(look.turned[number]) * METRE
        aside = np.array([-along[1], along[0]])
        is_box = number < len(COLOURS)
        length, thickness = (BOX / 2, BOX / 2) if is_box else (KEY_LENGTH / 2, 0.1)
        corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
        middle = np.array(_point(x, z))
        points = [tuple(middle + a * length * along + b * thickness * aside) for a, b in corners]
        paint = PAINT[COLOURS[number % len(COLOURS)]]
        pygame.draw.polygon(surface, paint, points)
        if not is_box:
            pygame.draw.circle(surface, paint, tuple(middle - along * (length - 0.27)), 0.27 * METRE, 4)
    at, ahead = np.array(_point(look.x, look.z)), np.array(look.forward)
    aside = np.array([-ahead[1], ahead[0]])
    for edge in (-1, 1):
        pygame.draw.line(surface, AGENT, tuple(at), tuple(at + 40 * ahead + edge * 31 * aside), 1)
    pygame.draw.circle(surface, AGENT, tuple(at), 8)
    pygame.draw.line(surface, (255, 255, 255), tuple(at), tuple(at + 7 * ahead), 2)
    return np.ascontiguousarray(pygame.surfarray.array3d(surface).swapaxes(0, 1))


def _point(x: float, z: float) -> tuple[float, float]:
    return MARGIN + x * METRE, MARGIN + z * METRE


def _rect(west: float, north: float, east: float, south: float) -> pygame.Rect:
    (left, top), (right, bottom) = _point(west, north), _point(east, south)
    return pygame.Rect(round(left), round(top), round(right - left), round(bottom - top))
