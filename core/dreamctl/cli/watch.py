"""`dreamctl watch`: a policy's trial as a picture or a video."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve

from ..errors import UsageError
from .options import FiniteRange, complete_plugin

if TYPE_CHECKING:
    from ..view.trial import Watched

DEFAULT_SPEED = 2.0  # steps a second of what is played turn by turn


@click.command()
@click.option("--plugin", "plugin_name", shell_complete=complete_plugin, help="Its name, or a path ending in .py.")
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option("--run", type=click.Path(path_type=Path), help="The run directory of a trained explorer.")
@click.option(
    "--explorer",
    help="Who plays, if no run does.  [default: the weights that the plugin ships, else its script, else random]",
)
@click.option("--task", "key", metavar="KEY", help="Which task is played.  [default: the seed picks a test task]")
@click.option("--program", type=click.Path(path_type=Path), metavar="FILE", help="A program to play, from a file.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the trial.  [default: the run's, else 0]")
@click.option(
    "--episodes", type=click.IntRange(min=1), default=1, show_default=True, help="Exploration episodes that are shown."
)
@click.option(
    "--episode",
    "first",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="The first that is shown, by the number that a grade prints.",
)
@click.option("--step", type=click.IntRange(min=1), help="Show what is around this step of the episode, and mark it.")
@click.option(
    "--speed", type=FiniteRange(min=0.1), help="Steps, or frames, a second in a video.  [default: the game's own]"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A .png (contact sheet), .html (a page that plays), .gif, or .mp4 (with the package 'av')."
    "  [default: PLUGIN-EXPLORER.png]",
)
@click.option(
    "--chart",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Show many trials in one chart, a .png or .svg: the places that are visited, and what can be known by then.",
)
def command(
    plugin_name: str | None,
    environment: str | None,
    run: Path | None,
    explorer: str | None,
    key: str | None,
    program: Path | None,
    seed: int | None,
    episodes: int,
    first: int,
    step: int | None,
    speed: float | None,
    out: Path | None,
    chart: Path | None,
) -> None:
    """Show how a policy explores a task, and then executes it, as a picture, a video or a page.

    \b
    dreamctl watch --run runs/hallway-dream-0
    dreamctl watch --plugin bounce --program student.json --out student.html
    dreamctl watch --plugin hallway --explorer posterior --out posterior.gif
    dreamctl watch --run runs/mine --program student.json --episode 3 --step 17
    dreamctl watch --run runs/hallway-dream-0 --chart habits.png

    A program is explored exactly as `dreamctl grade` explores it, by the same run or by the weights that the plugin
    ships: the episode and the step that a grade names as evidence can be looked at. What a run's judge believes to be
    wrong, after every step, is drawn beside the game.

    A chart is of 256 trials of the test tasks: how many of them come to each place, how many still go on at each step,
    and how probable the true task is by then, to who remembers everything.
    """  # noqa: D301
    from ..view.save import save
    from ..view.tasks import choose_task
    from ..view.trial import shots

    of_program = program is not None
    if run is None and explorer is None:
        watched = _from_weights(plugin_name, environment, of_program) or _from_plugin(plugin_name, environment, None)
    elif run is None:
        watched = _from_plugin(plugin_name, environment, explorer)
    else:
        for option, value in (("--plugin", plugin_name), ("--environment", environment), ("--explorer", explorer)):
            if value is not None:
                raise UsageError(f"{option} does not go with --run: the run says what was trained.")
        watched = _from_run(run, of_program)
    if chart is not None:
        others: dict[str, object] = {"--task": key, "--program": program, "--out": out, "--step": step}
        for option in (option for option, value in others.items() if value is not None):
            raise UsageError(f"{option} does not go with --chart: a chart is of many trials of the test tasks.")
        _draw_chart(watched if seed is None else evolve(watched, seed=seed), chart)
        return
    seed = seed if seed is not None else watched.seed
    task = choose_task(watched.environment, key, program, seed)
    film = shots(watched, task, seed, episodes, first=first, step=step)
    out = out or Path(f"{watched.plugin}-{watched.explorer.name}.png")
    footage = film[0].footage
    own = footage.pace if footage is not None else watched.environment.steps_per_second
    save(watched.environment, film, out, speed or own or DEFAULT_SPEED)
    click.echo(f"Task '{task.key}', {len(film)} {'moments' if footage is None else 'frames'}:", err=True)
    click.echo(out)


def _draw_chart(watched: Watched, path: Path) -> None:
    from ..view.chart import draw_habits
    from ..view.habits import habits

    if path.suffix not in (".png", ".svg"):
        raise UsageError(f"{path}: a chart's name ends in .png or .svg.")
    found = habits(watched)
    draw_habits(watched.environment, {watched.explorer.name: found}, path)
    click.echo(f"{found['trials']} trials:", err=True)
    click.echo(path)


def _from_run(directory: Path, of_program: bool) -> Watched:
    from ..runs.directory import load_run
    from ..view.trial import Watched

    return Watched.of_run(load_run(directory), of_program)


def _from_weights(plugin_name: str | None, environment_name: str | None, of_program: bool) -> Watched | None:
    """The explorer that `dreamctl grade` grades with, if the plugin ships it."""
    from ..plugins import find_environment, load
    from ..runs.directory import is_run

    if plugin_name is None:
        return None
    weights = find_environment(load(plugin_name), environment_name).weights
    return _from_run(weights, of_program) if weights is not None and is_run(weights) else None


def _from_plugin(plugin_name: str | None, environment_name: str | None, explorer_name: str | None) -> Watched:
    from ..plugins import find_environment, find_explorer, load, scripted
    from ..records import Problem
    from ..runs.build import build_player
    from ..view.trial import Watched

    if plugin_name is None:
        raise UsageError("Name what is watched with --plugin, or a trained explorer with --run.")
    plugin = load(plugin_name)
    environment = find_environment(plugin, environment_name)
    own = scripted(plugin, environment)
    name = explorer_name or (f"{plugin.name}/{own.name}" if own is not None else "random")
    explorer = find_explorer(name, plugin, environment)
    if explorer.learned:
        raise UsageError(f"Explorer '{explorer.name}' has to be trained first; give --run with a run directory of it.")
    player = build_player(explorer, Problem(environment=environment, tasks=environment.tasks()))
    return Watched(plugin=plugin.name, environment=environment, explorer=explorer, player=player)
