"""`dreamctl plugins`: what is installed, broken plugins included."""

from __future__ import annotations

import attrs
import click

from ..plugins import PluginInfo, survey
from .options import json_option, print_json


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE.py]...")
@json_option
def command(files: tuple[str, ...], as_json: bool) -> None:
    """List what is installed: plugins, and what each provides. Plugins of one file are listed if they are named.

    Each plugin is imported on its own; one that cannot be is listed as failed, with the reason.
    """
    found = survey(files)
    if as_json:
        print_json({"plugins": [attrs.asdict(info) for info in found]})
        return
    for info in found:
        release = f"{info.distribution or '-'} {info.version or ''}".strip()
        click.echo(f"{info.name}  {release}  {info.state}")
        for line in _provides(info):
            click.echo(f"  {line}")


def _provides(info: PluginInfo) -> list[str]:
    if info.error:
        return [info.error]
    kinds = ("environments", "rubrics", "explorers", "classifiers")
    return [f"{kind}: {', '.join(getattr(info, kind))}" for kind in kinds if getattr(info, kind)]
