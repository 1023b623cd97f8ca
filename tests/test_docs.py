"""Whatever the documentation shows is true: commands, their help, their output, snippets, signatures, links.

A comment on the line before a block says what is done with it: `<!-- file: NAME -->` writes it, `<!-- run -->` runs it
(commands have to print what is shown, with `...` for any lines; after `run: any output` they may print anything), and
`<!-- prints -->` holds what the Python block before it printed. A page runs in a folder of its own, from top to bottom.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from attrs import frozen

from dreamctl import hookspecs
from dreamctl.cli.main import dreamctl as cli
from dreamctl.plugins import YIELDS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("plugins/*/README.md")),
    *sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts),
]
EXAMPLE = DOCS / "examples" / "lamps.py"


@frozen
class Block:
    """A fenced block, and the comment on the line before it."""

    language: str
    text: str
    comment: str


def blocks(page: Path) -> list[Block]:
    found = re.findall(
        r"(?:<!-- (.*?) -->\n)?^```([^\n]*)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return [Block(language.strip(), text, comment) for comment, language, text in found]


def prose(page: Path) -> str:
    """A page without its blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def marked(page: Path) -> bool:
    return any(block.comment for block in blocks(page))


# --- what is shown runs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if marked(page)], ids=name_of)
def test_what_a_page_shows_as_run_runs_and_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    (tmp_path / EXAMPLE.name).write_bytes(EXAMPLE.read_bytes())  # pages go on from the five-minute plugin
    names: dict[str, Any] = {"__name__": "docs"}
    printed = ""
    with contextlib.chdir(tmp_path):
        for block in blocks(page):
            if block.comment.startswith("file: "):
                Path(block.comment.removeprefix("file: ")).write_text(block.text, "utf-8")
            elif block.comment.startswith("run") and block.language == "python":
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(block.text, names)
                printed = out.getvalue()
            elif block.comment.startswith("run"):
                run_session(block)
            elif block.comment == "prints":
                assert printed == block.text
    if (tmp_path / "RUN").exists():  # the page says that the explorer tells everything, and a random player does not
        measured = json.loads((tmp_path / "RUN" / "evaluation.json").read_text("utf-8"))
        assert measured["accuracy"] > 0.98 > measured["controls"]["random"]["accuracy"]


def run_session(block: Block) -> None:
    for command, shown in session(block.text):
        words = [sys.executable, "-m", *shlex.split(command)]
        environ = {**os.environ, "COLUMNS": "120"}
        done = subprocess.run(words, capture_output=True, text=True, env=environ, check=False)
        assert done.returncode == 0, done.stderr
        if block.comment == "run":
            assert re.fullmatch(pattern(shown), done.stdout), done.stdout


