"""Fixtures that several tests share: installed distributions, the command line as a process, and trained runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

TINY = str(Path(__file__).parent / "tiny.py")  # a whole plugin that learns in a moment


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """`install("pong", source)` installs a distribution `dreamctl-pong` with one plugin; returns its module's file.

    A folder with metadata on `sys.path` is all that an installed distribution is.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def write(
        name: str, source: str, *, distribution: str | None = None, version: str = "1.2", module: str | None = None
    ) -> Path:
        distribution = distribution or f"dreamctl-{name}"
        module = module or f"installed_{tmp_path.name.replace('-', '_')}_{distribution.replace('-', '_')}"
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[dreamctl]\n{name} = {module}\n")
        file = site / f"{module}.py"
        file.write_text(dedent(source))
        monkeypatch.delitem(sys.modules, module, raising=False)
        return file

    return write


@pytest.fixture
def pong(tmp_path: Path, install: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plugin that `dreamctl new pong` writes, installed; the folder of its package."""
    from dreamctl.template import render

    render("pong", tmp_path / "dreamctl-pong")
    monkeypatch.syspath_prepend(str(tmp_path / "dreamctl-pong" / "src"))
    for module in [name for name in sys.modules if name.partition(".")[0] == "dreamctl_pong"]:
        monkeypatch.delitem(sys.modules, module)
    install("pong", "", module="dreamctl_pong").unlink()
    return tmp_path / "dreamctl-pong"


@pytest.fixture
def dreamctl() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`dreamctl("plugins", "--json")` runs the command in a process of its own that sees what this one sees."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        search = os.pathsep.join(path for path in sys.path if path)
        return subprocess.run(
            [sys.executable, "-m", "dreamctl", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": search, **environment},
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def tiny() -> str:
    return TINY


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`trained("lamps", "so-far")` is the directory of a finished run, trained once and only evaluated since."""
    from dreamctl.runs.build import choose
    from dreamctl.runs.progress import Progress
    from dreamctl.training.train import train

    made: dict[tuple[str, str | None], Path] = {}

    def run(environment: str = "lamps", classifier: str | None = "regression") -> Path:
        if environment == "doors":
            classifier = None
        if (environment, classifier) not in made:
            directory = tmp_path_factory.mktemp("runs") / f"{environment}-{classifier}"
            settings = choose(TINY, environment, "counting", classifier, steps=3000, device="cpu")
            train(settings, directory, progress=Progress(quiet=True))
            made[environment, classifier] = directory
        return made[environment, classifier]

    return run
