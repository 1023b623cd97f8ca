"""Options and output that several commands share."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

SCHEMA_VERSION = 1


class FiniteRange(click.FloatRange):
    """A range of numbers; click's own lets nan pass, and inf where there is no upper bound."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def complete_plugin(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from ..plugins import installed

    return [CompletionItem(info.name) for info in installed() if info.name.startswith(incomplete)]


def settings_callback(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """`name=value` pairs; a value that reads as JSON is that value, anything else is text."""
    options = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"'{text}' is not of the form name=value.")
        try:
            options[name] = json.loads(value)
        except json.JSONDecodeError:
            options[name] = value
    return options


plugin_option = click.option(
    "--plugin", "plugin_name", required=True, shell_complete=complete_plugin, help="Its name, or a path ending in .py."
)
plugin_argument = click.argument("plugin_name", metavar="NAME", shell_complete=complete_plugin)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def option_of(name: str) -> str:
    """The option that a setting of a run, or a field of a request, is given by."""
    return "--" + {"options": "set", "shuffled": "shuffled-ids"}.get(name, name.replace("_", "-"))


def numbers_table(first: str, *numbers: str) -> Any:
    """A table to be filled by `add_row`: what a row is of, and its numbers."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(first, no_wrap=True, overflow="ellipsis")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True, min_width=min(len(name), 6))
    return table


def console() -> Any:
    """Where tables are printed; a file or a pipe has no width to keep to."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 160)


def print_json(document: dict[str, Any]) -> None:
    """One document on standard output, with its `schema_version`."""
    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, **document}, indent=2, allow_nan=False))
