"""`dreamctl check`: does a plugin keep the contract?"""

from __future__ import annotations

from collections import Counter

import attrs
import click

from ..errors import CheckFailed
from ..testing.checks import run_checks
from .options import json_option, plugin_argument, print_json


@click.command()
@plugin_argument
@json_option
def command(plugin_name: str, as_json: bool) -> None:
    """Check that the plugin NAME (or a path ending in .py) keeps the contract."""
    results = run_checks(plugin_name)
    counts = Counter(result.status for result in results)
    if as_json:
        totals = {status: counts[status] for status in ("passed", "failed", "not_applicable")}
        print_json({"plugin": plugin_name, **totals, "checks": [attrs.asdict(result) for result in results]})
    else:
        for result in results:
            click.echo(f"{result.status.replace('_', ' '):<14}  {result.name}")
            if result.detail:
                click.echo(f"{'':<14}  {result.detail}")
        click.echo(f"{counts['passed']} passed, {counts['failed']} failed, {counts['not_applicable']} not applicable")
    if counts["failed"]:
        raise CheckFailed(f"{plugin_name} failed {counts['failed']} of {len(results)} checks.")
