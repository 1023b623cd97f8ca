"""`dreamctl play`: a person plays a task in a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import FiniteRange, plugin_option

if TYPE_CHECKING:
    from ..records import Task


@click.command()
@plugin_option
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option("--task", "key", metavar="KEY", help="Which task is played.  [default: the seed picks a test task]")
@click.option("--program", type=click.Path(path_type=Path), metavar="FILE", help="A program to play, from a file.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the first trial.")
@click.option("--speed", type=FiniteRange(min=0.1, max=20), default=1.0, show_default=True, help="Of real-time games.")
@click.option(
    "--record", type=click.Path(path_type=Path), metavar="FILE", help="Write what the window showed: a .png or .gif."
)
@click.option("--keys", hidden=True, help="Keys to press instead of a person's, with commas between.")
@click.option("--frames", type=click.IntRange(min=1), hidden=True, help="Frames after which a game of the mouse ends.")
def command(
    plugin_name: str,
    environment: str | None,
    key: str | None,
    program: Path | None,
    seed: int,
    speed: float,
    record: Path | None,
    keys: str | None,
    frames: int | None,
) -> None:
    """Play a task yourself, in a window.

    \b
    dreamctl play --plugin hallway
    dreamctl play --plugin bounce --program student.json
    dreamctl play --plugin breakout --program student.py

    Arrow keys, digits and letters are actions; the window says which. A game that is played with the mouse gets the
    mouse and its clicks, frame by frame, at its own speed. R plays again, N takes another task, and Esc quits.
    """  # noqa: D301
    from ..plugins import find_environment, load
    from ..view.tasks import choose_task
    from ..view.window import play

    world = find_environment(load(plugin_name), environment)

    def task(turn: int) -> Task:
        return choose_task(world, key, program, seed + turn)

    if world.live is not None and keys is None:
        from ..view.mouse import play_live

        click.echo(play_live(world, task, seed, speed=speed, frames=frames, record=record))
        return
    session = play(
        world,
        task,
        seed,
        speed=speed,
        keys=keys.split(",") if keys is not None else None,
        record=record,
    )
    click.echo(f"{session.task.key}: {session.title}")