def session(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def pattern(shown: str) -> str:
    """A regular expression for output in which a line of `...` stands for any lines."""
    return "".join(r"(?:.*\n)*" if line == "...\n" else re.escape(line) for line in shown.splitlines(keepends=True))


def test_the_five_minute_plugin_is_the_same_file_everywhere() -> None:
    shown = [block.text for block in blocks(ROOT / "README.md") if block.comment == "file: lamps.py"]
    assert shown == [EXAMPLE.read_text("utf-8")]


def test_the_examples_of_the_hooks_page_make_a_plugin_that_trains(tmp_path: Path) -> None:
    from dreamctl.runs.build import choose
    from dreamctl.runs.progress import Progress
    from dreamctl.training.train import train

    code = [block.text for block in blocks(DOCS / "hooks.md") if "@dreamctl.hookimpl" in block.text]
    assert len(code) == len(YIELDS)
    plugin = tmp_path / "lamps.py"
    plugin.write_text("\n\n".join([EXAMPLE.read_text("utf-8"), *code]), "utf-8")
    settings = choose(str(plugin), explorer="left", classifier="base-rates", steps=1, replays=1, device="cpu")
    done = train(settings, tmp_path / "run", progress=Progress(quiet=True))
    assert done.measures["judge/validation_accuracy"] == 0.5  # half of the programs have the fault


def commands() -> list[tuple[str, str]]:
    """Every dreamctl command that a page shows."""
    return [
        (name_of(page), command)
        for page in PAGES
        for block in blocks(page)
        if block.language == "console"
        for command, _ in session(block.text)
        if command.startswith("dreamctl ")
    ]


@pytest.mark.parametrize("where", sorted({where for where, _ in commands()}))
def test_every_command_that_a_page_shows_has_the_options_it_is_shown_with(where: str) -> None:
    root = click.Context(cli, info_name="dreamctl", **cli.context_settings)
    for command in (command for page, command in commands() if page == where):
        name, *words = shlex.split(command)[1:]
        if name == "--help" or words == ["--help"]:
            continue
        found = cli.get_command(root, name)
        assert found is not None
        found.make_context(name, words, parent=root)


# --- reference pages say what the code says -----------------------------------------------------------------------


def test_the_hooks_page_has_the_exact_signature_of_every_hook_and_no_other() -> None:
    shown = [block.text.strip() for block in blocks(DOCS / "hooks.md") if block.text.startswith("dreamctl_")]
    assert shown == [f"{name}{signature(name)}" for name in YIELDS]


def signature(hook: str) -> str:
    return str(inspect.signature(getattr(hookspecs, hook))).replace("'", "")


def test_the_commands_page_is_what_the_commands_print() -> None:
    # In a process of its own, since click keeps the help option that a command was first called with.
    script = "import runpy, sys; sys.stdout.write(runpy.run_path(sys.argv[1])['page']())"
    command = [sys.executable, "-X", "utf8", "-c", script, str(DOCS / "write_commands.py")]
    written = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    assert (DOCS / "commands.md").read_text("utf-8") == written, "run python docs/write_commands.py"


def test_the_tour_shows_the_layers_that_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    layers = [re.sub(r"[()]|dreamctl\.", "", layer) for layer in contract["layers"]]
    assert [block.text.split("\n")[:-1] for block in blocks(DOCS / "tour.md") if block.language == "text"] == [layers]


def test_every_file_of_the_tour_exists() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.py|\w+\.py)`", (DOCS / "tour.md").read_text("utf-8"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / "core" / "dreamctl" / name).exists()] == []


def test_the_files_of_a_run_directory_are_those_that_training_writes(trained: Any) -> None:
    named = re.findall(r"^\| `([\w./]+)` \|", (DOCS / "run-directory.md").read_text("utf-8"), re.MULTILINE)
    written = {path.name + "/" * path.is_dir() for path in trained().iterdir()}
    assert written <= set(named)
    assert set(named) - written <= {"evaluation.json", "curves.png"}  # written later, or where there is a curve


def test_the_exit_codes_of_the_grading_page_are_those_of_the_errors() -> None:
    from dreamctl import errors

    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DreamctlError)
    ]
    shown = re.findall(r"^\| (\d+) \|", (DOCS / "grading.md").read_text("utf-8"), re.MULTILINE)
    assert {int(code) for code in shown} == {0, 130, *(kind.exit_code for kind in kinds)}


# --- pages hang together ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_and_picture_of_a_page_leads_somewhere(page: Path) -> None:
    included = [
        block.language.split("} ")[1] for block in blocks(page) if block.language.startswith("{literalinclude}")
    ]
    links = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    for link in [*links, *included]:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: there is no {target}"
        assert not anchor or anchor in anchors(target), f"{link}: {target.name} has no such heading"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_a_table_of_contents() -> None:
    listed = {
        line
        for block in blocks(DOCS / "index.md")
        if block.language == "{toctree}"
        for line in block.text.splitlines()
        if line and not line.startswith(":")
    }
    pages = {page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES if DOCS in page.parents}
    assert listed == pages - {"index"}


@pytest.mark.parametrize("page", [page for page in PAGES if DOCS in page.parents], ids=name_of)
def test_a_page_ends_with_where_to_go_next(page: Path) -> None:
    if page.name == "index.md":
        return
    assert "Where to go next: " in page.read_text("utf-8").rstrip().splitlines()[-1]


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", "-d", str(tmp_path / "trees")]
    done = subprocess.run([*words, str(DOCS), str(tmp_path / "html")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- what the demo grades -----------------------------------------------------------------------------------------


def test_the_programs_of_the_demo_have_the_faults_that_the_tutorial_shows() -> None:
    from dreamctl_bounce.labels import ITEMS, labels
    from dreamctl_bounce.reading import read_submissions

    (shown,) = (block.text for block in blocks(DOCS / "tutorial.md") if "nothing wrong was seen" in block.text)
    titles = {item.key: item.title for item in ITEMS}
    for submission in read_submissions(DOCS / "programs"):
        part = re.search(rf"^{submission.id}  .*\n((?:    .*\n)*)", shown, re.MULTILINE)
        assert part is not None
        if submission.task is None:
            assert part[1].strip() == submission.problem
        else:
            faults = {titles[key] for key, present in labels(submission.task.params).items() if present}
            assert set(re.findall(r"\d+%  (.*?)  \(", part[1])) == faults


def test_figures_that_are_not_there_are_said_to_be_missing(tmp_path: Path) -> None:
    (line,) = figures()["table"]("bounce", tmp_path)
    assert line == "There is no `docs/results/bounce-explorers.json` yet, so there are no figures to show."


def figures() -> dict[str, Any]:
    """What `docs/figures.py` defines."""
    return runpy.run_path(str(DOCS / "figures.py"))


def test_results_say_with_which_command_they_were_measured() -> None:
    for path in (DOCS / "results").glob("*.json"):
        assert json.loads(path.read_text("utf-8"))["command"].split()[0] in ("python", "dreamctl"), path.name
