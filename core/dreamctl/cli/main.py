"""The `dreamctl` command. Its commands' modules are imported only when called, so that help stays instant."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..errors import DreamctlError, UsageError, printable, unknown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {  # name -> one line of help, in the order in which one meets them; module `dreamctl.cli.<name>`
    "plugins": "List what is installed: plugins, and what each provides.",
    "play": "Play a task yourself, in a window.",
    "train": "Train an explorer and a classifier; write a run directory.",
    "evaluate": "Measure a run on held-out tasks, from a fresh process.",
    "compare": "Compare explorers under the same conditions, with intervals and controls.",
    "watch": "Show a policy's episode as a picture or video.",
    "grade": "Play submissions and say what is wrong with each.",
    "bench": "Measure a simulator's steps and frames per second.",
    "rubric": "Write a course's rubric, and check it.",
    "new": "Write a plugin package that already passes its checks.",
    "check": "Check that a plugin keeps the contract.",
    "doctor": "Say what this machine offers.",
    "completion": "Print the script that completes commands in a shell.",
}

EPILOG = """
Results go to standard output, everything else to standard error.

Exit codes: 0 all is well, 1 another failure, 2 wrong usage, 3 a plugin is missing or broken, 4 an input file is
unreadable, 5 a run directory is unusable, 6 student code would run without a sandbox, 7 a check failed,
130 interrupted.
"""


class LazyGroup(click.Group):
    """A group whose commands are modules, imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in COMMANDS:
            raise UsageError(unknown("command", cmd_name, COMMANDS))
        return import_module(f"dreamctl.cli.{cmd_name}").command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="dreamctl")
@click.pass_context
def dreamctl(ctx: click.Context) -> None:
    """Let a machine learn to play interactive programs, find what is wrong with them, and prove it."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line: our own errors are one line and an exit code, bugs keep their traceback."""
    try:
        code = dreamctl.main(prog_name="dreamctl", standalone_mode=False)
    except DreamctlError as error:
        code = _say(str(error), error.exit_code)
    except click.UsageError as error:
        where = f" See '{error.ctx.command_path} --help'." if error.ctx else ""
        code = _say(_closed(error.format_message()) + where, error.exit_code)
    except click.ClickException as error:
        code = _say(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except OSError as error:  # a folder that nobody may write to, a full disk
        if error.filename is None or error.strerror is None:
            raise
        code = _say(f"{error.filename}: cannot be read or written ({error.strerror}).", DreamctlError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _say(sentence: str, code: int) -> int:
    click.echo(f"dreamctl: {printable(' '.join(sentence.split()))}", err=True)
    return code


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
