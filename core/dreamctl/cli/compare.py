"""`dreamctl compare`: explorers under the same conditions, in one table."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from ..errors import UsageError
from .options import (
    complete_plugin,
    console,
    json_option,
    numbers_table,
    option_of,
    print_json,
    settings_callback,
)

if TYPE_CHECKING:
    from ..comparing.plan import Plan, Request

STEPS, SEEDS = 1_000_000, 5


@click.command()
@click.option("--plugin", shell_complete=complete_plugin, help="What is played: a plugin's name, or a path to a .py.")
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option("--explorers", metavar="A,B,...", help="Who is compared; title=name where one is there twice.")
@click.option("--seeds", type=click.IntRange(min=1), help=f"Runs of each, seeds 0, 1, ...  [default: {SEEDS}]")
@click.option("--steps", type=click.IntRange(min=1), help=f"Budget of each run in agent steps.  [default: {STEPS:,}]")
@click.option("--out", type=click.Path(path_type=Path), help="The folder of the comparison.  [default: compare/PLUGIN]")
@click.option("--resume", is_flag=True, help="Go on with the comparison in --out.")
@click.option(
    "--set",
    "options",
    multiple=True,
    callback=settings_callback,
    metavar="NAME=VALUE",
    help="A setting: TITLE.NAME of one explorer, NAME of all that have it, classifier.NAME of the judge.",
)
@click.option("--hidden", type=click.IntRange(min=1), help="Size of hidden layers.  [default: the largest of theirs]")
@click.option("--rubric", metavar="NAME|FILE", help="What is judged.  [default: the environment's first rubric]")
@click.option("--classifier", help="Who judges, for rubric answers.  [default: running]")
@click.option("--tasks", metavar="FILE", help="Training tasks.  [default: the environment's own]")
@click.option("--held-out", metavar="FILE", help="Tasks to measure on.  [default: the environment's test tasks]")
@click.option("--trials", type=click.IntRange(min=1), metavar="N", help="Trials of a measurement.  [as `evaluate`]")
@click.option("--replays", type=click.IntRange(min=1), help="Explorations of each task for the judge.  [default: 2]")
@click.option(
    "--shuffled-ids",
    "shuffled",
    metavar="TITLE|none",
    help="Who is trained on random identifiers too, as a control.  [default: the first that learns]",
)
@click.option("--looks", type=click.IntRange(min=1), metavar="N", help="Points of a curve of returns.  [default: 20]")
@click.option("--device", help="cpu, cuda, or auto.  [default: cpu]")
@click.option("--workers", type=click.IntRange(min=0), help="Runs side by side; 0: no processes.  [default: the cores]")
@json_option
def command(
    plugin: str | None,
    explorers: str | None,
    out: Path | None,
    resume: bool,
    options: dict[str, Any],
    workers: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Compare explorers: the same steps, network sizes and seeds for each, beside controls.

    \b
    dreamctl compare --plugin hallway --explorers dream,rl2,posterior --seeds 5 --steps 500000 --out compare/hallway
    dreamctl compare --plugin hallway --explorers dream,rl2,rl2-q=rl2 --set rl2-q.learner=q --out compare/rl2
    dreamctl compare --plugin hallway --explorers dream,free=dream --set free.cost=0 --hidden 64 --out compare/cost
    dreamctl compare --plugin bounce --explorers dream,bounce/scripted --rubric published --seeds 3 --out compare/bounce
    dreamctl compare --resume --out compare/hallway

    Every run is trained in one process and measured in another that loads its checkpoint, on one thread each, as
    `dreamctl train` and `dreamctl evaluate` would. Interrupt it whenever you like, by force too: --resume goes on from
    the last checkpoints and ends in the same figures.

    Into --out go compare.json with every figure, compare.md and compare.html with the table (interquartile means over
    seeds with 95 % bootstrap intervals, the optimum where it can be computed, and controls), and as PNG and SVG:
    curves, the learning curves with bands, and explorations, what each explorer does.
    """  # noqa: D301
    from ..comparing.found import collect
    from ..comparing.report import write_report
    from ..comparing.work import work
    from ..runs.machine import usable_cores
    from ..runs.progress import Progress

    asked = {name: value for name, value in {**given, "options": options}.items() if value not in (None, {})}
    if plugin is None:
        plan, folder = _to_go_on_with(out, resume, explorers, asked)
    else:
        plan, folder = _asked_for(plugin, explorers, out, resume, asked)
    work(plan, folder, usable_cores() if workers is None else workers, Progress(quiet=as_json))
    found = collect(plan, folder, _command(plan.request))
    write_report(found, plan, folder)
    if as_json:
        print_json(found)
        return
    _print_table(found)
    click.echo(f"Curves and explorations: {folder / 'compare.html'}", err=True)


