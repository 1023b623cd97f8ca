from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_who_imports_whom_is_as_the_layers_say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    linter = pytest.importorskip("importlinter.cli")
    monkeypatch.chdir(ROOT)
    arguments = ["--config", os.fspath(ROOT / "pyproject.toml"), "--no-cache"]
    with pytest.raises(SystemExit) as ended:
        linter.lint_imports_command(arguments)
    assert ended.value.code == 0, capsys.readouterr().out
