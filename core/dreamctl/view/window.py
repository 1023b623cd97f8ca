"""The window in which a person plays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PIL import Image

from ..errors import UsageError
from ..records import Environment, Task
from .keys import idle_action, key_of_actions, legend
from .session import Session

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

SMALLEST = 480  # pixels: narrower pictures are enlarged
LARGEST = 900  # pixels: pictures are not enlarged beyond this height
LINE = 24  # pixels: the height of a line of text
PAPER, INK, FAINT, NEWS = (255, 255, 255), (45, 48, 54), (120, 126, 135), (20, 100, 190)
REPEAT = 300, 120  # milliseconds until a held key repeats, and between repeats
INVISIBLE = ("dummy", "offscreen")  # what SDL falls back on without a display
COMMANDS = ("escape", "r", "n", "space", "return")  # keys that are not held
NO_KEY = ""  # a moment of a real-time game in which no key is held


def play(
    environment: Environment,
    task: Callable[[int], Task],
    seed: int = 0,
    *,
    speed: float = 1.0,
    keys: Sequence[str] | None = None,
    record: Path | None = None,
) -> Session:
    """Open a window and play until it is closed; returns the session as it was then.

    `task(n)` is what is played when another task has been asked for n times. `keys` are pressed in a person's stead,
    one a step. `record`: a file for what the window showed, the last moment as a PNG or all of them as a GIF.
    Raises `UsageError` where there is no display.
    """
    session = Session(environment, task(0), seed)
    screen = _open(session, seen=keys is None)
    try:
        pressed = _typed(environment, speed) if keys is None else iter(keys)
        moments = _play(session, screen, task, seed, pressed, keep=record is not None)
        if record is not None:
            write_moments(moments, record, speed * (environment.steps_per_second or 2.0))
    finally:
        pygame.display.quit()
        session.close()
    return session


def _play(
    session: Session,
    screen: pygame.Surface,
    task: Callable[[int], Task],
    seed: int,
    pressed: Iterator[str],
    *,
    keep: bool,
) -> list[Image.Image]:
    """Play until escape; returns what was on the screen, if it is to be kept."""
    actions = session.environment.actions
    action_of, idle = key_of_actions(actions), idle_action(actions)
    real_time = session.environment.steps_per_second is not None
    again, others = 0, 0
    moments = []
    _show(session, screen)
    for key in pressed:
        if key == "escape":
            break
        if key in ("r", "n"):
            again, others = again + 1, others + (key == "n")
            session.begin(task(others), seed + again)
        elif session.over:
            if key in ("space", "return"):
                session.go_on()
        elif key in action_of and not (real_time and key in COMMANDS):
            session.step(action_of[key])
        elif real_time and key not in COMMANDS:
            session.step(idle or 0)
        _show(session, screen)
        if keep:
            moments.append(Image.fromarray(pygame.surfarray.array3d(screen).swapaxes(0, 1)))
    return moments


def _typed(environment: Environment, speed: float) -> Iterator[str]:
    """Names of keys: each one that is pressed, or in a real-time game the one that is held at each step."""
    if environment.steps_per_second is None:
        pygame.key.set_repeat(*REPEAT)
        while True:
            yield from _events([pygame.event.wait()])
    clock, held = pygame.time.Clock(), list[str]()
    while True:
        events = pygame.event.get()
        pressed = list(_events(events))
        for event in events:
            if event.type == pygame.KEYDOWN:
                held.append(pygame.key.name(event.key))
            elif event.type == pygame.KEYUP:
                held = [key for key in held if key != pygame.key.name(event.key)]
        yield from (key for key in pressed if key in COMMANDS)
        down = [key for key in (*held, *pressed) if key not in COMMANDS]  # a key that is only tapped counts, too
        yield down[-1] if down else NO_KEY
        clock.tick(environment.steps_per_second * speed)


def _events(events: Sequence[pygame.event.Event]) -> Iterator[str]:
    for event in events:
        if event.type == pygame.QUIT:
            yield "escape"
        elif event.type == pygame.KEYDOWN:
            yield pygame.key.name(event.key)


def _open(session: Session, *, seen: bool) -> pygame.Surface:
    """A window; where it has to be `seen`, one that somebody can see."""
    picture = session.picture()
    height, width = picture.shape[:2]
    scale = max(1, min(round(SMALLEST / width), LARGEST // height))
    # How many lines the keys take is known once there are fonts.
    return open_window(
        width * scale,
        lambda: height * scale + LINE * (2 + len(_legend(session, width * scale))),
        session.environment.name,
        seen=seen,
    )


def open_window(width: int, height: Callable[[], int], name: str, *, seen: bool) -> pygame.Surface:
    """A window of that size; where it has to be `seen`, one that somebody can see, else UsageError."""
    try:
        pygame.display.init()
        pygame.font.init()
        screen = pygame.display.set_mode((width, height()))
    except pygame.error as error:
        raise UsageError(f"No window can be opened ({error}); play on a machine with a display.") from error
    if seen and pygame.display.get_driver() in INVISIBLE:
        raise UsageError("No window can be opened, since there is no display; play on a machine that has one.")
    pygame.display.set_caption(f"dreamctl play: {name}")
    return screen


def _show(session: Session, screen: pygame.Surface) -> None:
    """The title, the picture, what is new, and the keys, from top to bottom."""
    picture = pygame.surfarray.make_surface(session.picture().swapaxes(0, 1))
    width = screen.get_width()
    height = picture.get_height() * width // picture.get_width()
    screen.fill(PAPER)
    screen.blit(pygame.transform.scale(picture, (width, height)), (0, LINE))
    write_line(screen, session.title, 0, INK)
    write_line(screen, session.message, LINE + height, NEWS)
    for i, line in enumerate(_legend(session, width)):
        write_line(screen, line, height + LINE * (2 + i), FAINT)
    pygame.display.flip()


def write_line(screen: pygame.Surface, text: str, top: int, colour: tuple[int, int, int]) -> None:
    picture = _font().render(text, True, colour)
    screen.blit(picture, (6, top + (LINE - picture.get_height()) // 2))


def _legend(session: Session, width: int) -> list[str]:
    """The keys, in lines that fit."""
    lines = [""]
    for part in legend(session.environment.actions):
        longer = f"{lines[-1]}   {part}".strip()
        if _font().size(longer)[0] > width - 12:
            lines.append(part)
        else:
            lines[-1] = longer
    return lines


def _font() -> pygame.font.Font:
    return pygame.font.Font(None, 20)


def write_moments(moments: Sequence[Image.Image], path: Path, per_second: float) -> None:
    if path.suffix not in (".png", ".gif") or not moments:
        raise UsageError(f"{path}: what was played is recorded as .png or .gif, once something was played.")
    if path.suffix == ".png":
        moments[-1].save(path)
    else:
        moments[0].save(path, save_all=True, append_images=moments[1:], duration=round(1000 / per_second), loop=0)