def _to_go_on_with(out: Path | None, resume: bool, explorers: str | None, asked: dict[str, Any]) -> tuple[Plan, Path]:
    """The comparison that is in a folder already."""
    from ..comparing.plan import plan_of, read_request

    if not resume or out is None:
        raise UsageError("Compare on what? Give --plugin and --explorers, or --resume with --out.")
    if explorers or asked:
        option = option_of("explorers" if explorers else min(asked))
        raise UsageError(f"--resume goes on with {out} as it was begun; leave out {option}.")
    return plan_of(read_request(out)), out


def _asked_for(
    plugin: str, explorers: str | None, out: Path | None, resume: bool, asked: dict[str, Any]
) -> tuple[Plan, Path]:
    """A new comparison, or the same one again where it may be gone on with."""
    from ..comparing.plan import REQUEST, Request, begin, plan_of, read_request
    from ..runs.machine import pick_device

    if explorers is None:
        raise UsageError("Compare whom? Name explorers with --explorers, with commas between.")
    folder = out or Path("compare") / Path(plugin).stem
    asked["device"] = pick_device(asked.get("device", "cpu"))
    names = [name.strip() for name in explorers.split(",")]
    found = {"seeds": SEEDS, "steps": STEPS, **{name: _absolute(value) for name, value in asked.items()}}
    request = Request(plugin=_absolute(plugin), explorers=names, **found)
    if not (resume and (folder / REQUEST).exists()):
        return begin(request, folder), folder
    for f in attrs.fields(Request):
        mine, theirs = getattr(request, f.name), getattr(read_request(folder), f.name)
        if mine != theirs:
            raise UsageError(
                f"{folder}: its {option_of(f.name)} is {theirs!r}, and {mine!r} was asked for; --resume goes on with a "
                "comparison as it was begun, so leave the option out, or choose another --out."
            )
    return plan_of(request), folder


def _absolute(value: Any) -> Any:
    """Files are found again from other folders."""
    is_file = isinstance(value, str) and Path(value).suffix and Path(value).exists()
    return str(Path(value).resolve()) if is_file else value


def _command(request: Request) -> str:
    """The command that makes the same comparison."""
    words = ["dreamctl", "compare"]
    for f in attrs.fields(type(request)):
        value = getattr(request, f.name)
        if f.name == "options":
            words += [word for name, each in value.items() for word in ("--set", f"{name}={json.dumps(each)}")]
        elif f.name in ("seeds", "steps") or value != f.default:
            words += [option_of(f.name), ",".join(value) if f.name == "explorers" else str(value)]
    return shlex.join(words)


def _print_table(found: dict[str, Any]) -> None:
    from ..comparing.report import title
    from ..comparing.table import heading, notes, rows

    table = numbers_table(*heading(found))
    before = False
    for row in rows(found):
        if row.control and not before:
            table.add_section()
            table.add_row("controls", style="dim")
        before = row.control
        table.add_row(*row.cells, style="dim" if row.control else None)
    terminal = console()
    with terminal.capture() as said:
        terminal.print(title(found), style="bold", highlight=False)
        terminal.print(table)
        for sentence in notes(found):
            terminal.print(sentence, style="dim", highlight=False)
    for line in said.get().splitlines():
        click.echo(line.rstrip())
