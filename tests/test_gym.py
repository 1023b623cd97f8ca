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

SECOND_VERSION = """
    import attrs, dreamctl
    from dreamctl.testing import bandit

    @dreamctl.hookimpl
    def dreamctl_environments():
        yield attrs.evolve(bandit(2), version=2)
"""


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
@pytest.mark.parametrize("imports", ["import gymnasium, dreamctl", "import dreamctl, gymnasium"])
def test_importing_dreamctl_is_enough_in_either_order_and_loads_no_plugin(imports: str) -> None:
    code = (
        f"import sys; {imports}\n"
        "assert 'dreamctl_pong' not in sys.modules and 'torch' not in sys.modules\n"
        "env = gymnasium.make('dreamctl/pong-v1'); print(env.reset(seed=0)[0].shape, env.spec.id)\n"
        "print(gymnasium.make_vec('dreamctl/pong-v1', num_envs=3).reset(seed=0)[0].shape)"
    )
    assert python(code) == "(5,) dreamctl/pong-v1\n(3, 5)\n"


def test_an_announced_environment_of_another_version_names_the_right_id(install: Callable[..., Path]) -> None:
    install("later", SECOND_VERSION)
    code = (
        "import gymnasium, dreamctl\n"
        "try: gymnasium.make('dreamctl/later-v1')\n"
        "except dreamctl.PluginError as error: print(error)"
    )
    assert python(code) == "dreamctl/later-v1: the environment's version is now 2; make dreamctl/later-v2.\n"


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
