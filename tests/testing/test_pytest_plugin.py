from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamctl.plugins import installed


def test_it_imports_nothing_heavy_into_every_pytest_run() -> None:
    code = "import sys, dreamctl.testing.pytest_plugin; print({'numpy', 'gymnasium', 'torch'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_only_plugins_hides_all_others_for_one_test(
    install: Callable[..., Path], only_plugins: Callable[..., None]
) -> None:
    install("one", "")
    install("other", "")
    only_plugins("one")
    states = {info.name: info.state for info in installed()}
    assert (states["core"], states["one"], states["other"]) == ("not loaded", "not loaded", "disabled")
    only_plugins("other")
    assert {info.name: info.state for info in installed()}["one"] == "disabled"


def test_it_ends_with_the_test(install: Callable[..., Path], request: pytest.FixtureRequest) -> None:
    install("one", "")
    assert "disabled" not in {info.state for info in installed()}
