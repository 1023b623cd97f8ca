"""`dreamctl rubric`: a course's rubric, to begin from and to check."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import CheckFailed, UsageError
from .options import json_option, plugin_option, print_json


@click.group()
def command() -> None:
    """Write a course's rubric, and check it.

    \b
    dreamctl rubric new --plugin bounce --base published course.toml
    dreamctl rubric check course.toml
    dreamctl grade --plugin bounce class/ --rubric course.toml
    """  # noqa: D301


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@plugin_option
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option("--base", metavar="NAME", help="The rubric to begin from.  [default: the environment's first rubric]")
def new(file: Path, plugin_name: str, environment: str | None, base: str | None) -> None:
    """Write FILE, a rubric to change.

    It is in TOML, begins as one of the plugin's rubrics, and says what may be changed.
    """
    from ..grading.rubrics import written
    from ..plugins import find_environment, find_rubric, load

    if file.suffix != ".toml":
        raise UsageError(f"{file}: a rubric's file ends in .toml, so that other commands know it; name it so.")
    if file.exists():
        raise UsageError(f"{file}: it is there already, and nothing is overwritten; choose another name.")
    plugin = load(plugin_name)
    own = find_rubric(base, plugin, find_environment(plugin, environment))
    file.write_text(written(file.stem, own), encoding="utf-8")
    click.echo(f"{file}: {len(own.items)} items; change it, then: dreamctl rubric check {file}", err=True)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plugin", "plugin_name", help="Whose labels these are.  [default: the plugin that the file names]")
@json_option
def check(file: Path, plugin_name: str | None, as_json: bool) -> None:
    """Say whether the rubric in FILE is sound.

    Its labels, titles, feedback and points are looked at, and which items the shipped weights can judge.
    Exit codes: 0 sound, 7 it has mistakes, 4 it cannot be read as a rubric.
    """
    from ..grading.rubrics import examine, unread
    from ..plugins import find_environment, find_rubric, load
    from ..records import rubric_table

    named = str(rubric_table(file).get("environment", ""))
    owner, _, world = named.rpartition("/")
    if not (plugin_name or named):
        raise UsageError(f"{file}: it names no environment, so say whose rubric it is with --plugin.")
    plugin = load(plugin_name or owner or world)
    environment = find_environment(plugin, world if world in plugin.environments else None)
    found = examine(find_rubric(str(file), plugin, environment), plugin, environment)
    if as_json:
        print_json(found.to_json())
    else:
        items, points = found.rubric.items, sum(item.points for item in found.rubric.items)
        full = found.rubric.full_score
        click.echo(f"{len(items)} items of {points:g} points in all; a program without faults scores {full:g}")
        if found.judged is not None:
            click.echo(f"the shipped weights judge {len(found.judged)} of the items")
        if found.uncovered:
            click.echo(f"no item looks at {len(found.uncovered)} labels: {unread(found.uncovered)}")
        for kind, sentences in (("mistake", found.mistakes), ("note", found.notes)):
            for sentence in sentences:
                click.echo(f"{kind:<8} {sentence}")
    if found.mistakes:
        raise CheckFailed(f"{file}: it has {len(found.mistakes)} mistake{'s' * (len(found.mistakes) > 1)}.")
