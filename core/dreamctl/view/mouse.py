"""The window in which a person plays a game with the mouse, frame by frame, as fast as the program itself wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import define
from PIL import Image

from .. import random
from ..footage import Live
from ..records import Environment, Task
from .window import FAINT, INK, LINE, NEWS, open_window, pygame, write_line, write_moments

SHORTEST = 1 / 250  # seconds of a frame: some programs never wait
PAINTED = 1 / 60  # seconds between pictures at least
SLICE = 0.01  # seconds that are waited at a time, so that a window answers
KEYS = "Mouse: move and click   R: again   N: another task   Esc: quit"
KEPT = 2000  # pictures of a recording, the last ones


@define
class Hand:
    """What the player does: where the mouse is in the window, whether it clicked, and which key was pressed last."""

    x: int = 0
    y: int = 0
    click: bool = False
    key: str = ""

    def look(self, events: Sequence[pygame.event.Event]) -> None:
        """Take in what happened."""
        for event in events:
            if event.type == pygame.QUIT:
                self.key = "escape"
            elif event.type == pygame.KEYDOWN:
                self.key = pygame.key.name(event.key)
            elif event.type == pygame.MOUSEMOTION:
                self.x, self.y = event.pos
            elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
                (self.x, self.y), self.click = event.pos, True


def play_live(
    environment: Environment,
    task: Callable[[int], Task],
    seed: int = 0,
    *,
    speed: float = 1.0,
    frames: int | None = None,
    record: Path | None = None,
) -> str:
    """Open a window and play until it is closed; a sentence about the game as it was then.

    `task(n)` is what is played when another task has been asked for n times. After `frames` it closes by itself, and
    need not be seen. `record`: a file for what the window showed, the last moment as a PNG or the game as a GIF.
    """
    screen, moments, hand = None, list[Image.Image](), Hand()
    again = others = played = 0
    while hand.key != "escape":
        again, others = again + (hand.key in ("r", "n")), others + (hand.key == "n")
        hand.key, hand.click = "", False
        chosen = task(others)
        game = _begin(environment, chosen, seed + again)
        try:
            if screen is None:
                screen = _window(game, environment, seen=frames is None)
                hand.x, hand.y = game.width // 2, LINE + game.height // 2
            for _ in _played(game, hand, screen, speed, chosen.key):
                played += 1
                if record is not None:
                    moments = [*moments[1 - KEPT :], Image.fromarray(pygame.surfarray.array3d(screen).swapaxes(0, 1))]
                if frames is not None and played >= frames:
                    hand.key = "escape"
        finally:
            game.close()
    pygame.display.quit()
    if record is not None:
        write_moments(moments, record, 1 / PAINTED)
    return f"{chosen.key}: {played} frames. {game.message}".strip()


def _begin(environment: Environment, task: Task, seed: int) -> Live:
    assert environment.live is not None
    return environment.live(task.params, random.key(random.key(seed % 2**64, 0), 0))


def _played(game: Live, hand: Hand, screen: pygame.Surface, speed: float, title: str) -> Iterator[None]:
    """Play until a key of the window is pressed; what is shown is shown when this yields."""
    due = shown = time.perf_counter()
    _show(game, screen, title)
    while not hand.key:
        hand.look(pygame.event.get())
        if game.over:
            _show(game, screen, title)
            yield
            time.sleep(SLICE)
            continue
        click, hand.click = hand.click, False
        wait = game.advance(hand.x, hand.y - LINE, click)
        due = max(due + max(wait, SHORTEST) / speed, time.perf_counter() - 1.0)  # what is lost for long, is lost
        if due - shown >= PAINTED or game.over:
            _show(game, screen, title)
            shown = due
        yield
        while not hand.key and (left := due - time.perf_counter()) > 0:
            time.sleep(min(left, SLICE))
            hand.look(pygame.event.get())


def _window(game: Live, environment: Environment, *, seen: bool) -> pygame.Surface:
    return open_window(game.width, lambda: game.height + 3 * LINE, environment.name, seen=seen)


def _show(game: Live, screen: pygame.Surface, title: str) -> None:
    """The task, the game, how it ended, and the keys, from top to bottom."""
    screen.fill((255, 255, 255))
    screen.blit(pygame.surfarray.make_surface(game.picture().swapaxes(0, 1)), (0, LINE))
    write_line(screen, title, 0, INK)
    if game.over:
        said = game.message.strip().splitlines() or ["The game is over."]
        write_line(screen, f"{said[-1]}   R: again", LINE + game.height, NEWS)
    write_line(screen, KEYS, 2 * LINE + game.height, FAINT)
    pygame.display.flip()
