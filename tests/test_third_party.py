"""Somebody else's package, in a virtual environment with only the core: installed, listed, checked, trained."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "constraints.txt", "core")
HIDDEN = ("dreamctl", "__editable__", "pip", "_virtualenv", "distutils-precedence")


class Somebody:
    """A virtual environment in which torch and the like are at hand, but no plugin of ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder / "venv", symlinks=True)
        self.bin = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        paths = sysconfig.get_paths(vars={"base": str(folder / "venv"), "platbase": str(folder / "venv")})
        lent = folder / "lent"
        _lend(lent)
        Path(paths["purelib"], "lent.pth").write_text(f"{lent}\n")

    def run(self, *command: str | Path) -> str:
        """What the command prints; it runs outside our folder, and sees nothing of our environment variables."""
        clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        done = subprocess.run(
            [str(part) for part in command], cwd=self.folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self, project: Path) -> None:
        """A real installation with pip, which finds every dependency at hand."""
        pip = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", "--quiet", "--no-index"]
        self.run(*pip, "--no-build-isolation", "--constraint", self.folder / "constraints.txt", project)

    def dreamctl(self, *arguments: str) -> Any:
        """The document that a command prints."""
        return json.loads(self.run(self.bin / "dreamctl", *arguments, "--json"))


def _lend(folder: Path) -> None:
    """A folder with everything that is installed here, save dreamctl and its plugins."""
    folder.mkdir()
    for place in (path for path in map(Path, sys.path) if path.name in ("site-packages", "dist-packages")):
        for entry in place.iterdir():
            shown = folder / entry.name
            if not entry.name.lower().startswith(HIDDEN) and not shown.exists():
                shown.symlink_to(entry)


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Somebody:
    folder = tmp_path_factory.mktemp("somebody")
    for name in SOURCES:  # a copy, because a build leaves its traces beside the sources
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, folder / "dreamctl" / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        elif source.exists():
            (folder / "dreamctl").mkdir(exist_ok=True)
            shutil.copy(source, folder / "dreamctl" / name)
    shutil.copy(ROOT / "constraints.txt", folder)
    found = Somebody(folder)
    found.install(folder / "dreamctl")
    return found


def test_a_package_made_by_dreamctl_new_installs_is_listed_and_passes_its_checks(somebody: Somebody) -> None:
    assert [plugin["name"] for plugin in somebody.dreamctl("plugins")["plugins"]] == ["core"]
    somebody.run(somebody.bin / "dreamctl", "new", "pong")
    somebody.install(somebody.folder / "dreamctl-pong")

    listed = {plugin["name"]: plugin for plugin in somebody.dreamctl("plugins")["plugins"]}
    assert set(listed) == {"core", "pong"}
    assert (listed["pong"]["distribution"], listed["pong"]["state"]) == ("dreamctl-pong", "loaded")
    assert (listed["pong"]["environments"], listed["pong"]["rubrics"]) == (["pong"], ["walls"])

    checked = somebody.dreamctl("check", "pong")
    assert (checked["failed"], checked["not_applicable"]) == (0, 1)

    tests = somebody.folder / "dreamctl-pong" / "tests"
    somebody.run(somebody.bin / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", tests)

    somebody.run(somebody.bin / "dreamctl", "train", "--plugin", "pong", "--steps", "2000", "--out", "RUN")
    measured = somebody.dreamctl("evaluate", "RUN")
    assert (measured["answer"], measured["programs"]) == ("rubric", 4)
    assert set(measured["labels"]) == {"left-wraps", "right-open"}
