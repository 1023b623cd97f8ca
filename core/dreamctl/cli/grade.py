"""`dreamctl grade`: submissions in, grades with evidence out."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import click

from ..errors import UsageError, printable
from .options import FiniteRange, console, json_option, numbers_table, print_json

FEW = 20  # so many programs are printed one by one


@click.command()
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--plugin", "plugin_name", help="Whose programs these are; needed where there is no --run.")
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option(
    "--run",
    "run_directory",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="A run that was trained here.  [default: the weights that the plugin ships]",
)
@click.option("--rubric", metavar="NAME|FILE", help="What counts, and how much.  [default: the run's rubric]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("grades"),
    show_default=True,
    help="Where grades.jsonl, grades.csv and the pages go.",
)
@click.option("--resume", is_flag=True, help="Keep the grades that are in --out, and grade the rest.")
@click.option(
    "--abstain",
    type=FiniteRange(0, 0.5),
    metavar="RISK",
    help="Give no verdict whose probability of being wrong is greater than RISK; 0.5 always gives one."
    "  [default: what keeps 99 % of verdicts right on validation programs]",
)
@click.option(
    "--evidence/--no-evidence", default=True, show_default=True, help="Find the step at which each fault showed."
)
@click.option(
    "--pages/--no-pages",
    default=True,
    show_default=True,
    help="Write a web page for each submission, with replays, and index.html about the class.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes that grade; they change no grade.  [default: one a core, as far as programs are worth it]",
)
@click.option(
    "--run-students-code-without-a-sandbox",
    "unprotected",
    is_flag=True,
    help="Run their programs as ordinary processes, where this machine cannot lock them in: they can then do whatever "
    "you can. It is recorded in every grade.",
)
@click.option("--seed", type=int, help="Seed of the explorations.  [default: the run's]")
@click.option("--device", help="cpu, cuda, or auto.  [default: the run's]")
@json_option
def command(
    submissions: tuple[Path, ...],
    plugin_name: str | None,
    environment: str | None,
    run_directory: Path | None,
    rubric: str | None,
    out: Path,
    resume: bool,
    abstain: float | None,
    evidence: bool,
    pages: bool,
    workers: int | None,
    unprotected: bool,
    seed: int | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Play SUBMISSIONS (files or folders) and say what is wrong with each.

    \b
    dreamctl grade --plugin bounce programs/
    dreamctl grade --run runs/mine class.jsonl --out grades/class --rubric course.toml

    Each grade tells the probability of every fault, and the step at which it showed. A program that cannot be read
    is not gradable, with the reason; an error of ours never becomes a mark.
    """  # noqa: D301
    from ..grading.files import grade_into
    from ..grading.grade import grader, read_submissions
    from ..plugins import find_rubric
    from ..runs.directory import load_run
    from ..runs.machine import on_threads
    from ..runs.progress import Progress
    from ..sandbox import UNPROTECTED

    if unprotected:
        os.environ[UNPROTECTED] = "1"
    run = load_run(_run_directory(plugin_name, environment, run_directory), device=device)
    _same(plugin_name, run.parts.plugin.name)
    wanted = find_rubric(rubric, run.parts.plugin, run.environment) if rubric else None
    with on_threads(run.settings.threads, run.settings.device):
        judged = grader(run, rubric=wanted, abstain=abstain, seed=seed, evidence=evidence)
        found = read_submissions(run, submissions)
        with Progress(quiet=as_json or len(found) <= FEW) as progress:
            rows = grade_into(out, judged, found, resume=resume, progress=progress, pages=pages, workers=workers)
    if as_json:
        print_json({"out": str(out), "statuses": Counter(row["status"] for row in rows), "grades": rows})
    elif len(rows) <= FEW:
        _print_each(rows, judged.rubric)
    else:
        _print_summary(rows, judged.rubric)
    written = "index.html, grades.jsonl and grades.csv" if pages else "grades.jsonl and grades.csv"
    click.echo(f"{out}: {written}, {len(rows):,} programs", err=True)


def _run_directory(plugin: str | None, environment: str | None, run: Path | None) -> Path:
    """The run that is named, else the one inside the plugin."""
    if run is not None:
        return run
    if plugin is None:
        raise UsageError("Graded by what? Give --plugin for the weights that a plugin ships, or --run for your own.")
    from ..plugins import find_environment, load

    world = find_environment(load(plugin), environment)
    if world.answer != "rubric":
        raise UsageError(
            f"{plugin}/{world.name} cannot grade, since it is answered by returns; `dreamctl plugins` says which "
            "plugins have rubrics."
        )
    if world.weights is None:
        raise UsageError(
            f"{plugin}/{world.name} ships no weights; train a run with `dreamctl train --plugin {plugin}`, "
            "then give it with --run."
        )
    return world.weights


def _same(plugin: str | None, of_run: str) -> None:
    if plugin is not None and Path(plugin).stem != of_run:
        raise UsageError(f"The run is for the plugin '{of_run}', not for '{plugin}'; leave --plugin out.")


def _print_each(rows: list[dict[str, Any]], rubric: Any) -> None:
    titles = {item.key: item.called for item in rubric.items}
    for row in rows:
        score = "" if row["score"] is None else f"  {row['score']:g} of {row['max_score']:g} points"
        click.echo(
            f"{printable(str(row['submission']))}  {row['status'].replace('_', ' ')}{score if row['max_score'] else ''}"
        )
        if row["error"]:
            click.echo(f"    {printable(row['error']['sentence'])}")
        for key, item in sorted(row["labels"].items(), key=lambda pair: -pair[1]["probability"]):
            if item["verdict"] != "absent":
                click.echo(f"    {item['probability']:4.0%}  {titles[key]}{_where(item)}")
        if row["status"] == "graded" and all(item["verdict"] == "absent" for item in row["labels"].values()):
            click.echo("    nothing wrong was seen")


def _where(item: dict[str, Any]) -> str:
    if item["verdict"] == "abstained":
        return "  (not sure)"
    place = item["evidence"]
    return f"  (episode {place['episode'] + 1}, step {place['step'] + 1})" if place else ""


def _print_summary(rows: list[dict[str, Any]], rubric: Any) -> None:
    statuses = Counter(row["status"].replace("_", " ") for row in rows)
    click.echo(", ".join(f"{count:,} {status}" for status, count in statuses.items()))
    table = numbers_table("item", "present", "share", "not sure")
    for item in rubric.items:
        verdicts = Counter(row["labels"][item.key]["verdict"] for row in rows if item.key in row["labels"])
        share = verdicts["present"] / max(verdicts.total(), 1)
        table.add_row(item.called, f"{verdicts['present']:,}", f"{share:.1%}", f"{verdicts['abstained']:,}")
    console().print(table)
