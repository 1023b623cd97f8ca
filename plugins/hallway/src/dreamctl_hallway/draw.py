"""The picture of a hallway, drawn from what the player sees; no window is opened."""

from __future__ import annotations

import colorsys
import os

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

from .env import Layout

PAPER, FLOOR, LINE, INK = (250, 248, 243), (232, 226, 213), (214, 206, 190), (62, 60, 66)
PLAYER, UNREAD = (47, 111, 237), (170, 164, 154)
SMOOTH = 3  # drawn this many times larger and scaled down, which smooths edges


def draw(layout: Layout, observation: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]. The sign shows its symbol only while it is read."""
    way, distance, symbol = (int(value) for value in observation[:3])
    plan = _Plan(layout)
    surface = pygame.Surface(plan.size)
    surface.fill(PAPER)
    pygame.draw.rect(surface, FLOOR, plan.junction())
    _cells(surface, plan, layout.behind, layout.sign)
    for hallway in range(1, layout.hallways + 1):
        _cells(surface, plan, hallway, layout.length)
        _board(surface, plan, plan.beyond(hallway), str(hallway), _colour(layout, hallway))
    if layout.has_sign:
        colour = _colour(layout, symbol) if symbol else UNREAD
        _board(surface, plan, plan.beyond(layout.behind), str(symbol) if symbol else "?", colour)
    if layout.noise:
        _tiles(surface, plan, observation[3:])
    _player(surface, plan, plan.place(way, distance))
    width, height = (side // SMOOTH for side in plan.size)
    small = pygame.transform.smoothscale(surface, (width, height))
    return np.ascontiguousarray(pygame.surfarray.array3d(small).swapaxes(0, 1))


def place(layout: Layout, observations: NDArray[np.uint8]) -> NDArray[np.int64]:
    """[N, 2] where on the picture (x, y) the player of each observation [N, O] is, in pixels."""
    plan = _Plan(layout)
    return np.array([plan.place(int(way), int(distance)) for way, distance in observations[:, :2]], np.int64) // SMOOTH


class _Plan:
    """Where things are: the sign's way on the left, the junction, and the hallways as rows on the right."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.cell = SMOOTH * max(16, min(44, 2 * (192 // layout.hallways)))
        self.line = SMOOTH
        self.left = 2 * self.cell  # room for the sign
        self.top = self.cell // 2
        self.middle = self.top + layout.hallways * self.cell // 2
        wide = self.left + (layout.sign + 1 + layout.length + 2) * self.cell
        high = (layout.hallways + 1 + (layout.noise > 0)) * self.cell
        self.size = tuple(side + -side % (2 * SMOOTH) for side in (wide, high))  # even, as videos want it

    def place(self, way: int, distance: int) -> tuple[int, int]:
        """The centre of a cell."""
        junction = self.left + self.layout.sign * self.cell + self.cell // 2
        if way == 0:
            return junction, self.middle
        if way == self.layout.behind:
            return junction - distance * self.cell, self.middle
        return junction + distance * self.cell, self.top + (way - 1) * self.cell + self.cell // 2

    def beyond(self, way: int) -> tuple[int, int]:
        """The centre of the place just beyond the end of a way, where its board hangs."""
        return self.place(way, (self.layout.sign if way == self.layout.behind else self.layout.length) + 1)

    def junction(self) -> pygame.Rect:
        rect = pygame.Rect(0, 0, self.cell, self.layout.hallways * self.cell)
        rect.center = self.place(0, 0)
        return rect


def _cells(surface: pygame.Surface, plan: _Plan, way: int, length: int) -> None:
    for distance in range(1, length + 1):
        cell = pygame.Rect(0, 0, plan.cell, plan.cell * 13 // 16)
        cell.center = plan.place(way, distance)
        pygame.draw.rect(surface, FLOOR, cell)
        pygame.draw.line(surface, LINE, cell.topleft, cell.bottomleft, plan.line)


def _board(
    surface: pygame.Surface, plan: _Plan, centre: tuple[int, int], text: str, colour: tuple[int, int, int]
) -> None:
    board = pygame.Rect(0, 0, plan.cell * 13 // 16, plan.cell * 13 // 16)
    board.center = centre
    pygame.draw.rect(surface, colour, board, border_radius=plan.cell // 6)
    _write(surface, text, centre, plan.cell * 6 // 10, (255, 255, 255))


def _player(surface: pygame.Surface, plan: _Plan, centre: tuple[int, int]) -> None:
    radius = plan.cell * 3 // 10
    pygame.draw.circle(surface, PLAYER, centre, radius)
    for side in (-1, 1):
        eye = (centre[0] + side * radius // 3, centre[1] - radius // 5)
        pygame.draw.circle(surface, (255, 255, 255), eye, radius // 4)


def _tiles(surface: pygame.Surface, plan: _Plan, tiles: NDArray[np.uint8]) -> None:
    """The noise tiles in a row below the hallways: filled, empty, or out of sight."""
    side = plan.cell // 2
    x, y = plan.place(1, 1)[0], plan.top + plan.layout.hallways * plan.cell + plan.cell * 5 // 8
    _write(surface, "tiles", (x - plan.cell, y), plan.cell * 4 // 10, INK if tiles.any() else UNREAD)
    for number, tile in enumerate(tiles):
        square = pygame.Rect(0, 0, side, side)
        square.center = (x + number * plan.cell * 2 // 3, y)
        if tile == 2:
            pygame.draw.rect(surface, INK, square)
        pygame.draw.rect(surface, INK if tile else LINE, square, plan.line)


def _write(
    surface: pygame.Surface, text: str, centre: tuple[int, int], height: int, colour: tuple[int, int, int]
) -> None:
    if not pygame.font.get_init():
        pygame.font.init()
    picture = pygame.font.Font(None, height * 3 // 2).render(text, True, colour)
    surface.blit(picture, picture.get_rect(center=centre))


def _colour(layout: Layout, hallway: int) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb((hallway - 1) / layout.hallways, 0.45, 0.72)
    return int(red * 255), int(green * 255), int(blue * 255)
