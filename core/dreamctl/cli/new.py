"""`dreamctl new`: a plugin package that already passes its checks."""

from __future__ import annotations

from pathlib import Path

import click

from ..template import render


@click.command()
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write.  [default: dreamctl-NAME]")
def command(name: str, out: Path | None) -> None:
    """Write a plugin package that already passes its checks.

    NAME is what --plugin will take: lower-case letters, digits and '_'.
    """
    folder = out or Path(f"dreamctl-{name}")
    for file in render(name, folder):
        click.echo(file)
    click.echo(f"Next: pip install -e {folder} && dreamctl check {name}", err=True)
