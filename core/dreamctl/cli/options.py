"""Options and output that several commands share."""

from __future__ import annotations

import json
from typing import Any

import click
from click.shell_completion import CompletionItem

SCHEMA_VERSION = 1


def _complete_plugin(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from ..plugins import installed

    return [CompletionItem(info.name) for info in installed() if info.name.startswith(incomplete)]


plugin_option = click.option(
    "--plugin", "plugin_name", required=True, shell_complete=_complete_plugin, help="Its name, or a path ending in .py."
)
plugin_argument = click.argument("plugin_name", metavar="NAME", shell_complete=_complete_plugin)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def print_json(document: dict[str, Any]) -> None:
    """One document on standard output, with its `schema_version`."""
    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, **document}, indent=2, allow_nan=False))
