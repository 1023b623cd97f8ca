"""The files that a comparison ends in: `compare.json`, the same as pages, and pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..replay import html
from ..runs.build import find
from ..runs.checkpoint import replace
from ..runs.directory import write_json
from .found import COMPARED
from .pictures import draw_doings, draw_learning
from .plan import Plan
from .table import heading, notes, rows

MARKDOWN, PAGE = "compare.md", "compare.html"
LEARNING, DOINGS = "curves", "explorations"  # pictures, as PNG and SVG
CAPTIONS = {
    LEARNING: "Learning: interquartile means over seeds, and their 95 % intervals.",
    DOINGS: (
        "Exploring, of the seed in the middle. Above, how many trials come to each place; below, how many still go on, "
        "and how probable the truth is by then, with the quartiles over trials; last, one trial's belief in each task, "
        "of which the true one is outlined."
    ),
}
Document = Mapping[str, Any]


def write_report(found: Document, plan: Plan, out: Path) -> None:
    """All files but those of the runs, each written whole or not at all."""
    environment = find(plan.contestants[0].settings).environment
    write_json(out / COMPARED, found)
    if LEARNING in captions(found):
        draw_learning(found, *_pictures(out, LEARNING))
    draw_doings(found, environment, *_pictures(out, DOINGS))
    replace(out / MARKDOWN, markdown(found).encode())
    replace(out / PAGE, page(found, out).encode())


def markdown(found: Document) -> str:
    """The page as Markdown; its pictures are files beside it."""
    table = "\n".join(markdown_table(found))
    pictures = "\n\n".join(f"![{caption}]({name}.svg)" for name, caption in captions(found).items())
    said = "\n".join(f"- {sentence}" for sentence in notes(found))
    commands = "\n".join(each["command"] for each in found["explorers"])
    return (
        f"# {title(found)}\n\n{table}\n\n{said}\n\n{pictures}\n\n## Commands\n\n"
        f"```console\n$ {found['command']}\n```\n\nThe first seed of each, alone:\n\n```text\n{commands}\n```\n\n"
        f"{made(found)}\n"
    )


def markdown_table(found: Document) -> list[str]:
    """The table's lines in Markdown."""
    first, *others = heading(found)
    lines = [_line((first, *others)), "|---|" + "---:|" * len(others)]
    return lines + [
        _line((f"*{row.cells[0]}*" if row.control else row.cells[0], *row.cells[1:])) for row in rows(found)
    ]


def page(found: Document, out: Path) -> str:
    """The page as HTML, which needs nothing but itself."""
    head = "".join(f"<th{_side(n)}>{escape(name)}</th>" for n, name in enumerate(heading(found)))
    body = "".join(
        "<tr>"
        + "".join(f"<td{_side(n)}>{_plain(cell, row.control and n == 0)}</td>" for n, cell in enumerate(row.cells))
        + "</tr>\n"
        for row in rows(found)
    )
    said = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in notes(found))
    pictures = "".join(_figure(out / f"{name}.png", caption) for name, caption in captions(found).items())
    commands = "\n".join([found["command"], *(each["command"] for each in found["explorers"])])
    return html.page(
        title(found),
        f"<header>\n<h1>{escape(title(found))}</h1>\n</header>\n<main>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n<ul>\n{said}</ul>\n{pictures}"
        f"<h2>Commands</h2>\n<pre>{escape(commands)}</pre>\n</main>\n<footer><p>{escape(made(found))}</p></footer>\n",
    )


def captions(found: Document) -> dict[str, str]:
    """The pictures that there are; without a measure that all learners logged, there are no curves."""
    curves = found["curve"] is not None or found["answer"] == "return"
    return {name: caption for name, caption in CAPTIONS.items() if curves or name != LEARNING}


def title(found: Document) -> str:
    """What was compared on what."""
    plugin, environment = found["plugin"]["name"], found["environment"]["name"]
    return f"Explorers on {plugin}/{environment}"


def made(found: Document) -> str:
    """Where the figures come from."""
    plugin, environment, machine = found["plugin"], found["environment"], found["machine"]
    world = f"version {environment['version']} of {environment['name']}"
    return (
        f"dreamctl {found['dreamctl']}, {plugin['name']} {plugin['version'] or ''} ({world}), "
        f"seeds {found['seeds'][0]} to {found['seeds'][-1]}, "
        f"{found['seconds'] / 60:,.1f} minutes on {machine['cores']} cores of {machine['processor']}."
    )


def _pictures(out: Path, name: str) -> list[Path]:
    return [out / f"{name}.png", out / f"{name}.svg"]


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _side(column: int) -> str:
    return ' class="number"' if column else ""


def _plain(cell: str, control: bool) -> str:
    return f"<i>{escape(cell)}</i>" if control else escape(cell)


def _figure(path: Path, caption: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    told = escape(caption)
    picture = f'<img src="data:image/png;base64,{data}" alt="{told}">'
    return f'<figure class="chart">{picture}<figcaption>{told}</figcaption></figure>\n'
