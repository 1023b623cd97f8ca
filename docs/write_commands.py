"""Writes `commands.md`: what `dreamctl COMMAND --help` prints, for every command. A test compares the two.

python docs/write_commands.py
"""

from __future__ import annotations

from pathlib import Path

import click

from dreamctl.cli.main import COMMANDS, dreamctl

WIDTH = 100
PAGE = Path(__file__).parent / "commands.md"
HEAD = """\
# Commands

What each command prints with `--help`.
Results go to standard output, everything else to standard error.
Exit codes are explained [with grading](grading.md#exit-codes).

This page is written by `python docs/write_commands.py`.
"""
TAIL = """
Where to go next: [the tutorial](tutorial.md), which uses most of them.
"""


def page() -> str:
    """The text of `commands.md`."""
    sections = [section("dreamctl", ["dreamctl"])]
    for name in COMMANDS:
        words = [["dreamctl", name], *(["dreamctl", name, part] for part in parts(name))]
        sections += [section(" ".join(each), each) for each in words]
    return "\n".join([HEAD, *sections]) + TAIL


def parts(name: str) -> list[str]:
    """The commands of a command that has some."""
    command = dreamctl.get_command(click.Context(dreamctl), name)
    return list(command.commands) if isinstance(command, click.Group) else []


def section(title: str, words: list[str]) -> str:
    """One command, as it would be typed, and its help."""
    return f"## {title}\n\n```console\n$ {' '.join(words)} --help\n{help_of(words)}\n```\n"


def help_of(words: list[str]) -> str:
    """The help of a command, at a width that does not depend on a terminal."""
    width = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(dreamctl, info_name="dreamctl", **dreamctl.context_settings, **width)
    if len(words) == 1:
        return dreamctl.get_help(context)
    command: click.Command = dreamctl
    for word in words[1:]:
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None
        command, context = found, click.Context(found, parent=context, info_name=word, **width)
    return command.get_help(context)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
