"""`dreamctl completion`: the script that completes commands, options and plugin names in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes dreamctl's commands, options and plugin names.

    In bash: eval "$(dreamctl completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None
    root = click.get_current_context().find_root().command
    click.echo(kind(root, {}, "dreamctl", "_DREAMCTL_COMPLETE").source())
