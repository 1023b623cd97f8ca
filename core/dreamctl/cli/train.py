"""`dreamctl train`: from a plugin to a run directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import UsageError
from .options import FiniteRange, json_option, option_of, print_json, settings_callback

STEPS = 1_000_000


@click.command()
@click.option("--plugin", "plugin_name", help="What to train on: a plugin's name, or a path ending in .py.")
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option("--explorer", help="Who plays.  [default: dream]")
@click.option("--classifier", help="Who judges, for rubric answers.  [default: running]")
@click.option("--rubric", metavar="NAME|FILE", help="What is judged.  [default: the environment's first rubric]")
@click.option("--tasks", metavar="FILE", help="Training tasks.  [default: the environment's own]")
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    help=f"Budget in agent steps.  [default: what the environment says, or {STEPS:,}]",
)
@click.option("--minutes", type=FiniteRange(min=0, min_open=True), help="Budget in minutes of learning to explore.")
@click.option("--seed", type=int, help="Where all randomness comes from.  [default: 0]")
@click.option("--out", type=click.Path(path_type=Path), help="The run directory.  [default: runs/PLUGIN-EXPLORER-SEED]")
@click.option("--resume", is_flag=True, help="Continue the run in --out, from its last checkpoint.")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Repeat the run of a settings.toml.")
@click.option("--batch", type=click.IntRange(min=1), help="Rows that learn side by side.  [default: the explorer's]")
@click.option("--replays", type=click.IntRange(min=1), help="Explorations of each task for the judge.  [default: 2]")
@click.option("--controls/--no-controls", default=None, help="Fit judges on scripted players too.  [default: controls]")
@click.option(
    "--shuffle-identifiers",
    is_flag=True,
    default=None,
    help="A control: tasks are named at random while training.",
)
@click.option("--threads", type=click.IntRange(min=1), help="Processor threads.  [default: 1]")
@click.option("--device", help="cpu, cuda, or auto.  [default: auto]")
@click.option(
    "--set",
    "options",
    multiple=True,
    callback=settings_callback,
    metavar="NAME=VALUE",
    help="A setting of the explorer, or with classifier.NAME of the classifier; may be given repeatedly.",
)
@click.option(
    "--checkpoint-seconds",
    type=FiniteRange(min=0),
    default=30.0,
    show_default=True,
    help="How often the state is saved.",
)
@json_option
def command(
    plugin_name: str | None,
    out: Path | None,
    resume: bool,
    settings_file: Path | None,
    checkpoint_seconds: float,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Train an explorer, then a judge on what it explores, and write a run directory.

    \b
    dreamctl train --plugin hallway --minutes 1
    dreamctl train --plugin bounce --tasks programs.jsonl --steps 5000000 --out runs/mine
    dreamctl train --resume --out runs/mine

    The same settings and seed give the same run, on one thread with the budget in steps; --resume continues one that
    was interrupted and ends where it would have ended. A run directory is never overwritten.
    """  # noqa: D301
    from ..runs.progress import Progress
    from ..training.train import train

    if resume and out is None and plugin_name is None:
        raise UsageError("--resume needs to know what to continue; give the run directory with --out RUN.")
    settings, directory = _settings(plugin_name, out, resume, settings_file, chosen)
    summary = train(
        settings, directory, resume=resume, checkpoint_seconds=checkpoint_seconds, progress=Progress(quiet=as_json)
    )
    if as_json:
        print_json(
            {
                "run": str(summary.directory),
                "steps": summary.steps,
                "seconds": round(summary.seconds, 3),
                "measures": dict(summary.measures),
            }
        )
        return
    click.echo(f"{summary.directory}: {summary.steps:,} steps in {summary.seconds:,.0f} s")
    click.echo(f"Measure it on held-out tasks with: dreamctl evaluate {summary.directory}", err=True)


def _settings(
    plugin: str | None, out: Path | None, resume: bool, settings_file: Path | None, chosen: dict[str, Any]
) -> tuple[Any, Path]:
    """The settings to train with and where: resolved from the options, from a file, or from the run to resume."""
    import attrs

    from ..runs.build import choose
    from ..runs.directory import is_run, read_settings
    from ..runs.machine import pick_device
    from ..runs.settings import Settings
    from ..training.train import agree, steps_for

    given = {name: value for name, value in chosen.items() if value not in (None, {})}
    if given.get("steps") and given.get("minutes"):
        raise UsageError("--steps and --minutes are two ways to give one budget; give one of them.")
    if settings_file is not None:
        if plugin is not None or given:
            raise UsageError("--settings decides everything but --out; leave the other options out.")
        settings = Settings.from_toml(settings_file)
    elif plugin is None:
        if not resume:
            raise UsageError("Which plugin? Give one with --plugin; `dreamctl plugins` lists what is installed.")
        assert out is not None
        stored = read_settings(out)
        if given:
            raise UsageError(f"--resume continues {out} as it was begun; leave out {option_of(min(given))}.")
        return stored, out
    else:
        given["device"] = pick_device(given.get("device", "auto"))
        settings = choose(plugin, **given)
    directory = out or _default_out(settings)
    if resume and is_run(directory):
        return agree(settings, directory), directory
    if settings.minutes is not None and settings_file is None:
        settings = attrs.evolve(settings, steps=steps_for(settings, settings.minutes))
    return settings, directory


def _default_out(settings: Any) -> Path:
    name = Path(settings.plugin).stem
    return Path("runs") / f"{name}-{settings.explorer.replace('/', '-')}-{settings.seed}"
