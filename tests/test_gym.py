from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gymnasium
import pytest

from dreamctl.gym import register
from dreamctl.plugins import load


def python(code: str) -> str:
    """What a fresh Python prints, with warnings as errors."""
    search = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.usefixtures("pong")
def test_an_id_with_its_module_needs_no_import() -> None:
    code = "import gymnasium; print(gymnasium.make('dreamctl.gym:dreamctl/pong-v1').reset(seed=0)[0].shape)"
    assert python(code) == "(5,)\n"


@pytest.mark.usefixtures("pong")
def test_importing_dreamctl_gym_registers_the_environments_of_working_plugins(install: Callable[..., Path]) -> None:
    install("broken", "1 / 0")
    code = (
        "import gymnasium, dreamctl.gym; print(*(i for i in gymnasium.registry if i.startswith('dreamctl/')))\n"
        "print(gymnasium.make_vec('dreamctl/pong-v1', num_envs=3).reset(seed=0)[0].shape)"
    )
    ids, shape = python(code).splitlines()
    assert "dreamctl/pong-v1" in ids.split()
    assert "broken" not in ids
    assert shape == "(3, 5)"


@pytest.mark.usefixtures("pong")
def test_the_module_is_an_attribute_of_dreamctl_that_loads_when_first_used() -> None:
    code = (
        "import sys, dreamctl; assert 'gymnasium' not in sys.modules\n"
        "import gymnasium; gymnasium.register_envs(dreamctl.gym); gymnasium.make('dreamctl/pong-v1')"
    )
    assert python(code) == ""


def test_ids_name_plugin_environment_and_version(tmp_path: Path) -> None:
    file = tmp_path / "several.py"
    file.write_text(
        "import dreamctl, attrs\n"
        "from dreamctl.testing import bandit\n"
        "@dreamctl.hookimpl\n"
        "def dreamctl_environments():\n"
        "    yield bandit()\n"
        "    yield attrs.evolve(bandit(), name='several', version=3)\n"
    )
    ids = register(load(str(file)), str(file))
    try:
        assert ids == ["dreamctl/several-bandit-v1", "dreamctl/several-v3"]
        assert gymnasium.make(ids[1]).reset(seed=0)[0].shape == (1,)
        assert register(load(str(file)), str(file)) == ids
    finally:
        for name in ids:
            del gymnasium.registry[name]
