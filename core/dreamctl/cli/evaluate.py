"""`dreamctl evaluate`: a run's measures on held-out tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import console, json_option, numbers_table, print_json


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--tasks", metavar="FILE", help="Held-out tasks.  [default: the environment's test tasks]")
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    metavar="N",
    help="Trials in all.  [default: every task once; for returns at least 1,024]",
)
@click.option(
    "--episodes",
    type=click.IntRange(min=1),
    metavar="E",
    help="Exploration episodes of a trial.  [default: the environment's]",
)
@click.option(
    "--rubric", metavar="NAME|FILE", help="Another rubric, made of what the run judges.  [default: the run's rubric]"
)
@click.option("--seed", type=int, help="Seed of the trials.  [default: the run's]")
@click.option("--probabilities", type=click.Path(path_type=Path), metavar="FILE.npz", help="Write every probability.")
@click.option("--returns", type=click.Path(path_type=Path), metavar="FILE.npz", help="Write the return of every trial.")
@click.option("--device", help="cpu, cuda, or auto.  [default: the run's]")
@json_option
def command(
    run: Path,
    tasks: str | None,
    trials: int | None,
    episodes: int | None,
    rubric: str | None,
    seed: int | None,
    probabilities: Path | None,
    returns: Path | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Measure the run in the directory RUN on tasks that it has not seen, beside its controls.

    \b
    dreamctl evaluate runs/hallway-dream-0
    dreamctl evaluate runs/mine --tasks other-programs.jsonl --json
    dreamctl evaluate runs/mine --rubric course.toml

    Nothing but the directory is read, so the figures are those of a fresh process. They are also written to
    evaluation.json in it. With --probabilities, what every figure was computed from is written as NumPy arrays: the
    programs' names and weights, the items, the probability and the truth of each; with --returns, the task and the
    return of every trial.
    """  # noqa: D301
    from ..training.evaluate import evaluate

    document = evaluate(
        run,
        tasks=tasks,
        trials=trials,
        episodes=episodes,
        seed=seed,
        device=device,
        rubric=rubric,
        probabilities=probabilities,
        returns=returns,
    )
    if document["seen_in_training"]:
        click.echo(
            f"Note: {document['seen_in_training']} of these tasks were trained on, so these figures are too good.",
            err=True,
        )
    if as_json:
        print_json(document)
    elif document["answer"] == "return":
        _print_returns(document)
    else:
        _print_rubric(document)


def _print_returns(document: dict[str, Any]) -> None:
    low, high = document["interval"]
    table = numbers_table("player", "mean return", "95 %")
    table.add_row(document["provenance"]["explorer"], _number(document["mean_return"]), f"{low:.3f} to {high:.3f}")
    for name, value in document["controls"].items():
        table.add_row(name, _number(value), "")
    console().print(table)
    click.echo(f"{document['trials']:,} trials of {document['tasks']:,} tasks", err=True)


HEADLINES = ("accuracy", "macro_f1", "micro_f1", "macro_mcc", "exact", "certain", "ece")
COMMON = ("accuracy", "macro_f1", "macro_mcc")
BROKEN = ("accuracy", "balanced_accuracy")
PER_LABEL = {  # measure -> its column's heading
    "prevalence": "share",
    "accuracy": "accu.",
    "precision": "prec.",
    "recall": "recall",
    "f1": "f1",
    "mcc": "mcc",
    "ece": "ece",
}
PER_GROUP = ("accuracy", "micro_f1", "certain", "ece")


def _print_rubric(document: dict[str, Any]) -> None:
    _print_headlines(document)
    surest = ", ".join(f"{_number(each['accuracy'])} of {each['share']:.0%}" for each in document["coverage"])
    click.echo(f"\naccuracy on the surest verdicts: {surest}")
    if document["groups"]:
        click.echo()
        _print_groups(document["groups"])
    click.echo()
    labels = numbers_table("item", *PER_LABEL.values())
    for key, measures in document["labels"].items():
        labels.add_row(key, *(_number(measures[name]) for name in PER_LABEL))
    console().print(labels)
    click.echo(f"{document['programs']:,} programs", err=True)


def _print_headlines(document: dict[str, Any]) -> None:
    reading = [name for name, each in document["controls"].items() if each.get("reads_source")]
    starred = {f"{name} *" if name in reading else name: each for name, each in document["controls"].items()}
    columns = {"by submission": document["by_submission"], **starred}
    table = numbers_table("measure", document["provenance"]["explorer"], "95 %", *columns)

    def row(title: str, name: str, of: str | None = None) -> None:
        own, *others = ((each if of is None else each.get(of, {})) for each in (document, *columns.values()))
        interval = " to ".join(_number(bound) for bound in own.get("intervals", {}).get(name, ()))
        table.add_row(title, _number(own[name]), interval, *(_number(each.get(name)) for each in others))

    for name in HEADLINES:
        row(name, name)
    common = document["common"]["items"]
    for name in COMMON if common < len(document["labels"]) else ():
        row(f"{name}, {common} common items", name, "common")
    for name in BROKEN:
        row(f"broken or not, {name}", name, "broken")
    steps = (each.get("exploration_steps") for each in (document, *columns.values()))
    own, *others = ("-" if value is None else f"{value:.0f}" for value in steps)
    table.add_row("steps a program", own, "", *others)
    console().print(table)
    for name in reading:
        click.echo(f"* {name} reads the program's text, which no player and no other judge may: a control.")


def _print_groups(groups: dict[str, Any]) -> None:
    table = numbers_table("programs by", "programs", *PER_GROUP, *(f"broken, {name}" for name in BROKEN))
    for respect, parts in groups.items():
        for part, each in parts.items():
            own = (_number(each[name]) for name in PER_GROUP)
            broken = (_number(each["broken"][name]) for name in BROKEN)
            table.add_row(f"{respect}: {part}", f"{each['programs']:,}", *own, *broken)
    console().print(table)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
