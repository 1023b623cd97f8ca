from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamctl import UsageError, template
from dreamctl.plugins import load
from dreamctl.template import render

TEMPLATE = Path(template.__file__).parent


def test_every_file_of_the_template_is_written_under_the_new_name(tmp_path: Path) -> None:
    written = render("snake_2", tmp_path / "new")
    assert sorted(written) == sorted(path for path in (tmp_path / "new").rglob("*") if path.is_file())
    assert tmp_path / "new" / "src" / "dreamctl_snake_2" / "env.py" in written
    assert not [path for path in written if "pong" in path.read_text() or "pong" in path.name]
    project = tomllib.loads((tmp_path / "new" / "pyproject.toml").read_text())["project"]
    assert project["name"] == "dreamctl-snake_2"
    assert project["entry-points"]["dreamctl"] == {"snake_2": "dreamctl_snake_2"}


def test_no_file_of_the_template_is_forgotten() -> None:
    there = {path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {TEMPLATE / file for file in template.FILES} == there - {TEMPLATE / "__init__.py"}


@pytest.mark.parametrize("name", ["Pong", "my-game", "2pong", "", "class", "a b", "../pong", "pöng"])
def test_a_name_that_python_would_not_take_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"'{name}' cannot be a plugin's name"):
        render(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_cores_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'core' is the name of dreamctl's own plugin"):
        render("core", tmp_path / "new")


def test_an_existing_folder_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists already; nothing was written"):
        render("pong", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_dreamctl_new_says_what_it_wrote_and_what_to_do_next(tmp_path: Path, dreamctl: Callable) -> None:
    done = dreamctl("new", "pong", "--out", str(tmp_path / "here"))
    assert done.returncode == 0
    assert done.stdout.splitlines() == [str(tmp_path / "here" / file) for file in template.FILES]
    assert "dreamctl check pong" in done.stderr


@pytest.mark.usefixtures("pong")
def test_the_new_plugin_is_a_plugin() -> None:
    plugin = load("pong")
    assert list(plugin.environments) == ["pong"]
    assert plugin.rubrics["walls"].keys == ("left-wraps", "right-open")
